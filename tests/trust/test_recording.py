"""The disk that keeps no more than it has to: the trial of power cuts must notice what is confirmed too early."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.trust.recording import SECTOR, Disk, Op, made, record

WRITTEN = Op("w", "/a", at=0, data=b"x" * 2 * SECTOR)
MADE = Op("c", "/a")
SYNCED, NAMED = Op("s", "/a"), Op("s", "")

needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="takes Linux and a C compiler"
)


def left(tmp_path: Path, ops: list[Op], times: int = 60) -> set[bytes | None]:
    """What may be left of the file a."""
    found = set[bytes | None]()
    for seed in range(times):
        before, folder = tmp_path / "before", tmp_path / "after"
        before.mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)
        disk = Disk(before)
        for op in ops:
            disk.take(op)
        disk.cut(folder, random.Random(seed))
        file = folder / "a"
        found.add(file.read_bytes() if file.exists() else None)
    return found


def test_what_was_synced_with_its_name_is_there(tmp_path: Path) -> None:
    assert left(tmp_path, [MADE, WRITTEN, SYNCED, NAMED]) == {WRITTEN.data}


def test_a_file_whose_name_was_not_synced_may_be_missing(tmp_path: Path) -> None:
    assert left(tmp_path, [MADE, WRITTEN, SYNCED]) == {WRITTEN.data, None}


def test_what_was_not_synced_may_be_there_torn_or_not_at_all(tmp_path: Path) -> None:
    first, last = b"x" * SECTOR, b"\0" * SECTOR + b"x" * SECTOR
    assert left(tmp_path, [MADE, NAMED, WRITTEN]) == {b"", first, last, WRITTEN.data}


def test_a_name_that_is_replaced_means_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    old = [MADE, WRITTEN, SYNCED, NAMED]
    new = [Op("c", "/b"), Op("w", "/b", at=0, data=b"new"), Op("s", "/b"), Op("r", "/b", "/a")]
    assert left(tmp_path, [*old, *new]) == {WRITTEN.data, b"new"}
    assert left(tmp_path, [*old, *new, NAMED]) == {b"new"}


def test_a_file_that_was_taken_away_may_be_there_still(tmp_path: Path) -> None:
    assert left(tmp_path, [MADE, WRITTEN, SYNCED, NAMED, Op("u", "/a")]) == {WRITTEN.data, None}


PROGRAM = """
import os
os.mkdir("in")
file = os.open("in/a", os.O_CREAT | os.O_WRONLY)
os.write(file, b"one ")
os.pwrite(file, b"two", 4)
os.ftruncate(file, 6)
os.fsync(file)
os.close(file)
os.link("in/a", "b")
os.rename("b", "c")
os.unlink("in/a")
with open("d", "a") as lines:
    lines.write("line")
"""


@needs_compiler
def test_what_a_program_does_is_recorded_in_its_order(tmp_path: Path) -> None:
    folder = (tmp_path / "work").resolve()
    folder.mkdir()
    ops = record(made(tmp_path), [sys.executable, "-c", PROGRAM], folder, {})
    assert [(op.kind, op.name, op.other, op.at, op.data) for op in ops] == [
        ("m", "/in", "", 0, b""),
        ("c", "/in/a", "", 0, b""),
        ("w", "/in/a", "", 0, b"one "),
        ("w", "/in/a", "", 4, b"two"),
        ("t", "/in/a", "", 6, b""),
        ("s", "/in/a", "", 0, b""),
        ("l", "/in/a", "/b", 0, b""),
        ("r", "/b", "/c", 0, b""),
        ("u", "/in/a", "", 0, b""),
        ("c", "/d", "", 0, b""),
        ("w", "/d", "", 0, b"line"),
    ]
