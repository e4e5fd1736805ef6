"""System calls of what matters most: they are the same on every machine,
whatever else it does, and most of the time goes there."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys

import pytest

import oslens

STRACE = shutil.which("strace")
EIGHT = "pid ppid name status username cpu_times memory_info create_time".split()

# Of the allocator, and of threads that wait for each other.
NOT_ASKED_FOR = re.compile(r"(brk|mmap|munmap|mremap|madvise|futex)\(")

PROGRAM = """
import json, os, sys
import oslens
given = json.loads(sys.argv[1])
process = oslens.Process(given["pid"])
me = oslens.Process()
call = eval("lambda: " + given["call"])
for _ in range(given["before"]):
    call()
os.access("/begin", 0)
call()
os.access("/end", 0)
"""


def calls_of(call, pid, tmp_path, before=1):
    """The system calls of this expression after so many of it before."""
    if STRACE is None:
        pytest.skip("there is no strace")
    trace = tmp_path / "trace"
    given = {"call": call, "pid": pid, "names": EIGHT, "before": before}
    command = [STRACE, "-o", str(trace), sys.executable, "-c", PROGRAM]
    run = subprocess.run([*command, json.dumps(given)], capture_output=True, text=True)
    if "ptrace" in run.stderr or "PTRACE" in run.stderr:
        pytest.skip(f"strace may not trace: {run.stderr.splitlines()[0]}")
    assert run.returncode == 0, run.stderr
    lines = trace.read_text(errors="replace").splitlines()
    marks = [
        at for at, line in enumerate(lines) if '"/begin"' in line or '"/end"' in line
    ]
    between = lines[marks[0] + 1 : marks[1]]
    return [line for line in between if not NOT_ASKED_FOR.match(line)]


@pytest.fixture(scope="module")
def sleeper():
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        ["sleep", "1000"], stdin=null, stdout=null, stderr=null, env={"A": "B"}
    )
    # Until it is the program, with the descriptors of that.
    while os.readlink(f"/proc/{process.pid}/exe") == os.path.realpath(sys.executable):
        pass
    yield process.pid
    process.kill()
    process.wait()


def pidfds_are_told_apart():
    release = platform.release().split(".")
    return sys.maxsize > 2**32 and (int(release[0]), int(release[1])) >= (6, 9)


def names(calls):
    return [call.partition("(")[0] for call in calls]


def files(calls):
    """What was opened, and how often."""
    opened = {}
    for call in calls:
        found = re.match(r'openat\([^,]+, "([^"]*)"', call)
        if found:
            name = found[1].rstrip("/").rpartition("/")[2]
            opened[name] = opened.get(name, 0) + 1
    return opened


@pytest.mark.parametrize(
    "call", ["oslens.processes(given['names'])", "list(oslens.process_iter(given['names']))"]
)
def test_eight_attributes_cost_nine_calls_a_process(call, sleeper, tmp_path):
    calls = calls_of(call, sleeper, tmp_path)
    begin = f"pidfd_open({sleeper}, "
    if not any(line.startswith(begin) for line in calls):
        pytest.skip("this kernel's pidfds do not tell users, or a thread has read it")
    first = next(at for at, line in enumerate(calls) if line.startswith(begin))
    rest = calls[first + 1 :]
    count = next(
        (at for at, line in enumerate(rest) if line.startswith("pidfd_open(")), None
    )
    # After the last process comes what is not of processes any more.
    mine = calls[first : first + (9 if count is None else 1 + count)]
    # Asked last, the pidfd proves that all was this process's.
    expected = "pidfd_open openat read close openat read close ioctl close".split()
    assert names(mine) == expected, mine
    assert files(mine) == {"stat": 1, "statm": 1}


def test_pids_cost_what_the_list_costs(sleeper, tmp_path):
    calls = names(calls_of("oslens.pids()", sleeper, tmp_path))
    assert set(calls) == {"openat", "getdents64", "close"}
    assert calls.count("openat") == calls.count("close") == 1


def test_as_dict_reads_every_file_once(sleeper, tmp_path):
    calls = calls_of("oslens.Process(given['pid']).as_dict()", sleeper, tmp_path)
    opened = files(calls)
    # Of the process, then of the name service.
    assert opened.pop(str(sleeper)) == 1, "its directory, for lists and for values"
    # When the object is made, of its thread, and with the values.
    assert opened.pop("stat") == 3
    for name in "status statm cmdline environ io smaps fd task".split():
        assert opened.pop(name) == 1, (name, calls)
    # Three descriptors of /dev/null are no regular files.
    assert not {"smaps_rollup", "fdinfo", "meminfo"} & set(opened), opened
    # The kernel gives `smaps` in pieces; the name service is the C library's.
    of_process = [
        call
        for call in calls
        if not re.search(r"nss|passwd|/etc|AF_UNIX", call)
        and not call.startswith(("read(", "close("))
    ]
    # Two of them prove whose values these are.
    assert len(of_process) <= 33, (len(of_process), of_process)


def test_no_mapping_is_made_twice(sleeper, tmp_path):
    """The kernel throws away what does not fit into its page any more, and
    then gives less than it was asked for."""
    calls = calls_of("process.memory_maps()", sleeper, tmp_path)
    [at] = [at for at, call in enumerate(calls) if '"smaps"' in call]
    reads = []
    for call in calls[at + 1 :]:
        found = re.search(r"^read\(.*, (\d+)\) += (\d+)$", call)
        if not found:
            break
        reads.append((int(found[1]), int(found[2])))
    assert len(reads) > 3, calls
    assert all(wanted == got for wanted, got in reads[:-2]), reads
    assert reads[-1][1] == 0, reads


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("ppid", "openat read close"),
        ("cpu_times", "openat read close"),
        # The last one proves whose values these are: `stat` says itself.
        ("num_ctx_switches", "openat read close newfstatat"),
        ("memory_info", "openat read close newfstatat"),
        ("cmdline", "openat read close newfstatat"),
        ("exe", ""),
        ("create_time", ""),
        ("cpu_affinity", "sched_getaffinity newfstatat"),
        ("cwd", "readlinkat newfstatat"),
        ("ionice", "ioprio_get newfstatat"),
        ("is_running", "newfstatat"),
        ("nice", "getpriority newfstatat"),
        ("rlimit(7)", "prlimit64 newfstatat"),
    ],
)
def test_one_value_costs_one_read(method, expected, sleeper, tmp_path):
    # The first call has read what stays.
    call = method if "(" in method else f"{method}()"
    calls = calls_of(f"process.{call}", sleeper, tmp_path)
    assert names(calls) == expected.split(), calls


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("ppid()", "openat read close"),
        ("num_ctx_switches()", "openat read close epoll_wait"),
        ("memory_info()", "openat read close epoll_wait"),
        ("cpu_affinity()", "sched_getaffinity epoll_wait"),
        ("cwd()", "readlinkat epoll_wait"),
        ("ionice()", "ioprio_get epoll_wait"),
        ("is_running()", "epoll_wait"),
        ("nice()", "getpriority epoll_wait"),
        ("rlimit(7)", "prlimit64 epoll_wait"),
        # Before something is changed, what says that it may be is looked at.
        ("nice(0)", "fstat epoll_ctl epoll_wait setpriority epoll_wait"),
        ("resume()", "fstat epoll_ctl pidfd_send_signal"),
    ],
)
def test_the_proof_for_those_who_ask_often(method, expected, sleeper, tmp_path):
    calls = calls_of(f"process.{method}", sleeper, tmp_path, before=450)
    found = [
        name.replace("epoll_pwait", "epoll_wait").replace("newfstatat", "fstat")
        for name in names(calls)
    ]
    if not pidfds_are_told_apart():
        pytest.skip("pidfds cannot be told apart before Linux 6.9")
    assert found == expected.split(), calls


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("cpu_affinity()", "sched_getaffinity"),
        ("cwd()", "readlinkat"),
        ("is_running()", ""),
        ("memory_info()", "openat read close"),
        ("nice()", "getpriority"),
        ("rlimit(7)", "prlimit64"),
    ],
)
def test_nobody_has_to_prove_who_he_is_himself(method, expected, sleeper, tmp_path):
    calls = calls_of(f"me.{method}", sleeper, tmp_path)
    assert names(calls) == expected.split(), calls


def test_connections_without_sockets_ask_for_no_table(sleeper, tmp_path):
    calls = calls_of("process.net_connections()", sleeper, tmp_path)
    assert not any(name in ("socket", "sendto", "recvfrom") for name in names(calls))
    assert files(calls) == {str(sleeper): 1, "fd": 1}


def test_many_processes_read_by_several_threads_are_all_there(tmp_path):
    # From 512 on there are threads where there are CPUs for them.
    null = subprocess.DEVNULL
    children = []
    try:
        for _ in range(600):
            children.append(
                subprocess.Popen(["sleep", "1000"], stdin=null, stdout=null)
            )
        pids = {child.pid for child in children}
        rows = oslens.processes(["pid", "ppid", "username", "create_time"])
        assert [row.pid for row in rows] == sorted({row.pid for row in rows})
        mine = [row for row in rows if row.pid in pids]
        assert len(mine) == len(pids)
        assert {row.ppid for row in mine} == {os.getpid()}
        seen = {process.pid: process for process in oslens.process_iter(["ppid"])}
        assert pids <= seen.keys()
        # The same process has the same time of creation, whoever reads it.
        for row in mine[::50]:
            assert row.create_time == oslens.Process(row.pid).create_time()
        # Nothing is left of the threads.
        assert oslens.Process().num_threads() == len(os.listdir("/proc/self/task"))
    finally:
        for child in children:
            child.kill()
        for child in children:
            child.wait()


LOGINS = """
import os, oslens
directory = "/run/systemd/sessions"
os.makedirs(directory, exist_ok=True)
os.utime(directory, (1e9, 1e9))
assert oslens.users() == [] == oslens.users()
with open(directory + "/5", "w") as file:
    file.write("USER=ada\\nCLASS=user\\nSTATE=active\\nTTY=pts/1\\nREALTIME=1700000000000000\\n")
user, = oslens.users()
assert user.name == "ada" and user.started == 1.7e9, user
os.unlink(directory + "/5")
assert oslens.users() == []
"""


def test_a_login_is_seen_after_nobody_was_there():
    """Of an empty directory of logins only the time of change is looked at."""
    unshare = ["unshare", "--mount"]
    if os.geteuid():
        unshare += ["--user", "--map-root-user"]
    tmpfs = ["sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh"]
    if subprocess.run([*unshare, *tmpfs, "true"], capture_output=True).returncode:
        pytest.skip("there are no private mounts")
    subprocess.run([*unshare, *tmpfs, sys.executable, "-c", LOGINS], check=True)
