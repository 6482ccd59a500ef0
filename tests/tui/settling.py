"""Wait for what keys led to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from annotator.desk import Desk
from annotator.tui.app import AnnotatorApp


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Hold the write lock as another process does."""
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def until(pilot: Pilot[Any], is_so: Callable[[], bool]) -> None:
    """Wait for something that threads or other processes lead to."""
    for _ in range(500):
        if is_so():
            return
        await pilot.pause(0.02)
    said = [each.message for each in pilot.app._notifications]
    pytest.fail(f"It never came so far on {pilot.app.screen}; said was: {said}")


async def written(pilot: Pilot[Any]) -> None:
    """Wait until all keys are carried out, and everything that was put is written and shown."""
    app = cast(AnnotatorApp, pilot.app)
    await pilot.pause()
    while app.is_running and app._exception is None and (app.saving.is_pending() or not app.typeahead.is_done):
        app.saving.drain()
        await pilot.pause()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until threads have ended and everything is written and shown."""
    await pilot.pause(0.01)
    while any(not each.is_finished for each in pilot.app.workers):
        with suppress(WorkerCancelled):  # a look gave way to a newer one
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await written(pilot)
    await pilot.pause(0.01)


async def words_read(pilot: Pilot[Any]) -> None:
    """Wait until the desk has read what was left unsaved, and said so."""
    app = cast(AnnotatorApp, pilot.app)
    while app._exception is None and "words" not in vars(app.saving):
        await pilot.pause(0.01)
    await settled(pilot)
