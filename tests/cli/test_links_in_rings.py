"""What the system does not let be looked at or read: that is what is said, and not that nothing is there."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program

RING = "Too many levels of symbolic links"
WAYS = {
    "--db ring.db list": 8,
    "--db ring.db doctor": 8,
    "--db ring.db import a.txt": 8,
    "import ring.txt": 5,
    "merge ring.db": 5,
    "verify ring.db": 8,
    "restore ring.db": 8,
    "sync ring.db": 8,
    "salvage ring.db --out new.db": 5,
    "assign --taxonomy MIT --to eve --keys ring.txt": 5,
    "taxonomy check ring.txt": 4,
    "backup ring.db": 7,
    "export csv --out ring.txt": 7,
    "bundle ring.txt": 7,
    "import a.txt --report ring.txt": 7,
    "bundle new.bundle --since ring.txt": 5,
    "report ring.txt": 7,
    "taxonomy new mine --out ring.txt": 7,
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


def test_a_file_that_may_not_be_read_is_no_mistake_of_the_command(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root may read all, the system is made to refuse the file."""
    closed, access, opened = tmp_path / "closed.md", os.access, Path.open
    closed.write_text("One.\n", encoding="utf-8")
    assert program("import", closed).code == 0

    def refuse(file: Path, *how: Any, **said: Any) -> Any:
        if file.name == closed.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return opened(file, *how, **said)

    monkeypatch.setattr(os, "access", lambda path, *how, **said: closed.name not in str(path) and access(path, *how))
    monkeypatch.setattr(Path, "open", refuse)
    for line in ("import closed.md", "merge closed.md"):
        said = program("--as", "ann", *line.split())
        assert (said.code, "closed.md: cannot be read (Permission denied" in said.err) == (5, True), (line, said.err)


def test_what_may_not_be_looked_at_is_told_of_what_was_named(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a damaged database is not searched for taxonomies before the database itself is looked at."""
    (tmp_path / "a.txt").write_text("One.\n", encoding="utf-8")
    assert program("import", "a.txt").code == 0
    stat = Path.stat

    def refuse(path: Path, **how: Any) -> os.stat_result:
        if tmp_path / "no" in path.absolute().parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", refuse)
    for line, code in {"salvage no/n.db --out new.db": 5, "merge no/n.db": 5, "report no/page.html": 7}.items():
        said = program("--as", "ann", *line.split())
        assert (said.code, said.err.startswith(line.split()[1])) == (code, True), (line, said.err)
        assert "taxonomies" not in said.err
