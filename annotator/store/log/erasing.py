"""Take content away for good, such as for a takedown: that it was there can still be proved, and who took it away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from annotator.errors import NotFoundError
from annotator.model.chain import meant_by
from annotator.model.classification import Identity
from annotator.model.outline import readable_values
from annotator.model.person import ADJUDICATED
from annotator.store import hand_ins
from annotator.store.log import events
from annotator.store.log.events import COMMENTED, NOTHING
from annotator.store.readable import coded
from annotator.store.team import assignments, comments, roster, team

if TYPE_CHECKING:
    from annotator.model.event import Event
    from annotator.store.connection import Transaction
    from annotator.store.projection import Projection

EMPTY = """UPDATE events SET (at, kind, subject, taxonomy, whose, round, version, replaces, payload, salt)
             = (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) WHERE id = ?"""
USED = "SELECT 1 FROM {} AS held WHERE held.taxonomy = ?1 AND held.field = ?2 AND held.code = value_codes.code"
UNUSED = f"""DELETE FROM value_codes WHERE taxonomy = ?1 AND field = ?2 AND value = ?3
             AND NOT EXISTS ({USED.format("answers")}) AND NOT EXISTS ({USED.format("first_answers")})"""
"""A value that is nobody's answer any more."""
ISSUES = """DELETE FROM import_issues WHERE subject = ? AND lower(taxonomy) = lower(?)
              AND plain_name(annotator) = plain_name(?)"""
"""What did not fit of an imported classification."""
FOREVER = frozenset({"erased", "import_ran", "person_added"})
"""Kinds of events whose content stays: without them nobody knows who did what."""


def erase(transaction: Transaction, projection: Projection, by: str, event: str, reason: str) -> None:
    """Take away what an event says, and record who did so; call inside a write transaction.

    Raises NotFoundError where there is no such event, or nothing of it that could be taken away.
    """
    row = find(transaction, event)
    if row is None:
        raise NotFoundError(f"{event}: there is no such event; `annotator history` shows them.")
    number, kind = row
    if kind is None:
        raise NotFoundError(f"{event}: its content is gone already, or was never here.")
    if kind in FOREVER:
        raise NotFoundError(f"{event}: says who did what ({kind}), and stays.")
    events.append(transaction, by, "erased", NOTHING, 0, {"event": event, "reason": reason})
    _tell(transaction, by, event, number, reason)
    take_away(transaction, projection, [number])


def touched(transaction: Transaction, names: Iterable[str]) -> list[Identity]:
    """The classifications that some events are about, each once."""
    rows = [found[0] for name in names if (found := find(transaction, name))]
    return list(dict.fromkeys(of for row in rows if (of := about(transaction, row))))


def _tell(transaction: Transaction, by: str, event: str, row: int, reason: str) -> None:
    """Tell in the history of a classification, or in a thread, what was erased: the event tells that no longer."""
    if comment := comments.about(transaction, row):
        events.append(
            transaction, by, "erasure_told", comment, 0, {"event": event, "kind": COMMENTED, "reason": reason}
        )
    of = about(transaction, row)
    if of is None:
        return
    sql = "SELECT kind, ifnull(version, 0), payload ->> 'field' FROM events WHERE id = ?"
    kind, version, field = transaction.execute(sql, (row,)).fetchone()
    said = {"event": event, "kind": kind, "round": of.round, "reason": reason, **({"field": field} if field else {})}
    whole = Identity.model_construct(subject=of.subject, taxonomy=of.taxonomy, annotator=of.annotator, round=0)
    events.append(transaction, by, "erasure_told", whole, version, said)


def repeating(transaction: Transaction, event: str) -> list[Event]:
    """The events that say the same as one that is here, or hold a digest by which guesses at it can be checked.

    Of the same classification, and of what was decided about its subject; what others answered is their own.
    """
    row = find(transaction, event)
    of = about(transaction, row[0]) if row else None
    if of is None:
        return []
    same = events.of_classification(transaction, of, whole_log=True)
    (erased,) = (each for each in same if each.id == event)
    decided = of.model_copy(update={"annotator": ADJUDICATED})
    found = same if of == decided else [*same, *events.of_classification(transaction, decided, whole_log=True)]
    return [each for each in found if each.id != event and _repeats(each, erased)]


def _repeats(one: Event, erased: Event) -> bool:
    values = set(_values_in(erased.payload))
    note = _note_in(erased.payload)
    has_digest = one.kind == "submitted" and "answers" in one.payload
    is_digest = has_digest or erased.of.annotator in one.payload.get("seen", {})
    return bool(
        values & set(_values_in(one.payload)) or (values and is_digest) or (note and note == _note_in(one.payload))
    )


def _values_in(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every value that is answered in a payload, as it reads, with its field."""
    for field, answer in answers_in(said):
        yield from ((field, value) for value in readable_values(answer.get("value")) if value is not None)


def _note_in(said: dict[str, Any]) -> str:
    return str(said.get("text") or said.get("notes") or "")


def find(transaction: Transaction, event: str) -> tuple[int, str | None] | None:
    """The row and kind of an event by its name; None where there is none."""
    uid, _, number = event.partition(":")
    if not number.isdecimal() or len(number) > 10:
        return None
    sql = """SELECT events.id, events.kind FROM feeds CROSS JOIN events ON events.id = (feeds.id << 32) + ?
             WHERE feeds.uid = ?"""
    row: tuple[int, str | None] | None = transaction.execute(sql, (int(number), uid)).fetchone()
    return row


def alike(transaction: Transaction, said: str) -> list[str]:
    """The names of the events that somebody means by one, or by the beginning of its feed's with the number."""
    feed, _, number = said.strip().rpartition(":")
    if not feed or not number.isdecimal() or len(number) > 10:
        return []
    sql = """SELECT feeds.uid || ':' || ?1 FROM feeds CROSS JOIN events ON events.id = (feeds.id << 32) + ?1
             ORDER BY feeds.id"""
    return meant_by(f"{feed}:{int(number)}", [name for (name,) in transaction.execute(sql, (int(number),))])


def take_away(transaction: Transaction, projection: Projection, rows: Iterable[int]) -> None:
    """Empty events, and compute anew what they were about."""
    from annotator.store.team import waiting

    touched: list[Identity] = []
    codes: list[tuple[str, str, str]] = []
    is_team = False
    for row in rows:
        of = about(transaction, row)
        is_team |= of is None
        if of:
            touched.append(of)
            codes += _codes(transaction, row, of.taxonomy)
            _forget_issues(transaction, row, of)
        transaction.execute(EMPTY, (row,))
    transaction.is_to_be_swept = True
    projection.forget()
    waits = waiting.refresh(transaction)
    for of in touched:
        projection.refresh(projection.computed(of))
        if not events.of_classification(transaction, of, whole_log=True):
            projection.remove(of)
    hand_ins.refresh_of(transaction, projection.hiding, touched)
    if is_team:
        roster.follow(transaction, projection)
        team.rebuild(transaction)
        assignments.rebuild(transaction)
    waiting.follow(transaction, projection, waits)
    transaction.executemany(UNUSED, codes)


def answers_in(said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers that an event gives, repeats or decides, by field, each as it stands in the payload."""
    first = (said.get("hand_in") or {}).get("first") or {}
    for given in (said.get("answers"), first.get("answers")):
        yield from given.items() if isinstance(given, dict) else ()
    if "answer" in said:
        yield said["field"], said["answer"]
    yield from ((said["field"], each) for each in said.get("between", {}).values())
    for field, told in said.get("provenance", {}).items():
        yield from ((field, each) for each in told.get("between", {}).values())


def _codes(transaction: Transaction, row: int, taxonomy: str) -> Iterator[tuple[str, str, str]]:
    """The values that an event says, as answers are counted by."""
    (payload,) = transaction.execute("SELECT payload FROM events WHERE id = ?", (row,)).fetchone()
    for field, value in _values_in(json.loads(payload)):
        yield taxonomy, field, coded(value)


def _forget_issues(transaction: Transaction, row: int, of: Identity) -> None:
    """Drop what an import could not take over of a classification whose content goes."""
    if transaction.execute("SELECT 1 FROM events WHERE id = ? AND kind = 'imported'", (row,)).fetchone():
        transaction.execute(ISSUES, (of.subject, of.taxonomy, of.annotator))


def erased_elsewhere(transaction: Transaction) -> list[int]:
    """The rows of events that somebody erased and that still say something here."""
    sql = f"""SELECT said.id FROM events AS told INDEXED BY events_of_team
             JOIN feeds ON feeds.uid = substr(told.payload ->> 'event', 1, instr(told.payload ->> 'event', ':') - 1)
             JOIN events AS said ON said.id = (feeds.id << 32)
               + CAST(substr(told.payload ->> 'event', instr(told.payload ->> 'event', ':') + 1) AS INTEGER)
             WHERE told.kind = 'erased' AND told.kind IN {events.TEAM} AND said.salt IS NOT NULL
               AND told.id NOT IN {events.IN_WAITING}"""
    return [row for (row,) in transaction.execute(sql)]


def about(transaction: Transaction, row: int) -> Identity | None:
    """The classification that an event is about, by its row; None for one that is about none, or says nothing."""
    sql = """SELECT subject, taxonomy, annotator, round FROM log WHERE rowid_of = ? AND round > 0
             AND subject IS NOT NULL AND taxonomy IS NOT NULL AND annotator IS NOT NULL"""
    found = transaction.execute(sql, (row,)).fetchone()
    return Identity(subject=found[0], taxonomy=found[1], annotator=found[2], round=found[3]) if found else None
