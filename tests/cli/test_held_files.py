"""A database that is open is read by SQLite alone: to close another handle would drop the locks of this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program

SEEN: list[str] | None = None


def note(event: str, given: tuple[Any, ...]) -> None:
    """Note every file that Python opens; SQLite opens its own."""
    if event == "open" and SEEN is not None and isinstance(given[0], str | bytes | Path):
        SEEN.append(Path(str(given[0])).name)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files that are opened during a test."""
    seen: list[str] = []
    sys.addaudithook(note)
    monkeypatch.setattr(sys.modules[__name__], "SEEN", seen)
    yield seen
    monkeypatch.undo()


@pytest.mark.parametrize("file", ["annotator.db", "annotator.db-wal", "annotator.db-shm", "link.db", "."])
@pytest.mark.parametrize(
    "command",
    [
        ("import", "{}"),
        ("import", "--format", "documents", "{}"),
        ("import", "--format", "aiid_snapshot", "{}"),
        ("merge", "{}"),
        ("verify", "{}"),
        ("bundle", "{}"),
        ("bundle", "more.bundle", "--since", "{}"),
        ("backup", "{}"),
        ("report", "{}"),
        ("export", "csv", "--out", "{}"),
    ],
)
def test_no_command_opens_what_sqlite_has_open(
    eva: Desk, program: Program, tmp_path: Path, opened: list[str], command: tuple[str, ...], file: str
) -> None:
    (tmp_path / "link.db").symlink_to("annotator.db")
    program("--as", "eva", *(each.format(file) for each in command))
    assert not {"annotator.db", "annotator.db-wal", "annotator.db-shm", "link.db"} & set(opened)
