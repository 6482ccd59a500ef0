"""An annotator answers: every change is saved at once, and only changes are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk, open_desk
from annotator.errors import AnswerError, RequestError, StoreError, TaxonomyError
from annotator.model.classification import Answer
from tests.desk.making import HARM, SECOND_VERSION, choose, events, submit_fully


def test_an_answer_is_saved_when_the_call_returns(eva: Desk, path: Path) -> None:
    choose(eva, "d:1", "outcome", "happened")
    with closing(open_desk(path, "eva")) as later:
        assert later.tagging.classification("d:1", "desk").answers == {"outcome": Answer(value="happened")}
        assert later.tagging.classification("d:1", "desk").status == "draft"


def test_what_was_never_touched_is_untouched(eva: Desk) -> None:
    found = eva.tagging.classification("d:1", "desk")
    assert (found.status, found.version, found.answers, found.updated_at) == ("untouched", 1, {}, None)


def test_answers_are_put_into_normal_form(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", HARM.model_copy(update={"value": ["money", "death", "money"]}))
    kept = choose(eva, "d:1", "deaths", "3")
    assert kept.answers["harm"].value == ["death", "money"]
    assert kept.answers["deaths"].value == 3


@pytest.mark.parametrize("state", ["unknown", "not_applicable", "empty"])
def test_a_state_is_an_answer_too(eva: Desk, state: Any) -> None:
    kept = eva.tagging.answer("d:1", "desk", "words", Answer(state=state))
    assert kept.answers["words"] == Answer(state=state)


def test_nothing_is_recorded_when_nothing_changes(eva: Desk) -> None:
    eva.tagging.clear("d:1", "desk", "outcome")
    eva.tagging.note("d:1", "desk", "")
    assert events(eva) == 0
    assert eva.tagging.classification("d:1", "desk").status == "untouched"
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", HARM)
    choose(eva, "d:1", "sectors", ["traffic", "health"])
    eva.tagging.note("d:1", "desk", "hm")
    before = events(eva)
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", HARM)
    choose(eva, "d:1", "sectors", ["health", "traffic", "health"])
    eva.tagging.note("d:1", "desk", "hm")
    choose(eva, "d:1", "outcome", "none")
    choose(eva, "d:1", "harm", HARM)  # hidden now, and still the same
    assert events(eva) == before + 1
    choose(eva, "d:3", "maker", Answer(state="unknown"))
    before = events(eva)
    choose(eva, "d:3", "maker", Answer(state="unknown"))
    assert events(eva) == before
    before -= 1
    eva.tagging.skip("d:2", "desk", "not about AI")
    eva.tagging.skip("d:2", "desk", " not about AI ")
    assert events(eva) == before + 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "perhaps"), ("outcome", ["happened"]), ("outcome", None), ("harm", ["bodily"]), ("harm", []),
        ("sectors", ["health", "traffic", "police"]), ("deaths", -1), ("deaths", "many"), ("maker", "  "),
        ("maker", "half a \ud83d"), ("words", ["a", 7]), ("tone", "angry"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_and_nothing_kept(eva: Desk, field: str, value: Any) -> None:
    with pytest.raises(AnswerError) as refusal:
        choose(eva, "d:1", field, value)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert events(eva) == 0


def test_hidden_answers_are_kept_and_return_with_their_condition(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", HARM.model_copy(update={"value": ["death"]}))
    choose(eva, "d:1", "deaths", 2)
    hidden = choose(eva, "d:1", "outcome", "none")
    assert set(hidden.shown) == {"outcome"}
    assert (hidden.answers["deaths"].state, hidden.answers["deaths"].value) == ("hidden", 2)
    shown = choose(eva, "d:1", "outcome", "near")
    assert shown.answers["deaths"] == Answer(value=2)
    assert shown.answers["harm"].evidence == HARM.evidence
    choose(eva, "d:1", "outcome", "none")
    change = eva.history.undo()
    assert change
    assert change.classification.answers == shown.answers


def test_an_answer_that_its_condition_hides_is_taken_as_it_was_given(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", ["injury"])
    hidden = choose(eva, "d:1", "outcome", "none").answers["harm"]
    assert hidden.state == "hidden"
    choose(eva, "d:1", "harm", hidden.model_copy(update={"evidence": HARM.evidence}))
    assert choose(eva, "d:1", "outcome", "happened").answers["harm"] == HARM


def test_others_work_is_not_seen(eva: Desk, bob: Desk) -> None:
    submit_fully(bob, "d:1")
    bob.tagging.note("d:2", "desk", "secret")
    assert eva.tagging.classification("d:1", "desk").status == "untouched"
    assert eva.history.of("d:1") == []
    assert eva.history.of("d:2") == []


def test_each_round_begins_anew(eva: Desk, path: Path) -> None:
    submit_fully(eva, "d:1")
    first = eva.in_round(1)
    with closing(open_desk(path, "eva", round_=2)) as second:
        assert second.tagging.classification("d:1", "desk").status == "untouched"
        assert second.history.undo() is None
        choose(second, "d:1", "outcome", "none")
        with pytest.raises(AnswerError, match="what you said in round 1 stays closed"):
            eva.tagging.classification("d:1", "desk")
        with pytest.raises(AnswerError, match="classifying it in round 2"):
            first.history.undo()
        second.tagging.submit("d:1", "desk")
    assert eva.tagging.classification("d:1", "desk").answers["outcome"].value == "none"
    change = first.history.undo()
    assert change
    assert (change.kind, change.classification.identity.round) == ("submitted", 1)


def test_undo_takes_back_the_latest_in_whatever_round_unless_one_is_named(eva: Desk, path: Path) -> None:
    submit_fully(eva, "d:1")
    with closing(open_desk(path, "eva", round_=2)) as second:
        second.tagging.skip("d:2", "desk", "not about AI")
    found = [eva.history.undo() for _ in range(2)]
    assert [(each.kind, each.classification.identity.round) for each in found if each] == [
        ("skipped", 2), ("submitted", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "   "])
def test_nobody_may_read_but_not_answer(path: Path, name: str) -> None:
    with closing(open_desk(path, name)) as nobody:
        assert nobody.subjects.subject("d:1").title == "Robot on a ramp"
        assert nobody.history.undo() is None
        attempts: list[Callable[[], object]] = [
            lambda: choose(nobody, "d:1", "outcome", "none"),
            lambda: nobody.tagging.note("d:1", "desk", "hello"),
            lambda: nobody.tagging.raise_flag("d:1", "desk", "hello"),
            lambda: nobody.tagging.skip("d:1", "desk", "hello"),
            lambda: nobody.tagging.submit("d:2", "GMF"),
        ]
        for attempt in attempts:
            with pytest.raises((RequestError, AnswerError), match=r"who you are|required"):
                attempt()
        assert events(nobody) == 0


@pytest.mark.parametrize(("name", "round_"), [("eva\x1b[31m", 1), ("e\nva", 1), ("e\0va", 1), ("eva", -1)])
def test_impossible_names_and_rounds_are_refused(path: Path, name: str, round_: int) -> None:
    with pytest.raises(RequestError, match=r"no name for an annotator|no round"):
        open_desk(path, name, round_=round_)


def test_a_name_is_taken_without_blanks_around_it(path: Path) -> None:
    with closing(open_desk(path, " eva ")) as desk:
        assert desk.annotator == "eva"


@pytest.mark.parametrize("text", ["half a \ud83d", "null \0"])
def test_remarks_that_are_no_text_are_refused(eva: Desk, text: str) -> None:
    for attempt in (eva.tagging.note, eva.tagging.raise_flag, eva.tagging.skip):
        with pytest.raises(AnswerError, match="not text; type it again"):
            attempt("d:1", "desk", text)
    assert events(eva) == 0


def test_a_refused_save_leaves_everything_as_it_was(eva: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(eva, "d:1", "outcome", "happened")
    eva.store.transaction.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="nothing was saved"):
        choose(eva, "d:1", "outcome", "none")
    eva.store.transaction.execute("PRAGMA query_only = OFF")
    assert eva.tagging.classification("d:1", "desk").answers["outcome"].value == "happened"
    choose(eva, "d:1", "outcome", "none")


def test_a_taxonomy_goes_into_the_file_with_the_first_answer_even_after_a_refused_one(eva: Desk) -> None:
    with pytest.raises(ZeroDivisionError), eva.store.writing():
        choose(eva, "d:1", "outcome", "happened")
        raise ZeroDivisionError
    choose(eva, "d:1", "outcome", "happened")
    stored = eva.store.transaction.execute("SELECT namespace, version FROM taxonomies").fetchall()
    assert stored == [("desk", 1)]


def test_a_changed_taxonomy_without_a_new_version_is_refused(eva: Desk, path: Path) -> None:
    choose(eva, "d:1", "outcome", "happened")
    file = path.parent / "taxonomies" / "desk.yaml"
    file.write_text(file.read_text().replace("Nothing happened", "Nothing at all"))
    with closing(open_desk(path, "eva")) as later:
        with pytest.raises(TaxonomyError, match=r"changed after classifications were made.*version: 2"):
            choose(later, "d:1", "outcome", "near")
        assert later.subjects.taxonomy("desk", 1).by_id["outcome"].choices[2].label == "Nothing happened"


def test_work_goes_on_under_a_new_version(eva: Desk, path: Path) -> None:
    choose(eva, "d:1", "outcome", "near")
    choose(eva, "d:2", "outcome", "near")
    (path.parent / "taxonomies" / "desk.yaml").write_text(SECOND_VERSION)
    with closing(open_desk(path, "eva")) as later:
        assert later.tagging.classification("d:1", "desk").version == 1
        assert later.tagging.classification("d:3", "desk").version == 2
        with pytest.raises(AnswerError, match="begun under version 1, and version 2 is here"):
            choose(later, "d:1", "maker", "Acme")
        assert later.tagging.take_version("d:1", "desk").version == 2
        kept = choose(later, "d:1", "maker", "Acme")
        assert kept.version == 2
        assert [problem.field for problem in later.tagging.problems("d:1", "desk")][:1] == ["outcome"]
        change = later.history.undo()
        assert change
        assert change.classification.version == 2
        while later.history.undo():
            pass
        undone = later.tagging.classification("d:1", "desk")
        assert (undone.status, undone.version) == ("untouched", 2)


def test_names_of_taxonomies_may_be_written_in_any_case(eva: Desk) -> None:
    eva.tagging.answer("d:1", "DESK", "outcome", Answer(value="none"))
    assert eva.tagging.classification("d:1", "Desk") == eva.tagging.classification("d:1", "desk")
    assert eva.tagging.submit("d:1", "dEsK").identity.taxonomy == "desk"
    assert eva.history.of("d:1", "DESK") == eva.history.of("d:1")


def test_submitting_nothing_is_refused(eva: Desk) -> None:
    with pytest.raises(AnswerError, match="Nothing is answered yet"):
        eva.tagging.submit("d:1", "GMF")
    assert eva.tagging.classification("d:1", "GMF").status == "untouched"
