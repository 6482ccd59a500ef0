"""Fill in one row of a group in a form of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification, Identity
from annotator.model.taxonomy import Field, Taxonomy
from annotator.taxonomy.compiling import check_answer
from annotator.tui.actions import Place
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.keys import bindings_for
from annotator.tui.widgets.form.choices import KeyPlan
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import Questionnaire
from annotator.tui.widgets.form.writing import COMPLETED
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.line_view import TextLine

Row = dict[str, Any]
Complete = Callable[[str, str], list[str]]
"""From a sub-field and what was typed to completions."""


class GroupRow(Dialog[Row]):
    """A form over the sub-fields of a group; dismisses with the row as values by sub-field."""

    DEFAULT_CSS = """
    GroupRow {
        & > #box { width: 80; height: 80%; max-height: 30; }
        & Form { height: 1fr; }
        & Guidance { height: 4; border-top: solid $panel; }
        & #trouble { color: $error; }
    }
    """

    PLACE: Place = "row"
    BINDINGS = bindings_for("keeping")

    def __init__(self, plan: KeyPlan, group: Field, row: Row, complete: Complete) -> None:
        """Take the keys, the group, what the row holds so far, and where completions come from."""
        super().__init__(plan.table)
        self.group = group
        self.complete = complete
        self.form = Form(plan)
        self.guidance = Guidance()
        self.taxonomy = Taxonomy(namespace="group", fields=group.fields)
        self.asked = Questionnaire(self.taxonomy, "incident", "Keep this row")
        self.answers = {sub: Answer(value=value) for sub, value in row.items()}
        self.before = dict(self.answers)
        self.was_warned = False

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with Vertical(id="box"):
            yield TextLine(self.group.name, id="title")
            yield self.form
            yield self.guidance
            yield TextLine(id="trouble")
            yield TextLine(self.told("{keep} keep the row   {cancel} close"), id="hint")

    def on_mount(self) -> None:
        """Open the form."""
        self.form.open(self.asked, self._classification())

    def _classification(self) -> Classification:
        of = Identity(subject="", taxonomy="group", annotator="")
        return Classification(identity=of, version=1, answers=self.answers)

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the sub-field and the choice."""
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field and field.has_choices else None
        self.guidance.explain(field, choice)

    def on_form_changed(self, event: Form.Changed) -> None:
        """Keep a value that fits its sub-field, unless that was done already."""
        if event.field in self.form.unsent:
            self._keep(event.field, self.form.unsent[event.field])

    def _keep(self, field: str, answer: Answer | None) -> None:
        """Keep a value that fits its sub-field, else say what it should be."""
        try:
            self._check(field, answer)
        except AnswerError as error:
            self.form.refuse(field, "; ".join(problem.message for problem in error.problems))
        else:
            self.form.saved(self._classification(), field)

    def _check(self, field: str, answer: Answer | None) -> None:
        if answer is not None and answer.state != "answered":
            raise AnswerError("A row holds values only; leave out what is not known.")
        if answer is None:
            self.answers.pop(field, None)
        else:
            self.answers[field] = check_answer(self.taxonomy, field, answer)

    def on_form_typing(self, event: Form.Typing) -> None:
        """Offer completions."""
        if self.asked.by_id[event.field].kind in COMPLETED:
            self.form.offer(event.field, event.text, self.complete(event.field, event.text))

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a longer text in a dialog of its own."""
        answer = self.answers.get(event.field)
        asked = self.taxonomy.by_id[event.field].name

        def keep(text: str | None) -> None:
            if text is not None:
                self.form.write(event.field, text)

        self.app.push_screen(EditText(self.keys, asked, str(answer.value) if answer else ""), keep)

    def drop(self) -> None:
        """Close; a changed row is dropped only when asked a second time."""
        if self.was_warned or self.answers == self.before:
            self.close(None)
        self.was_warned = True
        warning = self.told("{keep} keeps this row; {cancel} once more drops it")
        self.query_one("#trouble", TextLine).text = warning

    def on_form_submit(self) -> None:
        """Dismiss with the row from its last line."""
        self.action_keep()

    def action_keep(self) -> None:
        """Dismiss with the row, unless something does not fit or something required is missing."""
        self.form.finish_writing()
        for field, answer in self.form.unsent.items():
            self._keep(field, answer)
        if self.form.unsaved:
            return
        missing = [sub.name for sub in self.group.fields if sub.required and sub.id not in self.answers]
        if missing or not self.answers:
            self.query_one("#trouble", TextLine).text = f"Still needed: {', '.join(missing) or 'any value'}"
            return
        self.close({sub: answer.value for sub, answer in self.answers.items()})
