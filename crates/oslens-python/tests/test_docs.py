"""What the documentation shows is so."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import pydoc
import subprocess
import sys

import pytest
from conftest import PACKAGE

import oslens

DOCUMENTS = [
    PACKAGE / "README.md",
    PACKAGE.parent.parent / "docs" / "PYTHON.md",
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_examples_of_documents_are_so(run, path):
    # In a Python of its own: the examples install oslens as psutil.
    done = run(
        """
        import doctest, sys
        failed, tried = doctest.testfile(sys.argv[1], module_relative=False)
        print(tried)
        sys.exit(failed > 0)
        """,
        str(path),
    )
    assert done.status == 0, done
    assert int(done.out.splitlines()[-1]) > 0


MODULES = [
    module.name
    for module in pkgutil.iter_modules(oslens.__path__, "oslens.")
    if module.name != "oslens.as_psutil"
]


def test_examples_of_docstrings_are_so(run):
    done = run(
        """
        import doctest, importlib, sys
        import oslens
        tried = 0
        for name in sys.argv[1:]:
            module = importlib.import_module(name)
            result = doctest.testmod(module, extraglobs={"oslens": oslens})
            tried += result.attempted
            if result.failed:
                sys.exit(1)
        print(tried)
        """,
        *["oslens", *MODULES],
    )
    assert done.status == 0, done
    assert int(done.out.splitlines()[-1]) > 5


def test_examples_of_native_docstrings_are_so():
    from oslens import _oslens

    finder = doctest.DocTestFinder()
    failed = 0
    for name in dir(_oslens):
        found = getattr(_oslens, name)
        if not name.startswith("__") and callable(found):
            for test in finder.find(found, name, globs={"oslens": oslens}):
                failed += doctest.DocTestRunner().run(test).failed
    assert failed == 0


def test_modules_can_be_imported_alone(run):
    for name in MODULES:
        assert importlib.import_module(name)
        done = run(f"import {name}")
        assert done.status == 0, done


def rendered(thing):
    return pydoc.plain(pydoc.render_doc(thing))


def test_help_shows_signatures_and_no_machinery():
    text = rendered(oslens.Process)
    # Python 3.9 knows no signatures of such classes.
    if sys.version_info >= (3, 10):
        assert "ProcessBase)\n |  Process(pid=None)\n" in text
    for promised in (
        "memory_info(self, /)",
        "cpu_percent(self, /, interval=None)",
        "nice(self, /, value=None)",
        "kill(self, /)",
    ):
        assert promised in text, promised
    for machinery in ("_begin_oneshot", "_adopt_ended", "_prefetch", "PyO3", "pyo3"):
        assert machinery not in text, machinery
    text = rendered(oslens.net_connections)
    assert "net_connections(kind='inet', *, owners=True)" in text


def test_help_of_named_tuples_explains_their_fields():
    memory = oslens.virtual_memory()
    assert "programs can have" in rendered(type(memory))
    assert "Alias for field number" not in rendered(type(memory))
    assert inspect.getdoc(memory).startswith("Memory of the machine")


def test_documentation_begins_with_a_sentence():
    things = {name: getattr(oslens, name) for name in oslens.__all__}
    things.update(
        (f"Process.{name}", getattr(oslens.Process, name))
        for name in dir(oslens.Process)
        if not name.startswith("_") and name != "attrs"
    )
    for name, thing in things.items():
        if not callable(thing) or name == "getloadavg":
            continue
        first = inspect.getdoc(thing).partition("\n\n")[0]
        assert first[0].isupper() or first[0] == "`", (name, first)
        assert first.rstrip()[-1] in ".:", (name, first)


def test_private_names_do_not_crowd_completion():
    public = {name for name in dir(oslens) if not name.startswith("_")}
    assert public <= set(oslens.__all__)


def document(*arguments):
    return subprocess.run(
        [sys.executable, PACKAGE / "document.py", *arguments],
        capture_output=True,
        text=True,
    )


def test_the_reference_is_up_to_date():
    done = document("--check")
    assert done.returncode == 0, done.stdout + done.stderr
