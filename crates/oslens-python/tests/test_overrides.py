"""Methods that somebody overrides or replaces are called, as psutil calls them."""

from __future__ import annotations

import os
from unittest import mock

import psutil
import pytest

import oslens

BOTH = pytest.mark.parametrize(
    "package", [oslens, psutil], ids=lambda package: package.__name__
)


def read(process):
    """What an iteration read of it."""
    # `info` warns in psutil 8.
    return process._prefetch if isinstance(process, oslens.Process) else process.info


def subclass(package):
    class Mine(package.Process):
        def __init__(self, pid=None, label="x"):
            super().__init__(pid)
            self.label = label

        def name(self):
            return f"{self.label}:{super().name()}"

        def username(self):
            raise package.AccessDenied(self.pid)

        def cmdline(self):
            raise package.ZombieProcess(self.pid)

        def terminal(self):
            raise NotImplementedError("terminal")

    return Mine


@BOTH
def test_as_dict_calls_the_methods_of_a_subclass(package):
    process = subclass(package)(os.getpid(), label="label")
    name = package.Process().name()
    wanted = ["name", "username", "cmdline", "pid", "ppid"]
    assert process.as_dict(wanted, ad_value="denied") == {
        "name": f"label:{name}",
        "username": "denied",
        "cmdline": "denied",
        "pid": os.getpid(),
        "ppid": os.getppid(),
    }
    everything = process.as_dict()
    assert everything["name"] == f"label:{name}"
    assert everything["num_threads"] >= 1 and "terminal" not in everything
    with pytest.raises(NotImplementedError, match="terminal"):
        process.as_dict(["terminal"])


@BOTH
def test_as_dict_passes_on_that_it_has_ended(package):
    class Ended(package.Process):
        def name(self):
            raise package.NoSuchProcess(self.pid)

    with pytest.raises(package.NoSuchProcess):
        Ended().as_dict(["name", "ppid"])


@BOTH
def test_as_dict_is_one_oneshot_for_them(package):
    class Mine(package.Process):
        entered = left = 0

        def oneshot(self):
            outer, self.entered = super().oneshot(), self.entered + 1
            return outer

        def status(self):
            assert self.entered == 1
            return super().status()

    process = Mine()
    assert process.as_dict(["status", "ppid"])["ppid"] == os.getppid()
    assert process.entered == 1


@BOTH
def test_a_oneshot_leaves_them_alone(package):
    process = subclass(package)()
    with process.oneshot():
        assert process.name() == process.name() == f"x:{package.Process().name()}"
        with pytest.raises(package.AccessDenied):
            process.username()


@BOTH
def test_methods_replaced_for_a_test_are_called(package):
    me = os.getpid()
    with mock.patch.object(package.Process, "cpu_percent", return_value=12.5) as patched:
        assert package.Process().as_dict(["cpu_percent"]) == {"cpu_percent": 12.5}
        found = {p.pid: p for p in package.process_iter(["cpu_percent", "pid"])}
        assert read(found[me]) == {"cpu_percent": 12.5, "pid": me}
        assert patched.call_count > 1
    with mock.patch.object(package.Process, "name", side_effect=package.AccessDenied):
        assert package.Process().as_dict(["name"], ad_value=0) == {"name": 0}
        for process in package.process_iter(["name"], ad_value=0):
            assert read(process) == {"name": 0}
    assert package.Process().as_dict(["name"])["name"]


@BOTH
def test_methods_replaced_on_one_object_are_called(package):
    process = package.Process()
    with mock.patch.object(process, "open_files", return_value=["x"]):
        assert process.as_dict(["open_files", "pid"])["open_files"] == ["x"]
    assert process.as_dict(["open_files"])["open_files"] != ["x"]
    process.anything = 1
    assert process.as_dict(["pid"]) == {"pid": os.getpid()}


@BOTH
def test_those_that_end_meanwhile_are_left_out(package):
    with mock.patch.object(
        package.Process, "status", autospec=True, side_effect=package.NoSuchProcess(1)
    ):
        assert list(package.process_iter(["status"])) == []
    assert list(package.process_iter(["status"])) != []


def test_values_of_the_last_iteration_are_not_seen_by_them():
    (before,) = [p for p in oslens.process_iter(["nice"]) if p.pid == os.getpid()]
    real = oslens.Process.nice

    def nice(self):
        return ("real", real(self))

    before._prefetch = {"nice": "old"}
    with mock.patch.object(oslens.Process, "nice", nice):
        (after,) = [p for p in oslens.process_iter(["nice"]) if p.pid == os.getpid()]
        assert after is before
        assert after._prefetch["nice"] == ("real", os.nice(0))
