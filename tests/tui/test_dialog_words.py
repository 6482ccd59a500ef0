"""What a dialog says is there to the end, however narrow the screen and long the words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import AskLine, Choose, Confirm
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.keys import Keys, usual_keys
from tests.tui.desk_content import empty_desk, settle

LONG = "What should others look at in the field that asks who was harmed, how often, and by whom, until the very end?"
DIALOGS: list[Callable[[Keys], Dialog[Any]]] = [
    lambda keys: AskLine(keys, LONG),
    lambda keys: Confirm(keys, "Really?", LONG),
    lambda keys: Choose(keys, LONG, [("a", "one")]),
    lambda keys: EditText(keys, LONG, ""),
    lambda keys: LineDialog(keys, LONG, ["one"], hint=""),
]


async def shown(folder: Path, dialog: Dialog[Any]) -> str:
    """What stands on a small screen with a dialog open, on one line and without its frame."""
    app = AnnotatorApp(empty_desk(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(dialog)
        await settle(pilot)
        return on_screen(app)


def on_screen(app: AnnotatorApp) -> str:
    """What stands in the dialog on screen, on one line and without its frame."""
    rows = ["".join(each.text for each in strip) for strip in app.screen._compositor.render_strips()]
    return " ".join(" ".join(row.split("│")[1] for row in rows if row.count("│") == 2).split())


@pytest.mark.parametrize("opened", DIALOGS)
async def test_a_long_sentence_is_folded(tmp_path: Path, opened: Callable[[Keys], Dialog[Any]]) -> None:
    assert LONG in await shown(tmp_path, opened(usual_keys()))


async def test_a_dialog_is_as_wide_as_what_there_is_to_choose(tmp_path: Path) -> None:
    option = "an answer of seventy cells, which is as long as a line can be at eighty"[:70]
    assert option in await shown(tmp_path, Choose(usual_keys(), "Which?", [("a", option)]))


@pytest.mark.parametrize("count", [2, 40])
async def test_the_line_of_the_cursor_is_told_in_full_where_it_is_cut(tmp_path: Path, count: int) -> None:
    dialog = LineDialog(usual_keys(), "Not adjudicated", ["short", *[LONG] * (count - 1)], hint="what keys do")
    app = AnnotatorApp(empty_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(dialog)
        await settle(pilot)
        before = on_screen(app)
        assert LONG not in before
        assert "what keys do" in before, "the list leaves room for it"
        await pilot.press("down")
        await settle(pilot)
        assert LONG in on_screen(app)
        assert "Not adjudicated" in on_screen(app) and "what keys do" in on_screen(app)


async def test_nothing_stands_below_lines_that_are_whole(tmp_path: Path) -> None:
    assert (
        await shown(tmp_path, LineDialog(usual_keys(), "Title", ["one", "two"], hint="hint")) == "Title ▸ one two hint"
    )
