"""Every coefficient of a field, for who asks for it all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from annotator.agreement.details import MOST_WEIGHED, TOO_MANY, FieldDetails, detail
from annotator.agreement.estimates import NO_OVERLAP, Estimate
from annotator.agreement.pairs import conger_kappa
from annotator.comparing.comparison import Comparison
from annotator.comparing.field_rows import USUAL, Resampling, field_rows
from annotator.comparing.ratings import ratings_of
from annotator.comparing.rows import DetailRow, FieldRow
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline

MORE = (
    "brennan_prediger",
    "conger_kappa",
    "ac2",
    "alpha_jaccard",
    "alpha_at_depth",
    "alpha_jackknife_low",
    "alpha_jackknife_high",
)
"""What a row in detail has more."""


def detail_rows(comparison: Comparison, resampling: Resampling = USUAL) -> list[DetailRow]:
    """One row per field in the order of the taxonomy."""
    rows = field_rows(comparison, resampling)
    return [_row(comparison, field, row) for field, row in zip(comparison.fields, rows, strict=True)]


def _row(comparison: Comparison, field: FieldOutline, row: FieldRow) -> DetailRow:
    reason = comparison.reason_against(field)
    if reason or not row.pairable:
        return _without(row, reason or NO_OVERLAP)
    try:
        found = detail(comparison.table(field), comparison.categories(field).level)
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        return _without(row, str(error))
    return _with(row, found, _conger(comparison, field))


def _conger(comparison: Comparison, field: FieldOutline) -> Estimate:
    try:
        ratings = ratings_of(comparison, field)
    except RequestError as error:
        return Estimate(None, str(error))
    if len(ratings.choices) > MOST_WEIGHED:
        return Estimate(None, TOO_MANY)
    return conger_kappa(ratings)


def _with(row: FieldRow, found: FieldDetails, conger: Estimate) -> DetailRow:
    single = {
        "brennan_prediger": found.brennan_prediger,
        "conger_kappa": conger,
        "ac2": found.ac2,
        "alpha_jaccard": found.alpha_jaccard,
    }
    reasons = {name: each.reason for name, each in single.items() if each.reason}
    if found.jackknife.low is None:
        reasons["alpha_jackknife"] = found.jackknife.reason
    return DetailRow(
        **asdict(row),
        brennan_prediger=found.brennan_prediger.value,
        conger_kappa=conger.value,
        ac2=found.ac2.value,
        alpha_jaccard=found.alpha_jaccard.value,
        alpha_at_depth=[each.value for each in found.alpha_at_depth] or None,
        alpha_jackknife_low=found.jackknife.low,
        alpha_jackknife_high=found.jackknife.high,
        reasons=reasons,
    )


def _without(row: FieldRow, reason: str) -> DetailRow:
    nothing: dict[str, Any] = dict.fromkeys(MORE)
    return DetailRow(**asdict(row), **nothing, reasons={"all": reason})
