"""A database with a second name (a hard link), and one that is given a second name while a command has it open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotator.cli import importing
from annotator.desk import Desk
from tests.cli.conftest import Program

REPORT = '[{"report_number": 7, "title": "A robot", "text": "It stood on a ramp."}]'


@pytest.mark.parametrize("name", ["annotator.db", "分類.db"])
def test_a_second_name_that_is_given_while_a_command_runs_is_told_at_its_end(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "reports.json").write_text(REPORT, encoding="utf-8")
    assert program("--db", name, "--as", "eva", "import", "reports.json").code == 0

    def link(_: importing._Progress, count: int) -> None:
        assert count
        os.link(tmp_path / name, tmp_path / "second.db")

    monkeypatch.setattr(importing._Progress, "__call__", link)
    said = program("--db", name, "--as", "eva", "import", "reports.json")
    assert said.code == 0
    assert said.err.endswith(
        f"{name}: was given a second name (a hard link). What others save through that is lost here, and the other "
        "way round. Remove the other name, and copy the file instead.\n"
    )


def test_a_second_name_that_was_there_before_is_not_told_of_by_what_reads(
    eva: Desk, program: Program, tmp_path: Path
) -> None:
    eva.close()
    os.link(tmp_path / "annotator.db", tmp_path / "second.db")
    for command in (("list",), ("show", "demo:10"), ("export", "csv", "--out", "out.csv"), ("doctor",)):
        said = program("--as", "eva", *command)
        assert (said.code, "hard link" in said.err) == (0, False), command
