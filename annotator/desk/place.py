"""Where in the work something belongs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """What an edit or some typed words are about; any part may be empty."""

    subject: str = ""
    taxonomy: str = ""
    field: str = ""
    kind: str = ""
    """What of it: `answer`, `note`, `flag`, `skip`, `ruling`, `row` or whatever else a screen lets somebody type."""


NOWHERE = Place()
"""Where an edit belongs that finds its place only when it is made, such as undoing."""
