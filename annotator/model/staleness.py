"""What makes a decision stale: what annotators handed in is no longer what it was made on. Pure and plain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, NamedTuple

from annotator.model.outline import Position
from annotator.model.person import same_name
from annotator.model.review import digest

SELF_ADJUDICATION = "allow_self_adjudication"
"""The setting that lets somebody decide about what they classified themselves."""


class Decided(NamedTuple):
    """What a decision on record rests on."""

    by: frozenset[str]
    """Who made it, and whose rulings it takes."""
    seen: Mapping[str, str]
    """By annotator: the digest of what they had handed in."""
    is_imported: bool
    """Whether it was made elsewhere: then it covers all but what contradicts it."""
    answers: Mapping[str, Position] = {}
    """What was decided, by field; needed of an imported one alone."""
    between: Mapping[str, Mapping[str, Position]] = {}
    """What its rulings were made between, by field and annotator; needed of an imported one alone."""


class Reason(NamedTuple):
    """Why a decision is stale: whose doing, and of what is contradicted, on which fields."""

    why: Literal["taken back", "handed in too", "handed in otherwise", "contradicts", "classified too"]
    name: str
    fields: tuple[str, ...] = ()


def contradicts(held: Position | None, decided: Position | None, was: Position | None) -> bool:
    """Whether somebody holds another position than was decided, and not the one that was ruled between."""
    return held not in {None, decided, was} and decided is not None


def reasons(decided: Decided, held: Mapping[str, Mapping[str, Position]], barred: Collection[str]) -> Iterator[Reason]:
    """Say why a decision no longer covers what was handed in; nothing when it does.

    `held` is what each annotator who handed in holds, by field, without what is about the work itself; `barred` are
    those who may not decide, because they classified it too.
    """
    if not decided.is_imported:
        yield from (Reason("taken back", name) for name in decided.seen if name not in held)
    for name, positions in held.items():
        if not (decided.seen or decided.is_imported) or decided.seen.get(name) == digest(positions):
            continue
        if decided.is_imported:
            if against := tuple(_against(decided, name, positions)):
                yield Reason("contradicts", name, against)
        else:
            yield Reason("handed in otherwise" if name in decided.seen else "handed in too", name)
    for name in sorted(decided.by):
        if any(same_name(name, each) for each in barred):
            yield Reason("classified too", name)


def _against(decided: Decided, name: str, positions: Mapping[str, Position]) -> Iterator[str]:
    for field, position in decided.answers.items():
        if contradicts(positions.get(field), position, decided.between.get(field, {}).get(name)):
            yield field
