"""Foreign text made safe to draw.

Whatever was read from outside goes through `inert` before it is drawn: what would move
the cursor, turn the writing direction or hide itself becomes one visible character. One
character stays one character, so positions in the stored text are positions on screen.
"""

from __future__ import annotations

import re

from annotator.errors import AnswerError

HIDDEN = "·"
"""Stands for a character that would take no room: zero-width, filler, tag, soft hyphen."""
SUSPECT = "�"
"""Stands for a character that would steer the terminal or turn the writing direction."""

_CONTROLS = "\x00-\x08\x0e-\x1f\x7f"
_BREAKS = "\t\n\x0b\x0c\r\x85\u2028\u2029"
_STEERING = "\x80-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb\ufffe\uffff"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_MARKS = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_FOREIGN = re.compile(f"[{_CONTROLS}{_BREAKS}{_STEERING}{_INVISIBLE}]|(?<={_MARKS * 4}){_MARKS}+")


def inert(text: str, newlines: bool = False) -> str:
    """Replace every character that would not simply be drawn, each by one that is.

    With `newlines`, line ends stay, all as line feeds; otherwise they become spaces, like tabs.
    """
    if text.isascii() and text.isprintable():
        return text
    return _FOREIGN.sub(_keep_lines if newlines else _one_line, text)


def escaped(json_text: str) -> str:
    """Write in a JSON text what could steer a terminal as escapes; it means the same."""
    if json_text.isascii() and "\x7f" not in json_text:
        return json_text
    return _STEERS_OR_DELETES.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def storable(text: str) -> str:
    """Refuse what no file can hold: half of a character's code, or a null; raises AnswerError."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise AnswerError("This text holds characters that are not text; type it again.")
    return text


def _one_line(found: re.Match[str]) -> str:
    piece = found[0]
    return " " if piece in _BREAKS else _visible(piece)


def _keep_lines(found: re.Match[str]) -> str:
    piece = found[0]
    if piece == "\t" or (piece == "\r" and found.string.startswith("\n", found.end())):
        return " "
    return "\n" if piece in _BREAKS else _visible(piece)


_VISIBLE_CONTROL = re.compile(f"[{_CONTROLS}]")
_STEERS = re.compile(f"[{_STEERING}]")
_STEERS_OR_DELETES = re.compile(f"[\x7f{_STEERING}]")


def _visible(piece: str) -> str:
    if _VISIBLE_CONTROL.match(piece):
        return "␡" if piece == "\x7f" else chr(0x2400 + ord(piece))
    return SUSPECT if _STEERS.match(piece) else HIDDEN * len(piece)
