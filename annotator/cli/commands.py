"""The table of commands. A command's module is imported when it is called, so that each starts fast."""

from __future__ import annotations

from importlib import import_module

import click

from annotator import __version__
from annotator.cli.call import EVERYWHERE, Call

SECTIONS = {
    "Classify": {
        "desk": ("desk", "Open the desk at the queue, or at a subject."),
        "demo": ("desk", "Make a database of sample reports and open it."),
        "list": ("listing", "List subjects with the state of their classifications."),
        "show": ("showing", "Show a subject: its reports and its classifications."),
        "classify": ("tagging", "Answer fields of a subject, and submit."),
        "skip": ("tagging", "Leave a subject aside, with a reason."),
        "reopen": ("tagging", "Take back what was submitted or skipped."),
        "flag": ("tagging", "Ask others to look at a classification."),
        "undo": ("tagging", "Undo your latest change, whichever subject it was about."),
        "redo": ("tagging", "Do again what was undone last."),
        "history": ("showing", "Show every event about a subject."),
    },
    "Work together": {
        "assign": ("team", "Deal subjects out to annotators, or take them back."),
        "round": ("team", "List the rounds, or start the next one."),
        "progress": ("team", "Show how far everybody is."),
    },
    "Compare": {
        "agreement": ("agreement", "Compare what annotators answered, field by field."),
        "disagreements": ("review", "List every disagreement: who said what, and the ruling."),
        "report": ("agreement", "Write a page about agreement to read, print and pass on."),
    },
    "Decide": {
        "review": ("review", "Show who said what on a subject, or list the disputed ones."),
        "rule": ("adjudication", "Decide on one field of a subject."),
        "adjudicate": ("adjudication", "Put agreed answers and rulings on record."),
        "publish": ("adjudication", "Publish the adjudication of a subject, or release one's work."),
        "withdraw": ("adjudication", "Take back what is published."),
    },
    "Bring in and hand on": {
        "import": ("importing", "Import files, folders and archives."),
        "issues": ("importing", "List what imports met and could not accept."),
        "formats": ("importing", "List the formats that can be imported."),
        "export": ("exporting", "Write classifications as CSV, JSON or JSON Lines."),
    },
    "Taxonomies": {
        "taxonomy": ("taxonomy", "List, show, check and begin taxonomies."),
    },
    "The database": {
        "doctor": ("database", "Examine the database, and rebuild what is computed."),
        "backup": ("database", "Copy the database while it is in use."),
        "settings": ("database", "List what the team agreed on, or set it."),
    },
}
TABLE = {name: place for section in SECTIONS.values() for name, place in section.items()}


class Commands(click.Group):
    """Finds commands in the table, and lists them by section."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, in the order of the table."""
        return list(TABLE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command's module; None when there is no such command."""
        if cmd_name not in TABLE:
            return None
        module = import_module(f"annotator.cli.{TABLE[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that a line begins with; raises UsageError with the nearest one for an unknown name."""
        name = args[0]
        if name not in TABLE and not name.startswith("-"):
            from annotator.taxonomy.library import did_you_mean

            near = did_you_mean(name, TABLE)
            raise click.UsageError(f"There is no command {name!r}{near or '; `annotator --help` lists them.'}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands; nothing is imported for it."""
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, words) for name, (_, words) in section.items()], col_max=14)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    params=EVERYWHERE,
    epilog="KEY is the key of a subject, or what stands behind its colon: 107, r1928.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="annotator")
@click.pass_context
def commands(context: click.Context, /) -> int | None:
    """Classify reports about incidents with AI. Without a command, open the desk."""
    call = context.ensure_object(Call)
    context.call_on_close(call.close)
    if context.invoked_subcommand is not None:
        return None
    from annotator.cli.desk import sit_down

    return sit_down(call)
