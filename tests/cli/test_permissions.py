"""Who may read what is written: work is the person's own, or their group's where the folder says so."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.config import state_folder
from annotator.desk import Desk
from annotator.desk.desk import open_desk
from tests.cli.conftest import Program
from tests.cli.test_salvaging import by_another_program


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Let new files be read by everybody, as most systems do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path, pattern: str = "*") -> dict[str, str]:
    """The permissions of the files in a folder and below, by name."""
    return {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in folder.rglob(pattern) if each.is_file()}


def new_desk(folder: Path) -> Desk:
    folder.mkdir(exist_ok=True)
    return open_desk(folder / "work.db", "eva")


def test_a_database_and_what_stands_beside_it_are_the_persons_own(tmp_path: Path, program: Program) -> None:
    with closing(new_desk(tmp_path / "own")) as desk:
        desk.settings.change("blind_annotation", "no")
        assert modes(desk.path.parent) == dict.fromkeys(("work.db", "work.db-wal", "work.db-shm"), "0o600")
        assert set(modes(state_folder() / "replicas").values()) == {"0o600"}
        assert stat.S_IMODE(state_folder().joinpath("replicas").stat().st_mode) & 0o077 == 0
    assert program("--db", tmp_path / "demo.db", "--as", "eva", "demo").code == 0
    assert modes(tmp_path, "demo.db") == {"demo.db": "0o600"}


def test_in_a_folder_of_a_group_the_group_shares_them(tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    team.chmod(0o2775)
    with closing(new_desk(team)) as desk:
        desk.settings.change("blind_annotation", "no")
        assert modes(team) == dict.fromkeys(("work.db", "work.db-wal", "work.db-shm"), "0o660")


def test_what_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    with closing(new_desk(tmp_path / "own")) as desk:
        path = desk.path
    path.chmod(0o640)
    with closing(new_desk(tmp_path / "own")) as desk:
        desk.settings.change("blind_annotation", "no")
        assert set(modes(path.parent).values()) == {"0o640"}


def test_what_is_passed_on_follows_the_usual_permissions(tmp_path: Path, program: Program, eva: Desk) -> None:
    eva.close()
    for command in (("export", "csv", "--out", "out.csv"), ("bundle", "out.bundle"), ("report", "out.html")):
        assert program("--as", "eva", *command).code == 0
    assert modes(tmp_path, "out.*") == dict.fromkeys(("out.csv", "out.bundle", "out.html"), "0o644")


@pytest.mark.parametrize("umask", [0o777, 0o022])
@pytest.mark.parametrize("mode", [0o600, 0o660])
def test_what_is_salvaged_has_the_permissions_of_the_damaged_file(
    tmp_path: Path, program: Program, eva: Desk, umask: int, mode: int
) -> None:
    eva.tagging.note("demo:2", "small", "noted")
    eva.close()
    with by_another_program(eva.path) as connection:
        connection.execute("UPDATE events SET payload = '{}' WHERE kind = 'note_set'")
    eva.path.chmod(mode)
    os.umask(umask)
    assert program("salvage", "annotator.db", "--out", "new.db").code == 1
    os.umask(0o022)
    assert modes(tmp_path, "new.db*") == dict.fromkeys(("new.db", "new.db.unproved.jsonl"), oct(mode))
