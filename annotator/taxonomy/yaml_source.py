"""A taxonomy file as plain values, with the line of every part of it."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from annotator.errors import Problem, TaxonomyError
from annotator.strict_yaml import StrictYaml

Place = tuple[str | int, ...]
"""Keys and positions from the top of the document down."""


class Finding(NamedTuple):
    """A problem and the part of the document it is about."""

    place: Place
    field: str
    """Id of the field around it (`group.sub` inside a group), else the path of keys."""
    message: str


def path_of(place: Place) -> str:
    """Write a place as `headings[0].label`."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return written.removeprefix(".")


class YamlSource:
    """A YAML document as plain values, with the line of every part of it."""

    def __init__(self, text: str, file: str) -> None:
        """Parse; raise TaxonomyError naming the line when it is not acceptable YAML."""
        self.file = file
        read = StrictYaml(text, self._refuse)
        self.lines = read.lines
        self.value = read.value
        if read.is_empty or (self.value is None and not text.strip("\ufeff-. \r\n")):
            self._refuse(1, "is empty; `annotator taxonomy new NAME` writes a first one")

    def line_of(self, place: Place) -> int:
        """The line of a part, or of the nearest part around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _refuse(self, line: int, message: str) -> NoReturn:
        raise TaxonomyError([Problem("", message, self.file, line)])
