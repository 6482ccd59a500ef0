"""Write a text of several lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.containers import Lines
from rich.text import Span, Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from annotator.tui.actions import Place
from annotator.tui.cells import inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Save, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Kept


class Paragraph(Text):
    """A line of the text, made fit and cut once for all the rows it is drawn in; Textual does it anew for each."""

    def __init__(self, cut: Cut) -> None:
        """Take what is known of the line."""
        super().__init__(end="", no_wrap=True)
        self.append_text(cut.line)
        self.cut = cut

    def set_length(self, new_length: int) -> None:
        """Fill up with spaces: for the cursor at the end."""
        self.append_text(Text(" " * (new_length - len(self))))

    def divide(self, offsets: Iterable[int]) -> Lines:
        """Cut at these places, unless it was just done for another row."""
        wanted = (len(self), [*self.spans], [*offsets])
        if self.cut.by != wanted:
            self.cut.by, self.cut.pieces = wanted, super().divide(wanted[2])
        return self.cut.pieces


@dataclass
class Cut:
    """A line as it can be drawn, and its pieces with how they were made: length, styles, places."""

    source: str = ""
    line: Text = field(default_factory=Text)
    by: tuple[int, list[Span], list[int]] | None = None
    pieces: Lines = field(default_factory=Lines)


class PlainArea(TextArea):
    """A text area for prose, where a paragraph may be long."""

    def __init__(self, text: str) -> None:
        """Take the text so far."""
        super().__init__(text, tab_behavior="focus", show_line_numbers=False, soft_wrap=True)
        self._cut = Cut()

    def get_line(self, line_index: int) -> Text:
        """One line of the text, to be drawn."""
        source = self.document.get_line(line_index)
        if source != self._cut.source:
            self._cut = Cut(source, Text(source))
        return Paragraph(self._cut)


class EditText(Dialog[str]):
    """An editor; dismisses with the text, and asks twice before it drops what was written."""

    DEFAULT_CSS = """
    EditText {
        & > #box { width: 100; height: 80%; max-height: 30; }
        & PlainArea { height: 1fr; border: none; padding: 0; }
    }
    """

    PLACE: Place = "editor"
    BINDINGS = bindings_for("keeping")

    def __init__(
        self, keys: Keys, title: str, text: str, save: Save[str] | None = None, typed: Kept | None = None
    ) -> None:
        """Take the keys, what is asked, the text so far, what saves another, and what keeps what is typed till then."""
        super().__init__(keys)
        self.save = save
        self.typed = typed
        self.question = title
        self.before = text
        self.shown = inert(text, newlines=True)
        self.was_warned = False

    def compose(self) -> ComposeResult:
        """Lay the editor out."""
        with Vertical(id="box"):
            yield Words(self.question, id="title")
            yield PlainArea(self.shown)
            yield Hint(self.told("{keep} keep   {cancel} close"))

    def on_text_area_changed(self) -> None:
        """Keep what is typed, in case the desk ends first."""
        text = self.query_one(PlainArea).text
        if self.typed and text != self.shown:
            self.typed.keep(text)

    def on_mount(self) -> None:
        """Begin at the end of the text."""
        area = self.query_one(PlainArea)
        left = self.typed.before if self.typed else None
        if left is not None:
            area.load_text(left)
            self.hint_line.text = self.told("You typed this before and did not save it.   {keep} keep   {cancel} close")
        area.move_cursor(area.document.end)

    def action_keep(self) -> None:
        """Dismiss with the text; what was not touched stays as it was, to the character."""
        text = self.query_one(PlainArea).text
        self.give(self.before if text == self.shown else text)

    def drop(self) -> None:
        """Close; a changed text is dropped only when asked a second time."""
        if self.query_one(PlainArea).text == self.shown or self.was_warned:
            self.close(None)
        self.was_warned = True
        self.hint_line.text = self.told("{keep} keeps what you wrote; {cancel} once more drops it")
