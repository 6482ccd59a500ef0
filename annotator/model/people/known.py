"""What people are called, and who is one person, after some deeds. Pure: from the same follows the same everywhere.

Two who were added under names that read alike are one person, and whoever has the smaller id stands for both. A
person who was split off is nobody else's from then on, until they are merged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from annotator.model.people.deeds import Deed
from annotator.model.person import plain_name

OF_NOBODY = frozenset({"result", "nobody"})
"""Kinds that are no person and no model: deeds about people say nothing of them."""


class Added(NamedTuple):
    """Somebody as they were first told."""

    uid: str
    name: str
    kind: str


class Known(NamedTuple):
    """Somebody as they are known."""

    stands_for: str
    """The uid of who stands for them; their own where they stand for themselves."""
    name: str
    """What that one is called."""
    left_at: str | None


class KnownAs(NamedTuple):
    """A name in use."""

    uid: str
    spelling: str


def folded(added: Iterable[Added], deeds: Iterable[Deed]) -> People:
    """People after some deeds, all of which hold."""
    people = People(added)
    for order, deed in enumerate(deeds, 1):
        people.take(deed, order)
    return people


class People:
    """People while they are worked out."""

    def __init__(self, added: Iterable[Added]) -> None:
        self.names: dict[str, str] = {}
        self.named: dict[str, int] = {}
        """When somebody's name was last decided on: among those who are one person, the latest gives the name."""
        self.others: dict[str, dict[str, str]] = {}
        self.joined: list[tuple[str, str, str]] = []
        """Two who are one person, and the deed by which they are."""
        self.left: dict[str, str] = {}
        told = sorted(added)
        for uid, name, _ in told:
            self.names[uid] = name
            self.others[uid] = {plain_name(name): name}
        self.taken = {plain_name(name) for _, name, kind in told if kind in OF_NOBODY}
        self.nobodies = {uid for uid in self.names if self.taken & self.others[uid].keys()}
        """Results and who did not say their name, whoever else was told under these names included."""

    def take(self, deed: Deed, order: int) -> None:
        """Let a deed hold; one about nobody who is here tells nothing."""
        uid = deed.said.get("person", "")
        if self.is_somebody(uid):
            getattr(self, f"_{deed.kind}", self._ignore)(uid, deed, order)

    def is_somebody(self, uid: str) -> bool:
        """Whether somebody is here of whom deeds tell."""
        return uid in self.names and uid not in self.nobodies

    def _ignore(self, uid: str, deed: Deed, order: int) -> None:
        """What tells nothing about who is who."""

    def _person_renamed(self, uid: str, deed: Deed, order: int) -> None:
        self._call(uid, deed.said["name"], order)

    def _spelling_added(self, uid: str, deed: Deed, _order: int) -> None:
        spelling = deed.said["spelling"]
        if plain_name(spelling) not in self.taken:
            self.others[uid].setdefault(plain_name(spelling), spelling)

    def _people_merged(self, uid: str, deed: Deed, order: int) -> None:
        """Somebody is one person with another, whose name both have, and who has left or has not."""
        into = deed.said["into"]
        if into == uid or not self.is_somebody(into):
            return
        groups = self.groups()
        for each in _members(groups, uid):
            self.left.pop(each, None)
            if into in self.left:
                self.left[each] = self.left[into]
        self.joined.append((uid, into, deed.id))
        self.named[into] = order

    def _people_split(self, uid: str, deed: Deed, order: int) -> None:
        """Somebody goes under a name of their own; the others stay one person."""
        if plain_name(deed.said["name"]) in self.taken:
            return
        rest = [each for each in _members(self.groups(), uid) if each != uid]
        self.joined = [pair for pair in self.joined if uid not in pair[:2]]
        self.joined += [(each, rest[0], deed.id) for each in rest[1:]]
        shared = {plain for each in rest for plain in self.others[each]}
        self.others[uid] = {plain: name for plain, name in self.others[uid].items() if plain not in shared}
        self._call(uid, deed.said["name"], order)

    def _person_left(self, uid: str, deed: Deed, _order: int) -> None:
        self.left.update(dict.fromkeys(_members(self.groups(), uid), deed.at))

    def _call(self, uid: str, name: str, order: int) -> None:
        if plain_name(name) not in self.taken:
            self.names[uid], self.named[uid] = name, order
            self.others[uid][plain_name(name)] = name

    def groups(self) -> dict[str, str]:
        """By uid: the smallest of those who are the same person."""
        root = {uid: uid for uid in self.names}

        def find(uid: str) -> str:
            while root[uid] != uid:
                root[uid] = root[root[uid]]
                uid = root[uid]
            return uid

        def join(one: str, other: str) -> None:
            first, last = sorted((find(one), find(other)))
            root[last] = first

        first_called: dict[str, str] = {}
        for uid in sorted(self.names):
            for plain in self.others[uid]:
                join(first_called.setdefault(plain, uid), uid)
        for one, other, _ in self.joined:
            join(one, other)
        return {uid: find(uid) for uid in root}

    def givers(self, groups: Mapping[str, str]) -> dict[str, str]:
        """By who stands for a person: the uid of whoever gives them the name."""
        giver: dict[str, str] = {}
        for uid in sorted(groups):
            best = giver.setdefault(groups[uid], uid)
            if self.named.get(uid, 0) > self.named.get(best, 0):
                giver[groups[uid]] = uid
        return giver

    def known(self, groups: Mapping[str, str], giver: Mapping[str, str]) -> dict[str, Known]:
        """Everybody, by uid."""
        return {
            uid: Known(stands, self.names[giver[stands]], self.left.get(giver[stands]))
            for uid, stands in groups.items()
        }

    def spellings(self, groups: Mapping[str, str]) -> dict[str, KnownAs]:
        """By folded name: whoever stands for it."""
        return {
            plain: KnownAs(groups[uid], spelling)
            for uid in sorted(self.names, reverse=True)
            for plain, spelling in self.others[uid].items()
        }


def _members(groups: Mapping[str, str], uid: str) -> list[str]:
    """Everybody who is the same person, smallest uid first."""
    return sorted(other for other, stands in groups.items() if stands == groups[uid])
