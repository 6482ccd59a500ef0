"""Bringing a file up to date happens whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from annotator.errors import StoreError, StoreTooNewError
from annotator.model.event import EventKind, TeamKind
from annotator.model.queue import QueueView
from annotator.model.record import IncidentRecord
from annotator.model.rounds import FIRST_ROUNDS
from annotator.model.subject import EntityLink, Incident
from annotator.model.visibility import UNBOUND
from annotator.store.connection import migration_files
from annotator.store.queue import QueueQuery, rows
from annotator.store.store import Store
from tests.store.databases import schemas, unpack
from tests.store.databases.write import LONG, write
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems, put

Add = Callable[[str, str], None]
FIRST = migration_files()
SHIPPED = len(FIRST)
FEEDS = 7
"""The schema whose migration made feeds of the events."""


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Add:
    """Give the program further migrations than it ships with."""
    files = list(FIRST)
    monkeypatch.setattr("annotator.store.connection.migration_files", lambda: files)

    def add(name: str, sql: str) -> None:
        file = tmp_path / f"{name}.sql"
        file.write_text(sql)
        files.append(file)

    return add


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_an_older_file_is_brought_up_to_date_and_keeps_its_content(tmp_path: Path, add_migration: Add) -> None:
    path = tmp_path / "a.db"
    with closing(make_store(path)) as store:
        answer(store, of(), "a", "yes")
    add_migration(f"{SHIPPED + 1:04}_more", "CREATE TABLE more (id INTEGER) STRICT;\nINSERT INTO more VALUES (7);")
    with closing(Store.open(path)) as store:
        assert store.transaction.execute("SELECT id FROM more").fetchall() == [(7,)]
        assert store.classification(of()).answers["a"].value == "yes"
        assert problems(store) == []
    assert version(path) == SHIPPED + 1
    with closing(Store.open(path)) as store:
        assert store.transaction.execute("SELECT count(*) FROM more").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, add_migration: Add) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    before = tables(path)
    add_migration(f"{SHIPPED + 1:04}_more", "CREATE TABLE more (id INTEGER) STRICT;")
    add_migration(f"{SHIPPED + 2:04}_broken", "CREATE TABLE half (id INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        Store.open(path)
    assert tables(path) == before
    assert version(path) == SHIPPED


def test_a_new_file_is_whole_or_empty(tmp_path: Path, add_migration: Add) -> None:
    add_migration(f"{SHIPPED + 1:04}_broken", "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        Store.open(tmp_path / "new.db")
    assert tables(tmp_path / "new.db") == set()


def test_rebuilding_a_table_keeps_what_refers_to_it(tmp_path: Path, add_migration: Add) -> None:
    path = tmp_path / "a.db"
    with closing(make_store(path)) as store:
        incident = Incident(key="t:1", entities=(EntityLink(name="Somebody", role="harmed"),))
        put(store, IncidentRecord(incident, ""))
    add_migration(
        f"{SHIPPED + 1:04}_rebuild",
        "CREATE TABLE anew (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, wiki TEXT) STRICT;\n"
        "INSERT INTO anew (id, name) SELECT * FROM entities;\nDROP TABLE entities;\n"
        "ALTER TABLE anew RENAME TO entities;",
    )
    with closing(Store.open(path)) as store:
        assert store.transaction.execute("SELECT count(*) FROM incident_entities").fetchone() == (1,)
        assert store.transaction.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert [each for each in problems(store) if "the table entities is not made as" not in each] == []


def test_an_older_file_opened_only_for_reading_says_what_to_do(tmp_path: Path, add_migration: Add) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    add_migration(f"{SHIPPED + 1:04}_more", "CREATE TABLE more (id INTEGER) STRICT;")
    with pytest.raises(StoreError, match=r"older version\. Open it once for writing"):
        Store.open(path, read_only=True)
    assert version(path) == SHIPPED


def test_an_older_program_that_waited_for_a_newer_one_refuses_what_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SHIPPED + 1}")
    monkeypatch.setattr("annotator.store.connection._version", lambda _connection, _path: 0)  # before it waited
    with pytest.raises(StoreTooNewError):
        Store.open(path)
    assert version(path) == SHIPPED + 1


# Files that programs of former schemas wrote


def contents(path: Path, columns: Mapping[str, list[str]] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a file's tables, or in some columns of some; but for what full-text search keeps for itself."""
    with closing(sqlite3.connect(path)) as connection:
        if columns is None:
            columns = columns_of(connection)
        return {
            table: sorted(connection.execute(f"SELECT {', '.join(map(quoted, names))} FROM {table}"), key=repr)
            for table, names in columns.items()
        }


def columns_of(connection: sqlite3.Connection) -> dict[str, list[str]]:
    sql = """SELECT tables.name, columns.name FROM pragma_table_list AS tables
             JOIN pragma_table_xinfo(tables.name) AS columns
             WHERE tables.type = 'table' AND tables.schema = 'main' AND tables.name NOT LIKE '\\_%' ESCAPE '\\'
               AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(sql):
        found.setdefault(table, []).append(column)
    return found


def quoted(name: str) -> str:
    return f'"{name}"'


@pytest.mark.parametrize("schema", schemas())
def test_a_file_of_every_schema_keeps_all_it_holds_and_the_doctor_is_content(tmp_path: Path, schema: int) -> None:
    path = unpack(schema, tmp_path)
    assert version(path) == schema
    with closing(sqlite3.connect(path)) as connection:
        columns = columns_of(connection)
    before = contents(path)
    assert before["events"] and before["answers"] and before["evidence"] and before["flags"]
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        # Before schema 12 was released, an index had other columns.
        assert [each for each in problems(store) if "assignments_in_order" not in each or schema != 12] == []
    assert version(path) == SHIPPED
    is_moved = schema < FEEDS
    kept = {table: names for table, names in columns.items() if not (is_moved and table in {"events", "people"})}
    ids = moved(path, before["events"]) if is_moved else {}
    assert contents(path, kept) == {table: under(ids, before[table]) for table in kept}
    migrated = contents(path)
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        store.rebuild()
        assert problems(store) == []
        assert uncoded(contents(path)) == uncoded(migrated)
        answer(store, of("t:6"), "a", "yes")
        assert problems(store) == []


def moved(path: Path, old: list[tuple[object, ...]]) -> dict[object, object]:
    """The new names of events by their old ones, once the log is found to say the same in the same order."""
    told = "SELECT id, at, author, kind, subject, taxonomy, annotator, round, version, payload FROM log"
    with closing(sqlite3.connect(path)) as connection:
        new = connection.execute(f"{told} WHERE version > 0 ORDER BY counter").fetchall()
        names = dict(connection.execute("SELECT '@' || uid, name FROM people").fetchall())
    ids: dict[object, object] = {before[0]: after[0] for before, after in zip(sorted(old, key=repr), new, strict=True)}
    for before, after in zip(sorted(old, key=repr), new, strict=True):
        by = "" if before[3] == "imported" else before[2]  # nobody knows who imported what older versions hold
        assert after[1:9] == (before[1], by, *before[3:9])
        said = str(after[9])
        for now, then in ({new: old for old, new in ids.items()} | names).items():
            said = said.replace(f'"{now}"', f'"{then}"')
        assert json.loads(said) == json.loads(str(before[9]))
    return ids


def under(ids: Mapping[object, object], rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Rows with events by their new names."""
    return sorted((tuple(ids.get(value, value) for value in row) for row in rows), key=repr)


def uncoded(tables: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """The same without what a rebuilding numbers anew."""
    anew = (
        "classifications", "answers", "value_codes", "evidence", "flags", "rulings", "adjudications", "conflicts",
        "hand_ins", "first_answers", "stale_decisions",
    )  # fmt: skip
    return {table: rows for table, rows in tables.items() if table not in anew}


@pytest.mark.parametrize("schema", schemas())
def test_a_file_of_every_schema_is_read_as_it_was_written(tmp_path: Path, schema: int) -> None:
    with closing(Store.open(unpack(schema, tmp_path), hides_b_unless_a_says_yes)) as store:
        one = store.classification(of("t:4"))
        assert {field: (each.state, each.value) for field, each in one.answers.items()} == {
            "a": ("answered", "no"),
            "b": ("hidden", "shown for now"),
            "c": ("answered", LONG),
        }
        assert (one.status, one.notes) == ("submitted", "Two lines\nof a note")
        flags = [("is this so?", True)] if schema < FEEDS else []  # what raised it was erased there
        assert [(flag.reason, bool(flag.resolved_at)) for flag in one.flags] == flags
        assert list(store.transaction.execute("SELECT text FROM reports ORDER BY id")) == [
            ("The robot stood on the ramp.",), ("ロボットが坂道にいた。",),
        ]  # fmt: skip
        assert found(store, "robot") == {"t:r1", *(["t:1"] if schema >= 4 else [])}
        assert found(store, "坂道") == {"t:r2"}


def found(store: Store, words: str) -> set[str]:
    with store.reading() as transaction:
        query = QueueQuery(QueueView(search=words), "eva", FIRST_ROUNDS)
        ids = query.ids(transaction).tolist()
        return {row.key for row in rows(transaction, ids, "eva", FIRST_ROUNDS, lambda: UNBOUND)}


BEFORE_FEEDS = set(get_args(EventKind)) - {"incoming_settled", "version_taken"}
EVERY_KIND = {*get_args(EventKind), *get_args(TeamKind)}
SINCE: set[str] = set()
"""Kinds that came after the newest database was written."""
FILLED_BY_MERGING = {"team_conflicts"}


@pytest.mark.parametrize(
    ("schema", "kinds", "unfilled"),
    [(FEEDS - 1, BEFORE_FEEDS, set()), (schemas()[-1], EVERY_KIND - SINCE, FILLED_BY_MERGING)],
    ids=["before feeds", "newest"],
)
def test_a_database_has_an_event_of_every_kind_and_something_in_every_table(
    tmp_path: Path, schema: int, kinds: set[str], unfilled: set[str]
) -> None:
    held = contents(unpack(schema, tmp_path))
    assert {row[3] for row in held["events"]} - {None} == kinds
    assert {table for table, rows in held.items() if not rows and not table.startswith("search")} == unfilled


def test_what_the_next_database_will_be_has_an_event_of_every_kind_and_something_in_every_table(
    tmp_path: Path,
) -> None:
    with closing(write(tmp_path / "new.db")) as store:
        kinds = {kind for (kind,) in store.transaction.execute("SELECT kind FROM events WHERE kind IS NOT NULL")}
        assert kinds == EVERY_KIND
        assert problems(store) == []
        store.rebuild()
        assert problems(store) == []
    held = contents(tmp_path / "new.db")
    empty = {table for table, rows in held.items() if not rows and not table.startswith("search")}
    assert empty == FILLED_BY_MERGING


def test_there_is_a_database_of_every_schema_that_people_have() -> None:
    """Whoever adds a migration writes one of the schema before it first; nobody was given schema 2."""
    assert schemas()[:2] == [1, 3]
    assert set(schemas()) >= set(range(3, SHIPPED))


@pytest.mark.parametrize("schema", [each for each in schemas() if each < 3])  # the third migration brought it
def test_a_file_of_an_older_version_learns_where_its_annotators_differ(tmp_path: Path, schema: int) -> None:
    with closing(Store.open(unpack(schema, tmp_path), hides_b_unless_a_says_yes)) as store:
        sql = "SELECT subject_id, taxonomy, round, field, positions, settled FROM disagreements"
        assert store.transaction.execute(sql).fetchall() == [(1, "T", 1, "a", 2, 0)]
        assert store.transaction.execute("SELECT subject_id, fields FROM disputed_subjects").fetchall() == [(1, 1)]


@pytest.mark.parametrize("schema", [each for each in schemas() if each < 4])  # the fourth migration brought it
def test_a_file_of_an_older_version_learns_what_is_as_it_was_imported(tmp_path: Path, schema: int) -> None:
    with closing(Store.open(unpack(schema, tmp_path), hides_b_unless_a_says_yes)) as store:
        sql = "SELECT annotator, subject_id FROM classifications WHERE is_imported ORDER BY 1"
        assert store.transaction.execute(sql).fetchall() == [("brought", 2), ("published", 2)]
        assert problems(store) == []
