"""A confusion matrix to walk through cell by cell."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from annotator.desk.comparison.pairs import Matrix
from annotator.tui.cells import fit, inert
from annotator.tui.widgets.line_list import POINTER, Heads, LineList

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


class MatrixRows(LineList):
    """One line per value; the cursor stands in a cell. More columns than fit scroll with it."""

    COMPONENT_CLASSES = {"agreement--bar", "agreement--head"}

    column: reactive[int] = reactive(0)

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a matrix."""
        super().__init__(self.draw, id=id)
        self.matrix: Matrix | None = None
        self.first = 0
        self._sizes: tuple[int, Matrix | None, MatrixLayout] | None = None

    def fill(self, matrix: Matrix | None) -> None:
        """Take a matrix; the cursor stays on its values if they are still there."""
        kept = self._values
        self.matrix = matrix
        self.count = len(matrix.values) if matrix else 0
        if matrix and kept:
            places = {value: place for place, value in enumerate(matrix.values)}
            self.cursor, self.column = (places.get(value, 0) for value in kept)
        self.column = self.validate_column(self.column)
        self.redraw()

    @property
    def _values(self) -> tuple[object, object] | None:
        matrix = self.matrix
        return (matrix.values[self.cursor], matrix.values[self.column]) if matrix and matrix.values else None

    @property
    def sizes(self) -> MatrixLayout | None:
        """How the width is shared; None without a matrix."""
        width = self.line_width - 1
        if self.matrix is None:
            return None
        if self._sizes is None or self._sizes[:2] != (width, self.matrix):
            self._sizes = (width, self.matrix, layout(self.matrix, width))
        return self._sizes[2]

    def validate_column(self, column: int) -> int:
        """Keep the cursor on a column that exists."""
        return max(0, min(column, self.count - 1))

    def watch_column(self, old: int, new: int) -> None:
        """Bring the column into view, and say that the cursor moved."""
        del old
        if sizes := self.sizes:
            self.first = sizes.first(new, self.first)
        self.redraw()
        self.post_message(self.Moved(self, self.cursor))

    def on_focus(self) -> None:
        """Show where the cursor is."""
        self.redraw()

    def on_blur(self) -> None:
        """Leave the pointer to whatever is in use."""
        self.redraw()

    def on_resize(self) -> None:
        """Keep the column of the cursor in view."""
        if sizes := self.sizes:
            self.first = min(sizes.first(self.column, self.first), max(0, self.count - sizes.shown))
        super().on_resize()

    def render_line(self, y: int) -> Strip:
        """Draw a row, with the cell of the cursor marked."""
        index, width = self.scroll_offset.y + y, self.line_width
        if self.matrix is None or not 0 <= index < self.count:
            return super().render_line(y)
        return self.draw(index, width).adjust_cell_length(width).apply_style(self._plain)

    def draw(self, row: int, width: int) -> Strip:
        """Draw a row with its own pointer; how wide it becomes depends on its cells."""
        del width
        sizes, matrix = self.sizes, self.matrix
        if sizes is None or matrix is None:
            return Strip([])
        bold = self.get_component_rich_style("agreement--head", partial=True)
        is_here = row == self.cursor and self.has_focus
        found = [Segment(POINTER if is_here else " "), Segment(fit(numbered(matrix, row), sizes.head - 1) + " ", bold)]
        for column in range(self.first, min(self.first + sizes.shown, self.count)):
            found += self._cell(matrix, row, column, sizes)
        return Strip([*found, Segment(f"{matrix.rows[row]:,} ".rjust(sizes.cell))])

    def _cell(self, matrix: Matrix, row: int, column: int, sizes: MatrixLayout) -> list[Segment]:
        shade, figure = cell_in_words(matrix, row, column, sizes)
        if self.has_focus and (row, column) == (self.cursor, self.column):
            return [Segment(POINTER + shade + figure, self._marked)]
        style = self.get_component_rich_style("agreement--bar", partial=True)
        return [Segment(" "), Segment(shade, style), Segment(figure)]

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; choose with a click on the cursor's cell."""
        sizes, index = self.sizes, self.scroll_offset.y + event.y
        if sizes is None or index >= self.count or event.x <= sizes.head:
            return
        column = self.first + (event.x - 1 - sizes.head) // sizes.cell
        if not self.first <= column < min(self.first + sizes.shown, self.count):
            return
        if (index, column) == (self.cursor, self.column):
            self.action_choose_line()
        self.cursor, self.column = index, column


class MatrixHeads(Heads[MatrixRows]):
    """The numbers and labels over the columns."""

    DEFAULT_CSS = "MatrixHeads { height: 2; }"

    def render_line(self, y: int) -> Strip:
        """Draw numbers or labels."""
        sizes, matrix = self.rows.sizes, self.rows.matrix
        words = "" if sizes is None or matrix is None or y > 1 else " " + heads(matrix, sizes, self.rows.first)[y]
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)
