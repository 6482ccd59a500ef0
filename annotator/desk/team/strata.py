"""What a sample is spread over: years, months, or what whoever deals may know of a field.

Answers stay unseen: the strata of a field are told apart by numbers, never by what was answered. They are made of
answers that are open to who deals alone, because one stratum or two tells whether an answer equals another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.taxonomy import Taxonomy
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction
from annotator.store.team.assignments import Chosen, values
from annotator.taxonomy.naming import find_field

DATES = {"date": 4, "year": 4, "month": 7}
"""How much of a date makes a stratum."""
FREE = ("text", "long_text", "tags", "group")
"""Kinds of fields whose answers are all different."""
NO_DATE, NO_ANSWER = "no date", "no answer"
ANYBODY = (NOBODY, Viewer(("=",)))
"""Who did not say who they are, and somebody who did nothing here, for that is nobody's name."""
HANDED_IN = """classifications.taxonomy = ? AND status IN ('submitted', 'adjudicated')
               AND classifications.subject_id IN (SELECT value FROM json_each(?))"""


class Stratum(NamedTuple):
    """One part of the subjects."""

    name: str
    subjects: int
    shared: int
    """How many of them are in the overlap sample."""
    drawn: int
    """How many of them are dealt; all of them where nothing was drawn."""


class Strata(NamedTuple):
    """The stratum of each subject, and what that leaves out."""

    of: dict[str, str]
    """By key."""
    closed: str = ""
    """What was closed to who deals, in words."""
    is_open: bool = True
    """Whether anybody may know which subjects share a stratum; if not, nothing of it may be told later."""


def strata_of(
    project: Project, transaction: Transaction, chosen: Sequence[Chosen], by: str, taxonomy: Taxonomy, viewer: Viewer
) -> Strata:
    """The stratum of each subject, as far as a viewer may know it; without `by` they are all in one.

    Raises NotFoundError for an unknown field and RequestError for one that makes no strata.
    """
    if not by:
        return Strata({each.key: "" for each in chosen})
    if by in DATES:
        return Strata({each.key: _date(each.date, DATES[by]) for each in chosen})
    namespace, sign, name = by.partition(":")
    about = project.taxonomy(namespace) if sign else taxonomy
    field = find_field(about, name if sign else by)
    if field.kind in FREE:
        raise RequestError(f"{field.name}: is free text, so nearly every answer is another; take a field with choices.")
    known, *others = (
        values(transaction, about.namespace, field.id, visibility.open_to(transaction, each))
        for each in (viewer, *(ANYBODY if viewer.is_blind else ()))
    )
    # Who is dealt a subject is at work there from now on, and then the published answers are closed too.
    is_open = not viewer.is_blind or about.namespace != taxonomy.namespace
    return Strata(
        {each.key: known.get(each.id, NO_ANSWER) for each in chosen},
        _closed(transaction, viewer, about.namespace, chosen),
        is_open and all(known.get(each.id) == other.get(each.id) for each in chosen for other in others),
    )


def _closed(transaction: Transaction, viewer: Viewer, taxonomy: str, chosen: Sequence[Chosen]) -> str:
    about = (taxonomy, json.dumps([each.id for each in chosen]))
    left_out = visibility.left_out(transaction, viewer, HANDED_IN, about, "classifications.subject_id")
    words = left_out.words(viewer, "subject")
    return f"{words} What is closed to you there makes no stratum." if words else ""


def counted(strata: Mapping[str, str], drawn: Mapping[str, str], shared: frozenset[str], by: str) -> list[Stratum]:
    """Each stratum with its sizes; dates by name and in order, the others by number and the largest first."""
    sizes, dealt = Counter(strata.values()), Counter(drawn.values())
    sampled = Counter(drawn[key] for key in shared)
    if not by or by in DATES:
        named = [(name or "all", name) for name in sorted(sizes)]
    else:
        ordered = sorted((name for name in sizes if name != NO_ANSWER), key=lambda name: (-sizes[name], name))
        named = [(str(number), name) for number, name in enumerate(ordered, 1)]
        named += [(NO_ANSWER, NO_ANSWER)] if NO_ANSWER in sizes else []
    return [Stratum(shown, sizes[name], sampled[name], dealt[name]) for shown, name in named]


def _date(date: str, length: int) -> str:
    return date[:length] if len(date) >= length else date or NO_DATE
