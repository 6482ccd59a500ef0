"""A database in which three annotators gave one of twenty topics to each of a million subjects."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from annotator.desk.project import Project
from annotator.store import taxonomies
from annotator.store.connection import Transaction
from benchmarks.corpora import made_once

CATEGORIES = 20
ANNOTATORS = 3
TAXONOMY = (
    "namespace: crowd\nversion: 1\nfields:\n  - id: topic\n    kind: single\n    choices:\n"
    + "".join(f"      - {{id: t{number}, label: Topic {number}}}\n" for number in range(CATEGORIES))
)  # fmt: skip


def answers(units: int) -> Iterator[tuple[int, int, int, int]]:
    """Classification, subject, annotator and topic; seven times in ten an annotator gives the true one."""
    chance = random.Random(7)
    for subject in range(1, units + 1):
        true = int(CATEGORIES * chance.random() ** 2)
        for who in range(ANNOTATORS):
            topic = true if chance.random() < 0.7 else int(CATEGORIES * chance.random())
            yield ANNOTATORS * subject + who, subject, who, topic


def database(folder: Path, units: int) -> Path:
    """Make it once; the tables are written directly, because a million imports would take an hour."""

    def fill(transaction: Transaction) -> None:
        subjects = ((number, f"bench:{number}") for number in range(1, units + 1))
        transaction.executemany("INSERT INTO subjects (id, key, kind) VALUES (?, ?, 'incident')", subjects)
        codes = ((topic + 1, f"t{topic}") for topic in range(CATEGORIES))
        transaction.executemany("INSERT INTO value_codes VALUES (?, 'crowd', 'topic', ?)", codes)
        transaction.execute("CREATE TEMP TABLE made (id, subject, who, topic)")
        transaction.executemany("INSERT INTO made VALUES (?, ?, ?, ?)", answers(units))
        transaction.execute(
            """INSERT INTO classifications (id, subject_id, taxonomy, version, annotator, round, status, publish,
                 flagged, notes, skip_reason, answers, hidden, updated_at, submitted_at)
               SELECT id, subject, 'crowd', 1, 'Annotator-' || (who + 1), 1, 'submitted',
               'unpublished', 0, '', '', json_object('topic', json_object('state', 'answered', 'value', 't' || topic,
               'evidence', json('[]'), 'confidence', NULL)), '{}', '2026-01-01T00:00:00.000Z',
               '2026-01-01T00:00:00.000Z' FROM made"""
        )
        transaction.execute(
            """INSERT INTO answers SELECT id, 'topic', 0, 'crowd', subject, 'answered', 't' || topic, topic + 1, NULL
               FROM made"""
        )

    return with_topics(folder / f"crowd-{units}" / "crowd.db", fill)


def with_topics(path: Path, fill: Callable[[Transaction], None]) -> Path:
    """A database with the taxonomy of topics beside it and in it, and what `fill` writes; made once."""
    (path.parent / "taxonomies").mkdir(parents=True, exist_ok=True)
    (path.parent / "taxonomies" / "crowd.yaml").write_text(TAXONOMY, encoding="utf-8")

    def keep_and_fill(project: Project) -> None:
        with project.store.writing() as transaction:
            taxonomies.put(transaction, project.taxonomy("crowd"))
            fill(transaction)

    return made_once(path, keep_and_fill)
