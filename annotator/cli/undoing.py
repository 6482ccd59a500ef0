"""Undo and redo from the command line; they follow one annotator over all subjects."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say
from annotator.errors import NotFoundError
from annotator.session import Change


@click.command("undo", cls=Command)
@pass_call
def undo_command(call: Call) -> int:
    """Undo your latest change, whichever subject it was about."""
    return _tell(call.session(call.who).undo(), "undo")


@click.command("redo", cls=Command)
@pass_call
def redo_command(call: Call) -> int:
    """Do again what was undone last."""
    return _tell(call.session(call.who).redo(), "redo")


def _tell(change: Change | None, verb: str) -> int:
    if change is None:
        raise NotFoundError(f"There is nothing to {verb}.")
    say(f"{change.subject} · {change.taxonomy}: {change.words}.")
    return 0
