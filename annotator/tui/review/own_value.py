"""Enter any value to rule: a form of one field beside the report. It is kept here, and saved with the ruling."""

from __future__ import annotations

from contextlib import suppress

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import DescendantFocus

from annotator.desk import Desk
from annotator.desk.place import Place as Where
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification, Identity
from annotator.model.person import ADJUDICATED
from annotator.model.taxonomy import Field, Taxonomy
from annotator.taxonomy.compiling import check_answer
from annotator.tui.actions import Place
from annotator.tui.dialogs.ask import Confirm
from annotator.tui.entering import edit_row, edit_text
from annotator.tui.key_plan import key_plan, pane_footer, taken_by
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.quoting import Quoting
from annotator.tui.review.entered import Entered, entered_by, forget_entered
from annotator.tui.saving import ENTERED, ROW_ENTERED, TEXT_ENTERED, Saving, Typed, at_row
from annotator.tui.subject_reading import SubjectReading
from annotator.tui.widgets.form.answering import needs_evidence
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import Questionnaire
from annotator.tui.widgets.form.writing import unsaved_texts
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.reading import Reading
from annotator.tui.widgets.report_pane import ReportPane, pages_of
from annotator.tui.widgets.search_box import FindBox
from annotator.tui.words import numbered


class OwnValueScreen(SubjectReading):
    """Asks one field; `chosen` is the answer when it dismisses with the key of the subject."""

    PLACE: Place = "ruling"
    CSS_PATH = "own_value.tcss"
    AUTO_FOCUS = "#form FormView"
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (20, "-short"), (30, "-medium"), (44, "-tall")]
    SAID_FOR = 3.0
    BINDINGS = bindings_for("ruling", "reading")

    reading = getters.query_one("#reading", Reading)
    report = getters.query_one("#report", ReportPane)
    form = getters.query_one("#form", Form)
    quoting: Quoting

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        saving: Saving,
        key: str,
        taxonomy: str,
        field: str,
        before: Answer | None,
        page: int = 0,
    ) -> None:
        """Take the field, the answer to begin with, and the page to read."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.taxonomy = desk.subjects.taxonomy(taxonomy)
        self.asked_about = desk.tagging.field(taxonomy, field)
        self.before = before
        self.answers = {field: before} if before else {}
        self.chosen: Answer | None = None
        self._is_left = False
        self.subject = desk.subjects.subject(key)
        self.page = page
        self.asked = Questionnaire(alone(self.taxonomy, self.asked_about), self.subject.kind, "Rule this")

    def compose(self) -> ComposeResult:
        """Lay the form out beside the report."""
        yield TextLine(id="where")
        with Horizontal(id="desk"):
            yield Reading(id="reading")
            yield Form(key_plan(self.keys), id="form")
        yield Guidance(id="guidance")
        yield KeyBar(self.keys.footer("ruling"))

    def on_mount(self) -> None:
        """Open the form at the field, and the report where it was read."""
        self.quoting = Quoting(self, self.report, self.form, self.keep_answer)
        self.form.focus()
        self.pages = pages_of(self.subject)
        self.open_page(self.page)
        self.report.widen_markers(self.asked.number_width)
        self._open_form()
        self.where.text = f" Rule on {numbered(self.asked_about)} · {self.subject.key} · {self.subject.title}"
        self.sign(f"  {self.taxonomy.namespace} · ")
        self.show_keys()
        self.mark_evidence()

    def _open_form(self) -> None:
        """Open the form with what was entered before and not saved, if anything was."""
        field, before = self.asked_about.id, self.typed(ENTERED).before
        entered = entered_by(before) or Entered(self.before)
        with suppress(AnswerError):  # the taxonomy may have changed since
            self.answers = {field: check_answer(self.taxonomy, field, entered.answer)} if entered.answer else {}
        self.form.open(self.asked, self.classification, field)
        self.form.remind(frozenset(), entered.texts)
        self.form.waiting.restore({field: entered.quotes} if entered.quotes else {})
        self.form.changed = self.keep_answer
        self.form.waiting.changed = lambda _field: self._keep_entered()
        if before is not None:
            self.say("You entered this before and did not save it.")

    def typed(self, kind: str) -> Typed:
        """Where what is entered here is kept until it is ruled or thrown away."""
        where = Where(self.subject.key, self.taxonomy.namespace, self.asked_about.id, kind)
        return Typed(self.saving.words, where)

    def _keep_entered(self) -> None:
        """Keep what stands in the form, in case the desk ends first."""
        if self.form.state is None or self._is_left:
            return
        field, typed = self.asked_about.id, self.typed(ENTERED)
        texts, quotes, answer = unsaved_texts(self.form.state), self.form.waiting.of(field), self.answers.get(field)
        if answer == self.before and not texts and not quotes:
            typed.forget()
        else:
            typed.keep(Entered(answer, texts, quotes).words)

    def _leave(self) -> None:
        """Go back without a ruling; what was entered is not wanted."""
        self._is_left = True  # a change of before may still be told
        forget_entered(self.saving.words, self.subject.key, self.taxonomy.namespace, self.asked_about.id)
        self.dismiss(None)

    @property
    def classification(self) -> Classification:
        """The answer so far, as the form shows it."""
        of = Identity(
            subject=self.subject.key,
            taxonomy=self.taxonomy.namespace,
            annotator=ADJUDICATED,
            round=self.desk.decided_in.under(self.taxonomy.namespace),
        )
        return Classification(identity=of, version=self.taxonomy.version, status="draft", answers=self.answers)

    def mark_evidence(self) -> None:
        """Mark in the text what supports the answer."""
        self.quoting.mark(self.answers, self.asked_about.id, self.asked.numbers)

    # Answering

    def keep_answer(self, field_id: str, answer: Answer | None) -> None:
        """Keep an answer that fits, else say what it should be."""
        answer = self.form.waiting.given_to(field_id, answer)
        try:
            self.answers = {field_id: check_answer(self.taxonomy, field_id, answer)} if answer else {}
        except AnswerError as error:
            self.form.refuse(field_id, "; ".join(problem.message for problem in error.problems))
            return
        self.form.waiting.forget(field_id)
        self.form.saved(self.classification, field_id)
        self._keep_entered()
        self.mark_evidence()
        self.show_keys()

    def on_form_typing(self, event: Form.Typing) -> None:
        """Keep what is being written, and offer completions for it."""
        event.stop()
        self._keep_entered()
        found = self.desk.tagging.completions(self.subject.key, self.taxonomy.namespace, event.field, event.text)
        self.form.offer(event.field, event.text, found)

    def on_form_filtering(self, event: Form.Filtering) -> None:
        """List choices used before first."""
        event.stop()
        self.form.prefer(event.field, self.desk.tagging.frequent_choices(self.taxonomy.namespace, event.field))

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a long text in a dialog."""
        event.stop()
        edit_text(self, self.form, self.asked_about, typed=self.typed(TEXT_ENTERED))

    def on_form_edit_row(self, event: Form.EditRow) -> None:
        """Fill in a row of a group in a form of its own."""
        event.stop()
        names = (entity.name for entity in self.subject.entities)
        typed = self.typed(at_row(ROW_ENTERED, event.place))
        edit_row(self, self.form, self.asked_about, event.place, names, self.keep_answer, typed=typed)

    def on_form_submit(self, event: Form.Submit) -> None:
        """Hand the answer on from within the form."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Hand the answer on, if there is one and it is complete."""
        self.form.finish_writing()
        answer = self.answers.get(self.asked_about.id)
        self.form.go_to(self.asked_about.id)
        if self.form.unsaved:
            self.say("This does not fit, or waits for an answer; put it right or take it back.")
        elif answer is None:
            self.say("Answer first: a value, or that it is unknown, does not apply, or is none.")
        elif needs_evidence(self.asked_about, answer):
            self.say(
                self.told(
                    "Quote the words of the report that support this: "
                    "{next_pane} goes to the report, {attach} attaches."
                )
            )
        else:
            self.chosen = answer
            self.dismiss(self.subject.key)

    # Quoting

    def action_evidence(self) -> None:
        """Attach the selection to the answer, or go and select something."""
        self.quoting.attach(self.asked_about)

    def on_report_pane_attach(self, event: ReportPane.Attach) -> None:
        """Attach the selection to the answer."""
        event.stop()
        self.action_evidence()

    def action_evidence_list(self) -> None:
        """List the evidence of the answer; enter shows it in its report, delete removes it."""
        self.quoting.list_all(self.asked_about)

    def on_report_text_selected(self, event: ReportPane.Selected) -> None:
        """Say how much is found and selected."""
        event.stop()
        self.quoting.tell_selection(self.asked_about, self.reading.found_words)

    # Panes

    @property
    def taken_keys(self) -> frozenset[str]:
        """The characters that a field takes here before the actions whose keys they are."""
        return frozenset() if self.PLACE == "ruling_report" else taken_by(self.form.state)

    def show_keys(self) -> None:
        """Show the keys of the focused pane, and the one that hands the answer on."""
        state = self.form.state
        self.PLACE = "ruling_report" if self.report.has_focus else "ruling"
        entries = pane_footer(self.keys, self.PLACE, state, self.focused)
        is_in_form = self.PLACE == "ruling" and not isinstance(self.focused, FindBox)
        if is_in_form and state and not state.is_writing:
            entries = (*entries[:1], (self.keys.shown("keep", self.PLACE), "rule", "keep"), *entries[1:])
        self.keybar.entries = entries

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the field and the choice."""
        event.stop()
        self._keep_entered()
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field else None
        self.guidance.explain(field, choice)
        self.show_keys()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the keys of the pane that has the focus; in the report nothing is being written."""
        if event.widget is self.report:
            self.form.finish_writing()
        self.show_keys()

    def action_next_pane(self) -> None:
        """Go from the form to the report, or back."""
        (self.form if self.report.has_focus else self.report).focus()

    def action_back(self) -> None:
        """Drop the selection, leave the report, or go back without a ruling."""
        if self.report.has_selection or self.report.is_marking:
            self.report.select_nothing()
        elif self.report.has_focus:
            self.form.focus()
        elif self.has_class("-guided"):
            self.action_guidance()
        elif self.form.unsaved:
            self._ask_to_leave()
        else:
            self._leave()

    def _ask_to_leave(self) -> None:
        def follow(yes: bool | None) -> None:
            if yes:
                self._leave()

        question = Confirm(
            self.keys, "Leave without saving this?", self.asked_about.name, "It was refused, or waits for an answer."
        )
        self.app.push_screen(question, follow)


def alone(taxonomy: Taxonomy, field: Field) -> Taxonomy:
    """A taxonomy of one field, asked whatever its conditions say."""
    asked = field.model_copy(update={"visible_if": None, "applies_to": None})
    return Taxonomy(
        namespace=taxonomy.namespace, version=taxonomy.version, applies_to=taxonomy.applies_to, fields=[asked]
    )
