"""A line of two texts: the left one gives way, and they never run together."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from annotator.tui.widgets.line_view import TextLine


class OneLine(App[None]):
    """Shows one line."""

    def __init__(self, text: str, right: str) -> None:
        super().__init__()
        self.line = TextLine(text, right)

    def compose(self) -> ComposeResult:
        yield self.line


async def drawn(text: str, right: str, width: int) -> str:
    """The line as it is drawn in so many cells."""
    app = OneLine(text, right)
    async with app.run_test(size=(width, 1)):
        return app.line.render_line(0).text


@pytest.mark.parametrize(
    ("text", "right", "width", "line"),
    [
        ("none ruled", "1 of 23", 20, "none ruled   1 of 23"),
        ("none ruled", "1 of 23", 18, "none ruled 1 of 23"),
        ("none ruled", "1 of 23", 17, "none rul… 1 of 23"),
        ("none ruled ", "1 of 23", 18, "none ruled 1 of 23"),
        ("none ruled", "1 of 23", 12, "non… 1 of 23"),
        ("none ruled", " eva", 14, "none ruled eva"),
        ("none ruled", "", 10, "none ruled"),
        ("顔認証システム", "1 of 2", 20, "顔認証システ… 1 of 2"),
    ],
)
async def test_a_blank_stands_between_the_two_texts(text: str, right: str, width: int, line: str) -> None:
    assert await drawn(text, right, width) == line
