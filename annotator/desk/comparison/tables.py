"""Write the tables of the agreement screens to CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.comparison.figures import Confused
from annotator.desk.comparison.rows import ChoiceRow, FieldRow, PairRow
from annotator.desk.comparison.subjects import SubjectSeen
from annotator.desk.exchange.exporting import write
from annotator.formats.table import guarded

if TYPE_CHECKING:
    from annotator.desk.comparison.pairs import Matrix

DIGITS = 6
ALL = "all"
"""Names the sums of a matrix."""


class Table(NamedTuple):
    """Columns, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def table_of(kind: type[FieldRow | ChoiceRow | PairRow], rows: Iterable[FieldRow | ChoiceRow | PairRow]) -> Table:
    """The rows of one kind as they are shaped everywhere."""
    return Table(tuple(each.name for each in fields(kind)), [tuple(asdict(row).values()) for row in rows])


def table_of_confusions(rows: Iterable[Confused]) -> Table:
    """Pairs of values in words, with how many pairs of annotators and subjects they were given in."""
    return Table(("a", "b", "pairs", "subjects"), [(each.a, each.b, each.pairs, each.subjects) for each in rows])


def table_of_matrix(matrix: Matrix) -> Table:
    """A row per value with a column per value, as on screen, and the sums; of a pair, the corner names them."""
    corner = f"{matrix.pair[0]} in rows, {matrix.pair[1]} in columns" if matrix.pair else "each two annotators"
    places = range(len(matrix.labels))
    cells: list[tuple[Any, ...]] = [
        (matrix.labels[row], *(matrix.at(row, column).pairs for column in places), matrix.rows[row]) for row in places
    ]
    return Table((corner, *matrix.labels, ALL), [*cells, (ALL, *matrix.columns, sum(matrix.rows))])


def table_of_subjects(rows: Sequence[SubjectSeen]) -> Table:
    """One line per subject, one column per annotator."""
    names = sorted({name for each in rows for name in each.said})
    cells: list[tuple[Any, ...]] = [(each.key, *(each.said.get(name, "") for name in names)) for each in rows]
    return Table(("subject", *names), cells)


def write_new(path: Path, table: Table) -> None:
    """Write a table to a new file; raises RequestError where one is already, OutputError when it cannot be written."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([guarded(name) for name in table.columns])
    writer.writerows([_cell(each) for each in row] for row in table.rows)
    write(path, [written.getvalue()], anew=True)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    return round(value, DIGITS) if isinstance(value, float) else value
