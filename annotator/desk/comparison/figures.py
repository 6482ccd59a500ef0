"""Agreement between annotators as one person sees it. Call these in a thread, with a session of its own.

Statistics are imported inside, because NumPy costs a desk that never asks for them its quick start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import ChoiceRow, FieldRow, PairRow
from annotator.desk.desk import Session
from annotator.errors import RequestError
from annotator.model.visibility import NOBODY

if TYPE_CHECKING:
    from annotator.desk.comparison.pairs import Matrix


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


def seen_by(session: Session, scope: Scope) -> Scope:
    """The scope as this person may see it now: what is closed to them while annotation is blind takes no part."""
    from annotator.desk.visibility import viewer_of

    return replace(scope, viewer=viewer_of(session.store, session.annotator))


def compared_taxonomies(session: Session, scope: Scope) -> tuple[tuple[str, ...], Scope]:
    """The taxonomies in which two annotators share a subject, and the scope with one named, if there is any."""
    from annotator.desk.comparison.comparison import scopes

    scope = seen_by(session, scope)
    shared = tuple(each.taxonomy for each in scopes(session.project, replace(scope, taxonomy="", field="")))
    taxonomy = scope.taxonomy or next(iter(shared), "") or _first_used(session)
    return shared, replace(scope, taxonomy=taxonomy, field="")


def agreement_fields(session: Session, scope: Scope) -> FieldsSeen:
    """One row per field; without a taxonomy, of the first in which two annotators share a subject."""
    from annotator.desk.comparison.comparison import comparing
    from annotator.desk.comparison.fields import brief, field_rows, notes

    shared, named = compared_taxonomies(session, scope)
    if not named.taxonomy:
        return FieldsSeen(unseen(scope), (), (), ("There is no taxonomy, so there is nothing to compare.",))
    with comparing(session.project, named) as comparison:
        rows = field_rows(comparison) if comparison.answers.overlapping() else []
        said = tuple(notes(comparison))
        return FieldsSeen(unseen(comparison.scope), shared, tuple(rows), said, brief=brief(comparison))


def agreement_field(session: Session, scope: Scope) -> FieldSeen:
    """One field in detail; raises NotFoundError for a field that is not there."""
    from annotator.desk.comparison.comparison import comparing
    from annotator.desk.comparison.fields import choice_rows, field_rows
    from annotator.desk.comparison.pairs import of_everybody, pair_rows

    with comparing(session.project, seen_by(session, scope)) as comparison:
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


def matrix_of_pair(session: Session, scope: Scope, a: str, b: str) -> Matrix:
    """What one annotator says about a field, in rows, and what another says, in columns."""
    from annotator.desk.comparison.comparison import comparing
    from annotator.desk.comparison.pairs import of_pair

    with comparing(session.project, replace(seen_by(session, scope), annotators=(a, b))) as comparison:
        return of_pair(comparison, comparison.fields[0], a, b)


def unseen(scope: Scope) -> Scope:
    """What is asked for, whoever asks."""
    return replace(scope, viewer=NOBODY)


def newest_event(session: Session) -> str:
    """The id of the latest event: cheap, to be asked every second."""
    from annotator.store.changes import newest

    with session.store.reading() as connection:
        return newest(connection)


def is_news(session: Session, scope: Scope, since: str) -> bool:
    """Whether events after one may have changed what a scope compares, or what of it is open to this person."""
    from annotator.store import changes

    with session.store.reading() as connection:
        about = (scope.taxonomy, scope.round, session.annotator)
        return changes.is_news(connection, since, *about, drafts=scope.drafts)


def rounds_compared(session: Session) -> list[int]:
    """The rounds in which something was classified, and the one this person works in."""
    from annotator.store.people import rounds

    with session.store.reading() as connection:
        return sorted({*rounds(connection), session.round})


def _or_say(rows: Callable[[], list[Any]], missing: list[str]) -> list[Any]:
    """The rows, or why there are none."""
    try:
        return rows()
    except RequestError as error:
        missing.append(str(error))
        return []


def _first_used(session: Session) -> str:
    from annotator.store.classifications import namespaces

    with session.store.reading() as connection:
        used = namespaces(connection)
    ordered = [*(name for name in session.project.namespaces() if name in used), *used, *session.project.namespaces()]
    return next(iter(ordered), "")
