"""While something is typed, the help lists the keys that work there, and no others."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea

from annotator import tui
from annotator.tui.actions import BY_ID, GROUP_WORDS, PLACES, Group, actions_in
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.dialog import Hint
from annotator.tui.help import TYPED_IN, HelpScreen
from annotator.tui.keys import Keys
from annotator.tui.palette import ActionProvider
from tests.tui.review_content import disputed_desk, press, reviewing, shown
from tests.tui.settling import settled
from tests.tui.tagging_content import tagging, tagging_desk

EVERYWHERE = {"help": "F1", "command_palette": "^p", "toggle_theme": "F3", "stop_waiting": "^g", "quit": "^q"}
TAGGING = {
    "previous_field": "shift+tab",
    "undo": "^z",
    "redo": "^r",
    "submit": "^s",
    "next_pane": "F6",
    "layout": "F4",
    "report_up": "^b",
}


async def in_help(pilot: Pilot[Any]) -> tuple[list[str], dict[str, str]]:
    """What F1 says: the headlines in order, and the keys of each action; then go back."""
    await press(pilot, "f1")
    screen = pilot.app.screen
    assert isinstance(screen, HelpScreen)
    lines = screen.rows.lines[: screen.rows.lines.index(("", "Marks"))]
    names = {action.words: action.id for action in BY_ID.values()}
    await press(pilot, "escape")
    return [words for keys, words in lines if words and not keys], {names[words]: keys for keys, words in lines if keys}


def headlines(*groups: Group) -> list[str]:
    return [GROUP_WORDS[group] for group in groups]


async def test_the_search_of_the_queue_tells_its_own_keys_first(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", *"no")
        said, keys = await in_help(pilot)
        assert said == headlines("searching", "editing", "everywhere")
        own = {"accept": "⏎", "go_to_found": "↓ pgdn", "show_all": "esc"}
        assert keys == own | {"undo": "^z", "redo": "^r"} | EVERYWHERE
        assert app.screen.query_one(Input).value == "no", "the search is typed on where it was left"


async def test_the_line_that_finds_words_tells_how_it_is_left(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "f6", "slash")
        said, keys = await in_help(pilot)
        assert said == headlines("finding", "editing", "tagging", "everywhere")
        assert {name: keys[name] for name in ("accept", "stop_writing")} == {"accept": "⏎", "stop_writing": "esc"}
        assert "find_next" not in keys
        assert "notes" not in keys, "o is text"


async def test_a_line_of_the_form_tells_what_works_while_it_is_written(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter", *"Ac")
        said, keys = await in_help(pilot)
        assert said == headlines("writing", "form", "editing", "tagging", "everywhere")
        own = {
            "accept": "⏎",
            "complete": "tab",
            "completion_after": "↓",
            "completion_before": "↑",
            "stop_writing": "esc",
        }
        assert keys == own | TAGGING | EVERYWHERE
        assert screen.form.input.value == "Ac"


async def test_a_moved_key_is_told_as_it_is(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path), Keys({"accept": "f8", "undo": "u,f9"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        _, keys = await in_help(pilot)
        assert (keys["accept"], keys["undo"]) == ("F8", "F9")


async def test_a_note_in_a_ruling_takes_the_keys_of_the_causes(tmp_path: Path) -> None:
    async with reviewing(disputed_desk(tmp_path)) as (_, pilot):
        await press(pilot, "1")
        assert "choose_cause" in (await in_help(pilot))[1]
        assert "1-5 cause" in shown(pilot)
        await press(pilot, "tab")
        assert "cause" not in pilot.app.screen.query_one(Hint).text, "digits are text in the note"
        _, keys = await in_help(pilot)
        assert keys == {"accept": "⏎", "cancel": "esc", "next_input": "tab"} | EVERYWHERE


async def test_the_search_for_actions_names_no_key_that_would_be_text(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("name")
        await press(pilot, "enter", *"Ac")
        keys = {words: key for words, key, _ in ActionProvider(screen).commands()}
        assert keys[BY_ID["filter_choices"].words] == keys[BY_ID["not_applicable"].words] == ""
        assert keys[BY_ID["submit"].words] == "^s"


async def test_a_text_of_several_lines_tells_how_it_is_kept(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "o")
        said, keys = await in_help(pilot)
        assert said == headlines("keeping", "dialog", "everywhere")
        assert keys == {"keep": "^s", "cancel": "esc"} | EVERYWHERE


def test_everything_that_is_typed_into_has_its_place() -> None:
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        importlib.import_module(module.name)
    typed_in = below(Input) | below(TextArea)
    assert {each for each in typed_in if not below(each) or each in TYPED_IN} == TYPED_IN.keys()
    assert all(actions_in(*PLACES[place]) for place in TYPED_IN.values())


def below(kind: type[Widget]) -> set[type[Widget]]:
    """The classes of this program that are made of one."""
    own = {each for each in kind.__subclasses__() if each.__module__.startswith(tui.__name__)}
    return own.union(*map(below, own))
