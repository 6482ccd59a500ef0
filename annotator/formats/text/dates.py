"""Write dates as ISO text, as exact as the source gives them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

ISO_ALREADY = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
SPACED = re.compile(r"(\d{4}-\d\d-\d\d)[ _](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?")
YEAR_FIRST = re.compile(r"(\d{4})(?:[/.](\d{1,2})[/.](\d{1,2})|(\d\d)(\d\d)|年(\d{1,2})月(\d{1,2})日)")
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)? )?([a-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})")
MAIL = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d.*")


def iso(value: Any) -> str:
    """ISO 8601 text for a date in any unambiguous form; other text comes back as it was.

    Takes ISO text, year-first and month-by-name dates, e-mail dates, seconds or
    milliseconds since 1970 (numbers or digits) and MongoDB's `$date`. An instant at
    midnight UTC is written as a day.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str) and ISO_ALREADY.fullmatch(value):
        return value
    if isinstance(value, dict):
        return iso(value.get("$date") or value.get("$numberLong") or "")
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return _from_number(value)
    text = " ".join(str(value).split())
    if not text or ISO_ALREADY.fullmatch(text):
        return text
    return _from_words(text) or text


def _from_number(value: float) -> str:
    if 1000 <= value <= 2999:
        return str(int(value))
    try:
        moment = datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):  # outside what a calendar holds
        return str(value)
    return _written(moment)


def _from_words(text: str) -> str:
    if found := SPACED.fullmatch(text):
        return f"{found[1]}T{found[2]}{found[3] or ''}"
    if EPOCH.fullmatch(text):
        return _from_number(float(text))
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
        return _day(year, month, day)
    if found := NAMED.fullmatch(text.lower()):
        return _named(*found.groups())
    return _mail(text) if MAIL.fullmatch(text) else ""


def _named(before: str | None, month: str, after: str | None, year: str) -> str:
    """`18 December 2020`, `Dec 18, 2020` and `December 2020`."""
    if month[:3] not in MONTHS or (before and after):
        return ""
    number = MONTHS.index(month[:3]) + 1
    day = before or after
    return _day(int(year), number, int(day)) if day else f"{year}-{number:02}"


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:  # no such day: not a date after all
        return ""


def _mail(text: str) -> str:
    try:
        return _written(parsedate_to_datetime(text))
    except ValueError:
        return ""


def _written(moment: datetime) -> str:
    if moment.utcoffset() and moment.tzinfo:
        moment = moment.astimezone(UTC)
    whole = moment.replace(microsecond=0, tzinfo=None)
    at_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return whole.date().isoformat() if at_midnight else f"{whole.isoformat()}Z"
