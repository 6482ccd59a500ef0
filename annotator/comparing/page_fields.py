"""The fields of a taxonomy on the page: a summary, a table with bars, and what has no numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import floor

from annotator.comparing.page_parts import (
    LIMITS,
    anchor,
    bar,
    cell,
    column,
    columns,
    head,
    interval,
    number,
    shown,
    small,
    table,
    text,
)
from annotator.comparing.rows import FieldRow

WORST = 5
"""Fields named in the summary."""


def field_parts(namespace: str, rows: Sequence[FieldRow]) -> Iterator[str]:
    """What can be said of the fields, those with numbers first."""
    measured = [row for row in rows if row.pairable]
    yield f'<h3 id="{anchor(namespace, "fields")}">Fields</h3>\n'
    if measured:
        yield _summary(namespace, measured)
        yield _table(namespace, measured)
    else:
        yield "<p>No field has a unit that two annotators answered.</p>\n"
    yield from _without_numbers([row for row in rows if not row.pairable])


def title(row: FieldRow) -> str:
    """A field by its number and label."""
    return f"{row.number or ''} {row.label}".strip()


def _summary(namespace: str, rows: Sequence[FieldRow]) -> str:
    ranked = sorted((row.alpha, place, row) for place, row in enumerate(rows) if row.alpha is not None)
    some, firm = (sum(alpha >= limit for alpha, *_ in ranked) for limit in LIMITS)
    count = f"{len(rows):,} field{' was' if len(rows) == 1 else 's were'} answered by two annotators or more"
    words = [
        f"{count}. Alpha is 0.8 or more in {firm:,}, 0.667 or more in another {some - firm:,}, "
        f"lower in {len(ranked) - some:,}, and has no value in {len(rows) - len(ranked):,}."
    ]
    if len(ranked) > WORST:
        worst = "; ".join(
            f'<a href="#{anchor(namespace, row.field)}">{text(title(row))}</a> {shown(alpha)}'
            for alpha, _, row in ranked[:WORST]
        )
        words.append(f"Lowest: {worst}.")
    return f"<p>{' '.join(words)}</p>\n"


def _table(namespace: str, rows: Sequence[FieldRow]) -> str:
    lowest = (
        floor(2 * min(0.0, *(value for row in rows for value in (row.alpha, row.alpha_low) if value is not None))) / 2
    )
    heads = [
        column("No."), column("Field"), column("Alpha", "n"), column(f"{shown(lowest, 1)} to 1"),
        column("95 % interval", "n"), column("Percent", "n"), column("AC1", "n"), column("Fleiss' kappa", "n"),
        column("Pairable", "n"), column("Units", "n"), column("Level"),
    ]  # fmt: skip
    lines = ([*_cells(namespace, row, max(-1.0, lowest))] for row in rows)
    return table(f"{namespace}: agreement by field", heads, lines, "fields")


def _cells(namespace: str, row: FieldRow, lowest: float) -> list[str]:
    remark = small(row.undefined) if row.undefined else ""
    return [
        cell(row.number or ""), head(row.label, remark, anchor(namespace, row.field)), number(row.alpha),
        bar(row, lowest), f'<td class="n">{interval(row)}</td>', number(row.percent, 1), number(row.ac1),
        number(row.fleiss_kappa), number(row.pairable, 0), number(row.units, 0), cell(row.level),
    ]  # fmt: skip


def _without_numbers(rows: Sequence[FieldRow]) -> Iterator[str]:
    """The fields of each reason."""
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        fields[row.undefined or ""].append(title(row))
    if fields:
        yield "<h3>Fields without numbers</h3>\n"
        cells = ([head(reason), cell("; ".join(names))] for reason, names in fields.items())
        yield table("What has no numbers, and why", columns("Why", "Fields"), cells)
