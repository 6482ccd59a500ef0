"""Processes that are forked from one that has loaded everything, and killed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial

from tests.trust.table import Row

KILLED = -signal.SIGKILL


def forked(work: Callable[[], object]) -> int:
    """Do something in a process of its own; returns its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        sys.stdout.flush()
        os._exit(0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()  # nobody else would see it
        sys.stderr.flush()
    finally:
        os._exit(1)


def kill(pid: int) -> int:
    """Kill a process; returns how it ended, -9 where it was killed."""
    os.kill(pid, signal.SIGKILL)
    return ended(pid)


def ended(pid: int) -> int:
    """Wait for the end of a process; returns its exit code, or the number of a signal below zero."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def wait(seconds: float) -> None:
    """Wait, to a tenth of a millisecond."""
    end = time.perf_counter() + seconds
    time.sleep(max(0.0, seconds - 0.001))
    while time.perf_counter() < end:
        pass


def side_by_side(what: str, times: int, work: Callable[[Row, random.Random, int], None], processes: int = 2) -> Row:
    """Try something so many times, in several processes; `work` is given a line to count in, chance, and times."""
    row = Row(what)
    gc.freeze()  # what is loaded is not looked through in every fork
    with row.timed(), multiprocessing.get_context("fork").Pool(processes) as pool:
        shares = [(times + number) // processes for number in range(processes)]
        for each in pool.imap_unordered(partial(_one, what, work), enumerate(shares)):
            row.add(each)
    return row


def _one(what: str, work: Callable[[Row, random.Random, int], None], share: tuple[int, int]) -> Row:
    row, (number, times) = Row(what), share
    work(row, random.Random(f"{what} {number}"), times)
    return row
