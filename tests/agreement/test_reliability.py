"""Whom to believe: Dawid–Skene and MACE find who guesses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.agreement.reliability import TOO_FEW_ANNOTATORS, dawid_skene, mace
from annotator.agreement.tables import Ratings
from tests.agreement.classics import rated

BOTH = pytest.mark.parametrize("method", [dawid_skene, mace])


def _crew(many: int = 600) -> tuple[Ratings, Any]:
    """Four annotators from careful to guessing, with gaps, and the truth."""
    random = np.random.default_rng(2)
    truth = random.integers(4, size=many)
    said = [
        np.where(random.random(many) < skill, truth, random.integers(4, size=many)) for skill in (0.95, 0.8, 0.6, 0)
    ]
    matrix = np.stack(said, axis=1)
    matrix[random.random(matrix.shape) < 0.15] = -1
    return rated(range(4), ["careful", "good", "fair", "guessing"], matrix), truth


@BOTH
def test_the_careful_come_before_the_guessing(method: Any) -> None:
    found = method(_crew()[0]).annotators
    assert sorted(found, key=found.get, reverse=True) == ["careful", "good", "fair", "guessing"]
    assert found["careful"] > 0.85
    assert found["guessing"] < 0.35


@BOTH
def test_the_likely_answers_beat_the_majority(method: Any) -> None:
    ratings, truth = _crew()
    likely = method(ratings).likely()
    right = np.mean([answer == truth[unit] for unit, (answer, _) in likely.items()])
    votes = [np.bincount(ratings.codes[ratings.units == unit], minlength=4).argmax() for unit in likely]
    assert right > np.mean(np.array(votes) == truth[list(likely)])
    assert all(0 < chance <= 1 for _, chance in likely.values())


@BOTH
def test_the_same_again(method: Any) -> None:
    ratings = _crew(80)[0]
    one, other = method(ratings), method(ratings)
    assert one.annotators == other.annotators
    assert (one.posterior == other.posterior).all()
    assert one.posterior.sum(axis=1) == pytest.approx(1.0)


@BOTH
def test_two_annotators_cannot_outvote_each_other(method: Any) -> None:
    found = method(rated(range(2), ["a", "b"], np.array([[0, 1], [1, 1]])))
    assert (found.reason, found.annotators, found.likely()) == (TOO_FEW_ANNOTATORS, {}, {})
    alone = rated(range(2), ["a", "b", "c"], np.array([[0, -1, -1], [-1, 1, -1], [-1, -1, 1]]))
    assert method(alone).reason == TOO_FEW_ANNOTATORS


@BOTH
def test_one_category_is_no_trouble(method: Any) -> None:
    found = method(rated(range(2), ["a", "b", "c"], np.ones((5, 3), dtype=np.int64)))
    assert not found.reason
    assert found.likely()[0][0] == 1
    assert all(np.isfinite(value) for value in found.annotators.values())
