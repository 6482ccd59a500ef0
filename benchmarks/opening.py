"""Figures of opening a subject from the queue: whatever the number of subjects, and of assignments."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.corpora import database, fresh, up_to_date
from benchmarks.figures import Figure, Found, spread
from benchmarks.terminal import Terminal

RUNS = 15
FEW_SUBJECTS, MANY_SUBJECTS = 100, 1_000_000
FEW_ASSIGNED, MANY_ASSIGNED = 10, 100_000
STEP = 3
"""Lines between two subjects that are opened: the next one is read ahead, and that is not what is measured."""
HERE = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "annotator"]


class Queue:
    """The queue on a terminal, from which one subject after the other is opened."""

    def __init__(self, path: Path, only: str = "") -> None:
        """Open the queue; `only` is a kind of subject that is shown alone, in the words of the filter."""
        self.terminal = Terminal([*PROGRAM, "--db", str(path), "--as", "bench", "desk"], HERE)
        self.terminal.wait(lambda text: " subjects" in text)
        self.terminal.settle(1.0)
        if only:
            self._show(only)

    def _show(self, only: str) -> None:
        """Choose a kind in the filter, where it is the first line."""
        self.terminal.press("f", lambda text: "Show only" in text)
        while f"‹ {only} ›" not in self.terminal.text():
            self.terminal.press("\x1b[C", lambda text: "Show only" in text)
            self.terminal.settle(0.1)
        self.terminal.press("\r", lambda text: f" subjects · {only}" in text)
        self.terminal.settle(1.0)

    def open_next(self) -> float:
        """Seconds until the subject a few lines below is shown and has taken a key, back in the queue afterwards."""
        for _ in range(STEP):
            self.terminal.type("j", 0.1)
        self.terminal.settle()
        seconds = self.terminal.press("\r", lambda text: "▸1.1" in text and "? unknown" in text)
        seconds += self.terminal.press("\t", lambda text: "▸1.4" in text)
        self.terminal.settle()
        self.terminal.press("\x1b", lambda text: "▸1." not in text)
        self.terminal.settle()
        return seconds


def among_subjects(folder: Path) -> Found:
    """A report among a hundred subjects and among a million."""
    few = database(folder / "few.db", FEW_SUBJECTS // 2, 60)
    many = database(folder / "subjects.db", MANY_SUBJECTS, 60)
    return [_compared(few, many, f"subject opens, {MANY_SUBJECTS:,} subjects against {FEW_SUBJECTS}")]


def assigned_ones(folder: Path) -> Found:
    """An assigned subject, among few that are assigned and among many."""
    few, many = (assigned(folder, count) for count in (FEW_ASSIGNED, MANY_ASSIGNED))
    return [_compared(few, many, f"subject opens, {MANY_ASSIGNED:,} assignments against {FEW_ASSIGNED}")]


def beside_assigned_ones(folder: Path) -> Found:
    """A subject in a view that shows none of those assigned, be they few or many."""
    few, many = (assigned(folder, count) for count in (FEW_ASSIGNED, MANY_ASSIGNED))
    name = f"subject opens, {MANY_ASSIGNED:,} assignments out of view against {FEW_ASSIGNED}"
    return [_compared(few, many, name, "reports")]


def assigned(folder: Path, count: int) -> Path:
    """A database in which so many of the incidents are assigned, and none of the reports; made once."""
    path, unfinished = folder / f"assigned-{count}.db", folder / f"assigned-{count}.unfinished"
    if not path.exists():
        team = database(folder / "team.db", MANY_ASSIGNED // 2, 60, incidents=MANY_ASSIGNED)
        shutil.copy(team, fresh(unfinished))
        options = ["--taxonomy", "harm_type", "--kind", "incident", "--to", "bench", "--limit", str(count)]
        command = [*PROGRAM, "--db", str(unfinished), "--as", "lead", "assign", *options]
        subprocess.run(command, check=True, capture_output=True, cwd=HERE)
        unfinished.rename(path)
    return up_to_date(path)


def _compared(few: Path, many: Path, name: str, only: str = "") -> Figure:
    """Open subjects in copies of two databases in turn; copies, because the desk remembers where one stopped."""
    copies = [Path(shutil.copy(path, fresh(path.with_suffix(".copy")))) for path in (few, many)]
    queues = [Queue(path, only) for path in copies]
    found: list[list[float]] = [[], []]
    try:
        for _ in range(RUNS + 1):
            for queue, taken in zip(queues, found, strict=True):
                taken.append(queue.open_next())
    finally:
        for queue, path in zip(queues, copies, strict=True):
            queue.terminal.close()
            fresh(path)
    small, large = (taken[1:] for taken in found)  # the first one loads what the others find loaded
    detail = f"median {1000 * median(large):.0f} ms against {1000 * median(small):.0f} ms"
    return Figure(name, spread(large, small), "×", 1.2, True, detail)
