"""System functions say what psutil says."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time

import pytest

import oslens


def eventually(check, seconds=5.0):
    """Numbers that move between two looks: they must agree at some moment."""
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def close(ours, theirs, relative=0.01, absolute=0.0):
    assert ours == pytest.approx(theirs, rel=relative, abs=absolute)


def same_types(ours, theirs):
    for name in theirs._fields:
        if hasattr(ours, name):
            assert type(getattr(ours, name)) is type(getattr(theirs, name)), name


def test_cpu_times(psutil):
    def check():
        ours, theirs = oslens.cpu_times(), psutil.cpu_times()
        same_types(ours, theirs)
        for name in ours._fields:
            close(getattr(ours, name), getattr(theirs, name), absolute=1.0)
        ours, theirs = oslens.cpu_times(percpu=True), psutil.cpu_times(percpu=True)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs):
            close(one.idle, other.idle, absolute=1.0)

    eventually(check)


def test_cpu_counts_and_frequencies(psutil):
    assert oslens.cpu_count() == psutil.cpu_count()
    assert oslens.cpu_count(logical=False) == psutil.cpu_count(logical=False)

    def check():
        ours, theirs = oslens.cpu_freq(), psutil.cpu_freq()
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            close(ours.current, theirs.current, relative=0.2)
            assert (ours.min, ours.max) == (theirs.min, theirs.max)
        assert len(oslens.cpu_freq(percpu=True)) == len(psutil.cpu_freq(percpu=True))

    eventually(check)


def test_cpu_stats_only_grow(psutil):
    before, theirs, after = oslens.cpu_stats(), psutil.cpu_stats(), oslens.cpu_stats()
    same_types(before, theirs)
    for low, middle, high in zip(before, theirs, after):
        assert low <= middle <= high


def test_cpu_percent_sees_a_busy_cpu():
    end = time.monotonic() + 30
    oslens.cpu_percent(percpu=True)
    while True:
        stop = time.monotonic() + 0.3
        while time.monotonic() < stop:
            pass
        if max(oslens.cpu_percent(percpu=True)) > 50:
            break
        assert time.monotonic() < end
    parts = oslens.cpu_times_percent(interval=0.1)
    # Guests are counted in user and nice too.
    close(sum(parts[:8]), 100, absolute=1.0)


def test_the_first_percentage_of_a_thread_is_zero():
    got = []
    thread = threading.Thread(target=lambda: got.append(oslens.cpu_percent()))
    thread.start()
    thread.join()
    assert got == [0.0]


def test_memory(psutil):
    def check():
        ours, theirs = oslens.virtual_memory(), psutil.virtual_memory()
        same_types(ours, theirs)
        assert ours._fields == theirs._fields
        assert ours.total == theirs.total
        for name in ours._fields:
            close(getattr(ours, name), getattr(theirs, name), 0.05, 32 << 20)
        assert ours.percent == round((ours.total - ours.available) / ours.total * 100, 1)
        ours, theirs = oslens.swap_memory(), psutil.swap_memory()
        same_types(ours, theirs)
        assert ours.total == theirs.total
        for name in ours._fields:
            close(getattr(ours, name), getattr(theirs, name), 0.05, 16 << 20)

    eventually(check)


def test_disks(psutil):
    assert oslens.disk_partitions() == psutil.disk_partitions()
    assert oslens.disk_partitions(all=True) == psutil.disk_partitions(all=True)

    def check():
        for path in ("/", b"/", tempfile.gettempdir()):
            ours, theirs = oslens.disk_usage(path), psutil.disk_usage(path)
            same_types(ours, theirs)
            assert ours.total == theirs.total
            close(ours.used, theirs.used, 0.01)
            close(ours.percent, theirs.percent, absolute=0.2)

    eventually(check)
    with pytest.raises(FileNotFoundError) as ours:
        oslens.disk_usage("/no/such/path")
    with pytest.raises(FileNotFoundError) as theirs:
        psutil.disk_usage("/no/such/path")
    assert str(ours.value) == str(theirs.value)


def test_disk_counters(psutil):
    def check():
        ours, theirs = oslens.disk_io_counters(), psutil.disk_io_counters()
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            same_types(ours, theirs)
            assert ours._fields == theirs._fields
            for name in ours._fields:
                close(getattr(ours, name), getattr(theirs, name), 0.01, 100)
        ours = oslens.disk_io_counters(perdisk=True)
        assert set(ours) == set(psutil.disk_io_counters(perdisk=True))

    eventually(check)


def test_net_counters(psutil):
    def check():
        ours = oslens.net_io_counters(pernic=True)
        theirs = psutil.net_io_counters(pernic=True)
        assert set(ours) == set(theirs)
        for nic in theirs:
            same_types(ours[nic], theirs[nic])
            for name in theirs[nic]._fields:
                close(getattr(ours[nic], name), getattr(theirs[nic], name), 0.01, 9999)
        ours, theirs = oslens.net_io_counters(), psutil.net_io_counters()
        close(ours.bytes_recv, theirs.bytes_recv, 0.01, 9999)

    eventually(check)


def test_network_interfaces(psutil):
    ours, theirs = oslens.net_if_addrs(), psutil.net_if_addrs()
    # psutil 8 lists interfaces without any address too.
    assert set(ours) >= set(theirs)
    for nic in theirs:
        for row in theirs[nic]:
            if row.netmask == "255.255.255.255":
                row = row._replace(broadcast=None)
            assert row in ours[nic]
        families = [row.family for row in ours[nic]]
        assert families == sorted(families)
    ours, theirs = oslens.net_if_stats(), psutil.net_if_stats()
    assert {nic: tuple(row) for nic, row in ours.items()} == {
        nic: tuple(row) for nic, row in theirs.items()
    }
    for nic in theirs:
        same_types(ours[nic], theirs[nic]._replace(duplex=ours[nic].duplex))


@pytest.fixture
def sockets(tmp_path):
    """One of each kind."""
    made = []
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 0)),
        (socket.AF_INET6, ("::1", 0)),
        (socket.AF_UNIX, str(tmp_path / "a socket")),
    ):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                made.append(socket.socket(family, kind))
                if family == socket.AF_UNIX:
                    address = f"{address}{int(kind)}"
                made[-1].bind(address)
                if kind == socket.SOCK_STREAM:
                    made[-1].listen()
                    if family == socket.AF_INET:
                        made.append(socket.create_connection(made[-1].getsockname()))
            except OSError:
                pass
    yield made
    for one in made:
        one.close()


KINDS = "all inet inet4 inet6 tcp tcp4 tcp6 udp udp4 udp6 unix".split()


@pytest.mark.parametrize("kind", KINDS)
def test_connections_of_this_process(psutil, sockets, kind):
    def own(rows):
        rows = {row for row in rows if row.pid == os.getpid()}
        # psutil loses paths with blanks.
        return {
            tuple(row._replace(laddr="")) if row.family == socket.AF_UNIX else tuple(row)
            for row in rows
        }

    assert own(oslens.net_connections(kind)) == own(psutil.net_connections(kind))
    assert len(own(oslens.net_connections("all"))) >= len(sockets)


def test_connections_without_owners_are_the_same_sockets(sockets):
    def check():
        with_owners = {
            row[1:6] for row in oslens.net_connections("tcp")
        }
        without = {row[1:6] for row in oslens.net_connections("tcp", owners=False)}
        assert with_owners == without

    eventually(check)


def test_a_kind_that_is_none_is_named():
    with pytest.raises(ValueError, match="inet4"):
        oslens.net_connections("no such kind")
    with pytest.raises((TypeError, ValueError)):
        oslens.net_connections(3)


def test_sensors(psutil):
    ours, theirs = oslens.sensors_temperatures(), psutil.sensors_temperatures()
    assert set(ours) == set(theirs)
    assert set(oslens.sensors_fans()) == set(psutil.sensors_fans())
    if os.path.isdir("/sys/class/power_supply"):
        ours, theirs = oslens.sensors_battery(), psutil.sensors_battery()
        assert (ours is None) == (theirs is None)
    else:
        assert oslens.sensors_battery() is None


def test_the_machine(psutil):
    close(oslens.boot_time(), psutil.boot_time(), absolute=1.0)
    assert oslens.getloadavg() == pytest.approx(psutil.getloadavg(), abs=2.0)
    theirs = psutil.users()
    if theirs:
        assert [tuple(user) for user in oslens.users()] == [tuple(u) for u in theirs]


def test_pids(psutil, child, zombie):
    ours = oslens.pids()
    assert ours == sorted(ours) and {os.getpid(), child.pid, zombie} <= set(ours)
    eventually(lambda: check_pids(psutil))
    for pid in (0, 1, -1, os.getpid(), child.pid, zombie, 2**31 - 1):
        assert oslens.pid_exists(pid) == psutil.pid_exists(pid), pid
    thread = threading.Thread(target=time.sleep, args=(1,))
    thread.start()
    assert not oslens.pid_exists(thread.native_id)
    assert not oslens.pid_exists(2**80)


def check_pids(psutil):
    assert oslens.pids() == psutil.pids()


def test_negative_intervals_are_refused():
    for function in (oslens.cpu_percent, oslens.cpu_times_percent):
        with pytest.raises(ValueError, match="interval"):
            function(interval=-1)
        with pytest.raises(TypeError):
            function(interval="1")


def test_bytes2human():
    assert oslens.bytes2human(0) == "0.0B"
    assert oslens.bytes2human(10000) == "9.8K"
    assert oslens.bytes2human(-10000) == "-9.8K"
    assert oslens.bytes2human(2**70) == "1.0Z"


def test_procfs_path_is_read_at_every_call(run, tmp_path):
    done = run(
        """
        import sys, oslens
        before = oslens.virtual_memory().total
        oslens.PROCFS_PATH = sys.argv[1]
        try:
            oslens.virtual_memory()
        except FileNotFoundError as error:
            print(error.filename)
        oslens.PROCFS_PATH = "/proc"
        assert oslens.virtual_memory().total == before
        """,
        str(tmp_path),
    )
    assert done.out == f"{tmp_path}/meminfo\n", done


def test_heap(psutil):
    if not hasattr(psutil, "heap_info"):
        pytest.skip("this C library does not tell about its heap")

    def check():
        close(oslens.heap_info().heap_used, psutil.heap_info().heap_used, 0.1, 1 << 20)

    eventually(check)
    assert oslens.heap_trim() is None
