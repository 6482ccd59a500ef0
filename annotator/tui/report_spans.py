"""Which parts of a drawn line of report text are evidence, selected or found. Pure; places are offsets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of the text that is drawn differently; later ones in a list win."""

    start: int
    end: int
    style: str
    marker: str = ""
    """What stands beside its first line: the number of the field it supports."""


class Piece(NamedTuple):
    """A part of a line in one style."""

    start: int
    end: int
    style: str


def pieces(start: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    """Cut a stretch where its style changes."""
    touching = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end}
    for span in touching:
        edges |= {max(start, span.start), min(end, span.end)}
    for before, after in pairwise(sorted(edges)):
        style = next((span.style for span in reversed(touching) if span.start <= before < span.end), "")
        yield Piece(before, after, style)


def marker_of(start: int, end: int, spans: Sequence[Span], focused: str) -> tuple[str, bool, bool]:
    """What stands beside a line: the number where evidence begins, whether any is there, and the focused one's."""
    here = [span for span in spans if span.marker and span.start < end and span.end > start]
    ordered = sorted(here, key=lambda span: span.style != focused)
    beginning = next((span.marker for span in ordered if span.start >= start), "")
    return beginning, bool(here), any(span.style == focused for span in here)
