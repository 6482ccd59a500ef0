"""The formats that can be read, and the choice among them for a path."""

from __future__ import annotations

from pathlib import Path

from annotator.errors import RequestError, SourceError
from annotator.formats.format import Format, Reader, ReadOptions, Sniffer

__all__ = ["FORMATS", "Format", "ReadOptions", "Reader", "Sniffer", "by_name", "sniff"]

JSON = r"\A[\[{]"
TABLE = r"\A[^\n]*[,;\t]"
FORMATS: tuple[Format, ...] = (
    Format(
        "aiid_snapshot",
        "AI Incident Database snapshot: its folder, its .tar.bz2 or .tar.gz, or one of its CSVs",
        sign=TABLE,
        magic=(b"BZh", b"\x1f\x8b"),
        ending=".tar",
    ),
    Format(
        "aiid_reports",
        "AIID reports, submissions or quick-adds as CSV, JSON or JSON Lines",
        sign=rf"{JSON}|{TABLE}|\Areport_number",
    ),
    Format(
        "aiid_classifications", "AIID classifications as its database stores them, as JSON or JSON Lines", sign=JSON
    ),
    Format("report_page", "a report page saved from incidentdatabase.ai, as HTML or copied text", sign=r"\A<|·"),
    Format(
        "news_record",
        "a news record: Markdown under YAML front matter",
        sign=r"\A---",
    ),
    Format(
        "annotator_export",
        "classifications as `annotator export` writes them: JSON, JSON Lines or long CSV",
        sign=rf"{JSON}|{TABLE}",
    ),
    Format("text_folder", "documents in .md, .txt or .html, or a folder of them"),
)


def sniff(path: Path) -> Format:
    """The format a path most looks like; raise SourceError, listing the formats, when it is none."""
    from annotator.formats.text.reading import peek, refuse_known_binary

    head = b"" if path.is_dir() else _head(path)
    beginning = peek(head).lstrip()
    asked = [each for each in FORMATS if each.may_be(path, head, beginning)]
    confidence, best = max(((each.sniff(path, head), each) for each in asked), key=lambda pair: pair[0])
    if confidence > 0:
        return best
    refuse_known_binary(head, str(path))
    _refuse_broken_json(path)
    listed = "\n".join(f"  {each.name}: {each.summary}" for each in FORMATS)
    raise SourceError(f"{path}: is none of the formats read here; if it is one all the same, name it:\n{listed}")


def _refuse_broken_json(path: Path) -> None:
    """Say where the text breaks off, which helps more than a list of formats."""
    from annotator.formats.json_source import JsonSource
    from annotator.formats.text.reading import TextFile

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
    from annotator.formats.text.reading import HEAD, check_size, unreadable

    check_size(path, str(path), "any")
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise unreadable(str(path), error) from error
