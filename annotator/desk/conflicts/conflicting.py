"""What is in conflict in a classification, in words, and what that keeps from happening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from annotator.errors import AnswerError, Problem
from annotator.model.person import ADJUDICATED, same_name
from annotator.model.place import STATUS

if TYPE_CHECKING:
    from annotator.model.classification import Classification
    from annotator.model.event import Event
    from annotator.model.taxonomy import Taxonomy

WAY_OUT = "`annotator conflicts` lists what was said, and keeps one"
APART = "was answered apart and not alike; keep one answer, or answer anew"
RULED_APART = "was ruled on apart and not alike; keep one ruling, or rule anew"
IN_SHORT = "what was done apart does not say the same; `annotator conflicts` lists it"
WHOLE = {
    "status": "it was handed in, skipped or decided apart",
    "note": "the note was written apart and not alike; keep one, or write it anew",
    "publish": "it was published and withdrawn apart",
    "import": "an import brought it while it was worked on here; keep either",
    "version": "it was taken to several versions apart",
    "flag": "a flag was resolved and raised again apart",
}
"""By place: what is in conflict about a whole classification."""


def problems(places: Iterable[str], but: str = "") -> Iterator[Problem]:
    """What is in conflict in a classification, `but` for the place that is being settled."""
    for place in places:
        kind, _, field = place.partition(":")
        if place == but:
            continue
        if kind in {"answer", "ruling"}:
            yield Problem(field, APART if kind == "answer" else RULED_APART)
        else:
            yield Problem("", WHOLE[kind])


def is_at(now: Classification, place: str) -> bool:
    """Whether a classification is in conflict at a place."""
    return any(each.place == place for each in now.conflicts)


def refuse(now: Classification, taxonomy: Taxonomy | None, what: str, but: str) -> None:
    """Refuse to do something with a classification in which anything else is in conflict; raises AnswerError."""
    found = [each.place for each in now.conflicts if each.place != but]
    if found:
        of = now.identity
        named = ", ".join(place_words(place, taxonomy, of.annotator) for place in found)
        raise AnswerError(
            f"{of.subject} under {of.taxonomy}: what was done apart does not say the same ({named}), so {what}. "
            f"{WAY_OUT}."
        )


def unfit_words(now: Classification, taxonomy: Taxonomy | None, changed: Mapping[str, Event], viewer: str) -> str:
    """Why what was handed in does not fit any more, and the way out."""
    of = now.identity
    told = "; ".join(
        _changed_words(place_words(f"answer:{field}", taxonomy), each, field not in now.answers)
        for field, each in changed.items()
    )
    about = f"{of.subject} under {of.taxonomy}: what was handed in cannot be kept as it was, because {told}"
    if same_name(of.annotator, viewer):
        anew = f"`annotator reopen {of.subject} --taxonomy {of.taxonomy}`"
        return f"{about}. Reopen it ({anew}), answer what is missing, and hand it in again."
    return f"{about}. Only {of.annotator} can answer what is missing and hand it in again."


def _changed_words(name: str, event: Event, is_gone: bool) -> str:
    done = "taken back" if is_gone else "answered otherwise"
    return f"{name} was {done} apart from that (by {event.annotator or 'nobody named'}, {event.at[:10]})"


def place_words(place: str, taxonomy: Taxonomy | None, annotator: str = "") -> str:
    """A place as people call it, in a classification of somebody or of the team."""
    kind, _, field = place.partition(":")
    if place == STATUS and annotator == ADJUDICATED:
        return "the decision"
    if kind in {"answer", "ruling"}:
        known = taxonomy.known(field) if taxonomy else None
        name = f"{known.number or ''} {known.name}".strip() if known else field
        return name if kind == "answer" else f"the ruling on {name}"
    return PLACE_WORDS.get(kind, kind)


PLACE_WORDS = {
    "status": "whether it is handed in",
    "note": "the note",
    "publish": "whether it is published",
    "import": "an import",
    "version": "the version",
    "flag": "a flag",
}
