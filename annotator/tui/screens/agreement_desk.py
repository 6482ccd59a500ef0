"""What the screens of agreement share: figures are computed in a thread, and shown when they arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

from textual import getters, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.comparing.scope import Scope
from annotator.models.queue import QueueView
from annotator.session import Session
from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.spoken import DeskScreen
from annotator.tui.widgets.text_line import TextLine

COMPUTING = "computing … "
Seen = TypeVar("Seen")


class Compared(Message):
    """Figures have been computed for a scope."""

    def __init__(self, scope: Scope, seen: Any) -> None:
        super().__init__()
        self.scope = scope
        self.seen = seen


class AgreementDesk(DeskScreen[None], Generic[Seen]):
    """Asks in a thread what `ask` says, and gives the answer to `show`."""

    PLACE: Place = "agreement"
    CSS_PATH = "agreement.tcss"
    BINDINGS = bindings_for("agreement")

    where = getters.query_one("#where", TextLine)
    detail = getters.query_one("#detail", TextLine)
    note = getters.query_one("#note", TextLine)

    def __init__(self, session: Session, keys: Keys, scope: Scope) -> None:
        """Take the session to ask, and what to compare."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.scope = scope

    def ask(self, session: Session, scope: Scope) -> Seen:
        """Compute what is shown; called in a thread, with a session of its own."""
        raise NotImplementedError

    def show(self, seen: Seen) -> None:
        """Show what was computed."""
        raise NotImplementedError

    def look(self, scope: Scope) -> None:
        """Compute afresh."""
        self.scope = scope
        self.where.right = COMPUTING
        self._compute(scope)

    @work(thread=True, exclusive=True, group="comparing")
    def _compute(self, scope: Scope) -> None:
        other = self.session.another()
        try:
            seen = self.ask(other, scope)
        finally:
            other.close()
        if not get_current_worker().is_cancelled:
            self.post_message(Compared(scope, seen))

    def on_compared(self, event: Compared) -> None:
        """Show the figures, unless something else was asked for meanwhile."""
        if event.scope == self.scope:
            self.where.right = f"{self.session.annotator or 'nobody yet'} "
            self.show(event.seen)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising figures that will not come; the app tells why."""
        if event.state is WorkerState.ERROR:
            self.where.right = "not computed "

    def open_subject(self, key: str) -> None:
        """Go to the tagging screen of a subject; figures are computed afresh afterwards."""
        from annotator.tui.screens.tagging import TaggingScreen

        self.session.prefetch(key)  # says so here when the subject is not there any more
        screen = TaggingScreen(self.session, key, taxonomy=self.scope.taxonomy, view=QueueView(), keys=self.keys)
        self.app.push_screen(screen, lambda _: self.look(self.scope))

    def ask_where_to_write(self, name: str) -> None:
        """Ask for a file, and write what is shown to it; `name` is the one proposed."""
        from annotator.tui.dialogs.ask_line import AskLine

        def keep(said: str | None) -> None:
            if said is not None:
                self._write(Path(said or name).expanduser())

        self.app.push_screen(AskLine("Write this table to which CSV file?", name, may_be_empty=True), keep)

    def _write(self, path: Path) -> None:
        from annotator.session.agreement_tables import write_new

        write_new(path, self.table())
        self.notify(f"{path}: written.", markup=False)

    def table(self) -> Any:
        """What is shown, as a table to write."""
        raise NotImplementedError

    def action_export_shown(self) -> None:
        """Write what is shown to a file."""
        self.ask_where_to_write(f"agreement-{self.scope.taxonomy}.csv")

    def action_next_part(self) -> None:
        """Do nothing unless what is shown has parts."""

    def action_filter_agreement(self) -> None:
        """Ask on the screen of the fields only."""
        self.notify("Filters are set in the list of fields; escape goes back to it.")

    def action_agreement_taxonomy_after(self) -> None:
        """Turn the taxonomy on the screen of the fields only."""

    def action_agreement_taxonomy_before(self) -> None:
        """Turn the taxonomy on the screen of the fields only."""

    def action_leave_agreement(self) -> None:
        """Go back to where this screen was opened."""
        self.dismiss(None)
