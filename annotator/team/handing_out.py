"""Cut what somebody gets into batches, and keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from annotator.store.assignments import Assignment

Given = Sequence[tuple[str, tuple[str, ...]]]
"""Keys of subjects with those who get them, in the order to do them."""


class Share(NamedTuple):
    """What one annotator gets."""

    annotator: str
    assigned: int
    shared: int
    """How many of them somebody else has too."""
    batches: tuple[int, ...]
    """How many are in each new batch."""


class HandOut(NamedTuple):
    """Where work is handed out: under which taxonomy, in which round, in batches of how many (0: one each)."""

    taxonomy: str
    round: int
    batch_size: int = 0


def cut(where: HandOut, given: Given, ids: Mapping[str, int], last: Mapping[str, int]) -> list[Assignment]:
    """Assignments in batches; a subject has the same position in everybody's."""
    return list(_cut(where, given, ids, last))


def shares(
    given: Given, names: Sequence[str], dealt: Sequence[Assignment], is_shared: Mapping[str, bool]
) -> list[Share]:
    """What everybody gets, in the order of the names."""
    assigned, shared = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for key, hand in given:
        for name in hand:
            assigned[name] += 1
            shared[name] += is_shared[key]
    batches: dict[str, dict[int, int]] = {name: {} for name in names}
    for one in dealt:
        batches[one.annotator][one.batch] = batches[one.annotator].get(one.batch, 0) + 1
    return [Share(name, assigned[name], shared[name], tuple(batches[name].values())) for name in names]


def _cut(where: HandOut, given: Given, ids: Mapping[str, int], last: Mapping[str, int]) -> Iterator[Assignment]:
    had: dict[str, int] = {}
    for position, (key, names) in enumerate(given, 1):
        for name in names:
            had[name] = had.get(name, 0) + 1
            further = (had[name] - 1) // where.batch_size if where.batch_size else 0
            yield Assignment(ids[key], name, last.get(name, 0) + 1 + further, position)
