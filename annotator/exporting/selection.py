"""Which classifications are exported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from annotator.errors import NotFoundError
from annotator.project import Project
from annotator.store import classifications
from annotator.store.classifications import Wanted


class Selection(NamedTuple):
    """What a person asks for; nothing given means all. Hidden answers come only when asked for."""

    taxonomy: str = ""
    annotator: str = ""
    round: int = 0
    with_hidden: bool = False


def find(project: Project, selection: Selection) -> Wanted:
    """Check the names of a selection, so that a misspelt one is not an empty export; raises NotFoundError."""
    connection = project.store.connection
    taxonomy, annotator = selection.taxonomy, selection.annotator
    if taxonomy:
        known = [*project.library.namespaces(), *classifications.namespaces(connection)]
        taxonomy = _named(taxonomy, known, "taxonomy is called")
    if annotator:
        annotator = _named(annotator, classifications.annotators(connection), "annotator here is called")
    return Wanted("", taxonomy, annotator, selection.round)


def _named(name: str, known: Iterable[str], words: str) -> str:
    names = list(dict.fromkeys(known))
    if name in names:
        return name
    alike = [each for each in names if each.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise NotFoundError(f"no {words} {name!r}; there is {', '.join(sorted(names)) or 'none'}.")
