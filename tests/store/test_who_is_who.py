"""Who is who, worked out from what was told and decided; nothing of it depends on who told it first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.model.people.deeds import Deed, holding, taken_back
from annotator.model.people.known import Added
from annotator.model.people.who_is_who import WhoIsWho, who_is_who
from annotator.model.person import ADJUDICATED, plain_name

RESULT = Added("0", ADJUDICATED, "result")
UIDS = ["a", "b", "c", "d"]
NAMES = ["bob", "Bob", "rob", "José", "zoe", ADJUDICATED]


def deed(kind: str, person: str, number: int = 0, **said: str) -> Deed:
    return Deed(kind, {"person": person, **said}, f"2026-01-{number + 1:02}", f"e:{number}")


def renamed(person: str, name: str, number: int = 0) -> Deed:
    return deed("person_renamed", person, number, name=name)


def merged(person: str, into: str, number: int = 0) -> Deed:
    return deed("people_merged", person, number, into=into)


def undone(of: int, number: int) -> Deed:
    return Deed("people_undone", {"event": f"e:{of}"}, "", f"e:{number}")


def split(person: str, name: str, number: int = 0) -> Deed:
    return deed("people_split", person, number, name=name)


def left(person: str, number: int = 0) -> Deed:
    return deed("person_left", person, number)


def names(found: WhoIsWho) -> dict[str, str]:
    return {uid: known.name for uid, known in found.known.items()}


def people(**names: str) -> list[Added]:
    return [Added(uid, name, "person") for uid, name in names.items()]


ADDED = st.lists(st.tuples(st.sampled_from(UIDS), st.sampled_from(NAMES)), unique_by=lambda pair: pair[0]).map(
    lambda pairs: [RESULT, *(Added(uid, name, "person") for uid, name in pairs)]
)


@st.composite
def decided(draw: st.DrawFn) -> list[Deed]:
    """Deeds in their order, some of which take earlier ones back."""
    deeds = []
    for number in range(draw(st.integers(0, 7))):
        uid, other, name = (
            draw(st.sampled_from([*UIDS, "0"])),
            draw(st.sampled_from(UIDS)),
            draw(st.sampled_from(NAMES)),
        )
        one = [
            renamed(uid, name, number), merged(uid, other, number), split(uid, name, number), left(uid, number),
            deed("spelling_added", uid, number, spelling=name), undone(draw(st.integers(0, number)), number),
        ]  # fmt: skip
        deeds.append(draw(st.sampled_from(one)))
    return deeds


@given(ADDED, decided(), st.randoms())
def test_the_order_in_which_people_were_told_does_not_matter(
    added: list[Added], deeds: list[Deed], chance: object
) -> None:
    shuffled = sorted(added, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert who_is_who(shuffled, deeds) == who_is_who(added, deeds)


@given(ADDED, decided(), st.data())
def test_two_sides_that_join_what_they_know_know_the_same(
    added: list[Added], deeds: list[Deed], data: st.DataObject
) -> None:
    """Each has a part, both have all in the end: by id and in the order of the log, as feeds are joined."""
    here, there = (
        (
            {each.uid: each for each in added if data.draw(st.booleans())},
            {each.id: each for each in deeds if data.draw(st.booleans())},
        )
        for _ in range(2)
    )
    one = who_is_who({**here[0], **there[0]}.values(), in_order({**here[1], **there[1]}))
    other = who_is_who({**there[0], **here[0]}.values(), in_order({**there[1], **here[1]}))
    assert one == other


def in_order(deeds: dict[str, Deed]) -> list[Deed]:
    return [deeds[name] for name in sorted(deeds)]


@given(ADDED, decided())
def test_everybody_is_found_by_their_name_and_stands_under_one(added: list[Added], deeds: list[Deed]) -> None:
    known, spellings, *_ = who_is_who(added, deeds)
    for uid, each in known.items():
        assert spellings[plain_name(each.name)].uid == each.stands_for <= uid
        assert known[each.stands_for] == each
    assert known["0"] == ("0", ADJUDICATED, None)


@given(ADDED, decided(), st.integers(0, 7))
def test_a_deed_that_is_taken_back_is_as_if_it_had_never_been(
    added: list[Added], deeds: list[Deed], number: int
) -> None:
    without = [each for each in deeds if each.id != f"e:{number}" and each.kind != "people_undone"]
    deeds = [each for each in deeds if each.kind != "people_undone"]
    last = undone(number, 8)
    assert who_is_who(added, [*deeds, last]) == who_is_who(added, without)
    assert who_is_who(added, [*deeds, last, undone(8, 9)]) == who_is_who(added, deeds)


def test_a_taking_back_that_is_taken_back_takes_nothing_back() -> None:
    deeds = [renamed("a", "rob"), undone(0, 1), undone(1, 2)]
    assert taken_back(deeds) == {"e:1"}
    assert [each.id for each in holding(deeds)] == ["e:0", "e:2"]


def test_two_of_one_name_are_one_person_for_whom_the_smaller_id_stands() -> None:
    known, spellings, *_ = who_is_who(people(b="bob", a="BOB", c="cy"), [])
    assert {uid: each.stands_for for uid, each in known.items()} == {"a": "a", "b": "a", "c": "c"}
    assert names(who_is_who(people(b="bob", a="BOB"), [])) == {"a": "BOB", "b": "BOB"}
    assert spellings["bob"] == ("a", "BOB")


def test_whoever_is_renamed_is_called_so_whichever_id_stands_and_found_by_both_names() -> None:
    for uid in ("a", "b"):
        found = who_is_who(people(a="bob", b="Bob"), [renamed(uid, "Robert")])
        assert names(found) == {"a": "Robert", "b": "Robert"}
        assert {plain: each.uid for plain, each in found.spellings.items()} == {"bob": "a", "robert": "a"}


def test_the_name_of_whom_somebody_is_merged_into_stays_until_the_next_renaming() -> None:
    pair = people(a="ann", b="bob")
    assert names(who_is_who(pair, [merged("a", "b")])) == {"a": "bob", "b": "bob"}
    assert names(who_is_who(pair, [merged("b", "a")])) == {"a": "ann", "b": "ann"}
    assert names(who_is_who(pair, [merged("a", "b"), renamed("a", "cy", 1)])) == {"a": "cy", "b": "cy"}


def test_nobody_is_merged_with_themselves_with_nobody_or_with_a_result() -> None:
    alone = who_is_who([RESULT, *people(a="ann")], [])
    for other in ("a", "x", "0"):
        assert who_is_who([RESULT, *people(a="ann")], [merged("a", other)]) == alone
    assert who_is_who([RESULT, *people(a="ann")], [renamed("a", "Adjudicated")]) == alone
    assert who_is_who([RESULT, *people(a="ann")], [renamed("0", "mine")]) == alone


def test_whoever_is_split_off_goes_alone_and_the_others_stay_together() -> None:
    trio = people(a="ann", b="bob", c="cy")
    joined = [merged("a", "b"), merged("c", "b", 1)]
    assert names(who_is_who(trio, [*joined, split("b", "new", 2)])) == {"a": "ann", "b": "new", "c": "ann"}
    twins = who_is_who(people(a="bob", b="bob"), [split("b", "bo")])
    assert names(twins) == {"a": "bob", "b": "bo"}
    assert twins.spellings["bob"].uid == "a"


def test_a_merge_is_taken_back_whole_with_all_who_were_one_with_either() -> None:
    added = people(a="ann", b="bob", c="cy", d="dan")
    before = [merged("d", "a"), merged("c", "b", 1)]
    assert who_is_who(added, [*before, merged("a", "b", 2), undone(2, 3)]) == who_is_who(added, before)


def test_who_left_stays_away_but_for_those_who_are_merged_into_somebody_here() -> None:
    pair = people(a="ann", b="bob")
    assert who_is_who(pair, [left("a")]).known["a"].left_at == "2026-01-01"
    assert who_is_who(pair, [left("a"), merged("a", "b", 1)]).known["a"].left_at is None
    assert who_is_who(pair, [left("b"), merged("a", "b", 1)]).known["a"].left_at == "2026-01-01"
    assert who_is_who(people(a="bob", b="bob"), [left("b")]).known["a"].left_at == "2026-01-01"
