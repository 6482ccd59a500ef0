"""What people say to each other about a subject: a thread, newest last, computed from the log.

Comments stand beside each other: none replaces another, so none is ever in conflict. Of one that was erased a line
stays that says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.classification import Identity
from annotator.model.visibility import LeftOut
from annotator.store import people, visibility
from annotator.store.log import events

if TYPE_CHECKING:
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction

SAID = """SELECT feeds.uid || ':' || (events.id & 4294967295), versions.subject_id, ifnull(events.taxonomy, ''),
             author.name, events.counter, events.at, events.payload
           FROM events INDEXED BY events_of_comments CROSS JOIN feeds ON feeds.id = events.id >> 32
           CROSS JOIN people AS writer ON writer.id = feeds.person
           CROSS JOIN people AS author ON author.id = writer.stands_for
           CROSS JOIN subject_versions AS versions ON versions.id = events.subject
           WHERE events.kind = 'commented' AND events.kind IN ('commented', 'erasure_told')
             AND events.id NOT IN (SELECT event FROM waiting)"""
ERASED = """SELECT told.payload ->> 'event', versions.subject_id, ifnull(told.taxonomy, ''), author.name, said.counter,
              told.at, eraser.name, told.payload ->> 'reason'
            FROM events AS told INDEXED BY events_of_comments
            CROSS JOIN subject_versions AS versions ON versions.id = told.subject
            CROSS JOIN feeds
              ON feeds.uid = substr(told.payload ->> 'event', 1, instr(told.payload ->> 'event', ':') - 1)
            CROSS JOIN events AS said ON said.id = (feeds.id << 32)
              + CAST(substr(told.payload ->> 'event', instr(told.payload ->> 'event', ':') + 1) AS INTEGER)
            CROSS JOIN people AS writer ON writer.id = feeds.person
            CROSS JOIN people AS author ON author.id = writer.stands_for
            CROSS JOIN feeds AS teller ON teller.id = told.id >> 32
            CROSS JOIN people AS second ON second.id = teller.person
            CROSS JOIN people AS eraser ON eraser.id = second.stands_for
            WHERE told.kind = 'erasure_told' AND told.kind IN ('commented', 'erasure_told')
              AND told.id NOT IN (SELECT event FROM waiting)
              AND told.payload ->> 'kind' = 'commented' ORDER BY told.counter DESC, teller.uid DESC"""
"""Comments that were erased, the first that says so last."""
UNANSWERED = """mentions.answered = 0 AND NOT EXISTS (SELECT 1 FROM read_mentions AS met
                  WHERE met.annotator = mentions.annotator AND met.event = mentions.event)"""
"""Said of a mention: that whom it names has neither answered it nor read it at this file."""


class Comment(NamedTuple):
    """One line of a thread."""

    event: str
    subject: str
    """Its key."""
    taxonomy: str
    """Under which it is about the work; empty where it is about the subject as a whole."""
    annotator: str
    at: str
    """When it was written; of an erased one, when it was erased."""
    text: str
    """With everybody called as they are known now; empty where it was erased."""
    mentions: tuple[str, ...]
    """Whom it names beside whoever wrote it."""
    erased_by: str
    """Empty where it was not."""
    reason: str
    """Why it was erased."""


class Marks(NamedTuple):
    """What a list tells of the comments on a subject."""

    comments: int = 0
    names_you: bool = False
    """Whether one of them names whoever asks, who neither answered nor read it."""


class _Rows(NamedTuple):
    comments: list[tuple[Any, ...]]
    mentions: list[tuple[Any, ...]]


# Writing


def add(transaction: Transaction, by: str, on: tuple[str, str], text: str, mentioned: Collection[str]) -> str:
    """Write a comment on a subject, under a taxonomy or none; returns its event.

    Its text has people as the log names them. It answers all that names whoever writes it on the subject.
    Call inside a write transaction.
    """
    of = place(*on, by)
    answers = [event for (event,) in transaction.execute(ANSWERED_BY, (of.subject, people.known_as(transaction, by)))]
    said: dict[str, Any] = {"text": text, "mentions": [*mentioned]}
    event = events.append(transaction, by, "commented", of, 0, {**said, "answers": answers} if answers else said)
    number = transaction.execute(f"{OF_EVENT} WHERE feeds.uid = ?", _parts(event.id)).fetchone()[0]
    _write(transaction, _rows_of(transaction, transaction.execute(f"{SAID} AND events.id = ?", (number,)).fetchall()))
    transaction.executemany(ANSWERED, [(event.annotator, each) for each in answers])
    return event.id


ANSWERED_BY = """SELECT event FROM mentions WHERE subject_id = (SELECT id FROM subjects WHERE key = ?)
                 AND annotator = ? AND answered = 0 ORDER BY event"""
ANSWERED = "UPDATE mentions SET answered = 1 WHERE annotator = ? AND event = ?"
OF_EVENT = "SELECT (feeds.id << 32) + ? FROM feeds"


def _parts(event: str) -> tuple[int, str]:
    uid, _, number = event.partition(":")
    return int(number), uid


def rebuild(transaction: Transaction) -> None:
    """Compute the tables from the log; call inside a write transaction."""
    found = _computed(transaction)
    transaction.execute("DELETE FROM mentions")
    transaction.execute("DELETE FROM comments")
    _write(transaction, found)


def differing(transaction: Transaction) -> Iterator[str]:
    """Tables that are not what the log says; for the doctor."""
    found = _computed(transaction)
    if {tuple(row) for row in transaction.execute("SELECT * FROM comments")} != set(found.comments):
        yield "comments are not what the events say"
    if {tuple(row) for row in transaction.execute("SELECT * FROM mentions")} != set(found.mentions):
        yield "mentions are not what the events say"


def _write(transaction: Transaction, rows: _Rows) -> None:
    transaction.executemany("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.comments)
    transaction.executemany("INSERT INTO mentions VALUES (?, ?, ?, ?)", rows.mentions)


def _computed(transaction: Transaction) -> _Rows:
    erased = {
        event: (event, subject, taxonomy, author, counter, at, None, by, reason)
        for event, subject, taxonomy, author, counter, at, by, reason in transaction.execute(ERASED)
    }
    said = [row for row in transaction.execute(SAID).fetchall() if row[0] not in erased]
    found = _rows_of(transaction, said)
    return _Rows([*found.comments, *erased.values()], found.mentions)


def _rows_of(transaction: Transaction, found: Sequence[tuple[Any, ...]]) -> _Rows:
    """The rows of comments that stand in the log."""
    rows = _Rows([], [])
    named = partial(people.from_uid, transaction)
    said = [(*row[:-1], json.loads(row[-1])) for row in found]
    answered = {(author, event) for _, _, _, author, _, _, told in said for event in told.get("answers", ())}
    for event, subject, taxonomy, author, counter, at, told in said:
        text = people.mentioning(told["text"], named)
        rows.comments.append((event, subject, taxonomy, author, counter, at, text, "", ""))
        names = dict.fromkeys(people.name_of(transaction, uid) for uid in told.get("mentions", ()))
        whom = (name for name in names if name != author)
        rows.mentions.extend((name, subject, event, int((name, event) in answered)) for name in whom)
    return rows


def about(transaction: Transaction, row: int) -> Identity | None:
    """What an event in a row of the log is a comment on; None where it is none."""
    sql = """SELECT subjects.key, ifnull(events.taxonomy, ''), people.name FROM events
             JOIN subject_versions AS versions ON versions.id = events.subject
             JOIN subjects ON subjects.id = versions.subject_id JOIN people ON people.id = events.whose
             WHERE events.id = ? AND events.kind = 'commented'"""
    found = transaction.execute(sql, (row,)).fetchone()
    return place(*found) if found else None


def place(subject: str, taxonomy: str, annotator: str) -> Identity:
    """What a comment is on: a subject, and nobody's classification of it; with who wrote it."""
    return Identity.model_construct(subject=subject, taxonomy=taxonomy, annotator=annotator, round=0)


def mark_read(transaction: Transaction, annotator: str, subject: str, viewer: Viewer) -> None:
    """Keep that somebody has read what names them on a subject; call inside a write transaction."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=True)
    sql = f"""INSERT OR IGNORE INTO read_mentions SELECT mentions.annotator, mentions.event FROM mentions
              JOIN comments ON comments.event = mentions.event
              WHERE mentions.subject_id = (SELECT id FROM subjects WHERE key = ?) AND mentions.annotator = ?
                AND {UNANSWERED}{seen.and_sql}"""
    transaction.execute(sql, (subject, people.known_as(transaction, annotator), *seen.values))


# Reading


class Wanted(NamedTuple):
    """Which comments are asked for."""

    subject: str = ""
    """A key; empty: any."""
    mentioning: str = ""
    """A name somebody is known by; empty: whoever is mentioned."""
    since: str = ""
    """A date; empty: ever."""

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        """As SQL, with its values."""
        clauses: dict[str, str] = {}
        if self.subject:
            clauses["comments.subject_id = (SELECT id FROM subjects WHERE key = ?)"] = self.subject
        if self.mentioning:
            clauses[
                "EXISTS (SELECT 1 FROM mentions WHERE mentions.event = comments.event AND mentions.annotator = ?)"
            ] = self.mentioning
        if self.since:
            clauses["comments.at >= ?"] = self.since
        return " AND ".join(clauses) or "1", tuple(clauses.values())


def listed(transaction: Transaction, viewer: Viewer, wanted: Wanted) -> tuple[list[Comment], LeftOut]:
    """The comments that are open to a viewer, newest last, and how many others there are, and why."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=bool(wanted.subject))
    where, values = wanted.condition
    sql = f"""SELECT comments.event, subjects.key, taxonomy, annotator, at, ifnull(text, ''),
                (SELECT json_group_array(named.annotator) FROM (SELECT annotator FROM mentions
                   WHERE mentions.event = comments.event ORDER BY 1) AS named), erased_by, reason
              FROM comments JOIN subjects ON subjects.id = comments.subject_id
              WHERE {where}{seen.and_sql} ORDER BY counter, comments.event"""
    rows = transaction.execute(sql, (*values, *seen.values)).fetchall()
    found = [Comment._make((*row[:6], tuple(json.loads(row[6])), *row[7:])) for row in rows]
    if not seen.sql:
        return found, LeftOut()
    resting = visibility.comments_not_at_work_on(transaction, viewer, of_few=True)
    sql = f"""SELECT count(*) FILTER (WHERE NOT {resting.sql}), count(*) FILTER (WHERE {resting.sql})
              FROM comments WHERE {where} AND NOT {seen.sql}"""
    given = (*resting.values, *resting.values, *values, *seen.values)
    return found, LeftOut(*transaction.execute(sql, given).fetchone())


def marks(transaction: Transaction, viewer: Viewer, annotator: str, subjects: Sequence[int]) -> dict[int, Marks]:
    """By subject: how many comments are open to a viewer there, and whether one of them asks for them."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT comments.subject_id, count(*), max(EXISTS (SELECT 1 FROM mentions
                WHERE mentions.event = comments.event AND mentions.annotator = ? AND {UNANSWERED}))
              FROM comments WHERE comments.subject_id IN (SELECT value FROM json_each(?)) AND text IS NOT NULL
                {seen.and_sql} GROUP BY 1"""
    rows = transaction.execute(sql, (people.known_as(transaction, annotator), json.dumps([*subjects]), *seen.values))
    return {subject: Marks(number, bool(asks)) for subject, number, asks in rows}


def condition(
    transaction: Transaction, viewer: Viewer, annotator: str, *, mentioned: bool
) -> tuple[str, dict[str, str]]:
    """That there are comments on a subject, or that one of them asks for somebody, with its values by name."""
    seen = visibility.comments_open_to(transaction, viewer).named
    if not mentioned:
        sql = f"SELECT comments.subject_id FROM comments WHERE text IS NOT NULL{seen.and_sql}"
        return f"subjects.id IN ({sql})", seen.given
    sql = f"""SELECT mentions.subject_id FROM mentions JOIN comments ON comments.event = mentions.event
              WHERE mentions.annotator = :mentioned AND {UNANSWERED}{seen.and_sql}"""
    return f"subjects.id IN ({sql})", {**seen.given, "mentioned": people.known_as(transaction, annotator)}


def naming(transaction: Transaction, viewer: Callable[[], Viewer], annotator: str) -> int:
    """On how many subjects somebody is named who neither answered nor read it; who asks is asked where any are."""
    if not transaction.execute("SELECT EXISTS (SELECT 1 FROM mentions)").fetchone()[0]:
        return 0
    where, values = condition(transaction, viewer(), annotator, mentioned=True)
    return int(transaction.execute(f"SELECT count(*) FROM subjects WHERE {where}", values).fetchone()[0])


def events_open_to(transaction: Transaction, viewer: Viewer, subject: str) -> frozenset[str]:
    """The events of the comments on a subject that are open to a viewer."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=True)
    sql = f"SELECT event FROM comments WHERE subject_id = (SELECT id FROM subjects WHERE key = ?){seen.and_sql}"
    return frozenset(event for (event,) in transaction.execute(sql, (subject, *seen.values)))


def is_open(transaction: Transaction, viewer: Viewer, of: Identity) -> bool:
    """Whether a comment that stands in no thread would be open to a viewer, by what it is on."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT 1 FROM (SELECT id AS subject_id, ? AS taxonomy, ? AS annotator FROM subjects WHERE key = ?)
              AS comments WHERE 1{seen.and_sql}"""
    given = (of.taxonomy, of.annotator, of.subject, *seen.values)
    return transaction.execute(sql, given).fetchone() is not None
