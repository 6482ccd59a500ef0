"""What a reader must know beside a table: whose work, under which policy, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.comparing.comparison import Comparison
from annotator.comparing.field_rows import Resampling
from annotator.comparing.whose import closed, dated, left_aside, who


def notes(comparison: Comparison, resampling: Resampling | None = None) -> list[str]:
    """The sentences, in order."""
    return list(_sentences(comparison, resampling))


def _sentences(comparison: Comparison, resampling: Resampling | None) -> Iterator[str]:
    taxonomy = comparison.taxonomy
    place = f"{taxonomy.namespace} version {taxonomy.version}, round {comparison.scope.round}"
    yield f"{place}: {who(comparison.answers)}"
    yield from left_aside(comparison.answers)
    yield from closed(comparison.answers)
    yield from dated(comparison.scope)
    yield comparison.scope.states.words
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
    ids = {field.id for field in comparison.fields}
    refused = sum(times for field, times in comparison.answers.refused().items() if field in ids)
    if refused:
        values = "value that does not fit is" if refused == 1 else "values that do not fit are"
        yield f"{refused:,} imported {values} no answer and counted nowhere; `annotator issues` lists them."
