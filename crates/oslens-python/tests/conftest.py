"""What several test files need: the witness, and processes to look at."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent
EXAMPLES = PACKAGE.parent.parent / "examples" / "python"


def nodes_here(body, platform=sys.platform):
    """What a stub has for a system: it asks which one that is."""
    for node in body:
        if isinstance(node, ast.If):
            asked = compile(ast.Expression(node.test), "stub", "eval")
            of = types.SimpleNamespace(platform=platform)
            here = node.body if eval(asked, {"sys": of}) else node.orelse
            yield from nodes_here(here, platform)
        else:
            yield node


@pytest.fixture(scope="session")
def psutil():
    """The real psutil, of the version that these tests know."""
    module = pytest.importorskip("psutil")
    if module.__version__ != "7.2.2":
        pytest.skip(f"the witness is psutil 7.2.2, not {module.__version__}")
    return module


class Finished:
    """How a script ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def __repr__(self) -> str:
        return f"status {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


@pytest.fixture
def run():
    """Runs a script in a Python of its own."""

    def run(script: str, *arguments: str, env: dict[str, str] | None = None):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, **(env or {})},
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits until the test is over."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def zombie() -> Iterator[int]:
    """The PID of a process that has ended, and that nobody waited for."""
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    yield pid
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
