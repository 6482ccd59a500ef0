"""Open the desk: the one command that loads the screens."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import say
from annotator.config import keep_annotator
from annotator.errors import RequestError
from annotator.models.queue import ResumePoint
from annotator.resources import config_path
from annotator.session import Session


@click.command("desk", cls=Command)
@click.argument("key", required=False, default="")
@pass_call
def desk_command(call: Call, key: str) -> int:
    """Open the desk, at a subject or where you stopped.

    Without a database, `annotator import PATH` or `annotator demo` makes one.
    """
    return open_desk(call, key)


def open_desk(call: Call, key: str = "", session: Session | None = None) -> int:
    """Stay at the desk until somebody quits; raises RequestError where there is no terminal."""
    if not has_terminal():
        raise RequestError(
            "The desk needs a terminal. Run `annotator` in one; without, there are "
            "`annotator list`, `show`, `classify` and `export` (`annotator --help` names all)."
        )
    session = session or call.session()
    start = resolve(session.store, key) if key else ""
    from annotator.tui.app import run

    naming = _Naming(call, session.path, start)
    if session.annotator:
        naming.begin(session)
    try:
        return run(session, call.config.keys, call.config.theme, naming)
    finally:
        if naming.remark:
            say(naming.remark)


def has_terminal() -> bool:
    """Whether a person can see and type."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class _Naming:
    """Keeps the name somebody gives at the desk, and opens the database under it."""

    def __init__(self, call: Call, path: Path, start: str) -> None:
        self.call = call
        self.path = path
        self.start = start
        self.remark = ""

    def __call__(self, name: str) -> Session:
        try:
            keep_annotator(config_path(), name)
        except RequestError as error:  # said at the end: a name that is not kept is no reason to stop working
            self.remark = str(error)
        return self.begin(self.call.session(name, self.path))

    def begin(self, session: Session) -> Session:
        """Let the queue open at the subject that was asked for."""
        if self.start:
            session.remember(ResumePoint(self.start))
        return session
