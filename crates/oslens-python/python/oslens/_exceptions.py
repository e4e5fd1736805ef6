"""The exceptions."""

from __future__ import annotations

# `typing` is slow to import; type checkers know this name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

# What repr() puts before the names: the stand-in for psutil says "psutil".
SHOWN_AS = "oslens"


class Error(Exception):
    """The base class of the exceptions of this package."""

    __module__ = "oslens"

    msg: str = ""

    def _details(self, names: tuple[str, ...]) -> str:
        shown = []
        for name in names:
            value = getattr(self, name, None)
            # PID 0 is one.
            if value or (name == "pid" and value == 0):
                shown.append(f"{name}={value!r}")
        return ", ".join(shown)

    def __str__(self) -> str:
        details = self._details(("pid", "ppid", "name"))
        return f"{self.msg} ({details})".lstrip() if details else self.msg

    def __repr__(self) -> str:
        details = self._details(("pid", "ppid", "name", "seconds", "msg"))
        return f"{SHOWN_AS}.{type(self).__name__}({details})"


class NoSuchProcess(Error):
    """There is no process with this PID, or it belongs to another one now."""

    __module__ = "oslens"

    def __init__(
        self,
        pid: Optional[int],
        name: Optional[str] = None,
        msg: Optional[str] = None,
    ) -> None:
        super().__init__()
        self.pid = pid
        self.name = name
        self.msg: str = msg or "process no longer exists"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.pid, self.name, self.msg)


class ZombieProcess(NoSuchProcess):
    """The process has ended and waits for its parent to ask for its status:
    what was asked for is gone."""

    __module__ = "oslens"

    def __init__(
        self,
        pid: Optional[int],
        name: Optional[str] = None,
        ppid: Optional[int] = None,
        msg: Optional[str] = None,
    ) -> None:
        super().__init__(pid, name, msg or "PID still exists but it's a zombie")
        self.ppid = ppid

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.pid, self.name, self.ppid, self.msg)


class AccessDenied(Error):
    """The caller may not do or see this."""

    __module__ = "oslens"

    def __init__(
        self,
        pid: Optional[int] = None,
        name: Optional[str] = None,
        msg: Optional[str] = None,
    ) -> None:
        super().__init__()
        self.pid = pid
        self.name = name
        self.msg: str = msg or ""

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.pid, self.name, self.msg)


class TimeoutExpired(Error):
    """The process did not end within the time that was given to it."""

    __module__ = "oslens"

    def __init__(
        self,
        seconds: float,
        pid: Optional[int] = None,
        name: Optional[str] = None,
    ) -> None:
        super().__init__()
        self.seconds = seconds
        self.pid = pid
        self.name = name
        self.msg: str = f"timeout after {seconds} seconds"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.seconds, self.pid, self.name)
