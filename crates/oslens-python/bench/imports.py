"""What `import` costs: each in a new interpreter."""

import subprocess
import sys

from stopwatch import Comparison

# What Python itself has loaded before is nobody's: `-I -S` leaves the least.
PROGRAM = """
import sys, time
sys.path.insert(0, {path!r})
def resident():
    with open("/proc/self/smaps_rollup") as file:
        return {{l.split(":")[0]: int(l.split()[1]) for l in file if "kB" in l}}
before = resident()
begin = time.perf_counter()
import {module}
spent = time.perf_counter() - begin
after = resident()
print(spent, after["Rss"] - before["Rss"], after["Pss"] - before["Pss"])
"""


def once(module, path):
    program = PROGRAM.format(module=module, path=path)
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        check=True,
        capture_output=True,
        text=True,
    )
    spent, rss, _ = told.stdout.split()
    return float(spent), int(rss) * 1024


def compare(rounds):
    import psutil

    path = psutil.__path__[0].rpartition("/")[0]
    taken = {"psutil": [], "oslens": []}
    for module in taken:
        # The byte code is written, the files are in memory.
        once(module, path)
    for turn in range(rounds):
        for module in sorted(taken, reverse=turn % 2 == 0):
            taken[module].append(once(module, path))
    time, memory = (
        Comparison(
            work,
            [both[at] for both in taken["psutil"]],
            [both[at] for both in taken["oslens"]],
        )
        for at, work in enumerate(("import", "import, resident memory"))
    )
    return time, memory
