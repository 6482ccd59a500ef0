"""Rounds: the same subjects again, by others or by the same annotators, and rounds that run side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from annotator.desk import Desk
from annotator.desk.team.assignment import Dealt, Wish, assign
from annotator.desk.team.rounds import RoundWish, all_rounds, find
from annotator.errors import AnswerError, NotFoundError, RequestError
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST, Purpose, short
from annotator.store.team import team
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At
from tests.team.test_assigning import given

KEYS = [f"d:{number}" for number in range(1, 7)]
ALL = QueueView(kind="incident")


def begin(
    zoe: Desk, purpose: Purpose, *to: str, taxonomy: str = "desk", part: str = "100%", per_subject: int = 1,
    seed: int = 0, keys: Sequence[str] | None = None, dry_run: bool = False,
) -> Dealt:  # fmt: skip
    named = None if keys is None else tuple(keys)
    wish = Wish(taxonomy, to, keys=named, per_subject=per_subject, seed=seed)
    return zoe.rounds.start(RoundWish(purpose, wish, part), dry_run=dry_run)


def test_a_second_pass_gives_subjects_to_those_who_did_not_have_them(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob,cy",), ALL), 1, "zoe")
    submit_fully(at("dan"), "d:1")
    before = given(zoe)
    dealt = begin(zoe, "second_pass")
    assert (dealt.subjects, dealt.short) == (6, 0)
    after = given(zoe, dealt.round)
    assert after.keys() == set(KEYS)
    assert all(len(names) == 1 and not names & before.get(key, set()) for key, names in after.items())
    assert after["d:1"] != {"dan"}
    assert at("ann", 0).worked_in.under("desk") == dealt.round


def test_a_second_pass_deals_the_newest_round_for_results_again_where_nobody_names_one(at: At) -> None:
    zoe = at("zoe", 0)
    assign(zoe.project, Wish("desk", ("ann",), keys=tuple(KEYS[:2])), 1, "zoe")
    dealt = begin(zoe, "second_pass", "bob")
    assert given(zoe, dealt.round) == {"d:1": {"bob"}, "d:2": {"bob"}}
    third = begin(zoe, "second_pass", "ann,bob,cy")
    assert given(zoe, third.round) == {"d:1": {"cy"}, "d:2": {"cy"}}


def test_a_second_pass_passes_over_who_had_a_subject_in_whatever_round(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), keys=tuple(KEYS[:2])), 1, "zoe")
    begin(zoe, "training", "bob", "cy", keys=("d:1",))
    dealt = begin(zoe, "second_pass", "bob", "cy", "dan")
    assert given(zoe, dealt.round)["d:1"] == {"dan"}


def test_a_second_pass_says_what_nobody_else_may_have(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob",), ALL, keys=("d:1", "d:2")), 1, "zoe")
    dealt = begin(zoe, "second_pass", per_subject=2)
    assert (dealt.assigned, dealt.short) == (2, 2)


def test_a_second_pass_in_which_nobody_may_have_anything_starts_no_round(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:1",)), 1, "zoe")
    with pytest.raises(RequestError, match="Everybody named had all of the 1 subjects of round 1"):
        begin(zoe, "second_pass")
    with pytest.raises(RequestError, match="need 2 people"):
        begin(zoe, "second_pass", "bob", per_subject=2)
    assert [each.round for each in all_rounds(zoe.project)] == [1]


def test_a_retest_gives_annotators_their_own_again_with_an_empty_form(at: At) -> None:
    for name, keys in {"ann": KEYS, "bob": KEYS[:2]}.items():
        for key in keys:
            submit_fully(at(name), key)
    at("bob").tagging.skip("d:6", "desk", "not about AI")
    zoe = at()
    dealt = begin(zoe, "retest", part="50%")
    assert {name: share for name, share, *_ in dealt.shares} == {"ann": 3, "bob": 1}
    assert all(key in KEYS[:2] for key, names in given(zoe, dealt.round).items() if "bob" in names)
    again = at("ann", 0)
    first = next(key for key, names in given(zoe, dealt.round).items() if "ann" in names)
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
    dealt = begin(zoe, "retest", part="50%", seed=5)
    assert list(given(zoe, dealt.round).values()) == [{"ann", "bob"}] * 3


def test_a_retest_of_some_subjects_alone(at: At) -> None:
    for key in KEYS:
        submit_fully(at("ann"), key)
    dealt = begin(at(), "retest", keys=("d:4",))
    assert given(at(), dealt.round) == {"d:4": {"ann"}}


def test_a_rehearsed_round_is_not_started(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    zoe = at()
    rehearsed = begin(zoe, "retest", dry_run=True)
    assert (rehearsed.round, [each.round for each in all_rounds(zoe.project)]) == (0, [1])
    done = begin(zoe, "retest")
    assert (done.assigned, done.shares) == (rehearsed.assigned, rehearsed.shares)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (RoundWish("retest", Wish("desk", ())), "Nobody had or classified anything under desk in round 1"),
        (RoundWish("second_pass", Wish("desk", ())), "Nobody had or classified anything under desk in round 1"),
        (RoundWish("retest", Wish("harm_type", ())), "Nobody handed anything in"),
        (RoundWish("retest", Wish("GMF", ("cy",))), "Nobody here is called 'cy'; there is ann"),
        (RoundWish("retest", Wish("GMF", ()), "200%"), "more than all"),
        (RoundWish("retest", Wish("GMF", ()), "9"), "of what ann handed in: 9 is more than there is; there is 1"),
        (RoundWish("retest", Wish("GMF", (), due="2020-01-01")), "is over already"),
        (RoundWish("calibration", Wish("GMF", ("ann",), due="2020-01-01")), "is over already"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_words(at: At, wish: RoundWish, words: str) -> None:
    ann = at("ann")
    ann.tagging.skip("d:1", "harm_type", "not about AI")
    with ann.store.writing() as transaction:
        ann.tagging.skip("d:1", "GMF", "not about AI")
        transaction.execute("UPDATE classifications SET status = 'submitted' WHERE taxonomy = 'GMF'")
    with pytest.raises(RequestError, match=words):
        at().rounds.start(wish)
    assert {each.round for each in all_rounds(ann.project)} == {1}
    ann.store.rebuild()


def test_rounds_are_listed_with_what_is_done_in_them(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    zoe = at()
    dealt = begin(zoe, "retest")
    submit_fully(at("ann", dealt.round), "d:1")
    first, second = all_rounds(zoe.project)
    assert (first.purpose, first.assigned, first.done) == ("first", 0, 0)
    assert (second.purpose, second.started_by, second.people, second.assigned, second.done) == (
        "retest",
        "zoe",
        1,
        1,
        1,
    )


# Side by side


def test_a_retest_leaves_the_work_of_everybody_else_and_of_other_taxonomies_as_it_was(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob",), ALL, per_subject=2), 1, "zoe")
    assign(zoe.project, Wish("GMF", ("ann,bob",), ALL, limit=2), 1, "zoe")
    for name, sector in (("ann", "health"), ("bob", "traffic")):
        choose(at(name), "d:1", "sectors", [sector])
        submit_fully(at(name), "d:1")
    dealt = begin(at(), "retest", "ann", part="1")
    ann, bob, judge = at("ann", 0), at("bob", 0), at("judge", 0)
    assert (ann.worked_in.under("desk"), ann.worked_in.under("GMF")) == (dealt.round, FIRST)
    assert bob.worked_in.under("desk") == FIRST and bob.queue.assigned("d:2") != []
    assert judge.decided_in.under("desk") == FIRST
    assert [each.key for each in judge.review.queue(judge.review.view("desk"))] == ["d:1"]
    submit_fully(ann, "d:1")
    later = at("judge", 0)
    assert (later.decided_in.under("desk"), at("ann", 0).worked_in.under("desk")) == (FIRST, FIRST)


def test_the_newest_round_with_open_work_comes_first_and_then_the_one_before(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:1",)), 1, "zoe")
    first = begin(at(), "calibration", "ann,bob", keys=("d:2",)).round
    second = begin(at(), "training", "ann", keys=("d:3",)).round
    assert len({first, second}) == 2
    for key, expected in (("d:3", second), ("d:2", first), ("d:1", FIRST)):
        ann = at("ann", 0)
        assert (ann.worked_in.under("desk"), ann.queue.assigned(key)) == (expected, ["desk"])
        ann.tagging.skip(key, "desk", "not about AI")
    assert at("ann", 0).worked_in.under("desk") == FIRST


def test_everybody_gets_every_subject_of_a_calibration_but_what_they_had(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    zoe = at()
    dealt = zoe.rounds.start(RoundWish("calibration", Wish("desk", ("ann,bob,cy",), ALL, limit=2)))
    assert given(zoe, dealt.round) == {key: {"ann", "bob", "cy"} for key in ("d:2", "d:3")}
    named = begin(at(), "calibration", "ann,bob", keys=("d:1",))
    assert (given(zoe, named.round), named.short) == ({"d:1": {"bob"}}, 1)


def test_work_goes_on_in_a_round_while_another_one_starts(at: At) -> None:
    ann = at("ann", 0)
    choose_first(ann)
    begin(at(), "calibration", "ann", keys=("d:2",))
    submit_fully(ann, "d:1")
    assert at("ann", 1).tagging.classification("d:1", "desk").status == "submitted"


def choose_first(ann: Desk) -> None:
    from annotator.model.classification import Answer

    choose(ann, "d:1", "outcome", Answer(value="none"))


# Closing


def test_a_closed_round_takes_nothing_new_and_lets_what_is_begun_be_handed_in(at: At) -> None:
    zoe = at()
    dealt = begin(zoe, "calibration", "ann,bob", keys=("d:1", "d:2"))
    ann = at("ann", 0)
    choose_first(ann)
    with pytest.raises(RequestError, match=r"3 assignments are not begun yet \(ann 1, bob 2\)"):
        at().rounds.close(dealt.round)
    rehearsed = at().rounds.close(dealt.round, dry_run=True)
    closed = at().rounds.close(dealt.round, take_back=True)
    assert closed == rehearsed and (closed.taken, closed.begun) == (3, {"ann": 1})
    with pytest.raises(
        AnswerError, match=r"Nothing new is begun in round \d+ \(calibration\), which was closed on .* by zoe"
    ):
        ann.tagging.skip("d:2", "desk", "not about AI")
    submit_fully(ann, "d:1")
    with pytest.raises(RequestError, match="Nothing new is begun"):
        assign(zoe.project, Wish("desk", ("cy",), keys=("d:3",)), dealt.round, "zoe")
    with pytest.raises(RequestError, match="is closed already"):
        at().rounds.close(dealt.round)
    assert at().rounds.reopen(dealt.round).closed_at == ""
    ann.tagging.skip("d:2", "desk", "not about AI")
    with pytest.raises(RequestError, match="is open"):
        at().rounds.reopen(dealt.round)
    assert at("ann", 0).worked_in.under("desk") == FIRST


def test_the_first_round_can_be_closed_under_one_taxonomy(at: At) -> None:
    zoe = at()
    zoe.rounds.close(FIRST, "desk")
    with pytest.raises(AnswerError, match="Nothing new is begun in round 1, which was closed"):
        at("ann", 0).tagging.skip("d:1", "desk", "not about AI")
    at("ann", 0).tagging.skip("d:1", "GMF", "not about AI")
    with pytest.raises(RequestError, match="Nothing new is begun in round 1, which was closed"):
        assign(zoe.project, Wish("desk", ("cy",)), 0, "zoe")
    with pytest.raises(NotFoundError, match="Under GMF there is no round 7"):
        zoe.rounds.close(7, "GMF")


# What is meant


def test_a_round_is_found_by_the_beginning_of_its_id(at: At) -> None:
    zoe = at()
    with zoe.store.writing() as transaction:
        for number in (123_456_789_012, 123_999_999_999, 2):
            team.start_round(transaction, "zoe", "desk", number, "training")
    assert find(zoe.project, "1234") == 123_456_789_012
    assert (find(zoe.project, "1"), find(zoe.project, "2"), find(zoe.project, "7")) == (1, 2, 7)
    assert short(123_456_789_012) == "12345"
    with pytest.raises(RequestError, match="begins several"):
        find(zoe.project, "123")
    with pytest.raises(NotFoundError, match="There is no round 4821"):
        find(zoe.project, "4821")


def test_a_round_of_an_older_version_belongs_to_every_taxonomy_it_was_used_in(at: At) -> None:
    zoe = at()
    with zoe.store.writing() as transaction:
        team.start_round(transaction, "zoe", "", 2, "second_pass")
    assert [each.taxonomy for each in all_rounds(zoe.project)] == []
    assign(zoe.project, Wish("desk", ("ann",), ALL), 2, "zoe")
    assert [(each.taxonomy, each.round) for each in all_rounds(zoe.project)] == [("desk", 1), ("desk", 2)]
    assert (at("ann", 0).worked_in.under("desk"), at("ann", 0).worked_in.under("GMF")) == (2, FIRST)
    zoe.store.rebuild()
    assert [(each.taxonomy, each.round) for each in all_rounds(zoe.project)] == [("desk", 1), ("desk", 2)]
