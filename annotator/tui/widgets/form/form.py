"""The form at work: choosing, writing, and saying what is to be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from annotator.model.classification import Answer, AnswerState, Classification, Evidence, Identity
from annotator.tui.keys import bindings_for
from annotator.tui.widgets.form import moves, typing
from annotator.tui.widgets.form.answering import WRITTEN, choose, completes, in_state, needs_evidence, rows_of, with_row
from annotator.tui.widgets.form.choices import KeyPlan, Option
from annotator.tui.widgets.form.line_editor import LineEditor
from annotator.tui.widgets.form.lines import FormLines, Row, form_lines
from annotator.tui.widgets.form.state import ADD, ROWED, SUBMIT, FormState, Questionnaire
from annotator.tui.widgets.line_view import LineView

LEAST_WIDTH = 20
STYLES = (
    "pointer", "number", "label", "focused", "rule", "heading", "required", "problem", "quoted", "flag",
    "unanswered", "answer", "state", "muted", "key", "choice", "chosen", "choice-marked", "chosen-marked",
    "writing", "cursor", "open", "mark",
)  # fmt: skip


def _stand(state: FormState) -> tuple[object, ...]:
    """What others follow: the field, the choice, and what the keys mean there."""
    return state.focus, state.opening.marked, state.opening.opened, state.is_writing


_SUBMIT_TOO = [each for each in bindings_for("tagging") if isinstance(each, Binding) and each.id == "submit"]


class Form(LineView):
    """Follows the keys and the mouse, and says what is to be saved."""

    COMPONENT_CLASSES = {f"line--{style}" for style in STYLES}
    DEFAULT_CSS = """
    Form {
        & > .line--pointer { color: $accent; text-style: bold; }
        & > .line--number, & > .line--rule, & > .line--muted, & > .line--unanswered { color: $secondary; }
        & > .line--focused { text-style: bold; }
        & > .line--heading { color: $primary; text-style: bold; }
        & > .line--required, & > .line--flag { color: $warning; text-style: bold; }
        & > .line--problem { color: $error; text-style: bold; }
        & > .line--quoted { color: $success; }
        & > .line--answer { color: $success; }
        & > .line--state { color: $secondary; text-style: italic; }
        & > .line--key { color: $accent; text-style: bold; }
        & > .line--chosen { color: $success; text-style: bold; }
        & > .line--choice-marked { text-style: reverse; }
        & > .line--chosen-marked { color: $success; text-style: bold reverse; }
        & > .line--writing { text-style: underline; }
        & > .line--cursor { text-style: reverse; }
        & > .line--open { background: $surface; }
        & > .line--mark { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("form"), *_SUBMIT_TOO]

    class Moved(Message, namespace="form"):
        """Another field is open, another choice is marked, or the keys mean something else."""

        def __init__(self, form: Form, field: str, option: str) -> None:
            super().__init__()
            self.form = form
            self.field = field
            self.option = option

    def __init__(self, keys: KeyPlan, *, id: str | None = None) -> None:
        """Begin without a classification; `open` brings one."""
        super().__init__(id=id)
        self.keys = keys
        self.state: FormState | None = None
        self._lines = FormLines([], 0, 0, 0)

    def open(self, asked: Questionnaire, classification: Classification, field: str = "") -> None:
        """Show a classification, at a field or at the first one."""
        state = FormState.of(asked, classification, self.keys, max(self.line_width, LEAST_WIDTH))
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
        known = {field: answer for field, answer in pending.items() if field in state.asked.by_id}
        self.show(state.with_unsaved(known, {field: why for field, why in refused.items() if field in known}))

    def forget(self, field: str) -> None:
        """Drop a change that could not be saved for a reason outside of it."""
        if self.state:
            self.show(self.state.with_classification(self.state.classification, field))

    def offer(self, field: str, typed: str, completions: Sequence[str]) -> None:
        """Show completions, unless the writing went on."""
        state = self.state
        if state and state.focus == field and state.editor is not None and state.editor.text == typed:
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

    def await_answers(self, waiting: Mapping[str, tuple[Evidence, ...]]) -> None:
        """Show evidence that waits for answers."""
        if self.state:
            self.show(replace(self.state, waiting=dict(waiting)))

    def go_to(self, field: str) -> None:
        """Open a field."""
        if self.state:
            self.show(self.state.at(field))

    @property
    def unsent(self) -> dict[str, Answer | None]:
        """Changes whose saving was asked for and not answered yet."""
        state = self.state
        return {key: each for key, each in state.pending.items() if key not in state.refused} if state else {}

    @property
    def unsaved(self) -> list[str]:
        """The fields whose change was refused, or whose evidence waits for an answer."""
        state = self.state
        return [field for field in state.order if field in state.refused or field in state.waiting] if state else []

    def row_at(self, y: int) -> Row | None:
        """The line at a row of the widget."""
        number = self.top + y
        return self._lines.rows[number] if 0 <= number < len(self._lines.rows) else None

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        number = self.top + y
        if number >= len(self._lines.rows):
            return Strip.blank(self.line_width, self.rich_style)
        row = self._lines.rows[number]
        return self.kept((row, self.has_focus), lambda: self._segments(row), self._base(row))

    def _segments(self, row: Row) -> list[Segment]:
        return [Segment(part.text, self.part_style(part.style)) for part in row.parts]

    def _base(self, row: Row) -> Style:
        tone = "open" if row.tone == "mark" and not self.has_focus else row.tone
        return self.rich_style + self.part_style(tone)

    def show(self, state: FormState) -> None:
        """Show a state, drawing only the lines that differ from what is there."""
        before, self.state = self.state, state
        old, self._lines = self._lines, form_lines(state)
        rows = self._lines.rows
        self.resize_to(len(rows))
        shared = min(len(old.rows), len(rows))
        changed = [number for number in range(shared) if old.rows[number] != rows[number]]
        self.redraw_lines([*changed, *range(shared, max(len(old.rows), len(rows)))])
        if (old.start, old.end, old.cursor) != self._lines[1:]:
            self._bring_open_field_into_view()
        if before is None or _stand(before) != _stand(state):
            self.post_message(self.Moved(self, state.focus, state.opening.marked))

    def _bring_open_field_into_view(self) -> None:
        rows, start, end, cursor = self._lines
        if start and rows[start - 1].kind == "heading":
            start -= 1
        self.bring_into_view(start, min(end + 1, len(rows)), cursor)

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        if self.state:
            self.show(replace(self.state, width=max(self.line_width, LEAST_WIDTH)))
            self._bring_open_field_into_view()

    def action_next_line(self) -> None:
        """Go to the next choice or field."""
        self._go(moves.step, 1)

    def action_previous_line(self) -> None:
        """Go to the choice or field before."""
        self._go(moves.step, -1)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self._go(moves.to_field, 1)

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self._go(moves.to_field, -1)

    def action_next_heading(self) -> None:
        """Go to the first field of the next heading."""
        self._go(moves.to_heading, 1)

    def action_previous_heading(self) -> None:
        """Go to the first field of the heading before."""
        self._go(moves.to_heading, -1)

    def action_unfold(self) -> None:
        """Go right in a row of choices, or open a branch."""
        self._go(moves.sideways, 1)

    def action_fold(self) -> None:
        """Go left in a row of choices, or close a branch."""
        self._go(moves.sideways, -1)

    def action_first_field(self) -> None:
        """Go to the first field."""
        self._go(lambda state, _: state.at(state.order[0]), 0)

    def action_last_field(self) -> None:
        """Go to the line below the last field."""
        self._go(lambda state, _: state.at(SUBMIT), 0)

    def _go(self, move: Callable[[FormState, int], FormState], by: int) -> None:
        if self.state:
            self.show(move(self.state, by))

    class Changed(Message, namespace="form"):
        """An answer is to be saved; None takes it back."""

        def __init__(self, of: Identity, field: str, answer: Answer | None) -> None:
            super().__init__()
            self.of = of
            self.field = field
            self.answer = answer

    def refuse(self, field: str, reason: str) -> None:
        """Go back to a field and say why its change was not saved."""
        if self.state:
            meant = self.state.pending.get(field)
            self.show(self.state.with_refusal(field, reason))
            kind = self.state.asked.by_id[field].kind
            if meant is not None and isinstance(meant.value, str) and kind in WRITTEN:
                self.show(typing.begin(self.state))

    def change(self, state: FormState, answer: Answer | None) -> None:
        """Show a change at once, ask for it to be saved, and go on when the field is done."""
        field = state.field
        if field is None:
            return
        there = state.with_change(field.id, answer)
        done = answer is not None and (completes(field) or answer.state != "answered")
        if done and there.focus == field.id and not needs_evidence(field, answer):
            there = moves.to_field(there)
        self.show(there)
        self.post_message(self.Changed(state.classification.identity, field.id, answer))

    def _in_state(self, answer_state: AnswerState) -> None:
        if self.state and self.state.field:
            self.change(self.state, in_state(self.state.answer(self.state.focus), answer_state))

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
        if state is None or state.field is None:
            return
        if state.answer(state.focus) is None:
            self.await_answers({key: each for key, each in state.waiting.items() if key != state.focus})
            return
        rowed = state.field.kind in ROWED and state.opening.marked != ADD
        answer = state.answer(state.focus)
        self.change(state, with_row(answer, int(state.opening.marked), None) if rowed and rows_of(answer) else None)

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
        if state.field and typing.begins_writing(state.field, character):
            self._write(typing.begin(state, character))
            return True
        option = state.option_for(character) if character else None
        if option is None:
            return False
        if option.is_branch and state.field and state.field.kind == "tree":
            self.show(moves.enter_branch(state, option.id))
        else:
            self._take(state.mark(option.id), option)
        return True

    def _typed(self, state: FormState, key: str, character: str | None) -> bool:
        if state.filter is not None and key == "enter":
            if state.marked:
                self._take(state, state.marked)
            return True
        typed = typing.type_key(state, key, character)
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
        if state.field and state.editor and state.field.kind in typing.COMPLETED:
            self.post_message(self.Typing(state.focus, state.editor.text))

    def finish_writing(self) -> None:
        """Take what is being written as the answer."""
        if self.state and self.state.editor is not None:
            self._accept(self.state, self.state.editor.text)

    def _accept(self, state: FormState, text: str) -> None:
        """Take a written text as the answer and go on; a tag leaves room for the next one."""
        field, before = state.field, state.answer(state.focus)
        answer = typing.answer_of(state, text)
        closed = state.writing(None)
        if field is None or answer == before:
            self.show(moves.to_field(closed) if field and text else closed)
            return
        self.change(closed, answer)
        if field.kind == "tags" and state.opening.marked == ADD and self.has_focus and self.state:
            self._write(typing.begin(self.state.mark(ADD), ""))

    # Answers

    def _take(self, state: FormState, option: Option) -> None:
        field = state.field
        if field is None:
            return
        if field.kind in ROWED:
            self.show(state)
            self._open_row(state, option)
        elif not option.can_choose and option.is_branch:
            self.show((moves.fold if option.is_open else moves.unfold)(state))
        else:
            self.change(state, choose(field, state.answer(field.id), option.id))

    def _open_row(self, state: FormState, option: Option) -> None:
        if state.field and state.field.kind == "tags":
            self._write(typing.begin(state))
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
            self._write(typing.begin(state))

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
