"""Every screen says what is on its way to the file, and shows it once it is there, whichever screen it was put from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, writer
from annotator.desk.place import Place
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import Choose
from annotator.tui.help import HelpScreen
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.disagreements import DisagreementsScreen
from tests.tui.desk_content import filled_desk, many, put
from tests.tui.review_content import at_desk, deciding, disputed_desk, hand_in, lines, press, reviewing, shown
from tests.tui.settling import locked, settled, until
from tests.tui.tagging_content import strike, tagging, tagging_desk

WAITING = "waiting to save …"
SECOND = """
namespace: second
title: Another one
fields:
  - {id: sure, number: "1", label: Sure about it, kind: bool}
"""


def head(pilot: Pilot[None]) -> str:
    """The first line of the screen."""
    return lines(pilot)[0]


def line_about(pilot: Pilot[None], word: str) -> str:
    """The first line of a list that has a word."""
    return next(line for line in lines(pilot)[2:] if word in line)


def two_taxonomies(folder: Path) -> Desk:
    """Three incidents, and two taxonomies that ask about them."""
    (folder / "taxonomies").mkdir()
    (folder / "taxonomies" / "second.yaml").write_text(SECOND, encoding="utf-8")
    return tagging_desk(folder)


def said_of(pilot: Pilot[None], key: str) -> str:
    """What the line below a list says of a subject, after the cursor was put there; a message may cover it."""
    screen = cast(QueueScreen | DisagreementsScreen, pilot.app.screen)
    places = {row.key: place for place, row in screen.rows._rows.items()}
    screen.rows.cursor = places.get(key, screen.rows.cursor)
    return screen.detail.text


async def test_the_queue_says_that_an_answer_waits_and_shows_it_when_it_is_in_the_file(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        with locked(desk):
            await strike(pilot, "r", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and WAITING in head(pilot))
            assert "·" in line_about(pilot, "demo:1")
            assert "◐" not in line_about(pilot, "demo:1")
            assert "kinds draft" not in said_of(pilot, "demo:1")
        await until(pilot, lambda: "◐" in line_about(pilot, "demo:1"))
        await until(pilot, lambda: "demo:1 · incident · kinds draft" in said_of(pilot, "demo:1"))
        assert WAITING not in head(pilot)
        assert "eva" in head(pilot)


async def test_the_queue_no_longer_says_that_something_waits_when_somebody_stopped_waiting(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        with locked(desk):
            await strike(pilot, "r", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and WAITING in head(pilot))
            await strike(pilot, "ctrl+g")
            await until(pilot, lambda: WAITING not in head(pilot))


async def test_disagreements_say_that_a_ruling_waits_and_are_read_anew_when_it_is_in_the_file(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge, field="one") as (_, pilot):
        with locked(judge):
            await strike(pilot, "1", "enter", "escape")
            await until(pilot, lambda: "Disagreements" in head(pilot) and WAITING in head(pilot))
            await until(pilot, lambda: "demo:1 · 3 fields differ, none ruled" in said_of(pilot, "demo:1"))
        await until(pilot, lambda: "1 ruled" in said_of(pilot, "demo:1"))
        assert WAITING not in head(pilot)


async def test_what_is_read_anew_leaves_the_cursor_with_its_subject(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    with closing(at_desk(judge, "bo")) as bo:
        hand_in(bo, "demo:3", one="green")
    async with deciding(judge) as pilot:
        screen = cast(DisagreementsScreen, pilot.app.screen)
        await press(pilot, "j")
        assert screen.rows.count == 3
        assert screen.rows.row is not None
        assert screen.rows.row.key == "demo:1"
        with closing(at_desk(judge, "lee")) as lee:
            for each in lee.review.look("demo:2", "kinds").review.fields:
                if each.is_open:
                    lee.adjudication.adopt("demo:2", "kinds", each.field, "bo", "slip")
            lee.adjudication.adjudicate("demo:2", "kinds")
        screen.read_soon()
        await until(pilot, lambda: "2 open, 1 settled" in head(pilot))
        assert screen.rows.cursor == 0
        assert screen.rows.row.key == "demo:1"


async def test_tabs_and_head_line_of_another_taxonomy_say_what_becomes_of_an_answer(tmp_path: Path) -> None:
    desk = two_taxonomies(tmp_path)
    async with tagging(desk, size=(200, 50)) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r", "right_square_bracket")
            assert screen.namespace == "second"
            await until(pilot, lambda: WAITING in head(pilot))
            assert "kinds ·" in shown(pilot)
        await until(pilot, lambda: "kinds ◐" in shown(pilot))
        assert "[second ·]" in shown(pilot)
        assert WAITING not in head(pilot)


async def test_the_head_line_of_another_subject_says_that_an_answer_waits(tmp_path: Path) -> None:
    desk = two_taxonomies(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            await strike(pilot, "r", "N")
            assert screen.key == "demo:2"
            await until(pilot, lambda: WAITING in head(pilot))
        await until(pilot, lambda: WAITING not in head(pilot))
        assert "kinds ◐" not in shown(pilot), "that was another subject"


async def test_every_list_says_that_something_waits(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        with locked(desk):
            await strike(pilot, "r", "escape")
            for key, name in (("D", "Disagreements"), ("p", "Progress"), ("A", "Agreement")):
                await strike(pilot, key)
                await until(pilot, lambda name=name: name in head(pilot) and WAITING in head(pilot))  # type: ignore[misc]
                await strike(pilot, "escape")
                await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))


async def test_who_comes_back_is_told_of_what_was_put_from_what_covered_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "STALL", 600.0)
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with locked(desk):
            screen.app.action_help()  # type: ignore[attr-defined]
            await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
            note = Place("demo:2", "kinds", "", "note")
            screen.saving.put(lambda other: other.tagging.note("demo:2", "kinds", "first"), note, print, print)
            await strike(pilot, "escape")
            await until(pilot, lambda: pilot.app.screen is screen and "saving …" in head(pilot))
        await until(pilot, lambda: "saving …" not in head(pilot))


# What others bring


async def test_the_queue_grows_with_an_import_of_another_process(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        await settled(pilot)
        assert "8 subjects" in head(pilot)
        with closing(desk.another()) as other:
            put(other, many(3))
        await until(pilot, lambda: "11 subjects" in head(pilot))
        await press(pilot, "G")
        assert "many:3" in shown(pilot)
        assert "11 of 11" in shown(pilot)


async def test_a_filtered_queue_stays_as_it_is_and_says_of_how_many(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        await settled(pilot)
        screen = cast(QueueScreen, pilot.app.screen)
        screen.look(screen.view.but(kind="incident"))
        await until(pilot, lambda: "6 of 8 subjects" in head(pilot))
        with closing(desk.another()) as other:
            put(other, many(3))
        await until(pilot, lambda: "6 of 11 subjects" in head(pilot))
        await press(pilot, "G")
        assert "6 of 6" in shown(pilot)


async def test_lists_of_a_file_that_was_replaced_stay_open_and_say_why_nothing_is_saved(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (_, pilot):
        desk.backup(tmp_path / "earlier.db")
        (tmp_path / "earlier.db").replace(desk.path)
        await strike(pilot, "r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        assert "another file stood there" in cast(Choose, pilot.app.screen).question
        await strike(pilot, "escape", "escape")
        await settled(pilot)
        await strike(pilot, "y")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        await settled(pilot)
        assert pilot.app._exception is None
        assert "nothing is saved" in head(pilot)
