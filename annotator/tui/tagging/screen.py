"""The tagging screen: walking along the queue, the taxonomies, the reports and the panes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import DescendantBlur, DescendantFocus
from textual.reactive import var
from textual.timer import Timer

from annotator.desk import Change, Desk
from annotator.desk.place import Place
from annotator.errors import AnnotatorError, AnswerError, Problem
from annotator.model.classification import Answer, Classification, Evidence, Flag
from annotator.model.queue import QueueView, ResumePoint
from annotator.model.subject import SubjectView
from annotator.model.taxonomy import Field, Taxonomy
from annotator.tui.actions import Place as Bindings
from annotator.tui.dialogs.ask import AskLine, Choose, Confirm
from annotator.tui.dialogs.dialog import Save
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.entering import (
    edit_row,
    edit_text,
    how_to_quote,
    list_evidence,
    quote_for,
    spans_of,
    why_not_quoted,
)
from annotator.tui.key_plan import footer, form_footer, key_plan
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.queue.rows import sitting
from annotator.tui.saving import (
    ANSWER,
    NOT_SAVED,
    ROW,
    SAVED,
    SAVING,
    WAITING,
    WRITING,
    Saving,
    Typed,
    at_row,
    reason_of,
)
from annotator.tui.subject_reading import SubjectReading
from annotator.tui.tagging.unsaved import Unsaved
from annotator.tui.widgets.form.form import Form
from annotator.tui.widgets.form.state import Questionnaire
from annotator.tui.widgets.form.writing import COMPLETED
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.reading import Reading
from annotator.tui.widgets.report_pane import Page, ReportPane, first_page, page_of, pages_of
from annotator.tui.widgets.report_text import FOCUSED
from annotator.tui.widgets.taxonomy_tabs import Tab, TaxonomyTabs
from annotator.tui.words import event_words

SETTLED = 1.0
"""Seconds on a field after which it is remembered as the place to resume."""


CLOSED = frozenset({"submitted", "adjudicated"})


def saved_now() -> str:
    """Say that everything up to now is on disk."""
    return f"{SAVED} {datetime.now().astimezone():%H:%M:%S}"


def reason_in(error: AnnotatorError | None) -> str:
    """Why something was not saved, without the name of the field."""
    if isinstance(error, AnswerError):
        return "; ".join(problem.message for problem in error.problems)
    return reason_of(error)


def _evidence_in(classification: Classification) -> list[tuple[str, object]]:
    return [(field, answer.evidence) for field, answer in classification.answers.items() if answer.evidence]


NEW_FLAG = "*new*"
SUBMISSION = "submission"


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
    """What the head line says of the last save."""
    _place = ""
    _settling: Timer | None = None
    unsaved: Unsaved
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
    ) -> None:
        """Take the desk, the way to the file, the subject to begin with, and the queue to walk along."""
        super().__init__()
        self.desk = desk
        self.saving = saving
        self.view = view or QueueView()
        self.keys = keys
        self.key = subject_key
        self.namespace = taxonomy
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
        return self._questionnaire(next(each for each in self.taxonomies if each.namespace == self.namespace))

    def _questionnaire(self, taxonomy: Taxonomy) -> Questionnaire:
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

    def turn_pages(self, pages: list[Page], page: int) -> None:
        """Show the pages of another subject, opened at one of them."""
        self.pages = pages
        self.open_page(page)

    def show_report(self, report_key: str) -> bool:
        """Show a report of the subject; whether it is here."""
        page = page_of(self.pages, report_key)
        if page is not None and page != self.page:
            self.open_page(page)
            self.mark_evidence()
        return page is not None

    def mark_evidence(self) -> None:
        """Mark in the text what supports each answer, the focused one's most."""
        answers = self.classification.shown if self.classification else {}
        focused = self.field.id if self.field else ""
        self.report.mark_evidence(spans_of(answers, focused, self.asked.numbers, self.locate))

    def show_evidence(self) -> None:
        """Scroll to what supports the focused field's answer."""
        focused = [span for span in self.report.evidence if span.style == FOCUSED]
        if focused and not self.report.has_focus:
            self.report.show_place(focused[0].start, focused[0].end)

    def on_mount(self) -> None:
        """Give the form the keys, and begin."""
        self.unsaved = Unsaved(self.form, self.saving)
        self.form.focus()
        self.begin()

    def begin(self) -> None:
        """Open the subject where the annotator stopped in it."""
        point = self.desk.queue.resume_point() if self.desk.annotator else None
        here = point is not None and point.subject == self.key
        taxonomy = self.namespace or self.taxonomy_to_do(self.key, point.taxonomy if point and here else "")
        field = point.field if point and here and point.taxonomy == taxonomy else ""
        self.open_subject(self.key, taxonomy, field)

    # Showing

    def open_subject(self, key: str, taxonomy: str = "", field: str = "") -> None:
        """Show a subject, under a taxonomy if it has that one; raises AnswerError when all of it is closed."""
        subject = self.desk.subjects.subject(key)
        taxonomies = self.desk.subjects.taxonomies_for(subject.kind)
        names = [each.namespace for each in taxonomies]
        known = [name for name in (taxonomy, self.namespace, *names) if name in names]
        wanted = next((name for name in known if not self.desk.tagging.refusal(key, name)), "")
        if known and not wanted:
            raise AnswerError(self.desk.tagging.refusal(key, known[0]))
        self.key, self.subject, self.taxonomies = key, subject, taxonomies
        pages = pages_of(subject)
        self._place = self._place_in_queue()
        self.statuses = {name: self.desk.tagging.status(key, name) for name in names}
        self.turn_pages(pages, first_page(pages))
        self.open_taxonomy(wanted, field)
        if known and wanted != known[0]:
            self.say(self.desk.tagging.refusal(key, known[0]))
        self.call_after_refresh(self._prefetch, key)

    def taxonomy_to_do(self, key: str, otherwise: str) -> str:
        """The taxonomy to begin a subject with: one it is assigned under, unless the other one is too."""
        assigned = self.desk.queue.assigned(key)
        return otherwise if otherwise in assigned or not assigned else assigned[0]

    def open_taxonomy(self, namespace: str, field: str = "") -> None:
        """Show the classification under a taxonomy; raises AnswerError, with nothing changed, when it is closed."""
        opened = self.desk.tagging.classification(self.key, namespace) if namespace else None
        self.namespace = namespace
        if opened is None:
            self.say("No taxonomy asks anything about this kind of subject.")
            return
        self.classification = opened
        self.saved_words = ""
        self.report.widen_markers(self.asked.number_width)
        self.form.open(self.asked, self.classification, field)
        self.unsaved.restore(self.told("was not saved before the desk was closed; {open_field} saves it"))
        self.show_progress()
        self.mark_evidence()

    def show_progress(self) -> None:
        """Show where this subject stands: in the queue, in each taxonomy, and on disk."""
        if self.classification:
            self.statuses[self.namespace] = self.classification.status
        self.tabs.tabs = tuple(Tab(name, status) for name, status in self.statuses.items())
        self.tabs.opened = self.namespace
        self.where.text = f" {self.subject.kind.capitalize()} {self.key} · {self.subject.title}"
        said = [self._place, self.namespace, sitting(self.desk.annotator, self.desk.round), self.saved_words]
        self.where.right = "  " + " · ".join(part for part in said if part) + " "
        self.show_keys()

    def watch_saved_words(self) -> None:
        """Say so in the head line."""
        if self.taxonomies:
            self.show_progress()

    def show_wait(self) -> None:
        """Say in the head line that another process holds the file."""
        if self.saving.is_pending(self.key, self.namespace):
            self.saved_words = WAITING if self.saving.is_stalled else SAVING
        super().show_wait()

    def _place_in_queue(self) -> str:
        queue = self.desk.queue.looked_up(self.view)
        place = queue.position_of(self.key) if queue else None
        return f"{place + 1}/{queue.count}" if queue and place is not None else ""

    def show_keys(self) -> None:
        """Show the keys of the focused pane, as far as the open field leaves them."""
        state = self.form.state
        self.PLACE = "report" if self.report.has_focus else "tagging"
        if self.report.has_focus or state is None:
            self.keybar.entries = footer(self.keys, self.PLACE)
        else:
            self.keybar.entries = form_footer(self.keys, state)

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the field and the choice, and show its evidence."""
        event.stop()
        self.unsaved.follow()
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field and field.has_choices else None
        self.guidance.explain(field, choice)
        stand = (self.key, self.namespace, event.field)
        if stand != self._stand:
            self._stand = stand
            self.mark_evidence()
            self.show_evidence()
            self._remember_soon()
        self.show_keys()

    # Where the annotator is

    def _remember_soon(self) -> None:
        field = self.field.id if self.field else ""
        if self.desk.annotator:
            self.saving.here = ResumePoint(subject=self.key, taxonomy=self.namespace, field=field, view=self.view)
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(SETTLED, self.remember)

    def remember(self) -> None:
        """Keep the last place as the one to resume, if that is still to be done."""
        self.saving.remember()

    def _prefetch(self, key: str) -> None:
        if key == self.key and self.desk.queue.looked_up(self.view):
            work = self.desk.queue.next_assigned(self.view, key, self.namespace)
            if following := work.subject if work else self.desk.queue.next_key(self.view, key):
                self.desk.subjects.prefetch(following)

    def action_evidence(self) -> None:
        """Attach the selection to the focused field, or go and select something."""
        field, page = self.field, self.pages[self.page]
        refusal = why_not_quoted(field, page, self.report.has_selection)
        if refusal or field is None:
            self.say(refusal)
        elif not self.report.has_selection:
            self.report.focus()
            self.source.right = how_to_quote(self.keys, field)
        elif page.report is not None:
            quote = self.desk.tagging.quote(page.report, *self.report.selection)
            self.report.select_nothing()
            self.form.focus()
            quote_for(self.form, field.id, quote, self.save_answer)

    def on_report_pane_attach(self, event: ReportPane.Attach) -> None:
        """Attach the selection to the focused field."""
        event.stop()
        self.action_evidence()

    def action_evidence_list(self) -> None:
        """List the evidence of the focused field; enter shows it in its report, delete removes it."""
        list_evidence(self, self.form, self.field, self.save_answer, self._show_quote)

    def _show_quote(self, quote: Evidence) -> None:
        if not self.show_report(quote.report):
            self.say(f"The report {quote.report} is not here any more.")
            return
        found = self.locate(quote)
        if found is None:
            self.say("These words are no longer in the report.")
            return
        self.report.show_place(*found)

    def on_report_text_selected(self, event: ReportPane.Selected) -> None:
        """Say what the selection is for."""
        event.stop()
        self.show_selection()

    def show_selection(self) -> None:
        """Say how much is found and selected, and for which field."""
        field, (start, end) = self.field, self.report.selection
        selected = f"{end - start} characters for {field.number or field.name}" if field and end > start else ""
        self.source.right = " · ".join(part for part in (self.reading.found_words, selected) if part) + " "

    def on_form_typing(self, event: Form.Typing) -> None:
        """Keep what is being written, and offer completions for it."""
        event.stop()
        self.unsaved.follow()
        if self.asked.by_id[event.field].kind in COMPLETED:
            found = self.desk.tagging.completions(self.key, self.namespace, event.field, event.text)
            self.form.offer(event.field, event.text, found)

    def on_form_changed(self, event: Form.Changed) -> None:
        """Save the change the form shows, to the classification it was made in."""
        event.stop()
        if (event.of.subject, event.of.taxonomy) == (self.key, self.namespace):
            self._save_unless_sent(event.field, event.answer)

    def flush(self) -> None:
        """Send what is written or shown already, before anything else happens to the classification."""
        self.form.finish_writing()
        for field_id, answer in self.form.unsent.items():
            self._save_unless_sent(field_id, answer)
        self.unsaved.follow()

    def _save_unless_sent(self, field_id: str, answer: Answer | None) -> None:
        if not self.unsaved.is_sent(field_id, answer):
            self.save_answer(field_id, answer)

    def save_answer(self, field_id: str, answer: Answer | None) -> None:
        """Send an answer to the file and show it as on its way; one that does not fit is refused at once."""
        answer, place = self.form.with_waiting(field_id, answer), self._place_of(field_id)
        if reason := self._misfit(field_id, answer):
            self.saving.refuse(place, answer, reason)
            self.saved_words = NOT_SAVED
            self._refuse(field_id, reason)
            return
        self.saving.put_answer(place, answer, partial(self._show_answer, place), partial(self._not_saved, place))
        self.form.forget_waiting(field_id)
        self.form.restore({field_id: answer}, {})
        self.unsaved.follow()
        self.saved_words = SAVING

    def _misfit(self, field_id: str, answer: Answer | None) -> str:
        """Why an answer does not fit its field; empty when it does."""
        try:
            if answer is not None:
                self.desk.tagging.checked(self.namespace, field_id, answer)
        except AnswerError as error:
            return reason_in(error)
        return ""

    def _why_not(self, field_id: str, answer: Answer | None) -> str:
        """Why an answer given in a dialog cannot be saved; empty when it can."""
        if self.classification and self.classification.status in CLOSED:
            status, reopen = self.classification.status, self.keys.shown("reopen")
            return f"{self.key} under {self.namespace} is {status}; reopen it before changing it ({reopen})."
        return self._misfit(field_id, answer)

    def _place_of(self, field_id: str, kind: str = ANSWER) -> Place:
        return Place(self.key, self.namespace, field_id, kind)

    def _is_open(self, place: Place) -> bool:
        """Whether what a place is about is what is shown."""
        return self.is_attached and (self.key, self.namespace) == (place.subject, place.taxonomy)

    def _show_answer(self, place: Place, now: Classification) -> None:
        """Show that an answer is saved, unless another one to the same field is on its way already."""
        if self._is_open(place):
            is_newer_coming = place.field in self.saving.pending_answers(self.key, self.namespace)
            self.show_saved(now, "" if is_newer_coming else place.field)

    def _not_saved(self, place: Place, error: AnnotatorError | None) -> None:
        """Show at its field that an answer is not saved; somebody who has gone on is told."""
        reason = reason_in(error)
        if not self._is_open(place):
            self.say(f"{place.subject} under {place.taxonomy}: an answer was not saved. {reason}")
            return
        self.saved_words = NOT_SAVED
        if place.field in self.saving.pending_answers(self.key, self.namespace):
            return
        if self.form.state and self.form.state.is_writing:  # the keys stay where somebody writes
            self.form.restore({place.field: self.answer(place.field)}, {place.field: reason})
        elif isinstance(error, AnswerError):
            self._refuse(place.field, reason)
        else:
            self.form.refuse(place.field, reason)
        if not isinstance(error, AnswerError) or not self.form.state or self.form.state.is_writing:
            self.tell(error)

    def _refuse(self, field_id: str, reason: str) -> None:
        """Show why a change was refused; nothing can be put right in a closed classification."""
        if self.classification and self.classification.status in CLOSED:
            self.saving.drop(self._place_of(field_id))
            self.form.forget(field_id)
            self.form.go_to(field_id)
            self.say(self.told("{reason} ({reopen})", reason=reason))
        else:
            self.form.refuse(field_id, reason)

    def show_saved(self, now: Classification, field_id: str = "") -> None:
        """Show a classification as it is stored now."""
        before, self.classification = self.classification, now
        self.form.saved(now, field_id)
        if self.form.state and self.form.state.problems:
            self.show_problems(self.desk.tagging.problems(self.key, self.namespace))
        if before is None or _evidence_in(before) != _evidence_in(now):
            self.mark_evidence()
        self.saved_words = SAVING if self.saving.is_pending(self.key, self.namespace) else saved_now()
        self.show_progress()

    def show_problems(self, problems: list[Problem]) -> None:
        """Mark the fields that keep the classification from being submitted."""
        self.form.mark_problems({problem.field: problem.message for problem in reversed(problems)})

    # What takes more than a key

    def on_form_filtering(self, event: Form.Filtering) -> None:
        """List choices used before first."""
        event.stop()
        self.form.prefer(event.field, self.desk.tagging.frequent_choices(self.namespace, event.field))

    def on_form_edit_text(self, event: Form.EditText) -> None:
        """Write a long text in a dialog."""
        event.stop()
        field = self.asked.by_id[event.field]
        edit_text(self, self.form, field, self._why_not, self.flush, self._typed(WRITING, field.id))

    def on_form_edit_row(self, event: Form.EditRow) -> None:
        """Fill in a row of a group in a form of its own."""
        event.stop()
        names = (entity.name for entity in self.subject.entities)
        group, typed = self.asked.by_id[event.field], self._typed(at_row(ROW, event.place), event.field)
        edit_row(self, self.form, group, event.place, names, self.save_answer, self._why_not, typed)

    def action_notes(self) -> None:
        """Write a note about the classification."""
        before = self.classification.notes if self.classification else ""
        key, namespace = self.key, self.namespace
        save = self._saves("note", lambda desk, text: desk.tagging.note(key, namespace, text))
        self.app.push_screen(
            EditText(self.keys, "Note, kept with the classification", before, save, self._typed("note"))
        )

    def leave(self, go: Callable[[], object]) -> None:
        """Go elsewhere; what is not saved is dropped only when somebody means it."""
        self.flush()
        unsaved = self.form.unsaved
        if not unsaved:
            go()
            return
        names = ", ".join(self.asked.by_id[each].name for each in unsaved)
        question = Confirm(self.keys, "Leave without saving this?", names, "It was refused, or waits for an answer.")

        def follow(yes: bool | None) -> None:
            if yes:
                for field_id in unsaved:
                    self.saving.drop(self._place_of(field_id))
                go()
            else:
                self.form.go_to(unsaved[0])

        self.app.push_screen(question, follow)

    def _typed(self, kind: str, field_id: str = "") -> Typed:
        """Where what is typed in a dialog about this classification is kept until it is saved."""
        return Typed(self.saving.words, self._place_of(field_id, kind))

    def _saves(
        self, kind: str, edit: Callable[[Desk, str], Classification], then: Callable[[], object] | None = None
    ) -> Save[str]:
        """Save what is typed in a dialog as an edit of this classification, and show what is stored then."""
        place = self._place_of("", kind)

        def save(words: str, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
            def saved(now: Classification) -> None:
                done()
                self._show_edit(place, now)
                if then and self._is_open(place):
                    then()

            def not_saved(error: AnnotatorError | None) -> None:
                self.saved_words = NOT_SAVED
                refused(reason_in(error))

            ticket = self.saving.put(lambda desk: edit(desk, words), place, saved, not_saved)
            return partial(self.saving.cancel, ticket)

        return save

    def apply(self, kind: str, edit: Callable[[Desk], Classification]) -> None:
        """Make an edit that is not an answer, and show what is stored then."""
        place = self._place_of("", kind)
        self.saving.put(edit, place, partial(self._show_edit, place), self.tell)
        self.saved_words = SAVING

    def _show_edit(self, place: Place, now: Classification) -> None:
        if self._is_open(place):
            self.show_saved(now)

    def on_form_submit(self, event: Form.Submit) -> None:
        """Submit from within the form."""
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """Submit and go on; when something is missing, list it and go to the first of it."""
        self.flush()
        if self.form.unsaved:
            self.form.go_to(self.form.unsaved[0])
            self.say("This is not saved; put it right or take it back, then submit.")
            return
        place = self._place_of("", SUBMISSION)
        if any(each == place for each in self.saving.pending_places(self.key, self.namespace)):
            self.say("It is being submitted already.")
            return
        key, namespace = self.key, self.namespace
        ticket = self.saving.put(
            lambda desk: desk.tagging.submit(key, namespace),
            place,
            partial(self._submitted, place),
            partial(self._not_submitted, place),
        )
        self.let_keys_wait_for(ticket)
        self.saved_words = SAVING

    def _submitted(self, place: Place, now: Classification) -> None:
        with self.arriving():
            goes_on = self._is_open(place) and self.is_current and self.go_on()
            if not goes_on:
                self._show_edit(place, now)

    def _not_submitted(self, place: Place, error: AnnotatorError | None) -> None:
        with self.arriving("This was not submitted."):
            self._show_problems_of(place, error)

    def _show_problems_of(self, place: Place, error: AnnotatorError | None) -> None:
        """List what is missing and go to the first of it."""
        problems = error.problems if isinstance(error, AnswerError) else []
        fields = [problem.field for problem in problems if problem.field in self.asked.by_id]
        if self._is_open(place):
            self.saved_words = SAVING if self.saving.is_pending(self.key, self.namespace) else saved_now()
            self.show_problems(problems)
        if not fields or not self._is_open(place):
            self.tell(error)
            return
        self.form.go_to(fields[0])
        self.form.focus()
        self._list_problems(fields, {problem.field: problem.message for problem in problems})

    def _list_problems(self, fields: list[str], messages: dict[str, str]) -> None:
        if len(fields) == 1:
            return
        names = [
            f"{self.asked.by_id[each].number or ''} {self.asked.by_id[each].name}: {messages[each]}" for each in fields
        ]

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.form.go_to(fields[wanted[1]])

        hint = self.told("{choose_line} go to the field   {cancel} go to the first")
        self.app.push_screen(LineDialog(self.keys, f"Not submitted: {len(fields)} fields", names, hint=hint), follow)

    def action_next_problem(self) -> None:
        """Go to the next field that is unanswered or invalid."""
        self._go_to_problem(1)

    def action_previous_problem(self) -> None:
        """Go to the field before that is unanswered or invalid."""
        self._go_to_problem(-1)

    def _go_to_problem(self, by: int) -> None:
        self.flush()
        state = self.form.state
        if state is None:
            return
        invalid = {problem.field for problem in self.desk.tagging.problems(self.key, self.namespace)}
        wanted = [each.id for each in state.fields if state.answer(each.id) is None or each.id in invalid]
        self.form.focus()
        if not wanted:
            self.say("Every field is answered and valid.")
            return
        here = state.order.index(state.focus)
        ahead = [each for each in wanted if (state.order.index(each) - here) * by > 0]
        self.form.go_to((ahead or wanted)[0 if by > 0 else -1])

    def action_skip(self) -> None:
        """Skip the subject under this taxonomy, with a reason."""
        self.flush()
        key, namespace = self.key, self.namespace
        save = self._saves("skip", lambda desk, reason: desk.tagging.skip(key, namespace, reason), self.go_on)
        self.app.push_screen(
            AskLine(self.keys, "Why is this skipped?", "such as: not about AI", save, self._typed("skip"))
        )

    def action_reopen(self) -> None:
        """Take a submitted or skipped classification back for editing."""
        if self.classification is None or self.classification.status in {"untouched", "draft"}:
            self.say("It is open already.")
            return

        key, namespace = self.key, self.namespace
        save = self._saves("reopen", lambda desk, reason: desk.tagging.reopen(key, namespace, reason))
        typed = self._typed("reopen")
        self.app.push_screen(AskLine(self.keys, "Why is it reopened?", "optional", save, typed, may_be_empty=True))

    # Flags and history

    def action_flag(self) -> None:
        """Raise a flag, or resolve one that is open."""
        flags = [flag for flag in self.classification.flags if not flag.resolved_at] if self.classification else []
        if not flags:
            self._raise_flag()
            return
        options = [
            (NEW_FLAG, "raise another flag"),
            *((flag.id, f"resolve: {self._flag_words(flag)}") for flag in flags),
        ]

        key, namespace = self.key, self.namespace

        def follow(chosen: str | None) -> None:
            if chosen == NEW_FLAG:
                self._raise_flag()
            elif chosen:
                self.apply("flag", lambda desk: desk.tagging.resolve_flag(key, namespace, chosen))

        self.app.push_screen(Choose(self.keys, "Flags", options, flags[0].id), follow)

    def _flag_words(self, flag: Flag) -> str:
        field = self.asked.by_id.get(flag.field or "")
        about = f"{field.number or ''} {field.name}: ".lstrip() if field else ""
        return f"{about}{flag.reason} ({flag.raised_by})"

    def _raise_flag(self) -> None:
        field = self.field
        about = f"{field.number or ''} {field.name}".strip() if field else "this classification"

        key, namespace, field_id = self.key, self.namespace, field.id if field else ""
        save = self._saves("flag", lambda desk, reason: desk.tagging.raise_flag(key, namespace, reason, field_id))
        typed = self._typed("flag", field_id)
        self.app.push_screen(AskLine(self.keys, f"What should others look at in {about}?", "", save, typed))

    def action_history(self) -> None:
        """List who did what to this classification, and when."""
        events = self.desk.history.of(self.key, self.namespace)
        lines = [event_words(event, self.asked.taxonomy) for event in reversed(events)] or ["Nothing has happened yet."]
        title = f"History of {self.key} under {self.namespace}"
        self.app.push_screen(
            LineDialog(self.keys, title, lines, hint=self.told("newest first   {cancel} close")), lambda _: None
        )

    # Panes

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the keys of the pane that has the focus; in the report nothing is being written."""
        if event.widget is self.report:
            self.flush()
        self.show_keys()

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        """Show the keys of the pane that has the focus."""
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
            self.leave(self._dismiss)

    def _dismiss(self) -> None:
        self.remember()
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
        self.leave(lambda: self.open_taxonomy(namespace))
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
            self.leave(lambda: self.open_subject(key, self.taxonomy_to_do(key, self.namespace)))

    # Undo and redo

    def action_undo(self) -> None:
        """Drop a change that was not saved, else undo the latest one and go to where it was."""
        self.flush()
        if unsaved := self.form.unsaved:
            field = self.field.id if self.field and self.field.id in unsaved else unsaved[0]
            self.saving.drop(self._place_of(field))
            self.form.forget(field)
            self.form.forget_waiting(field)
            self.form.go_to(field)
            self.say("Dropped what was not saved.")
            return
        super().action_undo()

    def action_redo(self) -> None:
        """Redo what was undone last, and go to where it was."""
        self.flush()
        super().action_redo()

    def follow(self, change: Change) -> None:
        """Go to where the change was, and show what is stored now."""
        if change.subject != self.key:
            self.open_subject(change.subject, change.taxonomy, change.field)
        elif change.taxonomy != self.namespace:
            self.open_taxonomy(change.taxonomy, change.field)
        self.show_saved(change.classification, change.field)
        if change.field:
            self.form.go_to(change.field)
        self.saved_words = f"✓ {change.words}"
