"""Tables that fit a narrow terminal: less important columns go first, then one is shortened."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from annotator.cli.printing import GAP, cells, write_line, write_table
from annotator.plain import inert

LAST = 16
"""Cells the last column wants at least; it is cut where the line ends."""
LEAST = 12
"""Cells that a shortened column keeps."""


def room() -> int:
    """Cells in a line of the terminal; 0 where output goes elsewhere and has no bounds."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def write_fitting(
    heads: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str] = (), short: str = ""
) -> list[str]:
    """Print a table; leave columns in `spare` out, in that order, while it is too wide, and shorten the one in `short`.

    Gives the heads left out.
    """
    table = [list(heads), *([inert(cell) for cell in row] for row in rows)]
    gone = _drop(table, spare)
    over = _over(table)
    if over > 0 and short in table[0]:
        column = table[0].index(short)
        width = max(LEAST, max(cells(row[column]) for row in table) - over)
        for row in table[1:]:
            row[column] = shortened(row[column], width)
    write_table(table[0], table[1:])
    return gone


def write_wrapped(words: str, indent: str = "") -> None:
    """Print a sentence in as many lines as it takes."""
    import textwrap

    width = room() or 100
    for line in textwrap.wrap(words, max(20, width), initial_indent=indent, subsequent_indent=indent):
        write_line(line)


def shortened(text: str, width: int) -> str:
    """A text in so many cells at most, with a mark where something is missing."""
    if cells(text) <= width:
        return text
    while cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _drop(table: list[list[str]], spare: Sequence[str]) -> list[str]:
    gone: list[str] = []
    for head in spare:
        if _over(table) <= 0:
            break
        if head in table[0]:
            column = table[0].index(head)
            gone.append(head)
            for row in table:
                del row[column]
    return gone


def _over(table: list[list[str]]) -> int:
    """How many cells the lines are too long."""
    if not room():
        return 0
    *first, last = (max(map(cells, column)) for column in zip(*table, strict=True))
    return sum(first) + len(GAP) * len(first) + min(LAST, last) - room()
