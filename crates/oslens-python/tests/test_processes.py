"""Every method of every process says what psutil says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import oslens

# Asked with these arguments; psutil 7 has no other that reads.
GETTERS = {
    "ppid": (),
    "name": (),
    "exe": (),
    "cmdline": (),
    "status": (),
    "username": (),
    "create_time": (),
    "cwd": (),
    "environ": (),
    "uids": (),
    "gids": (),
    "terminal": (),
    "num_fds": (),
    "io_counters": (),
    "ionice": (),
    "nice": (),
    "rlimit": (7,),
    "cpu_affinity": (),
    "cpu_num": (),
    "cpu_times": (),
    "memory_info": (),
    "memory_percent": (),
    "memory_maps": (),
    "num_ctx_switches": (),
    "num_threads": (),
    "threads": (),
    "open_files": (),
    "net_connections": ("all",),
    "parent": (),
    "children": (),
    "is_running": (),
}
# Numbers that move between two looks: how far.
MOVING = {
    "cpu_times": 0.5,
    "memory_info": 0.2,
    "memory_percent": 0.2,
    "num_ctx_switches": 0.5,
    "io_counters": 0.5,
    "create_time": 0.0,
}


def outcome(package, pid, method, arguments):
    """What the method gives, or which error."""
    try:
        process = package.Process(pid)
        value = getattr(process, method)(*arguments)
    except package.Error as error:
        return type(error).__name__
    if method == "children":
        return sorted(child.pid for child in value)
    if method == "parent":
        return value and value.pid
    if method == "cpu_times":
        return value[:5]
    if method == "memory_info":
        return [
            getattr(value, name) for name in ("rss", "vms", "shared", "text", "data")
        ]
    if method in ("threads", "memory_maps"):
        # Their times and sizes move.
        return sorted(str(row[0]) for row in value)
    if method in ("open_files", "net_connections"):
        return sorted(map(str, map(tuple, value)))
    return value


def agree(psutil, pid, method, arguments):
    ours = outcome(oslens, pid, method, arguments)
    theirs = outcome(psutil, pid, method, arguments)
    if "NoSuchProcess" in (ours, theirs) and not oslens.pid_exists(pid):
        return
    where = (pid, method)
    if method in MOVING and not isinstance(theirs, str) and not isinstance(ours, str):
        values = [
            one if isinstance(one, (list, tuple)) else [one] for one in (ours, theirs)
        ]
        assert len(values[0]) == len(values[1]), where
        for one, other in zip(*values):
            # The clock tick that boot and start are rounded to.
            tolerance = 0.02 if method == "create_time" else 1.0
            assert one == pytest.approx(other, rel=MOVING[method], abs=tolerance), where
        return
    assert ours == theirs, where


def differences(psutil, pids, method):
    """Those on which they do not agree in any of three looks."""
    found = []
    for pid in pids:
        for attempt in range(3):
            try:
                agree(psutil, pid, method, GETTERS[method])
                break
            except AssertionError as error:
                last = error
                time.sleep(0.01 * (attempt + 1))
        else:
            found.append(str(last))
    return found


@pytest.mark.parametrize("method", GETTERS)
def test_of_every_process_that_runs(psutil, method):
    pids = psutil.pids()
    # What is slow, of some.
    if method in ("memory_maps", "children", "open_files", "net_connections"):
        pids = pids[:: max(1, len(pids) // 25)]
    found = differences(psutil, pids, method)
    # Busy ones move on between three looks.
    assert len(found) <= len(pids) // 50, found


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """Processes in states and with properties that are easily got wrong."""
    path = tmp_path_factory.mktemp("zoo")
    made = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **options,
            # Ended with its children, which hold its output too.
            start_new_session=True,
        )
        made.append(process)
        return process

    def python(code, **options):
        process = start(
            sys.executable,
            "-c",
            code + "\nimport sys; print(flush=True); sys.stdin.read()",
            **options,
        )
        process.stdout.readline()
        return process.pid

    strange = path / "a) strange (name\n"
    strange.symlink_to("/bin/cat")
    zombie = start("/bin/true")
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    stopped = python("")
    os.kill(stopped, signal.SIGSTOP)
    (path / "opened").write_text("text")
    pids = {
        "plain": python(""),
        "zombie": zombie.pid,
        "stopped": stopped,
        "a strange name": start(strange).pid,
        "bytes that are no text": start(
            b"/bin/cat", env={b"KEY": b"\xff\xfe", b"EMPTY": b"", b"EQ": b"a=b"}
        ).pid,
        "no environment": start("/bin/cat", env={}).pid,
        "threads": python(
            "import threading, time\n"
            "for _ in range(3): threading.Thread(target=time.sleep, args=(600,),"
            " daemon=True).start()"
        ),
        "open files": python(
            f"files = [open({str(path / 'opened')!r}, mode) for mode in "
            "('r', 'r+', 'a', 'a+', 'rb')]; files[0].read(2)"
        ),
        "sockets": python(
            "import socket\n"
            "a = socket.create_server(('127.0.0.1', 0)); b = socket.socketpair()\n"
            "c = socket.create_connection(a.getsockname()); d = a.accept()\n"
            "e = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
            " e.bind(('127.0.0.1', 0))"
        ),
        "settings": python(
            "import os, resource; os.nice(5); os.sched_setaffinity(0, {0});"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))"
        ),
        "children": python(
            "import subprocess; p = [subprocess.Popen(['/bin/sleep', '600']) for _ in 'ab']"
        ),
        "own": os.getpid(),
    }
    yield pids
    for process in made:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()


@pytest.mark.parametrize("method", GETTERS)
def test_of_the_zoo(psutil, zoo, method):
    # psutil looks up paths with line ends, blanks and brackets otherwise.
    found = differences(psutil, list(zoo.values()), method)
    names = {str(pid): name for name, pid in zoo.items()}
    assert not found, (names, found)


def test_what_as_dict_and_attrs_have(psutil, zoo):
    former = {"memory_full_info"}
    theirs = set(psutil.Process().as_dict()) - former
    for pid in zoo.values():
        ours = oslens.Process(pid).as_dict()
        assert theirs <= set(ours)
        assert list(ours) == sorted(ours)
        assert set(ours) == oslens.Process.attrs


@pytest.mark.parametrize(
    "arguments, error",
    [
        ((-1,), ValueError),
        (("1",), TypeError),
        ((1.5,), TypeError),
        ((2**31 - 1,), oslens.NoSuchProcess),
        ((2**70,), oslens.NoSuchProcess),
    ],
)
def test_pids_that_are_none(psutil, arguments, error):
    with pytest.raises(error) as ours:
        oslens.Process(*arguments)
    theirs = getattr(psutil, error.__name__, error)
    with pytest.raises(theirs):
        psutil.Process(*arguments)
    assert str(ours.value)


WRONG = [
    ("nice", ("a",), TypeError),
    ("ionice", (None, 3), ValueError),
    ("ionice", (2, 9), ValueError),
    ("ionice", (3, 4), ValueError),
    ("rlimit", (7, (1,)), ValueError),
    ("rlimit", (7, 3), (TypeError, ValueError)),
    ("cpu_affinity", ([10**6],), ValueError),
    ("cpu_affinity", (["0"],), TypeError),
    ("memory_percent", ("?!?",), ValueError),
    ("as_dict", (["no_such_attribute"],), ValueError),
    ("as_dict", ("name",), TypeError),
    ("net_connections", ("no such kind",), ValueError),
    ("cpu_percent", (-1,), ValueError),
    ("wait", (-1,), ValueError),
    ("wait", ("1",), TypeError),
    ("send_signal", ("TERM",), TypeError),
]


@pytest.mark.parametrize("method, arguments, error", WRONG, ids=str)
def test_wrong_arguments_are_refused(child, method, arguments, error):
    with pytest.raises(error) as refused:
        getattr(oslens.Process(child.pid), method)(*arguments)
    assert str(refused.value)


def test_a_process_that_ended(psutil):
    ended = subprocess.Popen(["/bin/true"])
    ours = oslens.Process(ended.pid)
    ended.wait()
    assert not ours.is_running()
    for method, arguments in GETTERS.items():
        if method in ("is_running", "parent", "create_time", "exe"):
            # The last two were perhaps asked before; they do not change.
            continue
        with pytest.raises(oslens.NoSuchProcess) as gone:
            getattr(ours, method)(*arguments)
        assert gone.value.pid == ended.pid
    for method in ("kill", "terminate", "suspend", "resume"):
        with pytest.raises(oslens.NoSuchProcess):
            getattr(ours, method)()
    assert ours.wait(1) is None


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_wait_tells_how_it_ended(signum):
    process = subprocess.Popen(["/bin/sleep", "600"])
    ours = oslens.Process(process.pid)
    with pytest.raises(oslens.TimeoutExpired) as expired:
        ours.wait(0.05)
    assert (expired.value.seconds, expired.value.pid) == (0.05, process.pid)
    ours.send_signal(signum)
    assert ours.wait(10) == -signum == ours.wait()
    process.wait()


def test_threads_of_one_process_may_ask_it_at_once(child):
    process, errors = oslens.Process(child.pid), []

    def ask():
        try:
            for _ in range(30):
                with process.oneshot():
                    assert process.ppid() == os.getpid()
                    process.as_dict(["name", "status", "memory_info", "threads"])
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
