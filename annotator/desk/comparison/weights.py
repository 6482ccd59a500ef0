"""Design weights: a subject counts as often as one over how likely it was to be drawn (Horvitz and Thompson 1952)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from annotator.errors import RequestError
from annotator.model.rounds import short
from annotator.store.team.samples import Answers

SLACK = 1e-6
"""By what part a sum of floating-point weights may be wrong."""


@dataclass(frozen=True)
class DesignWeights:
    """How much each drawn subject counts, by its id."""

    alone: Mapping[int, float]
    """Where every answer speaks: one over how likely it was to be dealt."""
    together: Mapping[int, float]
    """Where two answers are compared: one over how likely it was to be dealt to two or more."""
    unlike: frozenset[int]
    """Those that were drawn more than once and not alike, which have no weight."""
    matched: int
    """From how many they were drawn; 0 where there were several draws."""


def weights_of(answers: Answers) -> DesignWeights:
    """The weights of a round under a taxonomy; raises RequestError where there are none, or they cannot be."""
    known, draws = answers.chances()
    where = f"under {answers.sample.taxonomy} in round {short(answers.sample.round)}"
    if not known:
        raise RequestError(
            f"--weighted: nothing that was dealt {where} was drawn, so nobody knows how likely each subject was. "
            "`annotator assign` keeps that with --random and with --overlap."
        )
    found = DesignWeights(
        {subject: 1 / one.dealt for subject, one in known.items() if one},
        {subject: 1 / one.compared for subject, one in known.items() if one and one.compared},
        frozenset(subject for subject, one in known.items() if one is None),
        draws[0] if len(draws) == 1 else 0,
    )
    for weights in (found.alone, found.together):
        if found.matched and sum(weights.values()) > found.matched * (1 + SLACK):
            raise RequestError(
                f"--weighted: the weights {where} sum to {sum(weights.values()):,.0f}, and {found.matched:,} subjects "
                "were drawn from, so they are not those of that draw. Leave --weighted out."
            )
    return found


def words_of(answers: Answers, found: DesignWeights, *, together: bool) -> Iterator[str]:
    """What figures are weighted by and what they leave out, in sentences."""
    weights = found.together if together else found.alone
    used = answers.subjects(2 if together else 1)
    yield (
        "Weighted by design: a unit counts as often as one over its inclusion probability."
        + (" Units with one value take no part; those drawn to be shared speak for them." if together else "")
    )
    yield _sum(found, weights, used)
    if others := sum(subject not in weights and subject not in found.unlike for subject in used):
        yield f"{_subjects(others)} that {'were' if others > 1 else 'was'} not drawn{_so(together)} left out."
    if unlike := sum(subject in found.unlike for subject in used):
        yield f"{_subjects(unlike)} drawn more than once and not alike left out."


def _sum(found: DesignWeights, weights: Mapping[int, float], used: Collection[int]) -> str:
    drawn, all_weights = len(weights), sum(weights.values())
    here = [weight for subject in used if (weight := weights.get(subject))]
    of = f" of the {found.matched:,} drawn from" if found.matched else ", of several draws"
    were = "were" if drawn > 1 else "was"
    words = f"The weights of {_subjects(drawn)} that {were} drawn sum to {all_weights:,.0f}{of}"
    if found.matched and all_weights < found.matched - 0.5:
        words += "; the rest has no subject in the sample, or none that is dealt still"
    if len(here) < drawn:
        words += f"; those of the {len(here):,} with answers that count sum to {sum(here):,.0f}"
    return f"{words}."


def _so(together: bool) -> str:
    return " to be shared" if together else ""


def _subjects(number: int) -> str:
    return f"{number:,} subject{'' if number == 1 else 's'}"
