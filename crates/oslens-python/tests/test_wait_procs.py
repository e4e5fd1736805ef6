"""`wait_procs()` waits for all at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import oslens

SLEEP = ["sleep", "600"]


@pytest.fixture
def sleepers():
    """Starts so many processes."""
    started: list[oslens.Popen] = []

    def start(count):
        new = [oslens.Popen(SLEEP) for _ in range(count)]
        started.extend(new)
        return new

    yield start
    for process in started:
        with contextlib.suppress(oslens.NoSuchProcess):
            process.kill()
        process.wait()


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_each_is_told_at_once_and_in_order(sleepers):
    processes = sleepers(40)
    order = [17, 3, 39, 0, 20]
    told: list[oslens.Process] = []
    news = threading.Semaphore(0)

    def callback(process):
        told.append(process)
        news.release()

    def end():
        for at in order:
            processes[at].kill()
            # Only then the next: so whoever waits was told of this one.
            assert news.acquire(timeout=60)

    killer = threading.Thread(target=end)
    killer.start()
    wanted = [processes[at] for at in order]
    gone, alive = oslens.wait_procs(wanted, callback=callback)
    killer.join()
    assert gone == told == wanted and alive == []
    assert [process.returncode for process in gone] == [-9] * len(order)


def test_many_that_run_delay_nobody(sleepers):
    processes = sleepers(60)
    ended = []
    last = processes[-1]

    def end():
        ended.append(time.monotonic())
        last.kill()

    killer = threading.Timer(0.1, end)
    killer.start()
    told = []
    gone, alive = oslens.wait_procs(
        processes, timeout=2, callback=lambda _: told.append(time.monotonic())
    )
    killer.join()
    assert gone == [last] and len(alive) == 59
    # In turns it takes up to a second to come round.
    assert told[0] - ended[0] < 0.9


def test_nobody_is_waited_for_longer_than_the_timeout(sleepers):
    processes = sleepers(3)
    for timeout in (0, 0.05, 0.3):
        before = time.monotonic()
        gone, alive = oslens.wait_procs(processes, timeout=timeout)
        assert time.monotonic() - before >= timeout
        assert gone == [] and alive == processes
    assert not hasattr(oslens.Process(processes[0].pid), "returncode")


def test_who_has_ended_already_is_gone_at_once(sleepers):
    running, ended, waited = *sleepers(2), oslens.Popen(["true"])
    waited.wait()
    ended.kill()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    twice = [waited, ended, ended, running, oslens.Process(ended.pid)]
    gone, alive = oslens.wait_procs(twice, timeout=0)
    assert set(gone) == {waited, ended} and alive == [running]
    assert (waited.returncode, ended.returncode) == (0, -9)
    assert oslens.wait_procs([]) == ([], [])
    assert oslens.wait_procs({running: 1}.keys(), 0) == ([], [running])


def test_nothing_is_kept(sleepers):
    processes = sleepers(5)
    oslens.wait_procs(processes, timeout=0)
    before = descriptors()

    class Enough(Exception):
        pass

    def callback(_):
        raise Enough

    oslens.wait_procs(processes, timeout=0.01)
    processes[2].kill()
    with pytest.raises(Enough):
        oslens.wait_procs(processes, callback=callback)
    assert descriptors() == before


def test_a_signal_handler_may_end_it(sleepers):
    class Enough(Exception):
        pass

    def stop(*_):
        raise Enough

    old = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Enough):
            oslens.wait_procs(sleepers(2), timeout=60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def test_other_threads_run_meanwhile(sleepers):
    processes = sleepers(2)
    waiters = [
        threading.Thread(target=oslens.wait_procs, args=(processes,)) for _ in range(3)
    ]
    for waiter in waiters:
        waiter.start()
    assert sum(range(1000)) == 499500
    for process in processes:
        process.kill()
    for waiter in waiters:
        waiter.join(60)
        assert not waiter.is_alive()


def test_a_wait_of_ones_own_is_called(sleepers):
    class Mine(oslens.Process):
        def wait(self, timeout=None):
            code = super().wait(timeout)
            return ("ended", code)

    (process,) = sleepers(1)
    mine = Mine(process.pid)
    process.kill()
    assert oslens.wait_procs([mine], timeout=60) == ([mine], [])
    assert mine.returncode == ("ended", -9)


def test_others_than_processes_are_asked_now_and_then():
    class Stub:
        asked = 0

        def wait(self, timeout=None):
            self.asked += 1
            if self.asked < 5:
                raise subprocess.TimeoutExpired("stub", timeout)
            return 3

    stub = Stub()
    assert oslens.wait_procs([stub], timeout=60) == ([stub], [])
    assert stub.returncode == 3


def test_the_children_of_others_are_gone_when_they_are_collected():
    code = """
        import os, subprocess, sys
        child = subprocess.Popen(["sleep", "600"])
        print(child.pid, flush=True)
        sys.stdin.readline()
        child.wait()
        print(flush=True)
        sys.stdin.readline()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        process = oslens.Process(int(parent.stdout.readline()))
        assert oslens.wait_procs([process], timeout=0.01) == ([], [process])
        process.kill()
        # It is a zombie: as psutil, it has not ended for those who are not
        # its parent.
        assert oslens.wait_procs([process], timeout=0.1) == ([], [process])
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert oslens.wait_procs([process], timeout=60) == ([process], [])
        assert process.returncode in (None, -9)
        parent.communicate("\n")


# Makes pidfd_open() fail, as sandboxes do that do not know it.
NO_PIDFD = """
import ctypes, struct
def forbid(errno):
    program = b"".join(struct.pack("HBBI", *line) for line in [
        (0x20, 0, 0, 0),                   # the number of the system call
        (0x15, 0, 1, 434),                 # is it pidfd_open?
        (0x06, 0, 0, 0x00050000 | errno),  # then it fails
        (0x06, 0, 0, 0x7FFF0000),
    ])
    buffer = ctypes.create_string_buffer(program, len(program))
    filter = struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filter):
        raise SystemExit(77)
"""


@pytest.mark.parametrize("errno", ["EPERM", "ENOSYS"])
def test_it_works_without_pidfds(run, errno):
    done = run(
        NO_PIDFD
        + textwrap.dedent(
            f"""
            import errno, os, oslens, subprocess
            forbid(errno.{errno})
            try:
                os.pidfd_open(os.getpid())
            except (AttributeError, OSError):
                pass
            else:
                raise SystemExit(77)
            processes = [oslens.Popen(["sleep", "600"]) for _ in range(5)]
            assert oslens.wait_procs(processes, timeout=0.05) == ([], processes)
            told = []
            processes[3].kill()
            gone, alive = oslens.wait_procs(processes, 0.5, told.append)
            assert gone == told == [processes[3]] and len(alive) == 4
            assert gone[0].returncode == -9
            for process in alive:
                process.terminate()
            assert len(oslens.wait_procs(alive, timeout=60)[0]) == 4
            assert {{process.returncode for process in alive}} == {{-15}}
            """
        )
    )
    if done.status == 77:
        pytest.skip("needs seccomp")
    assert done.status == 0, done


def test_it_works_for_more_processes_than_descriptors(run):
    done = run(
        """
        import os, resource, oslens
        processes = [oslens.Popen(["sleep", "600"]) for _ in range(60)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        callbacks = []
        def callback(process):
            # Some are left.
            callbacks.append(open("/dev/null"))
            callbacks.pop().close()
        assert oslens.wait_procs(processes, timeout=0.05) == ([], processes)
        for process in processes:
            process.kill()
        gone, alive = oslens.wait_procs(processes, 60, callback)
        assert len(gone) == 60 and alive == []
        """
    )
    assert done.status == 0, done
