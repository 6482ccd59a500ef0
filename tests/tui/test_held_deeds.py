"""What waits for another process when the desk ends, and what was typed meanwhile, is told at the next start."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from annotator.desk import Desk, open_desk
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
from annotator.tui.app import AnnotatorApp
from annotator.tui.deeds import ACCEPTING, DEED, deed_at
from annotator.tui.keys import Keys
from annotator.tui.queue.rows import UNSAVED, left_in_reviews_in_words
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.screen import ReviewScreen
from annotator.tui.saving import Saving
from annotator.tui.tagging.screen import TaggingScreen
from tests.proofs import mostly_slow
from tests.tui.desk_process import DESK, desk_process
from tests.tui.review_content import deciding, disputed_desk, press, reviewing, settle, shown
from tests.tui.settling import locked, settled, until, words_read
from tests.tui.tagging_content import tagging, tagging_desk
from tests.tui.test_queue_screen import lines
from tests.tui.test_typeahead import burst, said, stalled

TYPED = "次の件のメモ"
UNSUBMITTED = "demo:1 under kinds was not submitted before the desk was closed."


def kept(desk: Desk) -> list[str]:
    """The kinds of what the file beside the database holds, as the next start reads it."""
    return [words.place.kind for words in UnsavedWords(desk.path, desk.annotator).all()]


@asynccontextmanager
async def next_start(desk: Desk) -> AsyncIterator[Pilot[None]]:
    """The queue of a desk that was opened anew, once it has read what was left."""
    again = Desk(type(desk.project).open(desk.path, tabs=desk.project.tabs), desk.annotator)
    async with AnnotatorApp(again).run_test(size=(80, 24)) as pilot:
        await words_read(pilot)
        yield pilot
        burst(pilot, "ctrl+q")
        await until(pilot, lambda: pilot.app._exit)


async def quit_while_waiting(pilot: Pilot[Any]) -> None:
    """Quit as a person does who sees that another process holds the file."""
    await stalled(pilot)
    burst(pilot, "ctrl+q")
    await until(pilot, lambda: pilot.app._exit)


async def test_a_submission_and_what_was_typed_behind_it_are_told_at_the_next_start_and_once(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s", "n", "o")
            for character in TYPED:
                pilot.app.post_message(Key("unknown", character))
            pilot.app.post_message(Key("enter", "\r"))
            pilot.app.post_message(Paste(" und ein Zitat"))
            await quit_while_waiting(pilot)
    assert desk.tagging.classification("demo:1", "kinds").status == "draft"
    async with next_start(desk) as pilot:
        assert UNSUBMITTED in said(pilot)
        assert "What you typed on demo:1 was not saved" in said(pilot)
        first, second = lines(cast(QueueScreen, pilot.app.screen))[2:4]
        assert (UNSAVED in first, UNSAVED in second) == (True, False)
        burst(pilot, "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TaggingScreen)
        wanted = f"You typed “no{TYPED} und ein Zitat” while the submission of demo:1 under kinds waited to be saved"
        assert wanted in said(pilot)
    assert kept(desk) == []
    async with next_start(desk) as pilot:
        assert said(pilot) == ""
        assert UNSAVED not in "".join(lines(cast(QueueScreen, pilot.app.screen)))


async def test_nothing_is_told_of_what_was_carried_out(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s", "2", "tab", "tab", "y", "ctrl+z")
            await stalled(pilot)
            screen = cast(AnnotatorApp, pilot.app)
            assert {words.text for words in screen.saving.words.all()} == {"", "2y"}
        await settled(pilot)
        assert screen.saving.words.all() == []
    assert kept(desk) == []


async def test_what_was_saved_in_the_last_moment_is_not_told_to_be_undone(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r", "ctrl+s")
        await settled(pilot)
        event = desk.history.of("demo:1", "kinds")[-1]
        earlier = UnsavedWords(desk.path, desk.annotator, clock=lambda: event.at)
        earlier.keep(Place("demo:1", "kinds", "", f"{DEED} submission"), "")
        earlier.close()
    assert kept(desk) == [f"{DEED} submission"]
    async with next_start(desk) as pilot:
        assert said(pilot) == ""
        assert UNSAVED not in "".join(lines(cast(QueueScreen, pilot.app.screen)))
    assert kept(desk) == []


async def test_an_undo_that_waits_is_shown_and_told_when_the_desk_ends_first(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+z")
            await stalled(pilot)
            assert "waiting to save …" in screen.where.right
            await quit_while_waiting(pilot)
    async with next_start(desk) as pilot:
        assert "The undo you asked for at demo:1 under kinds was not carried out" in said(pilot)


@pytest.mark.parametrize(
    ("kind", "edit"),
    [("skip", "was not skipped"), ("reopen", "was not reopened")],
)
async def test_what_a_dialog_gave_is_told_as_not_done(tmp_path: Path, kind: str, edit: str) -> None:
    desk = tagging_desk(tmp_path)
    if kind == "reopen":
        desk.tagging.skip("demo:1", "kinds", "why not")
    async with tagging(desk) as (screen, pilot):
        await settled(pilot)
        with locked(desk):
            screen.edits.skip() if kind == "skip" else screen.edits.reopen()
            burst(pilot, '"no', "enter")
            await quit_while_waiting(pilot)
    async with next_start(desk) as pilot:
        assert f"demo:1 under kinds {edit} before the desk was closed." in said(pilot)


async def test_an_adjudication_that_waits_is_told_when_the_desk_ends_first(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with reviewing(desk) as (screen, pilot):
        await settle(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s")
            await stalled(pilot)
            assert "waiting to save …" in screen.standing.right
            burst(pilot, "ctrl+z", '"日本')
            await quit_while_waiting(pilot)
    async with next_start(desk) as pilot:
        assert "demo:1 under kinds was not adjudicated before the desk was closed." in said(pilot)


async def test_an_undo_in_a_review_is_shown_to_wait_until_it_has_an_end(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with reviewing(desk) as (screen, pilot):
        await settle(pilot)
        with locked(desk):
            burst(pilot, "ctrl+z")
            await stalled(pilot)
            assert "waiting to save …" in screen.standing.right
        await settle(pilot)
        assert "There is nothing to undo." in said(pilot)
        assert "waiting" not in screen.standing.right
        assert "saving" not in screen.standing.right


async def test_the_key_that_goes_back_ends_the_wait_for_publishing(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with reviewing(desk) as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s")
        with locked(desk):
            screen.action_publish()
            await stalled(pilot)
            burst(pilot, "escape")
            await until(pilot, lambda: "Nothing was changed" in said(pilot) or "Not saved" in said(pilot))
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert not screen.state.is_published
        assert screen.saving.words.all() == []


async def test_text_that_is_dropped_is_named(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s")
            await stalled(pilot)
            for key in (Key("unknown", "日"), Key("down", None), Key("unknown", "本")):
                pilot.app.post_message(key)
            burst(pilot, "ctrl+g")
            await until(pilot, lambda: "dropped" in said(pilot))
        await settled(pilot)
        assert "The 3 keys you pressed after that are dropped. You had typed “日本”." in said(pilot)
        assert cast(AnnotatorApp, pilot.app).saving.words.all() == []


async def test_dropped_text_too_long_to_show_is_told_at_the_next_opening(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s")
            await stalled(pilot)
            pilot.app.post_message(Paste("lang " * 100))
            burst(pilot, "ctrl+g")
            await until(pilot, lambda: "dropped" in said(pilot))
        await settled(pilot)
        assert "What you pasted after that is dropped." in said(pilot)
        screen.open_subject("demo:1")
        await pilot.pause()
        assert f"You typed “{'lang ' * 100}”" in said(pilot)


async def test_accepting_that_the_end_of_the_desk_cut_short_is_told(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with deciding(desk) as pilot:
        app = cast(AnnotatorApp, pilot.app)
        with locked(desk):
            burst(pilot, "B", "j", "j", "enter")
            await until(pilot, lambda: "Accept by single?" in shown(pilot))
            burst(pilot, "y")
            await until(pilot, lambda: "waiting for another process, accepting" in shown(pilot))
            burst(pilot, "ctrl+q")
            await until(pilot, lambda: app._exit)
            with suppress(WorkerCancelled):
                await app.workers.wait_for_complete()
    left = "Accepting in bulk under kinds had not come to its end before the desk was closed."
    assert f"{DEED} acceptance" in kept(desk)
    async with next_start(desk) as again:
        await until(again, lambda: left in said(again))


def test_what_was_left_is_read_late_and_takes_no_deed_of_this_desk_for_one_of_the_last(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    earlier = UnsavedWords(desk.path, desk.annotator)
    earlier.keep(deed_at(Place("demo:1", "kinds", "", "submission")), "")
    earlier.keep(deed_at(Place("", "kinds", "", ACCEPTING)), "")
    earlier.close()
    saving = Saving(desk, lambda call: call(), lambda: None)
    saving.take_words(saving.read_words())
    saving.keep_deed(Place("", "kinds", "", ACCEPTING))
    assert saving.take_left_undone() == [UNSUBMITTED]
    assert [words.place.kind for words in saving.words.all()] == [f"{DEED} {ACCEPTING}"]


@pytest.mark.long
@pytest.mark.parametrize("how", mostly_slow([None, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], signal.SIGKILL))
def test_what_waits_outlives_the_process_by_two_seconds(tmp_path: Path, how: signal.Signals | None) -> None:
    desk = tagging_desk(tmp_path, annotator="ana")
    desk.close()
    with desk_process(tmp_path, (*DESK, "desk", "demo:1", "--taxonomy", "kinds")) as process:
        process.until("Upside down")
        process.press("r")
        process.until("saved")
        with locked(desk):
            process.press(f"\x13no{TYPED}")
            process.until("waiting to save")
            time.sleep(2.0)
            if how is None:
                process.press("\x11")
            else:
                process.process.send_signal(how)
            process.rest()
            process.ended()
    left = {words.place.kind: words.text for words in UnsavedWords(desk.path, "ana").all()}
    assert left == {"deed submission": "", "typed ahead submission": f"no{TYPED}"}
    with desk_process(tmp_path) as process:
        process.screen_with("was not submitted")
        process.press("\x11")
        process.rest()
    assert open_desk(desk.path, "ana").tagging.classification("demo:1", "kinds").status == "draft"


BEGUN = (["2", "enter"], ["2", "tab", *"half a no"], ["2", "3"], ["v", "2"])
"""Keys of a review after which something is not saved."""


@pytest.mark.parametrize("keys", mostly_slow(BEGUN, BEGUN[0], BEGUN[3]))
async def test_what_was_entered_in_a_review_is_told_with_the_way_there(tmp_path: Path, keys: list[str]) -> None:
    desk = disputed_desk(tmp_path)
    async with reviewing(desk) as (screen, pilot):
        with locked(desk):
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            screen.saving.finish(1.0)
    async with next_start(desk) as pilot:
        assert said(pilot) == left_in_reviews_in_words([("demo:1", "kinds")], Keys())
        assert "demo:1 under kinds was not saved" in said(pilot)
        assert "under Disagreements (D), enter opens a subject" in said(pilot)
        queue = lines(pilot.app.screen)  # type: ignore[arg-type]
        assert UNSAVED not in "".join(queue), "opening the subject in the queue would not show it"
        await press(pilot, "D", "s")
        assert [line[:14].split() for line in lines(pilot.app.screen)[2:4]] == [["▸demo:1", UNSAVED], ["demo:2"]]  # type: ignore[arg-type]
        assert "typed and not saved" in lines(pilot.app.screen)[-2]  # type: ignore[arg-type]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert pilot.app.screen.key == "demo:1"
        held = pilot.app.screen.state
        assert len({*held.begun, *held.refused}) == 1, "the field is marked"
        shown = [line for line in lines(pilot.app.screen) if f"{UNSAVED} " in line]  # type: ignore[arg-type]
        assert len(shown) == 2 * len(held.begun), "its line, and below it what that means"


async def test_a_field_is_marked_until_what_was_begun_there_is_thrown_away(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    words = UnsavedWords(desk.path, desk.annotator)
    words.keep(Place("demo:1", "kinds", "one", "ruling"), '["slip", "half a no", ""]')
    words.close()
    async with reviewing(desk) as (screen, pilot):
        assert screen.state.begun == {"one"}
        await press(pilot, "2", "escape")
        await settled(pilot)
        assert screen.is_current
        assert screen.state.begun == frozenset()


async def test_what_was_typed_in_the_form_and_in_a_review_is_told_apart(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    words = UnsavedWords(desk.path, desk.annotator)
    words.keep(Place("demo:1", "kinds", "one", "decision"), "{}")
    words.keep(Place("demo:1", "kinds", "", "reopen adjudication"), "a new report")
    words.keep(Place("demo:2", "kinds", "people", "entered_row 2"), "{}")
    words.keep(Place("demo:3", "kinds", "one", "note"), "half a no")
    words.close()
    async with next_start(desk) as pilot:
        assert "What you typed on demo:3 was not saved" in said(pilot)
        assert "What you entered in the review of demo:1 under kinds, demo:2 under kinds was not saved" in said(pilot)
