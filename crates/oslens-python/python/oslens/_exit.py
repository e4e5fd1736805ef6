"""How a process ended that a signal ended."""

from __future__ import annotations

import enum
import signal

# In order, so that of two names for one signal the first is shown.
NegSignal: type[enum.IntEnum] = enum.IntEnum(  # type: ignore[misc]
    "NegSignal", {one.name: -one.value for one in signal.Signals}, module=__name__
)


def negative(number: int) -> int:
    """The member for a signal; for one without a name, the number."""
    try:
        return NegSignal(-number)
    except ValueError:
        return -number
