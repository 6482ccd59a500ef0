"""Count the files, calls and SQL statements of what a person does: `python -m benchmarks.walk [--list] [JOURNEY …]`.

Everything goes through the program's own doors: commands, and keys pressed at the desk. Nothing is timed.
"""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks.tracing import Tracer, Walk

TOP = Path(__file__).resolve().parent.parent
QUIET = 0.25
"""Seconds without a call after which a journey is over, once its row is there."""
AFTERMATH = 1.5
"""Seconds before one begins: what a step before leaves to be done a second later belongs to that step."""
LIMIT = 20.0
"""Seconds for a row to appear, and for quiet."""
DOCUMENT = """---
title: Delivery robot blocks a wheelchair on a crossing in {place}
url: https://example.org/{place}
date: 2024-03-04
---
A delivery robot stopped on a crossing in {place} and did not make way for a woman in a wheelchair.
"""


class Journey(NamedTuple):
    """Something a person does, and how much of the house it may visit; None where no aim is set."""

    words: str
    follow: Callable[[Tracer, Path], Walk]
    most_files: int | None = None
    most_statements: int | None = None


def answer(tracer: Tracer, folder: Path) -> Walk:
    """From a key that chooses an answer to its row: what takes the key and stores it, without what is drawn."""
    return to_row(answer_shown(tracer, folder)).way


def answer_shown(tracer: Tracer, folder: Path) -> Walk:
    """From the same key to its row, and all that is drawn: the answer as saving, the next field, and as saved."""

    async def drive(desk: Desk) -> Walk:
        await desk.press("pagedown")
        await desk.change("1")
        return await desk.followed("1")

    return at_desk(tracer, sample(folder), drive, "sample:6", "--taxonomy", "CSETv1")


def to_row(walk: Walk) -> Walk:
    """The part of a walk that ends when its event is committed."""
    if walk.to_row is None:
        raise RuntimeError("the row was stored in a way that tracing does not see")
    return walk.to_row


def ruling(tracer: Tracer, folder: Path) -> Walk:
    """From the last key of a ruling to its row: what is decided and stored, without what the screens draw."""

    async def drive(desk: Desk) -> Walk:
        await desk.press("D", "enter")
        await desk.change("1", "enter")
        await desk.press("1")
        return await desk.followed("enter")

    return to_row(at_desk(tracer, sample(folder), drive)).way.without("tui")


def ruling_shown(tracer: Tracer, folder: Path) -> Walk:
    """From the key that adopts somebody's answer, through the question for the cause, to the next open field."""

    async def drive(desk: Desk) -> Walk:
        await desk.press("D", "enter")
        await desk.change("1", "enter")
        return await desk.followed("1", "enter")

    return at_desk(tracer, sample(folder), drive)


def document(tracer: Tracer, folder: Path) -> Walk:
    """From one document to its row, in the database that another one came into before."""
    for place in ("Tallinn", "Leeds"):
        path = folder / f"{place}.md"
        path.write_text(DOCUMENT.format(place=place), encoding="utf-8")
        with tracer.following() as walk:
            command("--db", str(folder / "documents.db"), "import", str(path))
    return walk


def agreement(tracer: Tracer, folder: Path) -> Walk:
    """From the database to the agreement on one field, printed."""
    path = sample(folder)
    for _ in range(2):
        with tracer.following() as walk:
            command("--db", str(path), "agreement", "--taxonomy", "harm_type", "--field", "outcome")
    return walk


JOURNEYS = {
    "answer": Journey("a key press to its row, behind what is drawn", answer, 24, 12),
    "answer_shown": Journey("the same, and all that it draws", answer_shown),
    "ruling": Journey("a ruling to its row, behind the screens", ruling, 22, 40),
    "ruling_shown": Journey("the same with its questions and the screen after", ruling_shown),
    "document": Journey("one document to its row, in a database that is there", document, 22),
    "agreement": Journey("an agreement figure to the screen", agreement, 34),
}


def sample(folder: Path) -> Path:
    """A new database of the sample reports."""
    path = folder / "sample.db"
    command("--db", str(path), "demo")
    return path


def command(*arguments: str) -> str:
    """What a command prints, without a terminal; raises RuntimeError when it refuses."""
    from annotator.cli import main

    said, printed = io.StringIO(), io.StringIO()
    with patch.object(sys, "stdin", io.StringIO()), redirect_stdout(printed), redirect_stderr(said):
        code = main(arguments)
    if code:
        raise RuntimeError(f"annotator {' '.join(arguments)}: {said.getvalue()}")
    return printed.getvalue()


class Desk:
    """The desk, driven by key presses; what it stored is read from the file."""

    def __init__(self, pilot: Any, tracer: Tracer, path: Path) -> None:
        """Take what drives the app, and the database it works on."""
        self.pilot, self.tracer, self.path = pilot, tracer, path

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each when the one before has been worked off."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def change(self, *keys: str) -> None:
        """Press keys that end in an event in the log; returns when it is there and shown."""
        before = self._events()
        await self.press(*keys)
        async with asyncio.timeout(LIMIT):
            while self._events() == before:
                await asyncio.sleep(QUIET / 10)
        await self.settle()

    async def followed(self, *keys: str) -> Walk:
        """What a change visits, once what went before has ended."""
        await asyncio.sleep(AFTERMATH)
        await self.settle()
        with self.tracer.following() as walk:
            await self.change(*keys)
        return walk

    async def settle(self) -> None:
        """Wait until nothing of the program runs."""
        async with asyncio.timeout(LIMIT):
            while not self.tracer.is_quiet(QUIET):
                await asyncio.sleep(QUIET / 10)

    def _events(self) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.set_trace_callback(None)
            (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
        return int(count)


def at_desk(tracer: Tracer, path: Path, drive: Callable[[Desk], Awaitable[Walk]], *opened: str) -> Walk:
    """Open the desk by its command on a terminal nobody looks at, and drive it."""
    from textual.app import App

    from annotator.cli import main

    walks: list[Walk] = []

    async def drive_app(app: App[object]) -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            desk = Desk(pilot, tracer, path)
            await desk.settle()
            walks.append(await drive(desk))

    def run(app: App[object], *_: object, **__: object) -> None:
        asyncio.run(drive_app(app))

    with terminal(), patch.object(App, "run", run):
        code = main(["--db", str(path), "--as", "walker", "desk", *opened])
    if code or not walks:
        raise RuntimeError(f"the desk ended with {code}")
    return walks[0]


@contextmanager
def terminal() -> Iterator[None]:
    """Let all three standard streams be a terminal; nothing is read from it and nothing shown."""
    screen, inner = os.openpty()
    # The program takes the first apart, and closes what it made of it.
    display, beside = (os.fdopen(os.dup(inner), "w", encoding="utf-8") for _ in range(2))
    with (
        closing(os.fdopen(screen, "rb")),
        os.fdopen(inner, encoding="utf-8") as keyboard,
        patch.object(sys, "stdin", keyboard),
        patch.object(sys, "stdout", display),
        patch.object(sys, "stderr", beside),
    ):
        yield


@contextmanager
def place() -> Iterator[Path]:
    """A folder of its own, in which no settings and no names of the person who measures apply."""
    foreign = [name for name in os.environ if name.startswith("ANNOTATOR_")]
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ):
        for each in foreign:
            del os.environ[each]
        os.environ.update(dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), name))
        yield Path(name)


def figures(name: str, walk: Walk) -> str:
    """A journey in one line: its figures beside its aims."""
    journey = JOURNEYS[name]
    counts = ((len(walk.calls), journey.most_files, "files"), (len(walk.statements), journey.most_statements, "SQL"))
    aims = [(count, most, unit) for count, most, unit in counts if most is not None]
    mark = "" if not aims else "over" if any(count > most for count, most, _ in aims) else "ok"
    figure = " ".join(f"{count:4} {unit}" for count, _, unit in counts) + f" {walk.calls.total():6} calls"
    aim = ", ".join(f"{most} {unit}" for _, most, unit in aims)
    return f"{mark:5}{name:13} {figure}   {f'aim: {aim}' if aim else '':21}  {journey.words}"


def listed(walk: Walk) -> Iterator[str]:
    """The files of a journey with their calls, then its statements, each on a line."""
    for file, calls in sorted(walk.calls.items()):
        yield f"      {calls:6}  {file}"
    for number, statement in enumerate(walk.statements, 1):
        yield f"      {number:6}. {' '.join(statement.split())[:120]}"


def main(arguments: list[str]) -> int:
    """Follow the journeys named, or all; exits 2 for a name there is none of."""
    names = [each for each in arguments if each != "--list"] or list(JOURNEYS)
    if unknown := [each for each in names if each not in JOURNEYS]:
        print(f"There is no journey {unknown[0]!r}. There are: {', '.join(JOURNEYS)}.", file=sys.stderr)
        return 2
    tracer = Tracer(TOP / "annotator")
    for name in names:
        with place() as folder:
            walk = JOURNEYS[name].follow(tracer, folder)
        print(figures(name, walk), flush=True)
        if "--list" in arguments:
            print(*listed(walk), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
