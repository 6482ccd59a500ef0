"""Taxonomies and texts that were in a file and are gone are missed; what was never given, or left out, is not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, laptops

TEXT = "A robot hit a cyclist on the ramp."
NO_TAXONOMY = "the taxonomy {} version 1, which work was done under, is not in the file; merge a copy"
NO_TEXT = "the text of aiid:r1 is not in the file; import its source again, or merge a copy"


@pytest.fixture
def worked(program: Program) -> Program:
    """A report whose text was corrected, and an answer about it."""
    for text in (TEXT, f"{TEXT} Corrected."):
        source = [{"report_number": 1, "title": "One", "text": text}, {"report_number": 2, "title": "Two", "text": ""}]
        Path("reports.json").write_text(json.dumps(source), encoding="utf-8")
        assert program("import", "reports.json").code == 0
    said = program("--as", "bob", "classify", "aiid:r1", "--taxonomy", "harm_type", "--note", "Bob")
    assert (said.code, program("doctor").code) == (0, 0)
    assert program("backup", "copy.db").code == 0
    return program


def alter(statement: str) -> None:
    with closing(sqlite3.connect("annotator.db")) as file, file:
        file.execute(statement)
        file.execute("INSERT INTO search (search) VALUES ('rebuild')")


def finds(program: Program, words: str, *, file: str = "annotator.db") -> bool:
    """Whether the doctor and `verify` find something, and both say so."""
    found = [program("--db", file, "doctor"), program("--db", file, "verify")]
    assert len({(said.code, words in said.out) for said in found}) == 1, found
    assert (found[0].code == 1) == (words in found[0].out), found[0].out
    return found[0].code == 1


def test_a_taxonomy_that_is_gone_is_missed_and_comes_back(worked: Program) -> None:
    alter("DELETE FROM taxonomies")
    words = NO_TAXONOMY.format("harm_type")
    assert finds(worked, words)
    said = worked("salvage", "annotator.db", "--out", "new.db")
    assert (said.code, "the taxonomy harm_type version 1 cannot be read" in said.out) == (1, True)
    assert finds(worked, words, file="new.db")
    assert worked("--db", "new.db", "merge", "copy.db").code == 0
    assert not finds(worked, words, file="new.db")
    assert worked("doctor", "--rebuild").code == 0
    assert (
        worked("verify", "--json").json[0]["digest"] == worked("--db", "copy.db", "verify", "--json").json[0]["digest"]
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports SET text = 'Another text.' WHERE text != ''",
        "UPDATE reports SET text = '' WHERE text != ''",
        "DELETE FROM reports WHERE text != ''",
    ],
)
@pytest.mark.parametrize("back", ["import", "merge"])
def test_a_text_that_salvage_lost_is_missed_until_it_is_back(worked: Program, statement: str, back: str) -> None:
    alter(statement)
    said = worked("salvage", "annotator.db", "--out", "new.db")
    if "SET text = ''" not in statement:
        assert (said.code, "the text of aiid:r1 cannot be read" in said.out) == (1, True)
    assert finds(worked, NO_TEXT, file="new.db")
    assert "aiid:r2" not in worked("--db", "new.db", "doctor").out
    assert worked("--db", "new.db", back, {"import": "reports.json", "merge": "copy.db"}[back]).code == 0
    assert not finds(worked, NO_TEXT, file="new.db")


def test_an_earlier_text_that_is_gone_is_missed(worked: Program) -> None:
    alter("UPDATE subject_versions SET content = NULL")
    words = "an earlier text of aiid:r1 (version "
    assert finds(worked, words)
    alter("UPDATE subject_versions SET content = '[]' WHERE run IS NOT NULL")
    said = worked("salvage", "annotator.db", "--out", "new.db")
    assert (said.code, words in said.out) == (1, True)
    assert finds(worked, words, file="new.db")
    assert worked("--db", "new.db", "merge", "copy.db").code == 0
    assert not finds(worked, words, file="new.db")


def test_what_is_left_out_of_what_is_sent_is_not_missed(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, bob = laptops(tmp_path, program, monkeypatch, "kim", "bob")
    kim.hand_in("d:1", "Kim")
    for options in (("--no-texts",), ("--for", "bob"), ()):
        assert kim("bundle", tmp_path / "some.bundle", *options).code == 0, options
        assert bob("merge", tmp_path / "some.bundle").code == 0
        bob.fine()
        if options == ("--no-texts",):
            bob.hand_in("d:2", "Bob")
            assert kim("merge", bob.path).code == 0
    with closing(sqlite3.connect(bob.path)) as file, file:
        file.execute("DELETE FROM taxonomies")
    assert NO_TAXONOMY.format(NS) in bob("doctor").out
