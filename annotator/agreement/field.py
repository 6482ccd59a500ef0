"""Everything a row of the agreement table says about one field."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.agreement.coefficients import alpha, fleiss_kappa, gwet, nominal_sums, percent, told
from annotator.agreement.distances import Level, metric_for
from annotator.agreement.estimates import Estimate, Interval
from annotator.agreement.intervals import RESAMPLES, interval
from annotator.agreement.metrics import Nominal
from annotator.agreement.summation import Summation
from annotator.agreement.tables import PatternTable


@dataclass(frozen=True)
class FieldAgreement:
    """Agreement on one field; α at its level, the others nominal, so that prevalence shows."""

    level: Level
    units: int
    pairable: int
    percent: Estimate
    """0 … 1."""
    alpha: Estimate
    interval: Interval
    ac1: Estimate
    fleiss_kappa: Estimate

    @property
    def alpha_low(self) -> float | None:
        """The lower end of the 95 % interval of α."""
        return self.interval.low

    @property
    def alpha_high(self) -> float | None:
        """The upper end of the 95 % interval of α."""
        return self.interval.high

    @property
    def undefined(self) -> str | None:
        """Why something is missing, or None."""
        reasons = (self.alpha.reason, self.fleiss_kappa.reason, self.ac1.reason, self.interval.reason)
        return next((reason for reason in reasons if reason), None)


def agree(table: PatternTable, level: Level = "nominal", resamples: int = RESAMPLES, seed: int = 0) -> FieldAgreement:
    """Compute a row; no resamples leave the interval out. Raises RequestError where values do not fit the level."""
    # A ratio scale refuses negative values of lone units too; otherwise these need no differences.
    measured = table if level == "ratio" else table.paired()
    metric = metric_for(measured, level)
    nominal = nominal_sums(table)
    sums = nominal if isinstance(metric, Nominal) else Summation(measured, metric).whole()
    found = told(alpha, sums)
    wanted = resamples and found.is_defined
    return FieldAgreement(
        level=level,
        units=table.units,
        pairable=table.pairable,
        percent=told(percent, nominal),
        alpha=found,
        interval=interval(measured, metric, alpha, resamples, seed) if wanted else Interval(None, None, found.reason),
        ac1=told(gwet, nominal),
        fleiss_kappa=told(fleiss_kappa, nominal),
    )
