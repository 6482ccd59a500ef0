"""Choose whose work is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotator.comparing.policy import read_policy
from annotator.comparing.scope import Scope
from annotator.errors import RequestError
from annotator.models.reserved import ADJUDICATED
from annotator.tui.agreement_words import STATE_WORDS, policy_text
from annotator.tui.dialogs.filter import LineFilter
from annotator.tui.dialogs.filter_lines import FilterLine

ROUNDS = 9
"""Offered at least."""
WITH = "with:"
"""Begins the setting of a line about one annotator."""


class AgreementFilter(LineFilter[Scope]):
    """Dismisses with the scope that was put together."""

    DEFAULT_CSS = "AgreementFilter FilterRows { max-height: 14; }"

    def __init__(self, scope: Scope, annotators: Sequence[str]) -> None:
        """Take the scope as it is, and who is there."""
        self.scope = scope
        self.people = [name for name in annotators if name != ADJUDICATED]
        super().__init__(scope_lines(scope, self.people), "Compare only", "compare")

    def wanted(self, values: dict[str, str]) -> Scope:
        """The scope with these filters; raises RequestError when fewer than two annotators are left."""
        return scope_from(self.scope, values, self.people)


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
