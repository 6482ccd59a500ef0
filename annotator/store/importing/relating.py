"""Whether two texts are versions of one another, as a page that was corrected is, or nothing to do with each other."""

from __future__ import annotations

PIECE = 12
"""Characters that two texts are compared by."""
RELATED = 0.15
"""From this part of the shorter one's pieces on, texts are versions of one another."""
APART = "~"
"""Between a key and what tells subjects of one key apart."""


def are_related(one: str, other: str) -> bool:
    """Whether two texts are versions of one another: one is empty, or they share enough of the shorter one's pieces."""
    if not one.strip() or not other.strip():
        return True
    ours, theirs = _pieces(one), _pieces(other)
    return len(ours & theirs) >= RELATED * min(len(ours), len(theirs))


def _pieces(text: str) -> set[str]:
    plain = "".join(text.casefold().split())
    return {plain[start : start + PIECE] for start in range(max(1, len(plain) - PIECE + 1))}
