"""Everybody in the file is known by name, whatever they did first, and by every spelling of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.store import people, visibility
from annotator.store.connection import Transaction
from annotator.store.store import Store
from annotator.store.team import assignments
from annotator.store.team.assignments import Assignment
from tests.store.making import answer, of, problems, record, statements

WAYS: dict[str, Callable[[Transaction, Store, str], object]] = {
    "classify": lambda _, store, name: answer(store, of(annotator=name), "a", "yes"),
    "an import": lambda _, store, name: record(store, of(annotator=name), "imported", answers={}, status="submitted"),
    "dealt": lambda transaction, _, name: assignments.put(transaction, "T", 1, [Assignment(3, name, 1, 1)], "lead"),
    "look": lambda transaction, _, name: visibility.put(transaction, name, "t:2", "T"),
}


def noted(store: Store) -> dict[str, str]:
    """How names read that somebody works under, with whom they mean."""
    sql = """SELECT plain, name FROM spellings JOIN people ON people.id = person
             WHERE people.kind NOT IN ('result', 'nobody') ORDER BY 1"""
    return dict(store.transaction.execute(sql).fetchall())


@pytest.mark.parametrize("way", WAYS)
def test_whoever_comes_is_known_with_how_their_name_reads(store: Store, way: str) -> None:
    with store.writing() as transaction:
        WAYS[way](transaction, store, " Ｅva  Méndez")
    lead = {"lead": "lead"} if way == "dealt" else {}
    assert noted(store) == {"eva méndez": " Ｅva  Méndez", **lead}
    assert people.alike(store.transaction, "EVA MÉNDEZ") == [" Ｅva  Méndez"]
    assert problems(store) == []


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_one_name_in_several_spellings_is_one_person(store: Store, first: str, second: str) -> None:
    with store.writing() as transaction:
        WAYS[first](transaction, store, "bob")
        for name in ("BOB", " Ｂｏｂ"):
            WAYS[second](transaction, store, name)
    assert {name for name in noted(store).values() if name != "lead"} == {"bob"}
    assert people.names(store.transaction, *people.TABLES) == ["bob"]
    held = {name for (name,) in store.transaction.execute("SELECT annotator FROM log WHERE annotator IS NOT NULL")}
    assert held == {"bob"}
    assert problems(store) == []


def test_one_name_in_either_form_of_its_letters_is_one_person(store: Store) -> None:
    answer(store, of(annotator="Jos\u00e9"), "a", "yes")
    now = answer(store, of(annotator="Jose\u0301"), "b", "more")
    assert now.answers.keys() == {"a", "b"}
    assert noted(store) == {"jos\u00e9": "Jos\u00e9"}


def test_what_spellings_of_a_name_answer_is_one_classification_under_the_first(store: Store) -> None:
    answer(store, of(annotator="bob"), "a", "yes")
    now = answer(store, of(annotator="BOB"), "b", "more")
    assert now.identity.annotator == "bob"
    assert {field: each.value for field, each in now.answers.items()} == {"a": "yes", "b": "more"}
    assert store.transaction.execute("SELECT annotator FROM classifications").fetchall() == [("bob",)]
    assert store.transaction.execute("SELECT DISTINCT feed FROM events WHERE subject IS NOT NULL").fetchall() == [(2,)]
    assert problems(store) == []


def test_whom_another_program_wrote_is_found_by_the_doctor_and_not_kept(store: Store) -> None:
    """Nobody stands anywhere whom no event speaks of."""
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("INSERT INTO assignments VALUES (1, 'T', 'EVA', 1, 1, 1, 0, 'lead', '', NULL, NULL, '')")
    assert noted(store) == {}
    assert problems(store) == [
        "EVA stands in the file and is not known by that name", "assignments are not what the events say",
    ]  # fmt: skip
    store.rebuild()
    assert problems(store) == []
    assert people.names(store.transaction, *people.TABLES) == []


def test_whoever_wrote_something_cannot_be_removed(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        store.transaction.execute("DELETE FROM people WHERE name = 'eva'")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM spellings WHERE plain = 'eva'",
        "UPDATE spellings SET person = 1 WHERE plain = 'eva'",
        "UPDATE spellings SET plain = 'somebody else' WHERE plain = 'eva'",
    ],
)
def test_a_name_that_is_not_known_is_found_by_the_doctor_and_cured(store: Store, statement: str) -> None:
    answer(store, of(), "a", "yes")
    store.transaction.execute(statement)
    assert "eva stands in the file and is not known by that name" in problems(store)
    store.rebuild()
    assert problems(store) == []
    assert people.alike(store.transaction, "EVA") == ["eva"]


def test_a_name_is_found_by_index(store: Store) -> None:
    with statements(store) as asked:
        people.find(store.transaction, "eva")
    (sql,) = asked
    plan = [row[3] for row in store.transaction.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan == [
        "SEARCH spellings USING PRIMARY KEY (plain=?)", "SEARCH people USING INTEGER PRIMARY KEY (rowid=?)",
    ]  # fmt: skip


def test_a_file_of_an_older_version_knows_everybody(tmp_path: Path) -> None:
    from tests.store.databases import unpack

    with closing(Store.open(unpack(4, tmp_path))) as store:
        working = ("bob", "brought", "cleo", "edited", "eva", "flagged", "lead", "own", "published")
        assert noted(store) == {name: name for name in working}
        assert [people.known_as(store.transaction, name) for name in ("aiid", "ADJUDICATED")] == ["AIID", "adjudicated"]
