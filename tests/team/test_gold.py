"""Subjects with known answers: mixed into the work, and what annotators handed in on them scored by those."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from annotator.desk import Desk
from annotator.desk.team.assignment import Wish
from annotator.desk.team.gold import GoldWish, alike, scored
from annotator.desk.team.rounds import RoundWish
from annotator.errors import NotFoundError, RequestError
from annotator.model.queue import QueueView
from annotator.store.team.gold import Scored
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At
from tests.team.test_assigning import given

ALL = QueueView(kind="incident")


def hand_in(desk: Desk, key: str, **answers: object) -> None:
    for field, value in answers.items():
        choose(desk, key, field, value)
    submit_fully(desk, key)


def known(at: At, *keys: str) -> Desk:
    """A desk of zoe, who takes the answers of an expert on some subjects as known."""
    for key in keys:
        hand_in(at("expert"), key, sectors=["health", "police"])
    zoe = at()
    zoe.settings.change("reviewers", "zoe")
    zoe.gold.set(GoldWish("desk", "expert"))
    return zoe


def test_who_hands_in_as_is_known_is_right_field_by_field(at: At) -> None:
    zoe = known(at, "d:1", "d:2")
    hand_in(at("ann"), "d:1", sectors=["police", "health"])
    hand_in(at("ann"), "d:2", sectors=["traffic"], maker="somebody")
    hand_in(at("ann"), "d:3")
    submit_fully(at("bob"), "d:1")
    found = zoe.gold.scores("DESK")
    assert {(each.annotator, each.field): (each.right, each.of) for each in found.rows} == {
        ("ann", "outcome"): (2, 2), ("ann", "sectors"): (1, 2), ("bob", "outcome"): (1, 1), ("bob", "sectors"): (0, 1),
    }  # fmt: skip
    assert (found.subjects, found.notes) == ({"ann": 2, "bob": 1}, ())


def test_the_first_hand_in_counts_and_no_draft(at: At) -> None:
    zoe = known(at, "d:1", "d:2")
    choose(at("ann"), "d:2", "sectors", ["health", "police"])
    submit_fully(at("ann"), "d:1")
    submit_fully(at("bob"), "d:1")
    ann = at("ann")
    ann.tagging.reopen("d:1", "desk", "as others say")
    hand_in(ann, "d:1", sectors=["health", "police"])
    (outcome, sectors) = (each for each in zoe.gold.scores("desk").rows if each.annotator == "ann")
    assert (outcome.right, outcome.of, sectors.right, sectors.of) == (1, 1, 0, 1)


def test_known_answers_are_mixed_into_everybodys_share(at: At) -> None:
    zoe = known(at, "d:1", "d:2", "d:3")
    submit_fully(at("ann"), "d:3")
    asked = Wish("desk", ("ann,bob",), keys=("d:4", "d:5"), per_subject=2, gold=2)
    rehearsed = zoe.assignment.assign(asked, dry_run=True)
    dealt = zoe.assignment.assign(asked)
    assert dealt == rehearsed and (dealt.gold, dealt.assigned, dealt.notes) == (4, 8, ())
    hands = given(zoe)
    assert {key for key, names in hands.items() if "ann" in names} == {"d:1", "d:2", "d:4", "d:5"}
    assert len([key for key in ("d:1", "d:2", "d:3") if "bob" in hands.get(key, set())]) == 2
    with zoe.store.reading() as transaction:
        sql = "SELECT key FROM assignments JOIN subjects ON id = subject_id WHERE annotator = 'ann' ORDER BY position"
        order = [key for (key,) in transaction.execute(sql)]
        told = transaction.execute("SELECT payload FROM events WHERE kind = 'assigned'").fetchall()
    assert order not in (["d:1", "d:2", "d:4", "d:5"], ["d:4", "d:5", "d:1", "d:2"])
    assert "gold" not in str(told)
    again = zoe.assignment.assign(Wish("desk", ("ann",), keys=("d:6",), gold=2))
    assert (again.gold, again.notes) == (
        0, ("Of subjects with known answers that they have not had, ann gets 0 of 2; set more.",),
    )  # fmt: skip
    with pytest.raises(RequestError, match="Under GMF no answers are known"):
        zoe.assignment.assign(Wish("GMF", ("ann",), keys=("d:6",), gold=2))


def test_a_training_has_them_too_and_who_gave_them_gets_none(at: At) -> None:
    zoe = known(at, "d:1")
    dealt = zoe.rounds.start(RoundWish("training", Wish("desk", ("ann,expert",), keys=("d:2",), gold=1)))
    assert given(zoe, dealt.round) == {"d:1": {"ann"}, "d:2": {"ann", "expert"}}


def test_answers_that_are_no_longer_permitted_are_told_and_score_nobody(at: At) -> None:
    taxonomy = at().project.taxonomy("desk")
    good: dict[str, dict[str, Any]] = {
        "outcome": {"state": "answered", "value": "near"},
        "harm": {"state": "answered", "value": ["money"]},
    }
    odd: dict[str, dict[str, Any]] = {
        **good,
        "outcome": {"state": "answered", "value": "burnt"},
        "gone": {"state": "answered", "value": "x"},
    }
    found = scored(taxonomy, [Scored("ann", 1, "d:1", "incident", good, odd)])
    assert [(each.field, each.right, each.of) for each in found.rows] == [("harm", 1, 1)]
    assert [words.partition(":")[0] for words in found.notes] == ["gone", "outcome"]
    assert "the known answer on d:1 is nothing that desk permits any more" in found.notes[1]


def test_what_cannot_be_known_is_passed_over_or_refused_in_words(at: At) -> None:
    zoe = at()
    zoe.settings.change("reviewers", "zoe")
    with pytest.raises(RequestError, match="Nothing is decided or published under desk"):
        zoe.gold.set(GoldWish("desk"))
    with pytest.raises(RequestError, match="'expert' handed nothing in under desk"):
        zoe.gold.set(GoldWish("desk", "expert"))
    choose(at("expert"), "d:1", "outcome", "none")
    with pytest.raises(RequestError, match="handed nothing in"):
        zoe.gold.set(GoldWish("desk", "expert"))
    hand_in(at("expert"), "d:1")
    done = zoe.gold.set(GoldWish("desk", "expert", ALL, limit=1))
    assert (done.set, done.refused) == (1, ())
    assert [(each.key, each.whose, each.fields, each.not_permitted) for each in zoe.gold.listed()[0]] == [
        ("d:1", "expert", 1, ())
    ]
    at("expert").tagging.reopen("d:1", "desk", "unsure")
    assert [each.fields for each in zoe.gold.listed("desk")[0]] == [0]
    with pytest.raises(NotFoundError, match="d:9"):
        zoe.gold.unset("desk", ["d:9"])
    assert zoe.gold.unset("desk", dry_run=True) == zoe.gold.unset("desk") == 1
    assert (zoe.gold.listed()[0], zoe.gold.unset("desk")) == ([], 0)


def test_who_leads_is_told_which_they_are_and_others_their_own_scores(at: At) -> None:
    zoe = known(at, "d:1")
    for name in ("ann", "bob"):
        submit_fully(at(name), "d:1")
    zoe.roles.give("zoe", "lead")
    with pytest.raises(RequestError, match="only a lead is told which answers are known"):
        at("ann").gold.listed()
    with pytest.raises(RequestError, match="only a lead says which answers are known"):
        at("ann").gold.set(GoldWish("desk", "expert"))
    assert set(at("ann").gold.scores("desk").subjects) == {"ann"}
    assert set(zoe.gold.scores("desk").subjects) == {"ann", "bob"}
    assert at("").gold.scores("desk").rows == ()


def test_what_one_is_at_work_on_tells_nothing(at: At) -> None:
    zoe = known(at, "d:1", "d:2")
    submit_fully(at("ann"), "d:1")
    choose(at("bob"), "d:1", "outcome", "none")
    bob = at("bob")
    zoe.settings.change("reviewers", "zoe, bob")
    assert bob.gold.scores("desk").rows == ()
    assert [each.key for each in bob.gold.listed()[0]] == ["d:2"]
    assert bob.gold.set(GoldWish("desk", "expert")).refused == (
        "d:1: you are at work on it, so what others answered is closed to you.",
    )
    assert len(zoe.gold.scores("desk").rows) == 2


SAID = st.fixed_dictionaries({"state": st.just("answered"), "value": st.lists(st.sampled_from("abc"), unique=True)})


@settings(deadline=None)
@holds(SAID, st.randoms())
def test_the_order_of_several_values_does_not_matter(said: dict[str, object], random: object) -> None:
    values = list(said["value"])  # type: ignore[call-overload]
    random.shuffle(values)  # type: ignore[attr-defined]
    assert alike({**said, "value": values}, said)
    assert not alike({**said, "value": [*values, "d"]}, said)
    assert not alike(None, said) and not alike({"state": "unknown"}, said)
