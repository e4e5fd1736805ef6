"""Functions that run when the process ends: normally, or by a signal."""

from __future__ import annotations

import atexit
import os
import signal
import sys

# `typing` is slow to import; type checkers know this name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType
    from typing import Any, NoReturn, Optional, TypeVar, overload

    _F = TypeVar("_F", bound=Callable[[], object])
    _Log = Optional[Callable[[str], object]]

# Python would note them, and go back to the instruction that fails, for ever.
_CRASHES = {signal.SIGSEGV, signal.SIGFPE, signal.SIGILL}
_UNCATCHABLE: set[signal.Signals] = set()
if sys.platform != "win32":
    _CRASHES.add(signal.SIGBUS)
    _UNCATCHABLE.update({signal.SIGKILL, signal.SIGSTOP})


def _log_to_stderr(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except RuntimeError:
        # The signal came in the middle of another print.
        os.write(2, f"{text}\n".encode(errors="backslashreplace"))


class _Registered:
    """A function, and the signals that it runs at."""

    def __init__(self, fun: Callable[[], object]) -> None:
        self.fun = fun
        self.logs: dict[int, _Log] = {}
        self.has_run = False


class _Present:
    """What is registered in this process."""

    def __init__(self) -> None:
        self.functions: list[_Registered] = []
        self.running = False
        self.handlers: list[_Handler] = []
        # The first signal that came while functions ran.
        self.pending: int | None = None

    def has_functions_for(self, signum: int) -> bool:
        return any(signum in registered.logs for registered in self.functions)

    def run(self, signum: int | None) -> None:
        """Those that are for the signal (all, if it is none) and have not run
        yet, in the order in which they were registered."""
        if signum is not None:
            self._log(signum)
        for registered in self.functions:
            if registered.has_run:
                continue
            if signum is None or signum in registered.logs:
                # Before it runs: a signal meanwhile must not run it again.
                registered.has_run = True
                _report_errors_of(registered.fun)

    def _log(self, signum: int) -> None:
        text = f"signal {_name(signum)} received by process with PID {os.getpid()}"
        logs: list[Callable[[str], object]] = []
        for registered in self.functions:
            log = registered.logs.get(signum)
            if log is not None and log not in logs:
                logs.append(log)
        for log in logs:
            _report_errors_of(log, text)


_present = _Present()


def _name(signum: int) -> str:
    try:
        return signal.Signals(signum).name
    except ValueError:
        # Real-time signals between the first and the last.
        return str(signum)


def _report_errors_of(fun: Callable[..., object], *arguments: object) -> None:
    """Calls the function. One that fails must not keep others from running."""
    try:
        fun(*arguments)
    except SystemExit:
        # The process is ending already.
        pass
    except BaseException as error:
        try:
            sys.excepthook(type(error), error, error.__traceback__)
        except BaseException as another:
            # A hook of somebody's that fails itself.
            sys.__excepthook__(type(another), another, another.__traceback__)


class _Handler:
    """What a signal calls: first what it called before, then the functions."""

    def __init__(self, previous: Callable[[int, FrameType | None], Any] | int) -> None:
        self.previous = previous

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        present = _present
        if not present.has_functions_for(signum):
            # The child of the process that registered them.
            self._as_before(signum, frame)
        elif self not in present.handlers:
            # Else the same signal again, and it has its effect soon.
            self._run(present, signum, frame)

    def _as_before(self, signum: int, frame: FrameType | None) -> None:
        if callable(self.previous):
            self.previous(signum, frame)
        elif self.previous == signal.SIG_DFL:
            _end_by(signum)

    def _run(self, present: _Present, signum: int, frame: FrameType | None) -> None:
        # Functions run already: another signal came meanwhile, or a handler
        # that was put over this one, and under another one, calls it.
        nested = present.running
        present.running = True
        present.handlers.append(self)
        try:
            if callable(self.previous) and self.previous != signal.default_int_handler:
                # What it raises goes on when the functions have run.
                self.previous(signum, frame)
        finally:
            try:
                if nested:
                    present.pending = present.pending or signum
                else:
                    present.run(signum)
            finally:
                present.handlers.remove(self)
                present.running = nested
        if nested:
            return
        if signum != signal.SIGINT:
            _end_by(signum)
        pending, present.pending = present.pending, None
        if pending is not None and pending != signum:
            _end_by(pending)
        raise KeyboardInterrupt


def _end_by(signum: int) -> NoReturn:
    """Ends the process as the signal ends one that does not handle it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            # The signal may have come in the middle of a write.
            pass
    signal.signal(signum, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signum})
    os.kill(os.getpid(), signum)
    # Alive: the kernel lets some signals pass, and the first process of a
    # container does not die of those it does not handle.
    raise SystemExit(128 + signum)


@atexit.register
def _at_exit() -> None:
    present = _present
    present.running = True
    try:
        present.run(None)
    finally:
        present.running = False
    if present.pending is not None:
        _end_by(present.pending)


def _forget() -> None:
    """The functions are the parent's to run."""
    global _present
    _present = _Present()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget)


def _checked(signals: Iterable[int]) -> list[int]:
    try:
        wanted = list(signals)
    except TypeError:
        raise TypeError(
            "signals must be several, such as (signal.SIGTERM, signal.SIGHUP), "
            f"not {signals!r}"
        ) from None
    for signum in wanted:
        if not isinstance(signum, int):
            raise TypeError(
                f"signals must be numbers, such as signal.SIGTERM, not {signum!r}"
            )
        if signum in _UNCATCHABLE:
            raise ValueError(f"no process can handle the signal {_name(signum)}")
        if signum in _CRASHES:
            raise ValueError(
                f"no function of Python's can run at a crash ({_name(signum)})"
            )
        if not 1 <= signum < signal.NSIG:
            raise ValueError(
                f"signals must be numbers from 1 to {signal.NSIG - 1}, not {signum}"
            )
    return list(dict.fromkeys(int(signum) for signum in wanted))


def _handle(signum: int) -> None:
    """Makes the signal call the functions, if it does not yet, and is not
    ignored."""
    present = signal.getsignal(signum)
    if isinstance(present, _Handler):
        return
    if present is None:
        raise RuntimeError(
            f"the signal {_name(signum)} has a handler that is not Python's: "
            "it could not be called any more"
        )
    # Whoever ignores it wants the process to live on, as nohup does.
    handler = present if present == signal.SIG_IGN else _Handler(present)
    try:
        signal.signal(signum, handler)
    except ValueError:
        raise ValueError(
            "register_exit_fun() can register for signals only in the main thread "
            "of the main interpreter; signals=() is for the normal exit alone"
        ) from None


def _register(fun: _F, signals: list[int], logfun: _Log) -> _F:
    if not callable(fun):
        raise TypeError(f"fun must be callable, not {fun!r}")
    # Handlers first: without functions they do what was done before.
    for signum in signals:
        _handle(signum)
    for registered in _present.functions:
        # Bound methods are equal, and never the same.
        if registered.fun == fun:
            break
    else:
        registered = _Registered(fun)
        _present.functions.append(registered)
    for signum in signals:
        registered.logs.setdefault(signum, logfun)
    return fun


if TYPE_CHECKING:

    @overload
    def register_exit_fun(
        fun: _F, signals: Iterable[int] = ..., logfun: _Log = ...
    ) -> _F: ...
    @overload
    def register_exit_fun(
        fun: None = None, signals: Iterable[int] = ..., logfun: _Log = ...
    ) -> Callable[[_F], _F]: ...


def register_exit_fun(
    fun: _F | None = None,
    signals: Iterable[int] = (signal.SIGTERM,),
    logfun: _Log = _log_to_stderr,
) -> _F | Callable[[_F], _F]:
    """Has a function called when the process ends: at the normal end of the
    interpreter (also by `sys.exit()` or an exception) and at each of the
    signals. It is called once, without arguments.

    It is a decorator too, with and without arguments:

    >>> import signal
    >>> @register_exit_fun(signals=(signal.SIGTERM, signal.SIGHUP), logfun=None)
    ... def clean_up():
    ...     pass

    - Functions run in the order in which they were registered; at a signal,
      after the handler that the signal had before; at the normal end, after
      what was given to `atexit` since oslens was imported.
    - Then the process ends by the signal, so that its status says so.
      SIGINT raises `KeyboardInterrupt` instead. If the handler from before
      raised something (`SystemExit`, for instance), that goes on.
    - A signal that is ignored when this is called stays so, and the process
      lives on: that is what `nohup` is for, and what shells do for programs
      in the background.
    - `finally` clauses and functions of `atexit` do not run at a signal, as
      they do not without this function.
    - An exception in a function is printed, and the next one runs.
    - `logfun` is called with a line about the signal, before the functions;
      it is for standard error by default, and `None` says nothing.
    - A child that is forked has none of its parent's functions to run.
    - Nothing runs at SIGKILL, nor at `os._exit()`, nor at a crash.

    Raises `ValueError` for signals that nobody can handle (SIGKILL, SIGSTOP)
    or that are crashes (SIGSEGV, SIGBUS, SIGFPE, SIGILL), and for signals
    outside the main thread, where Python has none; `RuntimeError` where a
    handler is not Python's; `TypeError` for others than callables and numbers.
    """
    wanted = _checked(signals)
    if logfun is not None and not callable(logfun):
        raise TypeError(f"logfun must be callable or None, not {logfun!r}")
    if fun is not None:
        return _register(fun, wanted, logfun)

    def decorate(fun: _F) -> _F:
        return _register(fun, wanted, logfun)

    return decorate
