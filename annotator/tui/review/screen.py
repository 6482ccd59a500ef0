"""The review of one subject: everybody's answers side by side, ruling on them, and walking along the disputed ones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import cast

from textual import events, getters, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.worker import get_current_worker

from annotator.desk import Change, Desk, resolving
from annotator.model.person import ADJUDICATED
from annotator.model.review import Comparison, DisputedSubject, Precedent, Reviewed, ReviewView
from annotator.model.subject import SubjectView
from annotator.model.taxonomy import Field, Taxonomy
from annotator.tui.actions import Place as Bindings
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.review.decisions import Decisions
from annotator.tui.review.disputed_rows import named
from annotator.tui.review.evidence import Quote, ReviewedText, quotes_of, review_spans
from annotator.tui.review.opening import Walked, walked
from annotator.tui.review.record import Record
from annotator.tui.review.rulings import Rulings
from annotator.tui.review.sides import SideHeads, Sides
from annotator.tui.review.state import AGREED, ReviewState
from annotator.tui.review.words import footer_of, standing_in_words
from annotator.tui.saving import SAVING, Saving
from annotator.tui.screen import LOOK
from annotator.tui.subject_reading import SubjectReading
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.report_pane import first_page, page_of, pages_of

LAYOUTS = ("", "-stacked", "-answers-only")
ALONE = "-report-only"
MOST_PRECEDENTS = 3
NOT_OPENED = "No other subject was opened."


class ReviewScreen(SubjectReading):
    """Everybody's answers side by side; dismisses with the key of the last subject."""

    PLACE: Bindings = "review"
    LEAVE = "leave_review"
    CSS_PATH = "review.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-medium"), (44, "-tall")]

    standing = getters.query_one("#standing", TextLine)
    report = getters.query_one("#report", ReviewedText)
    heads = getters.query_one("#heads", SideHeads)
    sides = getters.query_one("#sides", Sides)

    saved_words = ""
    """What is said of the last change."""
    _quote = -1
    _stand = ("", "")

    BINDINGS = bindings_for("review", "reading", "editing")

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        saving: Saving,
        found: Reviewed,
        view: ReviewView,
        field: str = "",
        line: DisputedSubject | None = None,
    ) -> None:
        """Take the desk, the subject as it was looked at, the queue to walk along, and where in both to begin."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.first = found, field
        self.key = key = found.review.subject
        self.view = view
        self.line = line
        """The line of the queue that the subject was opened from."""
        self.subject = SubjectView(key=key, kind="report", title="")
        self.pages = []
        self.decisions = Decisions(saving, key, self.taxonomy)
        self.rulings = Rulings(self)
        self.record = Record(self)

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TextLine(id="where")
        yield TextLine(id="standing")
        with Horizontal(id="desk"):
            with Vertical(id="reading"):
                yield TextLine(id="source")
                yield ReviewedText(id="report")
            sides = Sides(id="sides")
            with Vertical(id="answers"):
                yield SideHeads(sides, id="heads")
                yield sides
        yield Guidance(id="guidance")
        yield KeyBar(self.keys.footer("review"))

    @property
    def namespace(self) -> str:
        """The taxonomy that is decided under."""
        return self.view.taxonomy

    @property
    def taxonomy(self) -> Taxonomy:
        """Its current version."""
        return self.desk.subjects.taxonomy(self.namespace)

    @property
    def state(self) -> ReviewState:
        """What is shown; a subject is open whenever a key can be pressed."""
        return cast(ReviewState, self.sides.state)

    @property
    def field(self) -> Field | None:
        """The focused field."""
        return self.sides.state.field if self.sides.state else None

    def turn_pages(self) -> None:
        """Show the pages of another subject."""
        self.pages = pages_of(self.subject)
        self.open_page(first_page(self.pages))

    def open_page(self, page: int) -> None:
        """Show a page of the subject."""
        super().open_page(page)
        self.source.right = ""

    def mark_evidence(self) -> None:
        """Mark in the text what supports whose answer to the focused field, and what supports other answers."""
        state = self.state
        spans = review_spans(state.review.fields, state.focus, state.columns, self.locate)
        self.report.mark_quotes(spans, state.columns)

    @property
    def quotes(self) -> list[Quote]:
        """All evidence on the focused field."""
        compared = self.state.compared
        return quotes_of(compared, self.state.columns) if compared else []

    def show_evidence(self) -> None:
        """Scroll to the first evidence on the focused field that is on the open page."""
        self._quote, self.source.right = -1, ""
        places = [found for quote in self.quotes if (found := self.locate(quote.evidence))]
        if places:
            self.report.show_place(*min(places))

    def action_evidence_after(self) -> None:
        """Go to the next passage somebody quoted for this field, in whichever report it is."""
        quotes = self.quotes
        if not quotes:
            self.say("Nobody quoted anything for this field.")
            return
        self._quote = (self._quote + 1) % len(quotes)
        evidence, column = quotes[self._quote]
        page = page_of(self.pages, evidence.report)
        if page is not None and page != self.page:
            self.open_page(page)
            self.mark_evidence()
        found = self.locate(evidence)
        if found:
            self.report.show_place(*found)
        gone = "" if found else ", no longer in the report"
        self.source.right = f" {self._quote + 1} of {len(quotes)}: {column.who}{gone} "

    # Layout

    def action_review_report(self) -> None:
        """Show the report alone, or the answers again."""
        self.toggle_class(ALONE)
        self.call_after_refresh(self.show_evidence)

    def action_layout(self) -> None:
        """Lay answers and report out another way."""
        self.remove_class(ALONE)
        self.lay_out_next(LAYOUTS)

    def on_mount(self) -> None:
        """Open the subject."""
        self.sides.focus()
        self.open(*self.first)

    def open(self, found: Reviewed, field: str = "") -> None:
        """Show a subject that was looked at, at a field or at the first open one."""
        self.key, self.saved_words = found.review.subject, ""
        self.subject = self.desk.subjects.subject(self.key)
        self.decisions = Decisions(self.saving, self.key, self.taxonomy)
        self.about = self.decisions.place("")
        self.turn_pages()
        self.tell_typed_ahead()
        state = self._renewed(ReviewState(found.review, self.taxonomy, (), width=self.sides.line_width), found)
        self.show(state.at(field or next(iter(state.open), "") or state.order[0] if state.order else AGREED))
        self.look_for_words()
        if state.pending:  # those who wait for these rulings may be a screen that is gone
            self.say_saved(SAVING)
            self.read_behind()

    def _renewed(self, state: ReviewState, found: Reviewed) -> ReviewState:
        """What was read in the place of what was shown, with what is not in the file yet."""
        return self.decisions.shown_in(state.renewed(found.review, found.refusal, self.desk.manner))

    def show(self, state: ReviewState) -> None:
        """Show a state, and what follows from it around it."""
        self.sides.show(state)
        self.heads.refresh()
        self._tell()
        self.mark_evidence()
        self.look_for_precedents()

    def _tell(self) -> None:
        """Say which subject this is, how it stands, and what of it is in the file."""
        state = self.state
        self.where.text = f" Review {self.key} · {self.subject.title}"
        self.where.sign(self.desk.annotator, "  ", " ")
        self.standing.text = " " + standing_in_words(state, self.namespace, self.view.round)
        said = [self.saving.words_on_the_way or self.saved_words, "names hidden" if state.is_hidden else ""]
        self.standing.right = "  " + "".join(f"{part} " for part in said if part)
        self.keybar.entries = footer_of(self.keys, state)

    def show_pending(self) -> None:
        """Say in the line below the head whether anything is on its way."""
        if self.pages:  # nothing is laid out before the first subject is shown
            self._tell()

    def on_sides_moved(self, event: Sides.Moved) -> None:
        """Explain the field, show its evidence, and look for earlier rulings."""
        event.stop()
        self.heads.refresh()
        if (self.key, event.field) == self._stand:
            return
        self._stand = (self.key, event.field)
        self.guidance.explain(self.field, None)
        self.mark_evidence()
        self.show_evidence()
        self.look_for_precedents()

    # Precedents

    def look_for_precedents(self) -> None:
        """Look for earlier rulings on the focused field."""
        compared = self.state.compared
        if compared is not None and compared.differs and not self.state.precedents:
            self._look(self.key, compared)

    @work(thread=True, exclusive=True, group="precedents")
    def _look(self, key: str, seen: Comparison) -> None:
        with closing(self.desk.another()) as other:
            found = other.review.precedents(key, self.namespace, seen.field, MOST_PRECEDENTS, seen)
        if found and not get_current_worker().is_cancelled:
            self.call_later(self._show_precedents, key, seen.field, tuple(found))

    def _show_precedents(self, key: str, field: str, found: tuple[Precedent, ...]) -> None:
        """Show earlier rulings, unless somebody went on meanwhile."""
        if self.is_attached and (key, field) == (self.key, self.state.focus):
            self.sides.show(replace(self.state, precedents=found))

    # Ruling

    def on_key(self, event: events.Key) -> None:
        """Adopt the answer under a number."""
        keys = self.keys.of("adopt")
        if event.key in keys:
            event.stop()
            self.rulings.adopt_column(keys.index(event.key))

    def action_adopt_one(self) -> None:
        """Choose one of the different answers from a list."""
        self.rulings.adopt_one()

    def action_adopt_union(self) -> None:
        """Rule that every value somebody gave stands; says why where that means nothing."""
        self.rulings.work_out("union", lambda field, each: resolving.union(field, each.answers))

    def action_adopt_majority(self) -> None:
        """Rule what more than half say; says so where there is no majority."""
        self.rulings.work_out("majority", lambda field, each: resolving.majority(field, each.answers, each.positions))

    def action_own_value(self) -> None:
        """Rule any other value, in the form; on the line of the agreed fields, unfold them."""
        if self.state.focus == AGREED:
            self.action_unfold_agreed()
        else:
            self.rulings.own_value()

    def action_unfold_agreed(self) -> None:
        """Show the agreed fields, or fold them away."""
        self.sides.show(self.state.unfolded())

    def shows(self, decisions: Decisions) -> bool:
        """Whether what these are about is what is shown."""
        return self.is_attached and decisions is self.decisions

    def show_unsaved(self, words: str) -> None:
        """Show what is on its way or refused, and say so of the last change."""
        self.saved_words = words
        self.show(self.decisions.shown_in(self.state))

    def show_ruled(self, field: str, now: Reviewed) -> None:
        """Show that a ruling is in the file; at the last one say what comes next."""
        self._show_now(now)
        if self.state.focus != field:
            return
        if self.state.open:
            self.sides.show(self.state.to_open(1))
        elif not self.state.pending:
            self.say(self.told("Every disagreement is ruled; {adjudicate} puts it on record."))

    def show_saving(self) -> None:
        """Say below the head line that something is on its way, or what became of it."""
        is_coming = self.saving.is_pending(self.key, self.namespace)
        self.say_saved(SAVING if is_coming else self.decisions.saved_words)

    def say_saved(self, words: str) -> None:
        """Say what became of the last change."""
        self.saved_words = words
        self._tell()

    def _show_now(self, now: Reviewed) -> None:
        self.saved_words = self.decisions.saved_words
        self.show(self._renewed(self.state, now))

    def action_undo(self) -> None:
        """Drop a ruling that was not saved, else undo the latest change and show where it was."""
        unsaved = self.state.refused
        if not unsaved:
            super().action_undo()
            return
        field = self.state.focus if self.state.focus in unsaved else next(iter(unsaved))
        self.decisions.drop(field)
        self.show_unsaved("")
        self.sides.show(self.state.at(field))
        self.say(f"Dropped what was not saved: the ruling on {named(self.taxonomy, field)}.")

    # The whole subject

    def read_again(self, then: Callable[[], None] = lambda: None) -> None:
        """Read the subject again after a change; the focus stays where it is, and keys wait for it."""
        decisions = self.decisions

        def show(now: Reviewed) -> None:
            if self.shows(decisions):
                self._show_now(now)
                then()

        self.bring(self._reviewed, show, "The subject was not read again.")

    def read_behind(self) -> None:
        """Read the subject again behind all that is on its way; what keeps it from the record stays marked."""
        decisions = self.decisions

        def show(now: Reviewed) -> None:
            if self.shows(decisions):
                self.saved_words = decisions.saved_words if self.saved_words else ""
                self.show(replace(self._renewed(self.state, now), problems=self.state.problems))

        self.saving.put(self._reviewed, self.decisions.place(LOOK), show, self.tell)

    @property
    def _reviewed(self) -> Callable[[Desk], Reviewed]:
        key, namespace = self.key, self.namespace
        return lambda desk: desk.review.look(key, namespace)

    def action_adjudicate(self) -> None:
        """Put the decisions on record; what is on record already is left for the next subject."""
        if self.state.is_adjudicated and not self.state.refusal:
            self.action_next_disputed()
        else:
            self.record.adjudicate()

    def action_reopen_adjudication(self) -> None:
        """Take the adjudication back for another look."""
        self.record.reopen()

    def action_publish(self) -> None:
        """Publish the adjudication, or withdraw it."""
        self.record.publish()

    # Going about

    def action_side_down(self) -> None:
        """Go to the next field."""
        self.sides.show(self.state.step(1))

    def action_side_up(self) -> None:
        """Go to the field before."""
        self.sides.show(self.state.step(-1))

    def action_sides_down(self) -> None:
        """Scroll the answers, or the report when it is alone."""
        self._scroll(1)

    def action_sides_up(self) -> None:
        """Scroll the answers, or the report when it is alone."""
        self._scroll(-1)

    def _scroll(self, by: int) -> None:
        if self.sides.size.height:
            self.sides.scroll_pages(by)
        else:
            self.report.scroll_relative(y=by * max(1, self.report.size.height - 1), animate=False)

    def action_first_side(self) -> None:
        """Go to the first field."""
        self.sides.show(self.state.step(-len(self.state.order)))

    def action_last_side(self) -> None:
        """Go to the last field."""
        self.sides.show(self.state.step(len(self.state.order)))

    def action_next_open(self) -> None:
        """Go to the next open field."""
        self._to_open(1)

    def action_previous_open(self) -> None:
        """Go to the open field before."""
        self._to_open(-1)

    def _to_open(self, by: int) -> None:
        if not self.state.open:
            self.say("No disagreement is open.")
        self.sides.show(self.state.to_open(by))

    def action_columns_after(self) -> None:
        """Show the column further right."""
        self._sideways(1)

    def action_columns_before(self) -> None:
        """Show the column further left."""
        self._sideways(-1)

    def _sideways(self, by: int) -> None:
        self.sides.show(self.state.sideways(by))

    def action_hide_names(self) -> None:
        """Hide who said what for the rest of the session, or show it again."""
        manner = self.desk.manner
        manner.hides_names = not manner.hides_names
        self.source.right = ""
        self.show(self._renewed(self.state, Reviewed(self.state.review, self.state.refusal)))

    def action_leave_review(self) -> None:
        """Drop what covers the answers, then go back."""
        if self.has_class(ALONE):
            self.action_review_report()
        elif self.has_class("-guided"):
            self.action_guidance()
        else:
            self.dismiss(self.key)

    # Other subjects

    def action_next_disputed(self) -> None:
        """Go to the next disputed subject of the queue."""
        self._walk(1)

    def action_previous_disputed(self) -> None:
        """Go to the disputed subject before."""
        self._walk(-1)

    def _walk(self, by: int) -> None:
        """Go along the queue behind all that is on its way; subjects that may not be looked at yet are named."""
        view, here, key = self.view, self.line, self.key
        self.bring(
            lambda desk: walked(desk, view, here, key, by), lambda led: self._arrive(led, by), NOT_OPENED,
            self.decisions.place(LOOK),
        )  # fmt: skip

    def _arrive(self, led: Walked, by: int) -> None:
        if led.found:
            self.open(led.found)
            self.line = led.line
        else:
            self.say("This is the last disputed subject." if by > 0 else "This is the first disputed subject.")
        if led.passed:
            self.say("\n".join(led.passed[:3]))

    def follow(self, change: Change) -> None:
        """Show what was undone or redone; a decision elsewhere is gone to."""
        self.say(f"{change.subject} {change.words}")
        decided = change.classification.identity.annotator == ADJUDICATED
        if not decided or (change.subject, change.taxonomy) == (self.key, self.namespace):
            self.read_again(lambda: self.sides.show(self.state.at(change.field)) if decided and change.field else None)
            return
        key, namespace = change.subject, change.taxonomy

        def show(found: Reviewed) -> None:
            view = self.desk.review.view(namespace)
            self.view, self.line = view._replace(order=self.view.order, settled=self.view.settled), None
            self.open(found, change.field)

        self.bring(lambda desk: desk.review.look(key, namespace), show, NOT_OPENED, self.decisions.place(LOOK))
