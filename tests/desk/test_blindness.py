"""Nobody sees another's answers before handing in their own, whichever door they try."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.comparison.policy import Scope
from annotator.desk.settings import change
from annotator.model.queue import QueueView
from annotator.model.review import ReviewView
from tests.desk.blind_doors import BESIDE, DECIDING, DESK, DOORS, OTHERS, PARTS, SCOPE, Door, parts_of_a_desk, told
from tests.desk.blinded import (
    EVERYBODY,
    KNOWN_AS,
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

pytestmark = pytest.mark.long


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it to try things on."""
    return fresh(made, tmp_path)


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_every_door_is_tried() -> None:
    assert public(Desk) == DESK.keys()
    assert parts_of_a_desk() == {name: kind for name, (kind, _) in PARTS.items()}
    for name, (kind, tried) in PARTS.items():
        assert public(kind) == tried.keys() - BESIDE.get(name, set()), name


@EVERYBODY
@pytest.mark.parametrize("door", OTHERS.values(), ids=OTHERS)
def test_nothing_closed_comes_through(made: Path, tmp_path: Path, door: Door, names: tuple[str, ...]) -> None:
    for name in set(names) - {"ANN", "bob", "BOB"}:  # other spellings of those who are tried
        for round_, key in ((1, "d:1"), (1, "d:2"), (1, "d:3"), (2, "d:1"), (2, "d:3")):
            with at(fresh(made, tmp_path), name, round_=round_) as desk:
                assert told(desk, door, key) <= OPEN[name], (name, round_, key)


@EVERYBODY
@pytest.mark.parametrize("door", DECIDING.values(), ids=DECIDING)
def test_who_is_at_work_is_not_let_in_and_strangers_are_known_to_have_looked(
    made: Path, tmp_path: Path, door: Door, names: tuple[str, ...]
) -> None:
    for name in names:
        for number, secrets in OF.items():
            path = fresh(made, tmp_path)
            with at(path, name) as desk:
                found = told(desk, door, f"d:{number}") - OPEN[name]
            if found:
                assert name in STRANGERS[number], (name, number)
                assert found <= secrets
                assert (KNOWN_AS.get(name, name), f"d:{number}") in looked(path)


def test_the_doors_are_open_to_those_who_may_look(made: Path, tmp_path: Path) -> None:
    """So that none of the tests above passes because nothing is ever shown."""
    path = fresh(made, tmp_path)
    with at(path, "eve") as eve:
        for name in ("field", "subjects_differing", "subjects_with_choice", "matrix_of_pair"):
            assert told(eve, DOORS[f"comparison.{name}"], "") >= OF["2"], name
        for name in ("events", "export", "shown", "stored"):
            assert told(eve, DOORS[f"exchange.{name}"], "d:2") >= {"anntwotell"}, name
        for name in ("of", "disagreements"):
            assert told(eve, DOORS[f"review.{name}"], "d:2") >= OF["2"], name
        assert "aiidtell" in told(eve, DOORS["comparison.field"], "")
    with at(path, "ann") as ann:
        assert told(ann, DOORS["history.of"], "d:1") == told(ann, DOORS["tagging.classification"], "d:1") == {"anntell"}
        assert told(ann, DOORS["history.of"], "d:3") == frozenset()
        assert told(ann, DOORS["tagging.completions"], "") == {"anntell", "anntwotell", "aiidtell"}
        assert "anntwotell" in told(ann, DOORS["tagging.frequent_choices"], "")
    with at(path, "dora") as dora:
        assert told(dora, DOORS["comparison.field"], "") == {"aiidtell"}
        assert told(dora, DOORS["tagging.completions"], "") == {"aiidtell"}
    with at(path, "bob") as bob:
        assert told(bob, DOORS["tagging.completions"], "") == frozenset()  # Bob classifies what it was said of


# Figures tell something too


@pytest.mark.parametrize("name", ["bob", "Ｂｏｂ", "cy"])
def test_what_somebody_is_at_work_on_is_not_counted_as_disputed(path: Path, name: str) -> None:
    with at(path, name, "dora") as (desk, dora):
        assert [each.key for each in desk.review.queue(ReviewView(NS, settled=True))] == []
        assert [each.key for each in desk.review.queue(ReviewView(NS))] == ["d:3", "d:2"]
        assert (desk.review.totals(NS), desk.review.totals(NS, "words")) == ((2, 0, 0), (2, 0, 0))
        assert [each.key for each in dora.review.queue(ReviewView(NS, settled=True))] == ["d:1"]
        assert dora.review.totals(NS) == dora.review.totals(NS, "words") == (2, 1, 0)
        hand_in(path, "gus", "d:1", "Gustell")
        assert (dora.review.totals(NS), desk.review.totals(NS)) == ((2, 1, 1), (2, 0, 0))
        found = [[row.key for row in each.queue.listed(QueueView(stale=True))] for each in (dora, desk)]
        assert found == [["d:1"], []]
        decided = [each.queue.listed(QueueView(status="adjudicated", taxonomy=NS)) for each in (dora, desk)]
        assert [{row.key: row.stale for row in rows} for rows in decided] == [{"d:1": (NS,)}, {"d:1": ()}]
        assert [each.progress.of().decided[0].stale for each in (dora, desk)] == [1, 0]
        stale = ReviewView(NS, settled=True, stale=True)
        assert [[line.key for line in each.review.queue(stale)] for each in (dora, desk)] == [["d:1"], []]
        lines = dora.review.lines(stale)
        assert [[row.stale for row in each.review.rows(stale, lines, 0, 9)] for each in (dora, desk)] == [[True], []]
        change(dora.store, "lead", "reviewers", "dora")
        dora.adjudication.reopen("d:1", NS)
        assert (dora.review.totals(NS), dora.review.totals(NS, "words")) == ((3, 0, 0), (3, 0, 0))
        assert (desk.review.totals(NS), desk.review.totals(NS, "words")) == ((2, 0, 0), (2, 0, 0))
        assert len(desk.review.lines(ReviewView(NS, order="field"))) == 6
        assert len(dora.review.lines(ReviewView(NS, order="field"))) == 9
        listed = dora.review.lines(ReviewView(NS))  # as by somebody who began to work on one of them since
        assert [each.key for each in dora.review.rows(ReviewView(NS), listed, 0, 9)] == ["d:3", "d:2", "d:1"]
        assert [each.key for each in desk.review.rows(ReviewView(NS), listed, 0, 9)] == ["d:3", "d:2"]
        assert dict(desk.review.disputed_fields(ReviewView(NS))) == {"maker": 2, "remark": 2, "words": 2}
        assert desk.progress.of().decided[0].disputed == 2
        assert dora.progress.of().decided[0].disputed == 3


def test_what_is_closed_takes_no_part_in_figures_and_that_is_said(path: Path) -> None:
    with at(path, "bob", "eve", "dora") as (bob, eve, dora):
        seen = {each.annotator: each.comparison.field(SCOPE).row for each in (bob, eve, dora)}
        assert {name: (row.units, row.pairable) for name, row in seen.items()} == {
            "bob": (0, 0), "eve": (3, 3), "dora": (0, 0),
        }  # fmt: skip
        submit_fully(bob, "d:2")
        assert bob.comparison.field(SCOPE).row.pairable == 1
        notes = " ".join(bob.comparison.fields(Scope(NS)).notes)
        assert "2 subjects left out, 1 because you are at work on the same" in notes
        assert "1 because you have not handed in yours" in notes
        assert bob.comparison.subjects_differing(SCOPE, None).withheld == 2
        assert "Annotation is blind" not in " ".join(eve.comparison.fields(Scope(NS)).notes)


def test_how_much_is_left_out_does_not_depend_on_what_was_said(path: Path) -> None:
    """Else a cell of a matrix could be asked which values a subject was given."""
    with at(path, "bob") as bob:
        counts = {
            bob.comparison.subjects_with_choice(SCOPE, choice).withheld
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
            assert bob.comparison.field(scope).row.pairable == 0


def test_an_empty_desk_has_nothing_to_keep(tmp_path: Path) -> None:
    with at(make_desk(tmp_path), "zoe") as zoe:
        assert zoe.review.totals(NS) == (0, 0, 0)
        assert zoe.comparison.fields(Scope(NS)).rows == ()
