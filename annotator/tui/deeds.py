"""Deeds that wait for the file, and what is typed ahead of them: kept beside it, and told should the desk end first.

A deed is an edit that is no answer and no text, such as handing in or undoing. It is told at the next start and not
carried out by itself: what it was meant for may have changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.desk.place import Place

if TYPE_CHECKING:
    from annotator.desk import Desk
    from annotator.desk.unsaved.words import UnsavedWords, Words
    from annotator.model.event import EventKind

DEED, AHEAD = "deed", "typed ahead"
"""How the kind of a place begins where a deed is kept, and where text is that was typed while keys waited for one."""
SUBMISSION, SKIPPING, REOPENING, RESOLVING = "submission", "skip", "reopen", "resolve flag"
TAKING_VERSION = "version"
UNDO, REDO = "undo", "redo"
RECORD, TAKING_UP, PUBLISHING, WITHDRAWING = "adjudication", "reopen adjudication", "publishing", "withdrawing"
ACCEPTING, KEEPING = "acceptance", "keep version"
OF_REVIEW = frozenset({RECORD, TAKING_UP, PUBLISHING, WITHDRAWING})
UNDONE: dict[str, str] = {
    SUBMISSION: "{of} was not submitted before the desk was closed.",
    SKIPPING: "{of} was not skipped before the desk was closed.",
    REOPENING: "{of} was not reopened before the desk was closed.",
    RESOLVING: "A flag of {of} was not resolved before the desk was closed.",
    TAKING_VERSION: "{of} was not taken to the newer version before the desk was closed.",
    UNDO: "The undo you asked for at {of} was not carried out before the desk was closed.",
    REDO: "The redo you asked for at {of} was not carried out before the desk was closed.",
    RECORD: "{of} was not adjudicated before the desk was closed.",
    TAKING_UP: "The adjudication of {of} was not reopened before the desk was closed.",
    PUBLISHING: "The adjudication of {of} was not published before the desk was closed.",
    WITHDRAWING: "The adjudication of {of} was not withdrawn before the desk was closed.",
    KEEPING: "Of what is in conflict in {of} nothing was kept before the desk was closed.",
    ACCEPTING: "Accepting in bulk under {taxonomy} had not come to its end before the desk was closed.",
}
"""What to say at the next start of each deed, by the kind of its place."""
UNDONE_IN_A_LIST: dict[str, str] = {
    KEEPING: "Of what is in conflict nothing was kept before the desk was closed.",
    UNDO: "The undo you asked for was not carried out before the desk was closed.",
    REDO: "The redo you asked for was not carried out before the desk was closed.",
}
TYPED_AHEAD: dict[str, str] = {
    SUBMISSION: "You typed “{text}” while the submission of {of} waited to be saved; it was not carried out.",
    UNDO: "You typed “{text}” while an undo waited to be saved; it was not carried out.",
    REDO: "You typed “{text}” while a redo waited to be saved; it was not carried out.",
    RECORD: "You typed “{text}” while the adjudication of {of} waited to be saved; it was not carried out.",
}
TYPED_AHEAD_OF_OTHERS = "You typed “{text}” while another change waited to be saved; it was not carried out."
EVENTS: dict[str, EventKind] = {
    SUBMISSION: "submitted", SKIPPING: "skipped", REOPENING: "reopened", RESOLVING: "flag_resolved",
    TAKING_VERSION: "version_taken", UNDO: "undone",
    REDO: "redone", RECORD: "adjudicated", TAKING_UP: "reopened", PUBLISHING: "published", WITHDRAWING: "withdrawn",
}  # fmt: skip
"""What stands in the log once a deed is done."""


def deed_at(place: Place) -> Place:
    """Where the deed is kept that a place is about; what is typed for it stands at the place itself."""
    return replace(place, field="", kind=f"{DEED} {place.kind}")


def ahead_of(place: Place) -> Place:
    """Where text is kept that is typed while keys wait for what is done at a place."""
    return replace(place, field="", kind=f"{AHEAD} {place.kind}")


def is_deed(place: Place) -> bool:
    """Whether a deed is kept at a place."""
    return place.kind.startswith(f"{DEED} ")


def is_deed_of_review(place: Place) -> bool:
    """Whether it is one that is done in the review of its subject."""
    return is_deed(place) and place.kind.removeprefix(f"{DEED} ") in OF_REVIEW


def is_ahead(place: Place) -> bool:
    """Whether text is kept there that was typed while keys waited."""
    return place.kind.startswith(f"{AHEAD} ")


def told(words: Words) -> str:
    """Say what was not carried out: a deed, or what was typed ahead; nothing of what another version kept."""
    place = words.place
    if is_ahead(place):
        kind = place.kind.removeprefix(f"{AHEAD} ")
        sentence = TYPED_AHEAD.get(kind, TYPED_AHEAD_OF_OTHERS)
    else:
        kind = place.kind.removeprefix(f"{DEED} ")
        sentence = UNDONE.get(kind, "") if place.taxonomy else UNDONE_IN_A_LIST.get(kind, "")
    of = f"{place.subject} under {place.taxonomy}"
    return sentence.format(of=of, taxonomy=place.taxonomy, text=words.text)


def take(words: UnsavedWords, taken: Iterable[Words], desk: Desk) -> list[Words]:
    """Drop what was left over and return what is to be told; a deed that was saved in the last moment is not."""
    left = []
    for each in sorted(taken, key=lambda one: is_ahead(one.place)):
        if not is_done(each, desk):
            left.append(each)
        words.forget(each.place, each.spot.round)
    return left


def sentences(left: Iterable[Words]) -> list[str]:
    """Say what was not carried out, each thing once."""
    return [*filter(None, dict.fromkeys(map(told, left)))]


def is_done(words: Words, desk: Desk) -> bool:
    """Whether the log says that a deed was carried out after it was kept."""
    kind = EVENTS.get(words.place.kind.removeprefix(f"{DEED} ")) if is_deed(words.place) else None
    # An undo is on record where the change was, which need not be where somebody asked for it.
    subject = "" if kind in {"undone", "redone"} else words.place.subject
    return kind is not None and desk.history.has_done(kind, words.at, subject)
