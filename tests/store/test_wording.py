"""What SQLite says, in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.store.wording import unsound


def damaged(path: Path, at: int, put: bytes) -> sqlite3.Connection:
    """A database whose one table has many pages, with other bytes in one place."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE texts (text)")
        connection.executemany("INSERT INTO texts VALUES (?)", [("x" * 900,)] * 40)
        connection.commit()
    content = bytearray(path.read_bytes())
    content[at : at + len(put)] = put
    path.write_bytes(content)
    return sqlite3.connect(path)


def test_a_sound_file_has_nothing_to_tell(tmp_path: Path) -> None:
    with closing(damaged(tmp_path / "a.db", 0, b"")) as connection:
        assert list(unsound(connection)) == list(unsound(connection, is_quick=True)) == []


@pytest.mark.parametrize("is_quick", [False, True])
def test_what_is_found_is_told_line_by_line_and_without_a_head(tmp_path: Path, is_quick: bool) -> None:
    with closing(damaged(tmp_path / "a.db", 4096 * 2 + 8, b"\x00\x01")) as connection:  # where no row can be
        found = list(unsound(connection, is_quick=is_quick))
    assert any("page 3" in line.lower() for line in found)
    assert not any("\n" in line or "***" in line or "error code" in line for line in found)


@pytest.mark.parametrize("is_quick", [False, True])
def test_no_key_of_a_sound_table_is_said_to_lack(is_quick: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:  # whose key has another order than its columns
        connection.execute("CREATE TABLE roles (a INT NOT NULL, b INT NOT NULL, c INT NOT NULL, PRIMARY KEY (a, c, b))"
                           " WITHOUT ROWID")  # fmt: skip
        connection.execute("INSERT INTO roles VALUES (1, 2, 3)")
        assert list(unsound(connection, is_quick=is_quick)) == []


def test_a_page_that_the_disk_does_not_give_is_told_by_its_reason() -> None:
    class Disk(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            return super().execute(
                "SELECT '*** in database main ***' || char(10) || 'Page 3: unable to get the page. error code=266'"
            )

    with closing(Disk(":memory:")) as connection:
        assert list(unsound(connection)) == ["Page 3: disk I/O error"]
