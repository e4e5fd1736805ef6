"""A PID that another process has now: nobody answers for it, and nobody is hit."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap

import pytest

# In a PID namespace of its own, where the next PID can be chosen.
PRELUDE = """
import contextlib, os, signal, subprocess, sys, time
import oslens

PID = 4321

def start():
    for _ in range(200):
        with open("/proc/sys/kernel/ns_last_pid", "w") as file:
            file.write(str(PID - 1))
        pid = os.fork()
        if pid == 0:
            os.execv("/bin/sleep", ["sleep", "600"])
        if pid == PID:
            break
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    else:
        raise SystemExit("skip: nobody gets the PID that was asked for")
    while os.readlink(f"/proc/{PID}/exe") == os.readlink("/proc/self/exe"):
        time.sleep(0.001)
    while " S " not in open(f"/proc/{PID}/stat").read():
        time.sleep(0.001)

def end():
    os.kill(PID, signal.SIGKILL)
    os.waitpid(PID, 0)

def give_to_another():
    end()
    # The kernel counts the start in ticks.
    time.sleep(0.05)
    start()

GETTERS = {name: () for name in oslens.Process.attrs - {"pid"}}
GETTERS |= {
    name: ()
    for name in (
        "capabilities cgroups children connections descriptors groups login_uid"
        " memory_full_info namespace_pids namespaces oom_score oom_score_adj parent"
        " parents pgid root sid threads_ex tracer_pid wait_channel"
    ).split()
}
GETTERS["rlimit"] = (7,)
CALLS = [*GETTERS.items(), ("memory_maps", (False,)), ("net_connections", ("all",))]
CALLS += [("memory_percent", ("pss",)), ("as_dict", ()), ("as_dict", (["nice"],))]

def refuses(process, name, arguments):
    try:
        value = getattr(process, name)(*arguments)
    except oslens.ZombieProcess:
        raise
    except oslens.NoSuchProcess as error:
        assert error.pid == PID and "reused" in error.msg, (name, error)
    else:
        raise AssertionError(f"{name}{arguments} answered {value!r}")

import warnings
warnings.simplefilter("ignore")
start()
"""


@pytest.fixture
def with_chosen_pids():
    """Runs a script where the next PID can be chosen."""
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("needs unshare")
    command = [unshare, "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        command[1:1] = ["--user", "--map-root-user"]
        if subprocess.run([*command, "true"], capture_output=True).returncode:
            pytest.skip("needs the right to make a PID namespace")

    def run(script):
        done = subprocess.run(
            [*command, sys.executable, "-c", PRELUDE + textwrap.dedent(script)],
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.stderr.startswith("skip: "):
            pytest.skip(done.stderr[6:].strip())
        assert done.returncode == 0, done.stderr

    return run


def test_no_method_answers_for_another_process(with_chosen_pids):
    with_chosen_pids(
        """
        fresh = [(oslens.Process(PID), *call) for call in CALLS]
        asked = [(oslens.Process(PID), *call) for call in CALLS]
        for process, name, arguments in asked:
            for _ in range(2):
                getattr(process, name)(*arguments)
        give_to_another()
        for process, name, arguments in fresh:
            refuses(process, name, arguments)
        for process, name, arguments in asked:
            # Remembered: they do not change while a process lives.
            if name not in ("exe", "create_time"):
                refuses(process, name, arguments)
        new = oslens.Process(PID)
        for name, arguments in CALLS:
            getattr(new, name)(*arguments)
        for process, name, arguments in [*fresh, *asked]:
            assert process != new and not process.is_running()
            assert "PID reused" in repr(process), process
        """
    )


def test_no_method_hits_another_process(with_chosen_pids):
    with_chosen_pids(
        """
        actions = {
            "cpu_affinity": ([0],), "ionice": (3,), "kill": (), "nice": (5,),
            "oom_score_adj": (500,), "resume": (), "rlimit": (7, (5, 5)),
            "send_signal": (15,), "suspend": (), "terminate": (),
        }
        fresh = [(oslens.Process(PID), *call) for call in actions.items()]
        give_to_another()
        new = oslens.Process(PID)
        before = new.nice(), new.ionice(), new.rlimit(7), new.oom_score_adj()
        for process, name, arguments in fresh:
            refuses(process, name, arguments)
        after = new.nice(), new.ionice(), new.rlimit(7), new.oom_score_adj()
        assert before == after and new.status() == "sleeping"
        """
    )


def test_waiting_is_over_when_another_process_has_the_pid(with_chosen_pids):
    with_chosen_pids(
        """
        one, other, third = (oslens.Process(PID) for _ in range(3))
        give_to_another()
        assert one.wait(0) is None and one.wait() is None
        assert oslens.wait_procs([other], timeout=0) == ([other], [])
        import asyncio
        assert asyncio.run(third.wait_async(60)) is None
        assert oslens.Process(PID).is_running()
        """
    )


def test_iterations_tell_the_old_from_the_new(with_chosen_pids):
    with_chosen_pids(
        """
        def found(attrs):
            return next(p for p in oslens.process_iter(attrs) if p.pid == PID)

        old = found(["name"])
        give_to_another()
        assert old.name() == "sleep"  # what the iteration read
        new = found(["name", "ionice"])
        assert new is not old and new != old
        assert new is found(["nice"]) is found(None)
        give_to_another()
        # As psutil: only is_running() tells.
        assert found(None) is new
        assert not new.is_running()
        assert found(None) is not new
        """
    )


def test_a_oneshot_is_of_one_process(with_chosen_pids):
    with_chosen_pids(
        """
        process = oslens.Process(PID)
        with process.oneshot():
            process.ppid()
            give_to_another()
            process.status()  # what was read already
            for name in ("cmdline", "uids", "io_counters", "num_fds", "cwd"):
                refuses(process, name, ())
        """
    )


def test_no_method_answers_for_another_process_when_it_was_asked_often(
    with_chosen_pids,
):
    with_chosen_pids(
        """
        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        before = descriptors()
        often = [(oslens.Process(PID), *call) for call in CALLS]
        for process, name, arguments in often:
            for _ in range(450):
                process.nice()
            for _ in range(2):
                getattr(process, name)(*arguments)
        held = descriptors() - before
        assert held in (0, 2 * len(CALLS)), held
        # A child that uses what it inherited is no trouble.
        child = os.fork()
        if child == 0:
            for process, name, arguments in often:
                process.nice()
            often.clear()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        give_to_another()
        for process, name, arguments in often:
            if name not in ("exe", "create_time"):
                refuses(process, name, arguments)
        for process, name, arguments in often:
            assert not process.is_running()
        """
    )


def test_no_method_hits_another_process_when_it_was_asked_often(with_chosen_pids):
    with_chosen_pids(
        """
        actions = {
            "cpu_affinity": ([0],), "ionice": (3,), "kill": (), "nice": (5,),
            "oom_score_adj": (500,), "resume": (), "rlimit": (7, (5, 5)),
            "send_signal": (15,), "suspend": (), "terminate": (),
        }
        often = [(oslens.Process(PID), *call) for call in actions.items()]
        for process, name, arguments in often:
            for _ in range(450):
                process.nice()
        give_to_another()
        new = oslens.Process(PID)
        before = new.nice(), new.ionice(), new.rlimit(7), new.oom_score_adj()
        for process, name, arguments in often:
            refuses(process, name, arguments)
        after = new.nice(), new.ionice(), new.rlimit(7), new.oom_score_adj()
        assert before == after and new.status() == "sleeping"
        """
    )


def test_no_method_answers_for_another_process_after_all_was_closed(with_chosen_pids):
    with_chosen_pids(
        """
        often = [(oslens.Process(PID), *call) for call in CALLS]
        for process, name, arguments in often:
            for _ in range(450):
                process.nice()
        os.closerange(3, 4096)
        # Those of others have the numbers now.
        for number in range(768, 1024):
            os.dup2(os.pipe()[0] if number == 768 else 768, number)
        give_to_another()
        for process, name, arguments in often:
            if name not in ("exe", "create_time"):
                refuses(process, name, arguments)
        """
    )
