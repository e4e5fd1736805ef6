"""Programs that were written for psutil find it in oslens."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_import_psutil_is_oslens(run):
    done = run(
        """
        import oslens
        oslens.install_as_psutil()
        import psutil
        import psutil as p
        from psutil import virtual_memory, NoSuchProcess
        assert psutil is oslens
        assert psutil.version_info >= (8, 0, 0)
        assert psutil.__version__ == ".".join(map(str, psutil.version_info))
        try:
            psutil.Process(2**31 - 1)
        except psutil.NoSuchProcess as error:
            print(repr(error))
        """
    )
    assert done.status == 0, done
    assert done.out.startswith("psutil.NoSuchProcess(pid=2147483647"), done


def test_private_modules_lead_to_public_names(run):
    done = run(
        """
        import oslens
        oslens.install_as_psutil()
        import psutil._common
        import psutil._pslinux
        import psutil._psposix
        from psutil import _common, _exceptions, _enums
        from psutil._common import sdiskpart, snicaddr, NoSuchProcess, STATUS_ZOMBIE
        from psutil._common import bytes2human, LINUX
        from psutil._ntuples import svmem, addr
        from psutil._pslinux import pmem, pfullmem, scputimes, CONN_LISTEN
        from psutil._psposix import TimeoutExpired
        assert psutil._psplatform.pmem is pmem
        assert psutil._as_dict_attrnames == psutil.Process.attrs
        assert type(psutil.virtual_memory()) is svmem
        assert type(psutil.cpu_times()) is scputimes
        assert NoSuchProcess is oslens.NoSuchProcess is _common.NoSuchProcess
        assert _enums.ProcessStatus is oslens.ProcessStatus
        for module in (_common, psutil._pslinux):
            try:
                module.no_such_name
            except AttributeError as error:
                assert "no_such_name" in str(error)
            else:
                raise AssertionError
        try:
            import psutil._no_such_module
        except ImportError:
            pass
        else:
            raise AssertionError
        """
    )
    assert done.status == 0, done


def test_procfs_path_is_one_for_both_names(run, tmp_path):
    (tmp_path / "stat").write_text("cpu  100 0 100 800 0 0 0 0 0 0\nbtime 1234\n")
    done = run(
        """
        import sys, oslens
        oslens.install_as_psutil()
        import psutil
        psutil.PROCFS_PATH = sys.argv[1]
        print(psutil.boot_time(), oslens.boot_time())
        """,
        str(tmp_path),
    )
    assert done.out == "1234.0 1234.0\n", done


def test_it_replaces_the_psutil_that_was_imported_before(run, psutil):
    done = run(
        """
        import psutil
        old = psutil
        import psutil._common
        import oslens
        oslens.install_as_psutil()
        oslens.install_as_psutil()
        import psutil
        from psutil._common import sdiskusage
        assert psutil is oslens is not old
        assert type(psutil.disk_usage("/")) is sdiskusage
        """
    )
    assert done.status == 0, done


def test_metadata_names_a_version_also_without_psutil(run):
    done = run(
        """
        import importlib.metadata, sys
        import oslens
        # Where nothing is installed but oslens.
        sys.path[:] = [path for path in sys.path if "site-packages" not in path]
        oslens.install_as_psutil()
        print(importlib.metadata.version("psutil"))
        """
    )
    assert done.out == "8.0.0\n", done


def as_psutil(*arguments, cwd=None, env=None):
    return subprocess.run(
        [sys.executable, "-m", "oslens.as_psutil", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


PROGRAM = """
import sys
import psutil
print(__name__, psutil.__name__, sys.argv[1:])
sys.exit(3)
"""


def test_a_file_runs_so(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import beside\n" + PROGRAM)
    (tmp_path / "beside.py").write_text("")
    done = as_psutil(str(program), "-a", "b c")
    assert (done.returncode, done.stdout) == (3, "__main__ oslens ['-a', 'b c']\n")


def test_a_module_runs_so(tmp_path):
    (tmp_path / "a_module_for_psutil.py").write_text(PROGRAM)
    done = as_psutil("a_module_for_psutil", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "__main__ oslens ['x']\n")


def test_a_command_of_a_package_runs_so(tmp_path):
    (tmp_path / "some_package.py").write_text(
        f"def main():\n    print(__name__)\n    exec({PROGRAM!r})\n"
    )
    info = tmp_path / "some_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: some-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nsome-command = some_package:main\n"
    )
    done = as_psutil("some-command", "x", env={"PYTHONPATH": str(tmp_path)})
    assert done.stdout == "some_package\nsome_package oslens ['x']\n", done.stderr
    assert done.returncode == 3


def test_a_script_in_path_runs_so(tmp_path):
    script = tmp_path / "some-script"
    script.write_text(f"#!{sys.executable}\n{PROGRAM}")
    script.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = as_psutil("some-script", env={"PATH": path})
    assert (done.returncode, done.stdout) == (3, "__main__ oslens []\n")


def test_children_get_it_too(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        """
import multiprocessing, subprocess, sys

def name(_):
    import psutil
    return psutil.__name__

if __name__ == "__main__":
    code = "import psutil; import psutil._common; print(psutil.__name__)"
    subprocess.run([sys.executable, "-c", code])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(*pool.map(name, [0]))
"""
    )
    done = as_psutil(str(program))
    assert done.stdout == "oslens\noslens\n", done.stderr


def test_code_runs_so():
    code = "import psutil, sys; print(psutil.__name__, sys.argv, __name__); sys.exit(4)"
    done = as_psutil("-c", code, "x", "-y")
    assert (done.returncode, done.stdout) == (4, "oslens ['-c', 'x', '-y'] __main__\n")


def test_a_named_module_and_a_directory_run_so(tmp_path):
    package = tmp_path / "some_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)
    done = as_psutil("-m", "some_package", "-m", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "__main__ oslens ['-m', 'x']\n")
    done = as_psutil("some_package", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "__main__ oslens ['x']\n")
    done = as_psutil(str(package), "x")
    assert (done.returncode, done.stdout) == (3, "__main__ oslens ['x']\n")


def test_errors_and_statuses_are_the_programs(tmp_path):
    program = tmp_path / "program.py"
    for code, status, said in (
        ("1 / 0", 1, "ZeroDivisionError"),
        ("def", 1, "SyntaxError"),
        ("import no_such_module_x", 1, "ModuleNotFoundError"),
        ("raise SystemExit('a text')", 1, "a text"),
        ("raise SystemExit", 0, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15, ""),
        ("raise KeyboardInterrupt", -2, "KeyboardInterrupt"),
        ("import psutil; psutil.Process(2**31 - 1)", 1, "NoSuchProcess: process PID"),
        ("import psutil; psutil._psplatform.pmem, psutil._common.svmem", 0, ""),
    ):
        program.write_text(code)
        done = as_psutil(str(program))
        assert done.returncode == status, (code, done)
        assert said in done.stderr
        if status == 1 and "Error" in said and said != "SyntaxError":
            assert str(program) in done.stderr


def test_what_is_no_program_is_said():
    for arguments, said in (
        (["no-such-program-anywhere"], "'no-such-program-anywhere'"),
        (["./no-such-program.py"], "no file './no-such-program.py'"),
        (["-m", "no_such_module_anywhere"], "no module 'no_such_module_anywhere'"),
        (["ls"], "not written in Python"),
        (["-c"], "--help"),
        (["--verbose", "glances"], "--verbose is no option"),
        ([""], "''"),
    ):
        done = as_psutil(*arguments)
        assert done.returncode == 2, (arguments, done)
        # In a sentence.
        assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert not done.stdout
    assert as_psutil().returncode == 2
    assert as_psutil("--help").returncode == 0


@pytest.mark.parametrize("platform", ["sunos5", "aix", "emscripten"])
def test_without_support_the_import_says_so_in_a_sentence(run, platform):
    done = run(
        f"""
        import sys
        sys.platform = {platform!r}
        for name in ("oslens", "oslens._process", "oslens.as_psutil"):
            try:
                __import__(name)
            except ImportError as error:
                print(error)
        """
    )
    said = done.out.splitlines()
    # The same whichever module is asked for, and nothing else.
    assert len(said) == 3 and len(set(said)) == 1, done
    assert platform in said[0] and "does not support" in said[0]
    assert not done.err


def test_what_was_pickled_with_psutil_is_oslenss_afterwards(run, psutil):
    done = run(
        """
        import pickle, psutil
        values = [psutil.virtual_memory(), psutil.disk_usage("/"), psutil.users()]
        values += [psutil.NoSuchProcess(5, "x"), psutil.net_if_stats()]
        pickled = pickle.dumps(values)
        import oslens
        oslens.install_as_psutil()
        memory, usage, _, error, nics = pickle.loads(pickled)
        assert type(usage) is type(oslens.disk_usage("/"))
        assert type(memory) is type(oslens.virtual_memory())
        assert type(error) is oslens.NoSuchProcess and error.pid == 5
        assert nics.keys() == oslens.net_if_stats().keys()
        """
    )
    assert done.status == 0, done


def test_subclasses_and_star_imports_work_as_ever(run):
    done = run(
        """
        import oslens
        oslens.install_as_psutil()
        from psutil import *
        import psutil
        assert Process is oslens.Process and virtual_memory is psutil.virtual_memory
        class Mine(psutil.Process):
            def name(self):
                return "mine"
        me = Mine()
        assert me.as_dict(["name"]) == {"name": "mine"} and me == Process()
        print(me, psutil.Process())
        """
    )
    assert done.status == 0, done
    mine, theirs = done.out.split(") ")
    assert mine.startswith("__main__.Mine(pid=") and "name='mine'" in mine
    assert theirs.startswith("psutil.Process(pid=")
