"""Deal subjects out to annotators, and take them back."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement_options import with_options
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import counted, say, write_json, write_line, write_table
from annotator.cli.subject_options import KIND, LIMIT, QUERY, SINCE, UNTIL
from annotator.errors import RequestError, SourceError
from annotator.models.queue import QueueView
from annotator.store.store import Store

if TYPE_CHECKING:
    from annotator.team.assigning import Dealt, Wish

SEED = click.option(
    "--seed", metavar="S", type=click.IntRange(min=0), default=0, show_default=True, help="Another seed, another deal."
)
BATCH_SIZE = click.option(
    "--batch-size", metavar="K", type=click.IntRange(min=1), help="Cut everybody's share into batches of so many."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be dealt, and change nothing.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
HEADS = ("ANNOTATOR", "ASSIGNED", "SHARED", "BATCHES")


@click.command("assign", cls=Command)
@QUERY
@click.option("--taxonomy", metavar="NS", help="The taxonomy to classify under.")
@click.option("--to", metavar="NAMES", multiple=True, help="Who is to classify: ann,bob=2 gives bob twice as much.")
@click.option(
    "--per-subject", metavar="N", type=click.IntRange(min=1), default=1, show_default=True, help="Annotators of each."
)
@click.option("--overlap", metavar="PART", help="A sample that more annotators share: 20% of the subjects, or 50.")
@click.option(
    "--overlap-per-subject", "shared_by", metavar="M", type=click.IntRange(min=2), help="By how many; 2 unless told."
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
    from annotator.team.assigning import assign

    project = call.project_to_read() if said["dry_run"] else call.project()
    by = call.annotator if said["dry_run"] else call.who
    dealt = assign(project, _wish(project.store, said), call.round, by, dry_run=said["dry_run"])
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


def _wish(store: Store, said: dict[str, Any]) -> Wish:
    from annotator.team.assigning import Overlap, Wish

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
        keys=_keys(store, said["keys"]) if said["keys"] else None,
        per_subject=said["per_subject"],
        overlap=Overlap(said["overlap"], said["shared_by"] or 2, said["stratify"] or "") if said["overlap"] else None,
        batch_size=said["batch_size"] or 0,
        seed=said["seed"],
    )


def _keys(store: Store, name: str) -> tuple[str, ...]:
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
    with store.reading():
        return tuple(resolve(store, line) for line in text.splitlines() if line.strip())


def _take_back(call: Call, said: dict[str, Any]) -> int:
    from annotator.team.assigning import take_back

    call.who  # noqa: B018  # somebody answers for it
    taxonomy = said["taxonomy"] or ""
    name, many = take_back(call.project(), said["leaver"], call.round, taxonomy, dry_run=said["dry_run"])
    if said["as_json"]:
        write_json({"annotator": name, "round": call.round, "taken_back": many, "dry_run": said["dry_run"]})
        return 0
    verb = "Would take" if said["dry_run"] else "Took"
    say(f"{verb} {counted(many, 'assignment')} back from {name} in round {call.round}; what is done stays.")
    return 0
