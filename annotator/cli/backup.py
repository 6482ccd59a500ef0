"""Copy the database."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say


@click.command("backup", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@pass_call
def backup_command(call: Call, file: Path) -> int:
    """Copy the database while it is in use.

    The copy is one consistent state. A file that exists is never overwritten.
    """
    call.project_to_read().store.backup(file)
    say(f"{file}: written.")
    return 0
