"""Which stretches of a report each annotator quoted, cut so that overlapping ones can be told apart. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from annotator.models.classification import Evidence
from annotator.models.review import Comparison
from annotator.tui.report_spans import Span
from annotator.tui.review_columns import Column

SEVERAL = "by-several"
ELSEWHERE = "evidence"
Locate = Callable[[Evidence], tuple[int, int] | None]
"""Where words stand in the text that is shown; None when they do not."""


class Quote(NamedTuple):
    """Evidence and who quoted it."""

    evidence: Evidence
    column: Column


def quotes_of(compared: Comparison, columns: Sequence[Column]) -> list[Quote]:
    """All evidence on a field, from the left column to the right."""
    return [
        Quote(evidence, column)
        for column in columns
        if column.name in compared.answers
        for evidence in compared.answers[column.name].evidence
    ]


def review_spans(fields: Sequence[Comparison], focus: str, columns: Sequence[Column], locate: Locate) -> list[Span]:
    """What to mark: evidence on the focused field in its annotators' styles, on others plainly."""
    others = [
        Span(*found, ELSEWHERE)
        for each in fields
        if each.field != focus
        for quote in quotes_of(each, columns)
        if (found := locate(quote.evidence))
    ]
    held = [
        (*found, quote.column)
        for each in fields
        if each.field == focus
        for quote in quotes_of(each, columns)
        if (found := locate(quote.evidence))
    ]
    return [*others, *cut(held)]


def cut(held: Sequence[tuple[int, int, Column]]) -> Iterator[Span]:
    """Cut stretches at each other's edges; where several meet, the letters of all stand beside."""
    edges = sorted({edge for start, end, _ in held for edge in (start, end)})
    for start, end in pairwise(edges):
        here = list(dict.fromkeys(column for low, high, column in held if low <= start and end <= high))
        if here:
            style = here[0].style if len(here) == 1 else SEVERAL
            yield Span(start, end, style, " ".join(column.mark for column in here))


def letters(start: int, end: int, spans: Sequence[Span], columns: Sequence[Column]) -> str:
    """The letters of everybody who quoted something in a line."""
    here = {mark for span in spans if span.start < end and span.end > start for mark in span.marker.split()}
    return "".join(column.mark for column in columns if column.mark in here) if here else ""
