"""The same subjects again: by others, or by the same annotators."""

from __future__ import annotations

import pytest

from annotator.desk.team.assignment import Wish, assign
from annotator.desk.team.rounds import RoundWish, all_rounds, start
from annotator.errors import RequestError
from annotator.model.queue import QueueView
from tests.desk.making import submit_fully
from tests.team.conftest import At
from tests.team.test_assigning import given

KEYS = [f"d:{number}" for number in range(1, 7)]


def test_a_second_pass_gives_subjects_to_those_who_did_not_have_them(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob,cy",), QueueView(kind="incident")), 1, "zoe")
    submit_fully(at("dan"), "d:1")
    before = given(zoe)
    dealt = start(zoe.project, RoundWish("second_pass", "desk"), 1, "zoe")
    assert (dealt.round, dealt.subjects, dealt.short) == (2, 6, 0)
    after = given(zoe, 2)
    assert after.keys() == set(KEYS)
    assert all(len(names) == 1 and not names & before.get(key, set()) for key, names in after.items())
    assert after["d:1"] != {"dan"}
    assert zoe.project.current_round() == 2


def test_a_second_pass_says_what_nobody_else_may_have(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob",), QueueView(kind="incident"), keys=("d:1", "d:2")), 1, "zoe")
    dealt = start(zoe.project, RoundWish("second_pass", "desk", per_subject=2), 1, "zoe")
    assert (dealt.assigned, dealt.short) == (2, 2)


def test_a_second_pass_in_which_nobody_may_have_anything_starts_no_round(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:1",)), 1, "zoe")
    with pytest.raises(RequestError, match="Everybody named had all of the 1 subjects of round 1"):
        start(zoe.project, RoundWish("second_pass", "desk"), 1, "zoe")
    with pytest.raises(RequestError, match="need 2 people"):
        start(zoe.project, RoundWish("second_pass", "desk", ("bob",), per_subject=2), 1, "zoe")
    assert [each.round for each in all_rounds(zoe.project)] == [1]


def test_a_retest_gives_annotators_their_own_again_with_an_empty_form(at: At) -> None:
    for name, keys in {"ann": KEYS, "bob": KEYS[:2]}.items():
        for key in keys:
            submit_fully(at(name), key)
    at("bob").tagging.skip("d:6", "desk", "not about AI")
    zoe = at()
    dealt = start(zoe.project, RoundWish("retest", "desk", part="50%"), 1, "zoe")
    assert {name: share for name, share, *_ in dealt.shares} == {"ann": 3, "bob": 1}
    assert all(key in KEYS[:2] for key, names in given(zoe, 2).items() if "bob" in names)
    again = at("ann", 2)
    first = next(key for key, names in given(zoe, 2).items() if "ann" in names)
    assert again.queue.assigned(first) == ["desk"]
    assert again.tagging.classification(first, "desk").answers == {}
    submit_fully(again, first)
    assert (
        again.queue.assigned(first) == [] and at("ann", 1).tagging.classification(first, "desk").status == "submitted"
    )


def test_a_retest_draws_the_same_subjects_for_those_who_shared_them(at: At) -> None:
    for name in ("ann", "bob"):
        for key in KEYS:
            submit_fully(at(name), key)
    zoe = at()
    start(zoe.project, RoundWish("retest", "desk", part="50%", seed=5), 1, "zoe")
    assert list(given(zoe, 2).values()) == [{"ann", "bob"}] * 3


def test_a_rehearsed_round_is_not_started(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    zoe = at()
    rehearsed = start(zoe.project, RoundWish("retest", "desk"), 1, "zoe", dry_run=True)
    assert zoe.project.current_round() == 1
    assert start(zoe.project, RoundWish("retest", "desk"), 1, "zoe") == rehearsed


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (RoundWish("retest", "desk"), "Nobody had or classified anything under desk in round 1"),
        (RoundWish("second_pass", "desk"), "Nobody had or classified anything under desk in round 1"),
        (RoundWish("retest", "harm_type"), "Nobody handed anything in"),
        (RoundWish("retest", "GMF", ("cy",)), "Nobody here is called 'cy'; there is ann"),
        (RoundWish("retest", "GMF", part="200%"), "more than all"),
        (RoundWish("retest", "GMF", part="9"), "of what ann handed in: 9 is more than there is; there is 1"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_words(at: At, wish: RoundWish, words: str) -> None:
    ann = at("ann")
    ann.tagging.skip("d:1", "harm_type", "not about AI")
    with ann.store.writing() as transaction:
        ann.tagging.skip("d:1", "GMF", "not about AI")
        transaction.execute("UPDATE classifications SET status = 'submitted' WHERE taxonomy = 'GMF'")
    with pytest.raises(RequestError, match=words):
        start(ann.project, wish, 1, "zoe")
    assert ann.project.current_round() == 1
    ann.store.rebuild()


def test_rounds_are_listed_with_what_is_done_in_them(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    zoe = at()
    start(zoe.project, RoundWish("retest", "desk"), 1, "zoe")
    submit_fully(at("ann", 2), "d:1")
    first, second = all_rounds(zoe.project)
    assert (first.purpose, first.assigned, first.done) == ("first", 0, 0)
    assert (second.purpose, second.started_by, second.assigned, second.done) == ("retest", "zoe", 1, 1)
