"""Who asks, what an answer leaves out because they may not see it yet, and how that is said."""

from __future__ import annotations

from shlex import quote
from typing import NamedTuple

from annotator.model.person import same_name


class Viewer(NamedTuple):
    """Somebody who asks for others' work. What is open to them is said in `annotator/store/visibility.py`."""

    names: tuple[str, ...] = ()
    """Their name, and every spelling of it that the file holds; nobody has none."""
    reviewers: tuple[str, ...] = ()
    """Those whom the team lets look at everything they are not at work on themselves."""
    is_blind: bool = True
    """Whether the team annotates blind."""
    has_roles: bool = False
    """Whether the team gave roles, which say who reviews."""
    leads: bool = True
    """Whether they are told what only leads are, as everybody is while nobody has a role."""

    @property
    def reviews(self) -> bool:
        """Whether the team named them."""
        return any(same_name(name, each) for name in self.names for each in self.reviewers)


NOBODY = Viewer()
"""Somebody who did not say who they are: they may be anybody."""
UNBOUND = Viewer(is_blind=False)
"""Somebody from whom nothing is kept: for what must count everything."""


class Begun(NamedTuple):
    """As much of a classification as it takes to say who may see what."""

    annotator: str
    round: int
    status: str
    is_published: bool
    is_imported: bool


class Involved(NamedTuple):
    """Everybody who has to do with one subject under one taxonomy, and what the team agreed on."""

    kind: str
    """Whether the subject is an incident or a report."""
    settings: dict[str, str]
    begun: tuple[Begun, ...]
    """Classifications in whatever round, untouched ones left out."""
    dealt: tuple[tuple[str, int], ...]
    """Annotators and rounds in which they still have to classify it."""
    looked: dict[str, str]
    """By annotator: when they saw others' answers as somebody who decides; of those who may be who asks alone."""
    decided: str
    """When whoever asks first decided anything about it, also where that was taken back; empty when they did not."""
    known_as: str
    """The name whoever asks is known by; empty where they are not."""


class LeftOut(NamedTuple):
    """How much was left out, and why."""

    at_work: int = 0
    """Because the viewer is at work on it; for nobody, because somebody is."""
    not_handed_in: int = 0
    """Because the viewer has not handed in their own, and does not review."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.at_work + self.not_handed_in

    def words(self, viewer: Viewer, what: str) -> str:
        """Say what was left out, why, and the way out; empty when nothing was. `what` is such as `classification`."""
        if not self.total:
            return ""
        reasons = [(self.at_work, _at_work(viewer)), (self.not_handed_in, _not_handed_in(viewer))]
        told = ", ".join(f"{number:,} because {reason}" for number, reason in reasons if number)
        return f"Annotation is blind: {self.total:,} {what}{'' if self.total == 1 else 's'} left out, {told}."


def _at_work(viewer: Viewer) -> str:
    if viewer.names:
        return "you are at work on the same (submit or skip yours first)"
    return "somebody is at work on the same (say who you are with --as NAME)"


def _not_handed_in(viewer: Viewer) -> str:
    if not viewer.names:
        return "nobody knows who you are (say so with --as NAME)"
    if viewer.has_roles:
        return "you have not handed in yours (hand it in; adjudicators and leads see it: `annotator people role`)"
    everybody = quote(", ".join((*viewer.reviewers, viewer.names[0])))
    return f"you have not handed in yours (hand it in, or review: `annotator settings reviewers {everybody}`)"
