"""Quote a span of a report, and find it again after the text changed."""

from __future__ import annotations

import re

from annotator.errors import AnswerError
from annotator.models.classification import Evidence
from annotator.models.subject import Report

CONTEXT = 32
"""Characters kept before and after a quote, to tell equal quotes apart."""


def quote(report: Report, start: int, end: int) -> Evidence:
    """Make evidence of the characters from `start` to `end`; blank ends are left out."""
    chosen = report.text[start:end]
    start += len(chosen) - len(chosen.lstrip())
    end -= len(chosen) - len(chosen.rstrip())
    if not 0 <= start < end <= len(report.text):
        raise AnswerError("There is no text in this selection; select the words that support the answer.")
    return Evidence(
        report=report.key,
        start=start,
        end=end,
        quote=report.text[start:end],
        prefix=report.text[max(0, start - CONTEXT) : start],
        suffix=report.text[end : end + CONTEXT],
    )


def locate(text: str, evidence: Evidence) -> tuple[int, int] | None:
    """Where the quote stands now: at its old place, else the best match of words and context."""
    if text[evidence.start : evidence.end] == evidence.quote:
        return evidence.start, evidence.end
    words = [re.escape(word) for word in evidence.quote.split()]
    if not words:
        return None
    found = [match.span() for match in re.finditer(r"\s+".join(words), text)]
    if not found:
        return None
    return max(found, key=lambda span: (_context_kept(text, span, evidence), -abs(span[0] - evidence.start)))


def _context_kept(text: str, span: tuple[int, int], evidence: Evidence) -> int:
    """How many characters around a span are still those around the quote."""
    before = text[max(0, span[0] - CONTEXT) : span[0]]
    after = text[span[1] : span[1] + CONTEXT]
    return _common(before[::-1], evidence.prefix[::-1]) + _common(after, evidence.suffix)


def _common(one: str, other: str) -> int:
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
