"""What everybody in a round said at first and says now, once all of them have handed in."""

from __future__ import annotations

import json
from typing import NamedTuple

from annotator.model.visibility import Viewer
from annotator.store.connection import Transaction
from annotator.store.people import OF_SOMEBODY
from annotator.store.team.handed_in import FIRST, HANDED_IN, Answers
from annotator.store.visibility import open_to


class Normed(NamedTuple):
    """What somebody handed in on a subject first, and what stands there now."""

    subject_id: int
    key: str
    title: str
    kind: str
    annotator: str
    status: str
    first: Answers
    now: Answers


def missing(transaction: Transaction, taxonomy: str, round_: int) -> dict[str, int]:
    """How many of their subjects everybody has still to hand in for the first time; who skipped one is done with it."""
    sql = f"""SELECT annotator, count(*) FROM assignments WHERE taxonomy = :taxonomy AND round = :round AND done = 0
                AND NOT EXISTS (SELECT 1 FROM classifications AS work WHERE work.subject_id = assignments.subject_id
                  AND work.taxonomy = :taxonomy AND work.annotator = assignments.annotator AND work.round = :round
                  AND {HANDED_IN})
              GROUP BY annotator ORDER BY annotator"""
    return dict(transaction.execute(sql, {"taxonomy": taxonomy, "round": round_}).fetchall())


def normed(transaction: Transaction, taxonomy: str, round_: int, viewer: Viewer) -> tuple[list[Normed], int]:
    """What was handed in in a round, by subject and annotator, and how much of it is closed to a viewer."""
    seen = open_to(transaction, viewer, "work").named
    # Nobody by name may be anybody, and what is at work again is open to its annotator alone.
    begun = " AND work.status != 'draft'" if viewer.is_blind and not viewer.names else ""
    sql = f"""SELECT subject_id, key, title, kind, annotator, work.status,
                {FIRST}, work.answers, ({seen.sql or 1}){begun}
              FROM classifications AS work JOIN subjects ON subjects.id = subject_id
              WHERE taxonomy = :taxonomy AND round = :round AND annotator {OF_SOMEBODY} AND {HANDED_IN}
              ORDER BY subject_id, annotator"""
    found, closed = [], 0
    for *who, first, now, is_open in transaction.execute(sql, {"taxonomy": taxonomy, "round": round_, **seen.given}):
        closed += not is_open
        if is_open:
            found.append(Normed._make((*who, json.loads(first), json.loads(now))))
    return found, closed
