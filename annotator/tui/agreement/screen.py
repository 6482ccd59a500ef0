"""Agreement: the fields of a taxonomy, from the one annotators differ on most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual import getters, work
from textual.app import App, ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.desk import Session
from annotator.desk.comparison.figures import FieldsSeen
from annotator.desk.comparison.following import Follower, is_news, newest_event
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.comparison.tables import Table, table_of
from annotator.errors import RequestError
from annotator.tui.actions import Place
from annotator.tui.agreement.rows import FieldBars, FieldHeads
from annotator.tui.agreement.words import beside_in_words, filters_in_words, ranked, row_in_words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine, TextLines

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
    saving: Saving
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

    def __init__(self, session: Session, keys: Keys, saving: Saving, scope: Scope) -> None:
        """Take the session to ask, and what to compare."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.saving = saving
        self.scope = scope
        self.until = ""
        """The latest event when figures were last asked for."""
        self.request = 0
        """Counts how often they were asked for."""

    def on_mount(self) -> None:
        """Begin to compute, and to follow what is handed in."""
        self.look(self.scope)
        self.set_interval(FOLLOW_EVERY, self.keep_up)

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

    def keep_up(self) -> None:
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
            self.keep_up()

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
        from annotator.tui.review.opening import open_review

        session = self.session
        if self.scope.round != session.round:
            session = session.in_round(self.scope.round)
        desk = Opening(session, self.keys, self.saving.of(session), self.app)
        open_review(desk, key, self.scope.taxonomy, self.scope.field, lambda _: self.look(self.scope))

    def ask_where_to_write(self, name: str) -> None:
        """Ask for a file, and write what is shown to it; `name` is the one proposed."""
        from annotator.tui.dialogs.ask import AskLine

        if not self.table().rows:
            self.notify("There is nothing here to write.")
            return

        def keep(said: str | None) -> None:
            if said is not None:
                self._write(_path(said or name))

        self.app.push_screen(AskLine("Write this table to which CSV file?", name, may_be_empty=True), keep)

    def _write(self, path: Path) -> None:
        from annotator.desk.comparison.tables import write_new

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
        from annotator.desk.comparison.figures import rounds_compared
        from annotator.tui.agreement.filter import AgreementFilter

        dialog = AgreementFilter(self.scope, self.session.annotators(), rounds_compared(self.session))
        self.app.push_screen(dialog, lambda scope: self.look(scope) if scope else None)

    def action_leave_agreement(self) -> None:
        """Go back to where this screen was opened."""
        self.dismiss(self.scope)


class AgreementScreen(AgreementDesk[FieldsSeen]):
    """Ranks fields, and opens one."""

    WITHOUT = frozenset({"next_part", "differing", "column_after", "column_before"})

    rows = getters.query_one("#rows", FieldBars)
    heads = getters.query_one("#heads", FieldHeads)
    note = getters.query_one("#note", TextLines)

    def __init__(self, session: Session, keys: Keys, saving: Saving, scope: Scope) -> None:
        """Take the session to ask, and what to compare."""
        super().__init__(session, keys, saving, scope)
        self.seen: FieldsSeen | None = None
        self.follower = Follower()

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, fields, the field of the cursor, whose work, keys."""
        rows = FieldBars(id="rows")
        yield TextLine(id="where")
        yield FieldHeads(rows, id="heads")
        yield rows
        yield TextLines(id="detail", most=2)
        yield TextLines(id="note")
        yield self.key_bar()

    def on_mount(self) -> None:
        """Say what is going on."""
        self.rows.focus()
        self.rows.empty = COMPUTING_WORDS
        self.where.text = " Agreement"

    def ask(self, session: Session, scope: Scope) -> Iterator[FieldsSeen]:
        """Compare every field; intervals come later."""
        return self.follower.fields(session, scope)

    def show(self, seen: FieldsSeen) -> None:
        """Show the fields; the cursor stays on its field."""
        kept = self.row.field if self.row else ""
        self.seen, self.scope = seen, seen.scope
        self.rows.empty = seen.notes[0]
        rows = ranked(seen.rows)
        self.rows.fill(rows, seen.pending)
        self.rows.cursor = next((place for place, row in enumerate(rows) if row.field == kept), 0)
        parts = ["Agreement", seen.scope.taxonomy, *self._place(), *filters_in_words(seen.scope)]
        self.where.text = " " + " · ".join(part for part in parts if part)
        self.note.text = beside_in_words(seen) if rows else ""
        self.heads.refresh()
        self._describe()

    def _place(self) -> list[str]:
        """Which of the taxonomies that can be compared this is."""
        names = self.seen.taxonomies if self.seen else ()
        if len(names) < 2 or self.scope.taxonomy not in names:
            return []
        return [f"{names.index(self.scope.taxonomy) + 1} of {len(names)}"]

    @property
    def row(self) -> FieldRow | None:
        """The field at the cursor."""
        return self.rows.rows[self.rows.cursor] if self.rows.count else None

    def _describe(self) -> None:
        row = self.row
        self.detail.text = row_in_words(row, is_pending=row.field in self.rows.pending) if row else ""

    def on_line_list_moved(self) -> None:
        """Tell about the field at the cursor."""
        self._describe()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the field at the cursor."""
        from annotator.tui.agreement.field import AgreementFieldScreen

        scope = replace(self.scope, field=self.rows.rows[event.index].field)
        self.app.push_screen(AgreementFieldScreen(self.session, self.keys, self.saving, scope), self.come_back)

    # Other taxonomies and other work

    def action_agreement_taxonomy_after(self) -> None:
        """Compare the next taxonomy."""
        self._turn(1)

    def action_agreement_taxonomy_before(self) -> None:
        """Compare the taxonomy before."""
        self._turn(-1)

    def _turn(self, steps: int) -> None:
        names = self.seen.taxonomies if self.seen else ()
        others = [name for name in names if name != self.scope.taxonomy]
        if not others:
            self.notify("There is no other taxonomy in which two annotators handed in the same subject.")
            return
        at = names.index(self.scope.taxonomy) if self.scope.taxonomy in names else -max(steps, 0)
        self.look(replace(self.scope, taxonomy=names[(at + steps) % len(names)]))

    def action_export_shown(self) -> None:
        """Write what is shown to a file, once it is complete."""
        if self.rows.pending:
            self.notify("Intervals are still being drawn; try again in a moment.")
        else:
            super().action_export_shown()

    def table(self) -> Table:
        """The fields in the order shown."""
        return table_of(FieldRow, self.rows.rows)


def _path(said: str) -> Path:
    """The file somebody named, `~` being a home; raises RequestError when there is no such home."""
    try:
        return Path(said).expanduser()
    except RuntimeError as error:
        raise RequestError(f"{said:.60}: there is no such home folder; write the name of the file in full.") from error
