"""Answers, their evidence, and the classification they make up."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field as Setting

from annotator.model.frozen import Frozen
from annotator.model.limits import LARGEST
from annotator.model.person import IMPORTED, Cause
from annotator.model.provenance import PERSON, Provenance

AnswerState = Literal["answered", "empty", "unknown", "not_applicable", "hidden", "conflict"]
Status = Literal["untouched", "draft", "skipped", "submitted", "adjudicated"]
Publish = Literal["unpublished", "published"]
STATES: tuple[AnswerState, ...] = ("answered", "empty", "unknown", "not_applicable")
"""The states a person can choose; `hidden` follows from a condition, `conflict` from answers that were given apart."""


class Evidence(Frozen):
    """A quoted span of a report that supports an answer.

    `start` and `end` count characters of the stored text as it was when quoted;
    `quote`, `prefix` and `suffix` find the span again after the text changed.
    """

    report: str
    start: Annotated[int, Setting(ge=0, le=LARGEST)]
    end: Annotated[int, Setting(ge=0, le=LARGEST)]
    quote: str
    prefix: str = ""
    suffix: str = ""


class Answer(Frozen):
    """The value of one field, with its state. No answer at all means unanswered."""

    state: AnswerState = "answered"
    value: Any = None
    """A choice id, a list of ids, text, number, bool or list of objects, by the field's kind."""
    evidence: tuple[Evidence, ...] = ()
    confidence: Annotated[float, Setting(ge=0, le=1)] | None = None


class Identity(Frozen):
    """What makes a classification one and the same."""

    subject: str
    taxonomy: str
    annotator: str
    round: int = 1


class Flag(Frozen):
    """A question raised about a classification or one of its fields, for others to see."""

    id: str
    """The id of the event that raised it."""
    field: str | None = None
    reason: str = ""
    raised_by: str
    raised_at: str
    resolved_at: str | None = None


class Ruling(Frozen):
    """The decision on one disagreement."""

    answer: Answer
    by: str
    at: str
    cause: Cause
    note: str = ""
    confidence: Annotated[float, Setting(ge=0, le=1)] | None = None
    between: dict[str, Answer] = {}
    """What each annotator had answered, by name; state and value alone."""
    event: str
    is_imported: bool = False
    """Whether it came with an import: then it was made elsewhere."""


class Decision(Frozen):
    """That a subject was adjudicated, and what that rests on."""

    by: str
    at: str
    strategy: str = ""
    """How it was accepted in bulk; empty when somebody looked at it by itself, `imported` when it came so."""
    sources: dict[str, dict[str, Any]] = {}
    """By field, for answers that were not ruled: {source, annotators}."""
    seen: dict[str, str] = {}
    """By annotator: the digest of the answers that were looked at; of an imported one, of those that came with it."""

    @property
    def is_imported(self) -> bool:
        """Whether it came with an import: then it was made elsewhere."""
        return self.strategy == IMPORTED


class Version(NamedTuple):
    """One of several things that were said apart about the same place."""

    event: str
    """The id of the event that said it."""
    by: str
    at: str
    kind: str
    said: dict[str, Any]
    """What it said, by the event's kind."""


class Conflict(NamedTuple):
    """A place at which events stand that were made apart and do not say the same."""

    place: str
    """`answer:FIELD`, `ruling:FIELD`, `status`, `note`, `publish`, `flag:ID` or `import`."""
    versions: tuple[Version, ...]
    """Those that stand, in order. The last one shows; of `import` none does, but what was done here.

    Of `status` it may be one alone: what handed in other answers than there are now.
    """

    @property
    def field(self) -> str:
        """The field it is about; empty when it is about the whole classification."""
        kind, _, field = self.place.partition(":")
        return field if kind in {"answer", "ruling"} else ""


class Classification(Frozen):
    """One annotator's answers for one subject under one taxonomy in one round."""

    identity: Identity
    version: int
    status: Status = "untouched"
    publish: Publish = "unpublished"
    answers: dict[str, Answer] = {}
    """By field id, in the order of the taxonomy; hidden answers keep their value here."""
    notes: str = ""
    skip_reason: str = ""
    flags: tuple[Flag, ...] = ()
    rulings: dict[str, Ruling] = {}
    """By field; only an adjudicated classification, or one on the way there, has any."""
    decision: Decision | None = None
    updated_at: str | None = None
    submitted_at: str | None = None
    provenance: Provenance = PERSON
    """Who or what made it, as the latest import that told says."""
    run: str | None = None
    """The event of the last import that changed it; None where there was none or nobody kept which."""
    is_imported: bool = False
    """Whether it is as an import brought it: nobody has worked on it here."""
    conflicts: tuple[Conflict, ...] = ()
    """Where what was done apart does not say the same, and nobody has decided yet."""

    @property
    def is_decided_elsewhere(self) -> bool:
        """Whether an import brought the decision on record, or a ruling of it."""
        is_brought = self.decision is not None and self.decision.is_imported
        return is_brought or any(each.is_imported for each in self.rulings.values())

    @property
    def shown(self) -> dict[str, Answer]:
        """The answers without those a condition hides."""
        return {field: answer for field, answer in self.answers.items() if answer.state != "hidden"}
