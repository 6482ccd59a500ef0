"""How far each two annotators agree, field by field.

Confusion matrices of one field: what one annotator says in rows, what another says in columns.

Rows and columns are whole answers, as everywhere in agreement: several choices of one answer are
one value, and so is a branch of a tree. Values that never met are left out. They stand in the
order of the taxonomy or of numbers; those that have none, such as sets, most frequent first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby

from annotator.agreement.pairs import Met, compare, value_pairs
from annotator.desk.comparison.categories import Categories, as_json, label
from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.rows import ConfusionRow, PairRow
from annotator.errors import RequestError
from annotator.model.outline import FieldOutline

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


def confusion_rows(comparison: Comparison, field: FieldOutline) -> list[ConfusionRow]:
    """Pairs of different values given to the same subject, most frequent first.

    `count` is the number of pairs of annotators who differ so. Raises RequestError for a field
    that is not compared.
    """
    reason = comparison.reason_against(field)
    if reason:
        raise RequestError(f"{field.id} is {reason}.")
    counts: Counter[tuple[int, int]] = Counter()
    subjects: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for key, given in values_of_subjects(comparison, field):
        met = _pairs(given)
        counts += met
        for pair in met:
            subjects[pair].append(key)
    known = comparison.categories(field)
    order, moved = known.in_order()
    name = {old: order[new] for old, new in enumerate(moved)}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], *sorted(moved[code] for code in item[0])))
    return [_row(name, moved, pair, count, subjects[pair]) for pair, count in ranked]


def values_of_subjects(comparison: Comparison, field: FieldOutline) -> Iterator[tuple[str, list[int]]]:
    """The positions of the values each subject was given, subject by subject."""
    known = comparison.categories(field)
    for key, mentions in groupby(comparison.mentions(field), key=lambda each: each.subject):
        places = [known.position(each.said) for each in mentions]
        given = [place for place in places if place is not None]
        if len(given) > 1:
            yield key, given


def _pairs(given: list[int]) -> Counter[tuple[int, int]]:
    """Every two different values, with the number of pairs of annotators who hold them."""
    held = sorted(Counter(given).items())
    return Counter({(a, b): times * again for (a, times), (b, again) in combinations(held, 2)})


def _row(
    name: dict[int, Hashable], moved: list[int], pair: tuple[int, int], count: int, subjects: list[str]
) -> ConfusionRow:
    a, b = sorted(pair, key=lambda code: moved[code])
    return ConfusionRow(as_json(name[a]), as_json(name[b]), count, subjects)


Cell = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True)
class Matrix:
    """Counts of pairs of values. Of all annotators it is symmetric: each two of them count once, in both halves."""

    values: tuple[Hashable, ...]
    """The categories of rows and columns."""
    labels: tuple[str, ...]
    """The same in words."""
    met: Mapping[Cell, Met]
    pair: tuple[str, str] | None = None
    """Whose values stand in rows, and whose in columns; None for all annotators."""

    def at(self, row: int, column: int) -> Met:
        """How often a value of the rows met one of the columns."""
        return self.met.get((row, column), Met(0, 0))

    @cached_property
    def rows(self) -> list[int]:
        """How many pairs of annotators are in each row."""
        return [
            sum(self.at(row, column).pairs for column in range(len(self.values))) for row in range(len(self.values))
        ]

    @cached_property
    def columns(self) -> list[int]:
        """How many pairs of annotators are in each column."""
        return [
            sum(self.at(row, column).pairs for row in range(len(self.values))) for column in range(len(self.values))
        ]

    @cached_property
    def most(self) -> int:
        """The largest count."""
        return max((met.pairs for met in self.met.values()), default=0)

    def share(self, row: int, column: int) -> float:
        """The part of a row that is in one column, 0 … 1."""
        return self.at(row, column).pairs / self.rows[row] if self.rows[row] else 0.0


def of_everybody(comparison: Comparison, field: FieldOutline) -> Matrix:
    """Each two annotators of each subject, any number of annotators."""
    table = comparison.table(field, weighted=False)
    found = value_pairs(table)
    both = {**found, **{(column, row): met for (row, column), met in found.items()}}
    return _matrix(comparison.categories(field), both)


def of_pair(comparison: Comparison, field: FieldOutline, a: str, b: str) -> Matrix:
    """Two annotators: one in rows, the other in columns."""
    cells = pair_cells(comparison, field)
    turned = (b, a) in cells
    known = comparison.categories(field)
    moved = known.in_order()[1]
    found: dict[Cell, Met] = {}
    for (left, right), times in cells.get((b, a) if turned else (a, b), {}).items():
        row, column = (right, left) if turned else (left, right)
        found[moved[row], moved[column]] = Met(times, times)
    return _matrix(known, found, (a, b))


def _matrix(known: Categories, met: Mapping[Cell, Met], pair: tuple[str, str] | None = None) -> Matrix:
    order, _ = known.in_order()
    used = _ranked(known, met)
    at = {place: number for number, place in enumerate(used)}
    values = tuple(order[place] for place in used)
    labels = tuple(label(known.field, value) for value in values)
    return Matrix(values, labels, {(at[row], at[column]): each for (row, column), each in met.items()}, pair)


def _ranked(known: Categories, met: Mapping[Cell, Met]) -> list[int]:
    """The places that occur, in their order; those without one by how often they occur."""
    often: Counter[int] = Counter()
    for (row, column), each in met.items():
        often[row] += each.pairs
        often[column] += each.pairs
    if known.level in {"ordinal", "interval", "ratio"}:
        return sorted(often)
    listed = len(known.listed)
    return sorted(often, key=lambda place: (place, 0, 0) if place < listed else (listed, -often[place], place))
