"""What all dialogs share: a box in the middle, a title, and keys from the table."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.screen import ModalScreen

from annotator.tui.actions import Place
from annotator.tui.keys import bindings_for

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """Asks one thing; dismisses with the answer, or with None when it is closed."""

    PLACE: ClassVar[Place] = "dialog"
    BINDINGS = bindings_for("dialog", "everywhere")
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > #box {
            width: 64;
            max-width: 96%;
            height: auto;
            max-height: 96%;
            padding: 0 1;
            border: round $primary;
            background: $surface;
        }
        & #title { color: $primary; text-style: bold; }
        & #hint { color: $text-muted; }
    }
    """

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_value_before(self) -> None:
        """Do nothing unless the dialog has values to turn."""

    def action_next_value(self) -> None:
        """Do nothing unless the dialog has values to turn."""
