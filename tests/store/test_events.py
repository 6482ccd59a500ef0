"""The log only ever grows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import AnswerError, NotFoundError
from annotator.model.event import EventKind, TeamKind
from annotator.store.log import events
from annotator.store.store import Store
from tests.store.making import answer, of, problems, record

COPIED = """INSERT OR REPLACE INTO events SELECT id, counter, at, kind, subject, taxonomy, 3, round, version, replaces,
              payload, salt, content_hash, hash FROM events"""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET whose = 3", "events are immutable"),
        ("UPDATE events SET payload = '{}' WHERE kind = 'answer_set'", "events are immutable"),
        ("UPDATE events SET counter = counter + 1", "events are immutable"),
        ("DELETE FROM events", "events are immutable"),
        ("DELETE FROM events WHERE id = (SELECT max(id) FROM events)", "events are immutable"),
        (COPIED, "feeds have no gaps"),
        (COPIED + " WHERE number = (SELECT number FROM feeds WHERE id = feed)", "feeds have no gaps"),
    ],
)
def test_no_event_can_be_changed_or_removed(store: Store, statement: str, said: str) -> None:
    answer(store, of(), "a", "yes")
    answer(store, of(), "a", "no")
    before = store.transaction.execute("SELECT * FROM events").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match=said):
        store.transaction.execute(statement)
    assert store.transaction.execute("SELECT * FROM events").fetchall() == before
    assert problems(store) == []


def test_events_of_nobody_knows_what_are_refused(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no such subject"):
        answer(store, of("t:99"), "a", "yes")
    assert store.transaction.execute("SELECT kind FROM events").fetchall() == [("import_ran",)]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("note_set", {}),
        ("answer_set", {"field": "maker", "answer": {"state": "guessed"}}),
        ("assigned", {"batch": 0, "subjects": []}),
    ],
)
def test_what_no_event_of_its_kind_can_say_is_refused(
    store: Store, kind: EventKind | TeamKind, payload: dict[str, Any]
) -> None:
    before = store.transaction.execute("SELECT count(*) FROM events").fetchone()
    with pytest.raises(AnswerError, match=f"No event {kind} can say .*; nothing was saved"), store.writing() as writing:
        events.append(writing, "eva", kind, of("t:1", "eva"), 1, payload)
    assert store.transaction.execute("SELECT count(*) FROM events").fetchone() == before


def test_an_event_and_its_projection_are_kept_together_or_not_at_all(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with pytest.raises(ZeroDivisionError), store.writing():
        answer(store, of(), "a", "no")
        answer(store, of("t:2"), "a", "no")
        raise ZeroDivisionError
    assert store.classification(of()).answers["a"].value == "yes"
    assert store.classification(of("t:2")).status == "untouched"
    assert problems(store) == []


def test_codes_made_in_a_transaction_that_was_taken_back_are_made_again(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        answer(store, of(), "a", "new value")
        raise ZeroDivisionError
    with store.rehearsing():
        answer(store, of(), "a", "new value")
    answer(store, of("t:2"), "a", "other value")
    answer(store, of(), "a", "new value")
    codes = dict(store.transaction.execute("SELECT value, code FROM answers"))
    assert codes == dict(store.transaction.execute("SELECT value, code FROM value_codes"))
    assert problems(store) == []


def test_a_rebuild_by_another_process_does_not_mix_up_codes(store: Store) -> None:
    for number in range(5):
        answer(store, of("t:1"), "a", f"passing {number}")
    answer(store, of("t:2"), "a", "stays")
    with store.another().writing() as transaction:
        transaction.execute("UPDATE answers SET code = NULL")
        transaction.execute("DELETE FROM value_codes")
    store.another().rebuild()
    answer(store, of("t:3"), "a", "stays")
    assert problems(store) == []


def test_the_history_of_a_subject_is_told_in_order(store: Store) -> None:
    answer(store, of(), "a", "yes")
    record(store, of(), "note_set", text="look again")
    record(store, of(annotator="bob"), "submitted")
    told = events.of_subject(store.transaction, "t:1")
    assert [(event.annotator, event.kind) for event in told] == [
        ("eva", "answer_set"), ("eva", "note_set"), ("bob", "submitted"),
    ]  # fmt: skip
    counters = dict(store.transaction.execute("SELECT id, counter FROM log").fetchall())
    assert [counters[event.id] for event in told] == [2, 3, 4]


def test_the_readable_tables_can_be_asked_in_plain_sql(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "harm", ["injury", "death"])
    answer(store, of("t:2"), "harm", ["injury"])
    record(store, of("t:3"), "answer_set", field="harm", answer={"state": "unknown"})
    store.close()
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        counted = connection.execute("SELECT field, state, value, count(*) FROM answers GROUP BY 1, 2, 3 ORDER BY 4, 3")
        assert counted.fetchall() == [
            ("harm", "unknown", None, 1), ("harm", "answered", "death", 1), ("harm", "answered", "injury", 2),
        ]  # fmt: skip
