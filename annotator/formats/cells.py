"""Read numbers, lists and yes or no, however a cell or a JSON value writes them."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

from annotator.formats.dates import iso

NUMBER = re.compile(r"\s*\+?(\d{1,15})(?:\.0*)?\s*")
LONGEST_LIST = 100_000
"""Characters of a list written as text; longer ones are kept as one text."""
YES = {"true", "yes", "1", "y", "t"}
NO = {"false", "no", "0", "n", "f", "", "none", "null"}


def number(value: Any) -> int | None:
    """A whole number above zero, from a number, its digits or MongoDB's wrapper; else None."""
    value = plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and (found := NUMBER.fullmatch(value)):
        value = int(found[1])
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def words(value: Any) -> str | None:
    """A text: strings as they are, numbers in digits, nothing as empty; None when it is a structure."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else None


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts from a list, its JSON or Python spelling, or a single text."""
    if isinstance(value, str):
        value = listed(value)
    if value is None:
        return ()
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
        found = re.fullmatch(r"-?\d{1,19}", str(inner))
        return int(found[0]) if found else inner
    if key in {"$numberDouble", "$numberDecimal"}:
        return _double(inner)
    return {key: plain(inner)}


def _double(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
