"""Which hand-in of a classification counts for agreement: the first that was not taken back in time. Pure.

Whoever has handed in sees all of a subject. So a hand-in that was undone or reopened counts all the same, unless
nobody else had said anything about the subject under the taxonomy by then, in the order of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from annotator.model.handing_in.openness import SAID, Step, Team, was_open
from annotator.model.place import BROUGHT, TURNS

Whose = tuple[str, int]
"""Annotator and round."""
HANDING_IN = frozenset({"submitted", "reopened", "imported"}) | TURNS
"""Kinds of events that may hand in, or take that back."""
_TURNING = {"undone": "reopened", "redone": "submitted"}
LEAVES_ANSWERS = frozenset({"note_set", "flag_raised", "flag_resolved", "published", "withdrawn"})


def hands_in(kind: str, turned: str) -> bool:
    """Whether an event of a kind hands in, which undoes or redoes one of the kind `turned`, if any."""
    return kind == "submitted" or (bool(turned) and _TURNING.get(kind) == turned)


class HandIn(NamedTuple):
    """The hand-in of a classification that counts."""

    step: Step
    """What handed in; the answers that stood then count."""
    revisions: int
    """How often it was handed in again since."""
    is_after_others: bool
    """Whether others' answers had been open to whoever handed it in."""
    is_latest: bool
    """Whether nothing that came later can have changed the answers."""


def hand_ins(steps: Sequence[Step], team: Team) -> dict[Whose, HandIn]:
    """The hand-in that counts of every classification, from all steps about one subject under one taxonomy."""
    whose = dict.fromkeys((each.annotator, each.round) for each in steps)
    found = {each: _Following(steps, each, team).hand_in for each in whose}
    return {each: hand_in for each, hand_in in found.items() if hand_in is not None}


class _Following:
    """One classification while its steps are followed."""

    def __init__(self, steps: Sequence[Step], whose: Whose, team: Team) -> None:
        self.steps, self.whose, self.team = steps, whose, team
        self.own = [each for each in steps if (each.annotator, each.round) == whose]
        self.known = {each.id: each for each in self.own}
        others = [each for each in steps if each.annotator != whose[0] and each.kind in SAID]
        self.others_since = min((each.at for each in others), default=None)
        self.first: Step | None = None
        self.is_handed_in = self.is_fixed = self.is_worked_on = False
        self.revisions = 0
        for step in self.own:
            self._follow(step)

    @property
    def hand_in(self) -> HandIn | None:
        """The one that counts, if there is any."""
        if self.first is None:
            return None
        later = (each for each in self.own if each.at > self.first.at)
        is_latest = all(each.kind in LEAVES_ANSWERS for each in later) and not self.first.told
        is_after = was_open(self.steps, self.whose[0], self.first, self.team)
        return HandIn(self.first, self.revisions, is_after, is_latest)

    def _follow(self, step: Step) -> None:
        turned = self.known.get(step.turned)
        kind = turned.kind if turned else step.kind
        if step.kind == "imported":
            self._bring(step)
        elif kind in {"submitted", "reopened"}:
            if hands_in(step.kind, turned.kind if turned else ""):
                self._hand_in(step)
            else:
                self._take_back(step)
        self.is_worked_on |= step.kind not in BROUGHT

    def _bring(self, step: Step) -> None:
        """What a source says last is its word, as long as nobody goes on with it here."""
        is_handed_in = step.status == "submitted" or (self.is_handed_in and not step.status)
        if not self.is_worked_on and (is_handed_in or step.told):
            self.first, self.is_handed_in, self.is_fixed = step, is_handed_in, bool(step.told)

    def _hand_in(self, step: Step) -> None:
        if self.first is None:
            self.first = step
        elif not self.is_handed_in:
            self.revisions += 1
        self.is_handed_in = True

    def _take_back(self, step: Step) -> None:
        if not self.is_handed_in:
            return
        self.is_handed_in = False
        if self.is_fixed or (self.others_since is not None and self.others_since < step.at):
            self.is_fixed = True
        else:
            self.first = None
