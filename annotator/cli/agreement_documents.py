"""The tables of agreement as JSON and CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from annotator.cli.printing import write_json
from annotator.comparing.rows import (
    AnnotatorRow,
    ChoiceRow,
    ConfusionRow,
    DetailRow,
    Disagreement,
    FieldRow,
    LikelyDisagreement,
    PairRow,
)

DIGITS = 6
"""Digits kept of a number: more would be noise, and fewer would not tell two runs apart."""


class Table(Enum):
    """Each table, by the rows it consists of."""

    FIELDS = FieldRow
    DETAILS = DetailRow
    CHOICES = ChoiceRow
    PAIRS = PairRow
    CONFUSION = ConfusionRow
    ANNOTATORS = AnnotatorRow
    DISAGREEMENTS = Disagreement
    LIKELY = LikelyDisagreement

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of a row, in their order."""
        return tuple(each.name for each in fields(self.value))


def write_document(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as one JSON document."""
    write_json([rounded(row) for row in rows])


def write_csv(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as CSV with a head line; several values share a cell."""
    from annotator.formats.formulas import guarded

    columns = (*(["taxonomy"] if rows and "taxonomy" in rows[0] else []), *table.columns)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (_cell(row[name]) for name in columns)
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def rounded(value: Any) -> Any:
    """The same with numbers cut to the digits kept."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def said(value: Any) -> str:
    """A value of any kind in one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "(none)"
    if isinstance(value, dict):
        return " / ".join(f"{name}={said(each)}" for name, each in value.items())
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.12g}"
    return str(value)


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many digits and no minus before nothing; empty where there is none."""
    return "" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval; empty where there is none."""
    return "" if low is None or high is None else f"{number(low)} … {number(high)}"


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ";".join("" if each is None else said(rounded(each)) for each in value)
    return rounded(value)
