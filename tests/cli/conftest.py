"""A place to call the program in: a folder of its own, no settings, nothing in the environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from annotator.cli import main
from annotator.desk import Desk
from tests.exporting.desks import small_desk


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its document."""
        return json.loads(self.out)


Program = Callable[..., Said]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Call a command in an empty folder."""
    for name in ("ANNOTATOR_DB", "ANNOTATOR_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def eva(tmp_path: Path, program: Program) -> Desk:
    """The database the commands find by themselves, with three subjects under a small taxonomy."""
    desk = small_desk(tmp_path / "made")
    desk.close()
    for file in (tmp_path / "made").iterdir():
        file.rename(tmp_path / file.name.replace("desk.db", "annotator.db"))
    again = Desk(type(desk.project).open(tmp_path / "annotator.db"), "eva")
    assert program("list").code == 0
    return again


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder that everybody sees."""
    (tmp_path / "share").mkdir()
    return tmp_path / "share"
