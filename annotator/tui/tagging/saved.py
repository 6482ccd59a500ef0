"""What became of the changes to the open classification, in the words of the head line."""

from __future__ import annotations

from datetime import datetime

from annotator.tui.saving import NOT_SAVED, SAVED, SAVING, WAITING, Saving
from annotator.tui.widgets.form.state import FormState


def saved_now() -> str:
    """Say that everything up to now is on disk."""
    return f"{SAVED} {datetime.now().astimezone():%H:%M:%S}"


def words_of_saving(saving: Saving, state: FormState | None, last: str, *, is_edit_refused: bool = False) -> str:
    """Say what is on its way, else what was refused and is still to be put right, else what was saved last.

    `is_edit_refused` tells of the words in a dialog, which are no answer to a field.
    """
    if state is None:
        return last
    of = state.classification.identity
    if saving.is_pending(of.subject, of.taxonomy):
        return WAITING if saving.is_stalled else SAVING
    refused = sum(field in state.refused for field in state.order)
    if refused:
        return f"{NOT_SAVED}: 1 field" if refused == 1 else f"{NOT_SAVED}: {refused} fields"
    return NOT_SAVED if is_edit_refused else last
