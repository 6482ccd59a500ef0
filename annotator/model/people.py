"""Who is who: what people are called, and who is one person. Pure; the same facts give the same people everywhere.

Two who were added under names that read alike are one person, and whoever has the smaller id stands for both. A
person who was split off is nobody else's from then on, until they are merged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from annotator.model.person import plain_name


class Added(NamedTuple):
    """Somebody as they were first told."""

    uid: str
    name: str
    kind: str


class Deed(NamedTuple):
    """Something that was decided about people, in the order of the log."""

    kind: str
    said: Mapping[str, str]
    at: str = ""


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


def who_is_who(added: Iterable[Added], deeds: Iterable[Deed]) -> tuple[dict[str, Known], dict[str, KnownAs]]:
    """Everybody by uid, and by folded name the uid of whoever stands for it."""
    people = _People(added)
    for deed in deeds:
        getattr(people, f"_{deed.kind}", people.ignore)(deed)
    return people.known(), people.spellings()


class _People:
    """People while they are worked out."""

    def __init__(self, added: Iterable[Added]) -> None:
        self.names: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.others: dict[str, dict[str, str]] = {}
        self.joined: list[tuple[str, str]] = []
        self.left: dict[str, str] = {}
        for uid, name, kind in sorted(added):
            self.names[uid], self.kinds[uid] = name, kind
            self.others[uid] = {plain_name(name): name}

    def ignore(self, deed: Deed) -> None:
        """What tells nothing about who is who."""

    def _person_renamed(self, deed: Deed) -> None:
        uid, name = deed.said["person"], deed.said["name"]
        if uid in self.names:
            self.names[uid] = name
            self.others[uid][plain_name(name)] = name

    def _spelling_added(self, deed: Deed) -> None:
        uid, spelling = deed.said["person"], deed.said["spelling"]
        if uid in self.names:
            self.others[uid].setdefault(plain_name(spelling), spelling)

    def _people_merged(self, deed: Deed) -> None:
        self.joined.append((deed.said["person"], deed.said["into"]))

    def _people_split(self, deed: Deed) -> None:
        """Somebody goes under a name of their own, and is joined with nobody by any other."""
        uid, name = deed.said["person"], deed.said["name"]
        if uid in self.names:
            self.joined = [pair for pair in self.joined if uid not in pair]
            self.names[uid], self.others[uid] = name, {plain_name(name): name}

    def _person_left(self, deed: Deed) -> None:
        self.left[deed.said["person"]] = deed.at

    def groups(self) -> dict[str, str]:
        """By uid: the smallest of those who are the same person."""
        root = {uid: uid for uid in self.names}

        def find(uid: str) -> str:
            while root[uid] != uid:
                uid = root[uid]
            return uid

        def join(one: str, other: str) -> None:
            if one in root and other in root:
                first, last = sorted((find(one), find(other)))
                root[last] = first

        first_called: dict[str, str] = {}
        for uid in sorted(self.names):
            for plain in self.others[uid]:
                join(first_called.setdefault(plain, uid), uid)
        for one, other in self.joined:
            join(one, other)
        return {uid: find(uid) for uid in root}

    def called(self, groups: Mapping[str, str]) -> dict[str, str]:
        """By uid of who stands: what they are called; whom others were merged into gives the name."""
        called = {uid: self.names[uid] for uid in set(groups.values())}
        for _, into in self.joined:
            if into in groups:
                called[groups[into]] = self.names[into]
        return called

    def known(self) -> dict[str, Known]:
        groups = self.groups()
        called = self.called(groups)
        left: dict[str, str] = {}
        for uid, at in self.left.items():
            if uid in groups:
                left[groups[uid]] = at
        return {uid: Known(stands, called[stands], left.get(stands)) for uid, stands in groups.items()}

    def spellings(self) -> dict[str, KnownAs]:
        groups = self.groups()
        return {
            plain: KnownAs(groups[uid], spelling)
            for uid in sorted(self.names, reverse=True)
            for plain, spelling in self.others[uid].items()
        }
