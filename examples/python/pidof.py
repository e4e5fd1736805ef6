#!/usr/bin/env python3
"""The PIDs of a program: pidof.py NAME"""

import os
import sys

import oslens


def main(name: str) -> int:
    pids = []
    for process in oslens.process_iter(["pid", "name", "cmdline"]):
        first = (process.cmdline() or [""])[0]
        if name in (process.name(), first, os.path.basename(first)):
            pids.append(process.pid)
    print(*pids)
    return 0 if pids else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
