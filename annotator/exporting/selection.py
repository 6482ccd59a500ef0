"""Which classifications are exported."""

from __future__ import annotations

from typing import Literal, NamedTuple

from annotator.errors import NotFoundError
from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import NOBODY, Viewer
from annotator.project import Project
from annotator.store.classifications import Wanted, annotators, count, left_out

What = Literal["raw", "adjudicated", "both"]
WHATS: tuple[What, ...] = ("raw", "adjudicated", "both")


class Selection(NamedTuple):
    """What a person asks for; nothing given means all. Hidden answers come only when asked for."""

    taxonomy: str = ""
    annotator: str = ""
    round: int = 0
    with_hidden: bool = False
    what: What = "raw"
    """What annotators gave, what was decided, or both."""
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them is left out."""


def find(project: Project, selection: Selection) -> Wanted:
    """Check the names of a selection, so that a misspelt one is not an empty export; raises NotFoundError."""
    if selection.annotator:
        known = annotators(project.store.connection)
        if selection.annotator not in known:
            raise NotFoundError(
                f"Nobody here is called {selection.annotator!r}; there is {', '.join(known) or 'no one'}."
            )
    taxonomy = project.named(selection.taxonomy) if selection.taxonomy else ""
    what = "adjudicated" if selection.annotator == ADJUDICATED else selection.what
    return Wanted("", taxonomy, selection.annotator, selection.round, what, selection.viewer)


def contents(project: Project, selection: Selection) -> str:
    """Say in words which classifications an export holds, and which it leaves out."""
    wanted = find(project, selection)
    with project.store.reading() as connection:
        raw = count(connection, wanted._replace(what="raw"))
        adjudicated = count(connection, wanted._replace(what="adjudicated"))
        closed = left_out(connection, wanted).words(wanted.viewer, "classification")
    return " ".join(filter(None, (_held(wanted, raw, adjudicated), closed)))


def _held(wanted: Wanted, raw: int, adjudicated: int) -> str:
    names = {"raw": f"{raw:,} as their annotators gave them", "adjudicated": f"{adjudicated:,} adjudicated"}
    if wanted.what in names:
        left = adjudicated if wanted.what == "raw" else raw
        other = "adjudicated" if wanted.what == "raw" else "raw"
        more = f"; {left:,} {other} left out, --what both brings them" if left and not wanted.annotator else ""
        return f"Classifications: {names[wanted.what]}{more}."
    return f"Classifications: {names['raw']}, {names['adjudicated']}."
