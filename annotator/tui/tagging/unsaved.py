"""What is not saved of the classification in the form: on its way, refused, left over, or still being written."""

from __future__ import annotations

from annotator.desk.place import Place
from annotator.model.classification import Answer
from annotator.tui.saving import WRITING, Saving, at_row, row_of
from annotator.tui.widgets.form.answering import rows_of
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import ADD, ROWED, FormState, Spot
from annotator.tui.widgets.form.writing import held_text


class Unsaved:
    """Shows what is not saved of what the form shows, and keeps the line that is being written."""

    def __init__(self, form: Form, saving: Saving) -> None:
        """Take the form, and the way to the file with the words beside it."""
        self.form = form
        self.saving = saving
        self._line: Place | None = None
        """Where the line is kept that is being written."""

    def restore(self, left_over: str) -> None:
        """Show what is on its way, what was refused, and what was begun before the desk was closed.

        `left_over` is what to say of an answer that nobody refused.
        """
        if self.form.state is None:
            return
        of = self.form.state.classification.identity
        pending = self.saving.pending_answers(of.subject, of.taxonomy)
        refused = {
            each.place.field: each
            for each in self.saving.refusals(of.subject, of.taxonomy, left_over=left_over)
            if each.place.field not in pending and (each.answer or not each.words)  # else another version wrote it
        }
        unfinished = self._unfinished(self.form.state)
        begun = {field for field, _ in unfinished}
        meant = {field: each.answer for field, each in refused.items()} | pending
        reasons = {
            field: "" if each.is_left_over and field in begun else each.reason for field, each in refused.items()
        }
        self.form.restore(meant, reasons)
        as_meant = frozenset(field for field, each in refused.items() if each.is_left_over)
        self.form.remind(as_meant - begun, unfinished)

    def _unfinished(self, state: FormState) -> dict[Spot, str]:
        of = state.classification.identity
        found: dict[Spot, str] = {}
        for place, text in self.saving.unfinished(of.subject, of.taxonomy).items():
            if place.field in state.asked.by_id:
                found[self._spot_of(place, text, state)] = text
        return found

    def _spot_of(self, place: Place, text: str, state: FormState) -> Spot:
        """Where a kept text stands in the form; one whose row is gone is for a new row."""
        kind, row = row_of(place.kind)
        if state.asked.by_id[place.field].kind not in ROWED:
            return place.field, ""
        if row is None or row < len(rows_of(state.answer(place.field))):
            return place.field, ADD if row is None else str(row)
        self.saving.words.keep(place_in(state, place.field, kind, None), text)
        self.saving.words.forget(place)
        return place.field, ADD

    def follow(self) -> None:
        """Keep the line that is being written now, until it is an answer on its way or thrown away.

        To be called whenever the form tells of a change, and when its answers were sent.
        """
        state = self.form.state
        if state is None or (self._line and not self._is_settled(state, self._line)):
            return
        line = line_of(state)
        if self._line and self._line != line:
            self.saving.words.forget(self._line)
        self._line = line
        if line and state.written is not None:
            if state.written.strip() and state.written != held_text(state):
                self.saving.words.keep(line, state.written)
            else:
                self.saving.words.forget(line)

    def _is_settled(self, state: FormState, line: Place) -> bool:
        """Whether an answer made of a line is on its way, and kept as such; or there is none."""
        of, unsent = state.classification.identity, self.form.unsent
        is_here = (of.subject, of.taxonomy) == (line.subject, line.taxonomy)
        return not is_here or line.field not in unsent or self.is_sent(line.field, unsent[line.field])

    def is_sent(self, field: str, answer: Answer | None) -> bool:
        """Whether just this answer is on its way already."""
        if self.form.state is None:
            return False
        of = self.form.state.classification.identity
        sent = self.saving.pending_answers(of.subject, of.taxonomy)
        return field in sent and sent[field] is answer


def place_in(state: FormState, field: str, kind: str, row: int | None) -> Place:
    """Where something about a field of the form is kept."""
    of = state.classification.identity
    return Place(of.subject, of.taxonomy, field, at_row(kind, row))


def line_of(state: FormState) -> Place | None:
    """Where the line is kept that is being written; None while none is."""
    if state.written is None:
        return None
    field, row = state.spot
    return place_in(state, field, WRITING, int(row) if row not in {"", ADD} else None)
