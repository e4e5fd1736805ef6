#!/usr/bin/env python3
"""All processes, as `ps aux` shows them."""

import datetime
import sys

import oslens

ATTRS = [
    *("pid", "username", "memory_percent", "memory_info", "nice", "status"),
    *("create_time", "cpu_times", "cmdline", "name"),
]


def main() -> None:
    today = datetime.date.today()
    print(
        f"{'USER':<12} {'PID':>7} {'%MEM':>5} {'VSZ':>8} {'RSS':>8} {'NI':>3} "
        f"{'STATUS':<10} {'START':<5} {'TIME':>8}  COMMAND"
    )
    # What is named here was read when the loop gives the process: the calls
    # below answer from that. What may not be read is "".
    for process in oslens.process_iter(ATTRS, ad_value=""):
        memory, times = process.memory_info(), process.cpu_times()
        started = datetime.datetime.fromtimestamp(process.create_time())
        start = f"{started:%H:%M}" if started.date() == today else f"{started:%b%d}"
        seconds = int(times.user + times.system)
        # Kernel threads have no command line.
        command = " ".join(process.cmdline()) or f"[{process.name()}]"
        print(
            f"{process.username()[:12]:<12} {process.pid:>7} "
            f"{process.memory_percent():>5.1f} {oslens.bytes2human(memory.vms):>8} "
            f"{oslens.bytes2human(memory.rss):>8} {process.nice():>3} "
            f"{process.status():<10} {start:<5} "
            f"{seconds // 60:>5}:{seconds % 60:02}  {command[:80]}"
        )


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.stderr.close()
