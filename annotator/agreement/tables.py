"""The table every statistic starts from: distinct patterns of values and how many units have each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.errors import RequestError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyInts = NDArray[np.integer[Any]]
"""Whole numbers of any width, as they come in."""

Pattern = tuple[int, ...]
"""The values of one unit as positions in the choices, one per annotator, in any order."""


DENSE_CELLS = 2_000_000
"""Up to this many cells a plain matrix product is faster than gathering (16 MB)."""


class Counts:
    """A (P, q) matrix of how often category q stands in pattern P, as entries sorted by pattern.

    Every pattern has at least one entry; `sizes` (P,) is the number of values of each pattern.
    """

    def __init__(self, starts: Ints, codes: Ints, counts: Ints | Floats, width: int) -> None:
        """Take where each pattern starts (P + 1), and code and count of each entry."""
        self.starts = starts
        self.codes = codes
        self.counts = counts.astype(np.float64)
        self.height = len(starts) - 1
        self.width = width

    @cached_property
    def sizes(self) -> Floats:
        """Number of values of each pattern, (P,)."""
        return np.asarray(self._by_pattern(self.counts[None, :])[0])

    @cached_property
    def distinct(self) -> Ints:
        """Number of different categories in each pattern, (P,)."""
        return np.diff(self.starts)

    @cached_property
    def patterns(self) -> Ints:
        """The pattern each entry belongs to."""
        return np.repeat(np.arange(self.height), self.distinct)

    def columns(self, times: Floats) -> Floats:
        """Sum over patterns: (B, P) @ (P, q) → (B, q)."""
        if self._dense is not None:
            return np.asarray(times @ self._dense)
        order, present, starts = self._by_code
        result = np.zeros((len(times), self.width))
        if len(order):
            gathered = times[:, self.patterns[order]] * self.counts[order]
            result[:, present] = np.add.reduceat(gathered, starts, axis=1)
        return result

    def rows(self, values: Floats) -> Floats:
        """Sum over categories: (B, q) @ (q, P) → (B, P)."""
        if self._dense is not None:
            return np.asarray(values @ self._dense.T)
        return self._by_pattern(values[:, self.codes] * self.counts)

    def _by_pattern(self, entries: Floats) -> Floats:
        if not self.height:
            return np.zeros((len(entries), 0))
        return np.asarray(np.add.reduceat(entries, self.starts[:-1], axis=1))

    @cached_property
    def _dense(self) -> Floats | None:
        if self.height * self.width > DENSE_CELLS:
            return None
        dense = np.zeros((self.height, self.width))
        dense[self.patterns, self.codes] = self.counts
        return dense

    @cached_property
    def _by_code(self) -> tuple[Ints, Ints, Ints]:
        order = np.argsort(self.codes, kind="stable")
        present, starts = np.unique(self.codes[order], return_index=True)
        return order, present, starts


@dataclass(frozen=True, eq=False)
class PatternTable:
    """Patterns of one field. Build it with `of_patterns`, `of_units`, `of_labels` or `of_counts`."""

    choices: tuple[Hashable, ...]
    """All categories, in the order of the taxonomy: ids, numbers, frozensets or paths."""
    observed: Ints
    """Positions in the choices of the categories that occur, ascending."""
    q: int
    """Number of categories there are to choose from, chosen or not."""
    counts: Counts
    """Pairable patterns × observed categories."""
    times: Ints
    """How many units have each pairable pattern, most frequent first."""
    singles: Ints
    """How many units have one value only, by observed category."""
    blank: int = 0
    """How many units have no value at all."""
    weights: Floats | None = None
    """How much a unit of each pairable pattern counts, whatever they sum to; None: all alike."""

    @property
    def categories(self) -> tuple[Hashable, ...]:
        """The categories that occur."""
        return tuple(self.choices[position] for position in self.observed)

    @property
    def pairable(self) -> int:
        """Number of units with two values or more."""
        return int(self.times.sum())

    @property
    def counting(self) -> Floats:
        """How much the units of each pairable pattern count, (P,); the sum is their number."""
        return np.asarray(self.weighed(self.times[None, :].astype(np.float64))[0])

    def weighed(self, times: Floats) -> Floats:
        """Numbers of units (B, P) by how much they count; every row keeps its sum."""
        if self.weights is None:
            return times
        weighed = times * self.weights
        whole = weighed.sum(axis=1, keepdims=True)
        return np.asarray(weighed * (times.sum(axis=1, keepdims=True) / np.where(whole > 0, whole, 1.0)))

    def paired(self) -> PatternTable:
        """The pairable units alone, which are all that α takes in; their categories may be far fewer."""
        codes, place = np.unique(self.counts.codes, return_inverse=True)
        counts = Counts(self.counts.starts, place.astype(np.int64), self.counts.counts, len(codes))
        return replace(self, observed=self.observed[codes], counts=counts, singles=np.zeros_like(codes), blank=0)

    @property
    def units(self) -> int:
        """Number of units, pairable or not."""
        return self.pairable + int(self.singles.sum()) + self.blank


def of_patterns(
    choices: Sequence[Hashable], patterns: Mapping[Pattern, int] | Iterable[tuple[Pattern, int]], q: int | None = None
) -> PatternTable:
    """Build the table from patterns and how many units have each; equal patterns may come apart.

    `q` is for fields whose possible answers are too many to list, such as sets.
    """
    pairs = patterns.items() if isinstance(patterns, Mapping) else patterns
    merged: Counter[Pattern] = Counter()
    for pattern, times in pairs:
        merged[tuple(sorted(pattern))] += times
    # In order, so that the same data gives the same interval however it came into the file.
    found = [(pattern, times) for pattern, times in sorted(merged.items()) if times > 0]
    lengths, flat = _entries([pattern for pattern, _ in found])
    return _build(choices, lengths, flat, np.array([times for _, times in found], dtype=np.int64), q)


def of_weighted(
    choices: Sequence[Hashable], patterns: Iterable[tuple[Pattern, float, int]], q: int | None = None
) -> PatternTable:
    """Build the table from patterns, how much a unit of each counts, and how many units have both.

    Only units with two values or more count; the others are told as units and no more.
    """
    merged: Counter[tuple[Pattern, float]] = Counter()
    for pattern, weight, times in patterns:
        merged[(tuple(sorted(pattern)), weight) if len(pattern) > 1 else ((), 0.0)] += times
    found = [(pattern, weight, times) for (pattern, weight), times in sorted(merged.items()) if times > 0]
    lengths, flat = _entries([pattern for pattern, *_ in found])
    weights = np.array([weight for _, weight, _ in found], dtype=np.float64)
    return _build(choices, lengths, flat, np.array([times for *_, times in found], dtype=np.int64), q, weights)


def _entries(patterns: Sequence[Pattern]) -> tuple[Ints, Ints]:
    """How many entries each pattern makes, and code and count of each entry."""
    owner = np.repeat(np.arange(len(patterns)), [len(pattern) for pattern in patterns])
    codes = np.fromiter(chain.from_iterable(patterns), dtype=np.int64, count=len(owner))
    # Values of a unit stand in order, so equal ones are neighbours and make one entry.
    first = np.flatnonzero((np.diff(owner, prepend=-1) != 0) | (np.diff(codes, prepend=-1) != 0))
    flat = np.stack([codes[first], np.diff(first, append=len(codes))], axis=1)
    return np.bincount(owner[first], minlength=len(patterns)), flat


def of_units(choices: Sequence[Hashable], units: Iterable[Iterable[int]], q: int | None = None) -> PatternTable:
    """Build the table in one pass over units, each the positions of its values."""
    return of_patterns(choices, Counter(tuple(sorted(unit)) for unit in units), q)


def of_labels(
    units: Iterable[Iterable[Hashable | None]], choices: Sequence[Hashable] | None = None, q: int | None = None
) -> PatternTable:
    """Build the table from the values themselves; None is missing.

    Without choices, the values that occur are taken in ascending order where they have one.
    """
    kept = [[value for value in unit if value is not None] for unit in units]
    if choices is None:
        choices = _ordered({value for unit in kept for value in unit})
    position = {choice: place for place, choice in enumerate(choices)}
    unknown = {value for unit in kept for value in unit} - position.keys()
    if unknown:
        raise RequestError(f"{next(iter(unknown))!r} is not one of the categories; add it or leave the value out")
    return of_units(choices, ([position[value] for value in unit] for unit in kept), q)


def of_counts(choices: Sequence[Hashable], matrix: AnyInts, times: AnyInts | None = None) -> PatternTable:
    """Build the table from a (units, q) matrix of value counts; `times` repeats each row."""
    if matrix.ndim != 2 or matrix.shape[1] != len(choices):
        raise RequestError(f"counts of shape {matrix.shape} do not fit {len(choices)} categories")
    rows, repeats = _distinct_rows(matrix, times)
    kept = matrix[rows]
    where, codes = np.nonzero(kept)
    flat = np.stack([codes, kept[where, codes]], axis=1).astype(np.int64)
    return _build(choices, np.bincount(where, minlength=len(rows)), flat, repeats, None)


def _build(
    choices: Sequence[Hashable], lengths: Ints, flat: Ints, times: Ints, q: int | None, weights: Floats | None = None
) -> PatternTable:
    """Sort patterns out by their number of values; `flat` is (entries, 2): code and count."""
    observed, codes = np.unique(flat[:, 0], return_inverse=True)
    if len(observed) and not 0 <= observed[0] <= observed[-1] < len(choices):
        raise RequestError(f"a category of {observed[0]} … {observed[-1]} is none of the {len(choices)}")
    owner = np.repeat(np.arange(len(lengths)), lengths)
    sizes = np.bincount(owner, weights=flat[:, 1], minlength=len(lengths)).astype(np.int64)
    width = len(observed)
    singles = np.bincount(codes[sizes[owner] == 1], times[owner[sizes[owner] == 1]], minlength=width).astype(np.int64)
    pairable = np.flatnonzero(sizes >= 2)
    # Drawing a multinomial is fastest when the frequent patterns come first.
    pairable = pairable[np.argsort(-times[pairable], kind="stable")]
    first = np.concatenate([[0], np.cumsum(lengths)])
    starts = np.concatenate([[0], np.cumsum(lengths[pairable])]).astype(np.int64)
    entries = np.repeat(first[pairable] - starts[:-1], lengths[pairable]) + np.arange(starts[-1])
    counts = Counts(starts, codes[entries].astype(np.int64), flat[entries, 1], width)
    blank = int(times[sizes == 0].sum())
    counting = None if weights is None else weights[pairable]
    return PatternTable(tuple(choices), observed, q or len(choices), counts, times[pairable], singles, blank, counting)


def _distinct_rows(matrix: AnyInts, times: AnyInts | None) -> tuple[Ints, Ints]:
    """Find one row of each kind, and how often the kind occurs; a row is one number in a mixed base."""
    key, span = np.zeros(len(matrix), dtype=np.int64), 1
    for column, top in zip(matrix.T, matrix.max(axis=0, initial=0), strict=True):
        base = int(top) + 1
        if base > 1:
            if span > 2**62 // base:
                key = np.unique(key, return_inverse=True)[1].astype(np.int64)
                span = int(key.max(initial=0)) + 1
            key, span = key * base + column, span * base
    _, rows, kind, repeats = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    if times is not None:
        repeats = np.bincount(kind, weights=times, minlength=len(rows)).astype(np.int64)
    return rows.astype(np.int64), repeats.astype(np.int64)


def _ordered(values: set[Hashable]) -> list[Hashable]:
    try:
        return sorted(values)  # type: ignore[type-var]
    except TypeError:
        return sorted(values, key=repr)


Rating = tuple[Hashable, str, Hashable]
"""Unit, annotator and value."""
_PIECE = 1_000_000


@dataclass(frozen=True, eq=False)
class Ratings:
    """One value per unit and annotator; the three arrays are (n,), sorted by unit, then annotator."""

    choices: tuple[Hashable, ...]
    annotators: tuple[str, ...]
    unit_names: tuple[Hashable, ...]
    units: Ints
    by: Ints
    codes: Ints

    @property
    def sizes(self) -> Ints:
        """Number of values of each unit, (units,)."""
        return np.bincount(self.units, minlength=len(self.unit_names)).astype(np.int64)

    def pairs(self) -> Iterator[tuple[Ints, Ints]]:
        """Positions (left, right) of all pairs of values of one unit, left being the earlier annotator."""
        starts, sizes = np.cumsum(self.sizes) - self.sizes, self.sizes
        for size in np.unique(sizes[sizes > 1]).tolist():
            left, right = np.triu_indices(size, 1)
            rows = starts[sizes == size]
            step = max(1, _PIECE // len(left))
            for at in range(0, len(rows), step):
                piece = rows[at : at + step, None]
                yield (piece + left).ravel(), (piece + right).ravel()


def of_ratings(choices: Sequence[Hashable], ratings: Iterable[Rating]) -> Ratings:
    """Put ratings in order; whoever rated a unit twice counts once, with the last value.

    Raises RequestError for a value that is none of the choices.
    """
    position = {choice: place for place, choice in enumerate(choices)}
    last = {(unit, annotator): value for unit, annotator, value in ratings if value is not None}
    unknown = set(last.values()) - position.keys()
    if unknown:
        raise RequestError(f"{next(iter(unknown))!r} is not one of the categories; add it or leave the value out")
    names = sorted({annotator for _, annotator in last})
    units = {unit: place for place, unit in enumerate(dict.fromkeys(unit for unit, _ in last))}
    who = {name: place for place, name in enumerate(names)}
    flat = np.array(
        [(units[unit], who[annotator], position[value]) for (unit, annotator), value in last.items()], dtype=np.int64
    ).reshape(-1, 3)
    return _sorted(choices, names, tuple(units), flat)


def _sorted(choices: Sequence[Hashable], names: Sequence[str], units: tuple[Hashable, ...], flat: Ints) -> Ratings:
    flat = flat[np.lexsort((flat[:, 1], flat[:, 0]))]
    return Ratings(tuple(choices), tuple(names), units, flat[:, 0], flat[:, 1], flat[:, 2])
