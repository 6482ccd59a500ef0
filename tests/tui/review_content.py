"""Subjects that annotators differ on, and a pilot at the review screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.screen import ReviewScreen
from tests.tui.settling import settled
from tests.tui.tagging_content import JAPANESE, ROBOT, tagging_desk

RED: Mapping[str, Any] = {"one": "red", "sure": True, "several": ["a1", "b1"], "day": "2021-03-04", "name": "Rollo"}
GREEN: Mapping[str, Any] = {"one": "green", "sure": True, "several": ["b1", "c1"], "name": "ロッロ社 Rollo"}


def hand_in(desk: Desk, key: str = "demo:1", quotes: Mapping[str, tuple[int, int]] | None = None, **said: Any) -> None:
    """Answer and submit as an annotator, with places in the first report as evidence; `demo:2` has no report."""
    if desk.tagging.classification(key, "kinds").status == "submitted":
        desk.tagging.reopen(key, "kinds")
    for field, value in said.items():
        answer = value if isinstance(value, Answer) else Answer(value=value)
        if quotes and field in quotes:
            report = desk.subjects.subject(key).reports[0]
            answer = answer.model_copy(update={"evidence": (desk.tagging.quote(report, *quotes[field]),)})
        desk.tagging.answer(key, "kinds", field, answer)
    desk.tagging.submit(key, "kinds")


def at_desk(desk: Desk, name: str) -> Desk:
    """Somebody else at the same database, who knows what looking at others' answers means."""
    return told_before(open_desk(desk.path, name))


def told_before(desk: Desk) -> Desk:
    """Somebody who was asked already whether they want to look."""
    desk.manner.is_told = True
    return desk


def disputed_desk(folder: Path, judge: str = "judge") -> Desk:
    """Eva and Bo differ on two subjects, with evidence that overlaps on the first; somebody else decides."""
    eva = tagging_desk(folder, [ROBOT, JAPANESE], "eva")
    hand_in(eva, quotes={"one": (0, 46), "name": (89, 125)}, **RED)
    hand_in(eva, "demo:2", **{**RED, "one": Answer(state="unknown")})
    hand_in(eva, "demo:3", one="red")
    bo = at_desk(eva, "bo")
    hand_in(bo, quotes={"one": (27, 87)}, **GREEN)
    hand_in(bo, "demo:2", **{**RED, "day": "2021-03-05", "name": "顔認証システム"})
    bo.close()
    eva.close()
    return told_before(open_desk(folder / "desk.db", judge))


@asynccontextmanager
async def deciding(desk: Desk, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """Open the queue of disagreements from the queue of subjects."""
    app = AnnotatorApp(desk)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "D")
        yield pilot


@asynccontextmanager
async def reviewing(
    desk: Desk, key: str = "demo:1", field: str = "", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[ReviewScreen, Pilot[None]]]:
    """Open the review of a subject from the queue of disagreements."""
    async with deciding(desk, size) as pilot:
        queue = cast(DisagreementsScreen, pilot.app.screen)
        lines = {line.key: line for line in queue.rows._rows.values()}
        queue.open(key, field, lines.get(key))
        await settle(pilot)
        yield cast(ReviewScreen, pilot.app.screen), pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until what was looked up is shown."""
    await settled(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, each after what the one before it led to."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def lines(pilot: Pilot[None]) -> list[str]:
    """What the screen shows, line by line."""
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    """All words on screen; two spaces between columns become one."""
    return " ".join(" ".join(lines(pilot)).split())


def told(pilot: Pilot[None]) -> str:
    """What was said in passing."""
    return "\n".join(each.message for each in pilot.app._notifications)
