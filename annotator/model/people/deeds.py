"""Deeds about people as the log has them: which of them hold, and which were done in knowledge of which. Pure.

A deed that was taken back is as if it had never been, and one whose taking back was taken back holds again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

NAME, PERSON, CALLED = "name", "person", "called"
"""What deeds can contradict each other about: the name of a person, who somebody is, and who has a name."""
OF_PEOPLE = (NAME, PERSON, CALLED)
TELLING = frozenset({"person_renamed", "spelling_added", "people_merged", "people_split"})
"""Kinds of deeds that can be in conflict; they say what they replace."""
SAYS_REPLACED = "says_replaced"
"""In the payload of a deed: that its event names what it replaces, be it nothing. Those of older versions do not."""


class Deed(NamedTuple):
    """Something that was decided about people, in the order of the log."""

    kind: str
    said: Mapping[str, Any]
    at: str = ""
    id: str = ""
    """Of the event, by which it is taken back."""
    replaces: tuple[str, ...] = ()
    """The ids of the deeds about the same people that whoever did it knew, as far as they are the latest."""

    @property
    def tells(self) -> bool:
        """Whether it says what was known to whoever did it, so that it can be told from what was done apart."""
        return bool(self.said.get(SAYS_REPLACED))


def taken_back(deeds: Sequence[Deed]) -> set[str]:
    """The ids of deeds that were taken back; one whose taking back was taken back is none."""
    gone: set[str] = set()
    for deed in reversed(deeds):
        if deed.kind == "people_undone" and deed.id not in gone:
            gone.add(deed.said["event"])
    return gone


def holding(deeds: Sequence[Deed]) -> list[Deed]:
    """The deeds that hold."""
    gone = taken_back(deeds)
    return [deed for deed in deeds if deed.id not in gone]


class Descent:
    """Which deeds descend from which: from those they replace, and from the one before in their own feed."""

    def __init__(self, deeds: Iterable[Deed]) -> None:
        """Take all deeds, in the order of the log."""
        self._parents: dict[str, tuple[str, ...]] = {}
        self._before: dict[str, set[str]] = {}
        last: dict[str, str] = {}
        for deed in deeds:
            feed = deed.id.rpartition(":")[0]
            self._parents[deed.id] = (*deed.replaces, last[feed]) if feed in last else deed.replaces
            last[feed] = deed.id

    def apart(self, one: Deed, other: Deed) -> bool:
        """Whether neither of two deeds descends from the other, as far as both tell."""
        if not (one.tells and other.tells):
            return False
        return other.id not in self._all_before(one.id) and one.id not in self._all_before(other.id)

    def knew(self, deed: Deed, *others: Deed) -> bool:
        """Whether a deed descends from all of some others."""
        return self._all_before(deed.id).issuperset(each.id for each in others)

    def latest(self, deeds: Sequence[Deed]) -> list[Deed]:
        """Those of some deeds, in the order of the log, from which none of the others descends."""
        covered: set[str] = set()
        found = []
        for deed in reversed(deeds):
            if deed.id not in covered:
                found.append(deed)
                self._gather(deed.id, covered)
        return found[::-1]

    def _all_before(self, deed: str) -> set[str]:
        if deed not in self._before:
            self._before[deed] = self._gather(deed, set())
        return self._before[deed]

    def _gather(self, deed: str, found: set[str]) -> set[str]:
        """Add all that a deed descends from; what is found already has brought its own."""
        waiting = [deed]
        while waiting:
            new = [each for each in self._parents.get(waiting.pop(), ()) if each not in found]
            found.update(new)
            waiting += new
        return found
