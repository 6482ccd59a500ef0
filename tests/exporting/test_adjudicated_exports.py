"""What was decided goes out beside what annotators gave, and says where each answer comes from."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.exporting import Form, Selection, What, contents, export
from annotator.desk.exchange.importing import import_path, import_records
from annotator.errors import RequestError
from annotator.model.classification import Answer
from annotator.model.record import ClassificationRecord
from tests.exporting.desks import SMALL, as_told_there, exported, project_with, small_desk, wherever_from

NS = "small"


@pytest.fixture
def eva(tmp_path: Path) -> Desk:
    """Eva and Bob handed in two subjects; Cleo adjudicated the first."""
    eva = small_desk(tmp_path / "first")
    for name, words, names in (("eva", "Acme", ["a", "b"]), ("bob", "=Acme Inc", ["b", "a"])):
        desk = Desk(eva.project, name)
        for key in ("demo:2", "demo:10"):
            desk.tagging.answer(key, NS, "outcome", Answer(value="near"))
            desk.tagging.answer(key, NS, "words", Answer(value=words))
            desk.tagging.answer(key, NS, "names", Answer(value=names))
            if name == "eva":
                desk.tagging.answer(key, NS, "sure", Answer(value=True))
            desk.tagging.submit(key, NS)
    decide = Desk(eva.project, "cleo").adjudication
    decide.adopt("demo:2", NS, "words", "bob", "misread", "look again", 0.5)
    decide.adjudicate("demo:2", NS)
    decide.adopt("demo:10", NS, "words", "eva", "slip")  # on the way, not adjudicated
    return eva


def objects(desk: Desk, what: What, form: Form = "jsonl") -> list[dict[str, Any]]:
    text = exported(desk.project, form, what=what)
    found: list[dict[str, Any]] = json.loads(text) if form == "json" else list(map(json.loads, text.splitlines()))
    return found


def rows(desk: Desk, shape: Any, **wanted: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(desk.project, "csv", shape, **wanted))))


def test_raw_adjudicated_or_both(eva: Desk) -> None:
    def whose(what: What) -> list[tuple[str, str]]:
        return [(each["subject"], each["annotator"]) for each in objects(eva, what)]

    raw = [("demo:2", "bob"), ("demo:2", "eva"), ("demo:10", "bob"), ("demo:10", "eva")]
    assert whose("raw") == raw
    assert whose("adjudicated") == [("demo:2", "adjudicated")]
    assert whose("both") == [("demo:2", "adjudicated"), *raw]
    assert exported(eva.project) == exported(eva.project, what="raw")
    assert exported(eva.project, annotator="adjudicated") == exported(eva.project, what="adjudicated")


def test_the_export_says_what_it_contains(eva: Desk) -> None:
    assert contents(eva.project, Selection()) == (
        "Classifications: 4 as their annotators gave them; 1 adjudicated left out, --what both brings them."
    )
    assert contents(eva.project, Selection(what="both")) == (
        "Classifications: 4 as their annotators gave them, 1 adjudicated."
    )


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_each_answer_says_where_it_comes_from(eva: Desk, form: Form) -> None:
    (one,) = objects(eva, "adjudicated", form)
    sources = {field: answer["provenance"]["source"] for field, answer in one["answers"].items()}
    assert sources == {"outcome": "unanimous", "words": "ruled", "names": "unanimous", "sure": "single"}
    ruled = one["answers"]["words"]["provenance"]
    assert (ruled["by"], ruled["cause"], ruled["note"], ruled["confidence"]) == ("cleo", "misread", "look again", 0.5)
    assert ruled["between"]["eva"] == {"state": "answered", "value": "Acme"}
    assert one["answers"]["sure"]["provenance"]["annotators"] == ["eva"]
    assert "provenance" not in json.dumps(objects(eva, "raw", form))


def test_the_long_table_names_the_source(eva: Desk) -> None:
    found = {row["field"]: row["source"] for row in rows(eva, "long", what="adjudicated")}
    assert found == {"outcome": "unanimous", "words": "ruled", "names": "unanimous", "sure": "single"}


def test_a_row_per_subject_with_gold_beside_what_annotators_said(eva: Desk) -> None:
    first, second = rows(eva, "subjects", what="both")
    assert (first["subject"], first["words@bob"], first["words@eva"]) == ("demo:2", "'=Acme Inc", "Acme")
    assert (first["words@gold"], first["words@source"]) == ("'=Acme Inc", "ruled")
    assert (first["names@gold"], first["names@source"]) == ('["b","a"]', "unanimous")
    assert (second["words@gold"], second["words@source"], second["outcome@source"]) == ("", "unresolved", "")
    assert list(first)[:7] == [
        "subject", "round", "taxonomy", "outcome@bob", "outcome@eva", "outcome@gold", "outcome@source",
    ]  # fmt: skip
    assert not [name for name in rows(eva, "subjects", what="raw")[0] if name.endswith(("@gold", "@source"))]


def test_a_row_per_subject_is_about_one_taxonomy(tmp_path: Path) -> None:
    project = project_with(tmp_path, SMALL, SMALL.replace("namespace: small", "namespace: other"))
    for taxonomy in ("small", "other"):
        record = ClassificationRecord(
            subject="d:1", taxonomy=taxonomy, annotator="eva", values=(), status="submitted", place=""
        )
        import_records(project, [record], "test")
    with pytest.raises(RequestError, match="--taxonomy"):
        "".join(export(project, "csv", Selection(what="both"), "subjects"))


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("what", ["both", "adjudicated"])
def test_adjudications_read_into_a_new_database_are_exported_byte_for_byte(
    eva: Desk, tmp_path: Path, form: Form, what: What
) -> None:
    file = tmp_path / f"out.{form}"
    file.write_text(exported(eva.project, form, what=what), encoding="utf-8", newline="")
    second = project_with(tmp_path / "second", SMALL)
    report = import_path(second, file)
    assert (report.issues, report.losses) == (0, [])
    assert as_told_there(wherever_from(exported(second, form, what=what))) == exported(eva.project, form, what=what)
    assert [finding.problems for finding in second.store.examine() if finding.problems] == []
    second.store.rebuild()
    assert as_told_there(wherever_from(exported(second, form, what=what))) == exported(eva.project, form, what=what)
    file.write_text(exported(second, form, what=what), encoding="utf-8", newline="")
    third = project_with(tmp_path / "third", SMALL)
    import_path(third, file)
    assert wherever_from(exported(third, form, what=what)) == wherever_from(exported(second, form, what=what))


def test_an_adjudication_in_the_long_table_stays_one(eva: Desk, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text(exported(eva.project, "csv", what="both"), encoding="utf-8", newline="")
    second = project_with(tmp_path / "second", SMALL)
    assert import_path(second, file).issues == 0
    assert [each["status"] for each in map(json.loads, exported(second, what="adjudicated").splitlines())] == [
        "adjudicated"
    ]


def test_importing_the_export_where_it_came_from_changes_no_decision(eva: Desk, tmp_path: Path) -> None:
    before = exported(eva.project, what="both")
    file = tmp_path / "out.jsonl"
    file.write_text(before, encoding="utf-8", newline="")
    import_path(eva.project, file)
    assert exported(eva.project, what="both") == before
    assert eva.review.of("demo:2", NS).stale == ()


def test_no_source_brings_work_under_the_name_of_the_adjudicated(eva: Desk) -> None:
    before = exported(eva.project, what="both")
    for name in ("adjudicated", "Adjudicated"):
        record = ClassificationRecord(subject="demo:2", taxonomy=NS, annotator=name, values=(), place="row 1")
        report = import_records(eva.project, [record], "test")
        assert [loss.what for loss in report.losses] == [
            f"work under the name {name!r}, which is kept for adjudications"
        ]
    assert exported(eva.project, what="both") == before


@pytest.mark.parametrize(
    "provenance", ["who knows", {"source": "luck"}, {"source": "ruled", "by": "x", "at": "y", "cause": "boredom"}]
)
def test_provenance_that_is_not_understood_is_a_loss_and_not_kept(eva: Desk, tmp_path: Path, provenance: Any) -> None:
    (one,) = objects(eva, "adjudicated")
    one["answers"]["words"]["provenance"] = provenance
    file = tmp_path / "out.jsonl"
    file.write_text(json.dumps(one), encoding="utf-8")
    second = project_with(tmp_path / "second", SMALL)
    assert [loss.what for loss in import_path(second, file).losses] == [
        "words: where its answer comes from is not understood"
    ]
    (again,) = map(json.loads, exported(second, what="adjudicated").splitlines())
    assert again["answers"]["words"]["value"] == "=Acme Inc"
    assert again["answers"]["words"]["provenance"] == {"source": "decided elsewhere (imported from out.jsonl)"}
