"""How each annotator compares with the others, and how reliable each is."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.agreement.pairs import with_the_rest
from annotator.agreement.ratings import Rating, Ratings, of_ratings
from annotator.agreement.reliability import dawid_skene, mace
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import AnnotatorRow
from annotator.errors import RequestError
from annotator.models.taxonomy import Field

MOST_VALUES = 300_000
"""More answers than this to one field are not weighed one by one."""
MOST_IN_A_UNIT = 2_000


def annotator_rows(comparison: Comparison) -> list[AnnotatorRow]:
    """A row for every field and every annotator who shares a unit with another; raises RequestError for too many."""
    return [row for field in comparison.compared for row in _rows(comparison, field)]


def ratings_of(comparison: Comparison, field: Field) -> Ratings:
    """The answers to a field, one by one; units have no names of their own."""
    patterns = comparison.named_patterns(field)
    values = sum(len(pattern) * times for pattern, times in patterns.items())
    if values > MOST_VALUES or max(map(len, patterns), default=0) > MOST_IN_A_UNIT:
        raise RequestError(
            f"{len(comparison.names):,} annotators gave {values:,} answers to {field.id}, too many to weigh "
            "one by one; choose some annotators with --annotators."
        )
    choices = comparison.categories(field).places
    return of_ratings(choices, _ratings(comparison.names, patterns))


def _ratings(names: list[str], patterns: dict[tuple[tuple[int, int], ...], int]) -> Iterator[Rating]:
    for number, (pattern, times) in enumerate(patterns.items()):
        for again in range(times):
            for by, place in pattern:
                yield (number, again), names[by], place


def _rows(comparison: Comparison, field: Field) -> Iterator[AnnotatorRow]:
    ratings = ratings_of(comparison, field)
    try:
        likely, knowing = dawid_skene(ratings).annotators, mace(ratings).annotators
    except RequestError:  # the statistics refuse what would not fit into memory; the comparison stands without them
        likely, knowing = {}, {}
    for each in with_the_rest(ratings):
        if each.units:
            yield AnnotatorRow(
                field=field.id,
                annotator=each.a,
                units=each.units,
                percent=None if each.percent.value is None else 100 * each.percent.value,
                kappa=each.kappa.value,
                accuracy=likely.get(each.a),
                competence=knowing.get(each.a),
            )
