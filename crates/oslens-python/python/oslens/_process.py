"""Processes: what `ProcessBase` leaves to Python."""

from __future__ import annotations

import os
import sys
import time
from _thread import RLock
from collections import namedtuple

from . import _exceptions
from ._exceptions import Error, NoSuchProcess, TimeoutExpired, ZombieProcess
from ._oslens import Pass, ProcessBase, Watch, _processes

# `typing` is slow to import; type checkers know this name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from array import array
    from collections.abc import Callable, Collection, Iterator
    from types import TracebackType
    from typing import IO, Any, Literal, Optional, Protocol, Union, overload

    from ._ntuples import pconn, pfullmem

    _Attrs = Union[list[str], tuple[str, ...], set[str], frozenset[str]]


def _deprecated(text: str) -> None:
    import warnings

    warnings.warn(text, DeprecationWarning, stacklevel=3)


def _check_timeout(timeout: Optional[float]) -> None:
    if timeout is None:
        return
    kind = type(timeout)
    if not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        raise TypeError(
            f"timeout must be a number of seconds or None, not {kind.__name__}"
        )
    # Not of NaN either.
    if not timeout >= 0:
        raise ValueError(f"timeout must be zero or more seconds, not {timeout}")


_LOCK = "_oneshot_lock"
# Another one in each forked child.
_lock_name = _LOCK


def _forked() -> None:
    global _lock_name
    _lock_name = f"{_LOCK}_{os.getpid()}"


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forked)


class _Oneshot:
    """What `Process.oneshot()` returns."""

    __slots__ = ("_held", "_process")

    def __init__(self, process: Process) -> None:
        self._process = process
        # One for each time that it was entered; after a fork, another one.
        self._held: list[RLock] = []

    def __enter__(self) -> None:
        lock = self._process._lock()
        lock.acquire()
        self._held.append(lock)
        self._process._begin_oneshot()

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if not self._held:
            raise RuntimeError("this oneshot() was not entered")
        self._process._end_oneshot()
        self._held.pop().release()


class Process(ProcessBase):
    """A process, by its PID; without one, the calling process.

    The object is that very process for ever: if it ends and its PID is given
    to another one, the methods raise `NoSuchProcess`. Two objects are equal
    if they are the same process.

    All methods raise `NoSuchProcess` when the process has ended,
    `ZombieProcess` for what it has lost by ending, while its parent has not
    asked how it did, and `AccessDenied` for what the caller may not see or do.

    >>> import oslens
    >>> oslens.Process().is_running()
    True
    """

    __module__ = "oslens"

    if TYPE_CHECKING:
        # What wait_procs() gives to those that have ended.
        returncode: Optional[int]

    def _lock(self) -> RLock:
        # One for each object, made when it is first needed.
        return self.__dict__.get(_lock_name) or self._new_lock()

    def _new_lock(self) -> RLock:
        names = self.__dict__
        for name in [name for name in names if name.startswith(_LOCK)]:
            old = names.pop(name, None)
            # After a fork: held by the thread that forked, or by one that is
            # not there to release it.
            if old is not None and old._is_owned():
                return names.setdefault(_lock_name, old)  # type: ignore[no-any-return]
        return names.setdefault(_lock_name, RLock())  # type: ignore[no-any-return]

    def __str__(self) -> str:
        shown: dict[str, object] = {"pid": self.pid}
        is_gone, is_reused = self._end()
        if is_reused:
            shown["status"] = "terminated + PID reused"
        elif is_gone:
            shown["status"] = "terminated"
        else:
            try:
                with self.oneshot():
                    shown["name"] = self.name()
                    shown["status"] = str(self.status())
            except ZombieProcess:
                shown["status"] = "zombie"
            except NoSuchProcess:
                shown["status"] = "terminated"
            except (Error, NotImplementedError):
                pass
        created, code = self._known()
        if code is not None:
            shown["exitcode"] = code
        if created is not None:
            # The day, too, if that is not today or yesterday.
            age = time.time() - created
            form = "%H:%M:%S" if age < 24 * 60 * 60 else "%Y-%m-%d %H:%M:%S"
            shown["started"] = time.strftime(form, time.localtime(created))
        kind = type(self)
        module = kind.__module__
        if module == "oslens":
            module = _exceptions.SHOWN_AS
        values = ", ".join(f"{name}={value!r}" for name, value in shown.items())
        return f"{module}.{kind.__name__}({values})"

    __repr__ = __str__

    def oneshot(self) -> _Oneshot:
        """A context manager in which methods share what they read, so that
        several cost less, and are of one moment.

        For many values `as_dict()` is faster still.

        >>> process = Process()
        >>> with process.oneshot():
        ...     assert process.name() and process.cpu_times() and process.ppid()
        """
        return _Oneshot(self)

    @property
    def info(self) -> dict[str, Any]:
        """Deprecated: what `process_iter()` read. The methods return it."""
        _deprecated(
            "Process.info is deprecated: the methods return what process_iter() read"
        )
        return dict(self._prefetch)

    def memory_full_info(self) -> pfullmem:
        """Deprecated: `memory_info()` and `memory_footprint()` in one."""
        _deprecated("memory_full_info() is deprecated: use memory_footprint()")
        return self._memory_full_info()

    def connections(self, kind: str = "inet") -> list[pconn]:
        """Deprecated: the former name of `net_connections()`."""
        _deprecated("connections() is deprecated: use net_connections()")
        return self.net_connections(kind)

    def wait(self, timeout: Optional[float] = None) -> Optional[int]:
        """Waits until the process has ended. Returns how it did.

        That is the exit code of a child of the caller, or a negative number
        for the signal that ended it; `None` for other processes. A second
        call returns the same at once.

        Raises `TimeoutExpired` if it still runs after `timeout` seconds.

        >>> process = Popen(["false"])
        >>> process.wait(timeout=3)
        1
        """
        return self._wait(timeout)

    async def wait_async(self, timeout: Optional[float] = None) -> Optional[int]:
        """`wait()` for programs that use asyncio: other tasks run meanwhile.

        >>> import asyncio
        >>> asyncio.run(Popen(["true"]).wait_async(timeout=3))
        0
        """
        import asyncio

        _check_timeout(timeout)
        if self._known()[1] is not None:
            return self.wait(0)
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout

        def left() -> Optional[float]:
            return None if deadline is None else max(deadline - loop.time(), 0)

        pidfd = self._pidfd()
        if pidfd is not None and pidfd >= 0:
            ended = loop.create_future()

            def end() -> None:
                loop.remove_reader(pidfd)
                if not ended.done():
                    ended.set_result(None)

            try:
                loop.add_reader(pidfd, end)
                await asyncio.wait([ended], timeout=left())
            finally:
                loop.remove_reader(pidfd)
                os.close(pidfd)
        pause = 0.0001
        while True:
            try:
                return self.wait(0)
            except TimeoutExpired as error:
                remaining = left()
                if remaining == 0:
                    assert timeout is not None
                    # Not name(): the process may have ended since.
                    raise TimeoutExpired(timeout, error.pid, error.name) from None
            await asyncio.sleep(pause if remaining is None else min(pause, remaining))
            pause = min(pause * 2, 0.04)


class Popen(Process):
    """Starts a process, as `subprocess.Popen` does with these arguments, and
    is a `Process` at the same time.

    It has what both have: `name()` and `memory_info()`, `stdin` and
    `communicate()`. Of what both have, `send_signal()`, `terminate()`,
    `kill()` and `wait()` are those of `Process`.

    >>> with Popen(["true"]) as process:
    ...     process.wait()
    0
    """

    __module__ = "oslens"

    if TYPE_CHECKING:
        # Of subprocess.Popen.
        args: Any
        stdin: Optional[IO[Any]]
        stdout: Optional[IO[Any]]
        stderr: Optional[IO[Any]]

        def poll(self) -> Optional[int]: ...
        def communicate(
            self, input: Any = None, timeout: Optional[float] = None
        ) -> tuple[Any, Any]: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        import subprocess

        self.__subproc: subprocess.Popen[Any] = subprocess.Popen(*args, **kwargs)
        try:
            super().__init__(self.__subproc.pid)
        except NoSuchProcess:
            # Somebody who ignores SIGCHLD starts what ends at once.
            self._adopt_ended(self.__subproc.pid)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.__subproc)})

    def __getattr__(self, name: str) -> Any:
        # Only what `Process` does not have comes here.
        if name == "_Popen__subproc":
            raise AttributeError(name)
        try:
            return getattr(self.__subproc, name)
        except AttributeError:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}"
            ) from None

    def __enter__(self) -> Popen:
        self.__subproc.__enter__()
        return self

    def __exit__(self, *args: Any) -> None:
        self.__subproc.__exit__(*args)

    def wait(self, timeout: Optional[float] = None) -> Optional[int]:
        """Waits until it has ended. See `Process.wait()`.

        If it is known already how it ended, `timeout` is not looked at.
        """
        if self.__subproc.returncode is not None:
            return int(self.__subproc.returncode)
        code = super().wait(timeout)
        if sys.platform == "win32" and code is None:
            # It had ended before anybody had a handle but subprocess.
            code = self.__subproc.wait()
            # Signed, as Process.wait() has it.
            code -= (code >= 2**31) * 2**32
        self.__subproc.returncode = code
        return code


_cache: dict[int, Process] = {}


if TYPE_CHECKING:

    class _ProcessIter(Protocol):
        def __call__(
            self, attrs: Optional[_Attrs] = None, ad_value: Any = None
        ) -> Iterator[Process]: ...
        def cache_clear(self) -> None: ...


def _with_cache_clear(function: Any) -> _ProcessIter:
    made: _ProcessIter = function
    made.cache_clear = _cache.clear  # type: ignore[method-assign]
    return made


def _iterate(attrs: Optional[_Attrs], ad_value: Any) -> Iterator[Process]:
    yield from Pass(_cache, attrs, ad_value)


@_with_cache_clear
def process_iter(
    attrs: Optional[_Attrs] = None, ad_value: Any = None
) -> Iterator[Process]:
    """All processes, as `Process` objects in ascending order of their PIDs.

    With `attrs` (a list, tuple or set; `Process.attrs` has all) these
    attributes of all processes are read in one go before the first one is
    yielded, and the methods of that name, called without arguments, return
    what was read. `ad_value` stands for what the caller may not see.

    The objects are kept for the next call, so that `cpu_percent()` knows
    what it is compared with; `process_iter.cache_clear()` forgets them.
    Processes that end meanwhile are left out.

    Raises `ValueError` for names in `attrs` that do not exist.

    >>> import oslens
    >>> for process in oslens.process_iter(["name", "memory_info"]):
    ...     name, rss = process.name(), process.memory_info().rss
    """
    if (
        attrs is not None
        and not attrs
        and isinstance(attrs, (list, tuple, set, frozenset))
    ):
        import warnings

        if isinstance(attrs, list):
            warnings.warn(
                "process_iter(attrs=[]) is deprecated: use attrs=Process.attrs",
                DeprecationWarning,
                stacklevel=2,
            )
        else:
            warnings.warn(
                "process_iter() with empty attrs reads all: use attrs=Process.attrs",
                UserWarning,
                stacklevel=2,
            )
    return _iterate(attrs, ad_value)


def wait_procs(
    procs: Collection[Process],
    timeout: Optional[float] = None,
    callback: Optional[Callable[[Process], object]] = None,
) -> tuple[list[Process], list[Process]]:
    """Waits until all of these have ended, or for `timeout` seconds. Returns
    two lists: those that have, in the order in which they did, and those that
    have not.

    Those that have get an attribute `returncode`: what `wait()` returned.
    `callback` is called with each as soon as it has ended.

    Raises `ValueError` for a negative `timeout`, `TypeError` for a `callback`
    that cannot be called.

    >>> gone, alive = wait_procs([Popen(["true"])], timeout=3)
    >>> gone[0].returncode
    0
    """
    _check_timeout(timeout)
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be callable, not {callback!r}")
    gone: list[Process] = []
    alive = dict(enumerate(dict.fromkeys(procs)))
    deadline = None if timeout is None else time.monotonic() + timeout
    watch = Watch(list(alive.values()))
    while alive:
        left = None if deadline is None else max(deadline - time.monotonic(), 0)
        for place in watch.wait(left):
            process = alive[place]
            if not _collect(process):
                watch.look_at(place)
                continue
            watch.remove(place)
            del alive[place]
            gone.append(process)
            if callback is not None:
                callback(process)
        if left == 0:
            break
    return gone, list(alive.values())


def _collect(process: Process) -> bool:
    """Whether it has ended; then it gets a `returncode`."""
    subprocess = sys.modules.get("subprocess")
    expired: tuple[type[BaseException], ...] = (TimeoutExpired,)
    if subprocess is not None:
        expired += (subprocess.TimeoutExpired,)
    try:
        code = process.wait(0)
    except expired:
        return False
    if code is None and process.is_running():
        return False
    process.returncode = code
    return True


_row_classes: dict[tuple[str, ...], Any] = {}


def _row_class(names: tuple[str, ...]) -> Any:
    """The named tuple with these fields."""
    known = _row_classes.get(names)
    if known is not None:
        return known
    made = namedtuple("process", names, module="oslens")  # type: ignore[misc]
    # `pickle` would look for the class in a module.
    made.__reduce__ = _reduce_row  # type: ignore[assignment]
    if len(_row_classes) > 64:
        _row_classes.clear()
    return _row_classes.setdefault(names, made)


def _reduce_row(row: Any) -> tuple[Any, ...]:
    return _row, (row._fields, tuple(row))


def _row(names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    return _row_class(names)._make(values)


# What ps shows.
_USUAL_FIELDS = (
    "pid",
    "ppid",
    "name",
    "status",
    "username",
    "num_threads",
    "cpu_times",
    "memory_info",
    "create_time",
)


if TYPE_CHECKING:

    @overload
    def processes(
        fields: Collection[str] = ...,
        *,
        columns: Literal[False] = False,
        ad_value: Any = None,
    ) -> list[Any]: ...
    @overload
    def processes(
        fields: Collection[str] = ...,
        *,
        columns: Literal[True],
        ad_value: Any = None,
    ) -> dict[str, Union[array[int], array[float], list[Any]]]: ...


def processes(
    fields: Collection[str] = _USUAL_FIELDS,
    *,
    columns: bool = False,
    ad_value: Any = None,
) -> Any:
    """All processes with these fields, read in one go: a list of named
    tuples in ascending order of their PIDs. This is the fastest way.

    Fields are those of `Process.attrs` (but `cpu_percent`, `memory_maps`,
    `net_connections`, `open_files` and `threads`), and "capabilities",
    "cgroups", "effective_uid", "groups", "oom_score", "pgid", "root", "rss",
    "sid" and "vms". `ad_value` stands for what is not known.

    With `columns` the result is a dict of columns. Those of numbers are
    `array.array`, of which `numpy.asarray()` and others make theirs without
    a copy; what is not known is NaN in floats and -2**63 in integers. A field
    with several numbers is as many columns, such as "cpu_times.user". The
    others are lists.

    >>> import oslens
    >>> rows = oslens.processes(["pid", "name", "rss"], ad_value=0)
    >>> biggest = max(rows, key=lambda row: row.rss)
    """
    # Of one name, the letters are not meant; what is no collection Rust refuses.
    names: Any = fields
    if not isinstance(fields, str) and hasattr(fields, "__iter__"):
        names = tuple(fields)
    return _processes(names, None if columns else _row_class, ad_value)
