"""How far annotators agree, field by field."""

from __future__ import annotations

from typing import NamedTuple

from annotator.agreement.coefficients import nominal_sums, percent, told
from annotator.agreement.field import FieldAgreement, agree
from annotator.agreement.intervals import RESAMPLES
from annotator.agreement.tables import PatternTable
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import FieldRow
from annotator.errors import RequestError
from annotator.models.taxonomy import Field


class Resampling(NamedTuple):
    """How intervals are drawn; no resamples leave them out."""

    resamples: int = RESAMPLES
    seed: int = 0


USUAL = Resampling()


def field_rows(comparison: Comparison, resampling: Resampling = USUAL) -> list[FieldRow]:
    """One row per field in the order of the taxonomy."""
    return [_row(comparison, field, resampling) for field in comparison.fields]


def _row(comparison: Comparison, field: Field, resampling: Resampling) -> FieldRow:
    reason = comparison.reason_against(field)
    if reason:
        return _unmeasured(field, comparison.units(field), 0, reason)
    table = comparison.table(field)
    try:
        found = agree(table, comparison.categories(field).level, *resampling)
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        return _unmeasured(field, table.units, table.pairable, str(error), _percent(table))
    return _measured(field, found)


def _measured(field: Field, found: FieldAgreement) -> FieldRow:
    return FieldRow(
        field=field.id,
        number=field.number,
        label=field.name,
        level=field.measured_as,
        units=found.units,
        pairable=found.pairable,
        percent=_hundredfold(found.percent.value),
        alpha=found.alpha.value,
        alpha_low=found.alpha_low,
        alpha_high=found.alpha_high,
        ac1=found.ac1.value,
        fleiss_kappa=found.fleiss_kappa.value,
        undefined=found.undefined,
    )


def _unmeasured(field: Field, units: int, pairable: int, reason: str, agreed: float | None = None) -> FieldRow:
    about = (field.id, field.number, field.name, field.measured_as)
    return FieldRow(*about, units, pairable, agreed, None, None, None, None, None, reason)


def _percent(table: PatternTable) -> float | None:
    return _hundredfold(told(percent, nominal_sums(table)).value)


def _hundredfold(share: float | None) -> float | None:
    return None if share is None else 100 * share
