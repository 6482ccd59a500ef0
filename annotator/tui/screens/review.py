"""The review of one subject: going about in it, and walking along the disputed ones."""

from __future__ import annotations

from annotator.errors import AnswerError
from annotator.models.reserved import ADJUDICATED
from annotator.session import Change
from annotator.tui.keys import bindings_for
from annotator.tui.screens.review_record import ReviewRecord

FEW = 20
"""Lines of the queue read at a time while looking for the next subject."""


class ReviewScreen(ReviewRecord):
    """Everybody's answers side by side; dismisses with the key of the last subject."""

    BINDINGS = bindings_for("review", "reading", "editing")

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
        manner = self.session.manner
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
        found = [(start + at, row.key) for at, row in enumerate(self.decide.queue(self.view, start, stop))]
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
