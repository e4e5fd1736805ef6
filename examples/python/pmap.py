#!/usr/bin/env python3
"""The memory map of a process: pmap.py [PID]"""

import sys

import oslens


def main(pid: int) -> None:
    process = oslens.Process(pid)
    print(f"{process.pid}: {' '.join(process.cmdline()) or process.name()}")
    total = 0
    print(f"{'ADDRESS':<28}{'RSS':>9}  {'MODE':<6}MAPPING")
    for part in process.memory_maps(grouped=False):
        total += part.rss
        print(
            f"{part.addr:<28}{oslens.bytes2human(part.rss):>9}  "
            f"{part.perms:<6}{part.path}"
        )
    print(f"{'total':<28}{oslens.bytes2human(total):>9}")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else oslens.Process().pid)
    except oslens.Error as error:
        sys.exit(f"pmap: {error}")
