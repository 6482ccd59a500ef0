"""An editor answers every kind of field with the keyboard, and finds it stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.events import AppBlur, AppFocus, Key, Paste
from textual.keys import key_to_character
from textual.pilot import Pilot

from annotator.model.classification import Answer
from annotator.tui.tagging.screen import TaggingScreen
from tests.proofs import mostly_slow
from tests.tui.tagging_content import lines_of, press, stored, tagging, tagging_desk

ANSWERS: list[tuple[str, tuple[str, ...], Any]] = [
    ("one", ("r",), "red"),
    ("one", ("2",), "green"),
    ("one", ("right", "enter"), "green"),
    ("several", ("1", "3"), ["a1", "c1"]),
    ("several", ("down", "space", "down", "space"), ["b1", "c1"]),
    ("several", ("1", "2", "3", "1"), ["b1", "c1"]),
    ("where", ("l", "o"), ["road"]),
    ("where", ("l", "o", "i", "left", "2", "2"), ["road", "rail", "river"]),
    ("where", ("down", "right", "right", "enter"), ["sea"]),
    ("where", ("slash", '"rail', "enter"), ["rail"]),
    ("sure", ("y",), True),
    ("sure", ("n",), False),
    ("sure", ("2",), False),
    ("how_bad", ("2",), "grave"),
    ("count", ("1", "2", "enter"), 12),
    ("count", ("0", "enter"), 0),
    ("count", ("enter", "7", "enter"), 7),
    ("share", ('".25', "enter"), 0.25),
    ("day", ('"2021-03', "enter"), "2021-03"),
    ("name", ("enter", '"A robot', "enter"), "A robot"),
    ("name", ("enter", '"Rol', "down", "enter"), "Rollo Robotics"),
    ("name", ("enter", '"Rol', "tab", "enter"), "Rollo Robotics"),
    ("name", ("enter", '"Robotx', "backspace", "home", '"The ', "enter"), "The Robot"),
    ("story", ("enter", '"It stood.', "enter", '"Then it left.', "ctrl+s"), "It stood.\nThen it left."),
    ("tags", ("enter", '"slow', "enter", '"loud', "enter", "enter"), ["slow", "loud"]),
    (
        "tags",
        ("enter", '"slow', "enter", '"loud', "enter", "enter", "1", "backspace", '"er', "enter"),
        ["sloer", "loud"],
    ),
    ("city", ("enter", '"Ulm', "tab"), "Ulm"),
    ("people", ("enter", "enter", '"Ada', "enter", "2", "ctrl+s"), [{"who": "Ada", "role": "driver"}]),
]


@pytest.mark.parametrize(
    ("field", "keys", "value"), mostly_slow(ANSWERS, *{case[0]: case for case in ANSWERS}.values())
)
async def test_every_kind_of_field_is_answered_with_keys(
    tmp_path: Path, field: str, keys: tuple[str, ...], value: Any
) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to(field)
        await press(pilot, *keys)
        answer = stored(desk, field)
    assert answer is not None
    assert (answer.state, answer.value) == ("answered", value)


async def test_an_answer_brings_up_the_next_field(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r")
        assert screen.form.state is not None
        assert screen.form.state.focus == "several"


async def strike(pilot: Pilot[None], *keys: str) -> None:
    """Strike keys at once, as a fast hand or a paste does."""
    for key in keys:
        pilot.app.post_message(Key(key, key_to_character(key)))
    for _ in range(4):
        await pilot.pause()


async def test_keys_struck_faster_than_the_disk_reach_the_field_they_were_meant_for(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("sure")
        await strike(pilot, "y", "2", "3", "enter", "1", "2", "enter")
    assert stored(desk, "sure") == Answer(value=True)
    assert stored(desk, "how_bad") == Answer(value="grave")
    assert stored(desk, "dead") == Answer(value=3)
    assert stored(desk, "count") == Answer(value=12)


@pytest.mark.parametrize("leaving", ["N", "ctrl+s", "right_square_bracket", "escape"])
async def test_an_answer_struck_just_before_leaving_stays_with_its_subject(tmp_path: Path, leaving: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await strike(pilot, "r", leaving)
        here = pilot.app.screen
        assert not isinstance(here, TaggingScreen) or (here.key, here.namespace) != ("demo:1", "kinds")
        await press(pilot)
    assert stored(desk, "one") == Answer(value="red")
    for key, taxonomy in (("demo:2", "kinds"), ("demo:1", "harm_type")):
        assert desk.tagging.classification(key, taxonomy).status == "untouched"


async def test_an_answer_and_its_undo_struck_together_leave_nothing(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await strike(pilot, "2", "ctrl+z")
    assert stored(desk, "one") is None
    assert [event.kind for event in desk.history.of("demo:1", "kinds")] == ["answer_set", "undone"]


async def test_a_terminal_that_loses_the_focus_does_not_end_the_writing(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ul')
        pilot.app.post_message(AppBlur())
        await pilot.pause()
        pilot.app.post_message(AppFocus())
        await pilot.pause()
        assert stored(desk, "city") is None
        await press(pilot, '"m', "enter")
    assert stored(desk, "city") == Answer(value="Ulm")


@pytest.mark.parametrize(("key", "state"), [("question_mark", "unknown"), ("minus", "not_applicable"), ("0", "empty")])
async def test_each_state_is_one_key_and_looks_like_itself(tmp_path: Path, key: str, state: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("several")
        await press(pilot, key)
        shown = "\n".join(lines_of(screen))
    assert stored(desk, "several") == Answer(state=state)
    assert {"unknown": "? unknown", "not_applicable": "– n/a", "empty": "∅ none"}[state] in shown


async def test_backspace_makes_a_field_unanswered_again(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r", "up", "backspace")
        assert stored(desk, "one") is None
        screen.form.go_to("tags")
        await press(pilot, "enter", '"slow', "enter", '"loud', "enter", "escape", "up", "backspace")
    assert stored(desk, "tags") == Answer(value=["slow"])


async def test_a_reserved_key_keeps_its_meaning_although_a_choice_asks_for_it(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r")
        screen.form.go_to("one")
        await press(pilot, "u")
    assert stored(desk, "one") is None


async def test_a_value_that_does_not_fit_stays_in_the_line_with_the_reason(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"21-3', "enter")
        shown = "\n".join(lines_of(screen))
        assert stored(desk, "day") is None
        assert "✗ not saved" in shown
        assert "! " in shown
        await press(pilot, "ctrl+u", '"2021', "enter")
        shown = "\n".join(lines_of(screen))
    assert stored(desk, "day") == Answer(value="2021")
    assert "✓ saved" in shown


async def test_the_first_of_two_needed_choices_waits_for_the_second(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("several")
        await press(pilot, "1")
        assert stored(desk, "several") is None
        assert "at least 2" in "\n".join(lines_of(screen))
        await press(pilot, "4")
    assert stored(desk, "several") == Answer(value=["a1", "d1"])


async def test_a_field_appears_when_its_condition_holds_and_its_answer_survives_hiding(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("how_bad")
        assert "Lives lost" not in "\n".join(lines_of(screen))
        await press(pilot, "2", "3", "enter")
        assert stored(desk, "dead") == Answer(value=3)
        screen.form.go_to("how_bad")
        await press(pilot, "1")
        assert "Lives lost" not in "\n".join(lines_of(screen))
    assert stored(desk, "dead") == Answer(state="hidden", value=3)


async def test_nothing_is_taken_from_a_closed_dialog(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("story")
        await press(pilot, "enter", '"half a', "escape")
        assert screen.app.screen is not screen
        await press(pilot, "escape")
        assert screen.app.screen is screen
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"Ada', "enter", "escape")
        assert screen.app.screen is not screen
        await press(pilot, "escape")
        assert screen.app.screen is screen
    assert stored(desk, "story") is None
    assert stored(desk, "people") is None


async def test_a_row_without_what_it_needs_is_not_kept(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "down", "2", "ctrl+s")
        assert screen.app.screen is not screen
        await press(pilot, "home", "enter", '"Ada', "ctrl+s")
        await press(pilot, "1", "enter", '" B', "enter", "ctrl+s")
        assert stored(desk, "people") == Answer(value=[{"who": "Ada B", "role": "driver"}])
        await press(pilot, "delete")
    assert stored(desk, "people") is None


async def test_a_click_opens_a_field_and_takes_a_choice(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        rows = [row.text for row in screen.form.view.lines.rows]
        await pilot.click("#form", offset=(8, next(n for n, text in enumerate(rows) if "Several" in text)))
        await pilot.pause()
        rows = [row.text for row in screen.form.view.lines.rows]
        for choice in ("Bell", "Drum"):
            await pilot.click("#form", offset=(8, next(n for n, text in enumerate(rows) if choice in text)))
        await pilot.click("#form", offset=(8, next(n for n, text in enumerate(rows) if "One of" in text)))
        await pilot.pause()
        rows = [row.text for row in screen.form.view.lines.rows]
        line = next(n for n, text in enumerate(rows) if "Green" in text)
        await pilot.click("#form", offset=(rows[line].index("Green") + 2, line))
        await pilot.pause()
    assert stored(desk, "several") == Answer(value=["b1", "d1"])
    assert stored(desk, "one") == Answer(value="green")


async def test_pasting_writes_into_the_open_line(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter")
        pilot.app.post_message(Paste("Two\nlines"))
        await press(pilot, "enter")
    assert stored(desk, "name") == Answer(value="Two lines")


async def test_what_is_being_written_is_kept_when_the_pane_changes(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ulm', "f6")
    assert stored(desk, "city") == Answer(value="Ulm")
