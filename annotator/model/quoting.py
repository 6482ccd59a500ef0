"""Evidence out of the words of a report, and where those words stand after its text changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from annotator.errors import AnswerError
from annotator.model.classification import Evidence
from annotator.model.subject import Report

CONTEXT = 32
"""Characters kept before and after a quote, to tell equal quotes apart."""


def quote(report: Report, start: int, end: int) -> Evidence:
    """Make evidence of the characters from `start` to `end`; blank ends are left out."""
    start, end = max(0, start), min(end, len(report.text))
    chosen = report.text[start:end]
    start += len(chosen) - len(chosen.lstrip())
    end = start + len(chosen.strip())
    if start >= end:
        raise AnswerError("There is no text in this selection; select the words that support the answer.")
    return Evidence(
        report=report.key,
        start=start,
        end=end,
        quote=report.text[start:end],
        prefix=report.text[max(0, start - CONTEXT) : start],
        suffix=report.text[end : end + CONTEXT],
    )


def find(reports: Iterable[Report], words: str) -> Evidence:
    """Make evidence of words that stand once in these reports, however they are broken into lines.

    Raises AnswerError when they stand nowhere, or in several places.
    """
    given = [re.escape(word) for word in words.split()]
    if not given:
        raise AnswerError("There are no words in this quote; give those that support the answer.")
    pattern = re.compile(r"\s+".join(given))
    found = [(report, *match.span()) for report in reports for match in pattern.finditer(report.text)]
    if not found:
        raise AnswerError(f"“{words}” stands in no report of this subject; quote its very words.")
    if len(found) > 1:
        raise AnswerError(f"“{words}” stands in {len(found)} places; quote more words around it.")
    return quote(*found[0])


def locate(text: str, evidence: Evidence) -> tuple[int, int] | None:
    """Where the quote stands now: where its words and what surrounds them match best, nearest to its old place."""
    old = (evidence.start, evidence.end)
    if text[slice(*old)] == evidence.quote and _context_kept(text, old, evidence) == _context_of(evidence):
        return old
    words = [re.escape(word) for word in evidence.quote.split()]
    if not words:
        return None
    pattern = r"\s+".join(words)
    found = [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]
    if not found:
        return None
    return max(found, key=lambda span: (_context_kept(text, span, evidence), -abs(span[0] - evidence.start)))


def _context_of(evidence: Evidence) -> int:
    return len(evidence.prefix) + len(evidence.suffix)


def _context_kept(text: str, span: tuple[int, int], evidence: Evidence) -> int:
    """How many characters around a span are still those around the quote."""
    before = text[max(0, span[0] - CONTEXT) : span[0]]
    after = text[span[1] : span[1] + CONTEXT]
    return _common(before[::-1], evidence.prefix[::-1]) + _common(after, evidence.suffix)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def is_same(one: Evidence, other: Evidence) -> bool:
    """Whether two quote the same words of the same report, wherever these stand in which version of its text."""
    return (one.report, one.quote.split()) == (other.report, other.quote.split())
