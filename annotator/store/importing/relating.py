"""Whether two texts are versions of one another, as a page that was corrected is, or nothing to do with each other."""

from __future__ import annotations

import re

PIECE = 12
"""Characters that two texts are compared by."""
RELATED = 0.15
"""From this part of the shorter one's pieces on, texts are versions of one another."""
SHORT = 24
"""Characters, blanks left out; a shorter text has too few pieces to count them."""
RUN = 6
"""Characters that a short text shares in one run, or all it has: fewer stand in any long text."""
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

    Of a short one, half of it in one run. An empty one is a version of any.
    """
    shorter, longer = sorted((_plain(one), _plain(other)), key=len)
    if len(shorter) < SHORT:
        size = min(len(shorter), max(RUN, (len(shorter) + 1) // 2))
        return any(piece in longer for piece in _pieces(shorter, size))
    some, others = _pieces(shorter), _pieces(longer)
    return len(some & others) >= RELATED * min(len(some), len(others))


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _pieces(plain: str, size: int = PIECE) -> set[str]:
    return {plain[start : start + size] for start in range(len(plain) - size + 1)}
