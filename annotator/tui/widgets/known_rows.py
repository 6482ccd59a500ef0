"""A list that is given its lines piece by piece, as they come into view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from annotator.tui.widgets.rows import LineList

Row = TypeVar("Row")


class KnownRows(LineList, Generic[Row]):
    """It knows the lines it was given; a subclass shows … for the others."""

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(id=id)
        self._rows: dict[int, Row] = {}

    def fill(self, start: int, rows: Iterable[Row], afresh: bool = False) -> None:
        """Take the lines from `start` on; `afresh` forgets all others."""
        if afresh:
            self._rows.clear()
        self._rows.update(enumerate(rows, start))
        self.redraw()

    def lacks(self, start: int, end: int) -> bool:
        """Whether any line from `start` up to `end` was not given yet."""
        return any(index not in self._rows for index in range(start, end))

    @property
    def row(self) -> Row | None:
        """The line of the cursor, when it is known."""
        return self._rows.get(self.cursor)
