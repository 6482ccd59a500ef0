"""What the screens of agreement share: figures come from a thread, and again when something that counts was handed in.

Nobody waits for them: what was computed last stays on screen until something newer is there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from textual import getters, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.desk import Desk
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.tables import Table, write_new
from annotator.errors import RequestError
from annotator.model.chain import Heads
from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine, TextLines

COMPUTING = " computing … "
COMPUTING_WORDS = "Computing …"
LOOK_EVERY = 1.0
"""Seconds between two looks for what was handed in; each asks for the latest event and no more."""
Seen = TypeVar("Seen")


class Part(NamedTuple):
    """What is shown, as it would be written to a file."""

    file: str
    """The name that is proposed."""
    rows: int
    table: Callable[[], Table]
    """Called in a thread."""


@dataclass(frozen=True)
class Content(Generic[Seen]):
    """What one screen shows of agreement."""

    compute: Callable[[Desk, Scope], Seen]
    """Called in a thread, with a desk of its own."""
    show: Callable[[Seen], None]
    part: Callable[[], Part]


class Compared(Message):
    """Figures have been computed."""

    def __init__(self, request: int, seen: Any) -> None:
        super().__init__()
        self.request = request
        self.seen = seen


class LookedForNews(Message):
    """Whether what happened from one event to another may have changed the figures."""

    def __init__(self, request: int, newest: Heads, is_news: bool) -> None:
        super().__init__()
        self.request = request
        self.newest = newest
        self.is_news = is_news


class ComparingScreen(DeskScreen[Scope], Generic[Seen]):
    """Computes its content in a thread, where the newest wish wins. Dismisses with what was compared last."""

    PLACE: Place = "agreement"
    LEAVE = "leave_agreement"
    CSS_PATH = "agreement.tcss"
    BINDINGS = bindings_for("agreement")

    WITHOUT: ClassVar[frozenset[str]] = frozenset()
    """Actions that make no sense on this screen."""

    where = getters.query_one("#where", TextLine)
    detail = getters.query_one("#detail", TextLines)

    def __init__(self, desk: Desk, keys: Keys, saving: Saving, scope: Scope, content: Content[Seen]) -> None:
        """Take the desk to ask, what to compare, and what to show of it."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.scope = scope
        self.content = content
        self.until: Heads = {}
        """The latest event when figures were last asked for."""
        self.request = 0
        """Counts how often they were asked for."""
        self.is_computing = False
        self._is_looking = False

    def on_mount(self) -> None:
        """Begin to compute, and to look for what is handed in."""
        self.look(self.scope)
        self.set_interval(LOOK_EVERY, self.keep_up)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave aside what makes no sense here."""
        return action not in self.WITHOUT and super().check_action(action, parameters)

    def key_bar(self) -> KeyBar:
        """The footer, with what can be done here."""
        return KeyBar([entry for entry in self.keys.footer("agreement") if entry[2] not in self.WITHOUT])

    # Computing

    def look(self, scope: Scope) -> None:
        """Compute afresh."""
        self.where.right = COMPUTING
        self.ask_anew(scope)

    def ask_anew(self, scope: Scope) -> None:
        """Compute, and show what there is until then."""
        self.scope = scope
        self.until = self.desk.comparison.heads()  # before anything is read: what comes meanwhile is not missed
        self.request += 1
        self.is_computing = True
        self._compute(scope, self.request)

    @work(thread=True, exclusive=True, group="comparing")
    def _compute(self, scope: Scope, request: int) -> None:
        worker = get_current_worker()
        with closing(self.desk.another()) as other:
            other.give_up_when(lambda: worker.is_cancelled)
            seen = self.content.compute(other, scope)
        if not worker.is_cancelled:
            self.post_message(Compared(request, seen))

    def on_compared(self, event: Compared) -> None:
        """Show the figures, unless something else was asked for meanwhile."""
        if event.request == self.request:
            self.is_computing = False
            self.sign(" ")
            self.content.show(event.seen)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising figures that will not come; the app tells why."""
        if event.state is not WorkerState.ERROR:
            return
        if event.worker.group == "news":
            self._is_looking = False
        if event.worker.group == "comparing":
            self.is_computing = False
            self.where.right = " not computed "

    # Keeping up

    def keep_up(self) -> None:
        """Compute again when something that counts was handed in since, here or by another process.

        What is being computed is never cut off for that, so that figures come however busy the others are.
        """
        if self.is_current and self.scope.taxonomy and not self.is_computing and not self._is_looking:
            newest = self.desk.comparison.heads()
            if newest != self.until:
                self._is_looking = True
                self._look_for_news(self.request, newest)

    @work(thread=True, group="news")
    def _look_for_news(self, request: int, newest: Heads) -> None:
        with closing(self.desk.another()) as other:
            self.post_message(LookedForNews(request, newest, other.comparison.is_news(self.scope, self.until)))

    def on_looked_for_news(self, event: LookedForNews) -> None:
        """Compute again, or look from there on the next time."""
        self._is_looking = False
        if event.request != self.request:
            return
        if event.is_news:
            self.ask_anew(self.scope)
        else:
            self.until = event.newest

    def come_back(self, scope: Scope | None) -> None:
        """Go on where a screen above was left; it may have compared something else."""
        wanted = replace(scope or self.scope, field=self.scope.field)
        if wanted != self.scope:
            self.look(wanted)
        else:
            self.keep_up()

    # Going elsewhere

    def open_subject(self, key: str) -> None:
        """Go to the review of a subject, at the field that is compared, in the round that is compared."""
        from annotator.tui.review.opening import open_review

        def come_back(_: str | None) -> None:
            self.look(self.scope)

        open_review(self, key, self.scope.taxonomy, self.scope.field, come_back, self.scope.round)

    def action_export_shown(self) -> None:
        """Ask for a file, and write what is shown to it."""
        from annotator.tui.dialogs.ask import AskLine

        part = self.content.part()
        if not part.rows:
            self.notify("There is nothing here to write.")
            return

        def keep(said: str | None) -> None:
            if said is not None:
                self._write(_path(said or part.file), part)

        self.app.push_screen(
            AskLine(self.keys, "Write this table to which CSV file?", part.file, may_be_empty=True), keep
        )

    @work(thread=True, group="writing")
    def _write(self, path: Path, part: Part) -> None:
        write_new(path, part.table())
        self.notify(f"Written to {path.absolute()}.", markup=False)

    def action_filter_agreement(self) -> None:
        """Ask whose work to compare."""
        from annotator.tui.agreement.filter import agreement_filter

        rounds = self.desk.comparison.rounds(self.scope.taxonomy)
        dialog = agreement_filter(self.keys, self.scope, self.desk.subjects.annotators(), rounds)
        self.app.push_screen(dialog, lambda scope: self.look(scope) if scope else None)

    def action_leave_agreement(self) -> None:
        """Go back to where this screen was opened."""
        self.dismiss(self.scope)


def _path(said: str) -> Path:
    """The file somebody named, `~` being a home; raises RequestError when there is no such home."""
    try:
        return Path(said).expanduser()
    except RuntimeError as error:
        raise RequestError(f"{said:.60}: there is no such home folder; write the name of the file in full.") from error
