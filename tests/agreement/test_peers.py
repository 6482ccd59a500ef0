"""The same random tables in the programs others wrote; skipped where they are not installed (`make peers`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.agreement.coefficients import alpha, brennan_prediger, estimate, fleiss_kappa, gwet, percent, weighted
from annotator.agreement.intervals import jackknife
from annotator.agreement.metrics import Nominal, weights_for
from annotator.agreement.pairs import cohen_kappa, conger_kappa
from annotator.agreement.tables import of_labels, of_patterns
from tests.agreement.classics import crosstab, patterns_of, random_matrix, rated, table_of

SEEDS = pytest.mark.parametrize("seed", range(12))
VALUES = [1.0, 2.0, 4.0, 8.0, 9.0]


@SEEDS
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_as_in_krippendorff(seed: int, level: Any) -> None:
    peer = pytest.importorskip("krippendorff")
    matrix = random_matrix(seed)
    table = of_patterns(VALUES, patterns_of(table_of(matrix, range(5))))
    data = np.where(matrix < 0, np.nan, np.array(VALUES)[matrix])
    wanted = peer.alpha(reliability_data=data.T, level_of_measurement=level)
    assert estimate(table, alpha, level).value == pytest.approx(wanted, abs=1e-9)


@SEEDS
def test_chance_corrected_coefficients_as_in_irrcac(seed: int) -> None:
    peer, frames = pytest.importorskip("irrCAC.raw"), pytest.importorskip("pandas")
    matrix = random_matrix(seed, many=80)
    cac = peer.CAC(frames.DataFrame(matrix).where(matrix >= 0), categories=list(range(5)), digits=9)
    table = table_of(matrix, range(5))
    for name, coefficient in (("fleiss", fleiss_kappa), ("gwet", gwet), ("bp", brennan_prediger)):
        found = getattr(cac, name)()["est"]
        assert estimate(table, coefficient).value == pytest.approx(found["coefficient_value"], abs=1e-8)
        assert estimate(table, percent).value == pytest.approx(found["pa"], abs=1e-8)
    conger = cac.conger()["est"]["coefficient_value"]
    assert conger_kappa(rated(range(5), list("abcd"), matrix)).value == pytest.approx(conger, abs=1e-8)


@SEEDS
@pytest.mark.parametrize("scheme", ["linear", "quadratic", "ordinal"])
def test_weighted_coefficients_as_in_irrcac(seed: int, scheme: Any) -> None:
    peer, frames = pytest.importorskip("irrCAC.raw"), pytest.importorskip("pandas")
    matrix = random_matrix(seed, many=80)
    data = frames.DataFrame(matrix).where(matrix >= 0)
    cac = peer.CAC(data, weights=scheme, categories=list(range(5)), digits=9)
    table, weights = table_of(matrix, range(5)), weights_for(scheme, 5)
    for name, coefficient in (("fleiss", fleiss_kappa), ("gwet", gwet), ("bp", brennan_prediger)):
        wanted = getattr(cac, name)()["est"]["coefficient_value"]
        assert weighted(table, coefficient, weights).value == pytest.approx(wanted, abs=1e-8)


@SEEDS
@pytest.mark.parametrize("scheme", [None, "linear", "quadratic"])
def test_cohens_kappa_as_in_statsmodels(seed: int, scheme: Any) -> None:
    peer = pytest.importorskip("statsmodels.stats.inter_rater")
    matrix = random_matrix(seed, annotators=2)
    cells = crosstab(matrix[:, 0], matrix[:, 1], 5)
    wanted = peer.cohens_kappa(cells, wt=scheme, return_results=False)
    assert cohen_kappa(cells, weights_for(scheme, 5) if scheme else None).value == pytest.approx(wanted)


@SEEDS
def test_fleiss_kappa_as_in_statsmodels(seed: int) -> None:
    peer = pytest.importorskip("statsmodels.stats.inter_rater")
    matrix = random_matrix(seed, gaps=0)
    counts = np.array([np.bincount(row, minlength=5) for row in matrix])
    assert estimate(table_of(matrix, range(5)), fleiss_kappa).value == pytest.approx(peer.fleiss_kappa(counts))


@SEEDS
@pytest.mark.parametrize("level", ["masi", "jaccard"])
def test_sets_as_in_nltk(seed: int, level: Any) -> None:
    agreement, metrics = pytest.importorskip("nltk.metrics.agreement"), pytest.importorskip("nltk.metrics")
    random = np.random.default_rng(seed)
    rows = [
        [frozenset(random.choice(list("abcd"), size=random.integers(1, 4)).tolist()) for _ in range(3)]
        for _ in range(30)
    ]
    data = [(f"r{a}", u, value) for u, row in enumerate(rows) for a, value in enumerate(row)]
    # Its MASI rounds two thirds to 0.67 and one third to 0.33.
    peer = agreement.AnnotationTask(data, distance=getattr(metrics, f"{level}_distance"))
    tolerance = 0.005 if level == "masi" else 1e-9
    assert estimate(of_labels(rows), alpha, level).value == pytest.approx(peer.alpha(), abs=tolerance)


def test_the_spread_is_as_in_irrcac() -> None:
    """Its analytic standard error of α against the jackknife."""
    peer, frames = pytest.importorskip("irrCAC.raw"), pytest.importorskip("pandas")
    matrix = random_matrix(3, many=300, gaps=0.1)
    matrix = matrix[(matrix >= 0).sum(axis=1) > 1]
    cac = peer.CAC(frames.DataFrame(matrix).where(matrix >= 0), categories=list(range(5)), digits=9)
    low, high = cac.krippendorff()["est"]["confidence_interval"]
    found = jackknife(table_of(matrix, range(5)), Nominal(), alpha)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
