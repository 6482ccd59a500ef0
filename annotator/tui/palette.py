"""The command palette: every action that works right now, by its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType
from textual.widgets import Input, TextArea

from annotator.tui.actions import BY_ID
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.keys import bindings_of, display
from annotator.tui.screen import DeskScreen
from annotator.tui.text_keys import character_of, is_text

Command = tuple[str, str, IgnoreReturnCallbackType]
"""Words, key, what to run."""


class Palette(CommandPalette):
    """Textual's palette, in which one can also quit, stop waiting, change the theme and go on to the help."""

    BINDINGS = bindings_of("help", "quit", "stop_waiting", "toggle_theme")


class ActionProvider(Provider):
    """Offers the bound actions of the screen; what works everywhere and moving about come last."""

    def commands(self) -> Iterator[Command]:
        """Each action once, under its first key that neither the open field takes for a choice nor a line for text."""
        taken = self.screen.taken_keys if isinstance(self.screen, DeskScreen | Dialog) else frozenset()
        is_typing = isinstance(self.screen.focused, Input | TextArea)
        found: dict[str, Command] = {}
        for key, (node, binding, enabled, _) in self.screen.active_bindings.items():
            if enabled and binding.id in BY_ID and binding.id != "command_palette":
                run = partial(self.app.run_action, binding.action, node)
                is_taken = is_text(key) if is_typing else character_of(key) in taken
                shown = "" if is_taken else display(key)
                if not found.get(binding.id, ("", "", None))[1]:
                    found[binding.id] = (BY_ID[binding.id].words, shown, run)
        yield from (found[name] for name in sorted(found, key=_importance))

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for words, key, run in self.commands():
            yield DiscoveryHit(words, run, help=key)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for words, key, run in self.commands():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), run, text=words, help=key)


def _importance(action_id: str) -> tuple[int, int]:
    group = BY_ID[action_id].group
    return ({"everywhere": 1, "list": 2}.get(group, 0), list(BY_ID).index(action_id))
