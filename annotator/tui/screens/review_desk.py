"""What the review screen shows: one subject side by side, how it stands, and earlier rulings."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from textual import work
from textual.message import Message
from textual.worker import get_current_worker

from annotator.models.review import Review
from annotator.store.reviews import Precedent
from annotator.tui.disputed_words import counted
from annotator.tui.review_columns import columns_of
from annotator.tui.review_state import AGREED, ReviewState
from annotator.tui.screens.review_reading import ReviewReading
from annotator.tui.widgets.sides import Sides

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


class ReviewDesk(ReviewReading):
    """Asks the session for what it shows, and changes nothing."""

    refusal = ""
    """Why this person may not decide here."""
    _stand = ("", "")

    def on_mount(self) -> None:
        """Open the subject."""
        self.sides.focus()
        self.open_subject(self.key, self.first_field)

    def open_subject(self, key: str, field: str = "") -> None:
        """Show a subject, at a field or at the first open one; raises AnswerError when it may not be looked at."""
        review = self.decide.review(key, self.namespace)
        self.subject = self.session.subject(key)
        self.key = key
        self.refusal = self.decide.refusal(key, self.namespace)
        self.turn_pages()
        state = self._state_of(review, ReviewState(review, self.taxonomy, (), width=self.sides.line_width))
        self.show(state.at(field or next(iter(state.open), "") or state.order[0] if state.order else AGREED))

    def show_again(self) -> None:
        """Read the subject again after a change; the focus stays where it is."""
        review = self.decide.review(self.key, self.namespace)
        self.refusal = self.decide.refusal(self.key, self.namespace)
        self.show(self._state_of(review, self.state))

    def _state_of(self, review: Review, before: ReviewState) -> ReviewState:
        """A review in the place of another one, as far as that place is still there."""
        manner = self.session.manner
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
        self.where.right = f"  {self.session.annotator or 'nobody yet'} "
        disputed = len(state.disputed)
        parts = [
            self.namespace,
            f"round {self.session.round}",
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
        with closing(self.session.another()) as other:
            found = other.adjudicator().precedents(key, self.namespace, field, MOST_PRECEDENTS)
        if not get_current_worker().is_cancelled:
            self.post_message(Found(key, field, tuple(found)))

    def on_found(self, event: Found) -> None:
        """Show earlier rulings, unless somebody went on meanwhile."""
        if (event.key, event.field) == (self.key, self.state.focus) and event.precedents:
            self.sides.show(replace(self.state, precedents=event.precedents))
