"""The table of commands, and the one place that starts one and turns whatever stops it into words and an exit code.

A command's module is imported when it is called, so that each starts fast.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import StringIO

import click

from annotator import __version__
from annotator.cli.call import EVERYWHERE, Call, reading_options
from annotator.cli.printing import end_printing, prepare_streams, say
from annotator.errors import AnnotatorError, RequestError
from annotator.files import refusal

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
        "assign": ("assigning", "Deal subjects out to annotators, take them back, or move them."),
        "round": ("team", "List the rounds, start one beside them, or close one."),
        "gold": ("gold", "Say which answers are known, and see how annotators did on them."),
        "progress": ("team", "Show how far everybody is."),
        "comment": ("talking", "Comment on a subject, and name who is meant with @name."),
        "comments": ("talking", "List comments, on one subject or on all."),
        "people": ("people", "List people, and say who is who."),
        "merge": ("together", "Take in the work of other databases and bundles."),
        "bundle": ("together", "Write a small file of work to send to others."),
        "sync": ("together", "Exchange work with others through a shared folder."),
        "conflicts": ("conflicts", "List what was done apart and does not say the same, and keep one of it."),
        "waiting": ("waiting", "List what waits for a lead, and accept or decline it."),
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
        "verify": ("together", "Prove that the record is complete and unaltered."),
        "join": ("together", "Say that two subjects of one key are one."),
        "erase": ("together", "Take away what events say, for good."),
        "doctor": ("database", "Examine the database, and rebuild what is computed."),
        "backup": ("database", "Copy the database while it is in use."),
        "restore": ("database", "Put a backup in the place of the database."),
        "salvage": ("database", "Make a new database of what can be read of a damaged one."),
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


FOUND = 1
"""What a command that examines gives where it found something."""
INTERRUPTED = 130
BROKEN_PIPE = 141
"""As a shell counts it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the codes are listed in `annotator.errors`.

    What no one foresaw is not caught: it is a mistake in this program and should be seen whole.
    """
    prepare_streams()
    # Statistics multiply small matrices: threads for that would cost more than they save, above all on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = _ended(lambda: _run(list(sys.argv[1:] if arguments is None else arguments)))
    printed = _ended(end_printing)
    return code if code > FOUND else printed or code


def _ended(run: Callable[[], int | None]) -> int:
    """Run something and give its exit code; what stops it is told."""
    try:
        return run() or 0
    except AnnotatorError as error:
        say(str(error))
        return error.exit_code
    except click.ClickException as error:
        told = StringIO()
        error.show(told)
        say(told.getvalue().rstrip("\n"))
        return error.exit_code
    except BrokenPipeError:  # whoever reads has seen enough
        return BROKEN_PIPE
    except OSError as error:
        refused = refusal(error)
        if refused is None:
            raise
        say(str(refused))
        return refused.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("Stopped.")
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    _refuse_unreadable([*arguments, *(os.environ.get(each, "") for each in READ_FROM)])
    if "_ANNOTATOR_COMPLETE" in os.environ:  # a shell asks what could be typed next
        commands.main(arguments, "annotator")
    try:
        with reading_options():
            opened = commands.make_context("annotator", arguments)
        with opened as context:
            code = _invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return code if isinstance(code, int) else 0


def _invoke(context: click.Context) -> object:
    """Run the command; what comes of reading a file that was altered is said in words, with its place."""
    try:
        return commands.invoke(context)
    except (AnnotatorError, click.ClickException, click.Abort, click.exceptions.Exit, OSError):
        raise
    except Exception as error:
        call = context.ensure_object(Call)
        call.refuse_failed(error)
        call.refuse_altered(error)
        raise  # nothing was altered: a mistake in this program


READ_FROM = ("ANNOTATOR_AS", "ANNOTATOR_DB")
"""What the environment may say."""


def _refuse_unreadable(arguments: list[str]) -> None:
    """Refuse bytes that are no text: nothing could be stored or found under them."""
    for each in arguments:
        if not each.isascii() and any("\ud800" <= sign <= "\udfff" for sign in each):
            raise RequestError(f"{each!r} is not UTF-8 text; type it again, or give the file another name.")
