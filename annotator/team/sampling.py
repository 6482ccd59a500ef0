"""Which subjects several annotators share: a sample in which every stratum has its part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from hashlib import sha256


def shuffled(keys: Collection[str], seed: int) -> list[str]:
    """The keys in an order that the seed alone decides: neither their own order nor the other keys matter."""
    return sorted(keys, key=lambda key: (sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest(), key))


def allocated(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Split a sample among strata in proportion to their sizes, by largest remainder.

    Where `total` is enough for that, every stratum gets at least one, at the cost of those
    that are furthest above their proportion. `total` is at most the sum of the sizes.
    """
    everything = sum(sizes.values())
    names = sorted(name for name, size in sizes.items() if size)
    exact = {name: Fraction(sizes[name] * total, everything) for name in names}
    parts = {name: int(exact[name]) for name in names}
    by_remainder = sorted(names, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    if total >= len(names):
        for name in (each for each in names if not parts[each]):
            giver = max((each for each in names if parts[each] > 1), key=lambda each: (parts[each] - exact[each], each))
            parts[giver], parts[name] = parts[giver] - 1, 1
    return {name: parts.get(name, 0) for name in sizes}


def sample(strata: Mapping[str, str], total: int, seed: int, shared: Mapping[str, int]) -> frozenset[str]:
    """Choose `total` of the keys of `strata` (key → stratum); those that more people share already come first.

    So a second call with more subjects keeps what the first one chose, as far as it was dealt.
    """
    sizes: dict[str, int] = {}
    for stratum in strata.values():
        sizes[stratum] = sizes.get(stratum, 0) + 1
    left = allocated(sizes, total)
    chosen = []
    for key in sorted(shuffled(strata, seed), key=lambda each: -shared.get(each, 0)):
        if left[strata[key]]:
            left[strata[key]] -= 1
            chosen.append(key)
    return frozenset(chosen)
