"""The fields of a taxonomy on the page: a summary, a table with bars, and what has no numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import floor
from statistics import fmean

from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.page_parts import (
    LIMITS,
    anchor,
    bar,
    cell,
    column,
    columns,
    head,
    heat,
    interval,
    number,
    pair_column,
    shown,
    small,
    table,
    text,
)
from annotator.desk.comparison.pairs import Matrix, of_everybody, pair_rows
from annotator.desk.comparison.rows import FieldRow, PairRow
from annotator.errors import RequestError

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
    shown_alphas = [value for row in rows for value in (row.alpha, row.alpha_low) if value is not None]
    lowest = floor(2 * min([0.0, *shown_alphas])) / 2
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


MOST_CATEGORIES = 25
"""In a matrix; beyond, the most frequent confusions are listed."""
LISTED = 10
SHORT = 14
"""Characters of a label that fit over a column; where one is longer, columns bear the numbers of the rows."""


def confusion_parts(comparison: Comparison, rows: Sequence[FieldRow]) -> Iterator[str]:
    """A small table for every field that was measured."""
    if not rows:
        return
    yield (
        f'<h3 id="{anchor(comparison.taxonomy.namespace, "confusions")}">Confusions</h3>\n'
        "<p>How many pairs of annotators gave the two values to the same subject; the diagonal is agreement.</p>\n"
        '<div class="maps">\n'
    )
    for row in rows:
        name = anchor(comparison.taxonomy.namespace, row.field)
        yield f'<section class="map" id="{name}" aria-labelledby="{name}-title">\n'
        yield f'<h4 id="{name}-title">{text(title(row))} {small(_beside(row))}</h4>\n'
        yield _confusions(of_everybody(comparison, comparison.taxonomy.by_id[row.field]), title(row))
        yield "</section>\n"
    yield "</div>\n"


def _beside(row: FieldRow) -> str:
    if row.alpha is None:
        return "no alpha"
    found = interval(row)
    return f"alpha {shown(row.alpha)}" + (f", {found}" if found else "")


def _confusions(matrix: Matrix, name: str) -> str:
    if len(matrix.values) > MOST_CATEGORIES or any(isinstance(each, frozenset) for each in matrix.values):
        return _list(matrix, name)
    return _confusion_table(matrix, name)


def _confusion_table(matrix: Matrix, name: str) -> str:
    numbered = any(len(each) > SHORT for each in matrix.labels)
    marks = [f"{number} " if numbered else "" for number in range(1, len(matrix.labels) + 1)]
    heads = [column(), *(_over(mark, words) for mark, words in zip(marks, matrix.labels, strict=True))]
    cells = ([head(marks[row] + matrix.labels[row]), *_counts(matrix, row)] for row in range(len(matrix.labels)))
    return table(f"{name}: pairs of values", heads, cells, "matrix")


def _counts(matrix: Matrix, row: int) -> Iterator[str]:
    for place in range(len(matrix.labels)):
        times = matrix.at(row, place).pairs
        yield heat(f"{times:,}" if times else "", times / matrix.most if times else None)


def _over(mark: str, words: str) -> str:
    """The head of a column: a number where labels are long, which a screen reader does not put up with."""
    if not mark:
        return column(words)
    return f'<th scope="col"><span aria-hidden="true">{mark}</span><span class="unseen">{text(words)}</span></th>'


def _count(times: int, most: int) -> str:
    return heat(f"{times:,}" if times else "", times / most if times else None)


def _list(matrix: Matrix, name: str) -> str:
    apart = sorted((-met.pairs, pair) for pair, met in matrix.met.items() if pair[0] < pair[1])
    if not apart:
        return "<p>Nobody differed.</p>\n"
    cells = ([head(matrix.labels[a]), head(matrix.labels[b]), number(-n, 0)] for n, (a, b) in apart[:LISTED])
    more = f", the first {LISTED} of {len(apart):,}" if len(apart) > LISTED else ""
    return table(
        f"{name}: most frequent confusions{more}", [*columns("One", "Other"), column("Pairs", "n")], cells, "list"
    )


MOST_ANNOTATORS = 30
"""In a heat map; a wider one cannot be read."""
MOST_COLUMNS = 10
"""Pairs of annotators side by side."""


def pair_parts(comparison: Comparison) -> Iterator[str]:
    """Mean kappa of each two annotators, then their kappa field by field."""
    names = comparison.names
    if len(names) < 2:
        return
    title = f'<h3 id="{anchor(comparison.taxonomy.namespace, "pairs")}">Pairs of annotators</h3>\n'
    if len(names) > MOST_ANNOTATORS:
        yield f"{title}<p>{len(names):,} annotators are too many for a map of pairs.</p>\n"
        return
    try:
        rows = pair_rows(comparison)
    except RequestError as error:
        yield f"{title}<p>{text(error)}</p>\n"
        return
    if rows:
        yield title
        yield _map(names, rows)
        yield from _by_field(comparison, rows)


def _map(names: list[str], rows: list[PairRow]) -> str:
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.kappa is not None:
            found[row.a, row.b].append(row.kappa)
            found[row.b, row.a].append(row.kappa)
    cells = ([head(a), *(_mean(found.get((a, b), []), is_self=a == b) for b in names)] for a in names)
    caption = "Cohen's kappa of each two annotators, mean over fields; small: how many fields"
    return table(caption, columns("Annotator", *names), cells, "matrix few")


def _mean(kappas: list[float], *, is_self: bool) -> str:
    if not kappas:
        return heat("" if is_self else "none", None)
    mean = fmean(kappas)
    return heat(f"{shown(mean, 2)} ", mean, small(len(kappas)))


def _by_field(comparison: Comparison, rows: list[PairRow]) -> Iterator[str]:
    pairs = sorted({(row.a, row.b) for row in rows})
    if len(pairs) > MOST_COLUMNS:
        return
    found = {(row.field, row.a, row.b): row for row in rows}
    heads = [column("Field"), *(pair_column(a, b) for a, b in pairs)]
    cells = ([head(field.name), *(_kappa(found.get((field.id, *pair))) for pair in pairs)]
             for field in comparison.compared)  # fmt: skip
    caption = "Cohen's kappa by field and pair; small: how many units both answered; – where kappa has no value"
    yield table(caption, heads, cells, "matrix")


def _kappa(row: PairRow | None) -> str:
    if row is None:
        return heat("", None)
    if row.kappa is None:
        return heat("– ", None, small(f"{row.units:,}"))
    return heat(f"{shown(row.kappa, 2)} ", row.kappa, small(f"{row.units:,}"))
