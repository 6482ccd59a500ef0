"""Where annotators differ, kept in step with what they hand in, so that a queue of any length opens at once.

Two answers are equal when their state and their values are; the order of values does not
count. A field that only one annotator answered is no disagreement, nor one that speaks of the
work and not of the subject.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.models.classification import Identity
from annotator.models.reserved import ADJUDICATED
from annotator.store.people import IS_SOMEBODY

IS_WITNESS = f"status = 'submitted' AND {IS_SOMEBODY}"
"""Whose work is compared: what was handed in, by somebody who looked for themselves."""
SETTLED = f"""EXISTS (SELECT 1 FROM classifications AS decided WHERE decided.subject_id = found.subject_id
                AND decided.taxonomy = found.taxonomy AND decided.annotator = '{ADJUDICATED}'
                AND decided.round = found.round AND decided.status = 'adjudicated')"""
OF_ONE = "subject_id = :subject AND taxonomy = :taxonomy AND round = :round"
PAIR = f"SELECT count(*) FROM classifications WHERE {OF_ONE} AND {IS_WITNESS}"
COLUMNS = "subject_id, taxonomy, round, field, positions, settled"
TOTALS = "SELECT subject_id, taxonomy, round, count(*), max(settled) FROM disagreements"


def _found(which: str = "1", under: str = "1") -> str:
    """Compare the classifications that a condition on `work` selects; several codes of a set come in their order.

    Fields about the work itself, which a taxonomy calls not public, are left out; `under` limits the
    taxonomies they are looked up in.
    """
    about_work = f"""SELECT namespace, version, json_extract(field.value, '$.id') FROM taxonomies,
                     json_each(document, '$.fields') AS field
                     WHERE json_extract(field.value, '$.public') = 0 AND {under}"""
    codes = """SELECT group_concat(code) FROM (SELECT code FROM answers AS one
                 WHERE one.classification_id = work.id AND one.field = answers.field ORDER BY code)"""
    positions = f"""SELECT work.subject_id, work.taxonomy, round, field, min(state) || ':' || ifnull(({codes}), '')
                      AS position FROM classifications AS work JOIN answers ON classification_id = work.id
                    WHERE {IS_WITNESS} AND state != 'hidden' AND {which}
                      AND (work.taxonomy, work.version, field) NOT IN ({about_work}) GROUP BY work.id, field"""
    return f"""SELECT subject_id, taxonomy, round, field, count(DISTINCT position) AS positions, {SETTLED} AS settled
               FROM ({positions}) AS found GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT position) > 1"""


EVERYWHERE = _found()
IN_ONE = _found(
    "work.subject_id = :subject AND work.taxonomy = :taxonomy AND work.round = :round", "namespace = :taxonomy"
)


class Totals(NamedTuple):
    """How much there is to decide under one taxonomy in one round."""

    open: int
    """Subjects with a disagreement and without an adjudication."""
    settled: int


def refresh(connection: sqlite3.Connection, subject_id: int, of: Identity) -> None:
    """Compare one subject's submitted classifications again; call after one of them changed."""
    one = {"subject": subject_id, "taxonomy": of.taxonomy, "round": of.round}
    for table in ("disagreements", "disputed_subjects"):
        connection.execute(f"DELETE FROM {table} WHERE {OF_ONE}", one)
    (witnesses,) = connection.execute(PAIR, one).fetchone()
    if witnesses > 1:
        connection.execute(f"INSERT INTO disagreements ({COLUMNS}) {IN_ONE}", one)
        connection.execute(f"INSERT INTO disputed_subjects {TOTALS} WHERE {OF_ONE} GROUP BY 1, 2, 3", one)


def rebuild(connection: sqlite3.Connection) -> None:
    """Compare everything again."""
    for table in ("disagreements", "disputed_subjects"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute(f"INSERT INTO disagreements ({COLUMNS}) {EVERYWHERE}")
    connection.execute(f"INSERT INTO disputed_subjects {TOTALS} GROUP BY 1, 2, 3")


def differing(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Subjects, by key, taxonomy and round, whose rows are not what a comparison finds; for the doctor."""
    found = set(connection.execute(EVERYWHERE))
    kept = set(connection.execute(f"SELECT {COLUMNS} FROM disagreements"))
    counted = set(connection.execute(f"{TOTALS} GROUP BY 1, 2, 3"))
    odd = {row[:3] for row in (found ^ kept) | (counted ^ set(connection.execute("SELECT * FROM disputed_subjects")))}
    key = "SELECT key FROM subjects WHERE id = ?"
    return sorted((connection.execute(key, row[:1]).fetchone()[0], row[1], row[2]) for row in odd)
