"""Times that never run backwards within a file, and ids (UUIDv7) that sort by them."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


def next_id(newest: str | None, now_ms: int | None = None) -> str:
    """Make a UUIDv7 that sorts after `newest`, even when the clock was set back.

    Layout: RFC 9562 section 5.7. Within one millisecond the 74 random bits count up.
    """
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    randomness = secrets.randbits(74)
    if newest is not None:
        before_ms, before_random = _parts(newest)
        if now <= before_ms:
            now, randomness = before_ms, before_random + 1 + secrets.randbits(32)
            if randomness >> 74:
                now, randomness = now + 1, secrets.randbits(32)
    high, low = randomness >> 62, randomness & ((1 << 62) - 1)
    return str(UUID(int=(now << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low))


def time_of(event_id: str) -> str:
    """The moment in an id as UTC ISO text with milliseconds."""
    moment = datetime.fromtimestamp(_parts(event_id)[0] / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _parts(event_id: str) -> tuple[int, int]:
    number = UUID(event_id).int
    return number >> 80, ((number >> 64) & 0xFFF) << 62 | number & ((1 << 62) - 1)
