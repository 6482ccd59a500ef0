"""Files of older versions become feeds: the same ones wherever they are brought up to date, and nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import StoreDamagedError, StoreError
from annotator.store import people
from annotator.store.file import backup
from annotator.store.log import events
from annotator.store.store import Store
from tests.store.databases import schemas, unpack
from tests.store.making import answer, hides_b_unless_a_says_yes, of, problems
from tests.store.test_migrating import columns_of, contents, version

OLD = [schema for schema in schemas() if schema < 7]
NEWEST = OLD[-1]
TEAM = ("assignments", "rounds", "settings", "looks")
IDENTICAL = {
    "people": "SELECT id, uid, name, kind, stands_for FROM people ORDER BY id",
    "spellings": "SELECT * FROM spellings ORDER BY plain",
    "feeds": "SELECT * FROM feeds ORDER BY id",
    "events": "SELECT * FROM events ORDER BY id",
    "subject versions": "SELECT id, key, seen, subject_id FROM subject_versions ORDER BY id",
    "classifications": "SELECT * FROM classifications ORDER BY id",
    "answers": "SELECT * FROM answers ORDER BY classification_id, field, position",
    "flags": "SELECT * FROM flags ORDER BY id",
    "rulings": "SELECT * FROM rulings ORDER BY event, field",
    **{table: f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4" for table in TEAM},
}
LATER = "ffffffff-ffff-7fff-bfff-{:012}"
"""The id of an event that comes after all of an old file."""


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        yield store


def brought_up_to_date(path: Path) -> dict[str, list[Any]]:
    """Everything that is to be the same, once the doctor is content."""
    with opened(path) as store:
        assert problems(store) == []
        return {what: store.transaction.execute(sql).fetchall() for what, sql in IDENTICAL.items()}


def copy_of(folder: Path, name: str, schema: int) -> Path:
    (folder / name).mkdir()
    return unpack(schema, folder / name)


def change(path: Path, *statements: str, rows: list[tuple[Any, ...]] | None = None) -> None:
    """Change an old file, as a program of its time could."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            if rows is None:
                connection.execute(statement)
            else:
                connection.executemany(statement, rows)


# The same everywhere


@pytest.mark.parametrize("schema", OLD)
def test_two_copies_that_are_brought_up_to_date_apart_are_identical(tmp_path: Path, schema: int) -> None:
    one, other = (brought_up_to_date(copy_of(tmp_path, name, schema)) for name in ("one", "other"))
    assert one["feeds"] and one["events"]
    for what in IDENTICAL:
        assert one[what] == other[what], what


def test_what_comes_later_in_one_copy_changes_nothing_of_what_both_hold(tmp_path: Path) -> None:
    one, other = (copy_of(tmp_path, name, NEWEST) for name in ("one", "other"))
    add(other, 1, "eva", "note_set", "t:6", {"text": "of the copy"})
    before, after = brought_up_to_date(one), brought_up_to_date(other)
    assert set(before["events"]) < set(after["events"])
    assert [row[1] for row in before["people"]] == [row[1] for row in after["people"]]
    assert len(after["events"]) == len(before["events"]) + 1


def test_files_that_have_nothing_to_do_with_one_another_share_no_name(tmp_path: Path) -> None:
    """Nobody who has not the old file can guess what its people and feeds are called."""
    one, other = (brought_up_to_date(unpack(schema, tmp_path)) for schema in OLD[-2:])
    for what in ("people", "feeds"):
        uids = [{row[1] for row in found[what] if row[0] > 3} for found in (one, other)]
        assert uids[0] and uids[1]
        assert not uids[0] & uids[1]
    salts = [{row[-3] for row in found["events"]} for found in (one, other)]
    assert len(salts[0]) == len(one["events"])
    assert not salts[0] & salts[1]


def test_each_copy_is_a_replica_of_its_own_from_its_next_write_on(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        with opened(copy_of(tmp_path, name, NEWEST)) as store:
            answer(store, of("t:6"), "a", f"of {name}")
            found.append(store.transaction.execute("SELECT uid FROM replicas").fetchall())
            assert problems(store) == []
    assert [len(each) for each in found] == [1, 1]
    assert found[0] != found[1]


# The copy that is kept first


@pytest.mark.parametrize("schema", OLD)
def test_a_copy_of_the_file_as_it_was_stands_beside(tmp_path: Path, schema: int) -> None:
    path = unpack(schema, tmp_path)
    before = contents(path)
    opened_once = brought_up_to_date(path)
    kept = path.with_name(f"{path.name}.schema-{schema}.backup")
    assert sorted(file.name for file in tmp_path.iterdir() if "-" not in file.name[-4:]) == [path.name, kept.name]
    assert version(kept) == schema
    assert contents(kept) == before
    again = kept.rename(tmp_path / "again.db")
    assert brought_up_to_date(again) == opened_once


def test_a_copy_that_stands_there_already_is_not_overwritten(tmp_path: Path) -> None:
    path = unpack(NEWEST, tmp_path)
    kept = path.with_name(f"{path.name}.schema-{NEWEST}.backup")
    kept.write_text("of somebody")
    brought_up_to_date(path)
    assert kept.read_text() == "of somebody"
    assert version(path.with_name(f"{path.name}.schema-{NEWEST}.2.backup")) == NEWEST


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _others(_: sqlite3.Connection) -> dict[str, int]:
    _others.asked = getattr(_others, "asked", 0) + 1  # type: ignore[attr-defined]
    return {"events": _others.asked}  # type: ignore[attr-defined]


FAILING: dict[str, tuple[str, Callable[..., Any], type[StoreError], str]] = {
    "no room": (
        "name_for_the_first_time",
        _no_room,
        StoreError,
        "was not brought up to date, because no copy of it can be kept first",
    ),
    "another copy": ("_counts", _others, StoreDamagedError, "does not hold the same. Nothing was changed."),
}


@pytest.mark.parametrize("why", FAILING)
def test_without_a_copy_nothing_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    path = unpack(NEWEST, tmp_path)
    before = contents(path)
    name, failing, error, words = FAILING[why]
    with monkeypatch.context() as patched:
        patched.setattr(backup, name, failing)
        with pytest.raises(error, match=words):
            Store.open(path)
    assert (version(path), contents(path)) == (NEWEST, before)
    assert [file for file in tmp_path.iterdir() if "backup" in file.name] == []
    brought_up_to_date(path)


# One person in several spellings


def add(path: Path, number: int, name: str, kind: str, subject: str, payload: dict[str, Any]) -> None:
    """An event of an old program, with the classification it would have shown."""
    event = (
        LATER.format(number), f"2026-11-27T00:00:{number:02}.000Z", name, kind, subject, "T", name, 1, 1,
        json.dumps(payload),
    )  # fmt: skip
    change(
        path,
        """INSERT INTO events (id, at, annotator, kind, subject, taxonomy, of_annotator, round, version, payload)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        rows=[event],
    )
    change(
        path,
        """INSERT OR IGNORE INTO classifications (subject_id, taxonomy, version, annotator, round, status, publish,
             flagged, notes, skip_reason, answers, hidden)
           SELECT id, 'T', 1, ?, 1, 'draft', 'unpublished', 0, '', '', '{}', '{}' FROM subjects WHERE key = ?""",
        rows=[(name, subject)],
    )
    if kind == "note_set":
        sql = "UPDATE classifications SET notes = ?, updated_at = ? WHERE annotator = ? AND subject_id = (SELECT id"
        change(path, f"{sql} FROM subjects WHERE key = ?)", rows=[(payload["text"], event[1], name, subject)])


@pytest.fixture
def spelt(tmp_path: Path) -> Path:
    """An old file in which Bob worked under three spellings, on one subject and on one of each."""
    path = unpack(NEWEST, tmp_path)
    for number, name in enumerate(("BOB", "Ｂｏｂ", " bob "), 1):
        add(path, number, name, "answer_set", "t:6", {"field": name.strip(), "answer": {"value": f"of {name}"}})
        add(path, 10 + number, name, "answer_set", f"t:{2 + number}", {"field": "a", "answer": {"value": name}})
    dealt = [(name, number) for number, name in enumerate(("BOB", "Ｂｏｂ"), 1)]
    change(path, "INSERT INTO assignments VALUES (4, 'T', ?, 1, ?, 1, 0, 'LEAD', '2026-11-27')", rows=dealt)
    seen = [(name, f"2026-11-2{number}") for number, name in enumerate(("BOB", "Ｂｏｂ"), 1)]
    change(path, "INSERT INTO looks (annotator, taxonomy, looked_at, subject_id) VALUES (?, 'T', ?, 5)", rows=seen)
    return path


def test_one_name_in_several_spellings_becomes_one_person_with_everything_of_each(spelt: Path) -> None:
    with closing(sqlite3.connect(spelt)) as connection:
        sql = "SELECT payload FROM events WHERE kind != 'imported' AND annotator IN ('bob', 'BOB', 'Ｂｏｂ', ' bob ')"
        before = sorted(json.dumps(json.loads(payload)) for (payload,) in connection.execute(sql))
    with opened(spelt) as store:
        assert problems(store) == []
        for name in ("bob", "BOB", "Ｂｏｂ", " bob "):
            assert people.known_as(store.transaction, name) == "bob"
        named = store.transaction.execute("SELECT name FROM people WHERE plain_name(name) = 'bob'").fetchall()
        assert named == [("bob",)]
        assert people.names(store.transaction, *people.TABLES).count("bob") == 1
        assert not {"BOB", "Ｂｏｂ", " bob "}.intersection(people.names(store.transaction, *people.TABLES))
        sql = "SELECT payload FROM log WHERE author = 'bob' AND subject IS NOT NULL AND kind != 'looked'"
        assert sorted(json.dumps(json.loads(payload)) for (payload,) in store.transaction.execute(sql)) == before
        assert len(before) == 11
        of_all = store.classification(of("t:6", "bob"))
        assert {field: each.value for field, each in of_all.answers.items()} == {
            "BOB": "of BOB", "Ｂｏｂ": "of Ｂｏｂ", "bob": "of  bob ",
        }  # fmt: skip
        for key, name in (("t:3", "BOB"), ("t:4", "Ｂｏｂ"), ("t:5", " bob ")):
            assert store.classification(of(key, "bob")).answers["a"].value == name
        store.rebuild()
        assert problems(store) == []


def test_what_spellings_were_dealt_and_looked_at_stands_once_as_it_was_first(spelt: Path) -> None:
    with opened(spelt) as store:
        sql = "SELECT annotator, batch, assigned_by FROM assignments WHERE subject_id = 4"
        assert store.transaction.execute(sql).fetchall() == [("bob", 1, "lead")]
        sql = "SELECT annotator, looked_at FROM looks WHERE subject_id = 5 AND annotator = 'bob'"
        assert store.transaction.execute(sql).fetchall() == [("bob", "2026-11-21")]


def test_two_copies_with_several_spellings_are_identical_too(spelt: Path, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(spelt.read_bytes())
    assert brought_up_to_date(spelt) == brought_up_to_date(tmp_path / "other.db")


# What the team decided


def team_columns(path: Path) -> dict[str, list[str]]:
    """The columns that a file has by now of what the team decided."""
    with closing(sqlite3.connect(path)) as connection:
        return {table: names for table, names in columns_of(connection).items() if table in TEAM}


@pytest.mark.parametrize("schema", [schema for schema in OLD if schema >= 4])
def test_what_the_team_decided_becomes_events_and_stays_as_it_was(tmp_path: Path, schema: int) -> None:
    path = unpack(schema, tmp_path)
    columns = team_columns(path)
    before = contents(path, columns)
    assert all(before.values())
    with opened(path) as store:
        assert problems(store) == []
        told = events.of_team(store.transaction, ("assigned", "round_started", "setting_set", "looked"))
        assert [(event.kind, event.annotator, event.of.annotator) for event in told] == [
            ("round_started", "lead", ""), ("setting_set", "lead", ""), ("assigned", "lead", "eva"),
            ("looked", "cleo", "cleo"),
        ]  # fmt: skip
        assert [key for key, _, _ in told[2].payload["subjects"]] == ["t:1", "t:6"]
        (reviewers,) = told[1].payload["people"]
        assert people.name_of(store.transaction, reviewers) == "cleo"
        store.rebuild()
        assert problems(store) == []
    assert contents(path, columns) == before


def without_events(path: Path) -> None:
    """A file whose team dealt work out before anybody began."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'"
        triggers = connection.execute(sql).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        gone = (
            "events", "evidence", "answers", "flags", "rulings", "adjudications", "classifications", "value_codes",
            "disagreements", "disputed_subjects",
        )  # fmt: skip
        for table in gone:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE assignments SET done = 0")
        for _, sql in triggers:
            connection.execute(sql)


def test_a_file_in_which_nobody_began_keeps_what_was_decided(tmp_path: Path) -> None:
    one, other = (copy_of(tmp_path, name, NEWEST) for name in ("one", "other"))
    for path in (one, other):
        without_events(path)
    columns = team_columns(one)
    before = contents(one, columns)
    assert before["assignments"]
    found = brought_up_to_date(one)
    assert contents(one, columns) == before
    assert brought_up_to_date(other) == found
    assert found["events"]


def test_a_file_that_holds_nothing_of_anybody_stays_empty(tmp_path: Path) -> None:
    path = unpack(NEWEST, tmp_path)
    without_events(path)
    change(path, *(f"DELETE FROM {table}" for table in TEAM))
    found = brought_up_to_date(path)
    assert (found["events"], found["feeds"], [row[0] for row in found["people"]]) == ([], [], [1, 2, 3])


def test_what_two_spellings_handed_in_on_one_subject_stands_beside_each_other(tmp_path: Path) -> None:
    path = unpack(NEWEST, tmp_path)
    said = (("BOB", 2, "yes"), ("Ｂｏｂ", 1, "no"))
    for name, number, value in said:
        add(path, number, name, "answer_set", "t:6", {"field": "a", "answer": {"value": value}})
        add(path, number + 4, name, "answer_set", "t:6", {"field": "c", "answer": {"value": "the same"}})
        add(path, number * -4 + 18, name, "submitted", "t:6", {})
    with opened(path) as store:
        one = store.classification(of("t:6", "bob"))
        assert (one.status, one.submitted_at) == ("submitted", "2026-11-27T00:00:10.000Z")
        assert [
            (each.place, [version.said["answer"]["value"] for version in each.versions]) for each in one.conflicts
        ] == [("answer:a", ["no", "yes"])]
        assert (one.answers["a"].value, one.answers["c"].state) == ("yes", "answered")
        assert problems(store) == []
