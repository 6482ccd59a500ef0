"""Whose names stand in the tables, and which of them are nobody's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from annotator.model.person import NO_WITNESS, plain_name, same_name
from annotator.model.queue import QueueView, ResumePoint
from annotator.store.readable import to_json

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

TABLES = ("classifications", "assignments", "looks")
"""Where people stand by name."""
OF_SOMEBODY = "NOT IN (" + ", ".join(f"'{name}'" for name in NO_WITNESS) + ")"
"""Said of a name: that a person can work under it."""
IS_SOMEBODY = f"annotator {OF_SOMEBODY}"


def names(transaction: Transaction, *tables: str) -> list[str]:
    """Every annotator in some tables, each once, ascending."""
    return [name for (name,) in transaction.execute(" UNION ".join(map(_names, tables)) + " ORDER BY 1")]


def annotators(transaction: Transaction) -> list[str]:
    """Everybody who has a classification here."""
    return names(transaction, "classifications")


def alike(transaction: Transaction, name: str) -> list[str]:
    """Every name in the file that reads like one, ascending; by index, however many people there are."""
    sql = "SELECT name FROM people WHERE plain = ? UNION SELECT name FROM people WHERE plain IS NULL ORDER BY 1"
    return [each for (each,) in transaction.execute(sql, (plain_name(name),)) if same_name(each, name)]


def spell_out(transaction: Transaction) -> None:
    """Note how the names read that came since this was done last; call inside a write transaction."""
    new = transaction.execute("SELECT name FROM people WHERE plain IS NULL").fetchall()
    transaction.executemany("UPDATE people SET plain = ? WHERE name = ?", [(plain_name(name), name) for (name,) in new])


def rebuild(transaction: Transaction) -> None:
    """Find everybody again; call inside a write transaction."""
    transaction.execute("DELETE FROM people")
    transaction.execute("INSERT INTO people (name) SELECT name FROM (" + " UNION ".join(map(_names, TABLES)) + ")")
    spell_out(transaction)


def differing(transaction: Transaction) -> list[str]:
    """Names that stand somewhere and are not known, or are noted to read otherwise than they do; for the doctor."""
    noted = dict(transaction.execute("SELECT name, plain FROM people"))
    wrong = (name for name, plain in noted.items() if plain not in {None, plain_name(name)})
    return sorted({*names(transaction, *TABLES)}.difference(noted).union(wrong))


def _names(table: str) -> str:
    """A query for the annotators in a table, by one look into an index each, however many rows there are."""
    return f"""SELECT name FROM (WITH RECURSIVE found (name) AS (SELECT min(annotator) FROM {table}
                 UNION ALL SELECT (SELECT min(annotator) FROM {table} WHERE annotator > name)
                 FROM found WHERE name IS NOT NULL)
               SELECT name FROM found WHERE name IS NOT NULL)"""


def works_by_others(transaction: Transaction, annotators: Sequence[str]) -> bool:
    """Whether anybody but these did anything, or these did more than being imported."""
    sql = """SELECT 1 FROM events WHERE kind != 'imported'
             OR annotator NOT IN (SELECT value FROM json_each(?)) LIMIT 1"""
    return transaction.execute(sql, (json.dumps(list(annotators)),)).fetchone() is not None


def content_other_than(transaction: Transaction, prefix: str) -> str:
    """The key of some subject that does not begin so; empty when there is none."""
    sql = "SELECT key FROM subjects WHERE substr(key, 1, ?) != ? ORDER BY id LIMIT 1"
    row = transaction.execute(sql, (len(prefix), prefix)).fetchone()
    return row[0] if row else ""


def put(transaction: Transaction, annotator: str, point: ResumePoint) -> None:
    """Remember a place."""
    transaction.execute(
        "INSERT OR REPLACE INTO resume_points (annotator, subject, taxonomy, field, view) VALUES (?, ?, ?, ?, ?)",
        (annotator, point.subject, point.taxonomy, point.field, to_json(asdict(point.view))),
    )


def get(transaction: Transaction, annotator: str) -> ResumePoint | None:
    """The place remembered last; None for somebody new."""
    sql = "SELECT subject, taxonomy, field, view FROM resume_points WHERE annotator = ?"
    row = transaction.execute(sql, (annotator,)).fetchone()
    if row is None:
        return None
    kept = json.loads(row[3])
    view = QueueView(**{field.name: kept[field.name] for field in fields(QueueView) if field.name in kept})
    return ResumePoint(subject=row[0], taxonomy=row[1], field=row[2], view=view)
