"""Suggestions while answering: own habits first, then what is published, then names at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from annotator.models.taxonomy import Field
from annotator.models.viewing import Viewer
from annotator.session import seeing
from annotator.store import suggestions
from annotator.store.store import Store

if TYPE_CHECKING:
    from annotator.session.session import Session


def frequent(store: Store, viewer: Viewer, annotator: str, namespace: str, field_id: str) -> list[str]:
    """Values an annotator gave to a field, most frequent and most recent first."""
    with store.reading() as connection:
        return suggestions.frequent_values(connection, viewer, namespace, field_id, annotator)


def sources(session: Session, key: str, namespace: str, field: Field) -> list[str]:
    """Everything that may complete a field of this subject, best first.

    Others' unpublished answers are never among them, nor anything about a subject they are at work
    on elsewhere: annotation is blind.
    """
    viewer = seeing.viewer_of(session.store, session.annotator)
    found: list[str] = []
    wanted = field.complete_from
    if wanted.fields:
        answers = session.classification(key, namespace).shown
        for other in wanted.fields:
            if other != field.id and other in answers:
                found += _texts(answers[other].value)
    if wanted.history:
        for each in (field.id, *wanted.fields):
            found += frequent(session.store, viewer, session.annotator, namespace, each)
            with session.store.reading() as connection:
                found += suggestions.published_values(connection, viewer, namespace, each, key)
    if wanted.entities:
        found += [entity.name for entity in session.subject(key).entities]
    return list(dict.fromkeys(found))


def matching(candidates: Iterable[str], typed: str, limit: int) -> list[str]:
    """Candidates that begin with what was typed, then those that contain it."""
    wanted = typed.casefold()
    given = list(candidates)
    first = [each for each in given if each.casefold().startswith(wanted)]
    later = [each for each in given if wanted in each.casefold() and not each.casefold().startswith(wanted)]
    return (first + later)[:limit]


def _texts(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
