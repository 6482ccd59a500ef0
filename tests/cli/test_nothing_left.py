"""A database that was made and that nothing could be put into is not left behind."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import demo
from annotator.errors import SourceError, StoreUnreadableError
from annotator.store import connection
from annotator.store.file import made_new
from tests.cli.conftest import Program

REPORT = '{"report_number": 7, "title": "A robot", "text": "It stood on a ramp."}'
MAKING = ("import good.json", "merge sent.db", "sync shared", "demo")
"""Commands that make a database where there is none."""


@pytest.fixture
def folder(tmp_path: Path, program: Program) -> Path:
    """What the commands read."""
    (tmp_path / "good.json").write_text(f"[{REPORT}]", encoding="utf-8")
    (tmp_path / "cut.json").write_text(f"[{REPORT}, {REPORT[:20]}", encoding="utf-8")
    (tmp_path / "shared").mkdir()
    assert program("--db", "sent.db", "import", "good.json").code == 0
    return tmp_path


def made(folder: Path) -> list[str]:
    """What stands there of the new database."""
    return sorted(path.name for path in folder.glob("new.db*"))


@pytest.mark.parametrize("line", MAKING)
def test_where_no_log_can_be_begun_nothing_is_left(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    usual = connection._address
    monkeypatch.setattr(  # a way to the file that knows no log, for all that is to be written
        connection, "_address", lambda *how: usual(*how) + ("" if how[2] else "&vfs=unix-dotfile")
    )
    said = program("--db", "new.db", "--as", "eve", *line.split())
    assert (said.code, "its log cannot be begun" in said.err, made(folder)) == (8, True, []), said.err


@pytest.mark.parametrize("line", ["import cut.json", "import --format aiid_reports cut.json", "merge good.json"])
def test_where_nothing_can_be_read_nothing_is_left(folder: Path, program: Program, line: str) -> None:
    said = program("--db", "new.db", "--as", "eve", *line.split())
    assert (said.code, made(folder)) == (5, []), said.err
    (folder / "new.db").touch()
    assert program("--db", "new.db", "--as", "eve", *line.split()).code == 5
    assert (folder / "new.db").stat().st_size == 0, "an empty file is one again"
    assert made(folder) == ["new.db"]


def test_what_came_before_a_file_that_cannot_be_read_stays(folder: Path, program: Program) -> None:
    assert program("--db", "new.db", "import", "good.json", "cut.json").code == 5
    assert "A robot" in program("--db", "new.db", "list").out


def test_samples_that_fail_leave_nothing(folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise SourceError("Not so.")

    monkeypatch.setattr(demo, "import_records", fail)
    said = program("--db", "new.db", "demo")
    assert (said.code, made(folder)) == (5, []), said.err


def test_a_new_file_that_another_uses_meanwhile_stays(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = connection._prepare

    def prepare(own: sqlite3.Connection, path: Path, *rest: Any) -> None:
        monkeypatch.setattr(connection, "_prepare", usual)
        assert program("--db", path.name, "import", "good.json").code == 0  # as another process would
        raise StoreUnreadableError("Not so.")

    monkeypatch.setattr(connection, "_prepare", prepare)
    assert program("--db", "new.db", "merge", "sent.db").code == 6
    assert "A robot" in program("--db", "new.db", "list").out


def test_a_file_that_stood_there_is_never_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "there.db"
    path.touch()
    with pytest.raises(SourceError), made_new.made_new(path):
        raise SourceError("Not so.")
    assert path.exists()
