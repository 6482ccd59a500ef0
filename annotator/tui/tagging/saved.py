"""What became of the changes to the open classification, in the words of the head line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeGuard

from annotator.desk import Desk
from annotator.model.classification import Classification
from annotator.model.person import ADJUDICATED
from annotator.tui.saving import NOT_SAVED, SAVED, Saving
from annotator.tui.widgets.form.state import FormState


def saved_now() -> str:
    """Say that everything up to now is on disk."""
    return f"{SAVED} {datetime.now().astimezone():%H:%M:%S}"


def around_name(where: Iterable[str], saved: str) -> tuple[str, str]:
    """What stands in the head line before a name, as far as there is any of it, and behind it."""
    before = "".join(f"{part} · " for part in where if part)
    return f"  {before}", f" · {saved} " if saved else " "


def is_of_desk(found: object, desk: Desk, subject: str) -> TypeGuard[Classification]:
    """Whether what an edit led to is a classification of a subject by whoever sits at a desk, in its round."""
    if not isinstance(found, Classification):
        return False
    of = found.identity
    here = subject, desk.worked_in.under(of.taxonomy)
    return (of.subject, of.round) == here and of.annotator != ADJUDICATED


def words_of_saving(saving: Saving, state: FormState | None, last: str, *, is_edit_refused: bool = False) -> str:
    """Say what is on its way, else what was refused and is still to be put right, else what was saved last.

    `is_edit_refused` tells of the words in a dialog, which are no answer to a field.
    """
    if state is None or saving.words_on_the_way:
        return saving.words_on_the_way or last
    refused = sum(field in state.refused for field in state.order)
    if refused:
        return f"{NOT_SAVED}: 1 field" if refused == 1 else f"{NOT_SAVED}: {refused} fields"
    return NOT_SAVED if is_edit_refused else last
