"""Changing answers in the form: values, states, and what was refused."""

from __future__ import annotations

from textual.message import Message

from annotator.models.classification import Answer, AnswerState, Identity
from annotator.tui import form_moves, form_typing
from annotator.tui.answering import WRITTEN, completes, in_state, needs_evidence, rows_of, with_row
from annotator.tui.form_state import ADD, ROWED, FormState
from annotator.tui.widgets.form_walk import FormWalk


class FormAnswers(FormWalk):
    """Shows every change at once, and asks for it to be saved."""

    class Changed(Message, namespace="form"):
        """An answer is to be saved; None takes it back."""

        def __init__(self, of: Identity, field: str, answer: Answer | None) -> None:
            super().__init__()
            self.of = of
            self.field = field
            self.answer = answer

    def refuse(self, field: str, reason: str) -> None:
        """Go back to a field and say why its change was not saved."""
        if self.state:
            meant = self.state.pending.get(field)
            self.show(self.state.with_refusal(field, reason))
            kind = self.state.asked.by_id[field].kind
            if meant is not None and isinstance(meant.value, str) and kind in WRITTEN:
                self.show(form_typing.begin(self.state))

    def change(self, state: FormState, answer: Answer | None) -> None:
        """Show a change at once, ask for it to be saved, and go on when the field is done."""
        field = state.field
        if field is None:
            return
        there = state.with_change(field.id, answer)
        done = answer is not None and (completes(field) or answer.state != "answered")
        if done and there.focus == field.id and not needs_evidence(field, answer):
            there = form_moves.to_field(there)
        self.show(there)
        self.post_message(self.Changed(state.classification.identity, field.id, answer))

    def _in_state(self, answer_state: AnswerState) -> None:
        if self.state and self.state.field:
            self.change(self.state, in_state(self.state.answer(self.state.focus), answer_state))

    def action_unknown(self) -> None:
        """Answer that the source does not say."""
        self._in_state("unknown")

    def action_not_applicable(self) -> None:
        """Answer that the question does not apply."""
        self._in_state("not_applicable")

    def action_state_empty(self) -> None:
        """Answer that there is none."""
        self._in_state("empty")

    def action_clear(self) -> None:
        """Take the answer back, or the marked tag or row of it."""
        state = self.state
        if state is None or state.field is None:
            return
        if state.answer(state.focus) is None:
            self.await_answers({key: each for key, each in state.waiting.items() if key != state.focus})
            return
        rowed = state.field.kind in ROWED and state.opening.marked != ADD
        answer = state.answer(state.focus)
        self.change(state, with_row(answer, int(state.opening.marked), None) if rowed and rows_of(answer) else None)
