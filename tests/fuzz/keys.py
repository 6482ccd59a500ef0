"""Press keys by chance on every screen that they lead to; prints what came of it as a line of JSON.

    python -m tests.fuzz.keys --sequences N --seed S --findings FOLDER
    python -m tests.fuzz.keys --again FILE

A sequence goes on from wherever the one before has led, at one desk for a while; a finding is a traceback, a key that
takes longer than two seconds, or something that the doctor finds in the file afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, NamedTuple

from textual.pilot import Pilot

from annotator.tui.actions import ACTIONS
from annotator.tui.app import AnnotatorApp
from tests.fuzz.fuzzing import AGAIN, HANG, Findings, kind_of
from tests.fuzz.targets import afresh, desk_of, refuse_findings, template

if find_spec("textual._wait"):
    # A key counts as carried out once nothing was computed for so long, in seconds.
    from textual import _wait

    _wait.SLEEP_GRANULARITY = 0.004
    _wait.SLEEP_IDLE = 0.0003

AT_ONE_DESK = 25
"""Sequences between two starts."""
LENGTH = 12
"""Keys of a sequence."""
PEOPLE = ("ana", "cleo", "ben", "")
SIZES = ((80, 24), (200, 50), (120, 40), (40, 10), (1, 1))
ENDS = {"ctrl+q", "ctrl+c", "q"}
"""Keys that leave the desk: pressed seldom, or a sequence would be short."""
TYPED = ("a", "d", "1", "2", "0", " ", "坂", "é", "\u200b", "@", '"', "-", "x")
PASTED = ("two\nlines", "ロボット", "\x1b[31mred", "x" * 6_000, "\u202etxt", "1e400", "2099-13-45")
MOVES = ("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
         "backspace", "delete", "space", "enter", "enter", "escape")  # fmt: skip


class Step(NamedTuple):
    """One thing that comes from the terminal."""

    kind: str
    """`key`, `paste` or `size`."""
    value: Any


class Desk(NamedTuple):
    """Where some sequences are tried, and what they are: enough to do them again."""

    annotator: str
    size: tuple[int, int]
    steps: list[Step]


def by_chance(chance: Random, keys: list[str]) -> Step:
    """What comes next."""
    rolled = chance.random()
    if rolled < 0.02:
        return Step("size", chance.choice(SIZES))
    if rolled < 0.05:
        return Step("paste", chance.choice(PASTED))
    if rolled < 0.25:
        return Step("key", chance.choice(TYPED))
    if rolled < 0.5:
        return Step("key", chance.choice(MOVES))
    key = chance.choice(keys)
    return Step("key", key if key not in ENDS or rolled < 0.51 else "escape")


def some(chance: Random, sequences: int) -> Desk:
    """Sequences at one desk."""
    keys = sorted({key for action in ACTIONS for key in action.keys.split(",")})
    steps = [by_chance(chance, keys) for _ in range(sequences * LENGTH)]
    return Desk(chance.choice(PEOPLE), chance.choice(SIZES[:3]), steps)


async def sit(database: Path, desk: Desk, done: list[float]) -> None:
    """Do all steps, as long as nobody leaves; `done` gets the seconds that each took."""
    with closing(desk_of(database, desk.annotator)) as own:
        app = AnnotatorApp(own, on_named=lambda name: desk_of(database, name))
        async with app.run_test(size=desk.size, notifications=True) as pilot:
            for step in desk.steps:
                if not app.is_running or app._exit:
                    break
                started = time.monotonic()
                await take(pilot, step)
                done.append(time.monotonic() - started)


async def sit_afresh(folder: Path, made: Path, desk: Desk, done: list[float]) -> None:
    """Sit down at a fresh database, and have the doctor look at it afterwards."""
    with NamedTemporaryFile(dir=folder, suffix=".db") as file:  # what another case writes last may still be open
        database = Path(file.name)
        afresh(made, database)
        await sit(database, desk, done)
        with closing(desk_of(database, "ana")) as after:
            refuse_findings(after.store)


async def take(pilot: Pilot[None], step: Step) -> None:
    """Have one thing come."""
    if step.kind == "key":
        await pilot.press(step.value)
    elif step.kind == "size":
        await pilot.resize_terminal(*step.value)
    else:
        from textual.events import Paste

        pilot.app.post_message(Paste(step.value))
        await pilot.pause()


def tried(folder: Path, made: Path, desk: Desk, findings: Findings) -> int:
    """Sit down at a fresh desk, and have the doctor look at its file afterwards; how many keys were pressed."""
    done: list[float] = []
    try:
        asyncio.run(sit_afresh(folder, made, desk, done))
    except Exception as error:  # noqa: BLE001  # whatever comes is what is looked for
        findings.add(kind_of(error), _kept(desk, len(done) + 1), error)
    findings.slowest = max(findings.slowest, *done, 0.0)
    for place, seconds in enumerate(done):
        if seconds > HANG and (again := _seconds_again(folder, made, desk, place + 1)) > HANG:
            findings.add(f"{desk.steps[place].value!r} took {again:.0f} s", _kept(desk, place + 1))
    return max(1, len(done))


def _seconds_again(folder: Path, made: Path, desk: Desk, count: int) -> float:
    """How long the last of so many steps takes at the least when they are done again: the machine may have been busy.

    What fails then failed before, and is told already.
    """
    return min(_seconds_of_last(folder, made, desk._replace(steps=desk.steps[:count])) for _ in range(AGAIN))


def _seconds_of_last(folder: Path, made: Path, desk: Desk) -> float:
    done: list[float] = []
    with suppress(Exception):
        asyncio.run(sit_afresh(folder, made, desk, done))
    return done[-1] if len(done) == len(desk.steps) else 0.0


def _kept(desk: Desk, count: int) -> bytes:
    return json.dumps(desk._replace(steps=desk.steps[:count])).encode()


def main() -> int:
    """Press keys, and print one line of JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--again", type=Path)
    said = parser.parse_args()
    with TemporaryDirectory(prefix="annotator-fuzz-") as name:
        folder = Path(name)
        os.environ.update({f"XDG_{each}_HOME": str(folder / each) for each in ("STATE", "CONFIG", "DATA")})
        made = template(folder)
        if said.again:
            annotator, size, steps = json.loads(said.again.read_bytes())
            desk = Desk(annotator, tuple(size), [Step(*each) for each in steps])
            asyncio.run(sit_afresh(folder, made, desk, []))
            return 0
        said.findings.mkdir(parents=True, exist_ok=True)
        findings, began = Findings(said.findings.absolute(), f"keys-{said.seed}"), time.monotonic()
        chance, left = Random(said.seed), said.sequences * LENGTH
        while left > 0:
            left -= tried(folder, made, some(chance, AT_ONE_DESK), findings)
        seconds = time.monotonic() - began
        told = {"target": "keys", "cases": said.sequences, "seconds": seconds, "slowest": findings.slowest}
        print(json.dumps({**told, "findings": findings.found}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
