"""Strata are made of what may be seen: a deal tells nobody whether a hidden answer equals another."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.settings import change
from annotator.desk.team.assignment import Dealt, Drawing, Overlap, Wish
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from tests.desk.blind_doors import stratified
from tests.desk.blinded import assign
from tests.desk.making import choose, make_desk

WORLDS = ("health", "police")
"""What Ann said about the second incident; about the first she says `health`."""


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Ann has handed two subjects in. Bob has begun the first, and Cy is to do it; Eve reviews."""
    return make_world(tmp_path, request.param)


def make_world(folder: Path, said: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = make_desk(folder)
    with closing(open_desk(path, "ann")) as ann:
        for key, value in (("d:1", "health"), ("d:2", said)):
            choose(ann, key, "outcome", Answer(value="none"))
            choose(ann, key, "sectors", Answer(value=[value]))
            ann.tagging.submit(key, "desk")
    with closing(open_desk(path, "bob")) as bob:
        for key in ("d:1", "d:2"):
            bob.tagging.note(key, "desk", "begun")
        assign(bob, "d:1", "cy")
        change(bob.store, "lead", "reviewers", "eve")
    return path


def dealt(path: Path, name: str, wish: Wish) -> Dealt:
    with closing(open_desk(path, name)) as desk:
        return desk.assignment.assign(wish, dry_run=True)


@pytest.mark.parametrize("name", ["bob", "BOB", "cy", "dora", ""])
def test_a_deal_is_the_same_whatever_is_answered_where_that_is_closed(tmp_path: Path, name: str) -> None:
    drawn = Wish("desk", ("zed", "yan"), QueueView(), 1, random=Drawing(5, "sectors"))
    worlds = [make_world(tmp_path / said, said) for said in WORLDS]
    for wish in (stratified("d:1", "d:2"), drawn):
        first, second = (dealt(path, name, wish) for path in worlds)
        assert first == second
        assert len(first.strata) == 1


@pytest.mark.parametrize("name", ["eve", "ann"])
def test_who_may_see_the_answers_has_strata_of_them(tmp_path: Path, name: str) -> None:
    alike, apart = (dealt(make_world(tmp_path / said, said), name, stratified("d:1", "d:2")) for said in WORLDS)
    assert [each.name for each in alike.strata] == ["1"]
    assert [each.name for each in apart.strata] == ["1", "2"]


def test_a_lead_has_strata_of_what_they_are_not_at_work_on_themselves(tmp_path: Path) -> None:
    path = make_world(tmp_path / "alike", "police")
    with closing(open_desk(path, "lena")) as lena, closing(open_desk(path, "bob")) as bob:
        assert len(lena.assignment.assign(stratified("d:1", "d:2"), dry_run=True).strata) == 1
        for name in ("lena", "bob"):
            lena.roles.give(name, "lead")
        assert len(lena.assignment.assign(stratified("d:1", "d:2"), dry_run=True).strata) == 2
        assert len(bob.assignment.assign(stratified("d:1", "d:2"), dry_run=True).strata) == 1


def test_what_is_closed_is_counted_and_said(world: Path) -> None:
    (note, _) = dealt(world, "bob", stratified("d:1", "d:2")).notes
    assert note.startswith("Annotation is blind: 2 subjects left out") and "makes no stratum" in note


def test_how_likely_a_subject_was_is_not_kept_where_that_tells_its_stratum(world: Path) -> None:
    with closing(open_desk(world, "eve")) as eve:
        found = eve.assignment.assign(stratified("d:1", "d:2"))
        assert "is not kept" in found.notes[-1] and draws(eve) == []
        eve.assignment.assign(Wish("desk", ("zed", "yan"), overlap=Overlap("50%", stratify="date")))
        assert {each["by"] for each in draws(eve)} == {"date"}


def test_how_likely_a_subject_was_is_kept_where_anybody_may_know_its_stratum(world: Path) -> None:
    with closing(open_desk(world, "eve")) as eve:
        eve.assignment.assign(Wish("GMF", ("zed", "yan"), keys=("d:5", "d:6"), overlap=Overlap("1", 2, "desk:sectors")))
        assert {each["by"] for each in draws(eve)} == {"desk:sectors"}


def draws(desk: Desk) -> list[dict[str, object]]:
    """How what was assigned was drawn, as the log has it."""
    sql = "SELECT payload ->> 'draw' FROM events WHERE kind = 'assigned' AND payload ->> 'draw' IS NOT NULL"
    with desk.store.reading() as transaction:
        return [json.loads(said) for (said,) in transaction.execute(sql)]
