"""The tagging screen as an editor sees it, at the least and at a wide size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.tagging import screen as tagging_edits
from tests.tui.tagging_content import HOSTILE, JAPANESE, ROBOT, press, tagging_desk

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((200, 50), id="200x50")]
Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging_edits, "saved_now", lambda: "✓ saved")


def after(*keys: str, taxonomy: str = "kinds", field: str = "") -> Callable[[Pilot[None]], Awaitable[None]]:
    """Open the first incident at a field, and press keys."""

    async def run(pilot: Pilot[None]) -> None:
        await pilot.pause()
        cast(QueueScreen, pilot.app.screen).open("demo:1", taxonomy)
        await pilot.pause()
        await pilot.pause()
        if field:
            cast(Any, pilot.app.screen).form.go_to(field)
            await pilot.pause()
        await press(pilot, *keys)
        await pilot.pause()

    return run


def opened(desk: Desk) -> AnnotatorApp:
    """The desk on a desk."""
    return AnnotatorApp(desk)


@pytest.mark.parametrize("size", SIZES)
def test_an_editor_answers_csetv1_beside_the_report(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    keys = ("y", "n", "question_mark", "minus")
    run = after(*keys, taxonomy="CSETv1", field="physical_objects")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_evidence_is_marked_in_the_text_of_a_japanese_report(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    desk = tagging_desk(tmp_path, [JAPANESE * 4])
    report = desk.subjects.subject("demo:1").reports[0]
    for field, start in (("sure", 0), ("how_bad", 21)):
        value = True if field == "sure" else "mild"
        answer = Answer(value=value, evidence=(desk.tagging.quote(report, start, start + 30),))
        desk.tagging.answer("demo:1", "kinds", field, answer)
    assert snap_compare(opened(desk), terminal_size=size, run_before=after(field="how_bad"))


@pytest.mark.parametrize("size", SIZES)
def test_an_empty_report_says_that_there_is_no_text(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    assert snap_compare(opened(tagging_desk(tmp_path, [""])), terminal_size=size, run_before=after("n"))


@pytest.mark.parametrize("size", SIZES)
def test_hostile_text_is_shown_as_plain_characters(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    desk = tagging_desk(tmp_path, [HOSTILE * 3])
    desk.tagging.answer("demo:1", "kinds", "name", Answer(value=HOSTILE.replace("\n", " ")))
    desk.tagging.note("demo:1", "kinds", HOSTILE)
    assert snap_compare(opened(desk), terminal_size=size, run_before=after(field="name"))


@pytest.mark.parametrize("size", SIZES)
def test_a_long_tree_is_filtered_by_typing(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    run = after("h", "slash", '"lo', taxonomy="harm_type", field="outcome")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_an_editor_selects_a_sentence_for_the_focused_field(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    run = after("l", "o", "e", "down", "s", field="where")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_missing_is_listed_when_submitting(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    run = after("l", "o", "ctrl+s", field="where")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_a_row_of_a_group_is_filled_in_a_form_of_its_own(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    run = after("enter", "enter", '"Ada', "enter", field="people")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_guidance_in_full_takes_half_the_screen(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    run = after("G", taxonomy="harm_type", field="outcome")
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=size, run_before=run)


def test_form_below_the_report_in_a_narrow_terminal(snap_compare: Compare, tmp_path: Path) -> None:
    assert snap_compare(opened(tagging_desk(tmp_path)), terminal_size=(60, 30), run_before=after("f4"))


@pytest.mark.long
async def test_a_text_of_a_megabyte_can_be_read_to_its_end(tmp_path: Path) -> None:
    from tests.tui.tagging_content import lines_of, tagging

    desk = tagging_desk(tmp_path, [ROBOT])
    huge = tagging_desk(tmp_path, [(JAPANESE + ROBOT) * 6_000])
    desk.close()
    async with tagging(huge) as (screen, pilot):
        assert any("顔認証システム" in line for line in lines_of(screen))
        await press(pilot, "f6", "ctrl+end")
        assert any("injured." in line for line in lines_of(screen))
