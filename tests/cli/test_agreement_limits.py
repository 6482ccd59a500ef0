"""Agreement where there is little to say, or far too much: always an answer in words, and one document at most."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from annotator.model.record import ClassificationRecord, RawValue
from tests.cli.conftest import Program, Said
from tests.comparison.classified import classified, crowd, verdicts, with_another_kind

ALL = ("--taxonomy", "compared")
TABLES: list[tuple[str, ...]] = [
    ("agreement",), ("agreement", "--all"), ("agreement", "--field", "verdict"), ("agreement", "pairs"),
    ("agreement", "confusion", "--field", "verdict"), ("agreement", "annotators"), ("disagreements",),
    ("disagreements", "--likely"),
]  # fmt: skip


def asked(program: Program, folder: Path, *arguments: str) -> Said:
    return program("--db", folder / "desk.db", *arguments, *ALL)


def documents(program: Program, folder: Path) -> list[tuple[tuple[str, ...], Any, str]]:
    """Every table as a document, with what was said beside it."""
    found = []
    for table in TABLES:
        said = asked(program, folder, *table, "--json")
        assert said.code == 0, said.err
        assert said.err.strip()
        found.append((table, json.loads(said.out), said.err))
    return found


@pytest.mark.parametrize("table", TABLES)
def test_unknown_names_are_no_document(program: Program, tmp_path: Path, table: tuple[str, ...]) -> None:
    classified(tmp_path, {"ann": verdicts("yes"), "bob": verdicts("no")}).store.close()
    for arguments in (("--taxonomy", "compard"), ("--taxonomy", "compared", "--field", "verdikt")):
        said = program("--db", tmp_path / "desk.db", *table, *arguments, "--json")
        assert (said.code, said.out) == (3, "")
        assert "did you mean" in said.err


def test_one_annotator_only(program: Program, tmp_path: Path) -> None:
    classified(tmp_path, {"ann": verdicts("yes", "no")}).store.close()
    for table, rows, err in documents(program, tmp_path):
        assert "only ann (2) handed anything in; agreement needs two annotators" in err
        assert all(row["pairable"] == 0 for row in rows) if "pairable" in str(rows) else rows == [], table


def test_only_what_aiid_published(program: Program, tmp_path: Path) -> None:
    classified(tmp_path, {"AIID": verdicts("yes", "no")}).store.close()
    for _, _, err in documents(program, tmp_path):
        assert "only AIID's published work (2); nothing to compare" in err
    assert "What AIID published is left out" in program("--db", tmp_path / "desk.db", "agreement", "--json").err
    said = program("--db", tmp_path / "desk.db", "report", tmp_path / "page.html", *ALL)
    assert said.code == 0
    assert "only AIID&#x27;s published work (2)" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_no_overlap(program: Program, tmp_path: Path) -> None:
    classified(tmp_path, {"ann": verdicts("yes", None), "bob": verdicts(None, "no")}).store.close()
    for _, _, err in documents(program, tmp_path):
        assert "no subject classified by two or more" in err
    assert "no overlap" in asked(program, tmp_path, "agreement").out


def test_all_equal(program: Program, tmp_path: Path) -> None:
    classified(tmp_path, {name: verdicts("yes", "yes") for name in ("ann", "bob", "eve")}).store.close()
    found = {table: rows for table, rows, _ in documents(program, tmp_path)}
    row = found["agreement",][0]
    assert (row["percent"], row["alpha"], row["fleiss_kappa"]) == (100, None, None)
    assert "only one category" in row["undefined"]
    assert {pair["kappa"] for pair in found["agreement", "pairs"]} == {None}
    assert "No kappa in 3 of 3 rows: only one category" in asked(program, tmp_path, "agreement", "annotators").err
    assert found["disagreements",] == []
    assert "only one category observed" in asked(program, tmp_path, "agreement").out


@pytest.mark.long
def test_ten_thousand_annotators(program: Program, tmp_path: Path) -> None:
    crowd(tmp_path, 10_000, 2).store.close()
    started = time.monotonic()
    for table in TABLES:
        said = asked(program, tmp_path, *table)
        assert len(said.out) < 2_000_000
        assert said.code in (0, 2)
        assert "10,000 annotators" in said.err
        if said.code:
            assert said.out == ""
            assert "--annotators" in said.err
    said = program("--db", tmp_path / "desk.db", "report", tmp_path / "page.html")
    assert said.code == 0
    assert (tmp_path / "page.html").stat().st_size < 200_000
    assert time.monotonic() - started < 120


def test_a_field_whose_kind_changed(program: Program, tmp_path: Path) -> None:
    with_another_kind(tmp_path).store.close()
    for table in (("agreement", "--field", "grade"), ("agreement", "pairs", "--field", "grade")):
        said = asked(program, tmp_path, *table, "--json")
        assert "grade was of kind scale in version 1; answers under that version are left out" in said.err
        assert said.json[0].get("pairable", said.json[0]["units"]) == 1


def test_values_that_do_not_fit_are_counted_apart(program: Program, tmp_path: Path) -> None:
    from annotator.desk.exchange.importing import import_records

    project = classified(tmp_path, {"ann": verdicts("yes", "no"), "bob": verdicts("yes", "no")})
    wrong = ClassificationRecord(
        subject="demo:1", taxonomy="compared", annotator="eve", values=(RawValue("Verdict", "perhaps"),),
        status="submitted", place="row 1",
    )  # fmt: skip
    import_records(project, [wrong], "other")
    project.store.close()
    found = {table: (rows, err) for table, rows, err in documents(program, tmp_path)}
    rows, err = found["agreement",]
    assert (rows[0]["units"], rows[0]["pairable"], rows[0]["percent"]) == (2, 2, 100)
    assert "1 imported value that does not fit is no answer and counted nowhere" in err
    assert {(row["a"], row["b"]) for row in found["agreement", "pairs"][0]} == {("ann", "bob")}
    assert found["agreement", "confusion", "--field", "verdict"][0] == []


def test_a_field_that_is_not_compared_says_so_everywhere(program: Program, tmp_path: Path) -> None:
    classified(tmp_path, {"ann": [{"remarks": "x"}], "bob": [{"remarks": "y"}]}).store.close()
    for table in (("agreement",), ("agreement", "pairs"), ("agreement", "annotators")):
        said = asked(program, tmp_path, *table, "--field", "remarks", "--json")
        assert said.code == 0
        assert "remarks is not compared: free text" in said.err
