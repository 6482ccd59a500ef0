"""The lines of the screen of conflicts: the places, and below them all that was said at the one of the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.desk import Desk
from annotator.desk.conflicts.conflicts import Listed
from annotator.desk.conflicts.sides import OpenConflict
from annotator.tui.cells import clip, fit, inert
from annotator.tui.conflicts.words import place_label, side_words, taxonomy_of, told_by, where
from annotator.tui.widgets.line_list import Heads, LineList
from annotator.tui.widgets.wrapping import HANGING, fold

SHOWN = "→ shows meanwhile"
LEAST_COLUMN = 26
"""Cells that a version keeps; where they do not all have so many beside each other, they stand below each other."""
GAP = "  "
WIDE = 100


class Line(NamedTuple):
    """A place with its words, which are made once, away from the loop."""

    conflict: OpenConflict
    label: str
    where: str
    sides: tuple[tuple[str, str], ...]
    """What each version says, and who said it."""


class Listing(NamedTuple):
    """All that somebody may see, and what they may not, in words."""

    lines: list[Line]
    left_out: str


def listing(desk: Desk, found: Listed) -> Listing:
    """Put all places into words; call it in any thread, with a desk of its own."""
    return Listing([_line(desk, each) for each in found.conflicts], found.left_out)


def _line(desk: Desk, conflict: OpenConflict) -> Line:
    taxonomy = taxonomy_of(desk, conflict)
    sides = tuple((side_words(each, conflict, taxonomy), told_by(each, conflict)) for each in conflict.sides)
    return Line(conflict, place_label(conflict, taxonomy), where(conflict), sides)


def count_in_words(count: int) -> str:
    """How many there are."""
    return f"{count:,} {'place' if count == 1 else 'places'} in conflict" if count else "nothing in conflict"


class Columns(NamedTuple):
    """Widths in cells, each with the gap after it; a column of width 0 is left out."""

    label: int
    subject: int
    taxonomy: int
    whose: int


def columns_for(width: int) -> Columns:
    """Share a width: what is in conflict takes what is left."""
    subject, taxonomy, whose = (20, 16, 20) if width >= WIDE else (13, 11, 13)
    return Columns(max(1, width - subject - taxonomy - whose), subject, taxonomy, whose)


class ConflictRows(LineList):
    """Places in conflict, one a line."""

    COMPONENT_CLASSES = {"conflicts--aside"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(self.draw, id=id)
        self.lines: Sequence[Line] = ()

    def fill(self, lines: Sequence[Line]) -> None:
        """Take all lines."""
        self.lines = lines
        self.count = len(lines)
        self.redraw()

    @property
    def line(self) -> Line | None:
        """The line of the cursor."""
        return self.lines[self.cursor] if self.count else None

    def draw(self, index: int, width: int) -> Strip:
        """Draw one place."""
        line, columns = self.lines[index], columns_for(width)
        conflict, aside = line.conflict, self.get_component_rich_style("conflicts--aside", partial=True)
        cells = [
            _cell(conflict.subject or "team", columns.subject),
            _cell(conflict.taxonomy, columns.taxonomy),
            _cell(conflict.annotator, columns.whose),
        ]
        return Strip([Segment(_cell(line.label, columns.label)), Segment("".join(cells), aside)])


class ConflictHeads(Heads[ConflictRows]):
    """The heads over the columns."""

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        columns = columns_for(self.rows.line_width - 1)
        words = ("Said apart", "Subject", "Taxonomy", "Whose")
        heads = "".join(_cell(word, width) for word, width in zip(words, columns, strict=True))
        return Strip([Segment(f" {heads}")]).adjust_cell_length(self.size.width).apply_style(self.rich_style)


def _cell(text: str, width: int) -> str:
    return fit(inert(text), width - 1) + " " if width else ""


class Part(NamedTuple):
    """A piece of a line, and the name of its style."""

    text: str
    style: str = ""


class Sides(Widget):
    """All that was said at a place, beside each other where there is room; what does not fit is marked with … ."""

    COMPONENT_CLASSES = {"conflicts--number", "conflicts--aside"}

    line: reactive[Line | None] = reactive(None)
    top: reactive[int] = reactive(0)
    """How many lines of what is said are scrolled out of sight."""

    def watch_line(self) -> None:
        """Begin at the beginning of another place's versions."""
        self.top = 0

    def scroll_pages(self, by: int) -> None:
        """Read on by as many lines as are in sight, but one; or back."""
        if self.line:
            width, height = self.size
            most, page = hidden_lines(self.line, width, height), max(1, _room_of_text(self.line, width, height) - 1)
            self.top = min(most, max(0, min(self.top, most) + by * page))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lay all out once, then draw the lines."""
        self._drawn = list(laid_out(self.line, *self.size, self.top)) if self.line else []
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        parts = self._drawn[y] if y < len(self._drawn) else ()
        segments = [Segment(part.text, self._style(part.style)) for part in parts]
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _style(self, name: str) -> Style | None:
        return self.get_component_rich_style(f"conflicts--{name}", partial=True) if name else None


def laid_out(line: Line, width: int, height: int, top: int = 0) -> Iterator[tuple[Part, ...]]:
    """Lay the versions out in lines: beside each other, else below each other with as many lines as each can have.

    `top` lines of what each says are left out where it has so many more than fit.
    """
    count = len(line.sides)
    room, each = _room(line, width, height)
    columns = [_side(line, place, room, each, top) for place in range(count)]
    if room == width - 2:
        yield from ((Part(" "), part) for column in columns for part in column)
        return
    for number in range(max(map(len, columns))):
        parts: list[Part] = [Part(" ")]
        for column in columns:
            part = column[number] if number < len(column) else Part("")
            parts += [part._replace(text=fit(part.text, room)), Part(GAP)]
        yield tuple(parts)


def hidden_lines(line: Line, width: int, height: int) -> int:
    """How many lines of the longest version are out of sight."""
    room, _ = _room(line, width, height)
    longest = max(len(list(_folded(words, room))) for words, _ in line.sides)
    return max(0, longest - _room_of_text(line, width, height))


def _room(line: Line, width: int, height: int) -> tuple[int, int]:
    """Cells and lines for each version."""
    count = len(line.sides)
    room = (width - 1 - len(GAP) * (count - 1)) // count
    return (room, height) if room >= LEAST_COLUMN else (width - 2, max(3, height // count))


def _room_of_text(line: Line, width: int, height: int) -> int:
    """Lines for what each version says, behind its number and before who said it."""
    room, each = _room(line, width, height)
    return max(1, each - 1 - max(min(2, len(list(_folded(by, room)))) for _, by in line.sides))


def _side(line: Line, place: int, width: int, height: int, top: int) -> list[Part]:
    """One version: its number and whether it shows, what it says, who said it."""
    words, by = line.sides[place]
    shown = f"  {SHOWN}" if line.conflict.sides[place].is_shown else ""
    told = [Part(text, "aside") for text in _folded(by, width)][:2]
    said = [Part(text) for text in _folded(words, width)]
    most = max(1, height - 1 - len(told))
    top = min(top, max(0, len(said) - most))
    is_more = len(said) > top + most
    said = said[top : top + most]
    if is_more:
        said[-1] = Part(f"{clip(said[-1].text, width - 2)} …")
    above = "  …" if top else ""
    return [Part(f"{place + 1}{shown}{above}", "number"), *said, *told]


def _folded(text: str, width: int) -> Iterator[str]:
    words = inert(text)
    yield from (words[slice(*span)].rstrip(HANGING) for span in fold(words, width))
