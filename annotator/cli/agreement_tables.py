"""The tables of agreement for people: as wide as the terminal, with what is missing said below."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.cli.printing import say, write_fitting, write_json, write_line, write_pieces, write_wrapped
from annotator.desk.comparison.rows import (
    AnnotatorRow,
    ChoiceRow,
    ConfusionRow,
    DetailRow,
    Disagreement,
    FieldRow,
    LikelyDisagreement,
    PairRow,
    ShareRow,
)

if TYPE_CHECKING:
    from annotator.cli.agreement import Asked

DIGITS = 6
"""Digits kept of a number: more would be noise, and fewer would not tell two runs apart."""


class Table(Enum):
    """Each table, by the rows it consists of."""

    FIELDS = FieldRow
    DETAILS = DetailRow
    CHOICES = ChoiceRow
    SHARES = ShareRow
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
    from annotator.formats.table import guarded

    columns = (*(["taxonomy"] if rows and "taxonomy" in rows[0] else []), *table.columns)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (_cell(row[name]) for name in columns)
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    write_pieces([written.getvalue()], is_json=False)


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


Row = Mapping[str, Any]
SHOWN = 5
"""Subjects named in a cell of a table; the documents have all."""


class Column(NamedTuple):
    """A column by its head."""

    head: str
    words: Callable[[Row], str]


def _text(head: str, name: str) -> Column:
    return Column(head, lambda row: str(row[name] or ""))


def _count(head: str, name: str) -> Column:
    return Column(head, lambda row: f"{row[name]:,}")


def _share(head: str, name: str, digits: int = 3) -> Column:
    return Column(head, lambda row: number(row[name], digits))


def _value(head: str, name: str) -> Column:
    return Column(head, lambda row: "" if row[name] is None else said(row[name]))


def _depths(row: Row) -> str:
    return " ".join(number(each) or "–" for each in row["alpha_at_depth"] or ())


def _subjects(row: Row) -> str:
    subjects = row["subjects"]
    more = f" and {len(subjects) - SHOWN:,} more" if len(subjects) > SHOWN else ""
    return " ".join(subjects[:SHOWN]) + more


def _answers(row: Row) -> str:
    return "; ".join(f"{name}: {said(value)}" for name, value in row["answers"].items())


def _likely(row: Row) -> str:
    return "" if row["likelihood"] is None else f"{said(row['likely'])} ({row['likelihood']:.2f})"


NUMBER, FIELD = _text("NO", "number"), _text("FIELD", "field")
COLUMNS: dict[Table, tuple[Column, ...]] = {
    Table.FIELDS: (
        NUMBER, FIELD, _text("LEVEL", "level"), _count("UNITS", "units"), _count("PAIRABLE", "pairable"),
        _share("PERCENT", "percent", 1), _share("ALPHA", "alpha"),
        Column("INTERVAL", lambda row: interval(row["alpha_low"], row["alpha_high"])), _share("AC1", "ac1"),
        _share("KAPPA", "fleiss_kappa"), _text("LABEL", "label"),
    ),
    Table.DETAILS: (
        NUMBER, FIELD, _share("B-P", "brennan_prediger"), _share("CONGER", "conger_kappa"), _share("AC2", "ac2"),
        Column("JACKKNIFE", lambda row: interval(row["alpha_jackknife_low"], row["alpha_jackknife_high"])),
        _share("JACCARD", "alpha_jaccard"), Column("BY DEPTH", _depths),
    ),
    Table.CHOICES: (
        _text("CHOICE", "choice"), _share("SPECIFIC", "specific"), _share("ALPHA", "alpha_one_vs_rest"),
        _text("LABEL", "label"),
    ),
    Table.SHARES: (
        FIELD, _text("CHOICE", "choice"), _count("UNITS", "units"), _share("SHARE", "share", 1),
        _text("LABEL", "label"),
    ),
    Table.PAIRS: (
        FIELD, _text("A", "a"), _text("B", "b"), _count("UNITS", "units"), _share("PERCENT", "percent", 1),
        _share("KAPPA", "kappa"), _share("PI", "pi"), _share("LINEAR", "kappa_linear"),
        _share("QUADRATIC", "kappa_quadratic"),
    ),
    Table.CONFUSION: (_count("COUNT", "count"), _value("A", "a"), _value("B", "b"), Column("SUBJECTS", _subjects)),
    Table.ANNOTATORS: (
        FIELD, _text("ANNOTATOR", "annotator"), _text("AGAINST", "against"), _count("UNITS", "units"),
        _share("PERCENT", "percent", 1), _share("KAPPA", "kappa"), _share("DAWID-SKENE", "accuracy"),
        _share("MACE", "competence"),
    ),
    Table.DISAGREEMENTS: (
        _text("SUBJECT", "subject"), FIELD, Column("ANSWERS", _answers), _value("RULED", "ruled"),
    ),
    Table.LIKELY: (
        _text("SUBJECT", "subject"), FIELD, Column("ANSWERS", _answers), Column("LIKELY", _likely),
        _value("RULED", "ruled"),
    ),
}  # fmt: skip
SPARE = {
    Table.FIELDS: ("LABEL", "LEVEL", "UNITS"),
    Table.PAIRS: ("PI",),
    Table.ANNOTATORS: ("MACE", "DAWID-SKENE"),
}
"""What goes first where a line is too long; CSV and JSON have it."""

WHERE_FILLED = {"AC2", "JACCARD", "BY DEPTH", "LINEAR", "QUADRATIC", "DAWID-SKENE", "MACE", "RULED", "LIKELY"}
"""Shown only where some row has them."""


def print_table(table: Table, rows: Sequence[dict[str, Any]], asked: Asked) -> None:
    """Print rows in the form that was asked for."""
    if asked.as_json:
        write_document(rows)
    elif asked.as_csv:
        write_csv(table, rows)
    else:
        _write_for_people(table, rows, asked)


def _write_for_people(table: Table, rows: Sequence[dict[str, Any]], asked: Asked) -> None:
    gone: list[str] = []
    for place, (taxonomy, mine) in enumerate(groupby(rows, key=lambda row: row.get("taxonomy", ""))):
        if place:
            write_line()
        if taxonomy:
            write_line(taxonomy)
        gone += _write_one(table, list(mine), asked)
    if gone:
        say(f"Left out for want of room: {', '.join(dict.fromkeys(gone))}. --csv and --json have everything.")


def _write_one(table: Table, rows: list[dict[str, Any]], asked: Asked) -> list[str]:
    """Print the rows of one taxonomy; gives the heads left out."""
    if table is Table.DETAILS and asked.field:
        gone = [head for row in rows for head in write_detail(row)]
    elif table is Table.DETAILS:
        gone = _write(Table.FIELDS, rows)
        write_line()
        gone += _write(Table.DETAILS, [row for row in rows if row["pairable"]])
    else:
        gone = _write(table, rows)
    if table in {Table.FIELDS, Table.DETAILS}:
        write_reasons(rows)
    for row in rows:
        if row.get("choices"):
            write_line()
            gone += _write(Table.CHOICES, row["choices"])
    return gone


def _write(table: Table, rows: Sequence[Row]) -> list[str]:
    filled = [(column.head, [column.words(row) for row in rows]) for column in COLUMNS[table]]
    shown = [(head, cells) for head, cells in filled if any(cells) or head not in WHERE_FILLED or not rows]
    lines = list(zip(*(cells for _, cells in shown), strict=True))
    return write_fitting([head for head, _ in shown], lines, SPARE.get(table, ()), "FIELD")


def write_reasons(rows: Sequence[Row]) -> None:
    """Print why numbers are missing, each reason with its fields."""
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["undefined"]:
            fields[row["undefined"]].append(row["field"])
    if fields:
        write_line()
        write_line("What is missing, and why:")
    for reason, names in fields.items():
        write_wrapped(reason, "  ")
        write_wrapped(", ".join(names), "    ")


NAMES = {
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "brennan_prediger": "Brennan-Prediger",
    "ac1": "Gwet's AC1",
    "ac2": "Gwet's AC2, weighted",
    "alpha_jaccard": "Alpha by Jaccard",
}


def write_detail(row: Mapping[str, Any]) -> list[str]:
    """Print the field and its coefficients with what is missing and why; gives the heads left out."""
    title = " ".join(filter(None, (row["number"], row["label"])))
    write_line(f"{title} ({row['field']}), {row['level']}: {row['units']:,} units, {row['pairable']:,} pairable")
    write_line()
    return write_fitting(("COEFFICIENT", "VALUE", "WHY"), list(_lines(row)))


def _lines(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    why, reasons = row["undefined"] or "", row["reasons"]
    yield "Percent agreement", number(row["percent"], 1), "" if row["percent"] is not None else why
    yield "Krippendorff's alpha", number(row["alpha"]), "" if row["alpha"] is not None else why
    yield "  95 % by bootstrap", interval(row["alpha_low"], row["alpha_high"]), ""
    low, high = row["alpha_jackknife_low"], row["alpha_jackknife_high"]
    yield "  95 % by jackknife", interval(low, high), reasons.get("alpha_jackknife", "")
    for depth, value in enumerate(row["alpha_at_depth"] or (), 1):
        yield f"  cut at depth {depth}", number(value), "" if value is not None else "one category is left"
    for name, words in NAMES.items():
        missing = reasons.get(name, reasons.get("all", why))
        yield words, number(row[name]), "" if row[name] is not None else missing
