"""Dealing is fair, repeatable, and never gives anybody the same subject twice."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.desk.team.dealing import Deal, Dealable, deal, shares

NAMES = [f"p{number}" for number in range(8)]
WEIGHTS = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(5)])
PEOPLE = st.dictionaries(st.sampled_from(NAMES), WEIGHTS, min_size=1)
HELD = st.frozensets(st.sampled_from([*NAMES, "somebody else"]), max_size=3)
SUBJECTS = st.lists(st.tuples(st.integers(1, 4), HELD, HELD), max_size=40).map(
    lambda drawn: [Dealable(f"k:{at}", wanted, held, barred - held) for at, (wanted, held, barred) in enumerate(drawn)]
)
SEED = st.integers(0, 9)


def equal(*names: str) -> dict[str, Fraction]:
    return dict.fromkeys(names, Fraction(1))


def fresh(count: int, wanted: int) -> list[Dealable]:
    return [Dealable(f"k:{at}", wanted) for at in range(count)]


def loads(dealt: Deal, people: dict[str, Fraction]) -> dict[str, int]:
    counts = Counter(name for _, hand in dealt.given for name in hand)
    return {name: counts[name] for name in people}


@given(SUBJECTS, PEOPLE, SEED)
def test_everybody_has_a_subject_once_at_most_and_every_subject_gets_as_many_as_can_be(
    subjects: list[Dealable], people: dict[str, Fraction], seed: int
) -> None:
    dealt = deal(subjects, people, seed)
    hands = dict(dealt.given)
    for each in subjects:
        hand = hands.get(each.key, ())
        assert len(set(hand)) == len(hand)
        assert not set(hand) & (each.held | each.barred)
        missing, possible = max(0, each.wanted - len(each.held)), people.keys() - each.held - each.barred
        assert len(hand) == min(missing, len(possible))
        assert dealt.short.get(each.key, 0) == missing - len(hand)


@given(SUBJECTS, PEOPLE, SEED)
def test_neither_the_order_of_names_nor_that_of_subjects_matters(
    subjects: list[Dealable], people: dict[str, Fraction], seed: int
) -> None:
    again = dict(sorted(people.items(), reverse=True))
    assert deal(list(reversed(subjects)), again, seed) == deal(subjects, people, seed)


@given(st.integers(1, 60), PEOPLE, SEED, st.data())
def test_loads_are_proportional_to_weights_within_one(
    count: int, people: dict[str, Fraction], seed: int, data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(1, len(people)))
    got = loads(deal(fresh(count, wanted), people, seed), people)
    level = count * wanted / sum(people.values())
    assert sum(got.values()) == count * wanted
    if all(level * weight <= count for weight in people.values()):  # nobody can have a subject twice
        assert all(abs(got[name] - level * weight) < 1 for name, weight in people.items())
    for one, other in combinations(people, 2):
        assert people[one] != people[other] or abs(got[one] - got[other]) <= 1


@given(SUBJECTS, PEOPLE, SEED)
def test_a_second_deal_finds_nothing_missing(subjects: list[Dealable], people: dict[str, Fraction], seed: int) -> None:
    hands = dict(deal(subjects, people, seed).given)
    later = [each._replace(held=each.held | set(hands.get(each.key, ()))) for each in subjects]
    assert deal(later, people, seed + 1).given == []


@pytest.mark.parametrize(("people", "wanted"), [(4, 2), (5, 2), (6, 3), (9, 2)])
def test_every_two_people_share_about_as_many_subjects(people: int, wanted: int) -> None:
    dealt = deal(fresh(360, wanted), equal(*(f"p{at}" for at in range(people))))
    pairs = Counter(pair for _, hand in dealt.given for pair in combinations(hand, 2))
    assert len(pairs) == people * (people - 1) // 2
    assert max(pairs.values()) - min(pairs.values()) <= 2


def test_the_shared_subjects_are_spread_over_everybody() -> None:
    people = equal("ann", "bob", "cy", "dan", "eva")
    dealt = deal([Dealable(f"k:{at}", 2 if at % 5 == 0 else 1) for at in range(500)], people)
    shared = Counter(name for _, hand in dealt.given if len(hand) == 2 for name in hand)
    assert set(loads(dealt, people).values()) == {120}
    assert max(shared.values()) - min(shared.values()) <= 3


def test_where_some_may_not_have_some_subjects_loads_are_evened_out_all_the_same() -> None:
    subjects = [Dealable(f"k:{at}", 1, barred=frozenset({"ann"} if at < 90 else {"bob"})) for at in range(100)]
    assert loads(deal(subjects, equal("ann", "bob", "cy")), equal("ann", "bob", "cy")) == {
        "ann": 10,
        "bob": 45,
        "cy": 45,
    }


def test_what_somebody_has_already_counts_as_part_of_their_share() -> None:
    subjects = [Dealable(f"k:{at}", 2, frozenset({"ann"} if at < 20 else ())) for at in range(40)]
    people = equal("ann", "bob", "cy", "dan")
    assert loads(deal(subjects, people), people) == {"ann": 0, "bob": 20, "cy": 20, "dan": 20}


def test_another_seed_is_another_deal() -> None:
    people = equal("ann", "bob", "cy")
    assert deal(fresh(30, 1), people, 1) != deal(fresh(30, 1), people, 2)


def test_the_order_to_do_things_in_is_not_that_of_the_keys() -> None:
    keys = [key for key, _ in deal(fresh(50, 1), equal("ann")).given]
    assert sorted(keys) != keys and len(set(keys)) == 50


@given(st.data())
def test_shares_stay_in_their_bounds_and_add_up(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    weights = data.draw(st.lists(WEIGHTS, min_size=size, max_size=size))
    floors = data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    caps = [floor + data.draw(st.integers(0, 30)) for floor in floors]
    total = data.draw(st.integers(sum(floors), sum(caps)))
    found = shares(weights, floors, caps, total)
    assert sum(found) == total
    assert all(floor <= share <= cap for share, floor, cap in zip(found, floors, caps, strict=True))
