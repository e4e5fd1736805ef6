"""Programs of users, as type checkers see them. `test_typing.py` has them
checked; nothing here runs."""

from __future__ import annotations

import signal
import socket
import subprocess
from array import array
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

import oslens
from oslens import _ntuples as t

if TYPE_CHECKING:
    from typing_extensions import assert_type


def system() -> None:
    assert_type(oslens.cpu_times(), t.scputimes)
    assert_type(oslens.cpu_times(percpu=True), list[t.scputimes])
    assert_type(oslens.cpu_percent(interval=0.1), float)
    assert_type(oslens.cpu_percent(percpu=True), list[float])
    assert_type(oslens.cpu_percent(0.1, True), list[float])
    assert_type(oslens.cpu_times_percent(percpu=True), list[t.scputimes])
    assert_type(oslens.cpu_count(logical=False), "int | None")
    assert_type(oslens.cpu_freq(), "t.scpufreq | None")
    assert_type(oslens.cpu_freq(percpu=True), list[t.scpufreq])
    assert_type(oslens.getloadavg(), tuple[float, float, float])
    assert_type(oslens.virtual_memory().available, int)
    assert_type(oslens.swap_memory().percent, float)
    assert_type(oslens.disk_usage(b"/"), t.sdiskusage)
    assert_type(oslens.disk_usage("/", timeout=1), t.sdiskusage)
    assert_type(oslens.disk_io_counters(), "t.sdiskio | None")
    assert_type(oslens.disk_io_counters(perdisk=True), dict[str, t.sdiskio])
    oslens.disk_io_counters.cache_clear()
    assert_type(oslens.net_io_counters(pernic=True), dict[str, t.snetio])
    assert_type(oslens.net_io_counters(nowrap=False), "t.snetio | None")
    oslens.net_io_counters.cache_clear()
    for socket_ in oslens.net_connections("tcp", owners=False):
        assert_type(socket_.family, socket.AddressFamily)
        assert_type(socket_.pid, "int | None")
        assert_type(socket_.status, oslens.ConnectionStatus)
        if isinstance(socket_.laddr, t.addr):
            assert_type(socket_.laddr.port, int)
    assert_type(oslens.net_if_stats()["lo"].duplex, oslens.NicDuplex)
    assert_type(oslens.net_if_addrs()["lo"][0].address, "str | None")
    assert_type(oslens.sensors_temperatures(), dict[str, list[t.shwtemp]])
    assert_type(oslens.sensors_battery(), "t.sbattery | None")
    assert_type(oslens.users()[0].started, "float | None")
    assert_type(oslens.pids(), list[int])
    assert_type(oslens.pressure("io").some, "t.sstall | None")
    assert_type(oslens.cgroup_limits().cpus, "float | None")
    assert_type(oslens.bytes2human(1), str)
    assert_type(oslens.version_info, tuple[int, int, int])
    assert_type(oslens.PROCFS_PATH, str)


def processes() -> None:
    assert_type(oslens.process_iter(), Iterator[oslens.Process])
    for process in oslens.process_iter(["name", "cpu_times"], ad_value=None):
        assert_type(process, oslens.Process)
        assert_type(process.name(), str)
    oslens.process_iter(oslens.Process.attrs)
    oslens.process_iter.cache_clear()
    assert_type(oslens.processes(["pid", "rss"]), list[Any])
    columns = oslens.processes(("pid",), columns=True)
    assert_type(columns, "dict[str, array[int] | array[float] | list[Any]]")
    sampler = oslens.Sampler(["pid", "cpu_percent"])
    assert_type(sampler.sample(), list[Any])
    assert_type(
        sampler.sample(columns=True), "dict[str, array[int] | array[float] | list[Any]]"
    )

    process = oslens.Process()
    assert_type(process.pid, int)
    assert_type(process.as_dict(["name"]), dict[str, Any])
    assert_type(process.status(), oslens.ProcessStatus)
    assert_type(process.status() == oslens.STATUS_ZOMBIE, bool)
    assert_type(process.parent(), "oslens.Process | None")
    assert_type(process.children(recursive=True), list[oslens.Process])
    assert_type(process.nice(), int)
    process.nice(10)
    assert_type(process.cpu_affinity(), list[int])
    process.cpu_affinity({0, 1})
    assert_type(process.ionice().ioclass, oslens.ProcessIOPriority)
    process.ionice(oslens.IOPRIO_CLASS_IDLE)
    assert_type(process.rlimit(oslens.RLIMIT_NOFILE), tuple[int, int])
    process.rlimit(oslens.RLIMIT_NOFILE, (1, oslens.RLIM_INFINITY))
    assert_type(process.memory_maps(), list[t.pmmap_grouped])
    assert_type(process.memory_maps(grouped=False), list[t.pmmap_ext])
    assert_type(process.environ(), dict[str, str])
    assert_type(process.terminal(), "str | None")
    assert_type(process.net_connections("all"), list[t.pconn])
    process.send_signal(signal.SIGTERM)
    with process.oneshot():
        assert_type(process.cpu_times().user, float)
    assert_type(process.wait(timeout=1), "int | None")


def popen() -> None:
    with oslens.Popen(["cat"], stdin=subprocess.PIPE) as process:
        assert_type(process, oslens.Popen)
        assert_type(process.stdin, "IO[Any] | None")
        assert_type(process.returncode, "int | None")
        assert_type(process.poll(), "int | None")
        assert_type(process.memory_info().rss, int)
        process.communicate(b"", timeout=1)

    def ended(one: oslens.Process) -> None:
        assert_type(one.returncode, "int | None")

    gone, alive = oslens.wait_procs([process], timeout=3, callback=ended)
    assert_type(gone, list[oslens.Process])
    assert_type(alive, list[oslens.Process])


async def waits(process: oslens.Process) -> None:
    assert_type(await process.wait_async(timeout=1), "int | None")


def exceptions() -> None:
    try:
        oslens.Process(2).exe()
    except oslens.ZombieProcess as error:
        assert_type(error.ppid, "int | None")
    except oslens.NoSuchProcess as error:
        assert_type(error.pid, "int | None")
    except (oslens.AccessDenied, oslens.TimeoutExpired) as error:
        assert_type(error.msg, str)


@oslens.register_exit_fun
def plain() -> int:
    return 1


@oslens.register_exit_fun(signals=[signal.SIGHUP], logfun=None)
def called() -> str:
    return ""


assert_type(plain, Callable[[], int])
assert_type(called, Callable[[], str])


def wrong(process: oslens.Process) -> None:
    """Each of these lines is an error, and none says so where the ignored
    error is missing (`--warn-unused-ignores`)."""
    oslens.cpu_percent("1")  # type: ignore[call-overload]
    oslens.Process("1")  # type: ignore[arg-type]
    oslens.process_iter("name")  # type: ignore[arg-type]
    oslens.virtual_memory().lib  # type: ignore[attr-defined]
    oslens.pressure("disk")  # type: ignore[arg-type]
    process.nice("1")  # type: ignore[call-overload]
    process.no_such_method()  # type: ignore[attr-defined]
