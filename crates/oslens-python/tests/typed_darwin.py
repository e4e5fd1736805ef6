"""A program of a user on macOS, which type checkers are to judge as such.

Nobody runs it.
"""

from __future__ import annotations

import oslens

me = oslens.Process()
uss: int = me.memory_footprint().uss
footprint: int = me.memory_info_ex().phys_footprint
rss: int = me.memory_maps()[0].rss
nice: float = oslens.cpu_times().nice
wired: int = oslens.virtual_memory().wired
used: int = oslens.heap_info().heap_used

# What macOS does not have is an error: mypy warns of these when it is not.
me.rlimit(1)  # type: ignore[attr-defined]
me.cpu_num()  # type: ignore[attr-defined]
me.cpu_affinity()  # type: ignore[attr-defined]
me.memory_info().stack  # type: ignore[attr-defined]
oslens.RLIMIT_NOFILE  # type: ignore[attr-defined]
oslens.sensors_temperatures()  # type: ignore[attr-defined]
oslens.cpu_times().irq  # type: ignore[attr-defined]
