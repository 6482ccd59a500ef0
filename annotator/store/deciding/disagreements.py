"""Where annotators differ, kept in step with what they hand in, so that a queue of any length opens at once.

Two answers are equal when their state and their values are; the order of values does not
count. A field that only one annotator answered is no disagreement, nor one that speaks of the
work and not of the subject, nor one that the newest version in use no longer has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.outline import position
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


OTHER = "SELECT subject_id FROM hand_ins WHERE taxonomy = :taxonomy AND is_other = 1"
"""Subjects of which something shows otherwise now than it was first handed in."""


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
    *,
    at_first: bool = False,
) -> Iterator[Dispute]:
    """Every disagreement by subject and field, in the order in which exports list subjects.

    They are those that are reviewed, of what shows now; `at_first`, of what was handed in first. Subjects of which
    any work that was handed in or decided is closed to a viewer are left out.

    `since` and `until` bound the subject's date, both included; `2020` as `until` includes all of 2020.
    """
    only = " AND found.field = :field" if field else ""
    dated = ""
    if since or until:
        dated = " AND date != '' AND date >= :since AND substr(date, 1, length(:until)) <= :until"
    seen = visibility.open_to(transaction, viewer).named
    open_alone = ""
    if seen.sql:
        open_alone = f""" AND found.subject_id NOT IN (
                   SELECT subject_id FROM classifications WHERE taxonomy = :taxonomy AND round = :round
                   AND ({IS_WITNESS} OR annotator = '{ADJUDICATED}' AND status != 'untouched'
                        OR id IN (SELECT classification_id FROM hand_ins WHERE is_other = 1)) AND NOT ({seen.sql}))"""
    asked = {"taxonomy": taxonomy, "round": round_, "field": field, "since": since, "until": until or "9999"}
    given = {**asked, **seen.given}
    if not at_first:
        yield from (each for _, each in _found(transaction, only + dated + open_alone, given))
        return
    now = _found(transaction, f"{only}{dated}{open_alone} AND found.subject_id NOT IN ({OTHER})", given)
    then = _found_at_first(transaction, dated + open_alone, given)
    yield from (each for _, each in merge(now, then, key=lambda each: each[0]))


Placed = tuple[tuple[Any, ...], Dispute]
"""A disagreement behind what puts it in order."""
IN_ORDER = "substr(key, 1, instr(key, ':')), length(key), key"
RULING = f"""(SELECT json_object('state', rulings.state, 'value', json(rulings.value)) FROM rulings
              JOIN classifications AS decided ON decided.id = classification_id
              WHERE decided.subject_id = found.subject_id AND decided.taxonomy = found.taxonomy
                AND decided.annotator = '{ADJUDICATED}' AND decided.round = found.round
                AND rulings.field = {{field}})"""


def _found(transaction: Transaction, only: str, given: dict[str, Any]) -> Iterator[Placed]:
    """Those that are kept, of what shows now."""
    said = """json_object('state', answers ->> ('$."' || found.field || '".state'),
                          'value', json(answers -> ('$."' || found.field || '".value')))"""
    sql = f"""SELECT {IN_ORDER}, found.field, annotator, {said}, {RULING.format(field="found.field")}
              FROM disagreements AS found
              JOIN subjects ON subjects.id = found.subject_id
              JOIN classifications ON classifications.subject_id = found.subject_id
                AND classifications.taxonomy = found.taxonomy AND classifications.round = found.round
              WHERE found.taxonomy = :taxonomy AND found.round = :round{only} AND {IS_WITNESS}
                AND answers ->> ('$."' || found.field || '".state') != 'conflict'
              ORDER BY {IN_ORDER}, found.field, annotator"""
    for place, lines in groupby(transaction.execute(sql, given), key=lambda row: row[:4]):
        held = list(lines)
        ruled = json.loads(held[0][6]) if held[0][6] else None
        yield place, Dispute(place[2], place[3], {row[4]: json.loads(row[5]) for row in held}, ruled)


def _found_at_first(transaction: Transaction, only: str, given: dict[str, Any]) -> Iterator[Placed]:
    """Those of subjects of which something shows otherwise now, of what was handed in first."""
    sql = f"""SELECT {IN_ORDER}, annotator, ifnull(first.version, found.version), ifnull(first.answers, found.answers)
              FROM classifications AS found JOIN subjects ON subjects.id = found.subject_id
              LEFT JOIN hand_ins AS first ON first.classification_id = found.id AND first.is_other = 1
              WHERE found.taxonomy = :taxonomy AND found.round = :round AND {IS_SOMEBODY} AND {IS_NO_MODEL}
                AND (found.status = 'submitted' OR first.is_other = 1) AND found.subject_id IN ({OTHER}){only}
              ORDER BY {IN_ORDER}, annotator"""
    passed = set(transaction.execute(f"SELECT * FROM ({not_compared('namespace = :taxonomy')})", given))
    for (source, length, key), lines in groupby(transaction.execute(sql, given), key=lambda row: row[:3]):
        said: dict[str, dict[str, dict[str, Any]]] = {}
        for *_, annotator, version, answers in lines:
            for field, answer in json.loads(answers).items():
                is_compared = (given["taxonomy"], version, field) not in passed
                if is_compared and given["field"] in {"", field} and answer["state"] not in {"hidden", "conflict"}:
                    said.setdefault(field, {})[annotator] = {"state": answer["state"], "value": answer["value"]}
        for field, held in sorted(said.items()):
            if len({position(answer["state"], answer["value"]) for answer in held.values()}) > 1:
                yield (source, length, key, field), Dispute(key, field, held, _ruled(transaction, key, field, given))


def _ruled(transaction: Transaction, key: str, field: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """What was ruled on a field of a subject."""
    sql = f"""SELECT {RULING.format(field=":named")} FROM (SELECT id AS subject_id, :taxonomy AS taxonomy,
                :round AS round FROM subjects WHERE key = :key) AS found"""
    (ruled,) = transaction.execute(sql, {**given, "key": key, "named": field}).fetchone()
    return json.loads(ruled) if ruled else None
