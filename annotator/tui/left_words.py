"""Words that desks left which ended while this one ran: found in a thread, and offered by the screen they belong to."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.desk.place import Place

if TYPE_CHECKING:
    from annotator.desk.unsaved.words import Left
    from annotator.tui.saving import Saving
    from annotator.tui.screen import DeskScreen

LOOK_EVERY = 5.0
"""Seconds between a list's looks at what others left; it asks whether two files and the marks of desks changed."""


class LeftWords:
    """Offers such words on one screen. Only what is shown next, so that nobody types over what they never saw."""

    def __init__(
        self,
        screen: DeskScreen[Any],
        is_shown: Callable[[Place], bool],
        show: Callable[[Set[Place]], None],
        is_ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Take the screen, which places it shows, what shows a change of these, and whether that is possible now."""
        self.screen = screen
        self.is_shown = is_shown
        self.show = show
        self.is_ready = is_ready

    def look(self) -> None:
        """Look in a thread for what was left, once what was left at the start has been read."""
        saving = self.screen.saving
        if self.screen.is_current and "words" in vars(saving):
            self.screen.run_worker(partial(self._look, saving), thread=True, group="left words")

    def _look(self, saving: Saving) -> None:
        if left := saving.words.look():
            self.screen.call_later(self._take, saving, left)

    def _take(self, saving: Saving, left: Left) -> None:
        """Offer what belongs here; what cannot be shown now is left for another look."""
        is_here = self.screen.is_current and saving is self.screen.saving and self.is_ready()
        if is_here and (changed := saving.words.take_over(left, self.is_shown)):
            self.show(changed)
