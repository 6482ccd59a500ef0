"""List what imports met and could not accept."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_table
from annotator.models.viewing import LeftOut
from annotator.store import issues

HEADS = ("SOURCE", "PLACE", "SUBJECT", "TAXONOMY", "FIELD", "PROBLEM", "VALUE")
LONGEST = 80
"""Characters of a value in the table; JSON has all of it."""


@click.command("issues", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def issues_command(call: Call, as_json: bool) -> int:
    """List what imports met and could not accept.

    An issue goes away when its source is imported again without it. Those about what you are
    at work on yourself are left out as long as annotation is blind.
    """
    project = call.project_to_read()
    viewer = call.viewer(project)
    with project.store.reading() as connection:
        found = issues.read(connection, viewer)
        closed = LeftOut(issues.count(connection) - len(found))
    if as_json:
        write_json([issue.model_dump() for issue in found])
    elif found:
        names = [head.lower() for head in HEADS]
        write_table(HEADS, [[str(getattr(issue, name))[:LONGEST] for name in names] for issue in found])
    if not as_json:
        say(counted(len(found), "issue") + ".")
    if words := closed.words(viewer, "issue"):
        say(words)
    return 0
