"""While a search is typed, the footer offers only keys that are no text there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from annotator.tui.app import AnnotatorApp
from annotator.tui.widgets.keybar import KeyBar
from tests.tui.review_content import disputed_desk, press, reviewing
from tests.tui.settling import settled
from tests.tui.tagging_content import tagging, tagging_desk


def offered(pilot: Pilot[Any]) -> list[tuple[str, str]]:
    """Keys and words of the footer."""
    return [(key, words) for key, words, _ in pilot.app.screen.query_one(KeyBar).entries]


async def test_the_search_of_the_queue_names_its_own_keys(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = offered(pilot)
        assert ("c", "continue") in before
        await pilot.press("slash")
        await settled(pilot)
        assert offered(pilot) == [("⏎", "list"), ("esc", "leave search"), ("F1", "help")]
        await pilot.press("enter")
        await settled(pilot)
        assert offered(pilot) == before, "the search is still open, and somebody is in the list"
        await pilot.press("slash", "escape")
        await settled(pilot)
        assert offered(pilot) == before


async def test_the_line_that_finds_words_in_a_report_names_its_own_keys(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "f6")
        in_report = offered(pilot)
        await press(pilot, "slash", "r")
        assert offered(pilot) == [("⏎", "to what was found"), ("esc", "leave search"), ("F1", "help")]
        await press(pilot, "enter")
        assert offered(pilot) == in_report


async def test_the_line_that_finds_words_beside_a_ruling_names_its_own_keys(tmp_path: Path) -> None:
    async with reviewing(disputed_desk(tmp_path)) as (_, pilot):
        await press(pilot, "v")
        in_form = offered(pilot)
        assert ("^s", "rule") in in_form
        await press(pilot, "f6", "slash")
        assert offered(pilot) == [("⏎", "to what was found"), ("esc", "leave search"), ("F1", "help")]
        await press(pilot, "escape", "f6")
        assert offered(pilot) == in_form
