"""What is open to whom while annotation is blind: one rule, as a condition on classifications.

A viewer is *at work* on a subject under a taxonomy when it is dealt to them and not done, or when
they have a draft there, in whatever round.

- At work, they see their own classification of a round they are at work in, and nothing else there.
- Otherwise their own is open, and all of it once they have handed in, in whatever round.
- Who reviews, because the team says so or because they have looked already, sees all.
- Anybody else sees what imports brought and nobody touched here, and what is published.
- Nobody, who may be anybody at work, sees what nobody at work is kept from; every spelling of a
  name counts as a person then.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from annotator.model.person import same_name
from annotator.model.visibility import LeftOut, Viewer
from annotator.store import people, readable
from annotator.store.people import OF_SOMEBODY

THEIRS = "IN (SELECT value FROM json_each(?))"
TABLES = ("classifications", "assignments", "looks")


class Condition(NamedTuple):
    """SQL about a row of `classifications`, with its values; empty when nothing can be closed.

    All values are the same, so that a query with named values can take the condition too.
    """

    sql: str = ""
    values: tuple[str, ...] = ()

    @property
    def and_sql(self) -> str:
        """The condition behind another one."""
        return f" AND {self.sql}" if self.sql else ""

    @property
    def named(self) -> Condition:
        """The same for a query whose values have names; its own is `given`."""
        return self._replace(sql=self.sql.replace("?", ":viewer"))

    @property
    def given(self) -> dict[str, str]:
        """The value of `named`."""
        return {"viewer": self.values[0]} if self.values else {}


class Work(NamedTuple):
    """Something somebody is at work on, or has to do."""

    annotator: str
    round: int
    is_begun: bool


def spellings(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    """A name, then all others in the file that read like it."""
    known = people.names(connection, *TABLES)
    return (name, *(each for each in known if each != name and same_name(each, name)))


def people_at_work(connection: sqlite3.Connection, key: str, taxonomy: str) -> list[Work]:
    """Everybody who is at work on one subject, or has it to do."""
    subject = "(SELECT id FROM subjects WHERE key = ?)"
    sql = f"""SELECT annotator, round, 1 FROM classifications
              WHERE subject_id = {subject} AND taxonomy = ? AND status = 'draft'
              UNION ALL SELECT annotator, round, 0 FROM assignments
              WHERE subject_id = {subject} AND taxonomy = ? AND done = 0"""
    rows = connection.execute(sql, (key, taxonomy, key, taxonomy))
    return [Work(name, round_, bool(is_begun)) for name, round_, is_begun in rows]


def not_at_work_on(connection: sqlite3.Connection, viewer: Viewer, table: str) -> Condition:
    """That a viewer is not at work on the subject and taxonomy of a row, found by index for each."""
    whose = THEIRS if viewer.names else OF_SOMEBODY
    values = (json.dumps(viewer.names),) * 2 if viewer.names else ()
    if not viewer.is_blind or not is_any(connection, begun_or_dealt("1", whose), *values[:1]):
        return Condition()
    here = f"mine.subject_id = {table}.subject_id AND mine.taxonomy = {table}.taxonomy AND mine.annotator {whose}"
    return Condition(
        f"""NOT EXISTS (SELECT 1 FROM classifications AS mine WHERE {here} AND mine.status = 'draft')
            AND NOT EXISTS (SELECT 1 FROM assignments AS mine WHERE {here} AND mine.done = 0)""",
        values,
    )


def at_work_on(viewer: Viewer) -> Condition:
    """A query for the subjects and taxonomies a viewer is at work on, each once; for nobody, anybody is."""
    whose, names = (THEIRS, json.dumps(viewer.names)) if viewer.names else (OF_SOMEBODY, "")
    work = begun_or_dealt("subject_id, taxonomy", whose)
    return with_names(names, f"SELECT DISTINCT subject_id, taxonomy FROM ({work})")


def begun_or_dealt(columns: str, whose: str) -> str:
    """A query for what somebody has begun or has to do; for anybody, by the index that holds nothing but drafts."""
    by = "INDEXED BY classifications_at_work" if whose == OF_SOMEBODY else ""
    return f"""SELECT {columns} FROM classifications AS mine {by}
               WHERE mine.status = 'draft' AND mine.annotator {whose}
               UNION ALL SELECT {columns} FROM assignments AS mine WHERE mine.done = 0 AND mine.annotator {whose}"""


def with_names(names: str, sql: str) -> Condition:
    """A condition in which every question mark stands for the same names."""
    return Condition(sql, (names,) * sql.count("?"))


def is_any(connection: sqlite3.Connection, sql: str, names: str = "") -> bool:
    """Whether a query finds anything."""
    return bool(connection.execute(f"SELECT EXISTS ({sql})", (names,) * sql.count("?")).fetchone()[0])


def open_to(connection: sqlite3.Connection, viewer: Viewer, table: str = "classifications") -> Condition:
    """The classifications a viewer may see; `table` is the name the query gives them, and not `mine`."""
    if not viewer.is_blind:
        return Condition()
    if not viewer.names:
        return _open_to_nobody(table) if is_any(connection, begun_or_dealt("1", OF_SOMEBODY)) else Condition()
    names = json.dumps(viewer.names)
    otherwise = _open_otherwise(connection, viewer, names, table)
    if not is_any(connection, begun_or_dealt("1", THEIRS), names):
        return with_names(names, otherwise)
    own = f"""{table}.annotator {THEIRS} AND ({table}.subject_id, {table}.taxonomy, {table}.round)
              IN ({begun_or_dealt("subject_id, taxonomy, round", THEIRS)})"""
    return with_names(names, f"CASE WHEN {_is_at_work_on(table)} THEN {own} ELSE {otherwise or 1} END")


def issues_open_to(connection: sqlite3.Connection, viewer: Viewer) -> Condition:
    """The same about rows of `import_issues`: closed to those who are at work on what an issue is about.

    About a classification that is open all the same they are open, unless another round of it is closed.
    """
    if not not_at_work_on(connection, viewer, "classifications").sql:
        return Condition()
    seen = open_to(connection, viewer, "theirs")
    work = at_work_on(viewer).sql
    here = f"""SELECT key, lower(taxonomy), annotator FROM classifications AS theirs
               JOIN subjects ON subjects.id = subject_id WHERE (subject_id, taxonomy) IN ({work}) AND"""
    place, whole = "import_issues.subject, lower(import_issues.taxonomy)", "import_issues.annotator"
    sql = f"""(({place}) NOT IN (SELECT key, lower(taxonomy) FROM ({work}) JOIN subjects ON subjects.id = subject_id)
               OR ({place}, {whole}) IN ({here} {seen.sql}) AND ({place}, {whole}) NOT IN ({here} NOT ({seen.sql})))"""
    return with_names(json.dumps(viewer.names) if viewer.names else "", sql)


def left_out(connection: sqlite3.Connection, viewer: Viewer, where: str, values: Iterable[Any], what: str) -> LeftOut:
    """Count what a condition on classifications loses because it is closed; `what` is the column to count."""
    seen = open_to(connection, viewer)
    if not seen.sql:
        return LeftOut()
    work = at_work_on(viewer)
    here = f"(classifications.subject_id, classifications.taxonomy) IN ({work.sql})"
    sql = f"""SELECT count(DISTINCT {what}) FILTER (WHERE {here}), count(DISTINCT {what}) FILTER (WHERE NOT {here})
              FROM classifications JOIN subjects ON subjects.id = subject_id
              WHERE {where} AND NOT ({seen.sql})"""
    return LeftOut(*connection.execute(sql, (*work.values, *work.values, *values, *seen.values)).fetchone())


def is_anything_closed(connection: sqlite3.Connection, viewer: Viewer, key: str, taxonomy: str, round_: int) -> bool:
    """Whether a review of one subject would show a viewer what is closed to them otherwise."""
    seen = open_to(connection, viewer)
    if not seen.sql:
        return False
    sql = f"""SELECT 1 FROM classifications WHERE subject_id = (SELECT id FROM subjects WHERE key = ?)
              AND taxonomy = ? AND round = ? AND (status = 'submitted' OR annotator = 'adjudicated')
              AND status != 'untouched' AND NOT ({seen.sql}) LIMIT 1"""
    return connection.execute(sql, (key, taxonomy, round_, *seen.values)).fetchone() is not None


def _open_otherwise(connection: sqlite3.Connection, viewer: Viewer, names: str, table: str) -> str:
    """The rule for who is not at work: the cheap questions come first; empty when nothing can be closed."""
    made_here = f"""SELECT 1 FROM classifications WHERE is_imported = 0 AND publish = 'unpublished'
                    AND annotator NOT {THEIRS}"""
    if viewer.reviews or not is_any(connection, made_here, names):
        return ""
    handed_in = f"""SELECT subject_id, taxonomy FROM classifications AS mine
                    WHERE mine.annotator {THEIRS} AND mine.status = 'submitted'"""
    looked = f"SELECT subject_id, taxonomy FROM looks WHERE annotator {THEIRS}"
    return f"""({table}.annotator {THEIRS} OR {table}.publish = 'published'
                OR ({table}.subject_id, {table}.taxonomy) IN ({handed_in} UNION ALL {looked})
                OR {table}.is_imported)"""


def _open_to_nobody(table: str) -> Condition:
    """Only what each of those at work may see: the owner's own, of a round the owner is at work in."""
    another = f"""mine.subject_id = {table}.subject_id AND mine.taxonomy = {table}.taxonomy
                  AND mine.annotator {OF_SOMEBODY} AND mine.annotator != {table}.annotator"""
    own = f"({table}.subject_id, {table}.taxonomy, {table}.annotator, {table}.round)"
    return Condition(
        f"""CASE WHEN ({table}.subject_id, {table}.taxonomy) IN ({begun_or_dealt("subject_id, taxonomy", OF_SOMEBODY)})
            THEN {own} IN ({begun_or_dealt("subject_id, taxonomy, annotator, round", OF_SOMEBODY)})
              AND NOT EXISTS (SELECT 1 FROM classifications AS mine WHERE {another} AND mine.status = 'draft')
              AND NOT EXISTS (SELECT 1 FROM assignments AS mine WHERE {another} AND mine.done = 0)
            ELSE 1 END"""
    )


def _is_at_work_on(table: str) -> str:
    return f"({table}.subject_id, {table}.taxonomy) IN ({begun_or_dealt('subject_id, taxonomy', THEIRS)})"


SUBJECT = "(SELECT id FROM subjects WHERE key = ?)"


def put(connection: sqlite3.Connection, annotator: str, key: str, taxonomy: str) -> None:
    """Keep that somebody has looked, once; call inside a write transaction."""
    at = readable.now()
    sql = f"INSERT OR IGNORE INTO looks (annotator, subject_id, taxonomy, looked_at) VALUES (?, {SUBJECT}, ?, ?)"
    connection.execute(sql, (annotator, key, taxonomy, at))


def first(connection: sqlite3.Connection, names: Sequence[str], key: str, taxonomy: str) -> str:
    """When somebody, by all spellings of their name, first looked; empty when they did not."""
    sql = f"""SELECT min(looked_at) FROM looks WHERE annotator IN (SELECT value FROM json_each(?))
              AND taxonomy = ? AND subject_id = {SUBJECT}"""
    return connection.execute(sql, (json.dumps(list(names)), taxonomy, key)).fetchone()[0] or ""
