"""Programs from PyPI that were written for psutil run on oslens as they are,
and say what they say on psutil."""

from __future__ import annotations

import csv
import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

SCRIPTS = sysconfig.get_path("scripts")


def run(arguments, on_oslens, *, cwd=None):
    name, *rest = arguments
    if on_oslens:
        command = [sys.executable, "-m", "oslens.as_psutil", name, *rest]
    else:
        command = [os.path.join(SCRIPTS, name), *rest]
    path = SCRIPTS + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, "HOME": str(cwd or "/nonexistent")},
    )
    # No `AssertionError`: this is to be looked at, not to be tried again.
    if "Traceback" in done.stderr or done.returncode != 0:
        pytest.fail(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def both(arguments, **options):
    return run(arguments, True, **options), run(arguments, False, **options)


def again(test):
    """Looks again if the machine was not the same for both: it has other
    things to do."""

    @functools.wraps(test)
    def looked_again(*arguments, **keywords):
        for _ in range(2):
            try:
                return test(*arguments, **keywords)
            except AssertionError:
                pass
        return test(*arguments, **keywords)

    return looked_again


def need(psutil, name):
    if shutil.which(name, path=SCRIPTS) is None:
        pytest.skip(f"{name} is not installed")


GLANCES = "cpu,mem,memswap,load,system,uptime,processcount,fs,network,diskio"


def glances(plugins, on_oslens, directory):
    arguments = ["--disable-check-update", "--time", "1", "--stop-after", "2"]
    out = run(
        ["glances", *arguments, "--stdout-json", plugins], on_oslens, cwd=directory
    )
    # The last of the two.
    return json.loads([line for line in out.splitlines() if line[:1] == "{"][-1])


def by(key, rows):
    return {row[key]: row for row in rows}


def seconds(clock):
    *days, clock = clock.split(", ")
    hours, minutes, seconds = map(int, clock.split(":"))
    days = int(days[0].split()[0]) if days else 0
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@again
def test_glances_reports_the_machine(psutil, tmp_path):
    need(psutil, "glances")
    theirs = glances(GLANCES, False, tmp_path)
    ours = glances(GLANCES, True, tmp_path)
    assert set(ours) == set(theirs) and len(ours) >= 9
    for name, value in theirs.items():
        assert type(ours[name]) is type(value)
        if isinstance(value, dict):
            assert set(ours[name]) == set(value), name
        elif isinstance(value, list):
            assert [set(row) for row in ours[name]] == [set(row) for row in value]
    for name in ("total", "used", "free", "active", "cached", "shared"):
        now, before = ours["mem"][name], theirs["mem"][name]
        assert now == pytest.approx(before, rel=0.3, abs=1 << 28), name
    assert ours["mem"]["total"] == theirs["mem"]["total"]
    assert ours["memswap"]["total"] == theirs["memswap"]["total"]
    assert ours["load"]["cpucore"] == theirs["load"]["cpucore"]
    for name in ("total", "thread"):
        now, before = ours["processcount"][name], theirs["processcount"][name]
        assert now == pytest.approx(before, rel=0.2, abs=20), name
    for name, value in ours["cpu"].items():
        if isinstance(value, float):
            assert 0 <= value <= 100, name
    # Since boot.
    for name in ("ctx_switches", "interrupts", "soft_interrupts"):
        assert ours["cpu"][name] >= theirs["cpu"][name] > 0, name
    assert 0 <= seconds(ours["uptime"]) - seconds(theirs["uptime"]) < 60
    mounts = [by("mnt_point", one["fs"]) for one in (ours, theirs)]
    assert set(mounts[0]) == set(mounts[1])
    for mount, before in mounts[1].items():
        for name in ("device_name", "fs_type", "options", "size"):
            assert mounts[0][mount][name] == before[name], (mount, name)
        assert mounts[0][mount]["percent"] == pytest.approx(before["percent"], abs=5)
    nics = [by("interface_name", one["network"]) for one in (ours, theirs)]
    assert set(nics[0]) == set(nics[1])
    for nic, before in nics[1].items():
        for name in ("bytes_recv_gauge", "bytes_sent_gauge"):
            assert 0 <= nics[0][nic][name] - before[name] < 1 << 32, (nic, name)
        assert nics[0][nic]["speed"] == before["speed"], nic
    disks = [by("disk_name", one["diskio"]) for one in (ours, theirs)]
    assert set(disks[0]) == set(disks[1])


@again
def test_glances_lists_processes(psutil, tmp_path, child):
    need(psutil, "glances")
    ours, theirs = (
        by("pid", glances("processlist", on_oslens, tmp_path)["processlist"])
        for on_oslens in (True, False)
    )
    # Those that lived all the while.
    both = set(ours) & set(theirs)
    assert child.pid in both and len(both) > 0.7 * len(theirs)
    equal = ("username", "num_threads", "cmdline", "nice", "gids")
    for pid in both:
        assert set(ours[pid]) == set(theirs[pid]), pid
    for key in ("name", "status", *equal):
        assert ours[child.pid][key] == theirs[child.pid][key], key
    differ = [
        pid
        for pid in both
        if any(ours[pid][key] != theirs[pid][key] for key in equal)
    ]
    # Of the others some do things meanwhile.
    assert len(differ) < 0.2 * len(both), differ
    ours, theirs = ours[child.pid], theirs[child.pid]
    for name in ("rss", "vms", "shared", "text", "data"):
        assert ours["memory_info"][name] == theirs["memory_info"][name], name
    for name in theirs["cpu_times"]:
        now, before = ours["cpu_times"][name], theirs["cpu_times"][name]
        assert now == pytest.approx(before, abs=0.1), name
    assert ours["memory_percent"] == pytest.approx(theirs["memory_percent"], rel=0.01)


@again
def test_glances_exports_a_table(psutil, tmp_path):
    need(psutil, "glances")
    tables = []
    for on_oslens in (True, False):
        file = tmp_path / f"{on_oslens}.csv"
        arguments = ["--disable-check-update", "--time", "1", "--stop-after", "2"]
        arguments += ["--quiet", "--export", "csv", "--export-csv-file", str(file)]
        arguments += ["--disable-plugin", "all", "--enable-plugin", "mem,load,fs"]
        run(["glances", *arguments], on_oslens, cwd=tmp_path)
        with file.open() as lines:
            tables.append(list(csv.DictReader(lines)))
    (*_, ours), (*_, theirs) = tables
    assert list(ours) == list(theirs)
    for name in ("mem.total", "load.cpucore"):
        assert float(ours[name]) == float(theirs[name]) > 0, name


@again
def test_psrecord_records_a_process(psutil, tmp_path, child):
    need(psutil, "psrecord")
    logs = []
    for on_oslens in (True, False):
        log = tmp_path / f"log-{on_oslens}"
        arguments = [str(child.pid), "--log", str(log), "--duration", "2"]
        arguments += ["--interval", "0.2", "--include-children"]
        run(["psrecord", *arguments], on_oslens)
        rows = [line.split() for line in log.read_text().splitlines()[1:]]
        assert len(rows) >= 2
        logs.append([[float(number) for number in row] for row in rows])
    ours, theirs = (rows[-1] for rows in logs)
    # Megabytes of real and of virtual memory.
    assert ours[2:4] == pytest.approx(theirs[2:4], rel=0.05)


@again
def test_memory_profiler_measures_a_function(psutil, tmp_path):
    if importlib.util.find_spec("memory_profiler") is None:
        pytest.skip("memory_profiler is not installed")
    program = tmp_path / "program.py"
    program.write_text(
        """
from memory_profiler import memory_usage, profile

@profile
def hold():
    held = bytearray(b"x") * (64 << 20)
    return len(held)

hold()
print("most", max(memory_usage((hold, ()), interval=0.01, backend="psutil")))
print("tree", memory_usage(-1, max_usage=True, include_children=True))
"""
    )

    def parse(out):
        values = dict(
            line.split() for line in out.splitlines() if line[:4] in ("most", "tree")
        )
        line = next(line for line in out.splitlines() if "bytearray" in line)
        return float(values["most"]), float(values["tree"]), float(line.split()[3])

    ours = run([str(program)], True)
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True
    )
    ours, theirs = parse(ours), parse(done.stdout)
    # That a line grew the process by 64 MiB is to be seen.
    assert 60 < ours[2] < 70 and 60 < theirs[2] < 70
    assert ours[0] == pytest.approx(theirs[0], abs=20)
    assert ours[1] == pytest.approx(theirs[1], abs=20)


@again
def test_mprof_samples_a_command(psutil, tmp_path):
    need(psutil, "mprof")
    code = "import time; held = bytearray(b'x') * (32 << 20); time.sleep(1)"
    arguments = ["mprof", "run", "--interval", "0.1", "--include-children"]
    arguments += ["--output", "samples", sys.executable, "-c", code]
    most = []
    for on_oslens in (True, False):
        run(arguments, on_oslens, cwd=tmp_path)
        samples = (tmp_path / "samples").read_text().splitlines()
        most.append(
            max(float(line.split()[1]) for line in samples if line.startswith("MEM"))
        )
        (tmp_path / "samples").unlink()
    assert most[0] > 32 and most[0] == pytest.approx(most[1], rel=0.1)


@again
def test_s_tui_reports_frequency_and_load(psutil, tmp_path):
    need(psutil, "s-tui")
    ours, theirs = (json.loads(out) for out in both(["s-tui", "-j"], cwd=tmp_path))
    assert {name: set(part) for name, part in ours.items()} == {
        name: set(part) for name, part in theirs.items()
    }
    for core, value in theirs.get("Frequency", {}).items():
        assert float(ours["Frequency"][core]) == pytest.approx(float(value), rel=0.5)
    for value in ours.get("Util", {}).values():
        assert 0 <= float(value) <= 100


def test_s_tui_writes_a_log_of_them(psutil, tmp_path):
    need(psutil, "s-tui")
    out = run(["s-tui", "-t"], True, cwd=tmp_path)
    theirs = run(["s-tui", "-t"], False, cwd=tmp_path)
    names = [[part.split(":")[0] for part in one.split(",")] for one in (out, theirs)]
    assert names[0] == names[1]


@again
def test_pyperf_describes_the_machine(psutil, tmp_path):
    need(psutil, "pyperf")

    def parse(out):
        lines = [line for line in out.splitlines() if line.startswith("- ")]
        return dict(line[2:].split(": ", 1) for line in lines)

    out = run(["pyperf", "collect_metadata"], True, cwd=tmp_path)
    theirs = parse(run(["pyperf", "collect_metadata"], False, cwd=tmp_path))
    ours = parse(out)
    assert set(ours) == set(theirs)
    for name in ("boot_time", "cpu_count", "cpu_affinity", "cpu_config"):
        assert ours.get(name) == theirs.get(name), name


@again
def test_pyperf_measures_what_a_statement_allocates(psutil, tmp_path):
    need(psutil, "pyperf")
    measured = []
    for on_oslens in (True, False):
        file = tmp_path / f"{on_oslens}.json"
        arguments = ["timeit", "--track-memory", "--processes", "1", "--values", "1"]
        arguments += ["--loops", "1", "--warmups", "0", "--output", str(file)]
        # What measures is a process of its own.
        arguments += ["--inherit-environ", "PYTHONPATH"]
        name = "oslens" if on_oslens else "psutil"
        arguments += ["--setup", f"import psutil, time; assert psutil.__name__ == {name!r}"]
        statement = "held = bytearray(b'x') * (48 << 20); time.sleep(0.1)"
        run(["pyperf", *arguments, statement], on_oslens, cwd=tmp_path)
        (benchmark,) = json.loads(file.read_text())["benchmarks"]
        measured.append(benchmark["runs"][-1]["values"][0])
    assert measured[0] == pytest.approx(measured[1], rel=0.1)
    assert 48 << 20 < measured[0] < 96 << 20


def test_pytest_xdist_counts_cpus(psutil, tmp_path):
    if importlib.util.find_spec("xdist") is None:
        pytest.skip("pytest-xdist is not installed")
    (tmp_path / "test_workers.py").write_text(
        """
import os
def test_worker():
    with open("workers", "w") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER_COUNT"])
"""
    )
    counts = []
    for on_oslens in (True, False):
        arguments = ["-n", "logical", "-p", "no:cacheprovider", "test_workers.py"]
        run(["pytest", *arguments], on_oslens, cwd=tmp_path)
        counts.append(int((tmp_path / "workers").read_text()))
    assert counts == [psutil.cpu_count()] * 2


@again
def test_distributed_watches_its_workers(psutil, tmp_path):
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("distributed is not installed")
    program = tmp_path / "program.py"
    program.write_text(
        """
import json, sys, time
from distributed import Client, LocalCluster

def inside():
    import os, psutil
    held = bytearray(b"x") * (64 << 20)
    me = psutil.Process()
    # A beat of the worker's monitor, and of its heart.
    time.sleep(1.5)
    return psutil.__name__, os.getpid(), me.memory_info().rss, me.num_fds()

def main():
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, worker_dashboard_address=None,
    ) as cluster, Client(cluster) as client:
        future = client.submit(inside)
        seen = []
        while not future.done():
            (worker,) = client.scheduler_info()["workers"].values()
            seen.append(worker["metrics"])
            time.sleep(0.1)
        limit = worker["memory_limit"]
        seen = {
            name: max(float(metrics.get(name, 0)) for metrics in seen)
            for name in ("cpu", "memory", "num_fds")
        }
        print(json.dumps([*future.result(), limit, seen]))

if __name__ == "__main__":
    main()
"""
    )
    out = run([str(program)], True, cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, program],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=tmp_path,
    )
    ours, theirs = json.loads(out), json.loads(done.stdout)
    # The worker is a process of its own.
    assert (ours[0], theirs[0]) == ("oslens", "psutil")
    assert ours[4] == theirs[4]
    for _, _, rss, fds, _, seen in (ours, theirs):
        assert 64 << 20 < seen["memory"] < 2 * rss
        assert seen["num_fds"] == pytest.approx(fds, abs=10)
    assert ours[5]["memory"] == pytest.approx(theirs[5]["memory"], rel=0.1)
