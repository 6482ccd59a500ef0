"""Who is at work on what: it is dealt to them and not done, or they have a draft there, in whatever round."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from annotator.models.reserved import same_name
from annotator.models.viewing import Viewer
from annotator.store import people
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
