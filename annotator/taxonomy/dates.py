"""Dates as exact as the source gives them: a year, a month or a day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

FORMS = re.compile(r"(?P<year>\d{4})(-\d{2}(-\d{2})?)?", re.ASCII)


def partial_date(value: Any) -> str:
    """Return YYYY, YYYY-MM or YYYY-MM-DD; raise ValueError when no calendar has it."""
    text = str(value).strip() if isinstance(value, (str, int, date)) and not isinstance(value, bool) else ""
    if not FORMS.fullmatch(text):
        raise ValueError(f"expects a date as 2020, 2020-12 or 2020-12-17, not {value!r}")
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError as error:
        raise ValueError(f"{text!r} is not in the calendar") from error
    return text
