"""Rounds and how far everybody is."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import click

from annotator.cli.agreement import Group, with_options
from annotator.cli.assigning import (
    BATCH_SIZE,
    DRY_RUN,
    DUE,
    GOLD,
    HOW_MANY,
    JSON,
    KEYS,
    RANDOM,
    SEED,
    refuse,
    tell,
    wish_of,
)
from annotator.cli.call import KIND, LIMIT, QUERY, SINCE, UNTIL, Call, Command, WholeNumber, pass_call
from annotator.cli.printing import counted, document_of, say, write_json, write_table, write_text
from annotator.desk.team.people import counts_in_words
from annotator.desk.team.rounds import find
from annotator.errors import RequestError
from annotator.model.rounds import IN_WORDS, PURPOSES, Purpose, in_words, short

if TYPE_CHECKING:
    from annotator.desk.desk import Desk
    from annotator.desk.team.norming import Norming
    from annotator.desk.team.progress import Progress, ProgressRow
    from annotator.model.classification import Answer

ROUND_HEADS = ("TAXONOMY", "ROUND", "PURPOSE", "STARTED", "BY", "PEOPLE", "ASSIGNED", "DONE", "")
OF_TAXONOMY = click.option("--taxonomy", metavar="NS", default="", help="The taxonomy it belongs to.")
ROUND = click.argument("round_", metavar="ROUND", type=WholeNumber(1))
FIT_FOR_FORMER = {
    "overlap": "--overlap", "shared_by": "--overlap-per-subject", "stratify": "--stratify", "random": "--random",
    "limit": "--limit", "gold": "--gold",
}  # fmt: skip
"""Options that say which new subjects are dealt, by name."""


@click.group("round", cls=Group, invoke_without_command=True)
@JSON
@click.pass_context
def round_command(context: click.Context, /, as_json: bool) -> int:
    """List the rounds, start one beside them, or close one.

    A round is one pass over subjects under one taxonomy, with people of its own. Rounds run
    side by side. You work where you have open work, in the newest such round of each
    taxonomy, else in the newest one for results; --round ROUND names another one.
    """
    if context.invoked_subcommand:
        return 0
    return _list_rounds(context.ensure_object(Call), "", as_json=as_json)


@round_command.command("list", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Of this taxonomy alone.")
@JSON
@pass_call
def list_command(call: Call, taxonomy: str, as_json: bool) -> int:
    """List the rounds by taxonomy, in the order in which they were started.

    ROUND is the beginning of the id, as --round takes it; JSON has all of it.
    """
    return _list_rounds(call, taxonomy, as_json=as_json)


def _list_rounds(call: Call, taxonomy: str, *, as_json: bool) -> int:
    found = call.desk_to_read().rounds.all(taxonomy)
    if as_json:
        write_json([document_of(each._asdict()) for each in found])
        return 0
    rows = [
        (
            e.taxonomy, short(e.round), IN_WORDS[e.purpose], e.started_at[:10], e.started_by, e.people, e.assigned,
            e.done, f"closed {e.closed_at[:10]} by {e.closed_by}" if e.closed_at else "",
        )
        for e in found
    ]  # fmt: skip
    if rows:
        write_table(ROUND_HEADS, rows)
    else:
        say("Nothing is dealt or classified yet: everybody works in the first round of every taxonomy.")
    return 0


@round_command.command("start", cls=Command)
@QUERY
@click.option(
    "--purpose", type=click.Choice([each.replace("_", "-") for each in PURPOSES]), required=True,
    help="New subjects; others for the same; everybody's own again; the same for all, to compare or to learn.",
)  # fmt: skip
@click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy to classify under.")
@click.option("--to", metavar="NAMES", multiple=True, help="Who is to classify; else those who had the former round.")
@click.option(
    "--share", metavar="PART",
    help="How many subjects of a former round, such as 20% or 50; for a retest of everybody's own.",
)  # fmt: skip
@with_options(*HOW_MANY, KIND, SINCE, UNTIL, LIMIT, RANDOM, KEYS, BATCH_SIZE, SEED, DUE, GOLD, DRY_RUN, JSON)
@pass_call
def start_command(call: Call, /, **said: Any) -> int:
    """Start a round beside the others, and deal its subjects.

    A first round, a calibration and a training take subjects that nobody of --to had, chosen
    as `annotator assign` chooses them; in the latter two everybody gets all of them. A second
    pass gives subjects of a former round to annotators who did not have them, a retest gives
    annotators what they handed in themselves, with empty forms. The former round is the newest
    for results, or what --round names. All other rounds and taxonomies go on as before.
    """
    from annotator.desk.team.rounds import RoundWish

    purpose = cast("Purpose", said["purpose"].replace("-", "_"))
    desk = call.desk_to_read() if said["dry_run"] else call.desk(call.who)
    _refuse_unfit(purpose, said)
    wish = RoundWish(purpose, wish_of(desk, said), said["share"] or "100%")
    dealt = desk.rounds.start(wish, dry_run=said["dry_run"])
    tell(dealt, dry_run=said["dry_run"], as_json=said["as_json"])
    if not said["dry_run"] and not said["as_json"]:
        say(
            f"Round {short(dealt.round)} ({IN_WORDS[purpose]}) under {dealt.taxonomy} has begun. Who has work in it "
            "works there from now on, at an open desk once it restarts; everything else goes on as before."
        )
    return 0


def _refuse_unfit(purpose: Purpose, said: dict[str, Any]) -> None:
    """Raise RequestError for options that would be without effect."""
    if purpose == "retest" and said["per_subject"]:
        raise RequestError("--per-subject is for a second pass; in a retest everybody gets their own.")
    if purpose in {"second_pass", "retest"}:
        refuse(said, FIT_FOR_FORMER, "would choose new subjects, and this deals those of a former round: --share PART")
        return
    refuse(said, {"share": "--share"}, "is of a former round; say which new subjects with --limit, --keys or QUERY")
    if not said["to"]:
        raise RequestError("Say who is to classify: --to ann,bob.")
    if purpose != "first":
        given = {"per_subject": "--per-subject", "overlap": "--overlap", "shared_by": "--overlap-per-subject"}
        refuse(said, given, f"would be without effect, for in a {purpose} everybody gets every subject; leave that out")


@round_command.command("close", cls=Command)
@ROUND
@OF_TAXONOMY
@click.option("--take-back", is_flag=True, help="Take back what nobody has begun.")
@with_options(DRY_RUN, JSON)
@pass_call
def close_command(call: Call, round_: int, taxonomy: str, take_back: bool, dry_run: bool, as_json: bool) -> int:
    """Close a round: nothing new is begun in it, and nothing more dealt.

    What somebody has begun may still be handed in. While there are assignments that nobody
    has begun, it closes only with --take-back. `annotator round open` opens it again.
    """
    desk = call.desk_to_read() if dry_run else call.desk(call.who)
    closed = desk.rounds.close(find(desk.project, str(round_)), taxonomy, take_back=take_back, dry_run=dry_run)
    if as_json:
        write_json({**asdict(closed), "dry_run": dry_run})
        return 0
    verb, took = ("Would close", "would be taken back") if dry_run else ("Closed", "taken back")
    say(f"{verb} {in_words(closed.round, closed.purpose)} under {closed.taxonomy}.")
    if closed.taken:
        say(f"{counted(closed.taken, 'assignment')} that nobody had begun: {took}.")
    if closed.begun:
        drafts = counted(sum(closed.begun.values()), "draft")
        say(f"{drafts} may still be handed in: {counts_in_words(closed.begun)}.")
    return 0


@round_command.command("show", cls=Command)
@ROUND
@OF_TAXONOMY
@click.option("--all", "everything", is_flag=True, help="What everybody said alike from the start, too.")
@JSON
@pass_call
def show_command(call: Call, round_: int, taxonomy: str, everything: bool, as_json: bool) -> int:
    """Show everybody's answers side by side, to talk about how to read the guidelines.

    Only once everybody has handed in what they have in this round. What somebody says now
    stands behind what they said at first, where it is another answer.
    """
    from annotator.tui.progress.normed import norming_in_words, norming_lines

    desk = call.desk_to_read()
    found = desk.rounds.norming(find(desk.project, str(round_)), taxonomy)
    if as_json:
        write_json(_norming(found))
        return 0
    for line in norming_lines(found, everything=everything):
        write_text(line)
    say(norming_in_words(found))
    if found.closed:
        say(f"{counted(found.closed, 'classification')} left out, closed to you while annotation is blind.")
    return 0


def _norming(found: Norming) -> dict[str, Any]:
    def told(answer: Answer | None) -> dict[str, Any] | None:
        return answer.model_dump(mode="json", include={"state", "value"}) if answer else None

    return {
        "taxonomy": found.taxonomy.namespace,
        "round": found.round,
        "purpose": found.purpose,
        "people": list(found.people),
        "subjects": [
            {
                "key": subject.key,
                "fields": [
                    {
                        "field": each.field.id,
                        "alike_first": each.was_alike,
                        "alike_now": each.is_alike,
                        "answers": {
                            who: {"first": told(said.first), "now": told(said.now), "changed": said.is_changed}
                            for who, said in each.by.items()
                        },
                    }
                    for each in subject.fields
                ],
            }
            for subject in found.subjects
        ],
        "closed": found.closed,
    }


@round_command.command("open", cls=Command)
@ROUND
@OF_TAXONOMY
@pass_call
def open_command(call: Call, round_: int, taxonomy: str) -> int:
    """Open a closed round again; what was taken back in closing is not dealt again."""
    desk = call.desk(call.who)
    opened = desk.rounds.reopen(find(desk.project, str(round_)), taxonomy)
    say(f"{in_words(opened.round, opened.purpose)} under {opened.taxonomy} is open again.".capitalize())
    return 0


PROGRESS_HEADS = (
    "ROUND", "TAXONOMY", "ANNOTATOR", "ASSIGNED", "OPEN", "LATE", "DUE", "DRAFT", "SKIPPED", "SUBMITTED", "LAST"
)  # fmt: skip
PACE_HEADS = ("ROUND", "TAXONOMY", "ANNOTATOR", "OPEN", "LATE", "DUE", "A WEEK", "MEDIAN TIME", "DONE ABOUT")
DECISION_HEADS = ("ROUND", "TAXONOMY", "DISPUTED", "SETTLED", "ADJUDICATED", "PUBLISHED", "STALE")
COLUMNS = ("annotator", "taxonomy", "round", "assigned", "open", "draft", "skipped", "submitted", "last", "late", "due")


@click.command("progress", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@click.option("--decisions", is_flag=True, help="Instead: what is disputed, adjudicated, published and stale.")
@click.option("--pace", is_flag=True, help="Instead: who is late, how fast everybody gets on, and when they are done.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def progress_command(call: Call, taxonomy: str, decisions: bool, pace: bool, as_json: bool) -> int:
    """Show how far everybody is, per annotator, taxonomy and round.

    ASSIGNED and OPEN count what was dealt, LATE what of it was due before today; DRAFT, SKIPPED
    and SUBMITTED count work, assigned or not. Every round comes, unless --round names one. With
    --pace, A WEEK is what was done in the last four weeks; MEDIAN TIME is per subject, from edit
    to edit with pauses cut at ten minutes; DONE ABOUT is when what is open is done at that pace.
    Where there are roles, a lead is told who is late and everybody's pace, and everybody their own.
    """
    if decisions and pace:
        raise click.UsageError("--decisions and --pace are two tables; choose one.")
    desk = call.desk_to_read()
    found = desk.progress.of(taxonomy, desk.named)
    if pace:
        _tell_pace(desk, found, as_json=as_json)
    elif as_json and decisions:
        write_json([each._asdict() for each in found.decided])
    elif as_json:
        write_json([document_of({name: getattr(each, name) for name in COLUMNS}) for each in found.rows])
    elif decisions:
        _print_decisions(found)
    else:
        _print_work(found)
    return 0


def _tell_pace(desk: Desk, found: Progress, *, as_json: bool) -> None:
    from annotator.desk.team.pace import in_minutes

    paces = desk.progress.paces(found)
    rows = [(each, paces.get((each.annotator, each.taxonomy, each.round))) for each in found.rows]
    if as_json:
        told = ("annotator", "taxonomy", "round", "open", "late", "due")
        nothing = {"per_week": None, "median_seconds": None, "done_on": None}
        write_json(
            [document_of({name: getattr(e, name) for name in told} | (p._asdict() if p else nothing)) for e, p in rows]
        )
        return
    if rows:
        write_table(
            PACE_HEADS,
            [
                (
                    short(e.round), e.taxonomy, e.annotator, e.open, *_days(e), f"{p.per_week:.1f}" if p else "",
                    in_minutes(p.median_seconds) if p else "", (p.done_on if p else None) or "",
                )
                for e, p in rows
            ],
        )  # fmt: skip
    _tell_late(found)


def _days(row: ProgressRow) -> tuple[int | str, str]:
    """How much is late and when more is due, for a table; nothing where that is not told."""
    return ("" if row.late is None else row.late), row.due or ""


def _tell_late(found: Progress) -> None:
    """Say who is late, of those of whom that is told."""
    late = Counter[str]()
    for each in found.rows:
        late.update({each.annotator: each.late} if each.late else {})
    if found.late_of is None:
        say("Who is late is told a lead, and everybody of themselves; say who you are with --as.")
    elif found.late_of:
        say(f"You are late with {late.total():,}." if late else "You are not late.")
    else:
        say(f"Late: {counts_in_words(late)}." if late else "Nobody is late.")


def _print_decisions(found: Progress) -> None:
    rows = [
        (short(e.round), e.taxonomy, e.disputed, e.settled, e.adjudicated, e.published, e.stale) for e in found.decided
    ]
    if rows:
        write_table(DECISION_HEADS, rows)
    say(f"{counted(sum(each.disputed for each in found.decided), 'disputed subject')} to decide.")
    if stale := sum(each.stale for each in found.decided):
        say(f"{counted(stale, 'stale decision')} to make again (`annotator list --stale`).")


def _print_work(found: Progress) -> None:
    rows = [
        (
            short(e.round), e.taxonomy, e.annotator, e.assigned, e.open, *_days(e), e.draft, e.skipped, e.submitted,
            e.last[:16],
        )
        for e in found.rows
    ]  # fmt: skip
    if rows:
        write_table(PROGRESS_HEADS, rows)
    assigned, done = sum(each.assigned for each in found.rows), sum(each.done for each in found.rows)
    say(f"{done:,} of {counted(assigned, 'assignment')} done." if assigned else "Nothing is assigned yet.")
    if any(each.due for each in found.rows):
        _tell_late(found)
