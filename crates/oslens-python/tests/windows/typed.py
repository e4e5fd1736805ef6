"""A program of a user on Windows, which type checkers are to judge as such.

Nobody runs it.
"""

from __future__ import annotations

import signal
import sys
from typing import Optional

import oslens

assert sys.platform == "win32"

service: oslens.WindowsService = oslens.win_service_get("Spooler")
name: str = service.display_name()
pid: Optional[int] = service.pid()
running: list[str] = [
    one.name() for one in oslens.win_service_iter() if one.status() == "running"
]
both: dict[str, object] = service.as_dict(["name", "status"])

me = oslens.Process()
handles: int = me.num_handles()
priority: oslens.ProcessPriority = me.nice()
me.nice(oslens.BELOW_NORMAL_PRIORITY_CLASS)
io: oslens.ProcessIOPriority = me.ionice()
me.ionice(oslens.IOPRIO_LOW)
me.send_signal(signal.CTRL_BREAK_EVENT)
peak: int = me.memory_info().peak_rss
virtual: int = me.memory_info_ex().virtual
others: int = me.io_counters().other_bytes
uss: int = me.memory_footprint().uss
dpc: float = oslens.cpu_times().dpc
wired: int = oslens.virtual_memory().wired
heaps: int = oslens.heap_info().heap_count
load: tuple[float, float, float] = oslens.getloadavg()

# What Windows does not have is an error: mypy warns of these when it is not.
me.uids()  # type: ignore[attr-defined]
me.rlimit(1)  # type: ignore[attr-defined]
oslens.pressure("cpu")  # type: ignore[attr-defined]
oslens.RLIMIT_NOFILE  # type: ignore[attr-defined]
oslens.cpu_times().iowait  # type: ignore[attr-defined]
