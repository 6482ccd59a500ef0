"""Several desks of one person at one file: each offers what others left once these have ended, and nothing before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.place import Place
from annotator.desk.unsaved import journal as journal_module
from annotator.desk.unsaved import mark
from annotator.desk.unsaved.journal import Journal
from annotator.desk.unsaved.words import UnsavedWords
from tests.desk.test_unsaved import LONG_ENOUGH, MAKER, NOTE, ByHand, Table, table, texts, typed, without_disk

__all__ = ["table"]


def another(table: Table) -> ByHand:
    """One more desk of the same person; those that are there go on."""
    return ByHand(table.database, "eva", is_second=True, folder=table.state, clock=table.clock)


def taken(words: UnsavedWords) -> dict[Place, str]:
    """What is offered after a look."""
    if left := words.look():
        words.take_over(left)
    return texts(words)


@pytest.mark.parametrize("end", ["close", "killed"])
def test_a_desk_that_runs_offers_what_another_one_left_once_that_has_ended(table: Table, end: str) -> None:
    here, there = another(table), another(table)
    typed(there, "half a no")
    assert taken(here) == {}, "it is the other's, who is typing"
    getattr(there, end)()
    assert taken(here) == {NOTE: "half a no"}
    assert here.is_left_over(here.all()[0])
    here.forget(NOTE)
    assert taken(here) == {}, "before it is written too"
    here.write_due()
    assert taken(here) == taken(another(table)) == {}


def test_what_is_typed_here_stays_and_what_another_desk_left_there_is_offered_after_it(table: Table) -> None:
    here, there = another(table), another(table)
    typed(here, "mine")
    typed(there, "theirs")
    there.close()
    assert taken(here) == {NOTE: "mine"}
    here.forget(NOTE)
    assert taken(here) == {NOTE: "theirs"}
    typed(here, "theirs, gone on with")
    here.killed()
    assert texts(another(table)) == {NOTE: "theirs, gone on with"}


def test_what_another_desk_went_on_with_is_no_longer_offered(table: Table) -> None:
    typed(first := another(table), "half a no")
    first.close()
    here, there = another(table), another(table)
    assert texts(here) == texts(there) == {NOTE: "half a no"}
    there.forget(NOTE)
    assert taken(here) == {NOTE: "half a no"}, "nobody knows yet"
    there.write_due()
    assert taken(here) == {}


def test_only_what_is_wanted_is_taken_over_and_the_rest_found_again(table: Table) -> None:
    here, there = another(table), another(table)
    typed(there, "half a no")
    typed(there, "Acme", place=MAKER)
    there.close()
    left = here.look()
    assert left
    assert here.take_over(left, lambda place: place == MAKER) == {MAKER}
    assert texts(here) == {MAKER: "Acme"}
    assert taken(here) == {NOTE: "half a no", MAKER: "Acme"}


def test_two_looks_at_once_offer_nothing_a_second_time(table: Table) -> None:
    here, there = another(table), another(table)
    typed(there, "half a no")
    there.close()
    one, two = here.look(), here.look()
    assert one and two
    here.take_over(one)
    here.forget(NOTE)
    here.write_due()
    assert here.take_over(two) == set()
    assert texts(here) == {}


def test_without_locks_nothing_is_taken_over_because_the_other_may_be_running(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(_: int) -> None:
        raise OSError

    monkeypatch.setattr(journal_module, "_take", take)
    here, there = another(table), another(table)
    typed(there, "half a no")
    assert taken(here) == {}
    there.close()
    assert texts(another(table)) == {NOTE: "half a no"}


def test_where_nothing_changed_no_file_is_read(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = another(table), another(table)
    typed(there, "half a no")
    assert taken(here) == {}

    def read(_: Journal) -> list[bytes]:
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "lines", read)
        assert here.look() is None
    there.killed()
    assert taken(here) == {NOTE: "half a no"}


def test_a_file_that_cannot_be_read_at_a_look_takes_nothing_away(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(first := another(table), "half a no")
    first.close()
    here = another(table)

    def read(_: Journal) -> list[bytes]:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "lines", read)
        assert taken(here) == {NOTE: "half a no"}
    here.forget(NOTE)
    here.write_due()
    assert texts(another(table)) == {}


@dataclass
class Sitting:
    """A desk, and what it should hold."""

    words: ByHand
    shown: dict[Place, str] = field(default_factory=dict)
    offered: dict[Place, str] = field(default_factory=dict)
    """By place, whose words are offered."""
    done_with: set[tuple[str, Place]] = field(default_factory=set)
    due: dict[tuple[str, Place], tuple[int, str] | None] = field(default_factory=dict)
    written: dict[Place, tuple[int, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.words._mark.desk


@dataclass
class Room:
    """Three desks of one person, and what those that have ended left: by desk and place, when and what."""

    table: Table
    desks: dict[int, Sitting] = field(default_factory=dict)
    left: dict[tuple[str, Place], tuple[int, str]] = field(default_factory=dict)
    moments: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def start(self, which: int) -> None:
        if which in self.desks:
            self.crash(which)
        self.desks[which] = Sitting(another(self.table))
        self._offer(self.desks[which])

    def look(self, which: int) -> None:
        if found := self.desks[which].words.look():
            self.desks[which].words.take_over(found)
        self._offer(self.desks[which])

    def _offer(self, desk: Sitting) -> None:
        for place in [place for place, whose in desk.offered.items() if (whose, place) not in self.left]:
            del desk.offered[place], desk.shown[place]
        for (whose, place), (_, text) in sorted(self.left.items(), key=lambda each: -each[1][0]):
            if place not in desk.shown and (whose, place) not in desk.done_with:
                desk.shown[place], desk.offered[place] = text, whose

    def keep(self, which: int, place: Place, text: str) -> None:
        desk = self.desks[which]
        desk.words.keep(place, text)
        if place in desk.offered or desk.shown.get(place) != text:
            desk.due[desk.name, place] = next(self.moments), text
            desk.shown[place] = text
            self._end(desk, place)

    def forget(self, which: int, place: Place) -> None:
        desk = self.desks[which]
        desk.words.forget(place)
        if desk.shown.pop(place, None) is not None:
            desk.due[desk.name, place] = None
            self._end(desk, place)

    def _end(self, desk: Sitting, place: Place) -> None:
        if whose := desk.offered.pop(place, None):
            desk.done_with.add((whose, place))
            desk.due[whose, place] = None

    def write(self, which: int) -> None:
        self.desks[which].words.write_due()
        self._settle(self.desks[which])

    def _settle(self, desk: Sitting) -> None:
        for (whose, place), now in desk.due.items():
            if whose != desk.name:
                self.left.pop((whose, place), None)
            elif now:
                desk.written[place] = now
            else:
                desk.written.pop(place, None)
        desk.due = {}

    def close(self, which: int) -> None:
        self.desks[which].words.close(LONG_ENOUGH)
        self._settle(self.desks[which])
        self.crash(which)
        self.start(which)

    def crash(self, which: int) -> None:
        desk = self.desks.pop(which)
        desk.words.killed()
        self.left |= {(desk.name, place): said for place, said in desk.written.items()}

    def check(self) -> None:
        for desk in self.desks.values():
            assert texts(desk.words) == desk.shown
            left_over = {words.place for words in desk.words.all() if desk.words.is_left_over(words)}
            assert left_over == set(desk.offered)


WHICH = st.sampled_from([0, 1, 2])
WHERE = st.sampled_from([NOTE, NOTE, MAKER])
STEPS = st.one_of(
    st.tuples(st.just("keep"), WHICH, WHERE, st.sampled_from(["", "a", "b", "half a no"])),
    st.tuples(st.just("forget"), WHICH, WHERE),
    st.tuples(st.sampled_from(["look", "write", "close", "start"]), WHICH),
    st.tuples(st.sampled_from(["look", "write"]), WHICH),
)


@given(steps=st.lists(STEPS, min_size=15, max_size=50))
@settings(max_examples=settings().max_examples * 4)
def test_whatever_desks_of_one_person_do_each_offers_what_ended_ones_left_and_nothing_is_lost(
    steps: list[tuple[Any, ...]],
) -> None:
    with TemporaryDirectory() as folder, without_disk(), patch.object(mark, "BRIEFLY", 0):
        room = Room(Table(Path(folder)))
        for which in (0, 1, 2):
            room.start(which)
        for what, *about in steps:
            getattr(room, what)(*about)
            room.check()
        for which in (0, 1, 2):
            room.crash(which)
        while room.left:
            held = len(room.left)
            room.start(0)
            room.check()
            for place in [*room.desks[0].shown]:
                room.forget(0, place)
            room.write(0)
            assert len(room.left) < held
        room.start(0)
        room.desks[0].words.close(LONG_ENOUGH)
        assert [path for path in Path(folder).rglob("*") if path.is_file()] == []
