"""A line is written in as Textual's editor does it, with any text, character by character as a reader counts them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot

from annotator.tui.widgets.line_input import LineInput
from tests.tui.tagging_content import typed


class OneLine(App[None]):
    """Nothing but a line to write in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield LineInput(self.text)


@asynccontextmanager
async def line(text: str) -> AsyncIterator[tuple[LineInput, Pilot[Any]]]:
    """A line with a text in it, narrow enough to scroll."""
    app = OneLine(text)
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.pause()
        yield app.query_one(LineInput), pilot


def drawn(app: App[Any]) -> list[str]:
    """The screen as text."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys; a text that begins with " is typed."""
    for key in keys:
        await pilot.press(*(typed(key[1:]) if key.startswith('"') else [key]))


CHANGES: list[tuple[str, tuple[str, ...], str]] = [
    ("cafe\u0301", ("backspace",), "caf"),
    ("ok 👍🏽", ("backspace",), "ok "),
    ("👩‍👩‍👧‍👦 e\u0301s", ("home", "delete", "delete", "delete"), "s"),
    ("e\u0301s", ("left", "left", '"x'), "xe\u0301s"),
    ("e\u0301s", ("home", "right", '"x'), "e\u0301xs"),
    ("e\u0301s", ("home", "shift+right", "delete"), "s"),
    ("se\u0301", ("shift+left", '"x'), "sx"),
    ("abc", ("shift+left", "shift+left", "backspace"), "a"),
    ("abc", ("shift+left", "shift+left", "left", '"x'), "axbc"),
    ("abc", ("home", "shift+right", "right", '"x'), "axbc"),
    ("abc", ("home", "backspace", "left", "end", "delete", "right"), "abc"),
    ("one two", ("ctrl+w",), "one "),
    ("one two", ("shift+home", "ctrl+x", "ctrl+v", "ctrl+v"), "one twoone two"),
]


@pytest.mark.long
async def test_a_character_is_what_a_reader_counts_as_one() -> None:
    async with line("") as (editor, pilot):
        for text, keys, left in CHANGES:
            editor.value = text
            await press(pilot, "end", *keys)
            assert editor.value == left, (text, keys)


async def test_what_would_steer_the_terminal_is_drawn_as_a_mark_and_kept_as_it_is() -> None:
    text = "a\x1b[31mb\u202ec\u200bd"
    async with line(text) as (editor, pilot):
        assert drawn(pilot.app)[0].startswith("a␛[31mb�c·d")
        assert editor.value == text


KEYS: list[tuple[str, ...]] = [(), ("left",), ("home",), ("home", "right", "right"), ("end", '"x'), ("backspace",)]


@pytest.mark.parametrize("text", ["short", "自動運転の自動車がぶつかった", "a\x1b\u200bb", "長い" * 20])
async def test_the_cursor_of_the_terminal_stands_where_the_cursor_is_drawn(text: str) -> None:
    async with line(text) as (editor, pilot):
        editor.cursor_blink = False
        for keys in KEYS:
            await press(pilot, *keys)
            assert pilot.app.cursor_position == Offset(cell_of_cursor(editor), 0), keys


def cell_of_cursor(editor: LineInput) -> int:
    """Where the cursor is drawn."""
    cell, style = 0, editor.get_component_rich_style("input--cursor")
    for segment in editor.app.screen._compositor.render_strips()[0]:
        if segment.style is not None and segment.style.bgcolor == style.bgcolor:
            return cell
        cell += segment.cell_length
    return -1
