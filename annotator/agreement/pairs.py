"""Annotators compared: each with the rest, with a standard, and with themselves in another round."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import NamedTuple, get_args

import numpy as np

from annotator.agreement.coefficients import NO_OVERLAP, ONE_CATEGORY, ONE_CHOICE, WITHOUT_ORDER, Estimate, estimate_or
from annotator.agreement.metrics import Line, Scheme, weights_for, weights_on_a_line
from annotator.agreement.specific import confusions
from annotator.agreement.tables import AnyInts, Floats, Ints, PatternTable, Ratings
from annotator.errors import RequestError


class Compared(NamedTuple):
    """How far two sides agree; `b` is empty where the other side is everybody else."""

    a: str
    b: str
    units: int
    percent: Estimate
    kappa: Estimate


def with_the_rest(ratings: Ratings) -> list[Compared]:
    """Each annotator against all others of the same units, every shared unit weighing the same.

    κ is Cohen's of the annotator's values with the pooled values of the others.
    """
    sizes = ratings.sizes
    who, mine, theirs = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
    weight = [np.zeros(0)]
    for left, right in ratings.pairs():
        for one, other in ((left, right), (right, left)):
            who.append(ratings.by[one])
            mine.append(ratings.codes[one])
            theirs.append(ratings.codes[other])
            weight.append(1 / (sizes[ratings.units[one]] - 1))
    group, a, b = (np.concatenate(each) for each in (who, mine, theirs))
    return _compared([(name, "") for name in ratings.annotators], group, a, b, np.concatenate(weight))


def with_standard(ratings: Ratings, standard: dict[Hashable, int], name: str = "adjudicated") -> list[Compared]:
    """Each annotator against one answer per unit, such as the adjudicated one (positions in the choices)."""
    answers = np.array([standard.get(unit, -1) for unit in ratings.unit_names], dtype=np.int64)
    given = answers[ratings.units] if len(answers) else ratings.units
    kept = given >= 0
    names = [(annotator, name) for annotator in ratings.annotators]
    return _compared(names, ratings.by[kept], ratings.codes[kept], given[kept], np.ones(int(kept.sum())))


def with_themselves(first: Ratings, second: Ratings) -> list[Compared]:
    """Each annotator against their own values of another round: intra-annotator agreement (test–retest)."""
    if first.choices != second.choices:
        raise RequestError("the two rounds have different categories; compare rounds of one version")
    earlier = {
        (first.unit_names[unit], first.annotators[by]): code
        for unit, by, code in zip(first.units.tolist(), first.by.tolist(), first.codes.tolist(), strict=True)
    }
    later = zip(second.units.tolist(), second.by.tolist(), second.codes.tolist(), strict=True)
    flat = [(by, earlier.get((second.unit_names[unit], second.annotators[by]), -1), code) for unit, by, code in later]
    rows = np.array([row for row in flat if row[1] >= 0], dtype=np.int64).reshape(-1, 3)
    names = [(annotator, annotator) for annotator in second.annotators]
    return _compared(names, rows[:, 0], rows[:, 1], rows[:, 2], np.ones(len(rows)))


def conger_kappa(ratings: Ratings, scheme: Scheme = "identity") -> Estimate:
    """Conger's κ (1980), Cohen's for many annotators, for missing values as Gwet has it (Handbook, 4th ed., ch. 2)."""
    q, many, sizes = len(ratings.choices), len(ratings.annotators), ratings.sizes
    if not (sizes > 1).any():
        return Estimate(None, NO_OVERLAP)
    if q < 2:
        return Estimate(None, ONE_CHOICE)
    weights = weights_for(scheme, q)
    apart = np.zeros(len(sizes))
    for left, right in ratings.pairs():
        lost = 1 - weights[ratings.codes[left], ratings.codes[right]]
        apart += np.bincount(ratings.units[left], 2 * lost, minlength=len(sizes))
    disagreement = float((apart[sizes > 1] / (sizes * (sizes - 1))[sizes > 1]).mean())
    tally = np.bincount(ratings.by * q + ratings.codes, minlength=many * q).reshape(many, q)
    shares = (tally / np.maximum(tally.sum(axis=1, keepdims=True), 1))[tally.sum(axis=1) > 0]
    if np.count_nonzero(shares.sum(axis=0)) < 2:
        return Estimate(None, ONE_CATEGORY)
    mean, varied = shares.mean(axis=0), np.cov(shares.T, ddof=1) / len(shares)
    expected = 1 - float((weights * (np.outer(mean, mean) - varied)).sum())
    return Estimate(1 - disagreement / expected) if expected > 0 else Estimate(None, ONE_CATEGORY)


def _compared(names: list[tuple[str, str]], group: Ints, a: Ints, b: Ints, weight: Floats) -> list[Compared]:
    """Percent and κ of each group of pairs of values, all groups at once; `weight` sums to units."""
    many = len(names)
    q = int(max(a.max(initial=0), b.max(initial=0))) + 1
    total = np.bincount(group, weight, minlength=many)
    agreed = np.bincount(group, weight * (a == b), minlength=many)
    rows, row_sums = _marginals(group * q + a, weight)
    columns, column_sums = _marginals(group * q + b, weight)
    common, at_row, at_column = np.intersect1d(rows, columns, assume_unique=True, return_indices=True)
    met = np.bincount(common // q, row_sums[at_row] * column_sums[at_column], minlength=many)
    used = np.bincount(np.union1d(rows, columns) // q, minlength=many)
    return [
        _row(*names[g], float(total[g]), float(agreed[g]), float(met[g]), int(used[g])) for g in range(many)
    ]  # fmt: skip


def _row(a: str, b: str, total: float, agreed: float, met: float, used: int) -> Compared:
    if not total:
        return Compared(a, b, 0, Estimate(None, NO_OVERLAP), Estimate(None, NO_OVERLAP))
    observed, chance = agreed / total, met / total**2
    kappa = Estimate(None, ONE_CATEGORY) if used < 2 else estimate_or(1 - (1 - observed) / (1 - chance), "")
    return Compared(a, b, round(total), Estimate(min(1.0, observed)), kappa)


def _marginals(keys: Ints, weight: Floats) -> tuple[Ints, Floats]:
    found, place = np.unique(keys, return_inverse=True)
    return found.astype(np.int64), np.bincount(place, weight, minlength=len(found)).astype(np.float64)


SCHEMES: tuple[Line, ...] = get_args(Line)


def used(cells: Mapping[tuple[int, int], int]) -> list[int]:
    """The categories that occur, ascending."""
    return sorted({code for pair in cells for code in pair})


def crosstab_of_counts(cells: Mapping[tuple[int, int], int]) -> Ints:
    """The (q, q) table of the categories that occur, in ascending order; the first of a pair is the row."""
    codes = used(cells)
    place = {code: position for position, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)), dtype=np.int64)
    for (a, b), count in cells.items():
        table[place[a], place[b]] += count
    return table


class PairAgreement(NamedTuple):
    """How far two annotators agree; the weighted κ only where values have an order."""

    percent: Estimate
    """0 … 1."""
    kappa: Estimate
    pi: Estimate
    linear: Estimate
    quadratic: Estimate


def compare(cells: Mapping[tuple[int, int], int], points: Mapping[int, float] | None = None) -> PairAgreement:
    """Compare two annotators by counted pairs of values; `points` says where values lie that have an order."""
    table = crosstab_of_counts(cells)
    linear, quadratic = (_weighted(table, cells, points, scheme) for scheme in SCHEMES)
    return PairAgreement(percent_agreement(table), cohen_kappa(table), scott_pi(table), linear, quadratic)


def _weighted(
    table: Ints,
    cells: Mapping[tuple[int, int], int],
    points: Mapping[int, float] | None,
    scheme: Line,
) -> Estimate:
    if points is None:
        return Estimate(None, WITHOUT_ORDER)
    line = np.array([points[code] for code in used(cells)], dtype=np.float64)
    return cohen_kappa(table, weights_on_a_line(line, scheme))


class Met(NamedTuple):
    """How often two values met."""

    pairs: int
    """Of annotators."""
    units: int
    """In which they met."""


def value_pairs(table: PatternTable) -> dict[tuple[int, int], Met]:
    """By positions in the choices, the lower one first; each pair of annotators of a unit counts once."""
    place = {choice: position for position, choice in enumerate(table.choices)}
    found = {(place[each.a], place[each.b]): Met(each.pairs, each.units) for each in confusions(table)}
    found = {(min(pair), max(pair)): met for pair, met in found.items()}
    counts, times = table.counts, table.times[table.counts.patterns]
    width = len(table.observed)
    pairs = np.bincount(counts.codes, counts.counts * (counts.counts - 1) / 2 * times, minlength=width)
    units = np.bincount(counts.codes, (counts.counts > 1) * times, minlength=width)
    for code, held, met in zip(table.observed.tolist(), pairs.tolist(), units.tolist(), strict=True):
        if met:
            found[code, code] = Met(round(held), round(met))
    return found


def percent_agreement(table: AnyInts) -> Estimate:
    """The share of units on the diagonal."""
    total = int(table.sum())
    return Estimate(float(np.trace(table)) / total) if total else Estimate(None, NO_OVERLAP)


def cohen_kappa(table: AnyInts, weights: Floats | None = None) -> Estimate:
    """Cohen's κ (1960), or weighted κ (Cohen 1968) with weights (q, q) that are 1 on the diagonal."""
    shares = _shares(table)
    return _corrected(shares, shares.sum(axis=1), shares.sum(axis=0), weights)


def scott_pi(table: AnyInts) -> Estimate:
    """Scott's π (1955): chance from the pooled shares of both annotators."""
    shares = _shares(table)
    pooled = (shares.sum(axis=1) + shares.sum(axis=0)) / 2
    return _corrected(shares, pooled, pooled, None)


def _shares(table: AnyInts) -> Floats:
    return np.asarray(table / max(1, int(table.sum())), dtype=np.float64)


def _corrected(shares: Floats, rows: Floats, columns: Floats, weights: Floats | None) -> Estimate:
    """1 − observed / expected disagreement."""
    if not shares.any():
        return Estimate(None, NO_OVERLAP)
    apart = 1 - (np.eye(len(shares)) if weights is None else weights)
    used = (rows > 0) | (columns > 0)
    if used.sum() < 2:
        return Estimate(None, ONE_CATEGORY)
    expected = float(rows @ apart @ columns)
    return Estimate(1 - float((shares * apart).sum()) / expected) if expected > 0 else Estimate(None, ONE_CATEGORY)
