"""A table that follows the work: one new classification changes its sums in constant time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from annotator.agreement.coefficients import Coefficient, told
from annotator.agreement.distances import Level, metric_of
from annotator.agreement.estimates import Estimate, Floats, Ints
from annotator.agreement.metrics import Metric
from annotator.agreement.sums import Known, Sums
from annotator.agreement.tables import Pattern, PatternTable, of_patterns
from annotator.errors import RequestError

Key = TypeVar("Key", bound=Hashable)


class LiveTable:
    """Coincidences of categories as whole numbers, apart by number of values, so nothing ever drifts.

    A change costs what its own unit holds, reading a coefficient what categories there are;
    neither depends on the number of units.
    """

    def __init__(self, choices: Sequence[Hashable], patterns: Iterable[tuple[Pattern, int]] = (), q: int | None = None):
        """Start from patterns and how many units have each."""
        self.choices = list(choices)
        self._codes = {choice: code for code, choice in enumerate(self.choices)}
        self.q = q
        self.patterns: Counter[Pattern] = Counter()
        self._pairs: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
        self._marginals: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._units: Counter[int] = Counter()
        for pattern, times in patterns:
            self.add(pattern, times)

    def add(self, pattern: Iterable[int], times: int = 1) -> None:
        """Take units with these values in; categories are positions in the choices."""
        values = tuple(sorted(pattern))
        if values and not 0 <= values[0] <= values[-1] < len(self.choices):
            raise RequestError(f"one of the categories {values} is none of the {len(self.choices)} there are")
        if self.patterns[values] + times < 0:
            raise RequestError(f"no unit with the values {values} is left to take out")
        _count(self.patterns, values, times)
        size, counts = len(values), Counter(values)
        _count(self._units, size, times)
        for code, count in counts.items():
            _count(self._marginals[size], code, count * times)
            for other, again in counts.items():
                if code < other:
                    _count(self._pairs[size], (code, other), count * again * times)

    def remove(self, pattern: Iterable[int], times: int = 1) -> None:
        """Take units with these values out again."""
        self.add(pattern, -times)

    def change(self, before: Iterable[int], after: Iterable[int]) -> None:
        """One unit has other values now: somebody answered, changed their mind or withdrew.

        No values before mean a unit that is new here, none after one that leaves.
        """
        for values, times in ((tuple(before), -1), (tuple(after), 1)):
            if values:
                self.add(values, times)

    def code_of(self, choice: Hashable) -> int:
        """The position of a category; a new one, such as a set not seen before, is added."""
        if choice not in self._codes:
            self._codes[choice] = len(self.choices)
            self.choices.append(choice)
        return self._codes[choice]

    def table(self) -> PatternTable:
        """The pattern table of this moment, for intervals."""
        return of_patterns(self.choices, self.patterns, self.q)

    @property
    def observed(self) -> list[int]:
        """The positions of the categories that occur, ascending."""
        return sorted({code for each in self._marginals.values() for code in each})

    @property
    def units(self) -> int:
        """Number of units, pairable or not."""
        return self._units.total()

    @property
    def pairable(self) -> int:
        """Number of units with two values or more."""
        return sum(units for size, units in self._units.items() if size > 1)

    def estimate(self, coefficient: Coefficient, level: Level = "nominal") -> Estimate:
        """A coefficient of this moment."""
        return told(coefficient, self.sums(level))

    def sums(self, level: Level = "nominal", places: Sequence[int] = ()) -> Sums:
        """The sums of this moment; `places` puts the categories in order where new ones joined at the end."""
        observed = sorted(self.observed, key=lambda code: places[code]) if places else self.observed
        metric = metric_of(tuple(self.choices[code] for code in observed), level)
        place = {code: position for position, code in enumerate(observed)}
        marginals, shares = np.zeros(len(observed)), np.zeros(len(observed))
        for size, each in self._marginals.items():
            for code, count in each.items():
                marginals[place[code]] += count if size > 1 else 0
                shares[place[code]] += count / size
        return self._summed(metric.bound(marginals[None, :]), place, marginals, shares)

    def _summed(self, metric: Metric, place: dict[int, int], marginals: Floats, shares: Floats) -> Sums:
        sizes = [size for size, units in self._units.items() if size > 1 and units]
        apart = {size: self._apart(metric, self._pairs[size], place) for size in sizes}
        rated = sum(units for size, units in self._units.items() if size)
        shares = shares / max(1, rated)
        return Known(
            q=self.q or len(self.choices),
            weight=float(self.q or len(self.choices)),
            pairable=_one(sum(self._units[size] for size in sizes)),
            values=_one(marginals.sum()),
            categories=_one((marginals > 0).sum()),
            observed=_one(sum(apart[size] / (size - 1) for size in sizes)),
            expected=metric.between(marginals[None, :]),
            apart=_one(sum(apart[size] / (size * (size - 1)) for size in sizes)),
            chance=metric.between(shares[None, :]),
            squares=_one((shares**2).sum()),
        )

    @staticmethod
    def _apart(metric: Metric, pairs: Counter[tuple[int, int]], place: dict[int, int]) -> float:
        """Σ over pairs of values of δ², both orders."""
        if not pairs:
            return 0.0
        left: Ints = np.array([place[a] for a, _ in pairs], dtype=np.int64)
        right: Ints = np.array([place[b] for _, b in pairs], dtype=np.int64)
        count = np.array(list(pairs.values()), dtype=np.float64)
        return float(2 * (np.atleast_2d(metric.pairs(left, right)) @ count)[0])


def _count(counter: Counter[Key], key: Key, times: int) -> None:
    counter[key] += times
    if not counter[key]:
        del counter[key]


def _one(value: float) -> Floats:
    return np.array([value], dtype=np.float64)
