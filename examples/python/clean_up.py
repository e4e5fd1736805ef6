#!/usr/bin/env python3
"""A scratch directory that is gone however the program ends."""

import shutil
import signal
import sys
import tempfile

import oslens

scratch = tempfile.mkdtemp()


@oslens.register_exit_fun(signals=(signal.SIGTERM, signal.SIGHUP, signal.SIGINT))
def clean_up() -> None:
    shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    print(scratch, flush=True)
    # Stands for the work: ends when its input does.
    sys.stdin.read()
