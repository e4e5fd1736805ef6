"""Processes: psutil is the witness, and processes made for it."""

import asyncio
import contextlib
import copy
import ctypes
import errno
import gc
import inspect
import os
import pickle
import resource
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import differential
import psutil
import pytest

import oslens

SLEEP = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)"]


@contextlib.contextmanager
def started(arguments=SLEEP, **options):
    """A program that has said that it is ready."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, **options)
    try:
        process.stdout.readline()
        settle(process.pid)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def settle(pid):
    """Waits until a process sleeps: it has started what it is to run."""
    while psutil.Process(pid).status() != "sleeping":
        time.sleep(0.01)


@contextlib.contextmanager
def python(code, **options):
    code = (
        textwrap.dedent(code) + "\nprint(1, flush=True)\nimport time; time.sleep(600)\n"
    )
    with started([sys.executable, "-c", code], **options) as process:
        yield process


@contextlib.contextmanager
def zombie():
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    try:
        yield process.pid
    finally:
        process.wait()


@contextlib.contextmanager
def stopped():
    with started() as process:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        yield process.pid


@contextlib.contextmanager
def threaded():
    with python(
        "import threading, time\nfor _ in range(5): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()"
    ) as process:
        yield process.pid


def renamed(name):
    return python(f"import ctypes; ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)")


@contextlib.contextmanager
def odd_name():
    with renamed(b"a) (b\n\xff") as process:
        yield process.pid


@contextlib.contextmanager
def long_name(directory="/tmp"):
    path = os.path.join(directory, f"a-program-with-a-long-name-{os.getpid()}")
    shutil.copy("/bin/sleep", path)
    process = subprocess.Popen([path, "600"])
    try:
        while psutil.Process(process.pid).exe() != path:
            time.sleep(0.01)
        settle(process.pid)
        yield process.pid
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


@contextlib.contextmanager
def deleted_program():
    with long_name() as pid:
        os.unlink(os.readlink(f"/proc/{pid}/exe"))
        yield pid


@contextlib.contextmanager
def other_user():
    if os.getuid() != 0:
        pytest.skip("needs root to start a process of another user")
    with started(
        ["sh", "-c", "echo 1; exec sleep 600"], user=12345, group=54321
    ) as process:
        while psutil.Process(process.pid).name() != "sleep":
            time.sleep(0.01)
        settle(process.pid)
        yield process.pid


@contextlib.contextmanager
def sockets_and_files():
    with python(
        """
        import socket, os, tempfile
        keep = []
        tcp = socket.create_server(("127.0.0.1", 0)); keep.append(tcp)
        keep.append(socket.create_connection(tcp.getsockname()))
        keep.append(tcp.accept())
        udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); udp.bind(("::1", 0))
        keep += [udp, *socket.socketpair()]
        for mode in ("r", "r+", "a", "a+", "w"):
            file = tempfile.NamedTemporaryFile("w")
            opened = open(file.name, mode); opened.seek(0); keep += [file, opened]
        keep.append(tempfile.TemporaryFile())
        """
    ) as process:
        yield process.pid


@contextlib.contextmanager
def itself():
    yield os.getpid()


ZOO = [
    itself,
    zombie,
    stopped,
    threaded,
    odd_name,
    long_name,
    deleted_program,
    other_user,
    sockets_and_files,
]

# Names that psutil 7.2.2 has, too, and that return the same a moment later.
SAME = """
    cmdline cpu_affinity cwd environ exe gids ionice name nice num_fds num_threads ppid
    status terminal uids username
""".split()
ROUGHLY = "cpu_num cpu_percent create_time memory_percent".split()
TUPLES = "cpu_times io_counters memory_info num_ctx_switches".split()
LISTS = "memory_maps net_connections open_files threads".split()


def asked(package, pid, name):
    """The value, or the kind of the exception."""
    try:
        return getattr(package.Process(pid), name)()
    except package.Error as error:
        return type(error).__name__


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: animal.__name__)
@pytest.mark.parametrize("name", SAME)
def test_values_are_those_of_psutil(animal, name):
    with animal() as pid:
        assert not differential.differs(pid, name, ())


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: animal.__name__)
@pytest.mark.parametrize("name", TUPLES)
def test_counters_are_those_of_psutil(animal, name):
    with animal() as pid:
        before, value, after = (asked(p, pid, name) for p in (psutil, oslens, psutil))
        if isinstance(before, str):
            assert value == before
            return
        for field in value._fields:
            low, high = sorted([getattr(before, field), getattr(after, field)])
            slack = 0.02 if isinstance(low, float) else high // 5
            assert type(getattr(value, field)) is type(low)
            assert low - slack <= getattr(value, field) <= high + slack, field


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: animal.__name__)
def test_lists_are_those_of_psutil(animal):
    with animal() as pid:
        for name in LISTS:
            assert not differential.differs(pid, name, ()), name


@pytest.mark.parametrize("kind", ["all", "tcp4", "udp6", "unix", "inet6"])
def test_connections_of_each_kind(kind):
    with sockets_and_files() as pid:
        ours = oslens.Process(pid).net_connections(kind)
        theirs = psutil.Process(pid).net_connections(kind)
        assert {tuple(c) for c in ours} == {tuple(c) for c in theirs}
        assert ours or kind == "tcp6"


def test_create_time_is_that_of_psutil_but_for_the_second_it_cuts_off():
    pid = os.getpid()
    assert (
        abs(oslens.Process(pid).create_time() - psutil.Process(pid).create_time()) < 1.1
    )


def test_methods_have_the_arguments_of_psutil():
    for name in "cpu_percent memory_percent memory_maps net_connections nice ionice rlimit cpu_affinity as_dict wait children send_signal oneshot parent parents is_running".split():
        ours = inspect.signature(getattr(oslens.Process, name)).parameters.values()
        theirs = inspect.signature(getattr(psutil.Process, name)).parameters.values()
        assert [(p.name, p.default) for p in ours] == [
            (p.name, p.default) for p in theirs
        ], name


def test_attrs_are_those_of_psutil_8():
    expected = {
        *psutil.Process().as_dict(),
        "memory_footprint",
        "memory_info_ex",
        "page_faults",
    } - {"memory_full_info"}
    assert oslens.Process.attrs == expected
    assert list(oslens.Process().as_dict()) == sorted(expected)


# Identity


def test_a_process_is_its_pid_and_start():
    a, b = oslens.Process(), oslens.Process(os.getpid())
    assert a == b and hash(a) == hash(b) == hash(os.getpid()) and not a != b
    assert a != oslens.Process(1) and a != os.getpid()
    assert len({a, b}) == 1


@pytest.mark.parametrize(
    "pid, error",
    [(-1, ValueError), (-(2**70), ValueError), ("1", TypeError), (1.5, TypeError)],
)
def test_what_is_no_pid_is_refused(pid, error):
    with pytest.raises(error, match="pid"):
        oslens.Process(pid)


@pytest.mark.parametrize("pid", [2**31, 2**64, 2**31 - 1])
def test_a_pid_that_nobody_has(pid):
    with pytest.raises(oslens.NoSuchProcess) as caught:
        oslens.Process(pid)
    assert caught.value.pid == pid
    assert caught.value.msg in ("process PID out of range", "process PID not found")


def test_repr_says_what_is_known():
    process = oslens.Popen(["sleep", "600"])
    try:
        assert repr(process).startswith(f"oslens.Popen(pid={process.pid}, name='")
        process.create_time()
        assert "started='" in repr(process)
    finally:
        process.kill()
        process.wait()
    assert "status='terminated'" in repr(process)
    assert "exitcode=<NegSignal.SIGKILL: -9>" in repr(process)


def test_a_zombie_shows_as_one():
    with zombie() as pid:
        process = oslens.Process(pid)
        assert "status='zombie'" in repr(process)
        assert process.is_running() and process.status() == oslens.STATUS_ZOMBIE
        with pytest.raises(oslens.ZombieProcess) as caught:
            process.cmdline()
        assert caught.value.ppid == os.getpid() and caught.value.name == "true"
        values = process.as_dict(ad_value="?")
        assert values["cmdline"] == "?" and values["name"] == "true"
        assert process in oslens.Process().children()
        process.terminate()


def test_a_process_cannot_be_pickled_and_its_errors_can():
    with pytest.raises(TypeError):
        pickle.dumps(oslens.Process())
    with pytest.raises(TypeError):
        copy.copy(oslens.Process())
    for error in (
        oslens.NoSuchProcess(1, "a", "b"),
        oslens.ZombieProcess(1, "a", 2, "b"),
        oslens.AccessDenied(1, "a"),
        oslens.TimeoutExpired(3, 1, "a"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert vars(again) == vars(error) and str(again) == str(error)


def test_nobody_else_is_hit_after_the_end():
    process = oslens.Popen(["true"])
    process.wait()
    for action in (
        process.kill,
        process.suspend,
        lambda: process.nice(3),
        process.ppid,
    ):
        with pytest.raises(oslens.NoSuchProcess):
            action()
    assert not process.is_running() and not process.is_running()
    with pytest.raises(oslens.NoSuchProcess):
        process.as_dict()


# Settings


def test_niceness():
    with started() as child:
        process = oslens.Process(child.pid)
        assert (
            process.nice(7) is None
            and process.nice() == 7 == psutil.Process(child.pid).nice()
        )
        process.nice(20)
        assert process.nice() == 19
        with pytest.raises(TypeError):
            process.nice("x")


def test_ionice():
    with started() as child:
        process = oslens.Process(child.pid)
        process.ionice(oslens.IOPRIO_CLASS_BE, 3)
        assert process.ionice() == (oslens.IOPRIO_CLASS_BE, 3)
        assert psutil.Process(child.pid).ionice() == (2, 3)
        process.ionice(ioclass=oslens.IOPRIO_CLASS_IDLE)
        assert process.ionice().ioclass is oslens.IOPRIO_CLASS_IDLE
        for arguments in [(0, 1), (3, 1), (2, 8), (2, -1), (9,), (None, 1)]:
            with pytest.raises(ValueError, match="ioclass|value"):
                process.ionice(*arguments)


@pytest.mark.parametrize("package", [oslens, psutil], ids=lambda it: it.__name__)
def test_cpus_that_there_are_not_count_for_nothing_beside_others(package):
    with started() as process:
        one = package.Process(process.pid)
        all_cpus = one.cpu_affinity()
        for more in ([1000], [1000, 1001], range(500, 1000)):
            one.cpu_affinity([all_cpus[0], *more])
            assert one.cpu_affinity() == all_cpus[:1]
            assert os.sched_getaffinity(process.pid) == {all_cpus[0]}
        with pytest.raises(ValueError, match="1000"):
            one.cpu_affinity([1000])
        with pytest.raises(ValueError, match="-1"):
            one.cpu_affinity([all_cpus[0], -1])
        assert one.cpu_affinity() == all_cpus[:1]


def test_cpu_affinity():
    with started() as child:
        process = oslens.Process(child.pid)
        all_cpus = process.cpu_affinity()
        process.cpu_affinity([all_cpus[0], all_cpus[0]])
        assert process.cpu_affinity() == [all_cpus[0]]
        process.cpu_affinity([])
        assert process.cpu_affinity() == all_cpus
        for cpus, error in [
            ([10**6], ValueError),
            ([-1], ValueError),
            (["0"], TypeError),
            (1, TypeError),
        ]:
            with pytest.raises(error):
                process.cpu_affinity(cpus)


def test_limits():
    with started() as child:
        process = oslens.Process(child.pid)
        process.rlimit(oslens.RLIMIT_NOFILE, (100, 200))
        assert process.rlimit(oslens.RLIMIT_NOFILE) == (100, 200)
        assert resource.prlimit(child.pid, resource.RLIMIT_NOFILE) == (100, 200)
        process.rlimit(resource=oslens.RLIMIT_CORE, limits=[0, oslens.RLIM_INFINITY])
        for name in [n for n in dir(psutil) if n.startswith("RLIMIT_")]:
            number = getattr(oslens, name)
            assert process.rlimit(number) == psutil.Process(child.pid).rlimit(number)
        for arguments in [(99,), (7, (1,)), (7, (1, -2)), (7, (3, 2))]:
            with pytest.raises(ValueError):
                process.rlimit(*arguments)


def test_bad_arguments_are_named():
    process = oslens.Process()
    for call, error, match in [
        (lambda: process.cpu_percent(-1), ValueError, "interval"),
        (lambda: process.cpu_percent("x"), TypeError, "interval"),
        (lambda: process.memory_percent("nothing"), ValueError, "nothing.*rss"),
        (lambda: process.net_connections("nothing"), ValueError, "nothing"),
        (lambda: process.as_dict("name"), TypeError, "attrs"),
        (lambda: process.as_dict(["nothing"]), ValueError, "nothing"),
        (lambda: process.as_dict([3]), ValueError, "3"),
        (lambda: list(oslens.process_iter("name")), TypeError, "attrs"),
        (lambda: process.wait(-1), ValueError, "timeout"),
        (lambda: process.wait("x"), TypeError, "timeout"),
        (lambda: process.send_signal(999), ValueError, "999"),
        (lambda: process.send_signal("x"), TypeError, "int"),
        (lambda: oslens.wait_procs([], timeout=-1), ValueError, "timeout"),
        (lambda: oslens.wait_procs([], callback=3), TypeError, "callback"),
        (lambda: oslens.processes(["nothing"]), ValueError, "nothing"),
        (lambda: oslens.Sampler(["nothing"]), ValueError, "nothing"),
    ]:
        with pytest.raises(error, match=match):
            call()


# Caches


def test_oneshot_keeps_what_was_read_and_can_be_entered_twice():
    with started() as child:
        process = oslens.Process(child.pid)
        with process.oneshot():
            assert process.status() and process.name()
            with process.oneshot():
                before = process.status()
            child.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
            assert process.status() == before != oslens.STATUS_STOPPED
        assert process.status() == oslens.STATUS_STOPPED


def test_oneshot_of_one_thread_keeps_another_out():
    process = oslens.Process()
    order = []

    def other():
        with process.oneshot():
            order.append("other")

    with process.oneshot():
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_process_iter_returns_the_same_objects_and_what_it_read():
    first = {p.pid: p for p in oslens.process_iter()}
    assert list(first) == sorted(first)
    again = {
        p.pid: p for p in oslens.process_iter(["name", "cpu_percent"], ad_value="?")
    }
    assert all(again[pid] is first[pid] for pid in first.keys() & again.keys())
    me = again[os.getpid()]
    with pytest.warns(DeprecationWarning):
        assert me.info["name"] == me.name() and set(me.info) == {"name", "cpu_percent"}
    for _ in oslens.process_iter():
        pass
    assert me._prefetch == {}
    oslens.process_iter.cache_clear()
    assert next(p for p in oslens.process_iter() if p.pid == os.getpid()) is not me


def test_process_iter_returns_zombies_and_forgets_the_gone():
    with zombie() as pid:
        assert pid in [p.pid for p in oslens.process_iter(["cmdline"])]
    assert pid not in [p.pid for p in oslens.process_iter()]


def test_empty_attrs_mean_all():
    with pytest.warns(DeprecationWarning):
        process = next(iter(oslens.process_iter([])))
    assert set(process._prefetch) == oslens.Process.attrs
    with pytest.warns(UserWarning):
        oslens.process_iter(())


def test_process_iter_in_many_threads():
    errors = []

    def iterate(attrs):
        try:
            for _ in range(10):
                for process in oslens.process_iter(attrs):
                    with warnings.catch_warnings():
                        assert set(process._prefetch) == set(attrs)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [
        threading.Thread(target=iterate, args=([name],))
        for name in ("name", "ppid", "memory_info", "cmdline")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_deprecated_names_still_work():
    process = oslens.Process()
    with pytest.warns(DeprecationWarning):
        assert process.memory_full_info().uss > 0
    with pytest.warns(DeprecationWarning):
        assert process.connections() == process.net_connections()
    with pytest.warns(DeprecationWarning):
        assert process.info == {}
    assert "memory_full_info" in process.as_dict(["memory_full_info"])


# The end


def test_wait_tells_how_a_child_ended():
    assert oslens.Popen(["sh", "-c", "exit 7"]).wait() == 7
    process = oslens.Popen(["sleep", "600"])
    with pytest.raises(oslens.TimeoutExpired) as caught:
        process.wait(0.01)
    assert (caught.value.seconds, caught.value.pid, caught.value.name) == (
        0.01,
        process.pid,
        "sleep",
    )
    with pytest.raises(oslens.TimeoutExpired):
        process.wait(0)
    process.terminate()
    code = process.wait(timeout=60)
    assert code == -15 and repr(code) == "<NegSignal.SIGTERM: -15>"
    assert oslens.Process.wait(process) is code


@pytest.mark.parametrize("package", [oslens, psutil], ids=lambda it: it.__name__)
def test_a_popen_looks_at_a_timeout_only_while_it_has_to_wait(package):
    process = package.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    # It has ended, but nobody has asked how.
    with pytest.raises(ValueError, match="timeout"):
        process.wait(-1)
    assert process.wait(0) == 0
    # What is left of a deadline may be negative; subprocess does not mind.
    assert process.wait(-0.5) == 0


def test_wait_for_somebody_elses_child():
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, time\np = subprocess.Popen(['sleep', '600'])\nprint(p.pid, flush=True)\np.wait()\ntime.sleep(600)",
        ],
        stdout=subprocess.PIPE,
    )
    try:
        process = oslens.Process(int(parent.stdout.readline()))
        assert process.parent().pid == parent.pid
        process.kill()
        assert process.wait(60) in (None, -9)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def test_a_signal_handler_runs_while_somebody_waits():
    def stop(*_):
        raise InterruptedError

    old = signal.signal(signal.SIGALRM, stop)
    try:
        with started() as child:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(InterruptedError):
                oslens.Process(child.pid).wait(60)
    finally:
        signal.signal(signal.SIGALRM, old)


def test_wait_procs_tells_who_has_ended():
    quick = [oslens.Popen(["sh", "-c", f"exit {code}"]) for code in range(3)]
    slow = oslens.Popen(["sleep", "600"])
    called = []
    try:
        gone, alive = oslens.wait_procs(
            [*quick, slow], timeout=1, callback=called.append
        )
        assert set(gone) == set(quick) == set(called) and alive == [slow]
        assert sorted(p.returncode for p in quick) == [0, 1, 2]
    finally:
        slow.kill()
        assert oslens.wait_procs([slow])[0] == [slow]


def test_wait_async_lets_others_run():
    async def both():
        process = oslens.Popen(["sh", "-c", "sleep 0.1; exit 3"])
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticker = asyncio.create_task(tick())
        with pytest.raises(oslens.TimeoutExpired):
            await process.wait_async(0.01)
        assert await process.wait_async() == 3
        ticker.cancel()
        return ticks

    assert asyncio.run(both()) > 2


def test_popen_is_both():
    with oslens.Popen(
        ["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.ppid() == os.getpid() and isinstance(process, oslens.Process)
        assert process.poll() is None and process.args == ["cat"]
        assert process.communicate(b"x") == (b"x", None)
        assert "communicate" in dir(process) and "cmdline" in dir(process)
        with pytest.raises(AttributeError, match="nothing"):
            process.nothing
    assert process.returncode == 0 == process.wait()


def test_signals():
    with started() as child:
        process = oslens.Process(child.pid)
        process.suspend()
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        assert process.status() == "stopped"
        process.resume()
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -9
    with pytest.raises(oslens.NoSuchProcess):
        process.send_signal(0)


def test_family():
    code = "import subprocess; p = subprocess.Popen(['sleep', '600']); print(1, flush=True); p.wait()"
    with started([sys.executable, "-c", code]) as child:
        me, process = oslens.Process(), oslens.Process(child.pid)
        (grandchild,) = process.children()
        # The runner of the tests has others, too.
        assert process in me.children() and grandchild not in me.children()
        all_of_them = me.children(recursive=True)
        assert all_of_them[all_of_them.index(process) + 1] == grandchild
        assert grandchild.parents()[:2] == [process, me] and process.parent() == me
        grandchild.kill()


# What psutil does not have


def test_more_about_a_process():
    with threaded() as pid:
        process = oslens.Process(pid)
        assert process.pgid() == os.getpgid(pid) and process.sid() == os.getsid(pid)
        assert process.namespaces().net == os.stat(f"/proc/{pid}/ns/net").st_ino
        threads = process.threads_ex()
        assert len(threads) == 6 and all(
            t.status in list(oslens.ProcessStatus) for t in threads
        )
        assert process.root() == "/" and isinstance(process.groups(), list)
        assert process.cgroups()[-1].path.startswith("/")
        assert process.oom_score_adj() == int(open(f"/proc/{pid}/oom_score_adj").read())
        assert {d.fd for d in process.descriptors()} >= {0, 1, 2}
        assert process.tracer_pid() is None and process.namespace_pids()[-1] > 0
        (
            process.wait_channel(),
            process.login_uid(),
            process.capabilities(),
            process.oom_score(),
        )


def test_all_processes_as_rows_and_columns():
    fields = [
        "pid",
        "ppid",
        "name",
        "status",
        "username",
        "cpu_times",
        "memory_info",
        "create_time",
    ]
    rows = oslens.processes(fields)
    me = next(row for row in rows if row.pid == os.getpid())
    process = oslens.Process()
    assert me._fields == tuple(fields)
    assert (me.ppid, me.name, me.username) == (
        process.ppid(),
        process.name(),
        process.username(),
    )
    columns = oslens.processes([*fields, "nice", "num_fds"], columns=True)
    at = list(columns["pid"]).index(os.getpid())
    assert columns["name"][at] == me.name and columns["memory_info.rss"][at] > 0
    view = memoryview(columns["cpu_times.user"])
    assert view.format == "d" and view[at] >= 0
    numpy = pytest.importorskip("numpy")
    array = numpy.asarray(columns["pid"])
    assert not array.flags.owndata and array[at] == os.getpid()


def test_a_sampler_tells_rates():
    sampler = oslens.Sampler(["pid", "name", "cpu_percent", "read_bytes_per_second"])
    assert all(row.cpu_percent is None for row in sampler.sample())
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
    me = next(row for row in sampler.sample() if row.pid == os.getpid())
    assert 5 < me.cpu_percent < 150
    columns = sampler.sample(columns=True)
    assert len(columns["cpu_percent"]) == len(columns["name"])


# Where it runs


def test_another_root_is_asked_as_of_construction(tmp_path):
    proc = tmp_path / "1"
    proc.mkdir()
    (tmp_path / "self").symlink_to("1")
    (tmp_path / "stat").write_text("btime 1000\n")
    shutil.copy("/proc/1/stat", proc / "stat")
    (proc / "cmdline").write_bytes(b"a\0b\0")
    (proc / "status").write_text("Name:\tx\nUid:\t7\t7\t7\t7\n")
    oslens.PROCFS_PATH = str(tmp_path)
    try:
        there = oslens.Process(1)
    finally:
        oslens.PROCFS_PATH = "/proc"
    assert there.cmdline() == ["a", "b"] and oslens.Process(1).cmdline() != ["a", "b"]


def test_a_fork_sees_itself():
    process = oslens.Process()
    pid = os.fork()
    if pid == 0:
        child = oslens.Process()
        ok = (
            child.ppid() == process.pid
            and child != process
            and child.name() == process.name()
        )
        os._exit(0 if ok else 1)
    assert os.waitpid(pid, 0)[1] == 0


def test_values_of_one_object_in_many_threads():
    process = oslens.Process()
    errors = []

    def work():
        try:
            for _ in range(100):
                with process.oneshot():
                    assert (
                        process.pid == os.getpid()
                        and process.name()
                        and process.memory_info()
                    )
                process.cpu_percent()
                process.as_dict(["name", "exe", "cmdline"])
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_nothing_leaks_descriptors():
    with started() as child:
        process = oslens.Process(child.pid)

        def everything():
            process.as_dict()
            list(oslens.process_iter(["name", "open_files"]))
            oslens.processes()
            process.nice(5)
            process.children(), process.parents(), process.is_running()
            with contextlib.suppress(oslens.TimeoutExpired):
                process.wait(0.001)

        everything()
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            everything()
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) == before


def test_what_is_denied_says_so_and_why():
    if os.getuid() != 0:
        pytest.skip("needs root to become another user")
    code = textwrap.dedent(
        f"""
        import os, sys
        import oslens
        process = oslens.Process({os.getpid()})
        process.name()
        os.setgid(12345); os.setuid(12345)
        try:
            process.environ()
        except oslens.AccessDenied as error:
            assert (error.pid, bool(error.name)) == (process.pid, True), error
            assert isinstance(error.__cause__, PermissionError), error.__cause__
            assert error.__cause__.filename == f"/proc/{{process.pid}}/environ"
        else:
            sys.exit("not denied")
        assert process.as_dict(["environ"], ad_value="no") == {{"environ": "no"}}
        for name in ("kill", "suspend"):
            try:
                getattr(process, name)()
            except oslens.AccessDenied:
                pass
            else:
                sys.exit(name)
        """
    )
    # Another user may not read where this package is.
    # What is imported when it is first needed.
    code = (
        "import oslens._ntuples, oslens._exit, array, socket\noslens.Process().as_dict()\noslens.Process().memory_maps()\n"
        + code
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
