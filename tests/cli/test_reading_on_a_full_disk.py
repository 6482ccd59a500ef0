"""Where there is no room left, what there is can be read, examined and taken to another disk."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program

READS = ("list", "show 2", "history 2", "doctor", "verify", "export jsonl", "settings", "progress", "people list")
FULL = "the disk is full. Free some space. Until then what there is can be read, and copied to another disk."


@pytest.fixture(params=["closed", "killed"])
def full(small_disk: Path, eva: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A database on a disk without any room; of one whose process was killed, the last answer stands in the log."""
    eva.tagging.note("demo:2", "small", "the last word")
    if request.param == "closed":
        eva.close()
    for file in tmp_path.glob("annotator.db*"):
        if not file.name.endswith("-shm"):
            shutil.copyfile(file, small_disk / file.name)
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))
    yield small_disk / "annotator.db"
    (small_disk / "filler").unlink()


def test_it_can_be_read_and_taken_to_another_disk(full: Path, program: Program, tmp_path: Path) -> None:
    for line in READS:
        said = program("--db", full, "--as", "eva", *line.split())
        assert said.code == 0, (line, said.err)
        assert FULL in said.err or line != READS[0], "taking the log in may make room"
    assert "the last word" in program("--db", full, "--as", "eva", "show", "2").out
    assert program("--db", full, "--as", "eva", "backup", tmp_path / "saved.db").code == 0
    assert program("--db", full, "--as", "eva", "export", "json", "--out", tmp_path / "saved.json").code == 0
    assert "the last word" in (tmp_path / "saved.json").read_text(encoding="utf-8")
    assert "the last word" in program("--db", tmp_path / "saved.db", "--as", "eva", "show", "2").out


def test_what_would_be_saved_is_refused_by_the_true_reason(full: Path, program: Program) -> None:
    said = program("--db", full, "--as", "eva", "classify", "2", "--taxonomy", "small", "--set", "words=x")
    assert said.code == 6
    assert "annotator.db: the disk is full" in said.err
    (full.parent / "filler").write_bytes(b"")
    assert program("--db", full, "--as", "eva", "classify", "2", "--taxonomy", "small", "--set", "words=x").code == 0
    with closing(sqlite3.connect(full)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_that_finds_no_room_names_its_own_disk(full: Path, program: Program, eva: Desk) -> None:
    said = program("backup", full.with_name("copy.db"))
    assert said.code == 6
    assert said.err.startswith(f"{full.with_name('copy.db')}: the disk is full")
    assert not list(full.parent.glob("copy.db*"))
