"""Nothing freezes while another process writes, and nothing of what was done or typed is lost."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from textual.widgets import TextArea

from annotator.desk import Desk, writer
from annotator.desk.place import NOWHERE
from annotator.desk.tagging import Tagging
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.settling import locked, written
from tests.tui.tagging_content import lines_of, press, stored, strike, tagging, tagging_desk


def head(screen: TaggingScreen) -> str:
    """The first line of the screen."""
    return lines_of(screen)[0]


async def test_answers_are_shown_as_saving_and_more_keys_are_taken_while_another_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "STALL", 600.0)
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r")
            assert "saving …" in head(screen)
            assert screen.form.state is not None
            assert screen.form.state.focus == "several", "the next field is open already"
            assert screen.form.state.answer("one") == Answer(value="red")
            assert stored(desk, "one") is None
            await strike(pilot, "1", "2")
        await written(pilot)
        assert "✓ saved" in head(screen)
    assert stored(desk, "one") == Answer(value="red")
    assert stored(desk, "several") == Answer(value=["a1", "b1"])


async def test_undo_and_submission_queue_behind_what_is_on_its_way(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r", "u")
            screen.form.go_to("one")
            await strike(pilot, "2", "ctrl+s")
            assert screen.key == "demo:1", "the next subject comes when this one is submitted"
        await written(pilot)
        assert screen.key == "demo:2"
    assert stored(desk, "one") == Answer(value="green")


async def test_what_is_on_its_way_is_shown_again_when_somebody_comes_back(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r", "N")
            assert screen.key == "demo:2"
            await strike(pilot, "P")
            assert screen.form.state is not None
            assert screen.form.state.answer("one") == Answer(value="red")
        await written(pilot)
    assert stored(desk, "one") == Answer(value="red")


async def test_a_refusal_that_comes_after_somebody_went_on_is_told_and_marked_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tagging_desk(tmp_path)

    def full(*_args: object) -> None:
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    async with tagging(desk) as (screen, pilot):
        monkeypatch.setattr(Tagging, "answer", full)
        with locked(desk):
            screen.saving.put(lambda other: other.tagging.note("demo:1", "kinds", "first"), NOWHERE, print, print)
            await strike(pilot, "r", "N")
            assert screen.key == "demo:2"
        await written(pilot)
        assert "demo:1 under kinds" in "\n".join(lines_of(screen))
        monkeypatch.undo()
        await press(pilot, "P")
        assert screen.form.unsaved == ["one"]
        assert "disk is full" in "\n".join(lines_of(screen))
        screen.form.go_to("one")
        await press(pilot, "r")
    assert stored(desk, "one") == Answer(value="red")


async def test_a_wait_can_be_ended_and_the_answer_stays_to_be_saved(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r")
            while "waiting to save" not in head(screen):
                await pilot.pause(0.01)
            await pilot.press("ctrl+g")
            while screen.saving.is_pending():
                await pilot.pause(0.01)
            assert screen.form.unsaved == ["one"]
            assert stored(desk, "one") is None
        screen.form.go_to("one")
        await press(pilot, "r")
        assert screen.form.unsaved == []
    assert stored(desk, "one") == Answer(value="red")


async def test_a_note_stays_in_its_dialog_until_it_is_saved(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "o", '"Ask Ann', "ctrl+s")
            dialog = screen.app.screen
            assert isinstance(dialog, EditText)
            while "esc stop waiting" not in "\n".join(lines_of(dialog)):  # type: ignore[arg-type]
                await pilot.pause(0.01)
            await strike(pilot, "escape")
            while "Not saved" not in "\n".join(lines_of(dialog)):  # type: ignore[arg-type]
                await pilot.pause(0.01)
            assert screen.app.screen is dialog, "who stops waiting keeps the words"
            assert dialog.query_one(TextArea).text == "Ask Ann"
        await press(pilot, "ctrl+s")
        assert not isinstance(screen.app.screen, EditText)
    with closing(desk.another()) as other:
        assert other.tagging.classification("demo:1", "kinds").notes == "Ask Ann"


async def test_a_dialog_that_saves_behind_a_long_wait_says_at_once_how_to_stop_it(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r")
            while "waiting to save" not in head(screen):
                await pilot.pause(0.01)
            await strike(pilot, "o", '"Ask Ann', "ctrl+s")
            await pilot.pause(0.1)
            assert "esc stop waiting" in "\n".join(lines_of(screen.app.screen))  # type: ignore[arg-type]
            await strike(pilot, "escape")
            dialog = screen.app.screen
            assert isinstance(dialog, EditText)
            while "Not saved" not in "\n".join(lines_of(dialog)):  # type: ignore[arg-type]
                await pilot.pause(0.01)
            assert dialog.query_one(TextArea).text == "Ask Ann"


async def test_a_long_refusal_stands_whole_in_its_dialog_with_the_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tagging_desk(tmp_path)
    reason = (
        "/srv/incidents/of/the/year/desk.db: the disk is full; nothing of this was kept. Make room, then try again."
    )

    def full(*_args: object) -> None:
        raise StoreFullError(reason)

    async with tagging(desk) as (screen, pilot):
        monkeypatch.setattr(Tagging, "note", full)
        await press(pilot, "o", '"Ask Ann', "ctrl+s", "ctrl+s")
        shown = [line.partition("│")[2].rpartition("│")[0].strip() for line in lines_of(screen.app.screen)]  # type: ignore[arg-type]
        assert f"Not saved: {reason} ctrl+s keep esc close" in " ".join(" ".join(shown).split())


async def test_a_refused_note_loses_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = tagging_desk(tmp_path)

    def full(*_args: object) -> None:
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    async with tagging(desk) as (screen, pilot):
        monkeypatch.setattr(Tagging, "note", full)
        await press(pilot, "o", '"Ask Ann', "ctrl+s")
        assert isinstance(screen.app.screen, EditText)
        assert "disk is full" in "\n".join(lines_of(screen.app.screen))  # type: ignore[arg-type]
        monkeypatch.undo()
        await press(pilot, "ctrl+s")
    with closing(desk.another()) as other:
        assert other.tagging.classification("demo:1", "kinds").notes == "Ask Ann"


async def test_what_waited_when_the_desk_was_left_is_offered_at_the_next_start(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    with locked(desk):
        async with tagging(desk) as (screen, pilot):
            await strike(pilot, "r", "o", '"half a no')
            screen.saving.finish(1.0)
    again = Desk(type(desk.project).open(desk.path, tabs=desk.project.tabs), "eva")
    async with tagging(again) as (screen, pilot):
        assert screen.form.unsaved == ["one"]
        assert screen.answer("one") == Answer(value="red")
        await press(pilot, "o")
        dialog = screen.app.screen
        assert isinstance(dialog, EditText)
        assert dialog.query_one(TextArea).text == "half a no"
        await press(pilot, "ctrl+s")
        screen.form.go_to("one")
        await press(pilot, "r")
        assert screen.saving.words.all() == []
    assert stored(desk, "one") == Answer(value="red")


async def test_the_place_to_resume_is_written_when_somebody_quits_at_once(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await pilot.pause()
        await pilot.press("ctrl+q")
        await pilot.pause()
    point = desk.queue.resume_point()
    assert point is not None
    assert (point.subject, point.field) == ("demo:1", "city")


async def test_a_desk_without_edits_starts_no_writer(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path))
    async with app.run_test() as pilot:
        await pilot.pause()
        cast(QueueScreen, app.screen)
        assert "_writer" not in vars(app.saving)
