"""Deeds about people, and what follows: who is called how, who is one person, under whose name work stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from annotator.model.chain import new_uid
from annotator.model.classification import Identity
from annotator.model.event import Event
from annotator.model.people import Added, Deed, who_is_who
from annotator.model.person import ADJUDICATED
from annotator.store import assignments, events, team
from annotator.store.events import NOTHING

if TYPE_CHECKING:
    from annotator.model.event import TeamKind
    from annotator.store.connection import Transaction
    from annotator.store.projection import Projection

KINDS = ("person_renamed", "spelling_added", "people_merged", "people_split", "person_left")


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


def listed(transaction: Transaction) -> list[Listed]:
    """Everybody who stands for themselves, by name; results and who did not say their name are left out."""
    sql = """SELECT uid, name, kind,
               (SELECT json_group_array(spelling) FROM (SELECT spelling FROM spellings WHERE person = people.id
                  AND spelling != name UNION SELECT added_as FROM people AS other WHERE other.stands_for = people.id
                  AND other.added_as != people.name ORDER BY 1)),
               left_at, (SELECT count(*) FROM classifications WHERE annotator = name),
               (SELECT count(DISTINCT replica) FROM feeds JOIN people AS writer ON writer.id = person
                  WHERE writer.stands_for = people.id AND number > 0)
             FROM people WHERE stands_for = id AND kind IN ('person', 'model') ORDER BY name"""
    return [Listed._make([*row[:3], tuple(json.loads(row[3])), *row[4:]]) for row in transaction.execute(sql)]


def decide(transaction: Transaction, projection: Projection, by: str, kind: TeamKind, said: Mapping[str, str]) -> Event:
    """Write a deed about people and let what is computed follow; call inside a write transaction."""
    event = events.append(transaction, by, kind, NOTHING, 0, dict(said))
    if kind == "person_added":
        _insert(transaction, said["person"], said["name"], said["kind"])
    follow(transaction, projection)
    return event


def add(transaction: Transaction, projection: Projection, by: str, name: str, kind: str = "person") -> str:
    """Make somebody known who has done nothing yet; returns their uid."""
    uid = new_uid()
    decide(transaction, projection, by, "person_added", {"person": uid, "name": name, "kind": kind})
    return uid


def meet(transaction: Transaction, uid: str, name: str, kind: str) -> None:
    """Keep somebody whom another replica knows; `follow` says who they are."""
    if transaction.execute("SELECT 1 FROM people WHERE uid = ?", (uid,)).fetchone() is None:
        _insert(transaction, uid, name, kind)


def _insert(transaction: Transaction, uid: str, name: str, kind: str) -> None:
    (number,) = transaction.execute("SELECT max(id) + 1 FROM people").fetchone()
    row = (number, uid, name, name, kind, number)
    transaction.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, NULL)", row)


def follow(transaction: Transaction, projection: Projection) -> bool:
    """Work out who is who, and let work stand under the names that come of it; returns whether any changed."""
    before = _names(transaction)
    added = [Added(*row) for row in transaction.execute("SELECT uid, added_as, kind FROM people")]
    deeds = [Deed(each.kind, each.payload, each.at) for each in events.of_team(transaction, KINDS)]
    known, spellings = who_is_who(added, deeds)
    transaction.executemany(
        """UPDATE people SET stands_for = (SELECT id FROM people AS other WHERE other.uid = ?), name = ?, left_at = ?
           WHERE uid = ?""",
        [(each.stands_for, each.name, each.left_at, uid) for uid, each in known.items()],
    )
    transaction.execute("DELETE FROM spellings")
    transaction.executemany(
        "INSERT INTO spellings SELECT ?, ?, id FROM people WHERE uid = ?",
        [(plain, each.spelling, each.uid) for plain, each in sorted(spellings.items())],
    )
    changed = {number for number, name in _names(transaction).items() if before.get(number, name) != name}
    if changed:
        _rename(transaction, projection, changed, {before[number][0] for number in changed})
    return bool(changed)


def _names(transaction: Transaction) -> dict[int, tuple[str, int]]:
    """By row: the name somebody stands under, and the row of who stands for them."""
    sql = "SELECT people.id, known.name, known.id FROM people JOIN people AS known ON known.id = people.stands_for"
    return {number: (name, known) for number, name, known in transaction.execute(sql)}


def _rename(transaction: Transaction, projection: Projection, changed: set[int], old: set[str]) -> None:
    """Compute anew what some people did, what stood under their old names, and what was decided about it."""
    people, names = json.dumps(sorted(changed)), json.dumps(sorted(old))
    sql = """SELECT DISTINCT subjects.key, events.taxonomy, known.name, events.round FROM events
             JOIN feeds ON feeds.id = events.feed JOIN people AS written ON written.id = whose
             JOIN people AS known ON known.id = written.stands_for
             JOIN subject_versions ON subject_versions.id = events.subject JOIN subjects ON subjects.id = subject_id
             WHERE events.round IS NOT NULL AND (whose IN (SELECT value FROM json_each(:people))
               OR feeds.person IN (SELECT value FROM json_each(:people)) OR known.name = :decided)"""
    found = transaction.execute(sql, {"people": people, "decided": ADJUDICATED}).fetchall()
    where = "WHERE annotator IN (SELECT value FROM json_each(?))"
    transaction.execute(f"DELETE FROM classifications {where}", (names,))
    for subject, taxonomy, annotator, round_ in sorted(found):
        of = Identity(subject=subject, taxonomy=taxonomy, annotator=annotator, round=round_)
        projection.refresh(projection.computed(of))
    team.rebuild(transaction)
    assignments.rebuild(transaction)
    transaction.execute(
        f"UPDATE OR IGNORE resume_points SET annotator = (SELECT name FROM spellings JOIN people ON people.id = person"
        f" WHERE plain = plain_name(annotator)) {where}",
        (names,),
    )
