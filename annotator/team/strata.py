"""What an overlap sample is spread over: years, months, or what is known of a field.

Answers stay unseen: the strata of a field are told apart by numbers, never by what was answered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from annotator.errors import RequestError
from annotator.models.taxonomy import Taxonomy
from annotator.project import Project
from annotator.store.assignments import Chosen
from annotator.store.strata import values
from annotator.taxonomy.naming import find_field

DATES = {"date": 4, "year": 4, "month": 7}
"""How much of a date makes a stratum."""
FREE = ("text", "long_text", "tags", "group")
"""Kinds of fields whose answers are all different."""
NO_DATE, NO_ANSWER = "no date", "no answer"


class Stratum(NamedTuple):
    """One part of the subjects."""

    name: str
    subjects: int
    shared: int
    """How many of them are in the overlap sample."""


def strata_of(
    project: Project, connection: sqlite3.Connection, chosen: Sequence[Chosen], by: str, taxonomy: Taxonomy
) -> dict[str, str]:
    """The stratum of each subject, by key; without `by` they are all in one.

    Raises NotFoundError for an unknown field and RequestError for one that makes no strata.
    """
    if not by:
        return {each.key: "" for each in chosen}
    if by in DATES:
        return {each.key: _date(each.date, DATES[by]) for each in chosen}
    namespace, sign, name = by.partition(":")
    about = project.taxonomy(namespace) if sign else taxonomy
    field = find_field(about, name if sign else by)
    if field.kind in FREE:
        raise RequestError(f"{field.name}: is free text, so nearly every answer is another; take a field with choices.")
    known = values(connection, about.namespace, field.id)
    return {each.key: known.get(each.id, NO_ANSWER) for each in chosen}


def counted(strata: Mapping[str, str], shared: frozenset[str], by: str) -> list[Stratum]:
    """Each stratum with its sizes; dates by name and in order, the others by number and the largest first."""
    sizes: dict[str, list[int]] = {}
    for key, stratum in strata.items():
        size = sizes.setdefault(stratum, [0, 0])
        size[0] += 1
        size[1] += key in shared
    if not by or by in DATES:
        return [Stratum(name or "all", *sizes[name]) for name in sorted(sizes)]
    ordered = sorted((name for name in sizes if name != NO_ANSWER), key=lambda name: (-sizes[name][0], name))
    named = [(str(number), name) for number, name in enumerate(ordered, 1)]
    named += [(NO_ANSWER, NO_ANSWER)] if NO_ANSWER in sizes else []
    return [Stratum(shown, *sizes[name]) for shown, name in named]


def _date(date: str, length: int) -> str:
    return date[:length] if len(date) >= length else date or NO_DATE
