"""What must be there, kept beside the program: every deed of a season, and what each copy knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

DONE = ("submitted", "skipped")


class Place(NamedTuple):
    """What a deed is about; a later deed about the same place takes the place of an earlier one."""

    kind: str
    """`dealt`, `work`, `closed`, `left`, `here`, `name`, `is` or `blind`."""
    taxonomy: str = ""
    subject: str = ""
    who: int = 0
    round: int = 0


class Work(NamedTuple):
    """A classification, as far as it must be known."""

    status: str
    marker: str
    """What its answers say now."""
    firsts: frozenset[str] = frozenset()
    """What may count as handed in first; several where it was taken back before others were known to say anything."""
    is_fixed: bool = False
    """Whether the first hand-in was taken back too late, so that it counts whatever comes."""
    is_loose: bool = False
    """Whether it was taken back when nobody else was known to have said anything."""


class Deed(NamedTuple):
    """Something that was done on one copy."""

    place: Place
    says: Any
    before: int
    """The deeds that were known there, as bits."""
    by: int


class Book:
    """All deeds, and which of them every copy knows."""

    def __init__(self, copies: int) -> None:
        """Begin with copies that know nothing."""
        self.deeds: list[Deed] = []
        self.at: dict[Place, list[int]] = {}
        self.known = [0] * copies
        self.now: list[dict[str, dict[Place, list[Any]]]] = [defaultdict(dict) for _ in range(copies)]
        """By copy and kind of place: what may show there."""

    def say(self, copy: int, by: int, place: Place, says: Any) -> None:
        """Write down what somebody did on a copy."""
        number = len(self.deeds)
        self.deeds.append(Deed(place, says, self.known[copy], by))
        self.at.setdefault(place, []).append(number)
        self.known[copy] |= 1 << number
        self.now[copy][place.kind][place] = [says]

    def merge(self, into: int, of: int) -> None:
        """Let a copy know all that another one knows."""
        self.learn(into, self.known[of])

    def learn(self, copy: int, deeds: int) -> None:
        """Let a copy know some deeds, and work out what shows there."""
        news, self.known[copy] = deeds & ~self.known[copy], self.known[copy] | deeds
        changed = {self.deeds[number].place for number in _bits(news)}
        for place in changed:
            self.now[copy][place.kind][place] = self._latest(copy, place)

    def _latest(self, copy: int, place: Place) -> list[Any]:
        """What was said last of a place; several where it was said apart and not alike."""
        known = [number for number in self.at[place] if self.known[copy] >> number & 1]
        later = 0
        for number in known:
            later |= self.deeds[number].before
        return list(dict.fromkeys(self.deeds[number].says for number in known if not later >> number & 1))

    def one(self, copy: int, place: Place, otherwise: Any = None) -> Any:
        """What shows at a place that is never said apart."""
        found = self.now[copy][place.kind].get(place, [otherwise])
        assert len(found) == 1, (place, found)
        return found[0]

    def all(self, copy: int, kind: str) -> Iterator[tuple[Place, list[Any]]]:
        """Every place of a kind with what may show there."""
        return iter(self.now[copy][kind].items())

    def is_whole(self, copy: int) -> bool:
        """Whether a copy knows all that was known where each of the deeds was done that it knows."""
        before = 0
        for number in _bits(self.known[copy]):
            before |= self.deeds[number].before
        return not before & ~self.known[copy]

    # Who is who

    def person(self, copy: int, who: int) -> int:
        """Whom somebody is counted as on a copy."""
        return int(self.one(copy, Place("is", who=who), who)) if self.now[copy]["is"] else who

    def name(self, copy: int, who: int) -> str:
        """What somebody is called on a copy; empty where they are not known yet."""
        return str(self.one(copy, Place("name", who=self.person(copy, who)), ""))

    def names(self, copy: int) -> dict[str, int]:
        """Everybody who counts as a person on a copy, by name."""
        everybody = [place.who for place, _ in self.all(copy, "name")]
        return {self.name(copy, who): who for who in everybody if self.person(copy, who) == who}

    def has_left(self, copy: int, who: int) -> bool:
        """Whether somebody is known to have left."""
        return bool(self.one(copy, Place("left", who=who), False))

    def is_closed(self, copy: int, taxonomy: str, round_: int) -> bool:
        """Whether a round is known to be closed."""
        return bool(self.one(copy, Place("closed", taxonomy, round=round_), False))

    # Work

    def work(self, copy: int) -> dict[Place, Work]:
        """What everybody has classified, as a copy knows it."""
        found = {}
        for place, says in self.all(copy, "work"):
            (one,) = says
            found[self.counted(copy, place)] = one
        return found

    def counted(self, copy: int, place: Place) -> Place:
        """A place of whoever somebody is counted as."""
        return place._replace(who=self.person(copy, place.who)) if self.now[copy]["is"] else place

    def status(self, copy: int, place: Place) -> str:
        """How far somebody is with a subject."""
        return str(self.one(copy, place._replace(kind="work"), Work("untouched", "")).status)

    def dealt(self, copy: int) -> dict[Place, list[str | None]]:
        """What may be dealt to whom, with the days until which it is to be done; None where it may be taken back."""
        return {self.counted(copy, place): says for place, says in self.all(copy, "dealt") if says != [None]}

    def open_rounds(self, copy: int, who: int, taxonomy: str, subject: str) -> set[int]:
        """The rounds in which somebody is at work on a subject."""
        return self.at_work(copy, who).get((taxonomy, subject), set())

    def at_work(self, copy: int, who: int) -> dict[tuple[str, str], set[int]]:
        """What somebody is at work on, with the rounds."""
        found: dict[tuple[str, str], set[int]] = {}
        drafts = [place for place, one in self.work(copy).items() if place.who == who and one.status == "draft"]
        dealt = [place for place in self.dealt(copy) if place.who == who]
        for place in (*drafts, *(each for each in dealt if self.status(copy, each) not in DONE)):
            found.setdefault((place.taxonomy, place.subject), set()).add(place.round)
        return found


def _bits(deeds: int) -> Iterator[int]:
    while deeds:
        low = deeds & -deeds
        yield low.bit_length() - 1
        deeds ^= low
