"""Ask for a line of words, such as a reason."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input

from annotator.model.person import is_reserved
from annotator.tui.cells import fit, inert
from annotator.tui.dialogs.dialog import Dialog, Save
from annotator.tui.saving import Typed
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine


class AskLine(Dialog[str]):
    """One line to write; dismisses with it."""

    def __init__(
        self,
        title: str,
        placeholder: str = "",
        save: Save[str] | None = None,
        typed: Typed | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        """Take the question, what saves the words, what keeps them till then, and whether no words are an answer."""
        super().__init__()
        self.save = save
        self.typed = typed
        self.question = title
        self.placeholder = placeholder
        self.may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            yield Input((self.typed and self.typed.before) or "", placeholder=self.placeholder, compact=True)
            yield TextLine("enter accept   esc close", id="hint")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed, in case the desk ends first."""
        if self.typed:
            self.typed.keep(event.value)

    def close(self, answer: str | None) -> None:
        """Dismiss with the words; they are saved, or thrown away."""
        if self.typed:
            self.typed.forget()
        super().close(answer)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with the words once they are saved."""
        if event.value.strip() or self.may_be_empty:
            self.give(event.value.strip())
        else:
            self.hint_line.text = "A reason is needed.   esc close"


LONGEST = 80


def trouble_with(name: str) -> str:
    """Say what is wrong with a name; nothing when it will do."""
    if not name.strip():
        return "A name is needed: every classification is kept under it."
    if len(name.strip()) > LONGEST:
        return f"At most {LONGEST} characters, please."
    if inert(name) != name:
        return "Only characters that can be seen, please."
    if is_reserved(name):
        return "Adjudications are kept under that name; another one, please."
    return ""


class AskName(Dialog[str]):
    """A name to work under; dismisses with it, or with None when nobody wants to say."""

    def __init__(self, suggestion: str = "") -> None:
        """Take a name to offer."""
        super().__init__()
        self.suggestion = suggestion

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield TextLine("Who is classifying?", id="title")
            yield TextLine("Your answers are kept under this name; others work under theirs.")
            yield Input(self.suggestion, placeholder="your name", compact=True)
            yield TextLine(id="trouble")
            yield TextLine("enter accept   esc only look around", id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with a name that will do, else say why not."""
        trouble = trouble_with(event.value)
        self.query_one("#trouble", TextLine).text = trouble
        if not trouble:
            self.dismiss(event.value.strip())


class Confirm(Dialog[bool]):
    """A question with yes and no; closing it means no."""

    BINDINGS = [Binding("y,enter", "answer(True)", "Yes"), Binding("n", "answer(False)", "No")]

    def __init__(self, title: str, *lines: str) -> None:
        """Take the question and what there is to know about it, a line each."""
        super().__init__()
        self.question = title
        self.lines = lines

    def compose(self) -> ComposeResult:
        """Lay the lines out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            for line in self.lines:
                yield TextLine(line)
            yield TextLine()
            yield TextLine("y yes   n no   esc no", id="hint")

    def action_answer(self, yes: bool) -> None:
        """Dismiss with the answer."""
        self.dismiss(yes)


Option = tuple[str, str]
"""What is returned, and what is shown."""


class OptionRows(LineList):
    """The options, one a line."""

    DEFAULT_CSS = "OptionRows { height: auto; max-height: 12; background: $surface; }"

    def __init__(self, options: Sequence[Option]) -> None:
        """Take the options."""
        super().__init__(self.draw, len(options))
        self.options = options

    def draw(self, index: int, width: int) -> Strip:
        """Draw the words of an option."""
        return Strip([Segment(fit(f" {inert(self.options[index][1])}", width))])


class Choose(Dialog[str]):
    """A list to choose from; dismisses with the id of the chosen option."""

    def __init__(self, title: str, options: Sequence[Option], chosen: str = "") -> None:
        """Take the options; the cursor starts on `chosen`."""
        super().__init__()
        self.question = title
        self.rows = OptionRows(options)
        self.start = next((index for index, option in enumerate(options) if option[0] == chosen), 0)

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            yield self.rows
            yield TextLine("enter choose   esc close", id="hint")

    def on_mount(self) -> None:
        """Start on the option chosen so far."""
        self.rows.cursor = self.start

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Dismiss with the option."""
        self.dismiss(self.rows.options[event.index][0])
