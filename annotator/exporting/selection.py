"""Which classifications are exported."""

from __future__ import annotations

from typing import NamedTuple

from annotator.errors import NotFoundError
from annotator.project import Project
from annotator.store.classifications import Wanted, annotators


class Selection(NamedTuple):
    """What a person asks for; nothing given means all. Hidden answers come only when asked for."""

    taxonomy: str = ""
    annotator: str = ""
    round: int = 0
    with_hidden: bool = False


def find(project: Project, selection: Selection) -> Wanted:
    """Check the names of a selection, so that a misspelt one is not an empty export; raises NotFoundError."""
    if selection.annotator:
        known = annotators(project.store.connection)
        if selection.annotator not in known:
            raise NotFoundError(
                f"Nobody here is called {selection.annotator!r}; there is {', '.join(known) or 'no one'}."
            )
    taxonomy = project.named(selection.taxonomy) if selection.taxonomy else ""
    return Wanted("", taxonomy, selection.annotator, selection.round)
