"""Read the YAML between two `---` lines at the top of a text, trusting nothing in it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from annotator.errors import SourceError
from annotator.strict_yaml import StrictYaml, plain_value

LIMIT = 1 << 20
"""Characters of front matter."""
DEEPEST = 20
"""Levels of nesting."""
OPENED = re.compile(r"---[ \t]*+\n")
CLOSED = re.compile(r"\n(?:---|\.\.\.)[ \t]*+(?:\n|\Z)")
WRITTEN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})|-?(?:0|[1-9]\d{0,8})\.\d{0,5}[1-9]")
NUMBER_LIKE = re.compile(r"[-+.0-9]")
LOOKS_LIKE = re.compile(r"---[ \t]*+\n(?:[ \t]*+(?:#[^\n]*+)?+\n)*+[\t ]*+[\w\"'&*!-][^\n]*:(?:[ \t]|\n)")


class FrontMatter(NamedTuple):
    """The values of a front matter, and the text below it."""

    values: dict[str, Any]
    body: str


def has_front_matter(text: str) -> bool:
    """Whether a text begins with a `---` line and a name with a colon under it."""
    return LOOKS_LIKE.match(text) is not None


def is_fenced(text: str) -> bool:
    """Whether a text begins with front matter that also ends."""
    return has_front_matter(text) and _fenced(text) is not None


def _fenced(text: str) -> tuple[int, int, int] | None:
    """Where front matter begins and ends, and where the text below it begins."""
    opened = OPENED.match(text)
    closed = CLOSED.search(text, opened.end() - 1) if opened else None
    return (opened.end(), closed.start() + 1, closed.end()) if opened and closed else None


def split_front_matter(text: str, shown: str) -> FrontMatter:
    """Part the front matter from the text; raise SourceError with the line when it is not safe YAML."""
    fenced = _fenced(text)
    if not fenced:
        raise SourceError(f"{shown}:1: begins a front matter that no second --- line ends; the file may be cut off")
    start, end, below = fenced
    if end - start > LIMIT:
        raise SourceError(f"{shown}:1: has a front matter of over {LIMIT:,} characters; put the text below it")

    def refuse(line: int, message: str) -> NoReturn:
        raise SourceError(f"{shown}:{line}: the front matter {message}")

    values = StrictYaml(text[start:end], refuse, first_line=2, deepest=DEEPEST, plain=_plain_value).value
    if not isinstance(values, dict | None):
        refuse(2, "is no list of `name: value` lines")
    return FrontMatter(values or {}, text[below:])


def _plain_value(text: str) -> Any:
    """Only `true`, `false`, `null` and numbers as a program writes them are not text; dates are text."""
    if WRITTEN_NUMBER.fullmatch(text) or not NUMBER_LIKE.match(text):
        return plain_value(text)
    return text
