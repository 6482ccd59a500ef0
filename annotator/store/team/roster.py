"""Deeds about people, and what follows: who is called how, who is one person, under whose name work stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.errors import NotFoundError
from annotator.model.chain import meant_by, new_uid
from annotator.model.classification import Conflict, Identity
from annotator.model.people.deeds import NAME, OF_PEOPLE, SAYS_REPLACED, TELLING, Deed, Descent, taken_back
from annotator.model.people.known import Added
from annotator.model.people.who_is_who import Place, WhoIsWho, who_is_who
from annotator.model.person import ADJUDICATED, IMPORTED
from annotator.model.place import version_of
from annotator.store import hand_ins, people, visibility
from annotator.store.deciding import disagreements, staleness
from annotator.store.log import events
from annotator.store.log.events import NOTHING
from annotator.store.readable import to_json
from annotator.store.team import assignments, team

if TYPE_CHECKING:
    from annotator.model.event import Event, TeamKind
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction
    from annotator.store.projection import Projection

KINDS = ("person_renamed", "spelling_added", "people_merged", "people_split", "person_left", "people_undone")
"""Deeds about people who are known; each can be taken back."""
WORK = {
    "classification": ("classifications", "annotator"),
    "assignment": ("assignments", "annotator"),
    "ruling": ("rulings", "ruled_by"),
    "adjudication": ("adjudications", "adjudicated_by"),
    "look": ("looks", "annotator"),
}
"""By what it is called: where it stands under somebody's name."""
BY_NAME = ("resume_points", "import_issues", "read_mentions")
"""Tables that follow from no event: names are put into them anew."""
NAMED = (*((table, "annotator") for table in ("classifications", *BY_NAME)), ("flags", "raised_by"))
"""Tables in which a name stands by itself, and its column."""

KEPT_APART = "SELECT place FROM team_conflicts WHERE place ->> 0 IN (SELECT value FROM json_each(?))"
GIVEN = (json.dumps(OF_PEOPLE),)

Names = Mapping[int, tuple[str, int]]
"""By row of a person: the name they stand under, and the row of who stands for them."""
Found = list[tuple[int, str, str, str, int]]
"""Classifications: the subject's row and key, taxonomy, annotator and round."""
Classified = tuple[str, str, str, int]
"""A classification: the key of its subject, taxonomy, annotator and round."""


class Listed(NamedTuple):
    """One person as the list of people shows them."""

    uid: str
    name: str
    kind: str
    spellings: tuple[str, ...]
    """Other names and spellings they are found by."""
    left_at: str | None
    classifications: int
    replicas: int
    """On how many copies of the database they wrote."""
    is_apart: bool
    """Whether what was decided about them apart does not go together."""


class Row(NamedTuple):
    """One of those who are the same person."""

    uid: str
    added_as: str
    classifications: int
    """How many of the classifications with events of their own are theirs."""
    stands: bool


class Work(NamedTuple):
    """What stands under whose name, and what does not agree."""

    names: dict[str, Counter[str]]
    """By what it is called: how much, by name."""
    conflicts: frozenset[tuple[str, str, int, str]]
    """Key, taxonomy, round and place."""


def listed(transaction: Transaction) -> list[Listed]:
    """Everybody who stands for themselves, by name; results and who did not say their name are left out."""
    sql = """SELECT uid, name, kind,
               (SELECT json_group_array(spelling) FROM (SELECT spelling FROM spellings WHERE person = people.id
                  AND spelling != name ORDER BY 1)),
               left_at, (SELECT count(*) FROM classifications WHERE annotator = name),
               (SELECT count(DISTINCT replica) FROM feeds JOIN people AS writer ON writer.id = person
                  WHERE writer.stands_for = people.id AND number > 0),
               EXISTS (SELECT 1 FROM team_conflicts JOIN people AS about ON about.uid = place ->> 1
                  WHERE place ->> 0 IN ('name', 'person') AND about.stands_for = people.id)
               OR EXISTS (SELECT 1 FROM team_conflicts JOIN spellings ON plain = place ->> 1
                  WHERE place ->> 0 = 'called' AND person = people.id)
             FROM people WHERE stands_for = id AND kind IN ('person', 'model') ORDER BY name"""
    rows = transaction.execute(sql).fetchall()
    return [Listed._make([*row[:3], tuple(json.loads(row[3])), *row[4:-1], bool(row[-1])]) for row in rows]


def rows_of(transaction: Transaction, person: int) -> list[Row]:
    """Everybody who is one person, the one who stands for all first."""
    sql = """SELECT uid, added_as, (SELECT count(DISTINCT subject || taxonomy || round) FROM events
                 WHERE whose = people.id AND subject IS NOT NULL AND round > 0), id = stands_for
             FROM people WHERE stands_for = ? ORDER BY uid"""
    return [Row._make(row) for row in transaction.execute(sql, (person,))]


def left_at(transaction: Transaction, person: int) -> str:
    """When somebody left; empty where they did not."""
    (at,) = transaction.execute("SELECT left_at FROM people WHERE id = ?", (person,)).fetchone()
    return at or ""


def by_uid(transaction: Transaction, beginning: str) -> tuple[int, str] | None:
    """The row of who stands for one whose uid begins so, and that uid; None where there is none, or several are."""
    sql = "SELECT stands_for, uid FROM people WHERE substr(uid, 1, ?) = ? AND kind IN ('person', 'model') LIMIT 2"
    found = transaction.execute(sql, (len(beginning), beginning)).fetchall()
    return (found[0][0], found[0][1]) if len(found) == 1 else None


def open_assignments(transaction: Transaction, name: str) -> int:
    """How much somebody was given and has not done."""
    sql = "SELECT count(*) FROM assignments WHERE annotator = ? AND done = 0"
    return int(transaction.execute(sql, (name,)).fetchone()[0])


def deeds(transaction: Transaction) -> list[Event]:
    """What was decided about people who are known, in order."""
    return events.of_team(transaction, KINDS)


def undone(found: list[Event]) -> set[str]:
    """The ids of deeds that were taken back."""
    return taken_back(_as_deeds(found))


def _as_deeds(found: list[Event]) -> list[Deed]:
    return [Deed(each.kind, each.payload, each.at, each.id, each.replaces or ()) for each in found]


def deed_named(transaction: Transaction, said: str) -> Event:
    """The deed that an id, or its beginning and number, names; raises NotFoundError."""
    known = {each.id: each for each in deeds(transaction)}
    found = meant_by(said, known) if ":" in said else []
    if len(found) != 1:
        what = "There is no deed about people" if not found else "Several deeds about people can be meant by"
        raise NotFoundError(f"{what} {said!r}; `annotator people undo` lists the latest with their ids.")
    return known[found[0]]


def work(transaction: Transaction) -> Work:
    """What stands under whose name now."""
    names = {
        what: Counter(dict(transaction.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY 1").fetchall()))
        for what, (table, column) in WORK.items()
    }
    sql = """SELECT key, taxonomy, round, place FROM conflicts
             JOIN classifications ON classifications.id = classification_id JOIN subjects ON subjects.id = subject_id"""
    return Work(names, frozenset(map(tuple, transaction.execute(sql))))


def closed_to(transaction: Transaction, viewer: Viewer) -> frozenset[Classified]:
    """The classifications that are closed to a viewer: key, taxonomy, annotator and round."""
    seen = visibility.open_to(transaction, viewer)
    if not seen.sql:
        return frozenset()
    sql = f"""SELECT key, taxonomy, annotator, round FROM classifications JOIN subjects ON subjects.id = subject_id
              WHERE NOT ({seen.sql})"""
    return frozenset(map(tuple, transaction.execute(sql, seen.values)))


def opened(transaction: Transaction, viewer: Viewer, closed: frozenset[Classified]) -> list[Classified]:
    """Of classifications that were closed to a viewer before a deed: those that are open to them now."""
    if not closed:
        return []
    now = closed_to(transaction, viewer)
    sql = """SELECT 1 FROM classifications JOIN subjects ON subjects.id = subject_id
             WHERE (key, taxonomy, annotator, round) = (?, ?, ?, ?)"""
    names = {name: people.known_as(transaction, name) for name in {each[2] for each in closed}}
    found = {(key, taxonomy, names[name], round_) for key, taxonomy, name, round_ in closed} - now
    return sorted(each for each in found if transaction.execute(sql, each).fetchone())


# Deciding


def decide(transaction: Transaction, projection: Projection, by: str, kind: TeamKind, said: Mapping[str, str]) -> Event:
    """Write a deed about people and let what is computed follow; call inside a write transaction."""
    told: dict[str, Any] = dict(said)
    replaced: list[str] = []
    if kind in TELLING:
        told[SAYS_REPLACED] = True
        replaced = _latest_about(transaction, {said["person"], said.get("into", said["person"])})
    event = events.append(transaction, by, kind, NOTHING, 0, told, replaces=replaced)
    if kind == "person_added":
        _insert(transaction, said["person"], said["name"], said["kind"])
    follow(transaction, projection)
    return event


def _latest_about(transaction: Transaction, whom: Collection[str]) -> list[str]:
    """The ids of the latest deeds about some people, and whoever is the same person, from which no other descends."""
    sql = """SELECT uid FROM people WHERE stands_for IN (
               SELECT stands_for FROM people WHERE uid IN (SELECT value FROM json_each(?)))"""
    theirs = {uid for (uid,) in transaction.execute(sql, (json.dumps([*whom]),))}.union(whom)
    known = _as_deeds(deeds(transaction))
    about = [each for each in known if each.kind in TELLING and theirs & {each.said["person"], each.said.get("into")}]
    return [each.id for each in Descent(known).latest(about)]


def named_by(transaction: Transaction, uid: str) -> str:
    """The uid of whoever gives a person the name, of those who are the same person as somebody."""
    now = computed(transaction)
    return now.named_by[now.known[uid].stands_for]


def add(transaction: Transaction, projection: Projection, by: str, name: str, kind: str = "person") -> Event:
    """Make somebody known who has done nothing yet."""
    said = {"person": new_uid(), "name": name, "kind": kind}
    return decide(transaction, projection, by, "person_added", said)


def meet(transaction: Transaction, uid: str, name: str, kind: str) -> int | None:
    """Keep somebody whom another replica knows; `follow` says who they are.

    Returns their row where they are new here, or were known by their uid alone until now.
    """
    found = transaction.execute("SELECT id, added_as FROM people WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        return _insert(transaction, uid, name, kind)
    if found[1] != uid or name == uid:
        return None
    transaction.execute("UPDATE people SET added_as = ?, kind = ? WHERE uid = ?", (name, kind, uid))
    return int(found[0])


def _insert(transaction: Transaction, uid: str, name: str, kind: str) -> int:
    (number,) = transaction.execute("SELECT max(id) + 1 FROM people").fetchone()
    row = (number, uid, name, name, kind, number)
    transaction.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
    return int(number)


# Apart


def apart(transaction: Transaction) -> dict[Place, Conflict]:
    """What was decided apart about people and does not go together, by place; each deed with the name it gives."""
    found = {each.id: each for each in deeds(transaction)}
    conflicts = {}
    for place, sides in computed(transaction).apart.items():
        versions = ((version_of(found[deed]), name) for deed, name in sides.names.items())
        told = (version._replace(said={**version.said, "gives": name}) for version, name in versions)
        conflicts[place] = Conflict(place[0], tuple(told))
    return conflicts


def is_apart(transaction: Transaction, place: Place) -> bool:
    """Whether what was decided about a place apart does not go together."""
    sql = "SELECT EXISTS (SELECT 1 FROM team_conflicts WHERE place = ?)"
    return bool(transaction.execute(sql, (to_json(place),)).fetchone()[0])


def keep(transaction: Transaction, projection: Projection, by: str, place: Place, event: str) -> None:
    """Let one deed of those that do not go together stand; call inside a write transaction.

    A name is given once more, in place of all that were; what else contradicts the deed is taken back.
    """
    now = computed(transaction)
    if (sides := now.apart.get(place)) is None or event not in sides.names:
        return
    if place[0] == NAME:
        whose = now.known[place[1]]
        said = {"person": now.named_by[whose.stands_for], "name": sides.names[event], "was": whose.name}
        decide(transaction, projection, by, "person_renamed", said)
        return
    for other in sides.against(event):
        decide(transaction, projection, by, "people_undone", {"event": other})


# What follows


def computed(transaction: Transaction) -> WhoIsWho:
    """Who is who, from what was told and decided."""
    added = [Added(*row) for row in transaction.execute("SELECT uid, added_as, kind FROM people")]
    return who_is_who(added, _as_deeds(deeds(transaction)))


def differing(transaction: Transaction) -> Iterator[str]:
    """Who is not known as the log says; for the doctor."""
    now = computed(transaction)
    sql = """SELECT people.uid, known.uid, people.name, people.left_at FROM people
             LEFT JOIN people AS known ON known.id = people.stands_for ORDER BY people.name, people.uid"""
    for uid, *kept in transaction.execute(sql):
        if tuple(kept) != now.known[uid]:
            yield f"{kept[1]} is not known as the events say"
    sql = "SELECT plain, uid, spelling FROM spellings JOIN people ON people.id = person"
    found = {plain: tuple(kept) for plain, *kept in transaction.execute(sql)}
    for plain in sorted(found.keys() | now.spellings.keys()):
        if found.get(plain) != now.spellings.get(plain):
            yield f"the spelling {plain!r} is not whose the events say"
    if {to_json(place) for place in now.apart} != {place for (place,) in transaction.execute(KEPT_APART, GIVEN)}:
        yield "team_conflicts about people are not what the events say"


def follow(transaction: Transaction, projection: Projection) -> bool:
    """Work out who is who, and let work stand under the names that come of it; returns whether any changed."""
    before = _names(transaction)
    now = computed(transaction)
    transaction.executemany(
        """UPDATE people SET stands_for = (SELECT id FROM people AS other WHERE other.uid = ?), name = ?, left_at = ?
           WHERE uid = ?""",
        [(each.stands_for, each.name, each.left_at, uid) for uid, each in now.known.items()],
    )
    spelt = set(transaction.execute("DELETE FROM spellings RETURNING plain, person"))
    transaction.executemany(
        "INSERT INTO spellings SELECT ?, ?, id FROM people WHERE uid = ?",
        [(plain, each.spelling, each.uid) for plain, each in sorted(now.spellings.items())],
    )
    transaction.execute(f"DELETE FROM team_conflicts WHERE place IN ({KEPT_APART})", GIVEN)
    rows = [(to_json(place),) for place in now.apart]
    transaction.executemany("INSERT INTO team_conflicts VALUES (?)", rows)
    after = _names(transaction)
    changed = {number for number in after if before[number] != after[number]}
    if changed:
        renamed = {
            before[number][0]: after[number][0]
            for number in sorted(changed)
            if before[number][1] == number and not _is_shared(before, number)
        }
        _rename(transaction, renamed)
        if _are_only_called_otherwise(before, after, changed):
            _compute(transaction, projection, *_decided(transaction))
        else:
            names = {name for number in changed for name, _ in (before[number], after[number])}
            people = [number for number in after if {before[number][0], after[number][0]} & names]
            _compute(transaction, projection, *_done_by(transaction, people, sorted(names)))
        team.rebuild(transaction)
        assignments.rebuild(transaction)
    if spelt != set(transaction.execute("SELECT plain, person FROM spellings")):
        staleness.refresh_where(transaction, "strategy = ?", (IMPORTED,))
    return bool(changed)


def _are_only_called_otherwise(before: Names, after: Names, changed: set[int]) -> bool:
    """Whether somebody is called otherwise and nothing else is: nobody stands for anybody else than before."""
    old = {name for name, _ in before.values()}
    return all(
        before[number][1] == after[number][1] and after[number][0] not in old and not _is_shared(before, number)
        for number in changed
    )


def _is_shared(before: Names, number: int) -> bool:
    """Whether somebody else went by the same name, as whoever a merge just brought can."""
    name, known = before[number]
    return any(name == other and known != whose for other, whose in before.values())


def _names(transaction: Transaction) -> Names:
    sql = "SELECT people.id, known.name, known.id FROM people JOIN people AS known ON known.id = people.stands_for"
    return {number: (name, known) for number, name, known in transaction.execute(sql)}


def _decided(transaction: Transaction) -> tuple[Found]:
    """Whatever was decided: it tells between whose answers."""
    sql = """SELECT subject_id, key, taxonomy, annotator, round FROM classifications
             JOIN subjects ON subjects.id = subject_id WHERE annotator = ?"""
    return (transaction.execute(sql, (ADJUDICATED,)).fetchall(),)


def _done_by(transaction: Transaction, people: Sequence[int], names: Sequence[str]) -> tuple[Found, Sequence[str]]:
    """What some people did, and what was decided; with the names under which nothing stays as it was."""
    sql = """SELECT DISTINCT subject_id, subjects.key, events.taxonomy, known.name, events.round FROM events
             JOIN feeds ON feeds.id = events.feed JOIN people AS written ON written.id = whose
             JOIN people AS known ON known.id = written.stands_for
             JOIN subject_versions ON subject_versions.id = events.subject JOIN subjects ON subjects.id = subject_id
             WHERE events.round > 0 AND (whose IN (SELECT value FROM json_each(:people))
               OR feeds.person IN (SELECT value FROM json_each(:people)) OR known.name = :decided)"""
    given = {"people": json.dumps(people), "decided": ADJUDICATED}
    return sorted(transaction.execute(sql, given).fetchall()), names


def _compute(transaction: Transaction, projection: Projection, found: Found, gone: Sequence[str] = ()) -> None:
    """Compute classifications anew; `gone` are names under which there are none but those."""
    where = "WHERE annotator IN (SELECT value FROM json_each(?))"
    transaction.execute(f"DELETE FROM classifications {where}", (json.dumps(gone),))
    projection.forget()
    places = {}
    for subject_id, key, taxonomy, annotator, round_ in found:
        of = Identity(subject=key, taxonomy=taxonomy, annotator=annotator, round=round_)
        projection.refresh(projection.computed(of))
        places[subject_id, taxonomy, round_] = of
    for (subject_id, _, _), of in places.items():
        disagreements.refresh(transaction, subject_id, of)
        staleness.refresh(transaction, subject_id, of)
    hand_ins.refresh(transaction, projection.hiding, [(subject_id, taxonomy) for subject_id, taxonomy, _ in places])


def _rename(transaction: Transaction, renamed: Mapping[str, str]) -> None:
    """Put new names in place of old ones; what somebody has under both, they keep once."""
    given = (json.dumps({old: new for old, new in renamed.items() if new != old}),)
    for table, column in NAMED:
        transaction.execute(
            f"""WITH renamed (old, name) AS (SELECT key, value FROM json_each(?))
                UPDATE OR IGNORE {table} SET {column} = (SELECT name FROM renamed WHERE old = {column})
                WHERE {column} IN (SELECT old FROM renamed)""",
            given,
        )
    for table in BY_NAME:
        left = "SELECT key FROM json_each(?1) WHERE key NOT IN (SELECT value FROM json_each(?1))"
        transaction.execute(f"DELETE FROM {table} WHERE annotator IN ({left})", given)
    transaction.execute(
        """UPDATE import_runs SET run_by = (SELECT known.name FROM feeds JOIN people AS writer ON writer.id = person
             JOIN people AS known ON known.id = writer.stands_for
             WHERE feeds.uid = substr(event, 1, instr(event, ':') - 1))"""
    )
