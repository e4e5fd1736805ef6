"""What is looked at: sleeping processes, and processes with sockets. They are
children in private namespaces, and end with the first process there."""

import fcntl
import os
import resource
import signal
import socket
import struct
import subprocess
import sys

MARK = "OSLENS_BENCH_INSIDE"


def enter():
    """Runs this program again as the first process of new namespaces, and
    returns its exit status; `None` inside."""
    if os.environ.get(MARK):
        bring_loopback_up()
        return None
    unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    for users in ([], ["--user", "--map-root-user"]):
        isolated = [*unshare, *users, "--mount-proc"]
        if subprocess.run([*isolated, "true"], stderr=subprocess.DEVNULL).returncode:
            continue
        command = [*isolated, sys.executable, *sys.argv]
        return subprocess.run(command, env={**os.environ, MARK: "1"}).returncode
    raise SystemExit("no private namespaces: `unshare` is missing or not allowed")


def bring_loopback_up():
    SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41
    with socket.socket() as any_socket:
        request = struct.pack("16sh22x", b"lo", IFF_UP_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


class Load:
    """Children that sleep; a context manager that ends them."""

    def __init__(self):
        self.pids = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        for pid in self.pids:
            os.waitpid(pid, 0)

    def fork(self, child):
        """A child that does this and then sleeps; returns when it has done."""
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reader)
                child()
                os.write(writer, b".")
                os.close(writer)
                while True:
                    signal.pause()
            finally:
                os._exit(1)
        self.pids.append(pid)
        os.close(writer)
        with open(reader, "rb") as ready:
            if ready.read(1) != b".":
                raise SystemExit("a process of the load could not be made")
        return pid

    def sleepers(self, count):
        for _ in range(count):
            self.pids.append(
                os.posix_spawn("/bin/sleep", ["sleep", "100000"], os.environ)
            )

    def socket_holders(self, processes=100, sockets=100):
        """Half listeners and connections of each IP version."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        for at in range(processes):
            self.fork(lambda: hold_sockets(sockets, with_v6=at % 2 == 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


held = []


def hold_sockets(count, with_v6):
    listeners = [listener(socket.AF_INET, "127.0.0.1")]
    if with_v6:
        listeners.append(listener(socket.AF_INET6, "::1"))
    held.extend(listeners)
    while len(held) + 2 <= count:
        at = listeners[len(held) // 2 % len(listeners)]
        near = socket.socket(at.family)
        near.connect(at.getsockname())
        held.extend((near, at.accept()[0]))
    while len(held) < count:
        held.append(listener(socket.AF_INET, "127.0.0.1"))


def listener(family, address):
    made = socket.socket(family)
    made.bind((address, 0))
    made.listen()
    return made
