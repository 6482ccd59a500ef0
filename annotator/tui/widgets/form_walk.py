"""Going about in the form with the keys."""

from __future__ import annotations

from collections.abc import Callable

from annotator.tui import form_moves
from annotator.tui.form_state import SUBMIT, FormState
from annotator.tui.widgets.form_view import FormView


class FormWalk(FormView):
    """A form one can walk through: by line, field, heading, row and branch."""

    def action_next_line(self) -> None:
        """Go to the next choice or field."""
        self._go(form_moves.step, 1)

    def action_previous_line(self) -> None:
        """Go to the choice or field before."""
        self._go(form_moves.step, -1)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self._go(form_moves.to_field, 1)

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self._go(form_moves.to_field, -1)

    def action_next_heading(self) -> None:
        """Go to the first field of the next heading."""
        self._go(form_moves.to_heading, 1)

    def action_previous_heading(self) -> None:
        """Go to the first field of the heading before."""
        self._go(form_moves.to_heading, -1)

    def action_unfold(self) -> None:
        """Go right in a row of choices, or open a branch."""
        self._go(form_moves.sideways, 1)

    def action_fold(self) -> None:
        """Go left in a row of choices, or close a branch."""
        self._go(form_moves.sideways, -1)

    def action_first_field(self) -> None:
        """Go to the first field."""
        self._go(lambda state, _: state.at(state.order[0]), 0)

    def action_last_field(self) -> None:
        """Go to the line below the last field."""
        self._go(lambda state, _: state.at(SUBMIT), 0)

    def _go(self, move: Callable[[FormState, int], FormState], by: int) -> None:
        if self.state:
            self.show(move(self.state, by))
