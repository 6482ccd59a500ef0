"""The queue says what was typed and not saved, and its loop never looks a whole queue up."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.queue import Queue
from annotator.desk.tagging import Tagging
from annotator.desk.unsaved.words import UnsavedWords
from annotator.errors import StoreFullError
from annotator.store.team import assignments
from annotator.store.team.assignments import Assignment
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.messages import ReadWords
from annotator.tui.queue.rows import UNSAVED, left_over_in_words
from annotator.tui.screen import LEFT_OVER_FOR
from tests.tui.desk_content import empty_desk, filled_desk, many, put
from tests.tui.settling import settled, words_read
from tests.tui.test_queue_screen import at_the_queue, lines, settle


def left(desk: Desk, *places: Place) -> None:
    """End a program while somebody was typing."""
    words = UnsavedWords(desk.path, desk.annotator)
    for place in places:
        words.keep(place, "half a no")
    words.close()


def marked(shown: list[str]) -> list[int]:
    """The lines of subjects that bear the mark."""
    return [number for number, line in enumerate(shown[2:-2], 1) if UNSAVED in line]


def told(app: Any) -> list[str]:
    return [each.message for each in app._notifications]


async def test_what_was_not_saved_at_the_last_end_is_said_and_marked(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    left(desk, Place("demo:2", "GMF", "", "note"), Place("demo:5", "GMF", "", "note"), Place("", "", "", "search"))
    async with at_the_queue(desk) as (screen, pilot):
        await words_read(pilot)
        await settle(pilot)
        assert told(pilot.app) == [left_over_in_words(["demo:2", "demo:5"], "⏎")]
        assert [each.timeout for each in pilot.app._notifications] == [LEFT_OVER_FOR], "nothing else names them"
        assert marked(lines(screen)) == [2, 5]
        await pilot.press("j")
        await pilot.pause()
        assert UNSAVED in screen.detail.text


async def test_what_is_typed_before_the_last_end_has_been_read_is_not_said_to_be_left(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    left(desk, Place("demo:2", "GMF", "", "note"))
    async with at_the_queue(desk) as (screen, pilot):
        await words_read(pilot)
        pilot.app.clear_notifications()
        screen.saving.words.keep(Place("demo:4", "GMF", "", "note"), "typed now")
        screen.left_over.read = None
        screen.on_read_words(ReadWords(screen.saving, screen.saving.words))
        await settle(pilot)
        assert told(pilot.app) == [left_over_in_words(["demo:2"], "⏎")]


async def test_nothing_is_said_or_marked_where_nothing_was_left(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    left(Desk(desk.project, "bob"), Place("demo:2", "GMF", "", "note"))
    async with at_the_queue(desk) as (screen, pilot):
        await words_read(pilot)
        await settle(pilot)
        assert (told(pilot.app), marked(lines(screen))) == ([], [])


async def test_whoever_gives_their_name_at_the_desk_is_told_too(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    left(desk, Place("demo:2", "GMF", "", "note"))
    app = AnnotatorApp(Desk(desk.project, ""), on_named=lambda name: Desk(desk.project, name))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"eva", "enter")
        await words_read(pilot)
        await settled(pilot)
        assert told(app) == [left_over_in_words(["demo:2"], "⏎")]


async def test_a_refusal_after_one_has_left_marks_the_subject_until_it_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = threading.Event()

    def refused(*_args: object) -> None:
        assert full.wait(20)
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    monkeypatch.setattr("annotator.tui.queue.screen.MARK_EVERY", 0.05)
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        with monkeypatch.context() as patched:
            patched.setattr(Tagging, "answer", refused)
            await pilot.press("j", "j", "j", "enter")
            await settled(pilot)
            await pilot.press("n", "escape")
            await pilot.pause(0.2)
            assert (pilot.app.screen, marked(lines(screen))) == (screen, []), "it is on its way"
            full.set()
            await settled(pilot)
        await pilot.pause(0.2)
        assert marked(lines(screen)) == [4]
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert marked(lines(screen)) == []


def test_few_subjects_are_named_and_the_others_counted() -> None:
    assert left_over_in_words([], "enter") == ""
    assert "typed on a:1 was" in left_over_in_words(["a:1"], "enter")
    assert "typed on a:1, a:2, a:3 was" in left_over_in_words(["a:1", "a:2", "a:3"], "enter")
    assert "typed on a:1, a:2, a:3 and 2 more was" in left_over_in_words([f"a:{n}" for n in range(1, 6)], "enter")


async def test_the_loop_never_looks_up_the_whole_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that go where nothing is known yet show it when it is, and nothing is opened by mistake."""
    desk = empty_desk(tmp_path)
    put(desk, many(3000))
    with desk.store.writing() as transaction:
        assignments.put(transaction, "GMF", 1, [Assignment(n, "eva", 1, n) for n in range(1001, 1601)], "zoe")
    complete, go_on = Queue.complete, threading.Event()

    def apart(queue: Queue, *args: Any) -> None:
        if queue.is_partial:
            assert threading.current_thread() is not threading.main_thread()
            assert go_on.wait(20)
        complete(queue, *args)

    monkeypatch.setattr(Queue, "complete", apart)
    app = AnnotatorApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.1)
        await pilot.press("end", "enter")
        await pilot.pause(0.1)
        screen = app.screen
        assert lines(screen)[-3].strip() == "▸…"  # type: ignore[arg-type]
        go_on.set()
        await settled(pilot)
        assert app.screen is screen
        assert "Incident number 3000" in lines(screen)[-3]  # type: ignore[arg-type]
