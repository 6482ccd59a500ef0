"""How somebody decides for as long as they sit at the desk: whether they see names, and what they said last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_hex
from string import ascii_uppercase

from annotator.models.reserved import Cause
from annotator.models.review import Review

SOMEBODY = "somebody"
"""Stands for a hidden name that has no letter on this subject."""


@dataclass
class Manner:
    """Kept nowhere: the next session begins afresh."""

    hides_names: bool = False
    is_told: bool = False
    """Whether they were told, and said yes, that who looks at others' answers no longer classifies the subject."""
    cause: Cause = "judgement"
    """The cause of the latest ruling, offered for the next one."""
    salt: str = field(default_factory=lambda: token_hex(8))
    """Shuffles hidden annotators differently in every session and on every subject."""

    def order(self, review: Review) -> list[str]:
        """The annotators from left to right; with hidden names the order tells nothing."""
        if not self.hides_names:
            return list(review.annotators)
        about = f"{self.salt} {review.subject} {review.taxonomy} "
        return sorted(review.annotators, key=lambda name: sha256((about + name).encode()).digest())

    def names(self, review: Review) -> dict[str, str]:
        """What each annotator is called, from left to right: the name, or a letter for it."""
        order = self.order(review)
        return {name: letter(place) if self.hides_names else name for place, name in enumerate(order)}

    def told(self, text: str, review: Review, others: Iterable[str] = ()) -> str:
        """A text in which hidden names do not stand; `others` are people without a column who are hidden too."""
        if not self.hides_names:
            return text
        known = {**dict.fromkeys(others, SOMEBODY), **self.names(review)}
        longest_first = sorted(filter(None, known), key=len, reverse=True)
        if not longest_first:
            return text
        pattern = "|".join(map(re.escape, longest_first))
        return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: known[found[0]], text)


def letter(place: int) -> str:
    """A for the first column, Z for the 26th, then AA, AB and so on."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        name = ascii_uppercase[rest] + name
    return name
