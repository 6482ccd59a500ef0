"""The form at work: choosing, writing, and saying what is to be saved."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from annotator.tui import form_moves, form_typing
from annotator.tui.answering import choose
from annotator.tui.choice_filter import Option
from annotator.tui.form_rows import Row
from annotator.tui.form_state import ADD, ROWED, SUBMIT, FormState
from annotator.tui.keys import bindings_for
from annotator.tui.line_editor import LineEditor
from annotator.tui.widgets.form_answers import FormAnswers

_SUBMIT_TOO = [each for each in bindings_for("tagging") if isinstance(each, Binding) and each.id == "submit"]


class Form(FormAnswers):
    """Follows the keys and the mouse, and says what is to be saved."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("form"), *_SUBMIT_TOO]

    class Typing(Message):
        """Completions are wanted for what is being written."""

        def __init__(self, field: str, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    class Filtering(Message):
        """The filter was opened; choices used before should come first."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    class EditText(Message):
        """A text of several lines is to be written in a dialog."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    class EditRow(Message):
        """A row of a group is to be filled in; `place` is None for a new one."""

        def __init__(self, field: str, place: int | None) -> None:
            super().__init__()
            self.field = field
            self.place = place

    class Submit(Message):
        """Everything is answered as far as the editor is concerned."""

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere; a line being written stays open, for the terminal may only be behind."""
        self.refresh()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Write, or take the choice a key stands for; other keys are actions."""
        if self.state is None or not self._follows(self.state, event.key, event.character):
            return
        event.stop()
        event.prevent_default()

    def _follows(self, state: FormState, key: str, character: str | None) -> bool:
        if state.is_writing:
            return self._typed(state, key, character)
        if state.field and form_typing.begins_writing(state.field, character):
            self._write(form_typing.begin(state, character))
            return True
        option = state.option_for(character) if character else None
        if option is None:
            return False
        if option.is_branch and state.field and state.field.kind == "tree":
            self.show(form_moves.enter_branch(state, option.id))
        else:
            self._take(state.mark(option.id), option)
        return True

    def _typed(self, state: FormState, key: str, character: str | None) -> bool:
        if state.filter is not None and key == "enter":
            if state.marked:
                self._take(state, state.marked)
            return True
        typed = form_typing.type_key(state, key, character)
        if typed is None:
            return bool(character and character.isprintable())
        if typed.accepted is not None:
            self._accept(state, typed.accepted)
        elif typed.asks:
            self._write(typed.state)
        else:
            self.show(typed.state)
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Write a pasted text into the line that is open."""
        state = self.state
        event.stop()
        if state and state.editor is not None:
            self._write(state.writing(state.editor.insert(event.text)))
        elif state and state.filter is not None:
            self.show(state.with_filter(state.filter.insert(event.text)))

    def _write(self, state: FormState) -> None:
        self.show(state)
        if state.field and state.editor and state.field.kind in form_typing.COMPLETED:
            self.post_message(self.Typing(state.focus, state.editor.text))

    def finish_writing(self) -> None:
        """Take what is being written as the answer."""
        if self.state and self.state.editor is not None:
            self._accept(self.state, self.state.editor.text)

    def _accept(self, state: FormState, text: str) -> None:
        """Take a written text as the answer and go on; a tag leaves room for the next one."""
        field, before = state.field, state.answer(state.focus)
        answer = form_typing.answer_of(state, text)
        closed = state.writing(None)
        if field is None or answer == before:
            self.show(form_moves.to_field(closed) if field and text else closed)
            return
        self.change(closed, answer)
        if field.kind == "tags" and state.opening.marked == ADD and self.has_focus and self.state:
            self._write(form_typing.begin(self.state.mark(ADD), ""))

    # Answers

    def _take(self, state: FormState, option: Option) -> None:
        field = state.field
        if field is None:
            return
        if field.kind in ROWED:
            self.show(state)
            self._open_row(state, option)
        elif not option.can_choose and option.is_branch:
            self.show((form_moves.fold if option.is_open else form_moves.unfold)(state))
        else:
            self.change(state, choose(field, state.answer(field.id), option.id))

    def _open_row(self, state: FormState, option: Option) -> None:
        if state.field and state.field.kind == "tags":
            self._write(form_typing.begin(state))
        else:
            self.post_message(self.EditRow(state.focus, None if option.id == ADD else int(option.id)))

    def write(self, field: str, text: str) -> None:
        """Take a text written elsewhere as the answer to a field."""
        state = self.state.at(field) if self.state and self.state.focus != field else self.state
        if state is not None:
            self._accept(state, text)

    def action_open_field(self) -> None:
        """Take the marked choice, begin to write, or submit."""
        state = self.state
        if state is None:
            return
        if state.focus == SUBMIT:
            self.post_message(self.Submit())
        elif state.marked:
            self._take(state, state.marked)
        elif state.field and state.field.kind == "long_text":
            self.post_message(self.EditText(state.focus))
        elif state.field:
            self._write(form_typing.begin(state))

    def action_filter_choices(self) -> None:
        """Filter the choices by typing."""
        if self.state and self.state.field and self.state.options and self.state.field.kind not in ROWED:
            self.show(self.state.with_filter(LineEditor()))
            self.post_message(self.Filtering(self.state.focus))

    def action_submit(self) -> None:
        """Keep what is being written, then submit."""
        self.finish_writing()
        self.post_message(self.Submit())

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Open the field that was clicked; take a choice that was clicked."""
        row = self.row_at(event.y)
        if row is None or self.state is None or not row.field:
            return
        if row.kind == "completion":
            self._accept(self.state, self.state.completions[int(row.option)])
        elif row.field != self.state.focus:
            self.finish_writing()
            self.show(self.state.at(row.field))
        else:
            self._click_within(self.state, row, event.x)

    def _click_within(self, state: FormState, row: Row, x: int) -> None:
        option_id = row.option or row.option_at(x)
        if option_id and not state.is_writing:
            marked = state.mark(option_id)
            if marked.marked:
                self._take(marked, marked.marked)
        elif option_id and state.filter is not None:
            self._take(state, next(option for option in state.options if option.id == option_id))
        elif row.kind == "submit" or (row.kind == "field" and not state.options and not state.is_writing):
            self.action_open_field()
