"""The open screens of agreement follow what anybody hands in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.desk.comparison.figures import FieldsSeen, Figures
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.settings import change
from annotator.model.classification import Answer
from annotator.model.rounds import InRounds
from annotator.tui.agreement import comparing as keeping_up
from annotator.tui.agreement.screen import AgreementScreen
from tests.tui.agreement_content import comparing, field_screen, go_to, listed, press, settle, shown, three


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_up, "LOOK_EVERY", 0.05)


def reviewing(folder: Path) -> Desk:
    """Zoe, whom the team lets look at others' work."""
    desk = three(folder)
    change(desk.store, "zoe", "reviewers", "zoe")
    return desk


def hand_in(desk: Desk, key: str, verdict: str) -> None:
    other = open_desk(desk.path, "max")
    other.tagging.answer(key, "compared", "verdict", Answer(value=verdict))
    other.tagging.submit(key, "compared")
    other.close()


async def until(pilot: Pilot[None], words: str) -> None:
    for _ in range(60):
        await settle(pilot)
        if words in shown(pilot):
            return
    pytest.fail(f"{words!r} did not appear: {shown(pilot)}")


def rows(pilot: Pilot[None]) -> dict[str, FieldRow]:
    assert isinstance(pilot.app.screen, AgreementScreen)
    return {row.field: row for row in pilot.app.screen.rows.rows}


async def test_a_submission_by_somebody_else_appears_on_the_open_screen(tmp_path: Path) -> None:
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        before = rows(pilot)
        await press(pilot, "j")
        hand_in(desk, "demo:3", "no")
        await until(pilot, "max (1)")
        after = rows(pilot)
        wanted = {row.field: row for row in desk.comparison.fields(Scope("compared")).rows}
        assert after["verdict"].alpha != before["verdict"].alpha
        assert after["verdict"].alpha == pytest.approx(wanted["verdict"].alpha)
        assert (after["verdict"].alpha_low, after["verdict"].alpha_high) == pytest.approx(
            (wanted["verdict"].alpha_low, wanted["verdict"].alpha_high)
        )
        assert after["basis"] == before["basis"]


async def test_a_field_and_the_subjects_behind_it_follow_too(tmp_path: Path) -> None:
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        await press(pilot, "enter")
        hand_in(desk, "demo:3", "no")
        await until(pilot, "bo – max")
        await go_to(pilot, "Yes ≠ No")
        await press(pilot, "enter")
        assert listed(pilot) == ["demo:1", "demo:2", "demo:3"]
        hand_in(desk, "demo:4", "yes")
        await until(pilot, "1 of 4 subjects")
        await press(pilot, "escape")
        assert field_screen(pilot).shown is not None


async def test_somebody_who_comes_back_from_a_review_sees_what_came_meanwhile(tmp_path: Path) -> None:
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        await press(pilot, "enter", "d", "enter")
        hand_in(desk, "demo:3", "no")
        await press(pilot, "escape", "escape", "escape")
        await until(pilot, "max (1)")


async def test_drafts_of_others_change_nothing_and_nothing_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        assert isinstance(pilot.app.screen, AgreementScreen)
        asked = pilot.app.screen.request
        other = open_desk(desk.path, "max")
        other.tagging.answer("demo:3", "compared", "verdict", Answer(value="no"))
        other.close()
        await pilot.pause(0.3)
        await settle(pilot)
        assert pilot.app.screen.request == asked


async def test_figures_stay_until_newer_ones_are_there_however_busy_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes while figures are computed neither cuts that off nor is missed."""
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        screen, go_on, fields = pilot.app.screen, Event(), Figures.fields
        assert isinstance(screen, AgreementScreen)

        def slowly(figures: Figures, scope: Scope) -> FieldsSeen:
            assert go_on.wait(20)
            return fields(figures, scope)

        monkeypatch.setattr(Figures, "fields", slowly)
        before, asked = rows(pilot), screen.request
        hand_in(desk, "demo:3", "no")
        while not screen.is_computing:
            await pilot.pause(0.01)
        hand_in(desk, "demo:4", "no")
        await pilot.pause(0.3)
        assert (rows(pilot), screen.request) == (before, asked + 1)
        assert "computing" not in shown(pilot)
        go_on.set()
        await until(pilot, "max (2)")


async def test_the_newest_wish_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = reviewing(tmp_path)
    async with comparing(desk) as pilot:
        screen, go_on, fields = pilot.app.screen, Event(), Figures.fields
        assert isinstance(screen, AgreementScreen)

        def slowly(figures: Figures, scope: Scope) -> FieldsSeen:
            assert scope.round == 2 or go_on.wait(20)
            return fields(figures, scope)

        monkeypatch.setattr(Figures, "fields", slowly)
        screen.look(screen.scope)
        screen.look(replace(screen.scope, rounds=InRounds(2)))
        await until(pilot, "nobody handed anything in")
        go_on.set()
        await settle(pilot)
        assert "nobody handed anything in" in shown(pilot)
