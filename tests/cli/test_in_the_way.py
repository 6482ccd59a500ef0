"""What keeps a database from being opened or made is named with the file that is in the way, and the way out."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.store import connection
from tests.cli.conftest import Program
from tests.conftest import Lock

KINDS: dict[str, Callable[[Path], None]] = {
    "is a folder": Path.mkdir,
    "is a pipe or a device": os.mkfifo,
    "is a link": lambda place: place.symlink_to("other"),
}
USES = (
    "list",
    "comment 2 hello",
    "doctor",
    "doctor --rebuild",
    "bundle out.bundle",
    "restore copy.db",
    "backup new.db",
)
MADE_UP = Path("/proc/self/environ")


@pytest.fixture
def copied(program: Program, eva: Desk) -> None:
    """A backup, and the database as it is when nobody has it open."""
    eva.close()
    assert program("backup", "copy.db").code == 0


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_where_sqlite_keeps_its_files_is_named(
    program: Program, tmp_path: Path, ending: str, kind: str
) -> None:
    place = tmp_path / f"annotator.db{ending}"
    KINDS[kind](place)
    before = (tmp_path / "annotator.db").read_bytes()
    for line in USES:
        said = program("--as", "eva", *line.split())
        assert said.code == 6, (line, said)
        assert said.err.startswith(f"{place}: {kind}, where SQLite keeps a file for annotator.db"), line
        assert "nothing was changed." in said.err
        assert "ove it away." in said.err
    assert (tmp_path / "annotator.db").read_bytes() == before
    assert os.path.lexists(place)
    assert program("merge", "--db", "fresh.db", "annotator.db").code == 5
    assert program("salvage", "annotator.db", "--out", "saved.db").code == 0


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_log_that_is_not_ones_own_is_named(
    program: Program, tmp_path: Path, write_protect: Lock, ending: str
) -> None:
    (tmp_path / f"annotator.db{ending}").touch()
    write_protect(tmp_path / f"annotator.db{ending}")
    said = program("--as", "eva", "comment", "2", "hello")
    assert (said.code, f"annotator.db{ending}: is not yours to read and write" in said.err) == (8, True), said


@pytest.mark.usefixtures("copied")
def test_who_only_reads_is_not_said_to_write(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "USUAL", connection.Patience(0.1))
    with closing(sqlite3.connect("copy.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        said = program("--db", "copy.db", "--as", "eva", "comment", "2", "hello")
    assert (said.code, "another program is reading or writing this database" in said.err) == (6, True)
    assert program("--db", "copy.db", "--as", "eva", "comment", "2", "hello").code == 0


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("line", ["demo", "merge copy.db", "restore copy.db"])
@pytest.mark.parametrize("folder", ["nowhere", "copy.db"])
def test_a_folder_that_is_missing_is_named(program: Program, tmp_path: Path, line: str, folder: str) -> None:
    said = program("--db", f"{folder}/new.db", "--as", "eva", *line.split())
    assert said.code == 6
    words = "is no folder; name another." if folder == "copy.db" else "there is no such folder; create it first."
    assert f"{folder}: {words}" in said.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("line", ["backup {}", "bundle {}", "export csv --out {}", "salvage annotator.db --out {}"])
def test_a_file_to_be_made_names_the_folder_that_is_missing(program: Program, line: str) -> None:
    said = program("--as", "eva", *line.format("nowhere/new").split())
    assert (said.code, said.err) == (7, "nowhere/new: there is no folder nowhere; create it first.\n")


@pytest.mark.usefixtures("copied")
@pytest.mark.skipif(not MADE_UP.exists(), reason="this system has no such files")
def test_what_the_system_makes_up_is_no_empty_file(program: Program) -> None:
    for line in ("list", "comment 2 hello", "demo", "restore copy.db", "doctor"):
        said = program("--db", MADE_UP, "--as", "eva", *line.split())
        assert (said.code, "environ: is made up by the system" in said.err) == (6, True), (line, said)
    for line, code in (("verify", 6), ("merge", 5), ("restore", 6)):
        said = program("--as", "eva", line, MADE_UP)
        assert (said.code, f"{MADE_UP}: is made up by the system" in said.err) == (code, True), (line, said)


def test_a_log_that_was_taken_away_under_an_open_desk_is_told_as_that(
    program: Program, eva: Desk, tmp_path: Path
) -> None:
    eva.tagging.note("demo:2", "small", "the last word")
    (tmp_path / "annotator.db-wal").unlink()
    for line in ("list", "doctor", "comment 2 hello", "backup new.db"):
        said = program("--as", "bob", *line.split())
        assert said.code == 8, (line, said)
        assert said.err.startswith("annotator.db: its log (annotator.db-wal) was taken away while others have"), line
        assert "Try again when they have left their desks" in said.err
