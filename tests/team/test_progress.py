"""Progress counts what is assigned, begun and done, and what is decided."""

from __future__ import annotations

import pytest

from annotator.desk.team.assignment import Wish, assign
from annotator.desk.team.progress import batches_of, progress_of
from annotator.errors import NotFoundError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At


def test_everybody_is_counted_with_what_they_have_to_do_and_what_they_did(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann,bob",), QueueView(kind="incident"), per_subject=2, batch_size=4), 1, "zoe")
    submit_fully(at("ann"), "d:1")
    choose(at("ann"), "d:2", "outcome", Answer(value="none"))
    at("ann").tagging.skip("d:3", "desk", "not about AI")
    submit_fully(at("cy", 2), "d:4")
    cy, ann, bob = progress_of(zoe.project).rows
    assert ann[:9] == ("ann", "desk", 1, 6, 4, 1, 1, 1, 1) and ann.done == 2 and ann.last
    assert bob[:9] == ("bob", "desk", 1, 6, 6, 0, 0, 0, 0) and not bob.last
    assert cy[:9] == ("cy", "desk", 2, 0, 0, 0, 0, 0, 1)
    assert [(each.batch, each.assigned) for each in batches_of(zoe.project, ann)] == [(1, 4), (2, 2)]
    assert sum(each.done for each in batches_of(zoe.project, ann)) == 2
    assert [row.annotator for row in progress_of(zoe.project, "DESK", 1).rows] == ["ann", "bob"]
    assert progress_of(zoe.project, "GMF").rows == ()


def test_what_is_decided_is_counted_apart(at: At) -> None:
    for name, sector in {"ann": "health", "bob": "police"}.items():
        choose(at(name), "d:1", "sectors", Answer(value=[sector]))
        choose(at(name), "d:1", "outcome", Answer(value="none"))
        at(name).tagging.submit("d:1", "desk")
    submit_fully(at("AIID"), "d:2")
    zoe = at()
    assert [(each.taxonomy, each.disputed, each.settled) for each in progress_of(zoe.project).decided] == [
        ("desk", 1, 0)
    ]
    decide = zoe.adjudication
    decide.adopt("d:1", "desk", "sectors", "ann", "slip")
    decide.adjudicate("d:1", "desk")
    zoe.publishing.publish("d:1", "desk")
    (decided,) = progress_of(zoe.project).decided
    assert decided == ("desk", 1, 0, 1, 1, 1, 0)
    assert {row.annotator for row in progress_of(zoe.project).rows} == {"ann", "bob"}


def test_an_unknown_taxonomy_is_named(at: At) -> None:
    with pytest.raises(NotFoundError, match="nope"):
        progress_of(at().project, "nope")
