"""Help and palette name no key that the open field takes for one of its choices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from annotator.tui.actions import BY_ID
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.help import HelpScreen
from annotator.tui.palette import ActionProvider
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.tagging_content import press, tagging, tagging_desk

NOTE, PANE, UNDO = (BY_ID[name].words for name in ("notes", "next_pane", "undo"))


async def in_help(pilot: Pilot[Any]) -> dict[str, str]:
    """What F1 says of each action: words and keys."""
    await press(pilot, "f1")
    assert isinstance(pilot.app.screen, HelpScreen)
    lines = {words: keys for keys, words in pilot.app.screen.rows.lines}
    await press(pilot, "escape")
    return lines


def in_palette(screen: TaggingScreen) -> dict[str, str]:
    """What the search for actions offers: words and keys."""
    return {words: key for words, key, _ in ActionProvider(screen).commands()}


async def test_a_field_takes_the_keys_of_its_choices_before_the_actions_that_have_them(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        assert (await in_help(pilot))[PANE] == "F6", "r is Red"
        assert in_palette(screen)[PANE] == "F6"
        screen.form.go_to("where")
        await press(pilot, "l")
        lines = await in_help(pilot)
        assert NOTE not in lines
        assert lines[f"{NOTE} (the open field takes o)"] == "–"
        assert lines[PANE] == "r F6"
        assert (in_palette(screen)[NOTE], in_palette(screen)[PANE]) == ("", "r")
        assert lines[BY_ID["choose"].words] == "1 2 3 4 5 6 7 8 9"
        assert lines[UNDO] == "u ^z"


async def test_in_the_report_no_field_takes_a_key(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "f6")
        assert (await in_help(pilot))[NOTE] == "o"
        assert in_palette(screen)[NOTE] == "o"


async def test_a_key_that_is_left_out_does_what_the_field_says(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "ctrl+p")
        await pilot.pause(0.3)
        await press(pilot, *"write", "space", *"a", "space", *"note")
        await pilot.pause(0.3)
        await press(pilot, "down", "enter")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, EditText), "an action without a key is still found and done"
