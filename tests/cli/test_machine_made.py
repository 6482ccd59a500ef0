"""Who or what made a classification: said at the import, told by `show`, carried by every export and taken back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program
from tests.exporting.desks import wherever_from

PERSON = {"kind": "person"}
MODEL = {"kind": "model", "generator": "sorter", "version": "2", "configuration": "sha256:ab"}
SAYING = ["--by-model", " sorter ", "--model-version", "2", "--model-configuration", "sha256:ab"]
MIT = "Namespace,Incident ID,Published,Entity\nMIT,1,True,AI\n"
CSET = "Namespace,Incident ID,Published,Annotator,Deployed\nCSETv1,1,True,001,yes\n"


@pytest.fixture
def source(eva: Desk, tmp_path: Path) -> Path:
    """A classification that is attributed to ann, and does not say what made it."""
    path = tmp_path / "made.jsonl"
    said = {
        "subject": "demo:2", "taxonomy": "small", "annotator": "ann", "status": "submitted",
        "answers": {"outcome": {"value": "near"}},
    }  # fmt: skip
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def hand_in(eva: Desk) -> None:
    """What a person made, open to everybody."""
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    eva.tagging.submit("demo:2", "small")


def by(program: Program, *more: str) -> dict[str, Any]:
    """Who or what made each classification, by annotator."""
    return {each["annotator"]: each["by"] for each in program(*more, "export", "json").json}


def rows(program: Program, shape: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(program("export", "csv", "--shape", shape).out)))


def test_an_import_marks_what_a_model_made_and_leaves_the_annotator(program: Program, eva: Desk, source: Path) -> None:
    hand_in(eva)
    assert program("import", source, *SAYING).code == 0
    assert by(program) == {"ann": MODEL, "eva": PERSON}
    assert [json.loads(line)["by"] for line in program("export", "jsonl").out.splitlines()] == [MODEL, PERSON]
    shown = program("show", "2", "--json").json["classifications"]
    assert [each["by"] for each in shown] == [MODEL, PERSON]
    told = "submitted\n  made by the model sorter · version 2 · configuration sha256:ab\n"
    assert told in program("show", "2").out
    assert program("show", "2").out.count("made by") == 1


def test_the_tables_tell_it_in_columns(program: Program, eva: Desk, source: Path) -> None:
    hand_in(eva)
    program("import", source, *SAYING)
    columns = ("by", "generator", "generator_version", "generator_configuration", "reviewed_by")
    for shape in ("long", "wide"):
        assert [[row[name] for name in columns] for row in rows(program, shape)] == [
            ["model", "sorter", "2", "sha256:ab", ""],
            ["person", "", "", "", ""],
        ]
    (row,) = rows(program, "subjects")
    assert (row["by@ann"], row["by@eva"]) == ("model sorter 2", "person")


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_an_export_brings_the_mark_to_a_new_database(program: Program, eva: Desk, source: Path, form: str) -> None:
    hand_in(eva)
    said = json.loads(source.read_text(encoding="utf-8")) | {"by": {**MODEL, "reviewed_by": "=bob"}}
    source.write_text(json.dumps(said), encoding="utf-8")
    program("import", source)
    assert by(program)["ann"] == {**MODEL, "reviewed_by": "=bob"}
    program("export", form, "--out", "out")
    fresh = ("--db", "fresh.db", "--taxonomies", "taxonomies")
    (report,) = program(*fresh, "import", "out", "--json").json
    assert (report["losses"], report["issues"]) == ([], 0)
    assert by(program, *fresh) == by(program)
    assert wherever_from(program(*fresh, "export", "jsonl").out) == wherever_from(program("export", "jsonl").out)


def test_a_source_that_does_not_tell_takes_no_mark_away_and_a_person_can(
    program: Program, eva: Desk, source: Path
) -> None:
    program("import", source, *SAYING)
    program("import", source)
    assert by(program) == {"ann": MODEL}
    program("import", source, "--by-people")
    assert by(program) == {"ann": PERSON}
    program("import", source, "--by-model", "other")
    assert by(program) == {"ann": {"kind": "model", "generator": "other"}}
    assert [each["status"] for each in program("export", "json").json] == ["submitted"]


def test_a_file_that_does_not_tell_updates_nothing_that_is_marked(program: Program, eva: Desk, source: Path) -> None:
    unchanged, updated = ({"added": 0, "updated": n, "unchanged": 1 - n} for n in (0, 1))

    def imported(*options: str) -> object:
        (report,) = program("import", source, *options, "--json").json
        return report["counts"]["classifications"]

    assert imported()
    events = program("verify").out
    assert imported("--by-people") == unchanged, "nobody said that a model made it"
    assert imported(*SAYING) == updated
    marked = program("verify").out
    assert marked != events
    assert imported() == imported("--dry-run") == imported(*SAYING) == unchanged
    assert program("verify").out == marked
    assert by(program)["ann"] == MODEL
    source.write_text(source.read_text(encoding="utf-8").replace("near", "happened"), encoding="utf-8")
    assert imported() == updated
    assert by(program)["ann"] == MODEL
    assert imported(*SAYING) == imported() == unchanged, "it has that mark, whichever import told it"
    assert imported("--by-people") == updated
    assert by(program)["ann"] == PERSON
    assert imported() == unchanged
    assert imported(*SAYING) == updated


def test_the_same_mark_again_is_no_change(program: Program, eva: Desk, source: Path) -> None:
    program("import", source, *SAYING)
    (report,) = program("import", source, *SAYING, "--json").json
    assert report["counts"]["classifications"] == {"added": 0, "updated": 0, "unchanged": 1}


@pytest.mark.parametrize(
    "said",
    [
        "model", 7, {"kind": "ghost"}, {"generator": "x"}, {"kind": "person", "generator": "x"},
        {"kind": "model", "mood": "x"}, {"kind": "model", "generator": 7},
        {"kind": "model", "imported_from": {"source": "a", "sha256": "b"}},
    ],
)  # fmt: skip
def test_what_is_not_understood_of_it_is_a_loss_and_marks_nothing(
    program: Program, eva: Desk, source: Path, said: Any
) -> None:
    document = json.loads(source.read_text(encoding="utf-8")) | {"by": said}
    source.write_text(json.dumps(document), encoding="utf-8")
    (report,) = program("import", source, "--json").json
    assert [loss["what"] for loss in report["losses"]] == [
        "who or what made it is not understood: what is known here stays"
    ]
    assert by(program) == {"ann": PERSON}


@pytest.mark.parametrize(
    "options",
    [
        ["--model-version", "2"], ["--model-configuration", "x"], ["--by-model", " "],
        ["--by-model", "x", "--by-people"], ["--by-people", "--model-version", "2"],
    ],
)  # fmt: skip
def test_options_that_mean_nothing_are_refused(program: Program, eva: Desk, source: Path, options: list[str]) -> None:
    said = program("import", source, *options)
    assert said.code == 2
    assert "--by-model" in said.err
    assert by(program) == {}


def test_of_a_snapshot_only_what_a_program_fills_in_at_aiid_is_marked(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    folder.mkdir()
    (folder / "incidents.csv").write_text("incident_id,title,reports\n1,One,[]\n", encoding="utf-8")
    (folder / "classifications_MIT.csv").write_text(MIT, encoding="utf-8")
    (folder / "classifications_CSETv1.csv").write_text(CSET, encoding="utf-8")
    said = program("import", folder, "--by-model", "sorter", "--json")
    found = {each["taxonomy"]: each["by"] for each in program("export", "json").json}
    assert found == {"MIT": {"kind": "model", "generator": "sorter"}, "CSETv1": PERSON}
    assert [(loss["what"], loss["where"]) for loss in said.json[0]["losses"]] == [
        ("not marked as made by a model, because people make these at AIID", "snapshot/classifications_CSETv1.csv")
    ]
    program("import", folder, "--by-people")
    assert {each["by"]["kind"] for each in program("export", "json").json} == {"person"}
    program("import", folder / "classifications_CSETv1.csv", "--by-model", "sorter")
    found = {each["taxonomy"]: each["by"]["kind"] for each in program("export", "json").json}
    assert found == {"MIT": "person", "CSETv1": "model"}


def test_a_report_names_its_file_by_its_hash(program: Program, eva: Desk, source: Path) -> None:
    (report,) = program("import", source, "--json").json
    assert report["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    shutil.copy(source, "again.jsonl")
    (again,) = program("import", "again.jsonl", "--json", "--dry-run").json
    assert again["sha256"] == report["sha256"]


def test_a_file_written_anew_with_the_same_contents_changes_nothing(program: Program, eva: Desk, source: Path) -> None:
    (first,) = program("import", source, "--json").json
    source.write_text(source.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    (again,) = program("import", source, "--json").json
    assert again["sha256"] != first["sha256"]
    assert again["counts"]["classifications"] == {"added": 0, "updated": 0, "unchanged": 1}


def test_the_real_machine_made_classifications_are_marked(program: Program, shared_data: Path) -> None:
    assert program("import", shared_data / "aiid-snapshot", "--by-model", "simon-mylius").code == 0
    kinds: dict[str, set[str]] = {}
    for each in program("export", "json").json:
        kinds.setdefault(each["taxonomy"], set()).add(each["by"]["kind"])
    assert kinds == {"MIT": {"model"}, "GMF": {"person"}, "CSETv1": {"person"}, "CSETv0": {"person"}}
