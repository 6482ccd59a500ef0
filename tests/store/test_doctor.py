"""The doctor finds whatever somebody broke, and a rebuild cures what can be computed again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreError
from annotator.store import search
from annotator.store.store import Store
from tests.store.making import ailing, answer, of, problems, put_texts, record

CHANGES = {
    "an answer's value": "UPDATE answers SET value = 'no' WHERE field = 'a'",
    "an answer's state": "UPDATE answers SET state = 'unknown' WHERE field = 'a'",
    "an answer's code": "UPDATE answers SET code = (SELECT code FROM value_codes WHERE value = 'x') WHERE field = 'a'",
    "a value's code": "UPDATE value_codes SET value = 'maybe' WHERE value = 'yes'",
    "an answer's confidence": "UPDATE answers SET confidence = 0.1 WHERE field = 'a'",
    "an answer's subject": "UPDATE answers SET subject_id = 2 WHERE field = 'a'",
    "an answer removed": "DELETE FROM answers WHERE field = 'a'",
    "an answer added": "INSERT INTO answers SELECT classification_id, 'new', 0, taxonomy, subject_id, state, value,"
    " code, confidence FROM answers WHERE field = 'a'",
    "evidence removed": "DELETE FROM evidence",
    "evidence changed": "UPDATE evidence SET suffix = 'other words'",
    "a status": "UPDATE classifications SET status = 'draft'",
    "a note": "UPDATE classifications SET notes = 'changed'",
    "a version": "UPDATE classifications SET version = 9",
    "the flag": "UPDATE classifications SET flagged = 0",
    "the answers' document": "UPDATE classifications SET answers = '{}'",
    "the hidden answers": "UPDATE classifications SET hidden = '{}'",
    "whose it is": "UPDATE classifications SET annotator = 'mallory'",
    "a classification added": "INSERT INTO classifications SELECT 99, 3, taxonomy, version, annotator, round, status,"
    " publish, flagged, notes, skip_reason, answers, hidden, updated_at, submitted_at, is_imported,"
    " provenance, run FROM classifications LIMIT 1",
    "where it came from": "UPDATE classifications SET run = 'x:1'",
    "a flag removed": "DELETE FROM flags",
    "a flag's reason": "UPDATE flags SET reason = 'none'",
}


@pytest.fixture
def rich(store: Store) -> Store:
    """A classification with something of everything."""
    span = {"report": "t:r1", "start": 4, "end": 9, "quote": "robot", "prefix": "The ", "suffix": " stood"}
    put_texts(store, r1="The robot stood on the ramp.", r2="ロボットがスロープに立っていた。")
    answer(store, of(), "b", "kept for later")
    answer(store, of(), "a", "yes", evidence=[span], confidence=0.5)
    answer(store, of(), "c", ["x", "y"])
    answer(store, of(), "d", "long " * 200)
    answer(store, of("t:2", "bob"), "b", "hidden")
    record(store, of(), "note_set", text="a note")
    record(store, of(), "flag_raised", field="a", reason="really?")
    record(store, of(), "submitted")
    assert problems(store) == []
    return store


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_a_changed_projection_is_found_and_cured(rich: Store, statement: str) -> None:
    rich.transaction.execute("PRAGMA foreign_keys = OFF")
    assert rich.transaction.execute(statement).rowcount > 0
    found = ailing(rich)
    assert "projection equals events" in found
    assert any(
        "differs from its events" in line or "has no events" in line for line in found["projection equals events"]
    )
    assert rich.rebuild().classifications == 2
    assert problems(rich) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports SET text = 'other words', sha256 = text_digest('other words') WHERE id = 4",
        "UPDATE subjects SET title = 'another title' WHERE id = 1",
        "DELETE FROM search_docsize WHERE id = 4",
        "UPDATE reports SET text = 'さようなら', sha256 = text_digest('さようなら') WHERE id = 5",
        "INSERT INTO search (rowid, title, body) VALUES (77, 'not', 'there')",
    ],
)
def test_an_index_out_of_step_is_found_and_cured(rich: Store, statement: str) -> None:
    rich.transaction.execute(statement)
    assert "search index in step" in ailing(rich)
    rich.rebuild()
    assert problems(rich) == []


def test_a_row_without_its_parent_is_found_and_cured(rich: Store) -> None:
    rich.transaction.execute("PRAGMA foreign_keys = OFF")
    rich.transaction.execute("UPDATE evidence SET classification_id = 4711")
    assert "evidence refers to a missing row of classifications" in ailing(rich)["foreign keys"]
    rich.rebuild()
    assert problems(rich) == []


def test_examining_changes_nothing(rich: Store) -> None:
    rich.transaction.execute("UPDATE classifications SET notes = 'changed'")
    before = list(rich._connection.iterdump())
    rich.examine()
    assert list(rich._connection.iterdump()) == before


def test_many_problems_are_counted_not_listed(rich: Store) -> None:
    for number in range(30):
        answer(rich, of(annotator=f"eva {number}"), "a", "yes")
    rich.transaction.execute("UPDATE classifications SET notes = 'changed' WHERE annotator LIKE 'eva %'")
    assert len(ailing(rich)["projection equals events"]) == 21
    assert ailing(rich)["projection equals events"][-1] == "and 10 more"


def test_a_page_overwritten_on_disk_is_found_or_refused(rich: Store, tmp_path: Path) -> None:
    put_texts(rich, **{f"r{number}": f"text {number} " * 500 for number in range(10, 60)})
    rich.close()
    healthy = (tmp_path / "desk.db").read_bytes()
    for page in range(1, len(healthy) // 4096, 7):
        damaged = bytearray(healthy)
        damaged[page * 4096 : page * 4096 + 200] = b"\x07" * 200
        path = tmp_path / f"damaged {page}.db"
        path.write_bytes(damaged)
        try:
            with closing(Store.open(path, rich.hiding)) as store:
                found = problems(store)
        except StoreError as error:
            found = [str(error)]
        assert found, f"page {page}"


@pytest.mark.parametrize("may_copy", [True, False])
def test_nobody_waits_while_the_file_is_examined(rich: Store, monkeypatch: pytest.MonkeyPatch, may_copy: bool) -> None:
    if not may_copy:
        monkeypatch.setattr(search, "may_be_copied", lambda _connection, _index: False)
    with closing(Store.open(rich.path)) as other, other.writing():
        assert problems(rich) == []
    rich.transaction.execute("INSERT INTO search (search, rowid, title, body) VALUES (?, 4, '', 'robot')", ("delete",))
    with closing(Store.open(rich.path)) as other, other.writing():
        assert list(ailing(rich)) == ["search index in step"]


@pytest.mark.parametrize(
    ("saying", "problem"),
    [
        ("kind = 'sung'", "is of the kind 'sung', which this annotator does not know; install the newer version"),
        ("payload = '{\"answers\": 7}'", "says nothing that submitted can say"),
        ("whose = NULL", "is about nobody's classification"),
    ],
)
def test_an_event_that_says_what_nobody_can_say_is_named(rich: Store, saying: str, problem: str) -> None:
    rich.transaction.execute("DROP TRIGGER events_stay")
    sql = f"UPDATE events SET {saying} WHERE kind = 'submitted' RETURNING feed, number"
    ((feed, number),) = rich.transaction.execute(sql).fetchall()
    ((uid,),) = rich.transaction.execute("SELECT uid FROM feeds WHERE id = ?", (feed,)).fetchall()
    assert ailing(rich)["events say what their kinds can say"] == [f"event {uid}:{number} {problem}"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE import_runs SET source = 'other.csv'", "UPDATE import_runs SET run_by = 'x'", "DELETE FROM import_runs"],
)
def test_an_import_that_is_told_otherwise_than_its_event_is_named(rich: Store, statement: str) -> None:
    ((run,),) = rich.transaction.execute("SELECT min(event) FROM import_runs").fetchall()
    assert rich.transaction.execute(f"{statement} WHERE event = ?", (run,)).rowcount == 1
    assert ailing(rich)["import runs equal events"] == [f"what is known of the import {run} differs from its event"]
