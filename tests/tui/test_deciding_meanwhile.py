"""Deciding while others hand in or rule: what was not seen is not decided on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from textual.widgets import Input

from annotator.desk import Desk
from annotator.errors import OutdatedError
from annotator.model.classification import Answer
from annotator.model.review import Comparison
from annotator.tui.review.decisions import Decisions
from annotator.tui.review.meant import Because, Meant
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.screen import ReviewScreen
from tests.tui.review_content import RED, at_desk, disputed_desk, hand_in, lines, press, reviewing, shown, told
from tests.tui.settling import written
from tests.tui.test_saving_reviews import decided, looks


def meanwhile(screen: ReviewScreen, work: Callable[[Desk], object]) -> None:
    """Have something done before what is put to be written next, and by somebody else."""
    screen.saving.put(work, screen.decisions.place(""), lambda _: None, lambda _: None)


def bo_hands_in(judge: Desk, key: str = "demo:1") -> Callable[[Desk], None]:
    """Bo hands in another answer to the first field."""

    def work(_: Desk) -> None:
        with closing(at_desk(judge, "bo")) as bo:
            hand_in(bo, key, one="up")

    return work


async def test_a_ruling_that_waited_while_somebody_handed_in_is_refused_and_shows_what_is_new(
    tmp_path: Path,
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        assert "Green" in shown(pilot)
        meanwhile(screen, bo_hands_in(judge))
        await press(pilot, "2", "5", "enter")
        assert "answers were handed in or taken back meanwhile; look again" in told(pilot)
        assert decided(judge).rulings == {}
        await press(pilot, "home")
        assert "Upside down" in shown(pilot) and "✗ not saved" in lines(pilot)[1]
        assert list(screen.state.refused) == ["one"]
        await press(pilot, "2")
        assert "5 (•) slip" in shown(pilot), "what was said before is offered again"
        await press(pilot, "enter")
        assert not screen.state.refused
        assert "✓ saved" in lines(pilot)[1]
    ruled = decided(judge).rulings["one"]
    assert {name: each.value for name, each in ruled.between.items()} == {"bo": "up", "eva": "red"}


async def test_a_note_on_what_has_changed_meanwhile_stays_until_somebody_looks_again(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        meanwhile(screen, bo_hands_in(judge))
        await press(pilot, "2", "tab", *"p3", "enter")
        assert isinstance(pilot.app.screen, RulingDialog)
        assert "Not saved: demo:1 under kinds: answers were handed in" in shown(pilot)
        await press(pilot, "escape", "home")
        assert "Upside down" in shown(pilot)
        await press(pilot, "2")
        assert pilot.app.screen.query_one("#note", Input).value == "p3"
        await press(pilot, "enter")
    assert decided(judge).rulings["one"].note == "p3"


async def test_a_ruling_that_another_reviewer_made_meanwhile_is_not_replaced_unseen(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)

    def rule(_: Desk) -> None:
        with closing(at_desk(judge, "other judge")) as other:
            other.adjudication.adopt("demo:1", "kinds", "one", "bo", "slip")

    async with reviewing(judge) as (screen, pilot):
        meanwhile(screen, rule)
        await press(pilot, "2", "enter")
        assert "somebody else ruled meanwhile; look again" in told(pilot)
        assert decided(judge).rulings["one"].by == "other judge"
        await press(pilot, "home")
        assert "Green · by other judge" in shown(pilot)
        await press(pilot, "2", "enter", "home", "1", "enter", "home", "2", "enter")
        assert decided(judge).rulings["one"].by == "judge", "one's own may be followed by another at once"
        assert decided(judge).rulings["one"].answer.value == "red"


async def test_a_subject_goes_on_record_only_as_it_was_seen(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)

    def hand_in_too(_: Desk) -> None:
        with closing(at_desk(judge, "cy")) as cy:
            hand_in(cy, **RED)

    async with reviewing(judge) as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3)
        meanwhile(screen, hand_in_too)
        await press(pilot, "ctrl+s")
        assert "answers were handed in or taken back meanwhile; look again" in told(pilot)
        assert decided(judge).status == "draft"
        assert screen.state.review.annotators == ("bo", "cy", "eva")
        await press(pilot, "ctrl+s")
        assert screen.state.is_adjudicated


def lee_adjudicates(judge: Desk) -> Callable[[Desk], None]:
    """Lee rules everything and puts the first subject on record."""

    def work(_: Desk) -> None:
        with closing(at_desk(judge, "lee")) as lee:
            for each in lee.review.look("demo:1", "kinds").review.fields:
                if each.is_open:
                    lee.adjudication.adopt("demo:1", "kinds", each.field, "bo", "slip")
            lee.adjudication.adjudicate("demo:1", "kinds")

    return work


def lee_reopens(judge: Desk) -> Callable[[Desk], None]:
    """Lee takes the adjudication back."""

    def work(_: Desk) -> None:
        with closing(at_desk(judge, "lee")) as lee:
            lee.adjudication.reopen("demo:1", "kinds")

    return work


@pytest.mark.parametrize("keys", [["2", "enter"], ["2", "tab", *"p3", "enter", "escape"], ["ctrl+s"], ["R"]])
async def test_a_subject_that_somebody_adjudicated_meanwhile_is_shown_so_and_can_be_reopened(
    tmp_path: Path, keys: list[str]
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        lee_adjudicates(judge)(judge)
        assert "3 of 3 fields open · undecided" in lines(pilot)[1]
        await press(pilot, *keys)
        assert "0 of 3 fields open · adjudicated" in lines(pilot)[1]
        await press(pilot, "home")
        assert "by lee" in shown(pilot)
        await press(pilot, "R", "enter", "2", "enter")
        assert "being decided" in lines(pilot)[1] and "✓ saved" in lines(pilot)[1]
        assert not screen.state.refused
    assert decided(judge).rulings["one"].by == "judge"


@pytest.mark.parametrize("keys", [["2"], ["R", "enter", "escape"], ["w"]])
async def test_a_subject_that_somebody_reopened_meanwhile_is_shown_so(tmp_path: Path, keys: list[str]) -> None:
    judge = disputed_desk(tmp_path)
    lee_adjudicates(judge)(judge)
    async with reviewing(judge) as (_, pilot):
        lee_reopens(judge)(judge)
        await press(pilot, *keys)
        assert "being decided" in lines(pilot)[1]
        assert "saved" not in lines(pilot)[1], "there was nothing to save"
        await press(pilot, "home", "2", "enter")
        assert "✓ saved" in lines(pilot)[1]
    assert decided(judge).rulings["one"].by == "judge"


async def test_a_ruling_that_somebody_took_back_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, *["2", "enter"] * 3)
        with closing(at_desk(judge, "judge")) as elsewhere:
            elsewhere.history.undo()
        await press(pilot, "ctrl+s")
        assert "nobody has ruled" in told(pilot)
        assert "1 of 3 fields open" in lines(pilot)[1]
        assert len(screen.state.problems) == 1
        await press(pilot, "2", "enter", "ctrl+s")
        assert screen.state.is_adjudicated


async def test_the_header_tells_what_became_of_the_last_change_and_not_of_a_refused_adjudication(
    tmp_path: Path,
) -> None:
    async with reviewing(disputed_desk(tmp_path)) as (_, pilot):
        await press(pilot, "ctrl+s")
        assert "Not adjudicated: 3 fields" in shown(pilot)
        await press(pilot, "escape")
        assert "saved" not in lines(pilot)[1]
        await press(pilot, "2", "enter", "ctrl+s")
        assert "Not adjudicated: 2 fields" in shown(pilot)
        await press(pilot, "escape")
        assert "✓ saved" in lines(pilot)[1]


async def test_a_ruling_refused_after_somebody_went_on_shows_nothing_and_is_no_look(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    with closing(at_desk(judge, "eva")) as eva:
        eva.tagging.reopen("demo:3", "kinds")
        eva.tagging.skip("demo:3", "kinds", "not now")

    def hand_in_there(_: Desk) -> None:
        with closing(at_desk(judge, "bo")) as bo:
            hand_in(bo, "demo:3", one="up")

    unseen = Meant(Answer(value="red"), Because("slip"), Comparison("one", {}, {}))
    async with reviewing(judge) as (screen, pilot):
        meanwhile(screen, hand_in_there)
        elsewhere = Decisions(screen.saving, "demo:3", screen.taxonomy)
        said = list[object]()
        elsewhere.send("one", unseen, said.append, said.append)
        await written(pilot)
        assert [type(each) for each in said] == [OutdatedError]
        assert looks(judge) == ["demo:1"]
