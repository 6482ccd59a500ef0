"""What each kind of event says: the models by which events are checked, before they are written or taken in.

They say what must be there; what a later version adds beside it is kept and not read.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic import Field as Setting
from typing_extensions import TypedDict

from annotator.model.classification import Answer, Publish, Status
from annotator.model.event import is_provenance
from annotator.model.limits import LARGEST_SENT
from annotator.model.person import Cause, Source
from annotator.model.provenance import understood
from annotator.model.rounds import Purpose

Text = Annotated[str, Setting(max_length=1_000_000)]
Uid = Annotated[str, Setting(min_length=1, max_length=80)]
Subject = tuple[str, str, int]
"""Key, version, position."""
Version = Annotated[int, Setting(ge=0, le=LARGEST_SENT)]
Confidence = Annotated[float, Setting(ge=0, le=1)]
Chance = Annotated[float, Setting(gt=0, le=1)]
"""How likely a subject was to be dealt, or to be dealt to two people or more."""


def _day(said: str) -> str:
    """A day as it is kept; raises ValueError for what is none, or is spelt otherwise."""
    if date.fromisoformat(said).isoformat() != said:
        raise ValueError("is no day as it is kept")
    return said


Day = Annotated[str, AfterValidator(_day)]


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """Who or what made a classification; raises ValueError for what nobody understands."""
    if understood(said) is None:
        raise ValueError("says of nobody who made it")
    return said


def _decided(said: dict[str, Any]) -> dict[str, Any]:
    """Where the answers of an adjudicated classification come from; raises ValueError."""
    if not all(map(is_provenance, said.values())):
        raise ValueError("says of nothing where it comes from")
    return said


class OfField(TypedDict):
    """What `answer_cleared` says."""

    field: Text


class AnswerSet(TypedDict):
    """What `answer_set` says."""

    field: Text
    answer: Answer


class NoteSet(TypedDict):
    """What `note_set` says."""

    text: Text


class FlagRaised(TypedDict):
    """What `flag_raised` says."""

    field: NotRequired[Text | None]
    reason: NotRequired[Text]


class FlagResolved(TypedDict):
    """What `flag_resolved` says."""

    flag: Text


class Reason(TypedDict):
    """What needs no more than a reason says."""

    reason: NotRequired[Text]


class Submitted(TypedDict):
    """What `submitted` says; older ones tell a digest of the answers in place of the events that gave them."""

    handed_in: NotRequired[dict[str, Text]]
    open: NotRequired[bool]
    answers: NotRequired[Text]
    beside: NotRequired[list[Text]]


class Turned(TypedDict):
    """What is about another event says."""

    event: Text
    open: NotRequired[bool]


class Ruled(TypedDict):
    """What `ruled` says."""

    field: Text
    answer: Answer
    cause: Cause
    note: NotRequired[Text]
    confidence: NotRequired[Confidence | None]
    between: NotRequired[dict[str, Answer]]


class Agreed(TypedDict):
    """Where an answer comes from that nobody ruled on."""

    source: Source
    annotators: NotRequired[list[str]]


class Adjudicated(TypedDict):
    """What `adjudicated` says."""

    answers: dict[str, Answer]
    sources: dict[str, Agreed]
    ruled: dict[str, str]
    seen: dict[str, str]
    strategy: NotRequired[Text]
    batch: NotRequired[Text]


class Published(TypedDict):
    """What `published` says; older ones do not name the decision, or what was handed in, that it is about."""

    of: NotRequired[Text]
    reason: NotRequired[Text]
    released: NotRequired[bool]


class First(TypedDict):
    """What was handed in first."""

    version: Version
    answers: dict[str, Answer]


class HandedIn(TypedDict):
    """What a source tells of the hand-ins of a classification beside what shows."""

    revisions: Annotated[int, Setting(ge=0)]
    after_others: bool
    first: NotRequired[First | None]


class Imported(TypedDict):
    """What `imported` says."""

    answers: NotRequired[dict[str, Answer]]
    notes: NotRequired[Text]
    status: NotRequired[Status]
    publish: NotRequired[Publish]
    by: NotRequired[Annotated[dict[str, Any], AfterValidator(_told)]]
    provenance: NotRequired[Annotated[dict[str, Any], AfterValidator(_decided)]]
    source: NotRequired[dict[str, Any]]
    seen: NotRequired[dict[str, str]]
    hand_in: NotRequired[HandedIn]
    run: NotRequired[Text]


class IncomingSettled(TypedDict):
    """What `incoming_settled` says; older ones tell no fields."""

    answers: dict[str, Answer]
    fields: NotRequired[list[Text]]


VersionTaken = TypedDict("VersionTaken", {"from": Version, "to": Version})
"""What `version_taken` says."""


class Erased(TypedDict):
    """What `erased` says."""

    event: Text
    reason: NotRequired[Text]


class ErasureTold(TypedDict):
    """What `erasure_told` says: which event was erased, and what that was about; of a comment no round."""

    event: Text
    kind: Text
    field: NotRequired[Text]
    round: NotRequired[Annotated[int, Setting(ge=1)]]
    reason: Text


class GivenUp(TypedDict):
    """What `given_up` says."""

    feed: Text
    first: Annotated[int, Setting(ge=1)]
    last: Annotated[int, Setting(ge=1)]
    reason: Text


class Declined(TypedDict):
    """What `declined` says."""

    event: Text
    reason: Text


class SubjectsJoined(TypedDict):
    """What `subjects_joined` says."""

    subjects: Annotated[list[tuple[Text, Text]], Setting(min_length=2)]


class Commented(TypedDict):
    """What `commented` says; people stand in the text by their uid, behind a mark."""

    text: Annotated[Text, Setting(min_length=1)]
    mentions: NotRequired[list[Uid]]
    answers: NotRequired[list[Text]]


class PersonAdded(TypedDict):
    """What `person_added` says."""

    person: Uid
    name: Text
    kind: Literal["person", "model"]


class PersonRenamed(TypedDict):
    """What `person_renamed` and `people_split` say; `was` is what they were called, to be told."""

    person: Uid
    name: Text
    was: NotRequired[Text]
    says_replaced: NotRequired[bool]


class SpellingAdded(TypedDict):
    """What `spelling_added` says."""

    person: Uid
    spelling: Text
    name: NotRequired[Text]
    says_replaced: NotRequired[bool]


class PeopleMerged(TypedDict):
    """What `people_merged` says."""

    person: Uid
    into: Uid
    was: NotRequired[Text]
    name: NotRequired[Text]
    says_replaced: NotRequired[bool]


class PersonLeft(TypedDict):
    """What `person_left` says."""

    person: Uid
    name: NotRequired[Text]


class Draw(TypedDict):
    """How the subjects of a deal were drawn, and how likely each was; what is moved has its chances alone."""

    seed: NotRequired[int]
    by: NotRequired[Text]
    matched: NotRequired[Annotated[int, Setting(ge=1)]]
    drawn: NotRequired[Annotated[int, Setting(ge=1)]]
    chances: list[tuple[Chance, Chance | None]]
    which: list[Annotated[int, Setting(ge=0)]]


def _drawn(said: dict[str, Any]) -> dict[str, Any]:
    """Whether every subject of a deal has its chances, where there was a draw; raises ValueError."""
    draw = said.get("draw")
    if draw is None:
        return said
    if len(draw["which"]) != len(said["subjects"]) or max(draw["which"], default=-1) >= len(draw["chances"]):
        raise ValueError("does not say how likely each subject was")
    if any(compared is not None and compared > dealt for dealt, compared in draw["chances"]):
        raise ValueError("is likelier to be dealt to two than to be dealt at all")
    if draw.get("drawn", 0) > draw.get("matched", draw.get("drawn", 0)):
        raise ValueError("drew more than there was")
    return said


class Assigned(TypedDict):
    """What `assigned` says."""

    batch: Annotated[int, Setting(ge=1)]
    subjects: list[Subject]
    draw: NotRequired[Draw]
    due: NotRequired[Day]


class Subjects(TypedDict):
    """What `taken_back`, `gold_set` and `gold_unset` say."""

    subjects: list[Subject]


class RoundStarted(TypedDict):
    """What `round_started` says."""

    purpose: Purpose


class SettingSet(TypedDict):
    """What `setting_set` says."""

    name: Text
    value: NotRequired[Text]
    people: NotRequired[list[Uid]]
    claim: NotRequired[bool]


class ImportRan(TypedDict):
    """What `import_ran` says."""

    source: Text
    sha256: Text


class Nothing(TypedDict):
    """What says nothing but its kind."""


PAYLOADS: dict[str, Any] = {
    "answer_set": AnswerSet,
    "answer_cleared": OfField,
    "note_set": NoteSet,
    "flag_raised": FlagRaised,
    "flag_resolved": FlagResolved,
    "skipped": Reason,
    "submitted": Submitted,
    "reopened": Reason,
    "undone": Turned,
    "redone": Turned,
    "ruled": Ruled,
    "adjudicated": Adjudicated,
    "published": Published,
    "withdrawn": Nothing,
    "imported": Imported,
    "incoming_settled": IncomingSettled,
    "version_taken": VersionTaken,
    "person_added": PersonAdded,
    "person_renamed": PersonRenamed,
    "spelling_added": SpellingAdded,
    "people_merged": PeopleMerged,
    "people_split": PersonRenamed,
    "person_left": PersonLeft,
    "people_undone": Turned,
    "assigned": Annotated[Assigned, AfterValidator(_drawn)],
    "taken_back": Subjects,
    "round_started": RoundStarted,
    "setting_set": SettingSet,
    "looked": Nothing,
    "import_ran": ImportRan,
    "erased": Erased,
    "given_up": GivenUp,
    "erasure_told": ErasureTold,
    "subjects_joined": SubjectsJoined,
    "round_closed": Nothing,
    "round_opened": Nothing,
    "gold_set": Subjects,
    "gold_unset": Subjects,
    "commented": Commented,
    "accepted": Turned,
    "declined": Declined,
}
"""By kind."""


def can_say(kind: str, payload: str) -> bool:
    """Whether an event of a known kind can say this JSON."""
    try:
        _adapter(kind).validate_json(payload, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(PAYLOADS[kind])
