"""The formats that can be read, and the choice among them for a path."""

from __future__ import annotations

from pathlib import Path

from annotator.errors import RequestError, SourceError
from annotator.formats import (
    aiid_classifications,
    aiid_reports,
    aiid_snapshot,
    annotator_export,
    news_record,
    report_page,
    text_folder,
)
from annotator.formats.format import Format, Reader, ReadOptions, Sniffer
from annotator.formats.json_source import JsonSource
from annotator.formats.text.encoding import refuse_known_binary
from annotator.formats.text.reading import HEAD, TextFile, check_size, unreadable

__all__ = ["FORMATS", "Format", "ReadOptions", "Reader", "Sniffer", "by_name", "sniff"]

FORMATS: tuple[Format, ...] = (
    Format(
        "aiid_snapshot",
        "AI Incident Database snapshot: its folder, its .tar.bz2 or .tar.gz, or one of its CSVs",
        aiid_snapshot.sniff,
        aiid_snapshot.read,
    ),
    Format(
        "aiid_reports",
        "AIID reports, submissions or quick-adds as CSV, JSON or JSON Lines",
        aiid_reports.sniff,
        aiid_reports.read,
    ),
    Format(
        "aiid_classifications",
        "AIID classifications as its database stores them, as JSON or JSON Lines",
        aiid_classifications.sniff,
        aiid_classifications.read,
    ),
    Format(
        "report_page",
        "a report page saved from incidentdatabase.ai, as HTML or copied text",
        report_page.sniff,
        report_page.read,
    ),
    Format("news_record", "a news record: Markdown under YAML front matter", news_record.sniff, news_record.read),
    Format(
        "annotator_export",
        "classifications as `annotator export` writes them: JSON, JSON Lines or long CSV",
        annotator_export.sniff,
        annotator_export.read,
    ),
    Format("text_folder", "documents in .md, .txt or .html, or a folder of them", text_folder.sniff, text_folder.read),
)


def sniff(path: Path) -> Format:
    """The format a path most looks like; raise SourceError, listing the formats, when it is none."""
    head = b"" if path.is_dir() else _head(path)
    confidence, best = max(((each.sniff(path, head), each) for each in FORMATS), key=lambda pair: pair[0])
    if confidence > 0:
        return best
    refuse_known_binary(head, str(path))
    _refuse_broken_json(path)
    listed = "\n".join(f"  {each.name}: {each.summary}" for each in FORMATS)
    raise SourceError(f"{path}: is none of the formats read here; if it is one all the same, name it:\n{listed}")


def _refuse_broken_json(path: Path) -> None:
    """Say where the text breaks off, which helps more than a list of formats."""
    if path.suffix.lower() in {".json", ".jsonl"}:
        for _ in JsonSource(TextFile.find(path, ReadOptions(), "any"), ()).items():
            pass


def by_name(name: str) -> Format:
    """The format of that name, dashes as good as underscores; raise RequestError when there is none."""
    for each in FORMATS:
        if each.name == name.strip().lower().replace("-", "_"):
            return each
    raise RequestError(f"there is no format {name!r}; the formats are {', '.join(each.name for each in FORMATS)}")


def _head(path: Path) -> bytes:
    check_size(path, str(path), "any")
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise unreadable(str(path), error) from error
