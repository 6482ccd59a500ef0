"""When annotators did what they did: what their pace is computed from."""

from __future__ import annotations

from typing import NamedTuple

from annotator.store.connection import Transaction
from annotator.store.people import OF_SOMEBODY

PAUSE = 600.0
"""Seconds after which somebody is taken to have paused: a longer gap between two edits counts as this much."""
NO_EDITS = ("imported", "incoming_settled", "published", "withdrawn", "ruled", "adjudicated")


class Worked(NamedTuple):
    """One subject that somebody handed in or skipped."""

    annotator: str
    taxonomy: str
    round: int
    seconds: float
    """How long they were at it, pauses cut."""
    done_at: str
    """When it was last handed in or skipped."""


def worked(transaction: Transaction, annotator: str = "") -> list[Worked]:
    """Every subject that anybody has handed in or skipped themselves, or one annotator alone; walks the whole log.

    The time before each edit, since the edit before it on the same replica, is counted to the subject that was edited:
    that is when it was read.
    """
    kinds = ", ".join(f"'{kind}'" for kind in NO_EDITS)
    sql = f"""
      WITH edits AS (
        SELECT whom.name AS annotator, taxonomy, round, versions.subject_id AS subject, events.kind, at,
          (julianday(at) - julianday(lag(at) OVER (PARTITION BY events.id >> 32 ORDER BY events.id))) * 86400 AS gap
        FROM events
        CROSS JOIN feeds ON feeds.id = events.id >> 32
        CROSS JOIN people AS writer ON writer.id = feeds.person
        CROSS JOIN people AS written ON written.id = events.whose
        CROSS JOIN people AS whom ON whom.id = written.stands_for
        CROSS JOIN subject_versions AS versions ON versions.id = events.subject
        WHERE events.subject IS NOT NULL AND writer.stands_for = whom.id AND events.kind NOT IN ({kinds})
          AND whom.name {OF_SOMEBODY} AND :annotator IN ('', whom.name)
          AND events.id NOT IN (SELECT event FROM waiting))
      SELECT annotator, taxonomy, round, sum(max(0, min(ifnull(gap, 0), :pause))) AS seconds,
        max(CASE WHEN kind IN ('submitted', 'skipped') THEN at END) AS done_at
      FROM edits GROUP BY annotator, taxonomy, round, subject HAVING done_at IS NOT NULL"""
    rows = transaction.execute(sql, {"annotator": annotator, "pause": PAUSE})
    return [Worked._make(row) for row in rows]
