"""The append-only log: feeds of events, each chained to the one before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from annotator.errors import AnswerError, NotFoundError
from annotator.model.chain import (
    FORKED,
    Content,
    Founder,
    Heads,
    content_hash,
    event_hash,
    event_id,
    in_branch,
    local_id,
    new_salt,
    new_uid,
    short,
    whole,
    write,
)
from annotator.model.classification import Identity
from annotator.model.event import UNINDEXED, Event, EventKind, Step, TeamKind
from annotator.model.person import plain_name
from annotator.model.rounds import InRounds
from annotator.model.visibility import Viewer
from annotator.model.waiting import counting
from annotator.store import people, readable, taxonomies, visibility
from annotator.store.connection import Transaction
from annotator.store.log import changes
from annotator.store.log.subject_versions import SEEN, keep_version
from annotator.store.people import Person, renamed, speaks_of_people

if TYPE_CHECKING:
    from annotator.model.taxonomy import Taxonomy

COLUMNS = """id, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload, salt, content_hash,
             hash"""
INSERT = f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
READ = """feeds.uid, events.id & 4294967295, events.at, author.name, events.kind, subjects.key, events.taxonomy,
          annotator.name, events.round, events.version, events.payload, events.replaces"""
"""What is read of an event; see `_events`."""
IN_WAITING = "(SELECT event FROM waiting)"
"""The rows of what waits for a lead, or was declined: it does not count."""
NAMES = """JOIN people AS writer ON writer.id = feeds.person JOIN people AS author ON author.id = writer.stands_for
           LEFT JOIN people AS written ON written.id = events.whose
           LEFT JOIN people AS annotator ON annotator.id = written.stands_for"""
"""Who wrote an event, and whose classification it is about, as they are known now."""
COMMENTED = "commented"
TEAM = f"({', '.join(repr(kind) for kind in get_args(TeamKind) if kind not in UNINDEXED)})"
"""As the index names them."""
FURTHER = f"({', '.join(map(repr, sorted(UNINDEXED - {COMMENTED})))})"
"""As the index of the others names them."""
INDEXES = (("events_of_team", TEAM), ("events_of_team_further", FURTHER))
IN_ORDER = "events.counter, feeds.uid, events.id"
OF_SUBJECT = f"""FROM subjects CROSS JOIN subject_versions AS versions ON versions.subject_id = subjects.id
                CROSS JOIN events INDEXED BY events_of_classification ON events.subject = versions.id
                CROSS JOIN feeds ON feeds.id = events.id >> 32 {NAMES}"""
OF_CLASSIFICATION = f"""
  SELECT feeds.uid, events.id & 4294967295, at, author.name, events.kind, version, payload, replaces,
    events.id IN {IN_WAITING}
  FROM events INDEXED BY events_of_classification CROSS JOIN feeds ON feeds.id = events.id >> 32
  CROSS JOIN people AS writer ON writer.id = feeds.person CROSS JOIN people AS author ON author.id = writer.stands_for
  WHERE subject IN (SELECT id FROM subject_versions WHERE subject_id = (SELECT id FROM subjects WHERE key = ?))
    AND taxonomy = ? AND round = ? AND whose IN (SELECT id FROM people WHERE stands_for = (
      SELECT person FROM spellings WHERE plain = ?))
  ORDER BY {IN_ORDER}"""
NOTHING = Identity.model_construct(subject="", taxonomy="", annotator="", round=0)
"""What is done to no classification is about."""


class Feed(NamedTuple):
    """A feed as it is to be continued."""

    id: int
    uid: str
    number: int
    """Of its last event."""
    hash: bytes
    """Of its last event, or of its founder."""
    counter: int
    """The highest in the file."""
    person: Person


class _Scene(NamedTuple):
    """What a new event needs to know of the file."""

    feed: Feed
    version: int | None
    """The row of the subject's version that is here."""
    seen: str
    known_taxonomy: str | None
    """The digest of the taxonomy's version that is kept."""


def append(
    transaction: Transaction,
    annotator: str,
    kind: EventKind | TeamKind,
    of: Identity,
    version: int,
    payload: dict[str, Any],
    under: Taxonomy | None = None,
    replaces: Sequence[str] = (),
) -> Event:
    """Write one event into its author's feed; call inside a write transaction.

    Raises TaxonomyError when the taxonomy `under` which it is done is kept with another text, NotFoundError for a
    subject that is not there, AnswerError for what no event of the kind can say.
    """
    whose = None
    if of.annotator and plain_name(of.annotator) != plain_name(annotator):
        whose = introduced(transaction, of.annotator, annotator)
    scene = _scene(transaction, annotator, of, version)
    if under is not None and scene.known_taxonomy != under.sha256:
        taxonomies.put(transaction, under)
    feed = scene.feed
    if of.annotator and whose is None:
        whose = feed.person
    content = Content(
        readable.now(), kind, of.subject, scene.seen, of.taxonomy, whose.uid if whose else "", of.round, version,
        short(replaces, feed.uid), _written(kind, _stored(transaction, kind, payload, feed.uid)),
    )  # fmt: skip
    row = next(rows(feed, [(content, scene.version, whose.id if whose else None)]))
    transaction.execute(INSERT, row)
    named = of.model_copy(update={"annotator": whose.name}) if whose and whose.name != of.annotator else of
    return Event(
        event_id(feed.uid, feed.number + 1), content.at, feed.person.name, kind, named, version, payload,
        tuple(replaces),
    )  # fmt: skip


def _written(kind: str, payload: dict[str, Any]) -> str:
    """What an event is going to say, checked: what is in the log stays there."""
    from annotator.model.payloads import can_say  # whoever only reads does without the models

    said = write(payload)
    if not can_say(kind, said):
        raise AnswerError(f"No event {kind} can say {said:.200}; nothing was saved.")
    return said


def rows(feed: Feed, contents: Iterable[tuple[Content, int | None, int | None]]) -> Iterator[tuple[Any, ...]]:
    """The rows of `events` that continue a feed: contents, each with the rows of its subject's version and person."""
    before, counter = feed.hash, feed.counter
    for number, (content, version, whose) in enumerate(contents, feed.number + 1):
        counter += 1
        salt = new_salt()
        said = content_hash(salt, content)
        before = event_hash(feed.uid, number, counter, said, before)
        yield (
            local_id(feed.id, number), counter, content.at, content.kind, version, content.taxonomy or None, whose,
            content.round or None, content.version or None, content.replaces, content.payload, salt, said, before,
        )  # fmt: skip


def feed_of(transaction: Transaction, annotator: str) -> Feed:
    """The feed an annotator writes on this replica, begun where there is none; call inside a write transaction."""
    row = transaction.execute(
        f"SELECT {FEED} {AUTHOR}", {"plain": plain_name(annotator), "replica": transaction.replica}
    ).fetchone()
    return _feed(transaction, annotator, row)


FEED = """author.id, author.uid, author.name, feed.id, feed.uid, feed.number, feed.hash,
          (SELECT ifnull(max(counter), 0) FROM feeds)"""
AUTHOR = """FROM (SELECT 1) LEFT JOIN spellings ON spellings.plain = :plain LEFT JOIN people AS author
              ON author.id = spellings.person
            LEFT JOIN feeds AS feed ON feed.person = author.id AND feed.replica = :replica"""


def _scene(transaction: Transaction, annotator: str, of: Identity, version: int) -> _Scene:
    """Look up all of it at once."""
    sql = f"""SELECT {FEED}, subjects.id, versions.id, {SEEN}, taxonomies.sha256 {AUTHOR}
              LEFT JOIN subjects ON subjects.key = :key
              LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id
              LEFT JOIN subject_versions AS versions ON versions.key = :key AND versions.seen = {SEEN}
              LEFT JOIN taxonomies ON taxonomies.namespace = :taxonomy AND taxonomies.version = :version"""
    given = {
        "plain": plain_name(annotator), "replica": transaction.replica, "key": of.subject, "taxonomy": of.taxonomy,
        "version": version,
    }  # fmt: skip
    *author, subject, seen_as, seen, known = transaction.execute(sql, given).fetchone()
    if of.subject and subject is None:
        raise NotFoundError(f"{of.subject}: there is no such subject; `annotator list` shows what there is.")
    if of.subject and seen_as is None:
        seen_as = keep_version(transaction, of.subject, seen, subject)
    return _Scene(_feed(transaction, annotator, author), seen_as, seen if of.subject else "", known)


def _feed(transaction: Transaction, annotator: str, found: Sequence[Any]) -> Feed:
    if found[3] is not None:
        return Feed._make([*found[3:], Person._make(found[:3])])
    person = people.add(transaction, annotator) if found[0] is None else Person._make(found[:3])
    return begin(transaction, person, new_uid(), transaction.replica)._replace(counter=found[7])


def begin(transaction: Transaction, person: Person, uid: str, replica: str) -> Feed:
    """Begin a person's feed on a replica; call inside a write transaction."""
    (kind,) = transaction.execute("SELECT kind FROM people WHERE id = ?", (person.id,)).fetchone()
    founder = Founder(uid, replica, person.uid, person.name, kind)
    sql = "INSERT INTO feeds (uid, person, founder, replica, number, counter, hash) VALUES (?, ?, ?, ?, 0, 0, ?)"
    made = transaction.execute(sql, (uid, person.id, founder.text, replica, founder.hash))
    return Feed(int(made.lastrowid or 0), uid, 0, founder.hash, 0, person)


def introduced(transaction: Transaction, name: str, by: str, kind: str = "person") -> Person:
    """Whoever is called so; where nobody is, somebody says in their feed that there is one from now on."""
    known = people.find(transaction, name)
    if known is not None:
        return known
    if plain_name(name) == plain_name(by):
        return feed_of(transaction, by).person
    uid = new_uid()
    append(transaction, by, "person_added", NOTHING, 0, {"person": uid, "name": name, "kind": kind})
    return people.add(transaction, name, kind, uid)


# Reading


def of_classification(transaction: Transaction, of: Identity, *, whole_log: bool = False) -> list[Event]:
    """The events of one classification that count, in their order, or all there are.

    Read before every edit, so no more is looked up than needed.
    """
    given = (of.subject, of.taxonomy, of.round, plain_name(of.annotator))
    found, gone = [], []
    for uid, number, at, author, kind, version, payload, replaces, is_gone in transaction.execute(
        OF_CLASSIFICATION, given
    ):
        id_, said = event_id(uid, number), _said(transaction, kind, payload, uid)
        found.append(Event(id_, at, author, kind, of, version or 0, said, whole(replaces, uid) if replaces else ()))
        if is_gone:
            gone.append(id_)
    return counting(found, gone) if gone and not whole_log else found


def of_subject(transaction: Transaction, subject: str) -> list[Event]:
    """All events about one subject, in their order."""
    sql = f"SELECT {READ} {OF_SUBJECT} WHERE subjects.key = ? ORDER BY {IN_ORDER}"
    return _events(transaction, transaction.execute(sql, (subject,)))


def open_to(transaction: Transaction, subject: str, viewer: Viewer, comments: Collection[str] = ()) -> list[Event]:
    """The events about one subject that a viewer may see, in their order, of comments those that are named."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT taxonomy, annotator, round FROM classifications
              WHERE subject_id = (SELECT id FROM subjects WHERE key = ?){seen.and_sql}"""
    known = set(transaction.execute(sql, (subject, *seen.values))) if seen.sql else None

    def is_open(event: Event) -> bool:
        if is_of_comment(event):
            return event.payload.get("event", event.id) in comments
        return known is None or whole_of(event) in known

    return [event for event in of_subject(transaction, subject) if is_open(event)]


def is_of_comment(event: Event) -> bool:
    """Whether an event is a comment, or tells that one was erased."""
    return COMMENTED in {event.kind, event.payload.get("kind")}


def whole_of(event: Event) -> tuple[str, str, int]:
    """Taxonomy, annotator and round of the classification an event is about, or tells an erasure of."""
    round_ = event.payload.get("round", 0) if event.kind == "erasure_told" else event.of.round
    return event.of.taxonomy, event.of.annotator, round_


def newest_steps(transaction: Transaction, annotator: str, in_rounds: InRounds, limit: int) -> list[Step]:
    """An annotator's latest events, oldest first, as far as undo looks; all for a limit of -1.

    In whatever round, unless one is named.
    """
    sql = f"""SELECT -events.counter, feeds.uid || ':' || (events.id & 4294967295), events.kind,
                CASE WHEN events.kind IN ('undone', 'redone') THEN json_extract(payload, '$.event') ELSE '' END
              FROM feeds CROSS JOIN events ON {OF_FEED}
              WHERE feeds.id = :feed AND {in_rounds.if_named} AND subject IS NOT NULL AND events.kind != 'imported'
              ORDER BY events.id DESC LIMIT :limit"""
    given = {"limit": limit, **(in_rounds.values if in_rounds.named else {})}
    feeds = _feeds_of(transaction, annotator)
    found = merge(*(transaction.execute(sql, {"feed": feed, **given}).fetchall() for feed in feeds))
    return [Step._make(row[1:]) for row in (islice(found, limit) if limit >= 0 else found)][::-1]


OF_FEED = "events.id > feeds.id << 32 AND events.id < (feeds.id + 1) << 32"
"""What is in a feed, read from one place."""
OF_PERSON = """SELECT feeds.id FROM feeds JOIN people ON people.id = person
               WHERE stands_for = (SELECT person FROM spellings WHERE plain = ?)"""


def _feeds_of(transaction: Transaction, annotator: str) -> list[int]:
    return [feed for (feed,) in transaction.execute(f"{OF_PERSON} ORDER BY 1", (plain_name(annotator),))]


def has_since(transaction: Transaction, annotator: str, kind: EventKind, at: str, subject: str = "") -> bool:
    """Whether an annotator did something of a kind at a moment or later, about a subject when one is named."""
    sql = f"""SELECT 1 FROM feeds CROSS JOIN events ON {OF_FEED}
              LEFT JOIN subject_versions AS versions ON versions.id = events.subject
              LEFT JOIN subjects ON subjects.id = versions.subject_id
              WHERE feeds.id IN ({OF_PERSON}) AND events.kind = ? AND at >= ? AND ? IN ('', subjects.key) LIMIT 1"""
    return transaction.execute(sql, (plain_name(annotator), kind, at, subject)).fetchone() is not None


def of_batch(transaction: Transaction, annotator: str, batch: str) -> list[Event]:
    """What an annotator accepted in one go, in their order."""
    sql = f"""SELECT {READ} FROM feeds CROSS JOIN events ON {OF_FEED} {NAMES}
              JOIN subject_versions AS versions ON versions.id = events.subject
              JOIN subjects ON subjects.id = versions.subject_id
              WHERE feeds.id IN ({OF_PERSON}) AND events.kind = 'adjudicated'
              AND json_extract(payload, '$.batch') = ? ORDER BY {IN_ORDER}"""
    return _events(transaction, transaction.execute(sql, (plain_name(annotator), batch)))


def of_team(
    transaction: Transaction, kinds: Sequence[str], of: Identity = NOTHING, *, whole_log: bool = False
) -> list[Event]:
    """Events that are done to no classification and count, in their order, or all there are.

    Where `of` says more, about the same alone.
    """
    parts = " UNION ALL ".join(OF_TEAM.format(index=index, within=within) for index, within in INDEXES
                               if any(repr(kind) in within for kind in kinds))  # fmt: skip
    given = {
        "kinds": json.dumps(kinds), "taxonomy": of.taxonomy, "round": of.round, "subject": of.subject,
        "plain": plain_name(of.annotator),
    }  # fmt: skip
    rows = transaction.execute(f"{parts} ORDER BY 1, 2, 3", given).fetchall()
    found = _events(transaction, (row[4:] for row in rows))
    gone = [event.id for event, row in zip(found, rows, strict=True) if row[3]]
    return counting(found, gone) if gone and not whole_log else found


OF_TEAM = f"""SELECT events.counter, feeds.uid, events.id, events.id IN {IN_WAITING}, {READ}
              FROM events INDEXED BY {{index}} CROSS JOIN feeds ON feeds.id = events.id >> 32 {NAMES}
              LEFT JOIN subject_versions AS versions ON versions.id = events.subject
              LEFT JOIN subjects ON subjects.id = versions.subject_id
              WHERE events.kind IN (SELECT value FROM json_each(:kinds)) AND events.kind IN {{within}}
                AND (:taxonomy = '' OR events.taxonomy = :taxonomy) AND (:round = 0 OR events.round = :round)
                AND (:plain = '' OR annotator.id = (SELECT person FROM spellings WHERE plain = :plain))
                AND (:subject = '' OR subjects.key = :subject)"""


def get(transaction: Transaction, event: str) -> Event:
    """One event that is known to be there."""
    uid, _, number = event.partition(":")
    sql = f"""SELECT {READ} FROM feeds CROSS JOIN events ON events.id = (feeds.id << 32) + ? {NAMES}
              LEFT JOIN subject_versions AS versions ON versions.id = events.subject
              LEFT JOIN subjects ON subjects.id = versions.subject_id WHERE feeds.uid = ?"""
    return _events(transaction, transaction.execute(sql, (int(number), uid)))[0]


def counter(transaction: Transaction, event: str) -> int:
    """Where an event stands in the order of all, before the feed decides."""
    uid, _, number = event.partition(":")
    sql = "SELECT events.counter FROM feeds CROSS JOIN events ON events.id = (feeds.id << 32) + ? WHERE feeds.uid = ?"
    return int(transaction.execute(sql, (int(number), uid)).fetchone()[0])


def identities(transaction: Transaction, after: Heads | None = None) -> list[Identity]:
    """Every classification that the log speaks of, or speaks of since the feeds were so long, in a stable order."""
    sql = """SELECT DISTINCT subjects.key, events.taxonomy, annotator.name, events.round FROM events
             JOIN subject_versions ON subject_versions.id = events.subject JOIN subjects ON subjects.id = subject_id
             JOIN people ON people.id = events.whose JOIN people AS annotator ON annotator.id = people.stands_for
             WHERE events.round IS NOT NULL AND events.id BETWEEN ? AND ?"""
    stretch = [(0, (1 << 63) - 1)] if after is None else changes.stretches(transaction, after)
    found = {row for first, last in stretch for row in transaction.execute(sql, (first, last))}
    return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in sorted(found)]


def about_subjects(transaction: Transaction, subjects: Iterable[int]) -> list[Identity]:
    """Every classification of some subjects that the log speaks of, in a stable order."""
    sql = """SELECT DISTINCT subjects.key, events.taxonomy, annotator.name, events.round FROM json_each(?) AS listed
             CROSS JOIN subject_versions AS versions ON versions.subject_id = listed.value
             CROSS JOIN subjects ON subjects.id = versions.subject_id
             CROSS JOIN events INDEXED BY events_of_classification ON events.subject = versions.id
             JOIN people ON people.id = events.whose JOIN people AS annotator ON annotator.id = people.stands_for
             WHERE events.round IS NOT NULL ORDER BY 1, 2, 3, 4"""
    rows = transaction.execute(sql, (json.dumps(sorted(subjects)),))
    return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in rows]


def _stored(transaction: Transaction, kind: str, payload: dict[str, Any], uid: str) -> dict[str, Any]:
    """A payload as the log keeps it in a feed."""
    if kind == "submitted" and payload.get("handed_in"):
        return {**payload, "handed_in": {field: short([said], uid) for field, said in payload["handed_in"].items()}}
    return renamed(kind, payload, partial(people.to_uid, transaction)) if speaks_of_people(kind) else payload


def _events(transaction: Transaction, rows: Iterable[tuple[Any, ...]]) -> list[Event]:
    """Read events; those of one classification share its identity, because there may be hundreds."""
    known: dict[tuple[Any, ...], Identity] = {}
    found = []
    for uid, number, at, author, kind, *of, version, payload, replaces in rows:
        identity = known.get(tuple(of))
        if identity is None:
            identity = known[tuple(of)] = Identity.model_construct(
                subject=of[0] or "", taxonomy=of[1] or "", annotator=of[2] or "", round=of[3] or 0
            )
        said = _said(transaction, kind, payload, uid)
        found.append(Event(event_id(uid, number), at, author, kind, identity, version or 0, said, whole(replaces, uid)))
    return found


def _said(transaction: Transaction, kind: str, payload: str, uid: str) -> dict[str, Any]:
    """A payload as it is read, with people by the names they are known by now."""
    said: dict[str, Any] = json.loads(payload)
    if said.get("handed_in"):
        said["handed_in"] = {field: "".join(whole(each, uid)) for field, each in said["handed_in"].items()}
    if FORKED in uid:
        said = _in_branch(said, uid)
    return renamed(kind, said, partial(people.from_uid, transaction)) if speaks_of_people(kind) else said


def _in_branch(said: dict[str, Any], uid: str) -> dict[str, Any]:
    """A payload with the events it speaks of as they are called in a branch."""
    named: dict[str, Any] = {
        name: in_branch(said[name], uid) for name in ("event", "flag", "run", "of") if isinstance(said.get(name), str)
    }
    for name in ("ruled", "handed_in"):
        if isinstance(said.get(name), dict):
            named[name] = {field: in_branch(event, uid) for field, event in said[name].items()}
    return {**said, **named}
