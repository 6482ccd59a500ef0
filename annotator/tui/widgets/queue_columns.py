"""How the width of the queue is shared among its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from annotator.tui.plain import inert

WIDE = 120
"""From this width on, taxonomies are named in full."""
LEAST_TITLE = 24

SYMBOLS = {"untouched": "·", "draft": "◐", "submitted": "✓", "skipped": "–", "adjudicated": "★"}
FLAG = "⚑"
ASSIGNED = "◂"
"""Stands behind the state under a taxonomy that is still to be done."""


class Columns(NamedTuple):
    """Widths in cells, each with the gap after it; a column of width 0 is left out."""

    title: int
    key: int
    date: int
    reports: int
    statuses: tuple[tuple[str, int], ...]
    """The head over each taxonomy's column, and its width."""
    flag: int = 2


def columns_for(width: int, taxonomies: Sequence[str]) -> Columns:
    """Share a width: the title takes what is left, others give way when that is too little."""
    heads = short_names(taxonomies) if width < WIDE else [inert(name)[:10] for name in taxonomies]
    statuses = tuple((head, max(2, len(head)) + 1) for head in heads)
    key, date, reports = (18 if width >= WIDE else 12), 11, 4
    taken = sum(each for _, each in statuses) + 2
    for part in ("reports", "date", "key"):
        if width - taken - key - date - reports >= LEAST_TITLE:
            break
        reports = 0 if part == "reports" else reports
        date = (5 if part == "date" else date) if part != "key" else 0
        key = 0 if part == "key" else key
    return Columns(max(1, width - taken - key - date - reports), key, date, reports, statuses)


def short_names(taxonomies: Sequence[str]) -> list[str]:
    """Name each taxonomy in two letters, no two alike: CSETv1 C1, harm_type HT, GMF GM."""
    taken: list[str] = []
    for name in taxonomies:
        choices = (_two_letters(name), *(f"{name[0].upper()}{end}" for end in (*name[1:].upper(), *"23456789")))
        taken.append(next((choice for choice in choices if choice not in taken), name[:2]))
    return taken


def _two_letters(name: str) -> str:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name) or [name]
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else name[:2].upper()
