"""The same deed, done apart for whatever reasons, is in no conflict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.conflicts.sides import OpenConflict
from annotator.model.classification import Classification
from tests.desk.apart import closing_desk, parted
from tests.desk.making import ailments, make_desk, submit_fully

Deed = Callable[[Desk], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_desk(tmp_path)


def mine(desk: Desk) -> Classification:
    return desk.tagging.classification("d:1", "desk")


def conflicts(desk: Desk) -> dict[str, OpenConflict]:
    return {each.place: each for each in desk.conflicts.listed().conflicts}


DEEDS: dict[str, tuple[Deed, Deed, str]] = {
    "skipped": (
        lambda it: it.tagging.skip("d:1", "desk", "not about AI"),
        lambda it: it.tagging.skip("d:1", "desk", "a joke"),
        "skipped",
    ),
    "reopened": (
        lambda it: it.tagging.reopen("d:1", "desk"),
        lambda it: it.tagging.reopen("d:1", "desk", "a slip"),
        "draft",
    ),
    "undone": (lambda it: it.history.undo(), lambda it: it.tagging.reopen("d:1", "desk", "a slip"), "draft"),
}


@pytest.mark.parametrize(("one", "other", "status"), DEEDS.values(), ids=DEEDS)
def test_the_same_deed_for_two_reasons_is_in_no_conflict_and_both_are_in_the_history(
    path: Path, one: Deed, other: Deed, status: str
) -> None:
    if status == "draft":
        with closing_desk(path, "eva") as eva:
            submit_fully(eva, "d:1")
    with parted(path, "eva", "eva") as (here, there):
        one(here)
        other(there)
    with closing_desk(path, "eva") as eva:
        assert (conflicts(eva), mine(eva).status, ailments(eva)) == ({}, status, [])
        told = {event.payload.get("reason") for event in eva.history.of("d:1", "desk")}
        assert told >= ({"not about AI", "a joke"} if status == "skipped" else {"a slip"})
        submit_fully(eva, "d:1")
        assert (mine(eva).status, conflicts(eva)) == ("submitted", {})


def test_skipping_against_opening_again_is_in_conflict_also_where_one_was_undone(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        eva.tagging.skip("d:1", "desk", "not about AI")
    with parted(path, "eva", "eva") as (here, there):
        here.history.undo()
        there.tagging.reopen("d:1", "desk")
        there.tagging.skip("d:1", "desk", "a joke")
    with closing_desk(path, "eva") as eva:
        assert conflicts(eva).keys() == {"status"}


@pytest.mark.parametrize("reason", ["urgent", "asked for"])
def test_publishing_for_two_reasons_is_one_deed(path: Path, reason: str) -> None:
    with closing_desk(path, "eva") as eva:
        submit_fully(eva, "d:1")
    with parted(path, "eva", "eva") as (here, there):
        here.publishing.release("d:1", "desk", "urgent")
        there.publishing.release("d:1", "desk", reason)
    with closing_desk(path, "eva") as eva:
        assert (conflicts(eva), mine(eva).publish) == ({}, "published")
