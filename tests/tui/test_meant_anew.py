"""What is meant anew before an earlier change of the same field has landed: the latest counts, refused or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk.tagging import Tagging
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from annotator.tui.dialogs.group_row import GroupRow
from annotator.tui.saving import ANSWER
from tests.proofs import mostly_slow
from tests.tui.settling import locked, settled
from tests.tui.tagging_content import press, stored, strike, tagging, tagging_desk
from tests.tui.test_unsaved_answers import end, kept


def full_once_free(tagging: Tagging, *_: object) -> None:
    """Refuse as a full disk does, once nobody holds the file any more."""
    with tagging.store.writing():
        raise StoreFullError("The disk is full; nothing of this change was kept.")


@pytest.mark.parametrize("is_earlier_refused", [False, True])
async def test_a_refusal_outlives_what_was_sent_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_earlier_refused: bool
) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        with locked(desk):
            if is_earlier_refused:
                monkeypatch.setattr(Tagging, "answer", full_once_free)
            await strike(pilot, '"2021-12', "enter")
            screen.form.go_to("day")
            await strike(pilot, "enter", "backspace", '"3', "enter")
            state = screen.form.state
            assert state is not None
            reason = state.refused["day"]
        await settled(pilot)
        assert screen.form.state is not None
        assert screen.form.state.refused == {"day": reason}
        assert screen.form.input.value == "2021-13"
        assert screen.form.answer("day") == Answer(value="2021-13")
        await end(screen)
    assert ("day", ANSWER) in kept(desk)
    assert stored(desk, "day") == (None if is_earlier_refused else Answer(value="2021-12"))


async def test_an_undo_takes_back_what_was_saved_after_a_refusal_and_then_the_refusal(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("day")
        await press(pilot, '"2021-13', "enter", "escape")
        screen.form.go_to("one")
        await press(pilot, "r", "u")
        assert stored(desk, "one") is None
        assert screen.form.unsaved == ["day"]
        screen.form.go_to("city")
        await press(pilot, "u")
        assert screen.form.unsaved == []


@pytest.mark.parametrize("key", mostly_slow(["ctrl+s", "shift+tab"], "ctrl+s"))
async def test_a_row_that_is_kept_with_an_open_line_is_kept_once(tmp_path: Path, key: str) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("people")
        await press(pilot, "enter", "enter", '"Rob', key)
        if isinstance(pilot.app.screen, GroupRow):
            await press(pilot, "ctrl+s")
        await settled(pilot)
        assert screen.is_current
        assert screen.saving.unsaved_subjects() == frozenset()
        await end(screen)
    assert kept(desk) == {}
    assert stored(desk, "people") == Answer(value=[{"who": "Rob"}])
