"""How far each two annotators agree, field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from annotator.agreement.pair_counts import compare
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import PairRow
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline

MOST_PAIRS = 2_000_000
"""More pairs of answers than this are not gone through one by one."""
MOST_ROWS = 50_000
"""More pairs of annotators than this are no table."""
Cells = Counter[tuple[int, int]]


def pair_rows(comparison: Comparison) -> list[PairRow]:
    """A row for every field and every two annotators who share a unit; raises RequestError for too many of them."""
    return [row for field in comparison.compared for row in _rows(comparison, field)]


def pair_cells(comparison: Comparison, field: FieldOutline) -> dict[tuple[str, str], Cells]:
    """How often two annotators gave which two values to the same unit."""
    patterns = comparison.named_patterns(field)
    pairs = sum(len(pattern) * (len(pattern) - 1) // 2 for pattern in patterns)
    if pairs > MOST_PAIRS:
        raise RequestError(
            f"{len(comparison.names):,} annotators make {pairs:,} pairs of answers to {field.id}; "
            "choose some of them with --annotators."
        )
    found: defaultdict[tuple[int, int], Cells] = defaultdict(Counter)
    for pattern, times in patterns.items():
        for (a, left), (b, right) in combinations(pattern, 2):
            found[a, b][left, right] += times
    if len(found) > MOST_ROWS:
        raise RequestError(
            f"{len(comparison.names):,} annotators make {len(found):,} pairs on {field.id}, which nobody reads; "
            "choose some of them with --annotators."
        )
    names = comparison.names
    return {(names[a], names[b]): cells for (a, b), cells in sorted(found.items())}


def _rows(comparison: Comparison, field: FieldOutline) -> Iterator[PairRow]:
    found = pair_cells(comparison, field)
    points = comparison.categories(field).points()
    for (a, b), cells in found.items():
        each = compare(cells, points)
        percent = None if each.percent.value is None else 100 * each.percent.value
        yield PairRow(
            field=field.id,
            a=a,
            b=b,
            units=cells.total(),
            percent=percent,
            kappa=each.kappa.value,
            pi=each.pi.value,
            kappa_linear=each.linear.value,
            kappa_quadratic=each.quadratic.value,
            undefined=each.kappa.reason or None,
        )
