"""Figures of agreement: the real snapshot, a million units in the database, and the coefficient by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

from annotator.agreement.coefficients import alpha, estimate
from annotator.agreement.intervals import RESAMPLES, interval
from annotator.agreement.metrics import metric_for
from annotator.agreement.tables import PatternTable, of_counts
from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from benchmarks.crowd import CATEGORIES, answers, database
from benchmarks.figures import Figure, Found, Unmeasured, ratio_of_medians

HERE = Path(__file__).resolve().parent.parent
SNAPSHOT = HERE.parent / "shared" / "data" / "aiid-snapshot"
MILLION = 1_000_000
COUNTED = 100_000
"""Units of the comparison with the krippendorff package, which needs ten kilobytes for each."""
RUNS = 7
WATCH = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
quiet = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def of_snapshot(folder: Path) -> Found:
    """All CSETv1 fields with intervals, the whole command, against the start of what it imports."""
    if not SNAPSHOT.is_dir():
        return [Unmeasured("agreement on the snapshot", f"{SNAPSHOT} is not there; put AIID's snapshot into it")]
    path = folder / "snapshot.db"
    if not path.exists():
        project = Project.open(path)
        import_path(project, SNAPSHOT)
        project.store.close()
    ours, theirs = [], []
    for _ in range(RUNS):
        theirs.append(_run([sys.executable, "-c", "import numpy, sqlite_utils, click"])[0])
        ours.append(_run([*_command(path), "--taxonomy", "CSETv1", "--json"])[0])
    detail = f"{1000 * median(ours):.0f} ms against {1000 * median(theirs):.0f} ms"
    return [Figure("agreement on the snapshot, against starting imports", ratio_of_medians(ours, theirs), "x", 3, True,
                   detail)]  # fmt: skip


def of_a_million(folder: Path) -> Found:
    """One field, a million units, three annotators, twenty categories: the whole command."""
    path = database(folder, MILLION)
    runs = [_run([*_command(path), "--taxonomy", "crowd", "--json"]) for _ in range(3)]
    seconds, memory = median(run[0] for run in runs), max(run[1] for run in runs)
    detail = "alpha with 1,000 resamples of 1,000,000 units, whole command"
    return [
        Figure("agreement on a million units", seconds, "s", 4, True, detail),
        Figure("agreement on a million units, memory", memory, "MB", 120, True, "largest resident size"),
    ]


def in_memory(_folder: Path) -> Found:
    """The coefficient and its interval on counts in memory, against the krippendorff package."""
    if find_spec("krippendorff") is None:
        return [Unmeasured("alpha against the krippendorff package", f"{sys.executable} has none; pip install it")]
    krippendorff = import_module("krippendorff")

    counts = np.zeros((COUNTED, CATEGORIES), dtype=np.int64)
    for _, subject, _, topic in answers(COUNTED):
        counts[subject - 1, topic] += 1
    found: list[PatternTable] = []
    ours = _timed(lambda: found.append(_coefficient(counts)))
    theirs = _timed(lambda: krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
    table = found[0]
    drawing = _timed(lambda: interval(table, metric_for(table, "nominal"), alpha))
    name = f"on counts of {COUNTED:,} units"
    return [
        Figure(f"alpha {name}, times faster than krippendorff", theirs / ours, "x", 10, False,
               f"{1000 * ours:.1f} ms against {1000 * theirs:.0f} ms"),
        Figure("interval, times faster than recomputing with krippendorff", RESAMPLES * theirs / drawing, "x", 1000,
               False, f"{1000 * drawing:.1f} ms against {RESAMPLES} times {1000 * theirs:.0f} ms"),
    ]  # fmt: skip


def _coefficient(counts: np.ndarray) -> PatternTable:
    table = of_counts(tuple(range(CATEGORIES)), counts)
    estimate(table, alpha)
    return table


def _timed(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken)


def _command(path: Path) -> list[str]:
    return [sys.executable, "-m", "annotator", "--db", str(path), "agreement"]


def _run(command: list[str]) -> tuple[float, float]:
    """Seconds, and the largest resident size in MB.

    A small process asks, because a child counts the size its parent had.
    """
    done = subprocess.run([sys.executable, "-S", "-c", WATCH, *command], capture_output=True, cwd=HERE, check=True)
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes) / 1000
