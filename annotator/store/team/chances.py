"""How likely subjects were to be dealt: what figures that speak of all subjects are weighted by."""

from __future__ import annotations

from typing import NamedTuple

from annotator.store.connection import Transaction


class Chance(NamedTuple):
    """How likely a subject was to be dealt, and to be dealt to two people or more; None where it was not."""

    dealt: float
    compared: float | None


def _known_since() -> str:
    """A query for the subjects whose answers were ever known under a taxonomy, each with since when."""
    from annotator.store.log.events import FURTHER, IN_WAITING  # which loads what figures without draws do without

    return f"""SELECT versions.subject_id, min(events.at) AS at
               FROM events, json_each(payload, '$.subjects') AS said
               JOIN subject_versions AS versions
                 ON versions.key = said.value ->> 0 AND versions.seen = said.value ->> 1
               WHERE kind = 'gold_set' AND kind IN {FURTHER} AND taxonomy = :taxonomy
                 AND events.id NOT IN {IN_WAITING}
               GROUP BY 1"""


def chances(transaction: Transaction, taxonomy: str, round_: int) -> dict[int, Chance | None]:
    """By subject, of those that were drawn; None for one that was drawn more than once and not alike.

    Subjects whose answers were known when they were dealt are none of them: the log gives them chances only so
    that nothing tells them apart.
    """
    sql = f"""SELECT assignments.subject_id, min(dealt), max(dealt), min(compared), max(compared) FROM assignments
              LEFT JOIN ({_known_since()}) AS known ON known.subject_id = assignments.subject_id
              WHERE taxonomy = :taxonomy AND round = :round AND dealt IS NOT NULL
                AND (known.at IS NULL OR assigned_at < known.at) GROUP BY assignments.subject_id"""
    given = {"taxonomy": taxonomy, "round": round_}
    return {
        subject: Chance(dealt, compared) if (dealt, compared) == (most_dealt, most_compared) else None
        for subject, dealt, most_dealt, compared, most_compared in transaction.execute(sql, given)
    }


def drawn_from(transaction: Transaction, taxonomy: str, round_: int) -> list[int]:
    """From how many subjects each draw was, in no order."""
    from annotator.store.log.events import IN_WAITING, TEAM

    said = ", ".join(f"payload ->> '$.draw.{name}' AS {name}" for name in ("matched", "seed", "by", "drawn"))
    sql = f"""SELECT DISTINCT {said} FROM events
              WHERE kind = 'assigned' AND kind IN {TEAM} AND taxonomy = ? AND round = ?
                AND id NOT IN {IN_WAITING} AND matched IS NOT NULL"""
    return [int(matched) for matched, *_ in transaction.execute(sql, (taxonomy, round_))]
