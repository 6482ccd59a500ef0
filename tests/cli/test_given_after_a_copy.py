"""What a bundle for one person withholds was never given, also to a file that began as a copy of the sender's."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.store.log.verifying import GIVEN
from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops


def empty(laptop: Laptop, key: str) -> None:
    """Take the content of the events about a subject away, past the program."""
    columns = "at, kind, subject, taxonomy, whose, round, version, replaces, payload, salt"
    sql = f"""UPDATE events SET ({columns}) = ({", ".join(["NULL"] * 10)}) WHERE kind = 'answer_set'
              AND subject IN (SELECT id FROM subject_versions WHERE key = ?)"""
    with closing(sqlite3.connect(laptop.path)) as connection, connection:
        connection.execute(sql, (key,))


@pytest.mark.parametrize("has_worked", [True, False])
def test_what_was_withheld_is_not_gone(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch, has_worked: bool
) -> None:
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident").code == 0
    kim.answer("d:1", "outcome=none")
    shutil.copyfile(kim.path, ann.path)
    if has_worked:
        ann.answer("d:2", "outcome=none")
    for number in range(3):
        kim.answer("d:3", "outcome=none", f"maker=kim {number}")
    assert kim("bundle", tmp_path / "for.bundle", "--for", "ann").code == 0
    said = ann("merge", tmp_path / "for.bundle")
    assert said.code == 0, said.err
    said = ann("doctor")
    assert said.code == 0, said.out
    said = ann("verify")
    assert (said.code, "withheld from what brought it" in said.out) == (0, True)
    empty(ann, "d:1")
    assert "its content is gone, though it was written here and not erased" in ann("doctor").out
    assert ann("merge", kim.path).code == 0
    ann.fine()


@pytest.mark.parametrize("has_worked", [True, False])
def test_what_an_earlier_version_took_in_may_be_withheld_or_gone(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch, has_worked: bool
) -> None:
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident").code == 0
    kim.answer("d:1", "outcome=none")
    shutil.copyfile(kim.path, ann.path)
    if has_worked:
        ann.answer("d:2", "outcome=none")
    for number in range(3):
        kim.answer("d:3", "outcome=none", f"maker=kim {number}")
    assert kim("bundle", tmp_path / "for.bundle", "--for", "ann").code == 0
    assert ann("merge", tmp_path / "for.bundle").code == 0
    ann.answer("d:3", "outcome=none")
    with closing(sqlite3.connect(ann.path)) as connection, connection:  # as such a version left it
        connection.execute("DELETE FROM heads WHERE told_by = ?", (GIVEN,))
    said = ann("doctor")
    assert (said.code, "is gone, or" in said.out) == (1, True), said.out
    assert "`annotator --db NEW merge` of this file" in said.out
    assert "though it was written here" not in said.out
    new = tmp_path / "new.db"
    assert ann("--db", new, "merge", ann.path).code == 0, "the way out"
    assert (new.exists(), ann("--db", new, "doctor").code) == (True, 0)
    assert ann("merge", kim.path).code == 0, "the other"
    ann.fine()
