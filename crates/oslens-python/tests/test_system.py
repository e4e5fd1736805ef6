"""What moves while it is compared, and what only a made situation shows."""

from __future__ import annotations

import os
import threading
import time

import pytest

import oslens


def eventually(check, seconds=5.0):
    """Numbers that move between two looks: they must agree at some moment."""
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def close(ours, theirs, relative=0.01, absolute=0.0):
    assert ours == pytest.approx(theirs, rel=relative, abs=absolute)


def same_types(ours, theirs):
    for name in theirs._fields:
        if hasattr(ours, name):
            assert type(getattr(ours, name)) is type(getattr(theirs, name)), name


def test_cpu_counts_and_frequencies(psutil):
    assert oslens.cpu_count() == psutil.cpu_count()
    assert oslens.cpu_count(logical=False) == psutil.cpu_count(logical=False)

    def check():
        ours, theirs = oslens.cpu_freq(), psutil.cpu_freq()
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            close(ours.current, theirs.current, relative=0.2)
            assert (ours.min, ours.max) == (theirs.min, theirs.max)
        assert len(oslens.cpu_freq(percpu=True)) == len(psutil.cpu_freq(percpu=True))

    eventually(check)


def test_cpu_stats_only_grow(psutil):
    before, theirs, after = oslens.cpu_stats(), psutil.cpu_stats(), oslens.cpu_stats()
    same_types(before, theirs)
    for low, middle, high in zip(before, theirs, after):
        assert low <= middle <= high


def test_cpu_percent_sees_a_busy_cpu():
    end = time.monotonic() + 30
    oslens.cpu_percent(percpu=True)
    while True:
        stop = time.monotonic() + 0.3
        while time.monotonic() < stop:
            pass
        if max(oslens.cpu_percent(percpu=True)) > 50:
            break
        assert time.monotonic() < end
    parts = oslens.cpu_times_percent(interval=0.1)
    # Guests are counted in user and nice too.
    close(sum(parts[:8]), 100, absolute=1.0)


def test_sensors(psutil):
    ours, theirs = oslens.sensors_temperatures(), psutil.sensors_temperatures()
    assert set(ours) == set(theirs)
    assert set(oslens.sensors_fans()) == set(psutil.sensors_fans())
    if os.path.isdir("/sys/class/power_supply"):
        ours, theirs = oslens.sensors_battery(), psutil.sensors_battery()
        assert (ours is None) == (theirs is None)
    else:
        assert oslens.sensors_battery() is None


def test_the_machine(psutil):
    close(oslens.boot_time(), psutil.boot_time(), absolute=1.0)
    assert oslens.getloadavg() == pytest.approx(psutil.getloadavg(), abs=2.0)
    theirs = psutil.users()
    if theirs:
        assert [tuple(user) for user in oslens.users()] == [tuple(u) for u in theirs]


def test_pids(psutil, child, zombie):
    ours = oslens.pids()
    assert ours == sorted(ours) and {os.getpid(), child.pid, zombie} <= set(ours)
    eventually(lambda: check_pids(psutil))
    for pid in (0, 1, -1, os.getpid(), child.pid, zombie, 2**31 - 1):
        assert oslens.pid_exists(pid) == psutil.pid_exists(pid), pid
    thread = threading.Thread(target=time.sleep, args=(1,))
    thread.start()
    assert not oslens.pid_exists(thread.native_id)
    assert not oslens.pid_exists(2**80)


def check_pids(psutil):
    assert oslens.pids() == psutil.pids()
