"""What must be known beside a table in one line: whose work, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.comparing.comparison import Comparison
from annotator.models.reserved import PUBLISHER

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
    if closed := answers.closed.total:
        yield f"{_counted(closed, 'subject')} closed to you yet"
    if earlier := [field.id for field in comparison.compared if comparison.left_out(field)]:
        yield f"earlier kinds of {', '.join(earlier)} left out"
    ids = {field.id for field in comparison.fields}
    if refused := sum(times for field, times in answers.refused().items() if field in ids):
        yield _counted(refused, "imported value") + " that did not fit left out"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
