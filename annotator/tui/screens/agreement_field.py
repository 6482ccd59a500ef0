"""One field: its choices, the pairs of annotators, the values they confuse, and all of it as a matrix."""

from __future__ import annotations

from functools import partial

from annotator.comparing.matrices import Matrix
from annotator.comparing.rows import ChoiceRow, PairRow
from annotator.session.agreement_tables import Table, table_of, table_of_confusions, table_of_matrix
from annotator.session.compared_subjects import Pair, subjects_differing, subjects_in_cell, subjects_with_choice
from annotator.session.comparing import Confused
from annotator.tui.agreement_words import name_of
from annotator.tui.screens.agreement_field_desk import AgreementFieldDesk
from annotator.tui.screens.agreement_subjects import AgreementSubjectsScreen, Asked


class AgreementFieldScreen(AgreementFieldDesk):
    """Every line of the parts and every cell of the matrix leads to its subjects."""

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
        self._ask_anew(self.scope)

    # The subjects behind

    def on_line_list_chosen(self) -> None:
        """Go to what is behind a cell, a choice or a confusion; a pair goes into the matrix."""
        item, shown = self.rows.item, self.shown
        if self.matrix.has_focus:
            self._list_cell(self.matrix.matrix, self.matrix.cursor, self.matrix.column)
        elif isinstance(item, ChoiceRow):
            self._list(item.label, partial(subjects_with_choice, choice=item.choice))
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
        self._list(title, partial(subjects_in_cell, row=values[0], column=values[1], pair=matrix.pair))

    def action_differing(self) -> None:
        """List the subjects that the pair of the cursor or of the matrix differs on, else anybody."""
        item = self.rows.item
        pair = self.pair if self.matrix.has_focus else (item.a, item.b) if isinstance(item, PairRow) else None
        title = f"{pair[0]} and {pair[1]} differ" if pair else "Annotators differ"
        self._list(title, partial(subjects_differing, pair=pair))

    def _list(self, title: str, asked: Asked) -> None:
        field = name_of(self.shown.seen.row) if self.shown else self.scope.field
        screen = AgreementSubjectsScreen(self.session, self.keys, self.scope, field, title, asked)
        self.app.push_screen(screen, self.come_back)

    # Export

    def _part(self) -> tuple[str, Table]:
        """The part of the cursor: its name and its table."""
        shown, item = self.shown, self.rows.item
        seen = shown.seen if shown else None
        if self.matrix.has_focus and self.matrix.matrix:
            return "matrix", table_of_matrix(self.matrix.matrix)
        if isinstance(item, Confused):
            return "confusion", table_of_confusions(seen.confusions if seen else ())
        if isinstance(item, PairRow):
            return "pairs", table_of(PairRow, seen.pairs if seen else ())
        return "choices", table_of(ChoiceRow, seen.choices if seen else ())

    def action_export_shown(self) -> None:
        """Write the part of the cursor to a file."""
        self.ask_where_to_write(f"{self._part()[0]}-{self.scope.taxonomy}-{self.scope.field}.csv")

    def table(self) -> Table:
        """The part of the cursor."""
        return self._part()[1]
