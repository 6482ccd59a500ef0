"""What the screen of one field shows: its parts as lines, and the confusion matrix beside or below them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from annotator.comparing.matrices import Matrix
from annotator.comparing.scope import Scope
from annotator.session import Session
from annotator.session.compared_subjects import Pair
from annotator.session.comparing import FieldSeen, agreement_field, matrix_of_pair
from annotator.tui.agreement_parts import LEADS_TO, cell_in_full, matrix_in_words, part_lines
from annotator.tui.agreement_words import filters_in_words, name_of, row_in_words
from annotator.tui.screens.agreement_desk import COMPUTING_WORDS, AgreementDesk
from annotator.tui.widgets.agreement_matrix import MatrixHeads, MatrixRows
from annotator.tui.widgets.agreement_rows import DetailLines
from annotator.tui.widgets.text_line import TextLine
from annotator.tui.widgets.text_lines import TextLines

WIDE = 120
"""From this width on, the matrix stands beside the lines."""
LEAST_LINES = 4
"""Of whatever is not in use, when lines and matrix stand one above the other."""
HEADS = 2
"""Lines over the matrix, under its title."""


class Shown(NamedTuple):
    """What the screen shows, and what that was computed from."""

    seen: FieldSeen
    matrix: Matrix | None
    scope: Scope
    until: str


class AgreementFieldDesk(AgreementDesk[Shown]):
    """Shows the parts one below the other, and the matrix; what their lines lead to comes from the class above."""

    WITHOUT = frozenset({"agreement_taxonomy_after", "agreement_taxonomy_before"})

    rows = getters.query_one("#rows", DetailLines)
    matrix = getters.query_one("#matrix", MatrixRows)
    heads = getters.query_one("#matrix-heads", MatrixHeads)
    title_line = getters.query_one("#matrix-title", TextLines)
    confusion = getters.query_one("#confusion", Vertical)
    note = getters.query_one("#note", TextLines)
    pair: Pair = None
    """Whose matrix is shown."""
    shown: Shown | None = None

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

    def ask(self, session: Session, scope: Scope) -> Iterator[Shown]:
        """Compare one field in detail; for another matrix alone, what is known already is kept."""
        shown, until, pair = self.shown, self.until, self.pair
        is_known = shown and (shown.scope, shown.until) == (scope, until)
        seen = shown.seen if shown and is_known else agreement_field(session, scope)
        matrix = matrix_of_pair(session, scope, *pair) if pair and _is_there(pair, seen) else seen.matrix
        yield Shown(seen, matrix, scope, until)

    def show(self, seen: Shown) -> None:
        """Show all parts."""
        is_first, field = self.shown is None, seen.seen
        self.shown = seen
        parts = [self.scope.taxonomy, name_of(field.row), *filters_in_words(self.scope)]
        self.where.text = " " + " · ".join(parts)
        self.note.text = row_in_words(field.row)
        self.rows.fill(list(part_lines(field)))
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
            self.detail.text = cell_in_full(matrix, self.matrix.cursor, self.matrix.column)
        else:
            self.detail.text = LEADS_TO.get(type(self.rows.item), self.rows.text)

    def on_line_list_moved(self) -> None:
        """Tell what the line or cell of the cursor leads to."""
        self.heads.refresh()
        self._describe()


def _is_there(pair: tuple[str, str], seen: FieldSeen) -> bool:
    return any((row.a, row.b) == pair for row in seen.pairs)
