"""How a conflict reads: where it is, what was said, by whom and where. Needs no screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from annotator.desk.conflicts.conflicting import place_words
from annotator.model.chain import shortened
from annotator.model.classification import Answer
from annotator.model.roles import SETTING
from annotator.model.rounds import IN_WORDS, short
from annotator.tui.words import UNANSWERED, answer_words, local_time

if TYPE_CHECKING:
    from annotator.desk.conflicts.sides import OpenConflict, Side
    from annotator.desk.desk import Desk
    from annotator.model.taxonomy import Taxonomy

SHORT = 8
"""Characters of a replica's name that are shown."""
PLAIN = {
    "adjudicated": "decided", "answer_cleared": f"{UNANSWERED} (taken back)", "imported": "brought by an import",
    "gold_unset": "none", "reopened": "open again", "round_closed": "closed", "round_opened": "open",
    "accepted": "it counts", "submitted": "handed in", "unruled": "no ruling", "worked_on": "done here",
}  # fmt: skip
"""By kind, where it reads otherwise than the kind."""
PEOPLE = {"name": "the name of {}", "person": "who {} is", "called": "who is called {}"}
"""By the sort of a place about people: what that is about."""
OF_TEAM = {
    "round": "what the round is for",
    "closing": "whether the round is closed",
    "gold": "which answers are known",
}
"""By the sort of a place of the team: what that is about."""


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
    if conflict.place == "counting":
        return f"whether {shortened([conflict.about])[conflict.about]} counts"
    if conflict.place in OF_TEAM:
        return OF_TEAM[conflict.place]
    if conflict.place == "setting":
        return f"the {conflict.about}" if conflict.about.startswith(f"{SETTING} ") else f"the setting {conflict.about}"
    if conflict.is_about_people:
        return PEOPLE[conflict.place].format(conflict.about)
    return place_words(conflict.place, taxonomy, conflict.annotator)


def where(conflict: OpenConflict) -> str:
    """Which classification it is about, or what of the team."""
    if conflict.place in {"setting", "counting"} or conflict.is_about_people:
        return "team"
    round_ = f"round {short(conflict.round)}" if conflict.round else ""
    facts = (conflict.subject, conflict.taxonomy, conflict.annotator, round_)
    return " · ".join(filter(None, facts))


def side_words(side: Side, conflict: OpenConflict, taxonomy: Taxonomy | None) -> str:
    """What one side says, in one line of any length, and where another reads alike, how it differs from that.

    The text is as foreign as its source.
    """
    words = _words(side, conflict, taxonomy)
    alike = [each for each in _others(side, conflict) if _words(each, conflict, taxonomy) == words]
    return ", ".join((words, *(_differences(side, alike, taxonomy) if alike else ())))


def _others(side: Side, conflict: OpenConflict) -> list[Side]:
    return [each for each in conflict.sides if each.event != side.event]


def _words(side: Side, conflict: OpenConflict, taxonomy: Taxonomy | None) -> str:
    said = side.said
    if conflict.is_about_people:
        return _of_people(side, conflict)
    match side.kind:
        case "answer_set":
            return _answer(taxonomy, conflict.field, said["answer"])
        case "ruled":
            return f"{_answer(taxonomy, conflict.field, said['answer'])} ({said['cause'].replace('_', ' ')})"
        case "note_set":
            return f"“{said['text']}”" if said["text"] else "no note"
        case "adjudicated" if not any(_own(each, conflict) for each in conflict.sides):
            return "decided with the same answers"
        case "adjudicated" | "imported" | "worked_on":
            return f"{PLAIN[side.kind]}: {_answers(taxonomy, _own(side, conflict))}"
        case "submitted" if len(conflict.sides) == 1:
            return "handed in, when other answers stood here"
    return _plainly(side)


def _of_people(side: Side, conflict: OpenConflict) -> str:
    """What a deed says of somebody's name, of who somebody is, or of whose a name is."""
    said = side.said
    was, name = said.get("was") or "somebody", said.get("name") or "somebody"
    if conflict.place == "name":
        return str(said["gives"])
    if side.kind == "people_merged":
        return f"{was} is the same person as {name}"
    if side.kind == "people_split":
        return f"{name} is a person of their own, and not {was}"
    return f"{name}, also written so" if side.kind == "spelling_added" else f"{was}, renamed so"


def _differences(side: Side, alike: list[Side], taxonomy: Taxonomy | None) -> Iterator[str]:
    """How a side differs from others whose words are the same."""
    match side.kind:
        case "answer_set" | "ruled":
            others = [_support(each) for each in alike]
            yield from (told for name, told in _support(side).items() if any(each[name] != told for each in others))
        case "adjudicated":
            yield from _grounds(side.said, [each.said for each in alike], taxonomy)
        case "submitted" if side.is_of_what_shows is not None:
            yield "with the answers that show now" if side.is_of_what_shows else "with other answers than show now"


def _support(side: Side) -> dict[str, str]:
    """What an answer comes with, by what it is."""
    said = side.said
    answer, is_ruled = Answer.model_validate(said["answer"]), side.kind == "ruled"
    quotes = ", ".join(f"“{span.quote}”" for span in answer.evidence)
    sure = said.get("confidence") if is_ruled else answer.confidence
    return {
        "note": f"with the note “{said['note']}”" if said.get("note") else "without a note",
        "quotes": f"quoting {quotes}" if quotes else "quoting nothing",
        "confidence": "without a confidence" if sure is None else f"with a confidence of {sure}",
    }


def _grounds(said: dict[str, Any], others: list[dict[str, Any]], taxonomy: Taxonomy | None) -> Iterator[str]:
    """What a decision rests on, as far as others rest on something else."""
    seen, theirs = said.get("seen", {}), [each.get("seen", {}) for each in others]
    if any(each.keys() != seen.keys() for each in theirs):
        yield f"on what {', '.join(sorted(seen)) or 'nobody'} handed in"
    if changed := sorted(name for name in seen if any(each.get(name, seen[name]) != seen[name] for each in theirs)):
        yield f"when {', '.join(changed)} had handed in other answers than for the other decision"
    sources, beside = _sources(said), [_sources(each) for each in others]
    differing = {field: how for field, how in sources.items() if any(each.get(field) != how for each in beside)}
    for source in sorted({*differing.values()}):
        names = (_name(taxonomy, field) for field in _in_order(taxonomy, differing) if differing[field] == source)
        yield f"{source} on {', '.join(names)}"


def _sources(said: dict[str, Any]) -> dict[str, str]:
    return {field: str(each.get("source", "")) for field, each in said.get("sources", {}).items()}


def _plainly(side: Side) -> str:
    """What a side says that no taxonomy is needed for."""
    said = side.said
    match side.kind:
        case "setting_set":
            return str(said.get("value", "")) or "nobody"
        case "round_started":
            return f"a {IN_WORDS[said['purpose']]} round"
        case "declined":
            return f"it does not count: {said['reason']}"
        case "gold_set":
            return f"the answers of {said['whose']}"
        case "version_taken":
            return f"version {said['to']}"
        case "published" if said.get("released"):
            return f"released: {said['reason']}"
    words = PLAIN.get(side.kind) or side.kind.replace("_", " ")
    return f"{words}: {said['reason']}" if said.get("reason") else words


def told_by(side: Side, conflict: OpenConflict) -> str:
    """Who said it, when, and where it was written; the time is local, to the second where two fall into one minute."""
    minute = _minute(side)
    at = local_time(side.at) if any(_minute(each) == minute for each in _others(side, conflict)) else minute
    here = "here" if side.is_here else f"replica {side.replica[:SHORT]}"
    return f"{side.by or 'nobody named'} · {at} · {here}"


def _minute(side: Side) -> str:
    return f"{datetime.fromisoformat(side.at).astimezone():%Y-%m-%d %H:%M}"


def _answer(taxonomy: Taxonomy | None, field: str, told: dict[str, Any]) -> str:
    answer, known = Answer.model_validate(told), taxonomy.known(field) if taxonomy else None
    return answer_words(known, answer) if known else str(answer.value)


def _own(side: Side, conflict: OpenConflict) -> dict[str, dict[str, Any]]:
    """The answers of a side that not every other side has too."""
    held, others = _held(side), [_held(each) for each in _others(side, conflict)]
    return {field: each for field, each in held.items() if any(_told(o.get(field)) != _told(each) for o in others)}


def _held(side: Side) -> dict[str, dict[str, Any]]:
    return {**side.said.get("answers", {}), **side.rulings}


def _told(answer: dict[str, Any] | None) -> tuple[Any, ...]:
    """State and value of an answer, whichever of them are written out."""
    return (answer.get("state", "answered"), answer.get("value")) if answer else ()


def _answers(taxonomy: Taxonomy | None, answers: dict[str, dict[str, Any]]) -> str:
    """Several answers behind the numbers or names of their fields."""
    if not answers:
        return "nothing that the other lacks"
    order = _in_order(taxonomy, answers)
    return "; ".join(f"{_name(taxonomy, field)}: {_answer(taxonomy, field, answers[field])}" for field in order)


def _in_order(taxonomy: Taxonomy | None, fields: Iterable[str]) -> list[str]:
    known = list(taxonomy.by_id) if taxonomy else []
    return sorted(fields, key=lambda each: (known.index(each) if each in known else len(known), each))


def _name(taxonomy: Taxonomy | None, field: str) -> str:
    known = taxonomy.known(field) if taxonomy else None
    return (known.number or known.name) if known else field
