"""Bringing a file up to date happens whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreError, StoreTooNewError
from annotator.model.record import IncidentRecord
from annotator.model.subject import EntityLink, Incident
from annotator.store import assignments, disagreements, migrating, projection, readable
from annotator.store.content import put_incidents
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems, record

Add = Callable[[str, str], None]
FIRST = migrating.migration_files()
SHIPPED = len(FIRST)


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Add:
    """Give the program further migrations than it ships with."""
    files = list(FIRST)
    monkeypatch.setattr(migrating, "migration_files", lambda: files)

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
        assert store.connection.execute("SELECT id FROM more").fetchall() == [(7,)]
        assert store.classification(of()).answers["a"].value == "yes"
        assert problems(store) == []
    assert version(path) == SHIPPED + 1
    with closing(Store.open(path)) as store:
        assert store.connection.execute("SELECT count(*) FROM more").fetchone() == (1,)


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
    with closing(make_store(path)) as store, store.writing() as connection:
        incident = Incident(key="t:1", entities=(EntityLink(name="Somebody", role="harmed"),))
        put_incidents(connection, [IncidentRecord(incident, "")])
    add_migration(
        f"{SHIPPED + 1:04}_rebuild",
        "CREATE TABLE anew (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, wiki TEXT) STRICT;"
        "INSERT INTO anew (id, name) SELECT * FROM entities; DROP TABLE entities; ALTER TABLE anew RENAME TO entities;",
    )
    with closing(Store.open(path)) as store:
        assert store.connection.execute("SELECT count(*) FROM incident_entities").fetchone() == (1,)
        assert store.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert problems(store) == []


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


@pytest.mark.parametrize("older", [1, 2])  # the third migration brought it
def test_a_file_of_an_older_version_learns_where_its_annotators_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: int
) -> None:
    path = tmp_path / "a.db"
    monkeypatch.setattr(migrating, "migration_files", lambda: FIRST[:older])
    monkeypatch.setattr(disagreements, "refresh", lambda *_: None)  # it knew of none
    monkeypatch.setattr(assignments, "refresh", lambda *_: None)
    head = readable.head
    monkeypatch.setattr(projection, "UPSERT", projection.upsert(readable.HEAD[:-1]))  # nor of what is imported
    monkeypatch.setattr(readable, "head", lambda *given: head(*given)[:-1])
    with closing(make_store(path)) as store:
        for annotator, values in (("eva", ["x", "y"]), ("bob", ["y", "x"]), ("AIID", ["z"])):
            answer(store, of(annotator=annotator), "same", values)
            answer(store, of(annotator=annotator), "a", "yes" if annotator == "eva" else "no")
            record(store, of(annotator=annotator), "submitted")
    assert version(path) == older
    monkeypatch.undo()
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        found = "SELECT taxonomy, round, field, positions, settled FROM disagreements"
        assert store.connection.execute(found).fetchall() == [("T", 1, "a", 2, 0)]
        assert store.connection.execute("SELECT fields FROM disputed_subjects").fetchall() == [(1,)]
        assert problems(store) == []
    assert version(path) == SHIPPED


def test_a_file_of_an_older_version_learns_what_is_as_it_was_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    monkeypatch.setattr(migrating, "migration_files", lambda: FIRST[:3])
    head = readable.head
    monkeypatch.setattr(projection, "UPSERT", projection.upsert(readable.HEAD[:-1]))  # it knew of no such column
    monkeypatch.setattr(readable, "head", lambda *given: head(*given)[:-1])
    monkeypatch.setattr(assignments, "refresh", lambda *_: None)  # nor of work that is dealt
    with closing(make_store(path)) as store:
        for annotator in ("brought", "published", "edited", "flagged"):
            record(store, of(annotator=annotator), "imported", answers={"a": {"value": "yes"}}, status="submitted")
        record(store, of(annotator="published"), "published")
        record(store, of(annotator="published"), "withdrawn")
        answer(store, of(annotator="edited"), "a", "no")
        record(store, of(annotator="edited"), "undone", event=last_event(store))
        record(store, of(annotator="flagged"), "flag_raised", reason="odd")
        answer(store, of(annotator="own"), "a", "yes")
        answer(store, of("t:2", "brought"), "a", "yes")  # another subject of somebody whose work was imported
    monkeypatch.undo()
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        sql = "SELECT annotator, subject_id FROM classifications WHERE is_imported ORDER BY 1"
        assert store.connection.execute(sql).fetchall() == [("brought", 1), ("published", 1)]
        assert problems(store) == []
        store.rebuild()
        assert store.connection.execute(sql).fetchall() == [("brought", 1), ("published", 1)]


def last_event(store: Store) -> str:
    return str(store.connection.execute("SELECT max(id) FROM events").fetchone()[0])
