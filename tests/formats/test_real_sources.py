"""The real files are read whole: what comes out is counted against what is in them."""

from __future__ import annotations

import csv
import json
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.format import sniff
from tests.formats.records import classifications, incidents, losses, read, reports

CLASSIFICATIONS = {
    ("CSETv0", "AIID"): ("classifications_CSETv0.csv", 100),
    ("CSETv1", "AIID"): ("classifications_CSETv1.csv", 214),
    ("CSETv1", "Annotator-1"): ("classifications_CSETv1_Annotator-1.csv", 298),
    ("CSETv1", "Annotator-2"): ("classifications_CSETv1_Annotator-2.csv", 106),
    ("CSETv1", "Annotator-3"): ("classifications_CSETv1_Annotator-3.csv", 81),
    ("GMF", "AIID"): ("classifications_GMF.csv", 326),
    ("MIT", "AIID"): ("classifications_MIT.csv", 1242),
}


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_snapshot_folder_is_read_whole(shared_data: Path) -> None:
    records = read(shared_data / "aiid-snapshot")
    assert len(incidents(records)) == 1367
    assert len(reports(records)) == 45 + 45
    counts = Counter((each.taxonomy, each.annotator) for each in classifications(records))
    assert counts == {whose: count for whose, (_, count) in CLASSIFICATIONS.items()}
    assert [(loss.where, loss.times) for loss in losses(records)] == [("aiid-snapshot", 1)]


@pytest.mark.parametrize("whose", CLASSIFICATIONS)
def test_every_filled_cell_becomes_a_value(shared_data: Path, whose: tuple[str, str]) -> None:
    path = shared_data / "aiid-snapshot" / CLASSIFICATIONS[whose][0]
    header, *rows = rows_of(path)
    found = classifications(read(path))
    assert [sum(bool(cell.strip()) for cell in row[3:]) for row in rows] == [len(each.values) for each in found]
    assert [row[header.index("Published")] == "True" for row in rows] == [each.publish for each in found]
    assert {value.name for each in found for value in each.values} <= set(header)


def test_the_duplicates_are_noted_on_their_incidents(shared_data: Path) -> None:
    found = incidents(read(shared_data / "aiid-snapshot"))
    noted = {
        each.incident.key: each.incident.extra["duplicates"] for each in found if "duplicates" in each.incident.extra
    }
    assert sum(len(gone) for gone in noted.values()) == 13
    assert noted["aiid:107"] == ["aiid:130"]


def test_a_packed_snapshot_gives_the_same_records(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "backup-20260105.tar.bz2"
    with tarfile.open(path, "w:bz2") as archive:
        archive.add(shared_data / "aiid-snapshot", arcname="mongodump_full_snapshot")
    unpacked, packed = read(shared_data / "aiid-snapshot"), read(path)
    assert incidents(packed) == incidents(unpacked)
    assert reports(packed) == reports(unpacked)
    assert classifications(packed) == classifications(unpacked)


def test_all_85_reports_are_read(shared_data: Path) -> None:
    path = shared_data / "aiid-reports" / "reports.json"
    records = read(path)
    items = json.loads(path.read_text(encoding="utf-8"))
    found = reports(records)
    assert len(found) == len(items) == 85
    assert losses(records) == []
    assert [each.report.text for each in found] == [item["text"] for item in items]
    numbered = Counter(item["report_number"] for item in items if item.get("report_number"))
    assert Counter(each.report.key for each in found if each.report.standing == "report") == {
        f"aiid:r{number}": times for number, times in numbered.items()
    }


def test_the_classifications_of_the_database_are_read(shared_data: Path) -> None:
    records = read(shared_data / "aiid-taxa" / "classifications.json")
    assert [(each.subject, each.taxonomy, each.annotator) for each in classifications(records)] == [
        ("aiid:3", "CSETv1", "AIID"),
        ("aiid:3", "CSETv1", "Annotator-1"),
        ("aiid:r5", "CSETv1", "AIID"),
        ("aiid:2", "CSETv1", "Annotator-1"),
        ("aiid:2", "CSETv1", "Annotator-2"),
        ("aiid:1", "GMF", "AIID"),
        ("aiid:1", "MIT", "AIID"),
    ]
    assert losses(records) == []


def test_the_report_page_seed_is_read(shared_data: Path) -> None:
    path = shared_data / "seeds" / "000_e424a7591f5a2935.txt"
    assert sniff(path).name == "report_page"
    records = read(path)
    (record,) = reports(records)
    assert (record.report.key, record.incident, record.partial) == ("aiid:r1928", "aiid:107", True)
    assert (record.report.source_domain, record.report.date_published) == ("techcrunch.com", "2020")
    assert record.report.language == "en"
    assert record.report.text.count("\n\n") == 9
    assert "情報源を読む" not in record.report.text
    (incident,) = incidents(records)
    assert incident.incident.key == "aiid:107"
    assert incident.incident.title.startswith("Chinese Tech Firms Allegedly Developed Facial Recognition")
    assert incident.incident.extra == {"report_count": 2}
    assert [loss.times for loss in losses(records)] == [39, 22, 1]


def test_the_news_record_seed_is_read(shared_data: Path) -> None:
    path = shared_data / "seeds" / "004_43e15527015e51c1.txt"
    assert sniff(path).name == "news_record"
    article, *candidates = reports(read(path))
    assert article.report.title == "Alibaba criticised for racial profiling through facial recognition"
    assert len(candidates) == 8
    assert {each.report.related_to for each in candidates} == {article.report.key}
    listed = [1 + len(each.report.extra.get("listed_again", [])) for each in candidates]
    assert sum(listed) == 9


def test_both_seeds_are_read_as_a_folder(shared_data: Path) -> None:
    alone = [record for path in sorted((shared_data / "seeds").iterdir()) for record in read(path)]
    assert read(shared_data / "seeds") == alone


@pytest.mark.parametrize("name", ["exports/prodigy/textcat.jsonl", "aiid-taxa/taxa.json", "agreement/textbook.json"])
def test_other_tools_files_are_not_mistaken(shared_data: Path, name: str) -> None:
    with pytest.raises(SourceError, match="is none of the formats"):
        sniff(shared_data / name)
