"""A view of many lines that draws those in sight, keeps them drawn, and never lays the screen out again."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.cells import clip, fit, inert
from annotator.tui.widgets.wrapping import HANGING, fold

KEPT = 600
"""Drawn lines kept; a few screens full."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines that a subclass draws in `draw_line`; `resize_to` says how many there are."""

    DEFAULT_CSS = """
    LineView {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(id=id, classes=classes)
        self._drawn: LRUCache[Hashable, Strip] = LRUCache(KEPT)
        self._styles_drawn: dict[str, Style] = {}
        self.own_style = Style.null()
        """The style of the widget itself, of this painting; to look it up takes longer than to draw a line."""

    @property
    def line_width(self) -> int:
        """How wide a line is, in cells; the scroll bar stands beside it."""
        return self.scrollable_content_region.width

    @property
    def top(self) -> int:
        """The number of the first line in sight."""
        return int(self.scroll_offset.y)

    def resize_to(self, height: int) -> None:
        """Set the number of lines; only the scroll bar follows, because a new layout costs a frame."""
        if height != self.virtual_size.height:
            size = Size(1, height)
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def bring_into_view(self, start: int, end: int, cursor: int) -> None:
        """Scroll as little as needed to show lines `start` up to `end`, and the cursor in any case."""
        height, top = self.size.height, self.top
        if not height:
            return
        wanted = min(max(top, end - height), start)
        wanted = min(max(wanted, cursor - height + 1), cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def redraw_lines(self, numbers: list[int]) -> None:
        """Draw some lines again, if they are in sight."""
        height, width = self.size.height, max(self.line_width, 1)
        regions = [Region(0, number - self.top, width, 1) for number in numbers if 0 <= number - self.top < height]
        if regions:
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Look the style up once, then draw the lines."""
        self.own_style = self.rich_style
        return super().render_lines(crop)

    def part_style(self, name: str) -> Style:
        """The style of a component class of this widget, looked up once per theme."""
        style = self._styles_drawn.get(name)
        if style is None:
            style = self.get_component_rich_style(f"line--{name}", partial=True) if name else Style.null()
            self._styles_drawn[name] = style
        return style

    def kept(self, key: Hashable, draw: Callable[[], list[Segment]], tone: str) -> Strip:
        """Return the line drawn before for a key, else draw it in the style of a tone; as wide as the widget."""
        width = self.line_width
        strip = self._drawn.get((key, width))
        if strip is None:
            base = self.own_style + self.part_style(tone)
            strip = Strip(draw()).adjust_cell_length(width).apply_style(base)
            self._drawn[(key, width)] = strip
        return strip

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        self._drawn.clear()
        self._styles_drawn.clear()
        super().notify_style_update()


NOBODY = "nobody yet"
"""Stands where the name of who looks would."""
LEAST_OF_A_NAME = 16
"""Cells that a name on the right keeps before the text on the left gives way to it."""


class TextLine(Widget):
    """A text on the left and one on the right, a blank between them.

    A long name in the right one gives way, then the left one.
    """

    DEFAULT_CSS = "TextLine { height: 1; }"

    text: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def __init__(self, text: str = "", right: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        """Take both texts, as they come: foreign characters are made inert here."""
        super().__init__(id=id, classes=classes)
        self.set_reactive(TextLine.text, text)
        self.set_reactive(TextLine.right, right)
        self._signed = ("", "", "")

    def sign(self, annotator: str, before: str = "", after: str = "") -> None:
        """Say on the right who looks; a name is shortened before what stands around it, and what follows it last."""
        self._signed = (before, annotator or NOBODY, after)
        self.right = "".join(self._signed)

    def sign_again(self, after: str) -> None:
        """Say something else after the name, unless no name stands on the right now."""
        if self.right and self.right == "".join(self._signed):
            before, name, _ = self._signed
            self.sign(name, before, after)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        text = inert(self.text).rstrip() if y == 0 else ""
        gap = 1 if self.right and not self.right.startswith(" ") else 0
        right = self._right_within(width, cell_len(text) + gap) if y == 0 else ""
        room = width - cell_len(right)
        left = fit(clip(text, room - gap), room)
        return Strip([Segment(left + right)]).adjust_cell_length(width).apply_style(self.rich_style)

    def _right_within(self, width: int, left: int) -> str:
        """The right text beside a left one of so many cells."""
        room = max(0, width - 2)
        if "".join(self._signed) != self.right:
            return clip(inert(self.right), room)
        before, name, after = map(inert, self._signed)
        after = clip(after, room)
        room -= cell_len(after)
        around, wanted = cell_len(before), cell_len(name)
        beside_left = max(width - left - around - cell_len(after), LEAST_OF_A_NAME)
        name = clip(name, min(wanted, beside_left, max(room - around, 1)))
        return clip(before, room - cell_len(name)) + name + after


NARROW = 120
"""Cells; below, words often need a second line."""


class TextLines(Widget):
    """Folds foreign or own words between margins; what is beyond the last line ends in "…"."""

    DEFAULT_CSS = "TextLines { height: auto; }"

    text: reactive[str] = reactive("", layout=True)

    def __init__(
        self, text: str = "", *, least: int = 0, most: int = 3, margin: int = 1, id: str | None = None
    ) -> None:
        """Take the text as it comes, how many lines it has at least where it is narrow, and at most, and cells."""
        super().__init__(id=id)
        self.set_reactive(TextLines.text, text)
        self.least = least
        self.most = most
        self.margin = margin

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as are drawn."""
        del container, viewport
        return self.height_at(width)

    def height_at(self, width: int) -> int:
        """How many lines a width takes; what changes with every key keeps its height, so that nothing jumps."""
        return max(len(self._lines(width)), self.least if width < NARROW else min(self.least, 1))

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        lines, width = self._lines(self.size.width), self.size.width
        words = " " * self.margin + lines[y] if y < len(lines) else ""
        return Strip([Segment(fit(words, width))]).apply_style(self.rich_style)

    def _lines(self, width: int) -> list[str]:
        words = inert(self.text)
        if not words:
            return []
        spans = list(fold(words, width - 2 * self.margin))
        if len(spans) > self.most:
            last = words[spans[self.most - 1].start :]
            return [*(words[slice(*span)].rstrip(HANGING) for span in spans[: self.most - 1]), last]
        return [words[slice(*span)].rstrip(HANGING) for span in spans]
