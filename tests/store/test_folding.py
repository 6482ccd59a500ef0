"""Folding events as they happen comes to the same as folding all of them, and each edit reads its log once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer
from annotator.model.event import Event, EventKind
from annotator.model.fold import Folding, fold
from annotator.store.store import Store
from tests.desk.making import make_desk
from tests.store.making import answer, hides_b_unless_a_says_yes, of, problems, record, statements

YES, NO = {"value": "yes"}, {"value": "no"}
RULED = {"field": "a", "answer": NO, "cause": "slip", "note": "", "confidence": None, "between": {}}
DECIDED = {"answers": {"b": YES}, "sources": {}, "ruled": {"a": "00"}, "seen": {}, "strategy": ""}
STEPS: list[tuple[EventKind, dict[str, Any]]] = [
    ("ruled", RULED),
    ("adjudicated", DECIDED),
    ("answer_set", {"field": "a", "answer": YES}),
    ("answer_set", {"field": "b", "answer": NO}),
    ("answer_cleared", {"field": "a"}),
    ("note_set", {"text": "hm"}),
    ("flag_raised", {"field": None, "reason": "odd"}),
    ("flag_resolved", {"flag": "00"}),
    ("skipped", {"reason": "not about AI"}),
    ("submitted", {}),
    ("reopened", {"reason": ""}),
    ("published", {}),
    ("withdrawn", {}),
    ("imported", {"answers": {"a": YES}, "notes": "from afar", "status": "submitted", "publish": "published"}),
    ("imported", {"answers": {"b": YES}, "status": "adjudicated"}),
]


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of every kind, some of which undo or redo earlier ones."""
    made: list[Event] = []
    for number in range(draw(st.integers(1, 12))):
        kind, payload = draw(st.sampled_from(STEPS))
        if made and draw(st.integers(0, 3)) == 0:
            kind, payload = draw(st.sampled_from(("undone", "redone"))), {"event": draw(st.sampled_from(made)).id}
        made.append(Event(f"{number:02}", f"at {number:02}", "eva", kind, of(), 1 + number // 4, payload))
    return made


@given(logs(), st.integers(0, 12))
def test_folding_further_events_comes_to_the_same_as_folding_all(log: list[Event], known: int) -> None:
    folding = Folding(of(), log[:known])
    told = folding.classification(hides_b_unless_a_says_yes)
    assert told == fold(of(), log[:known], hides_b_unless_a_says_yes)
    before = told.model_dump()
    for event in log[known:]:
        folding.add(event)
    assert folding.classification(hides_b_unless_a_says_yes) == fold(of(), log, hides_b_unless_a_says_yes)
    assert told.model_dump() == before


@pytest.fixture
def eva(tmp_path: Path) -> Iterator[Desk]:
    """Eva, who has begun two subjects, and handed in a third that she reopened."""
    with closing(open_desk(make_desk(tmp_path), "eva")) as desk:
        for key in ("d:1", "d:2", "d:3"):
            desk.tagging.answer(key, "desk", "outcome", Answer(value="none"))
        desk.tagging.submit("d:3", "desk")
        desk.tagging.reopen("d:3", "desk")
        yield desk


EDITS: dict[str, Callable[[Desk], object]] = {
    "answer": lambda it: it.tagging.answer("d:1", "desk", "maker", Answer(value="x")),
    "clear": lambda it: it.tagging.clear("d:1", "desk", "outcome"),
    "note": lambda it: it.tagging.note("d:1", "desk", "x"),
    "flag": lambda it: it.tagging.raise_flag("d:1", "desk", "odd"),
    "skip": lambda it: it.tagging.skip("d:1", "desk", "not about AI"),
    "submit": lambda it: it.tagging.submit("d:2", "desk"),
    "undo": lambda it: it.history.undo(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_reads_its_log_once(eva: Desk, edit: str) -> None:
    with statements(eva.store) as run:
        EDITS[edit](eva)
    assert len([sql for sql in run if "events_of_classification" in sql]) == 1
    assert problems(eva.store) == []


def test_what_somebody_else_wrote_between_two_edits_is_folded(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with closing(store.another()) as other:
        assert store.classification(of()).answers.keys() == {"a"}
        answer(other, of(), "b", "theirs")
    assert store.classification(of()).answers.keys() == {"a", "b"}
    now = answer(store, of(), "c", "mine")
    assert {field: each.value for field, each in now.answers.items()} == {"a": "yes", "b": "theirs", "c": "mine"}
    assert problems(store) == []


def test_what_was_taken_back_is_not_folded(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with store.rehearsing():
        answer(store, of(), "b", "only tried")
    with pytest.raises(ZeroDivisionError), store.writing():
        answer(store, of(), "b", "never kept")
        raise ZeroDivisionError
    assert record(store, of(), "note_set", text="x").answers.keys() == {"a"}
    assert problems(store) == []


def test_classifications_take_turns_in_one_transaction(store: Store) -> None:
    with store.writing():
        for value in ("one", "two"):
            for name in ("eva", "bob"):
                answer(store, of(annotator=name), "a", value)
                assert store.classification(of(annotator=name)).answers["a"].value == value
    assert problems(store) == []
