"""A permitted value of a field, and words in one or several languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import StringConstraints

from annotator.models.frozen import Frozen

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]
Words = str | dict[str, str]
"""One text, or the same text per language code: `{en: Death, ja: 死亡}`."""


def in_language(words: Words | None, language: str = "en") -> str:
    """Pick the text for a language, else English, else whatever is there first."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def in_every_language(words: Words | None) -> list[str]:
    """All the texts there are."""
    if words is None:
        return []
    return [words] if isinstance(words, str) else list(words.values())


class Choice(Frozen):
    """One permitted value of a field; `id` is what is stored."""

    id: Identifier
    """What is stored. Keep it when the label changes."""
    label: Words
    """What people read."""
    alias: list[str] = []
    """Other spellings that imports accept for this choice."""
    key: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """One character that chooses it on the keyboard."""
    definition: Words | None = None
    """What the choice means."""
    use_when: Words | None = None
    """What must be true for it to be the right choice."""
    avoid_when: Words | None = None
    """When another choice is the right one, and which."""
    examples: list[str] = []
    """Cases in which it was the right choice."""
    children: list[Choice] = []
    """Narrower choices, for kind tree."""

    def walk(self) -> Iterator[Choice]:
        """Yield this choice and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()
