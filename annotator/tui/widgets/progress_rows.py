"""The lines of the progress screen: annotators with their bars, under the taxonomy and round they work in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from annotator.team.progress import Decided, Progress, ProgressRow
from annotator.tui.plain import fit, inert
from annotator.tui.progress_words import LEGEND, bar, decisions, percent
from annotator.tui.widgets.rows import LineList

LONGEST_BAR = 80
FIRST_HEAD = "Annotator"


class Head(NamedTuple):
    """The headline over the annotators under one taxonomy in one round."""

    taxonomy: str
    round: int
    decided: Decided | None


Line = Head | ProgressRow


class Figures(NamedTuple):
    """Columns of figures, each with its width and head; the narrow screen leaves the last ones out."""

    name: int
    bars: int
    columns: tuple[tuple[str, int], ...]


def lines_of(progress: Progress) -> list[Line]:
    """Heads with their annotators; a taxonomy in which only something was decided has a head alone."""
    return list(_lines(progress))


def _lines(progress: Progress) -> Iterator[Line]:
    decided = {(each.taxonomy, each.round): each for each in progress.decided}
    groups = {key: list(rows) for key, rows in groupby(progress.rows, key=lambda row: (row.taxonomy, row.round))}
    for taxonomy, round_ in sorted(groups.keys() | decided.keys(), key=lambda key: (-key[1], key[0])):
        yield Head(taxonomy, round_, decided.get((taxonomy, round_)))
        yield from groups.get((taxonomy, round_), ())


class ProgressRows(LineList):
    """Annotators, one a line: name, bar, how much is done, and their work."""

    COMPONENT_CLASSES = {"progress--bar", "progress--head", "progress--aside"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()
        self._longest = 0

    def fill(self, lines: Sequence[Line]) -> None:
        """Take all lines."""
        self.lines = lines
        names = [each.annotator for each in lines if isinstance(each, ProgressRow)]
        self._longest = max([len(FIRST_HEAD), *(cell_len(inert(name)) for name in names)]) + 3
        self.count = len(lines)
        self.redraw()

    @property
    def line(self) -> Line | None:
        """The line of the cursor."""
        return self.lines[self.cursor] if self.count else None

    def figures(self, width: int) -> Figures:
        """Share a width among names, bars and figures."""
        columns = [("done", 15), ("", 6), ("draft", 7), ("skipped", 8), ("submitted", 10), ("last", 12)]
        if width < 100:
            columns = [("done", 14), ("", 6), ("draft", 6), ("subm.", 7)]
        room = width - sum(size for _, size in columns)
        name = max(8, min(self._longest, room // 2))
        return Figures(name, max(4, min(room - name, LONGEST_BAR)), tuple(columns))

    def draw(self, index: int, width: int) -> Strip:
        """Draw a headline or an annotator."""
        line = self.lines[index]
        if isinstance(line, Head):
            return self._headline(line, width)
        name, bars, columns = self.figures(width)
        begun = max(0, min(line.begun, line.open))
        dealt = f"{line.done:,} of {line.assigned:,}" if line.assigned else "—"
        shown = {
            "done": dealt,
            "": percent(line.done, line.assigned),
            "draft": f"{line.draft:,}",
            "skipped": f"{line.skipped:,}",
            "submitted": f"{line.submitted:,}",
            "subm.": f"{line.submitted:,}",
            "last": line.last[:10],
        }
        return Strip(
            [
                Segment(fit(f"  {inert(line.annotator)}", name - 1) + " "),
                Segment(bar(line.done, begun, line.assigned, bars), self._style("bar")),
                Segment("".join(shown[head].rjust(size) for head, size in columns)),
            ]
        )

    def _headline(self, head: Head, width: int) -> Strip:
        right = decisions(head.decided)
        name = fit(inert(f"{head.taxonomy} · round {head.round}"), max(8, width - cell_len(right) - 1))
        return Strip([Segment(name, self._style("head")), Segment(fit(" " + right, width), self._style("aside"))])

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"progress--{name}", partial=True)


class ProgressHeads(Widget):
    """The heads over the columns."""

    def __init__(self, rows: ProgressRows, *, id: str | None = None) -> None:
        """Take the lines they stand over."""
        super().__init__(id=id)
        self.rows = rows

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        name, bars, columns = self.rows.figures(self.rows.line_width - 1)
        words = f" {fit('  ' + FIRST_HEAD, name)}{fit(LEGEND, bars)}" + "".join(
            head.rjust(size) for head, size in columns
        )
        words = words if y == 0 and self.rows.count else ""
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)
