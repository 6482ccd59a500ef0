"""Deal subjects out to annotators, and take them back."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement import Group, with_options
from annotator.cli.call import KIND, LIMIT, QUERY, SINCE, UNTIL, Call, Command, WholeNumber, pass_call
from annotator.cli.printing import counted, say, write_json, write_line, write_table
from annotator.errors import RequestError, SourceError
from annotator.model.queue import QueueView

if TYPE_CHECKING:
    from annotator.desk.desk import Desk
    from annotator.desk.team.assignment import Dealt, Wish
    from annotator.desk.team.progress import Progress

SEED = click.option(
    "--seed", metavar="S", type=WholeNumber(0), default=0, show_default=True, help="Another seed, another deal."
)
BATCH_SIZE = click.option(
    "--batch-size", metavar="K", type=WholeNumber(1), help="Cut everybody's share into batches of so many."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be dealt, and change nothing.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
HEADS = ("ANNOTATOR", "ASSIGNED", "SHARED", "BATCHES")


@click.command("assign", cls=Command)
@QUERY
@click.option("--taxonomy", metavar="NS", help="The taxonomy to classify under.")
@click.option("--to", metavar="NAMES", multiple=True, help="Who is to classify: ann,bob=2 gives bob twice as much.")
@click.option(
    "--per-subject", metavar="N", type=WholeNumber(1), default=1, show_default=True, help="Annotators of each."
)
@click.option("--overlap", metavar="PART", help="A sample that more annotators share: 20% of the subjects, or 50.")
@click.option(
    "--overlap-per-subject", "shared_by", metavar="M", type=WholeNumber(2), help="By how many; 2 unless told."
)
@click.option(
    "--stratify", metavar="BY", help="Spread the sample over date (years), month, or the answers to FIELD or NS:FIELD."
)
@with_options(KIND, SINCE, UNTIL, LIMIT)
@click.option(
    "--keys", metavar="FILE", help="The subjects whose keys stand in FILE, one a line; - reads them from a pipe."
)
@with_options(BATCH_SIZE, SEED)
@click.option("--take-back", "leaver", metavar="NAME", help="Instead: take from NAME what they have not done yet.")
@with_options(DRY_RUN, JSON)
@pass_call
def assign_command(call: Call, /, **said: Any) -> int:
    """Deal subjects out to annotators, or take them back.

    The subjects are those that `annotator list` would show for QUERY and the same options, as
    far as the taxonomy asks about them. Only what is missing is dealt, so that calling it
    again gives nothing twice: who has a subject already, or has done it, counts. The same
    database, people and seed make the same deal, in whatever order names are given.
    """
    if said["leaver"]:
        return _take_back(call, said)
    desk = call.desk_to_read() if said["dry_run"] else call.desk(call.who)
    dealt = desk.assignment.assign(_wish(desk, said), dry_run=said["dry_run"])
    tell(dealt, dry_run=said["dry_run"], as_json=said["as_json"])
    return 0


def tell(dealt: Dealt, *, dry_run: bool, as_json: bool) -> None:
    """Print who got how much, and the sample by stratum."""
    if as_json:
        document = asdict(dealt)
        document["shares"] = [each._asdict() for each in dealt.shares]
        document["strata"] = [each._asdict() for each in dealt.strata]
        write_json({**document, "dry_run": dry_run})
        return
    write_table(HEADS, [(each.annotator, each.assigned, each.shared, _batches(each.batches)) for each in dealt.shares])
    if dealt.strata:
        write_line()
        write_table(
            ("STRATUM", "SUBJECTS", "SHARED"), [(each.name, each.subjects, each.shared) for each in dealt.strata]
        )
    subjects, where = counted(dealt.subjects, "subject"), f"under {dealt.taxonomy} in round {dealt.round}"
    if dealt.assigned:
        verb, what = "Would deal" if dry_run else "Dealt", counted(dealt.assigned, "assignment")
        say(f"{verb} {what} of {subjects} {where}, with seed {dealt.seed}.")
    elif not dealt.short:
        say(f"Nothing is missing: {subjects} {where} {'has' if dealt.subjects == 1 else 'have'} everybody needed.")
    if dealt.short:
        say(f"{counted(dealt.short, 'assignment')} more would need people who have not had these subjects; name more.")


def _batches(sizes: tuple[int, ...]) -> str:
    if len(sizes) < 2:
        return str(len(sizes))
    return f"{len(sizes)} of {sizes[0]}" + (f", the last of {sizes[-1]}" if sizes[-1] != sizes[0] else "")


def _wish(desk: Desk, said: dict[str, Any]) -> Wish:
    from annotator.desk.team.assignment import Overlap, Wish

    if not said["taxonomy"]:
        raise RequestError("Say under which taxonomy: --taxonomy NS.")
    if not said["overlap"] and (said["stratify"] or said["shared_by"]):
        raise RequestError("--stratify and --overlap-per-subject are about a sample; say how large: --overlap 20%.")
    chosen = [said["query"], said["kind"], said["since"], said["until"], said["limit"] is not None]
    if said["keys"] and any(chosen):
        raise RequestError("--keys says which subjects; leave out QUERY and the options that choose subjects.")
    return Wish(
        taxonomy=said["taxonomy"],
        to=said["to"],
        view=QueueView(
            search=" ".join(said["query"]),
            kind=said["kind"] or "",
            since=said["since"] or "",
            until=said["until"] or "",
        ),
        limit=said["limit"],
        keys=_keys(desk, said["keys"]) if said["keys"] else None,
        per_subject=said["per_subject"],
        overlap=Overlap(said["overlap"], said["shared_by"] or 2, said["stratify"] or "") if said["overlap"] else None,
        batch_size=said["batch_size"] or 0,
        seed=said["seed"],
    )


def _keys(desk: Desk, name: str) -> tuple[str, ...]:
    """The keys in a file or on standard input; raises NotFoundError for one that is no subject's."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{name}:{line}: is not UTF-8; give a text file with one key a line.") from error
    except OSError as error:
        raise SourceError(
            f"{name}: cannot be read ({error.strerror}); give a text file with one key a line."
        ) from error
    return tuple(desk.subjects.resolve(line) for line in text.splitlines() if line.strip())


def _take_back(call: Call, said: dict[str, Any]) -> int:
    desk = call.desk(call.who)  # somebody answers for it
    name, many = desk.assignment.take_back(said["leaver"], said["taxonomy"] or "", dry_run=said["dry_run"])
    if said["as_json"]:
        write_json({"annotator": name, "round": call.round, "taken_back": many, "dry_run": said["dry_run"]})
        return 0
    verb = "Would take" if said["dry_run"] else "Took"
    say(f"{verb} {counted(many, 'assignment')} back from {name} in round {call.round}; what is done stays.")
    return 0


ROUND_HEADS = ("ROUND", "PURPOSE", "STARTED", "BY", "ASSIGNED", "DONE")
WORDS = {"second_pass": "second pass", "retest": "retest", "first": "first", "": "never started"}


@click.group("round", cls=Group, invoke_without_command=True)
@JSON
@click.pass_context
def round_command(context: click.Context, /, as_json: bool) -> int:
    """List the rounds, or start the next one.

    Everybody works in the round that was started last; --round names another one.
    """
    if context.invoked_subcommand:
        return 0
    found = context.ensure_object(Call).desk_to_read().rounds.all()
    if as_json:
        write_json([each._asdict() for each in found])
    else:
        rows = [(e.round, WORDS[e.purpose], e.started_at[:10], e.started_by, e.assigned, e.done) for e in found]
        write_table(ROUND_HEADS, rows)
    return 0


@round_command.command("start", cls=Command)
@click.option(
    "--purpose", type=click.Choice(["second-pass", "retest"]), required=True,
    help="Others classify the same subjects, or everybody their own again.",
)  # fmt: skip
@click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy to classify under.")
@click.option(
    "--to", metavar="NAMES", multiple=True, help="Who is to classify; else those who did in the round before."
)
@click.option(
    "--share", metavar="PART", default="100%", show_default=True,
    help="How many subjects, such as 20% or 50; for a retest of everybody's own.",
)  # fmt: skip
@click.option(
    "--per-subject", metavar="N", type=WholeNumber(1), help="Annotators of each in a second pass; 1 unless told."
)
@with_options(BATCH_SIZE, SEED, DRY_RUN, JSON)
@pass_call
def start_command(call: Call, /, **said: Any) -> int:
    """Start the next round and deal the subjects of this one again.

    A second pass gives subjects to annotators who did not have them. A retest gives
    annotators what they handed in themselves; they begin with empty forms, and `annotator
    agreement annotators` compares both. From then on everybody works in the new round.
    """
    from annotator.desk.team.rounds import RoundWish

    if said["purpose"] == "retest" and said["per_subject"]:
        raise RequestError("--per-subject is for a second pass; in a retest everybody gets their own.")
    wish = RoundWish(
        purpose="retest" if said["purpose"] == "retest" else "second_pass",
        taxonomy=said["taxonomy"],
        to=said["to"],
        part=said["share"],
        per_subject=said["per_subject"] or 1,
        batch_size=said["batch_size"] or 0,
        seed=said["seed"],
    )
    dry_run = said["dry_run"]
    desk = call.desk_to_read() if dry_run else call.desk(call.who)
    dealt = desk.rounds.start(wish, dry_run=dry_run)
    tell(dealt, dry_run=dry_run, as_json=said["as_json"])
    if not dry_run and not said["as_json"]:
        say(f"Round {dealt.round} has begun: everybody works in it from now on, at an open desk once it restarts.")
    return 0


PROGRESS_HEADS = ("ROUND", "TAXONOMY", "ANNOTATOR", "ASSIGNED", "OPEN", "DRAFT", "SKIPPED", "SUBMITTED", "LAST")
DECISION_HEADS = ("ROUND", "TAXONOMY", "DISPUTED", "SETTLED", "ADJUDICATED", "PUBLISHED")
COLUMNS = ("annotator", "taxonomy", "round", "assigned", "open", "draft", "skipped", "submitted", "last")


@click.command("progress", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@click.option("--decisions", is_flag=True, help="Instead: what is disputed, adjudicated and published.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def progress_command(call: Call, taxonomy: str, decisions: bool, as_json: bool) -> int:
    """Show how far everybody is, per annotator, taxonomy and round.

    ASSIGNED and OPEN count what was dealt; DRAFT, SKIPPED and SUBMITTED count work, assigned
    or not. Every round comes, unless --round names one.
    """
    found = call.desk_to_read().progress.of(taxonomy, int(call.said.get("round") or 0))
    if as_json and decisions:
        write_json([each._asdict() for each in found.decided])
    elif as_json:
        write_json([{name: getattr(each, name) for name in COLUMNS} for each in found.rows])
    elif decisions:
        _print_decisions(found)
    else:
        _print_work(found)
    return 0


def _print_decisions(found: Progress) -> None:
    rows = [(e.round, e.taxonomy, e.disputed, e.settled, e.adjudicated, e.published) for e in found.decided]
    if rows:
        write_table(DECISION_HEADS, rows)
    say(f"{counted(sum(each.disputed for each in found.decided), 'disputed subject')} to decide.")


def _print_work(found: Progress) -> None:
    rows = [
        (e.round, e.taxonomy, e.annotator, e.assigned, e.open, e.draft, e.skipped, e.submitted, e.last[:16])
        for e in found.rows
    ]
    if rows:
        write_table(PROGRESS_HEADS, rows)
    assigned, done = sum(each.assigned for each in found.rows), sum(each.done for each in found.rows)
    say(f"{done:,} of {counted(assigned, 'assignment')} done." if assigned else "Nothing is assigned yet.")
