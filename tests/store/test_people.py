"""Everybody in the file is known by name, whatever they did first, and by every spelling of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.store import assignments, people, visibility
from annotator.store.assignments import Assignment
from annotator.store.connection import Transaction
from annotator.store.store import Store
from tests.store.making import answer, of, problems, record

WAYS: dict[str, Callable[[Transaction, Store, str], object]] = {
    "classify": lambda _, store, name: answer(store, of(annotator=name), "a", "yes"),
    "an import": lambda _, store, name: record(store, of(annotator=name), "imported", answers={}, status="submitted"),
    "dealt": lambda transaction, _, name: assignments.put(transaction, "T", 1, [Assignment(1, name, 1, 1)], "lead"),
    "look": lambda transaction, _, name: visibility.put(transaction, name, "t:2", "T"),
}


def noted(store: Store) -> dict[str, str | None]:
    return dict(store.transaction.execute("SELECT name, plain FROM people"))


@pytest.mark.parametrize("way", WAYS)
def test_whoever_comes_is_known_with_how_their_name_reads(store: Store, way: str) -> None:
    with store.writing() as transaction:
        WAYS[way](transaction, store, " Ｅva  Méndez")
    assert noted(store) == {" Ｅva  Méndez": "eva méndez"}
    assert people.alike(store.transaction, "EVA MÉNDEZ") == [" Ｅva  Méndez"]
    assert problems(store) == []


def test_whom_another_program_wrote_is_found_all_the_same(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        for name in ("EVA", "bob"):
            connection.execute("INSERT INTO assignments VALUES (1, 'T', ?, 1, 1, 1, 0, 'lead', '')", (name,))
    assert noted(store) == {"EVA": None, "bob": None}
    assert people.alike(store.transaction, "eva") == ["EVA"]
    answer(store, of(annotator="eva"), "a", "yes")
    assert noted(store) == {"EVA": "eva", "bob": "bob", "eva": "eva"}
    assert people.alike(store.transaction, "Eva") == ["EVA", "eva"]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM people WHERE name = 'eva'", "UPDATE people SET plain = 'somebody else' WHERE name = 'eva'"],
)
def test_a_name_that_is_not_known_is_found_by_the_doctor_and_cured(store: Store, statement: str) -> None:
    answer(store, of(), "a", "yes")
    store.transaction.execute(statement)
    assert problems(store) == ["eva stands in the file and is not known by that name"]
    store.rebuild()
    assert problems(store) == []
    assert noted(store) == {"eva": "eva"}


def test_a_name_is_found_by_index(store: Store) -> None:
    plan = "EXPLAIN QUERY PLAN SELECT name FROM people WHERE plain = 'x'"
    assert "people_by_plain (plain=?)" in str(store.transaction.execute(plan).fetchall())


def test_a_file_of_an_older_version_knows_everybody(tmp_path: Path) -> None:
    from tests.store.databases import unpack

    with closing(Store.open(unpack(4, tmp_path))) as store:
        assert noted(store) == {
            name: name.lower()
            for name in (
                "AIID",
                "adjudicated",
                "bob",
                "brought",
                "cleo",
                "edited",
                "eva",
                "flagged",
                "own",
                "published",
            )
        }
