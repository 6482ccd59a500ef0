"""Accepting in bulk: ask how, say what will happen, do it in a thread, and list what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from textual import work
from textual.message import Message
from textual.worker import Worker, WorkerState

from annotator.models.reserved import STRATEGIES, Strategy
from annotator.session.accepting import Accepted
from annotator.tui.disputed_words import counted
from annotator.tui.screens.disagreements_desk import DisagreementsDesk

STRATEGY_WORDS: dict[Strategy, str] = {
    "unanimous": "two annotators or more, who differ on nothing",
    "majority": "where they differ, more than half give the same answer",
    "single": "one annotator handed in",
}


class Done(Message):
    """A bulk decision has been made."""

    def __init__(self, strategy: Strategy, accepted: Accepted) -> None:
        super().__init__()
        self.strategy = strategy
        self.accepted = accepted


class AcceptingDesk(DisagreementsDesk):
    """Adjudicates every subject of the taxonomy that a strategy settles."""

    def open(self, key: str, field: str = "", place: int | None = None) -> None:
        """Go to the review of a subject."""
        raise NotImplementedError

    def action_accept_agreed(self) -> None:
        """Ask for a strategy."""
        from annotator.tui.dialogs.choose import Choose

        options: list[tuple[str, str]] = [(name, f"{name:<10} {STRATEGY_WORDS[name]}") for name in STRATEGIES]

        def confirm(chosen: str | None) -> None:
            if chosen is not None:
                self._confirm(next(name for name in STRATEGIES if name == chosen))

        self.app.push_screen(Choose("Accept in bulk what …", options), confirm)

    def _confirm(self, strategy: Strategy) -> None:
        from annotator.tui.dialogs.confirm import Confirm

        name = self.view.taxonomy
        waiting = self.decide.undecided(name)
        if not waiting:
            self.notify(f"Everything handed in under {name} in round {self.view.round} is adjudicated.", markup=False)
            return
        lines = (
            f"Undecided under {name} in round {self.view.round}: {counted(waiting, 'subject')}.",
            "Adjudicated at once, of these:",
            f"  {STRATEGY_WORDS[strategy]}.",
            "Left for people: what does not validate, and your own work.",
            "You can read which. One undo takes all of it back.",
        )

        def accept(yes: bool | None) -> None:
            if yes:
                self.where.right = "accepting … "
                self._accept(name, strategy)

        self.app.push_screen(Confirm(f"Accept by {strategy}?", *lines), accept)

    @work(thread=True, exclusive=True, group="accepting")
    def _accept(self, name: str, strategy: Strategy) -> None:
        with closing(self.session.another()) as other:
            done = other.adjudicator().accept_agreed(name, strategy)
        self.post_message(Done(strategy, done))

    def on_done(self, event: Done) -> None:
        """List what was accepted, and what was not and why."""
        from annotator.tui.dialogs.line_dialog import LineDialog

        self.read_again()
        keys = [*event.accepted.refused, *event.accepted.accepted]
        accepted, refused = len(event.accepted.accepted), len(event.accepted.refused)
        title = f"{event.strategy}: {counted(accepted, 'subject')} adjudicated, {refused:,} left for people"

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.open(keys[wanted[1]])

        hint = "enter review   u in the queue undoes it   esc close"
        self.app.push_screen(LineDialog(title, list(_lines(event.accepted)), hint=hint), follow)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising what will not come; the app tells why."""
        if event.state is WorkerState.ERROR:
            self.describe()


def _lines(done: Accepted) -> Iterator[str]:
    longest = max(map(len, [*done.refused, *done.accepted]), default=0)
    yield from (f"{key:<{longest}}  left: {_shortly(why)}" for key, why in done.refused.items())
    yield from (f"{key:<{longest}}  adjudicated" for key in done.accepted)


def _shortly(why: str) -> str:
    """The first reason, and how many more there are."""
    first, *others = why.splitlines() or [""]
    return f"{first} (and {len(others)} more)" if others else first
