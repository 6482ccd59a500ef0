"""Nobody sees another's answers before handing in their own, whichever door they try."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from annotator.desk import Session
from annotator.desk.adjudication import Adjudicator
from annotator.desk.comparison import figures, subjects
from annotator.desk.comparison.policy import Scope
from annotator.desk.publishing import Publisher
from annotator.desk.settings import change
from annotator.desk.team import progress
from annotator.store.reviews import ReviewView
from tests.desk.blind_doors import COMPARING, DECIDING, PUBLISHING, SCOPE, SESSION, Door, told
from tests.desk.blinded import (
    NS,
    OF,
    OPEN,
    STRANGERS,
    at,
    fresh,
    hand_in,
    looked,
)
from tests.desk.making import make_desk, submit_fully

ASKED_OF_OTHERS = {"batches_of", "progress_of", "unseen"}
"""Functions that take no session."""


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it to try things on."""
    return fresh(made, tmp_path)


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_every_door_is_tried() -> None:
    assert public(Session) == SESSION.keys()
    assert public(Adjudicator) == DECIDING.keys()
    assert public(Publisher) == PUBLISHING.keys()
    parts = (figures, subjects, progress)
    functions = {
        name
        for part in parts
        for name, found in inspect.getmembers(part, inspect.isfunction)
        if found.__module__ == part.__name__ and not name.startswith("_")
    }
    assert functions - ASKED_OF_OTHERS == COMPARING.keys()


@pytest.mark.parametrize("door", [*SESSION.values(), *COMPARING.values()], ids=[*SESSION, *COMPARING])
def test_nothing_closed_comes_through(made: Path, tmp_path: Path, door: Door) -> None:
    for name in OPEN.keys() - {"ANN", "bob", "BOB"}:  # other spellings of those who are tried
        for round_, key in ((1, "d:1"), (1, "d:2"), (1, "d:3"), (2, "d:1"), (2, "d:3")):
            with at(fresh(made, tmp_path), name, round_=round_) as session:
                assert told(session, door, key) <= OPEN[name], (name, round_, key)


@pytest.mark.parametrize("door", [*DECIDING.values(), *PUBLISHING.values()], ids=[*DECIDING, *PUBLISHING])
def test_who_is_at_work_is_not_let_in_and_strangers_are_known_to_have_looked(
    made: Path, tmp_path: Path, door: Door
) -> None:
    for name in OPEN:
        for number, secrets in OF.items():
            path = fresh(made, tmp_path)
            with at(path, name) as session:
                found = told(session, door, f"d:{number}") - OPEN[name]
            if found:
                assert name in STRANGERS[number], (name, number)
                assert found <= secrets
                assert (name, f"d:{number}") in looked(path)


def test_the_doors_are_open_to_those_who_may_look(made: Path, tmp_path: Path) -> None:
    """So that none of the tests above passes because nothing is ever shown."""
    path = fresh(made, tmp_path)
    with at(path, "eve") as eve:
        found = [told(eve, door, "d:2") for door in (*DECIDING.values(), *COMPARING.values())]
        assert frozenset().union(*found) >= OF["2"]
        for name in ("agreement_field", "subjects_differing", "subjects_with_choice", "matrix_of_pair"):
            assert told(eve, COMPARING[name], "") >= OF["2"], name
        assert "aiidtell" in told(eve, COMPARING["agreement_field"], "")
    with at(path, "ann") as ann:
        assert told(ann, SESSION["history"], "d:1") == told(ann, SESSION["classification"], "d:1") == {"anntell"}
        assert told(ann, SESSION["history"], "d:3") == frozenset()
        assert told(ann, SESSION["completions"], "") == {"anntell", "anntwotell", "aiidtell"}
        assert "anntwotell" in told(ann, SESSION["frequent_choices"], "")
    with at(path, "dora") as dora:
        assert told(dora, COMPARING["agreement_field"], "") == {"aiidtell"}
        assert told(dora, SESSION["completions"], "") == {"aiidtell"}
    with at(path, "bob") as bob:
        assert told(bob, SESSION["completions"], "") == frozenset()  # Bob classifies what it was said of


# Figures tell something too


@pytest.mark.parametrize("name", ["bob", "Ｂｏｂ", "cy"])
def test_what_somebody_is_at_work_on_is_not_counted_as_disputed(path: Path, name: str) -> None:
    with at(path, name, "dora") as (session, dora):
        mine, others = session.adjudicator(), dora.adjudicator()
        assert [each.key for each in mine.queue(ReviewView(NS, settled=True))] == []
        assert [each.key for each in mine.queue(ReviewView(NS))] == ["d:3", "d:2"]
        assert (mine.totals(NS), mine.totals(NS, "words")) == ((2, 0), (2, 0))
        assert [each.key for each in others.queue(ReviewView(NS, settled=True))] == ["d:1"]
        assert others.totals(NS) == others.totals(NS, "words") == (2, 1)
        hand_in(path, "gus", "d:1", "Gustell")
        change(dora.store, "lead", "reviewers", "dora")
        dora.adjudicator().reopen("d:1", NS)
        assert (others.totals(NS), others.totals(NS, "words")) == ((3, 0), (3, 0))
        assert (mine.totals(NS), mine.totals(NS, "words")) == ((2, 0), (2, 0))
        assert mine.count(ReviewView(NS, order="field")) == 6
        assert others.count(ReviewView(NS, order="field")) == 9
        assert dict(mine.disputed_fields(ReviewView(NS))) == {"maker": 2, "remark": 2, "words": 2}
        assert progress.progress(session).decided[0].disputed == 2
        assert progress.progress(dora).decided[0].disputed == 3


def test_what_is_closed_takes_no_part_in_figures_and_that_is_said(path: Path) -> None:
    with at(path, "bob", "eve", "dora") as (bob, eve, dora):
        seen = {each.annotator: figures.agreement_field(each, SCOPE).row for each in (bob, eve, dora)}
        assert {name: (row.units, row.pairable) for name, row in seen.items()} == {
            "bob": (0, 0), "eve": (3, 3), "dora": (0, 0),
        }  # fmt: skip
        submit_fully(bob, "d:2")
        assert figures.agreement_field(bob, SCOPE).row.pairable == 1
        notes = " ".join(figures.agreement_fields(bob, Scope(NS)).notes)
        assert "2 subjects left out, 1 because you are at work on the same" in notes
        assert "1 because you have not handed in yours" in notes
        assert subjects.subjects_differing(bob, SCOPE, None).withheld == 2
        assert "Annotation is blind" not in " ".join(figures.agreement_fields(eve, Scope(NS)).notes)


def test_how_much_is_left_out_does_not_depend_on_what_was_said(path: Path) -> None:
    """Else a cell of a matrix could be asked which values a subject was given."""
    with at(path, "bob") as bob:
        counts = {
            subjects.subjects_with_choice(bob, SCOPE, choice).withheld
            for choice in ("Anntell", "Anntwotell", "Gustell", "nothing")
        }
        assert counts == {3}


def test_dates_and_names_do_not_narrow_it_down(path: Path) -> None:
    with at(path, "bob") as bob:
        for scope in (
            Scope(NS, field="words", annotators=("ann", "ben")),
            Scope(NS, field="words", since="2022", until="2022"),
            Scope("DESK", field="1.1"),
            Scope(NS, field="words", drafts=True, annotators=("ann",)),
        ):
            assert figures.agreement_field(bob, scope).row.pairable == 0


def test_an_empty_desk_has_nothing_to_keep(tmp_path: Path) -> None:
    with at(make_desk(tmp_path), "zoe") as zoe:
        assert zoe.adjudicator().totals(NS) == (0, 0)
        assert figures.agreement_fields(zoe, Scope(NS)).rows == ()
