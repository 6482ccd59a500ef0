"""A database that cannot be written is opened by the desk for reading: all is shown, and nothing is saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.cli.call import Call
from annotator.desk import Desk
from annotator.tui import app as of_app
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import Choose
from annotator.tui.lost_file import READING_ONLY
from annotator.tui.queue.screen import QueueScreen
from tests.store.making import finish, script
from tests.tui.settling import settled, until
from tests.tui.tagging_content import lines_of, stored, strike, tagging, tagging_desk

WHY = "has 2 names (hard links), and what is saved through one of them is lost through another"
WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("CREATE TABLE more (id)")
connection.execute("PRAGMA wal_checkpoint")
connection.close()
"""


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Desk]:
    """A desk as the command opens it at a file with two names."""
    with closing(tagging_desk(tmp_path)) as desk:
        desk.tagging.note("demo:1", "kinds", "first look")
    os.link(desk.path, tmp_path / "second.db")
    call = Call()
    call.said = {"db": str(desk.path), "annotator": "eva", "taxonomies": [str(tmp_path / "taxonomies")]}
    yield call.desk_to_look()
    call.close()


def told(app: AnnotatorApp) -> str:
    return "\n".join(each.message for each in app._notifications)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=str)
async def test_everything_is_shown_and_it_is_said_why_nothing_is_saved(linked: Desk, size: tuple[int, int]) -> None:
    app = AnnotatorApp(linked)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        queue = app.screen
        assert isinstance(queue, QueueScreen)
        assert READING_ONLY in lines_of(queue)[0]  # type: ignore[arg-type]
        assert WHY in told(app)
        assert "was given a second name" not in told(app)
        for show in (queue.action_agreement, queue.action_disagreements, queue.action_progress, queue.action_conflicts):
            show()
            await settled(pilot)
            await pilot.press("escape")
            await settled(pilot)


async def test_what_would_write_is_refused_with_the_reason(linked: Desk) -> None:
    before = linked.path.read_bytes()
    async with tagging(linked) as (screen, pilot):
        await settled(pilot)
        assert READING_ONLY in lines_of(screen)[0]
        for keys in ("ctrl+z", "r"):
            pilot.app.clear_notifications()
            await strike(pilot, keys)
            await until(pilot, lambda: "The database is open for reading only." in told(screen.app))  # type: ignore[arg-type]
            assert WHY in told(screen.app)  # type: ignore[arg-type]
        assert pilot.app.screen is screen
        screen.saving.finish(1.0)
    assert stored(linked, "one") is None
    assert linked.path.read_bytes() == before


async def test_what_others_write_meanwhile_through_another_name_is_said(
    linked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_app, "FILE_EVERY", 0.05)
    app = AnnotatorApp(linked)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        finish(script(WRITE, linked.path.with_name("second.db")))
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert isinstance(app.screen, Choose)
        assert "was written to since it was opened here for reading only" in app.screen.question
        assert [each for each, _ in app.screen.rows.options] == ["stay", "leave"]
