"""Ask why annotators differed, before a ruling is made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input

from annotator.model.person import CAUSES, Cause
from annotator.tui.actions import Place
from annotator.tui.cells import fit
from annotator.tui.dialogs.ask import Line
from annotator.tui.dialogs.dialog import Dialog, Hint, Save, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.review.meant import Because
from annotator.tui.review.words import CAUSE_WORDS, cause_in_words
from annotator.tui.saving import Typed
from annotator.tui.widgets.line_list import LineList


class Filled(NamedTuple):
    """What stands in the dialog, a line of it each."""

    cause: Cause
    note: str = ""
    sure: str = ""
    """In per cent, as it was typed."""

    @property
    def words(self) -> str:
        """What is kept until the ruling is saved."""
        return json.dumps(self)


def offered_by(because: Because) -> Filled:
    """What the dialog begins with when nothing was typed there before."""
    cause, note, confidence = because
    return Filled(cause, note, "" if confidence is None else f"{round(confidence * 100)}")


def filled_by(words: str, offered: Filled) -> Filled:
    """What was kept as words; those that an earlier version kept are a note alone."""
    with suppress(ValueError, TypeError):
        cause, note, sure = json.loads(words)
        if cause in CAUSES and isinstance(note, str) and isinstance(sure, str):
            return Filled(cause, note, sure)
    return offered._replace(note=words)


class CauseRows(LineList):
    """The causes, one a line; the cursor is on the one that holds."""

    DEFAULT_CSS = "CauseRows { height: 5; background: $surface; overflow-y: hidden; }"

    def __init__(self, cause: Cause, numbers: Sequence[str]) -> None:
        """Begin with a cause; `numbers` are the keys of each."""
        super().__init__(self.draw, len(CAUSES))
        self.numbers = numbers
        self.set_reactive(LineList.cursor, CAUSES.index(cause))

    def draw(self, index: int, width: int) -> Strip:
        """Draw the number, the name and the meaning of a cause."""
        cause = CAUSES[index]
        chosen = "•" if index == self.cursor else " "
        words = f"{index + 1} ({chosen}) {cause_in_words(cause):<18} {CAUSE_WORDS[cause]}"
        return Strip([Segment(fit(words, width))])

    def on_key(self, event: events.Key) -> None:
        """Take a cause by its number."""
        if event.key in self.numbers[: len(CAUSES)]:
            self.cursor = self.numbers.index(event.key)


class RulingDialog(Dialog[Because]):
    """Shows what would be ruled; asks for the cause, a note and how sure one is, and stays until the note is saved."""

    DEFAULT_CSS = """
    RulingDialog {
        & > #box { width: 76; }
        & #value { color: $success; text-style: bold; }
        & Input { margin: 0; }
    }
    """

    PLACE: Place = "because"
    BINDINGS = bindings_for("causes")

    def __init__(self, keys: Keys, field: str, value: str, before: Because, save: Save[Because], typed: Typed) -> None:
        """Take the field and the value in words, what to offer, what saves it, and what keeps it till then."""
        super().__init__(keys)
        self.words = field, value
        self.offered, kept = offered_by(before), typed.before
        self.before = self.offered if kept is None else filled_by(kept, self.offered)
        self.left_over = "" if kept is None else "You entered this before and did not save it."
        self.save = save
        self.typed = typed
        self.rows = CauseRows(self.before.cause, keys.of("choose_cause"))

    def compose(self) -> ComposeResult:
        """Lay the ruling, the causes, the note and the confidence out."""
        field, value = self.words
        _, note, sure = self.before
        with Vertical(id="box"):
            yield Words(f"Rule on {field}", id="title")
            yield Words(f"→ {value}", id="value")
            yield Words("Why did they differ?")
            yield self.rows
            yield Line(note, placeholder="note, for those who read it later", compact=True, id="note")
            yield Line(sure, placeholder="how sure, in %", compact=True, id="sure", restrict=r"[0-9]{0,3}")
            yield Words(self.left_over, id="trouble")
            self._hinted = self._hint
            yield Hint(self._hinted)

    def on_mount(self) -> None:
        """Begin with the causes."""
        self.rows.focus()

    def on_descendant_focus(self) -> None:
        """Name the keys that work here, unless something else is being told."""
        if self.hint_line.text == self._hinted:
            self._hinted = self.hint_line.text = self._hint

    def action_next_input(self) -> None:
        """Go on to the note, to how sure one is, and back to the causes."""
        self.focus_next()

    @property
    def _hint(self) -> str:
        """Which keys do what; another one rules in the causes than in a line to write in, if somebody moved one."""
        if isinstance(self.focused, Input):
            return self.told("{accept} rule   {next_input} next line   {cancel} don't")
        return self.told("{choose_line} rule   {choose_cause} cause   {next_input} note   {cancel} don't")

    @property
    def filled(self) -> Filled:
        """What stands in the dialog now."""
        note, sure = self.query_one("#note", Input).value, self.query_one("#sure", Input).value
        return Filled(CAUSES[self.rows.cursor], note, sure)

    def on_input_changed(self) -> None:
        """Keep what is typed, in case the desk ends first."""
        self._keep_words()

    def on_line_list_moved(self) -> None:
        """Keep the cause that is chosen with it."""
        self._keep_words()

    def _keep_words(self) -> None:
        """Keep all that stands here together: a note that came back beside another cause would mislead."""
        if self.typed is None:
            return
        if self.filled == self.offered:
            self.typed.forget()
        else:
            self.typed.keep(self.filled.words)

    def on_line_list_chosen(self) -> None:
        """Rule with the cause of the cursor."""
        self._keep()

    def on_input_submitted(self) -> None:
        """Rule with what was written."""
        self._keep()

    def _keep(self) -> None:
        cause, note, sure = self.filled
        if sure and int(sure) > 100:
            self.query_one("#trouble", Words).text = "How sure is a share of a hundred: 0 to 100, or nothing."
            return
        self.give(Because(cause, note.strip(), int(sure) / 100 if sure else None))
