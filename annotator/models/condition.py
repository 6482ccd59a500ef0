"""The condition language of `visible_if`, as values. Evaluation lives in `taxonomy`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import ConfigDict, model_validator
from pydantic import Field as Setting

from annotator.models.frozen import Frozen

COMPARISONS = (
    "equals", "not_equals", "in", "not_in", "includes", "includes_any", "includes_all",
    "greater_than", "at_least", "less_than", "at_most", "answered", "state",
)  # fmt: skip
Scalar = str | bool | int | float


class Condition(Frozen):
    """Either one comparison on one field, or `all`, `any`, `not` of conditions."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all: list[Condition] | None = Setting(None, min_length=1)
    any: list[Condition] | None = Setting(None, min_length=1)
    negated: Condition | None = Setting(None, alias="not")
    field: str | None = None
    equals: Scalar | None = None
    not_equals: Scalar | None = None
    in_: list[Scalar] | None = Setting(None, alias="in")
    not_in: list[Scalar] | None = None
    includes: Scalar | None = None
    includes_any: list[Scalar] | None = None
    includes_all: list[Scalar] | None = None
    greater_than: float | str | None = None
    at_least: float | str | None = None
    less_than: float | str | None = None
    at_most: float | str | None = None
    answered: bool | None = None
    state: Literal["answered", "empty", "unknown", "not_applicable"] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Condition:
        joined = [self.all, self.any, self.negated]
        given = sum(part is not None for part in joined) + (self.field is not None)
        if given != 1:
            raise ValueError("a condition is one of: all, any, not, or field with one comparison")
        if self.field is not None and self.comparison is None:
            raise ValueError(f"compare field {self.field!r} with one of: {', '.join(COMPARISONS)}")
        if self.field is None and any(True for _ in self._comparisons()):
            raise ValueError("a comparison needs the field it is about")
        return self

    def _comparisons(self) -> Iterator[tuple[str, Any]]:
        for name in COMPARISONS:
            value = getattr(self, "in_" if name == "in" else name)
            if value is not None:
                yield name, value

    @property
    def comparison(self) -> tuple[str, Any] | None:
        """The one comparison of a leaf, as (name, operand); None when there are none or several."""
        found = list(self._comparisons())
        return found[0] if len(found) == 1 else None

    def fields_read(self) -> set[str]:
        """Ids of all fields this condition looks at."""
        below = [*(self.all or []), *(self.any or []), *([self.negated] if self.negated else [])]
        own = {self.field} if self.field else set()
        return own.union(*(condition.fields_read() for condition in below))
