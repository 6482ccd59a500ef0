"""A row that stands twice under one key, because an index lacked the first, is one again, and no work hangs on it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.chain import NUMBERS, content_hash, event_hash
from annotator.model.classification import Answer
from annotator.store.connection import Transaction
from annotator.store.log.events import INSERT
from annotator.store.log.verifying import Names, content_of
from annotator.store.salvaging import building
from annotator.store.salvaging.rows import TABLES, Row
from tests.cli.conftest import Program
from tests.cli.test_damaged_indexes import LACKING, wreck
from tests.cli.test_salvaging import by_another_program, kept, numbers
from tests.store.making import put_texts

FILE = Path("annotator.db")
CLASSIFY = ("--as", "eva", "classify", "demo:2", "--taxonomy", "small", "--set")
SAME_KEY = {
    "people": "UPDATE feeds SET person = person + :last; UPDATE events SET whose = whose + :last WHERE id & 1",
    "feeds": f"UPDATE events SET id = id + :last * {NUMBERS} WHERE id & 1",
    "subjects": """UPDATE subject_versions SET subject_id = subject_id + :last;
                   UPDATE incidents SET id = id + :last; UPDATE incident_reports SET incident_id = incident_id + :last;
                   UPDATE incident_entities SET incident_id = incident_id + :last""",
    "subject_versions": "UPDATE events SET subject = subject + :last WHERE id & 1",
    "entities": "UPDATE incident_entities SET entity_id = entity_id + :last",
}  # fmt: skip
"""By table: what comes to refer to the second of its rows, which stand behind the last of the first."""


@pytest.fixture
def worked(program: Program, eva: Desk) -> Desk:
    """A closed database with some work, texts and a party of an incident."""
    for value in ("near", "happened", "near"):
        eva.tagging.answer("demo:2", "small", "outcome", Answer(value=value))
    eva.tagging.answer("demo:10", "small", "outcome", Answer(value="near"))
    put_texts(eva.store, r1="A robot stood on the ramp.", r2="Another text.")
    eva.close()
    with closing(sqlite3.connect(FILE)) as connection, connection:
        connection.execute("INSERT OR IGNORE INTO entities (name) VALUES ('a maker of robots')")
        connection.execute("INSERT OR IGNORE INTO incident_entities SELECT incidents.id, entities.id, 'developer'"
                           " FROM incidents, entities")  # fmt: skip
    return eva


def double(table: str) -> None:
    """Let all rows of a table be there twice, and what refers to them refer to either."""
    wreck(FILE, LACKING, f"sqlite_autoindex_{table}_1")
    columns = ", ".join(TABLES[table].columns[1:])
    with by_another_program() as connection:
        (last,) = connection.execute(f"SELECT max(id) FROM {table} NOT INDEXED").fetchone()
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} NOT INDEXED ORDER BY id")
        connection.executescript(SAME_KEY[table].replace(":last", str(last)))


def named(file: str | Path) -> list[tuple[str, str, str]]:
    """The parties of incidents."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(
            """SELECT key, role, name FROM incident_entities JOIN subjects ON subjects.id = incident_id
               JOIN entities ON entities.id = entity_id ORDER BY 1, 2, 3"""
        ).fetchall()


@pytest.mark.parametrize("table", SAME_KEY)
def test_nothing_is_lost_that_refers_to_a_row_under_its_second_number(
    program: Program, worked: Desk, table: str
) -> None:
    said, exported, parties = program("verify", "--json").json[0], program("export", "jsonl").out, named(FILE)
    double(table)
    assert program("doctor", "--rebuild").code == 6
    (altered,) = program("verify", "--json").json[0]["altered"]
    integrity, _, rest = (check["problems"] for check in program("doctor", "--json").json)
    for told in (altered, *rest):
        assert "cannot make them again: `annotator restore BACKUP`" in told
    for told in (altered, *integrity, *rest):
        assert told.endswith("`annotator salvage` makes a new database of what can be read")
    saved = program("salvage", "annotator.db", "--out", "new.db")
    assert (saved.code, saved.out) == (0, "")
    assert program("--db", "new.db", "doctor").code == 0
    again = program("--db", "new.db", "verify", "--json").json[0]
    assert (again["digest"], again["events"]) == (said["digest"], said["events"])
    assert program("--db", "new.db", "export", "jsonl").out == exported
    assert named("new.db") == parties != []


def test_what_was_done_past_an_index_is_saved_and_can_be_gone_on_with(program: Program, worked: Desk) -> None:
    wreck(FILE, LACKING, "sqlite_autoindex_subject_versions_1")
    for value in ("happened", "near"):
        assert program(*CLASSIFY, f"outcome={value}").code == 0
    done = numbers("annotator.db")
    assert program("doctor", "--rebuild").code == 6
    saved = program("salvage", "annotator.db", "--out", "new.db")
    assert (saved.code, saved.out) == (0, "")
    assert numbers("new.db") == done
    assert program("backup", "whole.db").code != 0
    assert program("--db", "new.db", "backup", "whole.db").code == 0
    assert program("--db", "other.db", "merge", "new.db").code == 0
    assert program("--db", "new.db", *CLASSIFY, "outcome=happened").code == 0
    assert program("--db", "new.db", "verify").code == 0


def feeds() -> list[tuple[int, int]]:
    """Number and last event of each, the longest first."""
    with closing(sqlite3.connect(FILE)) as connection:
        return connection.execute("SELECT id, number FROM feeds ORDER BY number DESC").fetchall()


def another(place: int) -> Row:
    """An event that could have been written in the place of one: it is sound, and follows on the same."""
    columns = ", ".join(TABLES["events"].columns)
    with closing(sqlite3.connect(FILE)) as connection:
        (uid,) = connection.execute("SELECT uid FROM feeds WHERE id = ?", (place // NUMBERS,)).fetchone()
        (before,) = connection.execute("SELECT hash FROM events WHERE id = ?", (place - 1,)).fetchone()
        row = connection.execute(f"SELECT {columns} FROM events WHERE id = ?", (place,)).fetchone()
        row = (*row[:10], row[10].replace("near", "happened"), b"another" * 4)
        said = content_hash(row[11], content_of((place % NUMBERS, *row[1:]), Names.of(Transaction(connection))))
        return (*row, said, event_hash(uid, place % NUMBERS, row[1], said, before))


def test_of_two_events_in_one_place_one_is_kept_beside(program: Program, worked: Desk) -> None:
    """Where a feed stands twice, somebody can have gone on with each."""
    last = next(feed * NUMBERS + number for feed, number in feeds())
    other, done = another(last), numbers("annotator.db")
    double("feeds")
    with by_another_program() as connection:
        ((free,),) = connection.execute(
            """SELECT id FROM (SELECT id * 4294967296 + number AS id FROM feeds NOT INDEXED WHERE uid =
                 (SELECT uid FROM feeds NOT INDEXED WHERE id = ?)) WHERE id NOT IN (SELECT id FROM events)""",
            (last // NUMBERS,),
        )
        connection.execute(INSERT, (free, *other[1:]))
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert (said.code, said.out) == (1, "kept  new.db.unproved.jsonl has 1 event that can be read and not be put in\n")
    (line,) = kept()
    assert line["unproved"] == "another event that was written in this place is in the log"
    assert numbers("new.db") == done
    assert program("--db", "new.db", "doctor").code == 0


def test_a_sound_event_that_does_not_fit_is_named_and_kept(
    program: Program, worked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_one = building.put_one
    (feed, last), *_ = feeds()
    odd = {feed * NUMBERS + last - 1, feed * NUMBERS + last}
    monkeypatch.setattr(building, "put_one", lambda to, sql, row: row[0] not in odd and put_one(to, sql, row))
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert (said.code, "not in the file" in said.out) == (1, False)
    lost, beside = said.out.splitlines()
    assert f"events {last - 1} to {last}: can be read, and cannot be put in: new.db.unproved.jsonl says why" in lost
    assert beside.startswith("kept  new.db.unproved.jsonl has 2 events ")
    assert {(line["number"], line["unproved"]) for line in kept()} == {
        (number, "it was written, and does not fit into a new database") for number in (last - 1, last)
    }
