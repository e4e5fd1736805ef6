"""What psutil has, oslens has: names, signatures, fields, constants."""

from __future__ import annotations

import ast
import enum
import inspect
import json
import pickle
import re
import signal
import socket
from pathlib import Path

import pytest
from conftest import nodes_here

import oslens
from oslens import _ntuples

# Fields of psutil 8; the witness is psutil 7, whose orders differ in these.
FIELDS_OF_8 = {
    "scputimes": (
        "user system idle nice iowait irq softirq steal guest guest_nice".split()
    ),
    "pmem": "rss vms shared text data".split(),
    "pfullmem": "rss vms shared text data uss pss swap".split(),
}
NEW_TUPLES_OF_8 = {
    "pmem_ex": (
        "rss vms shared text data peak_rss peak_vms rss_anon rss_file rss_shmem swap"
        " hugetlb".split()
    ),
    "pfootprint": ["uss", "pss", "swap"],
    "ppagefaults": ["minor", "major"],
}


def parameters(function):
    return list(inspect.signature(function).parameters.values())


def test_all_names_of_psutil_are_here(psutil):
    missing = set(psutil.__all__) - set(oslens.__all__) - {"version_info"}
    assert not missing
    for name in oslens.__all__:
        assert hasattr(oslens, name), name
    assert len(set(oslens.__all__)) == len(oslens.__all__)


def test_public_attributes_of_psutil_are_here(psutil):
    modules = {name for name in dir(psutil) if inspect.ismodule(getattr(psutil, name))}
    # A function that it uses itself.
    modules.add("debug")
    public = {name for name in dir(psutil) if not name.startswith("_")} - modules
    # A function for psutil's own messages, which happens to be visible.
    public -= {"debug"}
    assert not public - set(dir(oslens))


def test_nothing_of_other_platforms_is_here():
    for name in ("win_service_iter", "REALTIME_PRIORITY_CLASS", "CONN_DELETE_TCB"):
        assert not hasattr(oslens, name)


def functions(module):
    names = [name for name in module.__all__ if callable(getattr(module, name))]
    return [name for name in names if not isinstance(getattr(module, name), type)]


def test_functions_take_what_those_of_psutil_take(psutil):
    for name in functions(psutil):
        theirs = parameters(getattr(psutil, name))
        ours = parameters(getattr(oslens, name))
        same = [(p.name, p.default) for p in ours[: len(theirs)]]
        assert same == [(p.name, p.default) for p in theirs], name
        for extra in ours[len(theirs) :]:
            assert extra.default is not inspect.Parameter.empty, name


def test_methods_take_what_those_of_psutil_take(psutil):
    theirs = {name for name in dir(psutil.Process) if not name.startswith("_")}
    missing = theirs - set(dir(oslens.Process))
    assert not missing
    for name in sorted(theirs):
        if isinstance(getattr(psutil.Process, name), property):
            continue
        expected = parameters(getattr(psutil.Process, name))
        ours = parameters(getattr(oslens.Process, name))[: len(expected)]
        assert [(p.name, p.default) for p in ours] == [
            (p.name, p.default) for p in expected
        ], name


def test_every_public_thing_is_documented():
    for name in functions(oslens) + ["Process", "Popen"]:
        doc = inspect.getdoc(getattr(oslens, name))
        assert doc and len(doc) > 20, name
    for name in dir(oslens.Process):
        if not name.startswith("_") and callable(getattr(oslens.Process, name)):
            assert inspect.getdoc(getattr(oslens.Process, name)), name


def test_tuples_have_the_fields_of_psutil_in_their_order(psutil):
    import psutil._common
    import psutil._ntuples
    import psutil._pslinux

    seen = 0
    for module in (psutil._ntuples, psutil._common, psutil._pslinux):
        for name, theirs in vars(module).items():
            fields = getattr(theirs, "_fields", None)
            if fields is None or not hasattr(_ntuples, name):
                continue
            ours = getattr(_ntuples, name)
            assert list(ours._fields) == FIELDS_OF_8.get(name, list(fields)), name
            assert ours.__name__ == name
            seen += 1
    assert seen >= 20
    for name, fields in NEW_TUPLES_OF_8.items():
        assert list(getattr(_ntuples, name)._fields) == fields


def test_tuples_are_typed_as_they_are():
    stub = Path(_ntuples.__file__).with_suffix(".pyi").read_text()
    classes = {
        node.name: [
            item.target.id for item in node.body if isinstance(item, ast.AnnAssign)
        ]
        for node in nodes_here(ast.parse(stub).body)
        if isinstance(node, ast.ClassDef)
    }
    made = {name: fields.split() for name, fields in _ntuples._FIELDS.items()}
    assert classes == made


def test_the_native_module_is_typed_as_it_is():
    from oslens import _oslens

    stub = Path(_ntuples.__file__).with_name("_oslens.pyi").read_text()
    typed = {
        node.name
        for node in nodes_here(ast.parse(stub).body)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    there = {name for name in dir(_oslens) if callable(getattr(_oslens, name))}
    assert {name for name in typed - there if name[0] != "_"} == set()
    assert {name for name in there - typed if not name.startswith("__")} == set()


def test_tuples_pickle_and_are_plain_tuples():
    usage = oslens.disk_usage("/")
    again = pickle.loads(pickle.dumps(usage))
    assert again == usage and type(again) is type(usage)
    assert isinstance(usage, tuple) and tuple(usage) == usage
    assert repr(usage).startswith("sdiskusage(total=")
    assert usage._replace(total=1).total == 1 and usage._asdict()["total"] > 0
    with pytest.raises(AttributeError):
        usage.total = 1


def test_former_fields_of_memory_warn():
    memory = _ntuples.pmem(1, 2, 3, 4, 5)
    for name in ("lib", "dirty"):
        with pytest.warns(DeprecationWarning, match=name):
            assert getattr(memory, name) == 0


def test_constants_equal_those_of_psutil(psutil):
    for name in psutil.__all__:
        theirs = getattr(psutil, name)
        if re.match("[A-Z_0-9]+$", name):
            assert getattr(oslens, name) == theirs, name


def test_enums_are_strings_and_numbers():
    running, listen = oslens.STATUS_RUNNING, oslens.CONN_LISTEN
    assert running == "running" and str(running) == "running"
    assert f"{running:>8}" == " running" and isinstance(running, str)
    assert repr(running) == "<ProcessStatus.STATUS_RUNNING: 'running'>"
    assert repr(listen) == "<ConnectionStatus.CONN_LISTEN: 'LISTEN'>"
    assert oslens.AF_LINK == socket.AF_PACKET
    assert isinstance(oslens.RLIMIT_NOFILE, enum.IntEnum)
    assert repr(oslens.NIC_DUPLEX_FULL) == "<NicDuplex.NIC_DUPLEX_FULL: 2>"
    for member in (running, listen, oslens.IOPRIO_CLASS_IDLE, oslens.RLIMIT_CPU):
        assert pickle.loads(pickle.dumps(member)) is member


EXCEPTIONS = [
    ("Error", ()),
    ("NoSuchProcess", (5,)),
    ("NoSuchProcess", (0, "name")),
    ("NoSuchProcess", (5, "name", "a message")),
    ("ZombieProcess", (5, "name", 1)),
    ("ZombieProcess", (5, "name", None, "a message")),
    ("AccessDenied", ()),
    ("AccessDenied", (5, "it's", "denied")),
    ("TimeoutExpired", (3,)),
    ("TimeoutExpired", (0.5, 5, "name")),
]


@pytest.mark.parametrize("name, arguments", EXCEPTIONS)
def test_exceptions_are_those_of_psutil(psutil, name, arguments):
    theirs = getattr(psutil, name)(*arguments)
    ours = getattr(oslens, name)(*arguments)
    assert str(ours) == str(theirs)
    assert repr(ours) == repr(theirs).replace("psutil.", "oslens.")
    assert vars(ours) == vars(theirs)
    assert ours.args == theirs.args
    again = pickle.loads(pickle.dumps(ours))
    assert type(again) is type(ours) and vars(again) == vars(ours)


def test_exceptions_inherit_as_those_of_psutil(psutil):
    names = sorted({name for name, _ in EXCEPTIONS})
    for one in names:
        for other in names:
            ours = issubclass(getattr(oslens, one), getattr(oslens, other))
            theirs = issubclass(getattr(psutil, one), getattr(psutil, other))
            assert ours == theirs, (one, other)


def test_the_signature_of_exceptions_is_that_of_psutil(psutil):
    for name in ("NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired"):
        ours = [(p.name, p.default) for p in parameters(getattr(oslens, name))]
        theirs = [(p.name, p.default) for p in parameters(getattr(psutil, name))]
        assert ours == theirs


def test_the_default_of_register_exit_fun_is_sigterm():
    default = inspect.signature(oslens.register_exit_fun).parameters["signals"].default
    assert tuple(default) == (signal.SIGTERM,)


# As psutil 8 has them there. The native module is not needed for what these
# are, so that the tables of other systems can be looked at here.
TABLES_OF = {
    "win32": {
        "scputimes": "user system idle irq dpc",
        "svmem": "total available percent used free cached wired",
        "pmem": "rss vms peak_rss peak_vms",
        "pio": (
            "read_count write_count read_bytes write_bytes other_count other_bytes"
        ),
        "pheap": "heap_used mmap_used heap_count",
        "popenfile": "path fd",
        "ProcessIOPriority": "IOPRIO_VERYLOW IOPRIO_LOW IOPRIO_NORMAL IOPRIO_HIGH",
        "AddressFamily": "AF_LINK=-1",
    },
    "darwin": {
        "scputimes": "user system idle nice",
        "svmem": "total available percent used free active inactive wired",
        "pmem": "rss vms",
        "pfullmem": "rss vms uss",
        "sdiskio": (
            "read_count write_count read_bytes write_bytes read_time write_time"
        ),
        "AddressFamily": "AF_LINK=18",
    },
    "freebsd14": {
        "scputimes": "user system idle nice irq",
        "pmem": "rss vms text data stack peak_rss",
        "pmmap_grouped": "path rss private ref_count shadow_count",
        "sdiskio": (
            "read_count write_count read_bytes write_bytes read_time write_time"
            " busy_time"
        ),
    },
    "openbsd7": {"sdiskio": "read_count write_count read_bytes write_bytes"},
    "sunos5": {"scputimes": "user system idle iowait", "pmem": "rss vms"},
}


@pytest.mark.parametrize("platform", TABLES_OF)
def test_other_systems_have_the_tuples_of_psutil_there(run, platform):
    done = run(
        """
        import json, os, sys, types
        sys.platform = sys.argv[1]
        if sys.platform == "win32":
            os.name = "nt"
        # The modules, without the package: it would refuse the system.
        package = types.ModuleType("oslens")
        package.__path__ = [sys.argv[2]]
        sys.modules["oslens"] = package
        from oslens import _enums, _ntuples
        tables = {name: made for name, made in _ntuples._FIELDS.items()}
        for name, made in vars(_enums).items():
            if isinstance(made, type) and issubclass(made, _enums.enum.Enum):
                tables[name] = " ".join(made.__members__)
        tables["AddressFamily"] = f"AF_LINK={int(_enums.AddressFamily.AF_LINK)}"
        print(json.dumps(tables))
        """,
        platform,
        oslens.__path__[0],
    )
    assert done.status == 0, done
    tables = json.loads(done.out)
    for name, expected in TABLES_OF[platform].items():
        assert tables[name] == expected, name
    assert ("CONN_DELETE_TCB" in tables["ConnectionStatus"]) == (platform == "win32")
    assert ("CONN_IDLE" in tables["ConnectionStatus"]) == (platform == "sunos5")
    assert ("ProcessPriority" in tables) == (platform == "win32")
    assert ("ProcessRlimit" in tables) == platform.startswith("freebsd")


@pytest.mark.parametrize("platform", ["sunos5", "aix7"])
def test_a_system_without_support_is_told_so(run, platform):
    done = run(
        "import sys; sys.platform = sys.argv[1]\nimport oslens",
        platform,
    )
    assert done.status == 1
    last = done.err.splitlines()[-1]
    assert last.startswith("ImportError: oslens ") and repr(platform) in last
    assert "Linux, Windows, macOS" in last
