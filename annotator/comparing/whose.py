"""Whose work a comparison rests on, in words."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.comparing.scope import Scope
from annotator.models.reserved import PUBLISHER
from annotator.store.agreement_patterns import Answers
from annotator.store.agreement_rounds import rounds

MOST_NAMED = 12
"""Annotators named one by one."""


def who(answers: Answers) -> str:
    """Who takes part and on how much they overlap, or why there is nothing to compare."""
    parts, published = answers.parts, answers.published()
    if not parts and published:
        return f"only {PUBLISHER}'s published work ({published:,}); nothing to compare."
    if not parts and answers.closed.total:
        return "nothing that was handed in is open to you yet, so there is nothing to compare."
    if not parts:
        return f"nobody handed anything in, so there is nothing to compare{_elsewhere(answers)}."
    if len(parts) > MOST_NAMED:
        named = f"{len(parts):,} annotators"
    else:
        named = ", ".join(f"{part.annotator} ({part.subjects:,})" for part in parts)
    if len(parts) == 1:
        return f"only {named} handed anything in; agreement needs two annotators."
    shared = answers.overlapping()
    subjects = "no subject" if not shared else f"{shared:,} subject{'' if shared == 1 else 's'}"
    return f"{named}; {subjects} classified by two or more."


def _elsewhere(answers: Answers) -> str:
    found = [number for number in rounds(answers.connection, answers.sample.taxonomy) if number != answers.sample.round]
    listed = ", ".join(map(str, found))
    return f"; there is work in round{'' if len(found) == 1 else 's'} {listed}" if found else ""


def left_aside(answers: Answers) -> Iterator[str]:
    """That published work is no part of it, where there is any beside others' work."""
    if answers.parts and (published := answers.published()):
        yield (
            f"{PUBLISHER}'s published work ({published:,}) is left out, because it is a result and no independent "
            "work; it counts when it is named among the annotators."
        )


def closed(answers: Answers) -> Iterator[str]:
    """What is left out because annotation is blind, and the way out."""
    if words := answers.closed.words(answers.sample.viewer, "subject"):
        yield words


def dated(scope: Scope) -> Iterator[str]:
    """Which dates were asked for."""
    since = f"{scope.since} or later" if scope.since else ""
    if dates := " and ".join(filter(None, (since, f"{scope.until} or earlier" if scope.until else ""))):
        yield f"Subjects dated {dates}; those without a date are left out."
