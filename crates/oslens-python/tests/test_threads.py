"""Threads, forks and pickling: nobody is disturbed, nothing hangs."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest

import oslens


def at_once(*works, rounds=1):
    """Runs these in threads; all begin together."""
    barrier, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait(60)
            for _ in range(rounds):
                work()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def forked(work):
    """Runs it in a forked child, which must come to an end."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException as error:  # noqa: BLE001
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    deadline = time.monotonic() + 60
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            pytest.fail("the child hangs")
        time.sleep(0.001)
    assert os.waitstatus_to_exitcode(ended[1]) == 0


def test_one_object_answers_many_threads(child):
    process = oslens.Process(child.pid)
    expected = process.name(), process.ppid(), process.cmdline(), process.uids()

    def ask():
        assert expected == (
            process.name(),
            process.ppid(),
            process.cmdline(),
            process.uids(),
        )
        assert process.as_dict(["name", "ppid"])["ppid"] == os.getpid()
        assert process.memory_info().rss > 0 and process.cpu_percent() >= 0
        assert process.nice() == os.getpriority(os.PRIO_PROCESS, child.pid)
        assert process.is_running() and str(process) and hash(process)

    at_once(*[ask] * 6, rounds=30)


def test_oneshots_of_one_object_take_turns(child):
    process, inside = oslens.Process(child.pid), []

    def ask():
        with process.oneshot():
            inside.append(1)
            assert len(inside) == 1
            with process.oneshot():
                assert process.ppid() == os.getpid() and process.num_threads() == 1
            assert process.status() and process.uids()
            inside.pop()

    def ask_outside():
        assert process.ppid() == os.getpid() and process.gids()

    at_once(ask, ask, ask, ask_outside, ask_outside, rounds=50)
    # None of them left a cache behind.
    process.suspend()
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    assert process.status() == oslens.STATUS_STOPPED
    process.resume()


def test_a_oneshot_may_be_entered_again(child):
    process = oslens.Process(child.pid)
    oneshot = process.oneshot()
    with oneshot:
        before = process.status()
        with oneshot, process.oneshot():
            assert process.status() == before
        process.suspend()
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        # The outermost has not ended.
        assert process.status() == before
    assert process.status() == oslens.STATUS_STOPPED
    process.resume()


def test_an_error_in_a_oneshot_ends_it(child):
    process = oslens.Process(child.pid)
    with pytest.raises(ZeroDivisionError):
        with process.oneshot():
            process.status()
            1 / 0
    thread = threading.Thread(target=process.oneshot().__enter__)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_iterations_of_many_threads_are_each_their_own():
    me = os.getpid()

    def plain():
        pids = [process.pid for process in oslens.process_iter()]
        assert pids == sorted(set(pids)) and me in pids

    def with_values(name):
        def iterate():
            for process in oslens.process_iter([name]):
                assert set(process._prefetch) == {name}
                getattr(process, name)()

        return iterate

    def clear():
        oslens.process_iter.cache_clear()

    def some():
        for process in oslens.process_iter(["status"]):
            if process.pid > 1:
                break

    def rows():
        assert any(row.pid == me for row in oslens.processes(["pid", "name"]))

    at_once(
        plain, with_values("name"), with_values("ppid"), clear, some, rows, rounds=10
    )


def test_what_another_thread_read_is_not_seen_after_an_iteration_of_ones_own():
    def find(attrs):
        return next(p for p in oslens.process_iter(attrs) if p.pid == os.getpid())

    found = []
    thread = threading.Thread(target=lambda: found.append(find(["name"])))
    thread.start()
    thread.join()
    # Handed over with what was read of it.
    assert set(found[0]._prefetch) == {"name"}
    assert find(None) is found[0] and found[0]._prefetch == {}
    assert find(["ppid"])._prefetch == {"ppid": os.getppid()}


def test_one_iterator_of_two_threads_yields_each_process_once():
    iterator, seen = oslens.process_iter(["name"]), []
    lock = threading.Lock()

    def take():
        while True:
            with lock:
                process = next(iterator, None)
            if process is None:
                return
            seen.append(process.pid)

    at_once(take, take, take)
    assert len(seen) == len(set(seen)) and os.getpid() in seen


def test_a_process_that_ends_while_threads_ask_it():
    process = oslens.Popen(["sleep", "600"])

    def ask():
        try:
            while True:
                process.as_dict(["name", "cmdline", "num_fds", "ionice"])
                process.cwd()
        except oslens.NoSuchProcess as error:
            # A zombie is one that has ended, too.
            assert error.pid == process.pid

    def end():
        process.kill()
        process.wait()

    at_once(ask, ask, ask, end)
    assert not process.is_running()


def test_waits_of_many_threads_all_end():
    process, codes = oslens.Popen(["sleep", "600"]), []
    plain = oslens.Process(process.pid)

    def wait():
        codes.append(plain.wait(60))

    def end():
        plain.kill()

    at_once(wait, wait, wait, end)
    # The kernel gives the code to one, and keeps it for those who look later.
    assert -9 in codes and set(codes) <= {-9, None}
    assert plain.wait() in codes


def test_a_fork_in_the_middle_of_an_iteration():
    me = oslens.Process()
    iterator = oslens.process_iter(["pid", "name", "nice"])
    first = next(iterator)

    def go_on():
        pids = [process.pid for process in iterator]
        assert me.pid in pids and first.pid not in pids
        new = [process.pid for process in oslens.process_iter(["name"])]
        assert os.getpid() in new

    forked(go_on)
    go_on_here = [process.pid for process in iterator]
    assert me.pid in go_on_here


def test_a_fork_in_the_middle_of_a_oneshot():
    process = oslens.Process()
    with process.oneshot():
        parent = process.ppid()

        def ask():
            # The object is the parent of this one.
            assert process.pid == os.getppid() and process.is_running()
            assert process.ppid() == parent
            assert process.nice() == os.getpriority(os.PRIO_PROCESS, process.pid)
            assert oslens.Process().ppid() == process.pid
            assert oslens.Process() != process
            assert process.as_dict(["pid", "name"])["pid"] == process.pid

        forked(ask)
    assert process.ppid() == parent


def test_an_object_of_the_parent_is_no_object_of_the_child():
    me = oslens.Process()
    me.cwd()
    directory = os.getcwd()

    def ask():
        os.chdir("/")
        os.nice(3)
        assert me.cwd() == directory != oslens.Process().cwd()
        assert oslens.Process().nice() == min(me.nice() + 3, 19)
        assert me.num_threads() >= 1 and me.children()[-1].pid == os.getpid()

    forked(ask)


def test_forks_while_threads_ask():
    stop = threading.Event()
    process = oslens.Process(1)

    def ask():
        while not stop.is_set():
            process.uids()
            process.nice()
            process.as_dict(["name", "cmdline", "ionice"])
            for _ in oslens.process_iter(["name"]):
                pass
            oslens.cpu_percent()

    def work():
        process.uids()
        process.nice()
        oslens.Process().as_dict()
        assert any(p.pid == os.getpid() for p in oslens.process_iter(["name"]))
        oslens.cpu_percent()
        oslens.virtual_memory()
        oslens.net_io_counters()
        oslens.disk_io_counters()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            forked(work)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(
    "make",
    [
        oslens.Process,
        lambda: oslens.Popen(["true"]),
        lambda: oslens.Sampler(["pid"]),
        lambda: oslens.process_iter(),
    ],
    ids=["Process", "Popen", "Sampler", "process_iter"],
)
def test_what_is_of_this_machine_and_moment_is_not_pickled(make):
    made = make()
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copier(made)
    if isinstance(made, oslens.Popen):
        made.wait()


def values():
    """One of each type of result."""
    process = oslens.Process()
    yield from process.as_dict().values()
    yield from (process.memory_maps(False), process.rlimit(oslens.RLIMIT_NOFILE))
    for name in (
        "boot_time cpu_freq cpu_stats cpu_times disk_io_counters disk_partitions"
        " getloadavg net_connections net_if_addrs net_if_stats net_io_counters"
        " sensors_battery swap_memory users virtual_memory heap_info processes"
    ).split():
        if hasattr(oslens, name):
            yield getattr(oslens, name)()
    yield oslens.Sampler(["pid", "name", "cpu_percent"]).sample()
    yield from oslens.ProcessStatus
    yield from oslens.ConnectionStatus


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_are_pickled(protocol):
    for value in values():
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value and type(again) is type(value)
        assert copy.deepcopy(value) == value


def look(pid):
    """Runs in another process."""
    process = oslens.Process(pid)
    return process.as_dict(["pid", "name", "memory_info", "status"])


def refuse(pid):
    raise oslens.NoSuchProcess(pid, "name", "text")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_results_and_errors_come_from_other_processes(method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        (found,) = pool.map(look, [os.getpid()])
        assert found["pid"] == os.getpid() and found["memory_info"].rss > 0
        assert type(found["memory_info"]).__name__ == "pmem"
        assert found["status"] in list(oslens.ProcessStatus)
        with pytest.raises(oslens.NoSuchProcess) as caught:
            pool.map(refuse, [7])
        assert (caught.value.pid, caught.value.msg) == (7, "text")


def in_its_own_program(code):
    """Runs it in a Python of its own, which must come to an end."""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_fork_after_a_second_import_does_not_hang():
    in_its_own_program("""
import os, sys
import oslens
for name in [name for name in sys.modules if name.split(".")[0] == "oslens"]:
    del sys.modules[name]
import oslens
pid = os.fork()
if pid == 0:
    oslens.net_io_counters()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
oslens.net_io_counters()
""")


def test_functions_that_run_at_a_fork_may_ask_for_counters():
    in_its_own_program("""
import os

def ask():
    for function in (oslens.net_io_counters, oslens.disk_io_counters):
        function()
        function.cache_clear()

# Before oslens is imported: these run while it holds its locks.
os.register_at_fork(before=ask, after_in_parent=ask, after_in_child=ask)
import oslens
pid = os.fork()
if pid == 0:
    ask()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
ask()
""")


def test_an_interval_is_not_cut_short_by_another_thread():
    process, answers = oslens.Process(), []

    def wait():
        began = time.monotonic()
        percent = process.cpu_percent(interval=1)
        answers.append((percent, time.monotonic() - began))

    waiting = threading.Thread(target=wait)
    before = time.process_time()
    waiting.start()
    # Busy for the first half of it, and asked for in the middle.
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        pass
    used = time.process_time() - before
    process.cpu_percent()
    waiting.join()
    if used < 0.2:
        pytest.skip("this machine is too busy")
    percent, seconds = answers[0]
    # Some of it was used before the thread began to look.
    assert percent > used / seconds * 60


def test_what_only_a_pid_is_known_of_is_nobody_elses_process():
    other = subprocess.Popen(["sleep", "600"])
    try:
        ended = oslens.Process.__new__(oslens.Process)
        # As `Popen` does when the process is gone before it looks.
        ended._adopt_ended(other.pid)
        for ask in (
            ended.kill,
            ended.suspend,
            ended.name,
            ended.nice,
            lambda: ended.nice(19),
            ended.open_files,
            ended.children,
            ended.as_dict,
        ):
            with pytest.raises(oslens.NoSuchProcess):
                ask()
        assert not ended.is_running()
        assert ended.wait(timeout=0) is None
        assert other.poll() is None
        assert oslens.Process(other.pid).status() != oslens.STATUS_STOPPED
    finally:
        other.kill()
        other.wait()


def test_a_oneshot_that_was_not_entered_leaves_nothing_behind():
    process = oslens.Process()
    with pytest.raises(RuntimeError):
        process.oneshot().__exit__(None, None, None)
    before = sum(process.cpu_times()[:2])
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert sum(process.cpu_times()[:2]) > before


def test_a_fork_while_another_thread_samples():
    sampler = oslens.Sampler(["pid", "name", "cpu_percent"])
    sampler.sample()
    stop = threading.Event()

    def sample():
        while not stop.is_set():
            sampler.sample()

    def work():
        # Taken by a thread that is not here, or not: both must do.
        for _ in range(2):
            rows = sampler.sample()
            assert os.getpid() in [row.pid for row in rows]
        assert any(row.cpu_percent is not None for row in rows)
        columns = sampler.sample(columns=True)
        assert os.getpid() in columns["pid"]

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        for _ in range(20):
            forked(work)
    finally:
        stop.set()
        thread.join()
    # And in the parent it is as before.
    assert any(row.cpu_percent is not None for row in sampler.sample())


def test_a_fork_while_another_thread_is_in_a_oneshot():
    process = oslens.Process()
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with process.oneshot():
            process.num_threads()
            inside.set()
            leave.wait(60)

    def work():
        # Nobody is in it here: what that thread had read is not for us.
        before = process.num_threads()
        more = threading.Thread(target=leave.wait, args=(60,))
        with process.oneshot():
            with process.oneshot():
                assert process.num_threads() == before
        assert "Process(pid=" in str(process)
        assert process.as_dict(["pid"]) == {"pid": os.getppid()}
        me = oslens.Process()
        with me.oneshot():
            assert me.num_threads() == 1
        assert me.num_threads() == 1
        more.start()
        assert me.num_threads() == 2
        leave.set()
        more.join()

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(60)
    # Another thread, which the parent's thread does not know of yet.
    second = threading.Thread(target=leave.wait, args=(60,))
    second.start()
    try:
        stale = process.num_threads()

        def sees_the_present():
            deadline = time.monotonic() + 10
            while process.num_threads() == stale:
                assert time.monotonic() < deadline, "it sees what was read before"
                time.sleep(0.01)

        forked(sees_the_present)
        forked(work)
    finally:
        leave.set()
        thread.join()
        second.join()


def test_the_thread_that_forks_stays_in_its_oneshot():
    process = oslens.Process()
    with process.oneshot():
        before = process.num_threads()

        def work():
            # Other threads do not disturb it, and it can be left.
            assert process.num_threads() == before
            with process.oneshot():
                assert process.num_threads() == before

        forked(work)
        pid = os.fork()
    if pid == 0:
        # Left in the child, too.
        status = 1
        try:
            with process.oneshot():
                process.status()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
