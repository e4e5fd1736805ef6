"""What is installed, and what is shipped."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest
from conftest import PACKAGE

import oslens
from oslens import _oslens

# Kept from one run to the next: only the first one compiles everything.
BUILT = PACKAGE.parent.parent / "target"
# Of every Linux: with glibc; with musl; what a compiler links with.
OF_THE_SYSTEM = re.compile(r"(lib(c|m|gcc_s|pthread|dl|rt)|ld-linux.*|libc\.musl.*)\.so")


def test_the_metadata_says_what_it_is():
    package = importlib.metadata.distribution("oslens")
    assert package.version == oslens.OSLENS_VERSION
    about = package.metadata
    assert about["Requires-Python"] == ">=3.9"
    assert about["License-Expression"] == "MIT OR Apache-2.0"
    assert not package.requires
    assert "psutil" in about["Summary"]


def test_typed_and_licensed_files_are_installed():
    names = [file.name for file in importlib.metadata.files("oslens") or []]
    for name in ("py.typed", "_oslens.pyi", "_ntuples.pyi"):
        assert name in names
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        assert name in names


def test_the_environment_is_consistent():
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True
    )
    assert "oslens" not in done.stdout, done.stdout


def test_the_native_module_needs_only_the_system():
    if shutil.which("readelf") is None:
        pytest.skip("readelf is not installed")
    done = subprocess.run(
        ["readelf", "--dynamic", "--wide", _oslens.__file__],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", done.stdout)
    assert needed
    assert not [name for name in needed if not OF_THE_SYSTEM.match(name)], needed
    assert "RPATH" not in done.stdout and "RUNPATH" not in done.stdout


def test_the_native_module_is_for_every_python():
    assert _oslens.__file__.endswith(".abi3.so") or hasattr(sys, "abiflags")
    if "t" not in sys.abiflags:
        assert _oslens.__file__.endswith(".abi3.so")


@pytest.fixture(scope="module")
def cargo():
    found = shutil.which("cargo")
    if found is None:
        pytest.skip("cargo is not installed")
    return found


@pytest.fixture(scope="module")
def maturin(cargo):
    try:
        importlib.metadata.distribution("maturin")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("maturin is not installed")

    def maturin(*arguments, cwd, **env):
        done = subprocess.run(
            [sys.executable, "-m", "maturin", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, **env},
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return maturin


def test_the_source_distribution_builds_by_itself(maturin, tmp_path):
    """Without this repository: the crates that it needs are in it."""
    maturin("sdist", "--out", tmp_path, cwd=PACKAGE)
    (archive,) = tmp_path.glob("oslens-*.tar.gz")
    with tarfile.open(archive) as files:
        if sys.version_info >= (3, 12):
            files.extractall(tmp_path, filter="data")
        else:
            files.extractall(tmp_path)
    source = tmp_path / archive.name[: -len(".tar.gz")]
    # The archive's files have a fixed time, by which Cargo takes what an
    # earlier test compiled of others for up to date.
    for path in source.rglob("*"):
        os.utime(path)
    for name in ("LICENSE-MIT", "LICENSE-APACHE", "PKG-INFO", "pyproject.toml"):
        assert (source / name).is_file(), name
    maturin(
        "build",
        *("--interpreter", sys.executable, "--out", tmp_path, "--compatibility", "linux"),
        cwd=source,
        CARGO_TARGET_DIR=str(BUILT / "sdist-build"),
    )
    (wheel,) = tmp_path.glob("oslens-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("oslens/__init__.py", "oslens/py.typed", "oslens/_oslens.abi3.so"):
        assert name in names
    assert not [name for name in names if "test" in name or name.endswith(".rs")]


FREE_THREADED = """\
implementation=CPython
version=3.14
shared=true
target_abi=CPython-free_threaded-3.14
build_flags=Py_GIL_DISABLED
pointer_width=64
suppress_build_script_link_lines=true
"""


def test_it_compiles_for_free_threaded_python(cargo, tmp_path):
    """Which has no stable ABI: another part of PyO3 is compiled for it."""
    config = tmp_path / "pyo3.txt"
    config.write_text(FREE_THREADED)
    done = subprocess.run(
        [cargo, "check", "--quiet", "--package", "oslens-python"],
        capture_output=True,
        text=True,
        cwd=PACKAGE,
        env={
            **os.environ,
            "CARGO_TARGET_DIR": str(BUILT / "free-threaded"),
            "PYO3_CONFIG_FILE": str(config),
        },
    )
    assert done.returncode == 0, done.stderr
