"""The norming view of a round: everybody's answers side by side, and what changed after they were talked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.comparison.policy import reason_against
from annotator.desk.project import Project
from annotator.desk.team.gold import alike
from annotator.desk.team.people import counts_in_words
from annotator.errors import NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.rounds import Purpose, in_words
from annotator.store.team import norming, rounds
from annotator.store.team.norming import Normed

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility
    from annotator.model.taxonomy import Field, Taxonomy

MISSING = {"state": "missing"}
"""What stands for no answer."""


class Said(NamedTuple):
    """What somebody answered to a field first, and now; None where that is nothing."""

    first: Answer | None
    now: Answer | None
    is_changed: bool


class NormedField(NamedTuple):
    """One field of a subject, as everybody answered it."""

    field: Field
    by: dict[str, Said]
    """By annotator."""
    was_alike: bool
    is_alike: bool


class NormedSubject(NamedTuple):
    """One subject with the fields that anybody answered, in the order of the taxonomy."""

    key: str
    title: str
    fields: tuple[NormedField, ...]


@dataclass(frozen=True)
class Norming:
    """What everybody in a round said."""

    taxonomy: Taxonomy
    round: int
    purpose: Purpose
    people: tuple[str, ...]
    subjects: tuple[NormedSubject, ...]
    closed: int
    """How many classifications are left out because they are closed to who asks."""

    @property
    def fields(self) -> list[NormedField]:
        """The answers to each field of each subject that two or more were asked."""
        return [each for subject in self.subjects for each in subject.fields if len(each.by) > 1]

    @property
    def changed(self) -> int:
        """How many answers of somebody are other ones than at first."""
        return sum(said.is_changed for each in self.fields for said in each.by.values())


def norming_of(project: Project, visibility: Visibility, taxonomy: str, round_: int) -> Norming:
    """Everybody's answers in a round; raises RequestError in words until all have handed in, and NotFoundError."""
    found = project.remembering(project.taxonomy(taxonomy))
    viewer = visibility.viewer()
    with project.store.reading() as transaction:
        started = rounds.one(transaction, found.namespace, round_)
        if started is None:
            raise NotFoundError(
                f"Under {found.namespace} there is no {in_words(round_)}; `annotator round` lists them."
            )
        where = f"{in_words(round_, started.purpose)} under {found.namespace}"
        if waiting := norming.missing(transaction, found.namespace, round_):
            raise RequestError(
                f"In {where}, these have subjects to hand in: {counts_in_words(waiting)}. Answers are shown side by "
                "side once all are in."
            )
        work, closed = norming.normed(transaction, found.namespace, round_, viewer)
    if not work:
        raise RequestError(
            f"In {where}, {'what was handed in is closed to you' if closed else 'nothing was handed in'}."
        )
    people = tuple(sorted({each.annotator for each in work}))
    return Norming(found, round_, started.purpose, people, tuple(_subjects(found, work)), closed)


def _subjects(taxonomy: Taxonomy, work: list[Normed]) -> Iterator[NormedSubject]:
    for _, group in groupby(work, key=lambda each: each.subject_id):
        said = list(group)
        yield NormedSubject(said[0].key, said[0].title, tuple(_fields(taxonomy, said)))


def _fields(taxonomy: Taxonomy, said: list[Normed]) -> Iterator[NormedField]:
    for field in taxonomy.fields:
        if reason_against(field, is_asked_for=False):
            continue
        first = {each.annotator: _shown(each.first.get(field.id)) for each in said}
        now = {each.annotator: _shown(each.now.get(field.id)) for each in said}
        if any(first.values()) or any(now.values()):
            by = {who: Said(_answer(first[who]), _answer(now[who]), not _same(first[who], now[who])) for who in first}
            yield NormedField(field, by, _all_alike(first), _all_alike(now))


def _shown(said: dict[str, Any] | None) -> dict[str, Any] | None:
    """An answer that shows; what a condition switched off is none."""
    return None if said is None or said.get("state") == "hidden" else said


def _answer(said: dict[str, Any] | None) -> Answer | None:
    return Answer.model_validate(said) if said else None


def _same(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    return alike(one or MISSING, other or MISSING)


def _all_alike(said: dict[str, dict[str, Any] | None]) -> bool:
    first, *others = said.values()
    return all(_same(first, each) for each in others)
