"""How fast annotators get on, and when they will be done at that pace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from annotator.store.team.pace import Worked

WINDOW, LEAST = timedelta(days=28), timedelta(days=7)
"""How far back a pace looks, and the shortest time it is taken over."""
WEEK = timedelta(days=7)
LONGEST = 520
"""Weeks; what takes longer has no day."""
LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""The last day that any time zone has."""
Whose = tuple[str, str, int]
"""Annotator, taxonomy, round."""


class Pace(NamedTuple):
    """How fast somebody gets on under a taxonomy in a round."""

    per_week: float
    """Subjects handed in or skipped, over the last four weeks or since they began in them, at least one."""
    median_seconds: float | None
    """Of the time per subject; None where nothing was timed."""
    done_on: str | None
    """The day on which what is open is done at this pace; None where there is no telling."""


def paces(worked: Iterable[Worked], still_open: Mapping[Whose, int], now: datetime) -> dict[Whose, Pace]:
    """The pace of everybody who has done anything."""
    found: dict[Whose, list[Worked]] = {}
    for one in worked:
        found.setdefault((one.annotator, one.taxonomy, one.round), []).append(one)
    return {whose: _pace(done, still_open.get(whose, 0), now) for whose, done in found.items()}


def _pace(done: list[Worked], still_open: int, now: datetime) -> Pace:
    moments = sorted(each for one in done if now - WINDOW <= (each := _moment(one.done_at)) <= now)
    per_week = len(moments) / (max(now - moments[0], LEAST) / WEEK) if moments else 0.0
    timed = [one.seconds for one in done if one.seconds > 0]
    weeks = still_open / per_week if per_week else LONGEST + 1
    is_told = still_open and weeks <= min(LONGEST, (LAST - now) / WEEK)
    done_on = (now + weeks * WEEK).date().isoformat() if is_told else None
    return Pace(per_week, median(timed) if timed else None, done_on)


def _moment(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_minutes(seconds: float | None) -> str:
    """A time per subject as people read it."""
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
