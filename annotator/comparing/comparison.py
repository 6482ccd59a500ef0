"""One comparison: a sample of classifications, and for each field the table that statistics start from."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from annotator.agreement.tables import PatternTable, of_patterns
from annotator.comparing.categories import Categories
from annotator.comparing.eligible import reason_against, unlike, versions
from annotator.comparing.finding import sample_of, scopes
from annotator.comparing.scope import Scope
from annotator.errors import NotFoundError
from annotator.models.outline import FieldOutline
from annotator.models.reserved import ADJUDICATED
from annotator.project import Project
from annotator.store.agreement_patterns import Answers, Mention
from annotator.store.classifications import annotators
from annotator.taxonomy.naming import find_field
from annotator.taxonomy.suggesting import shortened


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

    def categories(self, field: FieldOutline) -> Categories:
        """The categories of a field, those met so far among them."""
        if field.id not in self._categories:
            self._categories[field.id] = Categories(field, self.answers.texts(field.id), self.scope.states)
        return self._categories[field.id]

    def table(self, field: FieldOutline) -> PatternTable:
        """The counted patterns of a field."""
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
    with project.store.reading() as connection:
        _refuse_unknown(scope.annotators, connection)
        exact = replace(scope, taxonomy=project.named(scope.taxonomy))
        comparison = Comparison(project, exact, Answers(connection, sample_of(exact)))
        comparison.fields  # noqa: B018  # an unknown field is said before anything is read
        yield comparison


def compared_in_turn(project: Project, scope: Scope) -> Iterator[Comparison]:
    """A comparison for the taxonomy asked for, or for each that holds one; each is open while it is looked at."""
    for each in scopes(project, scope):
        with comparing(project, each) as comparison:
            yield comparison


def _refuse_unknown(names: tuple[str, ...], connection: sqlite3.Connection) -> None:
    known = [name for name in annotators(connection) if name != ADJUDICATED] if names else []
    for name in names:
        if name not in known:
            raise NotFoundError(f"Nobody here is called {name!r}; there is {shortened(known) or 'no one'}.")
