"""What an answer becomes when an editor chooses, types or says that there is none. Pure."""

from __future__ import annotations

from typing import Any

from annotator.model.classification import Answer, AnswerState, Evidence
from annotator.model.taxonomy import Field
from annotator.tui.widgets.form.choices import NO, YES

ADVANCING = frozenset({"single", "scale", "bool", "integer", "number", "date", "text", "long_text", "location"})
"""Kinds that one value completes."""
WRITTEN = frozenset({"integer", "number", "date", "text", "location"})
"""Kinds written in one line."""
FIRST_CHARACTERS = {"integer": "0123456789-+", "number": "0123456789-+.", "date": "0123456789"}
"""What begins writing by itself, without a key for it."""


def chosen_in(field: Field, answer: Answer | None) -> frozenset[str]:
    """The ids of the choices an answer holds."""
    if answer is None or answer.state not in {"answered", "hidden"} or answer.value is None:
        return frozenset()
    if field.kind == "bool":
        return frozenset({YES if answer.value else NO})
    if not field.has_choices:
        return frozenset()
    return frozenset(answer.value if isinstance(answer.value, list) else [answer.value])


def choose(field: Field, answer: Answer | None, choice_id: str) -> Answer | None:
    """The answer after a choice was taken, or taken back; None when nothing is left of it."""
    if field.kind == "bool":
        return with_value(answer, choice_id == YES)
    if not field.holds_many:
        return with_value(answer, choice_id)
    held = chosen_in(field, answer) ^ {choice_id}
    ordered = [each for each in field.all_choices if each in held]
    return with_value(answer, ordered) if ordered else None


def in_state(answer: Answer | None, state: AnswerState) -> Answer:
    """The answer in a state without value; its evidence stays."""
    return Answer(state=state, evidence=answer.evidence if answer else ())


def with_value(answer: Answer | None, value: Any) -> Answer:
    """The answer with another value; its evidence stays."""
    kept = answer or Answer()
    return Answer(value=value, evidence=kept.evidence, confidence=kept.confidence)


def with_evidence(answer: Answer, evidence: tuple[Evidence, ...]) -> Answer:
    """The answer supported by other passages."""
    state: AnswerState = "answered" if answer.state in {"hidden", "conflict"} else answer.state
    return answer.model_copy(update={"evidence": evidence, "state": state})


def rows_of(answer: Answer | None) -> list[Any]:
    """The tags, or the rows of a group, that an answer holds."""
    held = answer is not None and answer.state in {"answered", "hidden"}
    return list(answer.value) if held and answer is not None and isinstance(answer.value, list) else []


def with_row(answer: Answer | None, place: int | None, row: Any) -> Answer | None:
    """The answer with a row put in a place, or added; a row of None is taken away."""
    rows = rows_of(answer)
    if place is None or place >= len(rows):
        rows += [row] if row is not None else []
    elif row is None:
        del rows[place]
    else:
        rows[place] = row
    return with_value(answer, rows) if rows else None


def completes(field: Field) -> bool:
    """Whether one value is all a field takes, so that the next field can come up."""
    return field.kind in ADVANCING or (field.kind == "tree" and not field.multiple)


def needs_evidence(field: Field, answer: Answer | None) -> bool:
    """Whether an answer still lacks the evidence its field asks for."""
    return field.evidence == "required" and answer is not None and answer.state == "answered" and not answer.evidence


def begins_writing(field: Field, character: str | None) -> bool:
    """Whether a character can only be the beginning of the answer."""
    return character is not None and character in FIRST_CHARACTERS.get(field.kind, "")
