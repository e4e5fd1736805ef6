"""Processes, CPU, memory, disks, network and sensors of a running machine.

The names are psutil's:

>>> import oslens as psutil
>>> psutil.virtual_memory().percent < 100
True
"""

import sys as _sys

if not _sys.platform.startswith(("linux", "android")):
    raise ImportError(
        f"oslens for Python does not support the platform {_sys.platform!r} yet: "
        "it runs on Linux"
    )

from ._enums import (
    AddressFamily,
    BatteryTime,
    ConnectionStatus,
    NicDuplex,
    ProcessIOPriority,
    ProcessStatus,
)
from ._exceptions import (
    AccessDenied,
    Error,
    NoSuchProcess,
    TimeoutExpired,
    ZombieProcess,
)
from ._oslens import (
    boot_time,
    cpu_count,
    cpu_freq,
    cpu_percent,
    cpu_stats,
    cpu_times,
    cpu_times_percent,
    pid_exists,
    pids,
    swap_memory,
    users,
    virtual_memory,
)

from ._process import Process

# Where the kernel's files are. Both are read again at every call.
PROCFS_PATH = "/proc"
SYSFS_PATH = "/sys"
