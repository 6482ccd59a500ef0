"""Where in the work something belongs, and what was changed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import NotFoundError

if TYPE_CHECKING:
    from annotator.model.classification import Classification


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


class Change(NamedTuple):
    """One event that was undone or redone."""

    subject: str
    taxonomy: str
    field: str
    kind: str
    words: str
    """Such as `undid: answer to 2.2 Entertainment Industry`."""
    classification: Classification
    """As it is now; without its answers when it was accepted in bulk, because nobody looked at them then."""


def unknown(key: str) -> NotFoundError:
    """What to say of a key that is no subject's."""
    return NotFoundError(f"{key}: there is no such subject; `annotator list` shows what there is.")
