"""What was typed and not saved when desks were closed: told once at the queue, with the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from annotator.tui.deeds import is_deed
from annotator.tui.queue.rows import left_in_reviews_in_words, left_over_in_words
from annotator.tui.saving import Saving, is_of_review
from annotator.tui.screen import LEFT_OVER_FOR

if TYPE_CHECKING:
    from annotator.desk.place import Place
    from annotator.tui.queue.messages import ReadWords
    from annotator.tui.queue.screen import QueueScreen


class LeftOver:
    """The words that were left of whoever sits at a queue."""

    def __init__(self, screen: QueueScreen) -> None:
        """Take the queue, which marks the subjects."""
        self._screen = screen
        self.read: Saving | None = None
        """Whose words have been read."""
        self._named: set[Place] = set()
        """Where words were left that somebody was told of."""

    def take(self, event: ReadWords) -> None:
        """Mark the subjects that hold unsaved words, and say which they are."""
        saving = self._screen.saving
        if event.saving is not saving or self.read is saving:  # a name may be given while it is read
            return
        self.read, self._named = saving, set()
        saving.take_words(event.words)
        self.tell()

    def tell(self) -> None:
        """Say what was left by desks that have ended and was not told yet, and mark its subjects."""
        saving = self._screen.saving
        if undone := saving.take_left_undone():
            self._notify(undone)
        left = [words.place for words in saving.words.all() if saving.words.is_left_over(words)]
        typed = [place for place in left if place.subject and not is_deed(place) and place not in self._named]
        if typed:
            self._tell_where(typed)
        self._named.update(typed)
        self._screen.mark()

    def _tell_where(self, typed: list[Place]) -> None:
        """Say where somebody typed what was left, and the way to it: the form, or the review of a subject."""
        keys = self._screen.keys
        reviews = dict.fromkeys((place.subject, place.taxonomy) for place in typed if is_of_review(place))
        subjects = dict.fromkeys(place.subject for place in typed if not is_of_review(place))
        told = left_over_in_words(list(subjects), keys.shown("choose_line"))
        self._notify(filter(None, [told, left_in_reviews_in_words(list(reviews), keys)]))

    def _notify(self, sentences: Iterable[str]) -> None:
        self._screen.notify("\n".join(sentences), timeout=LEFT_OVER_FOR, markup=False)
