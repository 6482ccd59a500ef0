"""Say that the terminal is too small, and go away when it has grown."""

from __future__ import annotations

from rich.segment import Segment
from textual.screen import ModalScreen
from textual.strip import Strip

from annotator.tui.cells import fit
from annotator.tui.keys import bindings_of

LEAST_WIDTH = 60
LEAST_HEIGHT = 15


def is_too_small(width: int, height: int) -> bool:
    """Whether the screens cannot be used at this size, in cells."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


class TooSmall(ModalScreen[None]):
    """Covers everything until the terminal has room again; nothing below receives keys."""

    BINDINGS = bindings_of("quit", "stop_waiting")
    DEFAULT_CSS = "TooSmall { background: $background; color: $foreground; }"

    def render_line(self, y: int) -> Strip:
        """Draw the notice, as much of it as fits."""
        width, height = self.app.size
        lines = (
            "This terminal is too small.",
            f"It has {width} × {height} cells; the desk needs {LEAST_WIDTH} × {LEAST_HEIGHT}.",
            "Make it larger: everything is where you left it.",
        )
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(fit(text, self.size.width))]).apply_style(self.rich_style)
