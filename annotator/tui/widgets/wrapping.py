"""Fold text to a width in terminal cells, lazily, keeping the place of every character.

The text is inert, with line feeds. Lines are spans of it: together they hold every
character once. Spaces and line feeds at the end of a line hang over it and are not drawn.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from annotator.tui.cells import inert

HANGING = " \u3000\n"
"""What may stand past the end of a line without being drawn."""
NARROWEST = 2
"""Cells; a wide character cannot be drawn in less."""

_NARROW = re.compile(r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u0482\u2018-\u201d]*")
"""Texts of one cell per character, for which a regular expression can fold."""
_UNSPACED = r"\u2e80-\u2fff\u3001-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
_OPENERS = r"「『（〔【〈《［｛“‘"
_CLOSERS = r"、。，．・：；？！ー」』）〕】〉》］｝々”’…ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_TOKENS = re.compile(
    rf"[ \u3000]+|[{_OPENERS}]*(?:[{_UNSPACED}]|[^ \u3000{_UNSPACED}{_OPENERS}]+|[{_OPENERS}])[{_CLOSERS}]*"
)


class Line(NamedTuple):
    """One drawn line: the span of the source it stands for."""

    start: int
    end: int
    """After the last character, hanging spaces and line feed included."""


class Cluster(NamedTuple):
    """Characters that are drawn as one; a cursor stands before it or after it, never in it."""

    start: int
    end: int
    cells: int


def clusters(text: str) -> list[Cluster]:
    """Split into what a reader sees as single characters; flags of two letters stay whole."""
    found: list[Cluster] = []
    for span in split_graphemes(text)[0]:
        cluster = Cluster(*span)
        previous = found[-1] if found else None
        if previous and _is_half_flag(text, previous) and _is_half_flag(text, cluster):
            found[-1] = Cluster(previous.start, cluster.end, previous.cells + cluster.cells)
        else:
            found.append(cluster)
    return found


def fold(text: str, width: int) -> Iterator[Line]:
    """Yield the lines of a text, at least one; none is wider than the width, counted in cells."""
    width = max(width, NARROWEST)
    start = 0
    while (stop := text.find("\n", start)) >= 0:
        yield from _fold_paragraph(text, start, stop, stop + 1, width)
        start = stop + 1
    yield from _fold_paragraph(text, start, len(text), len(text), width)


class FoldedText:
    """The lines of a text, folded only as far as somebody has looked."""

    def __init__(self, text: str, width: int) -> None:
        """Take the text as it is drawn; nothing is folded yet."""
        self.text = text
        self.width = max(width, NARROWEST)
        self._starts = array("q")
        self._done = 0
        self._rest: Iterator[Line] | None = fold(text, width)

    @property
    def is_complete(self) -> bool:
        """Whether the whole text has been folded."""
        return self._rest is None

    @property
    def height(self) -> int:
        """Lines; exact when complete, else the lines known plus a guess from the text that is left."""
        left = len(self.text) - self._done
        return len(self._starts) + (0 if self.is_complete else max(1, left // self.width))

    def reach_line(self, number: int) -> None:
        """Fold until a line is known, or the text ends."""
        while len(self._starts) <= number and self._fold_one():
            pass

    def reach(self, offset: int) -> None:
        """Fold until the line with a character is known."""
        while self._done <= offset and self._fold_one():
            pass

    def line(self, number: int) -> Line | None:
        """Return a line by number, or None past the end."""
        self.reach_line(number + 1)
        if not 0 <= number < len(self._starts):
            return None
        after = number + 1
        return Line(self._starts[number], self._starts[after] if after < len(self._starts) else self._done)

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds a character; the end of the text is on the last."""
        self.reach(offset)
        return max(0, bisect_right(self._starts, offset) - 1)

    def last_line(self) -> int:
        """Fold everything and return the number of the last line."""
        while self._fold_one():
            pass
        return len(self._starts) - 1

    def _fold_one(self) -> bool:
        line = next(self._rest, None) if self._rest else None
        if line is None:
            self._rest = None
            return False
        self._starts.append(line.start)
        self._done = line.end
        return True


def _is_half_flag(text: str, cluster: Cluster) -> bool:
    return cluster.end - cluster.start == 1 and "\U0001f1e6" <= text[cluster.start] <= "\U0001f1ff"


def _fold_paragraph(text: str, start: int, stop: int, end: int, width: int) -> Iterator[Line]:
    """Yield the lines of text[start:stop]; the last one takes the line feed up to `end` along."""
    breaks: Iterator[int]
    if _NARROW.fullmatch(text, start, stop):
        breaks = (found.end() for found in _narrow_lines(width).finditer(text, start, stop))
    else:
        breaks = _wide_breaks(text, start, stop, width)
    before = start
    for place in breaks:
        if place >= stop:
            break
        yield Line(before, place)
        before = place
    yield Line(before, end)


@lru_cache(maxsize=64)
def _narrow_lines(width: int) -> re.Pattern[str]:
    """Match as many words as fit with the spaces after them, else the part of a word that fits."""
    return re.compile(rf".{{1,{width}}}(?= |\n|$) *|.{{1,{width}}}")


def _wide_breaks(text: str, start: int, stop: int, width: int) -> Iterator[int]:
    """Yield the places where a new line begins, for text whose characters differ in width."""
    used = 0
    for token in _TOKENS.finditer(text, start, stop):
        piece = token.group()
        cells = cell_len(piece)
        if piece[0] in " \u3000" or used + cells <= width:
            used += cells
            continue
        marks = _marks_before(piece)
        if marks == len(piece):
            continue
        if used:
            yield token.start() + marks
        used = cells
        if cells > width:
            cuts, used = _cuts(piece[marks:], width)
            yield from (token.start() + marks + cut for cut in cuts)


def _marks_before(piece: str) -> int:
    """How many characters at the start belong to the one before: accents and their like take no cell."""
    return next((place for place, character in enumerate(piece) if cell_len(character)), len(piece))


def _cuts(word: str, width: int) -> tuple[list[int], int]:
    """Cut a word that is wider than a line between its characters; also the cells of the last part."""
    cuts: list[int] = []
    used = 0
    for cluster in clusters(word):
        if used + cluster.cells > width and used:
            cuts.append(cluster.start)
            used = 0
        used += cluster.cells
    return cuts, used


class TextLayout:
    """Numbers lines from 0 at the title; folds only as far as somebody has looked."""

    def __init__(self, title: str, shown: str, width: int) -> None:
        """Take a title as it comes, a text that is inert, and cells per line."""
        self.shown = shown
        self.head = _title_lines(inert(title), width)
        self.folded = FoldedText(shown, width)

    @property
    def height(self) -> int:
        """Lines of title and text, as far as is known."""
        return len(self.head) + self.folded.height

    def line(self, number: int) -> Line | None:
        """The stretch of the text in a line; None in the title and past the end."""
        return self.folded.line(number - len(self.head)) if number >= len(self.head) else None

    def line_of(self, offset: int) -> int:
        """The number of the line a character is in."""
        return len(self.head) + self.folded.line_at(offset)

    def drawn(self, line: Line) -> str:
        """The characters of a line, without what hangs over its end."""
        return self.shown[line.start : line.end].rstrip(HANGING)

    def around(self, offset: int) -> Line:
        """The line a character is in."""
        return self.line(self.line_of(offset)) or Line(len(self.shown), len(self.shown))

    def column_of(self, offset: int) -> int:
        """Cells before a character in its line."""
        return sum(each.cells for each in clusters(self.shown[self.around(offset).start : offset]))

    def offset_at(self, number: int, column: int) -> int:
        """The character at a column of a line, else the last one of the line."""
        line = self.line(number)
        if line is None:
            return len(self.shown) if number >= len(self.head) else 0
        for cluster in clusters(self.shown[line.start : line.end]):
            column -= cluster.cells
            if column < 0:
                return line.start + cluster.start
        return self.end_of(line)

    def beside(self, offset: int, lines: int, column: int) -> int:
        """The character so many lines below or above, in a column."""
        return self.offset_at(max(len(self.head), self.line_of(offset) + lines), column)

    def end_of(self, line: Line) -> int:
        """The last place in a line where a cursor can stand."""
        if line.end == len(self.shown) and not self.shown.endswith("\n", line.start):
            return line.end
        return line.start + max((each.start for each in clusters(self.shown[line.start : line.end])), default=0)

    def before(self, offset: int) -> int:
        """The place one character to the left, as a reader counts them."""
        start = self.around(max(0, offset - 1)).start
        return start + max((each.start for each in clusters(self.shown[start:offset])), default=0)

    def after(self, offset: int) -> int:
        """The place one character to the right."""
        line = self.around(offset)
        first = next(iter(clusters(self.shown[offset : line.end])), None)
        return offset + first.end if first else len(self.shown)


def _title_lines(title: str, width: int) -> list[str]:
    if not title.strip():
        return []
    folded = FoldedText(title, width)
    lines = [folded.line(number) for number in range(folded.last_line() + 1)]
    return [*(title[line.start : line.end].rstrip(HANGING) for line in lines if line), ""]


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
