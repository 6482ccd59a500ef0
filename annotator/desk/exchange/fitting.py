"""What no file can hold, taken out of records before anything is made of them, with what was met.

Readers mend what they can tell. This is for all of them: texts with half a character's code or a null, numbers
without an end or beyond 64 bits, and names longer than any.
"""

from __future__ import annotations

import re
from collections import Counter
from math import isfinite
from typing import Any, NamedTuple

from annotator.model.frozen import Frozen
from annotator.model.limits import LARGEST, LONGEST_NAME
from annotator.model.record import ClassificationRecord, IncidentRecord, Loss, Record, ReportRecord, Unfit

NO_TEXT = re.compile("[\0\ud800-\udfff]")
TEXTS = "characters that are no text, read as �"
NUMBERS = "numbers without an end, read as nothing"
LARGE = "numbers too large to count with, kept as texts"


class Fitted(NamedTuple):
    """A record that can be kept, or that is kept aside, and what was put right in it."""

    record: Record
    met: list[Loss]


def fitted(record: Record) -> Fitted:
    """Put right what no file can hold; a record that goes by no possible name is kept aside."""
    met: Counter[str] = Counter()
    fit: Record = _fit(record, met)
    where = fit.where if isinstance(fit, Loss) else fit.place
    names: list[str] = []
    if isinstance(fit, ReportRecord | IncidentRecord):
        names = [fit[0].key]
    elif isinstance(fit, ClassificationRecord):
        names = [fit.subject, fit.taxonomy, fit.annotator]
    if any(len(name) > LONGEST_NAME for name in names):
        problem = f"goes by a name of over {LONGEST_NAME:,} characters; give it a shorter one"
        fit = Unfit(where, problem, max(names, key=len)[:LONGEST_NAME])
    return Fitted(fit, [Loss(what, where, times) for what, times in met.items()])


def _fit(value: Any, met: Counter[str]) -> Any:
    """The same of values that can be kept; `met` gets what was put right, and how often."""
    if isinstance(value, str):
        return _text(value, met)
    if isinstance(value, float) and not isfinite(value):
        met[NUMBERS] += 1
        return None
    if isinstance(value, int) and abs(value) > LARGEST:
        met[LARGE] += 1
        return str(value)
    if isinstance(value, dict):
        return {_fit(key, met): _fit(part, met) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_fit(part, met) for part in value]
        return parts if isinstance(value, list) else type(value)(*parts) if _is_named(value) else tuple(parts)
    if isinstance(value, Frozen):
        before = met.total()
        fit = {name: _fit(part, met) for name, part in value}
        return value if met.total() == before else value.model_copy(update=fit)
    return value


def _is_named(value: tuple[Any, ...]) -> bool:
    return hasattr(value, "_fields")


def _text(text: str, met: Counter[str]) -> str:
    if "\0" not in text and (text.isascii() or _is_whole(text)):
        return text
    mended, times = NO_TEXT.subn("�", text)
    met[TEXTS] += times
    return mended


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
