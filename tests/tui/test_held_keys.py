"""What keys wait for while a subject is read or changed, and which of them end that wait."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import cast

import pytest

from annotator.desk import writer
from annotator.desk.review import Reviewing
from annotator.model.review import Reviewed
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.screen import ReviewScreen
from tests.tui.review_content import deciding, disputed_desk, press, reviewing, shown, told
from tests.tui.settling import locked, settled, until, written
from tests.tui.tagging_content import strike
from tests.tui.test_saving_reviews import decided, looks, stalled


async def test_the_key_that_goes_back_ends_no_wait_for_what_is_undone(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s")
        with locked(judge):
            await strike(pilot, "u")
            await until(pilot, lambda: stalled(pilot))
            await strike(pilot, "escape")
            assert cast(ReviewScreen, pilot.app.screen) is screen
        await written(pilot)
        await settled(pilot)
        assert isinstance(pilot.app.screen, DisagreementsScreen), "it is meant for what is shown after"
    assert decided(judge).status != "adjudicated"


async def test_keys_wait_for_a_subject_that_is_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, peek, goes_on = disputed_desk(tmp_path), Reviewing.peek, Event()

    def slowly(self: Reviewing, key: str, namespace: str) -> Reviewed | None:
        assert goes_on.wait(20)
        return peek(self, key, namespace)

    monkeypatch.setattr(Reviewing, "peek", slowly)
    async with deciding(judge) as pilot:
        await strike(pilot, "enter", "2", "5")
        assert isinstance(pilot.app.screen, DisagreementsScreen)
        goes_on.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, RulingDialog))
        await settled(pilot)
        assert "5 (•) slip" in shown(pilot)


async def test_the_key_that_goes_back_ends_no_wait_for_a_look_before_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "STALL", 600.0)
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "enter", "escape")
        await written(pilot)
        await settled(pilot)
        assert looks(judge) == ["demo:2"]
        assert "Not saved" not in told(pilot)
        assert isinstance(pilot.app.screen, DisagreementsScreen), "it is meant for what is shown after"
