"""The constants that are members of enums."""

import enum
import sys

from . import _platform

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:

    class StrEnum(str, enum.Enum):
        """Members that are strings."""

        __str__ = str.__str__

        def __format__(self, form: str) -> str:
            return str.__format__(self, form)


class ProcessStatus(StrEnum):
    """What `Process.status()` returns."""

    STATUS_RUNNING = "running"
    STATUS_SLEEPING = "sleeping"
    STATUS_DISK_SLEEP = "disk-sleep"
    STATUS_STOPPED = "stopped"
    STATUS_TRACING_STOP = "tracing-stop"
    STATUS_ZOMBIE = "zombie"
    STATUS_DEAD = "dead"
    STATUS_WAKE_KILL = "wake-kill"
    STATUS_WAKING = "waking"
    STATUS_IDLE = "idle"
    STATUS_LOCKED = "locked"
    STATUS_WAITING = "waiting"
    STATUS_SUSPENDED = "suspended"
    STATUS_PARKED = "parked"


class ConnectionStatus(StrEnum):
    """The state of a TCP connection; `CONN_NONE` for other sockets."""

    CONN_ESTABLISHED = "ESTABLISHED"
    CONN_SYN_SENT = "SYN_SENT"
    CONN_SYN_RECV = "SYN_RECV"
    CONN_FIN_WAIT1 = "FIN_WAIT1"
    CONN_FIN_WAIT2 = "FIN_WAIT2"
    CONN_TIME_WAIT = "TIME_WAIT"
    CONN_CLOSE = "CLOSE"
    CONN_CLOSE_WAIT = "CLOSE_WAIT"
    CONN_LAST_ACK = "LAST_ACK"
    CONN_LISTEN = "LISTEN"
    CONN_CLOSING = "CLOSING"
    CONN_NONE = "NONE"
    if sys.platform == "win32":
        CONN_DELETE_TCB = "DELETE_TCB"
    if sys.platform.startswith("sunos"):
        CONN_IDLE = "CONN_IDLE"
        CONN_BOUND = "CONN_BOUND"


class NicDuplex(enum.IntEnum):
    """Whether a network interface sends and receives at once."""

    NIC_DUPLEX_FULL = 2
    NIC_DUPLEX_HALF = 1
    NIC_DUPLEX_UNKNOWN = 0


class BatteryTime(enum.IntEnum):
    """What `sensors_battery().secsleft` is when it is not seconds."""

    POWER_TIME_UNKNOWN = -1
    POWER_TIME_UNLIMITED = -2


# The socket module has it under other names, or not at all.
_LINK = -1 if _platform.WINDOWS else 17 if _platform.LINUX else 18


class AddressFamily(enum.IntEnum):
    """The family of link (MAC) addresses; that of others is in `socket`."""

    AF_LINK = _LINK


if sys.platform == "win32":

    class ProcessIOPriority(enum.IntEnum):
        """What `Process.ionice()` takes and returns."""

        IOPRIO_VERYLOW = 0
        IOPRIO_LOW = 1
        IOPRIO_NORMAL = 2
        IOPRIO_HIGH = 3

    class ProcessPriority(enum.IntEnum):
        """What `Process.nice()` takes and returns."""

        IDLE_PRIORITY_CLASS = 0x40
        BELOW_NORMAL_PRIORITY_CLASS = 0x4000
        NORMAL_PRIORITY_CLASS = 0x20
        ABOVE_NORMAL_PRIORITY_CLASS = 0x8000
        HIGH_PRIORITY_CLASS = 0x80
        REALTIME_PRIORITY_CLASS = 0x100

elif sys.platform == "linux" or sys.platform == "android":

    class ProcessIOPriority(enum.IntEnum):
        """What `Process.ionice()` takes and returns."""

        IOPRIO_CLASS_NONE = 0
        IOPRIO_CLASS_RT = 1
        IOPRIO_CLASS_BE = 2
        IOPRIO_CLASS_IDLE = 3


if sys.platform.startswith("freebsd"):

    class ProcessRlimit(enum.IntEnum):
        """What `Process.rlimit()` takes."""

        RLIM_INFINITY = 2**63 - 1
        RLIMIT_CPU = 0
        RLIMIT_FSIZE = 1
        RLIMIT_DATA = 2
        RLIMIT_STACK = 3
        RLIMIT_CORE = 4
        RLIMIT_RSS = 5
        RLIMIT_MEMLOCK = 6
        RLIMIT_NPROC = 7
        RLIMIT_NOFILE = 8
        RLIMIT_SBSIZE = 9
        RLIMIT_AS = 10
        RLIMIT_NPTS = 11
        RLIMIT_SWAP = 12

elif sys.platform == "linux" or sys.platform == "android":
    from ._oslens import RLIMITS

    _numbers = dict(RLIMITS)

    class ProcessRlimit(enum.IntEnum):
        """What `Process.rlimit()` takes. The numbers are those of the machine's
        architecture."""

        RLIM_INFINITY = -1
        RLIMIT_CPU = _numbers["RLIMIT_CPU"]
        RLIMIT_FSIZE = _numbers["RLIMIT_FSIZE"]
        RLIMIT_DATA = _numbers["RLIMIT_DATA"]
        RLIMIT_STACK = _numbers["RLIMIT_STACK"]
        RLIMIT_CORE = _numbers["RLIMIT_CORE"]
        RLIMIT_RSS = _numbers["RLIMIT_RSS"]
        RLIMIT_NPROC = _numbers["RLIMIT_NPROC"]
        RLIMIT_NOFILE = _numbers["RLIMIT_NOFILE"]
        RLIMIT_MEMLOCK = _numbers["RLIMIT_MEMLOCK"]
        RLIMIT_AS = _numbers["RLIMIT_AS"]
        RLIMIT_LOCKS = _numbers["RLIMIT_LOCKS"]
        RLIMIT_SIGPENDING = _numbers["RLIMIT_SIGPENDING"]
        RLIMIT_MSGQUEUE = _numbers["RLIMIT_MSGQUEUE"]
        RLIMIT_NICE = _numbers["RLIMIT_NICE"]
        RLIMIT_RTPRIO = _numbers["RLIMIT_RTPRIO"]
        RLIMIT_RTTIME = _numbers["RLIMIT_RTTIME"]
