"""Figures of the desk on a terminal: first frame, key to paint, submit to next, memory."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.corpora import database, drafted, fresh
from benchmarks.figures import Figure, Found, Unmeasured, p95, ratio_of_medians
from benchmarks.terminal import Terminal

RUNS = 7
KEYS = 90
BARE = [sys.executable, "-m", "benchmarks.bare_app"]
PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"
HERE = Path(__file__).resolve().parent.parent


def desk(path: Path, *more: str) -> list[str]:
    """The command that opens the desk on a database."""
    return [sys.executable, "-m", "annotator", "--db", str(path), "--as", "bench", "desk", *more]


def first_frames(folder: Path) -> Found:
    """Start to first frame, bare and ours in turn."""
    large, huge = database(folder / "reports.db", 100_000), database(folder / "subjects.db", 1_000_000, 60)
    bare: list[float] = []
    ours: dict[Path, list[float]] = {large: [], huge: []}
    for _ in range(RUNS):
        bare.append(_start(BARE, lambda text: "ready 0." in text)[0])
        for path, found in ours.items():
            found.append(_start(desk(path), lambda text: "Incident 5" in text)[0])
    return [
        Figure(f"first frame of the queue, {name}, against a bare app", ratio_of_medians(ours[path], bare), "×",
               1.5, True, f"median {median(ours[path]):.3f} s against {median(bare):.3f} s")
        for path, name in ((large, "100,000 reports of 3 kB"), (huge, "1,000,000 subjects"))
    ]  # fmt: skip


def memory(folder: Path) -> Found:
    """Resident memory after the first frame has settled."""
    name = "memory of the desk on 100,000 reports, against a bare app"
    if not Path("/proc/self/status").exists():
        return [Unmeasured(name, "the memory of another process is read from /proc, which only Linux has")]
    path = database(folder / "reports.db", 100_000)
    bare = median(_start(BARE, lambda text: "ready 0." in text)[1] for _ in range(3))
    ours = median(_start(desk(path), lambda text: "Incident 5" in text)[1] for _ in range(3))
    detail = f"{ours:.0f} MB against {bare:.0f} MB"
    return [Figure(name, ours / bare, "×", 1.8, True, detail)]


def keys(folder: Path) -> Found:
    """Key to painted answer in CSETv1's form of 62 fields, and in the bare app, in turn."""
    path = Path(shutil.copy(database(folder / "incidents.db", 200), fresh(folder / "working.db")))
    bare, ours = Terminal(BARE, HERE), Terminal(desk(path, "bench:0", "--taxonomy", "CSETv1"), HERE)
    try:
        theirs, found = _answer_form(bare, ours)
    finally:
        bare.close()
        ours.close()
    detail = f"{p95(found) * 1000:.1f} ms against {p95(theirs) * 1000:.1f} ms, {len(found)} answers"
    return [Figure("key to painted answer, p95, against a bare app", p95(found) / p95(theirs), "×", 1.2, True, detail)]


def submissions(folder: Path) -> Found:
    """Submit a filled form of CSETv1, durable save and the next subject painted."""
    path = drafted(database(folder / "incidents.db", 200), fresh(folder / "drafted.db"), 45, "bench")
    ours = Terminal(desk(path, "bench:0", "--taxonomy", "CSETv1"), HERE)
    found: list[float] = []
    try:
        ours.wait(_says("Incident 0 "))
        ours.settle()
        for number in range(40):
            found.append(ours.press("\x13", _says(f"Incident {number + 1} ")))
            ours.settle(0.1)
    finally:
        ours.close()
    detail = f"median {median(found) * 1000:.1f} ms, {len(found)} submissions"
    return [Figure("submit, durable save, next subject painted, p95", p95(found) * 1000, "ms", 40, True, detail)]


def _answer_form(bare: Terminal, ours: Terminal) -> tuple[list[float], list[float]]:
    """Answer the nine questions of CSETv1's second heading, yes and no in turn, and press keys in the bare app.

    Both get the next key when the last one is painted, so that both wait for the next frame of their screen.
    """
    bare.wait(_says("ready 0."))
    ours.wait(_says("1.1"))
    bare.settle()
    ours.settle()
    theirs: list[float] = []
    found: list[float] = []
    for turn in range(KEYS // 9):
        ours.press(PAGE_UP if turn else PAGE_DOWN, _says("▸2.1"))
        ours.settle(0.1)
        key, words = ("y", "yes") if turn % 2 == 0 else ("n", "no")
        for _ in range(9):
            theirs.append(bare.press("x", _says(f"ready {len(theirs) + 1}.")))
        for number in range(1, 10):
            shown = re.compile(rf"2\.{number}\b.*\b{words} *(?:\W|$)", re.MULTILINE)
            found.append(ours.press(key, _matches(shown)))
    return theirs, found


def _start(command: list[str], shows: Callable[[str], bool]) -> tuple[float, float]:
    """Seconds to the first frame, and MB of memory once it is quiet."""
    terminal = Terminal(command, HERE)
    try:
        first = terminal.wait(shows) - terminal.started
        terminal.settle(0.6)
        return first, terminal.memory()
    finally:
        terminal.close()


def _says(words: str) -> Callable[[str], bool]:
    return lambda text: words in text


def _matches(shown: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: bool(shown.search(text))
