"""One field whose figures follow what is handed in, without reading its answers again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from annotator.agreement.at_once import agree_at_once, following
from annotator.agreement.distances import Level
from annotator.agreement.field import FieldAgreement
from annotator.agreement.tables import PatternTable, of_patterns
from annotator.comparing.categories import Categories
from annotator.comparing.comparison import Comparison
from annotator.models.outline import FieldOutline
from annotator.store.agreement_patterns import EMPTY, HIDDEN, NOT_APPLICABLE, UNKNOWN
from annotator.store.following import Held, Value

CODE_OF = {"empty": EMPTY, "unknown": UNKNOWN, "not_applicable": NOT_APPLICABLE}
Unit = Sequence[Held]
"""The work on one subject that takes part; nobody's means that the subject is not counted."""


class Order(NamedTuple):
    """The categories that occur, as a comparison made anew would put them."""

    choices: tuple[Hashable, ...]
    places: list[int]
    """Among the choices, by position in the live table."""
    q: int


class FollowedField:
    """A live table of the categories of one field."""

    def __init__(self, comparison: Comparison, field: FieldOutline) -> None:
        """Begin with what a comparison holds."""
        self.field = field
        self.policy = comparison.scope.states
        self.left_out = frozenset(comparison.left_out(field))
        self.live = following(comparison.table(field))
        self._texts: dict[int, str] = {}
        self._codes: dict[str, int] = {}
        self._known = Categories(field, self._texts, self.policy)

    @property
    def level(self) -> Level:
        """The metric that the field's level of measurement calls for."""
        return self._known.level

    def change(self, before: Unit, after: Unit) -> bool:
        """Take in what annotators say about one subject now; whether that changes any figure.

        Raises RequestError when the table never held what was said before.
        """
        old, new = self._pattern(before), self._pattern(after)
        if old == new and bool(before) == bool(after):
            return False
        if before:
            self.live.remove(old)
        if after:
            self.live.add(new)
        return True

    def at_once(self) -> FieldAgreement:
        """All figures but the interval; raises RequestError where values do not fit the level."""
        order = self._order()
        self.live.q = order.q
        return agree_at_once(self.live, self.level, order.places)

    def table(self) -> PatternTable:
        """The table of this moment, as a comparison made anew would count it."""
        order = self._order()
        patterns = (
            (tuple(order.places[code] for code in pattern), times) for pattern, times in self.live.patterns.items()
        )
        return of_patterns(order.choices, patterns, order.q)

    def _pattern(self, unit: Unit) -> list[int]:
        categories = (self._category(held) for held in unit)
        return sorted(self.live.code_of(each) for each in categories if each is not None)

    def _category(self, held: Held) -> Hashable | None:
        values = held.answers.get(self.field.id)
        if not values or held.version in self.left_out:
            return None
        return self._known.category(tuple(sorted(self._coded(values))))

    def _coded(self, values: Iterable[Value]) -> Iterable[int]:
        for state, text in values:
            code = 0 if text is None else self._code(text)
            if state == "hidden":
                yield HIDDEN - code
            else:
                yield CODE_OF.get(state, code or EMPTY)

    def _code(self, text: str) -> int:
        if text not in self._codes:
            self._codes[text] = len(self._codes) + 1
            self._texts[self._codes[text]] = text
        return self._codes[text]

    def _order(self) -> Order:
        """Put the categories that occur in the order of a comparison, and those left behind after them."""
        fresh, live = Categories(self.field, {}, self.policy), self.live
        met = {code: fresh.place(live.choices[code]) for code in live.observed}
        choices, moved = fresh.in_order()
        places = [moved[met[code]] if code in met else len(choices) for code in range(len(live.choices))]
        return Order(choices, places, fresh.q)
