"""Whether the tables, indexes, views and triggers of a file are those that the migrations make."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from annotator.resources import data_folder
from annotator.store import search
from annotator.store.connection import add_functions

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

SPACE = re.compile(r"[\s\"]+")
MADE_AGAIN = {"index", "trigger", "view"}
"""What can be made again where it is missing or altered: it holds nothing of its own."""
REBUILD = "`annotator doctor --rebuild` makes it again"
SALVAGE = "`annotator salvage` makes a new database of what can be read"
READ = "SELECT type, name, sql FROM sqlite_schema"


class Part(NamedTuple):
    """Something that a schema has."""

    kind: str
    name: str


@cache
def _expected() -> dict[Part, str]:
    """What the migrations make, as it is written down: to apply them takes libraries that load slowly."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        add_functions(connection)
        connection.executescript((data_folder("db") / "schema.sql").read_text(encoding="utf-8"))
        return {Part(kind, name): sql or "" for kind, name, sql in connection.execute(f"{READ} ORDER BY rowid")}


def _is_of_search(part: Part) -> bool:
    return any(part.name in tables for tables in search.TABLES.values())


def differing(transaction: Transaction) -> Iterator[str]:
    """Each part of the schema that is missing, altered or foreign, in words with the way out."""
    found, expected = _found(transaction), _expected()
    for part, sql in expected.items():
        way_out = REBUILD if part.kind in MADE_AGAIN or _is_of_search(part) else SALVAGE
        if part not in found:
            yield f"the {part.kind} {part.name} is missing; {way_out}"
        elif not _is_same(found[part], sql):
            yield f"the {part.kind} {part.name} is not made as it should be; {way_out}"
    for part in found.keys() - expected.keys():
        if part.kind == "trigger":
            yield f"the trigger {part.name} is none of annotator's; {REBUILD.replace('makes it again', 'removes it')}"


def mend(transaction: Transaction) -> None:
    """Make indexes, views and triggers again that are missing or altered; call inside a write transaction."""
    found, expected = _found(transaction), _expected()
    for part in found:
        is_wrong = part not in expected or not _is_same(found[part], expected[part])
        if is_wrong and part.kind in MADE_AGAIN and (part in expected or part.kind == "trigger"):
            transaction.execute(f'DROP {part.kind} "{part.name}"')
    there = _found(transaction)
    for part, sql in expected.items():
        if part.kind in MADE_AGAIN and sql and part not in there:
            transaction.execute(sql)


def is_search_whole(transaction: Transaction) -> bool:
    """Whether the search indexes stand there as they were made, and can be asked."""
    found, expected = _found(transaction), _expected()
    parts = (part for part in expected if _is_of_search(part))
    return all(_is_same(found.get(part), expected[part]) for part in parts) and search.are_usable(transaction)


def make_search_again(transaction: Transaction, *, may_drop: bool = True) -> None:
    """Make the search indexes anew from the texts, whatever is left of them; call inside a write transaction.

    Where SQLite cannot drop them, because their pages do not hold together, it is made to forget them; their
    pages belong to nothing then, until the file is written anew.
    """
    expected = _expected()
    for index, tables in search.TABLES.items():
        forgotten = tables[:1] if may_drop else tables
        transaction.execute("PRAGMA writable_schema = ON")
        transaction.executemany("DELETE FROM sqlite_schema WHERE tbl_name = ?", ((table,) for table in forgotten))
        transaction.execute("PRAGMA writable_schema = RESET")
        for table in tables:
            transaction.execute(f"DROP TABLE IF EXISTS main.{table}")
        transaction.execute(expected[Part("table", index)])
    search.rebuild(transaction)


def _found(transaction: Transaction) -> dict[Part, str]:
    return {Part(str(kind), str(name)): sql or "" for kind, name, sql in transaction.execute(READ)}


def _is_same(one: object, other: str) -> bool:
    """Whether two statements say the same, however an SQLite of its time quoted and spaced them."""
    return isinstance(one, str) and SPACE.sub(" ", one) == SPACE.sub(" ", other)
