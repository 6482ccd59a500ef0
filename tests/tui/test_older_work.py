"""Work begun under an older version of a taxonomy, in the form of the next one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer
from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import Confirm
from annotator.tui.tagging.screen import TaggingScreen
from tests import versions
from tests.tui.tagging_content import lines_of, press, stored, tagging

NOTE = "  - {id: note, label: Note, kind: text}\n"
FIRST, SECOND = versions.FIRST + NOTE, versions.SECOND + NOTE
ROW = "▸ 2.1 Old field"


def older_desk(folder: Path, *, is_submitted: bool = False, **answers: object) -> Desk:
    """A desk under the second version, with answers given under the first."""
    own = folder / "taxonomies"
    own.mkdir()
    (own / "team.yaml").write_text(FIRST, encoding="utf-8")
    with closing(open_desk(folder / "desk.db", "eva")) as desk:
        desk.importing.import_records([ReportRecord(Report(key="r:1", title="Taxi", text="A taxi stood."), "")], "x")
        for field, value in answers.items():
            desk.tagging.answer("r:1", "team", field, Answer(value=value))
        if is_submitted:
            desk.tagging.submit("r:1", "team")
    (own / "team.yaml").write_text(SECOND, encoding="utf-8")
    return open_desk(folder / "desk.db", "eva")


def text(screen: TaggingScreen) -> str:
    return "\n".join(lines_of(screen))


def messages(screen: TaggingScreen) -> str:
    return " ".join(each.message for each in screen.app._notifications)


async def test_an_answer_to_a_field_that_is_gone_stands_below_the_form_and_does_not_block(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a", old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        assert "Set aside: no answers any more" in text(screen)
        assert "1 of 5 answered, 1 set aside" in text(screen)
        await press(pilot, "end", "up")
        assert ROW in text(screen)
        assert "was removed in version 2" in text(screen)
        assert "⌫ clear" in text(screen)
        await press(pilot, "ctrl+s", "y")
    with closing(desk.another()) as other:
        now = other.tagging.classification("r:1", "team")
    assert (now.status, now.answers["old"]) == ("submitted", Answer(value="words"))


async def test_it_is_cleared_there_and_comes_back_when_that_is_undone(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a", old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "end", "up", "backspace", "y")
        assert stored(desk, "old", "r:1", "team") is None
        assert "Set aside" not in text(screen)
        assert "set aside" not in text(screen)
        await press(pilot, "u")
        assert stored(desk, "old", "r:1", "team") == Answer(value="words")
        assert ROW in text(screen)


async def test_what_is_pressed_there_is_no_answer(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a", old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "end", "up", "enter", "question_mark", "minus", "1", "e")
        assert screen.form.state
        assert screen.form.state.focus == "old"
        assert not screen.form.state.pending
    assert stored(desk, "old", "r:1", "team") == Answer(value="words")


async def test_one_that_was_handed_in_is_not_cleared_and_that_is_said(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, is_submitted=True, kind="a", old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "end", "up", "backspace")
        assert "reopen it before changing it" in messages(screen)
        assert ROW in text(screen)
    assert stored(desk, "old", "r:1", "team") == Answer(value="words")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("kind", "c", "Gamma (removed"), ("many", ["x", "z"], "Ex, Zed (removed"), ("grade", "mid", "Middle (removed")],
)
async def test_a_choice_that_is_gone_is_marked_at_its_field_until_it_is_answered_anew(
    tmp_path: Path, field: str, value: object, words: str
) -> None:
    answers: dict[str, Any] = {"kind": "a", field: value}
    desk = older_desk(tmp_path, **answers)
    async with tagging(desk, "r:1", "team", size=(120, 30)) as (screen, pilot):
        assert words in text(screen)
        await press(pilot, "ctrl+s", "y")
        assert screen.form.state
        assert screen.form.state.focus == field
        assert "! holds" in text(screen)
        await press(pilot, "2")
        assert "removed in" not in text(screen)
        await press(pilot, "ctrl+s")
    with closing(desk.another()) as other:
        assert other.tagging.classification("r:1", "team").status == "submitted"


async def test_the_next_problem_is_a_choice_that_is_gone(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a", many=["x"], grade="mid", people=[{"role": "rider"}], old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "greater_than_sign")
        assert screen.form.state
        assert screen.form.state.focus == "grade"


async def test_a_file_that_takes_the_name_of_a_shipped_taxonomy_is_told_and_not_used(tmp_path: Path) -> None:
    older_desk(tmp_path).close()
    path = tmp_path / "taxonomies" / "ours.yaml"
    path.write_text("namespace: harm_type\nfields: [{id: mood, kind: text}]\n")
    with closing(open_desk(tmp_path / "desk.db", "eva")) as desk:
        async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
            await pilot.pause()
            told = [each.message for each in pilot.app._notifications]
            assert [words for words in told if words.startswith(str(path)) and "is used" in words]
            assert "mood" not in desk.subjects.taxonomy("harm_type").by_id


QUESTION = "Begun under version 1; go on under version 2?"


def steps(desk: Desk) -> list[object]:
    with closing(desk.another()) as other:
        return [event.payload for event in other.history.of("r:1", "team") if event.kind == "version_taken"]


def asked(pilot: Pilot[None]) -> str:
    """The question that is asked now; empty while none is."""
    return pilot.app.screen.question if isinstance(pilot.app.screen, Confirm) else ""


async def test_the_first_edit_asks_once_whether_to_go_on_under_the_newer_version(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "2")
        assert asked(pilot) == QUESTION
        assert stored(desk, "kind", "r:1", "team") == Answer(value="a")
        await press(pilot, "y")
        assert stored(desk, "kind", "r:1", "team") == Answer(value="b")
        assert screen.form.unsaved == []
        await press(pilot, "1", "down", "down")
        assert not asked(pilot)
        assert stored(desk, "many", "r:1", "team") == Answer(value=["x"])
    assert steps(desk) == [{"from": 1, "to": 2}]


async def test_who_does_not_go_on_changes_nothing_and_is_asked_again(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a", old="words")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        for key in ("n", "escape"):
            screen.form.go_to("kind")
            await press(pilot, "2", key)
            assert not asked(pilot)
            assert screen.form.answer("kind") == Answer(value="a")
            assert screen.form.unsaved == []
        await press(pilot, "ctrl+s")
        assert asked(pilot) == QUESTION
        await press(pilot, "n")
    assert steps(desk) == []
    with closing(desk.another()) as other:
        assert other.tagging.classification("r:1", "team").version == 1


async def test_an_answer_that_waits_for_the_question_is_kept_should_the_desk_end(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        await press(pilot, "2")
        assert asked(pilot) == QUESTION
        kept = {words.place.field: words.text for words in screen.saving.words.all()}
        assert "b" in kept["kind"]


async def test_notes_and_what_is_begun_anew_ask_nothing(tmp_path: Path) -> None:
    desk = older_desk(tmp_path)
    async with tagging(desk, "r:1", "team") as (_, pilot):
        await press(pilot, "2")
        assert not asked(pilot)
    assert steps(desk) == []


async def test_a_dialog_closes_before_the_question(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "1", "ctrl+s")
        assert asked(pilot) == QUESTION
        await press(pilot, "y")
        assert pilot.app.screen is screen
    assert stored(desk, "people", "r:1", "team") == Answer(value=[{"role": "rider"}])


async def test_one_question_is_about_what_is_written_and_the_submission_behind_it(tmp_path: Path) -> None:
    desk = older_desk(tmp_path, kind="a")
    async with tagging(desk, "r:1", "team") as (screen, pilot):
        screen.form.go_to("note")
        await press(pilot, "enter", '"seen', "ctrl+s")
        assert asked(pilot) == QUESTION
        assert stored(desk, "note", "r:1", "team") is None
        await press(pilot, "y")
        assert not asked(pilot)
    with closing(desk.another()) as other:
        now = other.tagging.classification("r:1", "team")
    assert (now.status, now.version, now.answers["note"].value) == ("submitted", 2, "seen")
    assert len(steps(desk)) == 1
