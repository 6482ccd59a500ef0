"""An editor works through subjects: submit, skip, flag, note, undo, and come back later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.events import AppBlur

from annotator.desk import Desk
from annotator.desk.tagging import Tagging
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.tui.queue.screen import QueueScreen
from tests.proofs import mostly_slow
from tests.store.making import statements
from tests.tui.settling import settled
from tests.tui.tagging_content import lines_of, press, stored, tagging, tagging_desk


def status(desk: Desk, key: str = "demo:1") -> str:
    """The state of a classification as another connection reads it."""
    other = desk.another()
    try:
        return other.tagging.classification(key, "kinds").status
    finally:
        other.close()


async def test_submitting_goes_on_to_the_next_subject(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r", "ctrl+s")
        assert screen.key == "demo:2"
        assert "Incident 2" in lines_of(screen)[0]
        assert screen.namespace == "kinds"
    assert status(desk) == "submitted"


async def test_enter_on_the_last_line_submits(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await press(pilot, "r", "end", "enter")
    assert status(desk) == "submitted"


async def test_what_is_being_written_is_submitted_too(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r")
        screen.form.go_to("city")
        await press(pilot, "enter", '"Ulm', "ctrl+s")
    assert stored(desk, "city") == Answer(value="Ulm")
    assert status(desk) == "submitted"


async def test_an_incomplete_classification_is_not_submitted_and_says_what_is_missing(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "o", "ctrl+s")
        assert "Not submitted: 2 fields" in "\n".join(lines_of(screen.app.screen))  # type: ignore[arg-type]
        await press(pilot, "down", "enter")
        assert screen.form.state is not None
        assert screen.form.state.focus == "where"
        assert "needs evidence" in "\n".join(lines_of(screen))
        await press(pilot, "e", "s", "e", "home", "r", "ctrl+s")
    assert status(desk) == "submitted"


async def test_a_mark_goes_away_when_its_field_is_put_right(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "ctrl+s")
        assert "is required" in "\n".join(lines_of(screen))
        await press(pilot, "r")
        assert screen.form.state is not None
        assert not screen.form.state.problems


async def test_the_next_missing_field_is_one_key_away(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("sure")
        await press(pilot, "y")
        screen.form.go_to("where")
        await press(pilot, "greater_than_sign")
        assert screen.form.state and screen.form.state.focus == "how_bad"
        await press(pilot, "less_than_sign")
        assert screen.form.state and screen.form.state.focus == "where"


async def test_a_submitted_classification_refuses_changes_until_it_is_reopened(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "one", Answer(value="red"))
    desk.tagging.submit("demo:1", "kinds")
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "2")
        assert "reopen" in "\n".join(lines_of(screen))
        assert stored(desk, "one") == Answer(value="red")
        await press(pilot, "R", '"new report', "enter", "2")
    assert stored(desk, "one") == Answer(value="green")
    assert status(desk) == "draft"
    assert [event.kind for event in desk.history.of("demo:1", "kinds")][-2:] == ["reopened", "answer_set"]


async def test_skipping_asks_for_a_reason_and_goes_on(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "K", "enter")
        assert status(desk) == "untouched"
        await press(pilot, '"not about AI', "enter")
        assert screen.key == "demo:2"
        await press(pilot, "P")
        screen.form.go_to("*submit*")
        await pilot.pause()
        assert "Skipped: not about AI" in "\n".join(lines_of(screen))
    assert status(desk) == "skipped"


async def test_a_flag_is_raised_on_the_field_and_resolved(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "exclamation_mark", '"really?', "enter")
        assert "⚑" in "\n".join(lines_of(screen))
        [flag] = desk.tagging.classification("demo:1", "kinds").flags
        assert (flag.field, flag.reason, flag.resolved_at) == ("one", "really?", None)
        await press(pilot, "exclamation_mark", "enter")
    [flag] = desk.tagging.classification("demo:1", "kinds").flags
    assert flag.resolved_at


async def test_a_note_of_several_lines_is_kept(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await press(pilot, "o", '"first', "enter", '"second', "ctrl+s")
    assert desk.tagging.classification("demo:1", "kinds").notes == "first\nsecond"


async def test_undo_goes_back_over_subjects_and_redo_comes_again(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r", "ctrl+s")
        screen.form.go_to("sure")
        await press(pilot, "y")
        assert screen.key == "demo:2"
        await press(pilot, "u")
        assert stored(desk, "sure", "demo:2") is None
        assert screen.form.state is not None
        assert screen.form.state.focus == "sure"
        await press(pilot, "u")
        assert (screen.key, status(desk)) == ("demo:1", "draft")
        await press(pilot, "u")
        assert stored(desk, "one") is None
        await press(pilot, "ctrl+r", "ctrl+r")
    assert stored(desk, "one") == Answer(value="red")
    assert status(desk) == "submitted"


async def test_undo_works_after_a_restart_and_follows_to_the_taxonomy(tmp_path: Path) -> None:
    first = tagging_desk(tmp_path)
    first.tagging.answer("demo:1", "kinds", "sure", Answer(value=True))
    first.close()
    desk = tagging_desk(tmp_path)
    async with tagging(desk, taxonomy="harm_type") as (screen, pilot):
        await press(pilot, "u")
        assert screen.namespace == "kinds"
        assert screen.form.state is not None
        assert screen.form.state.focus == "sure"
    assert stored(desk, "sure") is None


async def test_taxonomies_are_tabs_with_their_state(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk, taxonomy="harm_type", size=(120, 30)) as (screen, pilot):
        assert "[harm_type ·]" in lines_of(screen)[1]
        await press(pilot, "h")
        assert "[harm_type ◐]" in lines_of(screen)[1]
        await press(pilot, "right_square_bracket")
        assert "[technology ·]" in lines_of(screen)[1]
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "[kinds ·]" in lines_of(screen)[1]
        await pilot.click("#tabs", offset=(3, 0))
        await pilot.pause()
        assert screen.namespace == "harm_type"


async def test_reports_are_pages(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        assert "report 1 of 2  example.org  2021-03-05" in lines_of(screen)[2]
        await press(pilot, "n")
        assert "report 2 of 2" in lines_of(screen)[2]
        assert "顔認証システム" in "\n".join(lines_of(screen))
        await press(pilot, "n")
        assert "about the incident" in lines_of(screen)[2]
        assert "Rollo Robotics" in "\n".join(lines_of(screen))


async def test_the_history_says_who_did_what_and_when(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r", "H")
        await settled(pilot)
        shown = "\n".join(lines_of(screen.app.screen))  # type: ignore[arg-type]
        assert "eva  1.1 One of three: Red" in shown


async def test_the_editor_comes_back_to_the_same_field(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("city")
        await press(pilot, "escape")
    point = desk.queue.resume_point()
    assert point is not None
    assert (point.subject, point.taxonomy, point.field) == ("demo:1", "kinds", "city")
    async with tagging(desk) as (screen, _):
        assert screen.form.state is not None
        assert screen.form.state.focus == "city"


async def test_escape_leaves_step_by_step_and_tells_the_queue_where_it_was(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "N", "f6", "s", "escape")
        assert screen.report.has_focus
        await press(pilot, "escape")
        assert screen.form.has_focus_within
        await press(pilot, "escape")
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        assert queue.row_key == "demo:2"


@pytest.mark.parametrize("keys", [("2",), ("question_mark",), ("backspace",)])
async def test_a_full_disk_is_said_once_and_nothing_is_called_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.answer("demo:1", "kinds", "one", Answer(value="red"))

    def full(*_args: Any) -> Any:
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    async with tagging(desk) as (screen, pilot):
        monkeypatch.setattr(Tagging, "answer", full)
        monkeypatch.setattr(Tagging, "clear", full)
        await press(pilot, *keys)
        await pilot.pause()
        shown = "\n".join(lines_of(screen))
        assert "✗ not saved" in shown
        assert "disk is full" in shown
        assert screen.form.unsaved == ["one"], "what was meant stays until it is put right"
        assert stored(desk, "one") == Answer(value="red")
        monkeypatch.undo()
        await press(pilot, "2")
        assert "✓ saved" in "\n".join(lines_of(screen))
    assert stored(desk, "one") == Answer(value="green")


async def test_a_filtered_queue_is_walked_along(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.view = QueueView(kind="incident", sort="title")
        await press(pilot, "N", "N")
        assert screen.key == "demo:1"
        assert "last subject" in "\n".join(lines_of(screen))


async def test_guidance_follows_the_field_and_the_choice(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        shown = "\n".join(lines_of(screen)[-6:])
        assert "Which of the three is it?" in shown
        assert "As a signal that says stop. Use when: It glows." in shown
        await press(pilot, "G")
        assert "Use when:" in "\n".join(lines_of(screen))
        await press(pilot, "escape", "tab")
        assert "Several of many" in "\n".join(lines_of(screen)[-6:])


@pytest.mark.parametrize(("width", "height"), mostly_slow([(60, 15), (80, 24), (80, 40)], (60, 15)))
async def test_beside_guidance_in_full_a_low_terminal_shows_the_pane_with_the_keys(
    tmp_path: Path, width: int, height: int
) -> None:
    async with tagging(tagging_desk(tmp_path), size=(width, height)) as (screen, pilot):
        await press(pilot, "f4")
        stacked = screen.form.size.height
        assert screen.report.size.height > 0
        await press(pilot, "G")
        room = height - 3 - screen.guidance.outer_size.height
        assert (screen.form.size.height, screen.reading.display) == (room, False)
        await press(pilot, "f6")
        assert (screen.report.size.height, screen.form.display) == (room - 1, False)
        assert screen.report.has_focus
        await press(pilot, "slash", "e", "enter")
        assert screen.report.has_focus
        assert not screen.form.display
        await press(pilot, "f6", "o", "escape")
        assert (screen.form.size.height, screen.reading.display) == (room, False)
        await press(pilot, "G")
        assert (screen.form.size.height, screen.reading.display) == (stacked, True)


async def test_a_tall_terminal_shows_both_panes_beside_guidance_in_full(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path), size=(80, 50)) as (screen, pilot):
        await press(pilot, "f4", "G", "f6")
        assert (screen.form.display, screen.reading.display) == (True, True)


async def test_a_refused_change_is_not_left_behind_unnoticed(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"21', "enter", "escape", "N")
        assert "Leave without saving this?" in "\n".join(lines_of(screen.app.screen))  # type: ignore[arg-type]
        await press(pilot, "n")
        assert screen.key == "demo:1"
        await press(pilot, "ctrl+s")
        assert screen.key == "demo:1"
        await press(pilot, "u", "N")
        assert screen.key == "demo:2"
    assert stored(desk, "day") is None


async def test_evidence_that_waits_can_be_dropped(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "e", "s", "e", "backspace", "N")
        assert screen.key == "demo:2"


async def test_an_editor_who_gave_no_name_can_look_but_not_change(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path, annotator="")
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "2")
        assert "Say who you are" in "\n".join(lines_of(screen))
    assert stored(desk, "one") is None


async def test_the_report_is_scrolled_without_leaving_the_form(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path, ["\n".join(f"Line {n}." for n in range(100))])
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "ctrl+d")
        assert "Line 1." not in " ".join(lines_of(screen)).split("│")[0]
        assert screen.form.has_focus_within
        await press(pilot, "ctrl+b")
        assert any("Line 1." in line for line in lines_of(screen))


async def test_the_next_subject_is_the_place_to_resume_although_its_first_field_is_the_same(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        await press(pilot, "N", "escape")
    point = desk.queue.resume_point()
    assert point is not None
    assert (point.subject, point.field) == ("demo:2", "one")


async def test_opening_a_subject_looks_up_no_view_that_nobody_has_looked_up_yet(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.view = QueueView(kind="incident")
        with statements(desk.store) as run:
            screen.open_subject("demo:1", "kinds")
            await pilot.pause()
            await pilot.pause()
        assert not [sql for sql in run if "SELECT subjects.id FROM subjects" in sql]
        await press(pilot, "N")
        assert screen.key == "demo:2"
        assert "2/3" in lines_of(screen)[0]


@pytest.mark.parametrize("way_back", ["escape", "f6"])
async def test_the_form_is_on_screen_again_before_it_takes_a_key(tmp_path: Path, way_back: str) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "f4", "f4", "f4")
        assert (screen.report.has_focus, screen.form.display) == (True, False)
        await press(pilot, way_back)
        assert (screen.form.has_focus_within, screen.form.display, screen.reading.display) == (True, True, True)


async def test_the_report_is_on_screen_again_before_a_sentence_is_marked_in_it(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "f4", "f4")
        assert (screen.form.has_focus_within, screen.reading.display) == (True, False)
        await press(pilot, "f6")
        assert (screen.report.has_focus, screen.reading.display) == (True, True)


async def test_the_keys_of_the_report_stay_named_while_another_window_is_in_front(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "f6")
        before = screen.keybar.entries
        pilot.app.post_message(AppBlur())
        await press(pilot)
        assert screen.keybar.entries == before
        assert "sentence" in [words for _, words, _ in before]
