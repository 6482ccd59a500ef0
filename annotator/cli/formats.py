"""List the formats that can be imported."""

from __future__ import annotations

import click

from annotator.cli.call import Command
from annotator.cli.printing import write_json, write_table


@click.command("formats", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def formats_command(as_json: bool) -> int:
    """List the formats that can be imported; `import --format` takes their names."""
    from annotator.formats.registry import FORMATS

    if as_json:
        write_json([{"name": each.name, "summary": each.summary} for each in FORMATS])
    else:
        write_table(("FORMAT", "WHAT IT IS"), [(each.name, each.summary) for each in FORMATS])
    return 0
