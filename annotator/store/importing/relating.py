"""Whether two texts are versions of one another, as a page that was corrected is, or nothing to do with each other."""

from __future__ import annotations

import re

PIECE = 12
"""Characters that two texts are compared by."""
RELATED = 0.15
"""From this part of the shorter one's pieces on, texts are versions of one another."""
LEAST = 24
"""Characters, blanks left out; of a shorter text nobody can tell whether it is another one or was corrected."""
APART = "~"
"""Between a key and what tells subjects of one key apart."""
DIGITS = 6
"""Of the digest of a version that tells subjects apart."""
_TOLD_APART = re.compile(f"(.+){APART}[0-9a-f]{{{DIGITS}}}", re.DOTALL)


def told_key(key: str) -> str:
    """The key that a source gave a subject, whatever tells it apart from others of that key."""
    found = _TOLD_APART.fullmatch(key)
    return found[1] if found else key


def are_related(one: str, other: str) -> bool:
    """Whether two texts are versions of one another: they share enough of the shorter one's pieces.

    Where one is empty or so short that it tells nothing, they are.
    """
    ours, theirs = _plain(one), _plain(other)
    if min(len(ours), len(theirs)) < LEAST:
        return True
    some, others = _pieces(ours), _pieces(theirs)
    return len(some & others) >= RELATED * min(len(some), len(others))


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _pieces(plain: str) -> set[str]:
    return {plain[start : start + PIECE] for start in range(len(plain) - PIECE + 1)}
