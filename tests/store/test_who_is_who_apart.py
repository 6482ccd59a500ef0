"""What was decided about people apart and does not go together is found, and the later of it shows meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.people.deeds import SAYS_REPLACED, TELLING, Deed
from annotator.model.people.known import Added
from annotator.model.people.who_is_who import WhoIsWho, who_is_who
from annotator.model.person import ADJUDICATED, plain_name

PEOPLE = [Added(uid, name, "person") for uid, name in (("a", "ann"), ("b", "bob"), ("c", "cy"), ("d", "dan"))]


def rename(person: str, name: str) -> tuple[str, dict[str, str]]:
    return "person_renamed", {"person": person, "name": name}


def merge(person: str, into: str) -> tuple[str, dict[str, str]]:
    return "people_merged", {"person": person, "into": into}


def split(person: str, name: str) -> tuple[str, dict[str, str]]:
    return "people_split", {"person": person, "name": name}


def alias(person: str, spelling: str) -> tuple[str, dict[str, str]]:
    return "spelling_added", {"person": person, "spelling": spelling}


def undo(deed: str) -> tuple[str, dict[str, str]]:
    return "people_undone", {"event": deed}


def by(feed: str, number: int, what: tuple[str, dict[str, str]], *replaces: str) -> Deed:
    """A deed that tells which ones it knew."""
    kind, said = what
    return Deed(kind, {**said, SAYS_REPLACED: kind in TELLING}, "", f"{feed}:{number}", replaces)


def places(found: WhoIsWho) -> dict[tuple[str, str], list[str]]:
    return {place: [*sides.names] for place, sides in found.apart.items()}


def persons(found: WhoIsWho) -> dict[str, str]:
    """Everybody's name."""
    return {uid: known.name for uid, known in found.known.items()}


def test_two_names_given_apart_to_one_person_are_in_conflict_and_the_later_shows() -> None:
    found = who_is_who(PEOPLE, [by("f", 1, rename("b", "Rob")), by("g", 1, rename("b", "Bert"))])
    assert found.apart[("name", "b")].names == {"f:1": "Rob", "g:1": "Bert"}
    assert persons(found)["b"] == "Bert"
    assert {found.spellings[plain].uid for plain in ("bob", "rob", "bert")} == {"b"}


@pytest.mark.parametrize("deeds", [
    pytest.param([by("f", 1, rename("b", "Rob")), by("g", 1, rename("b", "Rob"))], id="said alike"),
    pytest.param([by("f", 1, rename("b", "Rob")), by("g", 1, rename("b", "Bert"), "f:1")], id="known"),
    pytest.param([by("f", 1, rename("b", "Rob")), by("f", 2, rename("b", "Bert"))], id="of one feed"),
    pytest.param([by("f", 1, rename("b", "Rob")), by("g", 1, rename("c", "Cyr"), "f:1"),
                  by("h", 1, rename("b", "Bert"), "g:1")], id="known through another"),
    pytest.param([Deed("person_renamed", {"person": "b", "name": "Rob"}, "", "f:1"),
                  by("g", 1, rename("b", "Bert"))], id="one of an older version"),
    pytest.param([by("f", 1, rename("b", "Rob")), by("g", 1, rename("b", "Bert")), by("f", 2, undo("g:1"))],
                 id="undone"),
    pytest.param([by("f", 1, merge("b", "a")), by("g", 1, merge("c", "a"))], id="two into one"),
    pytest.param([by("f", 1, merge("b", "a")), by("g", 1, rename("a", "Anna"))], id="the name that stays is another"),
    pytest.param([by("f", 1, merge("b", "a")), by("g", 1, merge("b", "c"), "f:1")], id="three are one, knowingly"),
    pytest.param([by("f", 1, merge("b", "a")), by("g", 1, merge("b", "c")), by("h", 1, merge("a", "c"), "f:1")],
                 id="and both are one"),
    pytest.param([by("f", 1, alias("a", "zoe")), by("g", 1, rename("a", "zoe"))], id="one name, one person"),
])  # fmt: skip
def test_what_goes_together_is_in_no_conflict(deeds: list[Deed]) -> None:
    assert places(who_is_who(PEOPLE, deeds)) == {}


def test_what_settles_a_name_settles_it_until_it_is_undone() -> None:
    deeds = [by("f", 1, rename("b", "Rob")), by("g", 1, rename("b", "Bert")),
             by("f", 2, rename("b", "Robert"), "f:1", "g:1")]  # fmt: skip
    assert places(who_is_who(PEOPLE, deeds)) == {}
    again = who_is_who(PEOPLE, [*deeds, by("f", 3, undo("f:2"))])
    assert places(again) == {("name", "b"): ["f:1", "g:1"]}
    third = who_is_who(PEOPLE, [*deeds, by("h", 1, rename("b", "Bo"), "f:1")])
    assert places(third) == {("name", "b"): ["f:2", "h:1"]}


def test_whoever_is_merged_into_two_apart_is_the_one_that_was_said_later() -> None:
    deeds = [by("f", 1, merge("b", "a")), by("g", 1, merge("b", "c"))]
    found = who_is_who(PEOPLE, deeds)
    assert places(found) == {("person", "b"): ["f:1", "g:1"]}
    assert persons(found) == {"a": "ann", "b": "cy", "c": "cy", "d": "dan"}
    assert persons(who_is_who(PEOPLE, deeds[::-1]))["b"] == "ann"
    for gone, name in (("g:1", "ann"), ("f:1", "cy")):
        settled = who_is_who(PEOPLE, [*deeds, by("h", 1, undo(gone))])
        assert (places(settled), persons(settled)["b"]) == ({}, name)
    third = by("h", 1, merge("b", "a"))
    assert places(who_is_who(PEOPLE, [*deeds, third])) == {("person", "b"): ["f:1", "g:1", "h:1"]}
    assert who_is_who(PEOPLE, [*deeds, third]).apart["person", "b"].against("h:1") == ["g:1"]


def test_two_of_one_name_of_whom_each_is_said_to_be_somebody_else_are_in_conflict() -> None:
    twins = [*PEOPLE, Added("e", "Bob", "person")]
    found = who_is_who(twins, [by("f", 1, merge("b", "a")), by("g", 1, merge("e", "c"))])
    assert places(found) == {("person", "b"): ["f:1", "g:1"]}
    assert len({*persons(found).values()}) == 3


def test_a_split_and_a_merge_of_the_same_apart_are_in_conflict_in_either_order() -> None:
    one, off, again = by("f", 1, merge("b", "a")), by("f", 2, split("b", "bo")), by("g", 1, merge("b", "a"))
    for deeds, name in (((one, off, again), "ann"), ((again, one, off), "bo")):
        found = who_is_who(PEOPLE, deeds)
        assert [*places(found)] == [("person", "b")]
        assert set(places(found)["person", "b"]) == {"f:2", "g:1"}
        assert persons(found)["b"] == name
    knew = by("h", 1, merge("b", "a"), "f:2", "g:1")
    assert places(who_is_who(PEOPLE, [one, off, again, knew])) == {}


def test_two_who_are_given_one_name_apart_stay_two() -> None:
    for first, second in ((rename("a", "zoe"), rename("b", "Zoe")), (alias("a", "zoe"), rename("b", "Zoe"))):
        deeds = [by("f", 1, first), by("g", 1, second)]
        found = who_is_who(PEOPLE, deeds)
        assert places(found) == {("called", "zoe"): ["f:1", "g:1"]}
        assert persons(found) == {"a": "ann", "b": "Zoe", "c": "cy", "d": "dan"}
        assert places(who_is_who(PEOPLE, [*deeds, by("f", 2, merge("a", "b"), "f:1", "g:1")])) == {}


def test_a_name_that_somebody_had_before_makes_one_person_of_both_as_ever() -> None:
    before = Deed("spelling_added", {"person": "b", "spelling": "zoe"}, "", "e:1")
    found = who_is_who(PEOPLE, [before, by("f", 1, alias("a", "zoe")), by("g", 1, rename("b", "Zoe"))])
    assert places(found) == {} and persons(found)["a"] == persons(found)["b"] == "Zoe"


def test_a_merge_and_a_renaming_of_whoever_gives_way_to_it_are_in_conflict_about_the_name() -> None:
    for deeds in ([by("f", 1, merge("b", "a")), by("g", 1, rename("b", "Bo"))],
                  [by("f", 1, merge("b", "a")), by("g", 1, merge("a", "b"))]):  # fmt: skip
        assert places(who_is_who(PEOPLE, deeds)) == {("name", "a"): ["f:1", "g:1"]}


# Whatever is decided, wherever

UIDS, NAMES = "abcd0x", ("bob", "Bob", "rob", "zoe", "ann", ADJUDICATED)
RESULT = Added("0", ADJUDICATED, "result")


@st.composite
def told(draw: st.DrawFn) -> list[Deed]:
    """Deeds of three feeds in their order; each knows some of those before it."""
    deeds: list[Deed] = []
    for number in range(draw(st.integers(0, 9))):
        uid, other = draw(st.sampled_from(UIDS)), draw(st.sampled_from(UIDS))
        name = draw(st.sampled_from(NAMES))
        known = [each.id for each in deeds]
        ways = [rename(uid, name), merge(uid, other), split(uid, name), alias(uid, name)]
        ways += [undo(draw(st.sampled_from(known)))] if known else []
        replaces = draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []
        deeds.append(by(draw(st.sampled_from("fgh")), number, draw(st.sampled_from(ways)), *replaces))
    return deeds


@given(told(), st.randoms())
def test_people_are_the_same_whoever_was_told_first(deeds: list[Deed], chance: object) -> None:
    added = [RESULT, *PEOPLE]
    shuffled = sorted(added, key=lambda _: chance.random())  # type: ignore[attr-defined]
    found = who_is_who(added, deeds)
    assert who_is_who(shuffled, deeds) == found
    for uid, each in found.known.items():
        assert found.spellings[plain_name(each.name)].uid == each.stands_for <= uid
    assert found.known["0"] == ("0", ADJUDICATED, None)


@given(told())
def test_what_does_not_tell_what_it_knew_is_never_in_conflict(deeds: list[Deed]) -> None:
    assert who_is_who(PEOPLE, list(older(deeds))).apart == {}


@given(told())
def test_a_name_given_anew_or_taking_back_what_contradicts_a_deed_settles_it(deeds: list[Deed]) -> None:
    found = who_is_who(PEOPLE, deeds)
    for place, sides in found.apart.items():
        kept = [*sides.names][-1]
        settling = [by("k", number, undo(each)) for number, each in enumerate(sides.against(kept))]
        if place[0] == "name":
            giver = found.named_by[found.known[place[1]].stands_for]
            settling = [by("k", 0, rename(giver, sides.names[kept]), *sides.names)]
        after = who_is_who(PEOPLE, [*deeds, *settling]).apart
        assert settling and (place not in after or kept not in after[place].names)


def older(deeds: Iterable[Deed]) -> Iterable[Deed]:
    """The same as a version would have written them that knew of no conflicts."""
    for deed in deeds:
        yield deed._replace(said={key: said for key, said in deed.said.items() if key != SAYS_REPLACED}, replaces=())
