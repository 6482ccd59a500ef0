"""Read a snapshot of the AI Incident Database: its folder, its archive, or one of its CSVs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from annotator.errors import SourceError
from annotator.formats.aiid_classification_table import INCIDENT, NAMESPACE, read_classification_table
from annotator.formats.aiid_incident_table import read_duplicates, read_incident_table
from annotator.formats.aiid_report import looks_like_reports
from annotator.formats.aiid_reports import read_table
from annotator.formats.format import ReadOptions
from annotator.formats.table import header_of
from annotator.formats.text import HEAD, TextFile, check_size, peek, unreadable
from annotator.models.record import Loss, Record

REPORTS = ("reports.csv", "submissions.csv", "quickadd.csv")
PLAIN = {"incidents.csv", "duplicates.csv", *REPORTS}
CLASSIFICATIONS = re.compile(r"classifications_.+\.csv")
DEEPEST = 3
"""Folders below the given one that are searched."""
WHY = {
    ".bson": "a dump for MongoDB; the CSVs beside it are read instead",
    ".json": "the description of a dump for MongoDB",
    ".csv": "a table this program has no use for",
}
Sources = dict[PurePosixPath, Path]


def sniff(path: Path, head: bytes) -> float:
    """Judge a folder by its files, an archive by its ending, a CSV by its header."""
    if path.is_dir():
        return 0.9 if any(is_part(name) and name.name not in REPORTS for name, _ in _files_below(path)) else 0.0
    if head.startswith((b"BZh", b"\x1f\x8b")) or path.name.lower().endswith(".tar"):
        return 0.9
    names = header_of(peek(head))
    return 0.95 if {NAMESPACE, INCIDENT} <= names or {"incident_id", "reports", "title"} <= names else 0.0


def is_part(name: PurePosixPath) -> bool:
    """Whether a path, in any leading folder, is one of the snapshot's tables."""
    return name.name in PLAIN or CLASSIFICATIONS.fullmatch(name.name) is not None


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield incidents, reports, submissions, quick-adds and classifications, in that order."""
    if path.is_dir():
        below = dict(_files_below(path))
        sources = {name: file for name, file in below.items() if is_part(name)}
        yield from _read_parts(sources, path, options)
        yield from _left_out((name for name in below if name not in sources), path.name)
        return
    check_size(path, str(path), "any")
    names = header_of(_beginning(path))
    if names & {NAMESPACE, "incident_id", "report_number"}:
        yield from _read_one(TextFile.find(path, options, "table"), names, options)
    else:
        yield from _read_archive(path, options)


def _read_archive(path: Path, options: ReadOptions) -> Iterator[Record]:
    from annotator.formats.archive import unpack

    with TemporaryDirectory(prefix="annotator-") as folder:
        found = unpack(path, is_part, Path(folder))
        yield from _read_parts(found.files, path, options)
    yield from _left_out(found.others, path.name)


def _read_parts(sources: Sources, whole: Path, options: ReadOptions) -> Iterator[Record]:
    by_name: dict[str, PurePosixPath] = {}
    for name in sorted(sources, key=lambda each: (len(each.parts), each)):
        if by_name.setdefault(name.name, name) != name:
            yield Loss(f"a second {name.name}: not read", f"{whole.name}/{name}")
    if not by_name:
        raise SourceError(f"{whole}: holds no incidents.csv and no classifications_….csv; is it an AIID snapshot?")
    merged: dict[int, list[int]] = {}
    parts = {
        part: TextFile.find(sources[name], options, "table", shown=f"{whole}/{name}") for part, name in by_name.items()
    }
    if "duplicates.csv" in parts:
        merged, lost = read_duplicates(parts["duplicates.csv"])
        yield from lost
    for part in _in_order(parts):
        yield from _read_part(parts[part], merged, options)


def _in_order(names: Iterable[str]) -> list[str]:
    first = ["incidents.csv", *REPORTS]
    return [name for name in first if name in names] + sorted(name for name in names if name not in PLAIN)


def _read_part(file: TextFile, merged: dict[int, list[int]], options: ReadOptions) -> Iterator[Record]:
    if file.name == "incidents.csv":
        yield from read_incident_table(file, merged)
    elif file.name in REPORTS:
        yield from read_table(file)
    else:
        yield from read_classification_table(file, options)


def _read_one(file: TextFile, names: set[str], options: ReadOptions) -> Iterator[Record]:
    if NAMESPACE in names:
        yield from read_classification_table(file, options)
    elif looks_like_reports(names):
        yield from read_table(file)
    else:
        yield from read_incident_table(file, {})


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return peek(file.read(HEAD))
    except OSError as error:
        raise unreadable(str(path), error) from error


def _files_below(folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """The files of a folder and of the folders in it, by their path from there."""
    for depth in range(DEEPEST):
        for file in sorted(folder.glob("/".join(["*"] * (depth + 1)))):
            if file.is_file():
                yield PurePosixPath(file.relative_to(folder).as_posix()), file


def _left_out(names: Iterable[PurePosixPath], whole: str) -> Iterator[Loss]:
    counts = Counter((str(name.parent), name.suffix.lower()) for name in names)
    for (folder, ending), times in sorted(counts.items()):
        why = WHY.get(ending, "holds no records")
        yield Loss(f"{ending or 'file without ending'} not read: {why}", f"{whole}/{folder}".removesuffix("/."), times)
