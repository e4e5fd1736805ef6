"""What the package does on Windows, with psutil as the witness.

Wine answers less than Windows does: what it lacks is skipped there.
"""

from __future__ import annotations

import ast
import asyncio
import ctypes
import inspect
import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import psutil
import pytest

import oslens
from oslens import _enums, _ntuples, _oslens

IS_WINE = hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
SLEEP = [sys.executable, "-c", "import time; time.sleep(120)"]
TEXT_OF_STUB = Path(_ntuples.__file__).with_name("_oslens.pyi").read_text("utf-8")


@pytest.fixture
def sleeper():
    with subprocess.Popen(SLEEP) as child:
        yield child
        child.kill()


def exits(code):
    return [sys.executable, "-c", f"import os; os._exit({code})"]


def asked(question):
    """The answer; a test without one is not made."""
    try:
        return question()
    except NotImplementedError as error:
        if not IS_WINE:
            raise
        return pytest.skip(f"Wine: {error}")


# Names


def test_every_name_of_psutil_is_there():
    assert set(psutil.__all__) - set(oslens.__all__) == set()
    for name in oslens.__all__:
        assert getattr(oslens, name) is not None
    for name in psutil.__all__:
        theirs = getattr(psutil, name)
        if isinstance(theirs, (int, str)) and name not in (
            "__version__",
            "AF_LINK",
        ):
            assert getattr(oslens, name) == theirs, name
    assert oslens.WINDOWS and not oslens.LINUX and not oslens.POSIX
    assert int(oslens.AF_LINK) == int(psutil.AF_LINK) == -1


def test_processes_have_the_methods_of_psutil_and_no_others_of_unix():
    theirs = {name for name in dir(psutil.Process) if not name.startswith("_")}
    assert {name for name in theirs if not hasattr(oslens.Process, name)} == set()
    for name in ("uids", "gids", "terminal", "num_fds", "rlimit", "cpu_num", "cgroups"):
        assert not hasattr(oslens.Process, name), name
        assert not hasattr(psutil.Process, name) or name == "cgroups", name
        assert name not in oslens.Process.attrs
    # psutil 8 has these instead of memory_full_info.
    of_7 = oslens.Process.attrs - {"memory_footprint", "memory_info_ex", "page_faults"}
    assert of_7 == psutil._as_dict_attrnames - {"memory_full_info"}
    for name in ("pressure", "sensors_fans", "PROCFS_PATH", "RLIMIT_NOFILE"):
        assert not hasattr(oslens, name), name


def stub_of(body):
    """What a stub has for Windows."""
    for node in body:
        if isinstance(node, ast.If):
            asked = compile(ast.Expression(node.test), "stub", "eval")
            yield from stub_of(node.body if eval(asked, {"sys": sys}) else node.orelse)
        else:
            yield node


def test_the_stub_has_what_the_native_module_has():
    nodes = list(stub_of(ast.parse(TEXT_OF_STUB).body))
    kinds = (ast.FunctionDef, ast.ClassDef)
    typed = {node.name for node in nodes if isinstance(node, kinds)}
    there = {name for name in dir(_oslens) if callable(getattr(_oslens, name))}
    assert {name for name in typed ^ there if name[0] != "_"} == set()
    for of in nodes:
        if isinstance(of, ast.ClassDef) and of.name in ("ProcessBase", "WindowsService"):
            made = getattr(_oslens, of.name)
            methods = {one.name for one in stub_of(of.body) if hasattr(one, "name")}
            public = {name for name in dir(made) if name[0] != "_"} - {"attrs"}
            assert {name for name in methods if name[0] != "_"} == public


def test_the_stub_documents_what_windows_has():
    nodes = {n.name: n for n in stub_of(ast.parse(TEXT_OF_STUB).body) if hasattr(n, "name")}
    compared = 0
    for of in ("ProcessBase", "WindowsService", None):
        parent = getattr(_oslens, of) if of else _oslens
        body = stub_of(nodes[of].body) if of else nodes.values()
        for node in body:
            text = isinstance(node, ast.FunctionDef) and ast.get_docstring(node)
            if text:
                made = inspect.getattr_static(parent, node.name)
                assert inspect.getdoc(made) == text, node.name
                compared += 1
    assert compared > 60


def test_tuples_are_typed_as_they_are():
    stub = Path(_ntuples.__file__).with_suffix(".pyi").read_text("utf-8")
    for node in stub_of(ast.parse(stub).body):
        if isinstance(node, ast.ClassDef):
            fields = [n.target.id for n in node.body if isinstance(n, ast.AnnAssign)]
            assert fields == _ntuples._FIELDS[node.name].split(), node.name
            assert inspect.getdoc(getattr(_ntuples, node.name))


# Processes


@pytest.mark.parametrize(
    "name",
    "pid ppid name exe cmdline cwd environ create_time username nice num_threads"
    " cpu_affinity".split(),
)
@pytest.mark.parametrize("whose", ["own", "child"])
def test_values_are_those_of_psutil(sleeper, name, whose):
    pid = os.getpid() if whose == "own" else sleeper.pid
    ours, theirs = oslens.Process(pid), psutil.Process(pid)
    if name == "pid":
        assert ours.pid == theirs.pid == pid
        return
    ours, theirs = asked(getattr(ours, name)), getattr(theirs, name)()
    if name in ("name", "exe"):
        assert ours.lower() == theirs.lower()
    else:
        assert ours == theirs


def test_memory_is_that_of_psutil(sleeper):
    ours, theirs = oslens.Process(sleeper.pid), psutil.Process(sleeper.pid)
    now = ours.memory_info()
    assert now._fields == ("rss", "vms", "peak_rss", "peak_vms")
    assert now.rss == pytest.approx(theirs.memory_info().rss, rel=0.2)
    assert 0 < now.rss <= now.peak_rss and 0 < now.vms <= now.peak_vms
    with pytest.warns(DeprecationWarning, match="rss"):
        assert now.wset == now.rss
    ex = ours.memory_info_ex()
    assert ex.virtual > ex.vms and ex.peak_virtual >= ex.virtual
    assert 0 < ours.memory_percent() < 100
    assert ours.memory_percent("virtual") > ours.memory_percent("rss")
    with pytest.raises(ValueError, match="peak_vms"):
        ours.memory_percent("shared")


def test_cpu_times_grow():
    process = oslens.Process()
    before = process.cpu_times()
    assert before._fields == ("user", "system", "children_user", "children_system")
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    after = process.cpu_times()
    assert after.user + after.system > before.user + before.system
    assert process.cpu_percent(0.05) >= 0


def test_open_handles_are_counted(tmp_path):
    process = oslens.Process()
    before = asked(process.num_handles)
    files = [(tmp_path / str(number)).open("w") for number in range(20)]
    if IS_WINE and process.num_handles() == before:
        pytest.skip("Wine counts the room for handles")
    assert process.num_handles() >= before + 20
    for file in files:
        file.close()
    assert process.as_dict(["num_handles"])["num_handles"] < before + 20


def test_maps_are_of_files_as_in_psutil():
    ours = oslens.Process().memory_maps()
    theirs = {of.path.lower() for of in psutil.Process().memory_maps()}
    # psutil leaves names that it does not know a drive of as they are.
    theirs = {path for path in theirs if path[1:2] == ":"}
    assert theirs and theirs <= {of.path.lower() for of in ours}
    assert any(of.path.lower().endswith("python.exe") and of.rss > 0 for of in ours)
    each = oslens.Process().memory_maps(grouped=False)
    assert len(each) > len(ours) and int(each[0].addr, 16) > 0


def test_open_files_are_found(tmp_path):
    path = tmp_path / "open"
    with path.open("w"):
        files = asked(oslens.Process().open_files)
        if IS_WINE and not files:
            pytest.skip("Wine lists no handles")
        assert any(Path(of.path).name == "open" and of.fd == -1 for of in files)


def test_threads_have_times():
    threads = oslens.Process().threads()
    assert {of.id for of in psutil.Process().threads()} == {of.id for of in threads}
    assert sum(of.user_time + of.system_time for of in threads) > 0


def test_priority_classes_are_set_and_told(sleeper):
    process = oslens.Process(sleeper.pid)
    assert process.nice() is oslens.NORMAL_PRIORITY_CLASS
    for wanted in (oslens.IDLE_PRIORITY_CLASS, oslens.BELOW_NORMAL_PRIORITY_CLASS):
        assert process.nice(wanted) is None
        assert process.nice() is wanted
        assert psutil.Process(sleeper.pid).nice() == wanted
    with pytest.raises(ValueError, match="priority class 5"):
        process.nice(5)


def test_io_priorities_are_checked(sleeper):
    process = oslens.Process(sleeper.pid)
    with pytest.raises(ValueError, match="IOPRIO_HIGH"):
        process.ionice(9)
    with pytest.raises(TypeError, match="no value"):
        process.ionice(oslens.IOPRIO_LOW, 1)
    with pytest.raises(ValueError, match="ioclass"):
        process.ionice(value=1)
    assert asked(process.ionice) is oslens.IOPRIO_NORMAL
    process.ionice(oslens.IOPRIO_LOW)
    assert process.ionice() is oslens.IOPRIO_LOW


def test_affinity_is_set(sleeper):
    process = oslens.Process(sleeper.pid)
    first = process.cpu_affinity()[0]
    process.cpu_affinity([first])
    assert process.cpu_affinity() == [first]
    with pytest.raises(ValueError):
        process.cpu_affinity([5000])


def test_sockets_of_a_process_are_found():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = [of for of in oslens.net_connections("tcp4") if of.laddr.port == port]
        if not found and not any(
            of.laddr and of.laddr.port == port for of in psutil.net_connections("tcp4")
        ):
            pytest.skip("Wine lists no sockets here")
        assert found[0].pid == os.getpid() and found[0].fd == -1
        assert found[0].status is oslens.CONN_LISTEN
        own = oslens.Process().net_connections("tcp")
        assert port in [of.laddr.port for of in own]


# Their end


def test_exit_codes_are_known_of_everybody():
    child = subprocess.Popen(exits(7))
    assert oslens.Process(child.pid).wait(30) == 7
    with oslens.Popen(exits(3)) as child:
        assert child.wait(30) == 3
        assert child.wait() == 3


def test_the_exit_code_of_what_ended_before_is_known():
    child = subprocess.Popen(exits(5))
    process = oslens.Process(child.pid)
    deadline = time.monotonic() + 30
    while process.is_running():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # The handle of `child` keeps it.
    assert process.wait(0) == 5
    assert oslens.Popen(exits(6)).wait(30) == 6


def test_exit_codes_are_signed():
    kernel32 = "ctypes.WinDLL('kernel32')"
    code = f"import ctypes; {kernel32}.ExitProcess(0xC0000005)"
    assert oslens.Popen([sys.executable, "-c", code]).wait(30) == -1073741819


@pytest.mark.parametrize("how", ["terminate", "kill", "SIGTERM"])
def test_ended_processes_have_psutils_exit_code(how):
    with oslens.Popen(SLEEP) as process:
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            getattr(process, how)()
        assert process.wait(30) == 15
        assert not process.is_running()
        with pytest.raises(oslens.NoSuchProcess):
            process.terminate()
        assert "status='terminated'" in repr(process)


def test_a_wait_ends_in_time(sleeper):
    process = oslens.Process(sleeper.pid)
    for seconds in (0, 0.25):
        start = time.monotonic()
        with pytest.raises(oslens.TimeoutExpired) as raised:
            process.wait(seconds)
        assert time.monotonic() - start >= seconds
        assert raised.value.pid == sleeper.pid and raised.value.seconds == seconds
    with pytest.raises(ValueError):
        process.wait(-1)


def test_several_are_waited_for_in_the_order_of_their_end(sleeper):
    slow = oslens.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
    quick = oslens.Popen(exits(0))
    alive = oslens.Process(sleeper.pid)
    seen = []
    gone, left = oslens.wait_procs([alive, slow, quick], timeout=3, callback=seen.append)
    assert gone == seen == [quick, slow] and left == [alive]
    assert [process.returncode for process in gone] == [0, 0]


def test_others_run_while_asyncio_waits():
    async def wait():
        with oslens.Popen(exits(4)) as process:
            return await process.wait_async(timeout=30)

    assert asyncio.run(wait()) == 4


def test_a_process_is_stopped_and_continued(sleeper):
    process = oslens.Process(sleeper.pid)
    process.suspend()
    process.resume()
    assert process.is_running()
    asked(process.status)
    process.suspend()
    assert process.status() == oslens.STATUS_STOPPED
    process.resume()
    assert process.status() == oslens.STATUS_RUNNING


def test_signals_that_there_are_not_are_refused(sleeper):
    with pytest.raises(ValueError, match="CTRL_C_EVENT"):
        oslens.Process(sleeper.pid).send_signal(9)


def test_what_never_was_is_no_process():
    with pytest.raises(oslens.NoSuchProcess) as raised:
        oslens.Process(999_996)
    assert raised.value.pid == 999_996
    assert not oslens.pid_exists(999_996)


# Many


def test_all_processes_are_listed(sleeper):
    pids = oslens.pids()
    assert {os.getpid(), sleeper.pid} <= set(pids) and pids == sorted(pids)
    assert set(pids) <= set(psutil.pids()) | {0, os.getpid(), sleeper.pid} | set(oslens.pids())
    names = {of.pid: of.name() for of in oslens.process_iter(["name", "username"])}
    assert names[sleeper.pid].lower() == "python.exe"
    rows = oslens.processes(["pid", "num_handles", "username", "memory_info"])
    assert {row.pid for row in rows} >= {os.getpid(), sleeper.pid}
    columns = oslens.processes(["memory_info", "cpu_times"], columns=True)
    assert list(columns)[:4] == [f"memory_info.{name}" for name in _ntuples.pmem._fields]
    assert [name.partition(".")[2] for name in list(columns)[4:]] == list(
        _ntuples.pcputimes._fields
    )
    with pytest.raises(ValueError, match="num_handles"):
        oslens.processes(["num_fds"])


def test_relations_are_told(sleeper):
    me = oslens.Process()
    if oslens.Process(sleeper.pid).ppid() != os.getpid():
        pytest.skip("Wine: children of another")
    assert oslens.Process(sleeper.pid).parent() == me
    assert oslens.Process(sleeper.pid) in me.children()


def test_as_dict_has_all_that_the_system_tells():
    values = oslens.Process().as_dict()
    missing = oslens.Process.attrs - set(values)
    assert IS_WINE or not missing
    assert values["pid"] == os.getpid() and values["cmdline"]
    with oslens.Process().oneshot():
        assert oslens.Process().name() == values["name"]


# The machine


def test_the_machine_is_told_as_psutil_tells_it():
    assert oslens.cpu_count() == psutil.cpu_count()
    assert oslens.cpu_count(logical=False) == psutil.cpu_count(logical=False)
    assert oslens.cpu_times()._fields == ("user", "system", "idle", "irq", "dpc")
    assert len(oslens.cpu_times(percpu=True)) == oslens.cpu_count()
    assert oslens.cpu_times().idle == pytest.approx(psutil.cpu_times().idle, rel=0.05)
    assert 0 <= oslens.cpu_percent(0.05) <= 100
    assert oslens.cpu_freq().current == psutil.cpu_freq().current
    with warnings.catch_warnings():
        # Wine does not tell the cache.
        warnings.simplefilter("ignore")
        memory = oslens.virtual_memory()
    assert memory._fields[5:] == ("cached", "wired")
    assert memory.total == psutil.virtual_memory().total
    assert oslens.sensors_battery() == psutil.sensors_battery()
    assert oslens.boot_time() < time.time()
    assert isinstance(oslens.users(), list)


def test_disks_are_told_as_psutil_tells_them(tmp_path):
    assert [tuple(of) for of in oslens.disk_partitions()] == [
        tuple(of)[:4] for of in psutil.disk_partitions()
    ]
    ours, theirs = oslens.disk_usage("C:\\"), psutil.disk_usage("C:\\")
    assert ours.total == theirs.total and ours.percent == pytest.approx(theirs.percent, abs=1)
    assert oslens.disk_usage(b"C:\\").total == ours.total
    assert oslens.disk_io_counters(perdisk=True).keys() == (
        psutil.disk_io_counters(perdisk=True).keys()
    )
    with pytest.raises(FileNotFoundError) as raised:
        oslens.disk_usage(tmp_path / "missing" / "too")
    assert raised.value.winerror in (2, 3)
    with pytest.raises(TypeError, match="descriptor"):
        oslens.disk_usage(1)


def test_interfaces_are_told_as_psutil_tells_them():
    ours, theirs = oslens.net_if_addrs(), psutil.net_if_addrs()
    for name, addresses in theirs.items():
        known = {(of.family, of.address, of.netmask) for of in ours[name]}
        for of in addresses:
            assert (of.family, of.address, of.netmask) in known, (name, of)
    assert oslens.net_if_stats().keys() == psutil.net_if_stats().keys()
    for name, of in psutil.net_if_stats().items():
        assert oslens.net_if_stats()[name].isup == of.isup
        assert oslens.net_if_stats()[name].mtu == of.mtu
    theirs = psutil.net_io_counters(pernic=True)
    ours = oslens.net_io_counters(pernic=True)
    assert ours.keys() <= theirs.keys()


def test_load_averages_are_kept():
    first = asked(oslens.getloadavg)
    assert len(first) == 3 and all(one >= 0 for one in first)


def test_the_heap_is_measured():
    before = oslens.heap_info()
    assert before._fields == ("heap_used", "mmap_used", "heap_count")
    assert before.heap_count == psutil.heap_info().heap_count
    kept = bytearray(64 << 20)
    grown = oslens.heap_info()
    grown_by = grown.heap_used + grown.mmap_used - before.heap_used - before.mmap_used
    assert grown_by >= len(kept)
    del kept
    oslens.heap_trim()


# Services


def test_services_are_those_of_psutil():
    ours = {of.name(): of for of in oslens.win_service_iter()}
    theirs = {of.name(): of for of in psutil.win_service_iter()}
    assert ours.keys() == theirs.keys() and ours
    for name, of in theirs.items():
        assert list(ours[name].as_dict()) == list(of.as_dict())
        assert ours[name].as_dict() == of.as_dict()


def test_a_service_is_asked_by_name():
    name = next(oslens.win_service_iter()).name()
    service, same = oslens.win_service_get(name), oslens.win_service_get(name.upper())
    assert service == same and hash(service) == hash(same) and len({service, same}) == 1
    assert service != name
    theirs = psutil.win_service_get(name)
    for method in (
        "name display_name binpath username start_type status pid description".split()
    ):
        assert getattr(service, method)() == getattr(theirs, method)(), method
    assert service.as_dict(["status", "name"]) == {
        "status": theirs.status(),
        "name": theirs.name(),
    }
    assert str(service) == str(theirs)
    assert repr(service).startswith(f"<{theirs} at ")
    with pytest.raises(ValueError, match="display_name"):
        service.as_dict(["nope"])
    with pytest.raises(TypeError):
        service.as_dict("status")


@pytest.mark.parametrize("name", ["there is none", "a/b\\c"])
def test_a_service_that_there_is_not_is_told(name):
    with pytest.raises(psutil.NoSuchProcess) as theirs:
        psutil.win_service_get(name)
    with pytest.raises(oslens.NoSuchProcess) as raised:
        oslens.win_service_get(name)
    error = raised.value
    assert (error.pid, error.name) == (theirs.value.pid, theirs.value.name)
    assert error.__cause__.winerror in (1060, 123)
    assert pickle.loads(pickle.dumps(error)).name == name
    with pytest.raises(TypeError):
        oslens.win_service_get(5)


# Programs


def python(code):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_programs_for_psutil_run_with_it():
    status, out, err = python(
        """
        import oslens
        oslens.install_as_psutil()
        import psutil
        from psutil._pswindows import NoSuchProcess
        assert psutil.Process is oslens.Process and NoSuchProcess is oslens.NoSuchProcess
        print(psutil.Process().name(), psutil._psplatform.__name__)
        """
    )
    assert (status, out.split()) == (0, ["python.exe", "psutil._pswindows"]), err


def test_functions_run_at_the_end():
    status, out, err = python(
        """
        import oslens
        @oslens.register_exit_fun
        def end():
            print("over")
        """
    )
    assert (status, out.strip()) == (0, "over"), err


def test_ctrl_c_ends_a_wait():
    status, out, err = python(
        f"""
        import _thread, subprocess, sys, threading, time
        import oslens
        child = subprocess.Popen({SLEEP!r})
        threading.Timer(0.5, _thread.interrupt_main).start()
        start = time.monotonic()
        try:
            oslens.Process(child.pid).wait(60)
        except KeyboardInterrupt:
            print(time.monotonic() - start < 30)
        finally:
            child.kill()
        """
    )
    assert (status, out.strip()) == (0, "True"), err


def test_enums_have_what_only_windows_has():
    assert _enums.ConnectionStatus("DELETE_TCB") is oslens.CONN_DELETE_TCB


def test_a_sampler_tells_rates():
    sampler = oslens.Sampler(["pid", "name", "cpu_percent"])
    assert all(row.cpu_percent is None for row in sampler.sample())
    time.sleep(0.2)
    own = [row for row in sampler.sample() if row.pid == os.getpid()]
    assert len(own) == 1 and own[0].cpu_percent >= 0
