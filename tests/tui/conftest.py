"""What holds for every test of screens."""

from __future__ import annotations

import pytest
from textual.notifications import Notification


@pytest.fixture(autouse=True)
def told_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told in passing stays for as long as a test looks: a busy machine may take seconds from key to look."""
    monkeypatch.setattr(Notification, "time_left", property(lambda _: 600.0))
