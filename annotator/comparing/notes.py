"""What a reader must know beside a table: whose work, under which policy, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.comparing.comparison import Comparison
from annotator.comparing.field_rows import Resampling
from annotator.comparing.scope import Scope
from annotator.models.reserved import PUBLISHER

MOST_NAMED = 12
"""Annotators named one by one."""


def notes(comparison: Comparison, resampling: Resampling | None = None) -> list[str]:
    """The sentences, in order."""
    return list(_sentences(comparison, resampling))


def _sentences(comparison: Comparison, resampling: Resampling | None) -> Iterator[str]:
    taxonomy = comparison.taxonomy
    yield f"{taxonomy.namespace} version {taxonomy.version}, round {comparison.scope.round}: {_who(comparison)}"
    if dates := _dates(comparison.scope):
        yield f"Subjects dated {dates}; those without a date are left out."
    yield comparison.scope.states.words
    if comparison.answers.parts and (published := comparison.answers.published()):
        yield (
            f"{PUBLISHER}'s published work ({published:,}) is left out, because it is a result and no independent "
            "work; it counts when it is named among the annotators."
        )
    if comparison.scope.drafts:
        yield "Drafts count as if they were handed in."
    if resampling and resampling.resamples:
        yield f"95 % intervals from {resampling.resamples:,} resamples of the units, seed {resampling.seed}."
    yield from _left_out(comparison)


def _dates(scope: Scope) -> str:
    since = f"{scope.since} or later" if scope.since else ""
    return " and ".join(filter(None, (since, f"{scope.until} or earlier" if scope.until else "")))


def _who(comparison: Comparison) -> str:
    parts, published = comparison.answers.parts, comparison.answers.published()
    if not parts and published:
        return f"only {PUBLISHER}'s published work ({published:,}); nothing to compare."
    if not parts:
        return "nobody handed anything in, so there is nothing to compare."
    if len(parts) > MOST_NAMED:
        named = f"{len(parts):,} annotators"
    else:
        named = ", ".join(f"{part.annotator} ({part.subjects:,})" for part in parts)
    if len(parts) == 1:
        return f"only {named} handed anything in; agreement needs two annotators."
    shared = comparison.answers.overlapping()
    subjects = "no subject" if not shared else f"{shared:,} subject{'' if shared == 1 else 's'}"
    return f"{named}; {subjects} classified by two or more."


def _left_out(comparison: Comparison) -> Iterator[str]:
    for field in comparison.compared:
        for version, kind in comparison.left_out(field).items():
            yield f"{field.id} was of kind {kind} in version {version}; answers under that version are left out."
    ids = {field.id for field in comparison.fields}
    refused = sum(times for field, times in comparison.answers.refused().items() if field in ids)
    if refused:
        values = "value that does not fit is" if refused == 1 else "values that do not fit are"
        yield f"{refused:,} imported {values} no answer and counted nowhere; `annotator issues` lists them."
