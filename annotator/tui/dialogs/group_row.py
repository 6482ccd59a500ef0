"""Fill in one row of a group in a form of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification, Identity
from annotator.model.taxonomy import Field, Taxonomy
from annotator.taxonomy.compiling import check_answer
from annotator.tui.actions import Place
from annotator.tui.dialogs.dialog import Dialog, Hint, Save, Words, nothing
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.key_plan import taken_by
from annotator.tui.keys import bindings_for
from annotator.tui.saving import Kept
from annotator.tui.widgets.form.choices import KeyPlan
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import Questionnaire, Spot
from annotator.tui.widgets.form.writing import COMPLETED, unsaved_texts
from annotator.tui.widgets.guidance import Guidance

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

    def __init__(
        self,
        plan: KeyPlan,
        group: Field,
        row: Row,
        complete: Complete,
        save: Save[Row] | None = None,
        typed: Kept | None = None,
    ) -> None:
        """Take the keys, the group, the row so far, where completions come from, what saves it, what keeps it."""
        super().__init__(plan.table)
        self.save = save
        self.typed = typed
        self.group = group
        self.complete = complete
        self.form = Form(plan)
        self.form.changed = self._keep
        self.guidance = Guidance()
        self.taxonomy = Taxonomy(namespace="group", fields=group.fields)
        self.asked = Questionnaire(self.taxonomy, "incident", "Keep this row")
        self.answers = {sub: Answer(value=value) for sub, value in row.items()}
        self.before = dict(self.answers)
        self.was_warned = False
        self.long_texts: dict[Spot, str] = {}
        """What stands in the dialog of a longer text, here or when the desk was closed."""

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with Vertical(id="box"):
            yield Words(self.group.name, id="title")
            yield self.form
            yield self.guidance
            yield Words(id="trouble")
            yield Hint(self.told("{keep} keep the row   {cancel} close"))

    def on_mount(self) -> None:
        """Open the form."""
        kept = words_of(self.typed.before if self.typed else None)
        values, texts = kept or ({}, {})
        if kept:  # what was taken back stays so
            self.answers = {field: answer for field, answer in self.before.items() if field in values}
        for field, value in values.items():
            with suppress(AnswerError, KeyError):
                self._check(field, Answer(value=value))
        self.form.open(self.asked, self._classification())
        if kept:
            self.long_texts = {spot: text for spot, text in texts.items() if self._is_long(spot[0])}
            self.form.remind(frozenset(), {spot: text for spot, text in texts.items() if spot[0] in self.asked.by_id})
            self.query_one("#trouble", Words).text = "You typed this before and did not save it."

    def _is_long(self, field: str) -> bool:
        return field in self.asked.by_id and self.asked.by_id[field].kind == "long_text"

    def _texts(self) -> dict[Spot, str]:
        """What is written in the row and no value of it yet."""
        return {**(unsaved_texts(self.form.state) if self.form.state else {}), **self.long_texts}

    def _keep_words(self) -> None:
        """Keep what was filled in so far, in case the desk ends first."""
        texts = self._texts()
        if self.typed is None:
            return
        if self.answers == self.before and not texts:
            self.typed.forget()
        else:
            self.typed.keep(in_words(self.answers, texts))

    def _classification(self) -> Classification:
        of = Identity(subject="", taxonomy="group", annotator="")
        return Classification(identity=of, version=1, answers=self.answers)

    @property
    def taken_keys(self) -> frozenset[str]:
        """The characters that a field takes here before the actions whose keys they are."""
        return taken_by(self.form.state)

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the sub-field and the choice."""
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field else None
        self.guidance.explain(field, choice)
        self._keep_words()

    def _keep(self, field: str, answer: Answer | None) -> None:
        """Keep a value that fits its sub-field, else say what it should be."""
        try:
            self._check(field, answer)
        except AnswerError as error:
            self.form.refuse(field, "; ".join(problem.message for problem in error.problems))
        else:
            self.form.saved(self._classification(), field)
        self._keep_words()

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
        self._keep_words()

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a longer text in a dialog of its own."""
        answer = self.answers.get(event.field)
        asked = self.taxonomy.by_id[event.field].name
        before = str(answer.value) if answer else ""
        save, typed = partial(self._take, event.field), LongText(self, event.field)
        self.app.push_screen(EditText(self.keys, asked, before, save, typed))

    def _take(
        self, field: str, text: str, done: Callable[[], None], refused: Callable[[str], None]
    ) -> Callable[[], None]:
        """Take a longer text as a value, unless it does not fit."""
        try:
            if text.strip():
                check_answer(self.taxonomy, field, Answer(value=text.strip()))
        except AnswerError as error:
            refused("; ".join(problem.message for problem in error.problems))
        else:
            self.form.write(field, text)
            done()
        return nothing

    def drop(self) -> None:
        """Close; a changed row is dropped only when asked a second time."""
        if self.was_warned or (self.answers == self.before and not self._texts()):
            self.close(None)
        self.was_warned = True
        warning = self.told("{keep} keeps this row; {cancel} once more drops it")
        self.query_one("#trouble", Words).text = warning

    def on_form_submit(self) -> None:
        """Dismiss with the row from its last line."""
        self.action_keep()

    def action_keep(self) -> None:
        """Dismiss with the row, unless something does not fit or something required is missing."""
        self.form.finish_writing()
        if self.form.unsaved:
            return
        missing = [sub.name for sub in self.group.fields if sub.required and sub.id not in self.answers]
        if missing or not self.answers:
            self.query_one("#trouble", Words).text = f"Still needed: {', '.join(missing) or 'any value'}"
            return
        self.give({sub: answer.value for sub, answer in self.answers.items()})


class LongText:
    """Keeps a longer text of a row among the words of the row."""

    def __init__(self, row: GroupRow, field: str) -> None:
        """Take the row and the sub-field that is written."""
        self.row = row
        self.spot = field, ""

    @property
    def before(self) -> str | None:
        """What was typed there earlier and not saved."""
        return self.row.long_texts.get(self.spot)

    def keep(self, text: str) -> None:
        """Keep what stands in the editor now."""
        self.row.long_texts[self.spot] = text
        self.row._keep_words()

    def forget(self) -> None:
        """Drop it: it is a value of the row, or not wanted."""
        self.row.long_texts.pop(self.spot, None)
        self.row._keep_words()


def in_words(answers: Mapping[str, Answer], texts: Mapping[Spot, str]) -> str:
    """A row as it is kept while it is filled in: its values, and what is written and none yet."""
    values = {field: answer.value for field, answer in answers.items()}
    return json.dumps({"values": values, "texts": [[*spot, text] for spot, text in texts.items()]})


def words_of(kept: str | None) -> tuple[Row, dict[Spot, str]] | None:
    """The values and texts of a row that was kept; None when there is no such row, or of another version."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(kept or "")
        return dict(said["values"]), {(field, row): str(text) for field, row, text in said["texts"]}
    return None
