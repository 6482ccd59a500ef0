"""Read a snapshot of the AI Incident Database: its folder, its archive, or one of its CSVs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from annotator.errors import SourceError
from annotator.files import is_folder
from annotator.formats.aiid_classifications import INCIDENT, NAMESPACE, read_classification_table
from annotator.formats.aiid_reports import looks_like_reports, read_table
from annotator.formats.folder import Member, members
from annotator.formats.format import ReadOptions, incident_key, report_key
from annotator.formats.one_by_one import by_itself
from annotator.formats.table import Row, Table, header_of
from annotator.formats.text.reading import HEAD, TextFile, check_size, peek, unreadable
from annotator.formats.values import iso, listed, number, texts
from annotator.model.record import IncidentRecord, Loss, Losses, Record
from annotator.model.subject import EntityLink, EntityRole, Incident

ROLES: dict[str, EntityRole] = {
    "Alleged deployer of AI system": "deployer",
    "Alleged developer of AI system": "developer",
    "Alleged harmed or nearly harmed parties": "harmed",
    "implicated_systems": "implicated",
    "Alleged implicated AI system": "implicated",
}
MOST_DUPLICATES = 100_000
READ = {*ROLES, "incident_id", "title", "description", "date", "reports"}


def read_duplicates(file: TextFile) -> tuple[dict[int, list[int]], list[Record]]:
    """The numbers merged into each incident, and what could not be read of them."""
    table = Table(file)
    columns = ("duplicate_incident_number", "true_incident_number")
    table.need(*columns)
    pair = itemgetter(*(at for name in columns if (at := table.position(name)) is not None))
    merged: dict[int, list[int]] = defaultdict(list)
    lost = Losses()
    for row in table.rows():
        if row.number > MOST_DUPLICATES:  # all are read before the first incident
            raise SourceError(
                f"{file.shown}: lists more than {MOST_DUPLICATES:,} duplicates; check that it is a part of the snapshot"
            )
        gone, kept = map(number, pair(row.cells))
        if gone and kept:
            merged[kept].append(gone)
        else:
            lost.add("not two incident numbers: left out", table.place(row))
    return merged, [*lost, *table.losses()]


def read_incident_table(file: TextFile, merged: dict[int, list[int]]) -> Iterator[Record]:
    """Yield the incidents; `merged` numbers go into `extra["duplicates"]` of the one they became."""
    table = Table(file)
    table.need("incident_id", "title")
    left = dict(merged)
    for row in table.rows():
        yield from by_itself(_incident(table, row, left), table.place(row), table.aside, table.named(row))
    for kept, gone in left.items():
        yield Loss(f"incident {kept} is not here to note its duplicates {gone}", "duplicates.csv", len(gone))
    yield from table.losses()


def _incident(table: Table, row: Row, merged: dict[int, list[int]]) -> Iterator[Record]:
    cells, place = table.named(row), table.place(row)
    found = number(cells["incident_id"])
    if found is None:
        yield Loss(f"no incident number ({cells['incident_id'][:40]!r}): incident left out", place)
        return
    extra: dict[str, object] = {name: cell for name, cell in cells.items() if name not in READ and cell}
    if found in merged:
        extra["duplicates"] = [incident_key(each) for each in merged.pop(found)]
    reports, unread = _reports(cells.get("reports", ""))
    if unread:
        extra["reports"] = cells["reports"]
        yield Loss("the list of reports holds something else than numbers: that part not linked", place, unread)
    incident = Incident(
        key=incident_key(found),
        title=cells["title"],
        description=cells.get("description", ""),
        date=iso(cells.get("date", "")),
        reports=reports,
        entities=tuple(_entities(cells)),
        extra=extra,
    )
    yield IncidentRecord(incident, place)


def _reports(cell: str) -> tuple[tuple[str, ...], int]:
    """Keys of the reports a cell lists, and how many of its parts are no number."""
    said = listed(cell) if cell.strip() else []
    parts = said if isinstance(said, list) else str(said).split(",")
    numbers = [number(part) for part in parts]
    return tuple(report_key(each) for each in numbers if each), numbers.count(None)


def _entities(cells: dict[str, str]) -> Iterator[EntityLink]:
    for column, role in ROLES.items():
        yield from (EntityLink(name=name, role=role) for name in dict.fromkeys(texts(cells.get(column))))


REPORTS = ("reports.csv", "submissions.csv", "quickadd.csv")
PLAIN = {"incidents.csv", "duplicates.csv", *REPORTS}
CLASSIFICATIONS = re.compile(r"classifications_.+\.csv")
AUTOMATED = {"classifications_MIT.csv"}
"""The tables a program filled in: AIID says so of their taxonomies (`automatedClassifications`), not in a snapshot."""
DEEPEST = 2
"""Folders below the given one that are searched, one in the other."""
WHY = {
    ".bson": "a dump for MongoDB; the CSVs beside it are read instead",
    ".json": "the description of a dump for MongoDB",
    ".csv": "a table this program has no use for",
}
Sources = dict[PurePosixPath, Path]


def sniff(path: Path, head: bytes) -> float:
    """Judge a folder by its files, an archive by its ending, a CSV by its header."""
    if is_folder(path):
        return 0.9 if any(is_told(each) for each in members(path, DEEPEST)) else 0.0
    if head.startswith((b"BZh", b"\x1f\x8b")) or path.name.lower().endswith(".tar"):
        return 0.9
    names = header_of(peek(head))
    return 0.95 if {NAMESPACE, INCIDENT} <= names or {"incident_id", "reports", "title"} <= names else 0.0


def is_told(member: Member) -> bool:
    """Whether a file of a folder tells that the folder is a snapshot."""
    return is_part(member.name) and member.name.name not in REPORTS and not member.why_not


def is_part(name: PurePosixPath) -> bool:
    """Whether a path, in any leading folder, is one of the snapshot's tables."""
    return name.name in PLAIN or CLASSIFICATIONS.fullmatch(name.name) is not None


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield incidents, reports, submissions, quick-adds and classifications, in that order."""
    if is_folder(path):
        below = list(members(path, DEEPEST))
        sources = {each.name: each.path for each in below if is_part(each.name) and not each.why_not}
        yield from _read_parts(sources, path, options)
        yield from (Loss(f"not read: {each.why_not}", f"{path.name}/{each.name}") for each in below if each.why_not)
        yield from _left_out((each.name for each in below if each.name not in sources and not each.why_not), path.name)
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
        is_of_people = part not in AUTOMATED and CLASSIFICATIONS.fullmatch(part) is not None
        if is_of_people and options.made_by and options.made_by.is_machine_made:
            yield Loss("not marked as made by a model, because people make these at AIID", f"{whole.name}/{part}")
            yield from _read_part(parts[part], merged, replace(options, made_by=None))
        else:
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


def _left_out(names: Iterable[PurePosixPath], whole: str) -> Iterator[Loss]:
    counts = Counter((str(name.parent), name.suffix.lower()) for name in names)
    for (folder, ending), times in sorted(counts.items()):
        why = WHY.get(ending, "holds no records")
        yield Loss(f"{ending or 'file without ending'} not read: {why}", f"{whole}/{folder}".removesuffix("/."), times)
