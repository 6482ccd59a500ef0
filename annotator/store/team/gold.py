"""Subjects whose answers are known, and what annotators handed in on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from annotator.model.person import ADJUDICATED, PUBLISHER
from annotator.model.visibility import UNBOUND, Viewer
from annotator.store.connection import Transaction
from annotator.store.people import OF_SOMEBODY
from annotator.store.visibility import not_at_work_on

Answers = dict[str, dict[str, Any]]
"""By field: state, value and so on, as the log has them."""


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

    Those that a viewer is at work on are left out.
    """
    seen = not_at_work_on(transaction, viewer, "gold").named
    sql = f"""SELECT subject_id, key, taxonomy, whose, round, set_by, set_at FROM gold
             JOIN subjects ON subjects.id = subject_id WHERE :taxonomy IN ('', taxonomy){seen.and_sql}
             ORDER BY taxonomy, subject_id"""
    return [Gold._make(row) for row in transaction.execute(sql, {"taxonomy": taxonomy, **seen.given})]


def standards(transaction: Transaction, taxonomy: str, whose: str, ids: Sequence[int] | None) -> list[Known]:
    """Handed-in or decided classifications of somebody that can be known answers; the latest round of each subject."""
    sql = """SELECT subject_id, annotator, max(round) FROM classifications
             WHERE taxonomy = :taxonomy AND annotator = :whose
               AND (status IN ('submitted', 'adjudicated') OR publish = 'published')
               AND (:ids IS NULL OR subject_id IN (SELECT value FROM json_each(:ids)))
             GROUP BY subject_id ORDER BY subject_id"""
    given = {"taxonomy": taxonomy, "whose": whose, "ids": None if ids is None else json.dumps(list(ids))}
    return [Known._make(row) for row in transaction.execute(sql, given)]


def answers_of(transaction: Transaction, one: Gold) -> Answers:
    """The known answers of a subject as they are now; empty where they were taken back since."""
    sql = """SELECT answers FROM classifications WHERE subject_id = ? AND taxonomy = ? AND annotator = ? AND round = ?
             AND (status IN ('submitted', 'adjudicated') OR publish = 'published')"""
    row = transaction.execute(sql, (one.subject_id, one.taxonomy, one.whose, one.round)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def handed_in(transaction: Transaction, taxonomy: str, viewer: Viewer, annotator: str = "") -> Iterator[Scored]:
    """What annotators handed in first on subjects with known answers; of one annotator alone, if named.

    Whoever gave the known answers is not scored by them, and subjects that a viewer is at work on tell nothing.
    """
    seen = not_at_work_on(transaction, viewer, "gold").named
    first = "CASE WHEN hand_ins.is_other THEN hand_ins.answers ELSE work.answers END"
    sql = f"""SELECT work.annotator, work.round, key, kind, {first}, known.answers FROM gold
              CROSS JOIN subjects ON subjects.id = gold.subject_id
              CROSS JOIN classifications AS known ON known.subject_id = gold.subject_id
                AND known.taxonomy = gold.taxonomy AND known.annotator = gold.whose AND known.round = gold.round
                AND (known.status IN ('submitted', 'adjudicated') OR known.publish = 'published')
              CROSS JOIN classifications AS work ON work.subject_id = gold.subject_id
                AND work.taxonomy = gold.taxonomy AND work.status = 'submitted' AND work.annotator {OF_SOMEBODY}
                AND work.annotator != gold.whose
              LEFT JOIN hand_ins ON hand_ins.classification_id = work.id
              WHERE gold.taxonomy = :taxonomy AND :annotator IN ('', work.annotator){seen.and_sql}
              ORDER BY work.annotator, gold.subject_id, work.round"""
    for *who, said, known in transaction.execute(sql, {"taxonomy": taxonomy, "annotator": annotator, **seen.given}):
        yield Scored._make((*who, json.loads(said), json.loads(known)))


USUAL = (ADJUDICATED, PUBLISHER)
"""Whose answers are known where nobody says: what was decided, else what is published."""
