"""oslens beside psutil: `cargo xtask bench python [--quick] [WORK ...]`.

Takes both in turns in one process, prints a line for each piece of work, and
with --markdown FILE writes the table for docs/COMPARE.md. WORK restricts it:
functions, methods, tables, as_dict, sockets, import.
"""

import argparse
import datetime
import os
import platform
import statistics
import sys
import time

import load
import stopwatch

SECTIONS = "functions methods tables as_dict sockets import".split()


def time_text(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def memory_text(size):
    return f"{size / (1 << 20):.2f} MiB"


class Table:
    """The lines as they come, and those with a goal for the page."""

    def __init__(self):
        self.lines = []

    def add(self, found, goal, text=time_text, is_for_page=True):
        if is_for_page:
            self.lines.append((found, text))
        verdict = ""
        if found.ratio < goal:
            verdict = "  SLOWER" if goal == 1 else "  MISSED"
        print(
            f"{found.work:48} {text(found.psutil):>10} {text(found.oslens):>10}"
            f" {found.ratio:8.2f}x {goal:>4g}x{verdict}",
            flush=True,
        )

    def markdown(self):
        rows = ["| work | psutil | oslens | times faster |", "|---|---|---|---|"]
        for found, text in self.lines:
            rows.append(
                f"| `{found.work}` | {text(found.psutil)} | {text(found.oslens)}"
                f" | {found.ratio:.1f} |"
            )
        return rows


def every_call(table, title, of_psutil, of_oslens, rounds):
    ratios = []
    for work in sorted(of_psutil.keys() & of_oslens.keys()):
        if of_psutil[work] is of_oslens[work]:
            print(f"{work:48} the same function")
            continue
        found = stopwatch.compare(work, of_psutil[work], of_oslens[work], rounds)
        table.add(found, 1, is_for_page=False)
        ratios.append((found.ratio, work))
    slowest = min(ratios)
    summary = (
        f"{title}: {len(ratios)}, median {statistics.median(r for r, _ in ratios):.2f}x,"
        f" least {slowest[0]:.2f}x ({slowest[1]})"
    )
    print(summary, flush=True)
    return ratios


def calls(table, wanted, rounds):
    import calls as work
    import oslens
    import psutil

    ratios = []
    if "functions" in wanted:
        ratios += every_call(
            table, "functions", work.functions(psutil), work.functions(oslens), rounds
        )
    if "methods" in wanted:
        with load.Load() as processes:
            processes.sleepers(1)
            pid = processes.pids[0]
            ratios += every_call(
                table,
                "methods",
                work.methods(psutil, pid),
                work.methods(oslens, pid),
                rounds,
            )
    if ratios:
        middle = statistics.median(ratio for ratio, _ in ratios)
        slower = [f"{name} {ratio:.2f}" for ratio, name in sorted(ratios) if ratio < 1]
        print(f"all {len(ratios)} calls: median {middle:.2f}x, slower: {slower}")
    return ratios


def tables(table, rounds, count):
    import calls as work
    import oslens
    import psutil

    names = work.EIGHT
    with load.Load() as processes:
        processes.sleepers(count)

        def theirs():
            return list(psutil.process_iter(names))

        for text, ours, goal in (
            ("process_iter(8 attributes)", lambda: list(oslens.process_iter(names)), 4),
            ("processes(8 fields)", lambda: oslens.processes(names), 7),
            (
                "processes(8 fields, columns=True)",
                lambda: oslens.processes(names, columns=True),
                7,
            ),
        ):
            found = stopwatch.compare(
                f"{text}, {count:,} processes", theirs, ours, rounds, 0.001
            )
            table.add(found, goal)


def as_dict(table, rounds):
    import oslens
    import psutil

    with load.Load() as processes:
        processes.sleepers(1)
        python = processes.fork(lambda: None)
        for what, pid in (("sleep", processes.pids[0]), ("a Python interpreter", python)):
            found = stopwatch.compare(
                f"Process(pid).as_dict() of {what}",
                lambda: psutil.Process(pid).as_dict(),
                lambda: oslens.Process(pid).as_dict(),
                rounds,
                0.02,
            )
            table.add(found, 5)


def sockets(table, rounds):
    import oslens
    import psutil

    with load.Load() as processes:
        processes.socket_holders()
        found = [len(of.net_connections()) for of in (psutil, oslens)]
        if found[0] != found[1] or found[0] < 9000:
            raise SystemExit(f"net_connections() found {found[0]} and {found[1]}")
        for text, ours, goal in (
            ("net_connections()", oslens.net_connections, 1.8),
            (
                "net_connections(owners=False)",
                lambda: oslens.net_connections(owners=False),
                8,
            ),
        ):
            compared = stopwatch.compare(
                f"{text}, {found[0]:,} sockets", psutil.net_connections, ours, rounds, 0.001
            )
            table.add(compared, goal)


def imports(table, rounds):
    import imports

    time, memory = imports.compare(rounds)
    table.add(time, 1)
    table.add(memory, 1, memory_text)


def machine():
    model = "unknown CPU"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    return (
        f"{datetime.date.today()}, {platform.system()} {platform.release()}, {model},"
        f" {os.cpu_count()} CPUs, CPython {platform.python_version()}"
    )


def main():
    parser = argparse.ArgumentParser("cargo xtask bench python", description=__doc__)
    parser.add_argument("work", nargs="*", metavar="WORK", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument(
        "--cpu", action="store_true", help="CPU time, for a machine that is busy"
    )
    parser.add_argument("--markdown", metavar="FILE", help="write the table there")
    parser.add_argument("--processes", type=int, default=2000, metavar="N")
    arguments = parser.parse_args()
    wanted = arguments.work or SECTIONS
    unknown = set(wanted) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}: {', '.join(SECTIONS)}")
    status = load.enter()
    if status is not None:
        return status

    import oslens
    import psutil

    if arguments.cpu:
        stopwatch.clock = time.process_time
    rounds = 9 if arguments.quick else 41
    heading = f"{machine()}; psutil {psutil.__version__}, oslens {oslens.OSLENS_VERSION}"
    clock = "CPU time" if arguments.cpu else "time on the clock"
    heading = f"{heading}; {clock}, medians of {rounds} rounds in turns"
    print(heading)
    print(f"{'work':48} {'psutil':>10} {'oslens':>10} {'ratio':>9} {'goal':>5}")
    table = Table()
    ratios = calls(table, wanted, rounds)
    if "tables" in wanted:
        tables(table, max(5, rounds // 4), arguments.processes)
    if "as_dict" in wanted:
        as_dict(table, rounds)
    if "sockets" in wanted:
        sockets(table, max(5, rounds // 4))
    if "import" in wanted:
        imports(table, rounds)
    if arguments.markdown:
        with open(arguments.markdown, "w") as file:
            print(f"{heading}.\n", file=file)
            print("\n".join(table.markdown()), file=file)
            if ratios:
                print(
                    f"\n{len(ratios)} calls:"
                    f" {statistics.median(r for r, _ in ratios):.2f} times faster in the"
                    f" median, {min(ratios)[0]:.2f} in the least (`{min(ratios)[1]}`).",
                    file=file,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
