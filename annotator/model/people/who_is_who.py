"""Who is who, from what was told and decided, and where what was decided apart does not go together. Pure.

Of two deeds about people that were done apart and contradict each other, the later one shows until somebody decides:

- two that call one person otherwise: both names are found, the later one is shown;
- two that say of one person that they are somebody else each: the earlier one holds for nothing meanwhile, because
  nobody said that all three are one;
- two that give one name to two people: the earlier one holds for nothing meanwhile either;
- one that splits somebody off, and one by which that somebody is the same person as another.

A deed that holds for nothing counts again once what contradicts it is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from annotator.model.people.deeds import CALLED, NAME, PERSON, TELLING, Deed, Descent, holding
from annotator.model.people.known import Added, Known, KnownAs, People, folded
from annotator.model.person import plain_name

NAMING = frozenset({"person_renamed", "people_split", "spelling_added"})
Place = tuple[str, str]
"""Of what sort, then whose: a uid, or a folded name."""


class Apart(NamedTuple):
    """What was decided apart about one place and does not go together."""

    names: dict[str, str]
    """By deed, in the order of the log: the name that it gives; of who somebody is, nothing."""
    pairs: frozenset[tuple[str, str]]
    """Deeds that contradict each other, the earlier one first."""

    def against(self, deed: str) -> list[str]:
        """The deeds that contradict one, in the order of the log."""
        return [each for each in self.names if (each, deed) in self.pairs or (deed, each) in self.pairs]


class WhoIsWho(NamedTuple):
    """What comes of what was told and decided."""

    known: dict[str, Known]
    """Everybody, by uid."""
    spellings: dict[str, KnownAs]
    """By folded name: the uid of whoever stands for it."""
    named_by: dict[str, str]
    """By who stands for a person: the uid of whoever gives them the name."""
    apart: dict[Place, Apart]
    """Where what was decided apart does not go together."""


def who_is_who(added: Iterable[Added], deeds: Sequence[Deed]) -> WhoIsWho:
    """Everybody, every name in use, and what was decided apart and does not go together."""
    found = _Contradictions(tuple(added), tuple(deeds))
    people, groups = found.people, found.people.groups()
    giver = people.givers(groups)
    return WhoIsWho(people.known(groups, giver), people.spellings(groups), giver, found.apart(groups))


class _Contradictions:
    """Deeds that hold, what they make of people, and which of them contradict each other."""

    def __init__(self, added: Sequence[Added], deeds: Sequence[Deed]) -> None:
        self.added = added
        self.held = holding(deeds)
        self.told = [deed for deed in self.held if deed.tells and deed.kind in TELLING]
        self.order = {deed.id: place for place, deed in enumerate(self.held)}
        self.descent = Descent(deeds if len(self.told) > 1 else ())
        self.pairs: dict[Place, set[tuple[str, str]]] = {}
        self.gone: set[str] = set()
        """Deeds that hold for nothing, because later ones contradict them."""
        self.people = self._without()
        if len(self.told) > 1:
            self._merged_apart()
            self._called_apart()
            self._split_apart()

    def apart(self, groups: Mapping[str, str]) -> dict[Place, Apart]:
        """Every contradiction, by place."""
        self._named_apart(groups)
        names = {deed.id: self._name_by(deed) for deed in self.told}
        found = {}
        for place in sorted(self.pairs):
            pairs = self.pairs[place]
            sides = sorted({each for pair in pairs for each in pair}, key=self.order.__getitem__)
            found[place] = Apart({each: names[each] for each in sides}, frozenset(pairs))
        return found

    def _without(self, others: Iterable[str] = ()) -> People:
        """People as if some deeds had never been, and those that hold for nothing."""
        left_out = self.gone.union(others)
        return folded(self.added, [deed for deed in self.held if deed.id not in left_out])

    def _note(self, place: Place, one: Deed, other: Deed) -> None:
        self.pairs.setdefault(place, set()).add((one.id, other.id))

    def _pairs_apart(self, deeds: Sequence[Deed]) -> Iterator[tuple[Deed, Deed]]:
        return (pair for pair in combinations(deeds, 2) if self.descent.apart(*pair))

    def _loose(self, deeds: Sequence[Deed]) -> set[str]:
        """The ids of deeds of which any other was done apart."""
        return {each.id for pair in self._pairs_apart(deeds) for each in pair}

    # One person who is said to be several

    def _merged_apart(self) -> None:
        """Note where one person is said to be this one and that one, and let the earlier hold for nothing."""
        groups = self.people.groups()
        by_person: dict[str, list[Deed]] = {}
        joining = {deed for _, _, deed in self.people.joined}
        for deed in self.told:
            if deed.kind == "people_merged" and deed.id in joining:
                by_person.setdefault(groups[deed.said["person"]], []).append(deed)
        for merges in by_person.values():
            if loose := self._loose(merges):
                self._merged_to_several([deed for deed in merges if deed.id in loose])
        if self.gone:
            self.people = self._without()

    def _merged_to_several(self, merges: Sequence[Deed]) -> None:
        groups = folded(self.added, self._all_but(merges)).groups()
        ends = {deed.id: (groups[deed.said["person"]], groups[deed.said["into"]]) for deed in merges}
        for whose in sorted({person for person, _ in ends.values()}):
            theirs = [deed for deed in merges if ends[deed.id][0] == whose and ends[deed.id][1] != whose]
            same = _linked(end for end in ends.values() if whose not in end)
            for one, other in self._pairs_apart(theirs):
                first, second = (ends[deed.id][1] for deed in (one, other))
                if same.get(first, first) != same.get(second, second):
                    self._note((PERSON, whose), one, other)
                    self.gone.add(one.id)

    def _all_but(self, deeds: Iterable[Deed]) -> list[Deed]:
        left_out = {deed.id for deed in deeds}
        return [deed for deed in self.held if deed.id not in left_out]

    # One name that is given to several

    def _called_apart(self) -> None:
        """Note where two people are given one name, and let the earlier giving hold for nothing."""
        by_name: dict[str, list[Deed]] = {}
        for deed in self.told:
            if deed.kind in NAMING and self.people.is_somebody(deed.said["person"]):
                by_name.setdefault(plain_name(_given(deed)), []).append(deed)
        gone = set[str]()
        for plain, naming in by_name.items():
            loose = self._loose(naming) if len({deed.said["person"] for deed in naming}) > 1 else set()
            if loose:
                gone |= self._called_to_several(plain, [deed for deed in naming if deed.id in loose])
        if gone:
            self.gone |= gone
            self.people = self._without()

    def _called_to_several(self, plain: str, naming: Sequence[Deed]) -> set[str]:
        people = self._without(deed.id for deed in naming)
        groups = people.groups()
        have_it = {groups[uid] for uid, names in people.others.items() if plain in names}
        gone = set[str]()
        for one, other in self._pairs_apart(naming):
            first, second = (groups[deed.said["person"]] for deed in (one, other))
            if first != second and not have_it & {first, second}:
                self._note((CALLED, plain), one, other)
                gone.add(one.id)
        return gone

    # Somebody who is split off from those whom others say they are

    def _split_apart(self) -> None:
        """Note who was split off, and is said to be one with somebody by others; the later of both shows."""
        for whose in sorted({deed.said["person"] for deed in self.told if deed.kind == "people_split"}):
            about = [deed for deed in self.told if self._is_about(deed, whose)]
            for one, other in self._pairs_apart(about):
                if one.kind != other.kind and not any(self.descent.knew(each, one, other) for each in about):
                    self._note((PERSON, whose), one, other)

    def _is_about(self, deed: Deed, whose: str) -> bool:
        """Whether a deed says whether somebody is one with others."""
        ends = {deed.said["person"], deed.said.get("into", whose)}
        joins_or_splits = deed.kind in {"people_merged", "people_split"}
        return joins_or_splits and whose in ends and all(map(self.people.is_somebody, ends))

    # One person who is called by several names

    def _named_apart(self, groups: Mapping[str, str]) -> None:
        settled = {each for place, pairs in self.pairs.items() if place[0] == PERSON for pair in pairs for each in pair}
        by_person: dict[str, list[Deed]] = {}
        for deed in self.told:
            if deed.id not in self.gone and self._is_about_a_name(deed, groups, settled):
                by_person.setdefault(groups[deed.said["person"]], []).append(deed)
        for whose, naming in by_person.items():
            latest = self.descent.latest(naming)
            renamed = {deed.said["person"] for deed in latest if deed.kind != "people_merged"}
            for one, other in self._pairs_apart([deed for deed in latest if deed.said.get("into") not in renamed]):
                if self._name_by(one) != self._name_by(other):
                    self._note((NAME, whose), one, other)

    def _is_about_a_name(self, deed: Deed, groups: Mapping[str, str], settled: Iterable[str]) -> bool:
        """Whether a deed says what somebody is called: a merge does of two who are one."""
        person = deed.said["person"]
        if not self.people.is_somebody(person) or deed.kind == "spelling_added":
            return False
        if deed.kind == "people_merged":
            return groups.get(deed.said["into"]) == groups[person] and deed.said["into"] != person
        return deed.kind == "person_renamed" or deed.id not in settled

    def _name_by(self, deed: Deed) -> str:
        """The name that follows from a deed: a merge says that somebody's stays."""
        return self.people.names.get(deed.said["into"], "") if deed.kind == "people_merged" else _given(deed)


def _given(deed: Deed) -> str:
    return str(deed.said["spelling"] if deed.kind == "spelling_added" else deed.said["name"])


def _linked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By each of some who are the same in pairs: one that all of them have in common."""
    same: dict[str, str] = {}
    for one, other in pairs:
        first, second = sorted((same.setdefault(one, one), same.setdefault(other, other)))
        for each in [each for each, whom in same.items() if whom == second]:
            same[each] = first
    return same
