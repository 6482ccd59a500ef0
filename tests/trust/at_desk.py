"""The desk without a terminal: sit down at a subject, answer two fields, hand in and leave, as keys do it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path

from annotator.errors import AnnotatorError

WHO, SUBJECT, TAXONOMY = "zed", "d:5", "desk"
KEYS = ("home", "3", "1", "ctrl+s")
"""The first field is a choice of three, and the next that is asked a list to mark some of."""


def at_desk(path: Path) -> int:
    """Do so; the exit code is 0 where all that was meant is said to be saved; otherwise the reason is told."""
    try:
        code, told = asyncio.run(_sit(path))
    except AnnotatorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for words in told:
        print(words, file=sys.stderr)
    return code or (8 if told else 0)


async def _sit(path: Path) -> tuple[int, list[str]]:
    """What the desk ended with, and what its screens said of what was not saved."""
    from textual.app import ScreenStackError
    from textual.worker import WorkerFailed

    from annotator.desk import open_desk
    from annotator.tui.app import AnnotatorApp
    from tests.tui.settling import settled

    with closing(open_desk(path, WHO)) as desk:
        app = AnnotatorApp(desk, first=(SUBJECT, TAXONOMY))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            told = []
            try:
                for key in ("", *KEYS):
                    await pilot.press(*filter(None, [key]))
                    await settled(pilot)
            except (ScreenStackError, WorkerFailed) as error:  # the desk has ended by itself, or a look has
                told = [str(error)]
            told += [each.message for each in app._notifications if each.severity != "information"]
            told += [each.reason for each in app.saving.refused.values()]
        return app.return_code or 0, told
