"""Programs from PyPI that were written for psutil run on oslens as they are,
and say what they say on psutil."""

from __future__ import annotations

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
        timeout=60,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, "HOME": str(cwd or "/nonexistent")},
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


def both(arguments, **options):
    return run(arguments, True, **options), run(arguments, False, **options)


def need(psutil, name):
    if shutil.which(name, path=SCRIPTS) is None:
        pytest.skip(f"{name} is not installed")


GLANCES = "cpu,mem,memswap,load,system,uptime,processcount,fs,network,diskio"


def test_glances_reports_the_machine(psutil, tmp_path):
    need(psutil, "glances")
    arguments = ["--disable-check-update", "--time", "1", "--stop-after", "2"]
    arguments = ["glances", *arguments, "--stdout-json", GLANCES]

    def reports(out):
        # The last of the two.
        lines = [line for line in out.splitlines() if line.startswith("{")]
        return json.loads(lines[-1])

    ours, theirs = map(reports, both(arguments, cwd=tmp_path))
    assert set(ours) == set(theirs) and len(ours) >= 9
    for name, value in theirs.items():
        assert type(ours[name]) is type(value)
        if isinstance(value, dict):
            assert set(ours[name]) == set(value), name
        elif isinstance(value, list):
            assert [set(row) for row in ours[name]] == [set(row) for row in value]
    assert ours["mem"]["total"] == theirs["mem"]["total"]
    assert ours["mem"]["used"] == pytest.approx(theirs["mem"]["used"], rel=0.3)
    assert ours["memswap"]["total"] == theirs["memswap"]["total"]
    assert ours["load"]["cpucore"] == theirs["load"]["cpucore"]
    assert ours["processcount"]["total"] == pytest.approx(
        theirs["processcount"]["total"], abs=20
    )
    assert ours["processcount"]["thread"] > ours["processcount"]["total"] / 2
    assert 0 <= ours["cpu"]["total"] <= 100
    mounts = [[row["mnt_point"] for row in one["fs"]] for one in (ours, theirs)]
    assert mounts[0] == mounts[1]


def test_glances_lists_processes(psutil, tmp_path, child):
    need(psutil, "glances")
    arguments = ["--disable-check-update", "--time", "1", "--stop-after", "2"]
    out, theirs = both(
        ["glances", *arguments, "--stdout-json", "processlist"], cwd=tmp_path
    )

    def of_child(out):
        lines = [line for line in out.splitlines() if line.startswith("{")]
        rows = json.loads(lines[-1])["processlist"]
        return next(row for row in rows if row["pid"] == child.pid)

    ours, theirs = of_child(out), of_child(theirs)
    assert set(ours) == set(theirs)
    for key in ("name", "username", "status", "num_threads", "cmdline", "nice"):
        assert ours[key] == theirs[key], key


def test_psrecord_records_a_process(psutil, tmp_path, child):
    need(psutil, "psrecord")
    logs = []
    for on_oslens in (True, False):
        log = tmp_path / f"log-{on_oslens}"
        arguments = [str(child.pid), "--log", str(log), "--duration", "1"]
        arguments += ["--interval", "0.2", "--include-children"]
        run(["psrecord", *arguments], on_oslens)
        rows = [line.split() for line in log.read_text().splitlines()[1:]]
        assert len(rows) >= 3
        logs.append([[float(number) for number in row] for row in rows])
    ours, theirs = (rows[-1] for rows in logs)
    # Megabytes of real and of virtual memory.
    assert ours[2:4] == pytest.approx(theirs[2:4], rel=0.05)


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
