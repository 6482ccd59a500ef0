"""Whether others' answers on a subject under a taxonomy were open to somebody before they handed in. Pure.

It follows from the events in their order alone: who is at work sees nothing, whoever is not sees what others said if
they have handed in there or looked, are one of those who review, or if it is published. Who was at work all along is
never found here; that somebody was not for a while is enough, be it because they skipped, or work was taken from them.

A deed that waits for a lead, or was declined, is in force nowhere but on the replica where it was done, and there until
a word that declined it can have come: who hands in there, or did it, had others' answers open or closed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from annotator.model.place import TURNS
from annotator.model.roles import DECIDING, SETTING

Moment = tuple[int, str, int]
"""Counter, feed and number of an event: events are in order of it."""
START: Moment = (0, "", 0)
"""Before all events."""
SAID = frozenset({"answer_set", "note_set", "submitted", "imported", "incoming_settled", "ruled", "adjudicated"})
"""Kinds of events that tell whoever sees them something of what an annotator thinks.

A skip tells no answer. What was undone does: the history shows it.
"""
_BEGINNING = frozenset({"answer_set", "note_set", "flag_raised", "incoming_settled"})
BEGINNING = {"": _BEGINNING, "untouched": _BEGINNING, "skipped": frozenset({"answer_set"})}
"""By status: the kinds of events that make a draft of it."""
DONE = frozenset({"skipped", "submitted"})


class Step(NamedTuple):
    """As much of an event about a subject under a taxonomy as it takes to say which hand-in counts."""

    at: Moment
    kind: str
    annotator: str
    """Whose classification it is about; of a look, who looked."""
    round: int
    turned: str = ""
    """For `undone` and `redone`: the id of the event they are about."""
    status: str = ""
    """For `imported`: the status it brought."""
    told: str = ""
    """For `imported`: what the source told of earlier hand-ins, as JSON."""
    by: str = ""
    """Who did it."""
    apart: str = ""
    """The replica where it was done, if it counts nowhere else, because it waits or was declined; else empty."""

    @property
    def id(self) -> str:
        """The name of the event."""
        return f"{self.at[1]}:{self.at[2]}"


class Span(NamedTuple):
    """A time for which something was so."""

    since: Moment
    until: Moment | None
    """When that ended; None: it did not."""


class Handed(NamedTuple):
    """That somebody was given a subject to do in a round, or that it was taken back."""

    at: Moment
    round: int
    is_given: bool
    apart: str = ""
    """As of a step."""


class Agreed(NamedTuple):
    """Something the team said about who sees what."""

    at: Moment
    name: str
    value: str
    people: tuple[str, ...]
    apart: str = ""
    """As of a step."""


def _nothing(_annotator: str) -> Sequence[Handed]:
    return ()


class Team(NamedTuple):
    """What the team did, as far as it opens others' answers or closes them."""

    unblind: Sequence[Span] = ()
    """When annotation was not blind."""
    reviewing: Mapping[str, Sequence[Span]] = {}
    """By name: when somebody was among those who see whatever they are not at work on."""
    handed: Callable[[str], Sequence[Handed]] = _nothing
    """By name: when they were given the subject at hand, and when it was taken back, wherever that counts."""


class Scene(NamedTuple):
    """What the team did, as it was so before somebody's eyes for a time."""

    team: Team
    replica: str = ""
    """Where what was done there counts although it waits or was declined; empty: such things count not at all."""
    since: Moment = START
    until: Moment | None = None
    """When that ended; None: it did not."""

    def has(self, what: Step | Handed | Agreed) -> bool:
        """Whether something counts in it."""
        return what.apart in {"", self.replica}


Scenes = Callable[[str, Step], Sequence[Scene]]
"""By name and hand-in: all that was before the eyes of who handed in."""


def unblind_times(said: Iterable[Agreed], blindness: str) -> list[Span]:
    """When annotation was not blind, from what the team said in order; it is blind until somebody says so."""
    found: list[Span] = []
    since: Moment | None = None
    for at, name, value, *_ in said:
        if name != blindness:
            continue
        if since is None and value != "yes":
            since = at
        elif since is not None and value == "yes":
            found.append(Span(since, at))
            since = None
    return found if since is None else [*found, Span(since, None)]


def reviewing_times(said: Iterable[Agreed], reviewers: str) -> dict[str, list[Span]]:
    """By name: when somebody was among those who review, from what the team said in order.

    Reviewers who are named where roles are known are out of use; those named apart were named where none are.
    """
    found: dict[str, list[Span]] = {}
    since: dict[str, Moment] = {}
    roles: dict[str, str] = {}
    named: tuple[str, ...] = ()
    is_apart = False
    for at, name, value, people, apart in said:
        if name == SETTING:
            roles |= dict.fromkeys(people[:1], value)
            is_apart = is_apart and not apart
        elif name == reviewers:
            named, is_apart = people, bool(apart)
        deciding = {who for who, role in roles.items() if role in DECIDING}
        now = deciding | {*named} if is_apart or not roles else deciding
        for who in since.keys() - now:
            found.setdefault(who, []).append(Span(since.pop(who), at))
        since |= dict.fromkeys(now - since.keys(), at)
    for who, at in since.items():
        found.setdefault(who, []).append(Span(at, None))
    return found


def was_open(steps: Sequence[Step], annotator: str, first: Step, scenes: Iterable[Scene]) -> bool:
    """Whether others' answers, or what was decided, were open to somebody before they handed in, in any of the scenes.

    `steps` are all about the subject under the taxonomy. Imports are open to everybody, and so count as nothing said.
    """
    return first.kind != "imported" and any(_was_open_in(each, steps, annotator, first) for each in scenes)


def _was_open_in(scene: Scene, steps: Sequence[Step], annotator: str, first: Step) -> bool:
    team, steps = scene.team, [each for each in steps if scene.has(each)]
    until = first.at if scene.until is None else min(first.at, scene.until)
    others = (each.at for each in steps if each.kind in SAID and _is_others(each, annotator))
    since = max(min(others, default=until), scene.since)
    if since >= until:
        return False
    if any(_meet(each, since, until) for each in team.unblind):
        return True
    reviewing = [each for each in team.reviewing.get(annotator, ()) if each.since < until]
    before = [each for each in steps if each.at < until]
    if not (reviewing or any(_may_open(each, annotator) for each in before)):
        return False
    course = _Course(annotator, reviewing)
    passing = [each for each in before if each.annotator == annotator or each.kind in {"published", "withdrawn"}]
    moments = [since, *(each.since for each in reviewing), *(each.until for each in reviewing if each.until)]
    happened: list[tuple[Moment, Step | Handed | None]] = [(each.at, each) for each in passing]
    happened += [(each.at, each) for each in team.handed(annotator) if scene.has(each)]
    happened += [(at, None) for at in moments]
    for at, what in sorted((each for each in happened if each[0] < until), key=lambda each: each[0]):
        course.take(what)
        if at >= since and course.is_open(at):
            return True
    return False


def _is_others(step: Step, annotator: str) -> bool:
    return annotator not in {step.annotator, step.by} and step.kind != "imported"


def _meet(span: Span, since: Moment, until: Moment) -> bool:
    return max(since, span.since) < (until if span.until is None else min(until, span.until))


def _may_open(step: Step, annotator: str) -> bool:
    if step.annotator == annotator:
        return step.kind in {"submitted", "imported", "looked"}
    return step.kind == "published"


class _Course:
    """What is open to somebody about one subject as events pass."""

    def __init__(self, annotator: str, reviewing: Sequence[Span]) -> None:
        self.annotator = annotator
        self.reviewing = reviewing
        self.own: dict[int, list[Step]] = {}
        """By round: what was done to their classification."""
        self.statuses: dict[int, str] = {}
        self.given: set[int] = set()
        """Rounds in which they have it to do."""
        self.published: set[tuple[str, int]] = set()
        self.has_looked = False

    def take(self, what: Step | Handed | None) -> None:
        """Let an event happen."""
        if isinstance(what, Handed):
            (self.given.add if what.is_given else self.given.discard)(what.round)
        elif what is None:
            return
        elif what.annotator != self.annotator:
            put = self.published.add if what.kind == "published" else self.published.discard
            put((what.annotator, what.round))
        elif what.kind == "looked":
            self.has_looked = True
        elif what.round:
            self.own.setdefault(what.round, []).append(what)
            self.statuses[what.round] = _status(self.own[what.round])

    def is_open(self, at: Moment) -> bool:
        """Whether what others said is open from a moment on, until something else happens."""
        statuses = self.statuses
        is_at_work = "draft" in statuses.values() or any(statuses.get(each) not in DONE for each in self.given)
        if is_at_work:
            return False
        if self.has_looked or self.published or "submitted" in statuses.values():
            return True
        return any(each.since <= at and (each.until is None or at < each.until) for each in self.reviewing)


def _status(steps: Sequence[Step]) -> str:
    """The status of a classification by what was done to it, in order."""
    undone: set[str] = set()
    for step in steps:
        if step.kind in TURNS:
            (undone.add if step.kind == "undone" else undone.discard)(step.turned)
    status = ""
    for step in steps:
        if step.id in undone:
            continue
        if step.kind in DONE:
            status = step.kind
        elif step.kind == "imported":
            status = step.status or status or "draft"
        elif step.kind == "reopened" or step.kind in BEGINNING.get(status, ()):
            status = "draft"
    return status
