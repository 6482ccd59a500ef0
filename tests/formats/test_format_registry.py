"""The right format is found for a path, or the person is told what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import RequestError, SourceError
from annotator.formats.format import FORMATS, Format, Sniffer, by_name, sniff


def test_every_format_is_found_by_its_name() -> None:
    assert [by_name(each.name) for each in FORMATS] == list(FORMATS)
    assert by_name("AIID-Reports").name == "aiid_reports"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RequestError, match="no format 'excel'; the formats are aiid_snapshot, aiid_reports"):
        by_name("excel")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.json", None, "there is no such file"),
        ("empty.json", b"", "is empty"),
        ("other.json", b'{"data": 1}', "is none of the formats"),
        ("other.csv", b"a,b\n1,2\n", "is none of the formats"),
        ("sheet.xlsx", b"PK\x03\x04rest", "zip archive or an office document"),
        ("paper.pdf", b"%PDF-1.4", "is a PDF"),
        ("blob.bin", b"\0\1\2\3", "is none of the formats"),
    ],
)
def test_what_fits_no_format_is_refused(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        sniff(tmp_path / name)


def test_the_refusal_lists_the_formats(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        sniff(tmp_path / "x.csv")
    assert all(each.name in str(refused.value) and each.summary in str(refused.value) for each in FORMATS)


def test_broken_json_of_no_known_shape_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('{"words": ["a",\n "b"', encoding="utf-8")
    with pytest.raises(SourceError, match=r"cut\.json:2:5: "):
        sniff(tmp_path / "cut.json")


@pytest.mark.parametrize(
    ("name", "head", "asked"),
    [
        ("robot.md", "# A robot\nOn a ramp.\n", ["text_folder"]),
        ("robot.md", "---\ntitle: A robot\n---\nOn a ramp.\n", ["text_folder"]),
        ("robot.md", "---\ntitle: A robot\nprovider: Wire\n---\nOn a ramp.\n", ["news_record", "text_folder"]),
        ("page.txt", "Report 12\nA robot\nexample.org · 2020\n", ["report_page", "text_folder"]),
        ("rows.json", '\n [{"title": 1}]', ["aiid_reports", "aiid_classifications", "annotator_export", "text_folder"]),
        ("rows.csv", "title;url\n", ["aiid_snapshot", "aiid_reports", "annotator_export", "text_folder"]),
        ("numbers.csv", "report_number\n1\n", ["aiid_reports", "text_folder"]),
        ("parts.tar", "incidents", ["aiid_snapshot", "text_folder"]),
        ("parts.tar.bz2", "BZh9", ["aiid_snapshot", "text_folder"]),
    ],
)
def test_only_formats_that_a_file_begins_like_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, head: str, asked: list[str]
) -> None:
    met: list[str] = []

    def looked_at(each: Format) -> Sniffer:
        met.append(each.name)
        return lambda _path, _head: 0.5

    monkeypatch.setattr(Format, "sniff", property(looked_at))
    (tmp_path / name).write_text(head, encoding="utf-8")
    sniff(tmp_path / name)
    assert met == asked
