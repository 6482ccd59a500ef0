"""The projection is what the events add up to, however it came about."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.model.classification import Classification, Identity
from annotator.model.event import Event
from annotator.model.fold import fold, undo_stacks
from annotator.model.rounds import FIRST_ROUNDS
from annotator.store.log import events
from annotator.store.store import Store
from tests.store.making import hides_b_unless_a_says_yes, make_store, of, problems, record

TABLES = ("classifications", "answers", "evidence", "flags")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.one_of(
    st.sampled_from(["yes", "no", "事故"]), TEXT, st.integers(-9, 9), st.booleans(), st.floats(-1, 1),
    st.lists(st.sampled_from(["x", "y", "z"]), max_size=3), st.lists(st.fixed_dictionaries({"name": TEXT}), max_size=2),
)  # fmt: skip
SPANS = st.builds(
    lambda start, quote: {"report": "t:r1", "start": start, "end": start + 1, "quote": quote}, st.integers(0, 9), TEXT
)
ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {"value": VALUES}, optional={"evidence": st.lists(SPANS, max_size=2), "confidence": st.just(0.5)}
    ),
    st.fixed_dictionaries({"state": st.sampled_from(["empty", "unknown", "not_applicable"])}),
)
FIELDS = st.sampled_from(["a", "b", "c"])
STEPS = st.one_of(
    st.tuples(st.just("answer_set"), st.fixed_dictionaries({"field": FIELDS, "answer": ANSWERS})),
    st.tuples(st.just("answer_cleared"), st.fixed_dictionaries({"field": FIELDS})),
    st.tuples(st.just("note_set"), st.fixed_dictionaries({"text": TEXT})),
    st.tuples(st.just("flag_raised"), st.fixed_dictionaries({"reason": TEXT}, optional={"field": FIELDS})),
    st.tuples(st.just("skipped"), st.fixed_dictionaries({"reason": TEXT})),
    st.tuples(st.sampled_from(["submitted", "published", "withdrawn"]), st.just({})),
    st.tuples(st.just("reopened"), st.just({"reason": ""})),
    st.tuples(
        st.just("imported"),
        st.fixed_dictionaries(
            {
                "answers": st.dictionaries(FIELDS, ANSWERS, max_size=3), "notes": TEXT,
                "status": st.sampled_from(["submitted", "draft"]),
                "publish": st.sampled_from(["published", "unpublished"]),
            }
        ),
    ),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just({})),
)  # fmt: skip
WHOSE = st.sampled_from([of(), of("t:2"), of(annotator="bob"), of(taxonomy="U")])
FEWER = settings(max_examples=settings().max_examples // 4)
"""Every example makes a database of its own."""
STORIES = st.lists(st.tuples(WHOSE, STEPS), max_size=25)


@contextmanager
def new_store() -> Iterator[Store]:
    with TemporaryDirectory() as folder, closing(make_store(Path(folder) / "a.db")) as store:
        store.transaction.execute("PRAGMA synchronous = OFF")
        yield store


def live(store: Store, identity: Identity, kind: Any, payload: dict[str, Any]) -> None:
    """Do one step of a story; undo and redo turn what the annotator did last, flags are resolved by chance."""
    if kind not in {"undo", "redo"}:
        record(store, identity, kind, **payload)
        return
    steps = events.newest_steps(store.transaction, identity.annotator, FIRST_ROUNDS, 1_000)
    stack = undo_stacks(steps)[kind == "redo"]
    if stack:
        about = events.get(store.transaction, stack[-1]).of
        record(store, about, "undone" if kind == "undo" else "redone", event=stack[-1])


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """The projection without its own numbers, and with codes as what they stand for."""
    columns = {
        "classifications": "subject_id, taxonomy, version, annotator, round, status, publish, flagged, notes,"
        " skip_reason, answers, hidden, updated_at, submitted_at",
        "answers": "answers.field, position, answers.taxonomy, answers.subject_id, state, answers.value, confidence,"
        " (SELECT value FROM value_codes WHERE value_codes.code = answers.code)",
        "evidence": 'field, position, report, "start", "end", quote',
        "flags": "flags.id, field, reason, raised_by, raised_at, resolved_at",
    }
    joined = "JOIN classifications AS c ON c.id = classification_id"
    whose = "c.subject_id, c.taxonomy, c.annotator"
    found = {"classifications": f"SELECT {columns['classifications']} FROM classifications"}
    found |= {name: f"SELECT {whose}, {columns[name]} FROM {name} {joined}" for name in TABLES[1:]}
    return {name: sorted(store.transaction.execute(sql), key=repr) for name, sql in found.items()}


@FEWER
@given(STORIES)
def test_what_was_written_step_by_step_is_what_a_rebuild_writes(
    story: list[tuple[Identity, tuple[Any, dict[str, Any]]]],
) -> None:
    with new_store() as store:
        for identity, (kind, payload) in story:
            live(store, identity, kind, payload)
            told = events.of_classification(store.transaction, identity)
            assert store.classification(identity) == fold(identity, told, hides_b_unless_a_says_yes)
        assert problems(store) == []
        written = tables(store)
        store.rebuild()
        assert tables(store) == written
        assert problems(store) == []


@FEWER
@given(STORIES, STEPS)
def test_undo_restores_what_was_and_redo_what_was_done(
    story: list[tuple[Identity, tuple[Any, dict[str, Any]]]], step: tuple[Any, dict[str, Any]]
) -> None:
    with new_store() as store:
        for identity, (kind, payload) in story:
            live(store, identity, kind, payload)
        if step[0] not in {"imported", "published", "withdrawn", "undo", "redo"}:
            before = plain(store.classification(of()))
            live(store, of(), *step)
            done = plain(store.classification(of()))
            live(store, of(), "undo", {})
            assert plain(store.classification(of())) == before
            live(store, of(), "redo", {})
            assert plain(store.classification(of())) == done


def plain(one: Classification) -> Classification:
    """A classification without the moment of its last change, which undoing is too."""
    if one.status == "untouched":
        return one.model_copy(update={"updated_at": None, "version": 1})
    return one.model_copy(update={"updated_at": None})


@FEWER
@given(STORIES, st.randoms(use_true_random=False))
def test_events_brought_together_in_any_order_add_up_to_the_same(
    story: list[tuple[Identity, tuple[Any, dict[str, Any]]]], chance: random.Random
) -> None:
    with new_store() as store:
        for identity, (kind, payload) in story:
            live(store, identity, kind, payload)
        told = events.of_classification(store.transaction, of())
        mixed = told + told
        chance.shuffle(mixed)
        counters = dict(store.transaction.execute("SELECT id, counter FROM log").fetchall())

        def place(event: Event) -> tuple[int, str, int]:
            feed, number = event.id.split(":")
            return counters[event.id], feed, int(number)

        merged = sorted({event.id: event for event in mixed}.values(), key=place)
        assert merged == told
        assert fold(of(), merged, hides_b_unless_a_says_yes) == store.classification(of())


def test_hidden_answers_are_kept_and_come_back(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        record(store, of(), "answer_set", field="a", answer={"value": "yes"})
        record(store, of(), "answer_set", field="b", answer={"value": "kept"})
        record(store, of(), "answer_set", field="a", answer={"value": "no"})
        states = "SELECT field, state, value FROM answers ORDER BY 1"
        assert store.transaction.execute(states).fetchall() == [("a", "answered", "no"), ("b", "hidden", "kept")]
        assert "b" not in store.classification(of()).shown
        record(store, of(), "answer_set", field="a", answer={"value": "yes"})
        assert store.transaction.execute(states).fetchall() == [("a", "answered", "yes"), ("b", "answered", "kept")]
        assert problems(store) == []


@pytest.mark.parametrize("kind", ["note_set", "flag_raised"])
def test_a_remark_on_what_was_skipped_does_not_take_it_up_again(tmp_path: Path, kind: Any) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        record(store, of(), "skipped", reason="not about AI")
        remarked = record(store, of(), kind, text="see the letter", reason="see the letter")
        assert (remarked.status, remarked.skip_reason) == ("skipped", "not about AI")
        taken_up = record(store, of(), "answer_set", field="a", answer={"value": "yes"})
        assert (taken_up.status, taken_up.skip_reason) == ("draft", "")
