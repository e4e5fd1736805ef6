"""Methods that somebody overrides or replaces are called, as psutil calls them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
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


def with_methods(package, **methods):
    """A subclass with these, or the class with these put on one object."""
    return type("Mine", (package.Process,), methods)


def on_class(package, methods):
    return with_methods(package, **methods)


def on_object(package, methods):
    def make(*arguments):
        process = package.Process(*arguments)
        for name, method in methods.items():
            setattr(process, name, method.__get__(process))
        return process

    return make


WHERE = pytest.mark.parametrize("where", [on_class, on_object])


def dict_of(process, name):
    """What as_dict() has. In psutil, a method that its oneshot() remembers
    has to be decorated as it decorates its own."""
    patches = contextlib.ExitStack()
    if not isinstance(process, oslens.Process):
        for remembered in ("uids", "memory_info"):
            method = mock.Mock(side_effect=getattr(process, remembered))
            patches.enter_context(mock.patch.object(process, remembered, method))
    with patches:
        return process.as_dict([name])


class Ids:
    def __init__(self, real):
        self.real = self.effective = self.saved = real


@BOTH
@WHERE
def test_username_is_that_of_the_uids(package, where):
    for uid, expected in ((0, "root"), (1234567, "1234567")):
        make = where(package, {"uids": lambda self, uid=uid: Ids(uid)})
        process = make()
        assert process.username() == expected
        assert dict_of(process, "username") == {"username": expected}

    def denied(self):
        raise package.AccessDenied(self.pid)

    process = where(package, {"uids": denied})()
    with pytest.raises(package.AccessDenied):
        process.username()
    assert dict_of(process, "username") == {"username": None}


@pytest.fixture(scope="module")
def long_name(tmp_path_factory):
    """A process whose name the kernel cuts."""
    path = tmp_path_factory.mktemp("bin") / "a-name-of-20-letters"
    shutil.copy(shutil.which("sleep"), path)
    process = subprocess.Popen([path, "600"])
    while psutil.Process(process.pid).name() != "a-name-of-20-letters":
        time.sleep(0.01)
    yield process.pid
    process.kill()
    process.wait()


@BOTH
@WHERE
def test_a_name_that_was_cut_is_completed_by_the_command_line(
    package, where, long_name
):
    cut = "a-name-of-20-le"
    for arguments, expected in (
        (["/bin/a-name-of-20-leaves", "x"], "a-name-of-20-leaves"),
        (["other"], cut),
        ([], cut),
    ):
        make = where(package, {"cmdline": lambda self, it=arguments: it})
        process = make(long_name)
        assert process.name() == expected
        assert process.as_dict(["name"]) == {"name": expected}
        # One that was not cut is asked nothing.
        assert make(os.getpid()).name() == package.Process().name()

    def fails(self):
        raise package.NoSuchProcess(self.pid)

    with pytest.raises(package.NoSuchProcess):
        where(package, {"cmdline": fails})(long_name).name()


@BOTH
@WHERE
def test_an_executable_that_is_not_told_is_that_of_the_command_line(package, where):
    if not os.path.exists("/proc/2/exe") and not os.path.lexists("/proc/2/exe"):
        pytest.skip("there are no threads of the kernel")
    try:
        if psutil.Process(2).exe() != "":
            pytest.skip("there are no threads of the kernel")
    except psutil.Error:
        pytest.skip("they do not show that they have no executable")
    for arguments, expected in (
        ([sys.executable, "x"], sys.executable),
        (["/no/such/file"], ""),
        ([], ""),
    ):
        make = where(package, {"cmdline": lambda self, it=arguments: it})
        process = make(2)
        assert process.exe() == expected
        assert process.as_dict(["exe"]) == {"exe": expected}
    # One that is told is.
    assert make(os.getpid()).exe() == package.Process().exe()


class Memory:
    rss, vms = 12345678, 23456789


@BOTH
@WHERE
def test_percentages_are_of_the_memory_that_is_told(package, where):
    make = where(package, {"memory_info": lambda self: Memory})
    total = package.virtual_memory().total
    process = make()
    expected = Memory.rss / total * 100
    assert process.memory_percent() == pytest.approx(expected)
    assert process.memory_percent("vms") == pytest.approx(Memory.vms / total * 100)
    found = dict_of(process, "memory_percent")["memory_percent"]
    assert found == pytest.approx(expected)


@BOTH
@WHERE
def test_a_parent_is_who_ppid_says(package, where):
    make = where(package, {"ppid": lambda self: 1})
    if os.getpid() != 1:
        process = make()
        assert process.parent() == package.Process(1)
        assert [parent.pid for parent in process.parents()] == [1]
    # Nobody has this PID; or one who is younger than its child.
    assert where(package, {"ppid": lambda self: 2**22 + 1})().parent() is None
    younger = subprocess.Popen(["sleep", "600"])
    try:
        while psutil.Process(younger.pid).create_time() <= package.Process().create_time():
            pytest.skip("it is as old")
        assert where(package, {"ppid": lambda self: younger.pid})().parent() is None
    finally:
        younger.kill()
        younger.wait()
    assert where(package, {"ppid": lambda self: None})().parent() is None


@BOTH
@WHERE
def test_parents_go_from_parent_to_parent(package, where):
    first = package.Process(1)
    process = where(package, {"parent": lambda self: first})()
    assert process.parents() == [first]


@BOTH
def test_methods_replaced_on_the_class_are_seen_by_others(package):
    with mock.patch.object(package.Process, "uids", return_value=Ids(0)):
        assert package.Process().username() == "root"
        for process in package.process_iter(["username"], ad_value="root"):
            assert read(process) == {"username": "root"}
    with mock.patch.object(package.Process, "memory_info", return_value=Memory):
        expected = Memory.rss / package.virtual_memory().total * 100
        assert package.Process().memory_percent() == pytest.approx(expected)


@BOTH
def test_as_dict_has_the_pid_of_a_subclass(package):
    class Mine(package.Process):
        shown = None

        @property
        def pid(self):
            return self.shown or super().pid

    process = Mine()
    process.shown = 2**40
    assert process.as_dict(["pid"]) == {"pid": 2**40}


@BOTH
def test_an_iteration_calls_methods_replaced_on_an_object_that_it_keeps(package):
    me = os.getpid()

    def find(attrs=("name", "username", "pid")):
        (found,) = [p for p in package.process_iter(list(attrs)) if p.pid == me]
        return found

    try:
        process = find()
        plain = dict(read(process))
        process.anything = "of mine"
        assert find() is process and read(process) == plain
        with mock.patch.object(process, "name", return_value="mine"):
            assert find() is process
            assert read(process) == {**plain, "name": "mine"}
        with mock.patch.object(process, "uids", return_value=Ids(1234567)):
            assert read(find())["username"] == "1234567"
        with mock.patch.object(process, "as_dict", return_value={"mine": 1}) as called:
            assert read(find()) == {"mine": 1}
            assert called.call_count == 1
        refuse = {"side_effect": package.NoSuchProcess(me)}
        with mock.patch.object(process, "name", **refuse):
            pids = [p.pid for p in package.process_iter(["name"])]
            assert me not in pids
        # It was forgotten as one that has ended.
        assert find() is not process
        assert read(find()) == plain
    finally:
        package.process_iter.cache_clear()


def recorded(package, names, called):
    """A subclass that notes which of its methods are called."""

    def override(name):
        base = getattr(package.Process, name)

        def method(self, *arguments):
            called.append(name)
            return base(self, *arguments)

        # What psutil's oneshot() wants of some.
        for decoration in ("cache_activate", "cache_deactivate"):
            if hasattr(base, decoration):
                setattr(method, decoration, getattr(base, decoration))
        return method

    return with_methods(package, **{name: override(name) for name in names})


CALLS = {
    "memory_percent": [(), ("vms",)],
    "nice": [(), (5,)],
    "children": [(), (True,)],
    "cpu_percent": [(), (0.001,)],
    "memory_maps": [(), (False,)],
    "rlimit": [(7,)],
    "send_signal": [(0,)],
    "wait": [],
    "kill": [],
    "terminate": [],
    "as_dict": [
        ([name],)
        for name in psutil.Process().as_dict()
        if name not in ("pid", "memory_full_info")
    ],
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_method_calls_those_that_psutils_calls(child, long_name):
    names = [
        name
        for name in dir(psutil.Process)
        if not name.startswith("_") and callable(getattr(psutil.Process, name))
    ]
    # It changes nothing in psutil what these return; and psutil 8 has
    # memory_footprint() for the other.
    ignored = {"is_running", "memory_full_info"}
    for name in (*names, "__str__", "__eq__"):
        for arguments in CALLS.get(name, [()]):
            for pid in (child.pid, long_name):
                found = []
                for package in (psutil, oslens):
                    called = []
                    process = recorded(package, names, called)(pid)
                    called.clear()
                    if name == "__eq__":
                        arguments = (package.Process(),)
                    getattr(process, name)(*arguments)
                    found.append({*called} - {name, *ignored})
                assert found[0] == found[1], (name, arguments, pid)
