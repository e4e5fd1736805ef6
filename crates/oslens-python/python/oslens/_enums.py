"""The constants that are members of enums."""

import enum
import sys

from ._oslens import RLIMITS

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:

    class StrEnum(str, enum.Enum):
        """Members that are strings."""

        __str__ = str.__str__
        __format__ = str.__format__


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


class NicDuplex(enum.IntEnum):
    """Whether a network interface sends and receives at once."""

    NIC_DUPLEX_FULL = 2
    NIC_DUPLEX_HALF = 1
    NIC_DUPLEX_UNKNOWN = 0


class BatteryTime(enum.IntEnum):
    """What `sensors_battery().secsleft` is when it is not seconds."""

    POWER_TIME_UNKNOWN = -1
    POWER_TIME_UNLIMITED = -2


class AddressFamily(enum.IntEnum):
    """The family of link (MAC) addresses; that of others is in `socket`."""

    AF_LINK = 17


class ProcessIOPriority(enum.IntEnum):
    """What `Process.ionice()` takes and returns."""

    IOPRIO_CLASS_NONE = 0
    IOPRIO_CLASS_RT = 1
    IOPRIO_CLASS_BE = 2
    IOPRIO_CLASS_IDLE = 3


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
