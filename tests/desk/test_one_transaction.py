"""Nobody else writes between what an action looks at and what it writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.visibility import Standing, Visibility
from annotator.model.classification import Answer
from annotator.model.review import Reviewed
from tests.desk.making import choose
from tests.desk.test_adjudicating import hand_in

EDITS: dict[str, Callable[[Desk], object]] = {
    "answer": lambda desk: choose(desk, "d:1", "maker", "B"),
    "clear": lambda desk: desk.tagging.clear("d:1", "desk", "maker"),
    "note": lambda desk: desk.tagging.note("d:1", "desk", "see page 2"),
    "skip": lambda desk: desk.tagging.skip("d:1", "desk", "later"),
    "submit": lambda desk: desk.tagging.submit("d:1", "desk"),
    "raise a flag": lambda desk: desk.tagging.raise_flag("d:1", "desk", "why?"),
    "resolve a flag": lambda desk: desk.tagging.resolve_flag("d:2", "desk", flag_of(desk)),
    "reopen": lambda desk: desk.tagging.reopen("d:2", "desk"),
    "undo": lambda desk: desk.history.undo(),
    "redo": lambda desk: desk.history.redo(),
}
DECISIONS: dict[str, Callable[[Desk], object]] = {
    "rule": lambda desk: desk.adjudication.rule("d:1", "desk", "maker", Answer(value="C"), "slip"),
    "adopt": lambda desk: desk.adjudication.adopt("d:1", "desk", "maker", "eva", "slip"),
    "union": lambda desk: desk.adjudication.union("d:1", "desk", "words", "slip"),
    "majority": lambda desk: desk.adjudication.majority("d:1", "desk", "outcome", "slip"),
    "adjudicate": lambda desk: desk.adjudication.adjudicate("d:2", "desk"),
    "accept": lambda desk: desk.adjudication.accept("d:2", "desk", "unanimous", "batch"),
    "reopen": lambda desk: desk.adjudication.reopen("d:3", "desk"),
    "publish": lambda desk: desk.publishing.publish("d:3", "desk"),
    "release": lambda desk: desk.publishing.release("d:1", "desk", "urgent", "eva"),
    "withdraw": lambda desk: desk.publishing.withdraw("d:4", "desk"),
    "look": lambda desk: desk.review.look("d:1", "desk"),
    "undo": lambda desk: desk.history.undo(),
}


def flag_of(desk: Desk) -> str:
    return desk.tagging.classification("d:2", "desk").flags[0].id


def can_others_write(path: Path) -> bool:
    """Whether another process could write now."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


@pytest.fixture
def asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each time somebody asks what they may do, whether others could write then."""
    standing, found = Visibility.standing, list[bool]()

    def stand(self: Visibility, key: str, taxonomy: str) -> Standing:
        now = standing(self, key, taxonomy)
        found.append(can_others_write(path))
        return now

    monkeypatch.setattr(Visibility, "standing", stand)
    return found


@pytest.fixture
def begun(eva: Desk) -> None:
    """Eva is at work on a subject, has handed in another with a flag, and undid something."""
    hand_in(eva, "d:2")
    eva.tagging.raise_flag("d:2", "desk", "is this right?")
    choose(eva, "d:1", "outcome", "none")
    choose(eva, "d:1", "maker", "A")
    eva.tagging.note("d:1", "desk", "odd")
    eva.history.undo()


@pytest.fixture
def cleo(path: Path, eva: Desk, bob: Desk) -> Iterator[Desk]:
    """Cleo, who has decided two of four subjects, and published one of these."""
    for key in ("d:1", "d:2", "d:3", "d:4"):
        hand_in(eva, key, words=["x"])
        hand_in(bob, key, words=["x"])
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    with closing(open_desk(path, "cleo")) as desk:
        for key in ("d:3", "d:4"):
            desk.adjudication.adjudicate(key, "desk")
        desk.publishing.publish("d:4", "desk")
        desk.adjudication.rule("d:2", "desk", "words", Answer(value=["y"]), "slip")
        yield desk


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("what", EDITS)
def test_nobody_writes_between_what_an_edit_finds_and_what_it_makes_of_it(
    eva: Desk, asked: list[bool], what: str
) -> None:
    EDITS[what](eva)
    assert asked[-1:] == [False]


@pytest.mark.parametrize("what", DECISIONS)
def test_nobody_writes_between_what_is_decided_on_and_the_decision(cleo: Desk, asked: list[bool], what: str) -> None:
    DECISIONS[what](cleo)
    assert asked[-1:] == [False]


Told = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Have something done once, right after somebody asks what they may do."""
    standing = Visibility.standing

    def told(happens: Callable[[], object]) -> None:
        def stand(self: Visibility, key: str, taxonomy: str) -> Standing:
            now = standing(self, key, taxonomy)
            monkeypatch.setattr(Visibility, "standing", standing)
            happens()
            return now

        monkeypatch.setattr(Visibility, "standing", stand)

    return told


def test_what_is_read_of_a_classification_is_one_state_of_the_file(eva: Desk, path: Path, meanwhile: Told) -> None:
    with closing(open_desk(path, "eva")) as elsewhere:
        meanwhile(lambda: choose(elsewhere, "d:1", "maker", "A"))
        assert eva.tagging.classification("d:1", "desk").answers == {}
    assert eva.tagging.classification("d:1", "desk").answers["maker"] == Answer(value="A")


LOOKS: dict[str, Callable[[Desk], Reviewed | None]] = {
    "look": lambda desk: desk.review.look("d:1", "desk"),
    "peek": lambda desk: desk.review.peek("d:1", "desk"),
}


@pytest.mark.parametrize("way", LOOKS)
def test_what_is_seen_of_a_subject_is_what_one_was_let_in_to(eva: Desk, bob: Desk, meanwhile: Told, way: str) -> None:
    hand_in(eva)
    meanwhile(lambda: hand_in(bob))
    found = LOOKS[way](eva)
    assert found
    assert found.review.annotators == ("eva",)
    assert eva.review.of("d:1", "desk").annotators == ("bob", "eva")


def test_what_makes_an_adjudication_stale_is_one_state_of_the_file(cleo: Desk, bob: Desk, meanwhile: Told) -> None:
    meanwhile(lambda: hand_in(bob, "d:3", words=["other"]))
    assert cleo.review.of("d:3", "desk").stale == ()
    assert len(cleo.review.of("d:3", "desk").stale) == 1
