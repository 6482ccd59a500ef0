"""What was done about one subject and stands under another is found, passed on to nobody, and put back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import laptops

RENAME = "UPDATE subjects SET key = '{}' WHERE key = '{}';"
FINDING = "found  texts, taxonomies and people unaltered"


def turned(*keys: str) -> str:
    """Each of some keys given to the subject of the next, and the first to that of the last."""
    steps = zip(("", *keys), (*keys, ""), strict=True)
    return "".join(RENAME.format(new or "away", old or "away") for new, old in steps)


ALTERED = {
    "with one nobody worked on": (turned("aiid:r1", "aiid:r3"), ["aiid:r1", "aiid:r3"]),
    "both worked on": (turned("aiid:r1", "aiid:r2"), ["aiid:r1", "aiid:r2"]),
    "three in turn": (turned("aiid:r1", "aiid:r2", "aiid:r3"), ["aiid:r1", "aiid:r3"]),
    "renamed": (RENAME.format("aiid:r9999", "aiid:r1"), ["aiid:r1", "aiid:r9999"]),
    "another's version": (
        """UPDATE subject_versions SET subject_id = (SELECT id FROM subjects WHERE key = 'aiid:r3')
           WHERE key = 'aiid:r1'""",
        ["aiid:r1", "aiid:r3"],
    ),
    "the key of a version": (
        "UPDATE subject_versions SET key = 'aiid:r77' WHERE key = 'aiid:r1'",
        ["aiid:r77", "aiid:r1"],
    ),
}  # fmt: skip


@pytest.fixture
def worked(program: Program) -> Program:
    """Three reports, of which Bob answered the first two."""
    texts = ("A robot hit a cyclist on the ramp.", "The storm flooded the archive.", "Somebody fell from a chair.")
    reports = [{"report_number": n, "title": f"Report {n}", "text": text} for n, text in enumerate(texts, 1)]
    Path("reports.json").write_text(json.dumps(reports), encoding="utf-8")
    assert program("import", "reports.json").code == 0
    for key in ("aiid:r1", "aiid:r2"):
        said = program("--as", "bob", "classify", key, "--taxonomy", "harm_type", "--note", f"of {key}")
        assert said.code == 0, said.err
    return program


def alter(statements: str, path: Path = Path("annotator.db")) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(statements)


def told(program: Program) -> tuple[str, str]:
    """What stands for all that is in the file, and what is handed on."""
    (found,) = program("verify", "--json").json
    return found["digest"], program("export", "jsonl").out


@pytest.mark.parametrize("how", ALTERED)
def test_answers_under_another_key_are_found_and_put_back(worked: Program, how: str) -> None:
    before = told(worked)
    statements, (key, there) = ALTERED[how]
    alter(statements)
    for said in (worked("doctor"), worked("verify")):
        assert said.code == 1
        (line,) = (line for line in said.out.splitlines() if f"what was done about {key} " in line)
        assert f" stands under {there}; `annotator doctor --rebuild` puts it back" in line
    for refused in (worked("--db", "other.db", "merge", "annotator.db"), worked("--as", "bob", "bundle", "a.bundle")):
        assert refused.code in {5, 6}
        assert f"what was done about {key} " in refused.err
    said = worked("doctor", "--rebuild")
    assert (said.code, FINDING in said.out) == (0, False), said.out
    assert told(worked) == before


def test_what_cannot_be_computed_is_said_to_be_so(worked: Program) -> None:
    Path("reports.json").write_text('[{"report_number": 1, "title": "One", "text": "Another text of the robot."}]')
    assert worked("import", "reports.json").code == 0
    alter("UPDATE subject_versions SET key = 'aiid:r77', seen = replace(seen, 'a', 'b') WHERE key = 'aiid:r1'")
    said = worked("doctor", "--rebuild")
    assert said.code == 1
    assert "stands under aiid:r1; which of the two is right cannot be computed; `annotator restore`" in said.out


def test_subjects_of_one_key_are_told_apart_by_what_is_their_own(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, bob = laptops(tmp_path, program, monkeypatch, "kim", "bob")
    for laptop, text in ((kim, "A robot stood on a ramp and did not move."), (bob, "The storm flooded the archive.")):
        source = laptop.folder / "one.json"
        source.write_text(json.dumps([{"report_number": 1, "title": laptop.name, "text": text}]), encoding="utf-8")
        assert laptop("import", source).code == 0
    assert kim("merge", "--join", bob.path).code == 0
    kim.fine()
    before = kim.digest
    one, other = sorted(line["key"] for line in kim("list", "--json").json if line["key"].startswith("aiid:r1"))
    alter(turned(one, other), kim.path)
    said = kim("doctor")
    assert (said.code, f"{other} has the key of another subject that its source calls alike" in said.out) == (1, True)
    assert kim("doctor", "--rebuild").code == 0
    kim.fine()
    assert kim.digest == before
