"""Only what was adjudicated, or released with a reason, can be published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Session, open_session
from annotator.errors import AnswerError, RequestError
from tests.desk.making import choose
from tests.desk.test_adjudicating import hand_in, on_record


@pytest.fixture
def cleo(path: Path) -> Iterator[Session]:
    """Cleo, who decides and publishes."""
    session = open_session(path, "cleo")
    yield session
    session.close()


def test_an_adjudication_is_published_and_withdrawn(eva: Session, bob: Session, cleo: Session) -> None:
    hand_in(eva)
    hand_in(bob)
    with pytest.raises(AnswerError, match="is not adjudicated"):
        cleo.publisher().publish("d:1", "desk")
    cleo.adjudicator().adjudicate("d:1", "desk")
    assert cleo.publisher().publish("d:1", "desk").publish == "published"
    with pytest.raises(AnswerError, match="withdraw it"):
        cleo.adjudicator().reopen("d:1", "desk")
    with pytest.raises(AnswerError, match="withdraw it"):
        cleo.undo()
    assert cleo.publisher().withdraw("d:1", "desk").publish == "unpublished"
    assert cleo.undo()
    assert on_record(cleo).status == "untouched"
    with pytest.raises(RequestError, match="nothing of adjudicated or cleo is published"):
        cleo.publisher().withdraw("d:1", "desk")


def test_a_stale_adjudication_is_not_published(eva: Session, bob: Session, cleo: Session) -> None:
    hand_in(eva)
    hand_in(bob)
    cleo.adjudicator().adjudicate("d:1", "desk")
    hand_in(bob, maker="B")
    with pytest.raises(AnswerError, match=r"is stale \(bob handed in other answers"):
        cleo.publisher().publish("d:1", "desk")


def test_one_annotators_work_is_released_only_when_submitted_and_with_a_reason(eva: Session, cleo: Session) -> None:
    choose(eva, "d:1", "outcome", "none")
    with pytest.raises(AnswerError, match="needs a reason"):
        cleo.publisher().release("d:1", "desk", " ", "eva")
    with pytest.raises(AnswerError, match="is draft; only what was submitted"):
        cleo.publisher().release("d:1", "desk", "urgent", "eva")
    eva.submit("d:1", "desk")
    assert cleo.publisher().release("d:1", "desk", "urgent", "eva").publish == "published"
    assert eva.classification("d:1", "desk").publish == "published"
    assert eva.publisher().withdraw("d:1", "desk").publish == "unpublished"


def test_released_work_is_not_taken_back_under_its_readers(eva: Session, cleo: Session) -> None:
    choose(eva, "d:1", "outcome", "none")
    eva.submit("d:1", "desk")
    cleo.publisher().release("d:1", "desk", "urgent", "eva")
    with pytest.raises(AnswerError, match="withdraw it first"):
        eva.reopen("d:1", "desk")
    with pytest.raises(AnswerError, match="withdraw it first"):
        eva.undo()
    assert eva.classification("d:1", "desk").status == "submitted"
    eva.publisher().withdraw("d:1", "desk")
    assert eva.reopen("d:1", "desk").status == "draft"
