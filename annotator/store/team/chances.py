"""How likely subjects were to be dealt: what figures that speak of all subjects are weighted by."""

from __future__ import annotations

from typing import NamedTuple

from annotator.store.connection import Transaction


class Chance(NamedTuple):
    """How likely a subject was to be dealt, and to be dealt to two people or more; None where it was not."""

    dealt: float
    compared: float | None


def chances(transaction: Transaction, taxonomy: str, round_: int) -> dict[int, Chance | None]:
    """By subject, of those that were drawn; None for one that was drawn more than once and not alike."""
    sql = """SELECT subject_id, min(dealt), max(dealt), min(compared), max(compared) FROM assignments
             WHERE taxonomy = ? AND round = ? AND dealt IS NOT NULL GROUP BY subject_id"""
    return {
        subject: Chance(dealt, compared) if (dealt, compared) == (most_dealt, most_compared) else None
        for subject, dealt, most_dealt, compared, most_compared in transaction.execute(sql, (taxonomy, round_))
    }


def drawn_from(transaction: Transaction, taxonomy: str, round_: int) -> list[int]:
    """From how many subjects each draw was, in no order."""
    from annotator.store.log.events import IN_WAITING, TEAM

    said = ", ".join(f"payload ->> '$.draw.{name}' AS {name}" for name in ("matched", "seed", "by", "drawn"))
    sql = f"""SELECT DISTINCT {said} FROM events
              WHERE kind = 'assigned' AND kind IN {TEAM} AND taxonomy = ? AND round = ?
                AND id NOT IN {IN_WAITING} AND matched IS NOT NULL"""
    return [int(matched) for matched, *_ in transaction.execute(sql, (taxonomy, round_))]
