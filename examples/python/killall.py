#!/usr/bin/env python3
"""Ends all processes of a name: killall.py NAME"""

import sys

import oslens


def main(name: str) -> int:
    me = oslens.Process()
    found = [
        process
        for process in oslens.process_iter(["pid", "name"])
        if process.name() == name and process != me
    ]
    if not found:
        print(f"killall: there is no process {name!r}", file=sys.stderr)
        return 1
    for process in found:
        try:
            # Reaches this process or nobody: not one that has its PID now.
            process.terminate()
        except oslens.NoSuchProcess:
            pass
        except oslens.AccessDenied as error:
            print(f"killall: {error}", file=sys.stderr)
    _, alive = oslens.wait_procs(found, timeout=3)
    for process in alive:
        try:
            process.kill()
        except oslens.Error:
            pass
    _, alive = oslens.wait_procs(alive, timeout=3)
    return 1 if alive else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
