"""Descriptors that are held for processes which are asked often: few, closed
again, and no danger to a program that does not know of them."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import textwrap

import pytest

RELEASE = platform.release().split(".")
pytestmark = pytest.mark.skipif(
    sys.maxsize < 2**32 or (int(RELEASE[0]), int(RELEASE[1])) < (6, 9),
    reason="pidfds cannot be told apart before Linux 6.9",
)

PRELUDE = """
import gc, os, resource, select, signal, socket, subprocess, sys, time
import oslens

def held():
    kinds = {}
    for fd in os.listdir("/proc/self/fd"):
        try:
            kinds[int(fd)] = os.readlink(f"/proc/self/fd/{fd}")
        except FileNotFoundError:
            pass
    return {fd for fd, kind in kinds.items() if "pidfd" in kind or "eventpoll" in kind}

def ask(process, times=450):
    for _ in range(times):
        assert process.nice() == 0

def sleepers(count):
    null = subprocess.DEVNULL
    return [subprocess.Popen(["sleep", "600"], stdin=null, stdout=null) for _ in range(count)]

children = []
try:
{script}
finally:
    for child in children:
        child.kill()
        child.wait()
"""


def run(script):
    script = textwrap.indent(textwrap.dedent(script), "    ")
    program = PRELUDE.replace("{script}", script)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_nothing_is_held_for_those_who_ask_seldom():
    run(
        """
        children += sleepers(1)
        before = held()
        processes = [oslens.Process(children[0].pid) for _ in range(50)]
        for process in processes:
            ask(process, 90)
        for process in oslens.process_iter(["nice", "cpu_affinity", "cwd"]):
            try:
                process.nice(), process.is_running(), process.memory_info()
            except oslens.NoSuchProcess:
                # It has ended meanwhile: not all are ours.
                pass
        assert held() == before
        # Nor for the caller, who need not be recognized.
        me = oslens.Process()
        for _ in range(100):
            me.nice(), me.cpu_affinity(), me.memory_info()
        assert held() == before
        """
    )


def test_what_is_held_is_closed_with_the_object():
    run(
        """
        children += sleepers(1)
        before = held()
        process = oslens.Process(children[0].pid)
        ask(process)
        assert len(held() - before) == 2
        assert not any(os.get_inheritable(fd) for fd in held())
        ask(process, 1000)
        assert len(held() - before) == 2
        del process
        gc.collect()
        assert held() == before
        """
    )


def test_no_more_is_held_than_a_quarter_of_what_there_may_be():
    run(
        """
        children += sleepers(30)
        for limit, most in ((64, 16), (200, 50), (12, 2)):
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            processes = [oslens.Process(child.pid) for child in children]
            for process in processes:
                ask(process)
            assert len(held()) <= most, (limit, held())
            assert limit == 12 or len(held()) >= most - 2, (limit, held())
            # The others are as right as these.
            assert all(process.nice() == 0 for process in processes)
            del process, processes
            gc.collect()
            assert not held()
        """
    )


def test_no_more_is_held_than_a_program_notices():
    run(
        """
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < 4096:
            sys.exit(0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
        children += sleepers(1)
        processes = [oslens.Process(children[0].pid) for _ in range(300)]
        for process in processes:
            ask(process)
        assert len(held()) == 256, len(held())
        # Far from the numbers that files get.
        assert 768 <= min(held()) and max(held()) < 1024 + 8, held()
        assert os.open("/dev/null", os.O_RDONLY) < 20
        """
    )


def test_an_end_is_seen_at_once():
    run(
        """
        children += sleepers(1)
        process = oslens.Process(children[0].pid)
        ask(process)
        assert held()
        process.kill()
        while oslens.Process(process.pid).status() != oslens.STATUS_ZOMBIE:
            time.sleep(0.001)
        # A zombie has its PID.
        assert process.is_running() and process.nice() == 0
        children.pop().wait()
        assert not process.is_running()
        for method in (process.nice, process.cpu_affinity, process.cwd, process.resume):
            try:
                method()
            except oslens.NoSuchProcess:
                pass
            else:
                raise AssertionError(method)
        """
    )


def test_a_forked_child_does_not_need_what_its_parent_holds():
    run(
        """
        children += sleepers(2)
        process, other = (oslens.Process(child.pid) for child in children)
        ask(process), ask(other)
        mine = held()
        assert len(mine) == 4
        pid = os.fork()
        if pid == 0:
            ask(process), ask(other)
            # Rid of its copies, without harm to the parent's.
            del process, other
            gc.collect()
            assert not held(), held()
            again = oslens.Process(children[0].pid)
            ask(again)
            assert len(held()) == 2
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert held() == mine
        ask(process), ask(other)
        children[0].kill(), children[0].wait()
        children.pop(0)
        assert not process.is_running() and other.is_running()
        """
    )


def test_a_program_that_closes_everything_gets_right_answers():
    run(
        """
        children += sleepers(3)
        processes = [oslens.Process(child.pid) for child in children]
        for process in processes:
            ask(process)
        numbers = held()
        assert len(numbers) == 6
        os.closerange(3, 2000)
        # Their numbers are given away: all kinds of files, which have
        # nothing to tell, and processes that do not end.
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("")
        listener.listen()
        kinds = [os.open("/dev/null", os.O_RDONLY), os.pipe()[0], listener.fileno()]
        kinds += [os.pidfd_open(os.getpid()), os.open("/proc", os.O_RDONLY)]
        for number in numbers:
            os.dup2(kinds[number % len(kinds)], number)
        there = {number: os.fstat(number)[1:3] for number in numbers}
        for child, process in zip(children, processes):
            ask(process)
            child.kill(), child.wait()
            assert not process.is_running()
            try:
                process.nice()
            except oslens.NoSuchProcess:
                pass
            else:
                raise AssertionError("it answered for nobody")
        children.clear()
        del process, processes
        gc.collect()
        # Nobody closed what is not his.
        assert {number: os.fstat(number)[1:3] for number in numbers} == there
        """
    )


def test_objects_do_not_take_each_others_descriptors_for_their_own():
    run(
        """
        children += sleepers(2)
        first, second = (oslens.Process(child.pid) for child in children)
        ask(first)
        numbers = held()
        os.closerange(3, 2000)
        # Gets the same numbers.
        ask(second)
        assert held() == numbers
        children[0].kill(), children[0].wait()
        children.pop(0)
        assert not first.is_running() and second.is_running()
        del first
        gc.collect()
        assert held() == numbers
        ask(second)
        """
    )


def test_a_signal_reaches_the_process_whoever_has_the_number():
    run(
        """
        children += sleepers(2)
        process = oslens.Process(children[0].pid)
        ask(process)
        numbers = held()
        os.closerange(3, 2000)
        other = os.pidfd_open(children[1].pid)
        for number in numbers:
            os.dup2(other, number)
        process.terminate()
        assert (code := children[0].wait()) == -signal.SIGTERM, code
        time.sleep(0.2)
        assert children[1].poll() is None
        """
    )
