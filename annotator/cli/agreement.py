"""How far annotators agree: fields, pairs, confusions and annotators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement_documents import Table
from annotator.cli.agreement_options import EVERYTHING, OF_FORM, OF_SCOPE, RESAMPLES, SEED, Asked, take, with_options
from annotator.cli.agreement_tables import print_table
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say
from annotator.errors import RequestError

if TYPE_CHECKING:
    from annotator.comparing.comparison import Comparison
    from annotator.comparing.field_rows import Resampling
    from annotator.comparing.scope import Scope
    from annotator.project import Project

Rows = Callable[["Comparison", "Resampling"], list[Any]]
"""Works the rows of a table out."""
NOTHING_SHARED = (
    "There is no taxonomy in which two annotators handed in the same subject in round {}, so nothing to compare. "
    "What AIID published is left out unless --annotators names it."
)


class Group(Command, click.Group):
    """A command with commands behind it, that works without one too."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        Command.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group("agreement", cls=Group, invoke_without_command=True)
@with_options(*OF_SCOPE, EVERYTHING, RESAMPLES, SEED, *OF_FORM)
@click.pass_context
def agreement_command(context: click.Context, /, **said: Any) -> int:
    """Compare what annotators answered, field by field.

    One row per field: how many units, percent agreement, Krippendorff's alpha with a 95 %
    interval, Gwet's AC1, Fleiss' kappa, and why where a number is missing. With --all every
    other coefficient too, and with --field those of one field and its choices. Whose work counts
    and what the answer states mean is said beside every table.
    """
    call = context.ensure_object(Call)
    asked = take(call, said)
    call.said["agreement"] = asked
    if context.invoked_subcommand:
        return 0
    if asked.everything or asked.field:
        return _print(call, asked, Table.DETAILS, _details)
    return _print(call, asked, Table.FIELDS, _fields)


@agreement_command.command("pairs", cls=Command)
@with_options(*OF_SCOPE, *OF_FORM)
@pass_call
def pairs_command(call: Call, /, **said: Any) -> int:
    """Compare each two annotators: shared units, percent agreement, Cohen's kappa, Scott's pi.

    Where values have an order, kappa weighted by linear and by quadratic distance too.
    """
    from annotator.comparing.pair_rows import pair_rows

    return _print(call, take(call, said), Table.PAIRS, lambda comparison, _: pair_rows(comparison))


@agreement_command.command("confusion", cls=Command)
@with_options(*OF_SCOPE, *OF_FORM)
@pass_call
def confusion_command(call: Call, /, **said: Any) -> int:
    """List which values of a field are confused, and on which subjects."""
    from annotator.comparing.confusion_rows import confusion_rows

    asked = take(call, said)
    if not asked.field:
        raise RequestError("Say which field: --field FIELD, an id, a number or a label.")
    return _print(call, asked, Table.CONFUSION, lambda comparison, _: confusion_rows(comparison, comparison.fields[0]))


@agreement_command.command("annotators", cls=Command)
@with_options(*OF_SCOPE, *OF_FORM)
@pass_call
def annotators_command(call: Call, /, **said: Any) -> int:
    """Compare each annotator with the rest, the decided answers, and themselves.

    AGAINST says with whom: the rest, the adjudicated answers, or their own of an earlier round
    (with --round). Where three or more share subjects, how reliable each is: by Dawid and Skene,
    and by MACE.
    """
    from annotator.comparing.annotator_notes import annotator_notes
    from annotator.comparing.annotator_rows import annotator_rows

    def rows(comparison: Comparison, _: Resampling) -> list[Any]:
        return list(annotator_rows(comparison))

    return _print(call, take(call, said), Table.ANNOTATORS, rows, annotator_notes)


def scope_of(call: Call, asked: Asked, project: Project) -> Scope:
    """What a person asks to compare; raises RequestError."""
    from annotator.comparing.policy import read_policy
    from annotator.comparing.scope import Scope

    names = [name.strip() for name in (asked.annotators or "").split(",")]
    if asked.annotators is not None and not all(names):
        raise RequestError("--annotators takes names with commas between them: Annotator-1,Annotator-2.")
    if asked.since and asked.until and asked.since[: len(asked.until)] > asked.until:
        raise RequestError(f"--since {asked.since} is later than --until {asked.until}; nothing lies between.")
    return Scope(
        taxonomy=asked.taxonomy or "",
        field=asked.field or "",
        round=call.round,
        annotators=tuple(name for name in names if name),
        since=asked.since or "",
        until=asked.until or "",
        states=read_policy(asked.states or ""),
        drafts=bool(asked.drafts),
        viewer=call.viewer(project),
    )


def resampling_of(asked: Asked) -> Resampling:
    """How intervals are drawn."""
    from annotator.comparing.field_rows import USUAL

    given = {"resamples": asked.resamples, "seed": asked.seed}
    return USUAL._replace(**{name: value for name, value in given.items() if value is not None})


def _print(
    call: Call, asked: Asked, table: Table, rows: Rows, more: Callable[[Comparison, Any], list[str]] | None = None
) -> int:
    """Print a table over all taxonomies asked for; what must be known beside it goes to standard error."""
    from annotator.comparing.comparison import compared_in_turn
    from annotator.comparing.notes import notes

    project = call.project_to_read()
    scope = scope_of(call, asked, project)
    found: list[dict[str, Any]] = []
    said: list[str] = []
    for comparison in compared_in_turn(project, scope):
        resampling = resampling_of(asked)
        head = {} if scope.taxonomy else {"taxonomy": comparison.taxonomy.namespace}
        mine = rows(comparison, resampling)
        found += [{**head, **_document(comparison, row)} for row in mine]
        said += notes(comparison, resampling if table in {Table.FIELDS, Table.DETAILS} else None)
        said += more(comparison, mine) if more else []
    print_table(table, found, asked)
    for words in said or [NOTHING_SHARED.format(scope.round)]:
        say(words)
    return 0


def _fields(comparison: Comparison, resampling: Resampling) -> list[Any]:
    from annotator.comparing.field_rows import field_rows

    return field_rows(comparison, resampling)


def _details(comparison: Comparison, resampling: Resampling) -> list[Any]:
    from annotator.comparing.detail_rows import detail_rows

    return detail_rows(comparison, resampling)


def _document(comparison: Comparison, row: Any) -> dict[str, Any]:
    """A row as a document; of one field asked for, its choices too."""
    document = asdict(row)
    if "alpha_low" in document and comparison.scope.field:
        from annotator.comparing.choice_rows import choice_rows

        document["choices"] = [asdict(each) for each in choice_rows(comparison, comparison.fields[0])]
    return document
