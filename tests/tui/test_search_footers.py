"""While a search is typed, the footer offers only keys that are no text there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from annotator.tui.app import AnnotatorApp
from annotator.tui.keys import Keys
from annotator.tui.queue.rows import QueueRows
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.report_pane import ReportPane
from annotator.tui.widgets.search_box import SearchBox
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


async def test_keys_that_were_moved_leave_the_line_that_finds_words(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path), Keys({"accept": "f8", "stop_writing": "f9"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "f6", "slash", *"the")
        report = app.screen.query_one(ReportPane)
        assert offered(pilot)[:2] == [("F8", "to what was found"), ("F9", "leave search")]
        await press(pilot, "enter")
        assert not report.has_focus, "enter has nothing to do here any more"
        await press(pilot, "f8")
        assert report.has_focus
        assert report.shown[slice(*report.selection)].lower() == "the"
        await press(pilot, "slash", *"the", "f9")
        assert report.has_focus
        assert not report.has_selection


async def test_keys_that_were_moved_leave_the_search_of_the_queue(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path), Keys({"go_to_found": "f8", "show_all": "f9"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        rows = app.screen.query_one(QueueRows)
        await press(pilot, "slash", "down")
        assert not rows.has_focus
        await press(pilot, "f8")
        assert rows.has_focus
        await press(pilot, "slash", "f9")
        assert rows.has_focus
        assert not app.screen.query(SearchBox)
