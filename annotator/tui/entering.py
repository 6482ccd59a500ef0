"""Entering what takes more than a key of the form: long texts, and rows of a group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from annotator.desk.tagging import matching
from annotator.model.classification import Answer
from annotator.model.taxonomy import Field
from annotator.tui.dialogs.dialog import nothing
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.group_row import GroupRow, Row
from annotator.tui.key_plan import key_plan
from annotator.tui.widgets.form.answering import rows_of, with_row, with_value

if TYPE_CHECKING:
    from annotator.tui.saving import Kept
    from annotator.tui.screen import DeskScreen
    from annotator.tui.widgets.form.form import Form

Save = Callable[[str, Answer | None], None]
"""Takes the answer to a field."""
Check = Callable[[str, Answer | None], str]
"""Why an answer does not fit its field; empty when it does."""


def fits(_field: str, _answer: Answer | None) -> str:
    """Find nothing wrong: whoever takes the answer says what is."""
    return ""


def send_later() -> None:
    """Leave it to the form to have an answer saved."""


def edit_text(
    screen: DeskScreen[Any],
    form: Form,
    field: Field,
    check: Check = fits,
    send: Callable[[], None] = send_later,
    typed: Kept | None = None,
) -> None:
    """Write the long text of a field in a dialog, which stays open with a text that does not fit."""
    before = form.answer(field.id)
    text = str(before.value) if before is not None and before.value is not None else ""

    def save(written: str, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        if reason := check(field.id, with_value(before, written.strip()) if written.strip() else None):
            refused(reason)
        else:
            form.write(field.id, written)
            send()
            done()
        return nothing

    screen.app.push_screen(EditText(screen.keys, field.name, text, save, typed))


def edit_row(
    screen: DeskScreen[Any],
    form: Form,
    group: Field,
    place: int | None,
    entities: Iterable[str],
    save: Save,
    check: Check = fits,
    typed: Kept | None = None,
) -> None:
    """Fill in a row of a group in a form of its own, which stays open with a row that does not fit.

    `entities` are names at hand.
    """
    rows = rows_of(form.answer(group.id))
    row = dict(rows[place]) if place is not None else {}
    names = [*entities]

    def take(filled: Row, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        answer = with_row(form.answer(group.id), place, filled)
        if reason := check(group.id, answer):
            refused(reason)
        else:
            save(group.id, answer)
            done()
        return nothing

    def complete(sub: str, typed: str) -> list[str]:
        return names_for(group, sub, typed, rows_of(form.answer(group.id)), names)

    screen.app.push_screen(GroupRow(key_plan(screen.keys), group, row, complete, take, typed))


def names_for(group: Field, sub: str, typed: str, rows: Iterable[Row], entities: Iterable[str]) -> list[str]:
    """Completions inside a group: names at hand, then what other rows hold."""
    wanted = {field.id: field for field in group.fields}[sub].complete_from
    others = [str(row[sub]) for row in rows if sub in row]
    return matching(dict.fromkeys([*(entities if wanted.entities else ()), *others]), typed, 20)
