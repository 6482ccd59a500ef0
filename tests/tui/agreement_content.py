"""Three annotators to compare on screen, and how a test goes about there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from textual.pilot import Pilot
from textual.screen import Screen

from annotator.desk import Desk
from annotator.tui.agreement.field import AgreementFieldScreen
from annotator.tui.agreement.subjects import AgreementSubjectsScreen
from annotator.tui.app import AnnotatorApp
from tests.comparison.classified import Said, classified
from tests.tui.settling import settled


def said(verdict: str, basis: list[str], deaths: int) -> Said:
    """Answers to three of the fields."""
    return {"verdict": verdict, "basis": basis, "deaths": deaths}


WORK: Mapping[str, list[Said | None]] = {
    "ana": [said("yes", ["age"], 1), said("no", ["race"], 0), said("yes", ["age", "sex"], 2), said("no", ["sex"], 0)],
    "bo": [said("yes", ["age"], 1), said("yes", ["race"], 0), said("yes", ["age"], 2), said("no", ["sex"], 0)],
    "eva": [said("no", ["age"], 1), said("yes", ["race"], 0), None, said("(unknown)", ["sex"], 0)],
}


def three(folder: Path, annotator: str = "zoe", work: Mapping[str, list[Said | None]] = WORK) -> Desk:
    """Three annotators who differ most on the verdict and not at all on deaths."""
    return Desk(classified(folder, work), annotator)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until what was computed is shown."""
    await settled(pilot)


@asynccontextmanager
async def comparing(desk: Desk, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """Open the agreement screen from the queue."""
    app = AnnotatorApp(desk)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("A")
        await settle(pilot)
        yield pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other, each after what the one before computed is shown."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def field_screen(pilot: Pilot[None]) -> AgreementFieldScreen:
    """The screen of one field."""
    assert isinstance(pilot.app.screen, AgreementFieldScreen)
    return pilot.app.screen


def listed(pilot: Pilot[None]) -> list[str]:
    """The subjects on screen, in their order."""
    assert isinstance(pilot.app.screen, AgreementSubjectsScreen)
    return [each.key for each in pilot.app.screen.seen.rows]


def lines(screen: Screen[Any]) -> list[str]:
    """What the screen shows, line by line."""
    return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    """All words on screen, whatever line they stand on; two spaces between columns become one."""
    return " ".join("\n".join(lines(pilot.app.screen)).split())


async def go_to(pilot: Pilot[None], words: str) -> None:
    """Put the cursor on the line with some words."""
    rows = cast(AgreementFieldScreen, pilot.app.screen).rows
    rows.cursor = next(place for place, line in enumerate(rows.lines) if words in line.text)
    await pilot.pause()
