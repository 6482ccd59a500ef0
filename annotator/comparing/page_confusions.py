"""Which values are confused, field by field: a matrix, or a list where a matrix would be too wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.comparing.comparison import Comparison
from annotator.comparing.matrices import Matrix, of_everybody
from annotator.comparing.page_fields import title
from annotator.comparing.page_parts import (
    anchor,
    column,
    columns,
    head,
    heat,
    interval,
    number,
    shown,
    small,
    table,
    text,
)
from annotator.comparing.rows import FieldRow

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
    return _table(matrix, name)


def _table(matrix: Matrix, name: str) -> str:
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
