"""The right format is found for a path, or the person is told what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import RequestError, SourceError
from annotator.formats.registry import FORMATS, by_name, sniff


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
