"""Which values annotators confuse, and on which subjects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from itertools import combinations, groupby

from annotator.comparing.category_words import as_json
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import ConfusionRow
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline


def confusion_rows(comparison: Comparison, field: FieldOutline) -> list[ConfusionRow]:
    """Pairs of different values given to the same subject, most frequent first.

    `count` is the number of pairs of annotators who differ so. Raises RequestError for a field
    that is not compared.
    """
    reason = comparison.reason_against(field)
    if reason:
        raise RequestError(f"{field.id} is {reason}.")
    counts: Counter[tuple[int, int]] = Counter()
    subjects: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for key, given in values_of_subjects(comparison, field):
        met = _pairs(given)
        counts += met
        for pair in met:
            subjects[pair].append(key)
    known = comparison.categories(field)
    order, moved = known.in_order()
    name = {old: order[new] for old, new in enumerate(moved)}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], *sorted(moved[code] for code in item[0])))
    return [_row(name, moved, pair, count, subjects[pair]) for pair, count in ranked]


def values_of_subjects(comparison: Comparison, field: FieldOutline) -> Iterator[tuple[str, list[int]]]:
    """The positions of the values each subject was given, subject by subject."""
    known = comparison.categories(field)
    for key, mentions in groupby(comparison.mentions(field), key=lambda each: each.subject):
        places = [known.position(each.said) for each in mentions]
        given = [place for place in places if place is not None]
        if len(given) > 1:
            yield key, given


def _pairs(given: list[int]) -> Counter[tuple[int, int]]:
    """Every two different values, with the number of pairs of annotators who hold them."""
    held = sorted(Counter(given).items())
    return Counter({(a, b): times * again for (a, times), (b, again) in combinations(held, 2)})


def _row(
    name: dict[int, Hashable], moved: list[int], pair: tuple[int, int], count: int, subjects: list[str]
) -> ConfusionRow:
    a, b = sorted(pair, key=lambda code: moved[code])
    return ConfusionRow(as_json(name[a]), as_json(name[b]), count, subjects)
