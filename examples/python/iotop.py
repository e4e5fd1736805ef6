#!/usr/bin/env python3
"""Who reads from and writes to disks, measured for a second."""

import sys
import time

import oslens


def main(seconds: float) -> None:
    before = {}
    for process in oslens.process_iter():
        try:
            before[process] = process.io_counters()
        except oslens.Error:
            pass
    disks = oslens.disk_io_counters()
    time.sleep(seconds)
    rows = []
    for process, old in before.items():
        try:
            new = process.io_counters()
            read, written = (
                (new.read_bytes - old.read_bytes) / seconds,
                (new.write_bytes - old.write_bytes) / seconds,
            )
            rows.append((read + written, read, written, process.pid, process.name()))
        except oslens.Error:
            # It ended meanwhile, or is somebody else's now.
            pass
    after = oslens.disk_io_counters()
    if disks and after:
        read = (after.read_bytes - disks.read_bytes) / seconds
        written = (after.write_bytes - disks.write_bytes) / seconds
        print(
            f"Disks: {oslens.bytes2human(read)}/s read, "
            f"{oslens.bytes2human(written)}/s written"
        )
    print(f"{'PID':>7} {'READ/s':>9} {'WRITTEN/s':>9}  NAME")
    for _, read, written, pid, name in sorted(rows, reverse=True)[:20]:
        print(
            f"{pid:>7} {oslens.bytes2human(read):>9} "
            f"{oslens.bytes2human(written):>9}  {name}"
        )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
