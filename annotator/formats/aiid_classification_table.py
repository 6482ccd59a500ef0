"""Read one `classifications_<NS>.csv` of an AIID snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.formats.aiid_namespace import split_namespace
from annotator.formats.cells import number, yes
from annotator.formats.format import ReadOptions
from annotator.formats.keys import incident_key
from annotator.formats.table import Row, Table
from annotator.formats.text import TextFile
from annotator.models.record import ClassificationRecord, Loss, RawValue, Record

NAMESPACE, INCIDENT, PUBLISHED = "Namespace", "Incident ID", "Published"


def read_classification_table(file: TextFile, options: ReadOptions) -> Iterator[Record]:
    """Yield one classification per row; an empty cell is unanswered and yields no value."""
    table = Table(file)
    table.need(NAMESPACE, INCIDENT)
    if options.annotator_column:
        table.need(options.annotator_column)
    sheet = _Sheet(table, options)
    for row in table.rows():
        yield from sheet.records(row)
    yield from table.losses()


class _Sheet:
    """The columns of a table of classifications, found once."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.table = table
        self.namespace = table.position(NAMESPACE)
        self.incident = table.position(INCIDENT)
        self.published = table.position(PUBLISHED)
        self.person = table.position(options.annotator_column) if options.annotator_column else None
        own = {self.namespace, self.incident, self.published}
        self.fields = [(at, *column) for at, column in enumerate(table.columns) if at not in own]

    def records(self, row: Row) -> Iterator[Record]:
        place = self.table.place(row)
        incident = self._cell(row, self.incident)
        found = number(incident)
        if found is None:
            what = f"no incident number ({incident[:40]!r}): classification left out"
            yield Loss(what, place)
            return
        said = self._cell(row, self.namespace) or self._namespace_of_file()
        taxonomy, annotator = split_namespace(said)
        published = yes(self._cell(row, self.published))
        if published is None:
            yield Loss(f"{PUBLISHED} says neither true nor false: read as unpublished", place)
        yield ClassificationRecord(
            subject=incident_key(found),
            taxonomy=taxonomy,
            annotator=self._cell(row, self.person) or annotator,
            values=tuple(RawValue(name, row.cells[at], nth) for at, name, nth in self.fields if row.cells[at].strip()),
            publish=bool(published),
            place=place,
        )

    def _cell(self, row: Row, at: int | None) -> str:
        return "" if at is None else row.cells[at].strip()

    def _namespace_of_file(self) -> str:
        return self.table.file.path.stem.removeprefix("classifications_")
