"""Ruling on a field of the review: which answer, why, and its way to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.desk.adjudication import undecided
from annotator.desk.place import Place
from annotator.errors import AnnotatorError, AnswerError
from annotator.model.classification import Answer
from annotator.model.review import Comparison, Reviewed
from annotator.model.taxonomy import Field
from annotator.tui.dialogs.ask import Choose
from annotator.tui.left_words import LeftWords
from annotator.tui.review.disputed_rows import counted, named
from annotator.tui.review.entered import forget_entered
from annotator.tui.review.lines import options_of
from annotator.tui.review.meant import Because, Meant
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.state import Column
from annotator.tui.review.words import said
from annotator.tui.saving import NOT_SAVED, RULING_NOTE, SAVING, is_by_content, reason_of
from annotator.tui.words import numbered

if TYPE_CHECKING:
    from annotator.tui.review.screen import ReviewScreen


class Rulings:
    """What somebody rules at one screen; that shows what becomes of it."""

    def __init__(self, screen: ReviewScreen) -> None:
        """Take the screen that shows the subject."""
        self.screen = screen
        screen.left_words = LeftWords(screen, self._hold, self._show_left)

    def _hold(self, place: Place) -> bool:
        """Whether what is kept at a place is there again in the review that is open, or in its dialogs."""
        return self.screen.decisions.holds(place)

    def _show_left(self, _: object = None) -> None:
        """Show what is not saved, whichever desk it is of; before a subject is shown there is nothing to show it in."""
        if self.screen.is_attached and self.screen.pages:
            self.screen.show_unsaved(self.screen.saved_words)

    # Which answer

    def adopt_column(self, place: int) -> None:
        """Rule the answer in a column."""
        compared, columns = self._to_rule(), self.screen.state.columns
        if compared is None:
            return
        if place >= len(columns):
            self.screen.say(f"There {'is' if len(columns) == 1 else 'are'} {counted(len(columns), 'annotator')} here.")
        elif columns[place].name not in compared.answers:
            self.screen.say(f"{columns[place].who} did not answer this field.")
        else:
            self._adopt(compared, columns[place])

    def _adopt(self, compared: Comparison, column: Column) -> None:
        self._ask(compared, compared.answers[column.name], column.who)

    def adopt_one(self) -> None:
        """Rule one of the different answers, chosen from a list."""
        compared, screen = self._to_rule(), self.screen
        if compared is None:
            return
        columns = {column.name: column for column in screen.state.columns}

        def adopt(chosen: str | None) -> None:
            if chosen:
                self._adopt(compared, columns[chosen])

        screen.app.push_screen(Choose(screen.keys, "Adopt which answer?", options_of(screen.state, compared)), adopt)

    def work_out(self, name: str, answer_of: Callable[[Field, Comparison], Answer]) -> None:
        """Rule an answer that follows from those given, or say why none does."""
        compared, about = self._to_rule(), self.screen.field
        if compared is None or about is None:
            return
        try:
            answer = answer_of(about, compared)
        except AnswerError as error:
            self.screen.say(f"{numbered(about)} {error.problems[0].message}.")
            return
        self._ask(compared, answer, name)

    def own_value(self) -> None:
        """Rule any other value, entered in the form."""
        from annotator.tui.review.own_value import OwnValueScreen

        screen = self.screen
        compared, about = self._to_rule(), screen.field
        if compared is None or about is None:
            return
        before = compared.ruling.answer if compared.ruling else None
        form = OwnValueScreen(
            screen.desk, screen.keys, screen.saving, screen.key, screen.namespace, about.id, before, screen.page
        )

        def keep(_: str | None) -> None:
            if form.chosen is not None:
                self._ask(compared, form.chosen, "", otherwise=self._forget_entered)
            else:
                self._show_left()

        screen.app.push_screen(form, keep)

    def _to_rule(self) -> Comparison | None:
        """The focused field, when it can be ruled on as far as is known here; raises AnswerError when it cannot."""
        state = self.screen.state
        if state.compared is None:
            self.screen.say("Go to a field first.")
            return None
        if state.refusal or state.is_adjudicated:
            self.screen.read_behind()  # others may have changed that meanwhile
        if state.refusal:
            raise AnswerError(state.refusal)
        undecided(state.review)
        if self.screen.field is None:
            self.screen.say("The taxonomy no longer has this field.")
            return None
        return state.compared

    # Why, and to the file

    def _ask(
        self, compared: Comparison, answer: Answer, who: str, otherwise: Callable[[str], None] | None = None
    ) -> None:
        """Ask for the cause; then the ruling is on its way. The question stays until a note is in the file.

        `otherwise` is told the field when somebody does not rule after all.
        """
        screen, field = self.screen, compared.field
        manner, decisions = screen.desk.manner, screen.decisions

        def save(because: Because, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
            manner.cause, meant = because.cause, Meant(answer, because, compared)
            if because.note:
                return self._rule(field, meant, done, refused)
            done()
            return self._rule(field, meant)

        value = said(screen.field, answer) + (f"  ({who})" if who else "")
        offered, typed = decisions.offered(field, manner.cause), decisions.typed(RULING_NOTE, field)
        about = named(screen.taxonomy, field)

        def closed(because: Because | None) -> None:
            if because is None:
                if otherwise:
                    otherwise(field)
                self._show_left()

        screen.app.push_screen(RulingDialog(screen.keys, about, value, offered, save, typed), closed)

    def _forget_entered(self, field: str) -> None:
        """Forget what was entered as a value for a field: it is ruled, or not wanted."""
        decisions = self.screen.decisions
        forget_entered(decisions.saving.words, decisions.key, decisions.taxonomy.namespace, field)

    def _rule(
        self, field: str, meant: Meant, done: Callable[[], None] | None = None,
        refused: Callable[[str], None] | None = None,
    ) -> Callable[[], None]:  # fmt: skip
        """Send a ruling to the file, show it as on its way and go on; returns what takes it back while it waits.

        `done` and `refused` are told by a question that is still open.
        """
        screen, decisions = self.screen, self.screen.decisions

        def saved(now: Reviewed) -> None:
            if done:
                done()
            if screen.shows(decisions):
                screen.show_ruled(field, now)

        def not_saved(error: AnnotatorError | None) -> None:
            if refused:
                refused(reason_of(error))
            if not screen.shows(decisions):
                about = f"{decisions.key} under {decisions.taxonomy.namespace}"
                screen.say(f"{about}: a ruling was not saved. {reason_of(error)}")
                return
            screen.show_unsaved(NOT_SAVED)
            if refused:
                screen.sides.show(screen.state.at(field))
            else:
                screen.tell(error)
            if is_by_content(error):
                screen.read_behind()

        stop = decisions.send(field, meant, saved, not_saved)
        self._forget_entered(field)
        screen.show_unsaved(SAVING)
        screen.sides.show(screen.state.to_open(1))
        return stop
