"""What psutil promises in a corner or two, and the tests of programs that use
it rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from unittest import mock

import pytest

import oslens


def test_the_end_of_somebody_elses_child_is_not_told():
    # Newer kernels would tell.
    code = """
import subprocess, sys
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
print(child.wait(), flush=True)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    with parent:
        grandchild = oslens.Process(int(parent.stdout.readline()))
        grandchild.terminate()
        assert grandchild.wait(10) is None
        # Its parent is told all the same.
        assert parent.stdout.readline() == "-15\n"
        assert grandchild.wait() is None


def test_process_iter_calls_an_as_dict_that_somebody_replaced():
    for _ in range(2):
        error = oslens.NoSuchProcess(os.getpid())
        with mock.patch("oslens.Process.as_dict", side_effect=error):
            assert list(oslens.process_iter(["cpu_times"])) == []
        error = oslens.AccessDenied(os.getpid())
        with mock.patch("oslens.Process.as_dict", side_effect=error):
            with pytest.raises(oslens.AccessDenied):
                list(oslens.process_iter(["cpu_times"]))
        known = {"name": "everybody"}
        with mock.patch("oslens.Process.as_dict", return_value=known) as as_dict:
            found = list(oslens.process_iter(["name"], "nobody"))
            assert {process.name() for process in found} == {"everybody"}
            as_dict.assert_called_with(["name"], "nobody")
        oslens.process_iter.cache_clear()
    assert oslens.Process().name() != "everybody"


def test_what_the_kernel_does_not_count_is_not_zero(monkeypatch, tmp_path):
    # As without CONFIG_PROC_PAGE_MONITOR.
    me = str(os.getpid())
    (tmp_path / me).mkdir()
    for name in os.listdir(f"/proc/{me}"):
        if not name.startswith("smaps"):
            (tmp_path / me / name).symlink_to(f"/proc/{me}/{name}")
    for name in ("stat", "meminfo", "uptime", "cpuinfo"):
        (tmp_path / name).symlink_to(f"/proc/{name}")
    monkeypatch.setattr(oslens, "PROCFS_PATH", str(tmp_path))
    process = oslens.Process(int(me))
    for grouped in (True, False):
        with pytest.raises(NotImplementedError, match="memory_maps"):
            process.memory_maps(grouped)
    assert "memory_maps" not in process.as_dict()
