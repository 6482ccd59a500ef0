"""The form at work: choosing, writing, and saying what is to be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from annotator.model.classification import Answer, AnswerState, Classification
from annotator.tui.keys import bindings_for
from annotator.tui.widgets.form import writing
from annotator.tui.widgets.form.answering import (
    WRITTEN,
    begins_writing,
    choose,
    completes,
    in_state,
    needs_evidence,
)
from annotator.tui.widgets.form.choices import KeyPlan, Option
from annotator.tui.widgets.form.field_input import FieldInput
from annotator.tui.widgets.form.lines import Row, form_lines
from annotator.tui.widgets.form.state import ADD, ROWED, SUBMIT, FormState, Questionnaire, Spot
from annotator.tui.widgets.form.view import FormView
from annotator.tui.widgets.form.waiting import WaitingEvidence

LEAST_WIDTH = 20


class Form(Widget):
    """Follows the keys and the mouse, and says what is to be saved."""

    DEFAULT_CSS = "Form { layers: lines editor; height: 1fr; }"
    BINDINGS = bindings_for("form")

    class Moved(Message, namespace="form"):
        """Another field is open, another choice is marked, or the keys mean something else."""

        def __init__(self, form: Form, field: str, option: str) -> None:
            super().__init__()
            self.form = form
            self.field = field
            self.option = option

    class Typing(Message):
        """Something else stands in the line that is being written; completions may be wanted for it."""

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

    def __init__(self, keys: KeyPlan, *, id: str | None = None) -> None:
        """Begin without a classification; `open` brings one."""
        super().__init__(id=id)
        self.keys = keys
        self.state: FormState | None = None
        self.view = FormView()
        self.input = FieldInput()
        self.waiting = WaitingEvidence(self)
        self.changed: Callable[[str, Answer | None], None] = lambda _field, _answer: None
        """Told at once which answer a field is to have, so that no key comes between; None takes it back."""

    def compose(self) -> ComposeResult:
        """Lay the lines out, and over one of them the editor."""
        yield self.view
        yield self.input

    def open(self, asked: Questionnaire, classification: Classification, field: str = "") -> None:
        """Show a classification, at a field or at the first one."""
        state = FormState.of(asked, classification, self.keys, self._width)
        self.state = None  # whoever follows is told, even when the new form begins where the old one stood
        self.show(state.at(field) if field else state)

    def saved(self, classification: Classification, field: str = "") -> None:
        """Show what is stored now; `field` is the one whose change was saved."""
        if self.state:
            self.show(self.state.with_classification(classification, field))

    def restore(self, pending: Mapping[str, Answer | None], refused: Mapping[str, str]) -> None:
        """Show changes that are not saved: on their way, or refused for these reasons; the keys stay where they are."""
        state = self.state
        if state is None or not pending:
            return
        known = {field: answer for field, answer in pending.items() if field in {*state.asked.by_id, *state.aside}}
        if refused or not known.items() <= state.unsent.items():  # else it shows so already, since the key
            self.show(state.with_unsaved(known, {field: why for field, why in refused.items() if field in known}))

    def remind(self, left_over: frozenset[str], unfinished: Mapping[Spot, str]) -> None:
        """Show what was answered or being written when the desk was closed, and is still to be saved."""
        if (state := self.state) and (state.left_over, state.unfinished) != (left_over, unfinished):
            self.show(state.with_left_over(left_over, unfinished))

    def forget(self, field: str) -> None:
        """Drop a change that could not be saved for a reason outside of it."""
        if self.state:
            self.show(self.state.with_classification(self.state.classification, field))

    def offer(self, field: str, typed: str, completions: Sequence[str]) -> None:
        """Show completions, unless the writing went on."""
        state = self.state
        if state and state.focus == field and state.written == typed:
            self.show(replace(state, completions=tuple(each for each in completions if each != typed), picked=-1))

    def prefer(self, field: str, used: Sequence[str]) -> None:
        """List choices used before first while the filter is open."""
        state = self.state
        if state and state.focus == field and state.filter is not None:
            recent = replace(state, opening=replace(state.opening, recent=tuple(used)))
            self.show(recent.with_filter(state.filter))

    def mark_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that keep the classification from being submitted."""
        if self.state:
            self.show(replace(self.state, problems=dict(problems)))

    def answer(self, field: str) -> Answer | None:
        """The answer to a field as it is shown, saved or not."""
        return self.state.answer(field) if self.state else None

    def go_to(self, field: str) -> None:
        """Open a field, unless what is being written is refused."""
        if self.finish_writing() and self.state:
            self.show(self.state.at(field))

    @property
    def unsent(self) -> dict[str, Answer | None]:
        """Changes whose saving was asked for and not answered yet."""
        return self.state.unsent if self.state else {}

    @property
    def unsaved(self) -> list[str]:
        """The fields whose change was refused, or whose evidence waits for an answer."""
        return self.state.unsaved if self.state else []

    # Showing

    @property
    def _width(self) -> int:
        return max(self.view.line_width, LEAST_WIDTH)

    def show(self, state: FormState) -> None:
        """Show a state."""
        before, self.state = self.state, state
        self.view.show(form_lines(state))
        self._place_editor()
        if before is None or before.stand != state.stand:
            self.post_message(self.Moved(self, state.focus, state.opening.marked))

    def _place_editor(self) -> None:
        """Put the editor where the lines leave room for it, or away."""
        self.input.stand_in(self.view, filters=self.state is not None and self.state.filter is not None)
        self._steer_focus()

    def _steer_focus(self) -> None:
        """Let the keys that come here go to the editor while it is open."""
        wanted: Widget = self.input if self.input.display else self.view
        if self.is_attached and self.screen.focused in {self.view, self.input} and self.screen.focused is not wanted:
            self.screen.set_focus(wanted)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let keys come here."""
        (self.input if self.input.display else self.view).focus(scroll_visible)
        return self

    def on_descendant_focus(self) -> None:
        """Show that the keys come here."""
        self.view.is_lit = True
        self._steer_focus()

    def on_descendant_blur(self) -> None:
        """Show that the keys go elsewhere; a line being written stays open, for the terminal may only be behind."""
        self.view.is_lit = self.has_focus_within

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        if self.state:
            self.show(replace(self.state, width=self._width))
            self.view.bring_open_field_into_view()
            self._place_editor()

    def on_form_view_scrolled(self, event: FormView.Scrolled) -> None:
        """Keep the editor in its line."""
        event.stop()
        self._place_editor()

    # Going about

    def action_next_line(self) -> None:
        """Go to the next choice or field."""
        self._go(FormState.step, 1)

    def action_previous_line(self) -> None:
        """Go to the choice or field before."""
        self._go(FormState.step, -1)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self._go(FormState.to_field, 1)

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self._go(FormState.to_field, -1)

    def action_next_heading(self) -> None:
        """Go to the first field of the next heading."""
        self._go(FormState.to_heading, 1)

    def action_previous_heading(self) -> None:
        """Go to the first field of the heading before."""
        self._go(FormState.to_heading, -1)

    def action_unfold(self) -> None:
        """Go right in a row of choices, or open a branch."""
        self._go(FormState.sideways, 1)

    def action_fold(self) -> None:
        """Go left in a row of choices, or close a branch."""
        self._go(FormState.sideways, -1)

    def action_first_field(self) -> None:
        """Go to the first field."""
        self._go(lambda state, _: state.at(state.order[0]), 0)

    def action_last_field(self) -> None:
        """Go to the line below the last field."""
        self._go(lambda state, _: state.at(SUBMIT), 0)

    def _go(self, move: Callable[[FormState, int], FormState], by: int) -> None:
        if self.finish_writing() and self.state:
            self.show(move(self.state, by))

    # Changes

    def refuse(self, field: str, reason: str) -> None:
        """Go back to a field and say why its change was not saved."""
        if self.state:
            meant = self.state.pending.get(field)
            self.show(self.state.with_refusal(field, reason))
            is_written = self.state.field is not None and self.state.field.kind in WRITTEN
            if is_written and meant is not None and isinstance(meant.value, str):
                self._begin_writing()

    def change(self, state: FormState, answer: Answer | None, *, goes_on: bool = True) -> None:
        """Show a change at once, ask for it to be saved, and go on when the field is done."""
        if state.focus == SUBMIT:
            return
        field, there = state.field, state.with_change(state.focus, answer)
        done = goes_on and field and answer is not None and (completes(field) or answer.state != "answered")
        if done and field and there.focus == field.id and not needs_evidence(field, answer):
            there = there.to_field()
        self.show(there)
        self.changed(state.focus, answer)

    def _in_state(self, answer_state: AnswerState) -> None:
        if self.state and self.state.field:
            self.change(self.state.writing(None), in_state(self.state.answer(self.state.focus), answer_state))

    def action_unknown(self) -> None:
        """Answer that the source does not say."""
        self._in_state("unknown")

    def action_not_applicable(self) -> None:
        """Answer that the question does not apply."""
        self._in_state("not_applicable")

    def action_state_empty(self) -> None:
        """Answer that there is none."""
        self._in_state("empty")

    def action_clear(self) -> None:
        """Take the answer back, or the marked tag or row of it."""
        state = self.state
        if state is None or state.focus == SUBMIT:
            return
        if state.answer(state.focus) is None:
            self.waiting.forget(state.focus)
        else:
            self.change(state, state.cleared)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Begin to write, or take the choice a key stands for; other keys are actions."""
        state, character = self.state, event.character
        if state is None or character is None or state.is_writing or not self._follows(state, character):
            return
        event.stop()
        event.prevent_default()

    def _follows(self, state: FormState, character: str) -> bool:
        if state.field and begins_writing(state.field, character):
            self._begin_writing(character)
            return True
        option = state.option_for(character)
        if option is None:
            return False
        if option.is_branch and state.field and state.field.kind == "tree":
            self.show(state.enter_branch(option.id))
        else:
            self._take(state.mark(option.id), option)
        return True

    # Writing

    def _begin_writing(self, text: str | None = None) -> None:
        """Write in the focused field, beginning with what is there, or with a given text."""
        if self.state and self.state.field:
            self._write(writing.first_text(self.state, text))

    def _write(self, text: str) -> None:
        """Let a text stand in the line that is being written."""
        if self.state:
            self.input.begin(text)
            self._show_written(self.state.writing(text))

    def _show_written(self, state: FormState) -> None:
        self.show(state)
        self.post_message(self.Typing(state.focus, state.written or ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what is written now: completions for it, or the choices it leaves."""
        event.stop()
        state, text = self.state, self.input.value
        if state is None or text in {state.written, state.filter}:
            return
        if state.filter is not None:
            self.show(state.with_filter(text))
        elif state.written is not None:
            self._show_written(state.writing(text))

    def on_field_input_accepted(self, event: FieldInput.Accepted) -> None:
        """Take the marked choice or completion, else what is written."""
        event.stop()
        self.action_open_field()

    def on_field_input_completing(self, event: FieldInput.Completing) -> None:
        """Write the completion; without one, take what is written and go on."""
        event.stop()
        state = self.state
        if state and state.filter is not None:
            self.action_next_field()
        elif state and state.completions:
            self._write(state.completions[max(0, state.picked)])
        elif state and state.written is not None:
            self._accept(state, self.input.value)

    def on_field_input_stepped(self, event: FieldInput.Stepped) -> None:
        """Mark another completion or choice."""
        event.stop()
        if self.state:
            filtering = self.state.filter is not None
            self.show(self.state.step(event.by) if filtering else self.state.pick(event.by))

    def on_field_input_stopped(self, event: FieldInput.Stopped) -> None:
        """Drop what is written, or show all choices again."""
        event.stop()
        self._stop_writing()

    def on_field_input_emptied(self, event: FieldInput.Emptied) -> None:
        """Show all choices again when the last character of the filter is gone."""
        event.stop()
        if self.state and self.state.filter is not None:
            self._stop_writing()

    def _stop_writing(self) -> None:
        if self.state:
            self.show(self.state.with_filter(None) if self.state.filter is not None else self.state.writing(None))

    def finish_writing(self) -> bool:
        """Take what is being written as the answer, and stay where it was written; False where it was refused."""
        if self.state and self.state.written is not None:
            return self._accept(self.state, self.input.value, goes_on=False)
        return True

    def _accept(self, state: FormState, text: str, *, goes_on: bool = True) -> bool:
        """Take a written text as the answer and go on, a refused one again; a tag leaves room for the next one.

        Returns False when it was refused now.
        """
        field, before, closed = state.field, state.answer(state.focus), state.writing(None)
        answer = writing.answer_of(state, text)
        if field is None or (answer == before and not (goes_on and state.focus in state.refused)):
            self.show(closed.to_field() if goes_on and field and text else closed)
            return True
        self.change(closed, answer, goes_on=goes_on)
        if self.state is None or field.id in self.state.refused:
            if self.state and (row := writing.refused_row(self.state, state.opening.marked)):
                self.show(self.state.mark(row))
                self._write(text)
            return False
        is_new = state.opening.marked == ADD or field.id in state.refused
        if field.kind == "tags" and is_new and goes_on:
            self.show(self.state.mark(ADD))
            self._write("")
        return True

    # Answers

    def _take(self, state: FormState, option: Option) -> None:
        if (field := state.field) is None:
            return
        if field.kind in ROWED:
            self.show(state)
            self._open_row(state, option)
        elif not option.can_choose and option.is_branch:
            self.show(state.fold() if option.is_open else state.unfold())
        else:
            self.change(state, choose(field, state.answer(field.id), option.id))

    def _open_row(self, state: FormState, option: Option) -> None:
        if state.field and state.field.kind == "tags":
            self._begin_writing()
        else:
            self.show(state.taken_up())
            self.post_message(self.EditRow(state.focus, None if option.id == ADD else int(option.id)))

    def write(self, field: str, text: str) -> None:
        """Take a text written elsewhere as the answer to a field."""
        state = self.state.at(field) if self.state and self.state.focus != field else self.state
        if state is not None:
            self._accept(state, text)

    def action_open_field(self) -> None:
        """Take what is written or the marked choice, begin to write, or submit."""
        state = self.state
        if state is None:
            return
        if state.focus == SUBMIT:
            self.post_message(self.Submit())
        elif state.written is not None:
            self._accept(state, state.completions[state.picked] if state.picked >= 0 else self.input.value)
        elif state.filter is None and state.focus in state.left_over:
            self.change(state, state.answer(state.focus))
        elif state.marked:
            self._take(state, state.marked)
        elif state.filter is None and state.field and state.field.kind == "long_text":
            self.show(state.taken_up())
            self.post_message(self.EditText(state.focus))
        elif state.filter is None:
            self._begin_writing()

    def action_filter_choices(self) -> None:
        """Filter the choices by typing."""
        if self.state and self.state.field and self.state.options and self.state.field.kind not in ROWED:
            self.input.begin("")
            self.show(self.state.with_filter(""))
            self.post_message(self.Filtering(self.state.focus))

    # The mouse

    def on_form_view_clicked(self, event: FormView.Clicked) -> None:
        """Open the field that was clicked; take a choice that was clicked."""
        event.stop()
        if self.state is None or not (row := event.row).field:
            return
        if row.kind == "completion":
            self._accept(self.state, self.state.completions[int(row.option)])
        elif row.field != self.state.focus:
            self.go_to(row.field)
        else:
            self._click_within(self.state, row, event.x)

    def _click_within(self, state: FormState, row: Row, x: int) -> None:
        option = state.option(row.option or row.option_at(x))
        if option and state.written is None:
            self._take(state if state.filter is not None else state.mark(option.id), option)
        elif row.kind == "submit" or (row.kind == "field" and not state.options and not state.is_writing):
            self.action_open_field()
