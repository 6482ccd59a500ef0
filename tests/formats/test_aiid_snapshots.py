"""A snapshot of the AI Incident Database is read from its folder, its archive or one table."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from annotator.errors import SourceError, UnsafeArchiveError
from annotator.formats import aiid_snapshot
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.model.record import RawValue
from annotator.model.subject import EntityLink
from tests.formats.records import classifications, incidents, losses, read, reports

TABLES = {
    "incidents.csv": (
        "_id,incident_id,date,reports,Alleged deployer of AI system,Alleged developer of AI system,"
        "Alleged harmed or nearly harmed parties,description,title\n"
        'ObjectId(a1),107,2020-12-17,"[1928,1410]","[""cloud-shop""]","[""cloud-shop"",""chip-works""]",'
        '"[""minority""]",A tool told people apart.,Tool tells people apart\n'
        'ObjectId(a2),5,2019-01-02,"[7,""x""]",[],[],[],,A robot stops\n'
        "ObjectId(a3),none,2019-01-02,[],[],[],[],,No number\n"
    ),
    "duplicates.csv": "duplicate_incident_number,true_incident_number\n130,107\n131,107\n9,999\nx,5\n",
    "reports.csv": (
        "report_number,title,text,url,authors,submitters,tags,date_published,language,cloudinary_id\n"
        '1928,Headline,Body.,https://www.paper.example/a,"[""Ann""]","[""Bo""]",[],2020-12-18,en,pic\n'
    ),
    "submissions.csv": (
        'title,text,url,incident_id,authors\nSent in,Words.,https://x.example/s,0,"[""Ann"",""Bo""]"\n'
    ),
    "quickadd.csv": "incident_id,url,date_submitted,source_domain\n0,https://q.example/a,2026-01-02,q.example\n",
    "classifications_CSETv1.csv": (
        "Namespace,Incident ID,Published,Annotator,AI System,Clear link to technology,"
        "AI System,Clear link to Technology\n"
        "CSETv1,107,True,002,yes,,no,maybe\n"
        "CSETv1,,True,002,yes,,no,\n"
        "CSETv1,5,perhaps,,--,,,\n"
    ),
    "classifications_CSETv1_Annotator-2.csv": (
        "Namespace,Incident ID,Published,Annotator,AI System\nCSETv1_Annotator-2,107,False,006,maybe\n"
    ),
    "license.txt": "Shared under a licence.\n",
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    folder = tmp_path / "mongodump_full_snapshot"
    (folder / "aiidprod").mkdir(parents=True)
    for name, content in TABLES.items():
        (folder / name).write_text(content, encoding="utf-8")
    for name in ("incidents.bson", "reports.bson", "reports.metadata.json"):
        (folder / "aiidprod" / name).write_bytes(b"\x05\0\0\0\0")
    return folder


@pytest.fixture(params=["bz2", "gz"])
def packed(request: pytest.FixtureRequest, snapshot: Path) -> Path:
    path = snapshot.parent / f"backup-20260105.tar.{request.param}"
    with tarfile.open(path, f"w:{request.param}") as archive:  # type: ignore[call-overload]
        archive.add(snapshot, arcname=snapshot.name)
    return path


def test_a_folder_and_its_archive_yield_the_same(snapshot: Path, packed: Path) -> None:
    def kept(path: Path) -> list[object]:
        return [record for record in read(path) if record not in losses(read(path))]

    assert sniff(packed).name == sniff(snapshot).name == "aiid_snapshot"
    assert kept(packed) == kept(snapshot)


def test_incidents_bring_reports_entities_and_merged_numbers(snapshot: Path) -> None:
    first, second = (record.incident for record in incidents(read(snapshot)))
    assert (first.key, first.title, first.date) == ("aiid:107", "Tool tells people apart", "2020-12-17")
    assert first.reports == ("aiid:r1928", "aiid:r1410")
    assert first.entities == (
        EntityLink(name="cloud-shop", role="deployer"),
        EntityLink(name="cloud-shop", role="developer"),
        EntityLink(name="chip-works", role="developer"),
        EntityLink(name="minority", role="harmed"),
    )
    assert first.extra == {"_id": "ObjectId(a1)", "duplicates": ["aiid:130", "aiid:131"]}
    assert second.reports == ("aiid:r7",)


def test_reports_submissions_and_quick_adds_stay_apart(snapshot: Path) -> None:
    report, submission, quick = reports(read(snapshot))
    assert (report.report.key, report.report.standing) == ("aiid:r1928", "report")
    assert report.report.source_domain == "paper.example"
    assert report.report.extra == {"cloudinary_id": "pic"}
    assert submission.report.key.startswith("aiid:s-")
    assert submission.report.standing == "submission"
    assert submission.report.authors == ("Ann", "Bo")
    assert submission.incident == ""
    assert quick.partial
    assert quick.report.title == quick.report.url == "https://q.example/a"


def test_annotators_copies_belong_to_the_annotators(snapshot: Path) -> None:
    found = [(each.subject, each.taxonomy, each.annotator, each.publish) for each in classifications(read(snapshot))]
    assert found == [
        ("aiid:107", "CSETv1", "AIID", True),
        ("aiid:5", "CSETv1", "AIID", False),
        ("aiid:107", "CSETv1", "Annotator-2", False),
    ]


def test_a_column_can_name_the_person_instead(snapshot: Path) -> None:
    found = classifications(read(snapshot, ReadOptions(annotator_column="Annotator")))
    assert [each.annotator for each in found] == ["002", "AIID", "006"]


def test_a_column_that_is_not_there_is_refused(snapshot: Path) -> None:
    with pytest.raises(SourceError, match=r"classifications_CSETv1\.csv:1: lacks the column Person"):
        read(snapshot, ReadOptions(annotator_column="Person"))


def test_repeated_names_are_counted_and_empty_cells_are_unanswered(snapshot: Path) -> None:
    first = classifications(read(snapshot))[0]
    assert first.values == (
        RawValue("Annotator", "002"),
        RawValue("AI System", "yes", 0),
        RawValue("AI System", "no", 1),
        RawValue("Clear link to Technology", "maybe"),
    )
    assert first.place == "classifications_CSETv1.csv row 2"


def test_everything_left_behind_is_told(snapshot: Path) -> None:
    told = {(loss.where, loss.what): loss.times for loss in losses(read(snapshot))}
    name = snapshot.name
    assert told == {
        ("duplicates.csv row 5", "not two incident numbers: left out"): 1,
        ("duplicates.csv", "incident 999 is not here to note its duplicates [9]"): 1,
        ("incidents.csv row 3", "the list of reports holds something else than numbers: that part not linked"): 1,
        ("incidents.csv row 4", "no incident number ('none'): incident left out"): 1,
        ("classifications_CSETv1.csv row 3", "no incident number (''): classification left out"): 1,
        ("classifications_CSETv1.csv row 4", "Published says neither true nor false: read as unpublished"): 1,
        (name, ".txt not read: holds no records"): 1,
        (
            f"{name}/aiidprod",
            ".bson not read: a dump for MongoDB; the CSVs beside it are read instead",
        ): 2,
        (f"{name}/aiidprod", ".json not read: the description of a dump for MongoDB"): 1,
    }


def test_the_dumps_in_an_archive_are_told_too(packed: Path) -> None:
    dumps = [loss for loss in losses(read(packed)) if loss.what.startswith(".bson")]
    assert [(loss.where, loss.times) for loss in dumps] == [(f"{packed.name}/mongodump_full_snapshot/aiidprod", 2)]


def test_the_folder_around_the_snapshot_is_good_enough(snapshot: Path) -> None:
    assert sniff(snapshot.parent).name == "aiid_snapshot"
    assert len(incidents(read(snapshot.parent))) == 2


def test_a_second_copy_of_a_table_is_not_read(snapshot: Path) -> None:
    (snapshot / "old").mkdir()
    (snapshot / "old" / "incidents.csv").write_text(TABLES["incidents.csv"], encoding="utf-8")
    records = read(snapshot)
    assert len(incidents(records)) == 2
    assert any(loss.what == "a second incidents.csv: not read" for loss in losses(records))


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("incidents.csv", (2, 0, 0)),
        ("classifications_CSETv1_Annotator-2.csv", (0, 0, 1)),
        ("reports.csv", (0, 1, 0)),
        ("submissions.csv", (0, 1, 0)),
        ("quickadd.csv", (0, 1, 0)),
    ],
)
def test_one_table_alone_is_read(snapshot: Path, name: str, counts: tuple[int, int, int]) -> None:
    for records in (read(snapshot / name), list(by_name("aiid_snapshot").read(snapshot / name, ReadOptions()))):
        assert (len(incidents(records)), len(reports(records)), len(classifications(records))) == counts


def test_a_table_in_utf_16_is_read(snapshot: Path) -> None:
    (snapshot / "incidents.csv").write_text(TABLES["incidents.csv"], encoding="utf-16")
    assert len(incidents(read(snapshot))) == 2


def test_a_table_that_lacks_columns_stops_the_import(snapshot: Path) -> None:
    (snapshot / "incidents.csv").write_text("number,name\n1,x\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"incidents\.csv:1: lacks the columns incident_id, title"):
        read(snapshot)


def test_an_empty_table_stops_the_import(snapshot: Path) -> None:
    (snapshot / "classifications_CSETv1.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        read(snapshot)


def test_an_archive_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("nothing", encoding="utf-8")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "note.txt", arcname="note.txt")
    with pytest.raises(SourceError, match=r"holds no incidents\.csv"):
        read(tmp_path / "a.tar.gz")


def test_an_archive_with_a_link_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "incidents.csv").symlink_to("/etc/hosts")
    with tarfile.open(tmp_path / "a.tar.bz2", "w:bz2") as archive:
        archive.add(tmp_path / "incidents.csv", arcname="top/incidents.csv")
    with pytest.raises(UnsafeArchiveError, match="link"):
        read(tmp_path / "a.tar.bz2")


@pytest.mark.parametrize("name", ["none.csv", "none.tar.bz2"])
def test_a_missing_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        list(by_name("aiid_snapshot").read(tmp_path / name, ReadOptions()))


def test_what_aiid_keeps_is_finished_work_whether_published_or_not(snapshot: Path) -> None:
    found = classifications(read(snapshot))
    assert {record.publish for record in found} == {True, False}
    assert {record.status for record in found} == {"submitted"}


def test_more_duplicates_than_incidents_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiid_snapshot, "MOST_DUPLICATES", 4)
    (tmp_path / "incidents.csv").write_text("incident_id,title,reports\n1,t,[]\n", encoding="utf-8")
    (tmp_path / "duplicates.csv").write_text(
        "duplicate_incident_number,true_incident_number\n" + "2,1\n" * 4, encoding="utf-8"
    )
    with pytest.raises(SourceError, match="more than 4 duplicates"):
        next(aiid_snapshot.read(tmp_path, ReadOptions()))
