"""One answer made of several: what is shared, what is joined, and what more than half say."""

from __future__ import annotations

import pytest

from annotator.desk import resolving
from annotator.desk.resolving import agreed, majority, union
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification, Decision, Evidence, Identity, Ruling
from annotator.model.outline import Kind, Position, position
from annotator.model.person import ADJUDICATED
from annotator.model.taxonomy import Field, Taxonomy
from annotator.store.deciding.reviews import Work

EMPTY, UNKNOWN = Answer(state="empty"), Answer(state="unknown")


def field(kind: Kind) -> Field:
    return Field(id="said", kind=kind)


def quoted(start: int) -> tuple[Evidence, ...]:
    return (Evidence(report="d:r1", start=start, end=start + 1, quote="x"),)


def by_name(*answers: Answer) -> dict[str, Answer]:
    return {f"annotator {number}": each for number, each in enumerate(answers)}


def positions(answers: dict[str, Answer]) -> dict[str, Position]:
    return {name: position(each.state, each.value) for name, each in answers.items()}


def most(kind: Kind, *answers: Answer) -> Answer:
    """What more than half of these say."""
    given = by_name(*answers)
    return majority(field(kind), given, positions(given))


def tags(*values: str, start: int = 0) -> Answer:
    return Answer(value=list(values), evidence=quoted(start))


@pytest.mark.parametrize(
    ("confidences", "shared"), [((0.9, 0.9), 0.9), ((0.9, 0.4), None), ((None, 0.4), None), ((None, None), None)]
)
def test_how_sure_all_are_is_kept_and_what_they_differ_on_is_not(
    confidences: tuple[float | None, ...], shared: float | None
) -> None:
    given = [Answer(value="A", confidence=each, evidence=quoted(3)) for each in confidences]
    assert agreed(given) == Answer(value="A", confidence=shared, evidence=quoted(3))


def test_a_union_has_every_value_once_with_the_evidence_of_all() -> None:
    joined = union(field("tags"), by_name(tags("b", "a"), EMPTY, tags("a", "c", start=4)))
    assert joined == Answer(value=["b", "a", "c"], evidence=quoted(0) + quoted(4))


def test_a_text_that_several_wrote_stands_in_their_union_once() -> None:
    texts = by_name(Answer(value="Rain."), Answer(value="Ice."), Answer(value="Rain."), EMPTY)
    assert union(field("long_text"), texts) == Answer(value="Rain.\n\nIce.")


@pytest.mark.parametrize(
    ("kind", "answers", "why"),
    [
        ("text", [Answer(value="A")], "takes one value, so there is no union"),
        ("tags", [tags("a"), UNKNOWN], "was answered unknown too, which joins with no value"),
        ("tags", [EMPTY, EMPTY], "has no values to join"),
    ],
)
def test_where_a_union_means_nothing(kind: Kind, answers: list[Answer], why: str) -> None:
    with pytest.raises(AnswerError, match=why):
        union(field(kind), by_name(*answers))


def test_the_whole_answer_of_most_is_taken_with_their_evidence_alone() -> None:
    first, second, other = tags("a", "b", start=1), tags("b", "a", start=2), tags("a", start=3)
    assert most("tags", first, second, other) == Answer(value=["a", "b"], evidence=quoted(1) + quoted(2))
    assert most("tags", EMPTY, EMPTY, other) == EMPTY


def test_else_the_values_that_most_gave_are_taken_with_the_evidence_of_who_gave_them() -> None:
    answers = tags("a", "b", start=1), tags("a", "c", start=2), tags("d", start=3)
    assert most("tags", *answers) == Answer(value=["a"], evidence=quoted(1) + quoted(2))


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("text", [Answer(value="A"), Answer(value="B")]),
        ("text", [Answer(value="aab"), Answer(value="abc"), Answer(value="xay")]),
        ("tags", [tags("a", "b"), tags("a", "c"), UNKNOWN, EMPTY]),
        ("tags", [tags("a"), tags("b")]),
        ("tags", []),
    ],
)
def test_half_are_no_majority_and_who_gave_no_value_counts(kind: Kind, answers: list[Answer]) -> None:
    with pytest.raises(AnswerError, match=f"has no majority among {len(answers)} answers"):
        most(kind, *answers)


# What no longer holds

DAY = "2030-01-01"


def reasons(decision: Decision | None, *, ruled_by: str = "cleo", barred: str = "", is_open: bool = False) -> list[str]:
    """Why a decision no longer covers what Eva handed in, with a field ruled that the taxonomy no longer has."""
    taxonomy = Taxonomy(namespace="t", version=1, fields=[field("text")])
    of = Identity(subject="d:1", taxonomy="t", annotator=ADJUDICATED)
    gone = Ruling(answer=Answer(value="A"), by=ruled_by, at=DAY, cause="slip", event="e")
    status = "draft" if is_open else "adjudicated"
    decided = Classification(identity=of, version=1, status=status, rulings={"gone": gone}, decision=decision)
    work = [Work("eva", 1, {"said": {"value": "A"}}, DAY)]
    found = resolving.review(taxonomy, work, decided, frozenset({barred} - {""}))
    assert [each.field for each in found.fields] == ["said", "gone"]
    return list(found.stale)


def test_a_decision_is_stale_once_who_made_or_ruled_it_classifies_too() -> None:
    unseen = Decision(by="dan", at=DAY)
    assert reasons(unseen) == []
    for name in ("cleo", "dan"):
        assert reasons(unseen, barred=name) == [f"{name} decided about it and has classified it too"]


def test_a_decision_that_came_with_an_import_rests_on_nobody_and_what_is_not_decided_is_not_stale() -> None:
    seen = Decision(by="dan", at=DAY, seen={"bob": "x"})
    assert reasons(Decision(by="dan", at=DAY, strategy="imported")) == []
    assert reasons(seen) == ["bob took back what they had handed in", f"eva handed in too, on {DAY}"]
    assert reasons(None) == []
    assert reasons(seen, is_open=True) == [], "as an import leaves it that opens it again"
