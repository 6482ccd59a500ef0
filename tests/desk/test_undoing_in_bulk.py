"""What was accepted in one go is undone and redone in one go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk, history, open_desk
from annotator.errors import AnswerError
from tests.desk.making import ailments
from tests.desk.test_adjudicating import hand_in, on_record

KEYS = ["d:1", "d:2", "d:3"]


@pytest.fixture
def cleo(path: Path) -> Iterator[Desk]:
    """Cleo, who accepts what others agree on."""
    desk = open_desk(path, "cleo")
    yield desk
    assert ailments(desk) == []
    desk.close()


@pytest.fixture
def agreed(eva: Desk, bob: Desk) -> None:
    """Three subjects that two annotators agree on."""
    for key in KEYS:
        hand_in(eva, key, maker="A")
        hand_in(bob, key, maker="A")


def statuses(desk: Desk) -> list[str]:
    return [on_record(desk, key).status for key in KEYS]


@pytest.mark.usefixtures("agreed")
def test_one_undo_takes_back_all_that_was_accepted_at_once(cleo: Desk) -> None:
    decide = cleo.adjudication
    decide.accept_agreed("desk", "unanimous", ["d:1"])
    decide.accept_agreed("desk", "unanimous")
    change = cleo.history.undo()
    assert change
    assert change.words == "undid: adjudication of 2 subjects"
    assert statuses(cleo) == ["adjudicated", "untouched", "untouched"]
    assert cleo.history.undo()
    assert statuses(cleo) == ["untouched"] * 3
    assert cleo.history.undo() is None


@pytest.mark.usefixtures("agreed")
def test_one_redo_brings_it_all_back(cleo: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "UNDO_DEPTH", 2)  # more was accepted at once than undo looks back over at first
    cleo.adjudication.accept_agreed("desk", "unanimous")
    for _ in range(2):
        assert cleo.history.undo()
        assert statuses(cleo) == ["untouched"] * 3
        assert cleo.history.undo() is None
        change = cleo.history.redo()
        assert change
        assert change.words == "redid: adjudication of 3 subjects"
        assert statuses(cleo) == ["adjudicated"] * 3
        assert cleo.history.redo() is None


@pytest.mark.usefixtures("agreed")
def test_what_was_published_since_keeps_the_whole_from_being_undone(cleo: Desk) -> None:
    cleo.adjudication.accept_agreed("desk", "unanimous")
    cleo.publishing.publish("d:2", "desk")
    with pytest.raises(AnswerError, match="d:2 under desk is published"):
        cleo.history.undo()
    assert statuses(cleo) == ["adjudicated"] * 3
