"""A ruling, what became of it, and earlier ones, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable

from annotator.model.classification import Answer, Ruling
from annotator.model.person import Cause
from annotator.model.review import Comparison
from annotator.model.taxonomy import Field
from annotator.store.readable import position
from annotator.store.reviews import Precedent
from annotator.tui.words import STATE_WORDS, answer_words, value_words

CAUSE_WORDS: dict[Cause, str] = {
    "misread": "somebody misread or overlooked what is written",
    "guideline_unclear": "the guidance can be read both ways",
    "taxonomy_gap": "no choice fits what happened",
    "judgement": "there are good reasons for either",
    "slip": "a wrong key, a typing error",
}
"""What each cause means."""


def cause_in_words(cause: str) -> str:
    """Such as `guideline unclear`."""
    return cause.replace("_", " ")


def said(field: Field | None, answer: Answer) -> str:
    """An answer in words, also to a field that the taxonomy no longer has."""
    return answer_words(field, answer) if field else str(answer.value)


def sure(confidence: float | None) -> str:
    """Such as `80 % sure`; nothing when nobody said."""
    return "" if confidence is None else f"{round(confidence * 100)} % sure"


def ruling_in_words(field: Field | None, ruling: Ruling) -> str:
    """What was ruled, by whom, when and why."""
    parts = [said(field, ruling.answer), f"by {ruling.by}", ruling.at[:10], cause_in_words(ruling.cause)]
    return " · ".join([*parts, *filter(None, [sure(ruling.confidence), ruling.note])])


def outdated_in_words(field: Field | None, compared: Comparison, called: Callable[[str], str]) -> str:
    """Why a ruling that was made does not hold any more; `called` says how people are named here."""
    made = compared.outdated
    if made is None:
        return ""
    before = {name: position(each.state, each.value) for name, each in made.between.items()}
    words = f"{said(field, made.answer)}, ruled by {called(made.by)}, no longer holds: "
    if set(before.values()) == set(compared.positions.values()):
        return words + f"{called(made.by)} has classified this subject too"
    changed = [called(name) for name, held in compared.positions.items() if before.get(name) != held]
    gone = [called(name) for name in before if name not in compared.positions]
    told = [f"{', '.join(changed)} answered otherwise since"] if changed else []
    told += [f"{', '.join(gone)} took the answer back"] if gone else []
    return words + "; ".join(told)


def precedent_in_words(field: Field | None, one: Precedent, names_shown: bool) -> str:
    """An earlier ruling between the same answers."""
    if one.state != "answered":
        value = STATE_WORDS.get(one.state, one.state)
    else:
        value = value_words(field, one.value) if field else str(one.value)
    by = f"{one.ruled_by}, " if names_shown else ""
    parts = [f"{one.subject}: {value}", cause_in_words(one.cause), *([one.note] if one.note else [])]
    return f"{' · '.join(parts)} ({by}{one.ruled_at[:10]})"
