"""Read AIID's reports and submissions as CSV, JSON or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotator.errors import SourceError
from annotator.formats.aiid_report import looks_like_reports, report_records
from annotator.formats.format import ReadOptions
from annotator.formats.json_source import JsonSource, first_names
from annotator.formats.table import Table, header_of
from annotator.formats.text import TextFile, peek
from annotator.models.record import Loss, Record

EXPECTED = "reports: objects with report_number, title, text and url (some of them), alone, in an array or by line"
WRAPPERS = ("reports", "submissions")


def sniff(path: Path, head: bytes) -> float:
    """Judge by the header of a CSV or the names in JSON."""
    text = peek(head).lstrip()
    if not text or path.is_dir():
        return 0.0
    names = first_names(text, WRAPPERS) if text[0] in "[{" else header_of(text)
    return 0.9 if looks_like_reports(names) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the reports of one file; raise SourceError when it holds something else."""
    file = TextFile.find(path, options, "table")
    first = next((line.lstrip() for line in file.lines() if line.strip()), "")
    yield from _read_json(file) if first[:1] in {"[", "{"} else read_table(file)


def read_table(file: TextFile) -> Iterator[Record]:
    """Yield the reports of a CSV file."""
    table = Table(file)
    if not looks_like_reports({column.name for column in table.columns}):
        table.need("report_number", "title", "text", "url")
    for row in table.rows():
        yield from report_records(table.named(row), table.place(row))
    yield from table.losses()


def _read_json(file: TextFile) -> Iterator[Record]:
    source = JsonSource(file, WRAPPERS)
    for found, item in enumerate(source.items()):
        if not isinstance(item.value, dict):
            yield Loss("not an object: left out", item.place)
            continue
        if not found and not looks_like_reports(set(item.value)):
            has = ", ".join(name[:40] for name in list(item.value)[:8]) or "nothing"
            raise SourceError(f"{file.shown}: is JSON of another shape ({item.place} has {has}); expected {EXPECTED}")
        yield from report_records(item.value, item.place)
    yield from source.losses()
