"""Find words, sentences and paragraphs around a place in a text. Pure; places are offsets."""

from __future__ import annotations

import re
from typing import NamedTuple

_HAN, _HIRAGANA, _KATAKANA = r"\u3400-\u4dbf\u4e00-\u9fff々", r"\u3041-\u309f", r"\u30a0-\u30ff"
_WORD = re.compile(
    rf"[{_HAN}]+|[{_HIRAGANA}]+|[{_KATAKANA}]+|[^\W{_HAN}{_HIRAGANA}{_KATAKANA}]+(?:['’\-][^\W{_HAN}]+)*"
)
_SENTENCE = re.compile(r"(?:[^.!?。！？]|[.!?](?![\s\"'”’)\]]|$))*(?:[.!?。！？]+[\"'”’)\]」』）]*|$)\s*")
_INK = re.compile(r"\S")
_REACH = 5_000
"""Characters looked at on each side, so that a text without any line end stays quick."""


class Extent(NamedTuple):
    """A stretch of text, from `start` up to, not including, `end`."""

    start: int
    end: int


def word_after(text: str, offset: int) -> int:
    """The end of the word at or after a place."""
    found = _WORD.search(text, offset)
    return found.end() if found else len(text)


def word_before(text: str, offset: int) -> int:
    """The start of the word at or before a place."""
    start = max(0, offset - _REACH)
    last = start
    for found in _WORD.finditer(text, start, offset):
        last = found.start()
    return last


def paragraph_at(text: str, offset: int) -> Extent:
    """The text between line ends around a place, without the spaces at either side."""
    start = text.rfind("\n", max(0, offset - _REACH), offset) + 1 or max(0, offset - _REACH)
    end = text.find("\n", offset, offset + _REACH)
    return _trimmed(text, start, min(len(text), offset + _REACH) if end < 0 else end)


def sentence_at(text: str, offset: int) -> Extent:
    """The sentence around a place, or the next one from a blank line on; without the spaces at either side."""
    offset = (
        next((found.start() for found in _INK.finditer(text, offset)), offset) if _is_blank(text, offset) else offset
    )
    around = paragraph_at(text, offset)
    for found in _SENTENCE.finditer(text, around.start, around.end):
        if found.start() <= offset < found.end() or found.end() == around.end:
            return _trimmed(text, found.start(), found.end())
    return around


def _is_blank(text: str, offset: int) -> bool:
    around = paragraph_at(text, offset)
    return around.start == around.end


def _trimmed(text: str, start: int, end: int) -> Extent:
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return Extent(start, end)
