"""A storm of resizes while somebody types: no traceback, and the screen right afterwards."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.trust.filling import fill
from tests.trust.killing import side_by_side
from tests.trust.sitting import SIZE, Sitting, load, opened
from tests.trust.table import Row

TIMES, EACH = 1_000, 50
"""Resizes, and how many of them one desk gets."""
SIZES = ((1, 1), (300, 100), (1, 100), (300, 1), (80, 24), (59, 17), (61, 19), (2, 2))
"""Sizes that are tried often; the others are any up to the largest."""
KEYS = ("j", "k", "\t", "y", "n", "\x1b", "\r", "?", "/", "r", "]", "[", "\x1b[6~", "\x1b[5~", "o", "f", "G")

BACK = 5
"""As often as it takes to leave whatever is open, one after the other: together they would be other keys."""
HOME = "\x1b[H"
"""The key that leads to the first line, wherever the keys before led."""


def rows(share: float) -> Iterator[Row]:
    """Resizes with keys between."""
    load()
    yield side_by_side("resizes with keys between", max(EACH, round(TIMES * share)), _storm)


def _storm(row: Row, chance: random.Random, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="resizes-") as folder:
        path = Path(folder) / "desk.db"
        fill(path, 40)
        while row.times < times:
            number = row.times // EACH
            desk = opened(path, "ana", number)
            for _ in range(min(EACH, times - row.times)):
                size = (
                    chance.choice(SIZES) if chance.random() < 0.6 else (chance.randint(1, 300), chance.randint(1, 100))
                )
                desk.resize(*size)
                desk.press(chance.choice(KEYS))
                desk.read(chance.choice((0, 0, 0.02, 0.2)))
                row.times += 1
            _look(row, path, desk, f"desk {number}")


def _look(row: Row, path: Path, desk: Sitting, when: str) -> None:
    """Come to rest at the usual size: what stands there is what a desk shows that never had another."""
    desk.resize(*SIZE)
    for _ in range(BACK):
        desk.press("\x1b")
        desk.read(0.4)
    desk.press(HOME)
    desk.told = b""
    desk.resize(SIZE[0], SIZE[1] - 1)
    desk.read(1)
    desk.resize(*SIZE)
    desk.read(1)
    after = desk.screen()
    if code := desk.leave():
        row.damage(f"{when}: ended with {code}: {desk.told[-2000:].decode(errors='replace')}")
    elif b"Traceback" in desk.told:
        row.damage(f"{when}: {desk.told[-2000:].decode(errors='replace')}")
    fresh = Sitting(path, "ana")
    fresh.until("Incident number")
    fresh.read(1)
    usual = fresh.screen()
    if _frame(after) != _frame(usual):
        unlike = [pair for pair in zip(_frame(after), _frame(usual), strict=True) if pair[0] != pair[1]]
        row.damage(f"{when}: the screen is not right afterwards; there stands, and would stand: {unlike}")
    fresh.leave()


def _frame(screen: list[str]) -> list[str]:
    """What is the same whatever was done: the upper part, where no message stands, without the cursor."""
    return [line.replace("▸", " ") for line in screen[:25]]
