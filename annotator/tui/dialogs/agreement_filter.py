"""Choose whose work is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical

from annotator.comparing.policy import read_policy
from annotator.comparing.scope import Scope
from annotator.errors import RequestError
from annotator.models.reserved import ADJUDICATED
from annotator.tui.agreement_words import STATE_WORDS, policy_text
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.dialogs.filter import FilterRows
from annotator.tui.dialogs.filter_lines import FilterLine, trouble_with_date
from annotator.tui.widgets.text_line import TextLine

ROUNDS = 9
"""Offered at least."""
WITH = "with:"
"""Begins the setting of a line about one annotator."""


class AgreementFilter(Dialog[Scope]):
    """Dismisses with the scope that was put together."""

    DEFAULT_CSS = "AgreementFilter FilterRows { max-height: 14; }"

    def __init__(self, scope: Scope, annotators: Sequence[str]) -> None:
        """Take the scope as it is, and who is there."""
        super().__init__()
        self.scope = scope
        self.people = [name for name in annotators if name != ADJUDICATED]
        self.rows = FilterRows(scope_lines(scope, self.people))

    def compose(self) -> ComposeResult:
        """Lay the filters out."""
        with Vertical(id="box"):
            yield TextLine("Compare only", id="title")
            yield self.rows
            yield TextLine(id="trouble")
            yield TextLine("←→ change   del any   enter compare   esc close", id="hint")

    def action_next_value(self) -> None:
        """Take the next value."""
        self.rows.turn(1)

    def action_value_before(self) -> None:
        """Take the value before."""
        self.rows.turn(-1)

    def on_line_list_chosen(self) -> None:
        """Dismiss with the scope, unless a date makes no sense or fewer than two annotators are left."""
        values = {line.setting: line.value for line in self.rows.lines}
        trouble = trouble_with_date(values["since"]) or trouble_with_date(values["until"])
        if not trouble:
            try:
                self.dismiss(scope_from(self.scope, values, self.people))
            except RequestError as error:
                trouble = str(error)
        self.query_one("#trouble", TextLine).text = trouble


def scope_lines(scope: Scope, people: Sequence[str]) -> list[FilterLine]:
    """The settings of a scope; every annotator has a line."""
    rounds = tuple((str(n), f"round {n}") for n in range(1, max(ROUNDS, scope.round) + 1))
    compared = (("", "compared"), ("out", "left out"))
    return [
        FilterLine("round", "Round", str(scope.round), rounds),
        FilterLine("states", "States count", policy_text(scope), tuple(STATE_WORDS.items())),
        FilterLine("drafts", "Drafts", "1" if scope.drafts else "", (("", "handed in only"), ("1", "drafts too"))),
        FilterLine("since", "From date", scope.since),
        FilterLine("until", "Until date", scope.until),
        *(
            FilterLine(WITH + name, name[:13], "out" if scope.annotators and name not in scope.annotators else "",
                       compared)
            for name in people
        ),
    ]  # fmt: skip


def scope_from(scope: Scope, values: dict[str, str], people: Sequence[str]) -> Scope:
    """The scope with these settings; raises RequestError when fewer than two annotators are left."""
    chosen = tuple(name for name in people if not values[WITH + name])
    if len(chosen) < 2 <= len(people):
        raise RequestError("Agreement needs two annotators: leave at least two in.")
    return replace(
        scope,
        round=int(values["round"] or 1),
        states=read_policy(values["states"]),
        drafts=bool(values["drafts"]),
        since=values["since"],
        until=values["until"],
        annotators=() if len(chosen) == len(people) else chosen,
    )
