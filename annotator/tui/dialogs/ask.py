"""Ask for a line of words, such as a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input

from annotator.model.person import plain_name
from annotator.tui.actions import Place
from annotator.tui.cells import fit, inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Save, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Typed
from annotator.tui.widgets.line_list import LineList


class Line(Input):
    """A line of a dialog, taken with the key of the table."""

    BINDINGS = bindings_for("asking")

    async def action_accept(self) -> None:
        """Take what is written."""
        await self.action_submit()


class AskLine(Dialog[str]):
    """One line to write; dismisses with it."""

    PLACE: Place = "ask"

    def __init__(
        self,
        keys: Keys,
        title: str,
        placeholder: str = "",
        save: Save[str] | None = None,
        typed: Typed | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        """Take keys, question, what saves the words, what keeps them till then, and whether no words are an answer."""
        super().__init__(keys)
        self.save = save
        self.typed = typed
        self.question = title
        self.placeholder = placeholder
        self.may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield Words(self.question, id="title")
            yield Line((self.typed and self.typed.before) or "", placeholder=self.placeholder, compact=True)
            yield Hint(self.told("{accept} accept   {cancel} close"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed, in case the desk ends first."""
        if self.typed:
            self.typed.keep(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with the words once they are saved."""
        if event.value.strip() or self.may_be_empty:
            self.give(event.value.strip())
        else:
            self.hint_line.text = self.told("A reason is needed.   {cancel} close")


Known = Mapping[str, Sequence[str]]
"""Names that can be chosen, each with all it is found by."""


class KnownNames(LineList):
    """The known names that what is typed fits, one a line; before one is taken the cursor stands on none."""

    DEFAULT_CSS = "KnownNames { height: auto; max-height: 8; background: $surface; }"

    def __init__(self, known: Known) -> None:
        """Take the names."""
        super().__init__(self.draw, len(known))
        self.known = known
        self.fitting = list(known)
        self.can_focus = False
        self.set_reactive(LineList.cursor, -1)

    @property
    def taken(self) -> str:
        """The name at the cursor; empty where it stands on none."""
        return self.fitting[self.cursor] if 0 <= self.cursor < len(self.fitting) else ""

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a name, or before the first."""
        return max(-1, min(cursor, self.count - 1))

    def show(self, typed: str) -> None:
        """Show the names that what is typed stands in, however either is spelt."""
        sought = plain_name(typed)
        fits = (name for name, spellings in self.known.items() if any(sought in plain_name(e) for e in spellings))
        self.fitting = list(fits)
        self.count, self.cursor = len(self.fitting), -1
        self.display = bool(self.fitting)
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Choose with one click: there is nothing else to do with a name."""
        event.prevent_default()
        index = self.scroll_offset.y + event.y
        if index < self.count:
            self.post_message(self.Chosen(self, index))

    def draw(self, index: int, width: int) -> Strip:
        """Draw a name."""
        return Strip([Segment(fit(f" {inert(self.fitting[index])}", width))])


class AskName(Dialog[str]):
    """A name to work under; dismisses with it, or with None when nobody wants to say."""

    PLACE: Place = "name"
    BINDINGS = bindings_for("naming")
    line = getters.query_one(Line)
    names = getters.query_one(KnownNames)

    def __init__(
        self,
        keys: Keys,
        suggestion: str = "",
        trouble_here: Callable[[str], str] = lambda _: "",
        known: Known | None = None,
    ) -> None:
        """Take the keys, a name to offer, what else is wrong with a name at this database, and who is known there."""
        super().__init__(keys)
        self.suggestion = suggestion
        self.trouble_here = trouble_here
        self.known = known or {}
        self.written = suggestion
        """What was typed, while a known name stands in its place."""
        self.asked_about = ""
        """A new name about which it was asked whether it is meant."""

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        alone = self.told("{accept} accept   {cancel} only look around")
        among = self.told("{name_before}{name_after} known names   {accept} accept   {cancel} only look around")
        with Vertical(id="box"):
            yield Words("Who is classifying?", id="title")
            yield Words("Your answers are kept under this name; others work under theirs.")
            yield Words("Names are not proved: whoever has the file can be anybody.")
            yield Line(self.suggestion, placeholder="your name", compact=True)
            yield Words(id="trouble")
            if self.known:
                yield Words("Known here, or type a new name:")
            yield KnownNames(self.known)
            yield Hint(among if self.known else alone)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the known names that fit, unless one of them was just taken."""
        if event.value != self.names.taken:
            self.written = event.value
            self.names.show("" if event.value == self.suggestion else event.value)

    def action_name_after(self) -> None:
        """Put the next known name into the line."""
        self._take(self.names.cursor + 1)

    def action_name_before(self) -> None:
        """Put the known name before into the line, or what was typed."""
        self._take(self.names.cursor - 1)

    async def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Dismiss with the name that was clicked."""
        self._take(event.index)
        await self.line.action_submit()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with a name that will do, else say why not."""
        name = event.value.strip()
        trouble = self.trouble_here(name) if name else "A name is needed: every classification is kept under it."
        trouble = trouble or self._question_about(name)
        self.query_one("#trouble", Words).text = trouble
        if not trouble:
            self.dismiss(name)

    def _question_about(self, name: str) -> str:
        """Ask once whether a name is meant that is as good as a known one; nothing where there is nothing to ask."""
        here, known = plain_name(name), [plain_name(each) for every in self.known.values() for each in every]
        alike = [each for each in known if each.startswith(here) or here.startswith(each)]
        if not alike or here in known or name == self.asked_about:
            return ""
        self.asked_about = name
        return self.told("Nobody here is called {name}. {accept} again begins as somebody new.", name=inert(name))

    def _take(self, index: int) -> None:
        """Put a name into the line, to be typed over; or what was typed, to go on with."""
        self.names.cursor = index
        self.line.value = self.names.taken or self.written
        self.line.cursor_position = len(self.line.value)
        if self.names.taken:
            self.line.select_all()


class Confirm(Dialog[bool]):
    """A question with yes and no; closing it means no."""

    PLACE: Place = "confirm"
    BINDINGS = bindings_for("confirming")

    def __init__(self, keys: Keys, title: str, *lines: str) -> None:
        """Take the keys, the question and what there is to know about it, a line each."""
        super().__init__(keys)
        self.question = title
        self.lines = lines

    def compose(self) -> ComposeResult:
        """Lay the lines out."""
        with Vertical(id="box"):
            yield Words(self.question, id="title")
            for line in self.lines:
                yield Words(line)
            yield Words()
            yield Hint(self.told("{yes} yes   {no} no   {cancel} no"))

    def action_yes(self) -> None:
        """Dismiss with yes."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Dismiss with no."""
        self.dismiss(False)


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


USUAL = 64
"""Cells of a dialog's box, which is never wider than the screen."""
FRAME = 6
"""Cells beside an option: border, padding, and a space on both sides."""
LONGEST = 12
"""Lines of what there is to choose about; they and the options find room on the smallest screen."""


class Choose(Dialog[str]):
    """A list to choose from; dismisses with the id of the chosen option."""

    def __init__(self, keys: Keys, title: str, options: Sequence[Option], chosen: str = "") -> None:
        """Take the keys and the options; the cursor starts on `chosen`."""
        super().__init__(keys)
        self.question = title
        self.rows = OptionRows(options)
        self.start = next((index for index, option in enumerate(options) if option[0] == chosen), 0)

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(id="box"):
            yield Words(self.question, most=LONGEST, id="title")
            yield self.rows
            yield Hint(self.told("{choose_line} choose   {cancel} close"))

    def on_mount(self) -> None:
        """Start on the option chosen so far, with room for the longest."""
        longest = max((cell_len(inert(words)) for _, words in self.rows.options), default=0)
        self.query_one("#box").styles.width = max(USUAL, longest + FRAME)
        self.rows.cursor = self.start

    def ask_otherwise(self, title: str) -> None:
        """Say more about the same question."""
        self.question = title
        for words in self.query("#title").results(Words):
            words.text = title

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Dismiss with the option."""
        self.dismiss(self.rows.options[event.index][0])
