"""What is typed ahead of the screens: each key is carried out when all that the one before led to is done.

Textual hands a key to the widget that has the focus, and what no widget takes goes up to the app as a message,
where bindings are looked up. Keys in a burst would overtake each other on these ways: a choice before the tab that
was typed first, the first words of a note before the dialog they are for. So they wait here, in one line with
clicks and pastes, and a call goes behind every key: through the queue of each widget on its way, then once more
while anything is in those queues or the focus has moved. Messages keep their order, so where it finds nothing more,
everything the key led to has happened.

A screen that is about to show something else, such as the next subject once this one is submitted, lets keys wait
(`holds_keys`): they are meant for what it will show.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.events import Event, InputEvent, Key, MouseEvent, MouseMove, Paste
from textual.message import Message

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.widget import Widget

HandOut = Callable[[Event], Awaitable[None]]
"""Gives an event to the widget it is for."""


class KeysFree(Message):
    """Keys that waited for a screen may go on; those that were meant for something that did not come are dropped."""

    def __init__(self, dropped_for: str = "") -> None:
        """Take what did not come, as a sentence for the person; without, nothing is dropped."""
        super().__init__()
        self.dropped_for = dropped_for


def is_typed(event: Event) -> bool:
    """Whether an event comes from the keyboard or the mouse, and not from a widget that passed it on."""
    return isinstance(event, InputEvent | Paste) and not event.is_forwarded


def has_messages(pump: MessagePump) -> bool:
    """Whether a widget has messages to deal with; Textual looks at the next one before it is done with the last."""
    return bool(pump.message_queue_size) or pump._pending_message is not None


def text_of(event: Event) -> str:
    """The text that an event types; nothing for other keys, and the mouse."""
    if isinstance(event, Paste):
        return event.text
    return event.character or "" if isinstance(event, Key) and event.is_printable else ""


class TypeAhead:
    """Keys, clicks and pastes in their order. Belongs to the loop."""

    def __init__(
        self, app: App[Any], hand_out: HandOut, is_held: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        """Take whose keys they are, what gives one to its widget, whether they wait for a screen, and whom to tell.

        `changed` is called when keys have begun to wait, and when some have been carried out.
        """
        self._app = app
        self._hand_out = hand_out
        self._is_held = is_held
        self._changed = changed
        self._waiting: deque[Event] = deque()
        self._at_rest: tuple[Screen[Any], Widget | None] | None = None
        """Where nothing was going on any more; None while something may be."""
        self._is_looking = False
        """Whether a call is on its way behind the last key."""

    @property
    def is_done(self) -> bool:
        """Whether all that was typed has been carried out."""
        return not self._waiting and not self._is_looking

    @property
    def text(self) -> str:
        """What waits and is text: printable keys and pastes, in their order."""
        return "".join(map(text_of, self._waiting))

    async def take(self, event: Event, *, now: bool = False) -> None:
        """Hand an event out in its turn, or `now`: before what waits for a screen. A mouse points at what is seen."""
        if self._is_held() and (now or isinstance(event, MouseEvent)):
            await self._hand_out(event)
            return
        self._waiting.append(event)
        await self.go_on()

    async def go_on(self) -> None:
        """Hand out what may be handed out."""
        try:
            await self._hand_on()
        finally:
            self._changed()

    async def _hand_on(self) -> None:
        while self._waiting and not self._is_looking and not self._is_held():
            if self._at_rest != self._here():
                self._look()
                return
            event = self._waiting.popleft()
            try:
                await self._hand_out(event)
            finally:
                if not isinstance(event, MouseMove):
                    self._look()

    def drop(self) -> int:
        """Drop what waits; returns how many keys that were."""
        count = sum(isinstance(event, Key) for event in self._waiting)
        self._waiting.clear()
        return count

    def _here(self) -> tuple[Screen[Any], Widget | None]:
        return self._app.screen, self._app.focused

    def _way_up(self) -> list[MessagePump]:
        """From the widget that gets the keys up to the app."""
        screen, focused = self._here()
        return [*(focused or screen).ancestors_with_self]

    def _look(self) -> None:
        """Go behind all that is on its way, from where keys arrive up to the app."""
        self._is_looking, self._at_rest = True, None
        here = self._here()
        self._go_behind(self._way_up(), here)

    def _go_behind(self, way: list[MessagePump], here: tuple[Screen[Any], Widget | None]) -> None:
        """Pass through the queue of the first widget of a way; one that is going away has no queue any more."""
        step = partial(self._go_behind, way[1:], here) if len(way) > 1 else partial(self._arrive, here)
        if not way[0].call_later(step) and len(way) > 1:
            step()

    async def _arrive(self, here: tuple[Screen[Any], Widget | None]) -> None:
        self._is_looking = False
        if any(map(has_messages, self._way_up())):
            self._look()
            return
        self._at_rest = here
        await self.go_on()
