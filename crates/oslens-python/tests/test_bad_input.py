"""Whatever is passed, what comes back is an exception that says what was
wrong: never a panic, a hang or a crash."""

from __future__ import annotations

import asyncio
import inspect
import math
import signal
import subprocess
import warnings

import pytest

import oslens


class Raises:
    """Raises whatever is asked of it."""

    def _raise(self, *_arguments):
        raise LookupError("of the caller's own")

    __index__ = __iter__ = __eq__ = __hash__ = __float__ = __bool__ = _raise
    __fspath__ = __len__ = __getitem__ = __repr__ = __str__ = _raise


class Lies:
    """Answers with what is no answer."""

    def __index__(self):
        return "no integer"

    def __iter__(self):
        return 5

    def __float__(self):
        return "no float"

    def __bool__(self):
        return 7

    def __fspath__(self):
        return 7

    def __len__(self):
        return -1


class Huge:
    def __index__(self):
        return 1 << 70


NUMBERS = [0, -1, 1.5, -0.0, 5e-324, 1e300, math.nan, math.inf, -math.inf, 1j]
NUMBERS += [sign * (1 << bits) for bits in (31, 32, 63, 64, 200) for sign in (1, -1)]
TEXTS = ["", "x", "a\0b", "\ud800", "\udc80", "é" * 5000, b"", b"x", b"\0", b"\xff"]
SEVERAL = [[], [None], ["pid", 3], ["\ud800"], ["a\0"], [b"pid"], (), {}, {"pid": 1}]
SEVERAL += [set(), frozenset({"pid"}), [1 << 70], [-1], [[]], ["pid", "pid"]]
SEVERAL += [range(3), (1, 2, 3), [Raises()], (Raises(), Raises()), [Lies()]]
OBJECTS = [None, True, False, object(), Raises(), Lies(), Huge(), int, print]
OBJECTS += [bytearray(b"x"), memoryview(b"x"), ..., iter([1])]
VALUES = NUMBERS + TEXTS + SEVERAL + OBJECTS

# How long to wait: what is no refusal would take its time.
TIMES = {"timeout", "interval"}


def is_time(value):
    if isinstance(value, Huge):
        return True
    return isinstance(value, (int, float)) and value > 0


def functions():
    for name in oslens.__all__:
        what = getattr(oslens, name)
        if not callable(what) or inspect.isclass(what):
            continue
        # These have effects.
        if name not in {"install_as_psutil", "register_exit_fun", "heap_trim"}:
            yield name


def methods():
    acts = {"kill", "terminate", "suspend", "resume"}
    for name in dir(oslens.Process):
        if not name.startswith("_") and name not in acts:
            if callable(getattr(oslens.Process, name)):
                yield name


def attempt(call, *arguments, **keywords):
    try:
        result = call(*arguments, **keywords)
        if inspect.isgenerator(result):
            next(result, None)
            result.close()
        elif inspect.iscoroutine(result):
            try:
                result.send(None)
            finally:
                result.close()
    # Others, as pyo3's PanicException, are no `Exception`.
    except Exception as error:
        return error
    return None


def throw_everything_at(call, name):
    names = list(inspect.signature(call).parameters)
    names = [one for one in names if one not in ("args", "kwargs")]
    for value in VALUES:
        for parameter in names:
            if parameter in TIMES and (is_time(value) or value is None):
                continue
            error = attempt(call, **{parameter: value})
            assert not isinstance(error, SystemError), (name, parameter, error)
        if names and names[0] not in TIMES:
            attempt(call, value)
        if len(names) > 1 and not TIMES.intersection(names[:2]):
            attempt(call, value, value)
    error = attempt(call, no_such_argument=1)
    assert isinstance(error, TypeError), name


@pytest.mark.parametrize("name", list(functions()))
def test_no_function_panics(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        throw_everything_at(getattr(oslens, name), name)


@pytest.fixture
def victim():
    """A process that lives as long as the test, whatever it is told."""
    child = subprocess.Popen(["sleep", "600"])
    yield oslens.Process(child.pid)
    child.kill()
    child.wait()


@pytest.mark.parametrize("name", list(methods()))
def test_no_method_panics(victim, name):
    if name == "send_signal":
        # Numbers would be signals.
        for value in TEXTS + SEVERAL + OBJECTS:
            if value is not True and value is not False:
                attempt(victim.send_signal, value)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        throw_everything_at(getattr(victim, name), name)


def test_no_class_panics():
    for value in VALUES:
        attempt(oslens.Process, value)
        attempt(oslens.Process, pid=value)
        attempt(oslens.Sampler, value)
        sampler = oslens.Sampler(["pid"])
        attempt(sampler.sample, value)


@pytest.mark.parametrize("path", [*VALUES, "/nonexistent", "/etc/passwd", "/dev/null"])
def test_no_path_of_the_kernels_files_panics(monkeypatch, path):
    monkeypatch.setattr(oslens, "PROCFS_PATH", path)
    for name in ("virtual_memory", "cpu_times", "pids", "boot_time", "Process"):
        error = attempt(getattr(oslens, name))
        assert error is None or not str(type(error)).count("Panic"), name
        # From the caller's object, or about the path.
        kinds = (OSError, TypeError, ValueError, LookupError, RuntimeError)
        assert isinstance(error, (*kinds, oslens.Error)), (name, path, error)


def test_a_path_of_bytes_or_of_a_path_object_is_one(monkeypatch):
    import pathlib

    now = oslens.boot_time()
    for path in (b"/proc", pathlib.Path("/proc"), "/proc/", "/proc/."):
        monkeypatch.setattr(oslens, "PROCFS_PATH", path)
        assert oslens.boot_time() == now


REFUSED = [
    # What is called, the exception, and what its message names.
    ("Process('1')", TypeError, ["pid", "str"]),
    ("Process(1.0)", TypeError, ["pid", "float"]),
    ("Process(-1)", ValueError, ["pid", "-1"]),
    ("Process(2**31)", oslens.NoSuchProcess, ["out of range"]),
    ("Process(2**64)", oslens.NoSuchProcess, ["out of range"]),
    ("Process(-(2**64))", ValueError, ["pid"]),
    ("pid_exists('1')", TypeError, ["pid", "str"]),
    ("cgroup_limits(-1)", ValueError, ["pid", "-1"]),
    ("cpu_limit(2**64)", oslens.NoSuchProcess, ["out of range"]),
    ("memory_limit('1')", TypeError, ["pid", "str"]),
    ("pressure('gpu')", ValueError, ["resource", "cpu", "memory", "io", "gpu"]),
    ("pressure(3)", TypeError, ["resource", "int"]),
    ("cpu_percent(-1)", ValueError, ["interval", "-1"]),
    ("cpu_percent('1')", TypeError, ["interval", "str"]),
    ("cpu_times_percent(float('nan'))", ValueError, ["interval"]),
    ("net_connections('tpc')", ValueError, ["kind", "tpc", "inet6", "unix"]),
    ("disk_usage(None)", TypeError, ["path", "NoneType"]),
    ("disk_usage('a\\0b')", ValueError, ["path", "null"]),
    ("disk_usage('/nonexistent')", FileNotFoundError, ["/nonexistent"]),
    ("bytes2human('1')", TypeError, ["n ", "str"]),
    ("processes('pid')", TypeError, ["fields", "str"]),
    ("processes(3)", TypeError, ["fields", "int"]),
    ("processes(['rsss'])", ValueError, ["field", "rsss", "rss", "username"]),
    ("processes(['a b'])", ValueError, ["field", "a b", "username"]),
    ("Sampler('pid')", TypeError, ["fields", "str"]),
    ("Sampler([3])", TypeError, ["fields", "int"]),
    ("Sampler(['rsss'])", ValueError, ["field", "rsss", "rss", "username"]),
    ("list(process_iter(['nam']))", ValueError, ["attrs", "nam", "name", "username"]),
    ("list(process_iter('name'))", TypeError, ["attrs", "str"]),
    ("wait_procs([], timeout=-1)", ValueError, ["timeout", "-1"]),
    ("wait_procs([], timeout='x')", TypeError, ["timeout", "str"]),
    ("wait_procs([], timeout=float('nan'))", ValueError, ["timeout"]),
    ("run(me.wait_async(-1))", ValueError, ["timeout", "-1"]),
    ("run(me.wait_async('x'))", TypeError, ["timeout", "str"]),
    ("run(me.wait_async(float('nan')))", ValueError, ["timeout"]),
    ("wait_procs([], callback=3)", TypeError, ["callback", "3"]),
    ("me.as_dict('name')", TypeError, ["attrs", "str"]),
    ("me.as_dict(['nam'])", ValueError, ["attrs", "nam", "name", "username"]),
    ("me.nice('x')", TypeError, ["value", "str"]),
    ("me.nice(2**64)", OverflowError, ["value"]),
    ("me.ionice(7)", ValueError, ["ioclass", "7", "IOPRIO_CLASS_IDLE"]),
    ("me.ionice('x')", TypeError, ["ioclass", "str"]),
    ("me.ionice(value=3)", ValueError, ["value", "ioclass"]),
    ("me.ionice(2, 8)", ValueError, ["value", "8", "0 to 7"]),
    ("me.ionice(2, 'x')", TypeError, ["value", "str"]),
    ("me.ionice(3, 1)", ValueError, ["value", "1", "IOPRIO_CLASS_IDLE"]),
    ("me.rlimit(99)", ValueError, ["resource", "99", "RLIMIT_NOFILE"]),
    ("me.rlimit('x')", TypeError, ["resource", "str"]),
    ("me.rlimit(7, 5)", TypeError, ["limits", "int"]),
    ("me.rlimit(7, (1,))", ValueError, ["limits", "pair"]),
    ("me.rlimit(7, (1, 'x'))", ValueError, ["limits", "x"]),
    ("me.cpu_affinity(3)", TypeError, ["cpus", "int"]),
    ("me.cpu_affinity(['x'])", TypeError, ["cpus", "str"]),
    ("me.cpu_affinity([-1])", ValueError, ["cpus", "-1"]),
    ("me.cpu_affinity([99999])", ValueError, ["99999"]),
    ("me.cpu_percent(-1)", ValueError, ["interval", "-1"]),
    ("me.cpu_percent('x')", TypeError, ["interval", "str"]),
    ("me.memory_percent('rsss')", ValueError, ["memtype", "rsss", "rss", "uss"]),
    ("me.memory_percent(3)", ValueError, ["memtype", "3", "rss"]),
    ("me.net_connections('x')", ValueError, ["kind", "x", "inet6", "unix"]),
    ("me.oom_score_adj(5000)", ValueError, ["value", "5000", "-1000", "1000"]),
    ("me.send_signal('x')", TypeError, ["sig", "str"]),
    ("me.wait(-1)", ValueError, ["timeout", "-1"]),
    ("me.wait('x')", TypeError, ["timeout", "str"]),
    ("me.wait(float('nan'))", ValueError, ["timeout"]),
    ("Process(0).wait()", ValueError, ["PID 0"]),
    ("Process(0).kill()", ValueError, ["PID 0"]),
]


@pytest.mark.parametrize("call, kind, words", REFUSED, ids=lambda one: str(one)[:40])
def test_what_is_refused_is_named(call, kind, words, victim):
    if "Process(0)" in call:
        # There is none, but an object may be made of it.
        nobody = oslens.Process.__new__(oslens.Process)
        nobody._adopt_ended(0)
        call = call.replace("Process(0)", "nobody")
    else:
        nobody = None
    with pytest.raises(kind) as raised:
        names = {"me": victim, "nobody": nobody, "run": asyncio.run}
        eval(call, {**vars(oslens), **names})
    for word in words:
        assert word in str(raised.value), (word, str(raised.value))


def test_psutil_refuses_the_same_with_the_same_exceptions(psutil, victim):
    theirs = psutil.Process(victim.pid)
    # What psutil has not (yet); NaN, which it lets pass or asserts not to get;
    # a class that it leaves to the kernel to refuse.
    only_here = ("pressure", "limit(", "limits(", "processes", "Sampler", "bytes2human")
    only_here += ("oom_score", "nan", "ionice(7)", "wait_async")
    for call, kind, _ in REFUSED:
        if "Process(0)" in call or any(part in call for part in only_here):
            continue
        try:
            eval(call, {**vars(psutil), "me": theirs})
        except Exception as error:
            expected = getattr(psutil, kind.__name__, kind)
            assert isinstance(error, expected), (call, error)
        else:
            raise AssertionError(f"psutil lets {call} pass")


def test_a_timeout_too_long_for_any_clock_is_for_ever():
    for seconds in (1e300, math.inf, 1 << 200, 1e18):
        child = subprocess.Popen(["sleep", "0.05"])
        assert oslens.Process(child.pid).wait(seconds) == 0
        child.wait()
        child = subprocess.Popen(["sleep", "0.05"])
        gone, alive = oslens.wait_procs([oslens.Process(child.pid)], timeout=seconds)
        assert len(gone) == 1 and not alive
        child.wait()
        child = subprocess.Popen(["sleep", "0.05"])
        assert asyncio.run(oslens.Process(child.pid).wait_async(seconds)) == 0
        child.wait()


def test_a_time_that_is_almost_none_is_over_at_once(victim):
    for seconds in (0, 0.0, -0.0, 5e-324, 1e-12, False):
        with pytest.raises(oslens.TimeoutExpired) as raised:
            victim.wait(seconds)
        assert raised.value.seconds == seconds


def test_true_is_one_as_everywhere(victim):
    assert oslens.Process(True).pid == 1
    assert oslens.pid_exists(True)


def test_signals_that_are_none_are_refused(victim):
    for number in (-1, 65, 1000, 1 << 31, 1 << 62, -(1 << 40)):
        with pytest.raises((ValueError, OSError, OverflowError)):
            victim.send_signal(number)
    assert victim.is_running()
    victim.send_signal(0)
    victim.send_signal(signal.SIGCONT)
