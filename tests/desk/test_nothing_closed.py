"""Who looks where nothing is closed to them may still classify; what is closed counts, whoever it is by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.errors import AnswerError
from annotator.model.classification import Identity
from tests.desk.making import choose, submit_fully
from tests.desk.test_adjudicating import hand_in


@pytest.fixture
def cleo(path: Path) -> Iterator[Desk]:
    """Cleo, who has seen nothing so far."""
    with closing(open_desk(path, "cleo")) as desk:
        yield desk


def may_classify_after_looking(desk: Desk) -> bool:
    """Whether somebody who looks at a subject can classify it afterwards."""
    desk.review.look("d:1", "desk")
    try:
        choose(desk, "d:1", "maker", "C")
    except AnswerError as refusal:
        assert "you have looked at others' answers" in str(refusal)
        return False
    return True


def test_what_is_handed_in_is_closed(eva: Desk, cleo: Desk) -> None:
    submit_fully(eva, "d:1")
    assert not may_classify_after_looking(cleo)


def test_what_is_published_is_open(eva: Desk, cleo: Desk) -> None:
    submit_fully(eva, "d:1")
    eva.publishing.release("d:1", "desk", "urgent")
    assert may_classify_after_looking(cleo)


def test_what_an_import_brought_is_open(eva: Desk, cleo: Desk) -> None:
    payload = {"answers": {"maker": {"value": "A"}}, "notes": "", "status": "submitted", "publish": "unpublished"}
    of = Identity(subject="d:1", taxonomy="desk", annotator="ann")
    eva.store.record("ann", "imported", of, 1, payload)
    assert [each.field for each in cleo.review.of("d:1", "desk").fields] == ["maker"]
    assert may_classify_after_looking(cleo)


def test_a_review_shows_nothing_of_drafts(eva: Desk, cleo: Desk) -> None:
    choose(eva, "d:1", "maker", "A")
    assert may_classify_after_looking(cleo)


def test_a_review_shows_nothing_of_other_rounds(eva: Desk, path: Path) -> None:
    submit_fully(eva, "d:1")
    with closing(open_desk(path, "cleo", round_=2)) as later:
        assert may_classify_after_looking(later)


def test_rulings_are_closed_also_when_everybody_took_back_their_work(
    eva: Desk, bob: Desk, cleo: Desk, path: Path
) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    with closing(open_desk(path, "judge")) as judge:
        judge.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    for desk in (eva, bob):
        desk.tagging.reopen("d:1", "desk")
    assert not may_classify_after_looking(cleo)


def test_who_looked_is_told_from_others(eva: Desk, bob: Desk, cleo: Desk) -> None:
    submit_fully(eva, "d:1")
    bob.review.look("d:1", "desk")
    assert choose(cleo, "d:1", "maker", "C").status == "draft"
