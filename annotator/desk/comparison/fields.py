"""How far annotators agree, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

from annotator.agreement.coefficients import NO_OVERLAP, Estimate, nominal_sums, percent, told
from annotator.agreement.field import MOST_WEIGHED, TOO_MANY, FieldAgreement, FieldDetails, agree, detail
from annotator.agreement.intervals import RESAMPLES
from annotator.agreement.metrics import Level
from annotator.agreement.pairs import conger_kappa
from annotator.agreement.specific import per_choice
from annotator.agreement.tables import PatternTable
from annotator.desk.comparison.categories import identifier, label
from annotator.desk.comparison.comparison import Comparison, closed, dated, left_aside, which_hand_in, who
from annotator.desk.comparison.ratings import ratings_of
from annotator.desk.comparison.rows import ChoiceRow, DetailRow, FieldRow
from annotator.errors import RequestError
from annotator.model.outline import FieldOutline
from annotator.model.person import PUBLISHER
from annotator.model.rounds import short


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


ON_A_LINE = {"interval", "ratio"}


def choice_rows(comparison: Comparison, field: FieldOutline) -> list[ChoiceRow]:
    """One row per choice in the order of the taxonomy; none for numbers, groups and what is not compared."""
    if comparison.reason_against(field) or field.measured_as in ON_A_LINE or field.kind == "group":
        return []
    table = comparison.table(field)
    choices = comparison.categories(field).single_choices
    return [
        ChoiceRow(identifier(each.choice), label(field, each.choice), each.specific.value, each.alpha_one_vs_rest.value)
        for each in per_choice(table, choices)
    ]


MOST_NAMED = 6
"""Annotators named one by one."""


def brief(comparison: Comparison) -> str:
    """The version, who takes part, how much they share, what is left out; the policy is said elsewhere."""
    return " · ".join(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[str]:
    answers = comparison.answers
    yield f"version {comparison.taxonomy.version}"
    if len(answers.parts) > MOST_NAMED:
        yield f"{len(answers.parts):,} annotators"
    elif answers.parts:
        yield ", ".join(f"{part.annotator} ({part.subjects:,})" for part in answers.parts)
    yield _counted(answers.overlapping(), "subject") + " shared"
    if published := answers.published():
        yield f"{PUBLISHER}'s published {published:,} left out"
    if models := answers.models():
        yield f"{', '.join(models)} left out: no people"
    if closed := answers.closed.total:
        yield f"{_counted(closed, 'subject')} closed to you yet"
    if opened := sum(each.subjects for each in answers.opened):
        yield f"{_counted(opened, 'classification')} after others' answers left out"
    if earlier := [field.id for field in comparison.compared if comparison.left_out(field)]:
        yield f"earlier kinds of {', '.join(earlier)} left out"
    if removed := [field.id for field in comparison.compared if comparison.removed(field)]:
        yield f"removed choices of {', '.join(removed)} count"
    ids = {field.id for field in comparison.fields}
    if refused := sum(times for field, times in answers.refused().items() if field in ids):
        yield _counted(refused, "imported value") + " that did not fit left out"
    if apart := sum(times for field, times in answers.apart.items() if field in ids):
        yield _counted(apart, "answer") + " in conflict left out"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def notes(comparison: Comparison, resampling: Resampling | None = None, *, together: bool = True) -> list[str]:
    """The sentences, in order; `together` where answers are compared, and not counted."""
    return list(_sentences(comparison, resampling, together))


def _sentences(comparison: Comparison, resampling: Resampling | None, together: bool) -> Iterator[str]:
    taxonomy = comparison.taxonomy
    place = f"{taxonomy.namespace} version {taxonomy.version}, round {short(comparison.scope.round)}"
    yield f"{place}: {who(comparison.answers)}"
    yield from left_aside(comparison.answers)
    yield from closed(comparison.answers)
    yield from dated(comparison.scope)
    yield comparison.scope.states.words
    if comparison.weights:
        from annotator.desk.comparison.weights import words_of

        yield from words_of(comparison.answers, comparison.weights, together=together)
    yield from which_hand_in(comparison.answers)
    if comparison.scope.drafts:
        yield "Drafts count as if they were handed in."
    if resampling and resampling.resamples:
        yield f"95 % intervals from {resampling.resamples:,} resamples of the units, seed {resampling.seed}."
    yield from _left_out(comparison)


def _left_out(comparison: Comparison) -> Iterator[str]:
    if comparison.scope.field and (reason := comparison.reason_against(comparison.fields[0])):
        yield f"{comparison.fields[0].id} is {reason}."
    for field in comparison.compared:
        for version, kind in comparison.left_out(field).items():
            yield f"{field.id} was of kind {kind} in version {version}; answers under that version are left out."
        for removed in comparison.removed(field):
            yield f"{field.id}: answers hold {removed}; it counts as a category of its own."
    ids = {field.id for field in comparison.fields}
    refused = sum(times for field, times in comparison.answers.refused().items() if field in ids)
    if refused:
        values = "value that does not fit is" if refused == 1 else "values that do not fit are"
        yield f"{refused:,} imported {values} no answer and counted nowhere; `annotator issues` lists them."
    if apart := sum(times for field, times in comparison.answers.apart.items() if field in ids):
        are = "is" if apart == 1 else "are"
        yield f"{_counted(apart, 'answer')} in conflict {are} left out; `annotator conflicts` lists them."


NOT_BY_WEIGHT = "compares annotators, so it is not weighted by subjects"
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
    return [_detail_row(comparison, field, row) for field, row in zip(comparison.fields, rows, strict=True)]


def _detail_row(comparison: Comparison, field: FieldOutline, row: FieldRow) -> DetailRow:
    reason = comparison.reason_against(field)
    if reason or not row.pairable:
        return _without(row, reason or NO_OVERLAP)
    try:
        found = detail(comparison.table(field), comparison.categories(field).level)
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        return _without(row, str(error))
    return _with(row, found, _conger(comparison, field))


def _conger(comparison: Comparison, field: FieldOutline) -> Estimate:
    if comparison.scope.weighted:
        return Estimate(None, NOT_BY_WEIGHT)
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
