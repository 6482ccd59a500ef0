"""Links that lead to each other: that is what is said, and not that nothing is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program

RING = "Too many levels of symbolic links"
WAYS = {
    "--db ring.db list": 8,
    "--db ring.db doctor": 8,
    "--db ring.db import a.txt": 8,
    "import ring.txt": 5,
    "merge ring.db": 8,
    "verify ring.db": 8,
    "restore ring.db": 8,
    "sync ring.db": 8,
    "salvage ring.db --out new.db": 8,
    "assign --taxonomy MIT --to eve --keys ring.txt": 8,
    "taxonomy check ring.txt": 4,
    "backup ring.db": 7,
    "export csv --out ring.txt": 8,
    "bundle ring.txt": 8,
    "import a.txt --report ring.txt": 8,
}


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    """A folder with a text, and two links in a ring for a database and for a text."""
    (tmp_path / "a.txt").write_text("One.\n", encoding="utf-8")
    for ending in ("db", "txt"):
        (tmp_path / f"ring.{ending}").symlink_to(f"other.{ending}")
        (tmp_path / f"other.{ending}").symlink_to(f"ring.{ending}")
    return tmp_path


@pytest.mark.parametrize("line", WAYS)
def test_a_ring_of_links_is_told_as_that(rings: Path, program: Program, line: str) -> None:
    assert program("import", "a.txt").code == 0
    said = program("--as", "ann", *line.split())
    assert (said.code, RING in said.err) == (WAYS[line], True), said.err
    assert all((rings / f"ring.{ending}").is_symlink() for ending in ("db", "txt"))
