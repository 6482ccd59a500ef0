"""A merge into a file that is not there yet, as somebody begins who was sent a database."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Program

LETTERS, TEXTS = 1_000_000, 9
"""More than SQLite keeps in its log before it takes it into the file."""


def test_a_large_file_is_merged_into_a_new_one(program: Program, tmp_path: Path) -> None:
    reports = [
        {
            "report_number": number,
            "title": "A robot",
            "text": f"It stood on ramp {number}. " + "and stood " * (LETTERS // 10),
        }
        for number in range(TEXTS)
    ]
    (tmp_path / "reports.json").write_text(json.dumps(reports), encoding="utf-8")
    assert program("--db", "sent.db", "--as", "eva", "import", "reports.json").code == 0
    for _ in range(2):
        said = program("--db", "new.db", "--as", "ben", "merge", "sent.db")
        assert said.code == 0, said.err
    assert "another file" not in said.err
    assert program("--db", "new.db", "--as", "ben", "doctor").code == 0
    assert not list(tmp_path.glob("*.rescued"))
