"""Make the sample database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.desk import has_terminal, open_desk
from annotator.cli.printing import counted, say

if TYPE_CHECKING:
    from annotator.demo import Demo

DATABASE = Path("annotator-demo.db")
VISITOR = "you"


@click.command("demo", cls=Command)
@click.pass_context
@pass_call
def demo_command(call: Call, context: click.Context) -> int:
    """Make a database of sample reports and open it.

    It is annotator-demo.db in the current folder unless --db names another. A database
    somebody worked in is left as it is. Without a terminal it is made and not opened.
    """
    from annotator.demo import make_demo
    from annotator.session import Session

    path = call.path if _is_named(context) else DATABASE
    project = call.project(create=True, path=path)
    made = make_demo(project)
    visitor = call.named or VISITOR
    if has_terminal():
        return open_desk(call, session=Session(project, visitor, call.round))
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
