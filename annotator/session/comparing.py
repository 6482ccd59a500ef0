"""Agreement between annotators as one person sees it. Call these in a thread, with a session of its own.

Statistics are imported inside, because NumPy costs a desk that never asks for them its quick start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.comparing.rows import ChoiceRow, ConfusionRow, FieldRow, PairRow
from annotator.comparing.scope import Scope
from annotator.errors import RequestError
from annotator.models.classification import Identity
from annotator.models.taxonomy import Field
from annotator.session.session import Session

if TYPE_CHECKING:
    from annotator.comparing.comparison import Comparison


@dataclass(frozen=True)
class FieldsSeen:
    """How far annotators agree under one taxonomy."""

    scope: Scope
    taxonomies: tuple[str, ...]
    """Those in which two annotators share a subject."""
    rows: tuple[FieldRow, ...]
    notes: tuple[str, ...]
    pending: frozenset[str] = frozenset()
    """Fields whose interval is still to come."""


class Confused(NamedTuple):
    """Two values in words that annotators gave to the same subjects."""

    a: str
    b: str
    row: ConfusionRow


@dataclass(frozen=True)
class FieldSeen:
    """How far annotators agree on one field, by choice and by pair, and what they confuse."""

    row: FieldRow
    choices: tuple[ChoiceRow, ...] = ()
    pairs: tuple[PairRow, ...] = ()
    confusions: tuple[Confused, ...] = ()
    notes: tuple[str, ...] = ()
    """What is missing here, and why."""


class SubjectSeen(NamedTuple):
    """What annotators said about one field of a subject, in words by name."""

    key: str
    said: dict[str, str]
    """Empty while the person who looks is still answering themselves."""


def compared_taxonomies(session: Session, scope: Scope) -> tuple[tuple[str, ...], Scope]:
    """The taxonomies in which two annotators share a subject, and the scope with one named, if there is any."""
    from annotator.comparing.finding import scopes

    shared = tuple(each.taxonomy for each in scopes(session.project, replace(scope, taxonomy="", field="")))
    taxonomy = scope.taxonomy or next(iter(shared), "") or _first_used(session)
    return shared, replace(scope, taxonomy=taxonomy, field="")


def agreement_fields(session: Session, scope: Scope) -> FieldsSeen:
    """One row per field; without a taxonomy, of the first in which two annotators share a subject."""
    from annotator.comparing.comparison import comparing
    from annotator.comparing.field_rows import field_rows
    from annotator.comparing.notes import notes

    shared, named = compared_taxonomies(session, scope)
    if not named.taxonomy:
        return FieldsSeen(scope, (), (), ("There is no taxonomy, so there is nothing to compare.",))
    with comparing(session.project, named) as comparison:
        rows = field_rows(comparison) if comparison.answers.overlapping() else []
        return FieldsSeen(comparison.scope, shared, tuple(rows), tuple(notes(comparison)))


def agreement_field(session: Session, scope: Scope) -> FieldSeen:
    """One field in detail; raises NotFoundError for a field that is not there."""
    from annotator.comparing.choice_rows import choice_rows
    from annotator.comparing.comparison import comparing
    from annotator.comparing.field_rows import field_rows
    from annotator.comparing.pair_rows import pair_rows

    with comparing(session.project, scope) as comparison:
        field, row = comparison.fields[0], field_rows(comparison)[0]
        if reason := comparison.reason_against(field):
            return FieldSeen(row, notes=(reason,))
        missing: list[str] = []
        return FieldSeen(
            row,
            tuple(_or_say(lambda: choice_rows(comparison, field), missing)),
            tuple(_or_say(lambda: pair_rows(comparison), missing)),
            tuple(_or_say(lambda: _confusions(comparison, field), missing)),
            tuple(missing),
        )


def subjects_confused(session: Session, scope: Scope, confusion: ConfusionRow) -> list[SubjectSeen]:
    """The subjects behind a confusion, with what everybody said."""
    keys = frozenset(confusion.subjects)
    return _subjects(session, scope, lambda key, _: key in keys)


def subjects_of_pair(session: Session, scope: Scope, a: str, b: str) -> list[SubjectSeen]:
    """The subjects on which two annotators differ, with what everybody said."""
    return _subjects(session, scope, lambda _, said: a in said and b in said and said[a] != said[b])


def _subjects(session: Session, scope: Scope, is_wanted: Callable[[str, Mapping[str, Any]], bool]) -> list[SubjectSeen]:
    from annotator.comparing.categories import label
    from annotator.comparing.comparison import comparing

    with comparing(session.project, scope) as comparison:
        field, namespace = comparison.fields[0], comparison.scope.taxonomy
        found = [(key, said) for key, said in _said(comparison, field) if is_wanted(key, said)]
    return [
        SubjectSeen(
            key,
            {}
            if _is_answering(session, key, namespace, scope.round)
            else {name: label(field, value) for name, value in said.items()},
        )
        for key, said in found
    ]


def _said(comparison: Comparison, field: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    """What counts of what each annotator said, subject by subject."""
    known = comparison.categories(field)
    for key, mentions in groupby(comparison.mentions(field), key=lambda each: each.subject):
        said = {each.annotator: known.category(each.said) for each in mentions}
        yield key, {name: value for name, value in said.items() if value is not None}


def _is_answering(session: Session, key: str, namespace: str, round_: int) -> bool:
    """Whether this person has begun and not handed in: then others' answers would sway them."""
    if not session.annotator:
        return False
    own = Identity(subject=key, taxonomy=namespace, annotator=session.annotator, round=round_)
    return session.store.classification(own).status == "draft"


def _or_say(rows: Callable[[], list[Any]], missing: list[str]) -> list[Any]:
    """The rows, or why there are none."""
    try:
        return rows()
    except RequestError as error:
        missing.append(str(error))
        return []


def _confusions(comparison: Comparison, field: Field) -> list[Confused]:
    from annotator.comparing.confusion_rows import confusion_rows

    return [Confused(_words(field, row.a), _words(field, row.b), row) for row in confusion_rows(comparison, field)]


def _words(field: Field, value: Any) -> str:
    """A value as a document writes it, in words."""
    from annotator.comparing.categories import WORDS_OF, label

    if isinstance(value, list):
        return "; ".join(_words(field, each) for each in value) or "(none)"
    if isinstance(value, str):
        state = value.strip("()")
        if value == f"({state})":
            return f"({WORDS_OF.get(state, state)})"
        return label(field, tuple(value.split("/")) if field.kind == "tree" else value)
    return label(field, value)


def _first_used(session: Session) -> str:
    from annotator.store.classifications import namespaces

    with session.store.reading() as connection:
        used = namespaces(connection)
    ordered = [*(name for name in session.project.namespaces() if name in used), *used, *session.project.namespaces()]
    return next(iter(ordered), "")
