"""The examples run, are typed, and say what is so."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import EXAMPLES

import oslens


def example(name: str, *arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    if status == 0:
        assert done.stderr == ""
    return done.stdout


def test_every_example_has_a_test():
    tests = Path(__file__).read_text()
    for path in EXAMPLES.glob("*.py"):
        assert f'"{path.stem}"' in tests, path.name


def test_ps_shows_a_process(child):
    line = [line for line in example("ps").splitlines() if f" {child.pid} " in line]
    assert len(line) == 1 and " -c import sys;" in line[0]


def test_top_shows_cpus_memory_and_processes():
    out = example("top", "0.2")
    assert "CPU0" in out and "Mem" in out and "processes (" in out


def test_netstat_shows_a_listener():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        line = [
            line
            for line in example("netstat").splitlines()
            if f"127.0.0.1:{port}" in line
        ]
    assert len(line) == 1 and "LISTEN" in line[0] and str(os.getpid()) in line[0]


def test_procsmem_shows_a_process(child):
    assert f"{child.pid} " in example("procsmem")


def test_pmap_shows_a_map_and_its_total(child):
    out = example("pmap", str(child.pid))
    assert "[stack]" in out and out.splitlines()[-1].startswith("total")
    example("pmap", str(2**31 - 1), status=1)


def test_iotop_shows_rates():
    assert "WRITTEN/s" in example("iotop", "0.2")


@pytest.fixture
def named(tmp_path):
    """A process with a name that no other has."""
    name = f"oslens-{os.getpid()}"
    program = tmp_path / name
    shutil.copy(shutil.which("sleep"), program)
    process = subprocess.Popen([program, "60"])
    yield name, process
    process.kill()
    process.wait()


def test_killall_and_pidof_find_a_program_by_name(named):
    name, process = named
    while oslens.Process(process.pid).name() != name:
        pass
    assert example("pidof", name) == f"{process.pid}\n"
    # Until its parent asks for it, what ended is still there.
    reaper = threading.Thread(target=process.wait)
    reaper.start()
    example("killall", name)
    reaper.join()
    assert process.returncode == -signal.SIGTERM
    assert example("pidof", name, status=1) == "\n"
    example("killall", name, status=1)


def test_pstree_shows_who_started_whom(child):
    lines = example("pstree").splitlines()
    parent = next(line for line in lines if f" {os.getpid()} " in f" {line}")
    below = next(line for line in lines if f" {child.pid} " in f" {line}")
    assert len(below) - len(below.lstrip(" |`-")) > len(parent) - len(
        parent.lstrip(" |`-")
    )


def test_who_shows_users():
    assert len(example("who").splitlines()) == len(oslens.users())


def test_free_shows_memory_and_swap():
    out = example("free")
    assert oslens.bytes2human(oslens.virtual_memory().total) in out and "Swap" in out


def test_disk_usage_shows_the_root():
    assert any(
        line.endswith(" /") for line in example("disk_usage", "--all").splitlines()
    )


def test_sensors_shows_something():
    assert example("sensors")


def test_ifconfig_shows_the_loopback():
    out = example("ifconfig")
    assert "lo:" in out and "127.0.0.1" in out


@pytest.mark.parametrize("signum", [None, signal.SIGTERM, signal.SIGINT])
def test_clean_up_leaves_nothing(signum):
    process = subprocess.Popen(
        [sys.executable, EXAMPLES / ("clean_up" + ".py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Who runs these tests in the background of a shell ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    scratch = process.stdout.readline().strip()
    assert os.path.isdir(scratch)
    if signum is not None:
        process.send_signal(signum)
    process.communicate(timeout=10)
    assert process.returncode == (0 if signum is None else -signum)
    assert not os.path.exists(scratch)
