"""Whether an assignment is done follows from the work, and never from anything else."""

from __future__ import annotations

import pytest

from annotator.model.event import EventKind
from annotator.model.rounds import FIRST_ROUNDS, LARGEST, SMALLEST, InRounds
from annotator.store.store import Store
from annotator.store.team import assignments, rounds, team, to_do
from annotator.store.team.assignments import Assignment
from tests.store.making import answer, of, problems, record


@pytest.fixture
def dealt(store: Store) -> Store:
    """Eva has three subjects to do, bob one of them."""
    with store.writing() as transaction:
        eva = [Assignment(number, "eva", 1 + number // 3, number) for number in (1, 2, 3)]
        assignments.put(transaction, "T", 1, [*eva, Assignment(1, "bob", 1, 1)], "zoe")
    return store


def open_work(store: Store, annotator: str = "eva", round_: int = 1) -> list[int]:
    with store.reading() as transaction:
        return [subject for *_, subject in to_do.open_places(transaction, annotator, InRounds(round_))]


@pytest.mark.parametrize("kind", ["submitted", "skipped"])
def test_what_is_handed_in_or_skipped_is_done_until_it_is_taken_back(dealt: Store, kind: EventKind) -> None:
    answer(dealt, of(), "a", "yes")
    assert open_work(dealt) == [1, 2, 3]
    record(dealt, of(), kind, reason="not about AI")
    assert (open_work(dealt), open_work(dealt, "bob")) == ([2, 3], [1])
    record(dealt, of(), "reopened")
    assert open_work(dealt) == [1, 2, 3]
    assert problems(dealt) == []


def test_undoing_a_submission_opens_the_assignment_again(dealt: Store) -> None:
    answer(dealt, of(), "a", "yes")
    event, _ = dealt.record("eva", "submitted", of(), 1, {})
    assert open_work(dealt) == [2, 3]
    record(dealt, of(), "undone", event=event.id)
    assert open_work(dealt) == [1, 2, 3]
    record(dealt, of(), "redone", event=event.id)
    assert open_work(dealt) == [2, 3]
    assert problems(dealt) == []


def test_work_under_another_taxonomy_leaves_the_assignment_open(dealt: Store) -> None:
    record(dealt, of(taxonomy="U"), "skipped", reason="none")
    assert open_work(dealt) == [1, 2, 3]


def test_the_doctor_sees_an_assignment_that_is_not_as_done_as_the_work_and_a_rebuild_cures_it(dealt: Store) -> None:
    record(dealt, of(), "skipped", reason="none")
    with dealt.writing() as transaction:
        transaction.execute("UPDATE assignments SET done = 1 - done WHERE annotator = 'eva'")
    assert problems(dealt) == [
        f"t:{number} T eva round 1 is not as done as the assignment says" for number in (1, 2, 3)
    ]
    dealt.rebuild()
    assert open_work(dealt) == [2, 3]
    assert problems(dealt) == []


def test_taking_back_leaves_what_is_done(dealt: Store) -> None:
    record(dealt, of(), "skipped", reason="none")
    with dealt.writing() as transaction:
        assert assignments.take_back(transaction, "eva", 1, "U") == 0
        assert assignments.take_back(transaction, "eva", 2) == 0
        assert assignments.take_back(transaction, "eva", 1, "T") == 2
        assert assignments.holders(transaction, "T", 1) == {1: {"bob", "eva"}}


def test_open_work_comes_by_batch_and_then_by_place(store: Store) -> None:
    with store.writing() as transaction:
        late, early = [Assignment(1, "eva", 2, 0)], [Assignment(3, "eva", 1, 5), Assignment(2, "eva", 1, 9)]
        assignments.put(transaction, "T", 1, [*late, *early], "zoe")
        assignments.put(transaction, "S", 1, early, "zoe")
        found = [(subject, taxonomy) for _, _, taxonomy, subject in to_do.open_places(transaction, "eva", FIRST_ROUNDS)]
        assert found == [(3, "S"), (3, "T"), (2, "S"), (2, "T"), (1, "T")]
        walked, place = [], to_do.START
        while following := to_do.next_open(transaction, "eva", FIRST_ROUNDS, place, including=False):
            place = following.place
            walked.append((int(following.key.removeprefix("t:")), following.taxonomy))
        assert walked == found
        assert to_do.last_open(transaction, "eva", FIRST_ROUNDS) == place
        assert to_do.next_open(transaction, "eva", FIRST_ROUNDS, place, including=True).place == place  # type: ignore[union-attr]
        assert to_do.last_open(transaction, "zoe", FIRST_ROUNDS) == to_do.START
        assert to_do.open_for(transaction, "t:3", "eva", FIRST_ROUNDS) == ["S", "T"]
        assert assignments.last_batches(transaction) == {"eva": 2}


def test_who_holds_a_subject_counts_work_that_nobody_asked_for_but_no_drafts_and_no_published_results(
    store: Store,
) -> None:
    record(store, of("t:1", "ann"), "skipped", reason="none")
    answer(store, of("t:1", "bob"), "a", "yes")
    record(store, of("t:1", "AIID"), "skipped", reason="none")
    with store.reading() as transaction:
        assert assignments.holders(transaction, "T", 1) == {1: {"ann"}}
        assert assignments.touched(transaction, "T", 1) == {1: {"ann", "bob"}}
        assert assignments.handed_in(transaction, "T", 1) == {}


def test_a_round_gets_an_id_that_nobody_can_guess(store: Store) -> None:
    with store.writing() as transaction:
        assert rounds.numbers(transaction) == [1]
        ids = {rounds.new_id(transaction) for _ in range(20)}
        assert len(ids) == 20 and all(SMALLEST <= each <= LARGEST for each in ids)
        team.start_round(transaction, "zoe", "T", min(ids), "retest")
        assert [(each.taxonomy, each.round, each.purpose, each.started_by) for each in rounds.started(transaction)] == [
            ("T", min(ids), "retest", "zoe")
        ]
        assert rounds.numbers(transaction) == [1, min(ids)]
