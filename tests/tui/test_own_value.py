"""Any other value to rule is entered in a form of its own, and kept until it is handed on or not wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.model.classification import Answer
from annotator.model.taxonomy import Field
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.entered import Entered
from annotator.tui.review.own_value import OwnValueScreen, alone
from annotator.tui.saving import ENTERED
from tests.tui.review_content import shown, told
from tests.tui.tagging_content import press, tagging_desk


@pytest.fixture
def judge(tmp_path: Path) -> Desk:
    """Somebody who decides about three subjects, the first with one report."""
    return tagging_desk(tmp_path, annotator="judge")


@asynccontextmanager
async def entering(
    desk: Desk, field: str, before: Answer | None = None, kept: Entered | None = None
) -> AsyncIterator[tuple[OwnValueScreen, Pilot[None]]]:
    """Open the form of a field, with a value ruled before or one that was entered and kept."""
    app = AnnotatorApp(desk)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        if kept:
            app.saving.words.keep(Place("demo:1", "kinds", field, ENTERED), kept.words)
        screen = OwnValueScreen(desk, app.keys, app.saving, "demo:1", "kinds", field, before, page=1)
        app.push_screen(screen)
        await press(pilot)
        yield screen, pilot


def kept_by(screen: OwnValueScreen) -> list[str]:
    """What would be offered again, should the desk end now."""
    return [words.text for words in screen.saving.words.all()]


def footer(screen: OwnValueScreen) -> list[str]:
    """What the keys at the bottom are said to do."""
    return [words for _, words, _ in screen.keybar.entries]


def is_open(pilot: Pilot[None]) -> bool:
    """Whether the form is still on screen."""
    return not isinstance(pilot.app.screen, QueueScreen)


async def test_the_form_begins_with_the_value_ruled_before_and_nothing_is_said(judge: Desk) -> None:
    async with entering(judge, "one", Answer(value="red")) as (screen, pilot):
        assert told(pilot) == ""
        await press(pilot, "ctrl+s")
        assert screen.chosen == Answer(value="red")
        assert not is_open(pilot)


async def test_a_value_kept_for_an_earlier_taxonomy_is_not_offered(judge: Desk) -> None:
    async with entering(judge, "one", kept=Entered(Answer(value="purple"))) as (_, pilot):
        assert "You entered this before and did not save it." in told(pilot)
        await press(pilot, "ctrl+s")
        assert "Answer first" in told(pilot)


async def test_what_is_taken_back_is_not_kept(judge: Desk) -> None:
    async with entering(judge, "one", Answer(value="red")) as (screen, pilot):
        await press(pilot, "2")
        assert len(kept_by(screen)) == 1
        await press(pilot, "home", "1")
        assert kept_by(screen) == []


async def test_a_line_that_is_not_wanted_is_not_kept(judge: Desk) -> None:
    async with entering(judge, "name") as (screen, pilot):
        await press(pilot, "enter", '"Rollo')
        assert len(kept_by(screen)) == 1
        await press(pilot, "escape")
        assert kept_by(screen) == []
        assert is_open(pilot)


async def test_a_line_is_kept_until_the_answer_is_that_it_becomes(judge: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with entering(judge, "name") as (screen, pilot):
        await press(pilot, "enter", '"Rollo')
        dropped = list[Place]()
        monkeypatch.setattr(screen.saving.words, "forget", dropped.append)
        await press(pilot, "enter")
        assert screen.answers == {"name": Answer(value="Rollo")}
        assert dropped == []


async def test_the_line_being_written_is_handed_on(judge: Desk) -> None:
    async with entering(judge, "name", Answer(value="Rolla")) as (screen, pilot):
        await press(pilot, "enter", "backspace", "o", "ctrl+s")
        assert screen.chosen == Answer(value="Rollo")


async def test_the_line_being_written_is_an_answer_once_somebody_goes_to_the_report(judge: Desk) -> None:
    async with entering(judge, "name") as (screen, pilot):
        await press(pilot, "enter", '"Rollo', "f6")
        assert screen.report.has_focus
        assert screen.answers == {"name": Answer(value="Rollo")}


async def test_what_is_missing_is_asked_for_at_the_field(judge: Desk) -> None:
    async with entering(judge, "one") as (screen, pilot):
        await press(pilot, "end", "enter")
        assert "Answer first" in told(pilot)
        assert screen.form.state and screen.form.state.focus == "one"


async def test_a_value_that_does_not_fit_is_not_replaced_by_the_one_before(judge: Desk) -> None:
    async with entering(judge, "day", Answer(value="2021-03-04")) as (screen, pilot):
        await press(pilot, '"2021-99', "ctrl+s")
        assert "This does not fit, or waits for an answer" in told(pilot)
        assert is_open(pilot) and screen.chosen is None
        assert "2021-99" in "".join(kept_by(screen))
        await press(pilot, "escape", "escape", "n")
        assert is_open(pilot), "who answers no stays"
        await press(pilot, "escape", "y")
        assert not is_open(pilot)
        assert kept_by(screen) == []


async def test_a_value_that_fits_ends_a_refusal(judge: Desk) -> None:
    async with entering(judge, "day") as (screen, pilot):
        await press(pilot, '"2021-99', "enter")
        await press(pilot, *["backspace"] * 2, '"05', "enter", "ctrl+s")
        assert screen.chosen == Answer(value="2021-05")


async def test_the_key_that_goes_back_ends_one_thing_at_a_time(judge: Desk) -> None:
    async with entering(judge, "one") as (screen, pilot):
        await press(pilot, "G", "f6", "s")
        assert screen.report.has_selection
        await press(pilot, "escape")
        assert screen.report.has_focus and not screen.report.has_selection
        await press(pilot, "v")
        assert screen.report.is_marking
        await press(pilot, "escape")
        assert screen.report.has_focus and not screen.report.is_marking
        await press(pilot, "escape")
        assert not screen.report.has_focus and screen.has_class("-guided")
        await press(pilot, "escape")
        assert is_open(pilot) and not screen.has_class("-guided")
        await press(pilot, "escape")
        assert not is_open(pilot) and screen.chosen is None


async def test_the_keys_of_the_pane_are_shown_and_the_one_that_rules_where_it_works(judge: Desk) -> None:
    async with entering(judge, "name") as (screen, pilot):
        assert "rule" in footer(screen)
        await press(pilot, "enter")
        assert "rule" not in footer(screen), "while keys are text"
        await press(pilot, "escape", "f6")
        assert "sentence" in footer(screen) and "rule" not in footer(screen)
        pilot.app.post_message(AppBlur())
        await press(pilot)
        assert "sentence" in footer(screen), "also while another window is in front of the terminal"
        pilot.app.post_message(AppFocus())
        await press(pilot)
        await press(pilot, "f6")
        assert "rule" in footer(screen)


async def test_evidence_joins_the_answer_it_waited_for_and_is_marked(judge: Desk) -> None:
    async with entering(judge, "where") as (screen, pilot):
        await press(pilot, "f6", "s", "enter")
        assert screen.form.unsaved == ["where"]
        assert len(kept_by(screen)) == 1
        await press(pilot, "2", "2")
        assert screen.form.unsaved == []
        assert [span.start for span in screen.report.evidence] == [0]
        await press(pilot, "ctrl+s")
        assert screen.chosen and len(screen.chosen.evidence) == 1


async def test_a_field_is_asked_whatever_its_conditions_say(judge: Desk) -> None:
    async with entering(judge, "dead") as (screen, pilot):
        await press(pilot, '"3', "ctrl+s")
        assert screen.chosen == Answer(value=3)
    taxonomy = judge.subjects.taxonomy("kinds")
    for_reports = Field(id="seen", label="Seen", kind="bool", applies_to=["report"])
    assert [each.applies_to for each in alone(taxonomy, for_reports).fields] == [None]


async def test_guidance_follows_the_choice(judge: Desk) -> None:
    async with entering(judge, "one") as (_, pilot):
        assert "As a signal that says stop." in shown(pilot)
    assert cast(AnnotatorApp, pilot.app).saving.words.all() == []
