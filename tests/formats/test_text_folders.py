"""Documents are read alone or by the folder, each as what it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.format import sniff
from annotator.formats.text import reading
from annotator.model.subject import Report
from tests.formats.records import FIXTURES, losses, read, reports

ARTICLE = """<!doctype html>
<html lang="en-GB"><head><title>Robot &amp; gate</title>
<link rel="canonical" href="https://www.paper.example/robot">
<meta name="author" content="Ann Example">
<meta property="article:published_time" content="2021-05-06T07:08:09Z">
<style>p { color: red }</style></head>
<body><nav>Home | News</nav><h1>Robot at the gate</h1>
<p>First   paragraph with <b>bold</b>
words.</p><script>alert("no")</script>
<p>Second.<br>New line.</p><ul><li>One<li>Two</ul></body></html>
"""


def document(path: Path, name: str, content: str | bytes) -> Report:
    target = path / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert sniff(target).name == "text_folder"
    return reports(read(target))[0].report


def test_markdown_is_kept_as_written_with_its_first_heading(tmp_path: Path) -> None:
    report = document(tmp_path, "a.md", "\nIntro.\n\n## A robot *stops*\n\nBody of the text.\n")
    assert report.key == "file:a.md"
    assert report.title == "A robot *stops*"
    assert report.text == "Intro.\n\n## A robot *stops*\n\nBody of the text."


def test_front_matter_names_what_it_can(tmp_path: Path) -> None:
    matter = "---\ntitle: From above\nauthor: Ann\ndate: 2020-05-06\nurl: https://www.a.example/x\nmood: grim\n---\n"
    report = document(tmp_path, "a.md", f"{matter}# Heading\n\nBody.\n")
    assert (report.title, report.authors, report.date_published) == ("From above", ("Ann",), "2020-05-06")
    assert (report.url, report.source_domain) == ("https://www.a.example/x", "a.example")
    assert report.extra == {"mood": "grim"}
    assert report.text == "# Heading\n\nBody."


def test_plain_text_has_its_first_line_for_a_title(tmp_path: Path) -> None:
    report = document(tmp_path, "a.txt", "\nThe robot was stopped by the guard and it was switched off.\nMore.\n")
    assert report.title == "The robot was stopped by the guard and it was switched off."
    assert report.language == "en"


def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    assert document(tmp_path, "a.md", "---\nNote: a rule stands above.\n").text.startswith("---\nNote:")


def test_html_becomes_readable_paragraphs(tmp_path: Path) -> None:
    report = document(tmp_path, "a.html", ARTICLE)
    assert report.title == "Robot & gate"
    assert report.text == (
        "Robot at the gate\n\nFirst paragraph with bold words.\n\nSecond.\nNew line.\n\n• One\n• Two"
    )
    assert (report.url, report.source_domain) == ("https://www.paper.example/robot", "paper.example")
    assert (report.authors, report.date_published) == (("Ann Example",), "2021-05-06T07:08:09Z")
    assert report.language == "en"


def test_html_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no text"):
        document(tmp_path, "a.html", "<html><script>only()</script></html>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><![bad[x]]>y", "y"),
        ("<html><![if !IE]>a<![endif]>b", "ab"),
        ("<html>a <!-- b --> c <!-- d", "a  c <!-- d"),
        ("<html>a < b <i>c", "a < b c"),
        ("<html><p>a</p><p title='x", "a\n\n<p title='x"),
        ("<html><svg><svg></svg>a</p></svg>b", "b"),
    ],
)
def test_markup_that_does_not_end_is_text(tmp_path: Path, html: str, text: str) -> None:
    assert document(tmp_path, "a.html", html).text == text


def test_a_folder_is_read_file_by_file_each_as_what_it_is(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "pages", tmp_path / "all" / "pages")
    shutil.copy(FIXTURES / "news.md", tmp_path / "all")
    (tmp_path / "all" / "note.txt").write_text("A note.\n", encoding="utf-8")
    (tmp_path / "all" / ".hidden.txt").write_text("Not this.\n", encoding="utf-8")
    (tmp_path / "all" / "data.json").write_text("[]", encoding="utf-8")
    (tmp_path / "all" / "pages" / "data.json").write_text("[]", encoding="utf-8")
    assert sniff(tmp_path / "all").name == "text_folder"
    records = read(tmp_path / "all")
    assert [(each.report.key, each.place) for each in reports(records) if each.report.standing == "report"] == [
        (reports(read(FIXTURES / "news.md"))[0].report.key, "news.md"),
        ("file:note.txt", "note.txt"),
        ("aiid:r2041", "pages/english.html"),
        ("aiid:r2041", "pages/english.txt"),
        ("aiid:r2043", "pages/french.txt"),
        ("aiid:r2044", "pages/japanese.txt"),
        ("aiid:r2042", "pages/spanish.txt"),
    ]
    assert ("all", ".json: not a document, so not read", 2) in {(e.where, e.what, e.times) for e in losses(records)}
    assert any(each.where == "pages/spanish.txt" for each in losses(records))


def test_files_of_equal_name_stay_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(f"In {folder}.\n", encoding="utf-8")
    assert [each.report.key for each in reports(read(tmp_path))] == ["file:a/x.txt", "file:b/x.txt"]


def test_a_file_that_cannot_be_read_does_not_stop_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\0\1\2binary")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.txt").write_bytes("Café über alles.\n".encode("latin-1"))
    (tmp_path / "e.md").write_text("---\na: 1\na: 2\n---\nBody.\n", encoding="utf-8")
    records = read(tmp_path)
    assert [each.report.key for each in reports(records)] == ["file:a.txt", "file:d.txt"]
    told = {loss.where.rpartition("/")[2]: loss.what for loss in losses(records)}
    assert set(told) == {"b.txt", "c.txt", "d.txt", "e.md"}
    assert "NUL bytes" in told["b.txt"]
    assert "is empty" in told["c.txt"]
    assert "Latin-1" in told["d.txt"]
    assert "twice" in told["e.md"]


def test_a_file_whose_name_is_no_text_does_not_stop_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A robot fell down the stairs.", encoding="utf-8")
    (tmp_path / os.fsdecode(b"b\xff.txt")).write_text("Another one did too.", encoding="utf-8")
    found = read(tmp_path)
    assert [each.report.key for each in reports(found)] == ["file:a.txt"]
    (loss,) = losses(found)
    assert "name is not UTF-8" in loss.what
    assert loss.where.endswith("b\\udcff.txt")


def test_one_file_alone_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\0\1\2binary")
    with pytest.raises(SourceError, match="NUL bytes"):
        read(tmp_path / "b.txt")


def test_a_folder_of_broken_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"")
    with pytest.raises(SourceError, match=r"none of its documents can be read; the first: .*is empty"):
        read(tmp_path)


@pytest.mark.parametrize(("name", "held"), [("reports.json", "1 .json"), ("", "it is empty")])
def test_a_folder_without_documents_is_refused(tmp_path: Path, name: str, held: str) -> None:
    if name:
        (tmp_path / name).write_text("[]", encoding="utf-8")
    with pytest.raises(SourceError, match=f"holds no .md, .txt or .html files .{held}.*name the file itself"):
        read(tmp_path)


def test_an_enormous_document_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("word " * 1000, encoding="utf-8")
    monkeypatch.setattr(reading, "TEXT_LIMIT", 1024)
    with pytest.raises(SourceError, match="the limit is 1 kB"):
        read(tmp_path / "a.txt")


def test_escape_sequences_and_markup_are_kept_verbatim(tmp_path: Path) -> None:
    hostile = "Title [bold]x[/bold]\n\x1b[2J\u202egnirts \x07 <script>\n"
    assert document(tmp_path, "a.txt", hostile).text == hostile.strip("\n")
