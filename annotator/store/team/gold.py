"""Subjects whose answers are known, and what annotators handed in on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annotator.model.person import ADJUDICATED, PUBLISHER
from annotator.model.visibility import UNBOUND, Viewer
from annotator.store.connection import Transaction
from annotator.store.people import OF_SOMEBODY
from annotator.store.team.handed_in import FIRST, Answers
from annotator.store.visibility import Condition, not_at_work_on, open_to

IS_KNOWN = "(known.status IN ('submitted', 'adjudicated') OR known.publish = 'published')"
"""That somebody's answers can be taken as known, of `known`, a row of `classifications`."""


class Gold(NamedTuple):
    """A subject with known answers."""

    subject_id: int
    key: str
    taxonomy: str
    whose: str
    round: int
    set_by: str
    set_at: str


class Known(NamedTuple):
    """Whose answers on a subject can be taken as known."""

    subject_id: int
    whose: str
    round: int
    is_open: bool
    """Whether who asks may see them."""


class Scored(NamedTuple):
    """What somebody handed in first on a subject with known answers, beside those."""

    annotator: str
    round: int
    key: str
    kind: str
    said: Answers
    known: Answers


def listed(transaction: Transaction, taxonomy: str = "", viewer: Viewer = UNBOUND) -> list[Gold]:
    """Every subject with known answers, by taxonomy and in the order of subjects; under one taxonomy, if named.

    Those that a viewer is at work on, and those whose answers are closed to them, are left out.
    """
    seen = _open_known(transaction, viewer)
    sql = f"""SELECT gold.subject_id, key, gold.taxonomy, whose, gold.round, set_by, set_at {WITH_KNOWN}
             WHERE :taxonomy IN ('', gold.taxonomy) AND {_not_at_work(transaction, viewer).sql} AND {seen.sql}
             ORDER BY gold.taxonomy, gold.subject_id"""
    return [Gold._make(row) for row in transaction.execute(sql, {"taxonomy": taxonomy, **_given(viewer)})]


def closed(transaction: Transaction, taxonomy: str, viewer: Viewer) -> int:
    """On how many subjects known answers are closed to a viewer who is not at work there."""
    seen = _open_known(transaction, viewer)
    sql = f"""SELECT count(*) {WITH_KNOWN} WHERE :taxonomy IN ('', gold.taxonomy)
             AND {_not_at_work(transaction, viewer).sql} AND NOT ({seen.sql})"""
    return int(transaction.execute(sql, {"taxonomy": taxonomy, **_given(viewer)}).fetchone()[0])


WITH_KNOWN = """FROM gold JOIN subjects ON subjects.id = gold.subject_id
                LEFT JOIN classifications AS known ON known.subject_id = gold.subject_id
                  AND known.taxonomy = gold.taxonomy AND known.annotator = gold.whose AND known.round = gold.round"""


def _open_known(transaction: Transaction, viewer: Viewer) -> Condition:
    seen = open_to(transaction, viewer, "known").named
    return seen._replace(sql=f"(known.id IS NULL OR {seen.sql or 1})")


def _not_at_work(transaction: Transaction, viewer: Viewer) -> Condition:
    seen = not_at_work_on(transaction, viewer, "gold").named
    return seen._replace(sql=seen.sql or "1")


def _given(viewer: Viewer) -> dict[str, str]:
    """The value that conditions about a viewer take."""
    return {"viewer": json.dumps(viewer.names)}


def standards(
    transaction: Transaction, taxonomy: str, whose: str, ids: Sequence[int] | None, viewer: Viewer
) -> list[Known]:
    """Handed-in or decided classifications of somebody that can be known answers; the latest round of each subject."""
    seen = open_to(transaction, viewer, "known").named.sql or 1
    sql = f"""SELECT subject_id, annotator, max(round), {seen} FROM classifications AS known
             WHERE taxonomy = :taxonomy AND annotator = :whose AND {IS_KNOWN}
               AND (:ids IS NULL OR subject_id IN (SELECT value FROM json_each(:ids)))
             GROUP BY subject_id ORDER BY subject_id"""
    given = {"taxonomy": taxonomy, "whose": whose, "ids": None if ids is None else json.dumps(list(ids))}
    rows = transaction.execute(sql, {**given, **_given(viewer)})
    return [Known(row[0], row[1], row[2], bool(row[3])) for row in rows]


def answers_of(transaction: Transaction, one: Gold) -> Answers:
    """The known answers of a subject as they are now; empty where they were taken back since."""
    sql = f"""SELECT answers FROM classifications AS known
             WHERE subject_id = ? AND taxonomy = ? AND annotator = ? AND round = ? AND {IS_KNOWN}"""
    row = transaction.execute(sql, (one.subject_id, one.taxonomy, one.whose, one.round)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def handed_in(transaction: Transaction, taxonomy: str, viewer: Viewer, own: str) -> Iterator[Scored | None]:
    """What annotators handed in first on subjects with known answers; None for each that is closed to a viewer.

    Whoever gave the known answers is not scored by them, and subjects that a viewer is at work on tell nothing.
    What the viewer handed in themselves, by the name they are known by, is always told of.
    """
    both = " AND ".join(open_to(transaction, viewer, each).named.sql or "1" for each in ("known", "work"))
    sql = f"""SELECT work.annotator = :own OR ({both}), work.annotator, work.round, key, kind, {FIRST}, known.answers
              FROM gold
              CROSS JOIN subjects ON subjects.id = gold.subject_id
              CROSS JOIN classifications AS known ON known.subject_id = gold.subject_id
                AND known.taxonomy = gold.taxonomy AND known.annotator = gold.whose AND known.round = gold.round
                AND {IS_KNOWN}
              CROSS JOIN classifications AS work ON work.subject_id = gold.subject_id
                AND work.taxonomy = gold.taxonomy AND work.status = 'submitted' AND work.annotator {OF_SOMEBODY}
                AND work.annotator != gold.whose
              WHERE gold.taxonomy = :taxonomy AND {_not_at_work(transaction, viewer).sql}
              ORDER BY work.annotator, gold.subject_id, work.round"""
    rows = transaction.execute(sql, {"taxonomy": taxonomy, "own": own, **_given(viewer)})
    for is_open, *who, said, known in rows:
        yield Scored._make((*who, json.loads(said), json.loads(known))) if is_open else None


USUAL = (ADJUDICATED, PUBLISHER)
"""Whose answers are known where nobody says: what was decided, else what is published."""
