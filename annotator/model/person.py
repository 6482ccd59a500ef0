"""Names that no person works under, and the words a ruling chooses from. Plain, because every start reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from unicodedata import category, normalize
from unicodedata import name as unicode_name

ADJUDICATED = "adjudicated"
"""The annotator of the classification that was decided: agreed answers and rulings."""
DECIDED = "0" * 32
"""The uid of that name; migrations made it, the same in every file."""
PUBLISHER = "AIID"
"""The annotator of what AIID published: a result to compare with, nobody's independent work."""
NO_WITNESS = (ADJUDICATED, PUBLISHER)
"""Whose classifications are no evidence of what annotators think of a subject."""
REST = "rest"
"""Whom figures compare somebody with: everybody else."""
Cause = Literal["misread", "guideline_unclear", "taxonomy_gap", "judgement", "slip"]
CAUSES: tuple[Cause, ...] = ("misread", "guideline_unclear", "taxonomy_gap", "judgement", "slip")
"""Why annotators differed."""
Source = Literal["unanimous", "majority", "single", "ruled", "unresolved", "elsewhere"]
"""Where an answer on record comes from; `majority` only when a whole subject was accepted by that strategy.

`elsewhere` stands for what an import brought as decided.
"""
Strategy = Literal["unanimous", "majority", "single"]
STRATEGIES: tuple[Strategy, ...] = ("unanimous", "majority", "single")
"""How subjects are accepted in bulk."""
IMPORTED = "imported"
"""The strategy of a decision that came with an import: its source knows how it was made."""


NAMES = 4096
"""How many names are kept as they read: with every answer the same few are compared."""


@lru_cache(NAMES)
def same_name(one: str, other: str) -> bool:
    """Whether two names read alike: then they are taken for one person where it matters."""
    return plain_name(one) == plain_name(other)


def names_in(said: str) -> list[str]:
    """Names with commas between them, as the setting `reviewers` has them; a blank is one blank."""
    return [name for each in said.split(",") if (name := " ".join(each.split()))]


@lru_cache(NAMES)
def is_reserved(name: str) -> bool:
    """Whether a name reads like the one that adjudications are kept under."""
    return same_name(name, ADJUDICATED)


@lru_cache(NAMES)
def plain_name(name: str) -> str:
    """How a name reads, whatever letters, case and spaces it is written with; folded again, it stays."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def hidden_in(name: str) -> str:
    """What the first character of a name is called that nobody sees; empty where there is none.

    Blanks of any width are seen: they part the pieces of a name.
    """
    for each in name:
        if not each.isprintable() and category(each) != "Zs":
            return unicode_name(each, f"the character U+{ord(each):04X}")
    return ""
