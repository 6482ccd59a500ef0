"""Agreement on single choices: specific agreement, and each choice against the rest."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from annotator.agreement.coefficients import ALWAYS_CHOSEN, NEVER_CHOSEN, NO_OVERLAP, Estimate, estimate_or
from annotator.agreement.tables import Floats, Ints, PatternTable

Members = Callable[[Hashable], Iterable[Hashable]]
"""The choices a category stands for: itself, or the members of a set."""


class ChoiceAgreement(NamedTuple):
    """How well annotators agree on one choice."""

    choice: Hashable
    values: int
    """How many values in pairable units stand for it."""
    specific: Estimate
    alpha_one_vs_rest: Estimate


class Confusion(NamedTuple):
    """Two categories that annotators gave to the same unit."""

    a: Hashable
    b: Hashable
    pairs: int
    """Number of pairs of annotators who differ in this way."""
    units: int
    """Number of units in which they do."""


def itself(category: Hashable) -> Iterable[Hashable]:
    """A category of a field with one value stands for itself; a set for its members."""
    return category if isinstance(category, frozenset) else (category,)


def per_choice(
    table: PatternTable, choices: Sequence[Hashable] | None = None, members: Members = itself
) -> list[ChoiceAgreement]:
    """Specific agreement and one-against-the-rest α of every choice, in their order.

    Specific agreement is 2·both / (marginal a + marginal b) (Dice; Cicchetti & Feinstein 1990,
    Spitzer & Fleiss 1974), each pair of a unit with m values weighing 1 / (m − 1). α is Krippendorff's
    nominal α of "this choice" against "anything else" (Content Analysis, 4th ed., ch. 12).
    """
    listed = list(table.choices if choices is None else choices)
    both, chosen = _coincidences(table, listed, members)
    total = float(table.counting @ table.counts.sizes)
    return [
        ChoiceAgreement(choice, round(n), _specific(o, n, total), _alpha(o, n, total))
        for choice, o, n in zip(listed, both.tolist(), chosen.tolist(), strict=True)
    ]


def confusions(table: PatternTable) -> list[Confusion]:
    """Pairs of different categories given to the same unit, most frequent first."""
    counts, width = table.counts, max(1, table.counts.width)
    keys: list[Ints] = []
    weights: list[Ints] = []
    units: list[Ints] = []
    for distinct in np.unique(counts.distinct[counts.distinct > 1]).tolist():
        rows = np.flatnonzero(counts.distinct == distinct)
        left, right = np.triu_indices(distinct, 1)
        a, b = counts.starts[rows][:, None] + left, counts.starts[rows][:, None] + right
        times = np.repeat(table.times[rows][:, None], len(left), axis=1)
        keys.append((counts.codes[a] * width + counts.codes[b]).ravel())
        weights.append((counts.counts[a] * counts.counts[b] * times).astype(np.int64).ravel())
        units.append(times.ravel())
    if not keys:
        return []
    found, place = np.unique(np.concatenate(keys), return_inverse=True)
    count = np.bincount(place, np.concatenate(weights))
    held = np.bincount(place, np.concatenate(units))
    order = np.lexsort((found, -count))
    names = table.categories
    return [Confusion(names[k // width], names[k % width], int(c), int(u)) for k, c, u in
            zip(found[order].tolist(), count[order], held[order], strict=True)]  # fmt: skip


def _coincidences(table: PatternTable, listed: list[Hashable], members: Members) -> tuple[Floats, Floats]:
    """Weighted number of values that meet the same choice, and number of values, both (choices,)."""
    counts, width = table.counts, max(1, len(listed))
    position = {choice: place for place, choice in enumerate(listed)}
    of_category = [[position[each] for each in members(name) if each in position] for name in table.categories]
    lengths = np.array([len(each) for each in of_category], dtype=np.int64)
    flat = np.array([each for group in of_category for each in group], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    repeats = lengths[counts.codes]
    entry = np.repeat(np.arange(len(counts.codes)), repeats)
    ends = np.cumsum(repeats)
    within = np.arange(len(entry)) - np.repeat(ends - repeats, repeats)
    choice = flat[first[counts.codes[entry]] + within]
    keys, place = np.unique(counts.patterns[entry] * width + choice, return_inverse=True)
    chosen = np.bincount(place, counts.counts[entry], minlength=len(keys))
    pattern, column, times = keys // width, keys % width, table.counting[keys // width]
    both = times * chosen * (chosen - 1) / (counts.sizes[pattern] - 1)
    met = np.bincount(column, both, minlength=len(listed)).astype(np.float64)
    return met, np.bincount(column, times * chosen, minlength=len(listed)).astype(np.float64)


def _specific(both: float, chosen: float, total: float) -> Estimate:
    if not total:
        return Estimate(None, NO_OVERLAP)
    return estimate_or(both / chosen, "") if chosen else Estimate(None, NEVER_CHOSEN)


def _alpha(both: float, chosen: float, total: float) -> Estimate:
    if not total:
        return Estimate(None, NO_OVERLAP)
    if chosen in (0, total):
        return Estimate(None, ALWAYS_CHOSEN if chosen else NEVER_CHOSEN)
    return Estimate(1 - (total - 1) * (chosen - both) / (chosen * (total - chosen)))
