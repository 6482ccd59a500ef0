"""How often which two values met in a unit, equal ones among them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotator.agreement.specific import confusions
from annotator.agreement.tables import PatternTable


class Met(NamedTuple):
    """How often two values met."""

    pairs: int
    """Of annotators."""
    units: int
    """In which they met."""


def value_pairs(table: PatternTable) -> dict[tuple[int, int], Met]:
    """By positions in the choices, the lower one first; each pair of annotators of a unit counts once."""
    place = {choice: position for position, choice in enumerate(table.choices)}
    found = {(place[each.a], place[each.b]): Met(each.pairs, each.units) for each in confusions(table)}
    found = {(min(pair), max(pair)): met for pair, met in found.items()}
    counts, times = table.counts, table.times[table.counts.patterns]
    width = len(table.observed)
    pairs = np.bincount(counts.codes, counts.counts * (counts.counts - 1) / 2 * times, minlength=width)
    units = np.bincount(counts.codes, (counts.counts > 1) * times, minlength=width)
    for code, held, met in zip(table.observed.tolist(), pairs.tolist(), units.tolist(), strict=True):
        if met:
            found[code, code] = Met(round(held), round(met))
    return found
