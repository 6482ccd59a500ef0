"""How far annotators agree, field by field."""

from __future__ import annotations

from typing import NamedTuple

from annotator.agreement.coefficients import nominal_sums, percent, told
from annotator.agreement.distances import Level
from annotator.agreement.field import FieldAgreement, agree
from annotator.agreement.intervals import RESAMPLES
from annotator.agreement.tables import PatternTable
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import FieldRow
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline


class Resampling(NamedTuple):
    """How intervals are drawn; no resamples leave them out."""

    resamples: int = RESAMPLES
    seed: int = 0


USUAL = Resampling()


def field_rows(comparison: Comparison, resampling: Resampling = USUAL) -> list[FieldRow]:
    """One row per field in the order of the taxonomy."""
    return [_row(comparison, field, resampling) for field in comparison.fields]


def _row(comparison: Comparison, field: FieldOutline, resampling: Resampling) -> FieldRow:
    reason = comparison.reason_against(field)
    if reason:
        return unmeasured(field, comparison.units(field), 0, reason)
    return row_of(field, comparison.table(field), comparison.categories(field).level, resampling)


def row_of(field: FieldOutline, table: PatternTable, level: Level, resampling: Resampling = USUAL) -> FieldRow:
    """The row of a field whose table is known."""
    try:
        found = agree(table, level, *resampling)
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        return unmeasured(field, table.units, table.pairable, str(error), told(percent, nominal_sums(table)).value)
    return measured(field, found)


def measured(field: FieldOutline, found: FieldAgreement) -> FieldRow:
    """The row of what was computed."""
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


def unmeasured(field: FieldOutline, units: int, pairable: int, reason: str, agreed: float | None = None) -> FieldRow:
    """The row of a field without coefficients; `agreed` is the share of equal values, 0 … 1, where there is one."""
    about = (field.id, field.number, field.name, field.measured_as)
    return FieldRow(*about, units, pairable, _hundredfold(agreed), None, None, None, None, None, reason)


def _hundredfold(share: float | None) -> float | None:
    return None if share is None else 100 * share
