"""Undo and redo: over fields, subjects and restarts, each annotator for themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Desk, open_desk
from annotator.errors import AnswerError
from annotator.model.classification import Classification
from tests.desk.making import ailments, choose, seated, submit_fully

FEWER = settings(max_examples=settings().max_examples // 6)
"""Every example makes a database of its own."""
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["d:1", "d:2"]),
        st.sampled_from(["none", "near", "happened", "clear", "note", "flag", "skip", "submit", "reopen"]),
    ),
    min_size=1,
    max_size=12,
)


def edit(desk: Desk, key: str, what: str) -> None:
    """Do something if it is possible now."""
    doings: dict[str, Callable[[], object]] = {
        "clear": lambda: desk.tagging.clear(key, "desk", "outcome"),
        "note": lambda: desk.tagging.note(key, "desk", desk.tagging.classification(key, "desk").notes + "."),
        "flag": lambda: desk.tagging.raise_flag(key, "desk", "why?"),
        "skip": lambda: desk.tagging.skip(key, "desk", "later"),
        "submit": lambda: desk.tagging.submit(key, "desk"),
        "reopen": lambda: desk.tagging.reopen(key, "desk") if closed(desk, key) else None,
    }
    with suppress(AnswerError):  # such as an answer after submitting
        doings.get(what, lambda: choose(desk, key, "outcome", what))()


def closed(desk: Desk, key: str) -> bool:
    return desk.tagging.classification(key, "desk").status in {"submitted", "skipped"}


def states(desk: Desk) -> dict[str, Classification]:
    """Both classifications, without when they were last changed, which undoing is too."""
    found = {key: desk.tagging.classification(key, "desk") for key in ("d:1", "d:2")}
    return {key: each.model_copy(update={"updated_at": None}) for key, each in found.items()}


@FEWER
@given(EDITS)
def test_everything_can_be_undone_step_by_step_and_done_again(edits: list[tuple[str, str]]) -> None:
    with seated("eva") as (eva,):
        seen = [states(eva)]
        for key, what in edits:
            edit(eva, key, what)
            if states(eva) != seen[-1]:
                seen.append(states(eva))
        for before in reversed(seen[:-1]):
            assert eva.history.undo()
            assert states(eva) == before
        assert eva.history.undo() is None
        for after in seen[1:]:
            assert eva.history.redo()
            assert states(eva) == after
        assert eva.history.redo() is None
        assert ailments(eva) == []


def turn(desk: Desk, what: str, text: str) -> None:
    """Take one turn."""
    if what == "edit":
        desk.tagging.note("d:1", "desk", text)
    elif what == "undo":
        desk.history.undo()
    else:
        desk.history.redo()


@FEWER
@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(["edit", "undo", "redo"])), max_size=15))
def test_two_annotators_never_undo_each_other(turns: list[tuple[int, str]]) -> None:
    with seated("eva", "bob") as together, seated("eva") as eva, seated("bob") as bob:
        alone = [*eva, *bob]
        for number, (who, what) in enumerate(turns):
            turn(together[who], what, str(number))
            turn(alone[who], what, str(number))
        for one, other in zip(together, alone, strict=True):
            assert one.tagging.classification("d:1", "desk").notes == other.tagging.classification("d:1", "desk").notes


def test_undo_says_what_and_where(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    choose(eva, "d:2", "maker", "Acme")
    submit_fully(eva, "d:3")
    told = []
    while change := eva.history.undo():
        told.append((change.subject, change.taxonomy, change.field, change.words))
    assert told == [
        ("d:3", "desk", "", "undid: submission"),
        ("d:3", "desk", "outcome", "undid: answer to 1.1 Outcome"),
        ("d:2", "desk", "maker", "undid: answer to Maker"),
        ("d:1", "desk", "outcome", "undid: answer to 1.1 Outcome"),
    ]
    change = eva.history.redo()
    assert change
    assert change.words == "redid: answer to 1.1 Outcome"
    assert change.classification.answers["outcome"].value == "none"


def test_undo_and_redo_survive_a_restart(eva: Desk, path: Path) -> None:
    choose(eva, "d:1", "outcome", "none")
    choose(eva, "d:1", "outcome", "near")
    with closing(open_desk(path, "eva")) as later:
        assert later.history.undo()
        assert later.tagging.classification("d:1", "desk").answers["outcome"].value == "none"
    with closing(open_desk(path, "eva")) as still_later:
        assert still_later.history.redo()
        assert still_later.tagging.classification("d:1", "desk").answers["outcome"].value == "near"


def test_a_new_edit_ends_redo(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    eva.history.undo()
    choose(eva, "d:2", "outcome", "near")
    assert eva.history.redo() is None


def test_somebody_elses_edit_does_not_end_redo(eva: Desk, bob: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    eva.history.undo()
    choose(bob, "d:1", "outcome", "near")
    assert eva.history.redo()
    assert eva.tagging.classification("d:1", "desk").answers["outcome"].value == "none"
    assert bob.tagging.classification("d:1", "desk").answers["outcome"].value == "near"


def test_a_long_day_can_be_undone_in_full(eva: Desk) -> None:
    for number in range(120):
        eva.tagging.note(f"d:{1 + number % 6}", "desk", str(number))
    for _ in range(120):
        assert eva.history.undo()
    assert eva.history.undo() is None
    assert all(eva.tagging.classification(f"d:{n}", "desk").notes == "" for n in range(1, 7))
