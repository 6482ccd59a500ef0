"""Submitting, skipping, reopening, flags and history of a classification."""

from __future__ import annotations

from annotator.errors import AnswerError
from annotator.models.classification import Flag
from annotator.tui.dialogs.ask_line import AskLine
from annotator.tui.dialogs.choose import Choose
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.event_words import event_words
from annotator.tui.screens.tagging_edits import TaggingEdits
from annotator.tui.widgets.form import Form

NEW_FLAG = "*new*"


class TaggingStatus(TaggingEdits):
    """What is done with a classification as a whole; `go_on` comes from the class that walks the queue."""

    def go_on(self) -> None:
        """Go to the next subject that is not done."""
        raise NotImplementedError

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
        try:
            now = self.session.submit(self.key, self.namespace)
        except AnswerError as error:
            self.show_problems(error.problems)
            fields = [problem.field for problem in error.problems if problem.field in self.asked.by_id]
            if not fields:
                raise
            self.form.go_to(fields[0])
            self.form.focus()
            self._list_problems(fields, {problem.field: problem.message for problem in error.problems})
            return
        self.show_saved(now)
        self.go_on()

    def _list_problems(self, fields: list[str], messages: dict[str, str]) -> None:
        if len(fields) == 1:
            return
        names = [
            f"{self.asked.by_id[each].number or ''} {self.asked.by_id[each].name}: {messages[each]}" for each in fields
        ]

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.form.go_to(fields[wanted[1]])

        hint = "enter go to the field   esc go to the first"
        self.app.push_screen(LineDialog(f"Not submitted: {len(fields)} fields", names, hint=hint), follow)

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
        invalid = {problem.field for problem in self.session.problems(self.key, self.namespace)}
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

        def skip(reason: str | None) -> None:
            if reason:
                self.apply(lambda: self.session.skip(self.key, self.namespace, reason))
                self.go_on()

        self.app.push_screen(AskLine("Why is this skipped?", "such as: not about AI"), skip)

    def action_reopen(self) -> None:
        """Take a submitted or skipped classification back for editing."""
        if self.classification is None or self.classification.status in {"untouched", "draft"}:
            self.say("It is open already.")
            return

        def reopen(reason: str | None) -> None:
            if reason is not None:
                self.apply(lambda: self.session.reopen(self.key, self.namespace, reason))

        self.app.push_screen(AskLine("Why is it reopened?", "optional", may_be_empty=True), reopen)

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

        def follow(chosen: str | None) -> None:
            if chosen == NEW_FLAG:
                self._raise_flag()
            elif chosen:
                self.apply(lambda: self.session.resolve_flag(self.key, self.namespace, chosen))

        self.app.push_screen(Choose("Flags", options, flags[0].id), follow)

    def _flag_words(self, flag: Flag) -> str:
        field = self.asked.by_id.get(flag.field or "")
        about = f"{field.number or ''} {field.name}: ".lstrip() if field else ""
        return f"{about}{flag.reason} ({flag.raised_by})"

    def _raise_flag(self) -> None:
        field = self.field
        about = f"{field.number or ''} {field.name}".strip() if field else "this classification"

        def flag(reason: str | None) -> None:
            if reason:
                self.apply(lambda: self.session.raise_flag(self.key, self.namespace, reason, field.id if field else ""))

        self.app.push_screen(AskLine(f"What should others look at in {about}?"), flag)

    def action_history(self) -> None:
        """List who did what to this classification, and when."""
        events = self.session.history(self.key, self.namespace)
        lines = [event_words(event, self.asked.taxonomy) for event in reversed(events)] or ["Nothing has happened yet."]
        title = f"History of {self.key} under {self.namespace}"
        self.app.push_screen(LineDialog(title, lines, hint="newest first   esc close"), lambda _: None)
