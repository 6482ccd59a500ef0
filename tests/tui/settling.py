"""Wait for what keys led to."""

from __future__ import annotations

from typing import Any, cast

from textual.pilot import Pilot

from annotator.tui.app import AnnotatorApp


async def written(pilot: Pilot[Any]) -> None:
    """Wait until all keys are carried out, and everything that was put is written and shown."""
    app = cast(AnnotatorApp, pilot.app)
    await pilot.pause()
    while app._exception is None and (app.saving.is_pending() or not app.typeahead.is_done):
        app.saving.drain()
        await pilot.pause()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until threads have ended and everything is written and shown."""
    await pilot.pause(0.01)
    await pilot.app.workers.wait_for_complete()
    await written(pilot)
    await pilot.pause(0.01)


async def words_read(pilot: Pilot[Any]) -> None:
    """Wait until the desk has read what was left unsaved, and said so."""
    app = cast(AnnotatorApp, pilot.app)
    while app._exception is None and "words" not in vars(app.saving):
        await pilot.pause(0.01)
    await settled(pilot)
