"""Deciding what annotators differ about, field by field, and what holds when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Desk, open_desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.visibility import Standing
from annotator.errors import AnswerError, NotFoundError, RequestError, StoreFullError
from annotator.model.classification import Answer, Classification
from annotator.model.queue import QueueView
from annotator.model.review import Review, ReviewView
from tests.desk.making import HARM, ailments, choose, seated

FEWER = settings(max_examples=settings().max_examples // 4)
VIEW = ReviewView("desk")


@pytest.fixture
def cleo(path: Path) -> Iterator[Desk]:
    """Cleo, who classifies nothing and decides."""
    desk = open_desk(path, "cleo")
    yield desk
    assert ailments(desk) == []
    desk.store.rebuild()
    assert ailments(desk) == []
    desk.close()


def hand_in(desk: Desk, key: str = "d:1", **answers: Any) -> None:
    """Answer and submit, taking earlier work back first."""
    if desk.tagging.classification(key, "desk").status == "submitted":
        desk.tagging.reopen(key, "desk")
    for field, value in {"outcome": "none", **answers}.items():
        choose(desk, key, field, value)
    desk.tagging.submit(key, "desk")


def differing(desk_of: Desk, key: str = "d:1") -> list[str]:
    return [each.field for each in desk_of.review.disagreements(key, "desk")]


def on_record(desk: Desk, key: str = "d:1") -> Classification:
    return desk.review.classification(key, "desk")


def values(one: Classification) -> dict[str, Any]:
    return {field: answer.value for field, answer in one.shown.items()}


def test_a_review_tells_agreement_from_difference(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, sectors=["health", "police"], maker="Acme", words=["a", "b"])
    hand_in(bob, sectors=["police", "health"], maker="Acme Inc", words=["b", "a"], vendor="Acme")
    review = cleo.review.of("d:1", "desk")
    assert {each.field: each.source for each in review.fields} == {
        "outcome": "unanimous", "sectors": "unanimous", "maker": "unresolved", "words": "unanimous", "vendor": "single",
    }  # fmt: skip
    assert differing(cleo) == ["maker"]
    assert review.annotators == ("bob", "eva")


def test_drafts_take_no_part_and_whoever_has_one_sees_nothing(eva: Desk, bob: Desk) -> None:
    hand_in(eva, maker="Acme")
    choose(bob, "d:1", "maker", "Other")
    assert differing(eva) == []
    with pytest.raises(AnswerError, match="submit your own answers"):
        bob.review.of("d:1", "desk")


def test_a_disputed_subject_is_ruled_and_adjudicated(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, outcome="happened", harm=HARM, maker="Acme")
    hand_in(bob, outcome="none", maker="Acme")
    decide = cleo.adjudication
    with pytest.raises(AnswerError, match=r"outcome: is disputed and nobody has ruled"):
        decide.adjudicate("d:1", "desk")
    now = decide.adopt("d:1", "desk", "outcome", "eva", "misread", "it is in the second report", 0.8)
    assert (now.status, now.rulings["outcome"].by, now.rulings["outcome"].between["bob"].value) == (
        "draft", "cleo", "none",
    )  # fmt: skip
    done = decide.adjudicate("d:1", "desk")
    assert (done.status, values(done)) == (
        "adjudicated", {"outcome": "happened", "harm": ["injury"], "maker": "Acme"},
    )  # fmt: skip
    assert done.answers["harm"].evidence == HARM.evidence
    assert done.decision
    assert done.decision.sources["harm"] == {"source": "single", "annotators": ["eva"]}
    assert (
        eva.tagging.classification("d:1", "desk").status
        == bob.tagging.classification("d:1", "desk").status
        == "submitted"
    )


def test_what_a_ruling_hides_needs_no_ruling(eva: Desk, bob: Desk, cleo: Desk) -> None:
    death = HARM.model_copy(update={"value": ["death"]})
    hand_in(eva, outcome="happened", harm=HARM)
    hand_in(bob, outcome="near", harm=death, deaths=1)
    decide = cleo.adjudication
    decide.rule("d:1", "desk", "outcome", Answer(value="none"), "judgement")
    assert values(decide.adjudicate("d:1", "desk")) == {"outcome": "none"}


def test_what_waits_for_a_field_that_is_not_decided_yet_is_still_to_be_ruled(eva: Desk, bob: Desk, cleo: Desk) -> None:
    death = HARM.model_copy(update={"value": ["death"]})
    hand_in(eva, outcome="happened", harm=death, deaths=1)
    hand_in(bob, outcome="near", harm=death, deaths=2)
    assert [each.field for each in cleo.review.of("d:1", "desk").fields if each.is_open] == ["outcome", "deaths"]
    hand_in(bob, outcome="near", harm=HARM)
    assert [each.field for each in cleo.review.of("d:1", "desk").fields if each.is_open] == ["outcome", "harm"]
    cleo.adjudication.rule("d:1", "desk", "outcome", Answer(value="none"), "judgement")
    assert [each.field for each in cleo.review.of("d:1", "desk").fields if each.is_open] == []


def test_what_does_not_validate_is_not_adjudicated(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, outcome="none")
    hand_in(bob, outcome="happened", harm=HARM)
    decide = cleo.adjudication
    decide.rule("d:1", "desk", "harm", Answer(value=["money"]), "judgement")
    decide.adopt("d:1", "desk", "outcome", "bob", "slip")
    with pytest.raises(AnswerError, match="harm: needs evidence"):
        decide.adjudicate("d:1", "desk")
    decide.rule("d:1", "desk", "harm", HARM, "judgement")
    assert decide.adjudicate("d:1", "desk").status == "adjudicated"


@pytest.mark.parametrize(
    ("field", "value", "cause", "confidence", "words"),
    [
        ("outcome", "perhaps", "slip", None, "is not one of the choices"),
        ("outcome", "none", "because", None, "is no cause"),
        ("outcome", "none", "slip", 1.5, "from 0 to 1"),
        ("weather", "none", "slip", None, "has no field"),
        ("tone", "calm", "slip", None, "is not asked about incidents"),
    ],
)
def test_a_ruling_that_cannot_be_leaves_nothing_behind(
    eva: Desk, cleo: Desk, field: str, value: str, cause: Any, confidence: float | None, words: str
) -> None:
    hand_in(eva)
    with pytest.raises((AnswerError, RequestError, NotFoundError), match=words):
        cleo.adjudication.rule("d:1", "desk", field, Answer(value=value), cause, "", confidence)
    assert on_record(cleo).status == "untouched"


def test_union_and_majority_only_where_they_mean_something(eva: Desk, bob: Desk, cleo: Desk, path: Path) -> None:
    dan = open_desk(path, "dan")
    hand_in(eva, sectors=["health", "police"], maker="A", words=["x"], outcome="none")
    hand_in(bob, sectors=["health"], maker="A", words=["y"])
    hand_in(dan, sectors=["police", "health"], maker="B", words=Answer(state="unknown"))
    decide = cleo.adjudication
    assert decide.union("d:1", "desk", "sectors", "slip").answers["sectors"].value == ["health", "police"]
    assert decide.majority("d:1", "desk", "maker", "slip").answers["maker"].value == "A"
    with pytest.raises(AnswerError, match="there is no union"):
        decide.union("d:1", "desk", "maker", "slip")
    with pytest.raises(AnswerError, match="joins with no value"):
        decide.union("d:1", "desk", "words", "slip")
    with pytest.raises(AnswerError, match="has no majority"):
        decide.majority("d:1", "desk", "words", "slip")
    with pytest.raises(AnswerError, match="but by bob, dan, eva"):
        decide.adopt("d:1", "desk", "words", "cleo", "slip")
    dan.close()


def test_the_same_ruling_twice_is_one(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    first = cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip").rulings["maker"]
    assert cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip").rulings["maker"] == first
    assert cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "misread").rulings["maker"] != first


def test_a_ruling_ends_with_the_answers_it_was_made_between(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    decide = cleo.adjudication
    decide.adopt("d:1", "desk", "maker", "eva", "slip")
    hand_in(bob, maker="C")
    (maker,) = cleo.review.disagreements("d:1", "desk")
    assert maker.is_open
    assert maker.outdated
    hand_in(bob, maker="B")
    assert decide.adjudicate("d:1", "desk").answers["maker"].value == "A"


def test_new_work_makes_an_adjudication_stale_and_says_why(eva: Desk, bob: Desk, cleo: Desk, path: Path) -> None:
    hand_in(eva)
    hand_in(bob)
    decide = cleo.adjudication
    decide.adjudicate("d:1", "desk")
    assert cleo.review.of("d:1", "desk").stale == ()
    bob.tagging.reopen("d:1", "desk")
    assert cleo.review.of("d:1", "desk").stale == ("bob took back what they had handed in",)
    bob.tagging.submit("d:1", "desk")
    assert cleo.review.of("d:1", "desk").stale == ()
    hand_in(bob, maker="B")
    assert cleo.review.of("d:1", "desk").stale[0].startswith("bob handed in other answers, on 2")
    dan = open_desk(path, "dan")
    hand_in(dan)
    assert cleo.review.of("d:1", "desk").stale[1].startswith("dan handed in too")
    assert on_record(cleo).status == "adjudicated"
    decide.reopen("d:1", "desk", "new work")
    assert (on_record(cleo).status, on_record(cleo).answers) == ("draft", {})
    decide.adjudicate("d:1", "desk")
    assert cleo.review.of("d:1", "desk").stale == ()
    dan.close()


def test_the_queue_of_disputed_subjects(eva: Desk, bob: Desk, cleo: Desk) -> None:
    for number in (1, 2, 3):
        hand_in(eva, f"d:{number}", maker="A", vendor="V")
    hand_in(bob, "d:1", maker="B", vendor="V")
    hand_in(bob, "d:2", maker="B", vendor="W")
    hand_in(bob, "d:3", maker="A", vendor="V")
    decide = cleo.adjudication
    assert [(each.key, each.fields) for each in cleo.review.queue(VIEW)] == [("d:2", 2), ("d:1", 1)]
    assert [each.key for each in cleo.review.queue(VIEW._replace(order="subject"))] == ["d:1", "d:2"]
    by_field = cleo.review.queue(VIEW._replace(order="field"))
    assert [(each.field, each.key) for each in by_field] == [("maker", "d:1"), ("maker", "d:2"), ("vendor", "d:2")]
    assert [each.key for each in cleo.review.queue(VIEW._replace(field="vendor"))] == ["d:2"]
    assert [each.key for each in cleo.review.queue(VIEW, 1, cleo.review.queue(VIEW)[0])] == ["d:1"]
    decide.adopt("d:1", "desk", "maker", "eva", "slip")
    assert [each.ruled for each in cleo.review.queue(VIEW)] == [0, 1]
    decide.adjudicate("d:1", "desk")
    assert [each.key for each in cleo.review.queue(VIEW)] == ["d:2"]
    assert [each.key for each in cleo.review.queue(VIEW._replace(settled=True))] == ["d:1"]
    assert (
        cleo.review.totals("desk").open,
        cleo.review.totals("desk").settled,
        cleo.review.totals("desk", "vendor").open,
    ) == (
        1,
        1,
        1,
    )
    cleo.history.undo()
    assert cleo.review.totals("desk").open == 2


def test_what_is_agreed_is_accepted_in_bulk(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, "d:1", maker="A")
    hand_in(bob, "d:1", maker="A")
    hand_in(eva, "d:2", maker="A")
    hand_in(bob, "d:2", maker="B")
    hand_in(eva, "d:3", maker="A")
    decide = cleo.adjudication
    done = decide.accept_agreed("desk", "unanimous")
    assert done.accepted == ["d:1"]
    assert done.refused == {"d:2": "annotators differ", "d:3": "fewer than two annotators handed in"}
    assert decide.accept_agreed("desk", "single", QueueView(search="Incident 2")).accepted == []
    assert decide.accept_agreed("desk", "single", ["d:2", "d:3"]).accepted == ["d:3"]
    assert decide.accept_agreed("desk", "majority").refused == {
        "d:2": "maker: is disputed and nobody has ruled; rule on it first"
    }
    assert on_record(cleo, "d:3").decision.strategy == "single"  # type: ignore[union-attr]
    again = decide.accept_agreed("desk", "unanimous", ["d:1", "d:4"])
    assert again.refused == {
        "d:1": "d:1 under desk is adjudicated; reopen it before changing it.",
        "d:4": "d:4 under desk: nobody has handed in anything to decide about.",
    }
    with pytest.raises(RequestError, match="is no strategy"):
        decide.accept_agreed("desk", "luck")  # type: ignore[arg-type]


def test_a_majority_accepts_what_two_of_three_say(eva: Desk, bob: Desk, cleo: Desk, path: Path) -> None:
    dan = open_desk(path, "dan")
    for desk, maker in ((eva, "A"), (bob, "B"), (dan, "A")):
        hand_in(desk, maker=maker)
    assert cleo.adjudication.accept_agreed("desk", "majority").accepted == ["d:1"]
    done = on_record(cleo)
    assert values(done)["maker"] == "A"
    assert done.decision
    assert done.decision.sources["maker"]["source"] == "majority"
    dan.close()


def test_accepting_in_bulk_lets_others_write_between_two_subjects(eva: Desk, bob: Desk, cleo: Desk, path: Path) -> None:
    for key in ("d:1", "d:2", "d:3"):
        hand_in(eva, key, maker="A")
        hand_in(bob, key, maker="A")
    writing: list[bool] = []
    with closing(open_desk(path, "dan")) as dan:

        def others_write() -> bool:
            writing.append(dan.tagging.note("d:4", "desk", f"note {len(writing)}").status == "draft")
            return True

        done = cleo.adjudication.accept_agreed("desk", "unanimous", goes_on=others_write)
    assert done.accepted == ["d:1", "d:2", "d:3"]
    assert writing == [True] * 3


def test_what_accepting_in_bulk_leaves_for_people_never_waits_for_the_lock(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    with eva.store.writing():
        assert cleo.adjudication.accept_agreed("desk", "unanimous").refused == {"d:1": "annotators differ"}


def test_what_changes_just_before_a_subject_is_accepted_counts(
    eva: Desk, bob: Desk, cleo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="A")
    settled = Adjudication._settled

    def change_your_mind(self: Adjudication, *given: Any) -> tuple[Standing, Review]:
        monkeypatch.setattr(Adjudication, "_settled", settled)
        found = settled(self, *given)
        hand_in(bob, maker="B")
        return found

    monkeypatch.setattr(Adjudication, "_settled", change_your_mind)
    assert cleo.adjudication.accept_agreed("desk", "unanimous").refused == {"d:1": "annotators differ"}


def stop_at(cleo: Desk, monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException, stored: bool) -> None:
    """Let accepting be stopped at a subject, counted from 0, before it is stored or right after."""
    adjudicator, accept, come_to = cleo.adjudication, Adjudication.accept, iter(range(99))

    def accept_or_stop(self: Adjudication, *given: Any) -> None:
        is_last = next(come_to) == number
        if stored or not is_last:
            accept(self, *given)
        if is_last:
            raise error

    monkeypatch.setattr(type(adjudicator), "accept", accept_or_stop)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StoreFullError("the disk is full")])
@pytest.mark.parametrize("stored", [True, False])
def test_what_is_stopped_halfway_stays_and_is_told(
    eva: Desk, bob: Desk, cleo: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, stored: bool
) -> None:
    keys = ["d:1", "d:2", "d:3", "d:4"]
    for key in keys:
        hand_in(eva, key, maker="A")
        if key != "d:2":
            hand_in(bob, key, maker="A")
    stop_at(cleo, monkeypatch, 2, error, stored)
    done = cleo.adjudication.accept_agreed("desk", "unanimous")
    assert done.stopped_by is error
    assert list(done.refused) == ["d:2"]
    assert done.accepted == (["d:1", "d:3"] if stored else ["d:1"])
    assert done.untried == (("d:4",) if stored else ("d:3", "d:4"))
    assert [on_record(cleo, key).status == "adjudicated" for key in keys] == [key in done.accepted for key in keys]
    assert cleo.history.undo()
    assert {on_record(cleo, key).status for key in keys} == {"untouched"}


def test_what_is_stopped_before_anything_is_stored_is_refused(
    eva: Desk, bob: Desk, cleo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(eva)
    hand_in(bob)
    stop_at(cleo, monkeypatch, 0, StoreFullError("the disk is full"), stored=False)
    with pytest.raises(StoreFullError):
        cleo.adjudication.accept_agreed("desk", "unanimous")


def test_accepting_in_bulk_stops_when_told_to(eva: Desk, bob: Desk, cleo: Desk) -> None:
    for key in ("d:1", "d:2"):
        hand_in(eva, key, maker="A")
        hand_in(bob, key, maker="A")
    goes_on = iter([True, False]).__next__
    done = cleo.adjudication.accept_agreed("desk", "unanimous", goes_on=goes_on)
    assert (done.accepted, done.untried, done.stopped_by) == (["d:1"], ("d:2",), None)


def test_precedents_are_rulings_between_the_same_answers(eva: Desk, bob: Desk, cleo: Desk) -> None:
    decide = cleo.adjudication
    for key, one, other in (("d:1", "A", "B"), ("d:2", "B", "A"), ("d:3", "A", "C")):
        hand_in(eva, key, maker=one)
        hand_in(bob, key, maker=other)
        decide.adopt(key, "desk", "maker", "eva", "guideline_unclear", "see 1.2")
    (found,) = cleo.review.precedents("d:1", "desk", "maker")
    assert (found.subject, found.value, found.cause, found.note) == ("d:2", "B", "guideline_unclear", "see 1.2")


def test_undo_and_redo_of_rulings(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    decide = cleo.adjudication
    decide.adopt("d:1", "desk", "maker", "eva", "slip")
    decide.adopt("d:1", "desk", "maker", "bob", "slip")
    decide.adjudicate("d:1", "desk")
    change = cleo.history.undo()
    assert change
    assert (change.words, change.classification.status) == ("undid: adjudication", "draft")
    change = cleo.history.undo()
    assert change
    assert (change.words, change.field) == ("undid: ruling on Maker", "maker")
    assert on_record(cleo).answers["maker"].value == "A"
    cleo.history.undo()
    assert on_record(cleo).status == "untouched"
    assert cleo.history.undo() is None
    for _ in range(3):
        cleo.history.redo()
    assert (on_record(cleo).status, on_record(cleo).answers["maker"].value) == ("adjudicated", "B")


def test_a_ruling_under_somebody_elses_adjudication_is_not_undone(eva: Desk, bob: Desk, cleo: Desk, path: Path) -> None:
    hand_in(eva, maker="A")
    hand_in(bob, maker="B")
    dan = open_desk(path, "dan")
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    dan.adjudication.adjudicate("d:1", "desk")
    with pytest.raises(AnswerError, match="reopen it"):
        cleo.history.undo()
    dan.history.undo()
    cleo.history.undo()
    with pytest.raises(AnswerError, match="decided differently since"):
        dan.history.redo()
    dan.close()


MAKERS = st.sampled_from(["A", "B", "C"])


@FEWER
@given(MAKERS, MAKERS, st.lists(st.tuples(MAKERS, st.sampled_from(["rule", "adjudicate", "reopen"])), max_size=8))
def test_undoing_every_ruling_restores_what_was_before(one: str, other: str, steps: list[tuple[str, str]]) -> None:
    with seated("eva", "bob", "cleo") as (eva, bob, cleo):
        hand_in(eva, maker=one)
        hand_in(bob, maker=other)
        seen = [plain(cleo)]
        for value, what in steps:
            attempt(cleo.adjudication, what, value)
            if plain(cleo) != seen[-1]:
                seen.append(plain(cleo))
        for before in reversed(seen[:-1]):
            assert cleo.history.undo()
            assert plain(cleo) == before
        for after in seen[1:]:
            assert cleo.history.redo()
            assert plain(cleo) == after
        assert ailments(cleo) == []
        cleo.store.rebuild()
        assert plain(cleo) == seen[-1]
        assert ailments(cleo) == []


def attempt(decide: Adjudication, what: str, value: str) -> None:
    try:
        if what == "rule":
            decide.rule("d:1", "desk", "maker", Answer(value=value), "slip")
        elif what == "adjudicate":
            decide.adjudicate("d:1", "desk")
        else:
            decide.reopen("d:1", "desk")
    except (AnswerError, RequestError):
        return


def plain(desk: Desk) -> Classification:
    return on_record(desk).model_copy(update={"updated_at": None, "version": 1})


ANSWERS = st.fixed_dictionaries(
    {"outcome": st.just("none")},
    optional={
        "maker": MAKERS, "words": st.lists(MAKERS, min_size=1, unique=True),
        "sectors": st.lists(st.sampled_from(["health", "traffic"]), min_size=1, unique=True),
    },
)  # fmt: skip


@FEWER
@given(ANSWERS)
def test_an_adjudication_of_what_all_say_is_what_all_say(answers: dict[str, Any]) -> None:
    with seated("eva", "bob", "cleo") as (eva, bob, cleo):
        hand_in(eva, **answers)
        hand_in(bob, **answers)
        done = cleo.adjudication.adjudicate("d:1", "desk")
        assert (
            done.answers
            == eva.tagging.classification("d:1", "desk").answers
            == bob.tagging.classification("d:1", "desk").answers
        )
        assert ailments(cleo) == []
