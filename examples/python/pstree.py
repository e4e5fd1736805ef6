#!/usr/bin/env python3
"""Who started whom: pstree.py [PID]"""

import sys
from collections import defaultdict

import oslens


def main(root: int) -> None:
    names: dict[int, str] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for process in oslens.process_iter(["pid", "ppid", "name"]):
        names[process.pid] = process.name()
        if process.ppid() != process.pid:
            children[process.ppid()].append(process.pid)
    if root not in names:
        sys.exit(f"pstree: there is no process {root}")
    # The next to show is last; with what stands before it and before its children.
    rest: list[tuple[int, str, str]] = [(root, "", "")]
    while rest:
        pid, head, tail = rest.pop()
        print(f"{head}{pid} {names[pid]}")
        below = children[pid]
        for at, child in reversed(list(enumerate(below))):
            last = at == len(below) - 1
            rest.append(
                (
                    child,
                    tail + ("`- " if last else "|- "),
                    tail + ("   " if last else "|  "),
                )
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else min(oslens.pids()))
