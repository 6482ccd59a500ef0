"""Working in rounds that run side by side, at the desk."""

from __future__ import annotations

from pathlib import Path

from annotator.desk import Desk
from annotator.desk.team.assignment import Wish, assign
from annotator.desk.team.rounds import RoundWish
from annotator.model.classification import Answer
from annotator.model.rounds import FIRST, short
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.line_dialog import LineDialog, Lines
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.desk_content import filled_desk, settle
from tests.tui.test_progress_screen import form_open, shown


def started(folder: Path) -> tuple[Desk, int]:
    """A desk of eva, who has something to do in the first round and in a calibration."""
    desk = filled_desk(folder)
    assign(desk.project, Wish("CSETv1", ("eva",), keys=("demo:5",)), FIRST, "zoe")
    zoe = Desk(desk.project, "zoe")
    number = zoe.rounds.start(RoundWish("calibration", Wish("CSETv1", ("eva,bob",), keys=("demo:6",)))).round
    return Desk(desk.project, "eva"), number


async def test_one_works_where_there_is_work_and_is_told_where_more_is(tmp_path: Path) -> None:
    desk, number = started(tmp_path)
    app = AnnotatorApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert f"CSETv1 round {short(number)}" in shown(pilot).splitlines()[0]
        await pilot.press("enter")
        screen = await form_open(pilot)
        assert screen.desk.worked_in.under("CSETv1") == number
        await pilot.press("K", *"none", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TaggingScreen)
        await pilot.press("escape", "escape")
        await settle(pilot)
        said = [each.message for each in app._notifications]
        assert "1 to do in CSETv1 round 1; R goes there." in said
        await pilot.press("R")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        queue = app.screen
        assert isinstance(queue, QueueScreen)
        assert queue.desk.worked_in.under("CSETv1") == FIRST
        assert "round" not in shown(pilot).splitlines()[0]
        await pilot.press("enter")
        assert (await form_open(pilot)).desk.worked_in.under("CSETv1") == FIRST


async def test_what_is_reopened_in_a_closed_round_hides_no_work_of_an_open_one(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    zoe = Desk(desk.project, "zoe")
    asked = Wish("harm_type", ("eva",), keys=("demo:6",))
    number = zoe.rounds.start(RoundWish("calibration", asked)).round
    in_it = Desk(desk.project, "eva", number)
    in_it.tagging.answer("demo:6", "harm_type", "outcome", Answer(value="no_harm"))
    in_it.tagging.submit("demo:6", "harm_type")
    in_it.tagging.reopen("demo:6", "harm_type")
    zoe.rounds.close(number, "harm_type")
    assign(desk.project, Wish("harm_type", ("eva",), keys=("demo:5", "demo:4")), FIRST, "zoe")
    app = AnnotatorApp(Desk(desk.project, "eva"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        queue = app.screen
        assert isinstance(queue, QueueScreen) and queue.desk.worked_in.under("harm_type") == FIRST
        queue.open("demo:6", "harm_type")
        screen = await form_open(pilot)
        assert screen.desk.worked_in.under("harm_type") == number
        await pilot.press("K", *"none", "enter")
        await settle(pilot)
        assert (screen.key, screen.desk.worked_in.under("harm_type")) in {("demo:5", FIRST), ("demo:4", FIRST)}


async def test_after_the_last_work_of_a_round_that_of_another_follows(tmp_path: Path) -> None:
    desk, number = started(tmp_path)
    app = AnnotatorApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        screen = await form_open(pilot)
        assert (screen.key, screen.desk.worked_in.under("CSETv1")) == ("demo:6", number)
        await pilot.press("K", *"none", "enter")
        await settle(pilot)
        assert (screen.key, screen.desk.worked_in.under("CSETv1")) == ("demo:5", FIRST)


async def test_where_there_is_one_round_it_says_so(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("R")
        await settle(pilot)
        assert "Every taxonomy has one round so far" in str([each.message for each in app._notifications])


async def test_answers_of_a_calibration_stand_side_by_side_once_all_are_in(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    dealt = Desk(desk.project, "zoe").rounds.start(
        RoundWish("calibration", Wish("harm_type", ("bob,cy",), keys=("demo:5",)))
    )
    app = AnnotatorApp(Desk(desk.project, "bob"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("p", "home", "enter")
        await settle(pilot)
        (said,) = [each.message for each in app._notifications]
        assert f"In round {short(dealt.round)} (calibration) under harm_type" in said and "bob 1, cy 1" in said
        for name, answer in (("bob", Answer(value="no_harm")), ("cy", Answer(state="unknown"))):
            classified = Desk(desk.project, name)
            classified.tagging.answer("demo:5", "harm_type", "outcome", answer)
            classified.tagging.submit("demo:5", "harm_type")
        await pilot.press("enter")
        await settle(pilot)
        dialog = app.screen
        assert isinstance(dialog, LineDialog)
        lines = [line.strip() for line in dialog.query_one(Lines).lines]
        assert lines[0].startswith("demo:5  自動運転バス")
        assert any(line.startswith("≠") for line in lines)
        assert {line.partition(":")[0] for line in lines if line.startswith(("bob", "cy"))} == {"bob", "cy"}
        assert "fields with several answers" in shown(pilot)
