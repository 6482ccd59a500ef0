"""How far annotators agree: fields, pairs, confusions and annotators."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from annotator.cli.agreement_tables import Table, print_table
from annotator.cli.call import NAMED, SINCE, UNTIL, Call, Command, WholeNumber, pass_call
from annotator.cli.printing import say
from annotator.desk.exchange.exporting import write
from annotator.errors import RequestError

if TYPE_CHECKING:
    from annotator.desk.comparison.comparison import Comparison
    from annotator.desk.comparison.fields import Resampling
    from annotator.desk.comparison.policy import Scope
    from annotator.desk.desk import Desk
    from annotator.store.team.samples import AfterOthers, Which

Function = Callable[..., Any]
TAXONOMY = click.option(
    "--taxonomy", metavar="NS", help="Under this taxonomy; else every one that two annotators share subjects in."
)
FIELD = click.option("--field", metavar="FIELD", help="One field: its id, number or label.")
WHOSE = click.option("--annotators", metavar="A,B", help="Between these annotators alone.")
STATES = click.option(
    "--states",
    metavar="POLICY",
    help="How states count: default, answered (values alone), or such as unknown=missing,hidden=value.",
)
DRAFTS = click.option("--drafts", is_flag=True, default=None, help="Count work that was not handed in yet.")
HAND_IN = click.option(
    "--hand-in",
    type=click.Choice(("first", "last")),
    help="Which hand-in of a classification counts; first unless told.",
)
AFTER_OTHERS = click.option(
    "--after-others",
    type=click.Choice(("count", "leave-out")),
    help="What becomes of work handed in after others' answers were open to its annotator; where annotation is blind, "
    "it is left out of rounds for results unless told.",
)
RESAMPLES = click.option(
    "--resamples", metavar="N", type=WholeNumber(0, 1_000_000), help="Resamples for intervals; 1000 unless told."
)
SEED = click.option("--seed", metavar="S", type=WholeNumber(0), help="Seed of the resamples; 0 unless told.")
EVERYTHING = click.option(
    "--all",
    "everything",
    is_flag=True,
    default=None,
    help="Every coefficient: Brennan-Prediger, Conger's kappa, AC2, alpha by Jaccard and by depth, and a jackknife.",
)
JSON = click.option("--json", "as_json", is_flag=True, default=None, help="One JSON document.")
CSV = click.option("--csv", "as_csv", is_flag=True, default=None, help="CSV with a head line.")
WEIGHTED = click.option(
    "--weighted", is_flag=True, default=None,
    help="Count subjects by how likely they were to be drawn, so that figures speak of all subjects.",
)  # fmt: skip
OF_SCOPE = (TAXONOMY, FIELD, WHOSE, SINCE, UNTIL, STATES, DRAFTS, HAND_IN, AFTER_OTHERS)
OF_FORM = (JSON, CSV)


class Asked(NamedTuple):
    """Everything that was said on the command line, None where nothing was."""

    taxonomy: str | None = None
    field: str | None = None
    annotators: str | None = None
    since: str | None = None
    until: str | None = None
    states: str | None = None
    drafts: bool | None = None
    weighted: bool | None = None
    hand_in: Which | None = None
    after_others: AfterOthers | None = None
    everything: bool | None = None
    resamples: int | None = None
    seed: int | None = None
    as_json: bool | None = None
    as_csv: bool | None = None

    def over(self, before: Asked) -> Asked:
        """The same, with what was said before where nothing is said here."""
        return before._replace(**{name: said for name, said in self._asdict().items() if said is not None})


def with_options(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Add options to a command, in this order."""

    def add(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def take(call: Call, said: dict[str, Any]) -> Asked:
    """What this command was told, over what stood before its name; raises UsageError for two forms at once."""
    asked = Asked(**said).over(call.said.get("agreement", Asked()))
    if asked.as_json and asked.as_csv:
        raise click.UsageError("--json and --csv are two forms; choose one.")
    return asked


SPEAK_OF_ALL = {Table.FIELDS, Table.DETAILS, Table.SHARES}
"""Tables that speak of all subjects and not of annotators."""
OF_ALL = Asked(after_others="count")
"""Said unless told otherwise where answers are counted or listed: only whoever compares them needs independent ones."""
Rows = Callable[["Comparison", "Resampling"], list[Any]]
"""Works the rows of a table out."""
NOTHING_SHARED = (
    "There is no taxonomy in which two annotators handed in the same subject in round {}, so nothing to compare. "
    "What AIID published is left out unless --annotators names it."
)


def nothing_shared(scope: Scope) -> str:
    """That no taxonomy has anything to compare in the rounds that are compared."""
    from annotator.model.rounds import FIRST, short

    other = [each for each in (scope.rounds.named, *(number for _, number in scope.rounds.others)) if each]
    return NOTHING_SHARED.format(" or ".join(dict.fromkeys(map(short, other or [FIRST]))))


class Group(Command, click.Group):
    """A command with commands behind it, that works without one too."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        Command.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group("agreement", cls=Group, invoke_without_command=True)
@with_options(*OF_SCOPE, WEIGHTED, EVERYTHING, RESAMPLES, SEED, *OF_FORM)
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


@agreement_command.command("shares", cls=Command)
@with_options(*OF_SCOPE, WEIGHTED, *OF_FORM)
@pass_call
def shares_command(call: Call, /, **said: Any) -> int:
    """Show how often each choice was given, as a share of the subjects.

    Where several annotators classified a subject, their answers share its weight. With
    --weighted the share is that of all subjects that were drawn from.
    """
    from annotator.desk.comparison.shares import share_rows

    return _print(call, take(call, said), Table.SHARES, lambda comparison, _: share_rows(comparison))


@agreement_command.command("pairs", cls=Command)
@with_options(*OF_SCOPE, *OF_FORM)
@pass_call
def pairs_command(call: Call, /, **said: Any) -> int:
    """Compare each two annotators: shared units, percent agreement, Cohen's kappa, Scott's pi.

    Where values have an order, kappa weighted by linear and by quadratic distance too.
    """
    from annotator.desk.comparison.pairs import pair_rows

    return _print(call, take(call, said), Table.PAIRS, lambda comparison, _: pair_rows(comparison))


@agreement_command.command("confusion", cls=Command)
@with_options(*OF_SCOPE, *OF_FORM)
@pass_call
def confusion_command(call: Call, /, **said: Any) -> int:
    """List which values of a field are confused, and on which subjects."""
    from annotator.desk.comparison.pairs import confusion_rows

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
    from annotator.desk.comparison.annotators import annotator_notes, annotator_rows

    def rows(comparison: Comparison, _: Resampling) -> list[Any]:
        return list(annotator_rows(comparison))

    return _print(call, take(call, said), Table.ANNOTATORS, rows, annotator_notes)


def scope_of(asked: Asked, desk: Desk) -> Scope:
    """What a person asks to compare; raises RequestError."""
    from annotator.desk.comparison.policy import Scope, read_policy
    from annotator.desk.names import kept_name

    names = [name.strip() for name in (asked.annotators or "").split(",")]
    if asked.annotators is not None and not all(names):
        raise RequestError("--annotators takes names with commas between them: Annotator-1,Annotator-2.")
    if asked.since and asked.until and asked.since[: len(asked.until)] > asked.until:
        raise RequestError(f"--since {asked.since} is later than --until {asked.until}; nothing lies between.")
    return Scope(
        taxonomy=desk.project.named(asked.taxonomy) if asked.taxonomy else "",
        field=asked.field or "",
        rounds=desk.decided_in,
        annotators=tuple(dict.fromkeys(kept_name(desk.store, name) for name in names if name)),
        since=asked.since or "",
        until=asked.until or "",
        states=read_policy(asked.states or ""),
        drafts=bool(asked.drafts),
        weighted=bool(asked.weighted),
        hand_in=asked.hand_in or "first",
        after_others=asked.after_others or "",
        viewer=desk.visibility.viewer(),
    )


def resampling_of(asked: Asked) -> Resampling:
    """How intervals are drawn."""
    from annotator.desk.comparison.fields import USUAL

    given = {"resamples": asked.resamples, "seed": asked.seed}
    return USUAL._replace(**{name: value for name, value in given.items() if value is not None})


def _print(
    call: Call, asked: Asked, table: Table, rows: Rows, more: Callable[[Comparison, Any], list[str]] | None = None
) -> int:
    """Print a table over all taxonomies asked for; what must be known beside it goes to standard error."""
    from annotator.desk.comparison.comparison import compared_in_turn
    from annotator.desk.comparison.fields import notes
    from annotator.desk.team.meant import rounds_meant

    if asked.weighted and table not in SPEAK_OF_ALL:
        raise RequestError(
            "--weighted is for figures that speak of all subjects: `annotator agreement`, `agreement shares` and "
            "`report`. This table compares annotators; leave it out."
        )
    desk = call.desk_to_read()
    scope = scope_of(asked.over(OF_ALL) if table is Table.SHARES else asked, desk)
    found: list[dict[str, Any]] = []
    said: list[str] = []
    with closing(compared_in_turn(desk.project, scope)) as comparisons:
        for comparison in comparisons:
            resampling = resampling_of(asked)
            head = {} if scope.taxonomy else {"taxonomy": comparison.taxonomy.namespace}
            mine = rows(comparison, resampling)
            found += [{**head, **_document(comparison, row)} for row in mine]
            drawn = resampling if table in {Table.FIELDS, Table.DETAILS} else None
            said += notes(comparison, drawn, together=table is not Table.SHARES)
            said += more(comparison, mine) if more else []
    print_table(table, found, asked)
    for words in [*(said or [nothing_shared(scope)]), *rounds_meant(desk.store, scope.rounds, scope.taxonomy)]:
        say(words)
    return 0


def _fields(comparison: Comparison, resampling: Resampling) -> list[Any]:
    from annotator.desk.comparison.fields import field_rows

    return field_rows(comparison, resampling)


def _details(comparison: Comparison, resampling: Resampling) -> list[Any]:
    from annotator.desk.comparison.fields import detail_rows

    return detail_rows(comparison, resampling)


def _document(comparison: Comparison, row: Any) -> dict[str, Any]:
    """A row as a document; of one field asked for, its choices too."""
    document = asdict(row)
    if "alpha_low" in document and comparison.scope.field:
        from annotator.desk.comparison.fields import choice_rows

        document["choices"] = [asdict(each) for each in choice_rows(comparison, comparison.fields[0])]
    return document


@click.command("report", cls=Command)
@click.argument("file", type=NAMED)
@with_options(*OF_SCOPE, WEIGHTED, RESAMPLES, SEED)
@pass_call
def report_command(call: Call, /, file: Path, **said: Any) -> int:
    """Write a page about agreement to read, print and pass on.

    FILE is one HTML file that needs nothing else: fields with bars and intervals, pairs of
    annotators, confusions, the policy used and how the figures were made.
    """
    from annotator.desk.comparison.comparison import compared_in_turn
    from annotator.desk.comparison.page import NOTHING, page

    call.refuse_own(file)
    asked = take(call, said)
    desk = call.desk_to_read()
    scope = scope_of(asked, desk)
    with closing(compared_in_turn(desk.project, scope)) as comparisons:
        pieces = list(page(comparisons, resampling_of(asked)))
    write(file, pieces)
    say(f"{file}: written.")
    if any(NOTHING in piece for piece in pieces):
        say(nothing_shared(scope))
    return 0
