"""The lines of the agreement screens: fields with their bars, and what is behind one field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from annotator.desk.comparison.figures import Confused, FieldSeen
from annotator.desk.comparison.pairs import Matrix
from annotator.desk.comparison.rows import ChoiceRow, FieldRow, PairRow
from annotator.tui.agreement.words import bar, figure, name_of, percent, scale, scale_start
from annotator.tui.cells import fit, inert
from annotator.tui.keys import Keys
from annotator.tui.widgets.line_list import Heads, LineList

ALPHA, PERCENT, AC1, COUNT = 7, 7, 7, 8
"""Widths of the figures, each with its gap."""
LONGEST_BAR = 80
FIRST_HEAD = "Field, worst first"


class FieldBars(LineList):
    """Fields, one a line: name, α, its bar, percent agreement, AC1, and how many units count."""

    COMPONENT_CLASSES = {"agreement--bar", "agreement--aside"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(self.draw, id=id)
        self.rows: Sequence[FieldRow] = ()
        self.start = 0.0

    def fill(self, rows: Sequence[FieldRow]) -> None:
        """Take the rows as they are to be shown."""
        self.rows = rows
        self.start = scale_start(rows)
        self.count = len(rows)
        self.redraw()

    def shares(self, width: int) -> tuple[int, int]:
        """How wide names and bars are, each with its gap."""
        room = width - ALPHA - PERCENT - AC1 - COUNT
        longest = max((cell_len(inert(name_of(row))) for row in self.rows), default=0)
        longest = max(longest, len(FIRST_HEAD))
        names = max(8, min(longest + 2, room * 3 // 5))
        return names, max(4, min(room - names, LONGEST_BAR))

    def draw(self, index: int, width: int) -> Strip:
        """Draw a field; where α is undefined, the reason stands in the place of its bar."""
        row, (names, bars) = self.rows[index], self.shares(width)
        name = Segment(fit(inert(name_of(row)), names - 1) + " ")
        count = f"{row.pairable:,}".rjust(COUNT - 1) + " "
        if row.alpha is None:
            aside = self.get_component_rich_style("agreement--aside", partial=True)
            reason = fit(f"{'—':>5}  {inert(row.undefined or 'undefined')}", ALPHA + bars + PERCENT + AC1)
            return Strip([name, Segment(reason, aside), Segment(count)])
        style = self.get_component_rich_style("agreement--bar", partial=True)
        return Strip(
            [
                name,
                Segment(figure(row.alpha).rjust(ALPHA - 2) + "  "),
                Segment(bar(row, bars - 1, self.start) + " ", style),
                Segment(percent(row.percent).rjust(PERCENT - 1) + " "),
                Segment(figure(row.ac1).rjust(AC1 - 1) + " "),
                Segment(count),
            ]
        )


class FieldHeads(Heads[FieldBars]):
    """The heads over the columns, with the scale of the bars."""

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        names, bars = self.rows.shares(self.rows.line_width - 1)
        cells = [
            fit(FIRST_HEAD, names),
            "α".rjust(ALPHA - 2) + "  ",
            scale(bars - 1, self.rows.start) + " ",
            "agree".rjust(PERCENT - 1) + " ",
            "AC1".rjust(AC1 - 1) + " ",
            "n".rjust(COUNT - 1),
        ]
        words = " " + "".join(cells) if y == 0 and self.rows.count else ""
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)


class Line(NamedTuple):
    """A text, its figures in a column of their own, and what it stands for; a headline stands for nothing."""

    text: str
    figures: str = ""
    item: object = None


class Laid(NamedTuple):
    """Lines with the widths of their columns in cells; lay many out in a thread."""

    lines: tuple[Line, ...]
    longest: int
    figures: int

    @classmethod
    def out(cls, lines: Iterable[Line]) -> Laid:
        """Measure lines."""
        found = tuple(lines)
        texts = max((cell_len(inert(line.text)) for line in found), default=0)
        return cls(found, texts, max((cell_len(inert(line.figures)) for line in found), default=0))


class DetailLines(LineList):
    """Lines in parts, each under a headline that says what its figures are."""

    COMPONENT_CLASSES = {"agreement--head"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(self.draw, id=id)
        self.lines: Sequence[Line] = ()
        self._widths = (0, 0)

    def fill(self, laid: Laid) -> None:
        """Take all lines."""
        self.lines = laid.lines
        self._widths = (laid.longest + 4, laid.figures)
        self.count = len(laid.lines)
        self.redraw()

    @property
    def item(self) -> object:
        """What the line of the cursor stands for."""
        return self.lines[self.cursor].item if self.count else None

    @property
    def text(self) -> str:
        """The words of a note at the cursor, which its line may be too narrow for."""
        line = self.lines[self.cursor] if self.count else Line("")
        return "" if line.figures else line.text

    @property
    def is_in_last_part(self) -> bool:
        """Whether no headline follows the cursor."""
        return not any(place > self.cursor for place in self._heads)

    def next_part(self, *, back_to_first: bool = False) -> None:
        """Go to the first line of the next part, from the last to the first part."""
        following = [place for place in self._heads if place > self.cursor and not back_to_first] or self._heads
        if following:
            self.cursor = following[0] + 1

    @property
    def _heads(self) -> list[int]:
        return [place for place, line in enumerate(self.lines) if line.item is None and line.figures]

    def draw(self, index: int, width: int) -> Strip:
        """Draw text and figures."""
        line, (longest, figures) = self.lines[index], self._widths
        texts = min(longest, width - figures - 1)
        indent = "" if line.item is None else "  "
        words = fit(fit(f"{indent}{inert(line.text)}", texts - 1) + " " + inert(line.figures), width)
        if line.item is not None:
            return Strip([Segment(words)])
        return Strip([Segment(words, self.get_component_rich_style("agreement--head", partial=True))])


def leads_to(item: object, keys: Keys) -> str:
    """What can be done with a line; empty when nothing."""
    match item:
        case ChoiceRow():
            return keys.told(
                "{choose_line} lists its subjects, those first that annotators differ on · "
                "specific: how often the others chose it too · α: it against the rest"
            )
        case PairRow():
            return keys.told(
                "{choose_line} puts these two into the matrix · {differing} lists the subjects they differ on"
            )
        case Confused():
            return keys.told("{choose_line} lists the subjects that were given both values")
    return ""


EVERYBODY = "All pairs of annotators, both halves alike"
LEGEND = "░▒▓█ share of row · [ ] agree"


def part_lines(seen: FieldSeen, keys: Keys) -> Iterator[Line]:
    """The parts with their headlines; what is missing, and that nobody differs, in words."""
    if seen.choices:
        yield Line("Choices", f"{'specific':>8}  {'α':>6}")
        for choice in seen.choices:
            figures = f"{figure(choice.specific):>8}  {figure(choice.alpha_one_vs_rest):>6}"
            yield Line(choice.label, figures, choice)
        yield Line("")
    if seen.pairs:
        yield Line("Pairs of annotators", f"{'κ':>8}  {'agree':>6}  {'shared':>7}")
        for pair in seen.pairs:
            figures = f"{figure(pair.kappa):>8}  {percent(pair.percent):>6}  {pair.units:>7,}"
            yield Line(f"{pair.a} – {pair.b}", figures, pair)
        yield Line("")
    if seen.confusions:
        yield Line("Confused values, most frequent first", f"{'pairs':>8}  {'subjects':>8}")
        for each in seen.confusions:
            yield Line(f"{each.a} ≠ {each.b}", f"{each.pairs:>8,}  {each.subjects:>8,}", each)
    elif not seen.notes:
        yield Line("Nobody differed here." if seen.row.pairable else "No subject was answered here by two annotators.")
    for note in seen.notes:
        yield Line(note.replace("with --annotators", keys.told("with {filter_agreement}")))


def matrix_in_words(matrix: Matrix, *, holds_sets: bool) -> str:
    """Whose values stand where, what counts as one value, and what the signs mean."""
    sets = "; several choices together are one value" if holds_sets else ""
    whose = f"{matrix.pair[0]} in rows, {matrix.pair[1]} in columns" if matrix.pair else EVERYBODY
    return f"{whose}{sets} · {LEGEND}"


def cell_in_full(matrix: Matrix, row: int, column: int, keys: Keys) -> str:
    """What a cell of the matrix counts, and what share of its row that is."""
    mine, theirs = matrix.labels[row], matrix.labels[column]
    met, total = matrix.at(row, column), matrix.rows[row]
    share = percent(100 * matrix.share(row, column))
    leads = keys.told(" · {choose_line} lists them") if met.pairs else ""
    if matrix.pair:
        a, b = matrix.pair
        return f"{a}: {mine} · {b}: {theirs} · {met.pairs:,} of {total:,} subjects in this row ({share}){leads}"
    both = f"{mine} = {theirs}" if row == column else f"{mine} ≠ {theirs}"
    subjects = f"{met.units:,} subject{'' if met.units == 1 else 's'}"
    return f"{both} · {met.pairs:,} of {total:,} pairs in this row ({share}) · {subjects}{leads}"
