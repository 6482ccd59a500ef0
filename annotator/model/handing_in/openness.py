"""Whether others' answers on a subject under a taxonomy were open to somebody before they handed in. Pure.

It follows from the events in their order alone: who is at work sees nothing, whoever is not sees what others said if
they have handed in there or looked, are one of those who review, or if it is published. Who was at work all along is
never found here; that somebody was not for a while is enough, be it because they skipped, or work was taken from them.

The copy on which somebody hands in knows best what was open there, so the hand-in tells it. Where it tells that nothing
was, that holds whatever others turn out to have done; only what its annotator did elsewhere counts against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from annotator.model.place import TURNS
from annotator.model.roles import DECIDING, SETTING

Moment = tuple[int, str, int]
"""Counter, feed and number of an event: events are in order of it."""
LATER: Moment = ((1 << 63) - 1, "", 0)
"""Behind all events there are: when what is done now will stand."""
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
    is_open: bool | None = None
    """For what hands in: whether others' answers were open to whoever did so, where it was done; None: nothing tells.

    Of who goes by several names by now, nothing tells that they were not: that was said of whom one of them stood for.
    """

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
    counts: bool = True
    """Whether it does; else it waits or was declined, and was in force where it was done alone."""


class Agreed(NamedTuple):
    """Something the team said about who sees what."""

    at: Moment
    name: str
    value: str
    people: tuple[str, ...]
    by: str = ""
    """Who said it."""
    counts: bool = True
    """As of what was handed."""


class Opened(NamedTuple):
    """That somebody let themselves see others' answers, whether it counts or was in force on their copy alone."""

    at: Moment
    is_to_all: bool
    """Whether that was so at work, too."""


def _nothing(_annotator: str) -> Sequence[Handed]:
    return ()


class Team(NamedTuple):
    """What the team did, as far as it opens others' answers or closes them."""

    unblind: Sequence[Span] = ()
    """When annotation was not blind."""
    reviewing: Mapping[str, Sequence[Span]] = {}
    """By name: when somebody was among those who see whatever they are not at work on."""
    handed: Callable[[str], Sequence[Handed]] = _nothing
    """By name: when they were given the subject at hand, and when it was taken back."""
    opened: Mapping[str, Sequence[Opened]] = {}
    """By name: when they switched blindness off, or made themselves a reviewer."""


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
    """By name: when somebody was among those who review, from what the team said in order."""
    found: dict[str, list[Span]] = {}
    since: dict[str, Moment] = {}
    roles: dict[str, str] = {}
    named: tuple[str, ...] = ()
    for at, name, value, people, *_ in said:
        if name == SETTING:
            roles |= dict.fromkeys(people[:1], value)
        elif name == reviewers:
            named = people
        now = {who for who, role in roles.items() if role in DECIDING} if roles else {*named}
        for who in since.keys() - now:
            found.setdefault(who, []).append(Span(since.pop(who), at))
        since |= dict.fromkeys(now - since.keys(), at)
    for who, at in since.items():
        found.setdefault(who, []).append(Span(at, None))
    return found


def opened_by(said: Iterable[Agreed], blindness: str, reviewers: str) -> dict[str, list[Opened]]:
    """By name: when they let themselves see others' answers, from what the team said in order."""
    found: dict[str, list[Opened]] = {}
    for each in said:
        is_deciding = each.name == reviewers or (each.name == SETTING and each.value in DECIDING)
        is_to_all = each.name == blindness and each.value != "yes"
        if is_to_all or (is_deciding and each.by in each.people):
            found.setdefault(each.by, []).append(Opened(each.at, is_to_all))
    return found


def was_open(steps: Sequence[Step], annotator: str, first: Step, team: Team) -> bool:
    """Whether others' answers, or what was decided, were open to somebody before they handed in.

    `steps` are all that count about the subject under the taxonomy. Imports are open to everybody, and so count as
    nothing said.
    """
    others = (each.at for each in steps if each.kind in SAID and _is_others(each, annotator))
    kept = min(others, default=first.at)
    if first.kind == "imported" or first.is_open:
        return bool(first.is_open)
    if kept >= first.at:
        return False
    if first.is_open is None and _was_open_by_all(steps, annotator, first, team, kept):
        return True
    return _was_open_elsewhere(steps, annotator, first, team, kept)


def _was_open_by_all(steps: Sequence[Step], annotator: str, first: Step, team: Team, kept: Moment) -> bool:
    """The same by all that counts, as if it had been known wherever it was done."""
    if any(_meet(each, kept, first.at) for each in team.unblind):
        return True
    reviewing = [each for each in team.reviewing.get(annotator, ()) if each.since < first.at]
    before = [each for each in steps if each.at < first.at]
    if not (reviewing or any(_may_open(each, annotator) for each in before)):
        return False
    course = _Course(annotator, reviewing)
    passing = [each for each in before if each.annotator == annotator or each.kind in {"published", "withdrawn"}]
    moments = [kept, *(each.since for each in reviewing), *(each.until for each in reviewing if each.until)]
    happened: list[tuple[Moment, Step | Handed | None]] = [(each.at, each) for each in passing]
    happened += [(each.at, each) for each in team.handed(annotator) if each.counts]
    happened += [(at, None) for at in moments]
    for at, what in sorted((each for each in happened if each[0] < first.at), key=lambda each: each[0]):
        course.take(what)
        if at >= kept and course.is_open(at):
            return True
    return False


def _was_open_elsewhere(steps: Sequence[Step], annotator: str, first: Step, team: Team, kept: Moment) -> bool:
    """The same by what they did themselves on another copy, at work there on nothing they were ever given."""
    own = [each for each in steps if each.annotator == annotator]
    theirs: list[Step | Opened] = [*(each for each in own if each.by == annotator), *team.opened.get(annotator, ())]
    elsewhere = {each.at for each in theirs if each.at[1] != first.at[1] and kept < each.at < first.at}
    if not elsewhere:  # each has a feed of its own on each copy
        return False
    course = _Course(annotator, ())
    happened: list[tuple[Moment, Step | Handed | Opened]] = [(each.at, each) for each in own]
    happened += [(each.at, each) for each in team.handed(annotator) if each.is_given]
    happened += [(each.at, each) for each in team.opened.get(annotator, ())]
    for at, what in sorted(happened, key=lambda each: each[0]):
        course.take(what)
        if at in elsewhere and (course.is_open(at) or (isinstance(what, Opened) and course.lets(what))):
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

    def take(self, what: Step | Handed | Opened | None) -> None:
        """Let an event happen."""
        if isinstance(what, Handed):
            (self.given.add if what.is_given else self.given.discard)(what.round)
        elif not isinstance(what, Step):
            return
        elif what.annotator != self.annotator:
            put = self.published.add if what.kind == "published" else self.published.discard
            put((what.annotator, what.round))
        elif what.kind == "looked":
            self.has_looked = True
        elif what.round:
            self.own.setdefault(what.round, []).append(what)
            self.statuses[what.round] = _status(self.own[what.round])

    @property
    def is_at_work(self) -> bool:
        """Whether nothing is open to them but their own."""
        return "draft" in self.statuses.values() or any(self.statuses.get(each) not in DONE for each in self.given)

    def lets(self, opened: Opened) -> bool:
        """Whether what they did to see others' answers opened them."""
        return opened.is_to_all or not self.is_at_work

    def is_open(self, at: Moment) -> bool:
        """Whether what others said is open from a moment on, until something else happens."""
        if self.is_at_work:
            return False
        if self.has_looked or self.published or "submitted" in self.statuses.values():
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
