"""The question why annotators differed: its causes by number, its note, and how sure somebody is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from annotator.desk.place import Place
from annotator.model.person import CAUSES
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.dialog import nothing
from annotator.tui.keys import Keys
from annotator.tui.review.meant import Because
from annotator.tui.review.ruling import Filled, RulingDialog, filled_by
from annotator.tui.saving import Typed
from tests.tui.review_content import shown
from tests.tui.tagging_content import press, tagging_desk

NOTHING = Filled("judgement")
NOTE = Place("demo:1", "kinds", "one", "note")


@asynccontextmanager
async def asked(
    folder: Path, before: Because | None = None, *, kept: str | None = None, refusal: str = "", keys: Keys | None = None
) -> AsyncIterator[tuple[RulingDialog, list[Because], Pilot[None]]]:
    """Ask why, with what to offer and a note that was kept; what is given is taken, or refused for a reason."""
    app, given = AnnotatorApp(tagging_desk(folder), keys), list[Because]()

    def save(because: Because, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        given.append(because)
        refused(refusal) if refusal else done()
        return nothing

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        typed = Typed(app.saving.words, NOTE)
        if kept is not None:
            typed.keep(kept)
        dialog = RulingDialog(app.keys, "One of three", "Red", before or Because("slip"), save, typed)
        app.push_screen(dialog)
        await press(pilot)
        yield dialog, given, pilot


async def test_a_number_takes_a_cause_and_one_beyond_the_causes_takes_none(tmp_path: Path) -> None:
    first = Because(CAUSES[0])
    async with asked(tmp_path, first, keys=Keys({"choose_cause": "1,2,3,4,5,6"})) as (dialog, given, pilot):
        await press(pilot, "6")
        assert dialog.rows.cursor == 0
        await press(pilot, "2", "enter")
    assert given == [Because("guideline_unclear")]


async def test_how_sure_may_be_left_out_and_is_a_share_of_a_hundred(tmp_path: Path) -> None:
    async with asked(tmp_path, Because("slip", "see p 3", 0.29)) as (dialog, given, pilot):
        assert dialog.query_one("#sure", Input).value == "29"
        await press(pilot, "tab", "tab", "backspace", "backspace", '"101', "enter")
        assert "How sure is a share of a hundred" in shown(pilot)
        assert given == []
        await press(pilot, "backspace", '"0', "enter")
    assert given == [Because("slip", "see p 3", 1.0)]


async def test_without_a_word_on_how_sure_nothing_is_said_of_it(tmp_path: Path) -> None:
    async with asked(tmp_path) as (dialog, given, pilot):
        assert dialog.query_one("#sure", Input).value == ""
        await press(pilot, "tab", '" see ', "enter")
    assert given == [Because("slip", "see", None)]


async def test_not_at_all_sure_is_said(tmp_path: Path) -> None:
    async with asked(tmp_path, Because("slip", "", 0.0)) as (_, given, pilot):
        await press(pilot, "enter")
    assert given == [Because("slip", "", 0.0)]


async def test_all_that_stands_there_is_kept_while_it_is_filled_in(tmp_path: Path) -> None:
    async with asked(tmp_path) as (dialog, _, pilot):
        typed = dialog.typed
        assert isinstance(typed, Typed)
        words = typed.words
        assert words.all() == [], "nothing was filled in"
        await press(pilot, "2", "tab", '"ab', "tab", '"80')
        assert filled_by(typed.before or "", NOTHING) == Filled(CAUSES[1], "ab", "80")
        await press(pilot, "backspace", "backspace", "shift+tab", "backspace", "backspace")
        assert filled_by(typed.before or "", NOTHING) == Filled(CAUSES[1])
        await press(pilot, "shift+tab", f"{CAUSES.index('slip') + 1}")
        assert words.all() == [], "it stands there as at the beginning"
        await press(pilot, "2", "escape")
        assert words.all() == []


async def test_a_note_of_before_that_is_deleted_is_not_offered_again(tmp_path: Path) -> None:
    async with asked(tmp_path, Because("slip", "x")) as (dialog, _, pilot):
        await press(pilot, "tab", "backspace")
        assert dialog.typed
        assert filled_by(dialog.typed.before or "", NOTHING) == Filled("slip", "")


async def test_what_was_kept_stands_before_what_was_ruled_with(tmp_path: Path) -> None:
    kept = Filled(CAUSES[2], "half a no", "5").words
    async with asked(tmp_path, Because("slip", "old", 0.8), kept=kept) as (_, given, pilot):
        await press(pilot, "enter")
    assert given == [Because(CAUSES[2], "half a no", 0.05)]


@pytest.mark.parametrize("kept", ["half a no", "", "[1, 2]", '["whim", "", ""]', '["slip", 1, ""]', '["slip", "", 1]'])
async def test_what_an_earlier_version_kept_is_a_note(tmp_path: Path, kept: str) -> None:
    async with asked(tmp_path, Because("slip", "old", 0.8), kept=kept) as (_, given, pilot):
        await press(pilot, "enter")
    assert given == [Because("slip", kept, 0.8)]


async def test_a_refusal_stays_while_somebody_goes_to_the_note_and_keys_are_named_where_they_work(
    tmp_path: Path,
) -> None:
    keys = Keys({"accept": "f9"})
    async with asked(tmp_path, refusal="The disk is full.", keys=keys) as (dialog, _, pilot):
        in_causes = dialog.hint_line.text
        await press(pilot, "tab")
        assert dialog.hint_line.text != in_causes
        assert "f9 rule" in dialog.hint_line.text.lower()
        await press(pilot, "f9")
        assert "Not saved: The disk is full." in dialog.hint_line.text
        await press(pilot, "tab")
        assert "Not saved: The disk is full." in dialog.hint_line.text
