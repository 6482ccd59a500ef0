"""What the team decided: assignments, rounds, settings, looks. Each is an event; the tables are computed from them.

An event stands at every place it is about: an assignment, a round, a setting, a look. It takes the place of the
events that it says it replaces, so that what was done apart is found again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

from annotator.model import roles
from annotator.model.classification import Conflict, Identity
from annotator.model.event import Event, TeamKind
from annotator.model.people.deeds import OF_PEOPLE
from annotator.model.place import version_of
from annotator.store import people, visibility
from annotator.store.deciding import staleness
from annotator.store.log import events
from annotator.store.log.events import NOTHING
from annotator.store.readable import to_json
from annotator.store.team import assignments, comments, rounds
from annotator.store.team.rounds import EVERYBODYS

if TYPE_CHECKING:
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction

ALIKE: dict[str, tuple[str, ...]] = {
    "assigned": ("assigned", "taken_back"),
    "taken_back": ("assigned", "taken_back"),
    "round_started": ("round_started",),
    "round_closed": ("round_closed", "round_opened"),
    "round_opened": ("round_closed", "round_opened"),
    "gold_set": ("gold_set", "gold_unset"),
    "gold_unset": ("gold_set", "gold_unset"),
    "setting_set": ("setting_set",),
    "looked": ("looked",),
    "accepted": ("accepted", "declined"),
    "declined": ("accepted", "declined"),
}
"""By kind: the kinds of events that stand at the same places."""
SORTS = {
    "assignment": ("assigned", "taken_back"),
    "round": ("round_started",),
    "closing": ("round_closed", "round_opened"),
    "gold": ("gold_set", "gold_unset"),
    "setting": ("setting_set",),
    "counting": ("accepted", "declined"),
}
"""By the sort of a place that can be in conflict: the kinds of events that stand there."""
IS_OF_WORK = f"place ->> 0 NOT IN ({', '.join(repr(sort) for sort in OF_PEOPLE)})"
"""Said of a place in conflict: that it is not about who is who, which `roster` works out."""
Place = tuple[Any, ...]
"""Of what sort, then which: `("assignment", taxonomy, annotator, round, subject)`, `("round", 2)` …"""
WRITE = {
    "assignments": """INSERT OR REPLACE INTO assignments (subject_id, taxonomy, annotator, round, batch, position,
                        dealt, compared, due, done, assigned_by, assigned_at)
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)""",
    "rounds": "INSERT OR REPLACE INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?)",
    "closings": "INSERT OR REPLACE INTO closings VALUES (?, ?, ?, ?, ?)",
    "gold": "INSERT OR REPLACE INTO gold VALUES (?, ?, ?, ?, ?, ?)",
    "settings": "INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?)",
    "looks": "INSERT OR REPLACE INTO looks (annotator, taxonomy, looked_at, subject_id) VALUES (?, ?, ?, ?)",
}
NO_CHANCE = (None, None)
UNSET_GOLD = "DELETE FROM gold WHERE (taxonomy, subject_id) = (?, ?)"
TAKE_BACK = "DELETE FROM assignments WHERE (subject_id, taxonomy, annotator, round) = (?, ?, ?, ?)"


class Stood(NamedTuple):
    """An event as it stands at one place."""

    event: Event
    detail: tuple[Any, ...] = ()
    """Of an assignment: batch, position, both chances and when it is due."""


def record(
    transaction: Transaction, by: str, kind: TeamKind, of: Identity = NOTHING, payload: Mapping[str, Any] | None = None
) -> Event:
    """Write an event of the team and bring its table up to date; call inside a write transaction."""
    if of.annotator:
        of = of.model_copy(update={"annotator": people.known_as(transaction, of.annotator)})
    said = dict(payload or {})
    standing = Standing(transaction)
    draft = Event("", "", "", kind, of, 0, said)
    wanted = standing.places(draft)
    for one in events.of_team(transaction, ALIKE[kind], of):
        standing.take(one, wanted.keys())
    event = events.append(transaction, by, kind, of, 0, said, replaces=standing.at_any(wanted))
    standing.take(event)
    may_own = staleness.allows_own(transaction) if kind == "setting_set" else None
    _show(transaction, standing, wanted)
    if may_own is not None:
        staleness.follow_setting(transaction, may_own)
    return event


def record_each(transaction: Transaction, by: str, kind: TeamKind, payloads: Iterable[Mapping[str, Any]]) -> None:
    """Write several events of one kind that are about what they say alone; call inside a write transaction."""
    standing, wanted = Standing(transaction), dict[Place, tuple[Any, ...]]()
    for one in events.of_team(transaction, ALIKE[kind]):
        standing.take(one)
    for payload in payloads:
        said = dict(payload)
        places = standing.places(Event("", "", "", kind, NOTHING, 0, said))
        standing.take(events.append(transaction, by, kind, NOTHING, 0, said, replaces=standing.at_any(places)))
        wanted |= places
    _show(transaction, standing, wanted)


def rebuild(transaction: Transaction) -> None:
    """Compute the tables from the log; call inside a write transaction."""
    may_own = staleness.allows_own(transaction)
    for table in WRITE:
        transaction.execute(f"DELETE FROM {table}")
    transaction.execute(f"DELETE FROM team_conflicts WHERE {IS_OF_WORK}")
    standing = standing_everywhere(transaction)
    _show(transaction, standing, standing.at)
    staleness.follow_setting(transaction, may_own)
    comments.rebuild(transaction)


def standing_everywhere(transaction: Transaction) -> Standing:
    """What stands at every place."""
    standing = Standing(transaction)
    standing.know_all()
    for one in events.of_team(transaction, tuple(ALIKE)):
        standing.take(one)
    return standing


def differing(transaction: Transaction) -> Iterator[str]:
    """Tables that are not what the log says; for the doctor."""
    standing = standing_everywhere(transaction)
    rows = _rows(transaction, standing, standing.at)[0]
    for table in WRITE:
        kept = {tuple(row) for row in transaction.execute(READ[table])}
        if kept != set(rows[table]):
            yield f"{table} are not what the events say"
    apart = {to_json(place) for place, _ in standing.conflicts}
    if apart != {place for (place,) in transaction.execute(f"SELECT place FROM team_conflicts WHERE {IS_OF_WORK}")}:
        yield "team_conflicts are not what the events say"
    yield from comments.differing(transaction)


def conflict_at(transaction: Transaction, place: Place) -> Conflict | None:
    """What stands at a place where that was said apart; None where it was settled meanwhile."""
    sort, *which = place
    of = NOTHING
    if sort == "gold":
        of = Identity.model_construct(subject="", taxonomy=which[0], annotator="", round=0)
    elif sort == "assignment":
        taxonomy, annotator, round_, _ = which
        of = Identity.model_construct(subject="", taxonomy=taxonomy, annotator=annotator, round=round_)
    elif sort in {"round", "closing"}:
        of = Identity.model_construct(subject="", taxonomy="", annotator="", round=which[-1])
    standing = Standing(transaction)
    for one in events.of_team(transaction, SORTS[sort], of):
        standing.take(one, (place,))
    return dict(standing.conflicts).get(place)


def say_again(transaction: Transaction, by: str, event: str, places: Iterable[Place]) -> None:
    """Do once more what an event did, at some of its places; call inside a write transaction."""
    done = events.get(transaction, event)
    standing = Standing(transaction)
    said = dict(done.payload)
    if "subjects" in said:
        which = {place[-1] for place in places}
        named = standing.subjects((key, seen) for key, seen, _ in said["subjects"])
        kept = [at for at, subject in enumerate(named) if subject in which]
        said["subjects"] = [said["subjects"][at] for at in kept]
        if "draw" in said:
            said["draw"] = {**said["draw"], "which": [said["draw"]["which"][at] for at in kept]}
    record(transaction, by, cast("TeamKind", done.kind), done.of, said)
    assignments.rebuild(transaction)


READ = {
    "assignments": """SELECT subject_id, taxonomy, annotator, round, batch, position, dealt, compared, due, assigned_by,
                        assigned_at FROM assignments""",
    "rounds": f"""SELECT * FROM rounds
                  WHERE taxonomy = '{EVERYBODYS}' OR round NOT IN (SELECT round FROM rounds
                    WHERE taxonomy = '{EVERYBODYS}')""",
    "closings": "SELECT * FROM closings",
    "gold": "SELECT * FROM gold",
    "settings": "SELECT name, value, set_by, set_at FROM settings",
    "looks": "SELECT annotator, taxonomy, looked_at, subject_id FROM looks",
}

NAMED = """SELECT value ->> 0, value ->> 1, ifnull(
             (SELECT subject_id FROM subject_versions WHERE key = value ->> 0 AND seen = value ->> 1),
             (SELECT id FROM subjects WHERE key = value ->> 0)) FROM json_each(?)"""


class Standing:
    """Which events stand at each place."""

    def __init__(self, transaction: Transaction) -> None:
        """Take what says which subject a key means."""
        self._transaction = transaction
        self._known: dict[tuple[str, str], int | None] = {}
        """By key and version: the number of a subject, as far as it was asked for."""
        self.at: dict[Place, list[Stood]] = {}

    def know_all(self) -> None:
        """Read all versions of all subjects at once, where most of them will be asked for."""
        sql = "SELECT key, seen, subject_id FROM subject_versions"
        self._known.update({(key, seen): subject for key, seen, subject in self._transaction.execute(sql)})

    def take(self, event: Event, wanted: Iterable[Place] | None = None) -> None:
        """Let an event stand where it is about, or at some of these places, in place of those it replaces."""
        replaced = set(event.replaces or ())
        for place, detail in self.places(event).items():
            if wanted is None or place in wanted:
                stood = self.at.get(place, ())
                self.at[place] = [*(one for one in stood if one.event.id not in replaced), Stood(event, detail)]

    def at_any(self, places: Iterable[Place]) -> tuple[str, ...]:
        """The ids of what stands at some places."""
        return tuple(dict.fromkeys(one.event.id for place in places for one in self.at.get(place, ())))

    def places(self, event: Event) -> dict[Place, tuple[Any, ...]]:
        """Every place an event is about, each with what else it says of it."""
        of, said = event.of, event.payload
        if event.kind == "setting_set":
            return {("setting", self._setting(said)): ()}
        if event.kind == "round_started":
            return {("round", of.round): ()}
        if event.kind in SORTS["closing"]:
            return {("closing", of.taxonomy, of.round): ()}
        if event.kind in SORTS["counting"]:
            return {("counting", said["event"]): ()}
        if event.kind == "looked":
            return {("look", of.annotator, of.taxonomy, *self.subjects([(of.subject, "")])): ()}
        named = self.subjects((key, seen) for key, seen, _ in said["subjects"])
        if event.kind in SORTS["gold"]:
            return {("gold", of.taxonomy, subject): () for subject in named if subject is not None}
        about, batch = ("assignment", of.taxonomy, of.annotator, of.round), said.get("batch", 0)
        return {
            (*about, subject): (batch, position, *chance, said.get("due", ""))
            for subject, (*_, position), chance in zip(named, said["subjects"], _chances(said), strict=True)
            if subject is not None
        }

    def _setting(self, said: Mapping[str, Any]) -> str:
        """Which setting an event says: a role is a setting of its own for each person."""
        if said["name"] != roles.SETTING or not said.get("people"):
            return str(said["name"])
        return roles.kept_as(people.name_of(self._transaction, said["people"][0]))

    def subjects(self, named: Iterable[tuple[str, str]]) -> list[int | None]:
        """The numbers of subjects that the log names by key and version; None for who is not here."""
        wanted = list(named)
        if unknown := [each for each in wanted if each not in self._known]:
            rows = self._transaction.execute(NAMED, (json.dumps(unknown),))
            self._known.update({(key, seen): subject for key, seen, subject in rows})
        return [self._known[each] for each in wanted]

    @property
    def conflicts(self) -> Iterator[tuple[Place, Conflict]]:
        """Places at which events stand that were made apart and do not say the same."""
        for place, stood in self.at.items():
            if _differ(place, stood):
                yield place, Conflict(str(place[0]), tuple(version_of(one.event) for one in stood))


def _chances(said: Mapping[str, Any]) -> Iterable[Sequence[float | None]]:
    """How likely each subject of a deal was to be dealt, and to be dealt to two or more; nothing without a draw."""
    draw = said.get("draw")
    return [draw["chances"][which] for which in draw["which"]] if draw else repeat(NO_CHANCE, len(said["subjects"]))


def _differ(place: Place, stood: Sequence[Stood]) -> bool:
    return len(stood) > 1 and len({_said(place, one.event) for one in stood}) > 1


def _said(place: Place, event: Event) -> str:
    """What an event says at a place: whether something is assigned, what a setting is, what a round is for."""
    if place[0] in {"assignment", "look", "closing", "counting"}:
        return event.kind
    if place[0] == "gold":
        return to_json([event.kind, event.of.annotator, event.of.round])
    if place[0] == "round":
        return to_json([event.of.taxonomy, event.payload])
    return to_json(event.payload)


def _show(transaction: Transaction, standing: Standing, places: Collection[Place]) -> None:
    """Write what stands at some places; the last one shows."""
    rows, gone = _rows(transaction, standing, places)
    _show_conflicts(transaction, standing, places)
    for sql, keys in gone.items():
        transaction.executemany(sql, keys)
    for table, found in rows.items():
        if found:
            transaction.executemany(WRITE[table], found)
    if rows["rounds"] or rows["assignments"]:
        rounds.spread(transaction)


def _show_conflicts(transaction: Transaction, standing: Standing, places: Collection[Place]) -> None:
    """Write which of some places are in conflict; there are seldom any."""
    if transaction.execute("SELECT EXISTS (SELECT 1 FROM team_conflicts)").fetchone()[0]:
        gone = [(to_json(place),) for place in places]
        transaction.executemany("DELETE FROM team_conflicts WHERE place = ?", gone)
    apart = [(to_json(place),) for place in places if _differ(place, standing.at[place])]
    transaction.executemany("INSERT INTO team_conflicts VALUES (?)", apart)


def _rows(
    transaction: Transaction, standing: Standing, places: Iterable[Place]
) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[tuple[Any, ...]]]]:
    """The rows that show what stands at some places, by table; and by statement, what no longer has one."""
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in WRITE}
    gone: dict[str, list[tuple[Any, ...]]] = {TAKE_BACK: [], UNSET_GOLD: []}
    for place in places:
        event, detail = standing.at[place][-1]
        sort, *which = place
        if sort == "setting":
            rows["settings"].append((*which, _value(transaction, event), event.annotator, event.at))
        elif sort == "round":
            told = event.payload["purpose"], event.annotator, event.at, events.counter(transaction, event.id), event.id
            rows["rounds"].append((event.of.taxonomy, *which, *told))
        elif sort == "closing":
            rows["closings"].append((*which, int(event.kind == "round_closed"), event.annotator, event.at))
        elif sort == "gold":
            if event.kind == "gold_set":
                rows["gold"].append((*which, event.of.annotator, event.of.round, event.annotator, event.at))
            else:
                gone[UNSET_GOLD].append(tuple(which))
        elif sort == "counting":
            continue  # which deeds count is worked out before all else
        elif sort == "look":
            rows["looks"].append((which[0], which[1], standing.at[place][0].event.at, which[2]))
        else:
            key = (which[3], *which[:3])
            if event.kind == "taken_back":
                gone[TAKE_BACK].append(key)
            else:
                rows["assignments"].append((*key, *detail, event.annotator, event.at))
    return rows, gone


def _value(transaction: Transaction, event: Event) -> str:
    """What a setting says; people by the names they are known by now."""
    if "value" in event.payload:
        return str(event.payload["value"])
    return ", ".join(people.name_of(transaction, uid) for uid in event.payload["people"])


# What is told

TOLD: tuple[str, ...] = tuple(kind for kind in get_args(TeamKind) if kind not in {"erasure_told", "commented"})
"""What is told of the team; comments, and that something was erased, stand in histories of subjects."""


def open_to(transaction: Transaction, viewer: Viewer) -> tuple[list[Event], int]:
    """What was done to no classification, in its order, and how many looks at work closed to a viewer are left out.

    Which answers are known is told to those alone who lead.
    """
    kinds = tuple(kind for kind in TOLD if viewer.leads or kind not in SORTS["gold"])
    found = events.of_team(transaction, kinds, whole_log=True)
    seen = visibility.open_to(transaction, viewer, "looked")
    if not seen.sql:
        return found, 0
    rows = "SELECT *, 0 AS id, 0 AS round, 'unpublished' AS publish, 0 AS is_imported FROM looks"
    sql = f"""SELECT looked.annotator, looked.taxonomy, key FROM ({rows}) AS looked
              JOIN subjects ON subjects.id = looked.subject_id WHERE {seen.sql}"""
    looks = set(transaction.execute(sql, seen.values))
    told = [
        each
        for each in found
        if each.kind != "looked" or (each.of.annotator, each.of.taxonomy, each.of.subject) in looks
    ]
    return told, len(found) - len(told)


# What is recorded


class Dealt(NamedTuple):
    """A subject somebody is given or loses, as the log names it."""

    key: str
    seen: str
    position: int


def assign(
    transaction: Transaction,
    by: str,
    where: tuple[str, str, int],
    batch: int,
    subjects: Sequence[Dealt],
    further: Mapping[str, Any] | None = None,
) -> None:
    """Give somebody subjects; `where`: taxonomy, annotator, round; `further`: `draw` and `due`, where there are."""
    said: dict[str, Any] = {"batch": batch, "subjects": [list(each) for each in subjects]}
    _deal(transaction, by, "assigned", where, {**said, **(further or {})})


def take_back(transaction: Transaction, by: str, where: tuple[str, str, int], subjects: Sequence[Dealt]) -> None:
    """Take subjects from somebody; `where`: taxonomy, annotator, round."""
    _deal(transaction, by, "taken_back", where, {"subjects": [list(each) for each in subjects]})


def _deal(
    transaction: Transaction, by: str, kind: TeamKind, where: tuple[str, str, int], payload: dict[str, Any]
) -> None:
    taxonomy, annotator, round_ = where
    of = Identity.model_construct(subject="", taxonomy=taxonomy, annotator=annotator, round=round_)
    record(transaction, by, kind, of, payload)


def set_(transaction: Transaction, by: str, name: str, value: str) -> None:
    """Keep a setting."""
    record(transaction, by, "setting_set", payload={"name": name, "value": value})


def set_gold(transaction: Transaction, by: str, where: tuple[str, str, int], subjects: Sequence[int]) -> None:
    """Take somebody's answers on some subjects as known; `where`: taxonomy, whose, round."""
    _deal(transaction, by, "gold_set", where, {"subjects": assignments.named(transaction, subjects)})


def unset_gold(transaction: Transaction, by: str, taxonomy: str, subjects: Sequence[int]) -> None:
    """Take what is answered on some subjects as known no more."""
    _deal(transaction, by, "gold_unset", (taxonomy, "", 0), {"subjects": assignments.named(transaction, subjects)})


def set_people(transaction: Transaction, by: str, name: str, said: Sequence[str]) -> None:
    """Keep a setting that lists people."""
    known = [events.introduced(transaction, each, by).uid for each in said]
    record(transaction, by, "setting_set", payload={"name": name, "people": known})


def set_role(transaction: Transaction, by: str, name: str, role: str, *, claim: bool = False) -> str:
    """Keep what somebody may do; returns the name they are known by."""
    person = events.introduced(transaction, name, by)
    said = {"name": roles.SETTING, "value": role, "people": [person.uid]}
    record(transaction, by, "setting_set", payload={**said, "claim": True} if claim else said)
    return person.name


def who_decided(transaction: Transaction) -> list[str]:
    """Everybody who ruled or adjudicated here."""
    sql = "SELECT ruled_by FROM rulings UNION SELECT adjudicated_by FROM adjudications ORDER BY 1"
    return [name for (name,) in transaction.execute(sql) if name]


def who_dealt(transaction: Transaction) -> list[str]:
    """Everybody who dealt work out, or started a round."""
    sql = "SELECT DISTINCT assigned_by FROM assignments UNION SELECT started_by FROM rounds ORDER BY 1"
    return [name for (name,) in transaction.execute(sql) if name]


def start_round(transaction: Transaction, by: str, taxonomy: str, round_: int, purpose: str) -> None:
    """Start a round under a taxonomy."""
    of = Identity.model_construct(subject="", taxonomy=taxonomy, annotator="", round=round_)
    record(transaction, by, "round_started", of, {"purpose": purpose})


def close_round(transaction: Transaction, by: str, taxonomy: str, round_: int, *, again: bool = False) -> None:
    """Close a round, or open it `again`."""
    of = Identity.model_construct(subject="", taxonomy=taxonomy, annotator="", round=round_)
    record(transaction, by, "round_opened" if again else "round_closed", of)


def look(transaction: Transaction, by: str, subject: str, taxonomy: str) -> None:
    """Keep that somebody saw others' work on a subject as one who decides."""
    of = Identity.model_construct(subject=subject, taxonomy=taxonomy, annotator=by, round=0)
    record(transaction, by, "looked", of)
