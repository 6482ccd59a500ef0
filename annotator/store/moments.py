"""Moments as they are written beside the log; those of events come from their ids (`clock`)."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """This moment as UTC ISO text with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
