"""Processes, CPU, memory, disks, network and sensors of a running machine.

The names are psutil's, and `import oslens as psutil` is all that a program
written for it needs:

>>> import oslens as psutil
>>> psutil.virtual_memory().percent < 100
True

- Processes: `Process`, `Popen`, `process_iter()`, `processes()` (the fastest),
  `Sampler`, `wait_procs()`, `pids()`, `pid_exists()`
- CPU: `cpu_percent()`, `cpu_times()`, `cpu_times_percent()`, `cpu_count()`,
  `cpu_freq()`, `cpu_stats()`, `getloadavg()`, `cpu_limit()`
- Memory: `virtual_memory()`, `swap_memory()`, `memory_limit()`,
  `swap_devices()`, `zfs_arc()`, `heap_info()`, `heap_trim()`
- Disks: `disk_usage()`, `disk_partitions()`, `disk_io_counters()`
- Network: `net_connections()`, `net_io_counters()`, `net_if_addrs()`,
  `net_if_stats()`
- Sensors: `sensors_temperatures()`, `sensors_fans()`, `sensors_battery()`,
  `batteries()`
- The machine: `boot_time()`, `users()`, `pressure()`, `cgroup_limits()`,
  `cgroup_usage()`; on Windows `win_service_iter()`, `win_service_get()`
- Programs: `register_exit_fun()`, `install_as_psutil()`, `bytes2human()`

Errors are `NoSuchProcess`, `ZombieProcess`, `AccessDenied` and
`TimeoutExpired`, all of them an `Error`; what is not about a process is the
`OSError` that `open()` would raise.
"""

import sys

from . import _platform

if not _platform.IS_SUPPORTED:
    raise ImportError(
        f"oslens for Python does not support the platform {sys.platform!r} yet: "
        "it runs on Linux, Windows, macOS, FreeBSD, NetBSD and OpenBSD"
    )

from ._as_psutil import install_as_psutil
from ._enums import (
    AddressFamily,
    BatteryTime,
    ConnectionStatus,
    NicDuplex,
    ProcessStatus,
)
from ._exceptions import (
    AccessDenied,
    Error,
    NoSuchProcess,
    TimeoutExpired,
    ZombieProcess,
)
from ._exit_functions import register_exit_fun
from ._oslens import VERSION as OSLENS_VERSION
from ._oslens import _take_cpu_baselines
from ._oslens import (
    batteries,
    boot_time,
    cpu_count,
    cpu_freq,
    cpu_limit,
    cpu_percent,
    cpu_stats,
    cpu_times,
    cpu_times_percent,
    disk_partitions,
    disk_usage,
    memory_limit,
    net_connections,
    net_if_addrs,
    net_if_stats,
    pid_exists,
    pids,
    sensors_battery,
    swap_devices,
    swap_memory,
    users,
    virtual_memory,
)
from ._oslens import Sampler
from ._platform import (
    AIX,
    BSD,
    FREEBSD,
    LINUX,
    MACOS,
    NETBSD,
    OPENBSD,
    POSIX,
    SUNOS,
    WINDOWS,
)
from ._process import Popen, Process, process_iter, processes, wait_procs
from ._system import (
    bytes2human,
    disk_io_counters,
    getloadavg,
    net_io_counters,
)

# Programs ask for the version of psutil whose functions they need.
__version__: str = "8.0.0"
version_info: "tuple[int, int, int]" = (8, 0, 0)

# The name that macOS had.
OSX = MACOS

AF_LINK = AddressFamily.AF_LINK

POWER_TIME_UNKNOWN = BatteryTime.POWER_TIME_UNKNOWN
POWER_TIME_UNLIMITED = BatteryTime.POWER_TIME_UNLIMITED

CONN_ESTABLISHED = ConnectionStatus.CONN_ESTABLISHED
CONN_SYN_SENT = ConnectionStatus.CONN_SYN_SENT
CONN_SYN_RECV = ConnectionStatus.CONN_SYN_RECV
CONN_FIN_WAIT1 = ConnectionStatus.CONN_FIN_WAIT1
CONN_FIN_WAIT2 = ConnectionStatus.CONN_FIN_WAIT2
CONN_TIME_WAIT = ConnectionStatus.CONN_TIME_WAIT
CONN_CLOSE = ConnectionStatus.CONN_CLOSE
CONN_CLOSE_WAIT = ConnectionStatus.CONN_CLOSE_WAIT
CONN_LAST_ACK = ConnectionStatus.CONN_LAST_ACK
CONN_LISTEN = ConnectionStatus.CONN_LISTEN
CONN_CLOSING = ConnectionStatus.CONN_CLOSING
CONN_NONE = ConnectionStatus.CONN_NONE

NIC_DUPLEX_FULL = NicDuplex.NIC_DUPLEX_FULL
NIC_DUPLEX_HALF = NicDuplex.NIC_DUPLEX_HALF
NIC_DUPLEX_UNKNOWN = NicDuplex.NIC_DUPLEX_UNKNOWN

STATUS_RUNNING = ProcessStatus.STATUS_RUNNING
STATUS_SLEEPING = ProcessStatus.STATUS_SLEEPING
STATUS_DISK_SLEEP = ProcessStatus.STATUS_DISK_SLEEP
STATUS_STOPPED = ProcessStatus.STATUS_STOPPED
STATUS_TRACING_STOP = ProcessStatus.STATUS_TRACING_STOP
STATUS_ZOMBIE = ProcessStatus.STATUS_ZOMBIE
STATUS_DEAD = ProcessStatus.STATUS_DEAD
STATUS_WAKE_KILL = ProcessStatus.STATUS_WAKE_KILL
STATUS_WAKING = ProcessStatus.STATUS_WAKING
STATUS_IDLE = ProcessStatus.STATUS_IDLE
STATUS_LOCKED = ProcessStatus.STATUS_LOCKED
STATUS_WAITING = ProcessStatus.STATUS_WAITING
STATUS_SUSPENDED = ProcessStatus.STATUS_SUSPENDED
STATUS_PARKED = ProcessStatus.STATUS_PARKED

__all__ = [
    "__version__",
    "AccessDenied",
    "AddressFamily",
    "AF_LINK",
    "AIX",
    "batteries",
    "BatteryTime",
    "boot_time",
    "BSD",
    "bytes2human",
    "CONN_CLOSE",
    "CONN_CLOSE_WAIT",
    "CONN_CLOSING",
    "CONN_ESTABLISHED",
    "CONN_FIN_WAIT1",
    "CONN_FIN_WAIT2",
    "CONN_LAST_ACK",
    "CONN_LISTEN",
    "CONN_NONE",
    "CONN_SYN_RECV",
    "CONN_SYN_SENT",
    "CONN_TIME_WAIT",
    "ConnectionStatus",
    "cpu_count",
    "cpu_freq",
    "cpu_limit",
    "cpu_percent",
    "cpu_stats",
    "cpu_times",
    "cpu_times_percent",
    "disk_io_counters",
    "disk_partitions",
    "disk_usage",
    "Error",
    "FREEBSD",
    "getloadavg",
    "install_as_psutil",
    "LINUX",
    "MACOS",
    "memory_limit",
    "net_connections",
    "net_if_addrs",
    "net_if_stats",
    "net_io_counters",
    "NETBSD",
    "NIC_DUPLEX_FULL",
    "NIC_DUPLEX_HALF",
    "NIC_DUPLEX_UNKNOWN",
    "NicDuplex",
    "NoSuchProcess",
    "OPENBSD",
    "OSLENS_VERSION",
    "OSX",
    "pid_exists",
    "pids",
    "Popen",
    "POSIX",
    "POWER_TIME_UNKNOWN",
    "POWER_TIME_UNLIMITED",
    "Process",
    "process_iter",
    "processes",
    "ProcessStatus",
    "register_exit_fun",
    "Sampler",
    "sensors_battery",
    "STATUS_DEAD",
    "STATUS_DISK_SLEEP",
    "STATUS_IDLE",
    "STATUS_LOCKED",
    "STATUS_PARKED",
    "STATUS_RUNNING",
    "STATUS_SLEEPING",
    "STATUS_STOPPED",
    "STATUS_SUSPENDED",
    "STATUS_TRACING_STOP",
    "STATUS_WAITING",
    "STATUS_WAKE_KILL",
    "STATUS_WAKING",
    "STATUS_ZOMBIE",
    "SUNOS",
    "swap_devices",
    "swap_memory",
    "TimeoutExpired",
    "users",
    "version_info",
    "virtual_memory",
    "wait_procs",
    "WINDOWS",
    "ZombieProcess",
]

# What only this system has.
if sys.platform == "win32":
    from ._enums import ProcessIOPriority, ProcessPriority
    from ._oslens import WindowsService, win_service_get, win_service_iter

    CONN_DELETE_TCB = ConnectionStatus.CONN_DELETE_TCB

    IOPRIO_VERYLOW = ProcessIOPriority.IOPRIO_VERYLOW
    IOPRIO_LOW = ProcessIOPriority.IOPRIO_LOW
    IOPRIO_NORMAL = ProcessIOPriority.IOPRIO_NORMAL
    IOPRIO_HIGH = ProcessIOPriority.IOPRIO_HIGH

    IDLE_PRIORITY_CLASS = ProcessPriority.IDLE_PRIORITY_CLASS
    BELOW_NORMAL_PRIORITY_CLASS = ProcessPriority.BELOW_NORMAL_PRIORITY_CLASS
    NORMAL_PRIORITY_CLASS = ProcessPriority.NORMAL_PRIORITY_CLASS
    ABOVE_NORMAL_PRIORITY_CLASS = ProcessPriority.ABOVE_NORMAL_PRIORITY_CLASS
    HIGH_PRIORITY_CLASS = ProcessPriority.HIGH_PRIORITY_CLASS
    REALTIME_PRIORITY_CLASS = ProcessPriority.REALTIME_PRIORITY_CLASS

    __all__ += [
        "ABOVE_NORMAL_PRIORITY_CLASS",
        "BELOW_NORMAL_PRIORITY_CLASS",
        "CONN_DELETE_TCB",
        "HIGH_PRIORITY_CLASS",
        "IDLE_PRIORITY_CLASS",
        "IOPRIO_HIGH",
        "IOPRIO_LOW",
        "IOPRIO_NORMAL",
        "IOPRIO_VERYLOW",
        "NORMAL_PRIORITY_CLASS",
        "ProcessIOPriority",
        "ProcessPriority",
        "REALTIME_PRIORITY_CLASS",
        "win_service_get",
        "win_service_iter",
        "WindowsService",
    ]
elif sys.platform.startswith("freebsd"):
    from ._enums import ProcessRlimit

    RLIM_INFINITY = ProcessRlimit.RLIM_INFINITY
    RLIMIT_AS = ProcessRlimit.RLIMIT_AS
    RLIMIT_CORE = ProcessRlimit.RLIMIT_CORE
    RLIMIT_CPU = ProcessRlimit.RLIMIT_CPU
    RLIMIT_DATA = ProcessRlimit.RLIMIT_DATA
    RLIMIT_FSIZE = ProcessRlimit.RLIMIT_FSIZE
    RLIMIT_MEMLOCK = ProcessRlimit.RLIMIT_MEMLOCK
    RLIMIT_NOFILE = ProcessRlimit.RLIMIT_NOFILE
    RLIMIT_NPROC = ProcessRlimit.RLIMIT_NPROC
    RLIMIT_NPTS = ProcessRlimit.RLIMIT_NPTS
    RLIMIT_RSS = ProcessRlimit.RLIMIT_RSS
    RLIMIT_SBSIZE = ProcessRlimit.RLIMIT_SBSIZE
    RLIMIT_STACK = ProcessRlimit.RLIMIT_STACK
    RLIMIT_SWAP = ProcessRlimit.RLIMIT_SWAP

    __all__ += [
        "ProcessRlimit",
        "RLIM_INFINITY",
        "RLIMIT_AS",
        "RLIMIT_CORE",
        "RLIMIT_CPU",
        "RLIMIT_DATA",
        "RLIMIT_FSIZE",
        "RLIMIT_MEMLOCK",
        "RLIMIT_NOFILE",
        "RLIMIT_NPROC",
        "RLIMIT_NPTS",
        "RLIMIT_RSS",
        "RLIMIT_SBSIZE",
        "RLIMIT_STACK",
        "RLIMIT_SWAP",
    ]
elif sys.platform == "linux" or sys.platform == "android":
    from ._enums import ProcessIOPriority, ProcessRlimit
    from ._oslens import (
        cgroup_limits,
        cgroup_usage,
        pressure,
        sensors_fans,
        sensors_temperatures,
    )

    # Where the kernel's files are. Both are read again at every call.
    PROCFS_PATH = "/proc"
    SYSFS_PATH = "/sys"

    IOPRIO_CLASS_NONE = ProcessIOPriority.IOPRIO_CLASS_NONE
    IOPRIO_CLASS_RT = ProcessIOPriority.IOPRIO_CLASS_RT
    IOPRIO_CLASS_BE = ProcessIOPriority.IOPRIO_CLASS_BE
    IOPRIO_CLASS_IDLE = ProcessIOPriority.IOPRIO_CLASS_IDLE

    RLIM_INFINITY = ProcessRlimit.RLIM_INFINITY
    RLIMIT_CPU = ProcessRlimit.RLIMIT_CPU
    RLIMIT_FSIZE = ProcessRlimit.RLIMIT_FSIZE
    RLIMIT_DATA = ProcessRlimit.RLIMIT_DATA
    RLIMIT_STACK = ProcessRlimit.RLIMIT_STACK
    RLIMIT_CORE = ProcessRlimit.RLIMIT_CORE
    RLIMIT_RSS = ProcessRlimit.RLIMIT_RSS
    RLIMIT_NPROC = ProcessRlimit.RLIMIT_NPROC
    RLIMIT_NOFILE = ProcessRlimit.RLIMIT_NOFILE
    RLIMIT_MEMLOCK = ProcessRlimit.RLIMIT_MEMLOCK
    RLIMIT_AS = ProcessRlimit.RLIMIT_AS
    RLIMIT_LOCKS = ProcessRlimit.RLIMIT_LOCKS
    RLIMIT_SIGPENDING = ProcessRlimit.RLIMIT_SIGPENDING
    RLIMIT_MSGQUEUE = ProcessRlimit.RLIMIT_MSGQUEUE
    RLIMIT_NICE = ProcessRlimit.RLIMIT_NICE
    RLIMIT_RTPRIO = ProcessRlimit.RLIMIT_RTPRIO
    RLIMIT_RTTIME = ProcessRlimit.RLIMIT_RTTIME

    __all__ += [
        "cgroup_limits",
        "cgroup_usage",
        "IOPRIO_CLASS_BE",
        "IOPRIO_CLASS_IDLE",
        "IOPRIO_CLASS_NONE",
        "IOPRIO_CLASS_RT",
        "pressure",
        "ProcessIOPriority",
        "ProcessRlimit",
        "PROCFS_PATH",
        "RLIM_INFINITY",
        "RLIMIT_AS",
        "RLIMIT_CORE",
        "RLIMIT_CPU",
        "RLIMIT_DATA",
        "RLIMIT_FSIZE",
        "RLIMIT_LOCKS",
        "RLIMIT_MEMLOCK",
        "RLIMIT_MSGQUEUE",
        "RLIMIT_NICE",
        "RLIMIT_NOFILE",
        "RLIMIT_NPROC",
        "RLIMIT_RSS",
        "RLIMIT_RTPRIO",
        "RLIMIT_RTTIME",
        "RLIMIT_SIGPENDING",
        "RLIMIT_STACK",
        "sensors_fans",
        "sensors_temperatures",
        "SYSFS_PATH",
    ]

if (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    from ._oslens import sensors_fans, sensors_temperatures

    __all__ += ["sensors_fans", "sensors_temperatures"]

if sys.platform != "win32" and not sys.platform.startswith("openbsd"):
    from ._oslens import zfs_arc

    __all__ += ["zfs_arc"]

if not sys.platform.startswith("openbsd"):
    try:
        # Not with musl.
        from ._oslens import heap_info, heap_trim

        __all__ += ["heap_info", "heap_trim"]
    except ImportError:
        pass

try:
    # What the first cpu_percent() of this thread is compared with.
    _take_cpu_baselines()
except Exception:  # noqa: BLE001: it is asked for the same then, and says why
    pass

del sys, _take_cpu_baselines
