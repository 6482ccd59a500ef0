"""Read the comments on a subject, newest last, and write one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.desk.comments import Thread
from annotator.store.team.comments import Comment
from annotator.tui.actions import Place
from annotator.tui.cells import inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Save, Words
from annotator.tui.dialogs.edit_text import PlainArea
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Kept
from annotator.tui.widgets.line_view import LineView
from annotator.tui.widgets.wrapping import HANGING, fold
from annotator.tui.words import local_time

HEAD, WORDS, ASIDE = "head", "", "aside"
"""How a line of a thread is drawn: who wrote when, what they wrote, and what is told instead."""
INDENT = 2
NOTHING_YET = "Nobody has commented on this yet."


class ThreadLine(NamedTuple):
    """One line of a thread as it is drawn."""

    tone: str
    text: str


class About(NamedTuple):
    """What a comment is about that is written here."""

    subject: str
    taxonomy: str = ""
    """The one whose work it can be about instead; empty where there is none."""


def thread_lines(found: Sequence[Comment], reader: str, width: int) -> Iterator[ThreadLine]:
    """The lines of a thread in so many cells, each comment below who wrote it, when, and about which work."""
    for number, comment in enumerate(found):
        if number:
            yield ThreadLine(WORDS, "")
        under = f" · under {comment.taxonomy}" if comment.taxonomy else ""
        asks = " · @ you" if reader in comment.mentions else ""
        head = inert(f"{comment.annotator} · {local_time(comment.at)}{under}{asks}")
        yield from _folded(HEAD, head, width, 0)
        if comment.erased_by:
            yield from _folded(ASIDE, inert(f"erased by {comment.erased_by}: {comment.reason}"), width, INDENT)
        else:
            yield from _folded(WORDS, inert(comment.text, newlines=True), width, INDENT)
    if not found:
        yield from _folded(ASIDE, NOTHING_YET, width, 0)


def _folded(tone: str, text: str, width: int, indent: int) -> Iterator[ThreadLine]:
    for start, end in ((line.start, line.end) for line in fold(text, width - indent)):
        yield ThreadLine(tone, " " * indent + text[start:end].rstrip(HANGING))


class ThreadView(LineView):
    """The comments, folded to the width; the newest are in sight first."""

    COMPONENT_CLASSES = {"line--head", "line--aside"}
    DEFAULT_CSS = """
    ThreadView {
        height: 1fr;
        & > .line--head { color: $accent; }
        & > .line--aside { color: $text-muted; }
    }
    """

    def __init__(self, found: Sequence[Comment], reader: str) -> None:
        """Take the comments, and the name of who reads them."""
        super().__init__()
        self.found, self.reader = found, reader
        self._lines: list[ThreadLine] = []

    def on_resize(self) -> None:
        """Fold for the new width."""
        self._lines = list(thread_lines(self.found, self.reader, max(self.line_width, 20)))
        self.resize_to(len(self._lines))
        self.scroll_to(y=len(self._lines), animate=False, force=True)
        self.refresh()

    def turn(self, pages: int) -> None:
        """Go so many pages on, or back."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        number = self.top + y
        tone, text = self._lines[number] if number < len(self._lines) else ThreadLine(WORDS, "")
        strip = Strip([Segment(text, self.part_style(tone))]).adjust_cell_length(self.line_width)
        return strip.apply_style(self.own_style)


class ReplyArea(PlainArea):
    """Where a comment is written; the keys that page through the thread reach it from here."""

    BINDINGS = bindings_for("talking")

    def _dialog(self) -> ThreadDialog | None:
        return self.screen if isinstance(self.screen, ThreadDialog) else None

    def action_thread_up(self) -> None:
        """Go back in the thread."""
        if dialog := self._dialog():
            dialog.action_thread_up()

    def action_thread_down(self) -> None:
        """Read on in the thread."""
        if dialog := self._dialog():
            dialog.action_thread_down()

    def action_comment_about(self) -> None:
        """Comment on the work instead, or on the subject."""
        if dialog := self._dialog():
            dialog.action_comment_about()


class ThreadDialog(Dialog[tuple[str, str]]):
    """A thread over a place to write; dismisses with a comment that was written and the taxonomy it is about."""

    DEFAULT_CSS = """
    ThreadDialog {
        & > #box { width: 100; height: 92%; }
        & ReplyArea, & ReplyArea:focus { height: 5; border: none; border-top: solid $primary; padding: 0; }
        & #about { color: $text-muted; }
    }
    """

    PLACE: Place = "thread"
    BINDINGS = bindings_for("keeping", "talking")
    thread = getters.query_one(ThreadView)
    about_line = getters.query_one("#about", Words)

    def __init__(
        self,
        keys: Keys,
        about: About,
        found: Thread,
        reader: str,
        save: Save[tuple[str, str]] | None = None,
        typed: Kept | None = None,
    ) -> None:
        """Take the keys, what it is about, the comments, who reads them, and what saves and keeps another.

        Whoever did not say who they are reads, and writes nothing.
        """
        super().__init__(keys)
        self.about, self.found, self.reader = about, found, reader
        self.save, self.typed = save, typed
        self.is_about_work = False
        self.was_warned = False

    def compose(self) -> ComposeResult:
        """Lay the thread and the place to write out."""
        with Vertical(id="box"):
            yield Words(f"Comments on {self.about.subject}", id="title")
            yield ThreadView(self.found.comments, self.reader)
            if self.found.left_out:
                yield Words(self.found.left_out, id="left_out")
            if self.reader:
                yield ReplyArea("")
                yield Words(self._about_in_words(), id="about")
                yield Hint(self._hint)
            else:
                yield Hint(self.told("{thread_up} {thread_down} read   {cancel} close"))

    @property
    def _hint(self) -> str:
        return self.told("{keep} comment   {thread_up} {thread_down} read   {cancel} close   @name: who is meant")

    @property
    def _text(self) -> str:
        return self.query_one(ReplyArea).text if self.reader else ""

    def _about_in_words(self) -> str:
        if not self.about.taxonomy:
            return "On the subject."
        if self.is_about_work:
            return self.told(
                "On the work under {taxonomy}; {comment_about}: on the subject", taxonomy=self.about.taxonomy
            )
        return self.told("On the subject; {comment_about}: on the work under {taxonomy}", taxonomy=self.about.taxonomy)

    def on_mount(self) -> None:
        """Go on with what was typed before."""
        if not self.reader:
            self.thread.focus()
            return
        area = self.query_one(ReplyArea)
        left = self.typed.before if self.typed else None
        if left:
            area.load_text(left)
            self.hint_line.text = f"You typed this before and did not save it.   {self._hint}"
            area.move_cursor(area.document.end)
        area.focus()

    def on_text_area_changed(self) -> None:
        """Keep what is typed, in case the desk ends first."""
        if self.typed and (self._text or self.typed.before):
            self.typed.keep(self._text)

    def action_keep(self) -> None:
        """Write the comment; without words there is none."""
        if self._text.strip():
            self.give((self._text, self.about.taxonomy if self.is_about_work else ""))
        elif self.reader:
            self.hint_line.text = f"A comment has words.   {self._hint}"

    def action_comment_about(self) -> None:
        """Comment on the work instead, or on the subject."""
        if self.about.taxonomy and self.reader:
            self.is_about_work = not self.is_about_work
            self.about_line.text = self._about_in_words()

    def action_thread_down(self) -> None:
        """Read on in the thread."""
        self.thread.turn(1)

    def action_thread_up(self) -> None:
        """Go back in the thread."""
        self.thread.turn(-1)

    def drop(self) -> None:
        """Close; words are dropped only when asked a second time."""
        if not self._text.strip() or self.was_warned:
            self.close(None)
            return
        self.was_warned = True
        self.hint_line.text = self.told("{keep} writes the comment; {cancel} once more drops it")
