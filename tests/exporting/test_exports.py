"""What an export holds, and that the same data is always the same bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.exporting import Form, Shape
from annotator.desk.exchange.importing import import_records
from annotator.errors import NotFoundError
from annotator.model.classification import Answer
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from tests.exporting.desks import SMALL, exported, keep, project_with, small_desk, wherever_from

NS = "small"


@pytest.fixture
def eva(tmp_path: Path) -> Desk:
    """Two subjects classified by eva, one of them submitted."""
    desk = small_desk(tmp_path)
    quote = desk.tagging.quote(desk.subjects.subject("demo:2").reports[0], 9, 19)
    answers = {
        "outcome": Answer(value="happened"),
        "harm": Answer(value=["death", "money"], evidence=(quote,), confidence=0.5),
        "deaths": Answer(value=1),
        "when": Answer(state="unknown"),
        "sure": Answer(value=True),
        "words": Answer(value="=1+1"),
        "names": Answer(value=["a; b", "c"]),
        "parties": Answer(value=[{"name": "Ann", "size": 2}]),
    }
    for field, answer in answers.items():
        desk.tagging.answer("demo:2", NS, field, answer)
    desk.tagging.submit("demo:2", NS)
    desk.tagging.answer("demo:10", NS, "outcome", Answer(value="near"))
    desk.tagging.note("demo:10", NS, "look again")
    return desk


def rows(desk: Desk, shape: Shape = "long", **wanted: Any) -> list[dict[str, str]]:
    """The rows of a CSV export by column."""
    return list(csv.DictReader(io.StringIO(exported(desk.project, "csv", shape, **wanted))))


def objects(desk: Desk, **wanted: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(desk.project, "jsonl", **wanted).splitlines()]


def test_json_lines_hold_one_classification_each_by_source_and_number(eva: Desk) -> None:
    first, second = objects(eva)
    assert list(first) == [
        "subject", "taxonomy", "version", "annotator", "round", "status", "publish", "notes", "by", "imported_from",
        "hand_in", "answers",
    ]  # fmt: skip
    assert first["imported_from"] is None
    assert (first["subject"], first["status"], first["notes"]) == ("demo:2", "submitted", "")
    assert (second["subject"], second["status"], second["notes"]) == ("demo:10", "draft", "look again")
    assert second["answers"] == {"outcome": {"state": "answered", "value": "near", "evidence": [], "confidence": None}}


def test_json_is_one_array_with_labels_in_the_order_of_the_form(eva: Desk) -> None:
    first = json.loads(exported(eva.project, "json"))[0]
    assert list(first["answers"]) == ["outcome", "harm", "deaths", "when", "sure", "words", "names", "parties"]
    harm = first["answers"]["harm"]
    assert list(harm) == ["label", "state", "value", "evidence", "confidence"]
    assert (harm["label"], harm["value"], harm["confidence"]) == ("Harm", ["death", "money"], 0.5)
    assert harm["evidence"][0]["quote"] == "A man died"


def test_an_export_of_nothing_is_still_a_document(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    assert json.loads(exported(desk.project, "json")) == []
    assert exported(desk.project, "jsonl") == ""
    assert rows(desk) == []
    assert exported(desk.project, "csv", "wide") == "subject,round,annotator\n"


def test_the_long_table_has_one_row_per_value(eva: Desk) -> None:
    header = exported(eva.project, "csv").splitlines()[0]
    assert header == (
        "subject,round,annotator,taxonomy,version,status,field,value,path,state,confidence,evidence,source,"
        "created_at,updated_at,by,generator,generator_version,generator_configuration,reviewed_by,"
        "imported_from,imported_sha256,revisions,after_others,first_hand_in,stale"
    )
    harm = [row for row in rows(eva) if row["field"] == "harm"]
    assert [(row["value"], row["path"]) for row in harm] == [("death", "body/death"), ("money", "money")]
    assert [json.loads(row["evidence"])[0]["quote"] for row in harm] == ["A man died"] * 2
    assert [row["confidence"] for row in harm] == ["0.5", "0.5"]


def test_states_and_kinds_read_plainly_in_the_long_table(eva: Desk) -> None:
    found = {row["field"]: row for row in rows(eva) if row["subject"] == "demo:2"}
    assert (found["when"]["state"], found["when"]["value"]) == ("unknown", "")
    assert found["sure"]["value"] == "true"
    assert found["deaths"]["value"] == "1"
    assert found["words"]["value"] == "'=1+1"
    assert json.loads(found["parties"]["value"]) == {"name": "Ann", "size": 2}


def test_the_long_table_tells_what_was_imported_from_what_was_entered(tmp_path: Path) -> None:
    desk = small_desk(tmp_path)
    answers = {"outcome": Answer(value="near"), "words": Answer(value="one"), "names": Answer(value=["a"])}
    keep(desk.project, desk.subjects.taxonomy(NS), answers, subject="demo:2")
    desk.tagging.answer("demo:2", NS, "words", Answer(value="two"))
    desk.tagging.answer("demo:2", NS, "sure", Answer(value=True))
    found = rows(desk)
    sources = {row["field"]: row["source"] for row in found}
    assert sources == {"outcome": "imported", "sure": "entered", "words": "entered", "names": "imported"}
    assert all(row["created_at"] <= row["updated_at"] for row in found)
    first, *_, last = desk.history.of("demo:2")
    assert {(row["created_at"], row["updated_at"]) for row in found} == {(first.at, last.at)}


def test_the_wide_table_has_a_column_per_field(eva: Desk) -> None:
    table = rows(eva, "wide", taxonomy="SMALL")
    assert list(table[0]) == [
        "subject", "round", "annotator", "taxonomy", "version", "status", "publish", "notes",
        "by", "generator", "generator_version", "generator_configuration", "reviewed_by",
        "imported_from", "imported_sha256", "revisions", "after_others", "first_hand_in",
        "stale", "outcome", "harm", "deaths", "when", "sure", "words", "names", "parties", "field.notes",
    ]  # fmt: skip
    first, second = table
    assert (first["subject"], first["outcome"], first["when"], first["sure"]) == (
        "demo:2",
        "happened",
        "{unknown}",
        "true",
    )
    assert json.loads(first["harm"]) == ["death", "money"]
    assert json.loads(first["names"]) == ["a; b", "c"]
    assert json.loads(first["parties"]) == [{"name": "Ann", "size": 2}]
    assert (second["subject"], second["notes"], second["harm"]) == ("demo:10", "look again", "")


def test_an_answer_that_reads_like_a_state_is_told_apart(eva: Desk) -> None:
    eva.tagging.answer("demo:10", NS, "words", Answer(value="{unknown}"))
    assert rows(eva, "wide")[1]["words"] == "\\{unknown}"


def test_several_taxonomies_share_a_wide_row_under_their_names(eva: Desk) -> None:
    eva.tagging.answer("demo:2", "harm_type", "outcome", Answer(value="realised"))
    first, second = rows(eva, "wide")
    assert (first["small.outcome"], first["harm_type.outcome"]) == ("happened", "realised")
    assert (second["small.outcome"], second["harm_type.outcome"], second["harm_type.status"]) == ("near", "", "")
    assert "small.field.notes" in first


def test_hidden_answers_are_left_out_unless_asked_for(eva: Desk) -> None:
    eva.tagging.reopen("demo:2", NS)
    eva.tagging.answer("demo:2", NS, "outcome", Answer(value="near"))
    assert not {"harm", "deaths"} & {row["field"] for row in rows(eva)}
    assert not {"harm", "deaths"} & set(objects(eva)[0]["answers"])
    shown = {row["field"]: row for row in rows(eva, with_hidden=True) if row["subject"] == "demo:2"}
    assert (shown["deaths"]["state"], shown["deaths"]["value"]) == ("hidden", "1")
    assert rows(eva, "wide", with_hidden=True)[0]["deaths"] == "{hidden} 1"
    assert objects(eva, with_hidden=True)[0]["answers"]["deaths"]["state"] == "hidden"


def test_a_selection_limits_what_comes(eva: Desk) -> None:
    second = Desk(eva.project, "ann", 2)
    second.tagging.answer("demo:2", NS, "outcome", Answer(value="near"))
    second.tagging.submit("demo:2", NS)
    assert [each["annotator"] for each in objects(eva)] == ["eva", "ann", "eva"]
    assert [each["annotator"] for each in objects(eva, annotator="ann")] == ["ann"]
    assert [each["round"] for each in objects(eva, round=2)] == [2]
    assert objects(eva, taxonomy="harm_type") == []
    assert len(objects(eva, taxonomy="Small")) == 3


@pytest.mark.parametrize("wanted", [{"taxonomy": "smal"}, {"annotator": "evva"}])
def test_a_misspelt_name_is_no_empty_export(eva: Desk, wanted: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match=r"small|eva"):
        exported(eva.project, **wanted)


def test_an_untouched_classification_is_not_exported(eva: Desk) -> None:
    eva.tagging.answer("demo:r1", NS, "words", Answer(value="x"))
    eva.history.undo()
    assert [each["subject"] for each in objects(eva)] == ["demo:2", "demo:10"]


@pytest.mark.parametrize(("form", "shape"), [("csv", "wide"), ("json", "long"), ("jsonl", "long")])
def test_the_order_of_importing_makes_no_difference(tmp_path: Path, form: Form, shape: Shape) -> None:
    texts = []
    for name, keys in (("one", ["b:10", "a:2", "b:9"]), ("two", ["a:2", "b:9", "b:10"])):
        project = project_with(tmp_path / name, SMALL)
        import_records(project, [IncidentRecord(Incident(key=key), "") for key in keys], "test")
        for key in keys:
            keep(project, project.taxonomy(NS), {"words": Answer(value=f"about {key}")}, subject=key)
        texts.append(wherever_from(exported(project, form, shape)))
    assert texts[0] == texts[1]
    assert texts[0].index("a:2") < texts[0].index("b:9") < texts[0].index("b:10")


def test_answers_outlive_the_taxonomy_they_were_given_under(eva: Desk) -> None:
    (eva.path.parent / "taxonomies" / "0.yaml").unlink()
    again = Desk(type(eva.project).open(eva.path), "eva")
    assert exported(again.project, "csv") == exported(eva.project, "csv")
    assert exported(again.project, "json", taxonomy="small") == exported(eva.project, "json")
