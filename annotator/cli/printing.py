"""Data to standard output, words to standard error, and neither may steer the terminal."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import Any
from unicodedata import combining, east_asian_width

from annotator.plain import escaped, inert

GAP = "  "


def prepare_streams() -> None:
    """Make output UTF-8 where a program reads it, and never fail on a character a terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def say(words: str) -> None:
    """Tell a person something."""
    sys.stderr.write(inert(words, newlines=True) + "\n")


def write_line(words: str = "") -> None:
    """Print a line of data for a person."""
    sys.stdout.write(inert(words) + "\n")


def write_text(text: str) -> None:
    """Print a text of several lines."""
    sys.stdout.write(inert(text, newlines=True) + "\n")


def write_json(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


def write_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns under their heads; on a terminal the last column is cut where the line ends."""
    table = [list(heads), *([inert(str(cell)) for cell in row] for row in rows)]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for row in table:
        filled = [cell + " " * (width - cells(cell)) for cell, width in zip(row[:-1], widths, strict=False)]
        line = GAP.join([*filled, row[-1]]).rstrip()
        sys.stdout.write((_cut(line, room) if room else line) + "\n")


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def counted(number: int, what: str) -> str:
    """Write `1 report`, `2 reports`, `3 entries`."""
    return f"{number:,} {what if number == 1 else what + 's'}"


def _cut(text: str, room: int) -> str:
    if cells(text) <= room:
        return text
    while cells(text) > room - 1:
        text = text[:-1]
    return text + "…"
