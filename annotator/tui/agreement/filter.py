"""Choose whose work is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotator.desk.comparison.policy import Scope, read_policy
from annotator.errors import RequestError
from annotator.model.person import ADJUDICATED, PUBLISHER
from annotator.model.rounds import FIRST, InRounds, short
from annotator.tui.agreement.words import AFTER_OTHERS, STATE_WORDS, policy_text
from annotator.tui.cells import clip, inert
from annotator.tui.dialogs.filter import FilterLine, LineFilter
from annotator.tui.keys import Keys

NAME_WIDTH = 13
"""Cells."""
WITH = "with:"
"""Begins the setting of a line about one annotator."""


def agreement_filter(
    keys: Keys, scope: Scope, annotators: Sequence[str], rounds: Sequence[int] = (1,)
) -> LineFilter[Scope]:
    """A dialog for a scope as it is, with who is there, and in which rounds."""
    people = [name for name in annotators if name != ADJUDICATED]
    lines = scope_lines(scope, people, rounds)
    return LineFilter(keys, lines, "Compare only", "compare", lambda values: scope_from(scope, values, people))


def scope_lines(scope: Scope, people: Sequence[str], rounds: Sequence[int] = (1,)) -> list[FilterLine]:
    """The settings of a scope; every annotator has a line."""
    numbers = tuple((str(n), f"round {short(n)}") for n in dict.fromkeys((*rounds, scope.round)))
    compared = (("", "compared"), ("out", "left out"))
    taken = scope.annotators or usual(people)
    return [
        FilterLine("round", "Round", str(scope.round), numbers),
        FilterLine("states", "States count", policy_text(scope), tuple(STATE_WORDS.items())),
        FilterLine("drafts", "Drafts", "1" if scope.drafts else "", (("", "handed in only"), ("1", "drafts too"))),
        FilterLine("since", "From date", scope.since),
        FilterLine("until", "Until date", scope.until),
        FilterLine(
            "hand_in", "Hand-in", scope.hand_in, (("first", "the first counts"), ("last", "what shows now counts"))
        ),
        FilterLine("after_others", "After others", scope.after_others, tuple(AFTER_OTHERS.items())),
        *(
            FilterLine(WITH + name, clip(inert(name), NAME_WIDTH), "" if name in taken else "out", compared)
            for name in people
        ),
    ]


def scope_from(scope: Scope, values: dict[str, str], people: Sequence[str]) -> Scope:
    """The scope with these settings; raises RequestError when fewer than two annotators are left."""
    chosen = tuple(name for name in people if not values[WITH + name])
    as_usual = chosen == usual(people)
    if len(chosen) < 2 and not as_usual:
        raise RequestError("Agreement needs two annotators: leave at least two in.")
    return replace(
        scope,
        rounds=InRounds(int(values["round"] or FIRST)),
        states=read_policy(values["states"]),
        drafts=bool(values["drafts"]),
        hand_in="last" if values["hand_in"] == "last" else "first",
        after_others=next((each for each in AFTER_OTHERS if each == values["after_others"]), ""),
        since=values["since"],
        until=values["until"],
        annotators=() if as_usual else chosen,
    )


def usual(people: Sequence[str]) -> tuple[str, ...]:
    """Who is compared unless somebody chooses: all but the publisher, whose work is a result."""
    return tuple(name for name in people if name != PUBLISHER)
