#!/usr/bin/env python3
"""How full file systems are: disk_usage.py [--all]"""

import sys

import oslens


def main(everything: bool) -> None:
    print(
        f"{'DEVICE':<20}{'TOTAL':>9}{'USED':>9}{'FREE':>9}{'USE%':>6}  TYPE     MOUNT"
    )
    for part in oslens.disk_partitions(all=everything):
        try:
            # A server that is gone must not hang this.
            usage = oslens.disk_usage(part.mountpoint, timeout=2.0)
        except OSError as error:
            print(f"{part.device:<20}{error}", file=sys.stderr)
            continue
        sizes = (usage.total, usage.used, usage.free)
        print(
            f"{part.device:<20}"
            + "".join(f"{oslens.bytes2human(size):>9}" for size in sizes)
            + f"{usage.percent:>6}  {part.fstype:<8} {part.mountpoint}"
        )


if __name__ == "__main__":
    main("--all" in sys.argv[1:])
