"""Subjects are drawn from all that match, and how likely each was is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.desk.team.assignment import Drawing, Overlap, Wish, assign
from annotator.errors import RequestError
from annotator.model.payloads import can_say
from annotator.model.queue import QueueView
from annotator.store.readable import to_json
from annotator.store.team import assignments
from tests.desk.making import submit_fully
from tests.team.conftest import At

INCIDENTS = QueueView(kind="incident")


def chances(desk: Desk) -> dict[str, tuple[float | None, float | None]]:
    """By subject: how likely it was to be dealt, and to be dealt to two."""
    sql = "SELECT key, dealt, compared FROM assignments JOIN subjects ON subjects.id = subject_id"
    with desk.store.reading() as transaction:
        return {key: (dealt, compared) for key, dealt, compared in transaction.execute(sql)}


def test_a_draw_depends_on_its_seed_and_the_keys_alone(at: At) -> None:
    zoe = at()
    wish = Wish("desk", ("ann",), INCIDENTS, 3, random=Drawing(7))
    assert assign(zoe.project, wish, 1, "zoe").random == 7
    assert chances(zoe).keys() == {"d:3", "d:4", "d:6"}  # on any machine, in any release
    assert set(chances(zoe).values()) == {(0.5, None)}


def test_a_larger_draw_keeps_what_a_smaller_one_drew(at: At) -> None:
    zoe = at()
    for limit in (2, 4):
        assign(zoe.project, Wish("desk", ("ann",), INCIDENTS, limit, random=Drawing(3)), 1, "zoe")
    assert len(chances(zoe)) == 4


def test_the_overlap_of_a_draw_is_as_likely_as_both_together(at: At) -> None:
    zoe = at()
    wish = Wish("desk", ("ann", "bob"), INCIDENTS, 4, random=Drawing(0), overlap=Overlap("2"))
    assign(zoe.project, wish, 1, "zoe")
    assert Counter(chances(zoe).values()) == {(4 / 6, 2 / 6): 2, (4 / 6, None): 2}


def test_every_stratum_has_its_own_chance_and_the_weights_sum_to_all(at: At) -> None:
    zoe = at()
    wish = Wish("desk", ("ann", "bob"), INCIDENTS, 5, random=Drawing(0, "date"), per_subject=2)
    dealt = assign(zoe.project, wish, 1, "zoe")
    assert [(each.name, each.subjects, each.drawn) for each in dealt.strata][:2] == [("2022", 1, 1), ("2023", 1, 1)]
    assert all(alone == both for alone, both in chances(zoe).values())
    drawn = sum(each.subjects for each in dealt.strata if each.drawn)
    assert sum(1 / (alone or 0) for alone, _ in chances(zoe).values()) == pytest.approx(drawn)


def test_what_was_done_before_a_draw_is_told(at: At) -> None:
    zoe = at()
    wish = Wish("desk", ("ann",), INCIDENTS, 3, random=Drawing(7))
    submit_fully(at("bob"), "d:3")
    assert assign(zoe.project, wish, 1, "zoe").notes[0].startswith("1 of those drawn had everybody already")
    assert chances(zoe).keys() == {"d:4", "d:6"}


def test_what_is_dealt_without_a_draw_has_no_chance(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), INCIDENTS, 3), 1, "zoe")
    assert set(chances(zoe).values()) == {(None, None)}


def test_the_event_holds_the_draw_and_the_tables_follow_from_it(at: At) -> None:
    zoe = at()
    wish = Wish("desk", ("ann", "bob"), INCIDENTS, 4, random=Drawing(0, "date"), overlap=Overlap("1"))
    assign(zoe.project, wish, 1, "zoe")
    before = chances(zoe)
    zoe.store.rebuild()
    assert chances(zoe) == before
    with zoe.store.reading() as transaction:
        sql = "SELECT payload FROM events WHERE kind = 'assigned' LIMIT 1"
        ((said,),) = transaction.execute(sql).fetchall()
    assert '"matched":6' in said and '"drawn":4' in said and '"seed":0' in said and '"by":"date"' in said


def test_a_draw_needs_a_size(at: At) -> None:
    with pytest.raises(RequestError, match="say how many: --limit N"):
        assign(at().project, Wish("desk", ("ann",), INCIDENTS, random=Drawing(1)), 1, "zoe")


@pytest.mark.parametrize(
    "changes",
    [
        {"which": [0]},
        {"which": [0, 1]},
        {"which": [0, -1]},
        {"chances": [[0.0, None]]},
        {"chances": [[1.5, None]]},
        {"chances": [[0.25, 0.5]]},
        {"chances": [[None, 0.5]]},
        {"matched": 3, "drawn": 4},
    ],
)
def test_chances_that_cannot_be_are_nothing_that_a_deal_can_say(changes: dict[str, object]) -> None:
    draw: dict[str, object] = {"seed": 1, "matched": 4, "drawn": 2, "chances": [[0.5, None]], "which": [0, 0]}
    said = {"batch": 1, "subjects": [["t:1", "x", 1], ["t:2", "x", 2]]}
    assert can_say("assigned", to_json({**said, "draw": draw}))
    assert not can_say("assigned", to_json({**said, "draw": draw | changes}))


def test_what_is_kept_of_a_conflict_keeps_its_chances(at: At) -> None:
    from annotator.store.team import team

    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), INCIDENTS, 4, random=Drawing(0), overlap=None), 1, "zoe")
    before = chances(zoe)
    with zoe.store.writing() as transaction:
        (first, *_) = assignments.still_open(transaction, 1)
        sql = "SELECT feeds.uid || ':' || number FROM events JOIN feeds ON feeds.id = feed WHERE kind = 'assigned'"
        ((event,),) = transaction.execute(sql.replace("number", "events.number")).fetchall()
        team.say_again(transaction, "zoe", event, [("assignment", "desk", "ann", 1, first.subject_id)])
    assert chances(zoe) == before


@pytest.mark.slow
def test_years_with_few_incidents_weigh_what_they_are_of_the_real_snapshot(shared_data: Path, tmp_path: Path) -> None:
    project = Project.open(tmp_path / "real.db")
    import_path(project, shared_data / "aiid-snapshot")
    assign(project, Wish("GMF", ("ann",), INCIDENTS, 60, random=Drawing(7, "date")), 1, "zoe")
    with project.store.reading() as transaction:
        sql = "SELECT date < '2018', 1 / dealt FROM assignments JOIN subjects ON subjects.id = subject_id"
        drawn = transaction.execute(sql).fetchall()
        (early, everything) = transaction.execute(
            "SELECT sum(date < '2018'), count(*) FROM subjects WHERE kind = 'incident'"
        ).fetchone()
    project.store.close()
    weights = [weight for is_early, weight in drawn if is_early]
    assert len(weights) / len(drawn) == pytest.approx(0.30)
    assert sum(weights) / sum(weight for _, weight in drawn) == pytest.approx(early / everything)
    assert early / everything == pytest.approx(0.12, abs=0.002)
