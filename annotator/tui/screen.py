"""The one base of the screens: they ask the desk, tell in passing, undo, and survive what a person can put right.

A failed message handler normally ends its screen's message loop. Screens and the app hand an
AnnotatorError to the app instead, whose `_handle_exception` is the one place that shows it, and
go on. Everything else crashes as loudly as ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.events import Mount
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer

from annotator.desk import Change, Desk, Queue
from annotator.desk.place import NOWHERE
from annotator.desk.place import Place as OnFile
from annotator.errors import AnnotatorError
from annotator.model.queue import QueueView
from annotator.tui.actions import Place
from annotator.tui.deeds import PUBLISHING, REDO, UNDO, WITHDRAWING
from annotator.tui.keys import Keys
from annotator.tui.saving import GIVEN_UP, Saving
from annotator.tui.typeahead import KeysFree
from annotator.tui.widgets.line_view import TextLine

if TYPE_CHECKING:
    from annotator.desk.writer import Ticket
    from annotator.tui.left_words import LeftWords


LEFT_OVER_FOR = 20.0
"""Seconds that words which were left over stay to be read."""
MARK_EVERY = 1.0
"""Seconds between a list's looks at what is not saved; what is in memory is compared."""
READ_AFTER = 0.05
"""Seconds after which a screen reads anew what edits changed that came to the file; many at once are read once."""
LOOK = "look"
"""The kind of a place that somebody looks at."""


class Looked(Message):
    """A queue has been looked up; the desk that shows it has to adopt it."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self.queue = queue


def look_up(desk: Desk, view: QueueView, is_unwanted: Callable[[], bool]) -> Queue:
    """Find all subjects of a view with a connection of its own; call it in any thread.

    Raises StoppedError once `is_unwanted`, and RequestError for a search too long to run.
    """
    with closing(desk.another()) as other:
        other.give_up_when(is_unwanted)
        queue = other.queue.open(view)
        queue.complete()
        return queue


Result = TypeVar("Result")
Found = TypeVar("Found")


async def surviving(pump: MessagePump, dispatch: Awaitable[None]) -> bool:
    """Handle a message; what is refused, by the system too, becomes words instead of the end of the message loop.

    Gives whether nothing was refused.
    What comes or is opened while the program ends, or is left again, gets no screen or widgets any more and need not
    find them.
    """
    try:
        await dispatch
    except (AnnotatorError, OSError) as error:
        pump.app._handle_exception(error)
        return False
    except (NoMatches, ScreenStackError):
        if not is_left(pump):
            raise
    return True


def is_left(node: MessagePump) -> bool:
    """Whether what looks for a widget on a screen comes too late, as the screen was closed: its widgets go first."""
    screens = node.app.screen_stack  # none before the first, and after the last
    return node.app._exit or not screens or (isinstance(node, Screen) and node not in screens)


class DeskScreen(Screen[Result], Generic[Result]):
    """A screen that asks the desk, edits through `saving`, and says what went wrong instead of dying of it."""

    PLACE: Place
    """Which part of the table of keys works here."""
    SAID_FOR: float | None = None
    """Seconds that what is told in passing stays on screen; None is as long as the app says."""

    desk: Desk
    keys: Keys
    saving: Saving
    LEAVE = ""
    """The action that goes back from here; its keys also end the wait for a look, and for publishing."""
    about: OnFile = NOWHERE
    """The classification that is shown, as far as one is."""
    awaited: Ticket[Desk, Any] | None = None
    """The edit on its way that leads somewhere else; keys are meant for what is there, and wait."""
    left_words: LeftWords | None = None
    """What offers words here of desks that ended meanwhile."""
    is_fetching = False
    """Whether something is being read that leads somewhere else; keys wait for that too."""
    _reading_soon: Timer | None = None
    _was_covered = False

    async def _dispatch_message(self, message: Message) -> None:
        is_done = await surviving(self, super()._dispatch_message(message))
        if not is_done and isinstance(message, Mount) and self.app.screen_stack[0] is not self:
            self.call_later(self._leave_unopened)

    def _leave_unopened(self) -> None:
        """Go back from what could not begin: it has nothing to show, and no key would find anything."""
        self.dismiss()

    def look_for_words(self) -> None:
        """Look for what other desks left meanwhile, where such words are offered."""
        if self.left_words:
            self.left_words.look()

    @property
    def taken_keys(self) -> frozenset[str]:
        """The characters that a field takes here before the actions whose keys they are."""
        return frozenset()

    def say(self, words: str) -> None:
        """Tell something in passing."""
        self.notify(words, timeout=self.SAID_FOR, markup=False)

    def unsay(self, words: str) -> None:
        """Take back what was told in passing, where it is on screen still."""
        for each in list(self.app._notifications):
            if each.message == words:
                self.app._unnotify(each)

    def told(self, sentence: str, **words: object) -> str:
        """Put the keys of actions into a sentence; other placeholders stand for `words`."""
        return self.keys.told(sentence, self.PLACE, **words)

    def action_undo(self) -> None:
        """Undo the latest change of this person, after all that is on its way."""
        self._put_turn(UNDO, lambda desk: desk.history.undo(), "There is nothing to undo.")

    def action_redo(self) -> None:
        """Redo what was undone last."""
        self._put_turn(REDO, lambda desk: desk.history.redo(), "There is nothing to redo.")

    def _put_turn(self, kind: str, work: Callable[[Desk], Change | None], otherwise: str) -> None:
        def show(change: Change | None) -> None:
            with self.arriving():
                if change is None:
                    self.say(otherwise)
                    self.show_saving()
                elif self.is_attached:
                    self.follow(change)
                else:
                    self.say(change.words)

        def not_turned(refusal: AnnotatorError | None) -> None:
            with self.arriving("Nothing was changed."):
                self.show_saving()
                self.tell(refusal)

        self.let_keys_wait_for(self.saving.put_deed(work, replace(self.about, kind=kind), show, not_turned))
        self.show_saving()

    def sign(self, before: str = "") -> None:
        """Say on the right of the head line who is here, behind some words, and what is on its way."""
        self.query_one("#where", TextLine).sign(self.desk.annotator, before, self._after_name)

    @property
    def _after_name(self) -> str:
        words = self.saving.words_on_the_way
        return f" · {words} " if words else " "

    def show_saving(self) -> None:
        """Say in the head line that something is on its way, or is not any more; elsewhere in other words too."""
        for where in self.query("#where").results(TextLine):
            where.sign_again(self._after_name)

    def on_screen_suspend(self) -> None:
        """Note that another screen covers this one, on which something may be put or come to the file."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Say on coming back what is on its way by now, and look for what other desks left."""
        if self._was_covered and self.is_mounted:
            self.show_pending()
        self.look_for_words()

    def show_pending(self) -> None:
        """Say whether anything is on its way, whichever screen it was put from."""
        if self.query("#where"):  # not while it is laid out or taken away
            self.show_saving()

    def follow_landing(self, found: object) -> None:
        """Show what an edit led to that has come to its end, from whichever screen it was put; it is None if refused.

        Nothing is asked of the file here, and nothing drawn on a screen that is covered: keys may be waiting behind.
        """

    def read_soon(self) -> None:
        """Read anew what is shown, in a moment and in a thread, because it changed in the file."""
        if self._reading_soon is None:
            self._reading_soon = self.set_timer(READ_AFTER, self._read_now)

    def _read_now(self) -> None:
        self._reading_soon = None
        if self.is_attached:
            self.read_landed()

    def read_landed(self) -> None:
        """Have a thread read what is listed; a screen that lists nothing reads nothing."""

    def tell_typed_ahead(self) -> None:
        """Say what was typed for the subject that is shown now and not carried out before the desk was closed."""
        for sentence in self.saving.take_typed_ahead(self.about.subject):
            self.notify(sentence, timeout=LEFT_OVER_FOR, markup=False)

    def let_keys_wait_for(self, ticket: Ticket[Desk, Any]) -> None:
        """Let keys wait for what an edit leads to; show that, or why it did not come, in `arriving`."""
        self.awaited = ticket

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait for what this screen is about to show."""
        return self.awaited is not None or self.is_fetching

    @property
    def awaited_at(self) -> OnFile:
        """What keys wait for: the classification it is about, and what is done to it."""
        place = self.awaited.place if self.awaited else self.about
        return place if place.subject else replace(self.about, kind=place.kind)

    def ends_its_wait_by_leaving(self) -> bool:
        """Whether keys wait for what the key that goes back from here gives up, such as to look at others' answers."""
        return self.awaited is not None and self.awaited.place.kind in {LOOK, PUBLISHING, WITHDRAWING}

    def stop_waiting(self) -> None:
        """Take back what keys wait for, unless it is saved by now."""
        if self.awaited is not None:
            self.saving.cancel(self.awaited)

    @contextmanager
    def arriving(self, dropped_for: str = "") -> Iterator[None]:
        """Show what keys waited for, then let them go on; or drop them because it did not come, as a sentence says."""
        self.awaited, self.is_fetching = None, False
        try:
            yield
        finally:
            self.app.post_message(KeysFree(dropped_for))

    def bring(
        self,
        work: Callable[[Desk], Found],
        show: Callable[[Found], None],
        otherwise: str,
        place: OnFile = NOWHERE,
        saving: Saving | None = None,
    ) -> None:
        """Have something looked up or written behind all that is on its way, then show it; keys wait for that.

        `otherwise` says, as a sentence, what did not happen should it be refused or somebody stop waiting for it.
        `saving` is another way to the file than the screen's own, such as that of another round.
        """
        came, did_not_come = partial(self._came, show), partial(self._did_not_come, otherwise)
        self.awaited = (saving or self.saving).put(work, place, came, did_not_come)

    def fetch(self, desk: Desk, read: Callable[[Desk], Found], show: Callable[[Found], None], otherwise: str) -> None:
        """Have something read in a thread, past all that is on its way, then show it; keys wait for that."""

        def fetch() -> None:
            try:
                with closing(desk.another()) as other:
                    call = partial(self._came, show, read(other))
            except AnnotatorError as error:
                call = partial(self._did_not_come, otherwise, error)
            self.call_later(call)

        self.is_fetching = True
        self.run_worker(fetch, group="fetching", thread=True)

    def _came(self, show: Callable[[Found], None], found: Found) -> None:
        with self.arriving():
            if self.is_attached:
                show(found)

    def _did_not_come(self, otherwise: str, refusal: AnnotatorError | None) -> None:
        with self.arriving(otherwise):
            self.tell(refusal)

    def follow(self, change: Change) -> None:
        """Show what was undone or redone; a screen that shows the subject goes to where it was."""
        self.say(f"{change.subject} {change.words}")

    def show_wait(self) -> None:
        """Say that another process holds the file, as long as it does."""
        self.show_pending()
        if self.saving.is_stalled:
            self.say(
                self.told(
                    "Another process is writing; what you do is saved as soon as it is done. "
                    "{stop_waiting} stops waiting."
                )
            )

    def tell(self, refusal: AnnotatorError | None) -> None:
        """Show why something was not saved."""
        if refusal is None:
            self.say(f"Not saved: {GIVEN_UP}.")
        else:
            self.app._handle_exception(refusal)
