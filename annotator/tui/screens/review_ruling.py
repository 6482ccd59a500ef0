"""Ruling: adopt somebody's answer, join all, take the majority, or rule any other value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import events

from annotator.errors import AnswerError
from annotator.models.classification import Answer, Classification
from annotator.models.reserved import Cause
from annotator.models.review import Comparison
from annotator.models.taxonomy import Field
from annotator.session import resolving
from annotator.tui.dialogs.ruling import Because, RulingDialog
from annotator.tui.disputed_words import counted, named, numbered
from annotator.tui.review_opened import answers_by_position
from annotator.tui.review_state import AGREED
from annotator.tui.ruling_words import said
from annotator.tui.screens.review_desk import ReviewDesk

Rule = Callable[[Cause, str, float | None], Classification]
"""Makes the ruling."""


class ReviewRuling(ReviewDesk):
    """Every ruling asks for its cause, is saved at once, and leads to the next open field."""

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
        from annotator.tui.dialogs.choose import Choose

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
        from annotator.tui.screens.own_value import OwnValueScreen

        if self.state.focus == AGREED:
            self.action_unfold_agreed()
            return
        compared, about = self._to_rule(), self.field
        if compared is None or about is None:
            return
        before = compared.ruling.answer if compared.ruling else None
        form = OwnValueScreen(self.session, self.keys, self.key, self.namespace, about.id, before, self.page)

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
        """The focused field, when it can be ruled on; raises AnswerError in the session's words when it cannot."""
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
        manner = self.session.manner

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
