"""Where a classification was imported from: told by `show` and every export, the same on every replica."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program


def written(path: Path, value: str = "near", **more: Any) -> str:
    """A file with one classification of ann's; gives its hash."""
    said = {
        "subject": "demo:2", "taxonomy": "small", "annotator": "ann", "status": "submitted",
        "answers": {"outcome": {"value": value}}, **more,
    }  # fmt: skip
    path.write_text(json.dumps(said), encoding="utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def origin(program: Program, *more: str) -> dict[str, Any]:
    """Where each classification came from, by annotator."""
    return {each["annotator"]: each["imported_from"] for each in program(*more, "export", "json").json}


@pytest.fixture
def entered(eva: Desk) -> Desk:
    """Somebody who handed in here, and so sees what is imported."""
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    eva.tagging.submit("demo:2", "small")
    return eva


def test_what_was_imported_tells_from_which_file_by_whom_and_when(
    program: Program, entered: Desk, tmp_path: Path
) -> None:
    digest = written(tmp_path / "their work.jsonl")
    program("--as", "eva", "import", tmp_path / "their work.jsonl")
    told = origin(program)
    at = told["ann"].pop("at")
    assert told == {"ann": {"source": "their work.jsonl", "sha256": digest, "by": "eva"}, "eva": None}
    lines = [json.loads(line)["imported_from"] for line in program("export", "jsonl").out.splitlines()]
    assert lines == [{**told["ann"], "at": at}, None]
    shown = program("show", "2", "--json").json["classifications"]
    assert [each["imported_from"] for each in shown] == lines
    text = program("show", "2").out
    assert f"  imported from their work.jsonl (SHA-256 {digest[:12]}…) by eva, 20" in text
    assert text.count("imported from") == 1


def test_the_tables_tell_it_in_columns(program: Program, entered: Desk, tmp_path: Path) -> None:
    digest = written(tmp_path / "=made.jsonl")
    program("import", tmp_path / "=made.jsonl")
    for shape in ("long", "wide"):
        found = list(csv.DictReader(io.StringIO(program("export", "csv", "--shape", shape).out)))
        columns = ("annotator", "imported_from", "imported_sha256")
        assert [[row[name] for name in columns] for row in found] == [["ann", "'=made.jsonl", digest], ["eva", "", ""]]
    (row,) = csv.DictReader(io.StringIO(program("export", "csv", "--shape", "subjects").out))
    assert [row[f"imported_from@{who}"] for who in ("ann", "eva", "gold")] == ["'=made.jsonl", "", ""]
    assert [row[f"imported_sha256@{who}"] for who in ("ann", "eva", "gold")] == [digest, "", ""]


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_an_export_that_is_imported_elsewhere_comes_from_itself(
    program: Program, entered: Desk, tmp_path: Path, form: str
) -> None:
    written(tmp_path / "made.jsonl")
    program("import", tmp_path / "made.jsonl")
    program("export", form, "--out", "out")
    fresh = ("--db", "fresh.db", "--taxonomies", "taxonomies")
    (report,) = program(*fresh, "import", "out", "--json").json
    assert (report["losses"], report["issues"]) == ([], 0)
    digest = hashlib.sha256((tmp_path / "out").read_bytes()).hexdigest()
    assert {(each["source"], each["sha256"]) for each in origin(program, *fresh).values()} == {("out", digest)}


def test_it_is_the_latest_import_that_was_taken_over(program: Program, entered: Desk, tmp_path: Path) -> None:
    written(tmp_path / "one.jsonl")
    program("import", tmp_path / "one.jsonl")
    before = origin(program)
    digest = written(tmp_path / "two.jsonl", "happened")
    program("import", tmp_path / "one.jsonl")
    assert origin(program) == before
    program("import", tmp_path / "two.jsonl")
    told = origin(program)["ann"]
    assert (told["source"], told["sha256"]) == ("two.jsonl", digest)
    assert program("doctor").code == 0


def test_an_import_that_stands_beside_work_done_here_is_not_where_that_came_from(
    program: Program, entered: Desk, tmp_path: Path
) -> None:
    written(tmp_path / "beside.jsonl", "happened", annotator="eva")
    program("import", tmp_path / "beside.jsonl")
    assert origin(program) == {"eva": None}
    assert program("doctor").code == 0


def test_a_merge_tells_it_in_the_same_bytes(program: Program, entered: Desk, tmp_path: Path) -> None:
    written(tmp_path / "made.jsonl")
    program("--as", "eva", "import", tmp_path / "made.jsonl")
    other = ("--db", "other.db", "--taxonomies", "taxonomies", "--as", "eva")
    program(*other, "import", tmp_path / "made.jsonl")
    written(tmp_path / "else.jsonl", annotator="zoe")
    program(*other, "import", tmp_path / "else.jsonl")
    assert program(*other, "merge", "annotator.db", "--join").code == 0
    assert program("merge", "other.db", "--join").code == 0
    for form in (("json",), ("jsonl",), ("csv",), ("csv", "--shape", "wide"), ("csv", "--shape", "subjects")):
        assert program("--as", "eva", "export", *form).out == program(*other, "export", *form).out
    assert origin(program)["zoe"]["source"] == "else.jsonl"
    assert program("doctor").code == program(*other, "doctor").code == 0
