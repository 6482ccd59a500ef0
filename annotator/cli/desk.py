"""Open the desk: the one command that loads the screens."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say
from annotator.config import config_path, keep_annotator
from annotator.errors import RequestError

if TYPE_CHECKING:
    from annotator.desk.demo import Demo
    from annotator.desk.desk import Desk


FRAMES = "120"
"""A second, at most: what follows on a key is drawn 8 ms after the frame before at the latest, not 17."""


@click.command("desk", cls=Command)
@click.argument("key", required=False, default="")
@click.option("--taxonomy", metavar="NS", default="", help="Open KEY under this taxonomy.")
@pass_call
def desk_command(call: Call, key: str, taxonomy: str) -> int:
    """Open the desk at the queue, or at a subject.

    A database that cannot be written is opened for reading only.

    Without a database, `annotator import PATH` or `annotator demo` makes one.
    """
    if taxonomy and not key:
        raise RequestError("--taxonomy says how to open a subject; name one: annotator desk KEY --taxonomy NS")
    return sit_down(call, key, taxonomy)


def sit_down(call: Call, key: str = "", taxonomy: str = "", desk: Desk | None = None, suggested_name: str = "") -> int:
    """Stay at the desk until somebody quits; raises RequestError where there is no terminal.

    A suggested name is asked about at a desk for this once, so that it is not kept in the settings.
    """
    if not has_terminal():
        raise RequestError(
            f"The desk needs a terminal{_what_is_none()}. Run `annotator` in one; without, there are "
            "`annotator list`, `show`, `classify` and `export` (`annotator --help` names all)."
        )
    from annotator.store.connection import USUAL

    desk = desk or call.desk_to_look(patience=USUAL)
    first = _first(desk, key, taxonomy) if key else None
    os.environ.setdefault("TEXTUAL_FPS", FRAMES)
    from annotator.tui.app import run

    naming = _Naming(call, desk.path, is_kept=not suggested_name)
    try:
        return run(desk, call.config.keys, call.config.theme, naming, first, suggested_name)
    finally:
        if naming.remark:
            say(naming.remark)


def _first(desk: Desk, key: str, taxonomy: str) -> tuple[str, str]:
    return desk.subjects.resolve(key), desk.subjects.taxonomy(taxonomy).namespace if taxonomy else ""


def has_terminal() -> bool:
    """Whether a person can see and type; what goes to standard error is free to go elsewhere."""
    return not _is_dumb() and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _is_dumb() -> bool:
    """Whether the terminal says of itself that it prints line after line and cannot do otherwise."""
    return os.environ.get("TERM") == "dumb"


def _what_is_none() -> str:
    """What keeps the desk from being shown, as the middle of a sentence."""
    if sys.stdin is None or not sys.stdin.isatty():
        return " to read keys from, and standard input is none"
    if sys.stdout is None or not sys.stdout.isatty():
        return " to draw on, and standard output is none"
    return " that can place text, and TERM=dumb says that this one cannot"


class _Naming:
    """Keeps the name somebody gives at the desk, and opens the database under it."""

    def __init__(self, call: Call, path: Path, *, is_kept: bool) -> None:
        self.call = call
        self.path = path
        self.is_kept = is_kept
        self.remark = ""

    def __call__(self, name: str) -> Desk:
        from annotator.store.connection import USUAL

        desk = self.call.desk_to_look(name, self.path, patience=USUAL)
        if not self.is_kept:
            return desk
        try:
            keep_annotator(config_path(), desk.annotator)
        except RequestError as error:  # said at the end: a name that is not kept is no reason to stop working
            self.remark = str(error)
        return desk


DATABASE = Path("annotator-demo.db")
VISITOR = "you"


@click.command("demo", cls=Command)
@click.pass_context
@pass_call
def demo_command(call: Call, context: click.Context) -> int:
    """Make a database of sample reports and open it.

    It is annotator-demo.db in the current folder unless --db names another. A database
    somebody worked in is left as it is. Without a terminal it is made and not opened. Who you
    are is asked unless --as tells, and not kept in your settings.
    """
    from annotator.desk.demo import make_demo
    from annotator.desk.desk import Desk
    from annotator.desk.names import working_name
    from annotator.store.connection import USUAL

    path = call.path if _is_named(context) else DATABASE
    with call.begun(path, USUAL) as project:
        made = make_demo(project)
    if has_terminal():
        name = working_name(project.store, call.named)
        return sit_down(call, desk=Desk(project, name, call.round), suggested_name=VISITOR)
    visitor = working_name(project.store, call.named or VISITOR)
    say(f"{path}: {_in_words(made)}")
    say(f"Open it in a terminal with: annotator --db {path} --as {visitor}")
    return 0


def _in_words(made: Demo) -> str:
    if made.is_left_alone:
        return "somebody worked in it, so it was left as it is."
    return (
        f"{counted(made.reports, 'report')} on {counted(made.incidents, 'incident')} "
        f"with {counted(made.classifications, 'classification')} under the shipped taxonomies."
    )


def _is_named(context: click.Context) -> bool:
    """Whether --db was written before or behind the command; what the environment names is a working database."""
    typed = click.core.ParameterSource.COMMANDLINE
    return any(each and each.get_parameter_source("db") is typed for each in (context, context.parent))
