"""Answers one by one, as they are weighed, and which of them is likely where annotators differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import asdict
from typing import Any

from annotator.agreement.reliability import dawid_skene
from annotator.agreement.tables import Rating, Ratings, of_ratings
from annotator.desk.comparison.categories import as_json
from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.rows import Disagreement, LikelyDisagreement
from annotator.errors import RequestError
from annotator.model.outline import FieldOutline
from annotator.store.team.samples import Answers

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


Judged = dict[str, tuple[int, float]]
"""By subject: the position of the likely value, and how likely it is."""


class Judge:
    """The likely answers of a comparison, field by field as they are asked for."""

    def __init__(self, comparison: Comparison) -> None:
        """Take an open comparison."""
        self.comparison = comparison
        self.missing: dict[str, str] = {}
        """By field: why there are no likely answers."""
        self._judged: dict[str, Judged] = {}
        self._holders: dict[str, dict[tuple[str, int], str]] = {}

    def judge(self, row: Disagreement) -> LikelyDisagreement:
        """The same with the likely answer, in the form in which annotators gave it."""
        if row.field not in self._judged:
            self._judged[row.field] = self._field(row.field)
        found = self._judged[row.field].get(row.subject)
        if found is None:
            return LikelyDisagreement(**asdict(row), likely=None, likelihood=None)
        place, chance = found
        holder = self._holders[row.field].get((row.subject, place))
        likely = row.answers[holder] if holder in row.answers else self._as_json(row.field, place)
        return LikelyDisagreement(**asdict(row), likely=likely, likelihood=chance)

    def _field(self, name: str) -> Judged:
        field = self.comparison.taxonomy.by_id.get(name)
        reason = self.comparison.reason_against(field) if field else "not in the version that is compared"
        if reason or not field:
            self.missing[name] = reason
            return {}
        try:
            ratings = ratings_by_subject(self.comparison, field)
            found = dawid_skene(ratings)
        except RequestError as error:
            self.missing[name] = str(error)
            return {}
        if found.reason:
            self.missing[name] = found.reason
        rows = zip(ratings.units.tolist(), ratings.codes.tolist(), ratings.by.tolist(), strict=True)
        self._holders[name] = {
            (str(ratings.unit_names[unit]), place): ratings.annotators[by] for unit, place, by in rows
        }
        return {str(unit): (int(str(place)), chance) for unit, (place, chance) in found.likely().items()}

    def _as_json(self, name: str, place: int) -> Any:
        categories = self.comparison.categories(self.comparison.taxonomy.by_id[name])
        order, moved = categories.in_order()
        return as_json(order[moved[place]])
