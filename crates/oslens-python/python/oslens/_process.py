"""Processes: what `ProcessBase` leaves to Python."""

from __future__ import annotations

from ._oslens import ProcessBase


class Process(ProcessBase):
    """A process, by its PID; without one, the calling process."""

    __module__ = "oslens"
