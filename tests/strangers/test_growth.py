"""Twice as much of anything takes at most about twice as long: nothing is quadratic in a file's size or nesting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions, sniff

SIZE = 300_000
"""Bytes of the smaller one: 345 kB once took a minute."""
REPORT = '{"report_number": 1, "title": "t", "text": "%s"}'


def much(piece: str) -> Callable[[int], str]:
    return lambda size: piece * (size // len(piece))


def around(before: str, piece: str, after: str = "") -> Callable[[int], str]:
    return lambda size: before + much(piece)(size) + after


KINDS: dict[str, Callable[[int], str]] = {
    "nested.json": much("["),
    "brackets.json": around("[", "[],", "1]"),
    "quotes.json": around("[", '"'),
    "escapes.json": lambda size: f"[{REPORT % much(chr(92) + chr(34))(size)}]",
    "unended.json": around('[{"report_number": 1, "title": "t", "text": "', '\\"'),
    "html.json": lambda size: json.dumps(
        [{"report_number": 1, "title": "t", "text": much('<p class="x">y</p>\n')(size)}]
    ),
    "number.json": around('[{"report_number": 1, "title": "t", "n": ', "9", "}]"),
    "line.txt": much("x"),
    "lines.jsonl": much(REPORT % "x" + "\n"),
    "lines.txt": around("a", "\n"),
    "marks.txt": around("a", "\u0301"),
    "list.md": around("---\na:\n", "- a\n", "---\nb"),
    "deep.md": around("---\na: ", "[", "\n---\nb"),
    "unended.md": around("---\na: b\n", "c: d\n"),
    "tags.html": around("<html>", "<p>a <b>b</b></p>"),
    "opened.html": around("<html>", "<a "),
    "less.html": around("<html>", "<"),
    "quoted.html": around("<html>", "<a b='"),
    "comments.html": much("<!---->"),
    "unended.html": much("<!-- "),
    "skipped.html": around("<html>", "<svg></p>"),
    "dots.txt": around("Report 1\n", "a.", " \u00b7 x"),
    "blanks.txt": around("\u00b7\nReport", " ", "x"),
    "columns.csv": around("report_number,title,text", ",c", "\n1,a,b\n"),
    "unended.csv": around('title,text,url\na,"', "x"),
    "quotes.csv": around("title,text,url\na,", '"'),
    "cell.csv": around('Namespace,Incident ID\nCSETv1,"', "yes, ", '"\n'),
    "authors.csv": around('report_number,title,text,authors\n1,a,b,"[', "[1,", '"\n'),
    "last.csv": around("subject,taxonomy,annotator,field,value,state\na,b,c,f,v,\n", "x,b,c,f,v,\n", "a,b,c,f,v,\n"),
    "begun.html": around("<?xml", " "),
}


def taken(path: Path) -> float:
    """Seconds of processor time until the first record, or until it was refused; the best of three."""
    found = []
    for _ in range(3):
        before = time.process_time()
        with suppress(SourceError):
            next(iter(sniff(path).read(path, ReadOptions())), None)
        found.append(time.process_time() - before)
    return min(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_time_grows_no_faster_than_the_file(tmp_path: Path, name: str) -> None:
    times = []
    for number, size in enumerate((SIZE, 2 * SIZE)):
        path = tmp_path / f"{number}-{name}"
        path.write_text(KINDS[name](size), encoding="utf-8")
        times.append(taken(path))
    assert times[1] <= 3 * times[0] + 0.02  # what takes next to nothing has no ratio
