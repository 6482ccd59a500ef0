"""Opening a database: new, existing, missing, foreign, newer, protected."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import (
    NotAStoreError,
    NotFoundError,
    StoreDiskError,
    StoreError,
    StoreReadOnlyError,
    StoreTooNewError,
)
from annotator.store import connection
from annotator.store.connection import APPLICATION_ID
from annotator.store.store import Store
from tests.conftest import Lock
from tests.store.making import answer, make_store, of, problems


def setting(store: Store, name: str) -> object:
    return store.transaction.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_file_is_made_for_safe_writing(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "new.db")) as store:
        assert setting(store, "journal_mode") == "wal"
        assert setting(store, "synchronous") == 2
        assert setting(store, "foreign_keys") == 1
        assert setting(store, "application_id") == APPLICATION_ID
        assert problems(store) == []


def test_a_log_that_cannot_be_begun_is_said_so_and_not_believed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = connection._address
    monkeypatch.setattr(connection, "_address", lambda *how: usual(*how) + "&vfs=unix-dotfile")  # which has no log
    with pytest.raises(StoreDiskError, match="its log cannot be begun"):
        Store.open(tmp_path / "new.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with closing(make_store(path)) as store:
        assert problems(store) == []


@pytest.mark.parametrize("name", ["what? 100% #1.db", "顔認証.db", 'it\'s "quoted".db', "file:x?mode=memory"])
def test_odd_names_are_names_like_any_other(tmp_path: Path, name: str) -> None:
    with closing(make_store(tmp_path / name)) as store:
        answer(store, of(), "a", "yes")
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_what_was_stored_is_there_again(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        answer(store, of(), "a", "yes")
    with closing(Store.open(tmp_path / "a.db", create=False)) as store:
        assert store.classification(of()).answers["a"].value == "yes"


def test_a_missing_file_is_only_made_when_asked(tmp_path: Path) -> None:
    for read_only in (False, True):
        with pytest.raises(NotFoundError, match=r"no such database.*--db FILE"):
            Store.open(tmp_path / "a.db", create=False, read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such folder; create it first"):
        Store.open(tmp_path / "gone" / "a.db")


def test_a_file_in_place_of_a_folder_is_said_to_be_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file: is no folder"):
        Store.open(tmp_path / "file" / "a.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(NotAStoreError, match="is a folder; --db takes a file"):
        Store.open(tmp_path)


def test_a_pipe_and_a_socket_are_no_databases(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with closing(socket.socket(socket.AF_UNIX)) as bound:
        bound.bind(str(tmp_path / "socket"))
        for name in ("pipe", "socket"):
            with pytest.raises(NotAStoreError, match="--db takes a file"):
                Store.open(tmp_path / name)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"], ids=["too long", "with a null"])
def test_an_impossible_name_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreReadOnlyError, match="cannot be opened"):
        Store.open(tmp_path / name)


def test_a_text_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 200)
    with pytest.raises(NotAStoreError, match=r"not a database of annotator.*--db FILE"):
        Store.open(path)
    assert path.read_text() == "Dear diary, " * 200


@pytest.mark.parametrize("keep", [2, 50, 99, 5_000])
def test_half_a_database_is_refused_in_words(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StoreError):
        problems(Store.open(path))


def foreign(path: Path, *statements: str) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path.read_bytes()


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE bookmarks (url)"],
        ["PRAGMA application_id = 77"],
        ["PRAGMA user_version = 9"],
        ["CREATE TABLE subjects (id)", "PRAGMA user_version = 1"],
    ],
    ids=["tables", "only an application id", "only a version", "a table of the same name"],
)
def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path, statements: list[str]) -> None:
    path = tmp_path / "theirs.db"
    before = foreign(path, *statements)
    with pytest.raises(NotAStoreError, match="not made by annotator"):
        Store.open(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["theirs.db"]


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    before = foreign(path, "PRAGMA user_version = 4711")
    for read_only in (False, True):
        with pytest.raises(StoreTooNewError, match=r"newer annotator \(file version 4711.*Install the newer version"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_protected_file_is_refused_at_once(tmp_path: Path, write_protect: Lock) -> None:
    path = tmp_path / "a.db"
    make_store(path).close()
    write_protect(path)
    with pytest.raises(StoreReadOnlyError, match=r"the file cannot be written; nothing was changed.*annotator backup"):
        Store.open(path)


def test_a_protected_folder_is_refused_at_once(tmp_path: Path, write_protect: Lock) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    make_store(folder / "a.db").close()
    write_protect(folder)
    with pytest.raises(StoreReadOnlyError, match="the folder it is in cannot be written"):
        Store.open(folder / "a.db")
    with pytest.raises(StoreError, match="can be written"):
        Store.open(folder / "new.db")


def test_a_protected_file_in_a_protected_folder_can_be_read_examined_and_backed_up(
    tmp_path: Path, write_protect: Lock
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    with closing(make_store(folder / "a.db")) as store:
        answer(store, of(), "a", "yes")
    write_protect(folder / "a.db")
    write_protect(folder)
    with closing(Store.open(folder / "a.db", read_only=True)) as store:
        assert store.classification(of()).answers["a"].value == "yes"
        store.backup(tmp_path / "copy.db")
    with closing(Store.open(tmp_path / "copy.db", create=False)) as copied:
        assert copied.classification(of()).answers["a"].value == "yes"


def test_a_file_opened_for_reading_refuses_to_write_but_can_be_examined(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with closing(Store.open(store.path, store.hiding, read_only=True)) as reader:
        assert problems(reader) == []
        with pytest.raises(StoreReadOnlyError, match="cannot be written; nothing was saved"):
            answer(reader, of(), "a", "no")
        with closing(reader.another()) as another, pytest.raises(StoreReadOnlyError):
            answer(another, of(), "a", "no")
    assert store.classification(of()).answers["a"].value == "yes"


def test_writing_inside_reading_is_a_mistake_that_shows(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside `reading`"), store.reading():
        answer(store, of(), "a", "yes")
    assert store.classification(of()).status == "untouched"
