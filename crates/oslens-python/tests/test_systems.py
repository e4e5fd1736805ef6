"""What `import oslens` has on systems that these tests do not run on, by the
modules written in Python and a native one that has what the stub says."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import nodes_here

from oslens import _ntuples

HERE = Path(_ntuples.__file__).parent
SYSTEMS = ["freebsd14", "netbsd10", "openbsd7", "darwin"]
BSD = ("freebsd14", "netbsd10", "openbsd7")

# What psutil 8 has on each: facts of its documentation.
FIELDS = {
    "scputimes": {
        BSD: "user system idle nice irq",
        ("darwin",): "user system idle nice",
    },
    "svmem": {
        BSD: (
            "total available percent used free active inactive buffers cached shared"
            " wired"
        ),
        ("darwin",): "total available percent used free active inactive wired",
    },
    "sdiskio": {
        ("freebsd14",): (
            "read_count write_count read_bytes write_bytes read_time write_time"
            " busy_time"
        ),
        ("netbsd10", "openbsd7"): "read_count write_count read_bytes write_bytes",
        ("darwin",): (
            "read_count write_count read_bytes write_bytes read_time write_time"
        ),
    },
    "pcputimes": {tuple(SYSTEMS): "user system children_user children_system"},
    "pmem": {BSD: "rss vms text data stack peak_rss", ("darwin",): "rss vms"},
    "pmem_ex": {
        BSD: "rss vms text data stack peak_rss",
        ("darwin",): (
            "rss vms peak_rss rss_anon rss_file wired compressed phys_footprint"
        ),
    },
    "pfootprint": {("darwin",): "uss"},
    "pfullmem": {BSD: "rss vms text data stack peak_rss", ("darwin",): "rss vms uss"},
    "popenfile": {tuple(SYSTEMS): "path fd"},
    "pio": {BSD: "read_count write_count read_bytes write_bytes"},
    "pmmap_grouped": {("freebsd14",): "path rss private ref_count shadow_count"},
    "pmmap_ext": {
        ("freebsd14",): "addr perms path rss private ref_count shadow_count"
    },
    "pheap": {("freebsd14", "netbsd10", "darwin"): "heap_used mmap_used"},
    "sswap": {tuple(SYSTEMS): "total used free percent sin sout"},
    "suser": {tuple(SYSTEMS): "name terminal host started pid"},
    "scpustats": {
        tuple(SYSTEMS): "ctx_switches interrupts soft_interrupts syscalls"
    },
}

FUNCTIONS = {
    "heap_info heap_trim": ("freebsd14", "netbsd10", "darwin"),
    "sensors_temperatures ProcessRlimit RLIM_INFINITY RLIMIT_NOFILE": ("freebsd14",),
    "sensors_battery": ("freebsd14", "darwin"),
    "cpu_freq": ("freebsd14", "openbsd7", "darwin"),
    "net_connections users disk_io_counters getloadavg boot_time": tuple(SYSTEMS),
}
# Names that psutil has on no such system, whatever oslens adds.
ABSENT = """
    PROCFS_PATH ProcessIOPriority IOPRIO_CLASS_IDLE IOPRIO_HIGH CONN_DELETE_TCB
    win_service_iter HIGH_PRIORITY_CLASS RLIMIT_SIGPENDING
    """.split()

METHODS = {
    "uids gids terminal num_fds": tuple(SYSTEMS),
    "rlimit cpu_affinity": ("freebsd14",),
    "cpu_num": BSD,
    "io_counters": BSD,
    "memory_footprint": ("darwin",),
    "memory_maps": ("freebsd14",),
}
# What oslens has beside psutil.
ADDED = {
    "cpu_num": (),
    "io_counters": ("darwin",),
    "memory_maps": ("darwin",),
}

LIMITS = {
    "RLIMIT_CPU": 0,
    "RLIMIT_FSIZE": 1,
    "RLIMIT_DATA": 2,
    "RLIMIT_STACK": 3,
    "RLIMIT_CORE": 4,
    "RLIMIT_RSS": 5,
    "RLIMIT_MEMLOCK": 6,
    "RLIMIT_NPROC": 7,
    "RLIMIT_NOFILE": 8,
    "RLIMIT_SBSIZE": 9,
    "RLIMIT_AS": 10,
    "RLIMIT_NPTS": 11,
    "RLIMIT_SWAP": 12,
    "RLIM_INFINITY": 2**63 - 1,
}


def stub(name, platform):
    text = (HERE / f"{name}.pyi").read_text("utf-8")
    return list(nodes_here(ast.parse(text).body, platform))


def named(nodes):
    return [node.name for node in nodes if hasattr(node, "name")]


IMPORTED = """
    import importlib.machinery, importlib.util, json, os, sys, types

    here, platform, names, methods = sys.argv[1], *map(json.loads, sys.argv[2:])
    import asyncio, subprocess, threading, ast  # as this system needs them

    def made(name):
        if name in ("ProcessBase", "Pass", "Watch", "Sampler"):
            of = methods if name == "ProcessBase" else []
            return type(name, (), {**dict.fromkeys(of, len), "attrs": frozenset(of)})
        return lambda *_: None

    native = types.ModuleType("oslens._oslens")
    vars(native).update((name, made(name)) for name in names)
    native.VERSION = "0"
    sys.modules["oslens._oslens"] = native
    sys.platform = platform
    os.register_at_fork = lambda **_: None
    # That of these sources, wherever they are.
    sys.path[:0] = [os.path.dirname(here)]
    import oslens
    from oslens import _enums, _ntuples

    oslens.install_as_psutil()
    import psutil
    from psutil import _common

    print(json.dumps({
        "all": oslens.__all__,
        "missing": [name for name in oslens.__all__ if not hasattr(oslens, name)],
        "methods": [name for name in dir(oslens.Process) if name[0] != "_"],
        "fields": {
            name: getattr(_ntuples, name)._fields for name in _ntuples._FIELDS
        },
        "help": _ntuples.svmem.__doc__,
        "link": int(oslens.AF_LINK),
        "limits": {
            one.name: one.value for one in getattr(_enums, "ProcessRlimit", [])
        },
        "flags": {
            name: getattr(oslens, name)
            for name in "LINUX WINDOWS POSIX BSD FREEBSD NETBSD OPENBSD MACOS OSX".split()
        },
        "platform_module": psutil._psplatform.__name__,
    }))
"""


@pytest.fixture(scope="module")
def imported():
    known = {}

    def imported(platform):
        if platform in known:
            return known[platform]
        nodes = stub("_oslens", platform)
        base = next(node for node in nodes if getattr(node, "name", "") == "ProcessBase")
        methods = sorted(set(named(nodes_here(base.body, platform))))
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                textwrap.dedent(IMPORTED),
                str(HERE),
                *map(json.dumps, (platform, named(nodes), methods)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        known[platform] = json.loads(done.stdout)
        return known[platform]

    return imported


@pytest.mark.parametrize("platform", SYSTEMS)
def test_named_tuples_have_the_fields_of_psutil(imported, platform):
    fields = imported(platform)["fields"]
    for name, of in FIELDS.items():
        for systems, text in of.items():
            if platform in systems:
                assert fields[name] == text.split(), name


@pytest.mark.parametrize("platform", SYSTEMS)
def test_named_tuples_are_typed_as_they_are(imported, platform):
    fields = imported(platform)["fields"]
    for node in stub("_ntuples", platform):
        if isinstance(node, ast.ClassDef):
            typed = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)]
            assert typed == fields.pop(node.name), node.name
    # Of Linux.
    assert set(fields) == {"pionice"}
    assert "wired (int)" in imported(platform)["help"]


@pytest.mark.parametrize("platform", SYSTEMS)
def test_names_are_those_of_psutil(imported, platform):
    of = imported(platform)
    assert of["missing"] == []
    assert len(of["all"]) == len(set(of["all"]))
    for names, systems in FUNCTIONS.items():
        for name in names.split():
            if platform in systems:
                assert name in of["all"], name
    for name in ABSENT:
        assert name not in of["all"], name
    for names in ("RLIMIT_NOFILE", "ProcessRlimit"):
        assert (names in of["all"]) == (platform == "freebsd14")
    assert ("heap_info" in of["all"]) == (platform != "openbsd7")


@pytest.mark.parametrize("platform", SYSTEMS)
def test_processes_have_the_methods_of_psutil(imported, platform):
    methods = imported(platform)["methods"]
    for names, systems in METHODS.items():
        for name in names.split():
            here = platform in systems or platform in ADDED.get(name, ())
            assert (name in methods) == here, name
    for name in ("ionice", "num_handles", "capabilities", "cgroups", "oom_score"):
        assert name not in methods, name


@pytest.mark.parametrize("platform", SYSTEMS)
def test_constants_say_which_system_it_is(imported, platform):
    of = imported(platform)
    assert of["link"] == 18
    assert of["limits"] == (LIMITS if platform == "freebsd14" else {})
    is_mac = platform == "darwin"
    assert of["flags"] == {
        "LINUX": False,
        "WINDOWS": False,
        "POSIX": True,
        "BSD": not is_mac,
        "FREEBSD": platform == "freebsd14",
        "NETBSD": platform == "netbsd10",
        "OPENBSD": platform == "openbsd7",
        "MACOS": is_mac,
        "OSX": is_mac,
    }
    assert of["platform_module"] == f"psutil.{'_psosx' if is_mac else '_psbsd'}"
