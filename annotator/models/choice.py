"""A permitted value of a field, with what it means and when to choose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import StringConstraints

from annotator.models.frozen import Frozen
from annotator.models.outline import ChoiceOutline
from annotator.models.words import Words

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]


class Choice(Frozen, ChoiceOutline):
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
