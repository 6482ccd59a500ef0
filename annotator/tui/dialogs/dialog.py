"""What all dialogs share: a box in the middle, a title, and keys from the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import getters
from textual.message import Message
from textual.screen import ModalScreen

from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Kept
from annotator.tui.typeahead import KeysFree
from annotator.tui.widgets.line_view import TextLines

Answer = TypeVar("Answer")
Save = Callable[[Answer, Callable[[], None], Callable[[str], None]], Callable[[], None]]
"""Begins to save what a dialog was given, and tells when that is done or why it is refused; returns what takes it
back while it waits for the file."""
SAVING = "saving …"


def nothing() -> None:
    """Take nothing back: what was given did not have to wait."""


class Hint(TextLines):
    """What the keys do here, or why something was refused: as many lines as that takes."""

    def __init__(self, text: str) -> None:
        """Take what the keys do."""
        super().__init__(text, most=5, margin=0, id="hint")


class Words(TextLines):
    """A title, a sentence or what is wrong: a line, and more where that is not enough."""

    def __init__(self, text: str = "", *, most: int = 5, id: str | None = None) -> None:
        """Take the words, or nothing for an empty line, and how many lines they may take."""
        super().__init__(text, least=1, most=most, margin=0, id=id)


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """Asks one thing; dismisses with the answer, or with None when it is closed."""

    PLACE: Place = "dialog"
    """Which part of the table of keys works here."""
    hint_line = getters.query_one("#hint", TextLines)
    BINDINGS = bindings_for("dialog", "everywhere")
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > #box {
            width: 64;
            max-width: 96%;
            height: auto;
            max-height: 96%;
            padding: 0 1;
            border: round $primary;
            background: $surface;
        }
        & #title { color: $primary; text-style: bold; }
        & #hint { color: $text-muted; }
    }
    """

    class Saves(Message):
        """An answer is on its way to the file, which another process may hold already."""

    save: Save[Answer] | None = None
    """What the answer must pass before the dialog closes; without, it closes at once."""
    typed: Kept | None = None
    """What keeps what is typed until the dialog closes."""
    _stop_saving: Callable[[], None] | None = None
    _offered = ""
    """What the keys do, to be said again after a refusal."""

    def __init__(self, keys: Keys) -> None:
        """Take the keys as configured, which the hints name."""
        super().__init__()
        self.keys = keys

    @property
    def taken_keys(self) -> frozenset[str]:
        """The characters that a field takes here before the actions whose keys they are."""
        return frozenset()

    def told(self, sentence: str, **words: object) -> str:
        """Put the keys of actions into a sentence; other placeholders stand for `words`."""
        return self.keys.told(sentence, self.PLACE, **words)

    def give(self, answer: Answer) -> None:
        """Close with the answer, once it is saved; a refusal is told below, and all that was typed stays."""
        if self._stop_saving:
            return
        if self.save is None:
            self.close(answer)
            return

        def saved() -> None:
            self.close(answer)
            self.app.post_message(KeysFree())

        self._offered = self._offered or self.hint_line.text
        self.hint_line.text = SAVING
        self._stop_saving = nothing
        self._begin_saving(self.save(answer, saved, self._refuse))

    def _begin_saving(self, stop: Callable[[], None]) -> None:
        """Note what takes back what is on its way, unless it was refused at once."""
        if self._stop_saving:
            self._stop_saving = stop
            self.post_message(self.Saves())

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait, because they are meant for the screen below as soon as this is saved."""
        return self._stop_saving is not None

    def show_wait(self, is_stalled: bool) -> None:
        """Say how to stop waiting for another process; before that shows, keys are for the screen below."""
        if self._stop_saving:
            waiting = self.told("waiting to save …   {cancel} stop waiting")
            self.hint_line.text = waiting if is_stalled else SAVING

    def stop_waiting(self) -> None:
        """Take back what is on its way, unless it is saved by now."""
        if self._stop_saving:
            self._stop_saving()

    def _refuse(self, reason: str) -> None:
        self._stop_saving = None
        self.hint_line.text = f"Not saved: {reason}   {self._offered}"
        self.app.post_message(KeysFree("This was not saved."))

    def close(self, answer: Answer | None) -> None:
        """Close; what was typed is saved, or thrown away."""
        if self.typed:
            self.typed.forget()
            self.typed = None  # a change of before may still be told
        self.dismiss(answer)

    def action_cancel(self) -> None:
        """Stop waiting for the file, else close without an answer."""
        if self._stop_saving:
            self.stop_waiting()
        else:
            self.drop()

    def drop(self) -> None:
        """Close without an answer."""
        self.close(None)
