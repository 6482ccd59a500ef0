"""A text below its title, folded to a width: which line and column every character is in. Pure."""

from __future__ import annotations

from annotator.tui.plain import inert
from annotator.tui.wrapping import HANGING, FoldedText, Line, clusters


class TextLayout:
    """Numbers lines from 0 at the title; folds only as far as somebody has looked."""

    def __init__(self, title: str, shown: str, width: int) -> None:
        """Take a title as it comes, a text that is inert, and cells per line."""
        self.shown = shown
        self.head = _title_lines(inert(title), width)
        self.folded = FoldedText(shown, width)

    @property
    def height(self) -> int:
        """Lines of title and text, as far as is known."""
        return len(self.head) + self.folded.height

    def line(self, number: int) -> Line | None:
        """The stretch of the text in a line; None in the title and past the end."""
        return self.folded.line(number - len(self.head)) if number >= len(self.head) else None

    def line_of(self, offset: int) -> int:
        """The number of the line a character is in."""
        return len(self.head) + self.folded.line_at(offset)

    def drawn(self, line: Line) -> str:
        """The characters of a line, without what hangs over its end."""
        return self.shown[line.start : line.end].rstrip(HANGING)

    def around(self, offset: int) -> Line:
        """The line a character is in."""
        return self.line(self.line_of(offset)) or Line(len(self.shown), len(self.shown))

    def column_of(self, offset: int) -> int:
        """Cells before a character in its line."""
        return sum(each.cells for each in clusters(self.shown[self.around(offset).start : offset]))

    def offset_at(self, number: int, column: int) -> int:
        """The character at a column of a line, else the last one of the line."""
        line = self.line(number)
        if line is None:
            return len(self.shown) if number >= len(self.head) else 0
        for cluster in clusters(self.shown[line.start : line.end]):
            column -= cluster.cells
            if column < 0:
                return line.start + cluster.start
        return self.end_of(line)

    def beside(self, offset: int, lines: int, column: int) -> int:
        """The character so many lines below or above, in a column."""
        return self.offset_at(max(len(self.head), self.line_of(offset) + lines), column)

    def end_of(self, line: Line) -> int:
        """The last place in a line where a cursor can stand."""
        if line.end == len(self.shown) and not self.shown.endswith("\n", line.start):
            return line.end
        return line.start + max((each.start for each in clusters(self.shown[line.start : line.end])), default=0)

    def before(self, offset: int) -> int:
        """The place one character to the left, as a reader counts them."""
        start = self.around(max(0, offset - 1)).start
        return start + max((each.start for each in clusters(self.shown[start:offset])), default=0)

    def after(self, offset: int) -> int:
        """The place one character to the right."""
        line = self.around(offset)
        first = next(iter(clusters(self.shown[offset : line.end])), None)
        return offset + first.end if first else len(self.shown)


def _title_lines(title: str, width: int) -> list[str]:
    if not title.strip():
        return []
    folded = FoldedText(title, width)
    lines = [folded.line(number) for number in range(folded.last_line() + 1)]
    return [*(title[line.start : line.end].rstrip(HANGING) for line in lines if line), ""]
