"""Evidence that was quoted for fields before they had an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.model.classification import Answer, Evidence
from annotator.tui.widgets.form.answering import with_evidence

if TYPE_CHECKING:
    from annotator.tui.widgets.form.form import Form


class WaitingEvidence:
    """Shows evidence that waits for an answer in its form, and hands it to the answer."""

    def __init__(self, form: Form) -> None:
        """Take the form that shows it."""
        self.form = form
        self.changed: Callable[[str], None] = lambda _field: None
        """Told at once for which field other evidence waits now, so that it can be kept."""

    def of(self, field: str) -> tuple[Evidence, ...]:
        """What waits for a field."""
        return self.form.state.waiting.get(field, ()) if self.form.state else ()

    def add(self, field: str, quote: Evidence) -> None:
        """Keep evidence until its field is answered."""
        if self.form.state:
            self._show({**self.form.state.waiting, field: (*self.of(field), quote)})
            self.changed(field)

    def restore(self, waiting: Mapping[str, tuple[Evidence, ...]]) -> None:
        """Show evidence that waited when the desk was closed."""
        if waiting and self.form.state:
            self._show({**self.form.state.waiting, **waiting})

    def given_to(self, field: str, answer: Answer | None) -> Answer | None:
        """An answer with the evidence that waited for it."""
        waiting = self.of(field)
        if answer is None or not waiting:
            return answer
        new = tuple(quote for quote in waiting if quote not in answer.evidence)
        return with_evidence(answer, (*answer.evidence, *new))

    def forget(self, field: str) -> None:
        """Forget evidence that waited: it belongs to an answer now."""
        if self.of(field) and self.form.state:
            self._show({key: each for key, each in self.form.state.waiting.items() if key != field})
            self.changed(field)

    def _show(self, waiting: Mapping[str, tuple[Evidence, ...]]) -> None:
        if self.form.state:
            self.form.show(replace(self.form.state, waiting=dict(waiting)))


def in_words(waiting: Iterable[Evidence]) -> str:
    """Evidence as it is kept beside the file."""
    return json.dumps([quote.model_dump(mode="json", exclude_defaults=True) for quote in waiting])


def quotes_of(words: str) -> tuple[Evidence, ...]:
    """Evidence that was kept as words; none when they are of another version."""
    with suppress(ValueError, TypeError):
        return tuple(Evidence.model_validate(quote) for quote in json.loads(words))
    return ()
