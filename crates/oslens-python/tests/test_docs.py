"""What the documentation shows is so."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

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
        tried = 0
        for name in sys.argv[1:]:
            module = importlib.import_module(name)
            result = doctest.testmod(module)
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


def test_help_shows_signatures_and_no_machinery():
    import pydoc

    text = pydoc.plain(pydoc.render_doc(oslens.Process))
    for promised in ("memory_info(self", "cpu_percent(self, interval=None)", "kill("):
        assert promised in text, promised
    text = pydoc.plain(pydoc.render_doc(oslens.net_connections))
    assert "net_connections(kind='inet', *, owners=True)" in text
