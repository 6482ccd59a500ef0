"""A small database for the tests of the screens, written through the store, and how a test goes about there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Incident, Report
from tests.tui.settling import settled

TITLES = [
    ("demo:1", "Delivery robot blocks a ramp", "2021-03-04"),
    ("demo:2", "Chat assistant invents a refund rule", "2022-11"),
    ("demo:3", "顔認証が別人を同一人物と判定", "2019-06-30"),
    ("demo:4", "Hiring filter prefers one postcode", "2018"),
    ("demo:5", "自動運転バスが歩行者と接触した事故の報告書が公開された", "2021-08-26"),
    ("demo:6", "Exam proctoring flags darker rooms", "2020-09-12"),
]
SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
"""The smallest terminal, and a large one."""
NASTY = "\x1b[31mRed\x1b[0m [bold]loud[/bold] \u202etxt.exe\u202c zero\u200bwidth\nsecond line\x07"


def put(desk: Desk, incidents: list[tuple[str, str, str]], texts: dict[str, str] | None = None) -> None:
    """Store incidents as (key, title, date), and one report with a text for some of them."""
    records = [IncidentRecord(Incident(key=key, title=title, date=date), "") for key, title, date in incidents]
    reports = [
        ReportRecord(Report(key=f"{key}-r", title=f"Report on {key}", text=text, date_published="2020-01-02"), "", key)
        for key, text in (texts or {}).items()
    ]
    desk.importing.import_records([*records, *reports], "made.json")


def empty_desk(folder: Path, annotator: str = "eva") -> Desk:
    """An empty database."""
    return open_desk(folder / "desk.db", annotator)


def filled_desk(folder: Path, annotator: str = "eva") -> Desk:
    """Six incidents in different states: a draft, a submission, a skip and a flag."""
    desk = empty_desk(folder, annotator)
    put(desk, TITLES, {"demo:1": "A robot stood on the ramp.", "demo:3": "警察は顔認証の結果を信じた。"})
    if not annotator:
        return desk
    desk.tagging.note("demo:1", "CSETv1", "first look")
    desk.tagging.skip("demo:2", "GMF", "not about AI")
    desk.tagging.raise_flag("demo:3", "harm_type", "who decides?")
    return desk


def many(count: int) -> list[tuple[str, str, str]]:
    """So many incidents, numbered."""
    return [(f"many:{n}", f"Incident number {n}", f"20{n % 25:02}-01-01") for n in range(1, count + 1)]


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until what was looked up or counted is shown."""
    await settled(pilot)


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys, each after what the one before led to is shown."""

    async def run(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return run
