#!/usr/bin/env python3
"""One page of what the machine does, measured for a second."""

import sys
import time
from collections import Counter

import oslens


def bar(percent: float) -> str:
    full = round(percent / 5)
    return "#" * full + "." * (20 - full)


def main(seconds: float, lines: int) -> None:
    fields = ["pid", "username", "name", "status", "cpu_percent", "memory_info"]
    # The first pass is what the second is compared with.
    for _ in oslens.process_iter(fields):
        pass
    oslens.cpu_percent(percpu=True)
    time.sleep(seconds)
    # Their methods answer with what was read here.
    processes = list(oslens.process_iter(fields))

    for number, percent in enumerate(oslens.cpu_percent(percpu=True)):
        print(f"CPU{number:<3} {bar(percent)} {percent:5.1f}%")
    memory, swap = oslens.virtual_memory(), oslens.swap_memory()
    for name, percent, used, total in (
        ("Mem", memory.percent, memory.used, memory.total),
        ("Swap", swap.percent, swap.used, swap.total),
    ):
        of = f"{oslens.bytes2human(used)} of {oslens.bytes2human(total)}"
        print(f"{name:<6} {bar(percent)} {percent:5.1f}%  {of}")
    states = Counter(str(process.status()) for process in processes)
    what = ", ".join(f"{count} {state}" for state, count in states.most_common())
    load = ", ".join(f"{value:.2f}" for value in oslens.getloadavg())
    up = int(time.time() - oslens.boot_time()) // 60
    print(f"{len(processes)} processes ({what})")
    print(f"Load {load}; up {up // 1440} d {up // 60 % 24} h {up % 60} min\n")

    processes.sort(key=lambda process: process.cpu_percent(), reverse=True)
    print(f"{'PID':>7} {'USER':<12} {'%CPU':>6} {'RSS':>8}  NAME")
    for process in processes[:lines]:
        print(
            f"{process.pid:>7} {process.username()[:12]:<12} "
            f"{process.cpu_percent():>6.1f} "
            f"{oslens.bytes2human(process.memory_info().rss):>8}  {process.name()}"
        )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, 20)
