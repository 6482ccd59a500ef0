"""Read `incidents.csv` of an AIID snapshot, with the numbers `duplicates.csv` merged away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from annotator.formats.cells import listed, number, texts
from annotator.formats.dates import iso
from annotator.formats.keys import incident_key, report_key
from annotator.formats.table import Row, Table
from annotator.formats.text import TextFile
from annotator.models.record import IncidentRecord, Loss, Record
from annotator.models.subject import EntityLink, EntityRole, Incident

ROLES: dict[str, EntityRole] = {
    "Alleged deployer of AI system": "deployer",
    "Alleged developer of AI system": "developer",
    "Alleged harmed or nearly harmed parties": "harmed",
    "implicated_systems": "implicated",
    "Alleged implicated AI system": "implicated",
}
READ = {*ROLES, "incident_id", "title", "description", "date", "reports"}


def read_duplicates(file: TextFile) -> tuple[dict[int, list[int]], list[Loss]]:
    """The numbers merged into each incident, and what could not be read of them."""
    table = Table(file)
    table.need("duplicate_incident_number", "true_incident_number")
    merged: dict[int, list[int]] = defaultdict(list)
    lost = []
    for row in table.rows():
        cells = table.named(row)
        gone, kept = number(cells["duplicate_incident_number"]), number(cells["true_incident_number"])
        if gone and kept:
            merged[kept].append(gone)
        else:
            lost.append(Loss("not two incident numbers: left out", table.place(row)))
    return merged, [*lost, *table.losses()]


def read_incident_table(file: TextFile, merged: dict[int, list[int]]) -> Iterator[Record]:
    """Yield the incidents; `merged` numbers go into `extra["duplicates"]` of the one they became."""
    table = Table(file)
    table.need("incident_id", "title")
    left = dict(merged)
    for row in table.rows():
        yield from _incident(table, row, left)
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
