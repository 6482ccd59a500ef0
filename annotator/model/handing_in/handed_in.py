"""With which answers something was handed in: a hand-in names the events that gave them, and repeats nothing of it.

So nobody can check guesses against a hand-in, also once an answer was erased. Those of older versions have a digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from annotator.model.chain import write
from annotator.model.classification import Answer

if TYPE_CHECKING:
    from annotator.model.event import Event


def values_digest(answers: Mapping[str, Answer]) -> str:
    """What tells whether answers are the ones that were handed in, in the words of older versions."""
    return _digest({field: answer.value for field, answer in answers.items()})


def is_as_handed_in(said: Mapping[str, Any], answers: Mapping[str, Answer], known: Mapping[str, Event]) -> bool:
    """Whether answers are those that a hand-in names, as far as that can be told.

    An answer that was erased since, or is not here, is none; where there is another in its place, that is not what was
    handed in. `known` are the events by id.
    """
    if "handed_in" not in said:
        return said.get("answers", "") in {"", values_digest(answers)}
    return _digest(values_then(said["handed_in"], known)) == values_digest(answers)


def values_then(handed_in: Mapping[str, str], known: Mapping[str, Event]) -> dict[str, Any]:
    """By field: the values that events gave, as far as these are here."""
    found = {field: known[event].payload for field, event in handed_in.items() if event in known}
    given = {
        field: said["answer"] if "answer" in said else said.get("answers", {}).get(field)
        for field, said in found.items()
    }
    return {field: Answer.model_validate(answer).value for field, answer in given.items() if answer is not None}


def are_alike(hand_ins: Sequence[Mapping[str, Any]], known: Mapping[str, Event]) -> bool:
    """Whether the same answers were handed in several times, as far as all of them can tell."""
    named = [said["handed_in"] for said in hand_ins if "handed_in" in said]
    if len(named) < len(hand_ins):  # one by an older version
        return len({_told(said, known) for said in hand_ins}) == 1
    lost = {field for each in named for field, event in each.items() if event not in known}
    then = [{field: event for field, event in each.items() if field not in lost} for each in named]
    return len({_digest(values_then(each, known)) for each in then}) == 1


def _told(said: Mapping[str, Any], known: Mapping[str, Event]) -> str:
    return _digest(values_then(said["handed_in"], known)) if "handed_in" in said else str(said.get("answers", ""))


def _digest(by_field: Mapping[str, Any]) -> str:
    return sha256(write({field: by_field[field] for field in sorted(by_field)}).encode()).hexdigest()
