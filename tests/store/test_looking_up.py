"""What screens look up is asked once, however many people and subjects there are."""

from __future__ import annotations

import pytest

from annotator.model.review import REVIEW_ORDERS, DisputedSubject, ReviewOrder, ReviewView
from annotator.model.visibility import UNBOUND
from annotator.store import people, project, visibility
from annotator.store.deciding import reviews
from annotator.store.store import Store
from annotator.store.team import assignments
from annotator.store.team.assignments import Assignment
from tests.store.making import answer, of, record, statements

CROWD = [f"annotator {number:02}" for number in range(30)]


def test_names_that_read_alike_are_asked_for_once(store: Store) -> None:
    for name in (*CROWD, "BOB"):
        answer(store, of(annotator=name), "a", "yes")
    with store.writing() as transaction:
        dealt = [Assignment(1, name, 1, position) for position, name in enumerate([*CROWD, "bob "])]
        assignments.put(transaction, "T", 1, dealt, "lead")
        for name in (*CROWD, "Ｂob", "BOB"):
            visibility.put(transaction, name, "t:2", "T")
    with statements(store) as asked:
        assert visibility.spellings(store.transaction, "bob") == ("bob", "BOB")
    assert len(asked) == 1
    for table in people.TABLES:
        assert people.names(store.transaction, table) == ["BOB", *CROWD]


def test_who_classified_and_under_what_is_asked_for_once(store: Store) -> None:
    for name in CROWD:
        for taxonomy in ("T", "U") if name > CROWD[9] else ("T", "another"):
            answer(store, of(annotator=name, taxonomy=taxonomy), "a", "yes")
    with statements(store) as asked:
        assert people.annotators(store.transaction) == CROWD
        assert project.taxonomies(store.transaction) == ["T", "U", "another"]
    assert len(asked) == 2


def test_nobody_has_classified_anything(store: Store) -> None:
    assert visibility.spellings(store.transaction, "bob") == ("bob",)
    assert people.annotators(store.transaction) == project.taxonomies(store.transaction) == []


LINES: dict[ReviewOrder, list[tuple[str, tuple[int, str, int]]]] = {
    "effect": [("t:2", (2, "", 1)), ("t:3", (1, "", 0)), ("t:1", (1, "", 0))],
    "subject": [("t:1", (1, "", 0)), ("t:2", (2, "", 1)), ("t:3", (1, "", 0))],
    "field": [("t:1", (1, "a", 0)), ("t:2", (2, "a", 1)), ("t:2", (2, "c", 1)), ("t:3", (1, "c", 0))],
}


@pytest.mark.parametrize("order", REVIEW_ORDERS)
def test_a_page_of_disputed_subjects_is_asked_for_once(store: Store, order: ReviewOrder) -> None:
    said = {"t:1": {"a": "yes"}, "t:2": {"a": "yes", "c": "red"}, "t:3": {"c": "red"}}
    for key, answers in said.items():
        for name in ("eva", "bob"):
            for field, value in answers.items():
                answer(store, of(key, name), field, value if name == "eva" else f"not {value}")
            record(store, of(key, name), "submitted")
    ruling = {"answer": {"value": "yes"}, "cause": "slip", "note": "", "confidence": None, "between": {}}
    record(store, of("t:2", "adjudicated"), "ruled", field="a", **ruling)
    wanted = [DisputedSubject(key, f"Incident {key[-1]}", "", *how) for key, how in LINES[order]]
    view = ReviewView("T", order=order)
    for start, stop in ((0, 50), (1, 3), (2, 2), (9, 12)):
        with statements(store) as asked:
            listed = reviews.lines(store.transaction, view, UNBOUND, stop)
            assert reviews.rows(store.transaction, view, UNBOUND, listed.window(start, stop)) == wanted[start:stop]
        assert len(asked) == 2
    for place, line in enumerate(wanted):
        with statements(store) as asked:
            assert reviews.page(store.transaction, view, UNBOUND, 2, line) == wanted[place + 1 : place + 3]
        assert len(asked) == 2
        before = reviews.page(store.transaction, view, UNBOUND, 2, line, back=True)
        assert before == wanted[max(0, place - 2) : place][::-1]
    assert reviews.page(store.transaction, view, UNBOUND, 9) == wanted
