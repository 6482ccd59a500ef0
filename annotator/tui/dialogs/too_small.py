"""Say that the terminal is too small, and go away when it has grown."""

from __future__ import annotations

from rich.segment import Segment
from textual.screen import ModalScreen
from textual.strip import Strip

from annotator.tui.cells import fit
from annotator.tui.keys import bindings_of
from annotator.tui.widgets.wrapping import HANGING, fold

LEAST_WIDTH = 60
LEAST_HEIGHT = 15


SAID = (
    (
        "This terminal is too small.",
        "It has {width} × {height} cells; the desk needs {least_width} × {least_height}.",
        "Make it larger: everything is where you left it.",
    ),
    ("Too small: the desk needs {least_width} × {least_height} cells.", "Everything is where you left it."),
    ("Too small: the desk needs {least_width} × {least_height} cells.",),
    ("{least_width} × {least_height} cells, please.",),
    ("Too small.",),
)
"""What to say, in sentences of lines of their own; what comes later needs less room."""


def notice(width: int, height: int) -> list[str]:
    """Say that a terminal of so many cells is too small, in lines that fit it, as far as anything does."""
    lines: list[str] = []
    for sentences in SAID:
        lines = []
        for sentence in sentences:
            words = sentence.format(width=width, height=height, least_width=LEAST_WIDTH, least_height=LEAST_HEIGHT)
            lines += [words[slice(*line)].rstrip(HANGING) for line in fold(words, width)]
        if len(lines) <= height:
            break
    return lines


def is_too_small(width: int, height: int) -> bool:
    """Whether the screens cannot be used at this size, in cells."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


class TooSmall(ModalScreen[None]):
    """Covers everything until the terminal has room again; nothing below receives keys."""

    BINDINGS = bindings_of("quit", "stop_waiting")
    DEFAULT_CSS = "TooSmall { background: $background; color: $foreground; }"

    def render_line(self, y: int) -> Strip:
        """Draw a line of the notice."""
        lines = notice(*self.app.size)
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(fit(text, self.size.width))]).apply_style(self.rich_style)
