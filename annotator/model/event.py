"""One immutable line of the log: who did what to which classification, when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from pydantic import ValidationError

from annotator.model.classification import Answer, Decision, Identity, Ruling
from annotator.model.person import IMPORTED, Source

EventKind = Literal[
    "answer_set", "answer_cleared", "note_set", "flag_raised", "flag_resolved", "skipped",
    "submitted", "reopened", "undone", "redone", "ruled", "adjudicated", "published",
    "withdrawn", "imported", "incoming_settled", "version_taken",
]  # fmt: skip
TeamKind = Literal[
    "person_added", "person_renamed", "spelling_added", "people_merged", "people_split", "person_left",
    "people_undone", "assigned", "taken_back", "round_started", "setting_set", "looked", "import_ran", "erased",
    "given_up", "subjects_joined", "round_closed", "round_opened", "gold_set", "gold_unset", "erasure_told",
    "commented", "accepted", "declined",
]  # fmt: skip
"""What is done to no classification."""
UNINDEXED: frozenset[str] = frozenset(
    {
        "given_up", "subjects_joined", "round_closed", "round_opened", "gold_set", "gold_unset", "erasure_told",
        "commented", "accepted", "declined",
    }
)  # fmt: skip
"""Those of them that the index of what the team did leaves out; others have them."""
UNDOABLE: frozenset[str] = frozenset(
    {
        "answer_set", "answer_cleared", "note_set", "flag_raised", "flag_resolved", "skipped", "submitted",
        "reopened", "ruled", "adjudicated", "incoming_settled",
    }
)  # fmt: skip
"""What undo takes back. Publishing is not among it: others may have read it, so it is withdrawn by name."""


class Event(NamedTuple):
    """What happened; cheap to make, because every look at a classification reads all of its events.

    `at` is UTC with milliseconds and told, never deciding; `id` is the feed and the number in it. Events are in order
    of counter, feed and number.

    Payloads by kind:
    `answer_set` {field, answer}; `answer_cleared` {field}; `note_set` {text};
    `flag_raised` {field, reason}; `flag_resolved` {flag}; `skipped` {reason};
    `submitted` {handed_in}: by field, what gave the answer; `reopened` {reason}; `undone` and `redone` {event};
    `ruled` {field, answer, cause, note, confidence, between};
    `adjudicated` {answers, sources, ruled, seen, strategy}: the agreed answers, where each comes
    from, the events of the rulings by field, digests of what was looked at; accepted in bulk also
    {batch}, by which all of them are undone as one;
    `version_taken` {from, to}: an older classification is gone on with under a newer version of its taxonomy;
    `published` {of}, and {released, reason} of what was not adjudicated; `withdrawn` {};
    `imported` the whole record {answers, notes, status, publish, source, provenance}; of what was decided elsewhere
    {seen}: digests of the answers that came with it, by annotator.
    """

    id: str
    at: str
    annotator: str
    """Who did it; for `imported`, who imported."""
    kind: EventKind | TeamKind
    of: Identity
    """The classification; what is done to none has no subject, and as much else as it is about."""
    version: int
    """The version of the taxonomy it was done under."""
    payload: dict[str, Any]
    replaces: tuple[str, ...] | None = None
    """The ids of the events of the same place that whoever did it had before them; None: all there were."""


class Step(NamedTuple):
    """As much of an event as undo needs to know."""

    id: str
    kind: str
    turned: str = ""
    """For `undone` and `redone`: the id of the event they are about."""


def taken_over(
    event: Event, answers: Mapping[str, Answer], seen: Mapping[str, str]
) -> tuple[dict[str, Ruling], Decision]:
    """The rulings and the decision that an `imported` event brings; `seen` is what the same came with before."""
    rulings: dict[str, Ruling] = {}
    sources: dict[str, Any] = {}
    by, at, came = "", event.at, {"event": event.id, "is_imported": True}
    provenance = event.payload.get("provenance", {})
    for field, said in ((name, provenance[name]) for name in provenance if name in answers):
        if said["source"] == "ruled":
            told = {name: value for name, value in said.items() if name != "source"}
            rulings[field] = Ruling.model_validate({**told, "answer": answers[field], **came})
            continue
        by, at = said.get("by", by), said.get("at", at)
        sources[field] = {name: value for name, value in said.items() if name not in {"by", "at"}}
    seen = {**seen, **event.payload.get("seen", {})}
    return rulings, Decision(by=by, at=at, strategy=IMPORTED, sources=sources, seen=seen)


def is_provenance(said: Any) -> bool:
    """Whether a source tells where an answer comes from in a form that can be kept."""
    if not isinstance(said, dict) or said.get("source") not in {*get_args(Source)} - {"elsewhere"}:
        return False
    if said["source"] != "ruled":
        return all(isinstance(said.get(name, ""), str) for name in ("by", "at"))
    try:
        told = {name: value for name, value in said.items() if name != "source"}
        Ruling.model_validate({**told, "answer": Answer(), "event": ""})
    except ValidationError:
        return False
    return True
