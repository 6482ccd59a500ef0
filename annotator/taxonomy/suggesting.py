"""The part of a message that points to what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


def closest(word: Any, known: Iterable[str]) -> str | None:
    """The known word most like this one, the first of those alike but for case; None when none is near."""
    by_folded: dict[str, str] = {}
    for each in known:
        by_folded.setdefault(each.casefold(), each)
    found = get_close_matches(str(word).casefold()[:200], by_folded, n=1)
    return by_folded[found[0]] if found else None


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """`; did you mean 'choices'?`, or nothing."""
    best = closest(word, known)
    return f"; did you mean {best!r}?" if best else ""


def shortened(words: Iterable[str], most: int = 8) -> str:
    """List words with commas, and say how many more there are."""
    listed = list(words)
    more = f", … {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def quoted(value: Any, most: int = 80) -> str:
    """A value as code would write it, cut off when it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
