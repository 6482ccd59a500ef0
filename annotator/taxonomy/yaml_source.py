"""Load YAML safely and remember on which line everything stood.

Stricter than YAML 1.1 on purpose: duplicate keys, tags, anchors and aliases are refused,
and only `true` and `false` are booleans, so `yes`, `no` and `on` stay words. Values are
built from parser events, so nothing is ever constructed from a name in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from annotator.errors import Problem, TaxonomyError
from annotator.taxonomy.file_text import read_text
from annotator.taxonomy.places import Place

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

DEEPEST = 100
"""Levels; a tree of choices twelve deep needs thirty."""
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NULL = re.compile(r"~|null|")
BOOL = re.compile(r"true|false")
INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]{1,20}\.[0-9]*)(?:[eE][-+]?[0-9]{1,2})?")
HINTS = {
    "mapping values are not allowed": "put text that holds a colon in quotes",
    "cannot start any token": "put text that begins with a special character in quotes",
    "did not find expected key": "check the indentation and the quotes here and on the line above",
    "did not find expected '-'": "check the indentation here and on the line above",
    "did not find expected ','": "close the bracket",
    "did not find expected node": "close the bracket",
    "escape": "use single quotes, or double the backslash",
    "quoted scalar": "close the quotes",
    "simple key": "end the key with a colon",
    "tag": "remove the tag (!…)",
}


class YamlSource:
    """A YAML document as plain values, with the line of every part of it."""

    def __init__(self, text: str, file: str) -> None:
        """Parse; raise TaxonomyError naming the line when it is not acceptable YAML."""
        self.file = file
        self.lines: dict[Place, int] = {}
        self._refuse_characters(text)
        self._events = self._parsed(text)
        self.value = self._document(text)

    @classmethod
    def read(cls, path: Path) -> YamlSource:
        """Read a file; folders, devices, and bytes that are not UTF-8 are refused in words."""
        return cls(read_text(path), str(path))

    def line_of(self, place: Place) -> int:
        """The line of a part, or of the nearest part around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _refuse_characters(self, text: str) -> None:
        found = UNPRINTABLE.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            self._refuse(line, f"holds the character U+{ord(found[0]):04X}, which is not text; remove it")

    def _parsed(self, text: str) -> Iterator[Any]:
        """Parser events; what YAML itself refuses is refused in our words."""
        try:
            yield from yaml.parse(text, Loader=Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self._refuse(line, f"cannot be parsed: {_explained(error, text, line)}")

    def _document(self, text: str) -> Any:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._refuse(1, "is empty; `annotator taxonomy new NAME` writes a first one")
        value = self._build(next(self._events), ())
        next(self._events)  # the document ends
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._refuse(_line(after), "holds a second document (---); keep one taxonomy per file")
        if value is None and not text.strip("\ufeff-. \r\n"):
            self._refuse(1, "is empty; `annotator taxonomy new NAME` writes a first one")
        return value

    def _build(self, event: Any, place: Place) -> Any:
        line = _line(event)
        if getattr(event, "anchor", None):
            self._refuse(line, f"uses an anchor or alias ({event.anchor}); write the part out instead")
        if event.tag is not None:
            self._refuse(line, f"has the tag {_short(event.tag)}; remove it, and put text in quotes")
        if len(place) > DEEPEST:
            self._refuse(line, f"is nested more than {DEEPEST} levels deep; check the brackets and the indentation")
        self.lines.setdefault(place, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._build_mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._build_list(place)
        return plain_value(event.value) if event.implicit[0] else event.value

    def _build_list(self, place: Place) -> list[Any]:
        built: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            built.append(self._build(event, (*place, len(built))))
        return built

    def _build_mapping(self, place: Place) -> dict[str, Any]:
        built: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, line = self._key(event), _line(event)
            if key in built:
                self._refuse(line, f"says {key!r} twice, first on line {self.lines[*place, key]}; keep one of them")
            self.lines[*place, key] = line
            built[key] = self._build(next(self._events), (*place, key))
        return built

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor or not event.value:
            self._refuse(_line(event), "has a key that is not a word; write `key: value`")
        return str(event.value)

    def _refuse(self, line: int, message: str) -> NoReturn:
        raise TaxonomyError([Problem("", message, self.file, line)])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def plain_value(text: str) -> Any:
    """What a word without quotes is: nothing, a truth, a number, or text."""
    if NULL.fullmatch(text):
        return None
    if BOOL.fullmatch(text):
        return text == "true"
    if INT.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def _explained(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    """What the parser says, with the way out."""
    problem = error.problem or "it is not YAML"
    around = text.splitlines()[line - 1 : line]
    if around and "\t" in around[0][: len(around[0]) - len(around[0].lstrip())]:
        return f"{problem}; indent with spaces, not tabs"
    said = f"{error.context or ''} {problem}"
    hint = next((hint for part, hint in HINTS.items() if part in said), "check the indentation and the quotes")
    return f"{problem}; {hint}"
