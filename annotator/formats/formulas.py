"""Cells that a spreadsheet would run as a formula, written so that it shows them as text.

A spreadsheet takes a leading `'` for "this is text". A text that already begins so before
a dangerous character gets one more, so that reading the cell back gives the same text.
"""

from __future__ import annotations

import re

STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def guarded(text: str) -> str:
    """Put a `'` before a text that would be run; numbers such as -1 stay numbers."""
    if STARTS_FORMULA.match(text) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguarded(cell: str) -> str:
    """Take away what `guarded` put there."""
    return cell[1:] if GUARDED.match(cell) else cell
