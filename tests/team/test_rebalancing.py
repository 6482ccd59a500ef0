"""Open work moves when people come or leave: never what is begun, never to who had it."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Desk
from annotator.desk.team.assignment import Drawing, Wish
from annotator.desk.team.rebalancing import Balance, Levelling, Rebalanced
from annotator.desk.team.rounds import RoundWish
from annotator.errors import RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.store import visibility
from annotator.store.team.assignments import StillOpen
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At

INCIDENTS = QueueView(kind="incident")


def deal(desk: Desk, *to: str, **more: object) -> None:
    desk.assignment.assign(Wish("desk", to, **{"view": INCIDENTS, **more}))  # type: ignore[arg-type]


def loads(found: Rebalanced) -> dict[str, tuple[int, int]]:
    """By annotator: how much they have to do, before and after."""
    return {each.annotator: (each.open, each.after) for each in found.loads}


def held(desk: Desk) -> dict[str, set[str]]:
    """By annotator: the subjects they are given."""
    found: dict[str, set[str]] = {}
    sql = "SELECT annotator, key FROM assignments JOIN subjects ON subjects.id = subject_id"
    with desk.store.reading() as transaction:
        for name, key in transaction.execute(sql):
            found.setdefault(name, set()).add(key)
    return found


def begin(at: At, name: str, *keys: str) -> None:
    for key in keys:
        choose(at(name), key, "outcome", Answer(value="none"))


def test_what_somebody_who_left_has_not_begun_goes_to_the_others(at: At) -> None:
    zoe = at()
    deal(zoe, "ann,bob,cy")
    mine = sorted(held(zoe)["bob"])
    begin(at, "bob", mine[0])
    zoe.people.leave("bob")
    rehearsed = zoe.assignment.rebalance(Balance("desk"), dry_run=True)
    assert held(zoe)["bob"] == set(mine)
    assert zoe.assignment.rebalance(Balance("desk")) == rehearsed
    assert loads(rehearsed) == {"ann": (2, 3), "bob": (2, 1), "cy": (2, 2)}
    assert (held(zoe)["bob"], rehearsed.begun, rehearsed.stuck) == ({mine[0]}, 1, 0)
    assert zoe.assignment.rebalance(Balance("desk")).moves == ()


def test_who_comes_gets_their_share_from_those_who_have_more(at: At) -> None:
    zoe = at()
    deal(zoe, "ann,bob")
    before = held(zoe)
    found = zoe.assignment.rebalance(Balance("desk", ("ann,bob,cy",)))
    assert loads(found) == {"ann": (3, 2), "bob": (3, 2), "cy": (0, 2)}
    after = held(zoe)
    assert after["ann"] < before["ann"] and after["bob"] < before["bob"]


def test_weights_share_what_is_to_be_done(at: At) -> None:
    zoe = at()
    deal(zoe, "ann,bob")
    assert loads(zoe.assignment.rebalance(Balance("desk", ("ann=2", "bob")))) == {"ann": (3, 4), "bob": (3, 2)}


def test_what_is_begun_stays_and_counts(at: At) -> None:
    zoe = at()
    deal(zoe, "ann")
    begin(at, "ann", "d:1", "d:2", "d:3", "d:4")
    found = zoe.assignment.rebalance(Balance("desk", ("ann,bob",)))
    assert loads(found) == {"ann": (6, 4), "bob": (0, 2)}
    assert held(zoe)["ann"] == {"d:1", "d:2", "d:3", "d:4"}


def test_nobody_gets_what_they_had_or_saw_others_answers_on(at: At) -> None:
    zoe = at()
    submit_fully(at("cy"), "d:1")
    begin(at, "cy", "d:2")
    at("cy").tagging.skip("d:3", "desk", "no AI")
    with zoe.store.writing() as transaction:
        visibility.put(transaction, "cy", "d:4", "desk")
    deal(zoe, "ann", keys=("d:1", "d:2", "d:3", "d:4"), per_subject=1, view=QueueView())
    deal(zoe, "ann", keys=("d:1", "d:3"), per_subject=1, view=QueueView())
    zoe.people.leave("ann")
    found = zoe.assignment.rebalance(Balance("desk", ("cy",)))
    assert (found.moves, found.stuck) == ((), len(held(zoe)["ann"]))


def test_those_who_share_a_subject_still_do(at: At) -> None:
    zoe = at()
    deal(zoe, "ann,bob", per_subject=2)
    zoe.people.leave("bob")
    zoe.assignment.rebalance(Balance("desk", ("ann,cy",)))
    assert held(zoe)["ann"] == held(zoe)["cy"] and "bob" not in held(zoe)


def test_selectors_and_batches_are_obeyed(at: At) -> None:
    zoe = at()
    deal(zoe, "ann")
    zoe.people.leave("ann")
    found = zoe.assignment.rebalance(Balance("desk", ("bob",), QueueView(search="d:2")))
    assert [each.subject for each in found.moves] == ["d:2"]
    zoe.assignment.rebalance(Balance("desk", ("bob",), keys=("d:3", "d:4", "d:5"), batch_size=2))
    with zoe.store.reading() as transaction:
        sql = "SELECT batch, count(*) FROM assignments WHERE annotator = 'bob' GROUP BY batch ORDER BY batch"
        assert transaction.execute(sql).fetchall() == [(1, 1), (2, 2), (3, 1)]


def test_every_move_is_a_taking_back_and_a_deal_with_the_same_chances(at: At) -> None:
    zoe = at()
    deal(zoe, "ann,bob", limit=4, random=Drawing(1))
    zoe.people.leave("bob")
    zoe.assignment.rebalance(Balance("desk"))
    with zoe.store.reading() as transaction:
        assert transaction.execute("SELECT DISTINCT dealt FROM assignments").fetchall() == [(4 / 6,)]
        told = transaction.execute("SELECT kind FROM log WHERE kind IN ('assigned', 'taken_back') ORDER BY counter")
        assert [kind for (kind,) in told] == ["assigned", "assigned", "taken_back", "assigned"]


def test_a_retest_stays_with_those_whose_own_it_is(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    again = at().rounds.start(RoundWish("retest", Wish("desk", ())))
    with pytest.raises(RequestError, match="is a retest, in which everybody"):
        at(round_=again.round).assignment.rebalance(Balance("desk", ("bob",)))


def test_somebody_must_be_here_to_take_it(at: At) -> None:
    with pytest.raises(RequestError, match="name who is to have the work: --to NAMES"):
        at().assignment.rebalance(Balance("desk"))


@settings(deadline=None)
@given(st.data())
def test_moves_add_up_whoever_has_what(data: st.DataObject) -> None:
    everybody = "abcdef"
    here = data.draw(st.sets(st.sampled_from(everybody), min_size=1))
    people = {name: Fraction(data.draw(st.integers(1, 3))) for name in sorted(here)}
    cells = [(subject, name) for subject in range(12) for name in everybody]
    owned = data.draw(st.sets(st.sampled_from(cells), max_size=40))
    begun = data.draw(st.sets(st.sampled_from(sorted(owned)))) if owned else set()
    others = data.draw(st.sets(st.sampled_from(cells), max_size=20))
    found = [StillOpen(name, "T", 1, subject, 1, at, (subject, name) in begun, None, None, "")
             for at, (subject, name) in enumerate(sorted(owned))]  # fmt: skip
    shut = {subject: frozenset(name for at, name in owned | others if at == subject) for subject in range(12)}
    movable = [each for each in found if not each.is_begun]
    moves, stuck = Levelling(people, found, movable, shut).moves()

    after = Counter((each.subject_id, each.annotator) for each in found)
    for one, taker in moves:
        assert not one.is_begun and taker in here and taker not in shut[one.subject_id]
        after[one.subject_id, one.annotator] -= 1
        after[one.subject_id, taker] += 1
    assert set(after.values()) <= {0, 1} and after.total() == len(found)
    homeless = [each for each in movable if each.annotator not in here]
    assert sum(after[each.subject_id, each.annotator] for each in homeless) == stuck
    before = Counter(each.annotator for each in found)
    total = sum(before[name] for name in here) + len(homeless) - stuck
    for one, taker in moves:
        if one.annotator in here:  # nobody here gives to somebody who then has more than they had
            share = float(people[taker] * total) / float(sum(people.values()))
            assert sum(after[subject, taker] for subject in range(12)) <= max(share + 1, before[one.annotator])
