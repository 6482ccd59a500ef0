"""Files that are named to a command: none is written over that is a database, and none is waited for."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

WRITERS = (
    ("bundle", "{}"),
    ("export", "csv", "--out", "{}"),
    ("report", "{}"),
    ("backup", "{}"),
    ("import", "more.csv", "--report", "{}"),
    ("taxonomy", "new", "mine", "--out", "{}"),
)
READERS = (
    ("merge", "{}"),
    ("verify", "{}"),
    ("import", "{}"),
    ("bundle", "b.bundle", "--since", "{}"),
    ("assign", "--to", "eva", "--taxonomy", "desk", "--keys", "{}"),
    ("taxonomy", "check", "{}"),
    ("sync", "{}"),
    ("--db", "{}", "list"),
)


def asked(program: Program, command: tuple[str, ...], file: Path | str) -> Said:
    said = program("--as", "eva", *(each.format(file) for each in command))
    assert said.code, said
    assert not said.out
    assert "Traceback" not in said.err
    return said


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("command", WRITERS, ids=lambda each: each[0])
def test_no_command_writes_over_a_database(
    eva: Desk, program: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "more.csv").write_text("key,title\nk,More\n", encoding="utf-8")
    shutil.copyfile(eva.store.path, tmp_path / "other.db")
    (tmp_path / "link.db").symlink_to("other.db")
    with closing(sqlite3.connect(tmp_path / "else.sqlite")) as other:
        other.execute("CREATE TABLE x (y)")
    (tmp_path / "other.db-wal").touch()
    before = {name: (tmp_path / name).read_bytes() for name in ("other.db", "else.sqlite", "other.db-wal")}
    events = program("verify").out
    for name in ("other.db", "link.db", "else.sqlite", "other.db-wal"):
        said = asked(program, command, name)
        assert name in said.err
        assert "name another file" in said.err or "Name a new file" in said.err
        assert (tmp_path / "link.db").is_symlink()
        assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert program("verify").out == events


def test_what_was_written_before_is_written_anew(eva: Desk, program: Program, tmp_path: Path) -> None:
    for command in WRITERS[:3]:
        for _ in range(2):
            said = program("--as", "eva", *(each.format("out") for each in command))
            assert said.code == 0, said.err


@pytest.mark.parametrize("command", [*WRITERS, *READERS], ids=" ".join)
def test_an_empty_name_is_refused(eva: Desk, program: Program, tmp_path: Path, command: tuple[str, ...]) -> None:
    before = names(tmp_path)
    said = asked(program, command, "")
    assert (said.code, "an empty name is no file and no folder" in said.err) == (2, True), said.err
    assert names(tmp_path) == before


@pytest.mark.parametrize("command", WRITERS, ids=lambda each: each[0])
@pytest.mark.parametrize("folder", [".", "/"])
def test_a_folder_is_no_file_to_write(eva: Desk, program: Program, command: tuple[str, ...], folder: str) -> None:
    if command[0] != "taxonomy":  # which names the file itself there
        asked(program, command, folder)


@pytest.mark.parametrize("command", READERS, ids=lambda each: " ".join(each[:2]))
def test_a_pipe_is_not_waited_for(eva: Desk, program: Program, tmp_path: Path, command: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = asked(program, command, "pipe")
    assert "pipe: " in said.err


@pytest.mark.parametrize("command", [each for each in READERS if each[0] not in {"import", "taxonomy"}], ids=" ".join)
def test_what_is_missing_is_not_found(eva: Desk, program: Program, command: tuple[str, ...]) -> None:
    said = asked(program, command, "nowhere")
    assert (said.code, "nowhere: there is no such" in said.err) == (3, True), said


LOOKING = (
    ("doctor",), ("doctor", "--rebuild"), ("verify",), ("list",), ("progress",), ("settings",), ("conflicts",),
    ("export", "csv"), ("backup", "copy.db"), ("bundle", "b.bundle"),
    ("classify", "k", "--taxonomy", "mine", "--set", "a=b"),
)  # fmt: skip


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_an_empty_file_is_none_and_stays_empty(program: Program, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "z.db").touch()
    before = names(tmp_path)
    said = asked(program, ("--db", "z.db", *command), "")
    assert (said.code, "z.db: is an empty file and no database. `annotator import PATH`" in said.err) == (6, True), said
    assert (names(tmp_path), (tmp_path / "z.db").stat().st_size) == (before, 0)


def test_what_makes_a_database_makes_it_of_an_empty_file_too(eva: Desk, program: Program, tmp_path: Path) -> None:
    empty, reports = tmp_path / "z.db", tmp_path / "reports.json"
    reports.write_text('[{"report_number": 7, "title": "A robot", "text": "It stood on a ramp."}]', encoding="utf-8")
    for command, makes in (
        (("import", "--dry-run", "reports.json"), False),
        (("import", "nowhere.json"), False),
        (("merge", "nowhere.db"), False),
        (("merge", "--dry-run", str(eva.store.path)), False),
        (("merge", str(eva.store.path)), True),
        (("import", "reports.json"), True),
    ):
        for end in ("", "-wal", "-shm"):
            (tmp_path / f"z.db{end}").unlink(missing_ok=True)
        empty.touch()
        said = program("--db", "z.db", "--as", "eva", *command)
        assert (said.code == 0) is ("nowhere" not in "".join(command)), said
        assert (empty.stat().st_size > 0) is makes, command


def test_the_report_of_an_import_takes_the_place_of_nothing_that_is_imported(program: Program, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    source, inside = tmp_path / "reports.json", tmp_path / "folder" / "text.md"
    source.write_text('[{"report_number": 7, "title": "A robot", "text": "It stood on a ramp."}]', encoding="utf-8")
    inside.write_text("# A robot\n\nIt stood on a ramp.\n", encoding="utf-8")
    before = source.read_bytes(), inside.read_bytes()
    for path, report, why in (
        ("reports.json", "./reports.json", "is read, and would be written over; name another file."),
        ("folder", "folder/text.md", "is in folder, which is read, and would be written over"),
    ):
        said = program("import", path, "--report", report)
        assert (said.code, why in said.err) == (2, True), said
    assert (source.read_bytes(), inside.read_bytes()) == before
    assert program("import", "reports.json", "folder", "--report", "report.json").code == 0
    assert program("import", "folder", "--report", "folder/report.json").code == 0
