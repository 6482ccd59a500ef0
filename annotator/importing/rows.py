"""Read the rows of a group: lists of objects, which sources write in several ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from annotator.importing.cells import JOINER, Reading, read_cell, read_json
from annotator.models.taxonomy import Field
from annotator.models.words import in_every_language

Row = list[tuple[str, Any]]
"""Names and values of one row, as the source writes them."""


def has_names_only(field: Field, cell: str) -> bool:
    """Whether a cell lists only the first column of each row, as AIID writes entities."""
    return not _label_at(field, r"\A").search(cell)


def read_rows_cell(field: Field, cell: str) -> Reading:
    """Understand a cell: names joined by commas, or `Label: value` lines with rows joined by commas."""
    if has_names_only(field, cell):
        first = field.fields[0].id
        names = [name.strip().replace('\\"', '"') for name in cell.split(JOINER)]
        return Reading([{first: name} for name in names if name] or None, [])
    starts = [found.start() for found in _label_at(field, r"(?:\A|(?<=\n, ))").finditer(cell)]
    pieces = [cell[start:end].removesuffix("\n, ") for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return _read_rows(field, [_lines(field, piece) for piece in pieces], read_cell)


def read_rows_json(field: Field, value: Any) -> Reading:
    """Understand a list of objects."""
    rows = value if isinstance(value, list) else [value]
    return _read_rows(field, [list(row.items()) if isinstance(row, dict) else [("", row)] for row in rows], read_json)


def _lines(field: Field, piece: str) -> Row:
    labels = list(_label_at(field, r"(?:\A|(?<=\n))").finditer(piece))
    ends = [each.start() for each in labels[1:]] + [len(piece)]
    return [(label[1], piece[label.end() : end].strip()) for label, end in zip(labels, ends, strict=True)]


def _label_at(field: Field, before: str) -> re.Pattern[str]:
    labels = "|".join(re.escape(name) for sub in field.fields for name in in_every_language(sub.label))
    return re.compile(f"{before}({labels}): ")


def _read_rows(field: Field, rows: list[Row], read: Callable[[Field, Any], Reading]) -> Reading:
    by_name = {name: sub for sub in field.fields for name in (*in_every_language(sub.label), sub.id, *sub.alias)}
    built: list[dict[str, Any]] = []
    outside: list[str] = []
    for row in rows:
        values: dict[str, Any] = {}
        for name, value in row:
            if value in (None, "", []):
                continue
            if name not in by_name:
                outside.append(f"{name}: {value}")
                continue
            reading = read(by_name[name], value)
            outside += reading.outside
            if reading.value is not None:
                values[by_name[name].id] = reading.value
        built += [values] if values else []
    return Reading(built or None, outside)
