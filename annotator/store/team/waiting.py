"""What was done without the role it takes, by people who could not know: it waits until a lead accepts it.

The table `waiting` follows from the log alone (`annotator/model/waiting.py`). It is worked out at a merge, when a lead
accepts or declines, and when all is made anew; what is in it counts nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.chain import FORKED, NUMBER, event_id, in_branch, whole
from annotator.model.classification import Identity
from annotator.model.people.known import Added
from annotator.model.place import TURNS
from annotator.model.roles import SETTING
from annotator.model.waiting import DECISIONS, LED, OF_PEOPLE, PUBLISHED, Course, State, Told, Turned
from annotator.store import hand_ins, visibility
from annotator.store.log import erasing, events
from annotator.store.log.events import FURTHER, TEAM
from annotator.store.team import assignments, comments, roster, team

if TYPE_CHECKING:
    from annotator.model.event import Event, TeamKind
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction
    from annotator.store.projection import Projection

Stretches = Sequence[tuple[int, int]]
"""Rows of events, as first and last of each feed."""
EVERYTHING: Stretches = ((0, (1 << 63) - 1),)
COLUMNS = """events.id, events.counter, feeds.uid, events.id & 4294967295, events.kind, writer.uid,
             ifnull(written.uid, ''), events.at, events.replaces, events.payload"""
FROM = """CROSS JOIN feeds ON feeds.id = events.id >> 32 JOIN people AS writer ON writer.id = feeds.person
          LEFT JOIN people AS written ON written.id = events.whose"""
CHANGING = f"""
  SELECT {COLUMNS} FROM events INDEXED BY events_of_team {FROM} WHERE events.kind IN {TEAM}
    AND (events.kind IN (SELECT value FROM json_each(:of_people))
      OR events.kind = 'setting_set' AND payload ->> 'name' = '{SETTING}')
  UNION ALL SELECT {COLUMNS} FROM events INDEXED BY events_of_team_further {FROM}
  WHERE events.kind IN {FURTHER} AND events.kind IN (SELECT value FROM json_each(:decisions))"""
"""What changes who may do what."""
ROLES = f"""SELECT min(counter) FROM events INDEXED BY events_of_team
            WHERE kind = 'setting_set' AND kind IN {TEAM} AND payload ->> 'name' = '{SETTING}'"""
DONE = f"""SELECT {COLUMNS} FROM events {FROM} WHERE events.id BETWEEN :first AND :last AND events.kind IS NOT NULL
             AND events.counter >= :counter AND (events.whose IS NOT feeds.person
               OR events.kind IN (SELECT value FROM json_each(:kinds))
               OR writer.uid IN (SELECT value FROM json_each(:readers)))"""
"""What may take a role: of what is one's own, nothing but dealing it out, publishing it and what readers do."""
TURNED = """SELECT events.kind, people.uid FROM feeds JOIN people ON people.id = feeds.person
            JOIN events ON events.id = (feeds.id << 32) + ? WHERE feeds.uid = ?"""


class Changed(NamedTuple):
    """Events that count and did not, or the other way round."""

    rows: frozenset[int]
    kinds: frozenset[str]

    @property
    def is_of_team(self) -> bool:
        """Whether what the team decided shows otherwise now."""
        return not self.kinds.isdisjoint(team.ALIKE)

    @property
    def is_of_comments(self) -> bool:
        """Whether comments may count or be erased now that were not, or the other way round."""
        return not self.kinds.isdisjoint({"commented", "erasure_told"})

    @property
    def is_of_people(self) -> bool:
        """Whether it may be otherwise now who is who."""
        return not self.kinds.isdisjoint(OF_PEOPLE)


def refresh(transaction: Transaction, new: Stretches = EVERYTHING) -> Changed:
    """Work out what waits, of `new` events at least; call inside a write transaction, before all that follows from it.

    All is looked at anew where new events change who may do what.
    """
    before = _kept(transaction)
    if before or _first_role(transaction) is not None:
        is_all = new == EVERYTHING or _is_any_changing(transaction, new)
        found = _computed(transaction, EVERYTHING if is_all else new)
        now = _with_told(transaction, found if is_all else {**before, **found})
        transaction.executemany("DELETE FROM waiting WHERE event = ?", [(row,) for row in before.keys() - now.keys()])
        put = [(row, state) for row, state in now.items() if before.get(row) != state]
        transaction.executemany("INSERT OR REPLACE INTO waiting VALUES (?, ?)", put)
        changed = frozenset(before.keys() ^ now.keys())
        return Changed(changed, _kinds(transaction, changed))
    return Changed(frozenset(), frozenset())


def differing(transaction: Transaction) -> Iterator[str]:
    """Events that wait and should not, or the other way round; for the doctor."""
    kept, now = _kept(transaction), _with_told(transaction, _computed(transaction, EVERYTHING))
    for row in sorted(kept.keys() | now.keys()):
        if kept.get(row) != now.get(row):
            yield f"event {_name(transaction, row)} does not wait for a lead as the events say"


def _kept(transaction: Transaction) -> dict[int, State]:
    return dict(transaction.execute("SELECT event, state FROM waiting").fetchall())


def _first_role(transaction: Transaction) -> int | None:
    """The counter of the first role that anybody was given, whoever gave it; None where nobody was."""
    found: int | None = transaction.execute(ROLES).fetchone()[0]
    return found


def _is_any_changing(transaction: Transaction, new: Stretches) -> bool:
    given = {"of_people": json.dumps(sorted(OF_PEOPLE)), "decisions": json.dumps(sorted(DECISIONS))}
    rows = [row for (row, *_) in transaction.execute(CHANGING, given)]
    return any(first <= row <= last for row in rows for first, last in new)


def _computed(transaction: Transaction, among: Stretches) -> dict[int, State]:
    """By row: what waits or was declined, of some events."""
    counter = _first_role(transaction)
    if counter is None:
        return {}
    added = [Added(*row) for row in transaction.execute("SELECT uid, added_as, kind FROM people")]
    given = {"of_people": json.dumps(sorted(OF_PEOPLE)), "decisions": json.dumps(sorted(DECISIONS))}
    changing = {row[0]: _told(row) for row in transaction.execute(CHANGING, given).fetchall()}
    course = Course(added, changing.values())
    kinds = json.dumps(sorted(LED | PUBLISHED))
    bounds = {"counter": counter, "kinds": kinds, "readers": json.dumps(sorted(course.readers))}
    found: dict[int, State] = {}
    for first, last in among:
        for row in transaction.execute(DONE, {"first": first, "last": last, **bounds}).fetchall():
            told = changing.get(row[0]) or _with_turned(transaction, _told(row))
            if state := course.state(told):
                found[row[0]] = state
    return found


def _told(row: tuple[Any, ...]) -> Told:
    _, counter, feed, number, kind, by, whose, at, replaces, payload = row
    said = json.loads(payload) if kind in CHANGERS or kind in TURNS else {}
    if FORKED in feed and isinstance(said.get("event"), str):
        said["event"] = in_branch(said["event"], feed)
    return Told(
        event_id(feed, number), (counter, feed, number), kind, by, whose, said, at or "", whole(replaces or "", feed)
    )


def _with_told(transaction: Transaction, found: dict[int, State]) -> dict[int, State]:
    """The same with what tells of erasures that wait; it stands right behind them."""
    sql = """SELECT told.id, said.id FROM json_each(?) JOIN events AS said ON said.id = value
             JOIN events AS told ON told.id = said.id + 1
             WHERE said.kind = 'erased' AND told.kind = 'erasure_told'
               AND told.payload ->> 'event' = said.payload ->> 'event'"""
    told = transaction.execute(sql, (json.dumps(sorted(found)),)).fetchall() if found else []
    return {**found, **{row: found[erased] for row, erased in told}}


CHANGERS = frozenset({"setting_set", *OF_PEOPLE, *DECISIONS})


def _with_turned(transaction: Transaction, told: Told) -> Told:
    """The same with what it undoes or does again."""
    if told.kind not in TURNS or ":" not in told.said["event"]:
        return told
    uid, _, number = told.said["event"].rpartition(":")
    found = transaction.execute(TURNED, (int(number), uid)).fetchone() if NUMBER.fullmatch(number) else None
    return told._replace(turned=Turned(found[1], found[0] or "")) if found else told


def _kinds(transaction: Transaction, rows: Iterable[int]) -> frozenset[str]:
    sql = "SELECT DISTINCT kind FROM events WHERE id IN (SELECT value FROM json_each(?)) AND kind IS NOT NULL"
    return frozenset(kind for (kind,) in transaction.execute(sql, (json.dumps(sorted(rows)),)))


def _name(transaction: Transaction, row: int) -> str:
    found = transaction.execute("SELECT uid FROM feeds WHERE id = ? >> 32", (row,)).fetchone()
    return event_id(found[0] if found else "?", row & 0xFFFFFFFF)


# What follows


def classifications(transaction: Transaction, rows: Iterable[int]) -> list[Identity]:
    """The classifications that some events are about."""
    sql = """SELECT DISTINCT subject, taxonomy, annotator, round FROM log
             WHERE rowid_of IN (SELECT value FROM json_each(?)) AND subject IS NOT NULL AND round IS NOT NULL"""
    found = transaction.execute(sql, (json.dumps(sorted(rows)),)) if rows else []
    return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in found]


def follow(transaction: Transaction, projection: Projection, changed: Changed) -> None:
    """Compute anew all that hangs on events that count now, or no longer; call inside a write transaction."""
    if not changed.rows:
        return
    projection.forget()
    if changed.is_of_people:
        roster.follow(transaction, projection)
    found = classifications(transaction, changed.rows)
    for of in found:
        projection.refresh(projection.computed(of))
    if "setting_set" in changed.kinds:
        hand_ins.rebuild(transaction, projection.hiding)
    else:
        hand_ins.refresh_of(transaction, projection.hiding, found)
        hand_ins.refresh_given(transaction, projection.hiding, [(row, row) for row in sorted(changed.rows)])
    if "erased" in changed.kinds and (gone := erasing.erased_elsewhere(transaction)):
        erasing.take_away(transaction, projection, gone)
    if changed.is_of_team or changed.is_of_people:
        team.rebuild(transaction)
        assignments.rebuild(transaction)
    elif changed.is_of_comments:
        comments.rebuild(transaction)


def settle(transaction: Transaction, projection: Projection) -> None:
    """Work out all of it, and what follows; call inside a write transaction."""
    follow(transaction, projection, refresh(transaction))


def decide(
    transaction: Transaction, projection: Projection, by: str, kind: TeamKind, waiting: Iterable[str], reason: str = ""
) -> None:
    """Let events that wait count, or leave them out for good; call inside a write transaction."""
    why = {"reason": reason} if reason else {}
    team.record_each(transaction, by, kind, [{"event": event, **why} for event in waiting])
    settle(transaction, projection)


# What is told


class Word(NamedTuple):
    """What a lead said of an event that waited."""

    kind: str
    by: str
    reason: str


def states(transaction: Transaction) -> dict[str, State]:
    """By event: whether it waits or was declined."""
    sql = """SELECT feeds.uid, event & 4294967295, state FROM waiting JOIN feeds ON feeds.id = event >> 32"""
    return {event_id(uid, number): state for uid, number, state in transaction.execute(sql)}


def words(transaction: Transaction) -> dict[str, Word]:
    """By event: what a lead said of it, the later where several did."""
    found = events.of_team(transaction, tuple(DECISIONS))
    return {each.payload["event"]: Word(each.kind, each.annotator, each.payload.get("reason", "")) for each in found}


def listed(transaction: Transaction) -> list[Event]:
    """The events that wait for a lead, in their order."""
    sql = """SELECT feeds.uid, event & 4294967295 FROM waiting JOIN events ON events.id = event
             JOIN feeds ON feeds.id = event >> 32 WHERE state = 'waiting'
               AND events.kind != 'erasure_told' ORDER BY events.counter, feeds.uid, event"""
    return [events.get(transaction, event_id(uid, number)) for uid, number in transaction.execute(sql).fetchall()]


def rounds(transaction: Transaction, state: State = "waiting") -> list[int]:
    """The rounds that wait for a lead to accept that they were started, or of which one declined it."""
    sql = """SELECT events.round FROM waiting JOIN events ON events.id = event
             WHERE state = ? AND events.kind = 'round_started' ORDER BY events.id"""
    return [number for (number,) in transaction.execute(sql, (state,))]


def is_any(transaction: Transaction) -> bool:
    """Whether anything waits, whoever may see it."""
    sql = "SELECT EXISTS (SELECT 1 FROM waiting WHERE state = 'waiting')"
    return bool(transaction.execute(sql).fetchone()[0])


def count(transaction: Transaction, viewer: Viewer) -> int:
    """How many events wait that a viewer may see."""
    return len(open_to(transaction, viewer)) if is_any(transaction) else 0


def open_to(transaction: Transaction, viewer: Viewer) -> list[Event]:
    """The events that wait and that a viewer may see, in their order."""
    found = [each for each in listed(transaction) if viewer.leads or each.kind not in team.SORTS["gold"]]
    seen = visibility.open_to(transaction, viewer, of_few=True)
    if not found or not seen.sql:
        return found
    of_team = {each.id for each in team.open_to(transaction, viewer)[0]}
    sql = f"""SELECT 1 FROM classifications WHERE subject_id = (SELECT id FROM subjects WHERE key = ?)
              AND (taxonomy, annotator, round) = (?, ?, ?){seen.and_sql}"""
    said = {each.id for each in found if each.kind == "commented" and comments.is_open(transaction, viewer, each.of)}
    return [
        each for each in found
        if each.id in said or (transaction.execute(sql, (each.of.subject, each.of.taxonomy, each.of.annotator,
                                                         each.of.round, *seen.values)).fetchone()
                               if each.of.subject else each.id in of_team)
    ]  # fmt: skip
