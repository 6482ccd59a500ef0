"""An editor supports answers with the words of the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.model.classification import Answer
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.tagging_content import JAPANESE, ROBOT, lines_of, press, stored, tagging, tagging_desk


def quotes(answer: Answer | None) -> list[tuple[str, str]]:
    """Report and words of the evidence of an answer."""
    return [(each.report, each.quote) for each in answer.evidence] if answer else []


def told(screen: TaggingScreen) -> list[str]:
    """What is said in passing."""
    return [each.message for each in screen.app._notifications]


async def test_a_sentence_is_attached_to_the_answer_of_the_focused_field(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "o")
        assert "❝?" in "\n".join(lines_of(screen))
        await press(pilot, "e", "s", "enter")
        assert screen.form.has_focus_within
        shown = lines_of(screen)
    answer = stored(desk, "where")
    assert quotes(answer) == [("demo:1-r1", "The delivery robot stopped on the ramp at noon.")]
    assert answer is not None
    assert ROBOT[answer.evidence[0].start : answer.evidence[0].end] == answer.evidence[0].quote
    assert any("1.3▌The delivery robot" in line for line in shown)


async def test_a_second_sentence_and_another_report_add_to_the_evidence(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "o", "e", "s", "s", "e", "n", "e", "s", "e")
    assert quotes(stored(desk, "where")) == [
        ("demo:1-r1", "The delivery robot stopped on the ramp at noon. A woman in a wheelchair could not pass."),
        ("demo:1-r2", JAPANESE[: JAPANESE.index("。") + 1]),
    ]


async def test_words_are_selected_with_shift_and_the_cursor(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "r", "f6", "right", "right", "right", "right", "shift+right", "ctrl+shift+right", "enter")
        await press(pilot, "shift+tab", "r")
    assert quotes(stored(desk, "one")) == []
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, "e", "w", "v", "w", "w", "e")
    assert quotes(stored(desk, "one")) == [("demo:1-r1", "delivery robot")]


async def test_words_quoted_before_the_answer_are_stored_with_it(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, "e", "s", "enter")
        assert stored(desk, "one") is None
        await press(pilot, "2")
    answer = stored(desk, "one")
    assert answer is not None
    assert answer.value == "green"
    assert len(answer.evidence) == 1


async def test_a_selection_with_the_mouse_becomes_evidence(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "2", "shift+tab")
        gutter = screen.report.gutter_width
        await pilot.mouse_down("#report", offset=(gutter + 4, 2))
        await pilot.hover("#report", offset=(gutter + 12, 2))
        await pilot.mouse_up("#report", offset=(gutter + 12, 2))
        await press(pilot, "e")
    assert quotes(stored(desk, "one")) == [("demo:1-r1", "delivery")]


async def test_evidence_keeps_when_the_answer_changes_and_can_be_removed(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("where")
        await press(pilot, "l", "o", "e", "s", "e", "i")
        answer = stored(desk, "where")
        assert answer is not None
        assert (answer.value, len(answer.evidence)) == (["road", "rail"], 1)
        await press(pilot, "E", "delete")
    assert stored(desk, "where") == Answer(value=["road", "rail"])


async def test_the_report_scrolls_to_the_evidence_of_the_focused_field(tmp_path: Path) -> None:
    text = "\n".join(f"Line number {n} of the report." for n in range(300)) + "\nThe last words."
    desk = tagging_desk(tmp_path, [text])
    report = desk.subjects.subject("demo:1").reports[0]
    start = text.index("The last")
    desk.tagging.answer(
        "demo:1", "kinds", "sure", Answer(value=True, evidence=(desk.tagging.quote(report, start, len(text)),))
    )
    async with tagging(desk) as (screen, pilot):
        assert not any("The last words." in line for line in lines_of(screen))
        screen.form.go_to("sure")
        await pilot.pause()
        await pilot.pause()
        assert any("1.4▌The last words." in line for line in lines_of(screen))


async def test_evidence_is_found_again_after_the_text_changed(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    report = desk.subjects.subject("demo:1").reports[0]
    start = ROBOT.index("Nobody")
    desk.tagging.answer(
        "demo:1", "kinds", "sure", Answer(value=True, evidence=(desk.tagging.quote(report, start, len(ROBOT)),))
    )
    desk.close()
    later = tagging_desk(tmp_path, ["Correction at the top. " + ROBOT, JAPANESE])
    async with tagging(later) as (screen, pilot):
        screen.form.go_to("sure")
        await pilot.pause()
        start, end, *_ = screen.report.evidence[0]
        assert screen.report.shown[start:end] == "Nobody was injured."


async def test_words_are_found_in_the_text_whatever_their_case(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await press(pilot, "f6", "slash", '"RAMP')
        assert "2 found" in "\n".join(lines_of(screen))
        await press(pilot, "enter", "f", "e")
        assert screen.form.waiting.of("one")[0].start == ROBOT.rindex("ramp")


async def test_an_incident_without_reports_says_why_nothing_can_be_quoted(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk, "demo:2") as (screen, pilot):
        assert "nothing to quote" in " ".join("\n".join(lines_of(screen)).split())
        await press(pilot, "e")
        assert screen.form.has_focus_within


@pytest.mark.parametrize(
    ("keys", "listed", "dropped"),
    [
        (
            ["e", "s", "enter"],
            "The quote “The delivery robot stopped on the ramp…” waits for an answer to this field",
            "Dropped the quote that waited for an answer to 1.1 One of three: "
            "“The delivery robot stopped on the ramp…”.",
        ),
        (
            ["e", "s", "enter", "e", "w", "v", "w", "enter"],
            "2 quotes, “The delivery robot stopped on the ramp…” first, wait for an answer to this field",
            "Dropped 2 quotes that waited for an answer to 1.1 One of three, “The delivery robot stopped on the ramp…”"
            " first.",
        ),
    ],
)
async def test_quotes_that_wait_for_an_answer_are_named_when_listed_and_when_dropped(
    tmp_path: Path, keys: list[str], listed: str, dropped: str
) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("one")
        await press(pilot, *keys)
        await press(pilot, "E")
        assert [said.split(" and ")[0] for said in told(screen)] == [listed]
        screen.app.clear_notifications()
        await press(pilot, "u")
        assert told(screen) == [dropped]
        assert screen.form.unsaved == []
        screen.app.clear_notifications()
        await press(pilot, "E")
        assert told(screen) == ["There is no evidence for this field; select words of the report and press e."]


async def test_an_answer_that_was_refused_is_named_when_it_is_dropped(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, "e", "s", "enter", '"21-3', "enter", "escape")
        assert screen.form.unsaved == ["day"]
        await press(pilot, "u")
        assert told(screen) == [
            "Dropped what was not saved: 21-3 for 2.3 Since when. "
            "Dropped the quote that waited for an answer to 2.3 Since when: “The delivery robot stopped on the ramp…”."
        ]
