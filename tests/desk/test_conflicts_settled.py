"""Whatever is done on two copies, they come to the same, and every conflict can be settled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Desk, open_desk
from annotator.desk.conflicts.sides import OpenConflict, Side
from annotator.desk.exchange.importing import import_records
from annotator.errors import AnnotatorError
from annotator.model.classification import Answer, Classification
from annotator.model.record import ClassificationRecord, RawValue
from tests.desk.apart import copied, merge
from tests.desk.making import ailments, choose, make_desk

KEY, NS = "d:1", "desk"
Deed = Callable[[Desk], object]


def bring(desk: Desk, value: str) -> None:
    raw = (RawValue("maker", {"value": value}, form="id"),)
    record = ClassificationRecord(
        subject=KEY, taxonomy=NS, annotator="eva", values=raw, status="submitted", place="row 1"
    )
    import_records(desk.project, [record], "table.csv")


def resolve(desk: Desk) -> None:
    for flag in desk.tagging.classification(KEY, NS).flags[:1]:
        desk.tagging.resolve_flag(KEY, NS, flag.id)


def keep_import(desk: Desk, kind: str) -> None:
    """Decide about what an import brought beside the work here, where there is any."""
    for conflict in desk.conflicts.listed().conflicts:
        for side in conflict.sides:
            if (conflict.place, side.kind) == ("import", kind):
                desk.conflicts.keep(side.event)
                return


DEEDS: dict[str, Deed] = {
    "maker A": lambda desk: choose(desk, KEY, "maker", "A"),
    "maker B": lambda desk: choose(desk, KEY, "maker", "B"),
    "outcome none": lambda desk: choose(desk, KEY, "outcome", "none"),
    "outcome near": lambda desk: choose(desk, KEY, "outcome", "near"),
    "sectors unknown": lambda desk: choose(desk, KEY, "sectors", Answer(state="unknown")),
    "clear maker": lambda desk: desk.tagging.clear(KEY, NS, "maker"),
    "clear outcome": lambda desk: desk.tagging.clear(KEY, NS, "outcome"),
    "note x": lambda desk: desk.tagging.note(KEY, NS, "x"),
    "note y": lambda desk: desk.tagging.note(KEY, NS, "y"),
    "skip": lambda desk: desk.tagging.skip(KEY, NS, "p"),
    "submit": lambda desk: desk.tagging.submit(KEY, NS),
    "reopen": lambda desk: desk.tagging.reopen(KEY, NS),
    "undo": lambda desk: desk.history.undo(),
    "redo": lambda desk: desk.history.redo(),
    "flag": lambda desk: desk.tagging.raise_flag(KEY, NS, "odd"),
    "resolve": resolve,
    "import C": lambda desk: bring(desk, "C"),
    "import D": lambda desk: bring(desk, "D"),
    "keep import": lambda desk: keep_import(desk, "imported"),
    "leave import": lambda desk: keep_import(desk, "worked_on"),
    "release": lambda desk: desk.publishing.release(KEY, NS, "urgent"),
    "withdraw": lambda desk: desk.publishing.withdraw(KEY, NS),
}
NAMES = st.sampled_from(sorted(DEEDS))


def do(desk: Desk, name: str) -> None:
    with suppress(AnnotatorError):
        DEEDS[name](desk)


def now(desk: Desk) -> Classification:
    return desk.tagging.classification(KEY, NS)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(NAMES, max_size=6),
    apart=st.lists(st.tuples(st.booleans(), NAMES), min_size=4, max_size=24),
    choices=st.lists(st.integers(0, 9), min_size=12, max_size=12),
)
def test_every_conflict_can_be_settled(before: list[str], apart: list[tuple[bool, str]], choices: list[int]) -> None:
    with TemporaryDirectory() as folder:
        path = make_desk(Path(folder))
        with closing(open_desk(path, "eva")) as eva:
            for name in before:
                do(eva, name)
        with closing(open_desk(copied(path), "eva")) as one, closing(open_desk(copied(path), "eva")) as other:
            for is_one, name in apart:
                do(one if is_one else other, name)
            merge(one.store, other.store)
            merge(other.store, one.store)
            assert ailments(one) == ailments(other) == []
            assert now(one) == now(other)
            settle(one, choices)
            merge(other.store, one.store)
            assert now(one) == now(other)


def settle(desk: Desk, choices: list[int]) -> None:
    """Keep one side after the other; what is refused because of how the classification stands is reopened."""
    for choice in choices * 3:
        found = desk.conflicts.listed().conflicts
        if not found:
            return
        conflict = found[choice % len(found)]
        side = conflict.sides[choice % len(conflict.sides)]
        try:
            desk.conflicts.keep(side.event)
        except AnnotatorError:
            for name in ("withdraw", "reopen"):
                do(desk, name)
        else:
            check_kept(desk, conflict, side)
        assert ailments(desk) == []
    raise AssertionError([each.place for each in desk.conflicts.listed().conflicts])


def check_kept(desk: Desk, conflict: OpenConflict, side: Side) -> None:
    """What was kept is what there is, and its conflict is gone."""
    left, held = {each.place for each in desk.conflicts.listed().conflicts}, now(desk)
    if side.kind == "answer_set":
        assert held.answers[conflict.field].value == side.said["answer"].get("value")
    elif side.kind == "answer_cleared":
        assert conflict.field not in held.answers
    elif side.kind == "note_set":
        assert held.notes == side.said["text"]
    elif side.kind in {"skipped", "submitted"}:
        assert held.status == side.kind
    elif side.kind in {"published", "withdrawn"}:
        assert (held.publish == "published") == (side.kind == "published")
    assert conflict.place not in left
