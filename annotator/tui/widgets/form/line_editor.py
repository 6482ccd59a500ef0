"""A line of text being written. Pure: every key makes a new value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annotator.tui.widgets.wrapping import clusters, word_after, word_before


@dataclass(frozen=True)
class LineEditor:
    """A text and the place in it where the next character goes."""

    text: str = ""
    cursor: int = 0

    @classmethod
    def at_end(cls, text: str) -> LineEditor:
        """Begin with a text and the cursor after it."""
        return cls(text, len(text))

    def insert(self, piece: str) -> LineEditor:
        """Write at the cursor; line ends become spaces."""
        piece = " ".join(piece.splitlines())
        return LineEditor(self.text[: self.cursor] + piece + self.text[self.cursor :], self.cursor + len(piece))

    def press(self, key: str) -> LineEditor | None:
        """Follow an editing key, by Textual's name of it; None when it is not one."""
        step = _STEPS.get(key)
        return step(self) if step else None

    def left(self) -> LineEditor:
        """Go back one character, as a reader counts them."""
        return replace(self, cursor=self._edge_before())

    def right(self) -> LineEditor:
        """Go on one character."""
        return replace(self, cursor=self._edge_after())

    def home(self) -> LineEditor:
        """Go to the start."""
        return replace(self, cursor=0)

    def end(self) -> LineEditor:
        """Go to the end."""
        return replace(self, cursor=len(self.text))

    def word_left(self) -> LineEditor:
        """Go to the start of the word before."""
        return replace(self, cursor=word_before(self.text, self.cursor))

    def word_right(self) -> LineEditor:
        """Go to the end of the next word."""
        return replace(self, cursor=word_after(self.text, self.cursor))

    def delete_left(self) -> LineEditor:
        """Take away the character before the cursor."""
        return self._without(self._edge_before(), self.cursor)

    def delete_right(self) -> LineEditor:
        """Take away the character after the cursor."""
        return self._without(self.cursor, self._edge_after())

    def delete_word(self) -> LineEditor:
        """Take away back to the start of the word."""
        return self._without(word_before(self.text, self.cursor), self.cursor)

    def delete_to_start(self) -> LineEditor:
        """Take away everything before the cursor."""
        return self._without(0, self.cursor)

    def delete_to_end(self) -> LineEditor:
        """Take away everything after the cursor."""
        return self._without(self.cursor, len(self.text))

    def _without(self, start: int, end: int) -> LineEditor:
        return LineEditor(self.text[:start] + self.text[end:], start)

    def _edge_before(self) -> int:
        return max((each.start for each in clusters(self.text) if each.start < self.cursor), default=0)

    def _edge_after(self) -> int:
        return min((each.end for each in clusters(self.text) if each.end > self.cursor), default=len(self.text))


_STEPS = {
    "left": LineEditor.left,
    "right": LineEditor.right,
    "home": LineEditor.home,
    "ctrl+a": LineEditor.home,
    "end": LineEditor.end,
    "ctrl+e": LineEditor.end,
    "ctrl+left": LineEditor.word_left,
    "ctrl+right": LineEditor.word_right,
    "backspace": LineEditor.delete_left,
    "delete": LineEditor.delete_right,
    "ctrl+w": LineEditor.delete_word,
    "ctrl+u": LineEditor.delete_to_start,
    "ctrl+k": LineEditor.delete_to_end,
}
