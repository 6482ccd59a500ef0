"""The lines of the progress screen: annotators with their bars, under the taxonomy and round they work in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from annotator.desk.team.pace import Pace, in_minutes
from annotator.desk.team.progress import Batch, Decided, Progress, ProgressRow
from annotator.model.rounds import in_words
from annotator.tui.cells import clip, fit, inert
from annotator.tui.widgets.line_list import Heads, LineList

DONE, BEGUN, OPEN = "█", "▒", "░"
LEGEND = f"{DONE} done {BEGUN} begun {OPEN} open"


def bar(done: int, begun: int, assigned: int, cells: int) -> str:
    """Draw what is done, begun and open; whatever there is of something gets at least one cell, where there is room."""
    if not assigned or cells < 1:
        return " " * max(cells, 0)
    full = _cells(done, assigned, cells)
    half = min(_cells(begun, assigned, cells), cells - full)
    if done + begun < assigned and full + half == cells:
        full, half = (full - 1, half) if full > half else (full, half - 1)
    return DONE * full + BEGUN * half + OPEN * (cells - full - half)


def percent(done: int, assigned: int) -> str:
    """A share of a hundred; 100 only for all of them."""
    if not assigned:
        return "—"
    return f"{100 if done == assigned else min(round(100 * done / assigned), 99)} %"


def row_in_words(row: ProgressRow, pace: Pace | None = None) -> str:
    """Spell a line out, with who is late and, where it is known, how fast somebody gets on."""
    counts = {"submitted": row.submitted, "skipped": row.skipped, "in draft": row.draft}
    work = [f"{many:,} {what}" for what, many in counts.items() if many]
    dealt = f"{row.done:,} of {row.assigned:,} assigned are done" if row.assigned else "nothing assigned"
    last = f"last at {row.last[:16].replace('T', ' ')} UTC" if row.last else "not begun"
    days = [f"{row.late:,} late" if row.late else "", f"next due on {row.due}" if row.due else ""]
    return " · ".join(filter(None, [row.annotator, dealt, *days, *work, last, *pace_in_words(pace)]))


def pace_in_words(pace: Pace | None) -> list[str]:
    """How fast somebody gets on, and until when the rest takes at that."""
    if pace is None:
        return []
    found = [f"{pace.per_week:.1f} a week"]
    if pace.median_seconds is not None:
        found.append(f"{in_minutes(pace.median_seconds)} a subject, as a median")
    if pace.done_on:
        found.append(f"done about {pace.done_on} at that pace")
    return found


def head_in_words(taxonomy: str, round_: int, decided: Decided | None, purpose: str = "") -> str:
    """What is decided under a taxonomy in a round."""
    words = [f"{taxonomy}, {in_words(round_, purpose)}"]
    if decided:
        words += [f"{decided.disputed:,} disputed and open, {decided.settled:,} settled"]
        words += [f"{decided.adjudicated:,} adjudicated", f"{decided.published:,} published"]
        words += [f"{decided.stale:,} stale"] if decided.stale else []
    return " · ".join(words)


def decisions(decided: Decided | None) -> str:
    """The same in short, as far as there is something; first what is to be decided anew, because the end may be cut."""
    if decided is None:
        return ""
    counts = {
        "stale": decided.stale,
        "disputed": decided.disputed,
        "settled": decided.settled,
        "adjudicated": decided.adjudicated,
        "published": decided.published,
    }
    return " · ".join(f"{many:,} {what}" for what, many in counts.items() if many)


def place_in_cells(taxonomy: str, round_: int, purpose: str, cells: int) -> str:
    """Name a taxonomy and a round in so many cells: the purpose gives way, then the taxonomy, but not the round."""
    for where in (in_words(round_, purpose), in_words(round_)):
        behind = f" · {where}"
        if cell_len(inert(taxonomy)) + cell_len(behind) <= cells:
            break
    return clip(inert(taxonomy), max(LEAST_TAXONOMY, cells - cell_len(behind))) + behind


def total_in_words(rows: Sequence[ProgressRow]) -> str:
    """Add everything up."""
    assigned, done = sum(row.assigned for row in rows), sum(row.done for row in rows)
    people = len({row.annotator for row in rows})
    words = [
        f"Together {done:,} of {assigned:,} done, {percent(done, assigned)}" if assigned else "Nothing is assigned"
    ]
    words += [f"{sum(row.submitted for row in rows):,} submitted", f"{sum(row.draft for row in rows):,} in draft"]
    return " · ".join([*words, f"{people:,} {'annotator' if people == 1 else 'annotators'}"])


def batch_lines(batches: Iterable[Batch], cells: int = 30) -> list[str]:
    """One line per batch with its bar."""
    return [
        f"Batch {each.batch:>4,}  {bar(each.done, 0, each.assigned, cells)}  {each.done:,} of {each.assigned:,} done"
        for each in batches
    ]


def _cells(part: int, whole: int, cells: int) -> int:
    return 0 if not part else max(1, part * cells // whole)


LONGEST_BAR = 80
LEAST_TAXONOMY = 12
"""Cells of a taxonomy's name that what is decided leaves it."""
FIRST_HEAD = "Annotator"


class Head(NamedTuple):
    """The headline over the annotators under one taxonomy in one round."""

    taxonomy: str
    round: int
    decided: Decided | None
    purpose: str = ""


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
    for place, purpose in progress.rounds.items():
        yield Head(*place, decided.get(place), purpose)
        yield from groups.get(place, ())


class ProgressRows(LineList):
    """Annotators, one a line: name, bar, how much is done, and their work."""

    COMPONENT_CLASSES = {"progress--bar", "progress--head", "progress--aside"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(self.draw, id=id)
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
        room = width - cell_len(right) - 1
        place = place_in_cells(head.taxonomy, head.round, head.purpose, room)
        name = fit(place, max(room, cell_len(place)))
        aside = fit(f" {right}", width - cell_len(name))
        return Strip([Segment(name, self._style("head")), Segment(aside, self._style("aside"))])

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"progress--{name}", partial=True)


class ProgressHeads(Heads[ProgressRows]):
    """The heads over the columns."""

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        name, bars, columns = self.rows.figures(self.rows.line_width - 1)
        words = f" {fit('  ' + FIRST_HEAD, name)}{fit(LEGEND, bars)}" + "".join(
            head.rjust(size) for head, size in columns
        )
        words = words if y == 0 and self.rows.count else ""
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)
