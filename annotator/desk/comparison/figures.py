"""Agreement between annotators as one person sees it.

Statistics are imported inside, because NumPy costs a desk that never asks for them its quick start.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import ChoiceRow, FieldRow, PairRow
from annotator.errors import RequestError
from annotator.model.visibility import NOBODY

if TYPE_CHECKING:
    from annotator.desk.comparison.pairs import Matrix
    from annotator.desk.comparison.subjects import Pair, SubjectsSeen
    from annotator.desk.project import Project
    from annotator.desk.visibility import Visibility
    from annotator.model.chain import Heads


@dataclass(frozen=True)
class FieldsSeen:
    """How far annotators agree under one taxonomy."""

    scope: Scope
    taxonomies: tuple[str, ...]
    """Those in which two annotators share a subject."""
    rows: tuple[FieldRow, ...]
    notes: tuple[str, ...]
    brief: str = ""
    """The notes in one line."""


class Confused(NamedTuple):
    """Two different values in words that annotators gave to the same subjects, and where they stand in the matrix."""

    a: str
    b: str
    pairs: int
    """Of annotators."""
    subjects: int
    cell: tuple[int, int]


@dataclass(frozen=True)
class FieldSeen:
    """How far annotators agree on one field, by choice and by pair, and what they confuse."""

    row: FieldRow
    choices: tuple[ChoiceRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    matrix: Matrix | None = None
    """Of all annotators."""
    notes: tuple[str, ...] = ()
    """What is missing here, and why."""
    holds_sets: bool = False
    """Whether an answer may be several values, which count as one in the matrix."""

    @cached_property
    def confusions(self) -> tuple[Confused, ...]:
        """What is off the diagonal, most frequent first."""
        matrix = self.matrix
        if matrix is None:
            return ()
        apart = [(cell, met) for cell, met in matrix.met.items() if cell[0] < cell[1]]
        ranked = sorted(apart, key=lambda each: (-each[1].pairs, each[0]))
        return tuple(Confused(matrix.labels[a], matrix.labels[b], *met, (a, b)) for (a, b), met in ranked)


class Figures:
    """How far annotators agree, as one person may see it; call it in a thread, at a desk of its own."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take the project, what may be seen of it, and who asks."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator

    def visible(self, scope: Scope) -> Scope:
        """The scope as this person may see it now: what is closed to them while annotation is blind takes no part."""
        return replace(scope, viewer=self.visibility.viewer())

    def taxonomies(self, scope: Scope) -> tuple[tuple[str, ...], Scope]:
        """The taxonomies in which two annotators share a subject, and the scope with one named, if there is any."""
        return taxonomies_of(self.project, self.visible(scope))

    def fields(self, scope: Scope) -> FieldsSeen:
        """One row per field; without a taxonomy, of the first in which two annotators share a subject."""
        return fields_of(self.project, self.visible(scope))

    def field(self, scope: Scope) -> FieldSeen:
        """One field in detail; raises NotFoundError for a field that is not there."""
        from annotator.desk.comparison.comparison import comparing
        from annotator.desk.comparison.fields import choice_rows, field_rows
        from annotator.desk.comparison.pairs import of_everybody, pair_rows

        with comparing(self.project, self.visible(scope)) as comparison:
            field, row = comparison.fields[0], field_rows(comparison)[0]
            if reason := comparison.reason_against(field):
                return FieldSeen(row, notes=(reason,))
            missing: list[str] = []
            return FieldSeen(
                row,
                tuple(_or_say(lambda: choice_rows(comparison, field), missing)),
                tuple(_or_say(lambda: pair_rows(comparison), missing)),
                of_everybody(comparison, field),
                tuple(missing),
                comparison.categories(field).holds_sets,
            )

    def matrix_of_pair(self, scope: Scope, a: str, b: str) -> Matrix:
        """What one annotator says about a field, in rows, and what another says, in columns."""
        from annotator.desk.comparison.comparison import comparing
        from annotator.desk.comparison.pairs import of_pair

        with comparing(self.project, replace(self.visible(scope), annotators=(a, b))) as comparison:
            return of_pair(comparison, comparison.fields[0], a, b)

    def rounds(self, taxonomy: str) -> list[int]:
        """The rounds in which something was classified, or may be, and the one that is compared; in their order."""
        from annotator.store import project
        from annotator.store.team import rounds

        with self.store.reading() as transaction:
            started = rounds.started(transaction)
            elsewhere = {each.round for each in started if each.taxonomy != taxonomy}
            known = {each.round for each in started if each.taxonomy == taxonomy}
            known |= {*project.rounds(transaction)} - elsewhere
            return rounds.in_order(transaction, taxonomy, {*known, self.visibility.decided_in.under(taxonomy)})

    # The subjects behind a figure

    def subjects_in_cell(self, scope: Scope, row: Hashable, column: Hashable, pair: Pair) -> SubjectsSeen:
        """Those given the two values; of a pair the first gave the row's, the second the column's."""
        from annotator.desk.comparison.subjects import subjects_in_cell

        return subjects_in_cell(self.project, self.visible(scope), row, column, pair)

    def subjects_differing(self, scope: Scope, pair: Pair) -> SubjectsSeen:
        """Those on which the two differ, or anybody does."""
        from annotator.desk.comparison.subjects import subjects_differing

        return subjects_differing(self.project, self.visible(scope), pair)

    def subjects_with_choice(self, scope: Scope, choice: str) -> SubjectsSeen:
        """Those to which somebody gave a choice, by its id; those on which annotators differ about it come first."""
        from annotator.desk.comparison.subjects import subjects_with_choice

        return subjects_with_choice(self.project, self.visible(scope), choice)

    # What changes

    def heads(self) -> Heads:
        """How far the log has come: cheap, to be asked every second."""
        from annotator.store.log import changes

        with self.store.reading() as transaction:
            return changes.heads(transaction)

    def is_news(self, scope: Scope, since: Heads) -> bool:
        """Whether events since then may have changed what a scope compares, or what of it is open to this person."""
        from annotator.store.log import changes

        with self.store.reading() as transaction:
            about = (scope.taxonomy, scope.round, self.annotator)
            return changes.is_news(transaction, since, *about, drafts=scope.drafts)


def taxonomies_of(project: Project, scope: Scope) -> tuple[tuple[str, ...], Scope]:
    """The taxonomies in which two annotators share a subject, and the scope, which says what is visible, with one."""
    from annotator.desk.comparison.comparison import scopes

    shared = tuple(each.taxonomy for each in scopes(project, replace(scope, taxonomy="", field="")))
    taxonomy = scope.taxonomy or next(iter(shared), "") or _first_used(project)
    return shared, replace(scope, taxonomy=taxonomy, field="")


def fields_of(project: Project, scope: Scope) -> FieldsSeen:
    """One row per field of a scope, which says what is visible."""
    from annotator.desk.comparison.comparison import comparing
    from annotator.desk.comparison.fields import brief, field_rows, notes

    shared, named = taxonomies_of(project, scope)
    if not named.taxonomy:
        return FieldsSeen(unseen(scope), (), (), ("There is no taxonomy, so there is nothing to compare.",))
    with comparing(project, named) as comparison:
        rows = field_rows(comparison) if comparison.answers.overlapping() else []
        said = tuple(notes(comparison))
        return FieldsSeen(unseen(comparison.scope), shared, tuple(rows), said, brief=brief(comparison))


def _first_used(project: Project) -> str:
    from annotator.store.project import taxonomies

    with project.store.reading() as transaction:
        used = taxonomies(transaction)
    known = project.namespaces()
    return next(iter([*(name for name in known if name in used), *used, *known]), "")


def unseen(scope: Scope) -> Scope:
    """What is asked for, whoever asks."""
    return replace(scope, viewer=NOBODY)


def _or_say(rows: Callable[[], list[Any]], missing: list[str]) -> list[Any]:
    """The rows, or why there are none."""
    try:
        return rows()
    except RequestError as error:
        missing.append(str(error))
        return []
