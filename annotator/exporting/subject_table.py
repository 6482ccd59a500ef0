"""CSV with one row per subject: every annotator's answer beside what was decided.

Columns are `FIELD@ANNOTATOR` for what was handed in, `FIELD@gold` for the adjudicated answer
and `FIELD@source` for where it comes from: `unanimous`, `majority`, `single`, `ruled`, or
`unresolved` where annotators differ and nothing is decided. Cells are those of the wide table.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from annotator.errors import RequestError
from annotator.exporting.documents import taxonomy_of
from annotator.exporting.long_table import Cell
from annotator.exporting.wide_table import cell
from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import Viewer
from annotator.project import Project
from annotator.store import provenance
from annotator.store.classifications import StoredClassification, Wanted, read

WHO = ("subject", "round", "taxonomy")
HANDED_IN = {"submitted", "adjudicated"}
GOLD, SOURCE = "gold", "source"


def rows(project: Project, wanted: Wanted, with_hidden: bool = False) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per subject and round; raises RequestError for several taxonomies at once."""
    fields, people = _columns(project, wanted, with_hidden)
    yield (*WHO, *(f"{field}@{whose}" for field in fields for whose in people))
    for who, group in groupby(_handed_in(project, wanted), lambda each: (each.subject, each.round, each.taxonomy)):
        found = {each.annotator: each for each in group}
        row = _Row(project, wanted.viewer, who, found, with_hidden)
        yield (*who, *(row.cell(field, whose) for field in fields for whose in people))


class _Row:
    """One subject in one round."""

    def __init__(
        self, project: Project, viewer: Viewer, who: tuple[str, int, str], found: dict[str, StoredClassification],
        with_hidden: bool,
    ) -> None:  # fmt: skip
        self.answers = {name: each.decoded(with_hidden) for name, each in found.items()}
        subject, round_, taxonomy = who
        connection = project.store.connection
        self.known = provenance.of_adjudication(connection, subject, taxonomy, round_) if ADJUDICATED in found else {}
        self.disputed = provenance.unresolved(connection, subject, taxonomy, round_, viewer)

    def cell(self, field: str, whose: str) -> Cell:
        """What one column says of one field."""
        if whose == SOURCE:
            return self._source(field)
        answer = self.answers.get(ADJUDICATED if whose == GOLD else whose, {}).get(field)
        return cell(answer) if answer else ""

    def _source(self, field: str) -> str:
        if ADJUDICATED in self.answers:
            return (
                str(self.known[field]["source"]) if field in self.answers[ADJUDICATED] and field in self.known else ""
            )
        return "unresolved" if field in self.disputed else ""


def _handed_in(project: Project, wanted: Wanted) -> Iterator[StoredClassification]:
    """Everything handed in, the rounds of a subject apart."""
    found = (each for each in read(project.store.connection, wanted) if each.status in HANDED_IN)
    for _, group in groupby(found, lambda each: (each.subject, each.taxonomy)):
        yield from sorted(group, key=lambda each: (each.round, each.annotator))


def _columns(project: Project, wanted: Wanted, with_hidden: bool) -> tuple[list[str], list[str]]:
    """The fields of the newest version in use, then what only older ones have; and whose answers there are."""
    newest: StoredClassification | None = None
    used: set[str] = set()
    people: set[str] = set()
    for stored in _handed_in(project, wanted):
        if newest is not None and stored.taxonomy != newest.taxonomy:
            raise RequestError(f"There is work under {newest.taxonomy} and others; name one with --taxonomy.")
        newest = stored if newest is None or stored.version > newest.version else newest
        used |= stored.decoded(with_hidden).keys()
        people |= {stored.annotator} - {ADJUDICATED}
    taxonomy = taxonomy_of(project, newest) if newest else None
    fields = list(taxonomy.by_id) if taxonomy else []
    columns = [*sorted(people), *([] if wanted.what == "raw" else [GOLD, SOURCE])]
    return [*fields, *sorted(used.difference(fields))], columns
