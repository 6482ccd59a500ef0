"""A disk on which processes share no memory: a sentence that names it, and a journal that is then really used."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.desk import open_desk
from annotator.errors import StoreReplacedError
from annotator.store.wording import worded
from tests.cli.conftest import Program


def journal(path: Path) -> int:
    """How a file says that changes to it are kept safe: 1 is a journal, 2 the log."""
    return path.read_bytes()[18]


def test_a_disk_without_shared_memory_is_named_with_the_ways_out(tmp_path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMMAP
    said = str(worded(error, tmp_path / "x.db"))
    assert "on which processes share no memory" in said
    assert "ANNOTATOR_JOURNAL=rollback" in said
    assert "`annotator sync`" in said


def test_the_journal_that_was_asked_for_is_used(
    eva: Desk, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "annotator.db"
    eva.close()
    assert journal(path) == 2
    monkeypatch.setenv("ANNOTATOR_JOURNAL", "rollback")
    for words in ("one", "two"):
        said = program("--as", "eva", "classify", "demo:2", "--taxonomy", "small", "--set", f"words={words}")
        assert said.code == 0, said
        assert journal(path) == 1
    with closing(open_desk(path, "eva", create=False)) as desk, closing(desk.another()) as other:
        other.tagging.note("demo:2", "small", "noted")
        assert desk.tagging.note("demo:10", "small", "too").notes == "too"
        assert {each.name for each in tmp_path.glob("annotator.db*")} == {"annotator.db"}
    assert program("doctor").code == 0
    monkeypatch.delenv("ANNOTATOR_JOURNAL")
    assert program("--as", "eva", "list").code == 0
    assert journal(path) == 2


def test_without_the_log_too_a_file_that_was_copied_over_is_told(
    eva: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva.close()
    monkeypatch.setenv("ANNOTATOR_JOURNAL", "rollback")
    with closing(open_desk(tmp_path / "other.db", "bob")) as other:
        other.settings.change("blind_annotation", "no")
    with closing(open_desk(eva.path, "eva", create=False)) as desk:
        desk.tagging.note("demo:2", "small", "noted")
        eva.path.write_bytes((tmp_path / "other.db").read_bytes())
        with pytest.raises(StoreReplacedError):
            desk.tagging.note("demo:2", "small", "lost")
    assert eva.path.read_bytes() == (tmp_path / "other.db").read_bytes()


def test_a_journal_that_there_is_not_is_refused(eva: Desk, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    eva.close()
    monkeypatch.setenv("ANNOTATOR_JOURNAL", "delete")
    said = program("list")
    assert (said.code, said.err) == (
        2, "ANNOTATOR_JOURNAL=delete: is neither log nor rollback; write one of them, or leave it away.\n"
    )  # fmt: skip
