"""What is entered as the value of a ruling and not ruled yet, and the words it is kept as. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from annotator.model.classification import Answer, Evidence
from annotator.tui.saving import ENTERED, ROW_ENTERED, TEXT_ENTERED, row_of
from annotator.tui.widgets.form.waiting import in_words, quotes_of

if TYPE_CHECKING:
    from annotator.desk.unsaved.words import UnsavedWords
    from annotator.tui.widgets.form.state import Spot


class Entered(NamedTuple):
    """What stands in the form of a value to rule."""

    answer: Answer | None = None
    texts: Mapping[Spot, str] = {}
    """What is written and no answer yet."""
    quotes: tuple[Evidence, ...] = ()
    """Evidence that waits for the answer."""

    @property
    def words(self) -> str:
        """What is kept until it is ruled."""
        answer = self.answer.model_dump(mode="json", exclude_defaults=True) if self.answer else None
        return json.dumps([answer, [[*spot, text] for spot, text in self.texts.items()], in_words(self.quotes)])


def entered_by(words: str | None) -> Entered | None:
    """What was kept as words; None when there are none, or of another version."""
    with suppress(ValueError, TypeError):
        answer, texts, quotes = json.loads(words or "")
        said = {(field, row): str(text) for field, row, text in texts}
        return Entered(Answer.model_validate(answer) if answer is not None else None, said, quotes_of(quotes))
    return None


def forget_entered(words: UnsavedWords, subject: str, taxonomy: str, field: str) -> None:
    """Forget all that was entered as a value to rule for a field."""
    for place in [each.place for each in words.all() if each.spot.round == words.in_rounds.under(each.place.taxonomy)]:
        of = (place.subject, place.taxonomy, place.field)
        if of == (subject, taxonomy, field) and row_of(place.kind)[0] in {ENTERED, TEXT_ENTERED, ROW_ENTERED}:
            words.forget(place)
