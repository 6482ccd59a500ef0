"""The subjects behind a figure, with what everybody said."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.comparison.policy import Scope
from annotator.model.outline import FieldOutline

if TYPE_CHECKING:
    from annotator.desk.comparison.comparison import Comparison
    from annotator.desk.project import Project

Said = Mapping[str, Hashable]
"""What annotators said about one subject, by name."""
Pair = tuple[str, str] | None
"""Two annotators, or all of them."""


class SubjectSeen(NamedTuple):
    """What annotators said about one field of a subject, in words by name."""

    key: str
    said: dict[str, str]
    differs: bool
    """Whether they differ about what is asked for."""
    title: str = ""


@dataclass(frozen=True)
class SubjectsSeen:
    """Subjects that have something in common."""

    rows: tuple[SubjectSeen, ...] = ()
    withheld: int = 0
    """How many take no part because they are closed to the person who looks, whatever was said about them."""


class _Kind(NamedTuple):
    """Which subjects are asked for, and whether annotators differ there."""

    is_wanted: Callable[[Said], bool]
    differs: Callable[[Said], bool]


def subjects_in_cell(project: Project, scope: Scope, row: Hashable, column: Hashable, pair: Pair) -> SubjectsSeen:
    """Those to which annotators gave the two values; of a pair the first gave the row's, the second the column's."""

    def is_wanted(said: Said) -> bool:
        if pair:
            return all(name in said for name in pair) and (said[pair[0]], said[pair[1]]) == (row, column)
        given = list(said.values())
        return given.count(row) > 1 if row == column else row in given and column in given

    return _subjects(project, scope, lambda _: _Kind(is_wanted, lambda _: row != column))


def subjects_differing(project: Project, scope: Scope, pair: Pair) -> SubjectsSeen:
    """Those on which the two differ, or anybody does."""

    def is_wanted(said: Said) -> bool:
        given = [said[name] for name in pair if name in said] if pair else list(said.values())
        return len(set(given)) > 1

    return _subjects(project, scope, lambda _: _Kind(is_wanted, lambda _: True))


def subjects_with_choice(project: Project, scope: Scope, choice: str) -> SubjectsSeen:
    """Those to which somebody gave a choice, by its id; those on which annotators differ about it come first."""

    def kind(_: FieldOutline) -> _Kind:
        from annotator.agreement.specific import itself
        from annotator.desk.comparison.categories import identifier

        def holds(value: Hashable) -> bool:
            return choice in map(identifier, itself(value))

        return _Kind(lambda said: any(map(holds, said.values())), lambda said: len(set(map(holds, said.values()))) > 1)

    return _subjects(project, scope, kind)


def _subjects(project: Project, scope: Scope, kind_for: Callable[[FieldOutline], _Kind]) -> SubjectsSeen:
    from annotator.desk.comparison.categories import label
    from annotator.desk.comparison.comparison import comparing
    from annotator.store.subjects import titles

    with comparing(project, scope) as comparison:
        field = comparison.fields[0]
        kind, withheld = kind_for(field), comparison.answers.closed.total
        found = [(key, said) for key, said in _said(comparison, field) if kind.is_wanted(said)]
        with project.store.reading() as transaction:
            title_of = titles(transaction, [key for key, _ in found])
    rows = [
        SubjectSeen(
            key, {name: label(field, value) for name, value in said.items()}, kind.differs(said), title_of.get(key, "")
        )
        for key, said in found
    ]
    return SubjectsSeen(tuple(sorted(rows, key=lambda each: not each.differs)), withheld)


def _said(comparison: Comparison, field: FieldOutline) -> Iterator[tuple[str, Said]]:
    """What counts of what each annotator said, subject by subject."""
    known = comparison.categories(field)
    for key, mentions in groupby(comparison.mentions(field), key=lambda each: each.subject):
        said = {each.annotator: known.category(each.said) for each in mentions}
        yield key, {name: value for name, value in said.items() if value is not None}
