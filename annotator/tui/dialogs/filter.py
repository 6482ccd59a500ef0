"""Choose which subjects the queue shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.errors import RequestError
from annotator.model.queue import IMPORT, MODEL, PERSON, Makers, QueueView
from annotator.tui.actions import Place
from annotator.tui.cells import fit, inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.queue.rows import KINDS, STATUSES
from annotator.tui.widgets.line_list import LineList

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
        if self.options:
            return self
        if key == "backspace":
            return self._replace(value=self.value[:-1])
        fits = (character.isascii() and character.isdigit()) or character == "-"
        return self._replace(value=self.value + character) if fits and len(self.value) < 10 else self


def filter_lines(
    view: QueueView, taxonomies: Sequence[str], annotators: Sequence[str], makers: Makers
) -> list[FilterLine]:
    """The settings of a view, each with what there is to choose from."""
    named = {name: name for name in ("", *taxonomies)} | {"": "any"}
    people = {name: name for name in ("", *annotators)} | {"": "mine"}
    made = {f"={name}": name for name in makers.people} | {f"={name}": f"{name} (model)" for name in makers.models}
    made = {"": "any", PERSON: "people", MODEL: "models", IMPORT: "an import", **made}
    talk = "mentioned" if view.mentioned else "commented" if view.commented else ""
    states = {status: status for status in ("", *STATUSES)} | {"": "any"}
    return [
        FilterLine("kind", "Kind", view.kind, tuple(KINDS.items())),
        FilterLine("taxonomy", "Taxonomy", view.taxonomy, tuple(named.items())),
        FilterLine("status", "Status", view.status, tuple(states.items())),
        FilterLine("annotator", "Whose work", view.annotator, tuple(people.items())),
        FilterLine("made_by", "Classified by", view.made_by, tuple(made.items())),
        FilterLine("since", "From date", view.since),
        FilterLine("until", "Until date", view.until),
        FilterLine("flagged", "Flag", "1" if view.flagged else "", (("", "any"), ("1", "flagged only"))),
        FilterLine("stale", "Decision", "1" if view.stale else "", (("", "any"), ("1", "stale only"))),
        FilterLine("talk", "Comments", talk, (("", "any"), ("commented", "commented"), ("mentioned", "naming me"))),
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


Wanted = TypeVar("Wanted")
"""What a filter dialog puts together."""


class FilterRows(LineList):
    """One filter a line, with its value between arrows; dates are typed."""

    DEFAULT_CSS = "FilterRows { height: auto; max-height: 14; background: $surface; }"

    def __init__(self, lines: list[FilterLine]) -> None:
        """Take the filters with their values."""
        super().__init__(self.draw, len(lines))
        self.lines = lines

    def draw(self, index: int, width: int) -> Strip:
        """Draw name and value of a filter."""
        line = self.lines[index]
        return Strip([Segment(fit(f" {fit(line.name, 14)}{inert(line.shown)}", width))])

    def turn(self, steps: int) -> None:
        """Take the next value of the filter at the cursor, or one before."""
        self.lines[self.cursor] = self.lines[self.cursor].turned(steps)
        self.redraw()

    def take_off(self) -> None:
        """Take off the filter at the cursor."""
        self.lines[self.cursor] = self.lines[self.cursor]._replace(value="")
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """Type into a date."""
        line = self.lines[self.cursor]
        changed = line.typed(event.key, event.character or "")
        if changed != line:
            self.lines[self.cursor] = changed
            self.redraw()
            event.stop()


class LineFilter(Dialog[Wanted]):
    """A dialog of filter lines; dismisses with what is made of their values."""

    PLACE: Place = "filter"
    BINDINGS = bindings_for("turning")

    def __init__(
        self, keys: Keys, lines: list[FilterLine], title: str, verb: str, wanted: Callable[[dict[str, str]], Wanted]
    ) -> None:
        """Take the filters with their values, words for what choosing them does, and what makes a result of them.

        `wanted` gets the values by setting, and raises RequestError when they make no sense.
        """
        super().__init__(keys)
        self.rows = FilterRows(lines)
        self.words = title, verb
        self.wanted = wanted

    def compose(self) -> ComposeResult:
        """Lay the filters out."""
        title, verb = self.words
        with Vertical(id="box"):
            yield Words(title, id="title")
            yield self.rows
            yield Words(id="trouble")
            hint = self.told(
                "{value_before}{next_value} change   {any_value} any   {choose_line} {verb}   {cancel} close", verb=verb
            )
            yield Hint(hint)

    def action_next_value(self) -> None:
        """Take the next value."""
        self.rows.turn(1)

    def action_value_before(self) -> None:
        """Take the value before."""
        self.rows.turn(-1)

    def action_any_value(self) -> None:
        """Take the filter off."""
        self.rows.take_off()

    def on_line_list_chosen(self) -> None:
        """Dismiss with the result, unless a date or the values together make no sense."""
        values = {line.setting: line.value for line in self.rows.lines}
        trouble = trouble_with_date(values["since"]) or trouble_with_date(values["until"])
        if not trouble:
            try:
                self.dismiss(self.wanted(values))
            except RequestError as error:
                trouble = str(error)
        self.query_one("#trouble", Words).text = trouble


def queue_filter(
    keys: Keys, view: QueueView, taxonomies: Sequence[str], annotators: Sequence[str], makers: Makers
) -> LineFilter[QueueView]:
    """A dialog for a view as it is, with what there is to choose from."""

    def wanted(values: dict[str, str]) -> QueueView:
        talk = values.pop("talk")
        turned = {name: bool(values[name]) for name in ("flagged", "assigned", "stale")}
        return view.but(**values | turned | {name: talk == name for name in ("commented", "mentioned")})

    return LineFilter(keys, filter_lines(view, taxonomies, annotators, makers), "Show only", "show", wanted)
