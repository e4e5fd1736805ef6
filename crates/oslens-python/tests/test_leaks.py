"""No function keeps memory, descriptors or objects."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc

import pytest

import oslens

CALLS = {
    "cpu_times": lambda: oslens.cpu_times(percpu=True),
    "cpu_percent": lambda: oslens.cpu_percent(percpu=True),
    "cpu_times_percent": lambda: oslens.cpu_times_percent(),
    "cpu_count": lambda: oslens.cpu_count(logical=False),
    "cpu_stats": lambda: oslens.cpu_stats(),
    "cpu_freq": lambda: oslens.cpu_freq(percpu=True),
    "virtual_memory": lambda: oslens.virtual_memory(),
    "swap_memory": lambda: oslens.swap_memory(),
    "disk_partitions": lambda: oslens.disk_partitions(all=True),
    "disk_usage": lambda: oslens.disk_usage("/"),
    "disk_io_counters": lambda: oslens.disk_io_counters(perdisk=True),
    "net_io_counters": lambda: oslens.net_io_counters(pernic=True),
    "net_if_addrs": lambda: oslens.net_if_addrs(),
    "net_if_stats": lambda: oslens.net_if_stats(),
    "net_connections": lambda: oslens.net_connections("all"),
    "sensors_temperatures": lambda: oslens.sensors_temperatures(),
    "sensors_fans": lambda: oslens.sensors_fans(),
    "sensors_battery": lambda: oslens.sensors_battery(),
    "batteries": lambda: oslens.batteries(),
    "boot_time": lambda: oslens.boot_time(),
    "users": lambda: oslens.users(),
    "pids": lambda: oslens.pids(),
    "pid_exists": lambda: oslens.pid_exists(os.getpid()),
    "Process": lambda: oslens.Process(),
    "Process.as_dict": lambda: oslens.Process().as_dict(),
    "Process.threads": lambda: oslens.Process().threads(),
    "Process.memory_maps": lambda: oslens.Process().memory_maps(),
    "Process.net_connections": lambda: oslens.Process().net_connections("all"),
    "process_iter": lambda: iterate(),
    "error of disk_usage": lambda: refused(OSError, oslens.disk_usage, "/no/such"),
    "error of kind": lambda: refused(ValueError, oslens.net_connections, "none"),
    "error of Process": lambda: refused(
        oslens.NoSuchProcess, oslens.Process, 2**31 - 1
    ),
}


def iterate():
    list(oslens.process_iter(["pid", "name"]))
    # Others start processes meanwhile, which it would remember.
    oslens.process_iter.cache_clear()


def refused(error, function, *arguments):
    with pytest.raises(error):
        function(*arguments)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_kept(name):
    call, times = CALLS[name], 40
    for _ in range(10):
        call()
    gc.collect()
    before = descriptors()
    # A leak grows with every round; noise does not.
    grown = []
    for _ in range(5):
        tracemalloc.start()
        # What the last call left is replaced by what this one leaves.
        call()
        gc.collect()
        start, native = tracemalloc.get_traced_memory()[0], resident()
        for _ in range(times):
            call()
        gc.collect()
        grown.append((tracemalloc.get_traced_memory()[0] - start, resident() - native))
        tracemalloc.stop()
        if grown[-1][0] < times * 16 and grown[-1][1] < times * 4096:
            break
    else:
        pytest.fail(f"{name} grows by (Python, resident) bytes: {grown}")
    assert descriptors() == before


def test_threads_that_end_leave_nothing():
    def work():
        oslens.cpu_percent()
        oslens.cpu_times_percent(percpu=True)
        oslens.virtual_memory()

    def round():
        threads = [threading.Thread(target=work) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for _ in range(5):
        round()
    gc.collect()
    before, fds = resident(), descriptors()
    for _ in range(20):
        round()
    gc.collect()
    assert resident() - before < 2 << 20
    assert descriptors() == fds


def test_threads_may_ask_at_once():
    errors = []

    def work():
        try:
            for _ in range(20):
                oslens.disk_io_counters()
                oslens.net_io_counters()
                oslens.net_if_stats()
                oslens.cpu_percent(percpu=True)
                oslens.users()
                oslens.pids()
                oslens.Process().as_dict(["name", "cpu_times", "memory_info"])
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_forked_child_may_ask_too():
    oslens.cpu_percent()
    oslens.net_io_counters()
    for _ in range(5):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                oslens.cpu_percent()
                oslens.net_io_counters()
                oslens.virtual_memory()
                status = 0 if oslens.Process().pid == os.getpid() else 2
            finally:
                os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0
