"""One comparison: a sample of classifications, and for each field the table that statistics start from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from annotator.desk.comparison.categories import Categories
from annotator.desk.comparison.policy import Scope, reason_against, unlike, versions
from annotator.desk.project import Project
from annotator.errors import NotFoundError
from annotator.model.outline import FieldOutline, choice_words
from annotator.model.person import ADJUDICATED, PUBLISHER
from annotator.model.rounds import short
from annotator.model.visibility import UNBOUND
from annotator.store.connection import Transaction
from annotator.store.people import annotators
from annotator.store.project import taxonomies
from annotator.store.team.samples import Answers, Mention, Part, Said, Sample
from annotator.taxonomy.library import shortened
from annotator.taxonomy.naming import find_field

if TYPE_CHECKING:
    from annotator.agreement.tables import PatternTable
    from annotator.desk.comparison.weights import DesignWeights


def scopes(project: Project, asked: Scope) -> list[Scope]:
    """The scope asked for; without a taxonomy, one for each in which two annotators share a subject.

    With a field but no taxonomy, those that have the field; raises NotFoundError when none has. Work
    that is closed to who asks counts here, and so does what may not be independent, so that they are told
    what is left out.
    """
    if asked.taxonomy:
        return [asked]
    whole = replace(asked, viewer=UNBOUND, after_others="count")
    with project.store.reading() as transaction:
        used = taxonomies(transaction)
        samples = {name: sample_of(replace(whole, taxonomy=name)) for name in used}
        overlapping = [name for name, sample in samples.items() if Answers(transaction, sample).overlapping()]
    ordered = [name for name in dict.fromkeys((*project.namespaces(), *used)) if name in overlapping]
    return [replace(asked, taxonomy=name) for name in _with_field(project, ordered, asked.field)]


def sample_of(scope: Scope) -> Sample:
    """What the store is asked for; the taxonomy by its exact name."""
    given = (scope.since, scope.until, scope.drafts, scope.viewer, scope.hand_in, scope.after_others)
    return Sample(scope.taxonomy, scope.round, scope.annotators, *given)


def _with_field(project: Project, names: list[str], field: str) -> list[str]:
    if not field or not names:
        return names
    having, last = [], None
    for name in names:
        try:
            find_field(versions(project, name)[0], field)
        except NotFoundError as error:
            last = error
        else:
            having.append(name)
    if last is not None and not having:
        raise last
    return having


class Comparison:
    """What a scope holds; everything is read once, when it is asked for."""

    def __init__(self, project: Project, scope: Scope, answers: Answers) -> None:
        """Take an open sample; use `comparing`."""
        self.scope = scope
        self.answers = answers
        self.taxonomy, self.earlier = versions(project, answers.sample.taxonomy)
        self._categories: dict[str, Categories] = {}

    @cached_property
    def fields(self) -> list[FieldOutline]:
        """The field asked for, or all; raises NotFoundError."""
        if self.scope.field:
            return [find_field(self.taxonomy, self.scope.field)]
        return list(self.taxonomy.fields)

    @property
    def compared(self) -> list[FieldOutline]:
        """Those of the fields that can be compared."""
        return [field for field in self.fields if not self.reason_against(field)]

    @property
    def names(self) -> list[str]:
        """Who takes part, by name."""
        return self.answers.annotators

    def reason_against(self, field: FieldOutline) -> str:
        """Why a field is not compared; empty when it is."""
        return reason_against(field, is_asked_for=bool(self.scope.field))

    def left_out(self, field: FieldOutline) -> dict[int, str]:
        """Versions whose answers are left out, with the kind the field had then."""
        return unlike(field, self.earlier)

    def removed(self, field: FieldOutline) -> list[str]:
        """The choices that answers which count hold and the version compared no longer has, in words and by id."""
        if not field.removed:
            return []
        self.table(field)  # which meets every category: a choice in other answers is nobody's business here
        met = self.categories(field).met
        return [f"{choice_words(field, each)}, stored as {each}" for each in field.removed if each in met]

    def categories(self, field: FieldOutline) -> Categories:
        """The categories of a field, those met so far among them."""
        if field.id not in self._categories:
            self._categories[field.id] = Categories(field, self.answers.texts(field.id), self.scope.states)
        return self._categories[field.id]

    @cached_property
    def weights(self) -> DesignWeights | None:
        """How much each subject counts; None where all count alike. Raises RequestError where nothing was drawn."""
        if not self.scope.weighted:
            return None
        from annotator.desk.comparison.weights import weights_of

        return weights_of(self.answers)

    def unit_patterns(self, field: FieldOutline) -> Iterator[tuple[int, tuple[Said, ...]]]:
        """What was said about each unit, with the id of its subject."""
        return self.answers.unit_patterns(field.id, many=field.holds_many, without=self.left_out(field))

    def table(self, field: FieldOutline, *, weighted: bool = True) -> PatternTable:
        """The counted patterns of a field; by weight where that was asked for, unless counts are wanted."""
        from annotator.agreement.tables import of_patterns  # NumPy, which listing disagreements goes without

        if weighted and self.weights:
            return self._weighted_table(field, self.weights)
        known = self.categories(field)
        merged: Counter[tuple[int, ...]] = Counter()
        for pattern, times in self.answers.patterns(
            field.id, many=field.holds_many, without=self.left_out(field)
        ).items():
            merged[tuple(place for said in pattern if (place := known.position(said)) is not None)] += times
        merged[()] += max(0, self.units(field) - merged.total())
        choices, moved = known.in_order()
        ordered = ((tuple(moved[place] for place in pattern), times) for pattern, times in merged.items())
        return of_patterns(choices, ordered, known.q)

    def _weighted_table(self, field: FieldOutline, weights: DesignWeights) -> PatternTable:
        from annotator.agreement.tables import of_weighted

        known, merged = self.categories(field), Counter[tuple[tuple[int, ...], float]]()
        for subject, pattern in self.unit_patterns(field):
            places = tuple(place for said in pattern if (place := known.position(said)) is not None)
            weight = weights.together.get(subject, 0.0)
            merged[(places, weight) if weight else ((), 0.0)] += 1
        merged[(), 0.0] += max(0, self.units(field) - merged.total())
        choices, moved = known.in_order()
        ordered = ((tuple(moved[at] for at in places), weight, times) for (places, weight), times in merged.items())
        return of_weighted(choices, ordered, known.q)

    def named_patterns(self, field: FieldOutline) -> Counter[tuple[tuple[int, int], ...]]:
        """How many units have each combination of annotators (places among `names`) and positions of values."""
        known, merged = self.categories(field), Counter[tuple[tuple[int, int], ...]]()
        read = self.answers.named_patterns(field.id, many=field.holds_many, without=self.left_out(field))
        for pattern, times in read.items():
            placed = ((by, known.position(said)) for by, said in pattern)
            merged[tuple((by, place) for by, place in placed if place is not None)] += times
        return merged

    def mentions(self, field: FieldOutline) -> Iterator[Mention]:
        """What each annotator said, subject by subject."""
        return self.answers.mentions(field.id, without=self.left_out(field))

    def units(self, field: FieldOutline) -> int:
        """Number of subjects that anybody classified and that the field is asked about."""
        kinds = tuple(sorted(field.applies_to or self.taxonomy.applies_to))
        if kinds not in self._units:
            self._units[kinds] = self.answers.units(kinds)
        return self._units[kinds]

    @cached_property
    def _units(self) -> dict[tuple[str, ...], int]:
        return {}


@contextmanager
def comparing(project: Project, scope: Scope) -> Iterator[Comparison]:
    """Read from one state of the database; raises NotFoundError for unknown names."""
    with project.store.reading() as transaction:
        _refuse_unknown(scope.annotators, transaction)
        exact = replace(scope, taxonomy=project.named(scope.taxonomy))
        comparison = Comparison(project, exact, Answers(transaction, sample_of(exact)))
        comparison.fields  # noqa: B018  # an unknown field is said before anything is read
        yield comparison


def compared_in_turn(project: Project, scope: Scope) -> Generator[Comparison]:
    """A comparison for the taxonomy asked for, or for each that holds one; each is open while it is looked at.

    Close it where not all of it may be taken, before the database is.
    """
    for each in scopes(project, scope):
        with comparing(project, each) as comparison:
            yield comparison


def _refuse_unknown(names: tuple[str, ...], transaction: Transaction) -> None:
    known = [name for name in annotators(transaction) if name != ADJUDICATED] if names else []
    for name in names:
        if name not in known:
            raise NotFoundError(f"Nobody here is called {name!r}; there is {shortened(known) or 'no one'}.")


MOST_NAMED = 12
"""Annotators named one by one."""


def who(answers: Answers) -> str:
    """Who takes part and on how much they overlap, or why there is nothing to compare."""
    parts, published = answers.parts, answers.published()
    if not parts and answers.opened:
        return "nothing that may be independent is left, so there is nothing to compare."
    if not parts and published:
        return f"only {PUBLISHER}'s published work ({published:,}); nothing to compare."
    if not parts and answers.closed.total:
        return "nothing that was handed in is open to you yet, so there is nothing to compare."
    if not parts:
        return f"nobody handed anything in, so there is nothing to compare{_elsewhere(answers)}."
    named = _named(parts)
    if len(parts) == 1 and answers.opened:
        return f"only {named} is left to compare; agreement needs two annotators."
    if len(parts) == 1:
        return f"only {named} handed anything in; agreement needs two annotators."
    shared = answers.overlapping()
    subjects = "no subject" if not shared else f"{shared:,} subject{'' if shared == 1 else 's'}"
    return f"{named}; {subjects} classified by two or more."


def _named(parts: Sequence[Part]) -> str:
    """Annotators one by one, each with the number of their subjects; of many, how many they are."""
    if len(parts) > MOST_NAMED:
        return f"{len(parts):,} annotators"
    return ", ".join(f"{part.annotator} ({part.subjects:,})" for part in parts)


def _elsewhere(answers: Answers) -> str:
    found = [number for number in answers.rounds if number != answers.sample.round]
    listed = ", ".join(map(short, found))
    return f"; there is work in round{'' if len(found) == 1 else 's'} {listed}" if found else ""


def whose(project: Project, scope: Scope) -> list[str]:
    """Whose work a scope holds and what of it is left out, in sentences."""
    exact = replace(scope, taxonomy=project.named(scope.taxonomy))
    with project.store.reading() as transaction:
        answers = Answers(transaction, sample_of(exact))
        words = f"{exact.taxonomy}, round {short(exact.round)}: {who(answers)}"
        return [words, *left_aside(answers), *closed(answers), *dated(exact), *which_hand_in(answers)]


def left_aside(answers: Answers) -> Iterator[str]:
    """That published work is no part of it, where there is any beside others' work."""
    if answers.parts and (published := answers.published()):
        yield (
            f"{PUBLISHER}'s published work ({published:,}) is left out, because it is a result and no independent "
            "work; it counts when it is named among the annotators."
        )
    if models := answers.models():
        named = ", ".join(f"{name} ({subjects:,})" for name, subjects in models.items())
        yield f"Work of models is left out, because they are no people: {named}. They count when they are named."


def closed(answers: Answers) -> Iterator[str]:
    """What is left out because annotation is blind, and the way out."""
    if words := answers.closed.words(answers.sample.viewer, "subject"):
        yield words


def which_hand_in(answers: Answers) -> Iterator[str]:
    """Which hand-in counts, how many were made again, and what of those after others' answers were open."""
    again = answers.again
    if answers.sample.hand_in == "first":
        yield "Classifications count as they were first handed in (--hand-in last: as they show now)."
        if again.taken_back:
            yield f"{_were(again.taken_back)} taken back since and not handed in again; that changes nothing."
    else:
        yield "Classifications count as they show now (--hand-in first: as they were first handed in)."
    if again.revised:
        yield (
            f"{_were(again.revised)} handed in again after others' answers could be seen; what {again.differing:,} of "
            f"these say since differs from the first, in {again.answers:,} answer{'' if again.answers == 1 else 's'}."
        )
    if again.after_others:
        marked = _were(again.after_others)
        yield f"{marked} handed in after others' answers were open to their annotator, and so may not be independent."
    if opened := answers.opened:
        number = sum(each.subjects for each in opened)
        yield (
            "Work handed in after others' answers were open to its annotator is left out, because it may not be "
            f"independent: {number:,} classification{'' if number == 1 else 's'}, of {_named(opened)} "
            "(--after-others count: it counts)."
        )


def _were(number: int) -> str:
    return "1 classification was" if number == 1 else f"{number:,} classifications were"


def dated(scope: Scope) -> Iterator[str]:
    """Which dates were asked for."""
    since = f"{scope.since} or later" if scope.since else ""
    if dates := " and ".join(filter(None, (since, f"{scope.until} or earlier" if scope.until else ""))):
        yield f"Subjects dated {dates}; those without a date are left out."
