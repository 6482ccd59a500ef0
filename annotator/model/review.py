"""What a review of one subject shows: who said what, where they agree, and what was decided; and the queue of them.

Plain, because commands and screens name their orders before anything that needs pydantic is loaded.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from annotator.model.handing_in.revisions import Told
from annotator.model.outline import Position

if TYPE_CHECKING:
    from annotator.model.classification import Answer, Classification, Ruling
    from annotator.model.person import Source


class Comparison(NamedTuple):
    """One field of one subject. It is a disagreement when `differs`."""

    field: str
    answers: dict[str, Answer]
    """By annotator; who did not answer, or to whom the field was hidden, is not among them."""
    positions: dict[str, Position]
    """By annotator: what they hold, in a form that can be compared."""
    ruling: Ruling | None = None
    """The ruling on record that holds."""
    outdated: Ruling | None = None
    """A ruling that was made between other answers than there are now, or by somebody who may not rule."""
    is_moot: bool = False
    """Whether the answers on record to other fields hide this one, so that nothing is to be decided."""
    elsewhere: Answer | None = None
    """The answer on record that an import brought as decided."""
    against: tuple[str, ...] = ()
    """Who handed in another answer here than that one, and not one that it was decided on."""

    @property
    def differs(self) -> bool:
        """Whether annotators hold different positions."""
        return len(set(self.positions.values())) > 1

    @property
    def is_disputed(self) -> bool:
        """Whether annotators differ, or somebody differs from what was decided elsewhere."""
        return self.differs or bool(self.against)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a ruling."""
        is_decided = self.ruling is not None or (self.elsewhere is not None and not self.against)
        return self.differs and not is_decided and not self.is_moot

    @property
    def decided(self) -> Answer | None:
        """The answer that was ruled or came as decided, as far as it holds."""
        if self.ruling is not None:
            return self.ruling.answer
        return None if self.against else self.elsewhere

    @property
    def source(self) -> Source:
        """Where the answer to this field comes from as things stand."""
        if self.ruling is not None:
            return "ruled"
        if self.elsewhere is not None:
            return "elsewhere"
        if self.differs:
            return "unresolved"
        return "single" if len(self.answers) == 1 else "unanimous"


class Review(NamedTuple):
    """One subject under one taxonomy in one round."""

    subject: str
    taxonomy: str
    version: int
    annotators: tuple[str, ...]
    """Those who handed in."""
    fields: tuple[Comparison, ...]
    """In the order of the form; fields that nobody answered and nobody ruled on are left out."""
    adjudicated: Classification
    stale: tuple[str, ...]
    """Why the adjudication on record no longer covers what annotators handed in; empty when it does."""
    digests: dict[str, str]
    """By annotator: what they handed in, for telling later whether it changed."""
    conflicts: tuple[tuple[str, str], ...] = ()
    """Whose work is in conflict at which place; an empty name is that of what was decided."""
    revised: tuple[tuple[str, Told], ...] = ()
    """Who handed in again, or after others' answers were open, with what is told of it."""
    elsewhere: str = ""
    """Where what an import brought as decided comes from, in words; empty where nothing came so."""

    @property
    def disagreements(self) -> list[Comparison]:
        """The fields on which annotators differ."""
        return [each for each in self.fields if each.differs]

    @property
    def is_open(self) -> bool:
        """Whether a disagreement waits for a ruling."""
        return any(each.is_open for each in self.fields)


class Reviewed(NamedTuple):
    """One subject with everybody's answers, as somebody may see it; all of it read at once."""

    review: Review
    refusal: str
    """Why they may not decide about it; empty when they may."""
    is_first_look: bool = False
    """Whether having seen this keeps them from classifying it from now on."""


def digest(positions: Mapping[str, Position]) -> str:
    """Stand in for all that one annotator holds, by field."""
    text = json.dumps(sorted(positions.items()), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Precedent(NamedTuple):
    """An earlier ruling on the same field."""

    subject: str
    state: str
    value: Any
    ruled_by: str
    ruled_at: str
    cause: str
    note: str
    between: dict[str, dict[str, Any]]
    elsewhere: str = ""
    """Where it comes from, in words, if an import brought it."""


ReviewOrder = Literal["effect", "subject", "field"]
REVIEW_ORDERS: tuple[ReviewOrder, ...] = ("effect", "subject", "field")
"""By how many fields differ, most first; by subject; by field, and then subject."""


class ReviewView(NamedTuple):
    """Which disputed subjects, and in which order."""

    taxonomy: str
    round: int = 1
    order: ReviewOrder = "effect"
    field: str = ""
    """Disagreements on this field alone; empty: on any."""
    settled: bool = False
    """Those adjudicated already, instead of those still open."""
    stale: bool = False
    """With `settled`: those whose decision is stale, also where annotators do not differ, as far as not by field."""


class DisputedSubject(NamedTuple):
    """One line of the queue; ordered by field, one line per disagreement."""

    key: str
    title: str
    date: str
    fields: int
    """On how many fields the annotators differ."""
    field: str
    """The field this line is about when ordered by field, else empty."""
    ruled: int
    """How many rulings are on record."""
    stale: bool = False
    """Whether it is adjudicated on other answers than there are now."""


class Lines(NamedTuple):
    """Lines of the queue in their order, each by its subject's id and the field it is about."""

    ids: array[int]
    fields: tuple[str, ...]
    """Nothing where lines are about whole subjects."""

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.ids)

    def window(self, start: int, stop: int) -> list[tuple[int, str]]:
        """The lines from `start` up to `stop`."""
        ids = self.ids[start:stop]
        return list(zip(ids, self.fields[start:stop] or [""] * len(ids), strict=True))


NO_LINES = Lines(array("q"), ())


class Totals(NamedTuple):
    """How much there is to decide under one taxonomy in one round."""

    open: int
    """Subjects with a disagreement and without an adjudication."""
    settled: int
    stale: int = 0
    """Subjects with a stale adjudication, whether annotators differ on them or not."""
