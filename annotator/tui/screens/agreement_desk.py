"""What the screens of agreement share: figures are computed in a thread, and follow what is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual import getters, work
from textual.app import App
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.comparing.scope import Scope
from annotator.session import Session
from annotator.session.following import is_news, newest_event
from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.spoken import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.text_line import TextLine
from annotator.tui.widgets.text_lines import TextLines

COMPUTING = " computing … "
COMPUTING_WORDS = "Computing …"
FOLLOW_EVERY = 1.0
"""Seconds between two looks for what was handed in; each asks for the latest event and no more."""
Seen = TypeVar("Seen")


class Compared(Message):
    """Figures have been computed."""

    def __init__(self, request: int, seen: Any) -> None:
        super().__init__()
        self.request = request
        self.seen = seen


@dataclass
class Opening:
    """From where a review is opened."""

    session: Session
    keys: Keys
    app: App[Any]


class AgreementDesk(DeskScreen[Scope], Generic[Seen]):
    """Asks in a thread what `ask` says, and gives each answer to `show`. Dismisses with what was compared last."""

    PLACE: Place = "agreement"
    CSS_PATH = "agreement.tcss"
    BINDINGS = bindings_for("agreement")

    WITHOUT: ClassVar[frozenset[str]] = frozenset()
    """Actions that make no sense on this screen."""

    where = getters.query_one("#where", TextLine)
    detail = getters.query_one("#detail", TextLines)

    def __init__(self, session: Session, keys: Keys, scope: Scope) -> None:
        """Take the session to ask, and what to compare."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.scope = scope
        self.until = ""
        """The latest event when figures were last asked for."""
        self.request = 0
        """Counts how often they were asked for."""

    def on_mount(self) -> None:
        """Begin to compute, and to follow what is handed in."""
        self.look(self.scope)
        self.set_interval(FOLLOW_EVERY, self.follow)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave aside what makes no sense here."""
        return action not in self.WITHOUT and super().check_action(action, parameters)

    def key_bar(self) -> KeyBar:
        """The footer, with what can be done here."""
        return KeyBar([entry for entry in self.keys.footer("agreement") if entry[2] not in self.WITHOUT])

    def ask(self, session: Session, scope: Scope) -> Iterable[Seen]:
        """Compute what is shown, the quickest first; called in a thread, with a session of its own."""
        raise NotImplementedError

    def show(self, seen: Seen) -> None:
        """Show what was computed."""
        raise NotImplementedError

    def look(self, scope: Scope) -> None:
        """Compute afresh."""
        self.where.right = COMPUTING
        self._ask_anew(scope)

    def follow(self) -> None:
        """Compute again when something that counts was handed in since, here or by another process."""
        if self.is_current and self.scope.taxonomy and newest_event(self.session) != self.until:
            if is_news(self.session, self.scope, self.until):
                self._ask_anew(self.scope)
            else:
                self.until = newest_event(self.session)

    def come_back(self, scope: Scope | None) -> None:
        """Go on where a screen above was left; it may have compared something else."""
        wanted = replace(scope or self.scope, field=self.scope.field)
        if wanted != self.scope:
            self.look(wanted)
        else:
            self.follow()

    def _ask_anew(self, scope: Scope) -> None:
        self.scope = scope
        self.until = newest_event(self.session)  # before anything is read: what comes meanwhile is not missed
        self.request += 1
        self._compute(scope, self.request)

    @work(thread=True, exclusive=True, group="comparing")
    def _compute(self, scope: Scope, request: int) -> None:
        worker = get_current_worker()
        with closing(self.session.another()) as other:
            for seen in self.ask(other, scope):
                if worker.is_cancelled:
                    return
                self.post_message(Compared(request, seen))

    def on_compared(self, event: Compared) -> None:
        """Show the figures, unless something else was asked for meanwhile."""
        if event.request == self.request:
            self.where.right = f" {self.session.annotator or 'nobody yet'} "
            self.show(event.seen)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising figures that will not come; the app tells why."""
        if event.state is WorkerState.ERROR:
            self.where.right = " not computed "

    def open_subject(self, key: str) -> None:
        """Go to the review of a subject, at the field that is compared, in the round that is compared."""
        from annotator.tui.screens.opening_review import open_review

        session = self.session
        if self.scope.round != session.round:
            session = Session(session.project, session.annotator, self.scope.round)
        desk = Opening(session, self.keys, self.app)
        open_review(desk, key, self.scope.taxonomy, self.scope.field, lambda _: self.look(self.scope))

    def ask_where_to_write(self, name: str) -> None:
        """Ask for a file, and write what is shown to it; `name` is the one proposed."""
        from annotator.tui.dialogs.ask_line import AskLine

        if not self.table().rows:
            self.notify("There is nothing here to write.")
            return

        def keep(said: str | None) -> None:
            if said is not None:
                self._write(Path(said or name).expanduser())

        self.app.push_screen(AskLine("Write this table to which CSV file?", name, may_be_empty=True), keep)

    def _write(self, path: Path) -> None:
        from annotator.session.agreement_tables import write_new

        write_new(path, self.table())
        self.notify(f"Written to {path.absolute()}.", markup=False)

    def table(self) -> Any:
        """What is shown, as a table to write."""
        raise NotImplementedError

    def action_export_shown(self) -> None:
        """Write what is shown to a file."""
        self.ask_where_to_write(f"agreement-{self.scope.taxonomy}.csv")

    def action_filter_agreement(self) -> None:
        """Ask whose work to compare."""
        from annotator.session.comparing import rounds_compared
        from annotator.tui.dialogs.agreement_filter import AgreementFilter

        dialog = AgreementFilter(self.scope, self.session.annotators(), rounds_compared(self.session))
        self.app.push_screen(dialog, lambda scope: self.look(scope) if scope else None)

    def action_leave_agreement(self) -> None:
        """Go back to where this screen was opened."""
        self.dismiss(self.scope)
