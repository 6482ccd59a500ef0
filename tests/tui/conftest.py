"""What holds for every test of screens."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from typing import Any
from weakref import ReferenceType, ref

import pytest
from textual.notifications import Notification
from textual.pilot import Pilot

from annotator.store.store import Store
from annotator.tui.app import AnnotatorApp

if find_spec("textual._wait"):
    # Keys that a test presses are carried out once nothing was computed for so long, in seconds. Textual looks for
    # three times that, twice after each key: a third of the time of all these tests.
    from textual import _wait

    _wait.SLEEP_GRANULARITY = 0.006
    _wait.SLEEP_IDLE = 0.0003


@pytest.fixture(autouse=True)
def told_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told in passing stays for as long as a test looks: a busy machine may take seconds from key to look."""
    monkeypatch.setattr(Notification, "time_left", property(lambda _: 600.0))


PAUSE, PRESS = Pilot.pause, Pilot.press


async def pause(pilot: Pilot[Any], delay: float | None = None) -> None:
    """Pause until nothing is computed, nor done in a thread: that gets some moments, for some wait long."""
    await PAUSE(pilot, delay)
    if delay is None and await others_done(pilot):
        await PAUSE(pilot)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, and give what they have done in threads the same time."""
    await PRESS(pilot, *keys)
    await others_done(pilot)


async def others_done(pilot: Pilot[Any]) -> bool:
    """Wait for threads that look something up or write; whether there were any."""
    app = pilot.app
    for tries in range(15):
        is_writing = isinstance(app, AnnotatorApp) and app.saving.is_pending()
        if not is_writing and all(each.is_finished for each in app.workers):
            return tries > 0
        await asyncio.sleep(0.004)
    return True


@pytest.fixture(autouse=True)
def threads_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine starts a thread late; a test that looks at once would see what was there before."""
    monkeypatch.setattr(Pilot, "pause", pause)
    monkeypatch.setattr(Pilot, "press", press)


TESTS = count(1)


@pytest.fixture(autouse=True)
def files_given_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what desks that a test leaves open still hold: a process has few descriptors by default.

    What they take in memory is looked for now and then.
    """
    opened: list[ReferenceType[Store]] = []
    make = Store.__init__

    def noted(store: Store, *given: Any, **named: Any) -> None:
        make(store, *given, **named)
        opened.append(ref(store))

    monkeypatch.setattr(Store, "__init__", noted)
    yield
    for each in opened:
        if store := each():
            store.close()
    if next(TESTS) % 100 == 0:
        gc.collect()
