#!/usr/bin/env python3
"""Memory and swap."""

import oslens


def main() -> None:
    memory, swap = oslens.virtual_memory(), oslens.swap_memory()
    columns = ("total", "used", "free", "shared", "buffers", "cached", "available")
    print(" " * 5 + "".join(f"{column:>11}" for column in columns))
    for name, of in (("Mem", memory), ("Swap", swap)):
        values = [getattr(of, column, None) for column in columns]
        shown = ["" if value is None else oslens.bytes2human(value) for value in values]
        print(f"{name:<5}" + "".join(f"{value:>11}" for value in shown).rstrip())
    limit = oslens.memory_limit()
    if limit.limit is not None:
        # In a container, this is what counts.
        print(f"Control groups allow {oslens.bytes2human(limit.limit)} of it.")


if __name__ == "__main__":
    main()
