"""AIID's reports are read alike from CSV, JSON and JSON Lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.model.subject import Report
from tests.formats.records import losses, read, reports

ITEM: dict[str, Any] = {
    "report_number": 1928,
    "incident_id": 107,
    "title": "A cloud tool told people apart",
    "text": 'First paragraph.\n\nSecond, with "quotes", commas and Japanese: 顔認識.',
    "url": "https://www.paper.example/a?b=1",
    "source_domain": "paper.example",
    "authors": ["Ann Example", "Bo O'Neil"],
    "submitters": ["Cy"],
    "tags": [],
    "language": "en",
    "date_published": "2020-12-18",
    "date_submitted": "2020-12-19 10:00:00",
    "epoch_date_modified": 1592092800,
    "image_url": "https://paper.example/a.png",
    "cloudinary_id": "pictures/a",
}


def as_json(path: Path, items: list[dict[str, Any]]) -> Path:
    path = path / "reports.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def as_lines(path: Path, items: list[dict[str, Any]]) -> Path:
    path = path / "reports.jsonl"
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


def as_table(path: Path, items: list[dict[str, Any]]) -> Path:
    path = path / "reports.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(items[0]))
        writer.writeheader()
        for item in items:
            writer.writerow({name: json.dumps(said) if isinstance(said, list) else said for name, said in item.items()})
    return path


def first(path: Path) -> Report:
    return reports(read(path))[0].report


@pytest.mark.parametrize("written", [as_json, as_lines, as_table])
def test_each_spelling_gives_the_same_report(
    tmp_path: Path, written: Callable[[Path, list[dict[str, Any]]], Path]
) -> None:
    path = written(tmp_path, [ITEM])
    assert sniff(path).name == "aiid_reports"
    (record,) = reports(read(path))
    assert record.incident == "aiid:107"
    assert not record.partial
    assert record.report.model_dump(exclude={"extra", "related_to"}) == {
        "key": "aiid:r1928",
        "title": ITEM["title"],
        "text": ITEM["text"],
        "url": ITEM["url"],
        "source_domain": "paper.example",
        "language": "en",
        "authors": ("Ann Example", "Bo O'Neil"),
        "submitters": ("Cy",),
        "tags": (),
        "date_published": "2020-12-18",
        "date_submitted": "2020-12-19T10:00:00",
        "date_modified": "2020-06-14",
        "date_downloaded": "",
        "image_url": "https://paper.example/a.png",
        "standing": "report",
    }
    assert {name: str(value) for name, value in record.report.extra.items()} == {
        "cloudinary_id": "pictures/a",
        "epoch_date_modified": "1592092800",
    }


@pytest.mark.parametrize("wrapped", [{"reports": [ITEM]}, {"data": {"reports": [ITEM]}}, ITEM])
def test_json_may_be_wrapped_or_one_object(tmp_path: Path, wrapped: dict[str, Any]) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(wrapped), encoding="utf-8")
    assert first(path).key == "aiid:r1928"


def test_mongodb_s_export_is_read(tmp_path: Path) -> None:
    item = ITEM | {
        "_id": {"$oid": "5d34b8c2"},
        "report_number": {"$numberInt": "1928"},
        "incident_id": {"$numberLong": "107"},
        "date_published": {"$date": "2020-12-18T00:00:00Z"},
    }
    (record,) = reports(read(as_lines(tmp_path, [item])))
    assert (record.report.key, record.incident) == ("aiid:r1928", "aiid:107")
    assert record.report.date_published == "2020-12-18T00:00:00Z"
    assert record.report.extra["_id"] == "5d34b8c2"


@pytest.mark.parametrize("nothing", [0, "0", "", None, {"$numberLong": "0"}])
def test_incident_zero_is_no_incident(tmp_path: Path, nothing: Any) -> None:
    records = read(as_json(tmp_path, [ITEM | {"incident_id": nothing}]))
    assert reports(records)[0].incident == ""
    assert losses(records) == []


def test_an_incident_id_that_is_no_number_is_told(tmp_path: Path) -> None:
    (loss,) = losses(read(as_json(tmp_path, [ITEM | {"incident_id": "many"}])))
    assert "not linked" in loss.what
    assert loss.where == "reports.json item 1"


def test_without_a_number_it_is_a_submission_known_by_its_address(tmp_path: Path) -> None:
    unnumbered = {name: value for name, value in ITEM.items() if name != "report_number"} | {"_kind": "submission"}
    found = [each.report for each in reports(read(as_json(tmp_path, [unnumbered, unnumbered | {"title": "Other"}])))]
    assert {each.standing for each in found} == {"submission"}
    assert found[0].key == found[1].key
    assert found[0].key.startswith("aiid:s-")
    assert len(found[0].key) == len("aiid:s-") + 12
    assert found[0].extra["_kind"] == "submission"


def test_without_an_address_its_words_tell_submissions_apart(tmp_path: Path) -> None:
    items = [{"title": "A", "text": "same", "authors": []}, {"title": "B", "text": "same", "authors": []}]
    one, other = (record.report.key for record in reports(read(as_json(tmp_path, items))))
    assert one != other


def test_a_report_told_twice_is_yielded_twice(tmp_path: Path) -> None:
    records = reports(read(as_json(tmp_path, [ITEM, ITEM | {"title": "Edited"}])))
    assert [(each.report.key, each.place) for each in records] == [
        ("aiid:r1928", "reports.json item 1"),
        ("aiid:r1928", "reports.json item 2"),
    ]


def test_unknown_names_and_structures_are_kept(tmp_path: Path) -> None:
    report = first(as_json(tmp_path, [ITEM | {"user": {"id": "7"}, "flag": False, "title": ["not", "a", "text"]}]))
    assert report.extra["user"] == {"id": "7"}
    assert report.extra["flag"] is False
    assert report.extra["title"] == ["not", "a", "text"]


def test_plain_text_stands_in_for_a_missing_text(tmp_path: Path) -> None:
    assert first(as_json(tmp_path, [ITEM | {"text": "", "plain_text": "Plain words."}])).text == "Plain words."


def test_a_number_that_is_none_is_kept_and_told(tmp_path: Path) -> None:
    records = read(as_json(tmp_path, [ITEM | {"report_number": "draft-3"}]))
    (record,) = reports(records)
    assert record.report.standing == "submission"
    assert record.report.extra["report_number"] == "draft-3"
    assert len(losses(records)) == 1


def test_an_item_that_says_nothing_is_a_loss(tmp_path: Path) -> None:
    records = read(as_json(tmp_path, [ITEM, {"text": " ", "authors": ["Ann"]}]))
    assert len(reports(records)) == 1
    assert [loss.where for loss in losses(records)] == ["reports.json item 2"]


@pytest.mark.parametrize(
    "content",
    [
        '[{"text": "a", "label": ["positive"]}]',
        '{"namespace": "NS", "predicates": []}',
        '[{"id": 1, "data": {"text": "x"}, "annotations": []}]',
        '[{"incident_id": 5, "title": "An incident", "date": "2020-01-01", "reports": [1]}]',
        '{"text": "a", "_input_hash": 1, "answer": "accept"}\n{"text": "b", "answer": "reject"}\n',
    ],
)
def test_json_of_another_shape_is_refused_naming_what_was_expected(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match="is none of the formats"):
        sniff(path)
    with pytest.raises(SourceError, match=r"another shape .*expected reports: objects with report_number, title"):
        list(by_name("aiid_reports").read(path, ReadOptions()))


def test_a_table_of_another_shape_is_refused_naming_columns(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("name,age\nAnn,7\n", encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"other\.csv:1: lacks the columns report_number, title, text, url; it has name"
    ):
        list(by_name("aiid_reports").read(path, ReadOptions()))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path: Path, codec: str) -> None:
    item = ITEM | {"title": "Ein Roboter fährt über die Straße", "text": "Café geschlossen."}
    path = as_table(tmp_path, [item])
    path.write_bytes(path.read_text(encoding="utf-8").encode(codec))
    assert first(path).title == "Ein Roboter fährt über die Straße"
    lines = as_lines(tmp_path, [item])
    lines.write_bytes(lines.read_text(encoding="utf-8").encode(codec))
    assert first(lines).text == "Café geschlossen."


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("written", [as_json, as_lines, as_table])
def test_a_file_cut_off_is_refused(
    tmp_path: Path, written: Callable[[Path, list[dict[str, Any]]], Path], keep: float
) -> None:
    path = written(tmp_path, [ITEM])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(SourceError, match=r"cut off|lacks the column"):
        list(by_name("aiid_reports").read(path, ReadOptions()))


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ITEMS = st.fixed_dictionaries(
    {
        "report_number": st.integers(1, 99_999),
        "title": WORDS,
        "text": WORDS,
        "url": st.just("https://x.example/1"),
        "authors": st.lists(WORDS.map(str.strip).filter(bool), max_size=3),
        "note": WORDS.filter(bool),
    }
)


@given(st.lists(ITEMS, min_size=1, max_size=5))
def test_all_three_spellings_survive_a_round_trip(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("reports")
    for written in (as_json, as_lines, as_table):
        found = [record.report for record in reports(read(written(folder, items)))]
        assert [each.key for each in found] == [f"aiid:r{item['report_number']}" for item in items]
        assert [each.text for each in found] == [item["text"] for item in items]
        assert [each.title for each in found] == [item["title"] or item["url"] for item in items]
        assert [list(each.authors) for each in found] == [item["authors"] for item in items]
        assert [each.extra["note"] for each in found] == [item["note"] for item in items]
