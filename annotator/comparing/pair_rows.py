"""How far each two annotators agree, field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from annotator.agreement.pair_counts import percent_and_kappa
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import PairRow
from annotator.errors import RequestError
from annotator.models.taxonomy import Field

MOST_PAIRS = 2_000_000
"""More pairs of answers than this are not gone through one by one."""
Cells = Counter[tuple[int, int]]


def pair_rows(comparison: Comparison) -> list[PairRow]:
    """A row for every field and every two annotators who share a unit; raises RequestError for too many of them."""
    return [row for field in comparison.compared for row in _rows(comparison, field)]


def pair_cells(comparison: Comparison, field: Field) -> dict[tuple[str, str], Cells]:
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
    names = comparison.names
    return {(names[a], names[b]): cells for (a, b), cells in sorted(found.items())}


def _rows(comparison: Comparison, field: Field) -> Iterator[PairRow]:
    for (a, b), cells in pair_cells(comparison, field).items():
        agreed, kappa = percent_and_kappa(cells)
        percent = None if agreed.value is None else 100 * agreed.value
        yield PairRow(field.id, a, b, cells.total(), percent, kappa.value)
