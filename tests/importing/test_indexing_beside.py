"""What is indexed while a source is read is found afterwards, and the index stays sound."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.exchange import importing
from annotator.desk.project import Project, library_for
from annotator.model.record import IncidentRecord, Record, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.store import search
from annotator.store.connection import Transaction
from annotator.store.importing import content, grafting
from annotator.store.store import Store
from tests.importing.making import bring, bring_while
from tests.store.making import problems

WORDS = ("robot", "ramp", "drone", "harbour", "事故", "無人機が港に", "ロボット")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of records be much."""
    monkeypatch.setattr(content, "BATCH", 3)
    monkeypatch.setattr(importing, "BATCH", 5)


@pytest.fixture
def grafts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each import that could give the index something ready-made did."""
    done: list[bool] = []
    graft = grafting.graft

    def noted(transaction: Transaction) -> bool:
        done.append(graft(transaction))
        return done[-1]

    monkeypatch.setattr(grafting, "graft", noted)
    return done


def reports(first: int, count: int, text: Callable[[int], str] = lambda number: f"text number{number}") -> list[Record]:
    return [
        ReportRecord(Report(key=f"s:r{n}", title=f"Title{n}", text=text(n)), "") for n in range(first, first + count)
    ]


def found(project: Project, query: str) -> set[str]:
    where, values = search.condition(query)
    return {key for (key,) in project.store.transaction.execute(f"SELECT key FROM subjects WHERE {where}", values)}


def segments(project: Project) -> int:
    sql = "SELECT count(DISTINCT segid) FROM search_idx"
    return int(project.store.transaction.execute(sql).fetchone()[0])


def test_much_that_is_new_comes_ready_indexed(project: Project, grafts: list[bool]) -> None:
    bring(project, *reports(1, 2))
    assert grafts == []
    incident = IncidentRecord(Incident(key="s:1", title="A harbour", description="事故がありました"), "")
    bring(project, incident, *reports(10, 17, lambda n: f"number{n} ロボット{n}がスロープに"), *reports(1, 2))
    assert grafts == [True]
    assert found(project, "number13") == {"s:r13"}
    assert found(project, "number1") == {"s:r1", *(f"s:r{n}" for n in range(10, 20))}
    assert found(project, "ロボット26") == {"s:r26"}
    assert found(project, "事故") == found(project, "harbour") == {"s:1"}
    assert found(project, '"title2 text"') == set()


def test_what_changes_and_what_is_new_come_in_one_import(project: Project, grafts: list[bool]) -> None:
    bring(project, *reports(1, 20, lambda _: "once 事故"))
    bring(project, *reports(11, 20, lambda _: "twice 無人機"))
    assert grafts == [True, True]
    assert found(project, "once") == found(project, "事故") == {f"s:r{n}" for n in range(1, 11)}
    assert found(project, "twice") == found(project, "無人機") == {f"s:r{n}" for n in range(11, 31)}


def test_what_others_bring_meanwhile_keeps_its_place_in_the_index(
    project: Project, monkeypatch: pytest.MonkeyPatch, grafts: list[bool]
) -> None:
    bring_while(project, monkeypatch, lambda other: bring(other, *reports(1, 2)), *reports(10, 20))
    assert grafts == []
    assert (found(project, "number1"), found(project, "number29")) == (
        {"s:r1", *(f"s:r{n}" for n in range(10, 20))}, {"s:r29"},
    )  # fmt: skip
    bring_while(project, monkeypatch, lambda other: bring(other, *reports(10, 9, lambda _: "new")), *reports(40, 20))
    assert grafts == [True]
    assert found(project, "new") == {f"s:r{n}" for n in range(10, 19)}


def test_segments_do_not_pile_up(project: Project, grafts: list[bool]) -> None:
    for time in range(40):
        bring(project, *reports(10 * time, 10))
    assert True in grafts
    assert False in grafts
    assert segments(project) <= 2 * grafting.CROWDED
    assert len(found(project, "text")) == 400


def test_texts_without_a_word_are_counted(project: Project, grafts: list[bool]) -> None:
    records: list[Record] = [ReportRecord(Report(key=f"s:r{n}"), "") for n in range(10)]
    bring(project, *records)
    bring(project, *reports(10, 10))
    assert grafts == [True, True]
    assert len(found(project, "text")) == 10


def refuse(_transaction: Transaction, _index: str) -> bool:
    return False


def unknown(_transaction: Transaction, _index: str) -> None:
    return None


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [(grafting, "may_be_copied", refuse), (grafting, "_record", unknown)],
    ids=["the tables of the index are closed", "the record is of a kind not known here"],
)
def test_where_it_cannot_be_given_it_is_indexed_under_the_lock(
    project: Project, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, instead: Any
) -> None:
    monkeypatch.setattr(module, name, instead)
    bring(project, *reports(1, 20))
    assert found(project, "number7") == {"s:r7"}


def test_a_record_with_more_than_is_known_is_not_touched(project: Project, grafts: list[bool]) -> None:
    bring(project, *reports(1, 20))
    transaction = project.store.transaction
    (block,) = transaction.execute("SELECT block FROM search_data WHERE id = 10").fetchone()
    for other in (block + b"\0", block[:4] + b"\xff\0\0\x01" + block[4:], block[:-1], block[:4] + b"\xff" * 40, b""):
        with closing(sqlite3.connect(":memory:")) as apart:
            apart.execute("CREATE TABLE x_data (id, block)")
            apart.execute("INSERT INTO x_data VALUES (10, ?)", (other,))
            assert grafting._record(Transaction(apart), "x") is None
    assert grafting._record(transaction, "search") is not None


@given(st.lists(st.integers(0, 2**56 - 1)))
def test_numbers_are_written_as_they_are_read(numbers: list[int]) -> None:
    assert grafting._numbers(grafting._written(numbers)) == numbers


@settings(max_examples=settings().max_examples // 4)  # every example makes a database of its own
@given(st.randoms(use_true_random=False))
def test_whatever_comes_in_whatever_order_is_found_by_its_words(chance: random.Random) -> None:
    def source() -> Iterator[tuple[str, str]]:
        for _ in range(chance.choice((1, 4, 9, 23))):
            yield f"s:r{chance.randrange(60)}", " ".join(chance.choices(WORDS, k=chance.randrange(1, 4)))

    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "a.db")) as store:
        project = Project(store, lambda: library_for(store.path))
        held: dict[str, str] = {}
        for _ in range(chance.randrange(1, 6)):
            told = dict(source())
            bring(project, *(ReportRecord(Report(key=key, title=key, text=text), "") for key, text in told.items()))
            held |= told
        for word in WORDS:
            assert found(project, word) == {key for key, text in held.items() if word in text}
        assert problems(store) == []
