"""Runs a program that was written for psutil with oslens in its place.

    python -m oslens.as_psutil PROGRAM [ARGUMENTS…]
    python -m oslens.as_psutil -m MODULE [ARGUMENTS…]
    python -m oslens.as_psutil -c CODE [ARGUMENTS…]

PROGRAM is the name of an installed command that is written in Python, of a
module, or the path of a file or of a directory with a `__main__.py`. Python
processes that it starts in turn get oslens for psutil too, unless they ignore
PYTHONPATH. The status is the program's; 2 if there is nothing to run.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys

# `typing` is slow to import; type checkers know this name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from typing import NoReturn

# Has a package `psutil` that is oslens.
_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_path")


def _for_children() -> None:
    """Lets Python processes that this one starts find oslens for psutil."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [path for path in paths if path and path != _PATH]
    os.environ["PYTHONPATH"] = os.pathsep.join([_PATH, *paths])
    # multiprocessing gives its children this process's path.
    if _PATH not in sys.path:
        sys.path.insert(1, _PATH)


def _command(name: str) -> EntryPoint | None:
    from importlib.metadata import distributions

    for distribution in distributions():
        for entry in distribution.entry_points:
            if entry.group == "console_scripts" and entry.name == name:
                return entry
    return None


def _is_module(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _is_python(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def _refuse(why: str) -> NoReturn:
    print(f"oslens.as_psutil: {why}", file=sys.stderr)
    sys.exit(2)


def main(arguments: list[str]) -> NoReturn:
    """Runs the program and ends with its status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__, file=sys.stderr if not arguments else sys.stdout)
        sys.exit(0 if arguments else 2)
    import oslens

    oslens.install_as_psutil()
    _for_children()
    program = arguments[0]
    if program in ("-c", "-m") and len(arguments) > 1:
        sys.argv = arguments[1:]
        if program == "-m":
            if not _is_module(arguments[1]):
                _refuse(f"there is no module {arguments[1]!r} for {sys.executable}")
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv[0] = "-c"
            sys.path[0] = ""
            code = compile(arguments[1], "<string>", "exec")
            exec(code, sys.modules["__main__"].__dict__)
        sys.exit()
    if program.startswith("-"):
        _refuse(f"{program} is no option, or something is to follow it: see --help")
    sys.argv = list(arguments)
    if os.sep in program or os.path.isfile(program):
        if not os.path.exists(program):
            _refuse(f"there is no file {program!r}")
        sys.path[0] = os.path.dirname(os.path.abspath(program))
        runpy.run_path(program, run_name="__main__")
        sys.exit()
    found = shutil.which(program)
    entry = _command(program)
    if entry is not None:
        sys.argv[0] = found or program
        sys.exit(entry.load()())
    if _is_module(program):
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        sys.exit()
    if found and _is_python(found):
        sys.argv[0] = found
        sys.path[0] = os.path.dirname(found)
        runpy.run_path(found, run_name="__main__")
        sys.exit()
    if found:
        _refuse(f"{found} is not written in Python")
    _refuse(f"there is no command, module or file {program!r} for {sys.executable}")


if __name__ == "__main__":
    main(sys.argv[1:])
