"""The types are complete, and say what is so."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest
from conftest import EXAMPLES, PACKAGE

import oslens

HERE = PACKAGE / "tests"
SOURCES = {
    "the package": [PACKAGE / "python" / "oslens"],
    "the examples": sorted(EXAMPLES.glob("*.py")),
    "programs of users": [HERE / "typed.py"],
}


@pytest.fixture(scope="module")
def mypy():
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")

    def mypy(*arguments, cwd):
        command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental"]
        command += ["--cache-dir", os.devnull, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd)

    return mypy


@pytest.fixture(scope="module")
def pyright(tmp_path_factory):
    """Pyright, which is written in JavaScript and may have none to run it."""
    command = [sys.executable, "-m", "pyright"]
    try:
        version = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=120
        )
    except subprocess.TimeoutExpired:
        pytest.skip("pyright could not be installed in time")
    if version.returncode != 0:
        pytest.skip("pyright is not installed, or cannot run")

    def pyright(*arguments):
        # It asks the first Python of the path what is installed.
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        return subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": path},
            # Where nothing is in the way.
            cwd=tmp_path_factory.mktemp("pyright"),
        )

    return pyright


@pytest.mark.parametrize("what", SOURCES)
def test_mypy_has_nothing_to_say(mypy, what):
    if what == "the package":
        done = mypy("-p", "oslens", cwd=PACKAGE / "python")
    else:
        done = mypy(*SOURCES[what], cwd=PACKAGE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("what", ["the package", "programs of users"])
def test_mypy_has_nothing_to_say_of_windows(mypy, what):
    platform = ("--platform", "win32", "--warn-unused-ignores")
    if what == "the package":
        done = mypy(*platform, "-p", "oslens", cwd=PACKAGE / "python")
    else:
        done = mypy(*platform, HERE / "windows" / "typed.py", cwd=PACKAGE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("system", ["freebsd14", "netbsd10", "openbsd7", "darwin"])
def test_mypy_has_nothing_to_say_of_other_systems(mypy, system):
    platform = ("--platform", system, "--warn-unused-ignores")
    done = mypy(*platform, "-p", "oslens", cwd=PACKAGE / "python")
    assert done.returncode == 0, done.stdout + done.stderr
    program = HERE / f"typed_{system.rstrip('0123456789')}.py"
    if program.exists():
        done = mypy(*platform, program, cwd=PACKAGE)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("what", "platform"),
    [
        *((what, "Linux") for what in SOURCES),
        ("the package", "Windows"),
        ("programs of users", "Windows"),
    ],
)
def test_pyright_has_nothing_to_say(pyright, tmp_path, what, platform):
    installed = oslens.__path__[0]
    sources = list(SOURCES[what])
    if platform == "Windows":
        sources = [HERE / "windows" / "typed.py"]
    config = {
        "include": [installed] if what == "the package" else list(map(str, sources)),
        # Its types are in the stub beside.
        "exclude": [os.path.join(installed, "_ntuples.py")],
        "typeCheckingMode": "standard",
        "pythonVersion": "3.9",
        "pythonPlatform": platform,
    }
    path = tmp_path / "pyrightconfig.json"
    path.write_text(json.dumps(config))
    done = pyright("--project", path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors" in done.stdout


def test_every_public_type_is_known(pyright):
    done = pyright("--verifytypes", "oslens", "--ignoreexternal", "--outputjson")
    report = json.loads(done.stdout)["typeCompleteness"]
    unknown = [
        symbol["name"]
        for symbol in report["symbols"]
        if symbol["isExported"]
        and not (symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"])
    ]
    # It looks at what is for other systems, too.
    unknown = [name for name in unknown if hasattr(oslens, name.split(".")[-1])]
    assert not unknown
    assert report["exportedSymbolCounts"]["withKnownType"] > 100
