"""What is said of keys that waited for something that did not come, and what stays kept of them."""

from __future__ import annotations

from asyncio import new_event_loop
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from textual.events import Event, Key, Paste

from annotator.desk.place import Place
from annotator.tui.app import LONGEST_TOLD, AnnotatorApp
from annotator.tui.deeds import AHEAD, SUBMISSION, deed_at
from annotator.tui.typeahead import KeysFree
from tests.tui.review_content import told
from tests.tui.settling import locked, until
from tests.tui.tagging_content import press, tagging, tagging_desk
from tests.tui.test_typeahead import burst

SUBMITTED = Place("demo:1", "kinds", "", SUBMISSION)
WHY = "This was not saved."
A, DOWN = Key("a", "a"), Key("down", None)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        ([], ""),
        ([DOWN], "The key you pressed after that is dropped."),
        ([A], "The key you pressed after that is dropped. You had typed “a”."),
        ([A, DOWN, A], "The 3 keys you pressed after that are dropped. You had typed “aa”."),
        ([Paste("ab")], "What you pasted after that is dropped. You had typed “ab”."),
        ([Paste("ab"), A], "The key you pressed after that is dropped. You had typed “aba”."),
    ],
)
async def test_keys_that_are_dropped_are_counted_and_their_text_is_named(
    tmp_path: Path, waiting: Sequence[Event], said: str
) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        app = cast(AnnotatorApp, pilot.app)
        app.typeahead._waiting.extend(waiting)
        app._drop_keys(WHY)
        await pilot.pause()
        assert told(pilot) == (f"{WHY} {said}" if said else "")
        assert app.typeahead.text == ""


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_TOLD, []), (LONGEST_TOLD + 1, [f"{AHEAD} note"])])
async def test_only_text_that_cannot_be_shown_whole_stays_kept(tmp_path: Path, length: int, kept: list[str]) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        app = cast(AnnotatorApp, pilot.app)
        app.saving.keep_ahead(Place("demo:1", "kinds", "", "note"), "x" * length)
        app.typeahead._waiting.append(Paste("x" * length))
        app._drop_keys(WHY)
        await pilot.pause()
        assert [words.place.kind for words in screen.saving.words.all()] == kept
        assert ("…" in told(pilot)) is bool(kept)


async def test_dropped_text_cannot_steer_the_terminal(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        app = cast(AnnotatorApp, pilot.app)
        app.typeahead._waiting.append(Paste("a\x1b[2J[bold]b"))
        app._drop_keys(WHY)
        await pilot.pause()
        assert "\x1b" not in told(pilot) and "[bold]b" in told(pilot)


async def test_keys_without_text_are_not_kept_while_they_wait(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r")
        with locked(desk):
            burst(pilot, "ctrl+s")
            await until(pilot, lambda: screen.holds_keys)
            burst(pilot, "down")
            await until(pilot, lambda: bool(screen.saving.words.all()))
            await pilot.pause()
            assert [words.place.kind for words in screen.saving.words.all()] == [deed_at(SUBMITTED).kind]


async def test_what_is_typed_while_the_desk_ends_is_neither_carried_out_nor_dropped(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        app = cast(AnnotatorApp, pilot.app)
        app.saving.is_leaving = True
        burst(pilot, "r")
        await pilot.pause()
        app.post_message(KeysFree(WHY))
        await pilot.pause()
        assert screen.form.answer("one") is None
        assert (told(pilot), app.typeahead.text) == ("", "r")
        app.saving.is_leaving = False
        app.post_message(KeysFree())


async def test_who_stops_waiting_for_nothing_is_told_so(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "ctrl+g")
        assert told(pilot) == "Nothing waits to be saved."


def test_before_the_start_and_after_the_end_there_is_nobody_to_tell(tmp_path: Path) -> None:
    app, loop = AnnotatorApp(tagging_desk(tmp_path)), new_event_loop()
    app.deliver(pytest.fail)
    loop.close()
    app._loop_of_screens = loop
    app.deliver(pytest.fail)
