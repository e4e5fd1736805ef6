"""Objects that refer to themselves are collected."""

from __future__ import annotations

import gc
import os
import weakref

import pytest

import oslens


def in_its_attributes():
    process = oslens.Process()
    process.itself = process
    return process


def in_what_was_read():
    process = oslens.Process()
    process._prefetch = {"name": process}
    return process


def as_what_stands_for_what_is_denied():
    class Mine(oslens.Process):
        def name(self):
            return self

    process = Mine()
    process._prefetch = process.as_dict(["name"])
    return process


def in_the_memory_of_a_pass():
    stand_in = oslens.Process()
    process = next(oslens.process_iter(["cmdline"], ad_value=stand_in))
    process.stand_in = stand_in
    stand_in.process = process
    oslens.process_iter.cache_clear()
    return process


def in_an_iterator():
    process = oslens.Process()
    # Not at its end, and kept by what it yields for values that are denied.
    process.iterator = oslens.process_iter(["name"], ad_value=process)
    next(process.iterator)
    return process


def in_a_child():
    process = oslens.Popen(["true"])
    process.itself = process
    process.wait()
    return process


@pytest.mark.parametrize(
    "make",
    [
        in_its_attributes,
        in_what_was_read,
        as_what_stands_for_what_is_denied,
        in_the_memory_of_a_pass,
        in_an_iterator,
        in_a_child,
    ],
    ids=lambda make: make.__name__,
)
def test_a_process_that_refers_to_itself_is_collected(make):
    gc.collect()
    found = weakref.ref(make())
    gc.collect()
    assert found() is None


def test_what_is_in_use_is_not_collected():
    process = oslens.Process()
    process._prefetch = {"name": process, "nice": ["value"]}
    process.itself = process
    for _ in range(3):
        gc.collect()
    assert process.name() is process and process.nice() == ["value"]
    assert process.itself is process and process.ppid() == os.getppid()
    assert {id(process._prefetch), id(vars(process))} <= {
        id(referent) for referent in gc.get_referents(process)
    }
    del process._prefetch["name"], process.itself


def test_an_iteration_goes_on_while_garbage_is_collected():
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for process in oslens.process_iter(["name", "username", "cmdline"]):
            process._prefetch["itself"] = process
            try:
                process.as_dict(["name", "num_threads"])
            except oslens.NoSuchProcess:
                # It has ended meanwhile: not all are ours.
                pass
        assert os.getpid() in [p.pid for p in oslens.process_iter(["name"])]
    finally:
        gc.set_threshold(*threshold)
        oslens.process_iter.cache_clear()
