"""How a confusion matrix shares a width: heads, cells, and which columns are in view."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

from annotator.comparing.matrices import Matrix
from annotator.tui.plain import fit, inert

SHADES = " ░▒▓█"
"""From nothing to nearly all of a row."""
LEAST_HEAD, MOST_HEAD = 10, 40
LEAST_SHADE, WIDEST_CELL = 2, 18
BRACKETS = 2


class MatrixLayout(NamedTuple):
    """Widths in cells, each with its gap."""

    head: int
    """The names of the rows."""
    cell: int
    digits: int
    shown: int
    """How many columns fit, the sums not among them."""

    def first(self, column: int, before: int) -> int:
        """The first column in view, so that one is: as near as can be to what was in view before."""
        return min(max(before, column - self.shown + 1), column)


def layout(matrix: Matrix, width: int) -> MatrixLayout:
    """Share a width: labels of the columns take what is left, those of the rows at most two fifths."""
    count = len(matrix.labels)
    longest = max((cell_len(numbered(matrix, place)) for place in range(count)), default=0)
    head = max(LEAST_HEAD, min(longest + 1, MOST_HEAD, width * 2 // 5))
    digits = len(f"{max((*matrix.rows, matrix.most, 0)):,}")
    least = 1 + LEAST_SHADE + digits + BRACKETS
    widest = max((cell_len(inert(label)) for label in matrix.labels), default=0) + 2
    room = max(least, width - head)
    cell = max(least, min(WIDEST_CELL, widest, room // (count + 1)))
    return MatrixLayout(head, cell, digits, max(1, min(count, room // cell - 1)))


def numbered(matrix: Matrix, place: int) -> str:
    """The label of a value with its number, which the columns repeat."""
    return f"{place + 1} {inert(matrix.labels[place])}"


def shade(share: float) -> str:
    """A quarter, a half, three quarters and more of a row, without colour."""
    return SHADES[min(4, 1 + int(share * 4))] if share > 0 else SHADES[0]


def cell_in_words(matrix: Matrix, row: int, column: int, sizes: MatrixLayout) -> tuple[str, str]:
    """The shade and the count of a cell; the diagonal, where annotators agree, stands in brackets."""
    count = matrix.at(row, column).pairs
    figure = (f"{count:,}" if count else "·").rjust(sizes.digits)
    figure = f"[{figure}]" if row == column else f" {figure} "
    return shade(matrix.share(row, column)) * (sizes.cell - 1 - len(figure)), figure


def heads(matrix: Matrix, sizes: MatrixLayout, first: int) -> tuple[str, str]:
    """Two lines over the columns: their numbers and their labels, both ending over the digits."""
    places = range(first, min(first + sizes.shown, len(matrix.labels)))
    numbers = [f"{place + 1} ".rjust(sizes.cell) for place in places]
    labels = [_right(inert(matrix.labels[place]), sizes.cell - 2) + " " for place in places]
    corner = f"{first + 1}–{places.stop} of {len(matrix.labels)}" if sizes.shown < len(matrix.labels) else ""
    upper = fit(corner, sizes.head) + "".join(numbers) + "all ".rjust(sizes.cell)
    return upper, " " * sizes.head + "".join(f" {label}" for label in labels)


def _right(text: str, cells: int) -> str:
    """Cut to a width, and put what is shorter to the right."""
    cut = fit(text, min(cells, cell_len(text)))
    return " " * (cells - cell_len(cut)) + cut
