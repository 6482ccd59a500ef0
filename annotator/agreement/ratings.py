"""Who gave which value to which unit, in the long form that comparing annotators needs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.agreement.arrays import Ints
from annotator.errors import RequestError

Rating = tuple[Hashable, str, Hashable]
"""Unit, annotator and value."""
_PIECE = 1_000_000


@dataclass(frozen=True, eq=False)
class Ratings:
    """One value per unit and annotator; the three arrays are (n,), sorted by unit, then annotator."""

    choices: tuple[Hashable, ...]
    annotators: tuple[str, ...]
    unit_names: tuple[Hashable, ...]
    units: Ints
    by: Ints
    codes: Ints

    @property
    def sizes(self) -> Ints:
        """Number of values of each unit, (units,)."""
        return np.bincount(self.units, minlength=len(self.unit_names)).astype(np.int64)

    def pairs(self) -> Iterator[tuple[Ints, Ints]]:
        """Positions (left, right) of all pairs of values of one unit, left being the earlier annotator."""
        starts, sizes = np.cumsum(self.sizes) - self.sizes, self.sizes
        for size in np.unique(sizes[sizes > 1]).tolist():
            left, right = np.triu_indices(size, 1)
            rows = starts[sizes == size]
            step = max(1, _PIECE // len(left))
            for at in range(0, len(rows), step):
                piece = rows[at : at + step, None]
                yield (piece + left).ravel(), (piece + right).ravel()


def of_ratings(choices: Sequence[Hashable], ratings: Iterable[Rating]) -> Ratings:
    """Put ratings in order; whoever rated a unit twice counts once, with the last value.

    Raises RequestError for a value that is none of the choices.
    """
    position = {choice: place for place, choice in enumerate(choices)}
    last = {(unit, annotator): value for unit, annotator, value in ratings if value is not None}
    unknown = set(last.values()) - position.keys()
    if unknown:
        raise RequestError(f"{next(iter(unknown))!r} is not one of the categories; add it or leave the value out")
    names = sorted({annotator for _, annotator in last})
    units = {unit: place for place, unit in enumerate(dict.fromkeys(unit for unit, _ in last))}
    who = {name: place for place, name in enumerate(names)}
    flat = np.array(
        [(units[unit], who[annotator], position[value]) for (unit, annotator), value in last.items()], dtype=np.int64
    ).reshape(-1, 3)
    return _sorted(choices, names, tuple(units), flat)


def _sorted(choices: Sequence[Hashable], names: Sequence[str], units: tuple[Hashable, ...], flat: Ints) -> Ratings:
    flat = flat[np.lexsort((flat[:, 1], flat[:, 0]))]
    return Ratings(tuple(choices), tuple(names), units, flat[:, 0], flat[:, 1], flat[:, 2])
