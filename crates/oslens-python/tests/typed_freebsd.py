"""A program of a user on FreeBSD, which type checkers are to judge as such.

Nobody runs it.
"""

from __future__ import annotations

import oslens

me = oslens.Process()
limits: tuple[int, int] = me.rlimit(oslens.RLIMIT_SBSIZE)
cpus: list[int] = me.cpu_affinity()
references: int = me.memory_maps()[0].ref_count
stack: int = me.memory_info().stack
cpu: int = me.cpu_num()
descriptors: int = me.num_fds()
irq: float = oslens.cpu_times().irq
wired: int = oslens.virtual_memory().wired
used: int = oslens.heap_info().heap_used
hot = [temperature.current for temperature in oslens.sensors_temperatures()["cpu"]]

# What FreeBSD does not have is an error: mypy warns of these when it is not.
me.ionice()  # type: ignore[attr-defined]
me.memory_footprint()  # type: ignore[attr-defined]
me.cgroups()  # type: ignore[attr-defined]
oslens.pressure("cpu")  # type: ignore[attr-defined]
oslens.RLIMIT_SIGPENDING  # type: ignore[attr-defined]
oslens.PROCFS_PATH  # type: ignore[attr-defined]
oslens.cpu_times().iowait  # type: ignore[attr-defined]
