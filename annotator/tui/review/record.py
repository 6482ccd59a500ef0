"""What is done with a whole reviewed subject: its decisions are put on record, taken back, published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.desk import Desk
from annotator.errors import AnnotatorError
from annotator.model.classification import Classification
from annotator.tui.deeds import PUBLISHING, RECORD, TAKING_UP, WITHDRAWING
from annotator.tui.dialogs.ask import AskLine
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.review.disputed_rows import counted, named
from annotator.tui.review.words import missing_in
from annotator.tui.saving import NOT_SAVED, SAVING, is_by_content, reason_of

if TYPE_CHECKING:
    from annotator.tui.review.screen import ReviewScreen


class Record:
    """The adjudication of the subject on one screen; that shows what becomes of it."""

    def __init__(self, screen: ReviewScreen) -> None:
        """Take the screen that shows the subject."""
        self.screen = screen

    def adjudicate(self) -> None:
        """Put the decisions on record; say what is missing and go to the first of it."""
        screen, key, namespace = self.screen, self.screen.key, self.screen.namespace
        seen = screen.state.review

        def tell() -> None:
            answers = counted(len(screen.state.review.adjudicated.shown), "answer")
            screen.say(screen.told("Adjudicated, {answers} on record. {adjudicate} again goes on.", answers=answers))

        self._change(RECORD, lambda desk: desk.adjudication.adjudicate(key, namespace, seen), tell, self._show_missing)

    def _show_missing(self, error: AnnotatorError | None) -> None:
        """Mark the fields that keep it from being adjudicated and go to the first; list them when there are several."""
        screen, taxonomy = self.screen, self.screen.taxonomy
        messages = missing_in(error, taxonomy)
        if not messages:
            screen.tell(error)
            return
        fields = list(messages)
        screen.sides.show(replace(screen.state, problems=messages).at(fields[0]))
        if len(fields) == 1:
            screen.say(f"Not adjudicated: {named(taxonomy, fields[0])} {messages[fields[0]]}.")
            return
        lines = [f"{named(taxonomy, field)}: {message}" for field, message in messages.items()]

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                screen.sides.show(screen.state.at(fields[wanted[1]]))

        title = f"Not adjudicated: {counted(len(fields), 'field')}"
        hint = screen.told("{choose_line} go to the field   {cancel} go to the first")
        screen.app.push_screen(LineDialog(screen.keys, title, lines, hint=hint), follow)

    def reopen(self) -> None:
        """Take the adjudication back for another look, with a reason."""
        screen, key, namespace = self.screen, self.screen.key, self.screen.namespace
        if screen.state.is_published:
            screen.say(screen.told("{key} is published; {publish} withdraws it first.", key=key))
            screen.read_behind()  # others may have changed that meanwhile
            return
        if not screen.state.is_adjudicated:
            screen.say("It is open already.")
            screen.read_behind()
            return

        def save(reason: str, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
            return self._change(
                TAKING_UP, lambda desk: desk.adjudication.reopen(key, namespace, reason), done,
                lambda error: refused(reason_of(error)),
            )  # fmt: skip

        typed = screen.decisions.typed(TAKING_UP)
        question = AskLine(screen.keys, "Why is it reopened?", "optional", save, typed, may_be_empty=True)
        screen.app.push_screen(question)

    def publish(self) -> None:
        """Publish the adjudication, or withdraw it."""
        screen, key, namespace = self.screen, self.screen.key, self.screen.namespace
        is_published = screen.state.is_published
        kind = WITHDRAWING if is_published else PUBLISHING

        def turn(desk: Desk) -> Classification:
            publisher = desk.publishing
            return publisher.withdraw(key, namespace) if is_published else publisher.publish(key, namespace)

        self._change(kind, turn, lambda: screen.say("Withdrawn." if is_published else "Published."))

    def _change(
        self, kind: str, edit: Callable[[Desk], Any], then: Callable[[], None],
        otherwise: Callable[[AnnotatorError | None], None] | None = None,
    ) -> Callable[[], None]:  # fmt: skip
        """Have the subject changed behind all that is on its way, then show it; keys wait for that.

        Returns what takes the change back while it waits.
        """
        screen, before = self.screen, self.screen.saved_words

        def refused(error: AnnotatorError | None) -> None:
            with screen.arriving("Nothing was changed."):
                if is_by_content(error):  # nothing is left to be saved of it
                    screen.say_saved(screen.decisions.saved_words if before else "")
                    screen.read_behind()
                else:
                    screen.say_saved(NOT_SAVED)
                (otherwise or screen.tell)(error)

        place = screen.decisions.place(kind)
        ticket = screen.saving.put_deed(edit, place, lambda _: screen.read_again(then), refused)
        screen.let_keys_wait_for(ticket)
        screen.say_saved(SAVING)
        return partial(screen.saving.cancel, ticket)
