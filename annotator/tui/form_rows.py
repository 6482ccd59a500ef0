"""The lines of the form as values: pieces of inert text, each with the name of a style. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rich.cells import cell_len

from annotator.tui.plain import clip
from annotator.tui.wrapping import HANGING, fold

Tone = Literal["", "open", "mark"]
"""`open` for a line of the focused field, `mark` for the line of the cursor."""


class Part(NamedTuple):
    """A piece of a line."""

    text: str
    style: str = ""
    option: str = ""
    """The choice it stands for, when a click on it takes that choice."""

    @property
    def cells(self) -> int:
        """Its width in cells."""
        return cell_len(self.text)


class Row(NamedTuple):
    """A line of the form."""

    kind: Literal["heading", "field", "choice", "choices", "text", "filter", "completion", "submit", "blank"]
    field: str = ""
    """The field it belongs to."""
    option: str = ""
    """The choice it stands for."""
    parts: tuple[Part, ...] = ()
    tone: Tone = ""

    @property
    def text(self) -> str:
        """What can be read on the line."""
        return "".join(part.text for part in self.parts)

    def option_at(self, cell: int) -> str:
        """The choice drawn at a cell, where several stand in one line."""
        for part in self.parts:
            if cell < part.cells:
                return part.option
            cell -= part.cells
        return ""


def parts_of(*parts: Part) -> tuple[Part, ...]:
    """The parts that have any text."""
    return tuple(part for part in parts if part.text)


def fitted(width: int, *parts: Part) -> tuple[Part, ...]:
    """Cut the last part so that all fit into a width; the others are small."""
    *first, last = parts
    room = width - sum(part.cells for part in first)
    return parts_of(*first, last._replace(text=clip(last.text, room)))


def told(
    kind: Literal["text", "submit"], field: str, text: str, style: str, width: int, indent: int, most: int = 3
) -> Iterator[Row]:
    """Fold inert text into at most so many lines."""
    lines = [text[line.start : line.end].rstrip(HANGING) for line in fold(text, width - indent)]
    if len(lines) > most:
        lines[most - 1 :] = [clip(lines[most - 1] + " …" + " " * width, width - indent)]
    for line in lines:
        yield Row(kind, field, parts=(Part(" " * indent), Part(line, style)), tone="open" if kind == "text" else "")
