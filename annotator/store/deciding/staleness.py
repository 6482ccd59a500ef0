"""Which decisions are stale, kept in step with what annotators hand in, so that any number is counted at once.

Only those that are have a row. What fields are about the work, and so count for nothing, is said by the version of the
taxonomy that the decision stands under: a later one makes nothing stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from annotator.model.outline import Position, position
from annotator.model.person import ADJUDICATED, IMPORTED
from annotator.model.rounds import InRounds
from annotator.model.staleness import SELF_ADJUDICATION, Decided, reasons
from annotator.store import people, visibility
from annotator.store.connection import Transaction
from annotator.store.deciding.disagreements import IS_WITNESS

if TYPE_CHECKING:
    from annotator.model.classification import Identity
    from annotator.model.visibility import Viewer

WORK = """work.subject_id = decided.subject_id AND work.taxonomy = decided.taxonomy AND work.round = decided.round
          AND work.annotator != decided.annotator AND work.status != 'untouched'"""
DECIDED = f"""
  SELECT decided.id, decided.subject_id, decided.taxonomy, decided.round, version, answers,
    adjudicated_by, strategy, seen,
    (SELECT json_group_array(json_array(field, ruled_by, json("between"))) FROM rulings
       WHERE rulings.classification_id = decided.id),
    (SELECT json_group_array(json_array(annotator, {IS_WITNESS}, json(answers))) FROM classifications AS work
       WHERE {WORK})
  FROM classifications AS decided JOIN adjudications ON adjudications.classification_id = decided.id
  WHERE +decided.annotator = '{ADJUDICATED}' AND decided.status = 'adjudicated'"""
"""Decisions with all that can make them stale, in one row each; the plus leaves it to a condition how to find them."""
OF_PLACE = "decided.subject_id = :subject AND decided.taxonomy = :taxonomy AND decided.round = :round"
OWN = f"""EXISTS (SELECT 1 FROM classifications AS work WHERE {WORK} AND plain_name(annotator) IN (
            SELECT plain_name(adjudicated_by)
            UNION ALL SELECT plain_name(ruled_by) FROM rulings WHERE classification_id = decided.id))"""
"""That who made a decision, or a ruling of it, has classified its subject too."""
NEW = "INSERT INTO stale_decisions (classification_id, subject_id, taxonomy, round) VALUES (?, ?, ?, ?)"
ABOUT_WORK = """SELECT (SELECT json_group_array(field.value ->> '$.id') FROM json_each(document, '$.fields') AS field
                  WHERE field.value ->> '$.public' = 0)
                FROM taxonomies WHERE namespace = ? AND version = ?"""


def is_stale(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> bool:
    """Whether the decision about a subject is."""
    sql = """SELECT EXISTS (SELECT 1 FROM stale_decisions WHERE taxonomy = ? AND round = ?
               AND subject_id = (SELECT id FROM subjects WHERE key = ?))"""
    return bool(transaction.execute(sql, (taxonomy, round_, subject)).fetchone()[0])


def condition(
    transaction: Transaction, viewer: Viewer, taxonomy: str, in_rounds: InRounds
) -> tuple[str, dict[str, Any]]:
    """That a decision about a subject is stale, and no work of a viewer: as SQL on `subjects`, with its values.

    In whatever round, unless one is named. Whoever asks gives, where it is about one, `taxonomy`.
    """
    seen = visibility.not_at_work_on(transaction, viewer, "stale_decisions").named
    under = " AND taxonomy = :taxonomy" if taxonomy else ""
    stale = f"SELECT subject_id FROM stale_decisions WHERE {in_rounds.if_named}{under}{seen.and_sql}"
    return f"subjects.id IN ({stale})", {**(in_rounds.values if in_rounds.named else {}), **seen.given}


def by_subject(
    transaction: Transaction, viewer: Callable[[], Viewer], subjects: Iterable[int], in_rounds: InRounds
) -> dict[int, tuple[str, ...]]:
    """The taxonomies under which the decisions about some subjects are stale, as a viewer may know them.

    In whatever round, unless one is named. The viewer is asked for where there is any.
    """
    which = f"{in_rounds.if_named} AND subject_id IN (SELECT value FROM json_each(:subjects))"
    given = {"subjects": json.dumps(list(subjects)), **in_rounds.values}
    if not transaction.execute(f"SELECT 1 FROM stale_decisions WHERE {which} LIMIT 1", given).fetchone():
        return {}
    seen = visibility.not_at_work_on(transaction, viewer(), "stale_decisions", of_few=True).named
    sql = f"SELECT DISTINCT subject_id, taxonomy FROM stale_decisions WHERE {which}{seen.and_sql} ORDER BY taxonomy"
    found: dict[int, tuple[str, ...]] = {}
    for subject_id, taxonomy in transaction.execute(sql, {**given, **seen.given}):
        found[subject_id] = (*found.get(subject_id, ()), taxonomy)
    return found


def about_work(transaction: Transaction, taxonomy: str, version: int) -> set[str] | None:
    """The fields that a version calls not public; None where the file does not hold it."""
    row = transaction.execute(ABOUT_WORK, (taxonomy, version)).fetchone()
    return set(json.loads(row[0])) if row else None


def allows_own(transaction: Transaction) -> bool:
    """Whether the team lets people decide about what they classified themselves."""
    row = transaction.execute("SELECT value FROM settings WHERE name = ?", (SELF_ADJUDICATION,)).fetchone()
    return bool(row) and row[0] == "yes"


def refresh(transaction: Transaction, subject_id: int, of: Identity) -> None:
    """Judge the decision about one subject again; call after any classification of it changed."""
    one = {"subject": subject_id, "taxonomy": of.taxonomy, "round": of.round}
    found = transaction.execute(f"{DECIDED} AND {OF_PLACE}", one).fetchone()
    if found is not None:
        _judge_again(transaction, [found])
    elif of.annotator == ADJUDICATED:  # it was taken back
        place = "subject_id = :subject AND taxonomy = :taxonomy AND round = :round"
        transaction.execute(f"DELETE FROM stale_decisions WHERE {place}", one)


def refresh_where(transaction: Transaction, condition: str, values: Iterable[Any] = ()) -> None:
    """Judge those decisions again that a condition on `decided`, and on `adjudications`, selects."""
    _judge_again(transaction, transaction.execute(f"{DECIDED} AND {condition}", tuple(values)).fetchall())


def refresh_from(transaction: Transaction, first: int) -> None:
    """Judge the decisions about the subjects of all classifications from an id on again, where there are any."""
    if transaction.execute("SELECT EXISTS (SELECT 1 FROM adjudications)").fetchone()[0]:
        here = f"""decided.id IN (SELECT one.id FROM classifications AS new CROSS JOIN classifications AS one
                     ON one.subject_id = new.subject_id AND one.taxonomy = new.taxonomy AND one.round = new.round
                     AND one.annotator = '{ADJUDICATED}' WHERE new.id >= ?)"""
        refresh_where(transaction, here, (first,))


def follow_setting(transaction: Transaction, allowed_before: bool) -> None:
    """Judge again what its own deciders have classified, where the team now says otherwise whether they may."""
    if allows_own(transaction) != allowed_before:
        refresh_where(transaction, OWN)


def rebuild(transaction: Transaction) -> None:
    """Judge all of them again."""
    transaction.execute("DELETE FROM stale_decisions")
    transaction.executemany(NEW, list(_found(transaction, transaction.execute(DECIDED))))


def differing(transaction: Transaction) -> list[tuple[str, str, int]]:
    """Subjects, by key, taxonomy and round, whose decisions are not as stale as the file says; for the doctor."""
    kept = set(transaction.execute("SELECT classification_id, subject_id, taxonomy, round FROM stale_decisions"))
    odd = kept ^ set(_found(transaction, transaction.execute(DECIDED)))
    key = "SELECT key FROM subjects WHERE id = ?"
    return sorted((transaction.execute(key, row[1:2]).fetchone()[0], row[2], row[3]) for row in odd)


Row = tuple[Any, ...]


def _judge_again(transaction: Transaction, rows: list[Row]) -> None:
    transaction.executemany("DELETE FROM stale_decisions WHERE classification_id = ?", [row[:1] for row in rows])
    stale = list(_found(transaction, rows))
    if stale:
        transaction.executemany(NEW, stale)


def _found(transaction: Transaction, rows: Iterable[Row]) -> Iterator[Row]:
    """The beginnings of the rows of those that are stale."""
    may_own = allows_own(transaction)
    aside: dict[tuple[str, int], set[str] | None] = {}
    for row in rows:
        under = (row[2], row[4])
        if under not in aside:
            aside[under] = about_work(transaction, *under)
        left_out = aside[under]
        if left_out is not None and _is_stale(transaction, row[5:], left_out, may_own):
            yield row[:4]


def _is_stale(transaction: Transaction, row: Row, left_out: set[str], may_own: bool) -> bool:
    answers, by, strategy, seen, ruled, begun = row
    work, rulings = json.loads(begun), json.loads(ruled)
    held = {name: _positions(said, left_out) for name, is_witness, said in work if is_witness}
    deciders = frozenset((by, *(who for _, who, _ in rulings)))
    barred = () if may_own else [name for name, *_ in work]
    if strategy != IMPORTED:
        decided = Decided(deciders, json.loads(seen), False)
    else:
        between = {field: _named_here(transaction, _positions(said)) for field, _, said in rulings}
        known = _named_here(transaction, json.loads(seen))
        decided = Decided(deciders, known, True, _positions(json.loads(answers), left_out), between)
    return any(True for _ in reasons(decided, held, barred))


def _positions(said: dict[str, dict[str, Any]], left_out: Iterable[str] = ()) -> dict[str, Position]:
    """What answers say, by field or whoever gave them; what is in conflict is nobody's yet."""
    return {
        name: position(each["state"], each["value"])
        for name, each in said.items()
        if each["state"] != "conflict" and name not in left_out
    }


def _named_here(transaction: Transaction, by_name: dict[str, Any]) -> dict[str, Any]:
    """The same, with those whose answers it was decided on elsewhere as they are called here."""
    return {people.known_as(transaction, name): said for name, said in by_name.items()}
