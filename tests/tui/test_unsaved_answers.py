"""What is typed in the form and not saved when the desk ends is there again, and saved when it is finished."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.tagging import Tagging
from annotator.desk.unsaved.words import UnsavedWords
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from annotator.tui.dialogs.ask import Choose
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.group_row import GroupRow
from annotator.tui.saving import QUOTES, ROW, WRITING
from annotator.tui.tagging.screen import TaggingScreen
from tests.proofs import mostly_slow
from tests.tui.desk_process import DESK, desk_process
from tests.tui.tagging_content import lines_of, press, stored, tagging, tagging_desk

REFUSED_AT_FIRST = {
    "one": Answer(value="green"), "several": Answer(value=["b1", "d1"]), "where": Answer(value=["road"]),
    "sure": Answer(value=False), "how_bad": Answer(value="mild"), "count": Answer(value=7),
    "share": Answer(value=0.5), "day": Answer(value="2021-03"), "name": Answer(value="Rollo"),
    "story": Answer(value="It stopped."), "tags": Answer(value=["ramp", "noon"]), "city": Answer(value="Ulm"),
    "people": Answer(value=[{"who": "Ada", "role": "rider"}]),
}  # fmt: skip
"""An answer to a field of every kind."""


@asynccontextmanager
async def once_more(desk: Desk) -> AsyncIterator[tuple[TaggingScreen, Pilot[None]]]:
    """The tagging screen in a desk that was opened anew."""
    again = Desk(type(desk.project).open(desk.path, tabs=desk.project.tabs), "eva")
    async with tagging(again) as (screen, pilot):
        yield screen, pilot


def kept(desk: Desk) -> dict[tuple[str, str], str]:
    """What the file of unsaved words holds, by field and kind."""
    return {(each.place.field, each.place.kind): each.text for each in UnsavedWords(desk.path, "eva").all()}


def shown(pilot: Pilot[Any]) -> str:
    """The open screen as text."""
    return "\n".join(lines_of(pilot.app.screen))  # type: ignore[arg-type]


async def end(screen: TaggingScreen) -> None:
    """End the desk as a signal does: nothing is taken, what is typed is kept."""
    screen.saving.finish(1.0)


BEGUN: list[tuple[str, str, str, Answer]] = [
    ("city", "Ul", "m", Answer(value="Ulm")),
    ("name", "Rol", "lo", Answer(value="Rollo")),
    ("count", "1", "2", Answer(value=12)),
    ("share", "0.", "5", Answer(value=0.5)),
    ("day", "2021-", "03", Answer(value="2021-03")),
    ("tags", "ra", "mp", Answer(value=["ramp"])),
]
"""What is written of an answer, and the rest of it."""


@pytest.mark.parametrize(("field", "begun", "rest", "answer"), mostly_slow(BEGUN, BEGUN[0], BEGUN[4], BEGUN[5]))
async def test_a_line_that_is_being_written_when_the_desk_ends_is_gone_on_with(
    tmp_path: Path, field: str, begun: str, rest: str, answer: Answer
) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to(field)
        await press(pilot, "enter", f'"{begun}')
        await end(screen)
    assert stored(desk, field) is None
    assert kept(desk) == {(field, WRITING): begun}
    async with once_more(desk) as (screen, pilot):
        assert any("✎" in line and "✎," not in line for line in lines_of(screen)), "its field bears a mark"
        screen.form.go_to(field)
        await pilot.pause()
        assert f"“{begun}” was being written" in " ".join(shown(pilot).split())
        await press(pilot, "enter")
        assert screen.form.input.value == begun
        await press(pilot, f'"{rest}', "enter", *(["enter"] if field == "tags" else []))
        assert "being written" not in shown(pilot)
        await end(screen)
    assert stored(desk, field) == answer
    assert kept(desk) == {}


async def test_what_only_can_be_the_beginning_of_an_answer_goes_on_with_the_one_begun(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("count")
        await press(pilot, '"12')
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("count")
        await press(pilot, '"3', "enter")
    assert stored(desk, "count") == Answer(value=123)


async def test_a_line_that_is_dropped_is_not_offered_again(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ul')
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", "escape")
        assert "being written" not in shown(pilot)
        await press(pilot, "enter", '"Be', "escape")
        await end(screen)
    assert kept(desk) == {}


async def test_a_line_that_says_what_is_stored_is_not_kept(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "city", Answer(value="Ulm"))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "enter", '"e', "backspace")
        await end(screen)
    assert kept(desk) == {}


async def test_a_tag_that_is_being_changed_comes_back_where_it_was_or_as_a_new_one(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "tags", Answer(value=["ramp", "noon"]))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("tags")
        await press(pilot, "2", '"day')
        await end(screen)
    assert kept(desk) == {("tags", f"{WRITING} 2"): "noonday"}
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("tags")
        await press(pilot, "enter")
        assert screen.form.input.value == "noonday"
        await end(screen)
    desk.tagging.answer("demo:1", "kinds", "tags", Answer(value=["ramp"]))
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("tags")
        await press(pilot, "enter", "enter", "enter")
        await end(screen)
    assert stored(desk, "tags") == Answer(value=["ramp", "noonday"])
    assert kept(desk) == {}


async def test_a_long_text_comes_back_in_its_dialog(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("story")
        await press(pilot, "enter", '"It sto')
        await end(screen)
    assert kept(desk) == {("story", WRITING): "It sto"}
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("story")
        await pilot.pause()
        assert "“It sto” was being written" in " ".join(shown(pilot).split())
        await press(pilot, "enter")
        assert pilot.app.screen.query_one(TextArea).text == "It sto"
        await press(pilot, '"pped.', "ctrl+s")
        assert pilot.app.screen is screen
        await end(screen)
    assert stored(desk, "story") == Answer(value="It stopped.")
    assert kept(desk) == {}


async def test_a_row_that_is_being_filled_in_comes_back_whole(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"Ada', "enter", "2", "shift+tab", "shift+tab", "enter", '" L')
        await end(screen)
    assert set(kept(desk)) == {("people", ROW)}
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("people")
        await pilot.pause()
        assert "A row was being written" in " ".join(shown(pilot).split())
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, GroupRow)
        assert "You typed this before" in shown(pilot)
        assert "Driver" in shown(pilot)
        await press(pilot, "enter", '"ovelace', "enter", "ctrl+s")
        assert not isinstance(pilot.app.screen, GroupRow)
        await end(screen)
    assert stored(desk, "people") == Answer(value=[{"who": "Ada Lovelace", "role": "driver"}])
    assert kept(desk) == {}


async def test_a_row_that_is_being_changed_comes_back_in_its_place(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "people", Answer(value=[{"who": "Ada"}, {"who": "Bo"}]))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "2", "enter", '"b', "enter")
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "ctrl+s")
    assert stored(desk, "people") == Answer(value=[{"who": "Ada"}, {"who": "Bob"}])


async def test_a_value_taken_back_beside_a_line_of_a_row_stays_taken_back(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "people", Answer(value=[{"who": "Ada", "role": "driver"}]))
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "1", "tab", "backspace", "shift+tab", "enter", '" L')
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"ovelace', "enter", "ctrl+s")
        await end(screen)
    assert stored(desk, "people") == Answer(value=[{"who": "Ada Lovelace"}])


async def test_a_row_is_dropped_only_when_asked_twice_and_not_offered_then(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"Ad')
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "escape")
        assert isinstance(pilot.app.screen, GroupRow)
        await press(pilot, "escape")
        assert screen.is_current
        await end(screen)
    assert kept(desk) == {}


async def test_an_answer_that_does_not_fit_is_kept_until_it_is_put_right(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"2021-13', "enter")
        assert screen.form.unsaved == ["day"]
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        assert screen.form.unsaved == ["day"]
        screen.form.go_to("day")
        await press(pilot, "enter")
        assert screen.form.input.value == "2021-13"
        await press(pilot, "backspace", '"2', "enter")
        assert screen.form.unsaved == []
        await end(screen)
    assert stored(desk, "day") == Answer(value="2021-12")
    assert kept(desk) == {}


async def test_a_text_that_goes_on_from_a_refused_answer_is_the_one_that_comes_back(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"2021-13', "enter", "backspace")
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, "enter")
        assert screen.form.input.value == "2021-1"
        await press(pilot, '"2', "enter")
        await end(screen)
    assert stored(desk, "day") == Answer(value="2021-12")
    assert kept(desk) == {}


@pytest.mark.parametrize("field", mostly_slow(sorted(REFUSED_AT_FIRST), "several", "day", "people"))
async def test_enter_saves_an_answer_that_was_left_over_whatever_its_kind(
    tmp_path: Path, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tagging_desk(tmp_path)
    before, meant = desk.tagging.answer, REFUSED_AT_FIRST[field]
    before("demo:1", "kinds", field, meant)
    meant_as_kept = stored(desk, field)
    desk.history.undo()
    assert meant_as_kept is not None

    def full(*_args: object) -> None:
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    async with tagging(desk) as (screen, pilot):
        with monkeypatch.context() as patched:
            patched.setattr(Tagging, "answer", full)
            screen.answers.save(field, meant_as_kept)
            await press(pilot)
        await end(screen)
    assert stored(desk, field) is None
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to(field)
        await pilot.pause()
        assert "enter saves it" in " ".join(shown(pilot).split())
        await press(pilot, "enter")
        assert screen.form.unsaved == []
        await end(screen)
    assert stored(desk, field) == meant_as_kept
    assert kept(desk) == {}


async def test_an_answer_for_a_file_that_was_replaced_is_not_called_saved_and_kept(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        desk.backup(tmp_path / "earlier.db")
        await press(pilot, "r")
        assert stored(desk, "one") == Answer(value="red")
        (tmp_path / "earlier.db").replace(desk.path)
        screen.form.go_to("how_bad")
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, Choose)
        assert "or take the one that is there, and open it again" in pilot.app.screen.question
        assert "nothing is saved" in shown(pilot).split("\n")[0]
        await end(screen)
    desk.close()
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("how_bad")
        await press(pilot, "enter")
        assert stored(screen.desk, "how_bad") == Answer(value="grave")
        assert stored(screen.desk, "one") is None


async def test_enter_takes_an_answer_back_when_that_was_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "several", Answer(value=["a1", "b1"]))
    words = UnsavedWords(desk.path, "eva")
    words.keep(Place("demo:1", "kinds", "several", "answer"), "")
    words.close()
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("several")
        await press(pilot, "enter")
    assert stored(desk, "several") is None


async def test_an_answer_of_another_version_is_not_taken_for_taking_it_back(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "several", Answer(value=["a1", "b1"]))
    words = UnsavedWords(desk.path, "eva")
    words.keep(Place("demo:1", "kinds", "several", "answer"), '{"of": "another version"}')
    words.close()
    async with tagging(desk) as (screen, _):
        assert screen.answer("several") == Answer(value=["a1", "b1"])
        assert screen.form.unsaved == []


@pytest.mark.parametrize(
    ("field", "keys"), [("story", ["enter", '"It stopped.']), ("people", ["enter", "enter", '"Ada', "enter"])]
)
async def test_a_dialog_of_the_form_stays_open_with_what_cannot_be_saved(
    tmp_path: Path, field: str, keys: list[str]
) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "one", Answer(value="red"))
    desk.tagging.submit("demo:1", "kinds")
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to(field)
        await press(pilot, *keys, "ctrl+s")
        assert isinstance(pilot.app.screen, EditText | GroupRow)
        assert "Not saved: demo:1 under kinds is submitted; reopen it" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert screen.is_current
        await end(screen)
    assert stored(desk, field) is None
    assert kept(desk) == {}


# Evidence that waits for an answer


FIRST_SENTENCE = "The delivery robot stopped on the ramp at noon."


async def quote_before_answering(tmp_path: Path) -> Desk:
    """Quote a sentence for a field without an answer, and end the desk."""
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, "e", "s", "enter")
        await end(screen)
    assert stored(desk, "one") is None
    assert list(kept(desk)) == [("one", QUOTES)]
    return desk


async def test_a_quote_that_waits_for_an_answer_is_there_again_and_goes_with_the_answer(tmp_path: Path) -> None:
    desk = await quote_before_answering(tmp_path)
    async with once_more(desk) as (screen, pilot):
        assert any("One of three" in line and "✎" in line for line in lines_of(screen)), "its field bears a mark"
        screen.form.go_to("one")
        await pilot.pause()
        assert "❝… The delivery robot" in shown(pilot)
        assert "is kept with the answer" in shown(pilot)
        await press(pilot, "2")
        assert not any("One of three" in line and "✎" in line for line in lines_of(screen))
        await end(screen)
    answer = stored(desk, "one")
    assert answer is not None
    assert (answer.value, [each.quote for each in answer.evidence]) == ("green", [FIRST_SENTENCE])
    assert kept(desk) == {}


@pytest.mark.parametrize("keys", [["backspace"], ["u"], ["N", "y"]])
async def test_a_quote_that_waits_is_gone_once_it_is_dropped(tmp_path: Path, keys: list[str]) -> None:
    desk = await quote_before_answering(tmp_path)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, *keys)
        await end(screen)
    assert stored(desk, "one") is None
    assert kept(desk) == {}


async def test_several_quotes_wait_for_one_answer_across_several_ends(tmp_path: Path) -> None:
    desk = await quote_before_answering(tmp_path)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, "e", "s", "s", "enter")
        await end(screen)
    async with once_more(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, "2")
    answer = stored(desk, "one")
    assert answer is not None
    assert len(answer.evidence) == 2


async def test_a_quote_that_is_in_the_answer_already_waits_no_more(tmp_path: Path) -> None:
    desk = await quote_before_answering(tmp_path)
    quote = desk.tagging.quote(desk.subjects.subject("demo:1").reports[0], 0, len(FIRST_SENTENCE))
    desk.tagging.answer("demo:1", "kinds", "one", Answer(value="green", evidence=(quote,)))
    async with once_more(desk) as (screen, _):
        assert screen.form.waiting.of("one") == ()
        await end(screen)
    assert kept(desk) == {}


@pytest.mark.parametrize("words", ["", "[3]", "{}", "half a", '[{"of": "another version"}]', "3"])
async def test_quotes_of_another_version_are_left_alone(tmp_path: Path, words: str) -> None:
    desk = tagging_desk(tmp_path)
    left = UnsavedWords(desk.path, "eva")
    left.keep(Place("demo:1", "kinds", "one", QUOTES), words)
    left.close()
    async with tagging(desk) as (screen, _):
        assert screen.form.waiting.of("one") == ()
        assert screen.form.unsaved == []
        await end(screen)
    assert kept(desk) == {("one", QUOTES): words}


# As a process


@pytest.mark.long
@pytest.mark.parametrize("how", mostly_slow([signal.SIGKILL, None], signal.SIGKILL))
def test_a_quote_without_an_answer_outlives_the_process(tmp_path: Path, how: signal.Signals | None) -> None:
    tagging_desk(tmp_path, annotator="ana").close()
    command = (*DESK, "desk", "demo:1", "--taxonomy", "kinds")
    with desk_process(tmp_path, command, (100, 40)) as desk:
        desk.until("Upside down")
        desk.press("es\r")
        desk.screen_with("is kept with the answer")
        if how is None:
            desk.press("\x11")
            desk.rest()
        else:
            time.sleep(2.2)  # what the promise is about, not a measurement
            desk.process.send_signal(how)
        desk.ended()
    with desk_process(tmp_path, command, (100, 40)) as desk:
        desk.screen_with("is kept with the answer")
        desk.press("\x11")
        desk.rest()


@pytest.mark.long
@pytest.mark.parametrize("how", mostly_slow([signal.SIGHUP, signal.SIGTERM, signal.SIGKILL, None], signal.SIGKILL))
def test_what_is_typed_outlives_the_process_by_two_seconds(tmp_path: Path, how: signal.Signals | None) -> None:
    tagging_desk(tmp_path, annotator="ana").close()
    command = (*DESK, "desk", "demo:1", "--taxonomy", "kinds")
    with desk_process(tmp_path, command, (100, 40)) as desk:
        desk.until("Upside down")
        desk.press("\x1b[6~\t\t\t\rRollo Rob")
        desk.screen_with("✎ Rollo Rob")
        if how in {signal.SIGKILL}:
            time.sleep(2.2)  # what the promise is about, not a measurement
        if how is None:
            desk.lose_terminal()
        else:
            desk.process.send_signal(how)
        desk.ended()
    with desk_process(tmp_path, command, (100, 40)) as desk:
        desk.screen_with("Its name✎")
        desk.screen_with("What you typed on demo:1 was not saved")
        desk.press("\r")
        desk.screen_with("✎ Rollo Rob")
        desk.press("otics\r")
        desk.screen_with("✓ saved")
        desk.press("\x11")
        desk.rest()
        assert desk.ended() == 0
    again = UnsavedWords(tmp_path / "desk.db", "ana")
    assert again.all() == []


def test_words_of_a_row_that_nobody_can_read_are_no_row() -> None:
    from annotator.tui.dialogs.group_row import words_of

    for kept_words in (None, "", "[]", "half a", '{"values": 3}', "{}", json.dumps({"values": {}, "texts": [1]})):
        assert words_of(kept_words) is None
