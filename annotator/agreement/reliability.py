"""Whom to believe: each annotator's reliability and the likely answers, where three or more overlap on a unit."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from annotator.agreement.tables import Floats, Ints, Ratings
from annotator.errors import RequestError

TOO_FEW_ANNOTATORS = "no unit has values of three annotators: nobody can be outvoted"
ALL_DIFFERENT = "there are as many different values as units: nothing shows of anybody's errors"
MOST_CELLS = 20_000_000
"""More cells than this of units × categories, or of annotators × categories², are not estimated."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Estimates for the pairable units; everything is empty where there is a reason."""

    annotators: dict[str, float]
    """Dawid–Skene: the chance that the annotator says what is true. MACE: that they do not guess."""
    unit_names: tuple[Hashable, ...]
    choices: tuple[Hashable, ...]
    """The observed ones."""
    posterior: Floats
    """(units, choices): how likely each answer is."""
    reason: str = ""

    def likely(self) -> dict[Hashable, tuple[Hashable, float]]:
        """The likeliest answer of each unit, with how likely it is."""
        best = self.posterior.argmax(axis=1).tolist() if len(self.unit_names) else []
        return {
            unit: (self.choices[code], float(self.posterior[row, code]))
            for row, (unit, code) in enumerate(zip(self.unit_names, best, strict=True))
        }


def dawid_skene(ratings: Ratings, iterations: int = 100, tolerance: float = 1e-7) -> Reliability:
    """Estimate by EM from the majority (Dawid & Skene 1979), with 0.01 added to every cell of the error tables."""
    data = _Overlap(ratings)
    if not data.reason and len(data.observed) >= len(data.rows):
        data.reason = ALL_DIFFERENT
    if data.reason:
        return data.nothing()
    belief = data.votes / data.votes.sum(axis=1, keepdims=True)
    for _ in range(iterations):
        prior, errors = _maximised(data, belief)
        scores = np.log(prior) + data.by_unit(np.log(errors)[data.by, :, data.codes])
        after = _normalised(scores)
        settled = float(np.abs(after - belief).max()) < tolerance
        belief = after
        if settled:
            break
    prior, errors = _maximised(data, belief)
    right = np.einsum("k,akk->a", prior, errors)
    return data.result(right, belief)


def mace(ratings: Ratings, iterations: int = 50, restarts: int = 10, seed: int = 0) -> Reliability:
    """Estimate who guesses, by variational EM (Hovy, Berg-Kirkpatrick, Vaswani & Hovy 2013).

    An annotator either knows the answer or draws from habits of their own. Priors are Beta(0.5, 0.5)
    for guessing and a Dirichlet of 10 for habits, as in that paper; the best of several seeded starts is kept.
    """
    data = _Overlap(ratings)
    if data.reason:
        return data.nothing()
    random = np.random.default_rng(seed)
    runs = [_mace_run(data, random, iterations) for _ in range(restarts)]
    _, knowing, belief = max(runs, key=lambda run: run[0])
    return data.result(knowing, belief)


class _Overlap:
    """The values of pairable units, with codes of the observed categories."""

    def __init__(self, ratings: Ratings) -> None:
        self.ratings = ratings
        kept = ratings.sizes[ratings.units] > 1
        self.rows, self.units = _renumbered(ratings.units[kept])
        self.observed, self.codes = _renumbered(ratings.codes[kept])
        self.who, self.by = _renumbered(ratings.by[kept])
        self.reason = "" if (ratings.sizes > 2).any() else TOO_FEW_ANNOTATORS
        size = len(self.observed)
        if max(len(self.rows) * size, len(self.who) * size**2, len(self.codes) * size) > MOST_CELLS:
            raise RequestError("too many values and categories to estimate reliability; choose a field or a round")

    @property
    def votes(self) -> Floats:
        """(units, categories): how many annotators say so."""
        return self.spread(np.ones(len(self.codes)))

    def spread(self, values: Floats) -> Floats:
        """Sum one number per value into its unit and category."""
        size = len(self.observed)
        cells = np.bincount(self.units * size + self.codes, values, minlength=len(self.rows) * size)
        return cells.reshape(len(self.rows), size).astype(np.float64)

    def by_unit(self, values: Floats) -> Floats:
        """Sum one row per value into its unit."""
        starts = np.flatnonzero(np.diff(self.units, prepend=-1))
        return np.asarray(np.add.reduceat(values, starts, axis=0))

    def by_annotator(self, values: Floats) -> Floats:
        """Sum one number per value into its annotator and category."""
        size = len(self.observed)
        cells = np.bincount(self.by * size + self.codes, values, minlength=len(self.who) * size)
        return cells.reshape(len(self.who), size).astype(np.float64)

    def result(self, reliability: Floats, belief: Floats) -> Reliability:
        """Give everything its name again."""
        names = (self.ratings.annotators[place] for place in self.who)
        units = tuple(self.ratings.unit_names[row] for row in self.rows)
        choices = tuple(self.ratings.choices[code] for code in self.observed)
        return Reliability(dict(zip(names, reliability.tolist(), strict=True)), units, choices, belief)

    def nothing(self) -> Reliability:
        """Say why there is no estimate."""
        return Reliability({}, (), (), np.zeros((0, 0)), self.reason)


def _renumbered(values: Ints) -> tuple[Ints, Ints]:
    found, place = np.unique(values, return_inverse=True)
    return found.astype(np.int64), place.astype(np.int64)


def _maximised(data: _Overlap, belief: Floats) -> tuple[Floats, Floats]:
    """Shares of the answers, and (annotators, true, said) error tables."""
    size = len(data.observed)
    errors = np.full((len(data.who) * size, size), 0.01)
    held = belief[data.units]
    for true in range(size):
        errors[:, true] += np.bincount(data.by * size + data.codes, held[:, true], minlength=len(errors))
    tables = errors.reshape(len(data.who), size, size).transpose(0, 2, 1)
    prior = belief.mean(axis=0) + 1e-12
    return prior / prior.sum(), tables / tables.sum(axis=2, keepdims=True)


def _mace_run(data: _Overlap, random: np.random.Generator, iterations: int) -> tuple[float, Floats, Floats]:
    many, size = len(data.who), len(data.observed)
    knowing = 0.5 + 0.5 * random.random(many)
    habits = random.dirichlet(np.ones(size), many)
    guessing = 1 - knowing
    for _ in range(iterations):
        _, belief, known = _mace_expected(data, knowing, guessing, habits)
        knew, guessed = data.by_annotator(known), data.by_annotator(1 - known)
        knowing, guessing = _softened(np.stack([knew.sum(axis=1), guessed.sum(axis=1)], axis=1), 0.5).T
        habits = _softened(guessed, 10.0)
    likelihood, belief, known = _mace_expected(data, knowing, guessing, habits)
    return likelihood, data.by_annotator(known).sum(axis=1) / np.bincount(data.by, minlength=many), belief


def _mace_expected(data: _Overlap, knowing: Floats, guessing: Floats, habits: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, (units, categories) belief, and for each value the chance that it was known."""
    guess = np.maximum(guessing[data.by] * habits[data.by, data.codes], 1e-300)
    know = knowing[data.by]
    scores = data.spread(np.log1p(know / guess))
    common = np.bincount(data.units, np.log(guess), minlength=len(data.rows))
    belief = _normalised(scores)
    top = scores.max(axis=1)
    likelihood = common + top + np.log(np.exp(scores - top[:, None]).mean(axis=1))
    return float(likelihood.sum()), belief, belief[data.units, data.codes] * know / (know + guess)


def _softened(counts: Floats, prior: float) -> Floats:
    """Variational weights exp(ψ(n + a) − ψ(Σ (n + a))), row by row."""
    raised = counts + prior
    return np.asarray(np.exp(digamma(raised) - digamma(raised.sum(axis=1, keepdims=True))))


def _normalised(scores: Floats) -> Floats:
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def digamma(x: Floats) -> Floats:
    """ψ(x) for x > 0 to about twelve digits.

    Raised by eight with ψ(x) = ψ(x + 1) − 1/x, then the asymptotic series (Abramowitz & Stegun 1964, 6.3.5, 6.3.18).
    """
    raised = np.array(x, dtype=np.float64)
    total = np.zeros_like(raised)
    for _ in range(8):
        total -= 1 / raised
        raised += 1
    square = 1 / raised**2
    tail = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.asarray(total + np.log(raised) - 0.5 / raised - tail)
