"""`disk_usage()` of a file system that does not answer: it can be left alone."""

from __future__ import annotations

import pytest

# A FUSE mount whose server reads no request: every call waits.
HUNG = """
import ctypes, os, signal, sys, tempfile, threading, time

libc = ctypes.CDLL(None, use_errno=True)

def check(result):
    if result:
        print("skip:", os.strerror(ctypes.get_errno()))
        sys.exit(0)

check(libc.unshare(0x00020000))
check(libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None))
try:
    server = os.open("/dev/fuse", os.O_RDWR)
except OSError as error:
    print("skip:", error)
    sys.exit(0)
path = tempfile.mkdtemp()
options = f"fd={server},rootmode=40000,user_id=0,group_id=0".encode()
check(libc.mount(b"hung", path.encode(), b"fuse", 0, options))

import oslens

def ends_in_time(work):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\\n".encode())
        finally:
            os._exit(status)
    deadline = time.monotonic() + 20
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        assert time.monotonic() < deadline or os.kill(pid, 9), "the child hangs"
        time.sleep(0.005)
    assert ended[1] == 0, ended
"""


@pytest.fixture
def with_hung_mount(run):
    def script(code: str):
        import textwrap

        done = run(HUNG + textwrap.dedent(code))
        if done.out.startswith("skip:"):
            pytest.skip(done.out.strip())
        assert done.status == 0, done
        assert done.out.endswith("done\n"), done
        return done

    return script


def test_ctrl_c_ends_a_wait_at_once(with_hung_mount):
    with_hung_mount("""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try:
            oslens.disk_usage(path, timeout=30)
        except KeyboardInterrupt:
            assert time.monotonic() - began < 10
        else:
            raise AssertionError("it was not interrupted")
        # Nobody has waited in vain: it is waited for again, and then late.
        for text in ("no answer within", "an earlier call"):
            try:
                oslens.disk_usage(path, timeout=0.2)
            except TimeoutError as error:
                assert text in str(error), error
        print("done")
    """)


def test_handlers_run_while_it_waits(with_hung_mount):
    with_hung_mount("""
        came = []
        signal.signal(signal.SIGALRM, lambda *_: came.append(time.monotonic()))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        began = time.monotonic()
        try:
            oslens.disk_usage(path, timeout=1.5)
        except TimeoutError:
            assert came and came[0] - began < 1 < time.monotonic() - began
        print("done")
    """)


def test_a_forked_child_waits_for_no_thread_of_its_parent(with_hung_mount):
    with_hung_mount("""
        def wait():
            try:
                oslens.disk_usage(path, timeout=0.5)
            except TimeoutError:
                pass

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)

        def ask():
            # This path had a thread in the parent. Here it gets its own, that
            # is late, and not one that is nowhere.
            try:
                oslens.disk_usage(path, timeout=0.1)
            except TimeoutError as error:
                assert "no answer within" in str(error), error
            else:
                raise AssertionError("it answered")
            assert oslens.disk_usage("/", timeout=10).total > 0

        ends_in_time(ask)
        waiting.join()
        # Now the path is late in the parent: not in the child.
        ends_in_time(ask)
        print("done")
    """)


def test_forks_while_threads_ask(with_hung_mount):
    with_hung_mount("""
        stop = threading.Event()

        def ask_again_and_again():
            while not stop.is_set():
                oslens.disk_usage("/", timeout=10)

        threads = [threading.Thread(target=ask_again_and_again) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(100):
                ends_in_time(lambda: oslens.disk_usage("/", timeout=10))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        print("done")
    """)
