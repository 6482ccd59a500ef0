"""What another desk of the same person left when it ended, offered in a desk that was running already."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
from annotator.model.classification import Answer
from annotator.tui.dialogs.edit_text import PlainArea
from annotator.tui.queue.rows import UNSAVED, left_over_in_words
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.saving import words_of
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.review_content import at_desk, deciding, disputed_desk, press, reviewing, shown, told
from tests.tui.settling import settled, until, words_read
from tests.tui.tagging_content import tagging_desk
from tests.tui.test_queue_screen import at_the_queue, lines

NOTE = Place("demo:1", "kinds", "", "note")
ANSWER = Place("demo:1", "kinds", "one", "answer")


def other_desk(desk: Desk, place: Place = NOTE, text: str = "half a no") -> UnsavedWords:
    """Another desk of the same person, where something was typed a while ago."""
    words = UnsavedWords(desk.path, desk.annotator)
    words.keep(place, text)
    words.write_due()
    return words


async def open_subject(screen: QueueScreen, pilot: Pilot[None]) -> TaggingScreen:
    """Open a subject from the queue, under the taxonomy that these tests type about."""
    screen.open(NOTE.subject, NOTE.taxonomy)
    await settled(pilot)
    return cast(TaggingScreen, pilot.app.screen)


async def test_words_of_a_desk_that_has_ended_are_offered_in_one_that_was_running_and_those_of_a_running_one_are_not(
    tmp_path: Path,
) -> None:
    desk = tagging_desk(tmp_path)
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        other = other_desk(desk)
        await open_subject(queue, pilot)
        await press(pilot, "o")
        assert pilot.app.screen.query_one(PlainArea).text == "", "the other desk is running"
        other.close()
        await press(pilot, "escape", "o")
        assert pilot.app.screen.query_one(PlainArea).text == "half a no"
        assert "You typed this before and did not save it." in shown(pilot)
        await press(pilot, *"te", "ctrl+s", "o")
        assert pilot.app.screen.query_one(PlainArea).text == "half a note"
        queue.saving.finish(1.0)
    assert desk.tagging.classification("demo:1", "kinds").notes == "half a note"
    assert UnsavedWords(desk.path, desk.annotator).all() == []


async def test_an_answer_that_waited_in_a_desk_that_has_ended_is_offered_at_its_field(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        other_desk(desk, ANSWER, words_of(Answer(value="red"))).close()
        await open_subject(queue, pilot)
        assert "was not saved before the desk" in shown(pilot)
        await press(pilot, "enter")
        queue.saving.finish(1.0)
    assert desk.tagging.classification("demo:1", "kinds").answers["one"] == Answer(value="red")
    assert UnsavedWords(desk.path, desk.annotator).all() == []


async def test_what_another_desk_saved_meanwhile_is_offered_no_longer(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    other_desk(desk, ANSWER, words_of(Answer(value="red"))).close()
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        other = UnsavedWords(desk.path, desk.annotator)
        other.forget(ANSWER)
        other.close()
        await open_subject(queue, pilot)
        assert "was not saved before the desk" not in shown(pilot)
        assert cast(TaggingScreen, pilot.app.screen).form.unsaved == []
        await press(pilot, "escape")
        assert UNSAVED not in "".join(lines(queue))


async def test_the_queue_marks_and_names_what_a_desk_left_that_ended_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.tui.queue.screen.LOOK_EVERY", 0.05)
    desk = tagging_desk(tmp_path)
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        other = other_desk(desk)
        await pilot.pause(0.2)
        assert (told(pilot), UNSAVED in "".join(lines(queue))) == ("", False)
        other.close()
        await until(pilot, lambda: UNSAVED in "".join(lines(queue)))
        assert told(pilot) == left_over_in_words(["demo:1"], "⏎")
        other_desk(desk, Place("demo:2", "kinds", "", "note")).close()
        await until(pilot, lambda: left_over_in_words(["demo:2"], "⏎") in told(pilot))
        third = UnsavedWords(desk.path, desk.annotator)
        third.forget(Place("demo:2", "kinds", "", "note"))
        third.close()
        await open_subject(queue, pilot)
        await press(pilot, "o", "escape", "escape", "escape")
        await until(pilot, lambda: UNSAVED not in "".join(lines(queue)))


async def test_what_was_to_be_done_in_a_desk_that_ended_meanwhile_is_told_in_the_queue(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        other_desk(desk, Place("demo:2", "kinds", "", "deed skip"), "").close()
        await open_subject(queue, pilot)
        assert "was not skipped" not in told(pilot)
        await press(pilot, "escape")
        assert "demo:2 under kinds was not skipped before the desk was closed." in told(pilot)


async def test_nothing_is_put_below_a_line_that_is_being_written(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with at_the_queue(desk, (120, 40)) as (queue, pilot):
        await words_read(pilot)
        screen = await open_subject(queue, pilot)
        screen.form.go_to("name")
        await press(pilot, "enter")
        other_desk(desk, Place("demo:1", "kinds", "name", "writing"), "Rollo R").close()
        screen.look_for_words()
        await settled(pilot)
        await press(pilot, *"Kim", "enter")
        queue.saving.finish(1.0)
    left = UnsavedWords(desk.path, desk.annotator).all()
    assert [words.text for words in left] == ["Rollo R"], "it is offered another time"


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_ruling_that_a_desk_left_which_ended_meanwhile_is_there_when_its_review_is_opened(
    tmp_path: Path, is_open: bool
) -> None:
    desk = disputed_desk(tmp_path)
    async with deciding(desk) as pilot:
        await words_read(pilot)
        await press(pilot, "j", *(["enter"] if is_open else []))
        async with reviewing(at_desk(desk, desk.annotator)) as (other, there):
            await press(there, "2", "3", "tab", *"see p")
            other.saving.finish(1.0)
        await press(pilot, *(["f1", "escape"] if is_open else ["enter"]), "2")
        assert "3 (•)" in shown(pilot)
        assert "see p" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert UNSAVED not in shown(pilot)
