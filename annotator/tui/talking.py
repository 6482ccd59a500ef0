"""From a screen to the comments on a subject, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.desk.place import NOWHERE, Place
from annotator.tui.saving import Typed, reason_of

if TYPE_CHECKING:
    from annotator.desk.comments import Thread
    from annotator.errors import AnnotatorError
    from annotator.store.team.comments import Comment
    from annotator.tui.dialogs.dialog import Save
    from annotator.tui.screen import DeskScreen

COMMENT = "comment"
"""The kind of a place whose words are to become a comment."""
NOT_OPENED = "The comments were not opened."


def open_thread(screen: DeskScreen[Any], key: str, taxonomy: str = "") -> None:
    """Show the comments on a subject over a screen; one can be about the work under a taxonomy, where one is open."""
    if screen.holds_keys:  # a click may come while another subject is awaited
        return
    screen.fetch(screen.desk, lambda desk: desk.comments.listed(key), partial(_show, screen, key, taxonomy), NOT_OPENED)


def _show(screen: DeskScreen[Any], key: str, taxonomy: str, found: Thread) -> None:
    from annotator.tui.dialogs.thread import About, ThreadDialog

    reader = screen.desk.annotator
    if any(reader in each.mentions for each in found.comments):  # lost, it costs nothing but a mark that stays
        screen.saving.put(lambda desk: desk.comments.mark_read(key), NOWHERE, lambda _: None, lambda _: None)
    typed = Typed(screen.saving.words, _place(key)) if reader else None
    dialog = ThreadDialog(screen.keys, About(key, taxonomy), found, reader, _saves(screen, key), typed)
    screen.app.push_screen(dialog, lambda _: screen.read_soon())


def _place(key: str) -> Place:
    return Place(key, "", "", COMMENT)


def _saves(screen: DeskScreen[Any], key: str) -> Save[tuple[str, str]]:
    """Save what is written in the dialog, and say so on the screen below."""

    def save(written: tuple[str, str], done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        def saved(now: Comment) -> None:
            done()
            named = f" Named: {', '.join(now.mentions)}." if now.mentions else ""
            screen.say(f"{now.subject}: commented.{named}")

        def not_saved(error: AnnotatorError | None) -> None:
            refused(reason_of(error))

        text, taxonomy = written
        ticket = screen.saving.put(lambda desk: desk.comments.write(key, text, taxonomy), _place(key), saved, not_saved)
        return partial(screen.saving.cancel, ticket)

    return save
