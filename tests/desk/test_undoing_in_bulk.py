"""What was accepted in one go is undone and redone in one go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Session, desk, open_session
from annotator.errors import AnswerError
from tests.desk.making import ailments
from tests.desk.test_adjudicating import hand_in, on_record

KEYS = ["d:1", "d:2", "d:3"]


@pytest.fixture
def cleo(path: Path) -> Iterator[Session]:
    """Cleo, who accepts what others agree on."""
    session = open_session(path, "cleo")
    yield session
    assert ailments(session) == []
    session.close()


@pytest.fixture
def agreed(eva: Session, bob: Session) -> None:
    """Three subjects that two annotators agree on."""
    for key in KEYS:
        hand_in(eva, key, maker="A")
        hand_in(bob, key, maker="A")


def statuses(session: Session) -> list[str]:
    return [on_record(session, key).status for key in KEYS]


@pytest.mark.usefixtures("agreed")
def test_one_undo_takes_back_all_that_was_accepted_at_once(cleo: Session) -> None:
    decide = cleo.adjudicator()
    decide.accept_agreed("desk", "unanimous", ["d:1"])
    decide.accept_agreed("desk", "unanimous")
    change = cleo.undo()
    assert change
    assert change.words == "undid: adjudication of 2 subjects"
    assert statuses(cleo) == ["adjudicated", "untouched", "untouched"]
    assert cleo.undo()
    assert statuses(cleo) == ["untouched"] * 3
    assert cleo.undo() is None


@pytest.mark.usefixtures("agreed")
def test_one_redo_brings_it_all_back(cleo: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "UNDO_DEPTH", 2)  # more was accepted at once than undo looks back over at first
    cleo.adjudicator().accept_agreed("desk", "unanimous")
    for _ in range(2):
        assert cleo.undo()
        assert statuses(cleo) == ["untouched"] * 3
        assert cleo.undo() is None
        change = cleo.redo()
        assert change
        assert change.words == "redid: adjudication of 3 subjects"
        assert statuses(cleo) == ["adjudicated"] * 3
        assert cleo.redo() is None


@pytest.mark.usefixtures("agreed")
def test_what_was_published_since_keeps_the_whole_from_being_undone(cleo: Session) -> None:
    cleo.adjudicator().accept_agreed("desk", "unanimous")
    cleo.publisher().publish("d:2", "desk")
    with pytest.raises(AnswerError, match="d:2 under desk is published"):
        cleo.undo()
    assert statuses(cleo) == ["adjudicated"] * 3
