"""What is assigned comes first: in the queue, when a subject is opened, and after it was handed in."""

from __future__ import annotations

from array import array

import pytest

from annotator.desk import Desk
from annotator.model.queue import QueueView, ResumePoint, Work
from annotator.model.rounds import FIRST_ROUNDS
from annotator.store.team import assignments, team
from annotator.store.team.assignments import Assignment
from tests.desk.making import submit_fully

ALL = QueueView()
MINE = QueueView(assigned=True)


@pytest.fixture
def dealt(eva: Desk, bob: Desk) -> Desk:
    """Eva is to do d:5 and d:3, then d:2 in a second batch, then d:3 under another taxonomy; bob d:6."""
    with eva.store.writing() as transaction:
        ids = dict(transaction.execute("SELECT key, id FROM subjects").fetchall())
        work = [("d:5", "eva", 1, 1), ("d:3", "eva", 1, 2), ("d:2", "eva", 2, 1), ("d:6", "bob", 1, 3)]
        assignments.put(
            transaction,
            "desk",
            1,
            [Assignment(ids[key], name, batch, place) for key, name, batch, place in work],
            "zoe",
        )
        assignments.put(transaction, "GMF", 1, [Assignment(ids["d:3"], "eva", 3, 1)], "zoe")
        assignments.put(transaction, "desk", 2, [Assignment(ids["d:4"], "eva", 1, 1)], "zoe")
    return eva


def keys(desk: Desk, view: QueueView = ALL) -> list[str]:
    queue = desk.queue.open(view, again=True)
    return [row.key for row in queue.rows(0, queue.count)]


def test_open_assignments_come_first_and_the_others_follow(dealt: Desk) -> None:
    assert keys(dealt) == ["d:5", "d:3", "d:2", "d:1", "d:4", "d:6", "d:r1", "d:r2"]
    submit_fully(dealt, "d:5")
    assert keys(dealt) == ["d:3", "d:2", "d:1", "d:4", "d:5", "d:6", "d:r1", "d:r2"]


def test_other_orders_and_other_people_are_as_ever(dealt: Desk, bob: Desk) -> None:
    usual = ["d:1", "d:2", "d:3", "d:4", "d:5", "d:6", "d:r1", "d:r2"]
    assert keys(dealt, QueueView(sort="key")) == usual
    assert keys(dealt, QueueView(descending=True)) == usual[::-1]
    assert keys(Desk(dealt.project, "zoe")) == usual
    assert keys(Desk(dealt.project, "")) == usual
    assert keys(Desk(dealt.project, "eva", 2))[0] == "d:4"
    assert keys(bob)[0] == "d:6"


def test_a_filter_shows_open_work_alone(dealt: Desk) -> None:
    assert keys(dealt, MINE) == ["d:5", "d:3", "d:2", "d:4"]  # d:4 in another round
    assert keys(Desk(dealt.project, "eva", 2), MINE) == ["d:4"]
    assert keys(Desk(dealt.project, "eva", 1), MINE) == ["d:5", "d:3", "d:2"]
    assert keys(dealt, MINE.but(taxonomy="GMF")) == ["d:3"]
    assert keys(dealt, MINE.but(annotator="bob")) == ["d:6"]
    assert keys(dealt, MINE.but(until="2023")) == ["d:3", "d:2"]
    assert keys(dealt, MINE.but(sort="title")) == ["d:2", "d:3", "d:4", "d:5"]
    dealt.tagging.note("d:3", "desk", "begun")
    assert keys(dealt, MINE.but(status="draft")) == ["d:3"]
    assert keys(dealt, MINE.but(status="untouched", taxonomy="desk")) == ["d:5", "d:2", "d:4"]


def test_what_is_to_do_in_the_first_round_comes_with_that_of_another_under_another_taxonomy(dealt: Desk) -> None:
    with dealt.store.writing() as transaction:
        team.start_round(transaction, "zoe", "desk", 2, "second_pass")
    eva = Desk(dealt.project, "eva")
    assert (eva.worked_in.under("desk"), keys(eva)[:3]) == (2, ["d:4", "d:3", "d:1"])
    eva.tagging.skip("d:3", "GMF", "not about AI")  # under desk it is to do in the first round alone
    assert keys(eva)[:3] == ["d:4", "d:1", "d:2"]
    assert eva.queue.next_assigned(ALL, "d:1", "desk") == ("d:4", "desk")


def test_a_line_tells_under_what_it_is_to_be_done(dealt: Desk) -> None:
    rows = {row.key: row.assigned for row in dealt.queue.open(ALL).rows(0, 9)}
    assert rows["d:3"] == ("desk", "GMF") and rows["d:5"] == ("desk",) and rows["d:6"] == ()
    assert dealt.queue.assigned("d:3") == ["desk", "GMF"] and dealt.queue.assigned("d:1") == []


def test_the_first_lines_are_the_same_as_when_all_are_looked_up(dealt: Desk) -> None:
    from annotator.store.queue import QueueQuery

    with dealt.store.reading() as transaction:
        query = QueueQuery(ALL, "eva", FIRST_ROUNDS)
        every = query.ids(transaction)
        assert query.count(transaction) == len(every) == len(set(every))
        for limit in range(len(every) + 2):
            assert query.ids(transaction, limit) == array("q", every[:limit])


def test_after_a_submission_the_next_assigned_work_follows_even_under_another_taxonomy(dealt: Desk) -> None:
    walked = [Work("d:5", "desk")]
    while len(walked) < 4:
        if walked[-1].taxonomy == "desk":
            submit_fully(dealt, walked[-1].subject)
        following = dealt.queue.next_work(ALL, *walked[-1])
        assert following
        walked.append(following)
    assert walked[1:] == [("d:3", "desk"), ("d:2", "desk"), ("d:3", "GMF")]
    dealt.tagging.skip("d:3", "GMF", "not about AI")
    assert dealt.queue.next_work(ALL, "d:3", "GMF") == ("d:4", "desk")  # in another round
    in_it = Desk(dealt.project, "eva", 2)
    in_it.tagging.skip("d:4", "desk", "not about AI")
    assert dealt.queue.next_work(ALL, "d:3", "GMF") == ("d:2", "GMF")  # nothing assigned is left


def test_what_was_passed_over_comes_again_and_a_subject_that_is_not_assigned_leads_to_the_first(dealt: Desk) -> None:
    dealt.tagging.skip("d:2", "desk", "none")
    dealt.tagging.skip("d:3", "GMF", "none")
    assert dealt.queue.next_work(ALL, "d:3", "desk") == ("d:5", "desk")
    assert dealt.queue.next_work(ALL, "d:1", "desk") == ("d:5", "desk")


def test_a_view_that_does_not_show_the_assigned_work_does_not_lead_to_it(dealt: Desk) -> None:
    view = QueueView(until="2022")
    assert dealt.queue.next_work(view, "d:1", "desk") == ("d:2", "desk")
    assert dealt.queue.next_work(QueueView(search="robot"), "d:1", "desk") == ("d:r1", "desk")


def test_a_place_that_was_kept_before_there_were_assignments_is_found_again(dealt: Desk) -> None:
    dealt.queue.remember(ResumePoint("d:1", "desk", "outcome", QueueView(kind="incident")))
    with dealt.store.writing() as transaction:
        transaction.execute("UPDATE resume_points SET view = json_remove(view, '$.assigned')")
    assert dealt.queue.resume_point() == ResumePoint("d:1", "desk", "outcome", QueueView(kind="incident"))
