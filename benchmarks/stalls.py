"""Figures of writing together: how long the desk stands still while another process writes, and who waits for whom."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import database, fresh, reports_file
from benchmarks.figures import Figure, Found
from benchmarks.terminal import Terminal
from benchmarks.ticking import longest

HERE = Path(__file__).resolve().parent.parent
LOCKED = 10.0
"""Seconds for which another process holds the lock."""
IMPORTED = 20_000
ALONE = 3.0
"""Seconds of typing before, for comparison."""
PAUSE = 1 / 30
"""Seconds between two keys: as fast as a key repeats that is held down."""
BREATH = 0.2
"""Seconds before and after a key that leads elsewhere, so that no answer goes to another field than was meant."""
ANSWERED = (
    "physical_objects", "entertainment_industry", "report_test_study", "deployed", "producer_test_controlled",
    "producer_test_operational", "user_test_controlled", "user_test_operational", "harm_domain",
)  # fmt: skip
"""The fields of CSETv1's second heading, answered yes or no in turn."""
WORDS = {"y": "yes", "n": "no"}
PATIENCE = 30.0
"""Seconds after which an answer that was typed is held to be lost."""
PAGE_UP, PAGE_DOWN, TAB, SCROLL = "\x1b[5~", "\x1b[6~", "\t", "\x04"
TICKING = [sys.executable, "-m", "benchmarks.ticking"]
HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


class Typist:
    """Somebody at the desk who does not stop typing."""

    def __init__(self, path: Path) -> None:
        """Open the desk at a subject, with notes of how it ticks beside the database."""
        self.path, self.notes = path, path.with_suffix(".ticks")
        self.notes.unlink(missing_ok=True)
        opened = ["--db", str(path), "--as", "bench", "desk", "bench:0", "--taxonomy", "CSETv1"]
        self.terminal = Terminal([*TICKING, str(self.notes), *opened], HERE)
        self.terminal.wait(lambda text: "▸1.1" in text)
        self.terminal.settle(1.0)
        self.terminal.press(PAGE_DOWN, lambda text: "▸2.1" in text)
        self.terminal.settle()
        self.meant: dict[str, str] = {}
        self.turns = itertools.cycle("yn")

    def answer_until(self, is_over: Callable[[], bool]) -> None:
        """Answer the fields of one heading again and again."""
        while not is_over():
            key = next(self.turns)
            for field in ANSWERED:
                self.terminal.type(key, PAUSE)
                self.meant[field] = WORDS[key]
            self.terminal.type("", BREATH)
            self.terminal.type(PAGE_UP, BREATH)

    def walk_until(self, is_over: Callable[[], bool]) -> None:
        """Go to the next subject and back, and read."""
        moves = itertools.cycle(["N", PAGE_DOWN, *[TAB] * 8, *[SCROLL] * 4, "P", PAGE_DOWN, *[TAB] * 8])
        while not is_over():
            self.terminal.type(next(moves), PAUSE)

    def share_stored(self) -> float:
        """How many of the answers meant are in the database, in percent, once all are or patience is at its end."""
        patient_until = time.monotonic() + PATIENCE
        while (share := self._share()) < 100 and time.monotonic() < patient_until:
            self.terminal.type("", 0.5)
        return share

    def _share(self) -> float:
        stored = _answers(self.path)
        return 100 * sum(stored.get(field) == value for field, value in self.meant.items()) / len(self.meant)


def _answers(path: Path) -> dict[str, str]:
    """What the database holds, by field."""
    command = [sys.executable, "-m", "annotator", "--db", str(path), "--as", "bench", "show", "bench:0", "--json"]
    shown = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE).stdout)
    mine = (each for each in shown["classifications"] if each["annotator"] == "bench")
    return {field: answer["value"] for each in mine for field, answer in each["answers"].items()}


class Stalls(NamedTuple):
    """What was measured of somebody who types while another process writes; in seconds."""

    alone: float
    """The longest stall before the other process began."""
    beside: float
    machine: float
    """The longest stall of a loop that does nothing, at the same time."""
    share_stored: float
    """In percent."""
    seconds: float
    """How long the other process was at it."""

    def figures(self, where: str, what: str) -> Found:
        """The bound on stalling, and that nothing typed meanwhile is lost."""
        detail = f"{what}; {1000 * self.alone:.0f} ms before, {1000 * self.machine:.0f} ms in an idle loop"
        return [
            Figure(f"longest stall {where}", 1000 * self.beside, "ms", 50, True, detail),
            Figure(f"answers kept that were typed {where}", self.share_stored, "%", 100, False, what),
        ]


def under_lock(folder: Path) -> Found:
    """Type while another process holds the write lock."""
    path = _copy(folder)
    command = [sys.executable, "-S", "-c", HOLD, str(path), str(LOCKED)]
    found = _beside(path, command, LOCKED * 0.6)
    return found.figures("while another process holds the lock", f"{LOCKED:.0f} s of lock")


def under_import(folder: Path) -> Found:
    """Type while another process imports."""
    path = _copy(folder)
    command = [sys.executable, "-m", "annotator", "--db", str(path), "import", str(_source(folder))]
    found = _beside(path, command)
    return found.figures("while another process imports", f"{IMPORTED:,} reports in {found.seconds:.1f} s")


def _beside(path: Path, command: list[str], answering: float = 1000.0) -> Stalls:
    """Type while a command runs; after so many seconds of answering walk about instead."""
    typist = Typist(path)
    try:
        began = time.monotonic()
        typist.answer_until(lambda: time.monotonic() > began + ALONE)
        with _idle_loop(path.with_suffix(".idle")) as idle:
            started = time.monotonic()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE) as other:
                typist.answer_until(lambda: other.poll() is not None or time.monotonic() > started + answering)
                typist.walk_until(lambda: other.poll() is not None)
            ended = time.monotonic()
            machine = longest(idle, started, ended)
        if other.returncode:
            raise RuntimeError(f"the other process failed: {command}")
        stored = typist.share_stored()
        typist.terminal.settle(1.0)
        beside = longest(typist.notes, started, ended)
        return Stalls(longest(typist.notes, began, started), beside, machine, stored, ended - started)
    finally:
        typist.terminal.close()


@contextmanager
def _idle_loop(notes: Path) -> Iterator[Path]:
    """An event loop beside, with nothing to do."""
    notes.unlink(missing_ok=True)
    with subprocess.Popen([*TICKING, str(notes)], cwd=HERE) as process:
        try:
            while not notes.exists() or not notes.stat().st_size:
                time.sleep(0.05)
            yield notes
        finally:
            process.kill()


def lock_of_import(folder: Path) -> Found:
    """How long an import keeps others from writing, at the longest."""
    path = _copy(folder)
    command = [sys.executable, "-m", "annotator", "--db", str(path), "import", str(_source(folder))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE) as other:
        held = max(_refusals(path, lambda: other.poll() is not None), default=0.0)
    if other.returncode:
        raise RuntimeError("the import failed")
    return [Figure(f"import of {IMPORTED:,} reports, longest under the lock", held, "s", 2, True, "seen from outside")]


def _refusals(path: Path, is_over: Callable[[], bool]) -> Iterator[float]:
    """For how long, each time, the write lock could not be had."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        last = time.monotonic()
        while not is_over():
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
            else:
                yield time.monotonic() - last
                last = time.monotonic()
            time.sleep(0.005)


def _copy(folder: Path) -> Path:
    """A database of its own with incidents to classify."""
    return Path(shutil.copy(database(folder / "incidents.db", 200), fresh(folder / "together.db")))


def _source(folder: Path) -> Path:
    return reports_file(folder / f"reports-{IMPORTED}.jsonl", IMPORTED)
