"""A ruling that is meant and not in the file yet: what it says, and the words it is kept as. Pure."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from annotator.model.classification import Answer
from annotator.model.person import CAUSES, Cause

if TYPE_CHECKING:
    from annotator.model.review import Comparison


class Because(NamedTuple):
    """What a ruling carries beside its answer."""

    cause: Cause
    note: str = ""
    confidence: float | None = None


class Meant(NamedTuple):
    """A ruling as somebody gave it."""

    answer: Answer
    because: Because
    seen: Comparison | None = None
    """What it was made on; kept nowhere, because whoever gives it again looks again."""

    @property
    def words(self) -> str:
        """What is kept until it is saved."""
        return json.dumps([self.answer.model_dump(mode="json", exclude_defaults=True), *self.because])


def meant_by(words: str) -> Meant | None:
    """The ruling that was kept as words; None when they are of another version."""
    with suppress(ValueError, TypeError):
        answer, cause, note, confidence = json.loads(words)
        if cause in CAUSES and isinstance(note, str) and isinstance(confidence, float | None):
            return Meant(Answer.model_validate(answer), Because(cause, note, confidence))
    return None
