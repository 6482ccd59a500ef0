"""Who there is: people and models with one id each, the names they are written by, and whose names are nobody's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.chain import new_uid
from annotator.model.person import NO_WITNESS, plain_name
from annotator.model.queue import QueueView, ResumePoint
from annotator.store.readable import to_json

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

TABLES = ("classifications", "assignments", "looks")
"""Where people stand by name."""
OF_SOMEBODY = "NOT IN (" + ", ".join(f"'{name}'" for name in NO_WITNESS) + ")"
"""Said of a name: that a person can work under it."""
IS_SOMEBODY = f"annotator {OF_SOMEBODY}"
OF_NO_MODEL = "NOT IN (SELECT name FROM people WHERE kind = 'model' AND stands_for = id)"
"""Said of a name: that it is no model's."""
IS_NO_MODEL = f"annotator {OF_NO_MODEL}"


MARK = "@"
"""In payloads, before a uid that stands for a name: it stays when somebody is called otherwise."""
MENTIONED = re.compile(f"{MARK}[0-9a-f]{{32}}(?![0-9a-f])")
"""A mention of somebody as the log keeps it."""
ONE_WORD = re.compile(r"\w+([.-]\w+)*")
"""A name of which anybody sees where it ends."""
Rename = Callable[[str], str]


class Person(NamedTuple):
    """Somebody, or a model, as they are known here."""

    id: int
    """The row in this file."""
    uid: str
    name: str


def find(transaction: Transaction, name: str) -> Person | None:
    """Whoever is called so, however it is spelt."""
    sql = """SELECT people.id, people.uid, people.name FROM spellings JOIN people ON people.id = person
             WHERE spellings.plain = ?"""
    row = transaction.execute(sql, (plain_name(name),)).fetchone()
    return Person._make(row) if row else None


def standing(transaction: Transaction, row: int) -> Person:
    """Somebody by the row they stand in."""
    return Person._make(transaction.execute("SELECT id, uid, name FROM people WHERE id = ?", (row,)).fetchone())


def add(transaction: Transaction, name: str, kind: str = "person", uid: str = "") -> Person:
    """Make a person whom nobody is called like; call inside a write transaction, with the event that says so."""
    number = transaction.execute("SELECT max(id) + 1 FROM people").fetchone()[0]
    person = Person(number, uid or new_uid(), name)
    transaction.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, NULL)", (*person, name, kind, number))
    transaction.execute("INSERT INTO spellings VALUES (?, ?, ?)", (plain_name(name), name, number))
    return person


def known_as(transaction: Transaction, name: str) -> str:
    """The name somebody is known by; the name itself where nobody is."""
    found = find(transaction, name)
    return found.name if found else name


def alike(transaction: Transaction, name: str) -> list[str]:
    """The name of whoever is called so, however it is spelt; nothing where nobody is."""
    found = find(transaction, name)
    return [found.name] if found else []


def name_of(transaction: Transaction, uid: str) -> str:
    """The name somebody is known by now, by their uid; the uid itself where nobody is."""
    sql = "SELECT known.name FROM people JOIN people AS known ON known.id = people.stands_for WHERE people.uid = ?"
    row = transaction.execute(sql, (uid,)).fetchone()
    return str(row[0]) if row else uid


def to_uid(transaction: Transaction, name: str) -> str:
    """How the log names somebody: by their uid, behind a mark; who is not known stays as they are written."""
    found = find(transaction, name)
    return f"{MARK}{found.uid}" if found else name


def from_uid(transaction: Transaction, said: str) -> str:
    """The name somebody is known by now whom the log names."""
    return name_of(transaction, said.removeprefix(MARK)) if said.startswith(MARK) else said


def renamed(kind: str, payload: dict[str, Any], rename: Rename) -> dict[str, Any]:
    """A payload with other names for the people it speaks of."""
    if kind == "ruled" and payload.get("between"):
        return {**payload, "between": _keys(payload["between"], rename)}
    if kind == "commented":
        return {**payload, "text": mentioning(payload["text"], rename)}
    if kind == "adjudicated":
        sources = {field: _annotators(said, rename) for field, said in payload.get("sources", {}).items()}
        return {**payload, "sources": sources, "seen": _keys(payload.get("seen", {}), rename)}
    return payload


def mentioning(text: str, rename: Rename) -> str:
    """A text with other names for the people it mentions; names that would not end where they end are quoted."""
    return MENTIONED.sub(lambda found: _mention(found[0], rename(found[0])), text)


def _mention(mark: str, name: str) -> str:
    if name == mark:
        return mark
    return f"{MARK}{name}" if ONE_WORD.fullmatch(name) else f'{MARK}"{name}"'


def _keys(said: dict[str, Any], rename: Rename) -> dict[str, Any]:
    return {rename(name): value for name, value in said.items()}


def _annotators(said: dict[str, Any], rename: Rename) -> dict[str, Any]:
    names = said.get("annotators")
    return {**said, "annotators": [rename(name) for name in names]} if isinstance(names, list) else said


def speaks_of_people(kind: str) -> bool:
    """Whether a kind of event has names in its payload."""
    return kind in {"ruled", "adjudicated", "commented"}


def names(transaction: Transaction, *tables: str) -> list[str]:
    """Every annotator in some tables, each once, ascending."""
    return [name for (name,) in transaction.execute(" UNION ".join(map(_names, tables)) + " ORDER BY 1")]


def everybody(transaction: Transaction) -> list[str]:
    """Everybody who is known, results and who did not say their name left out, ascending."""
    sql = "SELECT name FROM people WHERE stands_for = id AND kind IN ('person', 'model') ORDER BY name"
    return [name for (name,) in transaction.execute(sql)]


def at_work(transaction: Transaction) -> list[str]:
    """Everybody who wrote here or elsewhere, or is to do something, ascending."""
    sql = """SELECT name FROM people WHERE stands_for = id AND kind IN ('person', 'model') AND (
               EXISTS (SELECT 1 FROM assignments WHERE annotator = name)
               OR EXISTS (SELECT 1 FROM feeds JOIN people AS writer ON writer.id = feeds.person
                          WHERE writer.stands_for = people.id AND number > 0)) ORDER BY name"""
    return [name for (name,) in transaction.execute(sql)]


def who_left(transaction: Transaction) -> dict[str, str]:
    """Everybody who left, by name, with when."""
    return dict(transaction.execute("SELECT name, left_at FROM people WHERE stands_for = id AND left_at IS NOT NULL"))


def spelt(transaction: Transaction) -> dict[str, str]:
    """Every spelling in use of a person or a model, with the name they are known by."""
    sql = """SELECT spelling, name FROM spellings JOIN people ON people.id = person
             WHERE kind IN ('person', 'model') ORDER BY name, spelling"""
    return dict(transaction.execute(sql).fetchall())


def all_spelt(transaction: Transaction) -> list[tuple[str, str, str, str]]:
    """Every spelling of a person or a model as it reads, with uid, name and kind of whom it means."""
    sql = """SELECT plain, uid, name, kind FROM spellings JOIN people ON people.id = person
             WHERE kind IN ('person', 'model')"""
    return transaction.execute(sql).fetchall()


def spellings(transaction: Transaction, name: str) -> list[str]:
    """Every spelling of whoever is called so; nothing where nobody is."""
    sql = "SELECT spelling FROM spellings WHERE person = (SELECT person FROM spellings WHERE plain = ?) ORDER BY 1"
    return [spelling for (spelling,) in transaction.execute(sql, (plain_name(name),))]


def annotators(transaction: Transaction) -> list[str]:
    """Everybody who has a classification here."""
    return names(transaction, "classifications")


def differing(transaction: Transaction) -> list[str]:
    """Names that stand somewhere and are not how anybody is known; for the doctor."""
    known = {name for (name,) in transaction.execute("SELECT name FROM people WHERE stands_for = id")}
    sql = """SELECT name FROM people LEFT JOIN spellings ON plain = plain_name(name)
             WHERE person IS NOT stands_for AND stands_for = people.id"""
    unknown = {name for (name,) in transaction.execute(sql)}
    return sorted({*names(transaction, *TABLES)}.difference(known) | unknown)


def _names(table: str) -> str:
    """A query for the annotators in a table, by one look into an index each, however many rows there are."""
    return f"""SELECT name FROM (WITH RECURSIVE found (name) AS (SELECT min(annotator) FROM {table}
                 UNION ALL SELECT (SELECT min(annotator) FROM {table} WHERE annotator > name)
                 FROM found WHERE name IS NOT NULL)
               SELECT name FROM found WHERE name IS NOT NULL)"""


def works_by_others(transaction: Transaction, annotators: Sequence[str]) -> bool:
    """Whether anybody did more than to import classifications, or classifications of others than these."""
    sql = """SELECT 1 FROM events LEFT JOIN people ON people.id = whose
             WHERE subject IS NOT NULL AND (events.kind != 'imported'
               OR name NOT IN (SELECT value FROM json_each(?))) LIMIT 1"""
    return transaction.execute(sql, (json.dumps(list(annotators)),)).fetchone() is not None


def content_other_than(transaction: Transaction, prefix: str) -> str:
    """The key of some subject that does not begin so; empty when there is none."""
    sql = "SELECT key FROM subjects WHERE substr(key, 1, ?) != ? ORDER BY id LIMIT 1"
    row = transaction.execute(sql, (len(prefix), prefix)).fetchone()
    return row[0] if row else ""


def put(transaction: Transaction, annotator: str, point: ResumePoint) -> None:
    """Remember a place."""
    transaction.execute(
        "INSERT OR REPLACE INTO resume_points (annotator, subject, taxonomy, field, view) VALUES (?, ?, ?, ?, ?)",
        (annotator, point.subject, point.taxonomy, point.field, to_json(asdict(point.view))),
    )


def get(transaction: Transaction, annotator: str) -> ResumePoint | None:
    """The place remembered last; None for somebody new."""
    sql = "SELECT subject, taxonomy, field, view FROM resume_points WHERE annotator = ?"
    row = transaction.execute(sql, (annotator,)).fetchone()
    if row is None:
        return None
    kept = json.loads(row[3])
    view = QueueView(**{field.name: kept[field.name] for field in fields(QueueView) if field.name in kept})
    return ResumePoint(subject=row[0], taxonomy=row[1], field=row[2], view=view)
