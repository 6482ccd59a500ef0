"""Where annotators differ, kept in step with what they hand in, so that a queue of any length opens at once.

Two answers are equal when their state and their values are; the order of values does not
count. A field that only one annotator answered is no disagreement, nor one that speaks of the
work and not of the subject, nor one that the newest version in use no longer has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.person import ADJUDICATED
from annotator.model.visibility import Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction
from annotator.store.people import IS_NO_MODEL, IS_SOMEBODY

if TYPE_CHECKING:
    from annotator.model.classification import Identity

IS_WITNESS = f"status = 'submitted' AND {IS_SOMEBODY} AND {IS_NO_MODEL}"
"""Whose work is compared: what was handed in, by somebody who looked for themselves and is no model."""
SETTLED = f"""EXISTS (SELECT 1 FROM classifications AS decided WHERE decided.subject_id = found.subject_id
                AND decided.taxonomy = found.taxonomy AND decided.annotator = '{ADJUDICATED}'
                AND decided.round = found.round AND decided.status = 'adjudicated')"""
OF_ONE = "subject_id = :subject AND taxonomy = :taxonomy AND round = :round"
PAIR = f"SELECT count(*) FROM classifications WHERE {OF_ONE} AND {IS_WITNESS}"
COLUMNS = "subject_id, taxonomy, round, field, positions, settled"
TOTALS = "SELECT subject_id, taxonomy, round, count(*), max(settled) FROM disagreements"


def not_compared(under: str = "1") -> str:
    """Find the fields that are not compared, by version; `under` limits the taxonomies.

    They are those about the work itself, which a taxonomy calls not public, and those that were removed since.
    """
    return f"""SELECT namespace, version, json_extract(field.value, '$.id') FROM taxonomies,
               json_each(document, '$.fields') AS field
               WHERE json_extract(field.value, '$.public') = 0 AND {under}
               UNION ALL SELECT namespace, version, id FROM taxonomies JOIN ({removed(under)}) USING (namespace)"""


def removed(under: str = "1") -> str:
    """Find the fields that the newest version in use lacks and an earlier one has, by taxonomy."""
    several = """EXISTS (SELECT 1 FROM taxonomies AS other
                   WHERE other.namespace = one.namespace AND other.version != one.version)"""
    fields = f"""SELECT namespace, json_extract(field.value, '$.id') AS id
                 FROM taxonomies AS one, json_each(document, '$.fields') AS field WHERE {several} AND {under}"""
    newest = "(SELECT max(version) FROM taxonomies AS other WHERE other.namespace = one.namespace)"
    return f"{fields} EXCEPT {fields} AND version = {newest}"


def positions(which: str = "1", under: str = "1") -> str:
    """Tell what the classifications hold that a condition on `work` selects, field by field."""
    # Most answers are one value, which needs no putting in order.
    codes = """iif(count(*) = 1, min(code), (SELECT group_concat(code) FROM (SELECT code FROM answers AS one
                 WHERE one.classification_id = work.id AND one.field = answers.field ORDER BY code)))"""
    return f"""SELECT work.subject_id, work.taxonomy, round, field, min(state) || ':' || ifnull({codes}, '')
                 AS position FROM classifications AS work JOIN answers ON classification_id = work.id
               WHERE {IS_WITNESS} AND state NOT IN ('hidden', 'conflict') AND {which}
                 AND (work.taxonomy, work.version, field) NOT IN ({not_compared(under)}) GROUP BY work.id, field"""


def differing_among(held: str) -> str:
    """Compare positions, found by a query: the rows of `disagreements` that come of them."""
    return f"""SELECT subject_id, taxonomy, round, field, count(DISTINCT position) AS positions, {SETTLED} AS settled
               FROM ({held}) AS found GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT position) > 1"""


EVERYWHERE = differing_among(positions())
IN_ONE = differing_among(
    positions(
        "work.subject_id = :subject AND work.taxonomy = :taxonomy AND work.round = :round", "namespace = :taxonomy"
    )
)


def refresh(transaction: Transaction, subject_id: int, of: Identity) -> None:
    """Compare one subject's submitted classifications again; call after one of them changed."""
    one = {"subject": subject_id, "taxonomy": of.taxonomy, "round": of.round}
    for table in ("disagreements", "disputed_subjects"):
        transaction.execute(f"DELETE FROM {table} WHERE {OF_ONE}", one)
    (witnesses,) = transaction.execute(PAIR, one).fetchone()
    if witnesses > 1:
        transaction.execute(f"INSERT INTO disagreements ({COLUMNS}) {IN_ONE}", one)
        transaction.execute(f"INSERT INTO disputed_subjects {TOTALS} WHERE {OF_ONE} GROUP BY 1, 2, 3", one)


def removed_fields(transaction: Transaction, taxonomy: str) -> set[str]:
    """The fields that are not compared because the newest version in use lacks them."""
    found = transaction.execute(removed("namespace = :taxonomy"), {"taxonomy": taxonomy})
    return {field for _, field in found}


def follow_version(transaction: Transaction, taxonomy: str, removed_before: set[str]) -> None:
    """Compare no longer what a version that was just put lacks, and again what it has once more."""
    now = removed_fields(transaction, taxonomy)
    if removed_before - now:
        rebuild(transaction)
    elif now - removed_before:
        gone = f"taxonomy = :taxonomy AND field IN (SELECT id FROM ({removed('namespace = :taxonomy')}))"
        transaction.execute(f"DELETE FROM disagreements WHERE {gone}", {"taxonomy": taxonomy})
        transaction.execute("DELETE FROM disputed_subjects WHERE taxonomy = ?", (taxonomy,))
        totals = f"{TOTALS} WHERE taxonomy = ? GROUP BY 1, 2, 3"
        transaction.execute(f"INSERT INTO disputed_subjects {totals}", (taxonomy,))


def rebuild(transaction: Transaction) -> None:
    """Compare everything again."""
    for table in ("disagreements", "disputed_subjects"):
        transaction.execute(f"DELETE FROM {table}")
    transaction.execute(f"INSERT INTO disagreements ({COLUMNS}) {EVERYWHERE}")
    transaction.execute(f"INSERT INTO disputed_subjects {TOTALS} GROUP BY 1, 2, 3")


def differing(transaction: Transaction) -> list[tuple[str, str, int]]:
    """Subjects, by key, taxonomy and round, whose rows are not what a comparison finds; for the doctor."""
    found = set(transaction.execute(EVERYWHERE))
    kept = set(transaction.execute(f"SELECT {COLUMNS} FROM disagreements"))
    counted = set(transaction.execute(f"{TOTALS} GROUP BY 1, 2, 3"))
    odd = {row[:3] for row in (found ^ kept) | (counted ^ set(transaction.execute("SELECT * FROM disputed_subjects")))}
    key = "SELECT key FROM subjects WHERE id = ?"
    return sorted((transaction.execute(key, row[:1]).fetchone()[0], row[1], row[2]) for row in odd)


class Dispute(NamedTuple):
    """One field of one subject on which annotators differ."""

    subject: str
    field: str
    answers: dict[str, dict[str, Any]]
    """State and value by annotator."""
    ruled: dict[str, Any] | None
    """State and value of the ruling, if there is one."""


def disputes(
    transaction: Transaction,
    taxonomy: str,
    round_: int,
    viewer: Viewer,
    field: str = "",
    since: str = "",
    until: str = "",
) -> Iterator[Dispute]:
    """Every disagreement by subject and field, in the order in which exports list subjects.

    Subjects of which any work that was handed in or decided is closed to a viewer are left out.

    `since` and `until` bound the subject's date, both included; `2020` as `until` includes all of 2020.
    """
    only = "AND found.field = :field" if field else ""
    if since or until:
        only += " AND date != '' AND date >= :since AND substr(date, 1, length(:until)) <= :until"
    seen = visibility.open_to(transaction, viewer).named
    if seen.sql:
        only += f""" AND found.subject_id NOT IN (
                   SELECT subject_id FROM classifications WHERE taxonomy = :taxonomy AND round = :round
                   AND ({IS_WITNESS} OR annotator = '{ADJUDICATED}' AND status != 'untouched') AND NOT ({seen.sql}))"""
    said = """json_object('state', answers ->> ('$."' || found.field || '".state'),
                          'value', json(answers -> ('$."' || found.field || '".value')))"""
    ruling = f"""(SELECT json_object('state', rulings.state, 'value', json(rulings.value)) FROM rulings
                  JOIN classifications AS decided ON decided.id = classification_id
                  WHERE decided.subject_id = found.subject_id AND decided.taxonomy = found.taxonomy
                    AND decided.annotator = '{ADJUDICATED}' AND decided.round = found.round
                    AND rulings.field = found.field)"""
    sql = f"""SELECT key, found.field, annotator, {said}, {ruling} FROM disagreements AS found
              JOIN subjects ON subjects.id = found.subject_id
              JOIN classifications ON classifications.subject_id = found.subject_id
                AND classifications.taxonomy = found.taxonomy AND classifications.round = found.round
              WHERE found.taxonomy = :taxonomy AND found.round = :round {only} AND {IS_WITNESS}
                AND answers ->> ('$."' || found.field || '".state') != 'conflict'
              ORDER BY substr(key, 1, instr(key, ':')), length(key), key, found.field, annotator"""
    asked = {"taxonomy": taxonomy, "round": round_, "field": field, "since": since, "until": until or "9999"}
    rows = transaction.execute(sql, {**asked, **seen.given})
    for (subject, name), lines in groupby(rows, key=lambda row: (row[0], row[1])):
        held = list(lines)
        ruled = json.loads(held[0][4]) if held[0][4] else None
        yield Dispute(subject, name, {row[2]: json.loads(row[3]) for row in held}, ruled)
