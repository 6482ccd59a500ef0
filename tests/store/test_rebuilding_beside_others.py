"""A rebuild keeps nobody waiting while it computes, and misses nothing that is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import pytest

from annotator.model.classification import Answer
from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from annotator.store import search
from annotator.store.store import Store
from annotator.store.team import team
from tests.store.making import answer, hides_b_unless_a_says_yes, of, problems, put, put_texts, record


@pytest.fixture
def worked_in(store: Store) -> Store:
    """Two annotators agree on a subject; a third has begun another one."""
    put_texts(store, r1="", r2="ロボットがスロープに立っていた。")
    change(store, "The robot stood on the ramp.")
    for annotator in ("eva", "bob"):
        answer(store, of(annotator=annotator), "a", "yes")
        record(store, of(annotator=annotator), "submitted")
    answer(store, of("t:2", "cy"), "a", "no")
    return store


def rebuild_while(store: Store, monkeypatch: pytest.MonkeyPatch, doing: Callable[[Store], object]) -> int:
    """Rebuild; whenever the lock is about to be taken, something is done by somebody else first."""
    another = store.another

    def disturbed() -> Store:
        own = another()
        take_lock = own.writing

        def writing() -> Any:
            with closing(another()) as other:
                doing(other)
            return take_lock()

        monkeypatch.setattr(own, "writing", writing)
        return own

    monkeypatch.setattr(store, "another", disturbed)
    return store.rebuild().classifications


def found(store: Store, query: str) -> list[str]:
    where, values = search.condition(query)
    return [key for (key,) in store.transaction.execute(f"SELECT key FROM subjects WHERE {where} ORDER BY id", values)]


def change(store: Store, text: str) -> None:
    put(store, ReportRecord(Report(key="t:r1", title="Called the same all along", text=text), ""))


def differ(store: Store) -> None:
    if store.classification(of(annotator="dan")).status == "untouched":
        answer(store, of(annotator="dan"), "a", "never said before")
        record(store, of(annotator="dan"), "submitted")


def test_it_waits_for_the_lock_only_to_swap(worked_in: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []

    def hiding(namespace: str, version: int, answers: Mapping[str, Answer]) -> frozenset[str]:
        if len(written) < 3:
            with closing(Store.open(worked_in.path)) as other, other.writing() as transaction:
                team.start_round(transaction, "lead", "T", len(written) + 2, "retest")
                written.append(None)
        return hides_b_unless_a_says_yes(namespace, version, answers)

    worked_in.use_rule(hiding)
    assert worked_in.rebuild().classifications == 3
    worked_in.use_rule(hides_b_unless_a_says_yes)
    assert worked_in.transaction.execute("SELECT count(*) FROM rounds").fetchone() == (3,)
    assert problems(worked_in) == []


def test_answers_given_meanwhile_are_folded_again(worked_in: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(other: Store) -> None:
        answer(other, of("t:2", "cy"), "b", "given meanwhile")
        differ(other)

    assert rebuild_while(worked_in, monkeypatch, work) == 4
    assert set(worked_in.classification(of("t:2", "cy")).answers) == {"a", "b"}
    fields = worked_in.transaction.execute("SELECT field, positions FROM disagreements").fetchall()
    assert fields == [("a", 2)]
    assert problems(worked_in) == []


def test_texts_brought_meanwhile_are_found(worked_in: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def bring(other: Store) -> None:
        put_texts(other, r3="A drone over the harbour, 無人機")

    rebuild_while(worked_in, monkeypatch, bring)
    assert (found(worked_in, "drone"), found(worked_in, "無人機")) == (["t:r3"], ["t:r3"])
    assert found(worked_in, "robot") == ["t:r1"]
    assert problems(worked_in) == []


@pytest.mark.parametrize("times", [1, 99], ids=["once", "again and again"])
def test_texts_changed_meanwhile_are_found_by_their_new_words(
    worked_in: Store, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    changes: list[str] = []

    def rewrite(other: Store) -> None:
        if len(changes) < times:
            changes.append(f"drone{len(changes)}")
            change(other, f"A {changes[-1]} over the harbour")

    rebuild_while(worked_in, monkeypatch, rewrite)
    assert [found(worked_in, word) for word in ("robot", changes[-1])] == [[], ["t:r1"]]
    assert problems(worked_in) == []


@pytest.mark.parametrize("may_copy", [True, False])
def test_a_broken_index_is_cured_whether_or_not_it_may_be_copied(
    worked_in: Store, monkeypatch: pytest.MonkeyPatch, may_copy: bool
) -> None:
    monkeypatch.setattr(search, "may_be_copied", lambda _connection, _index: may_copy)
    worked_in.transaction.execute("DELETE FROM search_docsize")
    worked_in.transaction.execute("INSERT INTO search_unspaced (search_unspaced) VALUES ('delete-all')")
    assert len(problems(worked_in)) == 1
    worked_in.rebuild()
    assert (found(worked_in, "robot"), found(worked_in, "スロープ")) == (["t:r1"], ["t:r2"])
    assert problems(worked_in) == []


def test_it_leaves_the_make_of_the_file_as_it_was(worked_in: Store) -> None:
    make = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    before = worked_in.transaction.execute(make).fetchall()
    worked_in.rebuild()
    assert worked_in.transaction.execute(make).fetchall() == before
