"""What comes from the terminal: keys and pastes. A paste is text, whatever stands in it."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around a paste."""
ESCAPE, ITS_SIGN = "\x1b", "␛"
BURST = 256
"""Characters of text in one piece that nobody can have typed: a terminal that marks no pastes sends one."""
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
TEXT = re.compile(rf"[^{CONTROL}]{{{BURST}}}")
AFTER = re.compile(rf"\x1b\[(?:<|[IO]|200~)|^[{CONTROL}].{{0,7}}$")
"""What a burst ends before: reports of the mouse or the window, a marked paste, a key that comes by itself."""


class Pastes:
    """Takes the escapes out of pastes, of which Textual's parser would make keys: an answer nobody gave.

    Most terminals do that themselves; tmux does not.
    """

    def __init__(self) -> None:
        self.is_inside = False
        """Whether what came last is of a paste."""
        self._seen = ""
        """The beginning of what may become the next mark; within a paste it is held back until that is known."""

    def made_inert(self, text: str) -> str:
        """What is to be parsed of the next piece of what comes."""
        passed: list[str] = []
        for character in text:
            seen = self._seen + character
            if self.is_inside:
                passed += self._within(seen)
            else:
                passed += character
                self._seen = seen if BEGIN.startswith(seen) else ESCAPE if character == ESCAPE else ""
            if self._seen == (END if self.is_inside else BEGIN):
                self.is_inside, self._seen = not self.is_inside, ""
        return "".join(passed)

    def _within(self, seen: str) -> str:
        """What can be passed on of a paste."""
        if END.startswith(seen):
            self._seen = seen
            return seen if seen == END else ""
        self._seen = ESCAPE if seen.endswith(ESCAPE) else ""
        return seen.removesuffix(self._seen).replace(ESCAPE, ITS_SIGN)


class Bursts:
    """Marks as a paste what comes as fast as only a paste does, where the terminal does not.

    Each of its characters would be a key: a report pasted into the queue would do things, and 100,000 keys
    take minutes.
    """

    def __init__(self) -> None:
        self.is_on = False

    def marked(self, text: str) -> str:
        """What is to be parsed of the next piece that stands in no marked paste; empty when nothing came."""
        begin = ""
        if not self.is_on:
            if not TEXT.match(text):
                return text
            self.is_on, begin = True, BEGIN
        after = AFTER.search(text)
        pasted, rest = (text[: after.start()], text[after.start() :]) if after else (text, "")
        self.is_on = bool(text) and not after
        return begin + pasted.replace(ESCAPE, ITS_SIGN) + ("" if self.is_on else END) + rest


class TerminalInput:
    """Makes keys, mouse events and pastes of the bytes that a terminal sends."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._pastes = Pastes()
        self._bursts = Bursts()
        self._parser = XTermParser()

    def take(self, came: bytes) -> Iterator[Message]:
        """What the next piece brings, and what has waited long enough to be a key by itself; call it often."""
        is_marked, text = self._pastes.is_inside, self._pastes.made_inert(self._decode(came))
        if not is_marked and (text or not came):  # a piece may be no more than the beginning of a character
            text = self._bursts.marked(text)
        if text:  # nothing to parse would mean the end
            yield from self._parser.feed(text)
        yield from self._parser.tick()

    def end(self) -> None:
        """Take nothing more."""
        with suppress(ParseError):
            list(self._parser.feed(""))
