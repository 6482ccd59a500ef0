"""Which names are drawn alike though they are not the same: confusables, as Unicode Technical Standard 39 has them.

Loaded where a new name is checked, since the data take longer to read than a whole command.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from unicodedata import name as unicode_name
from unicodedata import normalize

from annotator.model.person import NAMES, plain_name

DATA = Path(__file__).with_name("confusables.txt")
"""The characters, by what they look like; its head says of which version of Unicode."""


def looks_like(one: str, other: str) -> bool:
    """Whether two names cannot be told apart at a glance, as they are written or once they are folded."""
    return any(skeleton(a) == skeleton(b) for a, b in _readings(one, other))


def difference(one: str, other: str) -> tuple[str, str]:
    """The first characters in which two names differ that look alike and do not read alike, by their Unicode names."""
    for a, b in _readings(one, other):
        if skeleton(a) == skeleton(b):
            beside = zip_longest(a, b, fillvalue="")
            return next((_called(x), _called(y)) for x, y in beside if x.casefold() != y.casefold())
    raise ValueError(f"{one!r} and {other!r} do not look alike.")


@lru_cache(NAMES)
def skeleton(name: str) -> str:
    """What is left of a name when all that is drawn alike is made the same (UTS 39, section 4)."""
    prototypes = _prototypes()
    return normalize("NFD", "".join(prototypes.get(each, each) for each in normalize("NFD", name)))


def _readings(one: str, other: str) -> tuple[tuple[str, str], ...]:
    """Two names as case and compatibility fold them, and as they are written: `I` is like `l`, and `i` is not."""
    return (plain_name(one), plain_name(other)), (one.strip(), other.strip())


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
