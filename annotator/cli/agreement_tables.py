"""The tables of agreement as text, JSON and CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from annotator.cli.printing import write_json, write_line, write_table

if TYPE_CHECKING:
    from annotator.cli.agreement_options import Asked

DIGITS = 6
"""Digits kept of a number: more would be noise, and fewer would not tell two runs apart."""
SHOWN = 5
"""Subjects named in a cell of a table; the documents have all."""


class Table(Enum):
    """Each table: its columns in documents, and in the table for people."""

    FIELDS = (
        (
            "field", "number", "label", "level", "units", "pairable", "percent", "alpha", "alpha_low", "alpha_high",
            "ac1", "fleiss_kappa", "undefined",
        ),
        ("NO", "FIELD", "LEVEL", "UNITS", "PAIRABLE", "PERCENT", "ALPHA", "INTERVAL", "AC1", "KAPPA", "LABEL"),
    )  # fmt: skip
    PAIRS = (("field", "a", "b", "units", "percent", "kappa"), ("FIELD", "A", "B", "UNITS", "PERCENT", "KAPPA"))
    CONFUSION = (("a", "b", "count", "subjects"), ("COUNT", "A", "B", "SUBJECTS"))
    ANNOTATORS = (
        ("field", "annotator", "units", "percent", "kappa", "accuracy", "competence"),
        ("FIELD", "ANNOTATOR", "UNITS", "PERCENT", "KAPPA", "DAWID-SKENE", "MACE"),
    )
    CHOICES = (("choice", "label", "specific", "alpha_one_vs_rest"), ("CHOICE", "SPECIFIC", "ALPHA", "LABEL"))
    DISAGREEMENTS = (("subject", "field", "label", "answers", "ruled"), ("SUBJECT", "FIELD", "ANSWERS", "RULED"))


def print_table(table: Table, rows: Sequence[dict[str, Any]], asked: Asked) -> None:
    """Print rows in the form that was asked for."""
    if asked.as_json:
        write_json([_rounded(row) for row in rows])
    elif asked.as_csv:
        _write_csv(table, rows)
    elif rows:
        _write_for_people(table, rows)


def _write_for_people(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    named = "taxonomy" in rows[0]
    heads = (*(["TAXONOMY"] if named else []), *table.value[1])
    write_table(heads, [(*([row["taxonomy"]] if named else []), *_cells(table, row)) for row in rows])
    choices = [choice for row in rows for choice in row.get("choices", ())]
    if choices:
        write_line()
        _write_for_people(Table.CHOICES, choices)


def _cells(table: Table, row: Mapping[str, Any]) -> Iterable[str]:
    if table is Table.FIELDS:
        label = row["label"] + (f" ({row['undefined']})" if row["undefined"] else "")
        yield from (row["number"] or "", row["field"], row["level"], f"{row['units']:,}", f"{row['pairable']:,}")
        yield from (_percent(row["percent"]), _number(row["alpha"]), _interval(row), _number(row["ac1"]))
        yield from (_number(row["fleiss_kappa"]), label)
    elif table is Table.CONFUSION:
        subjects = row["subjects"]
        more = f" and {len(subjects) - SHOWN:,} more" if len(subjects) > SHOWN else ""
        yield from (f"{row['count']:,}", said(row["a"]), said(row["b"]), " ".join(subjects[:SHOWN]) + more)
    elif table is Table.DISAGREEMENTS:
        answers = "; ".join(f"{name}: {said(value)}" for name, value in row["answers"].items())
        yield from (row["subject"], row["field"], answers, "" if row["ruled"] is None else said(row["ruled"]))
    elif table is Table.CHOICES:
        yield from (row["choice"], _number(row["specific"]), _number(row["alpha_one_vs_rest"]), row["label"])
    else:
        for name in table.value[0]:
            value = row[name]
            yield _percent(value) if name == "percent" else _number(value) if _is_share(name) else str(value)


def said(value: Any) -> str:
    """A value of any kind in one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "(none)"
    if isinstance(value, dict):
        return " / ".join(f"{name}={said(each)}" for name, each in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_share(name: str) -> bool:
    return name in {"kappa", "accuracy", "competence"}


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _interval(row: Mapping[str, Any]) -> str:
    return "" if row["alpha_low"] is None else f"{row['alpha_low']:.3f} … {row['alpha_high']:.3f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def _write_csv(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    from annotator.formats.formulas import guarded

    columns = (*(["taxonomy"] if rows and "taxonomy" in rows[0] else []), *table.value[0])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (_cell(row[name]) for name in columns)
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return (
            "; ".join(f"{name}: {said(each)}" for name, each in value.items())
            if isinstance(value, dict)
            else (";".join(map(said, value)))
        )
    return _rounded(value)
