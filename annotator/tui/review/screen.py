"""The review of one subject: going about in it, and walking along the disputed ones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import cast

from textual import events, getters, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.worker import get_current_worker

from annotator.desk import Change, Desk, resolving
from annotator.errors import AnswerError, Problem
from annotator.model.classification import Answer, Classification
from annotator.model.person import ADJUDICATED, Cause
from annotator.model.review import Comparison, Review
from annotator.model.subject import SubjectView
from annotator.model.taxonomy import Field, Taxonomy
from annotator.store.reviews import Precedent, ReviewView
from annotator.tui.actions import Place
from annotator.tui.dialogs.ask import AskLine
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.review.disputed_rows import counted, named, numbered
from annotator.tui.review.evidence import Quote, ReviewedText, quotes_of, review_spans
from annotator.tui.review.lines import answers_by_position
from annotator.tui.review.ruling import Because, RulingDialog
from annotator.tui.review.sides import SideHeads, Sides
from annotator.tui.review.state import AGREED, ReviewState, columns_of
from annotator.tui.review.words import said
from annotator.tui.saving import Saving
from annotator.tui.screen import SubjectReading
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.report_pane import first_page, page_of, pages_of

LAYOUTS = ("", "-stacked", "-answers-only")
ALONE = "-report-only"


MOST_PRECEDENTS = 3
DECIDING = frozenset({"adopt", "own_value", "adopt_majority", "adopt_union", "next_open"})
"""Actions whose keys are shown only while something can be ruled."""


class Found(Message):
    """Earlier rulings have been looked up."""

    def __init__(self, key: str, field: str, precedents: tuple[Precedent, ...]) -> None:
        super().__init__()
        self.key = key
        self.field = field
        self.precedents = precedents


Rule = Callable[[Cause, str, float | None], Classification]
"""Makes the ruling."""


FEW = 20
"""Lines of the queue read at a time while looking for the next subject."""


class ReviewScreen(SubjectReading):
    """Everybody's answers side by side; dismisses with the key of the last subject."""

    PLACE: Place = "review"
    CSS_PATH = "review.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-medium"), (44, "-tall")]

    standing = getters.query_one("#standing", TextLine)
    report = getters.query_one("#report", ReviewedText)
    heads = getters.query_one("#heads", SideHeads)
    sides = getters.query_one("#sides", Sides)

    _quote = -1

    refusal = ""
    """Why this person may not decide here."""
    _stand = ("", "")

    BINDINGS = bindings_for("review", "reading", "editing")

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        saving: Saving,
        key: str,
        view: ReviewView,
        field: str = "",
        place: int | None = None,
    ) -> None:
        """Take the desk, the subject, the queue to walk along, and where in both to begin."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.key = key
        self.view = view
        self.first_field = field
        self.place = place
        """The line of the queue that the subject was opened from."""
        self.decide = desk.adjudication
        self.subject = SubjectView(key=key, kind="report", title="")

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
        self.open_subject(self.key, self.first_field)

    def open_subject(self, key: str, field: str = "") -> None:
        """Show a subject, at a field or at the first open one; raises AnswerError when it may not be looked at."""
        review = self.desk.review.of(key, self.namespace)
        self.subject = self.desk.subjects.subject(key)
        self.key = key
        self.refusal = self.decide.refusal(key, self.namespace)
        self.turn_pages()
        state = self._state_of(review, ReviewState(review, self.taxonomy, (), width=self.sides.line_width))
        self.show(state.at(field or next(iter(state.open), "") or state.order[0] if state.order else AGREED))

    def show_again(self) -> None:
        """Read the subject again after a change; the focus stays where it is."""
        review = self.desk.review.of(self.key, self.namespace)
        self.refusal = self.decide.refusal(self.key, self.namespace)
        self.show(self._state_of(review, self.state))

    def _state_of(self, review: Review, before: ReviewState) -> ReviewState:
        """A review in the place of another one, as far as that place is still there."""
        manner = self.desk.manner
        people = [*(review.adjudicated.decision.seen if review.adjudicated.decision else ()), *review.annotators]
        stale = [f"stale: {manner.told(reason, review, people)}" for reason in review.stale]
        remarks = (*stale, *([self.refusal] if self.refusal else []))
        state = replace(
            before, review=review, columns=columns_of(review, manner), problems={}, remarks=remarks,
            is_hidden=manner.hides_names,
        )  # fmt: skip
        return state.at(state.focus).sideways(0)

    def show(self, state: ReviewState) -> None:
        """Show a state, and what follows from it around it."""
        self.sides.show(state)
        self.heads.refresh()
        self._tell()
        self.mark_evidence()
        self.look_for_precedents()

    def _tell(self) -> None:
        """Say which subject this is and how it stands."""
        state, now = self.state, self.state.review.adjudicated
        self.where.text = f" Review {self.key} · {self.subject.title}"
        self.where.right = f"  {self.desk.annotator or 'nobody yet'} "
        disputed = len(state.disputed)
        parts = [
            self.namespace,
            f"round {self.desk.round}",
            f"{len(state.open)} of {counted(disputed, 'field')} open" if disputed else "nobody differs",
            {"untouched": "undecided", "draft": "being decided"}.get(now.status, now.status),
            *(["published"] if now.publish == "published" else []),
            *(["STALE"] if state.review.stale else []),
        ]
        self.standing.text = " " + " · ".join(parts)
        self.standing.right = "  names hidden " if state.is_hidden else "  "
        self._show_keys()

    def _show_keys(self) -> None:
        """Offer nothing that cannot work."""
        now = self.state.review.adjudicated
        closed = bool(self.refusal) or now.status == "adjudicated"
        entries = [entry for entry in self.keys.footer("review") if not (closed and entry[2] in DECIDING)]
        if now.status == "adjudicated":
            publish = "withdraw" if now.publish == "published" else "publish"
            more = [("publish", publish), *([] if publish == "withdraw" else [("reopen_adjudication", "reopen")])]
            shown = [(self.keys.shown(name, "review"), words, name) for name, words in more]
            entries = [*([] if self.refusal else shown), *(each for each in entries if each[2] != "adjudicate")]
        elif self.refusal:
            entries = [entry for entry in entries if entry[2] != "adjudicate"]
        self.keybar.entries = tuple(entries)

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
            self._look(self.key, compared.field)

    @work(thread=True, exclusive=True, group="precedents")
    def _look(self, key: str, field: str) -> None:
        with closing(self.desk.another()) as other:
            found = other.review.precedents(key, self.namespace, field, MOST_PRECEDENTS)
        if not get_current_worker().is_cancelled:
            self.post_message(Found(key, field, tuple(found)))

    def on_found(self, event: Found) -> None:
        """Show earlier rulings, unless somebody went on meanwhile."""
        if (event.key, event.field) == (self.key, self.state.focus) and event.precedents:
            self.sides.show(replace(self.state, precedents=event.precedents))

    def on_key(self, event: events.Key) -> None:
        """Adopt the answer under a number."""
        keys = self.keys.of("adopt")
        if event.key in keys:
            event.stop()
            self._adopt_column(keys.index(event.key))

    def _adopt_column(self, place: int) -> None:
        compared = self._to_rule()
        if compared is None:
            return
        if place >= len(self.state.columns):
            self.say(f"There {'is' if len(self.state.columns) == 1 else 'are'} "
                     f"{counted(len(self.state.columns), 'annotator')} here.")  # fmt: skip
            return
        column = self.state.columns[place]
        if column.name not in compared.answers:
            self.say(f"{column.who} did not answer this field.")
        else:
            self._adopt(compared, column.name, column.who)

    def _adopt(self, compared: Comparison, annotator: str, who: str) -> None:
        self._ask(
            compared.field, compared.answers[annotator], who,
            partial(self.decide.adopt, self.key, self.namespace, compared.field, annotator),
        )  # fmt: skip

    def action_adopt_one(self) -> None:
        """Choose one of the different answers from a list."""
        from annotator.tui.dialogs.ask import Choose

        compared = self._to_rule()
        if compared is None:
            return
        called = {column.name: column.who for column in self.state.columns}
        given = answers_by_position(compared)
        about = self.field
        options = [
            (names[0], f"{said(about, answer)}  ({called[names[0]]}{f' and {len(names) - 1} more' * (len(names) > 1)})")
            for answer, names in given
        ]

        def adopt(chosen: str | None) -> None:
            if chosen:
                self._adopt(compared, chosen, called[chosen])

        self.app.push_screen(Choose("Adopt which answer?", options), adopt)

    def action_adopt_union(self) -> None:
        """Rule that every value somebody gave stands; says why where that means nothing."""
        self._work_out("union", lambda field, each: resolving.union(field, each.answers), self.decide.union)

    def action_adopt_majority(self) -> None:
        """Rule what more than half say; says so where there is no majority."""
        self._work_out(
            "majority",
            lambda field, each: resolving.majority(field, each.answers, each.positions),
            self.decide.majority,
        )

    def _work_out(
        self, name: str, answer_of: Callable[[Field, Comparison], Answer], decide: Callable[..., Classification]
    ) -> None:
        """Rule an answer that follows from those given, or say why none does."""
        compared, about = self._to_rule(), self.field
        if compared is None or about is None:
            return
        try:
            answer = answer_of(about, compared)
        except AnswerError as error:
            self.say(f"{numbered(about)} {error.problems[0].message}.")
            return
        self._ask(compared.field, answer, name, partial(decide, self.key, self.namespace, compared.field))

    def action_own_value(self) -> None:
        """Rule any other value, in the form; on the line of the agreed fields, unfold them."""
        from annotator.tui.review.own_value import OwnValueScreen

        if self.state.focus == AGREED:
            self.action_unfold_agreed()
            return
        compared, about = self._to_rule(), self.field
        if compared is None or about is None:
            return
        before = compared.ruling.answer if compared.ruling else None
        form = OwnValueScreen(self.desk, self.keys, self.saving, self.key, self.namespace, about.id, before, self.page)

        def keep(done: str | None) -> None:
            if done and form.chosen is not None:
                answer = form.chosen
                self._ask(
                    compared.field, answer, "",
                    partial(self.decide.rule, self.key, self.namespace, compared.field, answer),
                )  # fmt: skip

        self.app.push_screen(form, keep)

    def action_unfold_agreed(self) -> None:
        """Show the agreed fields, or fold them away."""
        self.sides.show(self.state.unfolded())

    # Within

    def _to_rule(self) -> Comparison | None:
        """The focused field, when it can be ruled on; raises AnswerError in the desk's words when it cannot."""
        compared = self.state.compared
        if compared is None:
            self.say("Go to a field first.")
            return None
        self.decide.ready(self.key, self.namespace)
        if self.field is None:
            self.say("The taxonomy no longer has this field.")
            return None
        return compared

    def _ask(self, field: str, answer: Answer, who: str, rule: Rule) -> None:
        """Ask for the cause, rule, and go on."""
        value = said(self.field, answer) + (f"  ({who})" if who else "")
        manner = self.desk.manner

        def keep(because: Because | None) -> None:
            if because is None:
                return
            manner.cause = because.cause
            rule(*because)
            self.show_again()
            self._go_on()

        self.app.push_screen(RulingDialog(named(self.taxonomy, field), value, manner.cause), keep)

    def _go_on(self) -> None:
        if self.state.open:
            self.sides.show(self.state.to_open(1))
        else:
            self.say(f"Every disagreement is ruled; {self.keys.shown('adjudicate', 'review')} puts it on record.")

    def action_adjudicate(self) -> None:
        """Put the decisions on record; say what is missing and go to the first of it; on record already, go on."""
        if self.state.review.adjudicated.status == "adjudicated" and not self.refusal:
            self.action_next_disputed()
            return
        try:
            now = self.decide.adjudicate(self.key, self.namespace)
        except AnswerError as error:
            fields = [problem for problem in error.problems if problem.field in self.taxonomy.by_id]
            if not fields:
                raise
            self._show_problems(fields)
            return
        self.show_again()
        again = self.keys.shown("adjudicate", "review")
        self.say(f"Adjudicated, {counted(len(now.shown), 'answer')} on record. {again} again goes on.")

    def _show_problems(self, problems: list[Problem]) -> None:
        """Mark the fields, go to the first, and list them when there are several."""
        messages = {problem.field: problem.message for problem in reversed(problems)}
        fields = list(dict.fromkeys(problem.field for problem in problems))
        self.sides.show(replace(self.state, problems=messages).at(fields[0]))
        if len(fields) == 1:
            self.say(f"Not adjudicated: {named(self.taxonomy, fields[0])} {messages[fields[0]]}.")
            return
        lines = [f"{named(self.taxonomy, field)}: {messages[field]}" for field in fields]

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.sides.show(self.state.at(fields[wanted[1]]))

        hint = "enter go to the field   esc go to the first"
        self.app.push_screen(LineDialog(f"Not adjudicated: {counted(len(fields), 'field')}", lines, hint=hint), follow)

    def action_reopen_adjudication(self) -> None:
        """Take the adjudication back for another look."""
        if self.state.review.adjudicated.publish == "published":
            self.say(f"{self.key} is published; {self.keys.shown('publish', 'review')} withdraws it first.")
            return
        if self.state.review.adjudicated.status != "adjudicated":
            self.say("It is open already.")
            return

        def reopen(reason: str | None) -> None:
            if reason is not None:
                self.decide.reopen(self.key, self.namespace, reason)
                self.show_again()

        self.app.push_screen(AskLine("Why is it reopened?", "optional", may_be_empty=True), reopen)

    def action_publish(self) -> None:
        """Publish the adjudication, or withdraw it."""
        publisher = self.desk.publishing
        is_published = self.state.review.adjudicated.publish == "published"
        turn = publisher.withdraw if is_published else publisher.publish
        turn(self.key, self.namespace)
        self.show_again()
        self.say("Withdrawn." if is_published else "Published.")

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
        self.show_again()

    def action_leave_review(self) -> None:
        """Drop what covers the answers, then go back."""
        if self.has_class("-report-only"):
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
        """Go along the queue; subjects that may not be looked at yet are passed, and named."""
        passed = []
        for place, key in self._beside(by):
            try:
                self.open_subject(key)
            except AnswerError as error:
                passed.append(str(error))
                continue
            self.place = place
            break
        else:
            self.say("This is the last disputed subject." if by > 0 else "This is the first disputed subject.")
        if passed:
            self.say("\n".join(passed[:3]))

    def _beside(self, by: int) -> list[tuple[int, str]]:
        """Other subjects after or before this one, with their lines.

        A subject that was settled meanwhile has left its line to the one after it.
        """
        here = self.place or 0
        start, stop = (here, here + FEW) if by > 0 else (max(0, here - FEW), here)
        found = [(start + at, row.key) for at, row in enumerate(self.desk.review.queue(self.view, start, stop))]
        others = [(at, key) for at, key in found if key != self.key]
        return others if by > 0 else others[::-1]

    # Undo and redo

    def follow(self, change: Change) -> None:
        """Show what was undone or redone; a decision elsewhere is gone to."""
        decided = change.classification.identity.annotator == ADJUDICATED
        if decided and (change.subject, change.taxonomy) != (self.key, self.namespace):
            self.view, self.place = self.view._replace(taxonomy=change.taxonomy, field=""), None
            self.open_subject(change.subject, change.field)
        else:
            self.show_again()
            if decided and change.field:
                self.sides.show(self.state.at(change.field))
        self.say(f"{change.subject} {change.words}")
