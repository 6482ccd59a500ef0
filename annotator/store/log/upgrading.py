"""Move what files of older versions hold into feeds.

Everything follows from the old rows alone: two copies of one file that are brought up to date apart get the same
people, feeds and hashes for what they have in common.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from annotator.model.chain import Content, content_hash, event_hash, event_id, local_id, new_uid, short, write
from annotator.model.classification import Answer, Identity
from annotator.model.event import Event
from annotator.model.person import names_in, plain_name
from annotator.model.place import STATUS, Standing
from annotator.model.taxonomy import hidden_fields
from annotator.store import hand_ins, people, taxonomies
from annotator.store.connection import Transaction
from annotator.store.deciding import staleness
from annotator.store.log import events
from annotator.store.log.events import Feed
from annotator.store.log.subject_versions import keep_version
from annotator.store.people import Person
from annotator.store.projection import Projection
from annotator.store.team import assignments, team, waiting

OLD = "id, at, annotator, kind, subject, taxonomy, of_annotator, round, version, payload"


def move_into_feeds(transaction: Transaction) -> None:
    """Write everything the old tables say into feeds; call in the transaction of the migration."""
    for table in ("assignments", "looks"):
        _keep_one_spelling(transaction, table)
    if secret := _secret(transaction):
        feeds = _Feeds(transaction, secret)
        _Log(feeds).move()
        _Team(feeds).move()
    project = _derived("project", secret) if secret else new_uid()
    transaction.execute("INSERT INTO projects VALUES (?)", (project,))
    transaction.execute("DROP TABLE old_events")


def find_hand_ins(transaction: Transaction) -> None:
    """Work out which hand-ins count, and which came after others' answers; call in the transaction of a migration."""
    hand_ins.rebuild(transaction, partial(_hidden, transaction))


def find_stale(transaction: Transaction) -> None:
    """Work out which decisions are stale; call in the transaction of the migration that makes their table."""
    staleness.rebuild(transaction)


def find_waiting(transaction: Transaction) -> None:
    """Work out which deeds wait for a lead; call in the transaction of the migration that makes their table."""
    waiting.settle(transaction, Projection(transaction, partial(_hidden, transaction)))


def _secret(transaction: Transaction) -> str:
    """What both copies of a file know and nobody else: the oldest event, or where there is none, what was agreed on."""
    oldest = transaction.execute("SELECT min(id) FROM old_events").fetchone()[0]
    if oldest is not None:
        return str(oldest)
    rows = [transaction.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in TABLES]
    return repr(rows) if any(rows) else ""


TABLES = ("assignments", "rounds", "settings", "looks")
"""What the team decided, which had no events."""


def _keep_one_spelling(transaction: Transaction, table: str) -> None:
    """Of two rows that spellings of one name have about the same, keep the first."""
    about = "subject_id, taxonomy, plain_name(annotator)" + (", round" if table == "assignments" else "")
    at = "assigned_at" if table == "assignments" else "looked_at"
    transaction.execute(
        f"""DELETE FROM {table} WHERE ({about}, annotator) NOT IN (
              SELECT {about}, annotator FROM (SELECT *, row_number() OVER (
                PARTITION BY {about} ORDER BY {at}, annotator) AS nth FROM {table}) WHERE nth = 1)"""
    )


def _derived(what: str, secret: str, name: str = "") -> str:
    """A uid, or a salt, that both copies of a file come to, and nobody who has neither."""
    return sha256("\0".join(("annotator", what, secret, name)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class _Old(NamedTuple):
    id: str
    at: str
    annotator: str
    kind: Any
    subject: str
    taxonomy: str
    of_annotator: str
    round: int
    version: int
    payload: str

    @property
    def place(self) -> tuple[str, str, str, int]:
        return self.subject, self.taxonomy, plain_name(self.of_annotator), self.round

    @property
    def as_written(self) -> tuple[str, str, str, int]:
        """Two spellings were two annotators: what one did never replaced what the other did."""
        return self.subject, self.taxonomy, self.of_annotator, self.round

    @property
    def author(self) -> str:
        """Whose feed it goes to: what an import brought was written by nobody who is known."""
        return "" if self.kind == "imported" else self.annotator


class _Feeds:
    """The feeds of the old replica, with who writes them."""

    def __init__(self, transaction: Transaction, secret: str) -> None:
        self.transaction = transaction
        self.secret = secret
        self.replica = _derived("replica", secret)
        self.counter = 0
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._people: dict[str, Person] = {}
        self._versions: dict[str, int] = {}

    def person(self, name: str) -> Person:
        """Whoever is called so, known from now on by the first spelling that comes."""
        plain = plain_name(name)
        if plain not in self._people:
            found = people.find(self.transaction, name)
            self._people[plain] = found or people.add(
                self.transaction, name, uid=_derived("person", self.secret, plain)
            )
        return self._people[plain]

    def feed(self, sort: str, author: str) -> Feed:
        """A feed of somebody, as far as it has come."""
        which = (sort, plain_name(author))
        if which not in self._feeds:
            uid = _derived(f"feed {sort}", self.secret, which[1])
            self._feeds[which] = events.begin(self.transaction, self.person(author), uid, self.replica)
        return self._feeds[which]

    def version(self, key: str) -> int:
        """The row of a subject as it was when this file was written."""
        if key not in self._versions:
            sql = "SELECT id FROM subjects WHERE key = ?"
            (subject,) = self.transaction.execute(sql, (key,)).fetchone()
            self._versions[key] = keep_version(self.transaction, key, self.replica, subject)
        return self._versions[key]

    def row(self, feed: tuple[str, str], content: Content, whose: Person | None, salt: str) -> tuple[Any, ...]:
        """The row that continues a feed; the salt follows from what nobody knows who has not the old file."""
        one = self.feed(*feed)
        number = one.number + 1
        self.counter += 1
        secret = bytes.fromhex(_derived("salt", self.secret, salt))
        said = content_hash(secret, content)
        found = event_hash(one.uid, number, self.counter, said, one.hash)
        self._feeds[feed[0], plain_name(feed[1])] = one._replace(number=number, hash=found)
        return (
            local_id(one.id, number), self.counter, content.at, content.kind,
            self.version(content.subject) if content.subject else None, content.taxonomy or None,
            whose.id if whose else None, content.round or None, content.version or None, content.replaces,
            content.payload, secret, said, found,
        )  # fmt: skip


class _Log:
    """The old events on their way."""

    def __init__(self, feeds: _Feeds) -> None:
        self.feeds = feeds
        self.transaction = feeds.transaction
        self.ids: dict[str, str] = {}
        self.standing: dict[tuple[str, str, str, int], Standing] = {}
        self.spellings: dict[tuple[str, str, str, int], dict[str, None]] = {}
        """By place, the names under which it was worked on."""
        self.respelt: set[tuple[str, str, str, int]] = set()

    def move(self) -> None:
        """Move them in their old order, which the counters keep."""
        self._meet_people()
        referred = self._referred()
        rows = self.transaction.execute(f"SELECT {OLD} FROM old_events ORDER BY id")
        self.transaction.executemany(events.INSERT, (self._moved(_Old._make(row), referred) for row in rows))
        for table, column in (("flags", "id"), ("rulings", "event")):
            names = [(new, old) for old, new in self.ids.items()]
            self.transaction.executemany(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", names)
        self._compute_anew()

    def _compute_anew(self) -> None:
        """Compute what stood under several spellings; nothing else reads otherwise than it did."""
        projection = Projection(self.transaction, partial(_hidden, self.transaction))
        for subject, taxonomy, plain, round_ in sorted(self.respelt):
            sql = """SELECT classifications.id FROM classifications JOIN subjects ON subjects.id = subject_id
                     WHERE key = ? AND taxonomy = ? AND plain_name(annotator) = ? AND round = ?"""
            for (one,) in self.transaction.execute(sql, (subject, taxonomy, plain, round_)).fetchall():
                for table in ("adjudications", "rulings", "flags", "evidence", "answers"):
                    self.transaction.execute(f"DELETE FROM {table} WHERE classification_id = ?", (one,))
                self.transaction.execute("DELETE FROM classifications WHERE id = ?", (one,))
            of = Identity(subject=subject, taxonomy=taxonomy, annotator=self.feeds.person(plain).name, round=round_)
            projection.refresh(projection.computed(of))

    def _meet_people(self) -> None:
        """Everybody in the log, in its order."""
        sql = """SELECT name FROM (
                   SELECT annotator AS name, id, 0 AS nth FROM old_events WHERE kind != 'imported'
                   UNION ALL SELECT of_annotator, id, 1 FROM old_events
                 ) GROUP BY name ORDER BY min(id), min(nth), name"""
        for (name,) in self.transaction.execute(sql).fetchall():
            self.feeds.person(name)

    def _referred(self) -> set[str]:
        """The old ids that others speak of."""
        sql = """SELECT json_extract(payload, '$.event') FROM old_events WHERE kind IN ('undone', 'redone')
                 UNION SELECT json_extract(payload, '$.flag') FROM old_events WHERE kind = 'flag_resolved'
                 UNION SELECT value FROM old_events, json_each(payload, '$.ruled') WHERE kind = 'adjudicated'
                 UNION SELECT id FROM old_events WHERE kind IN ('flag_raised', 'ruled')"""
        return {old for (old,) in self.transaction.execute(sql)}

    def _moved(self, old: _Old, referred: set[str]) -> tuple[Any, ...]:
        feed = self.feeds.feed("", old.author)
        event = event_id(feed.uid, feed.number + 1)
        payload = self._payload(old)
        if old.id in referred:
            self.ids[old.id] = event
        whose = self.feeds.person(old.of_annotator)
        if (whose.name, self.feeds.person(old.author).name) != (old.of_annotator, old.author):
            self.respelt.add(old.place)
        standing = self.standing.setdefault(old.as_written, Standing())
        self.spellings.setdefault(old.place, {})[old.of_annotator] = None
        done = Event(event, old.at, old.annotator, old.kind, _identity(old), old.version, payload)
        replaces = standing.replaced_by(done)
        standing.take(done._replace(replaces=replaces))
        content = Content(
            old.at, old.kind, old.subject, self.feeds.replica, old.taxonomy, whose.uid, old.round, old.version,
            short(replaces, feed.uid),
            write(people.renamed(old.kind, payload, partial(people.to_uid, self.transaction))),
        )  # fmt: skip
        return self.feeds.row(("", old.author), content, whose, old.id)

    def _payload(self, old: _Old) -> dict[str, Any]:
        """What it says, in which other events go by their new names. What was imported here was taken over."""
        said: dict[str, Any] = json.loads(old.payload)
        if old.kind in {"undone", "redone"}:
            said["event"] = self.ids.get(said["event"], said["event"])
        elif old.kind == "flag_resolved":
            said["flag"] = self.ids.get(said["flag"], said["flag"])
        elif old.kind == "adjudicated":
            said["ruled"] = {field: self.ids.get(made, made) for field, made in said["ruled"].items()}
        elif old.kind == "submitted" and (beside := self._beside(old)):
            said["beside"] = beside
        elif old.kind == "imported" and self.standing.get(old.as_written, Standing()).is_worked_on:
            said["taken"] = True
        return said

    def _beside(self, old: _Old) -> list[str]:
        """What is handed in where another spelling of the same name has done so already."""
        others = self.spellings.get(old.place, {}).keys() - {old.of_annotator}
        if not any(_is_handed_in(self.standing[(*old.as_written[:2], name, old.round)]) for name in others):
            return []
        stood = self.standing.get(old.as_written, Standing())
        return [one.id for sort in ("answer", "note") for one in stood.at(sort)]


class _Team:
    """What the team decided, which becomes events: feeds of their own, for it has no place among the old ones."""

    def __init__(self, feeds: _Feeds) -> None:
        self.feeds = feeds
        self.transaction = feeds.transaction

    def move(self) -> None:
        """Write an event for every row, assignments hand by hand, in an order that follows from the rows alone.

        They are counted apart, so that copies agree on them however much was classified in one of them since.
        """
        self.feeds.counter = 0
        self.transaction.executemany(events.INSERT, list(self._rounds_and_settings()))
        self.transaction.executemany(events.INSERT, list(self._assignments()))
        self.transaction.executemany(events.INSERT, list(self._looks()))
        team.rebuild(self.transaction)
        assignments.rebuild(self.transaction)

    def _rounds_and_settings(self) -> Iterator[tuple[Any, ...]]:
        rounds = "SELECT round, purpose, started_by, started_at FROM rounds WHERE taxonomy = '' ORDER BY round"
        for round_, purpose, by, at in self.transaction.execute(rounds).fetchall():
            yield self._row(by, at, "round_started", {"purpose": purpose}, round_=round_)
        settings = "SELECT name, value, set_by, set_at FROM settings ORDER BY name"
        for name, value, by, at in self.transaction.execute(settings).fetchall():
            said: dict[str, Any] = {"name": name, "value": value}
            if name == "reviewers":
                said = {"name": name, "people": [self.feeds.person(each).uid for each in names_in(value)]}
            yield self._row(by, at, "setting_set", said)

    def _assignments(self) -> Iterator[tuple[Any, ...]]:
        sql = """SELECT assigned_by, assigned_at, annotator, taxonomy, round, batch, key, position
                 FROM assignments JOIN subjects ON subjects.id = subject_id
                 ORDER BY assigned_at, assigned_by, round, taxonomy, annotator, batch, position, key"""
        rows = self.transaction.execute(sql).fetchall()
        for (by, at, annotator, taxonomy, round_, batch), hand in groupby(rows, key=lambda row: row[:6]):
            subjects = [[key, self.feeds.replica, position] for *_, key, position in hand]
            said = {"batch": batch, "subjects": subjects}
            yield self._row(by, at, "assigned", said, taxonomy=taxonomy, annotator=annotator, round_=round_)

    def _looks(self) -> Iterator[tuple[Any, ...]]:
        sql = """SELECT annotator, looked_at, key, taxonomy FROM looks JOIN subjects ON subjects.id = subject_id
                 ORDER BY looked_at, annotator, key, taxonomy"""
        for annotator, at, key, taxonomy in self.transaction.execute(sql).fetchall():
            yield self._row(annotator, at, "looked", {}, taxonomy=taxonomy, annotator=annotator, subject=key)

    def _row(
        self, by: str, at: str, kind: str, payload: dict[str, Any], *, subject: str = "", taxonomy: str = "",
        annotator: str = "", round_: int = 0,
    ) -> tuple[Any, ...]:  # fmt: skip
        whose = self.feeds.person(annotator) if annotator else None
        content = Content(
            at, kind, subject, self.feeds.replica if subject else "", taxonomy, whose.uid if whose else "", round_, 0,
            "", write(payload),
        )  # fmt: skip
        return self.feeds.row(("team", by), content, whose, f"{kind} {self.feeds.counter}")


def _is_handed_in(standing: Standing) -> bool:
    """Whether what stands says so; to undo a reopening is to hand in."""
    stood = standing.at(STATUS)
    turned = {"undone": "reopened", "redone": "submitted"}
    return any(turned.get(one.kind, "submitted") == standing.turned(one).kind for one in stood)


def _identity(old: _Old) -> Identity:
    return Identity.model_construct(
        subject=old.subject, taxonomy=old.taxonomy, annotator=old.of_annotator, round=old.round
    )


def _hidden(transaction: Transaction, namespace: str, version: int, answers: Mapping[str, Answer]) -> frozenset[str]:
    """What conditions hide, by the versions the file holds."""
    taxonomy = taxonomies.get(transaction, namespace, version)
    return hidden_fields(taxonomy, answers) if taxonomy else frozenset()
