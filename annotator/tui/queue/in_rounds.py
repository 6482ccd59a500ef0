"""Which rounds somebody works in at the queue: going to another one, and being told where there is more to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.model.rounds import in_words
from annotator.tui.queue.rows import elsewhere_in_words, round_to_choose

if TYPE_CHECKING:
    from annotator.desk.team.rounds import ToWork
    from annotator.tui.queue.screen import QueueScreen


class WorkInRounds:
    """The rounds of whoever sits at a queue."""

    def __init__(self, screen: QueueScreen) -> None:
        """Take the queue, which looks at its desk."""
        self._screen = screen
        self._told: set[str] = set()

    def ask(self) -> None:
        """Ask for a round of a taxonomy, and work there from now on."""
        from annotator.tui.dialogs.ask import Choose

        screen = self._screen
        found = {f"{each.taxonomy} {each.round}": each for each in screen.desk.rounds.to_work()}
        if not found:
            screen.notify("Every taxonomy has one round so far; a lead starts others.", markup=False)
            return
        options = [(name, round_to_choose(each)) for name, each in found.items()]
        here = next((name for name, each in found.items() if self._is_here(each)), "")
        screen.app.push_screen(
            Choose(screen.keys, "Work in which round?", options, here),
            lambda chosen: self._go(found[chosen]) if chosen else None,
        )

    def tell_elsewhere(self) -> None:
        """Say once where there is work to do, when nothing is left in the round that is worked in."""
        desk = self._screen.desk
        if not desk.worked_in.named:
            for words in elsewhere_in_words(desk.rounds.to_work(), desk.worked_in, self._screen.keys):
                if words not in self._told:
                    self._told.add(words)
                    self._screen.notify(words, markup=False)

    def _is_here(self, one: ToWork) -> bool:
        return self._screen.desk.worked_in.under(one.taxonomy) == one.round

    def _go(self, one: ToWork) -> None:
        if not self._is_here(one):
            screen = self._screen
            desk = screen.desk.working_in(screen.desk.worked_in.but(one.taxonomy, one.round))
            screen.use(desk, screen.saving.of(desk))
            screen.notify(f"You work in {one.taxonomy} {in_words(one.round, one.purpose)} now.", markup=False)
