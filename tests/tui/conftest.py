"""What holds for every test of screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from importlib.util import find_spec
from threading import current_thread, main_thread
from typing import Any, TypeVar

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
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


PARSED: dict[Hashable, list[RuleSet]] = {}


def read_once(parse: Callable[..., list[RuleSet]]) -> Callable[..., list[RuleSet]]:
    """Have Textual read each style sheet once for all the apps of all the tests."""

    def parsed(sheet: Stylesheet, *given: Hashable, **named: Hashable) -> list[RuleSet]:
        key = frozenset(sheet._variables.items()), given, tuple(named.items())
        if key not in PARSED:
            PARSED[key] = parse(sheet, *given, **named)
        return PARSED[key]

    return parsed


if hasattr(Stylesheet, "_parse_rules") and hasattr(Stylesheet(), "_variables"):
    setattr(Stylesheet, "_parse_rules", read_once(Stylesheet._parse_rules))  # noqa: B010


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


@pytest.fixture(autouse=True)
def desks_ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End the threads of desks that a test leaves open, and close their files: either is kept in memory else."""
    apps, stores = made(AnnotatorApp, monkeypatch), made(Store, monkeypatch)
    yield
    for app in apps:
        app.saving.finish(1.0)
    for store in stores:
        store.close()


T = TypeVar("T")


def made(kind: type[T], monkeypatch: pytest.MonkeyPatch) -> list[T]:
    """All of a kind that is made from now on, but for what a thread made: it may be at work there still."""
    found: list[T] = []
    make = kind.__init__

    def noted(one: T, *given: Any, **named: Any) -> None:
        make(one, *given, **named)
        if current_thread() is main_thread():
            found.append(one)

    monkeypatch.setattr(kind, "__init__", noted)
    return found
