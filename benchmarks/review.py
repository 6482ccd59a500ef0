"""Figures of the review screen: opening the queue of disagreements, and one subject of it, whatever its length."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements
from benchmarks.crowd import with_topics
from benchmarks.figures import Figure, Found, ratio_of_medians
from benchmarks.terminal import Terminal

MANY, FEW = 100_000, 10
RUNS = 9
HERE = Path(__file__).resolve().parent.parent


def opening(folder: Path) -> Found:
    """From key to painted lines, on many disagreements and on few in turn."""
    paths = {count: database(folder, count) for count in (MANY, FEW)}
    queues: dict[int, list[float]] = {MANY: [], FEW: []}
    subjects: dict[int, list[float]] = {MANY: [], FEW: []}
    for _ in range(RUNS):
        for count, path in paths.items():
            queue, subject = _open(path)
            queues[count].append(queue)
            subjects[count].append(subject)
    return [
        Figure(f"{name}, of {MANY:,} against {FEW}", ratio_of_medians(found[MANY], found[FEW]), "×", 1.3, True,
               f"{1000 * median(found[MANY]):.0f} ms against {1000 * median(found[FEW]):.0f} ms")
        for name, found in (("queue of disagreements opens", queues), ("review of a subject opens", subjects))
    ]  # fmt: skip


def _open(path: Path) -> tuple[float, float]:
    """Seconds to the queue of disagreements, and from there to a subject side by side."""
    command = [sys.executable, "-m", "annotator", "--db", str(path), "--as", "judge", "desk"]
    terminal = Terminal(command, HERE)
    try:
        terminal.wait(lambda text: "bench:1" in text)
        terminal.settle(1.0)
        queue = terminal.press("D", lambda text: "Disagreements" in text and "bench:" in text)
        terminal.settle()
        subject = terminal.press("\r", lambda text: "1 of 1 field open" in text and "Topic" in text)
    finally:
        terminal.close()
    return queue, subject


def database(folder: Path, count: int) -> Path:
    """So many subjects on which two annotators differ; made once, the tables written directly as in `crowd`."""

    def fill(transaction: Transaction) -> None:
        subjects = ((n, f"bench:{n}", f"Incident {n}") for n in range(1, count + 1))
        transaction.executemany("INSERT INTO subjects (id, key, kind, title) VALUES (?, ?, 'incident', ?)", subjects)
        transaction.execute("INSERT INTO incidents (id) SELECT id FROM subjects")
        transaction.executemany("INSERT INTO value_codes VALUES (?, 'crowd', 'topic', ?)", [(1, "t0"), (2, "t1")])
        made = [(2 * n + who, n, f"Annotator-{who + 1}", who) for n in range(1, count + 1) for who in (0, 1)]
        transaction.executemany(
            """INSERT INTO classifications (id, subject_id, taxonomy, version, annotator, round, status, publish,
                 flagged, notes, skip_reason, answers, hidden, updated_at, submitted_at, is_imported)
               VALUES (?1, ?2, 'crowd', 1, ?3, 1, 'submitted', 'unpublished', 0, '', '',
                 json_object('topic', json_object('state', 'answered', 'value', 't' || ?4)), '{}', '', '', 1)""",
            made,
        )
        transaction.executemany(
            "INSERT INTO answers VALUES (?1, 'topic', 0, 'crowd', ?2, 'answered', 't' || ?4, ?4 + 1, NULL)", made
        )
        disagreements.rebuild(transaction)

    return with_topics(folder / f"disputed-{count}" / "disputed.db", fill)
