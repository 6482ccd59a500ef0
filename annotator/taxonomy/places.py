"""Where in a taxonomy file something stands, and what was found there."""

from __future__ import annotations

from typing import NamedTuple

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
