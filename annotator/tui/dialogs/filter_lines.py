"""The lines of the filter dialog, as values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from annotator.models.queue import QueueView
from annotator.tui.view_words import KINDS, STATUSES

Option = tuple[str, str]
"""Value of the setting, and its words."""


class FilterLine(NamedTuple):
    """One setting of the view with its options; without options its value is typed."""

    setting: str
    name: str
    value: str
    options: tuple[Option, ...] = ()

    @property
    def shown(self) -> str:
        """The value in words."""
        if not self.options:
            return f"[{self.value:<10}]  year, year-month or date"
        return f"‹ {dict(self.options).get(self.value, self.value)} ›"

    def turned(self, steps: int) -> FilterLine:
        """The same line with a neighbouring option."""
        if not self.options:
            return self
        values = [value for value, _ in self.options]
        at = values.index(self.value) if self.value in values else 0
        return self._replace(value=values[(at + steps) % len(values)])

    def typed(self, key: str, character: str) -> FilterLine:
        """The same line after a key; only dates take digits and hyphens."""
        if key == "delete":
            return self._replace(value="")
        if self.options:
            return self
        if key == "backspace":
            return self._replace(value=self.value[:-1])
        fits = (character.isascii() and character.isdigit()) or character == "-"
        return self._replace(value=self.value + character) if fits and len(self.value) < 10 else self


def filter_lines(view: QueueView, taxonomies: Sequence[str], annotators: Sequence[str]) -> list[FilterLine]:
    """The settings of a view, each with what there is to choose from."""
    named = {name: name for name in ("", *taxonomies)} | {"": "any"}
    people = {name: name for name in ("", *annotators)} | {"": "mine"}
    states = {status: status for status in ("", *STATUSES)} | {"": "any"}
    return [
        FilterLine("kind", "Kind", view.kind, tuple(KINDS.items())),
        FilterLine("taxonomy", "Taxonomy", view.taxonomy, tuple(named.items())),
        FilterLine("status", "Status", view.status, tuple(states.items())),
        FilterLine("annotator", "Whose work", view.annotator, tuple(people.items())),
        FilterLine("since", "From date", view.since),
        FilterLine("until", "Until date", view.until),
        FilterLine("flagged", "Flag", "1" if view.flagged else "", (("", "any"), ("1", "flagged only"))),
        FilterLine("assigned", "Assigned", "1" if view.assigned else "", (("", "any"), ("1", "still to do"))),
    ]


def trouble_with_date(text: str) -> str:
    """Say what is wrong with a partial date; nothing when it will do."""
    padded = text + "-01" * {4: 2, 7: 1}.get(len(text), 0)
    try:
        good = not text or bool(date.fromisoformat(padded) and len(padded) == 10)
    except ValueError:
        good = False
    return "" if good else f"{text} is not a date: write 2020, 2020-05 or 2020-05-17."
