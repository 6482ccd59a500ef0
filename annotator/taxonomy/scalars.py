"""What single numbers, truths, dates and texts must look like."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from annotator.models.taxonomy import Field
from annotator.taxonomy.dates import partial_date
from annotator.taxonomy.suggesting import quoted

Rule = Callable[[Any], Any]
LARGEST = 2**63 - 1
"""What an SQLite integer holds."""
INTEGER = re.compile(r"[-+]?\d{1,19}(\.0*)?", re.ASCII)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What SQLite cuts off or cannot encode."""


class MisfitError(ValueError):
    """A value does not fit its field. Inside the answer model, where pydantic listens for ValueError."""


def bool_rule(_field: Field) -> Rule:
    """Take true and false alone."""

    def rule(value: Any) -> Any:
        if isinstance(value, bool):
            return value
        raise MisfitError(f"expects true or false, not {quoted(value)}")

    return rule


def integer_rule(field: Field) -> Rule:
    """Take whole numbers, also as text, that SQLite can hold."""

    def rule(value: Any) -> Any:
        if isinstance(value, str) and INTEGER.fullmatch(value.strip()):
            value = int(value.strip().partition(".")[0])
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise MisfitError(f"expects a whole number, not {quoted(value)}")
        return _bounded(value, field)

    return rule


def number_rule(field: Field) -> Rule:
    """Take finite numbers, also as text."""

    def rule(value: Any) -> Any:
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise MisfitError(f"expects a number, not {quoted(value)}")
        return _bounded(value, field)

    return rule


def _bounded(value: float, field: Field) -> float:
    if field.minimum is not None and value < field.minimum:
        raise MisfitError(f"must be at least {field.minimum:g}, not {value}")
    if field.maximum is not None and value > field.maximum:
        raise MisfitError(f"must be at most {field.maximum:g}, not {value}")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise MisfitError(f"must lie between -{LARGEST} and {LARGEST}")
    return value


def date_rule(_field: Field) -> Rule:
    """Take a year, a month or a day of the calendar."""
    return partial_date


def text_rule(field: Field) -> Rule:
    """Take text that says something, as it was typed."""
    pattern = re.compile(field.pattern) if field.pattern else None
    return partial(_written, pattern=pattern, example=field.pattern or "")


def _written(value: Any, pattern: re.Pattern[str] | None, example: str) -> str:
    if not isinstance(value, str):
        raise MisfitError(f"expects text, not {quoted(value)}")
    if not value.strip():
        raise MisfitError("has no text; use the state 'empty' to say that there is none")
    if NO_TEXT.search(value):
        raise MisfitError("holds characters that are not text; type it again")
    if pattern and not pattern.fullmatch(value):
        raise MisfitError(f"{quoted(value)} does not have the form {example}")
    return value
