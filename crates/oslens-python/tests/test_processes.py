"""Every method of every process says what psutil says."""

from __future__ import annotations

import inspect
import math
import os
import signal
import subprocess
import sys
import threading

import differential
import pytest

import oslens


@pytest.mark.parametrize("method", differential.METHODS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_of_every_process_that_runs(psutil, method):
    calls = {method: differential.METHODS[method]}
    assert not differential.of_processes(psutil.pids(), calls)


@pytest.mark.parametrize("function", differential.FUNCTIONS)
def test_of_the_machine(monkeypatch, function):
    calls = {function: differential.FUNCTIONS[function]}
    monkeypatch.setattr(differential, "FUNCTIONS", calls)
    assert not differential.of_functions()


def test_every_function_and_every_method_is_compared(psutil):
    actions = """
        as_dict connections kill oneshot resume send_signal suspend terminate wait
        info attrs pid
    """.split()
    methods = {name for name in dir(psutil.Process) if not name.startswith("_")}
    assert methods - set(actions) == set(differential.METHODS)
    functions = {
        name
        for name in psutil.__all__
        if inspect.isroutine(getattr(psutil, name))
    }
    assert functions - {"wait_procs", "process_iter"} == set(differential.FUNCTIONS)


def test_a_difference_is_seen(monkeypatch):
    monkeypatch.setattr(differential, "LOOKS", 2)
    monkeypatch.setattr(oslens.Process, "ppid", lambda self: 0, raising=False)
    monkeypatch.setattr(oslens.Process, "cmdline", lambda self: "x", raising=False)
    monkeypatch.setattr(oslens, "boot_time", lambda: 1.0)
    monkeypatch.setattr(differential, "FUNCTIONS", {"boot_time": [()]})
    calls = {name: [()] for name in ("ppid", "cmdline", "name")}
    found = differential.of_processes([os.getpid()], calls)
    assert [text.split(":")[0] for text in found] == [
        f"Process({os.getpid()}).{name}()" for name in ("ppid", "cmdline")
    ]
    assert len(differential.of_functions()) == 1


def test_another_user_is_told_the_same_and_denied_no_more():
    if os.getuid() != 0:
        pytest.skip("needs root to become another user")
    done = subprocess.run(
        [sys.executable, differential.__file__, "65534"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


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


@pytest.mark.parametrize("method", differential.METHODS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_of_the_zoo(zoo, method):
    calls = {method: differential.METHODS[method]}
    found = [
        (name, difference)
        for name, pid in zoo.items()
        for difference in differential.of_processes([pid], calls)
    ]
    assert not found


def test_a_name_with_a_blank_and_a_line_end_is_whole(zoo):
    assert oslens.Process(zoo["a strange name"]).name() == "a) strange (name\n"


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
    for method, (arguments, *_) in differential.METHODS.items():
        if method in ("is_running", "memory_full_info"):
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


def test_columns_of_a_zombie_have_the_zeros_that_rows_have():
    child = subprocess.Popen(["true"])
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        fields = ["pid", "rss", "vms", "num_fds", "memory_info"]
        (row,) = [row for row in oslens.processes(fields) if row.pid == child.pid]
        assert (row.rss, row.vms, row.num_fds, row.memory_info.rss) == (0, 0, 0, 0)
        columns = oslens.processes(fields, columns=True)
        at = columns.pop("pid").index(child.pid)
        assert {name: column[at] for name, column in columns.items()} == dict.fromkeys(
            columns, 0
        )
    finally:
        child.wait()


@pytest.mark.parametrize("memtype", ["vms", "uss", "peak_rss"])
def test_what_stands_for_missing_memory_has_no_percentage(memtype):
    process = oslens.Process()
    # As `process_iter()` leaves them where the caller may see neither.
    names = ("memory_info", "memory_footprint", "memory_info_ex")
    process._prefetch = dict.fromkeys(names)
    assert process.memory_percent(memtype) > 0


def test_what_an_old_kernel_does_not_count_is_not_zero_in_columns(tmp_path):
    (tmp_path / "stat").write_text("cpu 1 1 1 1\nbtime 1000\n")
    one = tmp_path / "7"
    one.mkdir()
    # As far as the CPU that it ran on last.
    numbers = " ".join(["0"] * 2 + ["5", "6"] + ["0"] * 18)
    (one / "stat").write_text(f"7 (old) S 1 7 7 0 -1 4194560 10 0 0 {numbers}\n")
    (one / "status").write_text("Name:\told\n")
    fields = ["pid", "cpu_times", "num_ctx_switches"]
    before, oslens.PROCFS_PATH = oslens.PROCFS_PATH, str(tmp_path)
    try:
        columns = oslens.processes(fields, columns=True)
        (row,) = oslens.processes(fields)
    finally:
        oslens.PROCFS_PATH = before
    assert columns["pid"][0] == row.pid == 7
    assert math.isnan(columns["cpu_times.iowait"][0])
    assert columns["cpu_times.children_user"][0] == row.cpu_times.children_user
    for name in ("voluntary", "involuntary"):
        assert columns[f"num_ctx_switches.{name}"][0] == -(2**63)
    assert row.num_ctx_switches is None
