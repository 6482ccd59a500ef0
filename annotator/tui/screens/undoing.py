"""Undo and redo, and telling what was undone."""

from __future__ import annotations

from typing import Generic, TypeVar

from annotator.session import Change, Session
from annotator.tui.spoken import DeskScreen

Result = TypeVar("Result")


class UndoingScreen(DeskScreen[Result], Generic[Result]):
    """A screen with changes that this person can undo; a subclass says in `follow` how one is shown."""

    session: Session

    def action_undo(self) -> None:
        """Undo the latest change of this person."""
        self._show_change(self.session.undo(), "There is nothing to undo.")

    def action_redo(self) -> None:
        """Redo what was undone last."""
        self._show_change(self.session.redo(), "There is nothing to redo.")

    def _show_change(self, change: Change | None, otherwise: str) -> None:
        if change is None:
            self.say(otherwise)
        else:
            self.follow(change)

    def follow(self, change: Change) -> None:
        """Show what was undone or redone, and go to where it was."""
        raise NotImplementedError
