"""The head line of the tagging screen says what is saved, on its way and refused, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from annotator.desk.tagging import Tagging
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.tagging.screen import TaggingScreen
from tests.proofs import mostly_slow
from tests.tui.settling import locked, settled, until, written
from tests.tui.tagging_content import lines_of, press, strike, tagging, tagging_desk
from tests.tui.test_saving import head

MISFIT = ('"21-3', "enter")
"""No date."""


def full(*_: Any) -> Any:
    """Refuse as a full disk does."""
    raise StoreFullError("The disk is full; nothing of this change was kept.")


def says_saved(screen: TaggingScreen) -> bool:
    """Whether the head line reads as if all were saved."""
    return "✓" in head(screen)


@pytest.mark.parametrize("earlier", [False, True], ids=["nothing was saved", "something was saved"])
async def test_a_refused_note_that_is_dropped_leaves_the_head_line(tmp_path: Path, earlier: bool) -> None:
    async with tagging(desk := tagging_desk(tmp_path)) as (screen, pilot):
        if earlier:
            await press(pilot, "r")
        with locked(desk):
            await strike(pilot, "o", '"Ask Ann', "ctrl+s", "ctrl+g")
            dialog = screen.app.screen
            assert isinstance(dialog, EditText)
            await until(pilot, lambda: "Not saved" in "\n".join(lines_of(dialog)))  # type: ignore[arg-type]
            assert "✗ not saved" in head(screen)
            await strike(pilot, "escape", "escape")
            assert screen.is_current
            assert "not saved" not in head(screen)
            assert says_saved(screen) == earlier


async def test_a_refused_note_that_is_kept_after_all_is_saved(tmp_path: Path) -> None:
    async with tagging(desk := tagging_desk(tmp_path)) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "o", '"Ask Ann', "ctrl+s", "ctrl+g")
        await press(pilot, "ctrl+s")
        assert "not saved" not in head(screen)
        assert says_saved(screen)


async def test_a_refused_answer_that_is_dropped_leaves_the_head_line(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, *MISFIT)
        assert "✗ not saved: 1 field" in head(screen)
        await press(pilot, "escape", "u")
        assert screen.form.unsaved == []
        assert "not saved" not in head(screen)
        assert not says_saved(screen), "nothing was"


async def test_a_refused_submission_saves_nothing(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        await press(pilot, "ctrl+s")
        assert screen.key == "demo:1"
        assert screen.form.state
        assert screen.form.state.problems, "a required field is missing"
        assert not says_saved(screen)
        await press(pilot, "r")
        assert says_saved(screen)


async def test_a_refused_answer_is_counted_until_it_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        with monkeypatch.context() as patched:
            patched.setattr(Tagging, "answer", full)
            await press(pilot, "r")
        screen.form.go_to("day")
        await press(pilot, *MISFIT)
        assert "✗ not saved: 2 fields" in head(screen)
        await press(pilot, "escape")
        screen.form.go_to("sure")
        await press(pilot, "y")
        assert "✗ not saved: 2 fields" in head(screen)
        screen.form.go_to("one")
        await press(pilot, "u")
        assert "✗ not saved: 1 field" in head(screen)
        screen.form.go_to("day")
        await press(pilot, "u")
        assert says_saved(screen)
        assert "not saved" not in head(screen)


async def test_an_answer_left_over_from_the_last_time_is_counted(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        screen.saving.words.keep(screen.answers.place_of("count"), Answer(value=3).model_dump_json())
        screen.open_taxonomy("kinds")
        assert "✗ not saved: 1 field" in head(screen)
        await press(pilot, "r")
        assert "✗ not saved: 1 field" in head(screen)


async def test_a_flag_that_cannot_be_resolved_is_not_on_its_way_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tagging_desk(tmp_path)
    desk.tagging.raise_flag("demo:1", "kinds", "Look")
    async with tagging(desk) as (screen, pilot):
        monkeypatch.setattr(Tagging, "resolve_flag", full)
        await press(pilot, "!", "enter")
        assert "saving" not in head(screen)
        assert not says_saved(screen)


@pytest.mark.parametrize("length", mostly_slow([3, 40, 60, 200], 60))
async def test_what_became_of_a_change_is_whole_beside_a_name_of_any_length(tmp_path: Path, length: int) -> None:
    name = ("eva" + "n" * 200)[:length]
    async with tagging(desk := tagging_desk(tmp_path, annotator=name)) as (screen, pilot):
        await press(pilot, "r")
        assert re.search(r" · ✓ saved \d\d:\d\d:\d\d $", head(screen))
        assert "kinds · eva" in head(screen)
        assert head(screen).startswith(" Incident demo:1")
        screen.form.go_to("one")
        with locked(desk):
            await strike(pilot, "2")
            assert head(screen).endswith((" · saving … ", " · waiting to save … "))
        await written(pilot)
        screen.form.go_to("day")
        await press(pilot, *MISFIT)
        assert head(screen).endswith("✗ not saved: 1 field ")


async def test_a_long_name_leaves_room_for_what_the_queue_shows(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path, annotator="eva" + "n" * 80))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        shown = lines_of(app.screen)[0]  # type: ignore[arg-type]
        assert shown.startswith(" 5 subjects")
        assert shown.endswith("n… ")
