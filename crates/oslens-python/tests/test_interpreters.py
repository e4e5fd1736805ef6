"""The one module is for every Python from 3.9 on, and for one interpreter of a
process."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import EXAMPLES, PACKAGE

import oslens

OLDEST, NEWEST = 9, 20


def interpreters():
    """Other Pythons of this machine, by version."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = {}
    for minor in range(OLDEST, NEWEST):
        name = f"python3.{minor}"
        paths = [*root.glob(f"versions/3.{minor}.*/bin/{name}"), shutil.which(name)]
        for path in filter(None, map(str, filter(None, paths))):
            try:
                # What pyenv puts into the path may lead nowhere.
                version = subprocess.run(
                    [path, "-c", "import sys; print(sys.version_info[1])"],
                    capture_output=True,
                    text=True,
                )
            except OSError:
                continue
            if version.stdout.strip() == str(minor):
                found.setdefault(minor, path)
    return found


@pytest.fixture(scope="module")
def only_oslens(tmp_path_factory):
    """A directory with the installed package, and nothing else of its Python."""
    directory = tmp_path_factory.mktemp("package")
    (directory / "oslens").symlink_to(oslens.__path__[0])
    return directory


def run(python, script, path):
    return subprocess.run(
        [python, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
    )


INTERPRETERS = interpreters()


@pytest.mark.parametrize("minor", sorted(INTERPRETERS))
def test_the_same_module_works_in_every_python(only_oslens, minor):
    done = run(
        INTERPRETERS[minor],
        """
        import asyncio, inspect, pickle, pydoc, subprocess, sys
        import oslens

        for name in oslens.__all__:
            thing = getattr(oslens, name)
            if callable(thing):
                isinstance(thing, type) or inspect.signature(thing)
                pydoc.render_doc(thing)
        me = oslens.Process()
        values = me.as_dict()
        assert values["name"] and values["memory_info"].rss > 0
        assert set(values) <= oslens.Process.attrs
        again = pickle.loads(pickle.dumps(values["cpu_times"]))
        assert again == values["cpu_times"]
        assert f"{oslens.STATUS_ZOMBIE}" == "zombie"
        assert str(oslens.CONN_LISTEN) == "LISTEN"
        assert me.status() in list(oslens.ProcessStatus)
        assert any(one.pid == me.pid for one in oslens.processes())
        assert me.pid in oslens.processes(["pid"], columns=True)["pid"]
        assert me in list(oslens.process_iter(["name"]))
        assert asyncio.run(oslens.Popen(["true"]).wait_async(5)) == 0
        try:
            oslens.Process(2**31 - 1)
        except oslens.NoSuchProcess as error:
            assert "2147483647" in str(error)
        oslens.virtual_memory(), oslens.net_connections(), oslens.disk_usage("/")
        oslens.cpu_times(percpu=True), oslens.cpu_percent(0.01), oslens.users()
        print("done")
        """,
        only_oslens,
    )
    assert done.stdout == "done\n", done


@pytest.mark.parametrize("kind", ["legacy", "isolated"])
@pytest.mark.parametrize("minor", sorted({sys.version_info[1], *INTERPRETERS}))
def test_a_second_interpreter_gets_an_error_that_says_so(only_oslens, minor, kind):
    python = INTERPRETERS.get(minor, sys.executable)
    done = run(
        python,
        """
        import sys
        import oslens
        try:
            import _interpreters as interpreters
            made = {"config": KIND}
        except ImportError:
            try:
                import _xxsubinterpreters as interpreters
                made = {"isolated": KIND == "isolated"}
            except ImportError:
                sys.exit("none")
        other = interpreters.create(**made)
        script = "import os, sys\\n"
        script += "try: import oslens\\n"
        script += "except ImportError as error: os.write(1, str(error).encode())\\n"
        script += "else: os.write(1, b'it was imported')\\n"
        assert interpreters.run_string(other, script) is None
        interpreters.destroy(other)
        # The first one goes on.
        assert oslens.Process().name()
        print()
        print("done")
        """.replace("KIND", repr(kind)),
        only_oslens,
    )
    if done.stderr == "none\n":
        pytest.skip(f"this Python 3.{minor} has no interpreters")
    assert done.returncode == 0, done
    said, done = done.stdout.splitlines()
    assert "interpreter" in said and done == "done", said


def test_the_syntax_is_that_of_the_oldest_python():
    sources = [
        *(PACKAGE / "python").rglob("*.py"),
        *(PACKAGE / "tests").glob("*.py"),
        *EXAMPLES.glob("*.py"),
    ]
    assert len(sources) > 20
    for path in sources:
        ast.parse(path.read_text(), str(path), feature_version=(3, OLDEST))
