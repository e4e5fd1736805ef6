import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from typing import Any, ClassVar, Literal, overload

from ._enums import ProcessStatus
from ._ntuples import (
    pcapabilities,
    pcgroup,
    pconn,
    pcputimes,
    pctxsw,
    pdescriptor,
    pfootprint,
    pfullmem,
    pgids,
    pheap,
    pio,
    pmem,
    pmem_ex,
    pmmap_ext,
    pmmap_grouped,
    pnamespaces,
    popenfile,
    ppagefaults,
    pthread,
    pthread_ex,
    puids,
    sbattery,
    sbatteryinfo,
    scgrouplimits,
    scgroupusage,
    sconn,
    scpufreq,
    scpulimit,
    scpustats,
    scputimes,
    sdiskio,
    sdiskpart,
    sdiskusage,
    sfan,
    shwtemp,
    smemlimit,
    snetio,
    snicaddr,
    snicstats,
    spressure,
    sswap,
    sswapdevice,
    suser,
    svmem,
    szfsarc,
)
from ._process import Process

if sys.platform == "win32":
    from ._enums import ProcessIOPriority, ProcessPriority
elif sys.platform == "linux" or sys.platform == "android":
    from ._ntuples import pionice

VERSION: str

# CPU

@overload
def cpu_times(percpu: Literal[False] = False) -> scputimes:
    """What the CPUs did since boot, in seconds, as `scputimes`: the sum of all,
    or with `percpu` a list with one for each CPU that is online.

    `user` includes `guest`, and `nice` includes `guest_nice`, as the kernel
    counts.

    >>> oslens.cpu_times().idle > 0
    True
    """
@overload
def cpu_times(percpu: Literal[True]) -> list[scputimes]: ...
@overload
def cpu_times(percpu: bool) -> scputimes | list[scputimes]: ...
@overload
def cpu_percent(
    interval: float | None = None, percpu: Literal[False] = False
) -> float:
    """How busy the CPUs were, from 0 to 100: all together, or with `percpu` a
    list with one number for each.

    With an `interval` in seconds the call waits so long. Without one it
    answers at once, for the time since the last call of the same thread. The
    first answer is for the time since the import in the thread that imported
    oslens, and 0.0 in others. Calls less than 0.1 seconds apart say little.

    Raises `ValueError` for a negative `interval`.

    >>> 0 <= oslens.cpu_percent(interval=0.01) <= 100
    True
    """
@overload
def cpu_percent(interval: float | None, percpu: Literal[True]) -> list[float]: ...
@overload
def cpu_percent(
    interval: float | None = None, *, percpu: Literal[True]
) -> list[float]: ...
@overload
def cpu_percent(
    interval: float | None = None, percpu: bool = False
) -> float | list[float]: ...
@overload
def cpu_times_percent(
    interval: float | None = None, percpu: Literal[False] = False
) -> scputimes:
    """What the CPUs did, in percent of the time that passed, as `scputimes`: of
    all together, or with `percpu` a list with one for each.

    `interval` is that of `cpu_percent()`.
    """
@overload
def cpu_times_percent(
    interval: float | None, percpu: Literal[True]
) -> list[scputimes]: ...
@overload
def cpu_times_percent(
    interval: float | None = None, *, percpu: Literal[True]
) -> list[scputimes]: ...
@overload
def cpu_times_percent(
    interval: float | None = None, percpu: bool = False
) -> scputimes | list[scputimes]: ...
def cpu_count(logical: bool = True) -> int | None:
    """Number of CPUs that are online; with `logical=False`, of cores. `None` if
    the machine does not tell.

    What this process may use of them, by its affinity and control groups, is
    in `cpu_limit()`.
    """
def cpu_stats() -> scpustats:
    """Counts since boot, as `scpustats`: context switches, interrupts and
    software interrupts. `syscalls` is 0 where the system does not count them,
    as on Linux.
    """
@overload
def cpu_freq(percpu: Literal[False] = False) -> scpufreq | None:
    """Frequency of the CPUs in MHz, as `scpufreq(current, min, max)`: the mean of
    all, or with `percpu` a list with one for each that is online.

    `None` (or an empty list) if the machine does not tell; `min` and `max` are
    0.0 where they are not known.
    """
@overload
def cpu_freq(percpu: Literal[True]) -> list[scpufreq]: ...
@overload
def cpu_freq(percpu: bool) -> scpufreq | list[scpufreq] | None: ...
def cpu_limit(pid: int | None = None) -> scpulimit:
    """CPUs that a process may use, as `scpulimit`: how many are `online`, how
    many its affinity lets it run on (`allowed`), what its control groups give
    it (`quota`; `None`: all), and what follows from these: `cpus`, and a good
    number of threads (`parallelism`).

    `pid` is the calling process if it is not given.
    """
def _take_cpu_baselines() -> None: ...

# Memory

def virtual_memory() -> svmem:
    """Memory of the machine in bytes, as `svmem`. `available` is what programs
    can have without swapping; `percent` is what of `total` they cannot.

    What the kernel does not tell is 0, with a `RuntimeWarning`.

    >>> memory = oslens.virtual_memory()
    >>> memory.available <= memory.total
    True
    """
def swap_memory() -> sswap:
    """Swap space in bytes, as `sswap`. `sin` and `sout` are what was swapped in
    and out since boot.
    """
def memory_limit(pid: int | None = None) -> smemlimit:
    """Memory that a process may use, in bytes, as `smemlimit`: that of the
    machine, or less if its control groups say so (`limit`; `None`: they do
    not).

    `pid` is the calling process if it is not given.
    """
def swap_devices() -> list[sswapdevice]:
    """Partitions and files that are used for swap, as a list of `sswapdevice`,
    with sizes in bytes.
    """
def _total_memory() -> int: ...

# Disks

def disk_partitions(all: bool = False) -> list[sdiskpart]:
    """What is mounted, as a list of `sdiskpart`: disks, USB sticks, optical
    discs. With `all` it is all that is mounted, also what has no device:
    memory, network and kernel file systems.
    """
def disk_usage(
    path: str | bytes | int | PathLike[str] | PathLike[bytes],
    *,
    timeout: float | None = None,
) -> sdiskusage:
    """Space of the file system that `path` is on, in bytes, as `sdiskusage`.
    `free` is what ordinary users can have, and `percent` is of what they can
    reach, as `df` says. `path` may be a descriptor.

    With a `timeout` in seconds, a file system that does not answer (a network
    one whose server is away) is a `TimeoutError`; without one the call waits,
    and not even Ctrl-C ends it.

    To ask for a path makes an automounter mount what belongs there: leave out
    partitions whose `fstype` is `"autofs"`.

    Raises what `open()` would for a path that is not there.

    >>> oslens.disk_usage("/").percent <= 100
    True
    """
def _disk_io_counters(
    perdisk: bool, nowrap: bool
) -> sdiskio | dict[str, sdiskio] | None: ...

# Network

def net_connections(kind: str = "inet", *, owners: bool = True) -> list[sconn]:
    """Sockets of the machine, as a list of `sconn`.

    `kind` is "inet" (Internet sockets, if it is not given), "inet4", "inet6",
    "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix" or "all"; others are a
    `ValueError`. A socket that several processes or descriptors share has a
    row for each. Those of processes that the caller may not inspect have
    `None` for `pid` and -1 for `fd`.

    With `owners=False` nobody looks for the processes, which is many times
    faster: every socket has one row.
    """
def net_if_addrs() -> dict[str, list[snicaddr]]:
    """Addresses of each network interface, as a dict with lists of `snicaddr`:
    Internet addresses, then the link (MAC) address, whose family is `AF_LINK`.
    """
def net_if_stats() -> dict[str, snicstats]:
    """State of each network interface, as a dict with `snicstats`: whether it is
    up, its duplex mode, speed in Mbit/s (0: not known), MTU in bytes, and
    flags.
    """
def _net_io_counters(
    pernic: bool, nowrap: bool
) -> snetio | dict[str, snetio] | None: ...

# Sensors

def sensors_battery() -> sbattery | None:
    """The battery of the machine, as `sbattery`: how full it is in `percent`, how
    many seconds it lasts (`secsleft`; or `POWER_TIME_UNLIMITED`,
    `POWER_TIME_UNKNOWN`), and whether power comes from outside
    (`power_plugged`; `None`: not known).

    `None` if there is none. `batteries()` lists all, also those of other
    devices.
    """
def batteries() -> list[sbatteryinfo]:
    """All batteries, as a list of `sbatteryinfo`: those of the machine, of
    uninterruptible power supplies, and of other devices such as mice. `None`
    is what a battery does not tell.
    """

# The machine

def boot_time() -> float:
    """When the machine booted, in seconds since 1970. It moves when the clock is
    set.
    """
def users() -> list[suser]:
    """Who is logged in, as a list of `suser`: name, terminal, host, since when
    (seconds since 1970), and the PID of the login process.
    """
def pids() -> list[int]:
    """PIDs of all processes, as a list in ascending order."""
def pid_exists(pid: int) -> bool:
    """Whether there is a process with this PID. Threads are none. This is faster
    than a look into `pids()`.
    """

# Used by the package itself

def _forget_disks() -> None: ...
def _forget_nics() -> None: ...
def _before_fork() -> None: ...
def _after_fork() -> None: ...

_Attrs = list[str] | tuple[str, ...] | set[str] | frozenset[str]

# What only some systems have

if sys.platform == "win32":
    class WindowsService:
        """A service, by name.

        Its methods ask the service manager anew at each call; they raise
        `NoSuchProcess` if there is no such service, and `AccessDenied` if the
        caller may not ask.

        Two are equal if they have the same name, in capital or small letters.
        """
        def name(self) -> str:
            """The name that programs use, such as `"Spooler"`."""
        def display_name(self) -> str:
            """The name to show to people, such as `"Print Spooler"`. It is asked for
            once.
            """
        def binpath(self) -> str:
            """The command line that starts it: program and arguments."""
        def username(self) -> str:
            """The account that it runs as, such as `"LocalSystem"`."""
        def start_type(self) -> str:
            """When it is started: `"automatic"`, `"manual"`, `"disabled"`; of drivers
            `"unknown"`.
            """
        def status(self) -> str:
            """What it is doing: `"running"`, `"stopped"`, `"paused"`,
            `"start_pending"`, `"stop_pending"`, `"pause_pending"` or
            `"continue_pending"`.
            """
        def pid(self) -> int | None:
            """PID of its process; `None` if it does not run."""
        def description(self) -> str:
            """What it is for; `""` where nobody said."""
        def as_dict(self, attrs: Iterable[str] | None = None) -> dict[str, Any]:
            """All of this as a dict, or those values whose names are in `attrs`.

            Raises `ValueError` for names that do not exist.
            """
    def win_service_get(name: str) -> WindowsService:
        """The service with this name, as a `WindowsService`.

        Raises `NoSuchProcess` if there is none.
        """
    def win_service_iter() -> Iterator[WindowsService]:
        """All services that are programs, not drivers, as an iterator over
        `WindowsService`.
        """
    def getloadavg() -> tuple[float, float, float]:
        """How many threads ran or could run, on average over the last 1, 5 and 15
        minutes.

        The first call starts to count, in a thread that looks every 5 seconds;
        before so much time has passed, an average is that of the time since.

        Raises `NotImplementedError` where the system does not say which threads
        run.
        """
    def heap_info() -> pheap:
        """What this process has allocated, in bytes, as `pheap`: in its heap
        (`heap_used`), which is the C library's too, and page by page beside all
        heaps (`mmap_used`); and how many heaps it has.
        """
    def heap_trim() -> None:
        """Gives memory that the heap holds but does not use back to the system."""

if (
    sys.platform == "linux"
    or sys.platform == "android"
    or sys.platform.startswith("freebsd")
):
    RLIMITS: list[tuple[str, int]]

if sys.platform == "linux" or sys.platform == "android":
    def pressure(
        resource: Literal["cpu", "memory", "io", "irq"], *, pid: int | None = None
    ) -> spressure:
        """How long tasks stood still because a resource was short, as `spressure`:
        `some` of them at once, or all of them (`full`).

        `resource` is `"cpu"`, `"memory"`, `"io"` or `"irq"`. Each is an `sstall`:
        percent of the last 10, 60 and 300 seconds, and seconds in total; `None`
        where the kernel does not count. With a `pid`, it is of the tasks in its
        control group only.

        Raises `NotImplementedError` on kernels that do not count this (before
        4.20, or switched off).
        """
    def cgroup_limits(pid: int | None = None) -> scgrouplimits:
        """What the control groups that a process is in allow it, together with the
        others in them, as `scgrouplimits`. `None` is no limit.

        `pid` is the calling process if it is not given.
        """
    def cgroup_usage(pid: int | None = None) -> scgroupusage:
        """What the processes in the control group of a process use together, as
        `scgroupusage`: bytes, counts, and times in seconds. `None` is what is not
        counted there.

        `pid` is the calling process if it is not given.
        """

if sys.platform != "win32" and sys.platform != "darwin":
    def sensors_temperatures(fahrenheit: bool = False) -> dict[str, list[shwtemp]]:
        """Temperatures of each chip, as a dict with lists of `shwtemp`, in degrees
        Celsius, or with `fahrenheit` in those of Fahrenheit.

        `high` and `critical` are what the hardware calls so; if it has only one of
        them, it stands for both. Empty if there are no sensors, as in most virtual
        machines.
        """
    def sensors_fans() -> dict[str, list[sfan]]:
        """Speed of the fans of each chip in revolutions per minute, as a dict with
        lists of `sfan`. Empty if there are none.
        """

if sys.platform != "win32" and not sys.platform.startswith("openbsd"):
    def zfs_arc() -> szfsarc | None:
        """The cache of ZFS, in bytes, as `szfsarc`; `None` without ZFS.

        It counts as used memory, although programs can have what of it is above
        `min`.
        """
    def heap_info() -> pheap:
        """What this process has allocated from the C library, in bytes, as `pheap`:
        in its heap (`heap_used`), and in large blocks that were mapped one by one
        (`mmap_used`).

        It is there only with glibc.
        """
    def heap_trim() -> None:
        """Gives memory that the C library holds but does not use back to the system.

        It is there only with glibc.
        """

class Pass:
    def __init__(
        self, cache: dict[int, Process], attrs: _Attrs | None, ad_value: Any
    ) -> None: ...
    def __iter__(self) -> Pass: ...
    def __next__(self) -> Process: ...

class Watch:
    def __init__(self, processes: list[Any]) -> None: ...
    def wait(self, seconds: float | None) -> list[int]:
        """The places of processes that may have ended, as soon as there are
        any; none when so many seconds are over.
        """
    def remove(self, at: int) -> None:
        """This one has ended."""
    def look_at(self, at: int) -> None:
        """This one has ended, but its parent has not collected it: there is no
        sign of that but a look.
        """

def _processes(
    names: tuple[str, ...],
    class_of: Callable[[tuple[str, ...]], type[Any]] | None,
    missing: Any,
) -> Any: ...

class Sampler:
    def __new__(cls, fields: Sequence[str]) -> Sampler: ...
    @overload
    def sample(self, columns: Literal[False] = False) -> list[Any]:
        """All processes as they are now: a list of named tuples, or with
        `columns` a dict of columns, as of `processes()`. What is missing, as
        every rate is in the first sample, is `None`; in columns of floats NaN,
        of integers -2**63.

        Raises `RuntimeError` if another thread is sampling with this object. In
        the child of a fork at such a moment, it begins anew.
        """
    @overload
    def sample(
        self, columns: Literal[True]
    ) -> dict[str, array[int] | array[float] | list[Any]]: ...

class ProcessBase:
    attrs: ClassVar[frozenset[str]]
    _prefetch: dict[str, Any]
    def __init__(self, pid: int | None = None) -> None: ...
    def _adopt_ended(self, pid: int) -> None: ...
    def _begin_oneshot(self) -> None: ...
    def _end(self) -> tuple[bool, bool]: ...
    def _end_oneshot(self) -> None: ...
    def _known(self) -> tuple[float | None, int | None]: ...
    def _memory_full_info(self) -> pfullmem: ...
    def _pidfd(self) -> int | None: ...
    def _wait(self, timeout: float | None) -> int | None: ...
    @property
    def pid(self) -> int:
        """The PID of the process. It never changes, also when the process has
        ended.
        """
    def as_dict(
        self, attrs: _Attrs | None = None, ad_value: Any = None
    ) -> dict[str, Any]:
        """What can be known about the process, as a dict. All is read in one go:
        this is many times faster than the methods one by one.

        `attrs` is a list, tuple or set of the names that are wanted; without
        them it is all of `Process.attrs`. `ad_value` stands for what the
        caller may not see, and for what a zombie has no more.

        Raises `ValueError` for names that do not exist.

        >>> sorted(oslens.Process().as_dict(["pid", "name"]))
        ['name', 'pid']
        """
    def children(self, recursive: bool = False) -> list[Process]:
        """The children of the process, as a list of `Process`, oldest first. With
        `recursive`, each is followed by its own children.

        A process whose parent has ended is no child of its grandparent.
        """
    def cmdline(self) -> list[str]:
        """The arguments that the process was started with, as a list of strings;
        empty for threads of the kernel.

        Raises `ZombieProcess` if it has ended: they go with its memory.
        """
    def cpu_percent(self, interval: float | None = None) -> float:
        """How busy the process keeps the CPUs, in percent of one CPU: above 100
        if several of its threads run at once.

        With an `interval` in seconds the call waits so long. Without one it
        answers at once, for the time since the last call on this object; the
        first answer is 0.0, which is to be ignored.

        >>> oslens.Process().cpu_percent(interval=0.01) >= 0
        True
        """
    def create_time(self) -> float:
        """When the process was created, in seconds since 1970 (for
        `datetime.fromtimestamp()`).

        It is asked for once. It is as exact as the kernel counts, which is
        mostly 0.01 seconds.
        """
    def cwd(self) -> str:
        """Absolute path of the working directory.

        Raises `AccessDenied` for processes of other users, unless the caller
        is root.
        """
    def descriptors(self) -> list[pdescriptor]:
        """All that the process has open, as a list of `pdescriptor`: files (also
        deleted ones), directories, devices, sockets, pipes and what else there
        is.

        Raises `AccessDenied` for processes of other users, unless the caller
        is root.
        """
    def environ(self) -> dict[str, str]:
        """Environment variables that the process was started with, as a dict.

        What it changed since is not seen.

        Raises `AccessDenied` for processes of other users, unless the caller
        is root.
        """
    def exe(self) -> str:
        """Path of the executable; `""` for threads of the kernel.

        Raises `AccessDenied` for processes of other users, unless the caller
        is root.
        """
    def is_running(self) -> bool:
        """Whether the process still runs, or is a zombie.

        False also if its PID belongs to another process now: this asks the
        kernel who it is.
        """
    def memory_percent(self, memtype: str = "rss") -> float:
        """Memory of the process in percent of the machine's.

        `memtype` says which: a field of `memory_info()` (`"rss"` if it is not
        given), of `memory_footprint()` or of `memory_info_ex()`. Raises
        `ValueError` for others.
        """
    def name(self) -> str:
        """Name of the process, such as `"python3"`.

        It is given in full also where the kernel cut it after 15 bytes, if the
        command line has the rest.
        """
    def net_connections(self, kind: str = "inet") -> list[pconn]:
        """Sockets that the process has open, as a list of `pconn`, seen in its
        own network namespace.

        `kind` is that of `oslens.net_connections()`: Internet sockets, if it
        is not given.

        Raises `AccessDenied` for processes of other users, unless the caller
        is root.
        """
    def num_ctx_switches(self) -> pctxsw:
        """How often the main thread left its CPU, as `pctxsw`: to wait for
        something (`voluntary`), and for another one (`involuntary`).
        """
    def num_threads(self) -> int:
        """Number of threads of the process, with the main thread."""
    def page_faults(self) -> ppagefaults:
        """How often the process touched memory that was not there, as
        `ppagefaults`: `minor` ones without, `major` ones with reading from a
        disk.
        """
    def parent(self) -> Process | None:
        """The parent of the process, as a `Process`; `None` if it has none."""
    def parents(self) -> list[Process]:
        """The parent of the process, its parent and so on, as a list of
        `Process`.
        """
    def ppid(self) -> int:
        """PID of the parent; 0 if it has none that this machine or container has.

        It changes when the parent ends: the process then gets another one,
        which is why it is asked for anew at each call. `parent()` returns the
        parent itself.
        """
    def status(self) -> ProcessStatus:
        """What the process is doing, as a `ProcessStatus`: one of the `STATUS_…`
        constants, which equal strings such as `"running"` and `"sleeping"`.

        A process that has ended and that its parent has not asked for yet is
        `STATUS_ZOMBIE`.
        """
    def threads(self) -> list[pthread]:
        """Threads of the process, as a list of `pthread(id, user_time,
        system_time)`, with times in seconds.
        """
    def threads_ex(self) -> list[pthread_ex]:
        """Threads of the process, as a list of `pthread_ex`: also with their
        names, states, CPUs and niceness.
        """
    if sys.platform == "win32":
        def cpu_times(self) -> pcputimes:
            """CPU time that the process used, in seconds, as `pcputimes`. Windows
            does not count that of its children: they are 0.0.
            """
        def io_counters(self) -> pio:
            """What the process read and wrote since it was created, as `pio`: calls
            and bytes, whatever they were of, and those that did neither (`other_…`).
            """
        @overload
        def ionice(self, ioclass: None = None, value: None = None) -> ProcessIOPriority:
            """How the input and output of the process is scheduled, as a
            `ProcessIOPriority`: one of the constants `IOPRIO_VERYLOW`,
            `IOPRIO_LOW`, `IOPRIO_NORMAL` and `IOPRIO_HIGH`. With an `ioclass`, one
            of these, sets it; there is no `value`.

            Most versions refuse `IOPRIO_HIGH`.
            """
        @overload
        def ionice(self, ioclass: int, value: int | None = None) -> None: ...
        def kill(self) -> None:
            """Ends the process at once, as `terminate()` does."""
        def memory_footprint(self) -> pfootprint:
            """Memory that the process really occupies, in bytes, as `pfootprint`:
            what ending it would free (`uss`).

            The system lists all pages of the process for that, which takes long
            for a large one.

            Raises `AccessDenied` for processes of other users, unless the caller
            is an administrator.
            """
        def memory_info(self) -> pmem:
            """Memory that the process uses, in bytes, as `pmem`: `rss` is what it
            holds in physical memory (its working set), `vms` what the system has
            promised it (its private bytes), and the most that these were.

            For what it alone occupies see `memory_footprint()`.
            """
        def memory_info_ex(self) -> pmem_ex:
            """More about the memory of the process, in bytes, as `pmem_ex`:
            `memory_info()`, its address space (`virtual`), its share of the
            kernel's pools, and the most that these were.

            What the system does not tell is 0.
            """
        @overload
        def nice(self, value: None = None) -> ProcessPriority:
            """The priority class of the process, as a `ProcessPriority`: one of the
            constants `IDLE_PRIORITY_CLASS`, `BELOW_NORMAL_PRIORITY_CLASS`,
            `NORMAL_PRIORITY_CLASS`, `ABOVE_NORMAL_PRIORITY_CLASS`,
            `HIGH_PRIORITY_CLASS` and `REALTIME_PRIORITY_CLASS`. With a `value`,
            one of these, sets it.

            Without privilege `REALTIME_PRIORITY_CLASS` becomes
            `HIGH_PRIORITY_CLASS`. Raises `AccessDenied` if the caller may not.
            """
        @overload
        def nice(self, value: int) -> None: ...
        def num_handles(self) -> int:
            """Number of handles that the process has open: files, threads, events,
            keys of the registry and so on.
            """
        def open_files(self) -> list[popenfile]:
            """Files that the process has open, as a list of `popenfile(path, fd)`.
            `fd` is always -1.

            What does not answer within 0.2 seconds is left out.

            Raises `AccessDenied` for processes of other users, unless the caller
            is an administrator.
            """
        def resume(self) -> None:
            """Lets a process that was stopped run on."""
        def send_signal(self, sig: int) -> None:
            """Sends a signal. Windows has three: `signal.SIGTERM`, which ends the
            process at once, and `signal.CTRL_C_EVENT` and `signal.CTRL_BREAK_EVENT`,
            which the leader of a group of processes in the console of the caller
            gets.

            Raises `ValueError` for others, `NoSuchProcess` if it has ended,
            `AccessDenied` if the caller may not.
            """
        def suspend(self) -> None:
            """Stops all threads of the process until `resume()`."""
        def terminate(self) -> None:
            """Ends the process at once, with the exit code 15: it cannot handle that.

            Raises `NoSuchProcess` if it has ended, `AccessDenied` if the caller
            may not.
            """
        def username(self) -> str:
            """Account that the process runs as, with its domain: `"DOMAIN\\name"`.

            Raises `AccessDenied` for processes of other users, unless the caller
            is an administrator.
            """
    else:
        def cpu_times(self) -> pcputimes:
            """CPU time that the process used, in seconds, as `pcputimes`: its own
            (`user`, `system`), that of its children which have ended and been
            waited for, and what it waited for disks (`iowait`).
            """
        def gids(self) -> pgids:
            """Group IDs of the process, as `pgids(real, effective, saved)`."""
        def groups(self) -> list[int]:
            """IDs of the supplementary groups of the process, as a list."""
        def io_counters(self) -> pio:
            """What the process read and wrote since it was created, as `pio`: calls,
            bytes that went to and from disks, and bytes that all calls moved
            (`read_chars`, `write_chars`), whatever they were of.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        def kill(self) -> None:
            """Ends the process at once: sends SIGKILL, as `send_signal()` does. It
            cannot handle that.
            """
        def memory_info(self) -> pmem:
            """Memory that the process uses, in bytes, as `pmem`: `rss` is what it
            holds in physical memory, `vms` all its address space, `shared` what of
            `rss` others may share, `text` and `data` its code and data.

            For what it alone occupies see `memory_footprint()`.
            """
        def memory_info_ex(self) -> pmem_ex:
            """More about the memory of the process, in bytes, as `pmem_ex`:
            `memory_info()`, its peaks (`peak_rss`, `peak_vms`), what `rss`
            consists of (`rss_anon`, `rss_file`, `rss_shmem`), `swap` and huge
            pages.

            What this kernel does not tell is 0.
            """
        @overload
        def nice(self, value: None = None) -> int:
            """The niceness of the process, from -20 (gets the CPU first) to 19
            (last). With a `value`, sets it.

            Raises `AccessDenied` if the caller may not: only root lowers it.
            """
        @overload
        def nice(self, value: int) -> None: ...
        def num_fds(self) -> int:
            """Number of descriptors that the process has open.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        def open_files(self) -> list[popenfile]:
            """Regular files that the process has open, as a list of `popenfile(path,
            fd, position, mode, flags)`.

            `mode` is that of `open()`, `position` where it is read or written
            next. Files that were deleted, sockets, pipes and so on are in
            `descriptors()`.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        def pgid(self) -> int:
            """ID of the process group: the PID of its first member. `os.killpg()`
            takes it.
            """
        def resume(self) -> None:
            """Lets a process that was stopped run on: sends SIGCONT, as
            `send_signal()` does.
            """
        def root(self) -> str:
            """Path of the root directory of the process, as the caller sees it: not
            `"/"` after `chroot()` and in many containers.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        def send_signal(self, sig: int) -> None:
            """Sends a signal, such as `signal.SIGHUP`: to this very process, and
            never to another one that got its PID.

            Raises `NoSuchProcess` if it has ended, `AccessDenied` if the caller
            may not.
            """
        def sid(self) -> int:
            """ID of the session: the PID of its first process."""
        def suspend(self) -> None:
            """Stops the process until `resume()`: sends SIGSTOP, as `send_signal()`
            does.
            """
        def terminal(self) -> str | None:
            """Path of the terminal that controls the process, such as `"/dev/pts/0"`;
            `None` if it has none.
            """
        def terminate(self) -> None:
            """Asks the process to end: sends SIGTERM, as `send_signal()` does. It may
            handle that, or ignore it.
            """
        def uids(self) -> puids:
            """User IDs of the process, as `puids(real, effective, saved)`."""
        def username(self) -> str:
            """Name of the user who owns the process; the number as a string where it
            has no name.
            """
    if sys.platform == "linux" or sys.platform == "android":
        def capabilities(self) -> pcapabilities:
            """Capabilities of the process, as `pcapabilities`: an integer for each
            set, with a bit for each capability (that of `CAP_KILL` is `1 << 5`).
            """
        def cgroups(self) -> list[pcgroup]:
            """Control groups that the process is in, as a list of `pcgroup(hierarchy,
            controllers, path)`. The hierarchy 0 is that of version 2.
            """
        @overload
        def ionice(self, ioclass: None = None, value: None = None) -> pionice:
            """The priority of the process at disks, as `pionice(ioclass, value)`.
            With an `ioclass` (an `IOPRIO_CLASS_…` constant) and a `value` from 0
            (first) to 7, sets it.

            `IOPRIO_CLASS_NONE` and `IOPRIO_CLASS_IDLE` have no values. Only root
            sets `IOPRIO_CLASS_RT`.
            """
        @overload
        def ionice(self, ioclass: int, value: int | None = None) -> None: ...
        def login_uid(self) -> int | None:
            """ID of the user who logged in, whatever `su` and `sudo` made of it;
            `None` if nobody did, as for services.
            """
        def namespace_pids(self) -> list[int]:
            """PIDs of the process in each PID namespace that it is in, from the
            caller's to the innermost, where a container's first process is 1.
            """
        def namespaces(self) -> pnamespaces:
            """Namespaces of the process, as `pnamespaces`: a number (an inode) for
            each kind. Two processes are in one namespace if their numbers are
            equal.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        def oom_score(self) -> int:
            """How likely the kernel ends the process when memory runs out: from 0
            (never) to about 2000.
            """
        @overload
        def oom_score_adj(self, value: None = None) -> int:
            """What is added to the likeliness that the kernel ends the process when
            memory runs out, from -1000 (never) to 1000 (first). With a `value`,
            sets it; only root lowers it.
            """
        @overload
        def oom_score_adj(self, value: int) -> None: ...
        def tracer_pid(self) -> int | None:
            """PID of the process that debugs this one; `None` if there is none."""
        def wait_channel(self) -> str | None:
            """Name of the kernel's function that the process waits in; `None` if it
            runs, or the kernel does not tell.
            """
    if (
        sys.platform == "linux"
        or sys.platform == "android"
        or sys.platform.startswith("freebsd")
    ):
        @overload
        def rlimit(self, resource: int, limits: None = None) -> tuple[int, int]:
            """Limits of the process for a resource, as `(soft, hard)`. With `limits`,
            such a pair, sets them.

            `resource` is an `RLIMIT_…` constant; `RLIM_INFINITY` is no limit.
            Only root raises the hard one.

            >>> soft, hard = oslens.Process().rlimit(oslens.RLIMIT_NOFILE)
            """
        @overload
        def rlimit(self, resource: int, limits: Sequence[int]) -> None: ...
    if (
        sys.platform == "win32"
        or sys.platform == "linux"
        or sys.platform == "android"
        or sys.platform.startswith("freebsd")
    ):
        @overload
        def cpu_affinity(self, cpus: None = None) -> list[int]:
            """Numbers of the CPUs that the process may run on, as a list. With
            `cpus`, a list of numbers, lets it run on these only; with an empty
            list on all. CPUs that the machine does not have are ignored.

            Raises `ValueError` if it has none of them.
            """
        @overload
        def cpu_affinity(self, cpus: Iterable[int]) -> None: ...
    if sys.platform != "win32" and sys.platform != "darwin":
        def cpu_num(self) -> int:
            """Number of the CPU that the process ran on last."""
    if sys.platform == "linux" or sys.platform == "android" or sys.platform == "darwin":
        def memory_footprint(self) -> pfootprint:
            """Memory that the process really occupies, in bytes, as `pfootprint`:
            what ending it would free (`uss`), its memory with shared pages divided
            by their number of users (`pss`), and what of it is in `swap`.

            The kernel walks all pages of the process for that: it takes as many
            milliseconds as the process has gigabytes, and more.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
    if not sys.platform.startswith("netbsd") and not sys.platform.startswith(
        "openbsd"
    ):
        @overload
        def memory_maps(self, grouped: Literal[True] = True) -> list[pmmap_grouped]:
            """What the memory of the process consists of: files, libraries, heap,
            stack.

            With `grouped` it is a list with one `pmmap_grouped` for each file,
            else one with a `pmmap_ext` for each mapping, which also has its
            addresses and permissions. Sizes are in bytes.

            Raises `AccessDenied` for processes of other users, unless the caller
            is root.
            """
        @overload
        def memory_maps(self, grouped: Literal[False]) -> list[pmmap_ext]: ...
