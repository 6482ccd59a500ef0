"""Saving what the form says, at once and durably, and saying what could not be saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from annotator.errors import AnnotatorError, AnswerError, Problem
from annotator.models.classification import Answer, Classification
from annotator.session.suggesting import matching
from annotator.tui.answering import rows_of, with_row
from annotator.tui.dialogs.confirm import Confirm
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.group_row import GroupRow, Row
from annotator.tui.key_plan import key_plan
from annotator.tui.screens.tagging_evidence import TaggingEvidence
from annotator.tui.widgets.form import Form

NOT_SAVED = "✗ not saved"
CLOSED = frozenset({"submitted", "adjudicated"})


def saved_now() -> str:
    """Say that everything up to now is on disk."""
    return f"✓ saved {datetime.now().astimezone():%H:%M:%S}"


class TaggingEdits(TaggingEvidence):
    """Every change goes to the session before it is called saved."""

    def on_form_changed(self, event: Form.Changed) -> None:
        """Save the change the form shows, to the classification it was made in."""
        event.stop()
        if (event.of.subject, event.of.taxonomy) == (self.key, self.namespace):
            self.save_answer(event.field, event.answer)

    def flush(self) -> None:
        """Save what the form has shown already, before anything else happens to the classification."""
        for field_id, answer in self.form.unsent.items():
            self.save_answer(field_id, answer)

    def save_answer(self, field_id: str, answer: Answer | None) -> None:
        """Save an answer; a refusal is shown beside the field, anything else where errors are shown."""
        answer = self.with_waiting(field_id, answer)
        try:
            if answer is None:
                now = self.session.clear_answer(self.key, self.namespace, field_id)
            else:
                now = self.session.set_answer(self.key, self.namespace, field_id, answer)
        except AnswerError as error:
            self.saved_words = NOT_SAVED
            self._refuse(field_id, "; ".join(problem.message for problem in error.problems))
        except AnnotatorError:
            self.saved_words = NOT_SAVED
            self.form.forget(field_id)
            self.form.go_to(field_id)
            raise
        else:
            self.stop_waiting(field_id)
            self.show_saved(now, field_id)

    def _refuse(self, field_id: str, reason: str) -> None:
        """Show why a change was refused; nothing can be put right in a closed classification."""
        if self.classification and self.classification.status in CLOSED:
            self.form.forget(field_id)
            self.form.go_to(field_id)
            self.say(f"{reason} ({self.keys.shown('reopen')})")
        else:
            self.form.refuse(field_id, reason)

    def show_saved(self, now: Classification, field_id: str = "") -> None:
        """Show a classification as it is stored now."""
        before, self.classification = self.classification, now
        self.form.saved(now, field_id)
        if self.form.state and self.form.state.problems:
            self.show_problems(self.session.problems(self.key, self.namespace))
        if before is None or _evidence_in(before) != _evidence_in(now):
            self.mark_evidence()
        self.saved_words = saved_now()
        self.show_progress()

    def show_problems(self, problems: list[Problem]) -> None:
        """Mark the fields that keep the classification from being submitted."""
        self.form.mark_problems({problem.field: problem.message for problem in reversed(problems)})

    # What takes more than a key

    def on_form_filtering(self, event: Form.Filtering) -> None:
        """List choices used before first."""
        event.stop()
        self.form.prefer(event.field, self.session.frequent_choices(self.namespace, event.field))

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a long text in a dialog."""
        event.stop()
        answer, field = self.answer(event.field), self.asked.by_id[event.field]
        text = str(answer.value) if answer is not None and answer.value is not None else ""

        def keep(written: str | None) -> None:
            if written is not None:
                self.form.write(event.field, written)

        self.app.push_screen(EditText(field.name, text), keep)

    def on_form_edit_row(self, event: Form.EditRow) -> None:
        """Fill in a row of a group in a form of its own."""
        event.stop()
        group, rows = self.asked.by_id[event.field], rows_of(self.answer(event.field))
        row = dict(rows[event.place]) if event.place is not None else {}
        complete = partial(self._names_for, event.field)

        def keep(filled: Row | None) -> None:
            if filled is not None:
                self.save_answer(event.field, with_row(self.answer(event.field), event.place, filled))

        self.app.push_screen(GroupRow(group, row, key_plan(self.keys), complete), keep)

    def _names_for(self, group: str, sub: str, typed: str) -> list[str]:
        """Completions inside a group: names at hand, then what other rows hold."""
        wanted = {field.id: field for field in self.asked.by_id[group].fields}[sub].complete_from
        names = [entity.name for entity in self.subject.entities] if wanted.entities else []
        others = [str(row[sub]) for row in rows_of(self.answer(group)) if sub in row]
        return matching(dict.fromkeys([*names, *others]), typed, 20)

    def action_notes(self) -> None:
        """Write a note about the classification."""
        before = self.classification.notes if self.classification else ""
        self.app.push_screen(EditText("Note, kept with the classification", before), self._keep_note)

    def _keep_note(self, text: str | None) -> None:
        if text is not None:
            self.apply(lambda: self.session.set_note(self.key, self.namespace, text))

    def leave(self, go: Callable[[], object]) -> None:
        """Go elsewhere; what is not saved is dropped only when somebody means it."""
        self.flush()
        unsaved = self.form.unsaved
        if not unsaved:
            go()
            return
        names = ", ".join(self.asked.by_id[each].name for each in unsaved)
        question = Confirm("Leave without saving this?", names, "It was refused, or waits for an answer.")

        def follow(yes: bool | None) -> None:
            if yes:
                go()
            else:
                self.form.go_to(unsaved[0])

        self.app.push_screen(question, follow)

    def apply(self, edit: Callable[[], Classification]) -> None:
        """Make an edit that is not an answer, and show what is stored then."""
        try:
            now = edit()
        except AnnotatorError:
            self.saved_words = NOT_SAVED
            raise
        self.show_saved(now)


def _evidence_in(classification: Classification) -> list[tuple[str, object]]:
    return [(field, answer.evidence) for field, answer in classification.answers.items() if answer.evidence]
