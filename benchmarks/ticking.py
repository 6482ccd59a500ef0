"""Run the program and note when its event loop stood still: `python -m benchmarks.ticking FILE [ARGUMENT …]`.

A task that wants to run every few milliseconds writes a line for each time it had to wait noticeably longer, and
now and then one to say that it still runs: the moment, and the seconds it had waited, on the clock that all
processes of a machine share. Without arguments nothing else runs: that shows how busy the machine is.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

TICK = 0.005
"""Seconds between two runs of the task."""
NOTED = 0.010
"""Seconds of waiting from which on it is noted."""
LIMIT = 60.0
"""Seconds after which a loop is held to have stopped for good."""
SIGN = 0.25
"""Seconds after which a line is written in any case."""


async def tick(notes: IO[str]) -> None:
    """Note the waits, for as long as the loop runs."""
    written = 0.0
    while True:
        before = time.monotonic()
        await asyncio.sleep(TICK)
        now = time.monotonic()
        waited = max(0.0, now - before - TICK)
        if waited > NOTED or now - written > SIGN:
            written = now
            notes.write(f"{now:.6f} {waited:.6f}\n")


def waits(path: Path) -> list[tuple[float, float]]:
    """What was noted so far: moments, and seconds waited."""
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [(float(now), float(waited)) for now, waited in (line.split() for line in lines if line.count(".") == 2)]


def longest(path: Path, start: float, end: float) -> float:
    """The longest wait, in seconds, that overlaps the time between two moments, once the loop has run after it."""
    while not (noted := waits(path)) or noted[-1][0] < end:
        if time.monotonic() > end + LIMIT:
            return time.monotonic() - (noted[-1][0] if noted else start)
        time.sleep(SIGN)
    return max((waited for now, waited in noted if now >= start and now - waited <= end), default=0.0)


def main(target: str, *arguments: str) -> int:
    """Run a command with a ticking task beside its app, or the task alone; returns the command's exit code."""
    with open(target, "w", encoding="ascii", buffering=1) as notes:  # noqa: PTH123  # a line at a time
        if not arguments:
            asyncio.run(tick(notes))
        return run_ticking(notes, arguments)


def run_ticking(notes: IO[str], arguments: tuple[str, ...]) -> int:
    """Run a command; its app shares its event loop with the task."""
    from textual.app import App

    from annotator.cli import main as run

    run_plainly = App.run_async

    async def run_async(app: App[Any], *given: Any, **named: Any) -> Any:
        ticker = asyncio.create_task(tick(notes))
        try:
            return await run_plainly(app, *given, **named)
        finally:
            ticker.cancel()

    with patch.object(App, "run_async", run_async):
        return run(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
