"""Ask why annotators differed, before a ruling is made."""

from __future__ import annotations

from collections.abc import Sequence

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
        """Take the field and the value in words, what to offer, what saves it, and what keeps the note till then."""
        super().__init__(keys)
        self.words = field, value
        self.before = before if typed.before is None else before._replace(note=typed.before)
        self.save = save
        self.typed = typed
        self.rows = CauseRows(before.cause, keys.of("choose_cause"))

    def compose(self) -> ComposeResult:
        """Lay the ruling, the causes, the note and the confidence out."""
        field, value = self.words
        _, note, confidence = self.before
        sure = "" if confidence is None else f"{round(confidence * 100)}"
        with Vertical(id="box"):
            yield Words(f"Rule on {field}", id="title")
            yield Words(f"→ {value}", id="value")
            yield Words("Why did they differ?")
            yield self.rows
            yield Line(note, placeholder="note, for those who read it later", compact=True, id="note")
            yield Line(sure, placeholder="how sure, in %", compact=True, id="sure", restrict=r"[0-9]{0,3}")
            yield Words(id="trouble")
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

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the note as it is typed, in case the desk ends first."""
        if event.input.id == "note":
            self.typed.keep(event.value)

    def on_line_list_chosen(self) -> None:
        """Rule with the cause of the cursor."""
        self._keep()

    def on_input_submitted(self) -> None:
        """Rule with what was written."""
        self._keep()

    def close(self, answer: Because | None) -> None:
        """Close; the note is kept with the ruling, or thrown away."""
        self.typed.forget()
        super().close(answer)

    def _keep(self) -> None:
        typed = self.query_one("#sure", Input).value
        if typed and int(typed) > 100:
            self.query_one("#trouble", Words).text = "How sure is a share of a hundred: 0 to 100, or nothing."
            return
        note = self.query_one("#note", Input).value.strip()
        self.give(Because(CAUSES[self.rows.cursor], note, int(typed) / 100 if typed else None))
