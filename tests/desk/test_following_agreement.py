"""Figures that follow the work say what figures computed anew say, whatever happens to the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Session
from annotator.desk.comparison.figures import FieldsSeen, agreement_fields
from annotator.desk.comparison.following import Follower, Following
from annotator.desk.comparison.policy import ANSWERED_ONLY, Scope, StatePolicy
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.settings import change
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Answer
from tests.comparison.classified import Said, add, classified, verdicts
from tests.desk.making import desk

PEOPLE = ("ann", "bob", "eve")
ANSWERS: Mapping[str, list[Any]] = {
    "outcome": ["happened", "near", "none", "(unknown)"],
    "sectors": [["health"], ["traffic", "health"], ["police"], "(empty)", "(not_applicable)"],
    "deaths": [0, 1, 7],
    "words": [["fire"], ["smoke", "fire"], ["noise"]],
    "harm": [["money"], ["death"]],
}


class Deed(NamedTuple):
    """What one of them does."""

    who: int
    what: str
    subject: str
    field: str
    value: int


deeds = st.builds(
    Deed,
    st.integers(0, 2),
    st.sampled_from(["answer", "answer", "answer", "submit", "submit", "hand in", "reopen", "undo", "redo", "look"]),
    st.sampled_from(["d:1", "d:2", "d:3"]),
    st.sampled_from(sorted(ANSWERS)),
    st.integers(0, 4),
)
policies = st.sampled_from([StatePolicy(), ANSWERED_ONLY, StatePolicy(hidden="value")])
scopes = st.builds(
    Scope,
    st.just("desk"),
    annotators=st.sampled_from([(), ("ann", "bob")]),
    states=policies,
    drafts=st.booleans(),
)


def answer(deed: Deed) -> Answer:
    options = ANSWERS[deed.field]
    said = options[deed.value % len(options)]
    if isinstance(said, str) and said.startswith("("):
        return Answer.model_validate({"state": said.strip("()")})
    return Answer(value=said)


def do(session: Session, deed: Deed) -> None:
    try:
        match deed.what:
            case "answer":
                session.set_answer(deed.subject, "desk", deed.field, answer(deed))
            case "submit":
                session.submit(deed.subject, "desk")
            case "hand in":
                session.set_answer(deed.subject, "desk", "outcome", Answer(value=("none", "near")[deed.value % 2]))
                session.submit(deed.subject, "desk")
            case "reopen":
                session.reopen(deed.subject, "desk")
            case "undo":
                session.undo()
            case "redo":
                session.redo()
    except (AnswerError, RequestError):
        pass  # what cannot be done now changes nothing


def same(found: FieldRow, wanted: FieldRow) -> None:
    """Equal up to rounding."""
    one, other = asdict(found), asdict(wanted)
    for name, value in other.items():
        assert one[name] == (pytest.approx(value, abs=1e-9) if isinstance(value, float) else value), name


def followed(follower: Follower, session: Session, scope: Scope) -> list[FieldsSeen]:
    return list(follower.fields(session, scope))


def check(follower: Follower, session: Session, scope: Scope) -> None:
    """What is there at once agrees in every figure but the interval; what comes last in everything."""
    wanted = agreement_fields(session, scope)
    first, *_, last = (seen := followed(follower, session, scope))[:1] + seen[-1:]
    assert [row.field for row in first.rows] == [row.field for row in wanted.rows]
    for at_once, row in zip(first.rows, wanted.rows, strict=True):
        pending = at_once.field in first.pending
        same(at_once, replace(row, alpha_low=None, alpha_high=None, undefined=at_once.undefined) if pending else row)
    for found, row in zip(last.rows, wanted.rows, strict=True):
        same(found, row)
    assert (last.notes, last.taxonomies, last.pending) == (wanted.notes, wanted.taxonomies, frozenset())


@settings(max_examples=60)
@given(st.lists(deeds, max_size=30), scopes, st.sampled_from(["reviewer", "reviewer", "annotator"]))
def test_following_the_work_says_what_computing_anew_says(done: list[Deed], scope: Scope, who_looks: str) -> None:
    with desk(*PEOPLE, "zoe") as sessions:
        change(sessions[3].store, "zoe", "reviewers", "zoe")
        viewer = sessions[3 if who_looks == "reviewer" else 0]
        for who in (0, 1):
            for key in ("d:1", "d:2", "d:3"):
                do(sessions[who], Deed(who, "hand in", key, "outcome", who * 2 + len(key)))
        follower = Follower()
        check(follower, viewer, scope)
        for deed in done:
            do(sessions[deed.who], deed)
            if deed.what == "look":
                check(follower, viewer, scope)
        check(follower, viewer, scope)


WORK: Mapping[str, list[Said | None]] = {
    "ann": verdicts("yes", "no", "yes", "maybe"),
    "bob": verdicts("yes", "no", "no", "maybe"),
}


def refuse(*_: object) -> None:
    pytest.fail("everything was read again")


def hand_in(session: Session, key: str, value: str) -> None:
    session.set_answer(key, "compared", "verdict", Answer(value=value))
    session.submit(key, "compared")


def test_a_submission_elsewhere_is_taken_in_without_reading_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = Session(classified(tmp_path, WORK), "eve")
    follower, scope = Follower(), Scope("compared")
    *_, before = followed(follower, eve, scope)
    hand_in(eve, "demo:1", "no")
    with monkeypatch.context() as patched:
        patched.setattr(Following, "__init__", refuse)
        first, last = followed(follower, eve, before.scope)
    assert first.pending == {"verdict"}
    assert [row.alpha_low for row in first.rows if row.field == "verdict"] == [None]
    assert {row.field: row for row in first.rows}["town"] == {row.field: row for row in before.rows}["town"]
    assert last.rows == agreement_fields(eve, scope).rows
    (only,) = followed(follower, eve, before.scope)
    assert (only.rows, only.pending) == (last.rows, frozenset())


def test_bounds_on_dates_and_new_versions_are_counted_anew(tmp_path: Path) -> None:
    project = classified(tmp_path, WORK)
    eve = Session(project, "eve")
    for scope in (Scope("compared", since="2002"), Scope("compared", drafts=True)):
        follower = Follower()
        check(follower, eve, scope)
        add(project, {"zoe": verdicts("no", "no", "no")}, round_=2)
        hand_in(eve, "demo:2" if scope.since else "demo:3", "maybe")
        check(follower, eve, scope)


def test_what_the_log_does_not_explain_is_read_again(tmp_path: Path) -> None:
    eve = Session(classified(tmp_path, WORK), "eve")
    follower, scope = Follower(), Scope("compared")
    *_, before = followed(follower, eve, scope)
    with eve.store.writing() as connection:
        connection.execute("UPDATE answers SET code = (SELECT code FROM value_codes WHERE value = 'maybe')")
        connection.execute("UPDATE answers SET value = 'maybe'")
    fresh = Follower()
    *_, broken = followed(fresh, eve, scope)
    eve.store.rebuild()
    hand_in(eve, "demo:1", "no")
    check(fresh, eve, broken.scope)
    check(follower, eve, before.scope)


def test_very_much_at_once_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.desk.comparison.following.MOST_SUBJECTS", 1)
    eve = Session(classified(tmp_path, WORK), "eve")
    follower = Follower()
    check(follower, eve, Scope("compared"))
    hand_in(eve, "demo:1", "no")
    hand_in(eve, "demo:2", "no")
    check(follower, eve, Scope("compared"))
