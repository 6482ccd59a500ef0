"""What comes from the terminal: keys and pastes. A paste is text, whatever stands in it."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around a paste."""
ESCAPE, ITS_SIGN = "\x1b", "␛"


class Pastes:
    """Takes the escapes out of pastes, of which Textual's parser would make keys: an answer nobody gave.

    Most terminals do that themselves; tmux does not.
    """

    def __init__(self) -> None:
        self._is_inside = False
        self._seen = ""
        """The beginning of what may become the next mark; within a paste it is held back until that is known."""

    def made_inert(self, text: str) -> str:
        """What is to be parsed of the next piece of what comes."""
        passed: list[str] = []
        for character in text:
            seen = self._seen + character
            if self._is_inside:
                passed += self._within(seen)
            else:
                passed += character
                self._seen = seen if BEGIN.startswith(seen) else ESCAPE if character == ESCAPE else ""
            if self._seen == (END if self._is_inside else BEGIN):
                self._is_inside, self._seen = not self._is_inside, ""
        return "".join(passed)

    def _within(self, seen: str) -> str:
        """What can be passed on of a paste."""
        if END.startswith(seen):
            self._seen = seen
            return seen if seen == END else ""
        self._seen = ESCAPE if seen.endswith(ESCAPE) else ""
        return seen.removesuffix(self._seen).replace(ESCAPE, ITS_SIGN)


class TerminalInput:
    """Makes keys, mouse events and pastes of the bytes that a terminal sends."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._pastes = Pastes()
        self._parser = XTermParser()

    def take(self, came: bytes) -> Iterator[Message]:
        """What the next piece brings, and what has waited long enough to be a key by itself; call it often."""
        # A piece may be no more than the beginning of a character, and nothing to parse would mean the end.
        if text := self._pastes.made_inert(self._decode(came)):
            yield from self._parser.feed(text)
        yield from self._parser.tick()

    def end(self) -> None:
        """Take nothing more."""
        with suppress(ParseError):
            list(self._parser.feed(""))
