"""Keys are carried out in the order they are typed, however fast they come and whatever each of them opens."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from textual.events import Event, Key, MouseDown, Paste
from textual.keys import key_to_character
from textual.pilot import Pilot

from annotator.desk import open_desk, writer
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.desk_process import DESK, desk_process
from tests.tui.settling import locked, settled
from tests.tui.tagging_content import lines_of, stored, tagging, tagging_desk, typed


def burst(pilot: Pilot[None], *keys: str) -> None:
    """Type keys at once, as a fast hand, a macro or a paste over ssh does; a text that begins with " is typed."""
    for key in keys:
        for name in typed(key[1:]) if key.startswith('"') else [key]:
            pilot.app.post_message(Key(name, key_to_character(name)))


async def stalled(pilot: Pilot[None]) -> None:
    """Wait until the screen says that another process holds the file."""
    while not cast(AnnotatorApp, pilot.app).saving.is_stalled:
        await pilot.pause(0.05)
    await pilot.pause()


def said(pilot: Pilot[None]) -> str:
    """All that was told in passing."""
    return "\n".join(each.message for each in pilot.app._notifications)


async def test_a_tab_between_two_choices_passes_over_a_field(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("sure")
        burst(pilot, "y", "tab", "5", "enter", "pageup", "pageup", "2")
        await settled(pilot)
    assert stored(desk, "sure") == Answer(value=True)
    assert stored(desk, "how_bad") is None
    assert stored(desk, "count") == Answer(value=5)
    assert stored(desk, "one") == Answer(value="green")


async def test_keys_go_to_the_report_and_back_with_the_focus(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        burst(pilot, "l", "o", "f6", "s", "enter", "tab", "y", "f6", "s", "f6", "2")
        await settled(pilot)
    where = stored(desk, "where")
    assert where is not None
    assert [quote.quote for quote in where.evidence] == ["The delivery robot stopped on the ramp at noon."]
    assert stored(desk, "sure") == Answer(value=True)
    assert stored(desk, "how_bad") == Answer(value="grave")


async def test_words_wait_for_the_dialog_they_are_for_and_no_longer(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("sure")
        burst(pilot, "o", '"yes', "enter", '"no', "ctrl+s", "y", "exclamation_mark", '"odd', "enter", "2")
        await settled(pilot)
    now = desk.tagging.classification("demo:1", "kinds")
    assert now.notes == "yes\nno"
    assert [flag.reason for flag in now.flags] == ["odd"]
    assert now.answers == {"sure": Answer(value=True), "how_bad": Answer(value="grave")}


async def test_the_first_word_typed_is_for_a_dialog_that_opens_without_a_key(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await settled(pilot)
        screen.action_notes()
        burst(pilot, '"yes', "ctrl+s")
        await settled(pilot)
    assert desk.tagging.classification("demo:1", "kinds").notes == "yes"


async def test_what_is_pasted_keeps_its_place_among_the_keys(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        pasted: list[Event] = [Key("enter", "\r"), Paste("Rollo"), Key("enter", "\r"), Key("enter", "\r")]
        for event in [*pasted, Key("a", "a"), Paste(" b"), Key("ctrl+s", None)]:
            pilot.app.post_message(event)
        await settled(pilot)
    assert stored(desk, "name") == Answer(value="Rollo")
    assert stored(desk, "story") == Answer(value="a b")


async def test_a_click_waits_for_the_keys_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        typeahead = cast(AnnotatorApp, pilot.app).typeahead
        handed, hand_out = list[str](), typeahead._hand_out

        async def note(event: Event) -> None:
            handed.append(event.key if isinstance(event, Key) else type(event).__name__)
            await hand_out(event)

        monkeypatch.setattr(typeahead, "_hand_out", note)
        screen.form.go_to("sure")
        burst(pilot, "y", "tab")
        pilot.app.post_message(MouseDown(None, 2, 1, 0, 0, 1, False, False, False))
        burst(pilot, "down")
        await settled(pilot)
    assert handed == ["y", "tab", "MouseDown", "down"]


async def test_a_paste_that_is_refused_holds_up_no_key(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        for event in (Key("enter", "\r"), Paste("x" * 100_000), Key("U", "U"), Key("enter", "\r")):
            pilot.app.post_message(event)
        await settled(pilot)
        assert "Nothing was pasted" in said(pilot)
    assert stored(desk, "city") == Answer(value="U")


async def test_keys_typed_behind_a_submission_answer_the_next_subject(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r", "ctrl+s", "2", "tab", "tab", "y")
        await settled(pilot)
    assert desk.tagging.classification("demo:1", "kinds").status == "submitted"
    assert desk.tagging.classification("demo:1", "kinds").answers == {"one": Answer(value="red")}
    assert desk.tagging.classification("demo:2", "kinds").answers == {
        "one": Answer(value="green"),
        "sure": Answer(value=True),
    }


async def test_keys_typed_behind_a_submission_that_is_refused_are_dropped_aloud(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("sure")
        burst(pilot, "ctrl+s", "y", "1")
        await settled(pilot)
        assert "This was not submitted. The 2 keys you pressed after that are dropped." in said(pilot)
        assert screen.field is not None
        assert screen.field.id == "one"
        burst(pilot, "2")
        await settled(pilot)
    assert desk.tagging.classification("demo:1", "kinds").answers == {"one": Answer(value="green")}


async def test_a_key_typed_behind_an_undo_is_for_the_field_that_comes_back(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        burst(pilot, "r", "tab", "tab", "ctrl+z", "2")
        await settled(pilot)
    assert desk.tagging.classification("demo:1", "kinds").answers == {"one": Answer(value="green")}


async def test_the_form_has_the_focus_from_the_first_key_on(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    app = AnnotatorApp(desk, first=("demo:1", "kinds"))
    async with app.run_test(size=(80, 24)) as pilot:
        burst(pilot, "2", "1", "3")
        await settled(pilot)
        assert isinstance(app.screen, TaggingScreen)
        assert app.screen.form.has_focus_within
    answers = desk.tagging.classification("demo:1", "kinds").answers
    assert answers == {"one": Answer(value="green"), "several": Answer(value=["a1", "c1"])}


async def test_waiting_behind_another_process_can_be_ended_from_the_keyboard(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s", "2", "escape")
            await stalled(pilot)
            assert screen.is_current, "what is typed before the wait is shown waits like any other key"
            burst(pilot, "ctrl+g")
            while "dropped" not in said(pilot):
                await pilot.pause()
        await settled(pilot)
        assert "The 2 keys" in said(pilot)
        assert screen.is_current
        assert desk.tagging.classification("demo:1", "kinds").status == "draft"
        burst(pilot, "ctrl+s")
        await settled(pilot)
        assert screen.key == "demo:2"
    assert desk.tagging.classification("demo:2", "kinds").answers == {}


async def test_escape_waits_for_its_turn_until_a_wait_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "STALL", 1_000_000)
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s")
            while not screen.holds_keys:
                await pilot.pause()
            burst(pilot, "2", "escape", "ctrl+q")
            await pilot.pause()
            await pilot.pause()
            assert screen.is_current
            assert pilot.app._exit is False
        while pilot.app._exit is False:
            await pilot.pause()
    assert desk.tagging.classification("demo:1", "kinds").status == "submitted"
    assert stored(desk, "one", "demo:2") == Answer(value="green")


async def test_a_dialog_that_waits_for_another_process_keeps_its_words(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            burst(pilot, "o", '"note', "ctrl+s", "1")
            await stalled(pilot)
            burst(pilot, "escape")
            while "The key you pressed" not in said(pilot):
                await pilot.pause()
            assert "note" in "\n".join(lines_of(cast(TaggingScreen, pilot.app.screen)))
        burst(pilot, '"s', "ctrl+s", "1")
        await settled(pilot)
        assert screen.is_current
    now = desk.tagging.classification("demo:1", "kinds")
    assert (now.notes, now.answers) == ("notes", {"one": Answer(value="red")})


async def test_the_mouse_and_quitting_do_not_wait_for_another_process(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        burst(pilot, "r")
        await settled(pilot)
        with locked(desk):
            burst(pilot, "ctrl+s", "2")
            await stalled(pilot)
            region = screen.report.region
            pilot.app.post_message(MouseDown(None, region.x + 2, region.y + 1, 0, 0, 1, False, False, False))
            await pilot.pause()
            assert screen.report.has_focus
            burst(pilot, "ctrl+q")
            while pilot.app._exit is False:
                await pilot.pause()
    assert desk.tagging.classification("demo:1", "kinds").status == "draft"


@pytest.mark.long
def test_a_burst_through_a_terminal_arrives_in_order(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path, annotator="ana")
    desk.close()
    command = (*DESK, "desk", "demo:1", "--taxonomy", "kinds")
    with desk_process(tmp_path, command) as process:
        process.until("Upside down")
        process.press("r\t\ty\t5\roseen\x13\x132")
        process.until("2/5")
        process.until("saved")
        process.press("\x11")
        process.rest()
        assert process.ended() == 0
    desk = open_desk(tmp_path / "desk.db", "ana")
    first = desk.tagging.classification("demo:1", "kinds")
    assert (first.status, first.notes) == ("submitted", "seen")
    wanted = {"one": Answer(value="red"), "sure": Answer(value=True), "count": Answer(value=5)}
    assert first.answers == wanted
    assert desk.tagging.classification("demo:2", "kinds").answers == {"one": Answer(value="green")}
