"""Read YAML safely, remember on which line everything stood, and say in our own words what is wrong.

Stricter than YAML 1.1 on purpose: duplicate keys, tags, anchors and aliases are refused,
and only `true` and `false` are booleans, so `yes`, `no` and `on` stay words. Values are
built from parser events, so nothing is ever constructed from a name in the file. What the
parser refuses is explained from the text where it stopped, because parsers word the same
mistake differently from one version to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

DEEPEST = 100
"""Levels; a tree of choices twelve deep needs thirty."""
MOST_PARTS = 100_000
"""Words, lists and mappings; reading them takes about half a second, and the largest taxonomy here has 4,000."""
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HALF = re.compile("[\ud800-\udfff]")
QUOTED = re.compile(r""" "(?:[^"\\]|\\.)*" | '(?:[^']|'')*' """, re.VERBOSE | re.DOTALL)
NULL = re.compile(r"~|null|")
BOOL = re.compile(r"true|false")
INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]{1,20}\.[0-9]*)(?:[eE][-+]?[0-9]{1,2})?")

Steps = tuple[str | int, ...]
"""Keys and positions from the top of the document down."""


def plain_value(text: str) -> Any:
    """What a word without quotes is: nothing, a truth, a number, or text."""
    if NULL.fullmatch(text):
        return None
    if BOOL.fullmatch(text):
        return text == "true"
    if INT.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


class StrictYaml:
    """A YAML document as plain values, with the line of every part of it; without content it is empty."""

    def __init__(
        self,
        text: str,
        refuse: Callable[[int, str], NoReturn],
        *,
        first_line: int = 1,
        deepest: int = DEEPEST,
        plain: Callable[[str], Any] = plain_value,
    ) -> None:
        """Parse; `refuse` is called with the line and what is wrong with it, and raises.

        `first_line` is the number of the text's first line, `plain` gives the value of a word without quotes.
        """
        self.lines: dict[Steps, int] = {}
        self.is_empty = False
        self._raise = refuse
        self._first_line = first_line
        self._deepest = deepest
        self._plain = plain
        self._refuse_characters(text)
        self._events = self._parsed(text)
        self.value = self._document()

    def _refuse_characters(self, text: str) -> None:
        found = UNPRINTABLE.search(text)
        if found:
            line = text.count("\n", 0, found.start())
            self._refuse(line, f"holds the character U+{ord(found[0]):04X}, which is not text; remove it")

    def _parsed(self, text: str) -> Iterator[Any]:
        """Parser events; what the parser refuses is refused in our words."""
        depth, read_to = 0, (0, 0)
        try:
            for number, event in enumerate(yaml.parse(text, Loader=Loader)):
                if number > MOST_PARTS:
                    self._refuse(_line(event), f"goes on behind {MOST_PARTS:,} words and lists; check that it is it")
                depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
                if event.end_mark:
                    read_to = event.end_mark.line, event.end_mark.column
                yield event
        except yaml.YAMLError as error:
            stopped = _Stopped(text, error, read_to)
            deep = stopped.line_of_bracket(self._deepest - depth)
            if deep is not None:
                self._refuse_depth(deep)
            self._refuse(*stopped.explained(self._first_line))

    def _document(self) -> Any:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self.is_empty = True
            return None
        value = self._build(next(self._events), ())
        next(self._events)  # the document ends
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._refuse(_line(after), "holds a second document (---); keep one of them")
        return value

    def _build(self, event: Any, place: Steps) -> Any:
        line = _line(event)
        if getattr(event, "anchor", None):
            self._refuse(line, f"uses an anchor or alias ({event.anchor}); write the part out instead")
        if event.tag is not None:
            self._refuse(line, f"has the tag {_short(event.tag)}; remove it, and put text in quotes")
        if len(place) > self._deepest:
            self._refuse_depth(line)
        self.lines.setdefault(place, line + self._first_line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._build_mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._build_list(place)
        self._refuse_halves(event)
        return self._plain(event.value) if event.implicit[0] else event.value

    def _build_list(self, place: Steps) -> list[Any]:
        built: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            built.append(self._build(event, (*place, len(built))))
        return built

    def _build_mapping(self, place: Steps) -> dict[str, Any]:
        built: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, line = self._key(event), _line(event)
            if key in built:
                self._refuse(line, f"says {key!r} twice, first on line {self.lines[*place, key]}; keep one of them")
            self.lines[*place, key] = line + self._first_line
            built[key] = self._build(next(self._events), (*place, key))
        return built

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor or not event.value:
            self._refuse(_line(event), "has a key that is not a word; write `key: value`")
        self._refuse_halves(event)
        return str(event.value)

    def _refuse_halves(self, event: Any) -> None:
        r"""Some parsers let an escape such as `\ud800` through, which no file can hold."""
        if not event.value.isascii() and HALF.search(event.value):
            self._refuse(_line(event), BAD_ESCAPE)

    def _refuse_depth(self, line: int) -> NoReturn:
        self._refuse(line, f"is nested more than {self._deepest} levels deep; check the brackets and the indentation")

    def _refuse(self, line: int, message: str) -> NoReturn:
        """Refuse a line, counted from 0 as the parser does."""
        self._raise(line + self._first_line, message)


NOT_YAML = "is not YAML; check the indentation and the quotes here and on the line above"
BAD_ESCAPE = "has a backslash that begins no character; use single quotes, or double the backslash"


class _Stopped:
    """A text that the parser could not read to its end, seen from where it stopped."""

    def __init__(self, text: str, error: yaml.YAMLError, read_to: tuple[int, int]) -> None:
        """Take the parser's places, never its words; without any, what it last understood is the place."""
        self._rows = text.splitlines(keepends=True)
        self._text = text
        at, since = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        self._read_to = read_to
        self._has_place = bool(at or since)
        self._at = (at.line, at.column) if at else (since.line, since.column) if since else read_to
        self._since = (since.line, since.column) if since else self._at

    def line_of_bracket(self, allowed: int) -> int | None:
        """The line on which more brackets than allowed are open since the last event, if that is what stopped it."""
        opened = 0
        start, end = self._index(self._read_to), self._index(self._at)
        for index, sign in enumerate(self._text[start:end], start):
            opened += (sign in "[{") - (sign in "]}")
            if opened > allowed:
                return self._text.count("\n", 0, index)
        return None

    def explained(self, first_line: int) -> tuple[int, str]:
        """The line to look at, counted from 0, and what is wrong there, with the way out."""
        line, since = self._at[0], self._since[0]
        if not self._has_place:
            return line, NOT_YAML
        sign, opener, row = self._sign(self._at), self._sign(self._since), self._row(line)
        if "\t" in row[: len(row) - len(row.lstrip())]:
            return line, "is indented with a tab; indent with spaces, not tabs"
        if self._is_inside_quotes():
            if opener == '"' and "\\" in row[max(0, self._at[1] - 2) : self._at[1] + 1]:
                return line, BAD_ESCAPE
            return since, "begins a text in quotes that does not end; close the quotes"
        if opener in {"[", "{"}:
            return (
                line,
                f"lacks a comma, or the end of the bracket opened on line {since + first_line}; close the bracket",
            )
        if "!" in {sign, opener}:
            return line, "has a tag (!…); remove the tag"
        if opener in {"&", "*"}:
            return line, "uses an anchor or alias; write the part out instead"
        if ":" not in self._row(since) and not self._row(since).lstrip().startswith("-"):
            return since, "has no colon; end the key with a colon"
        return line, AT_SIGN.get(sign, NOT_YAML)

    def _is_inside_quotes(self) -> bool:
        """Whether what the parser was reading is a text in quotes, and it did not reach their end."""
        if self._sign(self._since) not in {'"', "'"}:
            return False
        whole = QUOTED.match(self._text, self._index(self._since))
        return whole is None or whole.end() > self._index(self._at)

    def _row(self, line: int) -> str:
        return self._rows[line] if line < len(self._rows) else ""

    def _sign(self, place: tuple[int, int]) -> str:
        return self._row(place[0])[place[1] : place[1] + 1]

    def _index(self, place: tuple[int, int]) -> int:
        return sum(map(len, self._rows[: place[0]])) + place[1]


AT_SIGN = {
    ":": "has a colon where no key can stand; put text that holds a colon in quotes, and check the indentation",
    "-": "begins a list behind its key; write the list below the key",
    **{sign: f"has text that begins with {sign}; put it in quotes" for sign in "@`%"},
}
"""What a sign means where the parser did not expect it."""


def _line(event: Any) -> int:
    return int(event.start_mark.line)


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
