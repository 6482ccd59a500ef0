"""Which answer of a disagreement is likely, judged by how reliable each annotator is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from annotator.agreement.reliability import dawid_skene
from annotator.comparing.category_words import as_json
from annotator.comparing.comparison import Comparison
from annotator.comparing.ratings import ratings_by_subject
from annotator.comparing.rows import Disagreement, LikelyDisagreement
from annotator.errors import RequestError

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
