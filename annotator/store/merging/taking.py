"""Take in what another replica offers: the union of feeds, after which what they touch is computed anew.

Everything is checked before it counts and written in one transaction: all of it or nothing. The same offer again
changes nothing, and in whatever order offers come, the same is there in the end.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import SourceError
from annotator.model.chain import FORKED, Content, Founder, branch_of, branch_uid, content_hash, event_hash, local_id
from annotator.model.classification import Identity
from annotator.store import hand_ins, taxonomies
from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements, staleness
from annotator.store.log import changes, erasing, events, replicas
from annotator.store.log.events import INSERT
from annotator.store.log.subject_versions import without_text
from annotator.store.log.verifying import FEEDS_GONE, Names, content_of, keep_given, keep_heads, missing_ends
from annotator.store.merging.checking import problem_of, refuse_misnamed, taxonomy_problem
from annotator.store.merging.merged import Merged
from annotator.store.merging.offer import FeedOffer, Offer, Wire
from annotator.store.merging.projects import agree
from annotator.store.merging.sharing import made_by_who_reviews_not, refuse_who_reviews_nowhere
from annotator.store.merging.subjects import Subjects
from annotator.store.team import assignments, comments, roster, team, waiting

if TYPE_CHECKING:
    from annotator.store.store import Store

UNFIT = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, sqlite3.DataError)
"""What SQLite says of values that do not fit."""
Stretches = list[tuple[int, int]]
"""Rows of events that are new here, as first and last of each feed."""
BY_NUMBER = """SELECT events.hash FROM feeds JOIN events ON events.id = (feeds.id << 32) + :number
               WHERE feeds.uid = :feed OR feeds.uid LIKE :feed || :forked || '%'"""
"""The hashes of all events of one number in a feed and its branches."""
CONTENT = """SELECT id & 4294967295, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload,
               salt FROM events WHERE id = ?"""
BATCH = 2_000
"""Events written at a time."""


class _Local(NamedTuple):
    """A feed as far as it is here."""

    id: int
    number: int
    hash: bytes
    uid: str
    founder: str


def take(store: Store, offer: Offer, *, join: bool = False, take_taxonomies: bool = False) -> Merged:
    """Take an offer in; call inside a write transaction, or rehearsal, of the store.

    `take_taxonomies` lets versions of taxonomies say here what they say there, where that is not the same.
    Raises SourceError, with the place and the way out, for what cannot be taken; nothing is kept then.
    """
    try:
        return _Taking(store, offer, take_taxonomies=take_taxonomies).all(join=join)
    except (*UNFIT, OverflowError) as error:
        raise SourceError(
            f"{offer.name}: says what no database can hold ({error}). Nothing was changed; have it written and sent "
            "again."
        ) from error


def take_in_turn(
    store: Store, offers: Sequence[Callable[[], Offer]], *, join: bool = False, take_taxonomies: bool = False
) -> list[Merged]:
    """Take several in, each as soon as what is here by then lets it; call as `take`.

    Returns them in the order in which they were taken. Raises the SourceError of the first that cannot be in any order.
    """
    done: list[Merged] = []
    left = list(offers)
    while left:
        refused: list[tuple[Callable[[], Offer], SourceError]] = []
        for offer in left:
            try:
                with store.attempting() if len(left) > 1 else nullcontext():
                    done.append(take(store, offer(), join=join, take_taxonomies=take_taxonomies))
            except SourceError as error:
                refused.append((offer, error))
        if len(refused) == len(left):
            why = refused[0][1]
            raise SourceError(f"{why} To take the other files in first did not help.") if offers[1:] else why
        left = [offer for offer, _ in refused]
    return done


class _Taking:
    """One offer being taken in."""

    def __init__(self, store: Store, offer: Offer, *, take_taxonomies: bool) -> None:
        self.store = store
        self.takes_taxonomies = take_taxonomies
        self.replaced: set[str] = set()
        self.transaction: Transaction = store.transaction
        self.offer = offer
        self.merged = Merged(offer.name)
        self.subjects = Subjects(self.transaction)
        self.people = dict(self.transaction.execute("SELECT uid, id FROM people").fetchall())
        self.known_before = frozenset(self.people)
        self.own = {uid for (uid,) in self.transaction.execute("SELECT uid FROM replicas")}
        self.founders: list[Founder] = []
        self.filled: set[int] = set()
        self.put_back: list[int] = []
        """Rows of events that were missing before the last ones of their feeds."""
        self.healed: list[Identity] = []
        """What events were about as they were altered."""
        self.before: dict[int, int] = {}
        self.replica_is_doubtful = False

    def all(self, *, join: bool) -> Merged:
        """Everything, in an order in which what is spoken of is there first."""
        before = self.before = changes.heads(self.transaction)
        is_joined = agree(self.transaction, self.offer, join=join)
        is_doubtful = not is_joined and made_by_who_reviews_not(self.transaction, self.offer)
        self._taxonomies()
        self._people(self.offer.people)
        self._subjects()
        for feed in self.offer.feeds:
            self._feed(feed)
        self._keep_missing()
        if self.replica_is_doubtful:
            replicas.begin_anew(self.transaction)
        self._compute(before)
        if is_doubtful:
            refuse_who_reviews_nowhere(self.transaction, self.offer)
        return self.merged

    def _taxonomies(self) -> None:
        for namespace, version, digest, document in self.offer.taxonomies:
            sql = "SELECT sha256, document FROM taxonomies WHERE namespace = ? AND version = ?"
            kept = self.transaction.execute(sql, (namespace, version)).fetchone()
            if kept is None:
                row = (namespace, version, digest, document)
                self.transaction.execute("INSERT INTO taxonomies VALUES (?, ?, ?, ?)", row)
            elif kept != (digest, document) and taxonomy_problem(namespace, version, *kept):  # what is here was altered
                taxonomies.replace(self.transaction, namespace, version, digest, document)
                self.replaced.add(namespace)
                self.merged.mended.append(f"{namespace} version {version}")
            elif kept[0] != digest and json.loads(kept[1]) != json.loads(document):
                if not self.takes_taxonomies:
                    raise taxonomies.worded_apart(self.offer.name, namespace, version, kept[1], document)
                taxonomies.replace(self.transaction, namespace, version, digest, document)
                self.merged.taxonomies.append(f"{namespace} version {version}")
                self.replaced.add(namespace)

    def _people(self, people: Iterable[tuple[str, str, str]]) -> None:
        for uid, name, kind in people:
            met = roster.meet(self.transaction, uid, name, kind)
            if met is not None:
                self.merged.people += 1
                self.people[uid] = met

    def _subjects(self) -> None:
        for each in self.offer.subjects:
            outcome = self.subjects.take(each)
            self.merged.subjects += outcome == "added"
            self.merged.versions += outcome == "updated"
        self.subjects.settle()
        self.merged.texts = self.subjects.texts
        self.merged.without_text = without_text(self.transaction)

    # Feeds

    def _feed(self, offered: FeedOffer) -> None:
        founder, uid = offered.founder, offered.uid
        self.founders.append(founder)
        local = self._local(founder, uid, offered)
        if offered.first > local.number + 1:
            raise SourceError(
                f"{self.offer.name}: begins at event {offered.first} of feed {uid} of {founder.name}, and here are "
                f"{local.number:,} of it. Ask for a bundle that begins earlier; nothing was changed."
            )
        before, number, counter = offered.before, offered.first - 1, 0
        if self._hash(local, founder, number) not in {before, None}:
            raise SourceError(
                f"{self.offer.name}: feed {uid} of {founder.name or 'nobody named'} went on otherwise there than here "
                f"before event {number + 1}. Ask for a whole bundle, which tells where; nothing was changed."
            )
        rows: list[tuple[object, ...]] = []
        given = local.number + 1
        for wire in offered.events:
            number += 1
            if wire.number != number or wire.counter <= counter:
                raise self._altered(founder, number, "is not in order")
            counter = wire.counter
            if wire.content is not None and content_hash(wire.salt or b"", wire.content) != wire.content_hash:
                raise self._altered(founder, number, "was altered")
            found = event_hash(founder.feed, number, counter, wire.content_hash, before)
            here = self._hash(local, founder, number) if number <= local.number else None
            if here not in {found, None}:
                local = self._fork(founder, local, number, before, found)
            if number <= local.number and here is None:
                self._put_back(self._row(local.id, wire, found, founder))
            elif number <= local.number:
                self._fill(local, wire)
            else:
                rows.append(self._row(local.id, wire, found, founder))
                if number == given and founder.replica in self.own:
                    keep_given(self.transaction, local.uid, number, found)
                if len(rows) == BATCH:
                    self._insert(rows)
            before = found
        self._insert(rows)
        self._check_head(uid, founder, number, before)

    def _check_head(self, uid: str, founder: Founder, number: int, last: bytes) -> None:
        """Refuse a feed that does not end where it is said to, and keep how far it had come."""
        head = self.offer.heads.get(uid)
        if head is None:
            return
        if head[0] > number:
            raise SourceError(
                f"{self.offer.name}: tells of {head[0]:,} events of feed {uid} of {founder.name or 'nobody named'} "
                f"and ends at {number:,}. Nothing was changed; have it sent again."
            )
        if head[0] == number and head[1] != last.hex():
            raise self._altered(founder, number, "does not lead to the head that the file tells")
        if head[0] < number:  # it ends before what the other side has, of which nothing is told
            which = {"number": head[0], "feed": founder.feed, "forked": FORKED}
            known = self.transaction.execute(BY_NUMBER, which).fetchall()
            if (bytes.fromhex(head[1]),) not in known:
                raise self._altered(founder, head[0], "is not the head that the file tells")
        keep_heads(self.transaction, {founder.feed: head}, Path(self.offer.name).name)

    def _keep_missing(self) -> None:
        """Keep how far feeds are known to have come whose end the other side lacks, so that it is missed here too."""
        keep_heads(self.transaction, self.offer.missing, Path(self.offer.name).name)
        told = missing_ends(self.transaction) if self.offer.missing else {}
        for uid in sorted(told.keys() & self.offer.missing.keys()):
            self.merged.missing.append(f"up to event {told[uid][0]:,} of feed {uid}")

    def _fork(self, founder: Founder, local: _Local, number: int, before: bytes, theirs: bytes) -> _Local:
        """Let both branches stand of a feed that goes on otherwise there than here; gives the one theirs goes on in.

        The one whose first own event has the smaller hash keeps the name, so that it is the same everywhere.
        """
        ours = self._hash(local, founder, number) or b""
        if local.uid != founder.feed:
            raise SourceError(
                f"{self.offer.name}: branch {local.uid} of {founder.name or 'nobody named'}'s feed is itself forked at "
                f"event {number}, which is not taken in. Nothing was changed."
            )
        if ours < theirs:
            uid = branch_uid(founder.feed, number - 1, theirs)
            return self._found(uid) or self._made(founder, uid, number - 1, before)
        self._move_ours(founder, local, number, before, ours)
        return local._replace(number=number - 1)

    def _move_ours(self, founder: Founder, local: _Local, number: int, before: bytes, ours: bytes) -> None:
        """Call what went on here after its first own event, and make room for what keeps the name."""
        branch = self._made(founder, branch_uid(founder.feed, number - 1, ours), number - 1, before)
        shift = local_id(branch.id, 0) - local_id(local.id, 0)
        ends = local_id(local.id, number), local_id(local.id + 1, 0)
        with changes.without_triggers(self.transaction):
            self.transaction.execute("UPDATE events SET id = id + ? WHERE id >= ? AND id < ?", (shift, *ends))
        copy = """UPDATE feeds SET (number, counter, hash) = (SELECT number, counter, hash FROM feeds AS was
                    WHERE was.id = ?) WHERE id = ?"""
        self.transaction.execute(copy, (local.id, branch.id))
        last = "SELECT ifnull(max(counter), 0) FROM events WHERE id = ?"
        (counter,) = self.transaction.execute(last, (local_id(local.id, number - 1),)).fetchone()
        sql = "UPDATE feeds SET number = ?, counter = ?, hash = ? WHERE id = ?"
        self.transaction.execute(sql, (number - 1, counter, before, local.id))
        # What imports did is told anew under the names that their events have now.
        sql = "DELETE FROM import_runs WHERE event IN (SELECT ? || ':' || number FROM events WHERE feed = ?)"
        self.transaction.execute(sql, (local.uid, branch.id))
        self.before[local.id] = number - 1

    def _refuse_foreign(self) -> None:
        """Refuse in a bundle of one person the feeds of others, once it is known who they are the same as."""
        sql = "SELECT stands_for FROM people WHERE uid = ?"
        for founder in self.founders if self.offer.by else ():
            stand = {self.transaction.execute(sql, (uid,)).fetchone() for uid in (founder.person, self.offer.by)}
            if len(stand) > 1:
                raise SourceError(
                    f"{self.offer.name}: is {self.offer.by_name or 'somebody'}'s bundle and holds a feed of "
                    f"{founder.name or 'somebody else'}. A bundle of one person holds what they wrote alone; nothing "
                    "was changed. Ask who sent it."
                )

    def _local(self, founder: Founder, uid: str, offered: FeedOffer) -> _Local:
        found = self._found(uid)
        if found is not None:
            if found.founder != founder.text:
                raise self._altered(founder, 0, "was founded by somebody else than the feed of that name here")
            return found
        branch = branch_of(uid)
        if branch.forked_at:
            shared = self._found(branch.feed)
            held = self._hash(shared, founder, branch.forked_at) if shared else None
            if held is None or (offered.first == branch.forked_at + 1 and held != offered.before):
                raise self._altered(founder, branch.forked_at, "is where a branch begins, and is not here")
            return self._made(founder, uid, branch.forked_at, held)
        return self._made(founder, uid, 0, founder.hash)

    def _found(self, uid: str) -> _Local | None:
        sql = "SELECT id, number, hash, uid, founder FROM feeds WHERE uid = ?"
        row = self.transaction.execute(sql, (uid,)).fetchone()
        return _Local._make(row) if row else None

    def _made(self, founder: Founder, uid: str, number: int, before: bytes) -> _Local:
        """A feed, or a branch of one, that is not here yet."""
        self._people([(founder.person, founder.name, founder.kind)])
        if FORKED in uid:
            self.merged.forks.append(f"{founder.feed}:{number + 1} {uid.rpartition(FORKED)[2]}")
            self.replica_is_doubtful |= founder.replica == self.transaction.replica
        # A feed of which nothing was left in the file comes back under a number that is free, so that nothing lacks.
        gone = self.transaction.execute(FEEDS_GONE).fetchone() if founder.person in self.known_before else None
        sql = """INSERT INTO feeds (id, uid, person, founder, replica, number, counter, hash)
                 VALUES (?, ?, ?, ?, ?, ?, 0, ?)"""
        row = (gone and gone[0], uid, self.people[founder.person], founder.text, founder.replica, number, before)
        made = self.transaction.execute(sql, row)
        self.merged.feeds += 1
        return _Local(int(made.lastrowid or 0), number, before, uid, founder.text)

    def _hash(self, local: _Local, founder: Founder, number: int) -> bytes | None:
        if number == 0:
            return founder.hash
        row = self.transaction.execute("SELECT hash FROM events WHERE id = ?", (local_id(local.id, number),)).fetchone()
        return row[0] if row else None

    def _altered(self, founder: Founder, number: int, what: str) -> SourceError:
        return SourceError(
            f"{self.offer.name}: event {number} of feed {founder.feed} of {founder.name or 'nobody named'} {what}. "
            "Nothing was changed; have it written and sent again."
        )

    def _put_back(self, row: tuple[object, ...]) -> None:
        """Put an event in its place that is missing here, though later ones of its feed are not."""
        with changes.without_triggers(self.transaction):
            self.transaction.execute(INSERT, row)
        self.put_back.append(int(str(row[0])))
        self.merged.healed += 1

    def _fill(self, local: _Local, wire: Wire) -> None:
        """Put back the content of an event that came without it, or was altered here."""
        if wire.content is None:
            return
        number = local_id(local.id, wire.number)
        row = self.transaction.execute(CONTENT, (number,)).fetchone()
        if row[11] is None and not self._is_erased(local, wire.number):
            self._fill_row(number, wire)
            self.merged.filled += 1
        elif row[11] is not None and (row[11], content_of(row, self._names)) != (wire.salt, wire.content):
            about = erasing.about(self.transaction, number)
            self.healed += [about] if about else []
            self.transaction.execute(erasing.EMPTY, (number,))
            self._fill_row(number, wire)
            self.merged.healed += 1

    @cached_property
    def _names(self) -> Names:
        """What the rows of events that were here before refer to."""
        return Names.of(self.transaction)

    def _is_erased(self, local: _Local, number: int) -> bool:
        sql = f"""SELECT 1 FROM events INDEXED BY events_of_team JOIN feeds ON feeds.id = ?
                  WHERE events.kind = 'erased' AND events.kind IN {events.TEAM}
                    AND events.id NOT IN {events.IN_WAITING} AND payload ->> 'event' = feeds.uid || ':' || ?"""
        return self.transaction.execute(sql, (local.id, number)).fetchone() is not None

    def _fill_row(self, number: int, wire: Wire) -> None:
        content = wire.content
        if content is None:
            return
        columns = self._columns(content)
        self.transaction.execute(
            """UPDATE events SET at = ?, kind = ?, subject = ?, taxonomy = ?, whose = ?, round = ?, version = ?,
                 replaces = ?, payload = ?, salt = ? WHERE id = ?""",
            (*columns, wire.salt, number),
        )
        self.filled.add(number)

    def _row(self, feed: int, wire: Wire, found: bytes, founder: Founder) -> tuple[object, ...]:
        number = local_id(feed, wire.number)
        if wire.content is None:
            return (number, wire.counter, *(None,) * 9, None, wire.content_hash, found)
        self._check(founder, wire.number, wire.content)
        return (number, wire.counter, *self._columns(wire.content), wire.salt, wire.content_hash, found)

    def _check(self, founder: Founder, number: int, content: Content) -> None:
        if problem := problem_of(content):
            raise self._altered(founder, number, problem)

    def _columns(self, content: Content) -> tuple[object, ...]:
        whose = None
        if content.whose:
            if content.whose not in self.people:
                self._people([(content.whose, content.whose, "person")])
            whose = self.people[content.whose]
        subject = self.subjects.version(content.subject, content.seen) if content.subject else None
        return (
            content.at, content.kind, subject, content.taxonomy or None, whose, content.round or None,
            content.version or None, content.replaces, content.payload,
        )  # fmt: skip

    def _insert(self, rows: list[tuple[object, ...]]) -> None:
        self.transaction.executemany(INSERT, rows)
        self.merged.events += len(rows)
        rows.clear()

    # What follows

    def _compute(self, before: dict[int, int]) -> None:
        new = [*changes.stretches(self.transaction, before), *((row, row) for row in self.put_back)]
        self.filled.update(self.put_back)
        for versions in self._said_to_be_one(new):
            self.subjects.join(versions)
        self._people(self._added(new))
        projection = self.store.projection
        projection.forget()
        is_all = bool(self.merged.people or self.filled or self.merged.forks or self.healed)
        waits = waiting.refresh(self.transaction, waiting.EVERYTHING if is_all else new)
        if self.merged.people or self.filled or waits.is_of_people or self._is_any(new, roster.KINDS):
            roster.follow(self.transaction, projection)
        self._refuse_foreign()
        refuse_misnamed(self.transaction, self.offer.name, self.offer.people)
        self._keep_runs(new)
        touched = events.identities(self.transaction, before) if self.merged.events else []
        joined = events.about_subjects(self.transaction, self.subjects.joined)
        turned = waiting.classifications(self.transaction, waits.rows)
        found = [*touched, *self._filled(), *joined, *turned, *self._of_replaced(), *self.healed]
        computed = list(dict.fromkeys(found))
        under: set[tuple[str, int]] = set()
        for of in computed:
            under.add((of.taxonomy, projection.refresh(projection.computed(of)).version))
            self.merged.classifications += 1
        held = set(self.transaction.execute("SELECT namespace, version FROM taxonomies"))
        self.merged.lacking = sorted(under - held)
        for of in self.healed:
            if not events.of_classification(self.transaction, of, whole_log=True):
                projection.remove(of)
        if self.replaced:
            disagreements.rebuild(self.transaction)
            staleness.rebuild(self.transaction)
        if self.filled or "setting_set" in waits.kinds or self._is_any(new, ("setting_set",)):
            hand_ins.rebuild(self.transaction, projection.hiding)
        else:
            hand_ins.refresh_of(self.transaction, projection.hiding, computed)
            given = [*new, *((row, row) for row in sorted(waits.rows))]
            hand_ins.refresh_given(self.transaction, projection.hiding, given)
        if self.merged.events and (gone := erasing.erased_elsewhere(self.transaction)):
            erasing.take_away(self.transaction, projection, gone)
        is_team = waits.is_of_team or self._is_any(new, tuple(team.ALIKE))
        if self.merged.people or self.filled or self.subjects.joined or is_team:
            team.rebuild(self.transaction)
            assignments.rebuild(self.transaction)
        elif waits.is_of_comments or self._is_any(new, ("commented", "erasure_told")):
            comments.rebuild(self.transaction)

    def _said_to_be_one(self, new: Stretches) -> Iterator[list[tuple[str, str]]]:
        """By key and version: subjects that new events say are one."""
        sql = "SELECT payload FROM events WHERE kind = 'subjects_joined' AND id BETWEEN ? AND ?"
        for ends in new:
            for (said,) in self.transaction.execute(sql, ends).fetchall():
                yield [(key, seen) for key, seen in json.loads(said)["subjects"]]

    def _of_replaced(self) -> list[Identity]:
        """What was answered under a taxonomy that says something else now: other answers may be hidden."""
        found = events.identities(self.transaction) if self.replaced else []
        return [of for of in found if of.taxonomy in self.replaced]

    def _added(self, new: Stretches) -> list[tuple[str, str, str]]:
        """Uid, name and kind of everybody whom new events make known."""
        sql = """SELECT payload ->> 'person', payload ->> 'name', payload ->> 'kind' FROM events
                 WHERE kind = 'person_added' AND id BETWEEN ? AND ?"""
        return [row for ends in new for row in self.transaction.execute(sql, ends)]

    def _is_any(self, new: Stretches, kinds: tuple[str, ...]) -> bool:
        sql = "SELECT 1 FROM events WHERE kind IN (SELECT value FROM json_each(?)) AND id BETWEEN ? AND ? LIMIT 1"
        return any(self.transaction.execute(sql, (json.dumps(kinds), *ends)).fetchone() for ends in new)

    def _keep_runs(self, new: Stretches) -> None:
        """What imports elsewhere did."""
        self.transaction.executemany(
            """INSERT OR IGNORE INTO import_runs SELECT id, payload ->> 'source', payload ->> 'sha256', author, at
               FROM log WHERE kind = 'import_ran' AND rowid_of BETWEEN ? AND ?""",
            new,
        )

    def _filled(self) -> list[Identity]:
        return self._classifications("FROM log WHERE subject IS NOT NULL AND rowid_of", self.filled)

    def _classifications(self, which: str, rows: set[int]) -> list[Identity]:
        """Those that some rows of the log, or of subjects, are about."""
        sql = f"""SELECT DISTINCT subject, taxonomy, annotator, round {which} IN (SELECT value FROM json_each(?))
                  AND round IS NOT NULL"""
        found = self.transaction.execute(sql, (json.dumps(sorted(rows)),)) if rows else []
        return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in found]
