"""How a conflict reads: where it is, what was said, by whom and where. Needs no screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from annotator.desk.conflicting import place_words
from annotator.model.classification import Answer
from annotator.model.person import ADJUDICATED
from annotator.tui.words import UNANSWERED, answer_words

if TYPE_CHECKING:
    from annotator.desk.conflicts import OpenConflict, Side
    from annotator.desk.desk import Desk
    from annotator.model.taxonomy import Taxonomy

SHORT = 8
"""Characters of a replica's name that are shown."""
PLAIN = {
    "adjudicated": "decided", "answer_cleared": f"{UNANSWERED} (taken back)", "imported": "brought by an import",
    "reopened": "open again", "submitted": "handed in", "unruled": "no ruling", "worked_on": "done here",
}  # fmt: skip
"""By kind, where it reads otherwise than the kind."""
PURPOSES = {"second_pass": "a second pass", "retest": "a retest"}


def taxonomy_of(desk: Desk, conflict: OpenConflict) -> Taxonomy | None:
    """The taxonomy a conflict is under; None for one of the team, or where it is not at hand."""
    from annotator.errors import NotFoundError, TaxonomyError

    if conflict.is_of_team:
        return None
    try:
        return desk.subjects.taxonomy(conflict.taxonomy)
    except (NotFoundError, TaxonomyError):
        return None


def place_label(conflict: OpenConflict, taxonomy: Taxonomy | None) -> str:
    """What a conflict is about: a field by number and name, the note, an assignment and the like."""
    if conflict.place == "assignment":
        return f"whether {conflict.annotator} is to do it"
    if conflict.place == "round":
        return "what the round is for"
    if conflict.place == "setting":
        return f"the setting {conflict.about}"
    if conflict.place == "status" and conflict.annotator == ADJUDICATED:
        return "the decision"
    return place_words(conflict.place, taxonomy)


def where(conflict: OpenConflict) -> str:
    """Which classification it is about, or what of the team."""
    if conflict.place == "setting":
        return "team"
    facts = (conflict.subject, conflict.taxonomy, conflict.annotator, f"round {conflict.round}")
    return " · ".join(filter(None, facts))


def side_words(side: Side, conflict: OpenConflict, taxonomy: Taxonomy | None) -> str:
    """What one side says, in one line of any length; the text is as foreign as its source."""
    said = side.said
    match side.kind:
        case "answer_set":
            return _answer(taxonomy, conflict.field, said["answer"])
        case "ruled":
            return f"{_answer(taxonomy, conflict.field, said['answer'])} ({said['cause'].replace('_', ' ')})"
        case "note_set":
            return f"“{said['text']}”" if said["text"] else "no note"
        case "adjudicated" | "imported" | "worked_on":
            return f"{PLAIN[side.kind]}: {_answers(taxonomy, _own(side, conflict))}"
        case "submitted" if len(conflict.sides) == 1:
            return "handed in, when other answers stood here"
    return _plainly(side)


def _plainly(side: Side) -> str:
    """What a side says that no taxonomy is needed for."""
    said = side.said
    match side.kind:
        case "setting_set":
            return str(said.get("value", "")) or "nobody"
        case "round_started":
            return PURPOSES[said["purpose"]]
        case "version_taken":
            return f"version {said['to']}"
        case "published" if said.get("released"):
            return f"released: {said['reason']}"
    words = PLAIN.get(side.kind) or side.kind.replace("_", " ")
    return f"{words}: {said['reason']}" if said.get("reason") else words


def told_by(side: Side) -> str:
    """Who said it, when, and where it was written; the time is local."""
    at = datetime.fromisoformat(side.at).astimezone()
    here = "here" if side.is_here else f"replica {side.replica[:SHORT]}"
    return f"{side.by or 'nobody named'} · {at:%Y-%m-%d %H:%M} · {here}"


def _answer(taxonomy: Taxonomy | None, field: str, told: dict[str, Any]) -> str:
    answer, known = Answer.model_validate(told), taxonomy.known(field) if taxonomy else None
    return answer_words(known, answer) if known else str(answer.value)


def _own(side: Side, conflict: OpenConflict) -> dict[str, dict[str, Any]]:
    """The answers of a side that not every other side has too."""
    held: dict[str, dict[str, Any]] = side.said.get("answers", {})
    others = [other.said.get("answers", {}) for other in conflict.sides if other.event != side.event]
    return {field: each for field, each in held.items() if any(_told(o.get(field)) != _told(each) for o in others)}


def _told(answer: dict[str, Any] | None) -> tuple[Any, ...]:
    """State and value of an answer, whichever of them are written out."""
    return (answer.get("state", "answered"), answer.get("value")) if answer else ()


def _answers(taxonomy: Taxonomy | None, answers: dict[str, dict[str, Any]]) -> str:
    """Several answers behind the numbers or names of their fields."""
    if not answers:
        return "nothing that the other lacks"
    known = list(taxonomy.by_id) if taxonomy else []
    order = sorted(answers, key=lambda each: (known.index(each) if each in known else len(known), each))
    return "; ".join(f"{_name(taxonomy, field)}: {_answer(taxonomy, field, answers[field])}" for field in order)


def _name(taxonomy: Taxonomy | None, field: str) -> str:
    known = taxonomy.known(field) if taxonomy else None
    return (known.number or known.name) if known else field
