"""The tagging screen: walking along the queue, the taxonomies, the reports and the panes."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import DescendantFocus
from textual.reactive import var

from annotator.desk import Change, Desk
from annotator.desk.place import NOWHERE, Place
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification
from annotator.model.queue import QueueView
from annotator.model.subject import SubjectView
from annotator.model.taxonomy import Field, Taxonomy
from annotator.tui.actions import Place as Bindings
from annotator.tui.entering import edit_row, edit_text
from annotator.tui.key_plan import key_plan, pane_footer, taken_by
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.queue.rows import round_in_words
from annotator.tui.quoting import Quoting, evidence_in
from annotator.tui.saving import ROW, WRITING, Saving, at_row
from annotator.tui.subject_reading import SubjectReading
from annotator.tui.tagging.answers import CLOSED, Answers
from annotator.tui.tagging.edits import Edits
from annotator.tui.tagging.resuming import Resuming
from annotator.tui.tagging.saved import around_name, is_of_desk, saved_now, words_of_saving
from annotator.tui.tagging.submission import Submission
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import Questionnaire
from annotator.tui.widgets.form.writing import COMPLETED
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.reading import Reading
from annotator.tui.widgets.report_pane import ReportPane, first_page, pages_of
from annotator.tui.widgets.taxonomy_tabs import TaxonomyTabs

LAYOUTS = ("", "-stacked", "-form-only", "-report-only")


class TaggingScreen(SubjectReading):
    """A report beside the form of a taxonomy; dismisses with the key of the last subject."""

    PLACE: Bindings = "tagging"
    CSS_PATH = "tagging.tcss"
    AUTO_FOCUS = "#form FormView"
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (20, "-short"), (30, "-medium"), (44, "-tall")]
    SAID_FOR = 3.0

    tabs = getters.query_one("#tabs", TaxonomyTabs)
    reading = getters.query_one("#reading", Reading)
    report = getters.query_one("#report", ReportPane)
    form = getters.query_one("#form", Form)

    saved_words: var[str] = var("", init=False)
    """What the head line says of the changes to the open classification; `show_saving` computes it."""
    _last_saved = ""
    _place = ""
    answers: Answers
    edits: Edits
    submission: Submission
    resuming: Resuming
    quoting: Quoting
    _stand: tuple[str, str, str] = ("", "", "")

    BINDINGS = bindings_for("tagging", "editing")

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        saving: Saving,
        subject_key: str,
        taxonomy: str = "",
        view: QueueView | None = None,
        field: str = "",
    ) -> None:
        """Take the desk, the way to the file, the subject to begin with, and the queue to walk along.

        `field` is the one to begin at; else that where the annotator stopped.
        """
        super().__init__()
        self._own = desk, saving
        """Whoever sits here, in the rounds they work in; a subject may be theirs in another one."""
        self.desk = desk
        self.saving = saving
        self.view = view or QueueView()
        self.keys = keys
        self.key = subject_key
        self.namespace = taxonomy
        self._first_field = field
        self.subject = SubjectView(key=subject_key, kind="report", title="")
        self.taxonomies: list[Taxonomy] = []
        self.classification: Classification | None = None
        self.statuses: dict[str, str] = {}
        """How far the classification under each taxonomy has come."""
        self._asked: dict[tuple[str, int, str], Questionnaire] = {}

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TextLine(id="where")
        yield TaxonomyTabs(id="tabs")
        with Horizontal(id="desk"):
            yield Reading(id="reading")
            yield Form(key_plan(self.keys), id="form")
        yield Guidance(id="guidance")
        yield KeyBar(self.keys.footer("tagging"))

    @property
    def asked(self) -> Questionnaire:
        """The questions of the open taxonomy."""
        taxonomy = next(each for each in self.taxonomies if each.namespace == self.namespace)
        key = (taxonomy.namespace, taxonomy.version, self.subject.kind)
        if key not in self._asked:
            self._asked[key] = Questionnaire(taxonomy, self.subject.kind)
        return self._asked[key]

    @property
    def field(self) -> Field | None:
        """The focused field."""
        return self.form.state.field if self.form.state else None

    def answer(self, field_id: str) -> Answer | None:
        """The answer to a field as it is shown, saved or not."""
        return self.form.answer(field_id)

    def on_mount(self) -> None:
        """Give the form the keys, and begin."""
        self.answers = Answers(self)
        self.edits = Edits(self)
        self.submission = Submission(self)
        self.resuming = Resuming(self)
        self.quoting = Quoting(self, self.report, self.form, self.answers.save)
        self.form.focus()
        self.resuming.begin(self._first_field)

    # Showing

    def open_subject(self, key: str, taxonomy: str = "", field: str = "") -> None:
        """Show a subject, under a taxonomy if it has that one; raises AnswerError when all of it is closed."""
        own, saving = self._own
        desk = own.for_subject(key)
        subject = desk.subjects.subject(key)
        taxonomies = desk.subjects.taxonomies_for(subject.kind)
        names = [each.namespace for each in taxonomies]
        known = [name for name in (taxonomy, self.namespace, *names) if name in names]
        wanted = next((name for name in known if not desk.tagging.refusal(key, name)), "")
        if known and not wanted:
            raise AnswerError(desk.tagging.refusal(key, known[0]))
        self.desk, self.saving = desk, saving.of(desk)
        self.key, self.subject, self.taxonomies = key, subject, taxonomies
        self.pages = pages_of(subject)
        self._place = self.resuming.place_in_queue()
        self.read_statuses()
        self.open_page(first_page(self.pages))
        self.open_taxonomy(wanted, field)
        if known and wanted != known[0]:
            self.say(self.desk.tagging.refusal(key, known[0]))
        self.call_after_refresh(self.resuming.prefetch, key)

    def taxonomy_to_do(self, key: str, otherwise: str) -> str:
        """The taxonomy to begin a subject with: one it is assigned under, unless the other one is too."""
        assigned = self.desk.queue.assigned(key)
        return otherwise if otherwise in assigned or not assigned else assigned[0]

    def open_taxonomy(self, namespace: str, field: str = "") -> None:
        """Show the classification under a taxonomy; raises AnswerError, with nothing changed, when it is closed."""
        opened = self.desk.tagging.classification(self.key, namespace) if namespace else None
        self.namespace, self.about = namespace, Place(self.key, namespace)
        self.tell_typed_ahead()
        if opened is None:
            self.say("No taxonomy asks anything about this kind of subject.")
            return
        self.classification = opened
        self._last_saved = ""
        self.report.widen_markers(self.asked.number_width)
        self.form.open(self.asked, self.classification, field)
        self.answers.begin()
        self.show_saving()
        self.show_progress()
        self.mark_evidence()

    def show_progress(self) -> None:
        """Show where this subject stands: in the queue, in each taxonomy, and on disk."""
        if self.classification:
            self.statuses[self.namespace] = self.classification.status
        self.tabs.show(self.statuses)
        self.tabs.opened = self.namespace
        self.where.text = f" {self.subject.kind.capitalize()} {self.key} · {self.subject.title}"
        self.watch_saved_words()
        self.show_keys()

    def read_statuses(self) -> None:
        """Show how far the classification under each taxonomy has come in the file."""
        status = self.desk.tagging.status
        self.statuses = {each.namespace: status(self.key, each.namespace) for each in self.taxonomies}
        self.tabs.show(self.statuses)

    def watch_saved_words(self) -> None:
        """Say on the right of the head line where one is, who, and what became of the last change."""
        where = (self._place, self.namespace, round_in_words(self.desk.worked_in.under(self.namespace)))
        self.where.sign(self.desk.annotator, *around_name(where, self.saved_words))

    def follow_landing(self, found: object) -> None:
        """Show in its tab how far a classification of this subject has come, whichever is open."""
        if is_of_desk(found, self.desk, self.key) and self.statuses.get(found.identity.taxonomy) != found.status:
            self.statuses[found.identity.taxonomy] = found.status
            self.tabs.show(self.statuses)

    @property
    def taken_keys(self) -> frozenset[str]:
        """The characters that a field takes here before the actions whose keys they are."""
        return frozenset() if self.PLACE == "report" else taken_by(self.form.state)

    def show_keys(self) -> None:
        """Show the keys of the focused pane, as far as the open field leaves them."""
        self.PLACE = "report" if self.report.has_focus else "tagging"
        self.keybar.entries = pane_footer(self.keys, self.PLACE, self.form.state, self.focused)

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the field and the choice, and show its evidence."""
        event.stop()
        self.answers.follow()
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field else None
        self.guidance.explain(field, choice)
        stand = (self.key, self.namespace, event.field)
        if stand != self._stand:
            self._stand = stand
            self.mark_evidence()
            self.quoting.show_focused()
            self.resuming.remember_soon()
        self.show_keys()

    # Evidence

    def mark_evidence(self) -> None:
        """Mark in the text what supports each answer, the focused one's most."""
        answers = self.classification.shown if self.classification else {}
        self.quoting.mark(answers, self.field.id if self.field else "", self.asked.numbers)

    def action_evidence(self) -> None:
        """Attach the selection to the focused field, or go and select something."""
        self.quoting.attach(self.field)

    def action_evidence_list(self) -> None:
        """List the evidence of the focused field; enter shows it in its report, delete removes it."""
        self.quoting.list_all(self.field)

    def on_report_pane_attach(self, event: ReportPane.Attach) -> None:
        """Attach the selection to the focused field."""
        event.stop()
        self.quoting.attach(self.field)

    def on_report_text_selected(self, event: ReportPane.Selected) -> None:
        """Say what the selection is for."""
        event.stop()
        self.quoting.tell_selection(self.field, self.reading.found_words)

    # Answers

    def on_form_typing(self, event: Form.Typing) -> None:
        """Keep what is being written, and offer completions for it."""
        event.stop()
        self.answers.follow()
        if self.asked.by_id[event.field].kind in COMPLETED:
            found = self.desk.tagging.completions(self.key, self.namespace, event.field, event.text)
            self.form.offer(event.field, event.text, found)

    def show_saved(self, now: Classification, field_id: str = "", words: str = "") -> None:
        """Show a classification as it is stored now, and say so, or in these words what was done."""
        before, self.classification = self.classification, now
        self.form.saved(now, field_id)
        if self.form.state and self.form.state.problems:
            self.submission.mark(self.desk.tagging.problems(self.key, self.namespace))
        if before is None or evidence_in(before) != evidence_in(now):
            self.mark_evidence()
        self._last_saved = words or saved_now()
        self.show_saving()
        self.show_progress()

    def show_saving(self) -> None:
        """Say in the head line what is on its way, what was refused, or what was saved last."""
        refused = self.about != NOWHERE and self.edits.is_refused
        self.saved_words = words_of_saving(self.saving, self.form.state, self._last_saved, is_edit_refused=refused)

    # What takes more than a key

    def on_form_filtering(self, event: Form.Filtering) -> None:
        """List choices used before first."""
        event.stop()
        self.form.prefer(event.field, self.desk.tagging.frequent_choices(self.namespace, event.field))

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a long text in a dialog."""
        event.stop()
        field = self.asked.by_id[event.field]
        edit_text(self, self.form, field, self.answers.why_not, self.answers.flush, self.edits.typed(WRITING, field.id))

    def on_form_edit_row(self, event: Form.EditRow) -> None:
        """Fill in a row of a group in a form of its own."""
        event.stop()
        names = (entity.name for entity in self.subject.entities)
        group, typed = self.asked.by_id[event.field], self.edits.typed(at_row(ROW, event.place), event.field)
        edit_row(self, self.form, group, event.place, names, self.answers.save, self.answers.why_not, typed)

    # What else is done with it

    def show_edit(self, place: Place, now: Classification) -> None:
        """Show what an edit led to, unless somebody went on meanwhile."""
        if self.answers.is_open(place):
            self.show_saved(now)

    def action_notes(self) -> None:
        """Write a note about the classification."""
        self.edits.note()

    def action_skip(self) -> None:
        """Skip the subject under this taxonomy, with a reason."""
        self.edits.skip()

    def action_reopen(self) -> None:
        """Take a submitted or skipped classification back for editing."""
        self.edits.reopen()

    def action_flag(self) -> None:
        """Raise a flag, or resolve one that is open."""
        self.edits.flag()

    def action_history(self) -> None:
        """List who did what to this classification, and when."""
        self.edits.list_history()

    def action_submit(self) -> None:
        """Submit and go on; when something is missing, list it and go to the first of it."""
        self.submission.submit()

    def on_form_submit(self, event: Form.Submit) -> None:
        """Submit from within the form."""
        event.stop()
        self.action_submit()

    def action_next_problem(self) -> None:
        """Go to the next field that is unanswered or invalid."""
        self.submission.go_to_problem(1)

    def action_previous_problem(self) -> None:
        """Go to the field before that is unanswered or invalid."""
        self.submission.go_to_problem(-1)

    # Panes

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Bring the pane with the focus on screen, and show its keys; in the report nothing is being written."""
        self.set_class(not self.form.has_focus_within, "-in-report")
        self.remove_class("-report-only" if self.form.has_focus_within else "-form-only")
        if event.widget is self.report:
            self.answers.flush()
        self.show_keys()

    def action_next_pane(self) -> None:
        """Go from the form to the report, or back."""
        (self.form if self.report.has_focus else self.report).focus()

    def action_layout(self) -> None:
        """Lay form and report out another way."""
        following = self.lay_out_next(LAYOUTS)
        (self.report if following == "-report-only" else self.form).focus()

    def action_back(self) -> None:
        """Drop the selection, leave the report, or go back to the queue."""
        if self.report.has_selection or self.report.is_marking:
            self.report.select_nothing()
        elif self.report.has_focus:
            self.form.focus()
        elif self.has_class("-guided"):
            self.action_guidance()
        else:
            self.answers.leave(self._dismiss)

    def _dismiss(self) -> None:
        self.saving.remember()
        self.dismiss(self.key)

    # Taxonomies

    def action_next_taxonomy(self) -> None:
        """Open the next taxonomy."""
        self._turn_taxonomy(1)

    def action_previous_taxonomy(self) -> None:
        """Open the taxonomy before."""
        self._turn_taxonomy(-1)

    def _turn_taxonomy(self, by: int) -> None:
        names = [each.namespace for each in self.taxonomies]
        if self.namespace in names:
            self._switch_taxonomy(names[(names.index(self.namespace) + by) % len(names)])

    def on_taxonomy_tabs_chosen(self, event: TaxonomyTabs.Chosen) -> None:
        """Open the taxonomy that was clicked."""
        event.stop()
        self._switch_taxonomy(event.taxonomy)

    def _switch_taxonomy(self, namespace: str) -> None:
        self.answers.leave(lambda: self.open_taxonomy(namespace))
        self.form.focus()

    # Subjects

    def go_on(self) -> bool:
        """Go to the next work that is assigned, else to the next subject that is not done; returns whether there is."""
        following = self.desk.queue.next_work(self.view, self.key, self.namespace)
        if following is None:
            self.say("That was the last subject of this view.")
            return False
        self.open_subject(*following)
        self.form.focus()
        return True

    def action_next_subject(self) -> None:
        """Go to the next subject, done or not."""
        self._go_to_subject(self.desk.queue.next_key(self.view, self.key), "This is the last subject of this view.")

    def action_previous_subject(self) -> None:
        """Go to the subject before."""
        self._go_to_subject(
            self.desk.queue.previous_key(self.view, self.key), "This is the first subject of this view."
        )

    def action_review_subject(self) -> None:
        """Go to the review of this subject, once one's own work on it is handed in."""
        from annotator.tui.review.opening import open_review

        if self.classification is None or self.classification.status not in CLOSED:
            self.say("Submit your own answers first, then compare them with others'.")
        else:
            open_review(self, self.key, self.namespace, self.field.id if self.field else "")

    def _go_to_subject(self, key: str | None, otherwise: str) -> None:
        if key is None:
            self.say(otherwise)
        else:
            self.answers.leave(lambda: self.open_subject(key, self.taxonomy_to_do(key, self.namespace)))

    # Undo and redo

    def action_undo(self) -> None:
        """Drop a change that was not saved, else undo the latest one and go to where it was."""
        self.answers.flush()
        if dropped := self.answers.drop():
            self.say(dropped)
        else:
            super().action_undo()

    def action_redo(self) -> None:
        """Redo what was undone last, and go to where it was."""
        self.answers.flush()
        super().action_redo()

    def follow(self, change: Change) -> None:
        """Go to where the change was, and show what is stored now."""
        if change.subject != self.key:
            self.open_subject(change.subject, change.taxonomy, change.field)
        elif change.taxonomy != self.namespace:
            self.open_taxonomy(change.taxonomy, change.field)
        self.show_saved(change.classification, change.field, f"✓ {change.words}")
        if change.field:
            self.form.go_to(change.field)
