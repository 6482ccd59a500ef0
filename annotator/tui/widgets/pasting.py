"""How much may be pasted at once, and in which shape it arrives.

An editor measures and folds what it holds at every key, so a text of any length would make
each key wait. What is too long is refused whole: a part of it would be a silent loss.
"""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input, TextArea

from annotator.errors import RequestError
from annotator.tui.cells import inert

LONGEST_LINE = 5_000
"""Characters in an editor of one line once something was pasted."""
LONGEST_TEXT = 20_000
"""The same in an editor of several lines."""


def pasted(text: str, into: Widget | None) -> str:
    """What arrives of a pasted text in the widget that has the focus; raises RequestError when it is too long.

    One line takes line ends as spaces, several lines take nothing that would not simply be drawn.
    """
    if isinstance(into, TextArea):
        arriving, longest = inert(text.replace("\r\n", "\n"), newlines=True), LONGEST_TEXT
        before = len(into.text) - len(into.selected_text)
    else:
        arriving, longest = " ".join(text.replace("\t", " ").splitlines()), LONGEST_LINE
        before = len(into.value) - len(into.selected_text) if isinstance(into, Input) else 0
    _refuse_too_long(len(arriving), before, longest)
    return arriving


def _refuse_too_long(arriving: int, before: int, longest: int) -> None:
    if arriving > longest:
        raise RequestError(
            f"Nothing was pasted: it has {arriving:,} characters, and at most {longest:,} fit here. "
            "Paste the part that matters."
        )
    if before + arriving > longest:
        raise RequestError(
            f"Nothing was pasted: with it there would be {before + arriving:,} characters here, and at most "
            f"{longest:,} fit. Shorten what is written, or paste the part that matters."
        )
