"""Read a CSV file row by row: repeated columns kept apart, damage reported, nothing guessed.

Cells that a spreadsheet would run as a formula, written so that it shows them as text.

A spreadsheet takes a leading `'` for "this is text". A text that already begins so before
a dangerous character gets one more, so that reading the cell back gives the same text.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from annotator.errors import SourceError
from annotator.formats.one_by_one import KeptAside
from annotator.formats.text.reading import HOLDS_NUL, TextFile
from annotator.model.record import Loss, Losses, Unfit

LONGEST_CELL = 64 << 20
"""Characters; the csv module stops at 131,072 unless told, and reports are longer."""
MOST_COLUMNS = 10_000
DELIMITERS = ",;\t"
SURPLUS = "it has more cells than the header has columns; put texts that hold the separator in quotes"
QUOTED = re.compile(r'"[^"]*"')


class Column(NamedTuple):
    """A column of the header; `nth` counts equal names from 0."""

    name: str
    nth: int


class Row(NamedTuple):
    """A row as spreadsheets number it (the header is row 1), padded to the header's width."""

    number: int
    cells: list[str]


class Table:
    """A CSV file with a header."""

    def __init__(self, file: TextFile) -> None:
        """Read the header; raise SourceError when there is none."""
        self.file = file
        self.damage = Losses()
        """Rows that did not fit the header; complete once `rows` is used up."""
        self._last_line = ""
        self._is_at_end = False
        self._taken = 0
        self._number = 0
        self._holds_nul = False
        self.aside = KeptAside(file.shown)
        csv.field_size_limit(max(LONGEST_CELL, csv.field_size_limit()))
        first = next(iter(file.lines()), "")
        delimiter = likely_delimiter(first)
        self._refuse_wide(QUOTED.sub("", first).count(delimiter) + 1)  # before all of them are held
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.columns = _numbered(self._next(bool) or [])
        self._refuse_wide(len(self.columns))
        if self._holds_nul:
            raise SourceError(f"{file.shown}:1: {HOLDS_NUL}")
        if not any(column.name for column in self.columns):
            raise SourceError(f"{file.shown}:1: has no header row; the first line must name the columns")

    def _refuse_wide(self, columns: int) -> None:
        if columns > MOST_COLUMNS:
            raise SourceError(
                f"{self.file.shown}:1: has {columns:,} columns, and {MOST_COLUMNS:,} are the most; "
                "check that this is the right file, and that its lines end"
            )

    def need(self, *names: str) -> None:
        """Raise SourceError when columns are missing, naming them."""
        have = {column.name for column in self.columns}
        if missing := [name for name in names if name not in have]:
            raise SourceError(
                f"{self.file.shown}:1: lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; "
                f"it has {', '.join(column.name[:40] for column in self.columns[:12])}"
            )

    def position(self, name: str) -> int | None:
        """The place of the first column of that name."""
        return next((at for at, column in enumerate(self.columns) if column.name == name), None)

    def place(self, row: Row) -> str:
        """How messages call a row."""
        return f"{self.file.name} row {row.number}"

    def unchecked(self) -> Iterator[list[str]]:
        """The cells of the rows that hold something, up to where the file breaks off; much faster than `rows`."""
        reader = csv.reader(self.file.lines(), self._reader.dialect)
        with suppress(csv.Error):  # `rows` says where and why
            yield from islice(filter(any, reader), 1, None)

    def rows(self, passed_over: Callable[[list[str]], object] = lambda _cells: None) -> Iterator[Row]:
        """Yield the rows that hold something; those with a NUL byte or too many cells are kept aside.

        `passed_over` is called with the cells of those.
        Raises SourceError where the file is cut off, its quotes do not close, or most of it is kept aside.
        """
        width, is_begun = len(self.columns), False
        while (cells := self._next()) is not None:
            number, is_begun = self._number, True
            fits = not self._holds_nul and len(cells) == width
            fitted = cells if fits else None if self._holds_nul else self._fit(cells, width, number)
            if fitted is None:
                problem, why = ("it holds a NUL byte; correct it", HOLDS_NUL) if self._holds_nul else (SURPLUS, SURPLUS)
                refusal = SourceError(f"{self._here()}: {why}")
                self.aside.keep(f"{self.file.name} row {number}", problem, refusal)
                passed_over(cells)
                continue
            self.aside.taken += 1
            yield Row(number, fitted)
        self.aside.refuse_most()
        if not is_begun and not self._ends_whole():
            raise SourceError(
                f"{self._here()}: the file ends inside its header; it was probably cut off, so fetch it again"
            )

    def named(self, row: Row) -> dict[str, str]:
        """The row's cells by column; a repeated name counts up: `name`, `name (2)`."""
        names = (f"{column.name} ({column.nth + 1})" if column.nth else column.name for column in self.columns)
        return dict(zip(names, row.cells, strict=True))

    def losses(self) -> Iterator[Loss | Unfit]:
        """What was kept aside, and what the file's encoding and its rows cost; ask after reading the rows."""
        self.aside.refuse_most()  # also where rows were put together only once all were read
        yield from self.aside.items
        yield from self.file.losses()
        yield from self.damage

    def _lines(self) -> Iterator[str]:
        for line in self.file.lines():
            self._last_line = line
            self._holds_nul = self._holds_nul or "\0" in line
            self._taken += len(line)
            yield line
        self._is_at_end = True

    def _next(self, holds: Callable[[list[str]], bool] = any) -> list[str] | None:
        """The next row that holds something, which is a text in any cell; None at the end."""
        self._taken = 0
        self._holds_nul = False
        try:
            for cells in self._reader:
                self._number += bool(cells)
                if holds(cells):
                    return cells
                self._taken = 0
        except csv.Error as error:
            raise SourceError(f"{self._here()}: {self._damage_here()}") from error
        return None

    def _damage_here(self) -> str:
        """What stopped the row, from where it was stopped."""
        if self._is_at_end:
            return "a quoted cell is never closed; the file was probably cut off, so fetch it again"
        if self._taken > LONGEST_CELL:
            return f"a cell is longer than {LONGEST_CELL:,} characters; a closing quote is probably missing before it"
        return "is not well-formed CSV; quotes inside a cell are written twice"

    def _fit(self, cells: list[str], width: int, number: int) -> list[str] | None:
        """The row padded or cut to the header's width; None where cells that hold something are beyond it."""
        if len(cells) < width and not self._ends_whole():
            raise SourceError(
                f"{self._here()}: the file ends inside a row with {len(cells)} of {width} cells; "
                "it was probably cut off, so fetch it again or delete that row"
            )
        if any(cells[width:]):
            return None
        if len(cells) < width:
            self.damage.add("row has missing cells", f"{self.file.name} row {number}")
        return (cells + [""] * width)[:width]

    def _ends_whole(self) -> bool:
        return self._last_line.endswith(("\n", "\r"))

    def _here(self) -> str:
        return f"{self.file.shown}:{self._reader.line_num}"


def header_of(text: str) -> set[str]:
    """The column names in the first line of a text; for sniffing."""
    first = text.partition("\n")[0]
    try:
        cells = next(csv.reader([first], delimiter=likely_delimiter(first)), [])
    except csv.Error:
        return set()
    return {cell.strip() for cell in cells}


def likely_delimiter(header: str) -> str:
    """Comma, semicolon or tab: the one that stands most often outside quotes; comma when equal."""
    return max(DELIMITERS, key=QUOTED.sub("", header).count)


def _numbered(names: list[str]) -> list[Column]:
    seen: Counter[str] = Counter()
    columns = []
    for name in (name.strip() for name in names):
        columns.append(Column(name, seen[name]))
        seen[name] += 1
    return columns


STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
PLAIN_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def guarded(text: str) -> str:
    """Put a `'` before a text that would be run; numbers such as -1 stay numbers."""
    if STARTS_FORMULA.match(text) and not PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguarded(cell: str) -> str:
    """Take away what `guarded` put there."""
    return cell[1:] if GUARDED.match(cell) else cell
