"""Only what was adjudicated, or released with a reason, can be published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.errors import AnswerError, RequestError
from tests.desk.making import choose
from tests.desk.test_adjudicating import hand_in, on_record


@pytest.fixture
def cleo(path: Path) -> Iterator[Desk]:
    """Cleo, who decides and publishes."""
    desk = open_desk(path, "cleo")
    yield desk
    desk.close()


def test_an_adjudication_is_published_and_withdrawn(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva)
    hand_in(bob)
    with pytest.raises(AnswerError, match="is not adjudicated"):
        cleo.publishing.publish("d:1", "desk")
    cleo.adjudication.adjudicate("d:1", "desk")
    assert cleo.publishing.publish("d:1", "desk").publish == "published"
    with pytest.raises(AnswerError, match="withdraw it"):
        cleo.adjudication.reopen("d:1", "desk")
    with pytest.raises(AnswerError, match="withdraw it"):
        cleo.history.undo()
    assert cleo.publishing.withdraw("d:1", "desk").publish == "unpublished"
    assert cleo.history.undo()
    assert on_record(cleo).status == "untouched"
    with pytest.raises(RequestError, match="nothing of adjudicated or cleo is published"):
        cleo.publishing.withdraw("d:1", "desk")


def test_a_stale_adjudication_is_not_published(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva)
    hand_in(bob)
    cleo.adjudication.adjudicate("d:1", "desk")
    hand_in(bob, maker="B")
    with pytest.raises(AnswerError, match=r"is stale \(bob handed in other answers"):
        cleo.publishing.publish("d:1", "desk")


def test_one_annotators_work_is_released_only_when_submitted_and_with_a_reason(eva: Desk, cleo: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    with pytest.raises(AnswerError, match="needs a reason"):
        cleo.publishing.release("d:1", "desk", " ", "eva")
    with pytest.raises(AnswerError, match="is draft; only what was submitted"):
        cleo.publishing.release("d:1", "desk", "urgent", "eva")
    eva.tagging.submit("d:1", "desk")
    assert cleo.publishing.release("d:1", "desk", "urgent", "eva").publish == "published"
    assert eva.tagging.classification("d:1", "desk").publish == "published"
    assert eva.publishing.withdraw("d:1", "desk").publish == "unpublished"


def test_released_work_is_not_taken_back_under_its_readers(eva: Desk, cleo: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    eva.tagging.submit("d:1", "desk")
    cleo.publishing.release("d:1", "desk", "urgent", "eva")
    with pytest.raises(AnswerError, match="withdraw it first"):
        eva.tagging.reopen("d:1", "desk")
    with pytest.raises(AnswerError, match="withdraw it first"):
        eva.history.undo()
    assert eva.tagging.classification("d:1", "desk").status == "submitted"
    eva.publishing.withdraw("d:1", "desk")
    assert eva.tagging.reopen("d:1", "desk").status == "draft"


def test_a_flag_on_released_work_is_taken_back(eva: Desk, cleo: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    eva.tagging.submit("d:1", "desk")
    cleo.publishing.release("d:1", "desk", "urgent", "eva")
    eva.tagging.raise_flag("d:1", "desk", "is this right?")
    change = eva.history.undo()
    assert change
    assert change.words == "undid: flag"
    now = eva.tagging.classification("d:1", "desk")
    assert (now.flags, now.status, now.publish) == ((), "submitted", "published")
