"""What a team agrees on for one database."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say, write_json, write_table
from annotator.errors import RequestError
from annotator.session import project_settings


@click.command("settings", cls=Command)
@click.argument("name", required=False, default="")
@click.argument("value", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def settings_command(call: Call, name: str, value: str | None, as_json: bool) -> int:
    """List what the team agreed on, or set it.

    Without NAME and VALUE, every setting of this database comes.
    """
    if name and value is None:
        raise RequestError("Say what to set it to: annotator settings NAME VALUE.")
    if value is not None:
        store = call.project().store
        kept = project_settings.change(store, call.who, name, value)
        say(f"{kept.name}: {kept.value or 'nobody'}.")
        return 0
    found = project_settings.all_settings(call.project_to_read().store)
    if as_json:
        write_json([each._asdict() for each in found])
    else:
        write_table(("NAME", "VALUE", "SET BY", "ABOUT"), [(e.name, e.value, e.set_by, e.about) for e in found])
    return 0
