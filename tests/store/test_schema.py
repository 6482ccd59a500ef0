"""db/schema.sql says what the migrations make, and the code speaks of nothing else."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from annotator.store.connection import latest_version, migration_files, schema
from annotator.store.importing.staging import TABLES
from tests.store.making import CHECKOUT, make_store

WRITTEN = (CHECKOUT / "db" / "schema.sql").read_text(encoding="utf-8")
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:(?:main|temp|other)\.)?+([a-z_]++)(?<!_)(?!\s*\()")
NAMED_ON_THE_WAY = re.compile(r"\b(?:WITH (?:RECURSIVE )?|CREATE TEMP TABLE )([a-z_]+)")
RENAMED = re.compile(r"\bRENAME TO (old_[a-z_]+)")
MADE_BY_SQLITE = {"json_each", "sqlite_schema", "search_data"}


def names(kind: str) -> set[str]:
    return set(re.findall(rf'^CREATE (?:VIRTUAL )?{kind} "?(\w+)"?', WRITTEN, re.MULTILINE))


def test_the_file_is_what_the_migrations_make() -> None:
    assert schema() == WRITTEN, "run `make generate`"


def test_it_makes_the_same_database_as_the_migrations(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as read, closing(make_store(tmp_path / "a.db")) as migrated:
        read.executescript(WRITTEN)
        made = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%sqlite%' AND tbl_name NOT LIKE '%sqlite%'"
        assert set(read.execute(made)) == set(migrated.transaction.execute(made))


def test_it_leaves_out_what_sqlite_keeps_for_itself() -> None:
    assert "search_data" not in WRITTEN
    assert "_migrations (" not in WRITTEN
    assert {"search", "search_unspaced", "events", "answers"} <= names("TABLE")


def test_every_table_is_strict() -> None:
    ordinary = re.findall(r'^CREATE TABLE "?(\w+)"? \((.*?);$', WRITTEN, re.MULTILINE | re.DOTALL)
    assert {name for name, _ in ordinary} | {"search", "search_unspaced"} == names("TABLE")
    assert [name for name, body in ordinary if not re.search(r"\) STRICT(, WITHOUT ROWID)?$", body)] == []


def texts(file: Path) -> Iterator[str]:
    """Every text in a module's code, what is filled into it left out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_code_speaks_only_of_tables_that_exist() -> None:
    modules = (CHECKOUT / "annotator").rglob("*.py")
    said = [text for file in modules for text in texts(file)]
    spoken = {name for text in said for name in NAMED.findall(text)}
    on_the_way = {name for text in said for name in NAMED_ON_THE_WAY.findall(text)}
    renamed = {name for file in migration_files() for name in RENAMED.findall(file.read_text(encoding="utf-8"))}
    known = names("TABLE") | names("VIEW") | MADE_BY_SQLITE | TABLES.keys() | on_the_way | renamed
    assert {"subjects", "events", "answers", "import_issues", "search", "documents_unspaced"} <= spoken
    assert spoken - known == set()


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(file.name[:4]) for file in migration_files()]
    assert numbers == list(range(1, latest_version() + 1))
