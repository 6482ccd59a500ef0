"""An answer that was refused because the classification was closed is saved once it is open again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.tagging_content import press, stored, tagging, tagging_desk
from tests.tui.test_saving import head
from tests.tui.test_unsaved_answers import kept


def submit_elsewhere(desk: Desk) -> None:
    """Hand in as the same person at another desk."""
    with closing(desk.another()) as other:
        other.tagging.submit("demo:1", "kinds")


def reason_at(screen: TaggingScreen, field: str) -> str:
    """Why the answer to a field is not saved, as the form says it."""
    return screen.form.state.refused.get(field, "") if screen.form.state else ""


async def test_an_answer_refused_because_it_was_handed_in_elsewhere_is_saved_once_reopened(tmp_path: Path) -> None:
    async with tagging(desk := tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "r")
        submit_elsewhere(desk)
        screen.form.go_to("one")
        await press(pilot, "2")
        assert "is submitted; reopen it" in reason_at(screen, "one")
        await press(pilot, "R", '"more', "enter")
        assert screen.classification
        assert screen.classification.status == "draft"
        assert reason_at(screen, "one") == "was not saved before this was reopened; enter saves it"
        assert "✗ not saved: 1 field" in head(screen)
        assert stored(desk, "one") == Answer(value="red")
        screen.form.go_to("one")
        await press(pilot, "enter")
        assert screen.form.unsaved == []
        assert "✓ saved" in head(screen)
    assert stored(desk, "one") == Answer(value="green")
    assert kept(desk) == {}


async def test_an_answer_that_does_not_fit_says_so_after_reopening_too(tmp_path: Path) -> None:
    async with tagging(desk := tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "r")
        screen.form.go_to("day")
        await press(pilot, '"21-3', "enter", "escape")
        before = reason_at(screen, "day")
        assert before
        submit_elsewhere(desk)
        screen.form.go_to("sure")
        await press(pilot, "y")
        await press(pilot, "R", "enter")
        assert reason_at(screen, "day") == before
        assert "enter saves it" in reason_at(screen, "sure")


def tab(screen: TaggingScreen) -> str:
    """The open taxonomy as the line of the taxonomies shows it."""
    return next(text for each, text in screen.tabs._placed() if each.namespace == "kinds")


@pytest.mark.parametrize("keys", [("2",), ("ctrl+s",), ("K", *"no", "enter")], ids=["answer", "submit", "skip"])
async def test_a_refusal_shows_that_the_subject_was_handed_in_elsewhere(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with tagging(desk := tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "r")
        submit_elsewhere(desk)
        screen.form.go_to("one")
        assert tab(screen) == "[kinds ◐]"
        await press(pilot, *keys)
        assert tab(screen) == "[kinds ✓]"
        if keys[-1] == "enter":
            await press(pilot, "escape")
        await press(pilot, "R", "enter")
        assert tab(screen) == "[kinds ◐]"
