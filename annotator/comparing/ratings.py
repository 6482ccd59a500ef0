"""Who gave which value to which unit, for statistics that must tell annotators apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from annotator.agreement.ratings import Rating, Ratings, of_ratings
from annotator.comparing.comparison import Comparison
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline
from annotator.store.agreement_patterns import Answers

MOST_VALUES = 300_000
"""More answers than this to one field are not weighed one by one."""
MOST_IN_A_UNIT = 2_000


def ratings_of(comparison: Comparison, field: FieldOutline) -> Ratings:
    """The answers to a field, one by one; units have no names of their own. Raises RequestError for too many."""
    patterns = comparison.named_patterns(field)
    values = sum(len(pattern) * times for pattern, times in patterns.items())
    if values > MOST_VALUES or max(map(len, patterns), default=0) > MOST_IN_A_UNIT:
        raise _too_many(comparison, field, values)
    return of_ratings(comparison.categories(field).places, _ratings(comparison.names, patterns))


def ratings_by_subject(comparison: Comparison, field: FieldOutline) -> Ratings:
    """The answers to a field, one by one; units are named by their subjects. Raises RequestError for too many."""
    most = sum(part.subjects for part in comparison.answers.parts)
    if most > MOST_VALUES:
        raise _too_many(comparison, field, most)
    found = list(placed(comparison, comparison.answers, field))
    return of_ratings(comparison.categories(field).places, found)


def placed(comparison: Comparison, answers: Answers, field: FieldOutline) -> Iterator[tuple[str, str, int]]:
    """Subject, annotator and position of each value that counts, of this sample or another of the same taxonomy."""
    known = comparison.categories(field)
    for subject, annotator, said in answers.mentions(field.id, without=comparison.left_out(field)):
        place = known.position(said)
        if place is not None:
            yield subject, annotator, place


def _ratings(names: list[str], patterns: dict[tuple[tuple[int, int], ...], int]) -> Iterator[Rating]:
    for number, (pattern, times) in enumerate(patterns.items()):
        for again in range(times):
            unit: Hashable = (number, again)
            for by, place in pattern:
                yield unit, names[by], place


def _too_many(comparison: Comparison, field: FieldOutline, values: int) -> RequestError:
    return RequestError(
        f"{len(comparison.names):,} annotators gave {values:,} answers to {field.id}, too many to weigh "
        "one by one; choose some annotators with --annotators."
    )
