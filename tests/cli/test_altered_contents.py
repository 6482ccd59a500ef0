"""What is altered beside the events is found by its owner before others refuse it, and there is a way out."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

TEXT = "UPDATE reports SET text = 'Another text altogether' WHERE id = (SELECT min(id) FROM reports)"
CURES = {
    "text": (TEXT, "d:r1", "merge"),
    "taxonomy": (
        'UPDATE taxonomies SET document = replace(document, \'"label":"\', \'"label":"Not \')',
        "the taxonomy 'desk', version 1,",
        "merge",
    ),
    "name": ("UPDATE people SET added_as = 'mallory' WHERE name = 'ann'", "calls somebody 'mallory'", "doctor"),
    "kind": ("UPDATE people SET kind = 'model' WHERE name = 'ann'", "calls somebody 'ann' (model, ", "doctor"),
    "result": ("UPDATE people SET added_as = 'eve' WHERE name = 'AIID'", "calls somebody 'eve'", "doctor"),
}


@pytest.fixture
def lead(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Lead, who dealt work out to Ann and did some, and has a bundle of all of it."""
    lead, _ = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    assert lead("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "3").code == 0
    lead.hand_in("d:1", "Leadtell")
    assert lead("bundle", tmp_path / "before.bundle").code == 0
    lead.fine()
    return lead


def alter(laptop: Laptop, statement: str) -> None:
    """Alter the file as somebody does who knows it, and let what is computed fit that."""
    with closing(sqlite3.connect(laptop.path)) as file, file:
        file.execute(statement)
        file.execute("INSERT INTO search (search) VALUES ('rebuild')")


@pytest.mark.parametrize("what", CURES)
def test_what_was_altered_is_found_as_others_find_it_and_mended(
    lead: Laptop, program: Program, tmp_path: Path, what: str
) -> None:
    statement, words, cure = CURES[what]
    before = lead.digest
    alter(lead, statement)
    said = lead("bundle", tmp_path / "after.bundle")
    if what == "result":  # which no bundle tells, because it is the same everywhere
        assert said.code == program("verify", tmp_path / "after.bundle").code == 0
    else:
        assert (said.code, words in said.err, "nothing is passed on" in said.err) == (6, True, True)
        assert program("--db", "other.db", "merge", lead.path).code == 5, "this is what everybody else says"
    for said in (lead("verify"), program("verify", lead.path)):
        assert said.code == 1
        assert "not sound" in said.out
        assert words in said.out.partition("altered: ")[2]
    (found,) = lead("verify", "--json").json
    assert (found["sound"], len(found["altered"])) == (False, 1)
    said = lead("doctor")
    assert said.code == 1
    assert words in said.out.partition("found  texts, taxonomies and people unaltered")[2]
    cures = {"merge": ("merge", str(tmp_path / "before.bundle")), "doctor": ("doctor", "--rebuild")}
    assert lead(*cures[cure]).code == 0
    lead.fine()
    assert lead.digest == before
    assert lead("bundle", tmp_path / "mended.bundle").code == 0
    assert program("verify", tmp_path / "mended.bundle").code == 0


def test_a_text_that_was_altered_comes_back_with_its_source(program: Program) -> None:
    source = Path("one.json")
    source.write_text(json.dumps([{"report_number": 1, "title": "One", "text": "A robot hit a cyclist."}]))
    assert program("import", source).code == 0
    with closing(sqlite3.connect("annotator.db")) as file, file:
        file.execute("UPDATE subjects SET title = 'Two'")
        file.execute(TEXT)
        file.execute("INSERT INTO search (search) VALUES ('rebuild')")
    said = program("verify")
    assert (said.code, "the text of aiid:r1 is not the one" in said.out) == (1, True)
    assert "import its source again" in said.out
    (report,) = program("import", source, "--json").json
    assert report["counts"]["reports"] == {"added": 0, "updated": 1, "unchanged": 0}
    assert program("verify").code == program("doctor").code == 0
    with closing(sqlite3.connect("annotator.db")) as file:
        assert file.execute("SELECT text FROM reports").fetchall() == [("A robot hit a cyclist.",)]
        assert file.execute("SELECT count(*) FROM subjects").fetchone() == (1,)
    (report,) = program("import", source, "--json").json
    assert report["counts"]["reports"]["unchanged"] == 1


def test_an_earlier_text_and_what_no_report_says_are_found_too(program: Program) -> None:
    source = Path("one.json")
    for text in ("A robot hit a cyclist.", "A robot hit a cyclist. Corrected."):
        source.write_text(json.dumps([{"report_number": 1, "title": "One", "text": text}]))
        assert program("import", source).code == 0
    assert program("verify").code == 0
    with closing(sqlite3.connect("annotator.db")) as file, file:
        file.execute("UPDATE subject_versions SET content = replace(content, 'hit', 'missed')")
    assert "an earlier text of aiid:r1 is not the one" in program("verify").out
    with closing(sqlite3.connect("annotator.db")) as file, file:
        file.execute("UPDATE reports SET authors = '{}'")
    assert "aiid:r1 says what no report can say" in program("doctor").out
