"""Handing a classification in, and what keeps it from being handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotator.desk.place import Place
from annotator.errors import AnnotatorError, AnswerError, Problem
from annotator.model.classification import Classification
from annotator.tui.deeds import SUBMISSION
from annotator.tui.dialogs.line_dialog import LineDialog

if TYPE_CHECKING:
    from annotator.tui.tagging.screen import TaggingScreen


def _nothing() -> None:
    """Leave it at that."""


class Submission:
    """Hands the open classification in behind its answers, and lists what is missing."""

    def __init__(self, screen: TaggingScreen) -> None:
        """Take the screen of the classification."""
        self.screen = screen
        self.form = screen.form
        self.saving = screen.saving
        self.keys = screen.keys
        self.answers = screen.answers

    def submit(self) -> None:
        """Submit and go on; when something is missing, list it and go to the first of it."""
        self.answers.flush()
        if self.answers.is_asking and self.answers.asks_for_version(self.submit, _nothing):
            return
        if self.form.unsaved:
            self.form.go_to(self.form.unsaved[0])
            self.screen.say("This is not saved; put it right or take it back, then submit.")
            return
        place = self.answers.place_of("", SUBMISSION)
        if any(each == place for each in self.saving.pending_places(self.screen.key, self.screen.namespace)):
            self.screen.say("It is being submitted already.")
            return
        if self.answers.asks_for_version(self.submit, _nothing):
            return
        key, namespace = self.screen.key, self.screen.namespace
        ticket = self.saving.put_deed(
            lambda desk: desk.tagging.submit(key, namespace),
            place,
            partial(self._submitted, place),
            partial(self._not_submitted, place),
        )
        self.screen.let_keys_wait_for(ticket)
        self.screen.show_saving()

    def _submitted(self, place: Place, now: Classification) -> None:
        with self.screen.arriving():
            goes_on = self.answers.is_open(place) and self.screen.is_current and self.screen.go_on()
            if not goes_on:
                self.screen.show_edit(place, now)

    def _not_submitted(self, place: Place, error: AnnotatorError | None) -> None:
        with self.screen.arriving("This was not submitted."):
            self._show_problems_of(place, error)

    def _show_problems_of(self, place: Place, error: AnnotatorError | None) -> None:
        """List what is missing and go to the first of it."""
        problems = error.problems if isinstance(error, AnswerError) else []
        self.answers.follow_refusal(place, error)
        order = self.form.state.order if self.form.state else []
        fields = [problem.field for problem in problems if problem.field in order]
        if self.answers.is_open(place):
            self.screen.show_saving()
            self.mark(problems)
        if not fields or not self.answers.is_open(place):
            self.screen.tell(error)
            return
        self.form.go_to(fields[0])
        self.form.focus()
        self._list_problems(fields, {problem.field: problem.message for problem in problems})

    def mark(self, problems: list[Problem]) -> None:
        """Mark the fields that keep the classification from being submitted."""
        self.form.mark_problems({problem.field: problem.message for problem in reversed(problems)})

    def _list_problems(self, fields: list[str], messages: dict[str, str]) -> None:
        if len(fields) == 1:
            return
        names = [f"{self.screen.asked.called(each)}: {messages[each]}" for each in fields]

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.form.go_to(fields[wanted[1]])

        hint = self.screen.told("{choose_line} go to the field   {cancel} go to the first")
        self.screen.app.push_screen(
            LineDialog(self.keys, f"Not submitted: {len(fields)} fields", names, hint=hint), follow
        )

    def go_to_problem(self, by: int) -> None:
        """Go to the next field, or the one before, that is unanswered or invalid."""
        self.answers.flush()
        state = self.form.state
        if state is None:
            return
        problems = self.screen.desk.tagging.problems(self.screen.key, self.screen.namespace)
        invalid = {problem.field for problem in problems}
        unanswered = {field.id for field in state.fields if state.answer(field.id) is None}
        wanted = [each for each in state.order if each in unanswered or each in invalid]
        self.form.focus()
        if not wanted:
            self.screen.say("Every field is answered and valid.")
            return
        here = state.order.index(state.focus)
        ahead = [each for each in wanted if (state.order.index(each) - here) * by > 0]
        self.form.go_to((ahead or wanted)[0 if by > 0 else -1])
