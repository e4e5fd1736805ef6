"""Functions registered for the end of the process run once, at every end that
lets them."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

import oslens

HEAD = """
import atexit, os, signal, sys, threading
import oslens
from oslens import register_exit_fun
from signal import SIGTERM, SIGINT, SIGHUP, SIGUSR1

def say(text):
    def function():
        print(text, flush=True)
    return function

def raise_signal(signum, pid=None):
    os.kill(pid or os.getpid(), signum)
    for _ in range(1000):
        pass
"""


# What these tests are started by may ignore signals, as nohup does, and what
# is ignored is inherited.
NOTHING_IGNORED = """
import signal
for _signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(_signum, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""


@pytest.fixture
def end(run):
    return lambda script: run(NOTHING_IGNORED + HEAD + "\n" + script)


def test_the_normal_exit_runs_it_once(end):
    done = end("register_exit_fun(say('bye')); print('main')")
    assert (done.status, done.out, done.err) == (0, "main\nbye\n", "")


def test_sys_exit_runs_it_and_keeps_its_status(end):
    done = end("register_exit_fun(say('bye')); sys.exit(5)")
    assert (done.status, done.out) == (5, "bye\n")


def test_an_exception_runs_it(end):
    done = end("register_exit_fun(say('bye')); 1 / 0")
    assert (done.status, done.out) == (1, "bye\n")
    assert "ZeroDivisionError" in done.err


def test_sigterm_runs_it_and_is_the_status(end):
    done = end("register_exit_fun(say('bye')); raise_signal(SIGTERM); print('late')")
    assert (done.status, done.out) == (-signal.SIGTERM, "bye\n"), done
    assert "SIGTERM" in done.err and done.err.count("\n") == 1


def test_other_signals_run_it_if_they_are_given(end):
    done = end("register_exit_fun(say('bye'), signals=[SIGHUP]); raise_signal(SIGHUP)")
    assert (done.status, done.out) == (-signal.SIGHUP, "bye\n")
    done = end("register_exit_fun(say('bye'), signals=[SIGHUP]); raise_signal(SIGTERM)")
    assert (done.status, done.out) == (-signal.SIGTERM, "")


def test_without_signals_it_is_for_the_normal_exit(end):
    script = "register_exit_fun(say('bye'), signals=()); "
    assert end(script).out == "bye\n"
    done = end(script + "raise_signal(SIGTERM)")
    assert (done.status, done.out) == (-signal.SIGTERM, "")


def test_sigint_is_a_keyboard_interrupt(end):
    script = "register_exit_fun(say('bye'), signals=[SIGINT], logfun=None)\n"
    done = end(script + "raise_signal(SIGINT)")
    assert (done.status, done.out) == (-signal.SIGINT, "bye\n")
    assert "KeyboardInterrupt" in done.err
    done = end(
        script + "try: raise_signal(SIGINT)\nexcept KeyboardInterrupt: print('caught')"
    )
    assert (done.status, done.out, done.err) == (0, "bye\ncaught\n", "")


def test_os_exit_runs_nothing(end):
    done = end("register_exit_fun(say('bye')); os._exit(3)")
    assert (done.status, done.out) == (3, "")


def test_a_second_signal_does_not_run_it_twice(end):
    done = end(
        """
def slow():
    print('begin', flush=True)
    raise_signal(SIGTERM)
    raise_signal(SIGHUP)
    print('end', flush=True)
register_exit_fun(slow, signals=[SIGTERM, SIGHUP], logfun=None)
raise_signal(SIGTERM)
"""
    )
    assert (done.status, done.out) == (-signal.SIGTERM, "begin\nend\n"), done


def test_a_signal_during_the_normal_exit_waits_and_is_the_status(end):
    done = end(
        """
@register_exit_fun
def first():
    raise_signal(SIGTERM)
    print('first', flush=True)
register_exit_fun(say('second'))
"""
    )
    assert (done.status, done.out) == (-signal.SIGTERM, "first\nsecond\n"), done


def test_a_signal_during_a_caught_interrupt_is_not_lost(end):
    done = end(
        """
def slow():
    raise_signal(SIGTERM)
    print('bye', flush=True)
register_exit_fun(slow, signals=[SIGINT, SIGTERM], logfun=None)
try:
    raise_signal(SIGINT)
except KeyboardInterrupt:
    pass
print('alive')
"""
    )
    assert (done.status, done.out) == (-signal.SIGTERM, "bye\n"), done


def test_handlers_from_before_run_first(end):
    done = end(
        """
def handler(signum, frame):
    print('handler', signum == SIGTERM, frame is not None, flush=True)
signal.signal(SIGTERM, handler)
register_exit_fun(say('one'), logfun=None)
register_exit_fun(say('two'), logfun=None)
raise_signal(SIGTERM)
"""
    )
    assert done.status == -signal.SIGTERM
    assert done.out == "handler True True\none\ntwo\n"


def test_what_a_handler_from_before_raises_goes_on(end):
    done = end(
        """
signal.signal(SIGTERM, lambda *_: sys.exit(9))
register_exit_fun(say('bye'), logfun=None)
raise_signal(SIGTERM)
"""
    )
    assert (done.status, done.out) == (9, "bye\n"), done


def test_a_handler_put_over_it_may_call_it(end):
    done = end(
        """
signal.signal(SIGTERM, lambda *_: print('first', flush=True))
register_exit_fun(say('one'), logfun=None)
ours = signal.getsignal(SIGTERM)
def over(signum, frame):
    print('over', flush=True)
    ours(signum, frame)
signal.signal(SIGTERM, over)
register_exit_fun(say('two'), logfun=None)
raise_signal(SIGTERM)
"""
    )
    assert done.status == -signal.SIGTERM, done
    assert done.out == "over\nfirst\none\ntwo\n"


def test_an_ignored_signal_stays_ignored(end):
    done = end(
        "signal.signal(SIGTERM, signal.SIG_IGN)\n"
        "register_exit_fun(say('bye'), signals=[SIGTERM, SIGHUP], logfun=None)\n"
        "raise_signal(SIGTERM); print('alive', flush=True)\n"
        "assert signal.getsignal(SIGTERM) == signal.SIG_IGN\n"
        "raise_signal(SIGHUP); print('late')"
    )
    assert (done.status, done.out) == (-signal.SIGHUP, "alive\nbye\n")


def test_under_nohup_it_lives_on_when_the_terminal_is_closed(tmp_path):
    code = HEAD + (
        "register_exit_fun(say('bye'), signals=[SIGHUP, SIGTERM])\n"
        "raise_signal(SIGHUP); print('alive', flush=True); raise_signal(SIGTERM)"
    )
    done = subprocess.run(
        ["nohup", sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "alive\nbye\n"), done
    assert "SIGHUP" not in done.stderr and "SIGTERM" in done.stderr


def test_an_ignored_signal_is_refused_where_handlers_are(end):
    done = end(
        """
signal.signal(SIGTERM, signal.SIG_IGN)

def refused():
    try:
        register_exit_fun(say('bye'))
    except ValueError as error:
        print(error)

thread = threading.Thread(target=refused)
thread.start()
thread.join()
"""
    )
    assert "only in the main thread" in done.out, done


def test_a_failing_function_does_not_keep_others_from_running(end):
    script = """
@register_exit_fun
def fails():
    raise LookupError('not here')
register_exit_fun(say('bye'))
"""
    for tail, status in (("", 0), ("raise_signal(SIGTERM)", -signal.SIGTERM)):
        done = end(script + tail)
        assert (done.status, done.out) == (status, "bye\n")
        assert "LookupError: not here" in done.err


def test_a_hook_for_exceptions_that_fails_does_not_either(end):
    done = end(
        """
def hook(*_): raise OSError('in the hook')
sys.excepthook = hook
@register_exit_fun
def fails():
    raise LookupError('not here')
register_exit_fun(say('bye'))
raise_signal(SIGTERM)
"""
    )
    assert (done.status, done.out) == (-signal.SIGTERM, "bye\n"), done
    assert "not here" in done.err and "in the hook" in done.err


def test_what_functions_register_runs_too(end):
    script = """
@register_exit_fun(logfun=None)
def outer():
    print('outer', flush=True)
    register_exit_fun(say('inner'), logfun=None)
register_exit_fun(say('next'), logfun=None)
"""
    for tail, status in (("", 0), ("raise_signal(SIGTERM)", -signal.SIGTERM)):
        done = end(script + tail)
        assert (done.status, done.out) == (status, "outer\nnext\ninner\n"), done


def test_it_runs_while_the_main_thread_waits(end):
    script = """
register_exit_fun(say('bye'), logfun=None)
thread = threading.Timer(0.2, raise_signal, [SIGTERM, os.getpid()])
thread.start()
"""
    for wait in (
        "threading.Lock().acquire() and threading.Event().wait()",
        "import time; time.sleep(60)",
        "import subprocess; subprocess.run(['sleep', '1'])",
        "thread.join(); threading.Event().wait()",
    ):
        done = end(script + wait)
        assert (done.status, done.out) == (-signal.SIGTERM, "bye\n"), (wait, done)


def test_interrupts_that_are_caught_run_it_once_for_all(end):
    done = end(
        """
register_exit_fun(say('bye'), signals=[SIGINT, SIGTERM], logfun=None)
for _ in range(3):
    try:
        raise_signal(SIGINT)
    except KeyboardInterrupt:
        print('caught', flush=True)
"""
    )
    assert (done.status, done.out) == (0, "bye\ncaught\ncaught\ncaught\n"), done


def test_sigkill_runs_nothing(end):
    done = end("register_exit_fun(say('bye')); os.kill(os.getpid(), signal.SIGKILL)")
    assert (done.status, done.out) == (-signal.SIGKILL, "")


def test_functions_run_in_the_order_of_registration(end):
    script = "for i in 'abc': register_exit_fun(say(i), logfun=None)\n"
    assert end(script).out == "a\nb\nc\n"
    assert end(script + "raise_signal(SIGTERM)").out == "a\nb\nc\n"


def test_functions_of_atexit_run_first(end):
    done = end(
        "atexit.register(say('before')); register_exit_fun(say('bye'));"
        "atexit.register(say('after'))"
    )
    assert (done.status, done.out) == (0, "after\nbefore\nbye\n")


def test_registered_twice_it_runs_once(end):
    script = """
class Thing:
    def close(self): print('closed', flush=True)
thing = Thing()
register_exit_fun(thing.close)
register_exit_fun(thing.close, signals=[SIGHUP])
"""
    assert end(script).out == "closed\n"
    for signum in (signal.SIGTERM, signal.SIGHUP):
        done = end(script + f"raise_signal({int(signum)})")
        assert (done.status, done.out) == (-signum, "closed\n")


def test_it_is_a_decorator(end):
    script = """
@register_exit_fun
def one(): print('one', flush=True)
@register_exit_fun()
def two(): print('two', flush=True)
@register_exit_fun(signals=[SIGHUP])
def three(): print('three', flush=True)
assert (one.__name__, two.__name__, three.__name__) == ('one', 'two', 'three')
"""
    assert end(script).out == "one\ntwo\nthree\n"
    assert end(script + "raise_signal(SIGTERM)").out == "one\ntwo\n"
    assert end(script + "raise_signal(SIGHUP)").out == "three\n"


def test_logfun_gets_one_line_per_signal(end):
    done = end(
        """
log = lambda text: print('log:', text, flush=True)
register_exit_fun(say('one'), logfun=log)
register_exit_fun(say('two'), logfun=log)
print(os.getpid(), flush=True)
raise_signal(SIGTERM)
"""
    )
    pid, *rest = done.out.splitlines()
    assert rest == [
        f"log: signal SIGTERM received by process with PID {pid}",
        "one",
        "two",
    ]


def test_a_forked_child_leaves_them_to_its_parent(end):
    script = """
register_exit_fun(say('bye'), signals=[SIGTERM, SIGINT], logfun=None)
pid = os.fork()
if pid == 0:
    CHILD
_, status = os.waitpid(pid, 0)
print('child', os.waitstatus_to_exitcode(status), flush=True)
"""
    for child, status in (
        ("sys.exit(4)", 4),
        ("raise_signal(SIGTERM)", -signal.SIGTERM),
        ("raise_signal(SIGINT)", -signal.SIGINT),
        ("register_exit_fun(say('own')); raise_signal(SIGTERM)", -signal.SIGTERM),
    ):
        done = end(script.replace("CHILD", child))
        own = "own\n" if "own" in child else ""
        assert done.out == f"{own}child {status}\nbye\n", done


def test_buffered_output_is_not_lost(end):
    done = end(
        "register_exit_fun(lambda: print('bye'), logfun=None); print('main');"
        "raise_signal(SIGTERM)"
    )
    assert done.out == "main\nbye\n"


def test_signals_that_nobody_handles_are_refused():
    for signum in (signal.SIGKILL, signal.SIGSTOP):
        with pytest.raises(ValueError, match=signum.name):
            oslens.register_exit_fun(lambda: None, signals=[signum])
    for signum in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
        with pytest.raises(ValueError, match=f"crash .{signum.name}"):
            oslens.register_exit_fun(lambda: None, signals=[signum])
    with pytest.raises(ValueError, match="1 to 64"):
        oslens.register_exit_fun(lambda: None, signals=[0])
    with pytest.raises(TypeError, match="signals"):
        oslens.register_exit_fun(lambda: None, signals=signal.SIGTERM)
    with pytest.raises(TypeError, match="signals"):
        oslens.register_exit_fun(lambda: None, signals=["SIGTERM"])
    with pytest.raises(TypeError, match="fun"):
        oslens.register_exit_fun(3)
    with pytest.raises(TypeError, match="logfun"):
        oslens.register_exit_fun(lambda: None, logfun=3)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_other_threads_get_a_clear_error():
    errors = []

    def register():
        try:
            oslens.register_exit_fun(lambda: None)
        except ValueError as error:
            errors.append(str(error))

    thread = threading.Thread(target=register)
    thread.start()
    thread.join()
    assert len(errors) == 1 and "main thread" in errors[0]


def test_without_signals_other_threads_may_register(end):
    done = end(
        """
thread = threading.Thread(target=lambda: register_exit_fun(say('bye'), signals=()))
thread.start(); thread.join()
"""
    )
    assert (done.status, done.out, done.err) == (0, "bye\n", "")
