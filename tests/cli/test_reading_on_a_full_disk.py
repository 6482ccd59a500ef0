"""Where there is no room left, what there is can be read, examined and taken to another disk."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program

READS = ("list", "show 2", "history 2", "doctor", "verify", "export jsonl", "settings", "progress", "people list")
WRITES = (
    "classify 2 --taxonomy small --set words=x", "comment 2 hello", "skip 2 --taxonomy small --reason later",
    "import more.json", "demo", "bundle out.bundle", "settings blind_annotation no", "doctor --rebuild",
    "restore saved.db", "merge other.db",
)  # fmt: skip
MAKES = ("backup {}/copy.db", "salvage annotator.db --out {}/new.db", "export csv --out {}/out", "bundle {}/out")
FULL = "the disk is full. Free some space. Until then what there is can be read, and copied to another disk."


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


@pytest.fixture(params=["closed", "killed", "killed with more than comes in"])
def full(small_disk: Path, eva: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A database on a disk without any room; of one whose process was killed, the last answer stands in the log."""
    if request.param.endswith("in"):
        with closing(sqlite3.connect(eva.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        eva.tagging.note("demo:2", "small", token_hex(40_000))
    eva.tagging.note("demo:2", "small", "the last word")
    if request.param == "closed":
        eva.close()
    for file in tmp_path.glob("annotator.db*"):
        if not file.name.endswith("-shm"):
            shutil.copyfile(file, small_disk / file.name)
    fill(small_disk)
    yield small_disk / "annotator.db"
    (small_disk / "filler").unlink()


def test_it_can_be_read_and_taken_to_another_disk(full: Path, program: Program, tmp_path: Path) -> None:
    for line in READS:
        said = program("--db", full, "--as", "eva", *line.split())
        assert said.code == 0, (line, said.err)
        assert said.err.count("disk is full") < 2
        assert FULL in said.err or line != READS[0], "taking the log in may make room"
    assert "the last word" in program("--db", full, "--as", "eva", "show", "2").out
    assert program("--db", full, "--as", "eva", "backup", tmp_path / "saved.db").code == 0
    assert program("--db", full, "--as", "eva", "export", "json", "--out", tmp_path / "saved.json").code == 0
    assert "the last word" in (tmp_path / "saved.json").read_text(encoding="utf-8")
    assert "the last word" in program("--db", tmp_path / "saved.db", "--as", "eva", "show", "2").out


def test_what_would_be_saved_is_refused_by_the_true_reason(full: Path, program: Program) -> None:
    said = program("--db", full, "--as", "eva", "classify", "2", "--taxonomy", "small", "--set", "words=x")
    assert said.code == 8
    assert "annotator.db: the disk is full" in said.err
    (full.parent / "filler").write_bytes(b"")
    assert program("--db", full, "--as", "eva", "classify", "2", "--taxonomy", "small", "--set", "words=x").code == 0
    with closing(sqlite3.connect(full)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_that_finds_no_room_names_its_own_disk(full: Path, program: Program, eva: Desk) -> None:
    said = program("backup", full.with_name("copy.db"))
    assert said.code == 7
    assert said.err.startswith(f"{full.with_name('copy.db')}: the disk is full")
    assert not list(full.parent.glob("copy.db*"))


@pytest.fixture
def many(tmp_path: Path, program: Program, eva: Desk) -> None:
    """What the commands name: files that are read, with more in them than comes into a disk without room."""
    eva.tagging.note("demo:2", "small", token_hex(8_000))
    eva.close()
    text = "a sentence that takes its place on the disk; " * 400
    reports = [{"report_number": n, "title": "A car", "text": f"{n} {text}", "url": "u"} for n in range(100)]
    (tmp_path / "more.json").write_text(json.dumps(reports), encoding="utf-8")
    assert program("backup", "saved.db").code == 0
    assert program("--db", "other.db", "merge", "saved.db").code == 0
    assert program("--db", "other.db", "--as", "bob", "comment", "2", "of another").code == 0


def remount(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("state", ["full", "fixed"])
def test_one_exit_code_says_that_the_disk_of_the_database_refuses(
    small_disk: Path, program: Program, state: str
) -> None:
    shutil.copyfile("saved.db", small_disk / "annotator.db")
    if state == "full":
        fill(small_disk)
    else:
        remount(small_disk)
    words = "the disk is full" if state == "full" else "is on a disk that can only be read"
    for line in WRITES:
        said = program("--db", small_disk / "annotator.db", "--as", "eva", *line.split())
        assert said.code == 8, (line, said)
        assert words in said.err or "Read-only file system" in said.err, (line, said)
        assert "permissions" not in said.err


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("state", ["full", "fixed"])
def test_another_says_that_a_file_to_be_made_cannot_be_written(small_disk: Path, program: Program, state: str) -> None:
    if state == "full":
        fill(small_disk)
    else:
        remount(small_disk)
    words = "disk is full|No space left" if state == "full" else "Read-only file system"
    for line in MAKES:
        said = program("--as", "eva", *line.format(small_disk).split())
        assert said.code == 7, (line, said)
        assert re.search(words, said.err), (line, said)
        assert said.err.startswith(str(small_disk)), (line, said)
        assert "rights" not in said.err


def test_a_log_that_was_left_on_a_disk_that_can_only_be_read_is_salvaged(
    small_disk: Path, program: Program, eva: Desk, tmp_path: Path
) -> None:
    eva.tagging.note("demo:2", "small", "the last word")
    database = small_disk / "annotator.db"
    for ending in ("", "-wal"):
        shutil.copyfile(tmp_path / f"annotator.db{ending}", f"{database}{ending}")
    remount(small_disk)
    for line in ("list", "history 2", "doctor", "verify", "comment 2 hello", f"backup {tmp_path / 'copy.db'}"):
        said = program("--db", database, "--as", "eva", *line.split())
        assert said.code == 8, (line, said)
        assert f"another one with `annotator salvage {database} --out NEW`, because a log was left" in said.err, line
        assert "annotator backup" not in said.err
    assert program("salvage", database, "--out", tmp_path / "new.db").code == 0
    assert "the last word" in program("--db", tmp_path / "new.db", "--as", "eva", "show", "2").out


def test_no_way_to_copy_is_told_of_a_database_that_is_still_to_be_made(small_disk: Path, program: Program) -> None:
    remount(small_disk)
    said = program("--db", small_disk / "new.db", "demo")
    assert (said.code, "or name a file on another one." in said.err, "backup" in said.err) == (8, True, False)
