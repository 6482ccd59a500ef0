"""From several answers to one: what they agree on, their union, and what most of them say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from annotator.errors import AnswerError, Problem
from annotator.models.classification import Answer, Evidence
from annotator.models.review import Position
from annotator.models.taxonomy import Field


def agreed(answers: Iterable[Answer]) -> Answer:
    """The answer that all of them are, with everybody's evidence; a confidence they do not share is left out."""
    given = list(answers)
    shared = {each.confidence for each in given}
    confidence = shared.pop() if len(shared) == 1 else None
    return given[0].model_copy(update={"evidence": _evidence(given), "confidence": confidence})


def union(field: Field, answers: Mapping[str, Answer]) -> Answer:
    """Every value that anybody gave, long texts one below the other; AnswerError where a union means nothing."""
    if not field.holds_many and field.kind != "long_text":
        raise _refusal(field, "takes one value, so there is no union; adopt an answer, or rule a value")
    if odd := sorted({each.state for each in answers.values()} - {"answered", "empty"}):
        raise _refusal(field, f"was answered {' and '.join(odd)} too, which joins with no value; rule a value")
    given = [each for each in answers.values() if each.state == "answered"]
    if not given:
        raise _refusal(field, "has no values to join; adopt an answer")
    if field.kind == "long_text":
        return Answer(value="\n\n".join(_distinct(each.value for each in given)), evidence=_evidence(given))
    return Answer(value=_distinct(value for each in given for value in each.value), evidence=_evidence(given))


def majority(field: Field, answers: Mapping[str, Answer], positions: Mapping[str, Position]) -> Answer:
    """What more than half of those who answered say: the whole answer, else single values of a list.

    Raises AnswerError where no majority exists.
    """
    whole = majority_of(answers, positions)
    if whole is not None:
        return whole
    given = [each for each in answers.values() if each.state == "answered"]
    values = _distinct(value for each in given for value in each.value) if field.holds_many else []
    frequent = [value for value in values if sum(value in each.value for each in given) * 2 > len(answers)]
    if not frequent:
        raise _refusal(field, f"has no majority among {len(answers)} answers; adopt one, or rule a value")
    return Answer(value=frequent, evidence=_evidence(each for each in given if set_of(each) & set(map(repr, frequent))))


def majority_of(answers: Mapping[str, Answer], positions: Mapping[str, Position]) -> Answer | None:
    """The whole answer that more than half of those who answered gave; None when there is none."""
    counted = Counter(positions.values()).most_common(1)
    if not counted or counted[0][1] * 2 <= len(answers):
        return None
    return agreed(answer for name, answer in answers.items() if positions[name] == counted[0][0])


def set_of(answer: Answer) -> set[str]:
    """The values of a list as texts, because rows of a group cannot be hashed."""
    return set(map(repr, answer.value))


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _evidence(answers: Iterable[Answer]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(span for answer in answers for span in answer.evidence))


def _refusal(field: Field, message: str) -> AnswerError:
    return AnswerError([Problem(field.id, message)])
