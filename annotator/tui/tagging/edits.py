"""What is done with a classification beside answering: notes, skipping, reopening, flags, and its history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from annotator.desk import Desk
from annotator.desk.conflicts.conflicting import is_at
from annotator.desk.exchange.documents import file_of
from annotator.errors import AnnotatorError
from annotator.model.classification import Classification, Flag
from annotator.model.place import STATUS
from annotator.tui.deeds import REOPENING, RESOLVING, SKIPPING, UNDONE
from annotator.tui.dialogs.ask import AskLine, Choose
from annotator.tui.dialogs.dialog import Dialog, Save
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.saving import Typed
from annotator.tui.tagging.answers import reason_in
from annotator.tui.words import event_words

if TYPE_CHECKING:
    from annotator.tui.tagging.screen import TaggingScreen

OPEN = frozenset({"untouched", "draft"})
"""How a classification stands that need not be reopened."""
NEW_FLAG = "*new*"
"""Stands for a flag to be raised among those that are open."""


class Edits:
    """Asks in dialogs, which stay open until what was typed is saved."""

    def __init__(self, screen: TaggingScreen) -> None:
        """Take the screen of the classification."""
        self.screen = screen
        self.saving = screen.saving
        self.keys = screen.keys
        self.answers = screen.answers
        self.is_refused = False
        """Whether what was typed in the dialog that is open was refused."""

    def note(self) -> None:
        """Write a note about the classification."""
        before = self.screen.classification.notes if self.screen.classification else ""
        key, namespace = self.screen.key, self.screen.namespace
        save = self._saves("note", lambda desk, text: desk.tagging.note(key, namespace, text))
        self._open(EditText(self.keys, "Note, kept with the classification", before, save, self.typed("note")))

    def skip(self) -> None:
        """Skip the subject under this taxonomy, with a reason."""
        self.answers.flush()
        key, namespace = self.screen.key, self.screen.namespace
        save = self._saves(SKIPPING, lambda desk, reason: desk.tagging.skip(key, namespace, reason), self.screen.go_on)
        self._open(AskLine(self.keys, "Why is this skipped?", "such as: not about AI", save, self.typed(SKIPPING)))

    def reopen(self) -> None:
        """Take a submitted or skipped classification back for editing."""
        key, namespace, shown = self.screen.key, self.screen.namespace, self.screen.classification
        is_open = shown is None or (shown.status in OPEN and self._status() in OPEN)  # it may be handed in elsewhere
        if is_open and not (shown and is_at(shown, STATUS)):
            self.screen.say("It is open already.")
            return

        then = self.answers.offer_refused
        save = self._saves(REOPENING, lambda desk, reason: desk.tagging.reopen(key, namespace, reason), then)
        typed = self.typed(REOPENING)
        self._open(AskLine(self.keys, "Why is it reopened?", "optional", save, typed, may_be_empty=True))

    def _status(self) -> str:
        """How the classification stands in the file."""
        return self.screen.desk.tagging.status(self.screen.key, self.screen.namespace)

    def flag(self) -> None:
        """Raise a flag, or resolve one that is open."""
        now = self.screen.classification
        flags = [flag for flag in now.flags if not flag.resolved_at] if now else []
        if not flags:
            self._raise_flag()
            return
        options = [
            (NEW_FLAG, "raise another flag"),
            *((flag.id, f"resolve: {self._flag_words(flag)}") for flag in flags),
        ]

        key, namespace = self.screen.key, self.screen.namespace

        def follow(chosen: str | None) -> None:
            if chosen == NEW_FLAG:
                self._raise_flag()
            elif chosen:
                self.apply(RESOLVING, lambda desk: desk.tagging.resolve_flag(key, namespace, chosen))

        self.screen.app.push_screen(Choose(self.keys, "Flags", options, flags[0].id), follow)

    def _flag_words(self, flag: Flag) -> str:
        field = self.screen.asked.by_id.get(flag.field or "")
        about = f"{field.number or ''} {field.name}: ".lstrip() if field else ""
        return f"{about}{flag.reason} ({flag.raised_by})"

    def _raise_flag(self) -> None:
        field = self.screen.field
        about = f"{field.number or ''} {field.name}".strip() if field else "this classification"

        key, namespace, field_id = self.screen.key, self.screen.namespace, field.id if field else ""
        save = self._saves("flag", lambda desk, reason: desk.tagging.raise_flag(key, namespace, reason, field_id))
        typed = self.typed("flag", field_id)
        self._open(AskLine(self.keys, f"What should others look at in {about}?", "", save, typed))

    def list_history(self) -> None:
        """List who did what to this classification, and when."""
        taxonomy = self.screen.asked.taxonomy
        events = self.screen.desk.history.of(self.screen.key, self.screen.namespace)
        project = self.screen.desk.project
        known = {each.id: each for each in events}
        lines = [event_words(each, taxonomy, file_of(project, each), known) for each in reversed(events)]
        lines = lines or ["Nothing has happened yet."]
        title = f"History of {self.screen.key} under {self.screen.namespace}"
        self.screen.app.push_screen(
            LineDialog(self.keys, title, lines, hint=self.screen.told("newest first   {cancel} close")), lambda _: None
        )

    def _open(self, dialog: Dialog[str]) -> None:
        """Open a dialog; with it goes what was refused in it."""
        self.screen.app.push_screen(dialog, lambda _: self._set_refused(False))

    def _set_refused(self, is_refused: bool) -> None:
        self.is_refused = is_refused
        self.screen.show_saving()

    def typed(self, kind: str, field_id: str = "") -> Typed:
        """Where what is typed in a dialog about this classification is kept until it is saved."""
        return Typed(self.saving.words, self.answers.place_of(field_id, kind))

    def _saves(
        self, kind: str, edit: Callable[[Desk, str], Classification], then: Callable[[], object] | None = None
    ) -> Save[str]:
        """Save what is typed in a dialog as an edit of this classification, and show what is stored then."""
        place = self.answers.place_of("", kind)

        def save(words: str, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
            def saved(now: Classification) -> None:
                done()
                self.screen.show_edit(place, now)
                if then and self.answers.is_open(place):
                    then()

            def not_saved(error: AnnotatorError | None) -> None:
                self._set_refused(True)
                self.answers.follow_refusal(place, error)
                refused(reason_in(error))

            put = self.saving.put_deed if kind in UNDONE else self.saving.put
            ticket = put(lambda desk: edit(desk, words), place, saved, not_saved)
            self._set_refused(False)
            return partial(self.saving.cancel, ticket)

        return save

    def apply(self, kind: str, edit: Callable[[Desk], Classification]) -> None:
        """Make an edit that is not an answer, and show what is stored then."""
        place = self.answers.place_of("", kind)

        def not_saved(error: AnnotatorError | None) -> None:
            self.screen.show_saving()
            self.answers.follow_refusal(place, error)
            self.screen.tell(error)

        self.saving.put_deed(edit, place, partial(self.screen.show_edit, place), not_saved)
        self.screen.show_saving()
