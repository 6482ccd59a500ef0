"""Importing and exporting from the command line, with their reports, words and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.errors import StoreBusyError
from annotator.model.classification import Answer
from tests.cli.conftest import Program

GOOD = [
    {"subject": "demo:2", "taxonomy": "small", "annotator": "ann", "answers": {"outcome": {"value": "near"}}},
    {"subject": "demo:9", "taxonomy": "small", "annotator": "ann", "answers": {"outcome": {"value": "far"}}},
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two classifications, one with a value its field does not permit."""
    path = tmp_path / "good.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in GOOD), encoding="utf-8")
    return path


def test_an_import_ends_with_counts_losses_and_issues(program: Program, eva: Desk, source: Path) -> None:
    said = program("import", source)
    assert (said.code, said.out) == (0, "")
    assert "good.jsonl: annotator_export\n  classifications: 2 added, 0 updated, 0 unchanged\n" in said.err
    assert "1 value kept as import issues" in said.err
    (issue,) = program("issues", "--json").json
    assert (issue["subject"], issue["field"], issue["place"]) == ("demo:9", "outcome", "good.jsonl line 2")
    assert "'far' is not one of the choices" in issue["problem"]
    table = program("issues")
    assert table.err == "1 issue.\n"
    assert table.out.splitlines()[1].startswith("good.jsonl  good.jsonl line 2  demo:9")


def test_the_same_again_changes_nothing(program: Program, eva: Desk, source: Path) -> None:
    program("import", source)
    before = program("export", "jsonl").out
    (report,) = program("import", source, "--json").json
    assert report["counts"] == {"classifications": {"added": 0, "updated": 0, "unchanged": 2}}
    assert program("export", "jsonl").out == before


def test_the_report_is_one_document_on_stdout_or_in_a_file(program: Program, eva: Desk, source: Path) -> None:
    said = program("import", source, "--json", "--report", "report.json")
    (report,) = said.json
    assert list(report) == ["source", "sha256", "format", "dry_run", "counts", "losses", "issues", "names", "apart"]
    assert json.loads(Path("report.json").read_text(encoding="utf-8")) == [report]


def test_losses_are_told_in_words(program: Program, eva: Desk, tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text(
        "subject,taxonomy,annotator,field,value,state\ndemo:2,small,ann,outcome,near,answered\n", encoding="utf-8"
    )
    said = program("import", "long.csv")
    assert (
        "not carried over:\n    1 × classifications with no status: new ones come as drafts, others keep theirs"
        in said.err
    )


def status_of(program: Program, *more: str, annotator: str = "bob") -> str:
    """How somebody's classification stands, in the database that `more` names."""
    (found,) = program(*more, "export", "json", "--annotator", annotator).json
    return str(found["status"])


@pytest.mark.parametrize(
    ("form", "shape"), [("csv", "long"), ("json", ""), ("jsonl", "")], ids=["csv", "json", "jsonl"]
)
def test_a_draft_that_is_exported_and_imported_stays_a_draft(
    program: Program, eva: Desk, form: str, shape: str
) -> None:
    program("--as", "bob", "classify", "demo:2", "--taxonomy", "small", "--set", "words=alone")
    program("export", form, "--annotator", "bob", "--out", "bob", *(["--shape", shape] if shape else []))
    assert program("import", "bob").code == 0
    assert status_of(program) == "draft"
    assert program("--db", "fresh.db", "--taxonomies", "taxonomies", "import", "bob").code == 0
    assert status_of(program, "--db", "fresh.db", "--taxonomies", "taxonomies") == "draft"


def test_a_table_without_a_status_hands_nothing_in_and_takes_nothing_back(
    program: Program, eva: Desk, tmp_path: Path
) -> None:
    program("--as", "bob", "classify", "demo:2", "--taxonomy", "small", "--set", "outcome=near")
    (tmp_path / "handed-in.jsonl").write_text(json.dumps({**GOOD[0], "subject": "demo:10", "status": "submitted"}))
    program("import", "handed-in.jsonl")
    rows = ("demo:2,small,bob,words,alone,answered", "demo:10,small,ann,words,together,answered")
    Path("long.csv").write_text(
        "\n".join(("subject,taxonomy,annotator,field,value,state", *rows, "")), encoding="utf-8"
    )
    assert "0 added, 1 updated, 0 unchanged, 1 kept beside" in program("import", "long.csv").err
    assert (status_of(program), status_of(program, annotator="ann")) == ("draft", "submitted")
    fresh = ("--db", "fresh.db", "--taxonomies", "taxonomies")
    program(*fresh, "import", "long.csv")
    assert (status_of(program, *fresh), status_of(program, *fresh, annotator="ann")) == ("draft", "draft")


def test_a_rehearsal_keeps_nothing(program: Program, eva: Desk, source: Path) -> None:
    said = program("import", source, "--dry-run")
    assert "rehearsed: nothing was kept" in said.err
    assert "2 added" in said.err
    assert program("export", "jsonl").out == ""
    assert program("issues", "--json").json == []


def test_a_rehearsal_without_a_database_makes_none(program: Program, source: Path, tmp_path: Path) -> None:
    assert program("import", source, "--dry-run").code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["good.jsonl"]


def test_after_a_path_that_fails_the_others_are_imported(program: Program, eva: Desk, source: Path) -> None:
    Path("broken.json").write_text('[{"subject": "a", "taxonomy"', encoding="utf-8")
    said = program("import", "nowhere.json", "broken.json", source, "--format", "annotator-export", "--json")
    assert said.code == 5
    assert [each["source"] for each in said.json] == ["good.jsonl"]
    assert "nowhere.json: there is no such file or folder" in said.err
    assert "broken.json" in said.err


def test_where_nothing_can_be_read_no_database_is_made(program: Program, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    said = program("import", "picture.png", "nowhere")
    assert said.code == 5
    assert "picture" in said.err
    assert "nowhere: there is no such file or folder" in said.err
    assert [each.name for each in tmp_path.iterdir()] == ["picture.png"]


def test_a_database_that_cannot_be_written_stops_the_import(
    program: Program, eva: Desk, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusyError("another program is writing")

    monkeypatch.setattr("annotator.desk.exchange.importing.import_path", busy)
    said = program("import", source, source)
    assert (said.code, said.err) == (6, "another program is writing\n")


def test_an_unknown_format_is_refused_with_the_names_there_are(program: Program, eva: Desk, source: Path) -> None:
    said = program("import", source, "--format", "csv")
    assert said.code == 2
    assert "aiid_snapshot" in said.err
    assert program("import").code == 2


def test_the_formats_are_listed(program: Program) -> None:
    names = [each["name"] for each in program("formats", "--json").json]
    assert {"aiid_snapshot", "report_page", "annotator_export"} <= set(names)
    assert all(name in program("formats").out for name in names)


WHAT = "Classifications: 1 as their annotators gave them."


def test_an_export_goes_to_stdout_or_into_a_file(program: Program, eva: Desk) -> None:
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    for arguments in (["csv"], ["csv", "--shape", "wide"], ["json"], ["jsonl"]):
        printed = program("export", *arguments)
        assert (printed.code, printed.err) == (0, f"{WHAT}\n")
        written = program("export", *arguments, "--out", "out")
        assert (written.code, written.out, written.err) == (0, "", f"out: written.\n{WHAT}\n")
        assert Path("out").read_bytes().decode() == printed.out


def test_an_export_takes_filters(program: Program, eva: Desk) -> None:
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    Desk(eva.project, "ann", 2).tagging.note("demo:2", "GMF", "x")
    assert len(program("export", "json").json) == 2
    assert len(program("export", "json", "--taxonomy", "gmf").json) == 1
    assert len(program("export", "json", "--annotator", "eva").json) == 1
    assert [each["annotator"] for each in program("export", "json", "--round", "2").json] == ["ann"]
    assert [each["annotator"] for each in program("--round", "1", "export", "json").json] == ["eva"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["xml"], 2),
        (["json", "--shape", "wide"], 2),
        (["csv", "--shape", "round"], 2),
        (["csv", "--taxonomy", "nope"], 3),
        (["csv", "--annotator", "nope"], 3),
        (["csv", "--out", "no/such/folder.csv"], 7),
        (["csv", "--out", "."], 7),
        (["csv", "--out", "annotator.db"], 2),
    ],
)
def test_an_export_that_cannot_be_is_refused(program: Program, eva: Desk, arguments: list[str], code: int) -> None:
    said = program("export", *arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_an_export_shown_in_a_terminal_cannot_steer_it(
    program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    eva.tagging.note("demo:2", "small", "note \x9b\u202e")
    eva.tagging.answer("demo:2", "small", "words", Answer(value="\x1b[2J\u202e"))
    raw = program("export", form).out
    monkeypatch.setattr("annotator.cli.printing.is_shown", lambda: True)
    shown = program("export", form).out
    assert not any(sign in shown for sign in "\x1b\x9b\u202e")
    if form == "json":
        assert json.loads(shown) == json.loads(raw)
