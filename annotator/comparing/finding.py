"""Which taxonomies hold work that can be compared."""

from __future__ import annotations

from dataclasses import replace

from annotator.comparing.eligible import versions
from annotator.comparing.scope import Scope
from annotator.errors import NotFoundError
from annotator.models.viewing import UNBOUND
from annotator.project import Project
from annotator.store.agreement_patterns import Answers
from annotator.store.agreement_sample import Sample
from annotator.store.classifications import namespaces
from annotator.taxonomy.naming import find_field


def scopes(project: Project, asked: Scope) -> list[Scope]:
    """The scope asked for; without a taxonomy, one for each in which two annotators share a subject.

    With a field but no taxonomy, those that have the field; raises NotFoundError when none has. Work
    that is closed to who asks counts here, so that they are told what is left out.
    """
    if asked.taxonomy:
        return [asked]
    whole = sample_of(replace(asked, viewer=UNBOUND))
    with project.store.reading() as connection:
        used = namespaces(connection)
        overlapping = [name for name in used if Answers(connection, whole._replace(taxonomy=name)).overlapping()]
    ordered = [name for name in dict.fromkeys((*project.namespaces(), *used)) if name in overlapping]
    return [replace(asked, taxonomy=name) for name in _with_field(project, ordered, asked.field)]


def sample_of(scope: Scope) -> Sample:
    """What the store is asked for; the taxonomy by its exact name."""
    bounds = (scope.since, scope.until)
    return Sample(scope.taxonomy, scope.round, scope.annotators, *bounds, scope.drafts, scope.viewer)


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
