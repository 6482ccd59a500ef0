"""How far annotators agree, field by field."""

from __future__ import annotations

from typing import NamedTuple

from annotator.agreement.coefficients import alpha, estimate, fleiss_kappa, gwet, nominal_sums, percent, told
from annotator.agreement.distances import metric_for
from annotator.agreement.estimates import Estimate
from annotator.agreement.intervals import RESAMPLES, interval
from annotator.agreement.tables import PatternTable
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import FieldRow
from annotator.errors import RequestError
from annotator.models.taxonomy import Field


class Resampling(NamedTuple):
    """How intervals are drawn."""

    resamples: int = RESAMPLES
    seed: int = 0


def field_rows(comparison: Comparison, resampling: Resampling | None = None) -> list[FieldRow]:
    """One row per field in the order of the taxonomy."""
    return [_row(comparison, field, resampling or Resampling()) for field in comparison.fields]


def _row(comparison: Comparison, field: Field, resampling: Resampling) -> FieldRow:
    reason = comparison.reason_against(field)
    if reason:
        return _without_numbers(field, comparison.units(field), 0, reason)
    table = comparison.table(field)
    level = comparison.categories(field).level
    sums = nominal_sums(table)
    agreed, kappa, ac1 = told(percent, sums), told(fleiss_kappa, sums), told(gwet, sums)
    try:
        reliability = estimate(table, alpha, level)
        spread = interval(table, metric_for(table, level), alpha, *resampling)
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        return _without_numbers(field, table.units, table.pairable, str(error))
    return FieldRow(
        field=field.id,
        number=field.number,
        label=field.name,
        level=field.measured_as,
        units=table.units,
        pairable=table.pairable,
        percent=None if agreed.value is None else 100 * agreed.value,
        alpha=reliability.value,
        alpha_low=spread.low if reliability.is_defined else None,
        alpha_high=spread.high if reliability.is_defined else None,
        ac1=ac1.value,
        fleiss_kappa=kappa.value,
        undefined=_why(table, reliability, spread.reason),
    )


def _why(table: PatternTable, reliability: Estimate, no_interval: str) -> str | None:
    """Why a number is missing: no overlap and one category say it all, else the interval's reason."""
    if not table.pairable or not reliability.is_defined:
        return reliability.reason
    return no_interval or None


def _without_numbers(field: Field, units: int, pairable: int, reason: str) -> FieldRow:
    about = (field.id, field.number, field.name, field.measured_as)
    return FieldRow(*about, units, pairable, None, None, None, None, None, None, reason)
