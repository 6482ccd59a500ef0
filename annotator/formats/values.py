"""What single values of a source mean: dates, as exact as it gives them, numbers, lists, yes and no."""

from __future__ import annotations

import ast
import json
import re
import warnings
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from annotator.model.limits import LARGEST

ISO_ALREADY = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
SPACED = re.compile(r"(\d{4}-\d\d-\d\d)[ _](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?")
YEAR_FIRST = re.compile(r"(\d{4})(?:[/.](\d{1,2})[/.](\d{1,2})|(\d\d)(\d\d)|年(\d{1,2})月(\d{1,2})日)")
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)? )?([a-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})")
MAIL = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d.{,40}")


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


NUMBER = re.compile(r"\s*\+?(\d{1,15})(?:\.0*)?\s*")
LONGEST_LIST = 100_000
"""Characters of a list written as text; longer ones are kept as one text."""
YES = {"true", "yes", "1", "y", "t"}
NO = {"false", "no", "0", "n", "f", "", "none", "null"}


def number(value: Any) -> int | None:
    """A whole number above zero that a file can hold, from a number, its digits or MongoDB's wrapper; else None."""
    value = value if isinstance(value, str) else plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and (found := NUMBER.fullmatch(value)):
        value = int(found[1])
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST else None


def words(value: Any) -> str | None:
    """A text: strings as they are, numbers in digits, nothing as empty; None when it is a structure."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else None


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts from a list, its JSON or Python spelling, or a single text."""
    if value in (None, "", []):
        return ()
    if isinstance(value, str):
        value = listed(value)
    parts = value if isinstance(value, list | tuple) else [value]
    return tuple(text for part in parts if (text := part.strip() if isinstance(part, str) else _text(plain(part))))


def listed(value: str) -> Any:
    """What a text that looks like a list means: `["a"]` and `['a']` as lists, else the text itself."""
    text = value.strip()
    if not (text.startswith("[") and text.endswith("]")) or len(text) > LONGEST_LIST:
        return text
    for read in (json.loads, _literal):
        try:
            return list(read(text))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue  # the other spelling, or no list at all
    return text


def _literal(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python would print what it thinks of a source's spelling
        return ast.literal_eval(text)


def yes(value: Any) -> bool | None:
    """Yes or no from a boolean, a number or a word; None when it is neither."""
    word = "" if value is None else str(value).strip().lower()
    if word in YES:
        return True
    return False if word in NO else None


def plain(value: Any) -> Any:
    """Take MongoDB's wrappers off a value: `$oid`, `$date` and the `$number` kinds."""
    if isinstance(value, list):
        return [plain(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        return {key: plain(part) for key, part in value.items()}
    ((key, inner),) = value.items()
    if key == "$oid":
        return str(inner)
    if key == "$date":
        return iso(value)
    if key in {"$numberInt", "$numberLong"}:
        found = re.fullmatch(r"-?\d{1,640}", str(inner))
        return int(found[0]) if found else inner
    if key in {"$numberDouble", "$numberDecimal"}:
        return _double(inner)
    return {key: plain(inner)}


def _double(value: Any) -> Any:
    """The number; what is none, and what has no end, stays as it is."""
    try:
        read = float(value)
    except (TypeError, ValueError):
        return value
    return read if isfinite(read) else str(value)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
