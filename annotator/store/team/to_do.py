"""What somebody has still to do, in the order to do it; looked up by index, however much it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.rounds import InRounds, Part
from annotator.store.connection import Transaction

if TYPE_CHECKING:
    from annotator.model.chain import Heads

Place = tuple[int, int, str, int]
"""Batch, position, taxonomy and subject: what an annotator's work is ordered by."""
PLACE = "batch, position, taxonomy, subject_id"
START: Place = (0, 0, "", 0)
"""Before all places."""
OPEN = "annotator = :annotator AND done = 0"
IS_AT_HAND = """(
  NOT EXISTS (SELECT 1 FROM closings WHERE is_closed AND closings.taxonomy = assignments.taxonomy
    AND closings.round = assignments.round)
  OR EXISTS (SELECT 1 FROM classifications AS begun WHERE begun.subject_id = assignments.subject_id
    AND begun.taxonomy = assignments.taxonomy AND begun.annotator = assignments.annotator
    AND begun.round = assignments.round AND begun.status = 'draft'))"""
"""That an open assignment can be done: in a closed round, only what is begun."""


def parts_to_do(transaction: Transaction, annotator: str | None, in_rounds: InRounds) -> list[Part]:
    """The parts of some rounds in which somebody may have something to do.

    What stands in the first round under taxonomies that are worked on in others is not looked through for nothing.
    """
    first, *others = in_rounds.parts
    if not first.but or any(name not in first.but for name in _taxonomies_to_do(transaction, annotator)):
        return [first, *others]
    return others


def _taxonomies_to_do(transaction: Transaction, annotator: str | None) -> Iterator[str]:
    """The taxonomies under which somebody has something to do, in whatever round, by one look into an index each."""
    sql = """SELECT min(taxonomy) FROM assignments INDEXED BY assignments_open
             WHERE annotator = ? AND done = 0 AND taxonomy > ?"""
    name: str | None = ""
    while name := transaction.execute(sql, (annotator, name)).fetchone()[0]:
        yield name


def _rounds_to_do(transaction: Transaction, annotator: str) -> Iterator[tuple[str, int]]:
    """The taxonomies and rounds in which somebody has something to do, by one look into an index each."""
    sql = """SELECT min(round) FROM assignments INDEXED BY assignments_open
             WHERE annotator = ? AND done = 0 AND taxonomy = ? AND round > ?"""
    for taxonomy in _taxonomies_to_do(transaction, annotator):
        round_: int | None = 0
        while round_ := transaction.execute(sql, (annotator, taxonomy, round_)).fetchone()[0]:
            yield taxonomy, round_


def place_of(transaction: Transaction, key: str, taxonomy: str, annotator: str, round_: int) -> Place | None:
    """Where an assignment stands among its annotator's, done or not; None when there is none."""
    sql = f"""SELECT {PLACE} FROM subjects CROSS JOIN assignments ON subject_id = subjects.id
              WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?"""
    row: Place | None = transaction.execute(sql, (key, taxonomy, annotator, round_)).fetchone()
    return row


class Open(NamedTuple):
    """Something that somebody has still to do."""

    place: Place
    key: str
    taxonomy: str


def next_open(
    transaction: Transaction, annotator: str, in_rounds: InRounds, place: Place, *, including: bool
) -> Open | None:
    """The first thing somebody has still to do behind a place, or at it; None when there is nothing more."""
    given = dict(zip(("batch", "position", "taxonomy", "subject"), place, strict=True))
    found = []
    for part in parts_to_do(transaction, annotator, in_rounds):
        sql = f"""SELECT {PLACE}, key FROM assignments CROSS JOIN subjects ON subjects.id = subject_id
                  WHERE {OPEN}{part.sql()} AND ({PLACE}) {">=" if including else ">"}
                    (:batch, :position, :taxonomy, :subject) ORDER BY {PLACE} LIMIT 1"""
        found += transaction.execute(sql, {"annotator": annotator, **part.values, **given}).fetchall()
    row = min(found, default=None)
    return Open(row[:4], row[4], row[2]) if row else None


def _whose(annotator: str, in_rounds: InRounds) -> dict[str, Any]:
    return {"annotator": annotator, **in_rounds.values}


def open_places(transaction: Transaction, annotator: str, in_rounds: InRounds) -> Iterator[Place]:
    """The places of all that somebody has still to do, in order; looked up as they are asked for."""
    parts = parts_to_do(transaction, annotator, in_rounds)
    return merge(*(_open_places(transaction, annotator, part) for part in parts))


def _open_places(transaction: Transaction, annotator: str, part: Part, *, backwards: bool = False) -> Iterator[Place]:
    order = PLACE.replace(",", " DESC,") + " DESC" if backwards else PLACE
    sql = f"SELECT {PLACE} FROM assignments WHERE {OPEN}{part.sql()} ORDER BY {order}"
    return transaction.execute(sql, {"annotator": annotator, **part.values})


def open_places_of(
    transaction: Transaction, ids: Sequence[int], annotator: str, in_rounds: InRounds
) -> Iterator[Place]:
    """The same of a few subjects, found by subject (the plus signs), because somebody may have thousands to do."""
    sql = f"""SELECT {PLACE} FROM json_each(:ids) AS listed CROSS JOIN assignments ON subject_id = listed.value
              WHERE +annotator = :annotator AND +round = {in_rounds.sql("assignments.taxonomy")} AND +done = 0
              ORDER BY {PLACE}"""
    return transaction.execute(sql, {"ids": json.dumps(list(ids)), **_whose(annotator, in_rounds)})


def places_since(transaction: Transaction, annotator: str, in_rounds: InRounds, since: Heads) -> Iterator[Place]:
    """The places of what somebody was dealt and touched since the log was so long."""
    from annotator.store.log.changes import stretches

    place = PLACE.replace("taxonomy", "assignments.taxonomy").replace("subject_id", "assignments.subject_id")
    sql = f"""SELECT {place} FROM events
              CROSS JOIN subject_versions AS versions ON versions.id = events.subject
              CROSS JOIN assignments ON assignments.subject_id = versions.subject_id
                AND assignments.taxonomy = events.taxonomy AND assignments.annotator = :annotator
                AND assignments.round = events.round
              WHERE events.id BETWEEN :first AND :last AND events.round = {in_rounds.sql("events.taxonomy")}
                AND events.whose IN (SELECT id FROM people WHERE stands_for = (
                  SELECT id FROM people WHERE name = :annotator AND stands_for = id))"""
    for first, last in stretches(transaction, since):
        given = {"first": first, "last": last, **_whose(annotator, in_rounds)}
        yield from transaction.execute(sql, given).fetchall()


def open_elsewhere(transaction: Transaction, annotator: str, in_rounds: InRounds) -> Iterator[Open]:
    """All that somebody has still to do and can do in other rounds than some, in order."""
    there = [each for each in _rounds_to_do(transaction, annotator) if in_rounds.under(each[0]) != each[1]]
    return merge(*(_open_in(transaction, annotator, Part(round_, taxonomy)) for taxonomy, round_ in there))


def _open_in(transaction: Transaction, annotator: str, part: Part) -> Iterator[Open]:
    sql = f"""SELECT {PLACE}, key FROM assignments CROSS JOIN subjects ON subjects.id = subject_id
              WHERE {OPEN}{part.sql()} AND {IS_AT_HAND} ORDER BY {PLACE}"""
    for *place, key in transaction.execute(sql, {"annotator": annotator, **part.values}):
        batch, position, taxonomy, subject = place
        yield Open((batch, position, taxonomy, subject), key, taxonomy)


def last_open(transaction: Transaction, annotator: str, in_rounds: InRounds) -> Place:
    """The last place of what somebody has still to do; the start when there is nothing."""
    ends = (_open_places(transaction, annotator, part, backwards=True) for part in in_rounds.parts)
    return max((last for end in ends if (last := next(end, None))), default=START)


def open_for(transaction: Transaction, key: str, annotator: str, in_rounds: InRounds) -> list[str]:
    """The taxonomies under which somebody has still to do one subject, in whatever round unless one is named, in order.

    Found by subject (the plus signs), because somebody may have thousands to do.
    """
    sql = f"""SELECT taxonomy FROM subjects CROSS JOIN assignments ON subject_id = subjects.id
              WHERE key = :key AND +annotator = :annotator AND {in_rounds.if_named} AND +done = 0
              ORDER BY batch, position, taxonomy"""
    return [name for (name,) in transaction.execute(sql, {"key": key, **_whose(annotator, in_rounds)})]


def open_counts(transaction: Transaction, annotator: str) -> dict[tuple[str, int], int]:
    """How much somebody has still to do, by taxonomy and round."""
    sql = """SELECT taxonomy, round, count(*) FROM assignments INDEXED BY assignments_open
             WHERE annotator = ? AND done = 0 GROUP BY taxonomy, round"""
    return {(taxonomy, round_): many for taxonomy, round_, many in transaction.execute(sql, (annotator,))}
