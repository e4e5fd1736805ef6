"""System functions: psutil is the witness, where it is right."""

import errno
import inspect
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
import warnings

import psutil
import pytest

import oslens

# psutil 8 has another order; psutil 7.2.2 is what can be installed.
CPU_FIELDS = "user system idle nice iowait irq softirq steal guest guest_nice".split()


@pytest.mark.parametrize("field", CPU_FIELDS)
def test_cpu_times_are_those_of_psutil(field):
    assert oslens.cpu_times()._fields == tuple(CPU_FIELDS)
    before, value, after = (
        getattr(package.cpu_times(), field) for package in (psutil, oslens, psutil)
    )
    # Idle and I/O wait can go back a little on Linux.
    assert before - 0.5 <= value <= after + 0.5


def test_every_cpu_has_its_times():
    ours, theirs = oslens.cpu_times(percpu=True), psutil.cpu_times(percpu=True)
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs):
        assert abs(our.user - their.user) < 5


def test_percentages_of_short_intervals_add_up():
    """psutil's do not: it divides by at least one second."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        times = oslens.cpu_times_percent(interval=0.1)
        total = sum(times) - times.guest - times.guest_nice
        if total:
            assert 99 <= total <= 101
            return
    pytest.fail("no CPU time passed")


def test_the_first_percentage_of_a_thread_is_zero_and_others_are_not_disturbed():
    seen = []
    thread = threading.Thread(
        target=lambda: seen.extend(
            [oslens.cpu_percent(), oslens.cpu_percent(percpu=True)]
        )
    )
    thread.start()
    thread.join()
    total, per_cpu = seen
    assert total == 0.0
    assert per_cpu == [0.0] * len(oslens.cpu_times(percpu=True))


@pytest.mark.parametrize("function", [oslens.cpu_percent, oslens.cpu_times_percent])
@pytest.mark.parametrize("percpu", [False, True])
def test_wrong_intervals_are_named(function, percpu):
    with pytest.raises(ValueError, match="interval"):
        function(interval=-1, percpu=percpu)
    with pytest.raises(ValueError, match="interval"):
        function(float("nan"), percpu)
    with pytest.raises(TypeError, match="interval.*str"):
        function("1", percpu)


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("boot_time", ()),
        ("cpu_count", ()),
        ("cpu_count", (False,)),
        ("disk_partitions", ()),
        ("disk_partitions", (True,)),
        ("getloadavg", ()),
        ("net_if_stats", ()),
        ("sensors_fans", ()),
        ("swap_memory", ()),
        ("users", ()),
    ],
)
def test_what_does_not_move_is_the_same(name, arguments):
    for _ in range(3):
        ours = getattr(oslens, name)(*arguments)
        theirs = getattr(psutil, name)(*arguments)
        if ours == theirs:
            break
    assert type(ours) is type(theirs) or ours._fields == theirs._fields
    assert ours == theirs
    assert str(ours) == str(theirs)


def test_memory_is_that_of_psutil():
    ours, theirs = oslens.virtual_memory(), psutil.virtual_memory()
    assert ours._fields == theirs._fields
    assert ours.total == theirs.total
    for field in ours._fields:
        our, their = getattr(ours, field), getattr(theirs, field)
        assert abs(our - their) <= ours.total / 50, field
        assert type(our) is type(their), field


@pytest.mark.parametrize("nowrap", [False, True])
@pytest.mark.parametrize("name", ["disk_io_counters", "net_io_counters"])
def test_counters_are_those_of_psutil(name, nowrap):
    def read(package, each):
        return getattr(package, name)(each, nowrap)

    before, ours, after = (read(package, True) for package in (psutil, oslens, psutil))
    assert list(ours) == list(before)
    for device, counters in ours.items():
        assert counters._fields == before[device]._fields
        for low, value, high in zip(before[device], counters, after[device]):
            assert low <= value <= high
    before, ours, after = (
        read(package, False) for package in (psutil, oslens, psutil)
    )
    if before is None:
        assert ours is None
    else:
        for low, value, high in zip(before, ours, after):
            assert low <= value <= high


def test_addresses_of_interfaces_are_those_of_psutil():
    def rows(package):
        return {
            (name, *row[1:], int(row.family))
            for name, rows in package.net_if_addrs().items()
            for row in rows
            # psutil 7 leaves out what has no address.
            if row.address is not None
        }

    assert rows(oslens) == rows(psutil)


@pytest.fixture
def sockets(tmp_path):
    """One of each kind."""
    opened = []

    def open_(*kind):
        opened.append(socket.socket(*kind))
        return opened[-1]

    listener = open_(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    open_(socket.AF_INET).connect(listener.getsockname())
    opened.append(listener.accept()[0])
    open_(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.1", 0))
    if socket.has_ipv6:
        try:
            open_(socket.AF_INET6).bind(("::1", 0))
            opened[-1].listen()
            open_(socket.AF_INET6, socket.SOCK_DGRAM).bind(("::", 0))
        except OSError:
            pass
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        open_(socket.AF_UNIX, kind).bind(str(tmp_path / f"socket{int(kind)}"))
    open_(socket.AF_UNIX).bind(os.fsencode(tmp_path) + b"/\xff")
    open_(socket.AF_UNIX).bind(f"\0oslens-{os.getpid()}")
    opened.extend(socket.socketpair())
    yield opened
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    "kind",
    "all inet inet4 inet6 tcp tcp4 tcp6 udp udp4 udp6 unix".split(),
)
def test_connections_are_those_of_psutil(sockets, kind):
    def mine(package):
        rows = package.net_connections(kind)
        return {row for row in rows if row.pid == os.getpid()}

    assert mine(oslens) == mine(psutil)
    for row in mine(oslens):
        assert isinstance(row.family, socket.AddressFamily)
        assert isinstance(row.type, socket.SocketKind)
        assert isinstance(row.status, oslens.ConnectionStatus)


def test_connections_without_owners_are_all_there(sockets):
    rows = oslens.net_connections("inet", owners=False)
    assert {(row.fd, row.pid) for row in rows} == {(-1, None)}
    local = {row.laddr for row in rows}
    for one in sockets:
        if one.family == socket.AF_INET:
            assert one.getsockname() in local


def test_a_shared_socket_is_shown_with_every_holder(sockets):
    listener = sockets[0]
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"],
        pass_fds=[listener.fileno()],
        stdout=subprocess.PIPE,
    )
    try:
        child.stdout.readline()
        holders = {
            row.pid
            for row in oslens.net_connections("tcp4")
            if row.laddr == listener.getsockname() and row.status == "LISTEN"
        }
        assert holders == {os.getpid(), child.pid}
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("kind", ["tpc", "", 3, None])
def test_a_wrong_kind_is_told_the_right_ones(kind):
    with pytest.raises(ValueError, match="kind.*inet4.*udp6"):
        oslens.net_connections(kind)


@pytest.mark.parametrize("path", ["/", b"/", "/dev/shm", 0])
def test_disk_usage_is_that_of_psutil(path):
    ours, theirs = oslens.disk_usage(path), psutil.disk_usage(path)
    assert ours.total == theirs.total
    assert abs(ours.used - theirs.used) <= ours.total / 100
    assert abs(ours.percent - theirs.percent) <= 1


def test_errors_carry_the_file():
    with pytest.raises(FileNotFoundError) as caught:
        oslens.disk_usage("/no such file")
    assert caught.value.filename == "/no such file"
    for wrong in (None, 1.5, []):
        with pytest.raises(TypeError, match="path"):
            oslens.disk_usage(wrong)
    with pytest.raises(ValueError, match="path"):
        oslens.disk_usage("a\0b")


def test_pids_are_those_of_psutil():
    ours = oslens.pids()
    assert ours == sorted(ours)
    assert os.getpid() in ours
    assert len(set(ours) ^ set(psutil.pids())) < 20
    assert all(map(oslens.pid_exists, [os.getpid(), os.getppid()]))
    assert not any(map(oslens.pid_exists, [-1, 2**30, 2**70]))
    for wrong in ("1", 1.0, None):
        with pytest.raises(TypeError, match="pid"):
            oslens.pid_exists(wrong)


@pytest.fixture
def procfs(tmp_path):
    oslens.PROCFS_PATH = str(tmp_path)
    yield tmp_path
    oslens.PROCFS_PATH = "/proc"


def test_another_procfs_is_read_at_the_next_call(procfs):
    (procfs / "stat").write_text("cpu 100 0 0 0\nbtime 1000\n")
    assert oslens.cpu_times().user == 1.0
    assert oslens.boot_time() == 1000.0
    oslens.PROCFS_PATH = "/proc"
    assert oslens.boot_time() > 1000.0


@pytest.mark.parametrize(
    "call",
    [
        oslens.pids,
        oslens.processes,
        oslens.cpu_times,
        oslens.cpu_stats,
        oslens.virtual_memory,
        oslens.net_io_counters,
        oslens.net_connections,
        oslens.disk_partitions,
        oslens.cpu_limit,
        oslens.memory_limit,
        oslens.swap_devices,
        oslens.zfs_arc,
        oslens.Process,
        lambda: oslens.Process(1),
        lambda: oslens.pid_exists(1),
        lambda: list(oslens.process_iter()),
        lambda: oslens.Sampler(["pid"]).sample(),
    ],
)
def test_a_procfs_that_is_not_there_is_named(call):
    names_the_missing_procfs(call)


@pytest.mark.parametrize("percpu", [True, False])
def test_frequencies_without_a_procfs_are_not_unknown(percpu, monkeypatch):
    # This machine's drivers know them.
    monkeypatch.setattr(oslens, "SYSFS_PATH", "/nowhere/sys")
    names_the_missing_procfs(lambda: oslens.cpu_freq(percpu))


def names_the_missing_procfs(call):
    oslens.PROCFS_PATH = "/nowhere/proc"
    try:
        with pytest.raises(FileNotFoundError) as caught:
            call()
    finally:
        oslens.PROCFS_PATH = "/proc"
    assert caught.value.errno == errno.ENOENT
    assert caught.value.filename.startswith("/nowhere/proc")


def test_what_the_kernel_does_not_tell_is_zero_with_a_warning(procfs):
    (procfs / "meminfo").write_text(
        "MemTotal: 100 kB\nMemFree: 50 kB\nMemAvailable: 60 kB\n"
    )
    with pytest.warns(RuntimeWarning, match="buffers, cached.*0"):
        memory = oslens.virtual_memory()
    assert (memory.percent, memory.cached) == (40.0, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert oslens.virtual_memory() == memory


def test_a_counter_that_wrapped_goes_on(procfs):
    def write(count):
        (procfs / "net").mkdir(exist_ok=True)
        (procfs / "net" / "dev").write_text(
            f"header\nheader\n  if:0: {count} 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n"
        )

    oslens.net_io_counters.cache_clear()
    seen = []
    for count in (100, 10, 20, 5):
        write(count)
        seen.append(oslens.net_io_counters(pernic=True)["if:0"].bytes_recv)
    assert seen == [100, 110, 120, 125]
    assert oslens.net_io_counters(nowrap=False).bytes_recv == 5
    oslens.net_io_counters.cache_clear()
    assert oslens.net_io_counters().bytes_recv == 5
    oslens.net_io_counters.cache_clear()


def test_a_fork_while_threads_read_does_not_hang():
    stop = threading.Event()

    def read():
        while not stop.is_set():
            oslens.net_io_counters()
            oslens.disk_io_counters()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                oslens.net_io_counters()
                oslens.disk_io_counters()
                os._exit(7)
            deadline = time.monotonic() + 20
            while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
                if time.monotonic() > deadline:
                    os.kill(pid, 9)
                    os.waitpid(pid, 0)
                    pytest.fail("the child hangs")
                time.sleep(0.001)
            assert os.WEXITSTATUS(ended[1]) == 7
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(
    "name", ["cpu_times", "virtual_memory", "swap_memory", "cpu_stats"]
)
def test_named_tuples_are_tuples(name):
    value = getattr(oslens, name)()
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value == tuple(value)
    assert type(copy) is type(value)
    assert hash(value) == hash(tuple(value))
    assert type(value).__name__ == type(getattr(psutil, name)()).__name__


@pytest.mark.parametrize(
    "error",
    [
        lambda package: package.Error(),
        lambda package: package.NoSuchProcess(1),
        lambda package: package.NoSuchProcess(1, "a", "text"),
        lambda package: package.ZombieProcess(0, name="a", ppid=2),
        lambda package: package.AccessDenied(),
        lambda package: package.AccessDenied(1, msg="text"),
        lambda package: package.TimeoutExpired(2.5, pid=1, name="a"),
    ],
)
def test_exceptions_are_those_of_psutil(error):
    ours, theirs = error(oslens), error(psutil)
    copy = pickle.loads(pickle.dumps(ours))
    assert vars(ours) == vars(theirs) == vars(copy)
    assert ours.args == theirs.args
    assert str(ours) == str(theirs) == str(copy)
    assert repr(ours) == repr(theirs).replace("psutil.", "oslens.") == repr(copy)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in psutil.__all__
        if inspect.isfunction(getattr(psutil, name)) and hasattr(oslens, name)
    ],
)
def test_arguments_are_those_of_psutil(name):
    ours = inspect.signature(getattr(oslens, name)).parameters
    theirs = inspect.signature(getattr(psutil, name)).parameters
    # What oslens adds is given by name only.
    ours = [p for p in ours.values() if p.kind is not p.KEYWORD_ONLY]
    assert [(p.name, p.default) for p in ours] == [
        (p.name, p.default) for p in theirs.values()
    ]


def test_constants_are_those_of_psutil():
    for name in psutil.__all__:
        value = getattr(psutil, name)
        if isinstance(value, (str, int)) and name != "__version__":
            assert getattr(oslens, name) == value, name


def test_heap_numbers_are_those_of_the_c_library():
    before = oslens.heap_info()
    block = bytearray(64 << 20)
    grown = oslens.heap_info()
    assert grown.mmap_used - before.mmap_used >= len(block)
    oslens.heap_trim()


@pytest.mark.parametrize(
    "number, text",
    [(0, "0.0B"), (10000, "9.8K"), (-10000, "-9.8K"), (1 << 80, "1.0Y")],
)
def test_bytes_are_shown_in_the_largest_unit(number, text):
    assert oslens.bytes2human(number) == text
