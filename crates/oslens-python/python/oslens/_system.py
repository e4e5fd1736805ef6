"""System functions that Python adds something to."""

from __future__ import annotations

import os
import sys

from . import _oslens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, Protocol, overload

    from ._ntuples import sdiskio, snetio

    class _DiskIoCounters(Protocol):
        @overload
        def __call__(
            self, perdisk: Literal[False] = False, nowrap: bool = True
        ) -> sdiskio | None: ...
        @overload
        def __call__(
            self, perdisk: Literal[True], nowrap: bool = True
        ) -> dict[str, sdiskio]: ...
        def cache_clear(self) -> None: ...

    class _NetIoCounters(Protocol):
        @overload
        def __call__(
            self, pernic: Literal[False] = False, nowrap: bool = True
        ) -> snetio | None: ...
        @overload
        def __call__(
            self, pernic: Literal[True], nowrap: bool = True
        ) -> dict[str, snetio]: ...
        def cache_clear(self) -> None: ...

    disk_io_counters: _DiskIoCounters
    net_io_counters: _NetIoCounters
else:

    def disk_io_counters(perdisk=False, nowrap=True):
        """What was read from and written to disks since boot, as `sdiskio`:
        counts, bytes and milliseconds.

        It is the sum of all whole devices, or with `perdisk` a dict with each
        device and partition. `None` (or an empty dict) if there are none.

        With `nowrap`, counters that reach their end and begin at 0 again are
        carried on, so that they only grow; `disk_io_counters.cache_clear()`
        forgets what was carried.
        """
        return _oslens._disk_io_counters(perdisk, nowrap)

    disk_io_counters.cache_clear = _oslens._forget_disks

    def net_io_counters(pernic=False, nowrap=True):
        """What went through network interfaces since boot, as `snetio`: bytes,
        packets, errors and drops.

        It is the sum of all, or with `pernic` a dict with each interface.
        `None` (or an empty dict) if there are none.

        With `nowrap`, counters that reach their end and begin at 0 again are
        carried on, so that they only grow; `net_io_counters.cache_clear()`
        forgets what was carried.
        """
        return _oslens._net_io_counters(pernic, nowrap)

    net_io_counters.cache_clear = _oslens._forget_nics


def bytes2human(n: float) -> str:
    """A number of bytes as a short text, in the largest unit that it fills.

    >>> bytes2human(10000)
    '9.8K'
    >>> bytes2human(100001221)
    '95.4M'
    """
    if isinstance(n, (str, bytes, bytearray)):
        raise TypeError(f"n must be a number of bytes, not {type(n).__name__}")
    size = float(n)
    for unit in "BKMGTPEZ":
        if abs(size) < 1024:
            return f"{size:.1f}{unit}"
        size /= 1024
    return f"{size:.1f}Y"


getloadavg: Callable[[], tuple[float, float, float]]

if sys.platform == "win32":
    getloadavg = _oslens.getloadavg
else:
    # The C library's own, as in psutil.
    getloadavg = os.getloadavg

    os.register_at_fork(
        before=_oslens._before_fork,
        after_in_parent=_oslens._after_fork,
        after_in_child=_oslens._after_fork,
    )
