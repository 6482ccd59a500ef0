"""Subjects, a taxonomy of every field kind, and a pilot at the tagging screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import EntityLink, Incident, Report
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.settling import written

ALL_KINDS = """
namespace: kinds
title: Every kind of field
headings:
  - {number: "1", label: Choosing}
  - {number: "2", label: Writing}
fields:
  - id: one
    number: "1.1"
    label: One of three
    short: Which of the three is it?
    kind: single
    required: true
    choices:
      - {id: red, label: Red, key: r, definition: As a signal that says stop., use_when: It glows.}
      - {id: green, label: Green}
      - {id: up, label: Upside down, key: u}
  - id: several
    number: "1.2"
    label: Several of many
    kind: multi
    at_least: 2
    choices: [{id: a1, label: Anchor}, {id: b1, label: Bell}, {id: c1, label: Candle}, {id: d1, label: Drum}]
  - id: where
    number: "1.3"
    label: Place in a tree
    kind: tree
    multiple: true
    select: leaf
    evidence: required
    choices:
      - {id: land, label: Land, key: l, children: [{id: road, label: Road, key: o}, {id: rail, label: Railway, key: i}]}
      - {id: water, label: Water, children: [{id: sea, label: Sea}, {id: river, label: River}]}
  - {id: sure, number: "1.4", label: Sure about it, kind: bool}
  - {id: how_bad, number: "1.5", kind: scale, choices: [{id: mild, label: Mild}, {id: grave, label: Grave}]}
  - {id: dead, number: "1.6", label: Lives lost, kind: integer, minimum: 0, visible_if: {field: how_bad, equals: grave}}
  - {id: count, number: "2.1", label: How many, kind: integer, minimum: 0}
  - {id: share, number: "2.2", label: Which share, kind: number, maximum: 1}
  - {id: day, number: "2.3", label: Since when, kind: date}
  - {id: name, number: "2.4", label: Its name, kind: text, complete_from: {entities: true}}
  - {id: story, number: "2.5", label: What happened, kind: long_text}
  - {id: tags, number: "2.6", label: Tags, kind: tags}
  - {id: city, number: "2.7", label: Where, kind: location}
  - id: people
    number: "2.8"
    label: People
    kind: group
    fields:
      - {id: who, label: Who, kind: text, required: true}
      - {id: role, label: Role, kind: single, choices: [{id: rider, label: Rider}, {id: driver, label: Driver}]}
"""
ROBOT = (
    "The delivery robot stopped on the ramp at noon. A woman in a wheelchair could not pass.\n\n"
    'The operator apologised: "Our software mistook the ramp for a kerb." Nobody was injured.'
)
JAPANESE = (
    "顔認証システムが別人を同一人物と判定した。警察はその結果を信じ、男性を逮捕した。"
    "「機械は間違えない」と説明していた。"
)
HOSTILE = (
    "Before \x1b[31mred\x1b[0m [bold]loud[/bold] \u202etxt.exe\u202c zero\u200bwidth\x07 after.\n" + "🏳️‍🌈 e\u0301 \ttab"
)


def reports_of(key: str, texts: list[str]) -> list[ReportRecord]:
    """Reports of an incident with these texts."""
    return [
        ReportRecord(
            Report(key=f"{key}-r{place}", title=f"Article {place}", text=text, source_domain="example.org",
                   date_published="2021-03-05"),
            "",
            key,
        )
        for place, text in enumerate(texts, 1)
    ]  # fmt: skip


def tagging_desk(folder: Path, texts: list[str] | None = None, annotator: str = "eva") -> Desk:
    """Three incidents, the first with the given reports, and the taxonomy of every kind."""
    own = folder / "taxonomies"
    own.mkdir(exist_ok=True)
    (own / "kinds.yaml").write_text(ALL_KINDS, encoding="utf-8")
    desk = open_desk(folder / "desk.db", annotator)
    given = [ROBOT, JAPANESE] if texts is None else texts
    keys = tuple(record.report.key for record in reports_of("demo:1", given))
    rollo = EntityLink(name="Rollo Robotics", role="deployer")
    first = Incident(key="demo:1", title="Robot on a ramp", date="2021-03-04", reports=keys, entities=(rollo,))
    others = [Incident(key=f"demo:{n}", title=f"Incident {n}", date="2022") for n in (2, 3)]
    incidents = [IncidentRecord(each, "") for each in (first, *others)]
    desk.importing.import_records([*incidents, *reports_of("demo:1", given)], "made.json")
    return desk


@asynccontextmanager
async def tagging(
    desk: Desk, key: str = "demo:1", taxonomy: str = "kinds", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[TaggingScreen, Pilot[None]]]:
    """Open the tagging screen as from the queue."""
    app = AnnotatorApp(desk)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        cast(QueueScreen, app.screen).open(key, taxonomy)
        await pilot.pause()
        await pilot.pause()
        yield cast(TaggingScreen, app.screen), pilot
        if not app._exit:
            await written(pilot)  # a test takes the screens away without leaving them first


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys; a text that begins with " is typed."""
    for key in keys:
        if key.startswith('"'):
            await pilot.press(*typed(key[1:]))
        else:
            await pilot.press(key)
    await written(pilot)


async def strike(pilot: Pilot[None], *keys: str) -> None:
    """Press keys without waiting for what they write; a text that begins with " is typed."""
    for key in keys:
        await pilot.press(*(typed(key[1:]) if key.startswith('"') else [key]))
    await pilot.pause()


def typed(text: str) -> list[str]:
    """A text as the names of its keys."""
    names = {" ": "space", "-": "minus", ".": "full_stop", "/": "slash"}
    return [names.get(character, character) for character in text]


def stored(desk: Desk, field: str, key: str = "demo:1", taxonomy: str = "kinds") -> Answer | None:
    """What another connection reads of an answer."""
    other = desk.another()
    try:
        return other.tagging.classification(key, taxonomy).answers.get(field)
    finally:
        other.close()


def lines_of(screen: TaggingScreen) -> list[str]:
    """The screen as text."""
    return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]
