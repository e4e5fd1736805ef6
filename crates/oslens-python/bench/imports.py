"""What `import` costs: each in a new interpreter."""

import subprocess
import sys

from stopwatch import Comparison

# `-I -S`: Python itself has loaded as little as it can.
PROGRAM = """
import sys, time
sys.path.insert(0, {path!r})
def resident():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line[:4] == "Rss:")
before = resident()
begin = time.perf_counter()
import {module}
spent = time.perf_counter() - begin
after = resident()
print(spent, after - before)
"""


def once(module, path):
    program = PROGRAM.format(module=module, path=path)
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        check=True,
        capture_output=True,
        text=True,
    )
    spent, rss = told.stdout.split()
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
