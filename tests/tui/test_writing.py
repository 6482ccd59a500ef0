"""Answers are written in a line of the form with Textual's editor, whose cursor the terminal follows."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from textual.events import MouseDown, MouseUp
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widget import Widget

from annotator.model.classification import Answer
from annotator.tui.dialogs.group_row import GroupRow
from annotator.tui.tagging.screen import TaggingScreen
from annotator.tui.widgets.form.field_input import FieldInput
from tests.proofs import mostly_slow
from tests.tui.desk_process import DESK, desk_process
from tests.tui.settling import settled
from tests.tui.tagging_content import HOSTILE, lines_of, press, stored, tagging, tagging_desk

TRIES = 100


def written_at(screen: TaggingScreen, sign: str = "✎") -> Offset:
    """Where the text of the open line begins on the screen: after its sign and a space."""
    lines = lines_of(screen)
    row = next(number for number, line in enumerate(lines) if sign in line)
    return Offset(lines[row].index(sign) + 2, row)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_cursor_of_the_terminal_stands_in_the_line_that_is_written(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk, size=size) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter")
        assert pilot.app.cursor_position == written_at(screen)
        await press(pilot, '"ab')
        assert pilot.app.cursor_position == written_at(screen) + Offset(2, 0)
        for character in "自動":
            await pilot.press(character)
        assert pilot.app.cursor_position == written_at(screen) + Offset(6, 0)
        await press(pilot, "left", "home", "right")
        assert pilot.app.cursor_position == written_at(screen) + Offset(1, 0)


async def test_the_cursor_follows_the_line_when_the_form_is_scrolled_or_laid_out_anew(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk, size=(80, 30)) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ul')
        screen.form.view.scroll_to(y=2, animate=False, force=True)
        await settled(pilot)
        assert pilot.app.cursor_position == written_at(screen) + Offset(2, 0)
        before = pilot.app.cursor_position
        await press(pilot, "f4")
        assert pilot.app.cursor_position == written_at(screen) + Offset(2, 0) != before
        await pilot.resize_terminal(100, 40)
        await settled(pilot)
        assert pilot.app.cursor_position == written_at(screen) + Offset(2, 0)


async def test_the_cursor_stands_in_the_filter_and_in_the_row_of_a_group(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "slash", '"ra')
        assert pilot.app.cursor_position == written_at(screen, "/ ra") + Offset(2, 0)
        await press(pilot, "escape")
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"Ada')
        assert isinstance(pilot.app.screen, GroupRow)
        assert pilot.app.cursor_position == written_at(cast(TaggingScreen, pilot.app.screen)) + Offset(3, 0)


@pytest.mark.long
def test_an_input_method_finds_the_cursor_of_a_terminal_in_the_line(tmp_path: Path) -> None:
    tagging_desk(tmp_path, annotator="ana").close()
    command = (*DESK, "desk", "demo:1", "--taxonomy", "kinds")
    with desk_process(tmp_path, command, (80, 24)) as desk:
        desk.until("Upside down")
        desk.press("\x1b[6~\t\t\t\r自動")
        for _ in range(TRIES):  # the screen may be read amid a drawing
            screen = desk.screen_with("✎ 自動")
            row = next(number for number, line in enumerate(screen.display) if "✎" in line)
            wanted = (screen.display[row].index("✎") + 2 + 4, row)
            if (screen.cursor.x, screen.cursor.y) == wanted:
                break
            desk._read(0.2)
        assert (screen.cursor.x, screen.cursor.y) == wanted


WAYS = ["shift+tab", "pagedown", "f6", "right_square_bracket", "N", "ctrl+s"]
"""Keys that leave a line."""


@pytest.mark.parametrize("key", mostly_slow(WAYS, "shift+tab", "f6", "N"))
async def test_a_line_is_taken_whichever_way_it_is_left(tmp_path: Path, key: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ulm')
        if len(key) == 1 or key.startswith("right_"):
            screen.action_next_taxonomy() if key.startswith("right_") else screen.action_next_subject()
        else:
            await press(pilot, key)
        await settled(pilot)
        assert not screen.form.input.display
    assert stored(desk, "city") == Answer(value="Ulm")


async def test_a_line_that_does_not_fit_stays_open_with_its_words(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"2021-13', "shift+tab")
        await settled(pilot)
        assert screen.form.state is not None
        assert (screen.form.state.focus, screen.form.input.value) == ("day", "2021-13")
        assert pilot.app.focused is screen.form.input
        await press(pilot, "backspace", '"2', "tab")
        await settled(pilot)
    assert stored(desk, "day") == Answer(value="2021-12")


@pytest.mark.parametrize(("field", "typed"), [("day", "2021-13"), ("count", "-1"), ("share", "7")])
async def test_nobody_leaves_a_line_that_does_not_fit_unawares(tmp_path: Path, field: str, typed: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        form = screen.form
        for away in (partial(form.go_to, "city"), form.action_previous_field, form.action_fold):
            screen.form.go_to(field)
            await press(pilot, "enter", f'"{typed}')
            away()
            await settled(pilot)
            assert screen.form.state is not None
            assert screen.form.state.focus == field
            assert field in screen.form.unsaved
            await press(pilot, "escape", "u")
            assert screen.form.unsaved == []
    assert stored(desk, field) is None


async def test_a_tag_that_does_not_fit_is_put_right_before_the_next_one(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("tags")
        await press(pilot, "enter", '"robot', "enter")
        screen.form.input.value = "ra\0mp"
        await press(pilot, "enter")
        assert "tags" in screen.form.unsaved
        assert screen.form.state is not None
        assert screen.form.state.is_writing
        await press(pilot, "x", "escape")
        assert stored(desk, "tags") == Answer(value=["robot"])
        await press(pilot, "enter")
        screen.form.input.value = "ramp"
        await press(pilot, "enter", '"kerb', "enter")
        assert screen.form.unsaved == []
    assert stored(desk, "tags") == Answer(value=["robot", "ramp", "kerb"])


async def test_an_answer_full_of_odd_characters_is_opened_safely_and_kept_to_the_character(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    words = HOSTILE.replace("\n", " ")
    desk.tagging.answer("demo:1", "kinds", "name", Answer(value=words))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter", "home")
        assert "␛[31mred" in "\n".join(lines_of(screen))
        await press(pilot, "enter")
        await settled(pilot)
    assert stored(desk, "name") == Answer(value=words)


async def test_a_line_that_is_being_written_keeps_the_keys_after_a_click_beside_it(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ul')
        at = written_at(screen) - Offset(4, 0)
        for kind in (MouseDown, MouseUp):
            pilot.app.post_message(kind(cast(Widget, None), at.x, at.y, 0, 0, 1, False, False, False))
        await settled(pilot)
        assert isinstance(pilot.app.focused, FieldInput)
        await press(pilot, '"m', "enter")
        await settled(pilot)
    assert stored(desk, "city") == Answer(value="Ulm")


async def test_a_click_on_another_field_takes_what_is_written(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ulm')
        row = next(number for number, line in enumerate(lines_of(screen)) if re.search(r"2\.1 How many", line))
        await pilot.click(screen.form, offset=(8, row - screen.form.region.y))
        await settled(pilot)
        assert screen.field is not None
        assert screen.field.id == "count"
        await press(pilot, "7", "enter")
        await settled(pilot)
    assert stored(desk, "city") == Answer(value="Ulm")
    assert stored(desk, "count") == Answer(value=7)


async def test_an_unfinished_filter_shows_all_choices_again_with_backspace(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "slash", '"r', "backspace")
        assert screen.form.state is not None
        assert screen.form.state.filter == ""
        await press(pilot, "backspace")
        assert not screen.form.state.is_writing
        assert pilot.app.focused is screen.form.view
        await press(pilot, "slash", '"se', "enter")
        await settled(pilot)
    assert stored(desk, "where") == Answer(value=["sea"])


async def test_the_completion_that_is_marked_wins_over_what_is_written(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter", '"Ro', "down")
        assert any("› Rollo Robotics" in line for line in lines_of(screen))
        await press(pilot, "up", "enter")
        await settled(pilot)
        assert stored(desk, "name") == Answer(value="Ro")
        screen.form.go_to("name")
        await press(pilot, "enter", "down", '"l')
        assert not any("›" in line for line in lines_of(screen)), "who writes on has not chosen"
        await press(pilot, "tab", '" B', "tab")
        await settled(pilot)
    assert stored(desk, "name") == Answer(value="Rollo Robotics B")


async def test_a_state_given_while_writing_wins_over_the_words(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ul')
        screen.form.action_unknown()
        await settled(pilot)
        assert not screen.form.input.display
    assert stored(desk, "city") == Answer(state="unknown")


async def test_the_end_of_a_long_answer_is_in_sight_when_it_is_opened(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "name", Answer(value="a very long name " * 5 + "with an end"))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter")
        line = next(line for line in lines_of(screen) if "✎" in line)
        assert line.rstrip().endswith("with an end")
        assert pilot.app.cursor_position.x == line.index("with an end") + len("with an end")


def open_line(pilot: Pilot[None]) -> str:
    """What stands in the line that is being written."""
    return pilot.app.screen.query_one(FieldInput).value


async def test_what_is_saved_meanwhile_takes_no_character_away(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("count")
        await press(pilot, "1", "enter", "tab", "tab", "enter")
        for character in "quick":
            await pilot.press(character)
            assert screen.classification is not None
            screen.form.saved(screen.classification)
        assert open_line(pilot) == "quick"
