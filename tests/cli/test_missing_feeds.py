"""A feed of which nothing is left in the log is missed, and what only the tables still tell of it is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program
from tests.cli.test_salvaging import by_another_program

KEPT = Path("annotator.db.before-rebuild.backup")
THEIRS = "SELECT id, uid FROM feeds WHERE founder ->> 4 = 'bob'"


@pytest.fixture
def worked_in(program: Program, eva: Desk, tmp_path: Path) -> str:
    """A closed database in which three people worked, and a backup of it; the uid of Bob's feed."""
    eva.tagging.note("demo:2", "small", "by eva")
    eva.close()
    for given in (("classify", "demo:2", "--taxonomy", "small", "--note", "by bob"), ("comment", "demo:10", "unsure")):
        assert program("--as", "bob", *given).code == 0
    assert program("--as", "ann", "classify", "demo:10", "--taxonomy", "small", "--note", "more").code == 0
    assert program("backup", "whole.db").code == 0
    with by_another_program() as connection:
        ((_, uid),) = connection.execute(THEIRS).fetchall()
    return str(uid)


def lose(tmp_path: Path, *, row: bool, memory: bool) -> None:
    """Delete Bob's events; their feed's row and what anybody was told of it with them."""
    with by_another_program() as connection:
        ((feed, uid),) = connection.execute(THEIRS).fetchall()
        connection.execute("DELETE FROM events WHERE feed = ?", (feed,))
        if row:
            connection.execute("DELETE FROM feeds WHERE id = ?", (feed,))
        if memory:
            connection.execute("DELETE FROM heads WHERE feed = ?", (uid,))
    if memory:
        for each in tmp_path.rglob("replicas"):
            shutil.rmtree(each)


@pytest.mark.parametrize(("row", "memory"), [(False, False), (True, False), (True, True)])
def test_a_feed_that_is_gone_is_missed_before_and_after_rebuilding(
    program: Program, worked_in: str, tmp_path: Path, row: bool, memory: bool
) -> None:
    lose(tmp_path, row=row, memory=memory)
    missing = f"feed {'number 3' if memory else worked_in} of {'nobody named' if row else 'bob'}, event"
    said = program("doctor")
    assert said.code == 1
    assert missing in said.out
    rebuilt = program("doctor", "--rebuild")
    assert rebuilt.code == 1
    assert missing in rebuilt.out
    assert "left out, because it has no events: demo:2 small bob round 1" in rebuilt.err
    assert f"{KEPT}: is the file as it was before" in rebuilt.err
    for file, is_there in (("annotator.db", False), (str(KEPT), True)):
        assert ("by bob" in program("--db", file, "--as", "bob", "show", "demo:2").out) is is_there
        assert ("unsure" in program("--db", file, "--as", "bob", "comments", "demo:10").out) is is_there
    assert program("doctor", "--rebuild").code == 1
    assert len(list(tmp_path.glob("*before-rebuild*"))) == 1


@pytest.mark.parametrize(("row", "memory"), [(False, False), (True, False), (True, True)])
def test_a_merge_of_a_copy_that_has_the_feed_makes_the_file_whole(
    program: Program, worked_in: str, tmp_path: Path, row: bool, memory: bool
) -> None:
    lose(tmp_path, row=row, memory=memory)
    assert program("doctor", "--rebuild").code == 1
    assert program("merge", "whole.db").code == 0
    assert program("doctor").code == 0
    assert "by bob" in program("--as", "bob", "show", "demo:2").out


def test_what_was_put_into_the_tables_alone_goes_and_is_kept(program: Program, worked_in: str, tmp_path: Path) -> None:
    with by_another_program() as connection:
        connection.execute("UPDATE classifications SET annotator = 'mallory' WHERE notes = 'by bob'")
    rebuilt = program("doctor", "--rebuild")
    assert rebuilt.code == 0, rebuilt.out
    assert "demo:2 small mallory round 1" in rebuilt.err
    assert KEPT.exists()
