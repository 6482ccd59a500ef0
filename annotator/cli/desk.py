"""Open the desk: the one command that loads the screens."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say
from annotator.config import keep_annotator
from annotator.errors import RequestError
from annotator.resources import config_path
from annotator.session import Session


@click.command("desk", cls=Command)
@click.argument("key", required=False, default="")
@click.option("--taxonomy", metavar="NS", default="", help="Open KEY under this taxonomy.")
@pass_call
def desk_command(call: Call, key: str, taxonomy: str) -> int:
    """Open the desk at the queue, or at a subject.

    Without a database, `annotator import PATH` or `annotator demo` makes one.
    """
    if taxonomy and not key:
        raise RequestError("--taxonomy says how to open a subject; name one: annotator desk KEY --taxonomy NS")
    return open_desk(call, key, taxonomy)


def open_desk(call: Call, key: str = "", taxonomy: str = "", session: Session | None = None) -> int:
    """Stay at the desk until somebody quits; raises RequestError where there is no terminal."""
    if not has_terminal():
        raise RequestError(
            "The desk needs a terminal. Run `annotator` in one; without, there are "
            "`annotator list`, `show`, `classify` and `export` (`annotator --help` names all)."
        )
    session = session or call.session()
    first = _first(session, key, taxonomy) if key else None
    from annotator.tui.app import run

    naming = _Naming(call, session.path)
    try:
        return run(session, call.config.keys, call.config.theme, naming, first)
    finally:
        if naming.remark:
            say(naming.remark)


def _first(session: Session, key: str, taxonomy: str) -> tuple[str, str]:
    from annotator.cli.keys import resolve

    return resolve(session.store, key), session.taxonomy(taxonomy).namespace if taxonomy else ""


def has_terminal() -> bool:
    """Whether a person can see and type."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class _Naming:
    """Keeps the name somebody gives at the desk, and opens the database under it."""

    def __init__(self, call: Call, path: Path) -> None:
        self.call = call
        self.path = path
        self.remark = ""

    def __call__(self, name: str) -> Session:
        try:
            keep_annotator(config_path(), name)
        except RequestError as error:  # said at the end: a name that is not kept is no reason to stop working
            self.remark = str(error)
        return self.call.session(name, self.path)
