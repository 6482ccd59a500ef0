"""Errors a person can put right do not stop a screen: they become words on it.

A failed message handler normally ends its screen's message loop. Screens and the app
built on `Spoken` hand an AnnotatorError to the app instead, whose `_handle_exception` is
the one place that shows it, and go on. Everything else crashes as loudly as ever.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from annotator.errors import AnnotatorError
from annotator.tui.actions import Place

Result = TypeVar("Result")


class Spoken(MessagePump):
    """A message pump that survives an AnnotatorError."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except AnnotatorError as error:
            self.app._handle_exception(error)


class DeskScreen(Spoken, Screen[Result], Generic[Result]):
    """A screen that asks the session, and says what went wrong instead of dying of it."""

    PLACE: Place
    """Which part of the table of keys works here."""
    SAID_FOR: float | None = None
    """Seconds that what is told in passing stays on screen; None is as long as the app says."""

    def say(self, words: str) -> None:
        """Tell something in passing."""
        self.notify(words, timeout=self.SAID_FOR, markup=False)
