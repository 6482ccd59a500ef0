"""What is said of a database that speaks against nothing in it: clocks, what was rescued, what its library does."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from annotator.cli.printing import counted, say
from annotator.files import stands

if TYPE_CHECKING:
    from pathlib import Path

    from annotator.desk.desk import Desk


def tell_wrong_clocks(desk: Desk) -> None:
    """Say whose events were told a time that cannot be right; their order does not hang on it."""
    from annotator.tui.words import local_time

    found = sorted(desk.wrong_clocks(), key=lambda each: (each.person, each.words))
    for (person, words), group in groupby(found, key=lambda each: (each.person, each.words)):
        several = list(group)
        say(
            f"{counted(len(several), 'event')} of {person}, such as {several[0].event} of "
            f"{local_time(several[0].at)}: {words}. Order and answers do not hang on it; set that clock right."
        )


def tell_of_rescued(path: Path) -> None:
    """Name what was saved of a database that was damaged while it was open, and lies beside it."""
    from annotator.store.file.rescuing import rescued_beside

    if found := rescued_beside(path):
        damaged = path if stands(path) else found[0]
        say(
            f"{', '.join(map(str, found))}: rescued of {path} when it was damaged or written over while it was "
            f"open. `annotator salvage {damaged} --out NEW` makes a database of all that is sound."
        )


def tell_of_library() -> None:
    """Say where this SQLite can damage a database, and what avoids it."""
    from annotator.store.file.library import fault

    if words := fault():
        say(words)
