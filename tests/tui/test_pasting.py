"""An editor pastes far too much, or something odd, into every place that takes words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from annotator.desk import Desk
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.edit_text import PlainArea
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.widgets.search_box import PAUSE, FindBox, SearchBox
from tests.tui.desk_content import filled_desk
from tests.tui.desk_process import desk_process
from tests.tui.tagging_content import lines_of, press, stored, tagging, tagging_desk

HUGE = {
    "a-line": "lorem ipsum " * 8_334,
    "no-space": "a" * 100_000,
    "japanese": "顔認証の誤認逮捕事件" * 10_000,
    "lines": "word word\n" * 10_000,
    "marks": "e\u0301" * 50_000,
    "tabs": "a\t" * 50_000,
}
EVERY_HUGE = pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
SOME_HUGE = pytest.mark.parametrize("text", [HUGE["japanese"], HUGE["lines"]], ids=["japanese", "lines"])
REFUSED = "Nothing was pasted"


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste as the terminal does: the app decides where it goes."""
    pilot.app.post_message(Paste(text))
    await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until a search has begun, and what it led to is shown."""
    await pilot.pause(PAUSE + 0.02 if pilot.app.screen.query(SearchBox) else 0.02)
    while not all(worker.is_finished for worker in pilot.app.workers):
        await pilot.pause(0.01)
    await pilot.pause()


def told(pilot: Pilot[Any]) -> list[str]:
    """What is said in passing, oldest first."""
    return [notification.message for notification in pilot.app._notifications]


def opened(tmp_path: Path) -> tuple[AnnotatorApp, Desk]:
    desk = filled_desk(tmp_path)
    return AnnotatorApp(desk), desk


@SOME_HUGE
async def test_a_search_that_is_far_too_long_is_refused_and_the_next_one_found(tmp_path: Path, text: str) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("slash")
        await paste(pilot, text)
        screen = cast(QueueScreen, app.screen)
        assert [words[: len(REFUSED)] for words in told(pilot)] == [REFUSED]
        assert (screen.query_one(SearchBox).value, screen.queue.count) == ("", 8)
        await paste(pilot, "robot")
        assert (screen.query_one(SearchBox).value, screen.queue.count) == ("robot", 2)


async def test_a_search_for_too_many_words_says_so_and_the_queue_stays(tmp_path: Path) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("slash")
        await paste(pilot, "robot")
        await paste(pilot, " " + " ".join(f"w{n}" for n in range(1_000)))
        screen = cast(QueueScreen, app.screen)
        assert "too long to run" in told(pilot)[-1]
        assert (screen.view.search, screen.queue.count) == ("robot", 2)
        assert "looking" not in screen.where.text
        await pilot.press("ctrl+u", *"exam")
        await settle(pilot)
        assert (screen.view.search, screen.row_key) == ("exam", "demo:6")


async def test_what_does_not_fit_beside_what_is_written_is_refused_whole(tmp_path: Path) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("slash")
        await paste(pilot, "a" * 5_000)
        assert told(pilot) == []
        await paste(pilot, "b")
        box = app.screen.query_one(SearchBox)
        assert box.value == "a" * 5_000
        assert "5,001 characters" in told(pilot)[-1]
        await pilot.press("backspace")
        await paste(pilot, "b")
        assert box.value == "a" * 4_999 + "b"
        box.select_all()
        await paste(pilot, "c" * 5_000)
        assert box.value == "c" * 5_000


async def test_lines_pasted_into_one_line_stay_together(tmp_path: Path) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("slash")
        await paste(pilot, "exam\r\nproctoring\tdarker\n")
        assert app.screen.query_one(SearchBox).value == "exam proctoring darker"
        assert cast(QueueScreen, app.screen).row_key == "demo:6"


@SOME_HUGE
async def test_the_find_box_of_a_report_takes_no_more_than_it_can_look_for(tmp_path: Path, text: str) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.report.focus()
        await pilot.press("slash")
        await pilot.pause()
        await paste(pilot, text)
        box = screen.query_one(FindBox)
        assert (box.value, told(pilot)[0][: len(REFUSED)]) == ("", REFUSED)
        await paste(pilot, text[:5_000])
        assert len(box.value) == len(text[:5_000].rstrip("\n"))


@EVERY_HUGE
async def test_a_note_is_taken_whole_or_not_at_all(tmp_path: Path, text: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await press(pilot, "o")
        area = pilot.app.screen.query_one(PlainArea)
        await paste(pilot, text)
        assert (area.text, told(pilot)[0][: len(REFUSED)]) == ("", REFUSED)
        await paste(pilot, text[:20_000])
        await press(pilot, "ctrl+s")
        await settle(pilot)
    assert desk.tagging.classification("demo:1", "kinds").notes == text[:20_000].replace("\t", " ")


async def test_a_pasted_note_takes_the_place_of_what_is_selected(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "o", '"first')
        area = pilot.app.screen.query_one(PlainArea)
        for text, shown in (("second\r\nlook\x1b[31m", "second\nlook␛[31m"), ("x" * 20_000, "x" * 20_000)):
            area.select_all()
            await paste(pilot, text)
            assert area.text == shown


async def test_a_long_paragraph_is_drawn_as_it_is_written(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (_, pilot):
        await press(pilot, "o")
        area = pilot.app.screen.query_one(PlainArea)
        await paste(pilot, "".join(f"{n:05}" for n in range(1_000)))
        area.move_cursor((0, 0))
        await press(pilot, '"word')
        drawn = "".join(area.render_line(y).text.rstrip() for y in range(area.size.height))
        assert drawn.startswith("word0000000001")
        assert drawn == area.text[: len(drawn)]


@SOME_HUGE
@pytest.mark.parametrize("field", ["name", "city", "tags"])
async def test_an_answer_is_taken_whole_or_not_at_all(tmp_path: Path, field: str, text: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to(field)
        await press(pilot, "enter")
        await paste(pilot, text)
        assert told(pilot)[0][: len(REFUSED)] == REFUSED
        await paste(pilot, text[:5_000])
        await press(pilot, "left", "x", "enter")
        await settle(pilot)
    answer = stored(desk, field)
    whole = " ".join(text[:5_000].replace("\t", " ").splitlines()).strip()
    assert answer
    value = answer.value[0] if isinstance(answer.value, list) else answer.value
    assert str(value).replace("x", "").replace(" ", "") == whole.replace("x", "").replace(" ", "")


@SOME_HUGE
async def test_the_filter_of_choices_finds_nothing_in_a_paste_and_goes_on(tmp_path: Path, text: str) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("several")
        await press(pilot, "slash")
        await paste(pilot, text)
        await paste(pilot, text[:5_000])
        await press(pilot, "escape", "slash", '"cand')
        assert "1 found" in "\n".join(lines_of(screen))


@SOME_HUGE
async def test_every_dialog_and_the_palette_refuse_what_is_far_too_long(tmp_path: Path, text: str) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(0.2)
        await paste(pilot, text)
        assert app.screen.query_one(Input).value == ""
        assert [words[: len(REFUSED)] for words in told(pilot)] == [REFUSED]
        app.clear_notifications()
        await pilot.press("escape", "f", *["down"] * 5)
        await paste(pilot, text)
        await pilot.press(*"2020-09", "enter")
        await pilot.pause(0.2)
        assert cast(QueueScreen, app.screen).queue.count == 4
        assert [words[: len(REFUSED)] for words in told(pilot)] == [REFUSED]


@SOME_HUGE
async def test_a_reason_is_taken_whole_or_not_at_all(tmp_path: Path, text: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await press(pilot, "exclamation_mark")
        await paste(pilot, text)
        await paste(pilot, text[:5_000])
        await press(pilot, "enter")
        await settle(pilot)
        assert told(pilot)[0][: len(REFUSED)] == REFUSED
    [flag] = desk.tagging.classification("demo:1", "kinds").flags
    assert flag.reason == " ".join(text[:5_000].replace("\t", " ").splitlines()).strip()


async def test_nothing_is_pasted_where_nothing_is_written(tmp_path: Path) -> None:
    app, _ = opened(tmp_path)
    async with app.run_test() as pilot:
        await paste(pilot, "qsj")
        assert cast(QueueScreen, app.screen).queue.count == 8
        assert told(pilot) == []


@pytest.mark.long
@SOME_HUGE
def test_a_paste_through_a_terminal_is_refused_and_the_next_one_looked_for(tmp_path: Path, text: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until("Delivery robot")
        desk.press("/")
        desk.until("search titles")
        desk.press(f"\x1b[200~{text}\x1b[201~")
        desk.until(REFUSED)
        desk.press("\x1b[200~exam\rproctoring\x1b[201~")
        desk.until("1 of 8 subjects")
        desk.press("\x11")
        assert desk.ended() == 0
