"""The lines of the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.models.queue import QueueRow
from annotator.tui.plain import fit, inert
from annotator.tui.widgets.known_rows import KnownRows
from annotator.tui.widgets.queue_columns import ASSIGNED, FLAG, SYMBOLS, Columns, columns_for


class QueueRows(KnownRows[QueueRow]):
    """Subjects, one a line."""

    COMPONENT_CLASSES = {"queue--aside", "queue--flag", "queue--assigned", *(f"queue--{status}" for status in SYMBOLS)}

    taxonomies: reactive[tuple[str, ...]] = reactive(())

    def __init__(self, taxonomies: Sequence[str], *, id: str | None = None) -> None:
        """Take the namespaces that have a column, in order."""
        super().__init__(id=id)
        self.set_reactive(QueueRows.taxonomies, tuple(taxonomies))
        self._columns: tuple[int, Columns] = (0, columns_for(0, ()))
        self._styles: dict[str, Style] = {}

    def columns(self, width: int) -> Columns:
        """The columns at a width."""
        if self._columns[0] != width:
            self._columns = (width, columns_for(width, self.taxonomies))
        return self._columns[1]

    def draw(self, index: int, width: int) -> Strip:
        """Draw one subject."""
        row, columns = self._rows.get(index), self.columns(width)
        if row is None:
            return Strip([Segment("…")])
        aside = self._style("aside")
        segments = [Segment(fit(_title(row), columns.title - 1) + " ")]
        segments += [
            Segment(_cell(row.key, columns.key), aside),
            Segment(_cell(row.date, columns.date), aside),
            Segment(_cell(str(row.reports).rjust(3), columns.reports), aside),
        ]
        return Strip([*segments, *self._statuses(row, columns), self._flag(row)])

    def _statuses(self, row: QueueRow, columns: Columns) -> Iterable[Segment]:
        for taxonomy, (_, width) in zip(self.taxonomies, columns.statuses, strict=True):
            status = row.status.get(taxonomy, "untouched")
            if taxonomy not in row.assigned:
                yield Segment(SYMBOLS[status].ljust(width), self._style(status))
                continue
            yield Segment(SYMBOLS[status], self._style(status))
            yield Segment(ASSIGNED.ljust(width - 1), self._style("assigned"))

    def _flag(self, row: QueueRow) -> Segment:
        return Segment(f"{FLAG} " if row.flagged else "  ", self._style("flag"))

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"queue--{name}", partial=True)
        return self._styles[name]

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._styles = {}


class QueueHeads(Widget):
    """The heads over the columns, with a mark at the one the queue is sorted by."""

    sorted_by: reactive[tuple[str, bool]] = reactive(("order", False))

    def __init__(self, rows: QueueRows, *, id: str | None = None) -> None:
        """Take the rows whose columns they stand over."""
        super().__init__(id=id)
        self.rows = rows

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        columns = self.rows.columns(self.rows.line_width - 1)
        cells = [
            fit(self._head("title", "Title"), columns.title),
            _cell(self._head("key", "Key"), columns.key),
            _cell(self._head("date", "Date"), columns.date),
            _cell("Rep", columns.reports),
            *(head.ljust(width) for head, width in columns.statuses),
            FLAG,
        ]
        return Strip([Segment(" " + "".join(cells))]).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _head(self, name: str, words: str) -> str:
        sort, descending = self.sorted_by
        return f"{words} {'↓' if descending else '↑'}" if sort == name else words


def _title(row: QueueRow) -> str:
    return inert(row.title) or f"({row.kind} without a title)"


def _cell(text: str, width: int) -> str:
    return fit(inert(text), width - 1) + " " if width else ""
