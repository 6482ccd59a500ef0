"""Submit, skip, flag and reopen: where a classification stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotator.desk import Desk
from annotator.errors import AnswerError, NotFoundError, RequestError
from tests.desk.making import HARM, choose, events, submit_fully


def fields(desk: Desk, key: str) -> list[str]:
    return [problem.field for problem in desk.tagging.problems(key, "desk")]


def test_submitting_refuses_with_every_problem_in_the_order_of_the_form(eva: Desk) -> None:
    assert fields(eva, "d:1") == ["outcome"]
    choose(eva, "d:1", "outcome", "happened")
    assert fields(eva, "d:1") == ["harm"]
    choose(eva, "d:1", "harm", ["injury"])
    before = events(eva)
    with pytest.raises(AnswerError, match="harm: needs evidence"):
        eva.tagging.submit("d:1", "desk")
    assert events(eva) == before
    assert eva.tagging.classification("d:1", "desk").status == "draft"
    choose(eva, "d:1", "harm", HARM)
    done = eva.tagging.submit("d:1", "desk")
    assert done.status == "submitted"
    assert done.submitted_at == done.updated_at


def test_hidden_answers_do_not_keep_from_submitting(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", ["injury"])
    choose(eva, "d:1", "outcome", "none")
    assert fields(eva, "d:1") == []
    assert eva.tagging.submit("d:1", "desk").status == "submitted"


@pytest.mark.parametrize(
    "edit",
    [
        lambda desk: choose(desk, "d:1", "outcome", "near"),
        lambda desk: desk.tagging.clear("d:1", "desk", "outcome"),
        lambda desk: desk.tagging.note("d:1", "desk", "late"),
        lambda desk: desk.tagging.skip("d:1", "desk", "late"),
        lambda desk: desk.tagging.submit("d:1", "desk"),
    ],
)
def test_what_is_submitted_refuses_edits_until_it_is_reopened(eva: Desk, edit: Callable[[Desk], object]) -> None:
    submit_fully(eva, "d:1")
    before = events(eva)
    with pytest.raises(AnswerError, match="d:1 under desk is submitted; reopen it before changing it"):
        edit(eva)
    assert events(eva) == before
    reopened = eva.tagging.reopen("d:1", "desk", "a new report came in")
    assert (reopened.status, reopened.submitted_at) == ("draft", None)
    edit(eva)
    assert events(eva) == before + 2


def test_only_what_is_closed_can_be_reopened(eva: Desk) -> None:
    for key in ("d:1", "d:2"):
        with pytest.raises(RequestError, match=r"is (untouched|draft)"):
            eva.tagging.reopen(key, "desk")
        choose(eva, "d:2", "outcome", "none")
    eva.tagging.skip("d:3", "desk", "cannot read it")
    assert eva.tagging.reopen("d:3", "desk").status == "draft"


def test_what_was_skipped_is_taken_up_again_by_answering(eva: Desk) -> None:
    skipped = eva.tagging.skip("d:1", "desk", " not about AI ")
    assert (skipped.status, skipped.skip_reason) == ("skipped", "not about AI")
    eva.tagging.note("d:1", "desk", "see the second page")
    assert eva.tagging.classification("d:1", "desk").status == "skipped"
    taken_up = choose(eva, "d:1", "outcome", "none")
    assert (taken_up.status, taken_up.skip_reason) == ("draft", "")


def test_skipping_keeps_the_answers_given_so_far(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "none")
    assert eva.tagging.skip("d:1", "desk", "unsure").answers["outcome"].value == "none"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_skipping_and_flagging_need_a_reason(eva: Desk, reason: str) -> None:
    for attempt in (eva.tagging.skip, eva.tagging.raise_flag):
        with pytest.raises(AnswerError, match="needs a reason"):
            attempt("d:1", "desk", reason)
    assert events(eva) == 0


def test_flags_are_raised_and_resolved_after_submitting_too(eva: Desk) -> None:
    submit_fully(eva, "d:1")
    raised = eva.tagging.raise_flag("d:1", "desk", "is this right?", field="outcome")
    (flag,) = raised.flags
    assert (flag.field, flag.reason, flag.raised_by, flag.resolved_at) == ("outcome", "is this right?", "eva", None)
    assert raised.status == "submitted"
    (resolved,) = eva.tagging.resolve_flag("d:1", "desk", flag.id).flags
    assert resolved.resolved_at
    with pytest.raises(NotFoundError, match="no open flag"):
        eva.tagging.resolve_flag("d:1", "desk", flag.id)
    with pytest.raises(NotFoundError, match="no open flag"):
        eva.tagging.resolve_flag("d:2", "desk", flag.id)


def test_a_flag_on_a_field_that_is_not_there_is_refused(eva: Desk) -> None:
    with pytest.raises(NotFoundError, match="desk has no field 'colour'"):
        eva.tagging.raise_flag("d:1", "desk", "why?", field="colour")


def test_the_history_tells_everything_in_order(eva: Desk) -> None:
    submit_fully(eva, "d:1")
    eva.tagging.reopen("d:1", "desk", "again")
    eva.history.undo()
    eva.tagging.skip("d:1", "harm_type", "later")
    kinds = ["answer_set", "submitted", "reopened", "undone"]
    assert [event.kind for event in eva.history.of("d:1")] == [*kinds, "skipped"]
    assert [event.kind for event in eva.history.of("d:1", "desk")] == kinds
    assert eva.history.of("d:1", "GMF") == []
    assert eva.history.of("d:2") == []
