"""Which hand-in of a classification counts for agreement: the first that was not taken back in time. Pure.

Whoever has handed in sees all of a subject. So a hand-in that was undone or reopened counts all the same, unless
nobody else had said anything about the subject under the taxonomy by then, in the order of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.model.event import Event
from annotator.model.place import BROUGHT, TURNS

Moment = tuple[int, str, int]
"""Counter, feed and number of an event: events are in order of it."""
Whose = tuple[str, int]
"""Annotator and round."""
SAID = frozenset(
    {"answer_set", "note_set", "skipped", "submitted", "imported", "incoming_settled", "ruled", "adjudicated"}
)
"""Kinds of events that tell whoever sees them something of what an annotator thinks."""
HANDING_IN = frozenset({"submitted", "reopened", "imported"}) | TURNS
"""Kinds of events that may hand in, or take that back."""
LEAVES_ANSWERS = frozenset({"note_set", "flag_raised", "flag_resolved", "published", "withdrawn"})


class Step(NamedTuple):
    """As much of an event about a subject under a taxonomy as it takes to say which hand-in counts."""

    at: Moment
    kind: str
    annotator: str
    """Whose classification it is about."""
    round: int
    turned: str = ""
    """For `undone` and `redone`: the id of the event they are about."""
    status: str = ""
    """For `imported`: the status it brought."""
    told: str = ""
    """For `imported`: what the source told of earlier hand-ins, as JSON."""

    @property
    def id(self) -> str:
        """The name of the event."""
        return f"{self.at[1]}:{self.at[2]}"


class Opened(NamedTuple):
    """A time for which annotation was not blind."""

    since: Moment
    until: Moment | None
    """When it was blind again; None: it still is not."""


class HandIn(NamedTuple):
    """The hand-in of a classification that counts."""

    step: Step
    """What handed in; the answers that stood then count."""
    revisions: int
    """How often it was handed in again since."""
    is_after_others: bool
    """Whether others' answers had been open, because annotation was not blind."""
    is_latest: bool
    """Whether nothing that came later can have changed the answers."""


def opened_times(said: Iterable[tuple[Moment, bool]]) -> list[Opened]:
    """When annotation was not blind, from what the team said of it in order; it is blind until somebody says so."""
    found: list[Opened] = []
    since: Moment | None = None
    for at, is_blind in said:
        if since is None and not is_blind:
            since = at
        elif since is not None and is_blind:
            found.append(Opened(since, at))
            since = None
    return found if since is None else [*found, Opened(since, None)]


def is_plain(events: Iterable[Event]) -> bool:
    """Whether nothing came after a classification was handed in, if it was, so that its own events say all."""
    is_handed_in = False
    for event in events:
        if event.kind in LEAVES_ANSWERS:
            continue
        is_brought = event.kind == "imported"
        if is_handed_in or (is_brought and event.payload.get("hand_in")):
            return False
        is_handed_in = event.kind == "submitted" or (is_brought and event.payload.get("status") == "submitted")
    return True


def hand_ins(steps: Sequence[Step], opened: Sequence[Opened]) -> dict[Whose, HandIn]:
    """The hand-in that counts of every classification, from all steps about one subject under one taxonomy."""
    whose = dict.fromkeys((each.annotator, each.round) for each in steps)
    found = {each: _Following(steps, each, opened).hand_in for each in whose}
    return {each: hand_in for each, hand_in in found.items() if hand_in is not None}


class _Following:
    """One classification while its steps are followed."""

    def __init__(self, steps: Sequence[Step], whose: Whose, opened: Sequence[Opened]) -> None:
        self.opened = opened
        self.own = [each for each in steps if (each.annotator, each.round) == whose]
        self.known = {each.id: each for each in self.own}
        others = [each for each in steps if each.annotator != whose[0] and each.kind in SAID]
        self.others_since = min((each.at for each in others), default=None)
        self.kept_since = min((each.at for each in others if each.kind != "imported"), default=None)
        """Since when there is something that blindness keeps from who has not handed in; imports are open."""
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
        return HandIn(self.first, self.revisions, self._is_after_others(self.first), is_latest)

    def _follow(self, step: Step) -> None:
        turned = self.known.get(step.turned)
        kind = turned.kind if turned else step.kind
        if step.kind == "imported":
            self._bring(step)
        elif kind in {"submitted", "reopened"}:
            is_done = step.kind != "undone"
            if is_done == (kind == "submitted"):
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

    def _is_after_others(self, first: Step) -> bool:
        """Whether there was anything to see, and annotation not blind, before the hand-in."""
        kept = self.kept_since
        if kept is None or first.kind == "imported":
            return False
        return any(
            max(kept, each.since) < (first.at if each.until is None else min(first.at, each.until))
            for each in self.opened
        )
