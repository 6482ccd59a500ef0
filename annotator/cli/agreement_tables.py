"""The tables of agreement for people: as wide as the terminal, with what is missing said below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.cli.agreement_documents import Table, interval, number, said, write_csv, write_document
from annotator.cli.fitting import write_fitting, write_wrapped
from annotator.cli.printing import say, write_line

if TYPE_CHECKING:
    from annotator.cli.agreement_options import Asked

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
        from annotator.cli.agreement_detail import write_detail

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
