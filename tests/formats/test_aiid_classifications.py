"""Classifications in the database's own form become one record per subject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.model.record import RawValue
from tests.formats.records import classifications, losses, read


def attribute(name: str, value: Any) -> dict[str, str]:
    return {"short_name": name, "value_json": json.dumps(value)}


def stored(**changes: Any) -> dict[str, Any]:
    return {
        "_id": {"$oid": "abc"},
        "namespace": "CSETv1_Annotator-3",
        "publish": True,
        "notes": "Seen twice.",
        "incidents": [3],
        "reports": [],
        "attributes": [
            attribute("Physical Objects", "no"),
            attribute("Annotator", "007"),
            attribute("Sector", ["law", "health"]),
            attribute("Lives Lost", 0),
            attribute("Quality Control", False),
            attribute("Left blank", ""),
            attribute("Left empty", []),
        ],
    } | changes


def written(path: Path, *items: dict[str, Any]) -> Path:
    path = path / "classifications.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def test_values_are_decoded_and_blanks_are_unanswered(tmp_path: Path) -> None:
    path = written(tmp_path, stored())
    assert sniff(path).name == "aiid_classifications"
    (record,) = classifications(read(path))
    assert record.values == (
        RawValue("Physical Objects", "no", 0, "json"),
        RawValue("Annotator", "007", 0, "json"),
        RawValue("Sector", ["law", "health"], 0, "json"),
        RawValue("Lives Lost", 0, 0, "json"),
        RawValue("Quality Control", False, 0, "json"),
    )
    assert (record.subject, record.taxonomy, record.annotator) == ("aiid:3", "CSETv1", "Annotator-3")
    assert (record.publish, record.notes, record.extra) == (True, "Seen twice.", {"_id": "abc"})
    assert record.place == "classifications.json item 1"


def test_each_subject_has_its_own_record(tmp_path: Path) -> None:
    found = classifications(read(written(tmp_path, stored(incidents=[3, {"incident_id": 4}], reports=[5]))))
    assert [each.subject for each in found] == ["aiid:3", "aiid:4", "aiid:r5"]


def test_a_plain_namespace_is_aiid_s_own(tmp_path: Path) -> None:
    assert [each.annotator for each in classifications(read(written(tmp_path, stored(namespace="GMF"))))] == ["AIID"]


def test_a_field_can_name_the_person(tmp_path: Path) -> None:
    found = read(written(tmp_path, stored(), stored(attributes=[])), ReadOptions(annotator_column="Annotator"))
    assert [each.annotator for each in classifications(found)] == ["007", "Annotator-3"]


def test_lists_of_objects_are_flattened(tmp_path: Path) -> None:
    row = {"attributes": [attribute("Entity", "A shop"), attribute("Roles", ["developer", "deployer"])]}
    (record,) = classifications(read(written(tmp_path, stored(attributes=[attribute("Entities", [row, row])]))))
    entity = {"Entity": "A shop", "Roles": ["developer", "deployer"]}
    assert record.values == (RawValue("Entities", [entity, entity], 0, "json"),)


def test_repeated_names_are_counted(tmp_path: Path) -> None:
    twice = [attribute("AI System", "yes"), attribute("AI System", "no")]
    (record,) = classifications(read(written(tmp_path, stored(attributes=twice))))
    assert [(value.name, value.nth, value.value) for value in record.values] == [
        ("AI System", 0, "yes"),
        ("AI System", 1, "no"),
    ]


@pytest.mark.parametrize("broken", ["{", "yes", '"cut of', "[" * 500])
def test_a_value_that_is_not_json_is_kept_and_told(tmp_path: Path, broken: str) -> None:
    path = written(tmp_path, stored(attributes=[{"short_name": "Physical Objects", "value_json": broken}]))
    (record,) = classifications(read(path))
    assert record.values == (RawValue("Physical Objects", broken, 0, "json"),)
    (loss,) = losses(read(path))
    assert loss.what == "Physical Objects: its value_json is not JSON: kept as the text it is"
    assert loss.where == "classifications.json item 1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"incidents": [], "reports": []}, "about no incident and no report"),
        ({"namespace": ""}, "no namespace"),
        ({"attributes": [{"value_json": '"x"'}]}, "without short_name"),
        ({"incidents": [3, "x"]}, "'x' among its incidents is no number"),
    ],
)
def test_what_cannot_be_placed_is_told(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    (loss,) = losses(read(written(tmp_path, stored(**changes))))
    assert said in loss.what


def test_json_lines_and_a_wrapper_are_read_too(tmp_path: Path) -> None:
    lines = tmp_path / "c.jsonl"
    lines.write_text(f"{json.dumps(stored())}\n{json.dumps(stored(incidents=[9]))}\n", encoding="utf-8")
    wrapped = tmp_path / "c.json"
    wrapped.write_text(json.dumps({"data": {"classifications": [stored()]}}), encoding="utf-8")
    assert [each.subject for each in classifications(read(lines))] == ["aiid:3", "aiid:9"]
    assert [each.subject for each in classifications(read(wrapped))] == ["aiid:3"]


def test_json_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "taxa.json"
    path.write_text('[{"namespace": "CSETv1", "field_list": []}]', encoding="utf-8")
    with pytest.raises(SourceError, match="is none of the formats"):
        sniff(path)
    with pytest.raises(SourceError, match=r"item 1 is of another shape; expected classifications: objects with"):
        list(by_name("aiid_classifications").read(path, ReadOptions()))


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, stored(), stored())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SourceError, match="cut off"):
        read(path)


def test_what_its_database_keeps_is_finished_work(tmp_path: Path) -> None:
    found = classifications(read(written(tmp_path, stored(publish=False), stored(publish=True))))
    assert [(record.publish, record.status) for record in found] == [(False, "submitted"), (True, "submitted")]
