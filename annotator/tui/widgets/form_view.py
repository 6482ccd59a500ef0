"""The form as it is seen: one list drawn line by line, the focused field open in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from annotator.models.classification import Answer, Classification, Evidence
from annotator.tui.choice_filter import KeyPlan
from annotator.tui.form_lines import FormLines, form_lines
from annotator.tui.form_rows import Row
from annotator.tui.form_state import FormState
from annotator.tui.questionnaire import Questionnaire
from annotator.tui.widgets.line_view import LineView

LEAST_WIDTH = 20
STYLES = (
    "pointer", "number", "label", "focused", "rule", "heading", "required", "problem", "quoted", "flag",
    "unanswered", "answer", "state", "muted", "key", "choice", "chosen", "choice-marked", "chosen-marked",
    "writing", "cursor", "open", "mark",
)  # fmt: skip


class FormView(LineView):
    """Shows a classification; what an editor does to it is up to `Form`."""

    COMPONENT_CLASSES = {f"line--{style}" for style in STYLES}
    DEFAULT_CSS = """
    FormView {
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

    class Moved(Message, namespace="form"):
        """Another field is open, another choice is marked, or the keys mean something else."""

        def __init__(self, form: FormView, field: str, option: str) -> None:
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


def _stand(state: FormState) -> tuple[object, ...]:
    """What others follow: the field, the choice, and what the keys mean there."""
    return state.focus, state.opening.marked, state.opening.opened, state.is_writing
