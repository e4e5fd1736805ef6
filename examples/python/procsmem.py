#!/usr/bin/env python3
"""What processes really use: memory that would be free without them (USS),
their share of what several have mapped (PSS), and swap."""

import oslens


def main() -> None:
    rows = []
    denied = 0
    for process in oslens.process_iter(["pid", "name", "username"]):
        try:
            rows.append((process.memory_footprint(), process))
        except oslens.AccessDenied:
            denied += 1
        except oslens.NoSuchProcess:
            pass
    rows.sort(key=lambda row: row[0].uss)
    print(f"{'PID':>7} {'USER':<12} {'USS':>8} {'PSS':>8} {'SWAP':>8}  NAME")
    for memory, process in rows:
        numbers = (memory.uss, memory.pss, memory.swap)
        print(
            f"{process.pid:>7} {process.username()[:12]:<12} "
            + " ".join(f"{oslens.bytes2human(number):>8}" for number in numbers)
            + f"  {process.name()}"
        )
    if denied:
        print(f"{denied} processes of others were left out")


if __name__ == "__main__":
    main()
