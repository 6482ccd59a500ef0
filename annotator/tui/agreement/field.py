"""One field: its choices, the pairs of annotators, the values they confuse, and all of it as a matrix."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from annotator.desk import Desk
from annotator.desk.comparison.figures import Confused, FieldSeen
from annotator.desk.comparison.pairs import Matrix
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import ChoiceRow, PairRow
from annotator.desk.comparison.subjects import Pair
from annotator.desk.comparison.tables import Table, table_of, table_of_confusions, table_of_matrix
from annotator.model.chain import Heads
from annotator.tui.agreement.comparing import COMPUTING_WORDS, ComparingScreen, Content, Part
from annotator.tui.agreement.matrix import MatrixHeads, MatrixRows
from annotator.tui.agreement.rows import DetailLines, Laid, cell_in_full, leads_to, matrix_in_words, part_lines
from annotator.tui.agreement.subjects import AgreementSubjectsScreen, Asked
from annotator.tui.agreement.words import filters_in_words, name_of, row_in_words
from annotator.tui.keys import Keys
from annotator.tui.saving import Saving
from annotator.tui.widgets.line_view import TextLine, TextLines

WIDE = 120
"""From this width on, the matrix stands beside the lines."""
LEAST_LINES = 4
"""Of whatever is not in use, when lines and matrix stand one above the other."""
HEADS = 2
"""Lines over the matrix, under its title."""


class Shown(NamedTuple):
    """What the screen shows, and what that was computed from."""

    seen: FieldSeen
    lines: Laid
    matrix: Matrix | None
    scope: Scope
    until: Heads


def _is_there(pair: tuple[str, str], seen: FieldSeen) -> bool:
    return any((row.a, row.b) == pair for row in seen.pairs)


class AgreementFieldScreen(ComparingScreen[Shown]):
    """Every line of the parts and every cell of the matrix leads to its subjects."""

    WITHOUT = frozenset({"agreement_taxonomy_after", "agreement_taxonomy_before"})

    rows = getters.query_one("#rows", DetailLines)
    matrix = getters.query_one("#matrix", MatrixRows)
    heads = getters.query_one("#matrix-heads", MatrixHeads)
    title_line = getters.query_one("#matrix-title", TextLines)
    confusion = getters.query_one("#confusion", Vertical)
    note = getters.query_one("#note", TextLines)

    def __init__(self, desk: Desk, keys: Keys, saving: Saving, scope: Scope) -> None:
        """Take the desk to ask, and which field to compare."""
        super().__init__(desk, keys, saving, scope, Content(self._compare, self._show, self._part))
        self.pair: Pair = None
        """Whose matrix is shown."""
        self.shown: Shown | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out: the field, its figures, its parts, the line or cell of the cursor, keys."""
        matrix = MatrixRows(id="matrix")
        yield TextLine(id="where")
        yield TextLines(id="note", most=2)
        with Container(id="parts"):
            yield DetailLines(id="rows")
            with Vertical(id="confusion"):
                yield TextLines(id="matrix-title", most=2)
                yield MatrixHeads(matrix, id="matrix-heads")
                yield matrix
        yield TextLines(id="detail", least=2, most=2)
        yield self.key_bar()

    def on_mount(self) -> None:
        """Say what is going on."""
        self.rows.focus()
        self.rows.empty = COMPUTING_WORDS
        self.where.text = f" {self.scope.taxonomy} · {self.scope.field}"
        self.confusion.display = False

    def _compare(self, desk: Desk, scope: Scope) -> Shown:
        """Compare one field in detail; for another matrix alone, what is known already is kept."""
        shown, until, pair = self.shown, self.until, self.pair
        known = shown if shown and (shown.scope, shown.until) == (scope, until) else None
        seen = known.seen if known else desk.comparison.field(scope)
        lines = known.lines if known else Laid.out(part_lines(seen, self.keys))
        matrix = desk.comparison.matrix_of_pair(scope, *pair) if pair and _is_there(pair, seen) else seen.matrix
        return Shown(seen, lines, matrix, scope, until)

    def _show(self, seen: Shown) -> None:
        """Show all parts."""
        is_first, field = self.shown is None, seen.seen
        self.shown = seen
        parts = [self.scope.taxonomy, name_of(field.row), *filters_in_words(self.scope)]
        self.where.text = " " + " · ".join(parts)
        self.note.text = row_in_words(field.row)
        self.rows.fill(seen.lines)
        if is_first:
            self.rows.cursor = 1
        self._show_matrix(seen.matrix, holds_sets=field.holds_sets)
        self._describe()

    def _show_matrix(self, matrix: Matrix | None, *, holds_sets: bool) -> None:
        is_there = matrix is not None and bool(matrix.values)
        if not is_there and self.matrix.has_focus:
            self.rows.focus()
        self.confusion.display = is_there
        self.matrix.fill(matrix)
        self.pair = matrix.pair if matrix else None
        if matrix:
            self.title_line.text = matrix_in_words(matrix, holds_sets=holds_sets)
        self.heads.refresh()
        self._share_height()

    def on_resize(self) -> None:
        """Put the matrix beside the lines where there is room, else below them."""
        self.set_class(self.size.width >= WIDE, "-wide")
        self._share_height()

    def on_descendant_focus(self) -> None:
        """Give what is in use more room, and describe it."""
        self._share_height()
        self._describe()

    def _share_height(self) -> None:
        if self.has_class("-wide"):
            self.confusion.styles.height = "1fr"
            return
        room = max(2 * LEAST_LINES, self.size.height - 5)
        above = self.title_line.height_at(self.size.width) + HEADS
        wanted = self.matrix.count + above
        most = room - LEAST_LINES if self.matrix.has_focus else max(room // 2, LEAST_LINES + above)
        self.confusion.styles.height = min(wanted, most)

    def _describe(self) -> None:
        matrix = self.matrix.matrix
        if self.matrix.has_focus and matrix and matrix.values:
            self.detail.text = cell_in_full(matrix, self.matrix.cursor, self.matrix.column, self.keys)
        else:
            self.detail.text = leads_to(self.rows.item, self.keys) or self.rows.text

    def on_line_list_moved(self) -> None:
        """Tell what the line or cell of the cursor leads to."""
        self.heads.refresh()
        self._describe()

    # Moving

    def action_next_part(self) -> None:
        """Go to the next part; the matrix is the last one."""
        if self.matrix.has_focus or not self.rows.is_in_last_part or not self.confusion.display:
            self.rows.focus()
            self.rows.next_part(back_to_first=self.matrix.has_focus)
        else:
            self.matrix.focus()

    def action_column_after(self) -> None:
        """Go to the next column of the matrix."""
        if self.matrix.has_focus:
            self.matrix.column += 1

    def action_column_before(self) -> None:
        """Go to the column before."""
        if self.matrix.has_focus:
            self.matrix.column -= 1

    def action_leave_agreement(self) -> None:
        """From the matrix of a pair to that of all annotators, then back to the fields."""
        if self.pair is None:
            super().action_leave_agreement()
        else:
            self.rows.focus()
            self._turn_to(None)

    def _turn_to(self, pair: Pair) -> None:
        self.pair = pair
        self.ask_anew(self.scope)

    # The subjects behind

    def on_line_list_chosen(self) -> None:
        """Go to what is behind a cell, a choice or a confusion; a pair goes into the matrix."""
        item, shown = self.rows.item, self.shown
        if self.matrix.has_focus:
            self._list_cell(self.matrix.matrix, self.matrix.cursor, self.matrix.column)
        elif isinstance(item, ChoiceRow):
            self._list(item.label, lambda desk, scope: desk.comparison.subjects_with_choice(scope, choice=item.choice))
        elif isinstance(item, PairRow):
            self.matrix.focus()
            self._turn_to((item.a, item.b))
        elif isinstance(item, Confused) and shown:
            self._list_cell(shown.seen.matrix, *item.cell)

    def _list_cell(self, matrix: Matrix | None, row: int, column: int) -> None:
        if matrix is None or not matrix.values:
            return
        labels = matrix.labels[row], matrix.labels[column]
        if matrix.pair:
            title = " · ".join(f"{name}: {label}" for name, label in zip(matrix.pair, labels, strict=True))
        else:
            title = f"{labels[0]} {'=' if row == column else '≠'} {labels[1]}"
        values = matrix.values[row], matrix.values[column]
        self._list(
            title,
            lambda desk, scope: desk.comparison.subjects_in_cell(
                scope, row=values[0], column=values[1], pair=matrix.pair
            ),
        )

    def action_differing(self) -> None:
        """List the subjects that the pair of the cursor or of the matrix differs on, else anybody."""
        item = self.rows.item
        pair = self.pair if self.matrix.has_focus else (item.a, item.b) if isinstance(item, PairRow) else None
        title = f"{pair[0]} and {pair[1]} differ" if pair else "Annotators differ"
        self._list(title, lambda desk, scope: desk.comparison.subjects_differing(scope, pair=pair))

    def _list(self, title: str, asked: Asked) -> None:
        field = name_of(self.shown.seen.row) if self.shown else self.scope.field
        screen = AgreementSubjectsScreen(self.desk, self.keys, self.saving, self.scope, field, title, asked)
        self.app.push_screen(screen, self.come_back)

    def _part(self) -> Part:
        """The part of the cursor."""
        seen, item, matrix = self.shown and self.shown.seen, self.rows.item, self.matrix.matrix

        def named(name: str, rows: int, table: Callable[[], Table]) -> Part:
            return Part(f"{name}-{self.scope.taxonomy}-{self.scope.field}.csv", rows, table)

        if self.matrix.has_focus and matrix:
            return named("matrix", len(matrix.values), partial(table_of_matrix, matrix))
        if isinstance(item, Confused):
            confusions = seen.confusions if seen else ()
            return named("confusion", len(confusions), partial(table_of_confusions, confusions))
        if isinstance(item, PairRow):
            pairs = seen.pairs if seen else ()
            return named("pairs", len(pairs), partial(table_of, PairRow, pairs))
        choices = seen.choices if seen else ()
        return named("choices", len(choices), partial(table_of, ChoiceRow, choices))
