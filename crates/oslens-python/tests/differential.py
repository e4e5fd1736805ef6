"""Asks psutil and oslens the same, and tells where they do not agree.

Run as a program it prints a line of JSON for each difference. Its argument
is the user to become before it asks.

Processes and counters move while they are looked at. So psutil is asked
before and after oslens, and what it says both times is what oslens has to
say; numbers may be in between. Only what differs in every one of several
looks is a difference: no value is required of what does not hold still.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator

import psutil

import oslens

LOOKS = 8

# Every method that reads, and the arguments that it is asked with.
METHODS: dict[str, list[tuple]] = {
    "children": [(), (True,)],
    "cmdline": [()],
    "cpu_affinity": [()],
    "cpu_num": [()],
    "cpu_percent": [()],
    "cpu_times": [()],
    "create_time": [()],
    "cwd": [()],
    "environ": [()],
    "exe": [()],
    "gids": [()],
    "io_counters": [()],
    "ionice": [()],
    "is_running": [()],
    "memory_full_info": [()],
    "memory_info": [()],
    "memory_maps": [(), (False,)],
    "memory_percent": [(), ("vms",), ("pss",)],
    "name": [()],
    "net_connections": [(), ("all",), ("tcp",), ("unix",)],
    "nice": [()],
    "num_ctx_switches": [()],
    "num_fds": [()],
    "num_threads": [()],
    "open_files": [()],
    "parent": [()],
    "parents": [()],
    "ppid": [()],
    "rlimit": [(number,) for number in range(16)],
    "status": [()],
    "terminal": [()],
    "threads": [()],
    "uids": [()],
    "username": [()],
}
# The kernel walks all pages, or all processes, for these: asked of some.
SLOW = {"memory_full_info", "memory_maps", "children", "parents", "open_files"}

FUNCTIONS: dict[str, list[tuple]] = {
    "boot_time": [()],
    "cpu_count": [(), (False,)],
    "cpu_freq": [(), (True,)],
    "cpu_percent": [(), (0.01,), (None, True)],
    "cpu_stats": [()],
    "cpu_times": [(), (True,)],
    "cpu_times_percent": [(), (0.01,), (None, True)],
    "disk_io_counters": [(), (True,), (False, False), (True, False)],
    "disk_partitions": [(), (True,)],
    "disk_usage": [("/",), ("/proc",), ("/dev",)],
    "getloadavg": [()],
    "heap_info": [()],
    "heap_trim": [()],
    "net_connections": [
        (kind,)
        for kind in "all inet inet4 inet6 tcp tcp4 tcp6 udp udp4 udp6 unix".split()
    ],
    "net_if_addrs": [()],
    "net_if_stats": [()],
    "net_io_counters": [(), (True,), (False, False), (True, False)],
    "pid_exists": [(1,), (0,), (-1,), (os.getpid(),), (2**31 - 1,)],
    "pids": [()],
    "sensors_battery": [()],
    "sensors_fans": [()],
    "sensors_temperatures": [(), (True,)],
    "swap_memory": [()],
    "users": [()],
    "virtual_memory": [()],
}

# Tuples of psutil 7 of which psutil 8 has other fields.
FIELDS_OF_8 = {
    "pmem": "rss vms shared text data".split(),
    "pfullmem": "rss vms shared text data uss pss swap".split(),
    "scputimes": (
        "user system idle nice iowait irq softirq steal guest guest_nice".split()
    ),
}

# Of which numbers may be between what psutil says before and after. What
# else is in them has to be the same, as all of the others.
MOVING = {
    "cpu_freq",
    "cpu_stats",
    "cpu_times",
    "disk_io_counters",
    "disk_usage",
    "getloadavg",
    "heap_info",
    "io_counters",
    "memory_full_info",
    "memory_info",
    "memory_percent",
    "net_io_counters",
    "num_ctx_switches",
    "sensors_fans",
    "sensors_temperatures",
    "swap_memory",
    "virtual_memory",
}

# Shares of time since the last look, which was another one.
SHARES = {"cpu_percent", "cpu_times_percent"}


class Refused:
    """An exception."""

    def __init__(self, error: BaseException) -> None:
        self.kind = type(error).__name__
        self.pid = getattr(error, "pid", None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"raises {self.kind}"


def ask(package, pid: int | None, name: str, arguments: tuple):
    """What it says, or how it refuses."""
    try:
        asked = package if pid is None else package.Process(pid)
        value = getattr(asked, name)(*arguments)
    except (package.Error, OSError, NotImplementedError, ValueError) as error:
        return Refused(error)
    if name in ("children", "parents"):
        return sorted(process.pid for process in value)
    if name == "parent":
        return value and value.pid
    return value


def shape(ours, theirs, path: str = "") -> str | None:
    """Where types or fields differ."""
    if hasattr(theirs, "_fields"):
        name = type(theirs).__name__
        expected = FIELDS_OF_8.get(name, list(theirs._fields))
        if type(ours).__name__ != name or list(ours._fields) != expected:
            return f"{path}: {ours!r} is no {name} of {expected}"
        for field in expected:
            wrong = shape(getattr(ours, field), getattr(theirs, field), field)
            if wrong:
                return wrong
        return None
    if not isinstance(ours, type(theirs)) and ours != theirs:
        # psutil 7 has an enum for some numbers, and a float for some ints.
        return f"{path}: {ours!r} is no {type(theirs).__name__}"
    if isinstance(theirs, list):
        for one, other in zip(in_order(ours), in_order(theirs)):
            # Of the same thing.
            wrong = plain(one) == plain(other) and shape(one, other, path + "[]")
            if wrong:
                return wrong
    if isinstance(theirs, dict):
        for key in theirs.keys() & ours.keys():
            wrong = shape(ours[key], theirs[key], f"{path}[{key!r}]")
            if wrong:
                return wrong
    return None


def numbers(value, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers in it, by where they are."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield name, value
    elif hasattr(value, "_fields"):
        for field in value._fields:
            yield from numbers(getattr(value, field), f"{name}.{field}")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from numbers(one, f"{name}.{key}")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from numbers(one, f"{name}[{at}]")


def between(before, ours, after, slack: float) -> str | None:
    """Where a number is outside of what psutil saw before and after."""
    first, last = dict(numbers(before)), dict(numbers(after))
    for name, value in numbers(ours):
        if name not in first or name not in last:
            continue
        low, high = sorted((first[name], last[name]))
        if math.isnan(value) or not low - slack <= value <= high + slack:
            return f"{name}: {value} is not in {low}..{high}"
    return None


def in_order(values: list) -> list:
    return sorted(values, key=lambda value: repr(plain(value)))


def plain(value):
    """Without what may be in any order, and without the names of types."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(plain, value))
    if hasattr(value, "_fields"):
        fields = FIELDS_OF_8.get(type(value).__name__, value._fields)
        return tuple(plain(getattr(value, field)) for field in fields)
    if isinstance(value, list):
        return [plain(one) for one in in_order(value)]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        # Members of enums are equal to their values, and sorted by them.
        return str.__str__(value) if isinstance(value, str) else int(value)
    return value


def is_kernel_thread(pid: int) -> bool:
    try:
        return pid == 2 or psutil.Process(pid).ppid() == 2
    except psutil.Error:
        return False


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == "zombie"
    except psutil.Error:
        return False


def network(pid: int | str) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return None


def excused(pid: int | None, name: str, ours, theirs) -> bool:
    """Whether oslens is known to know better."""
    if isinstance(theirs, Refused):
        if theirs.kind == "AccessDenied":
            # There is another way to ask; or nothing is left to be denied.
            is_better = isinstance(ours, Refused) and ours.kind == "ZombieProcess"
            return is_zombie(pid) if is_better else not isinstance(ours, Refused)
        # Threads of the kernel are there, though their environment is not.
        return name == "environ" and is_kernel_thread(pid) and ours == {}
    if name == "create_time" and not isinstance(ours, Refused):
        # psutil adds to whole seconds of the time of boot.
        return -0.02 <= ours - theirs <= 1.02
    if name == "name":
        # A program whose path has a blank: psutil does not find its name.
        return len(os.fsencode(theirs)) == 15 and ours.startswith(theirs)
    if name == "num_fds":
        # psutil counts the descriptor that it counts them by.
        return pid == os.getpid() and ours == theirs - 1
    if name == "net_connections" and pid is not None:
        # psutil looks into the caller's network.
        return network(pid) != network("self")
    if name == "threads":
        # psutil stumbles over names with a bracket: the numbers are right.
        return [t.id for t in ours] == sorted(t.id for t in theirs)
    return False


def slack(name: str, theirs) -> float:
    """By how much numbers may be off: they are rounded, or counted in ticks,
    or told by two files that the kernel does not fill at once."""
    if name in ("cpu_times", "memory_percent", "threads"):
        return 0.02
    if name == "memory_maps":
        return 0
    if name in ("memory_info", "memory_full_info"):
        # The kernel counts resident pages for each CPU, and sums up later.
        return 2 << 20
    if name == "virtual_memory":
        return theirs.total / 50
    if name == "disk_usage":
        return theirs.total / 50
    if name in ("cpu_freq", "heap_info"):
        return math.inf
    return 0


def differs(pid: int | None, name: str, arguments: tuple) -> str | None:
    """How they differ in every look; `None` if they agree in one."""
    seen = []
    for look in range(LOOKS):
        if look:
            time.sleep(0.002 * 2**look)
        before, ours, after = (
            ask(package, pid, name, arguments) for package in (psutil, oslens, psutil)
        )
        gone = "NoSuchProcess"
        if pid is not None and gone in {
            one.kind for one in (before, ours, after) if isinstance(one, Refused)
        }:
            if not psutil.pid_exists(pid):
                return None
        if any(isinstance(one, Refused) for one in (before, ours, after)):
            if ours in (before, after) or excused(pid, name, ours, after):
                return None
            if before == after:
                seen.append(f"{ours!r} is not {after!r}")
            continue
        wrong = shape(ours, after, name)
        if wrong:
            seen.append(wrong)
            continue
        if name in SHARES:
            if all(0 <= share for _, share in numbers(ours)):
                return None
            seen.append(f"{ours!r} is no share")
            continue
        same = plain(ours)
        if same in (plain(before), plain(after)) or excused(pid, name, ours, after):
            return None
        if name in MOVING:
            off = between(before, ours, after, slack(name, after))
            if off is None:
                return None
            seen.append(off)
        elif plain(before) == plain(after):
            seen.append(f"{ours!r} is not {after!r}")
    # In the others it moved.
    return seen[-1] if len(seen) > LOOKS // 2 else None


def of_processes(pids: list[int], methods=METHODS) -> list[str]:
    """Differences between what is said of these processes."""
    # psutil 7 does not see terminals that were opened since it looked.
    psutil._psposix.get_terminal_map.cache_clear()
    found = []
    for name, calls in methods.items():
        some = pids[:: max(1, len(pids) // 30)] if name in SLOW else pids
        if name == "open_files":
            # Of files that are not there in the caller's mounts, as those of
            # containers, psutil says nothing.
            some = [pid for pid in some if mounts(pid) == mounts("self")]
        for pid in some:
            for arguments in calls:
                why = differs(pid, name, arguments)
                if why:
                    found.append(f"Process({pid}).{name}{arguments}: {why}")
    return found


def mounts(pid: int | str) -> str | None:
    """The mount namespace of a process, if that can be seen."""
    try:
        return os.readlink(f"/proc/{pid}/ns/mnt")
    except OSError:
        return None


def of_functions() -> list[str]:
    """Differences between what is said of the machine."""
    found = []
    for name, calls in FUNCTIONS.items():
        if not hasattr(psutil, name):
            if hasattr(oslens, name):
                found.append(f"{name}: psutil has none")
            continue
        for arguments in calls:
            why = differs(None, name, arguments)
            if why:
                found.append(f"{name}{arguments}: {why}")
    return found


def main() -> None:
    user = int(sys.argv[1])
    # Another user may not read where Python is: what is imported when it is
    # first needed is imported here.
    of_processes([os.getpid()])
    of_functions()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    for difference in of_functions() + of_processes(psutil.pids()):
        print(json.dumps(difference))


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore", DeprecationWarning)
    main()
