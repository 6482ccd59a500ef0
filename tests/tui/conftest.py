"""What holds for every test of screens."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from textual.notifications import Notification

if find_spec("textual._wait"):
    # Keys that a test presses are carried out once nothing was computed for so long, in seconds. Textual looks for
    # five times that, twice after each key: half the time of all these tests.
    from textual import _wait

    _wait.SLEEP_GRANULARITY = 0.004
    _wait.SLEEP_IDLE = 0.0002


@pytest.fixture(autouse=True)
def told_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told in passing stays for as long as a test looks: a busy machine may take seconds from key to look."""
    monkeypatch.setattr(Notification, "time_left", property(lambda _: 600.0))
