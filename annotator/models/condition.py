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
    """Every one of these holds."""
    any: list[Condition] | None = Setting(None, min_length=1)
    """At least one of these holds."""
    negated: Condition | None = Setting(None, alias="not")
    """This does not hold."""
    field: str | None = None
    """Id of the field to look at."""
    equals: Scalar | None = None
    """The value is this."""
    not_equals: Scalar | None = None
    """There is a value, and it is not this."""
    in_: list[Scalar] | None = Setting(None, alias="in")
    """The value is one of these."""
    not_in: list[Scalar] | None = None
    """There is a value, and it is none of these."""
    includes: Scalar | None = None
    """Among the values is this, or something below it in the tree."""
    includes_any: list[Scalar] | None = None
    """Among the values is one of these."""
    includes_all: list[Scalar] | None = None
    """All of these are among the values."""
    greater_than: float | str | None = None
    """The value is larger, later or higher on the scale."""
    at_least: float | str | None = None
    """The value is this or larger."""
    less_than: float | str | None = None
    """The value is smaller, earlier or lower on the scale."""
    at_most: float | str | None = None
    """The value is this or smaller."""
    answered: bool | None = None
    """Whether there is any answer or state at all."""
    state: Literal["answered", "empty", "unknown", "not_applicable"] | None = None
    """The answer has this state."""

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
