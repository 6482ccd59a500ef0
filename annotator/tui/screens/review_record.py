"""Putting what was decided on record: adjudicating, reopening, publishing."""

from __future__ import annotations

from dataclasses import replace

from annotator.errors import AnswerError, Problem
from annotator.tui.dialogs.ask_line import AskLine
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.disputed_words import counted, named
from annotator.tui.screens.review_ruling import ReviewRuling


class ReviewRecord(ReviewRuling):
    """What is done with a subject as a whole; walking along the queue comes from the class above."""

    def action_next_disputed(self) -> None:
        """Go to the next disputed subject."""
        raise NotImplementedError

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
        publisher = self.session.publisher()
        is_published = self.state.review.adjudicated.publish == "published"
        turn = publisher.withdraw if is_published else publisher.publish
        turn(self.key, self.namespace)
        self.show_again()
        self.say("Withdrawn." if is_published else "Published.")
