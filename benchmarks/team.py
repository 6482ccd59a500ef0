"""Figures of working together: a hundred people in ten rounds against three in one, with a million assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from annotator.desk.desk import open_desk
from annotator.desk.team.assignment import Wish
from annotator.desk.team.progress import progress_of
from annotator.model.queue import QueueView
from annotator.store.connection import Transaction
from benchmarks.crowd import with_topics
from benchmarks.figures import Figure, Found, ratio_of_medians

ASSIGNMENTS, SUBJECTS = 1_000_000, 400_000
RUNS = 9
BOUND = 1.3
SEEN = 50
"""Lines of the queue that are read at once."""
FIRST_ID = 10**11


class Team(NamedTuple):
    """So many people, with the same work in each of so many rounds."""

    people: int
    rounds: int

    def assignments(self) -> Iterator[tuple[int, str, int, int]]:
        """Subject, annotator, round and position of a million; one in five is done, and the first round of all is 1."""
        each = ASSIGNMENTS // (self.people * self.rounds)
        for who in range(self.people):
            for number in range(self.rounds):
                start = (who * 7919 + number * each) % SUBJECTS
                for place in range(each):
                    yield (start + place) % SUBJECTS + 1, f"person {who}", round_of(number), place + 1


SMALL, LARGE = Team(3, 1), Team(100, 10)


def round_of(number: int) -> int:
    """The id of a round by its place."""
    return FIRST_ID + number if number else 1


def database(folder: Path, team: Team) -> Path:
    """Make it once; the tables are written directly, because a million deals would take long."""

    def fill(transaction: Transaction) -> None:
        subjects = ((number, f"bench:{number}") for number in range(1, SUBJECTS + 1))
        transaction.executemany("INSERT INTO subjects (id, key, kind) VALUES (?, ?, 'incident')", subjects)
        transaction.executemany(
            """INSERT INTO assignments (subject_id, taxonomy, annotator, round, batch, position, done, assigned_by,
                 assigned_at) VALUES (?, 'crowd', ?, ?, 1, ?, ?, 'lead', '2026-01-01T00:00:00.000Z')""",
            ((subject, who, number, place, place % 5 == 0) for subject, who, number, place in team.assignments()),
        )
        started = ((round_of(number), number, f"{'0' * 32}:{number}") for number in range(1, team.rounds))
        transaction.executemany(
            """INSERT INTO rounds (taxonomy, round, purpose, started_by, started_at, counter, event)
               VALUES ('crowd', ?, 'second_pass', 'lead', '2026-01-01T00:00:00.000Z', ?, ?)""",
            started,
        )

    return with_topics(folder / f"team-{team.people}-{team.rounds}" / "team.db", fill)


def queue_opens(path: Path) -> float:
    """Seconds until somebody's first lines are there, with what they have to do first."""
    start = perf_counter()
    with closing(open_desk(path, "person 1", [path.parent / "taxonomies"])) as desk:
        rows = desk.queue.open(QueueView()).rows(0, SEEN)
        assert len(rows) == SEEN and rows[0].assigned == ("crowd",)
    return perf_counter() - start


def progress_opens(path: Path) -> float:
    """Seconds until everybody is counted."""
    with closing(open_desk(path, "lead", [path.parent / "taxonomies"])) as desk:
        start = perf_counter()
        assert sum(row.assigned for row in progress_of(desk.project).rows) > 0.99 * ASSIGNMENTS
        return perf_counter() - start


def deal_opens(path: Path) -> float:
    """Seconds until a deal of a hundred subjects is rehearsed."""
    with closing(open_desk(path, "lead", [path.parent / "taxonomies"])) as desk:
        start = perf_counter()
        dealt = desk.assignment.assign(Wish("crowd", ("person 0,person 1,zoe",), limit=100), dry_run=True)
        assert dealt.subjects == 100
        return perf_counter() - start


OPENINGS: dict[str, Callable[[Path], float]] = {
    "queue": queue_opens,
    "progress": progress_opens,
    "assign": deal_opens,
}


def many_people(folder: Path) -> Found:
    """Each of them, in turn in both databases; the first run loads what the others find loaded."""
    paths = [database(folder, team) for team in (SMALL, LARGE)]
    found: Found = []
    for name, opens in OPENINGS.items():
        taken: list[list[float]] = [[], []]
        for _ in range(RUNS + 1):
            for path, seconds in zip(paths, taken, strict=True):
                seconds.append(opens(path))
        few, many = (seconds[1:] for seconds in taken)
        detail = f"median {1000 * median(many):.0f} ms against {1000 * median(few):.0f} ms"
        words = f"{name} opens, {LARGE.people} people in {LARGE.rounds} rounds against {SMALL.people}"
        found.append(Figure(words, ratio_of_medians(many, few), "×", BOUND, True, detail))
    return found
