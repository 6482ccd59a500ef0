"""Which names are drawn alike though they are not the same: confusables, as Unicode Technical Standard 39 has them.

Loaded where a new name is checked, since the data take longer to read than a whole command.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from unicodedata import name as unicode_name
from unicodedata import normalize

from annotator.model.person import NAMES, plain_name

DATA = Path(__file__).with_name("confusables.txt")
"""The characters, by what they look like; its head says of which version of Unicode."""


def looks_like(one: str, other: str) -> bool:
    """Whether two names cannot be told apart at a glance, in any spelling that reads the same as either."""
    return _alike(one, other) is not None


def difference(one: str, other: str) -> tuple[str, str]:
    """The first characters in which two names differ that look alike and do not read alike, by their Unicode names."""
    found = _alike(one, other)
    if found is None:
        raise ValueError(f"{one!r} and {other!r} do not look alike.")
    beside = zip_longest(*found, fillvalue="")
    return next((_called(x), _called(y)) for x, y in beside if x.casefold() != y.casefold())


def spelling_meant(one: str, other: str) -> str:
    """The spelling of the other name that one looks like: in capitals where it is only like that one."""
    found = _alike(one, other)
    return other if found is None or found[1] in {other.strip(), plain_name(other)} else found[1]


@lru_cache(NAMES)
def skeleton(name: str) -> str:
    """What is left of a name when all that is drawn alike is made the same (UTS 39, section 4)."""
    prototypes = _prototypes()
    return normalize("NFD", "".join(prototypes.get(each, each) for each in normalize("NFD", name)))


@lru_cache(NAMES)
def _alike(one: str, other: str) -> tuple[str, str] | None:
    """The first two spellings of two names that are drawn alike; None where there are none."""
    return next(((a, b) for a, b in _readings(one, other) if skeleton(a) == skeleton(b)), None)


def _readings(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Two names beside each other, written each way: `I` is like `l`, and `i` is not; `0` is like `O`, not like `o`.

    Both folded, both as they are written, both in capitals; and each as it is written beside the other's spellings.
    """
    yield plain_name(one), plain_name(other)
    yield one.strip(), other.strip()
    yield plain_name(one).upper(), plain_name(other).upper()
    for spelt in (str.upper, str, str.title):
        yield one.strip(), spelt(plain_name(other))
        yield spelt(plain_name(one)), other.strip()


def _called(character: str) -> str:
    return unicode_name(character, f"U+{ord(character):04X}") if character else "nothing"


@lru_cache(1)
def _prototypes() -> dict[str, str]:
    """What each character is drawn like; empty for those that are not drawn."""
    found: dict[str, str] = {}
    for line in DATA.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            prototype, _, alike = line.partition(":")
            drawn = "".join(chr(int(point, 16)) for point in prototype.split())
            for first, _, last in (run.partition("-") for run in alike.split()):
                found.update(dict.fromkeys(map(chr, range(int(first, 16), int(last or first, 16) + 1)), drawn))
    return found
