"""Deal subjects out to annotators, take them back, and move them."""

from __future__ import annotations

import stat
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement import with_options
from annotator.cli.call import KIND, LIMIT, QUERY, SINCE, UNTIL, Call, Command, Named, WholeNumber, pass_call, read_day
from annotator.cli.printing import counted, document_of, say, write_json, write_line, write_table
from annotator.errors import NotFoundError, RequestError, SourceError
from annotator.files import mode_to_read
from annotator.model.queue import QueueView
from annotator.model.rounds import short

if TYPE_CHECKING:
    from annotator.desk.desk import Desk
    from annotator.desk.team.assignment import Dealt, Wish
    from annotator.desk.team.rebalancing import Rebalanced
    from annotator.desk.team.taking_back import OpenWork, TakenBack

SEED = click.option("--seed", metavar="S", type=WholeNumber(0), help="Another seed, another deal; 0 unless told.")
BATCH_SIZE = click.option(
    "--batch-size", metavar="K", type=WholeNumber(1), help="Cut everybody's share into batches of so many."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
HOW_MANY = (
    click.option("--per-subject", metavar="N", type=WholeNumber(1), help="Annotators of each; 1 unless told."),
    click.option("--overlap", metavar="PART", help="A sample that more annotators share: 20% of the subjects, or 50."),
    click.option(
        "--overlap-per-subject", "shared_by", metavar="M", type=WholeNumber(2), help="By how many; 2 unless told."
    ),
    click.option(
        "--stratify", metavar="BY",
        help="Spread the sample over date (years), month, or the answers to FIELD or NS:FIELD.",
    ),
)  # fmt: skip
RANDOM = click.option(
    "--random", metavar="SEED", type=WholeNumber(0), help="Draw --limit of those that match, instead of the first."
)
KEYS = click.option(
    "--keys",
    metavar="FILE",
    type=Named(allow_dash=True, readable=False),
    help="The subjects whose keys stand in FILE, one a line; - reads them from a pipe.",
)
GOLD = click.option(
    "--gold", metavar="N", type=WholeNumber(1), help="Mix N subjects with known answers into everybody's share."
)
DUE = click.option("--due", metavar="DATE", callback=read_day, help="The day until which it is to be done: 2027-01-31.")
HEADS = ("ANNOTATOR", "ASSIGNED", "SHARED", "BATCHES")
LOAD_HEADS = ("ANNOTATOR", "OPEN", "GIVES", "GETS", "AFTER")
TAKEN_HEADS = ("TAXONOMY", "ROUND", "BATCH", "TAKEN", "BEGUN", "LEFT")
HOW_TO_DEAL = {
    "to": "--to", "per_subject": "--per-subject", "overlap": "--overlap", "shared_by": "--overlap-per-subject",
    "stratify": "--stratify", "batch_size": "--batch-size", "seed": "--seed", "due": "--due", "gold": "--gold",
}  # fmt: skip
WHICH_OPEN = {"batch": "--batch", "status": "--status"}
NOT_TO_LEVEL = {
    **{name: flag for name, flag in HOW_TO_DEAL.items() if name not in {"to", "batch_size"}},
    "limit": "--limit", "random": "--random", **WHICH_OPEN,
}  # fmt: skip
"""Options by name: how to deal, which open work is meant, and what is nothing to level by."""


@click.command("assign", cls=Command)
@QUERY
@click.option("--taxonomy", metavar="NS", help="The taxonomy to classify under.")
@click.option("--to", metavar="NAMES", multiple=True, help="Who is to classify: ann,bob=2 gives bob twice as much.")
@with_options(*HOW_MANY, KIND, SINCE, UNTIL, LIMIT, RANDOM, KEYS)
@with_options(BATCH_SIZE, SEED, DUE, GOLD)
@click.option("--take-back", "leaver", metavar="NAME", help="Instead: take from NAME what they have not done yet.")
@click.option(
    "--batch", metavar="N", multiple=True, type=WholeNumber(1), help="With --take-back and --redate: of this batch."
)
@click.option(
    "--status", type=click.Choice(["untouched", "draft"]), help="With the same: not begun yet, or begun, alone."
)
@click.option("--redate", "late", metavar="NAME", help="Instead: say until when NAME's open work is --due.")
@click.option("--rebalance", is_flag=True, help="Instead: move what nobody has begun to who has less than their share.")
@with_options(DRY_RUN, JSON)
@pass_call
def assign_command(call: Call, /, **said: Any) -> int:
    """Deal subjects out to annotators, take them back, or move them.

    The subjects are those that `annotator list` would show for QUERY and the same options, as
    far as the taxonomy asks about them. Only what is missing is dealt, so that calling it
    again gives nothing twice: who has a subject already, or has done it, counts. The same
    database, people and seed make the same deal, in whatever order names are given. QUERY and
    the options that choose subjects say as well which of them --take-back takes and
    --rebalance moves.
    """
    if said["leaver"] is not None and said["rebalance"]:
        raise RequestError("--take-back takes from one and --rebalance moves between several; choose one of them.")
    if said["late"] is not None and (said["rebalance"] or said["leaver"] is not None):
        raise RequestError("--redate changes until when work is due, and moves none; leave the other one out.")
    if said["rebalance"]:
        return _rebalance(call, said)
    if said["late"] is not None:
        return _redate(call, said)
    if said["leaver"] is not None:
        return _take_back(call, said)
    refuse(said, WHICH_OPEN, "only say which open work is meant; name whose with --take-back NAME or --redate NAME")
    desk = call.desk_to_read() if said["dry_run"] else call.desk(call.who)
    dealt = desk.assignment.assign(wish_of(desk, said), dry_run=said["dry_run"])
    tell(dealt, dry_run=said["dry_run"], as_json=said["as_json"])
    return 0


def refuse(said: Mapping[str, Any], options: Mapping[str, str], why: str) -> None:
    """Raise RequestError where an option was given that would be without effect."""
    given = [flag for name, flag in options.items() if said[name] not in (None, ())]
    if given:
        raise RequestError(f"{' and '.join(given)}: {why}.")


def tell(dealt: Dealt, *, dry_run: bool, as_json: bool) -> None:
    """Print who got how much, and the samples by stratum."""
    if as_json:
        document = document_of(asdict(dealt))
        document["shares"] = [each._asdict() for each in dealt.shares]
        document["strata"] = [each._asdict() for each in dealt.strata]
        write_json({**document, "dry_run": dry_run})
        return
    write_table(HEADS, [(each.annotator, each.assigned, each.shared, _batches(each.batches)) for each in dealt.shares])
    if dealt.strata:
        write_line()
        _write_strata(dealt)
    if dealt.random is not None:
        verb, of = "Would draw" if dry_run else "Drew", counted(dealt.matched, "subject")
        say(f"{verb} {dealt.subjects:,} of {of} that match, with random seed {dealt.random}.")
    subjects, where = counted(dealt.subjects + dealt.known, "subject"), f"under {dealt.taxonomy} in {_place(dealt)}"
    if dealt.assigned:
        verb, what = "Would deal" if dry_run else "Dealt", counted(dealt.assigned, "assignment")
        due = f", due on {dealt.due}" if dealt.due else ""
        say(f"{verb} {what} of {subjects} {where}{due}, with seed {dealt.seed}.")
    elif not dealt.short:
        say(f"Nothing is missing: {subjects} {where} {'has' if dealt.subjects == 1 else 'have'} everybody needed.")
    if dealt.gold:
        what = counted(dealt.known + dealt.known_by_chance, "subject")
        say(f"{dealt.gold:,} of them {'is' if dealt.gold == 1 else 'are'} of {what} with known answers.")
    if dealt.short:
        say(f"{counted(dealt.short, 'assignment')} more would need people who have not had these subjects; name more.")
    for note in (*dealt.notes, *_told_new(dealt.new)):
        say(note)


def _told_new(new: Collection[str]) -> Iterator[str]:
    """Say who was not known before: a mistyped name is a new one too."""
    if new:
        yield f"{' and '.join(new)} {'is' if len(new) == 1 else 'are'} new here; nobody was called so before."


def _place(dealt: Dealt) -> str:
    return f"round {short(dealt.round)}" if dealt.round else "a new round"


def _write_strata(dealt: Dealt) -> None:
    rows = [(each.name, each.subjects, each.drawn, each.shared) for each in dealt.strata]
    if dealt.random is None:
        write_table(("STRATUM", "SUBJECTS", "SHARED"), [(name, subjects, shared) for name, subjects, _, shared in rows])
    else:
        write_table(("STRATUM", "SUBJECTS", "DRAWN", "SHARED"), rows)


def _batches(sizes: tuple[int, ...]) -> str:
    if len(sizes) < 2:
        return str(len(sizes))
    return f"{len(sizes)} of {sizes[0]}" + (f", the last of {sizes[-1]}" if sizes[-1] != sizes[0] else "")


def wish_of(desk: Desk, said: dict[str, Any]) -> Wish:
    """What somebody wants dealt; raises RequestError in words."""
    from annotator.desk.team.assignment import Drawing, Overlap, Wish

    if not said["taxonomy"]:
        raise RequestError("Say under which taxonomy: --taxonomy NS.")
    stratify, is_random = said["stratify"] or "", said["random"] is not None
    if said["overlap"] is None and (said["shared_by"] or (stratify and not is_random)):
        raise RequestError("--stratify and --overlap-per-subject are about a sample; say how large: --overlap 20%.")
    refuse_both(said)
    return Wish(
        taxonomy=said["taxonomy"],
        to=said["to"],
        view=view_of(said),
        limit=said["limit"],
        keys=keys_of(desk, said["keys"]) if said["keys"] is not None else None,
        random=Drawing(said["random"], stratify) if is_random else None,
        per_subject=said["per_subject"] or 1,
        overlap=None if said["overlap"] is None else Overlap(said["overlap"], said["shared_by"] or 2, stratify),
        batch_size=said["batch_size"] or 0,
        seed=said["seed"] or 0,
        due=said["due"] or "",
        gold=said["gold"] or 0,
    )


def refuse_both(said: dict[str, Any]) -> None:
    """Raise RequestError where subjects are named and searched for at once, or a draw has no size."""
    chosen = [said["query"], said["kind"], said["since"], said["until"]]
    if said["keys"] is not None and (any(chosen) or said["limit"] is not None or said["random"] is not None):
        raise RequestError("--keys says which subjects; leave out QUERY and the options that choose subjects.")
    if said["random"] is not None and said["limit"] is None:
        raise RequestError("--random draws some of the subjects that match; say how many: --limit N.")


def view_of(said: dict[str, Any]) -> QueueView:
    """Which subjects QUERY and the options that choose subjects mean."""
    return QueueView(
        search=" ".join(said["query"]),
        kind=said["kind"] or "",
        since=said["since"] or "",
        until=said["until"] or "",
    )


def keys_of(desk: Desk, name: str) -> tuple[str, ...]:
    """The keys in a file or on standard input; raises NotFoundError for one that is no subject's."""
    if name != "-":
        _refuse_no_list(Path(name))
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


def _refuse_no_list(path: Path) -> None:
    """Raise NotFoundError for no file, SourceError for a named pipe; one that a shell opened stands under a link."""
    if not mode_to_read(path):
        raise NotFoundError(f"{path}: there is no such file; give a text file with one key a line.")
    if stat.S_ISFIFO(path.lstat().st_mode):
        raise SourceError(f"{path}: is a pipe, and no file; read it with `--keys - < {path}`.")


def _take_back(call: Call, said: dict[str, Any]) -> int:
    refuse(said, HOW_TO_DEAL, "would say how to deal, and --take-back deals nothing; leave that out")
    desk = call.desk(call.who)  # somebody answers for it
    which = _which_open(desk, said)
    taken = desk.assignment.take_back(said["leaver"], which, dry_run=said["dry_run"])
    if said["as_json"]:
        write_json(_document(taken, said))
        return 0
    if taken.batches:
        write_table(TAKEN_HEADS, [(e.taxonomy, short(e.round), *e[2:]) for e in taken.batches])
    for words in _sentences(taken, which.is_everything, dry_run=said["dry_run"]):
        say(words)
    return 0


def _which_open(desk: Desk, said: dict[str, Any]) -> OpenWork:
    from annotator.desk.team.taking_back import OpenWork

    refuse_both(said)
    return OpenWork(
        taxonomy=said["taxonomy"] or "",
        view=view_of(said),
        keys=keys_of(desk, said["keys"]) if said["keys"] is not None else None,
        batches=said["batch"],
        status=said["status"] or "",
        limit=said["limit"],
        random=said["random"],
    )


def _redate(call: Call, said: dict[str, Any]) -> int:
    others = {name: flag for name, flag in HOW_TO_DEAL.items() if name != "due"}
    refuse(said, others, "would say how to deal, and --redate deals nothing; leave that out")
    if not said["due"]:
        raise RequestError("Say until when: --due 2027-01-31.")
    desk = call.desk(call.who)
    found = desk.assignment.redate(said["late"], said["due"], _which_open(desk, said), dry_run=said["dry_run"])
    if said["as_json"]:
        write_json({**found._asdict(), "dry_run": said["dry_run"]})
        return 0
    verb, what = "Would be" if said["dry_run"] else "Are now", counted(found.changed, "assignment")
    say(f"{verb} due on {found.due}: {what} of {found.annotator}, of {found.open:,} that are open.")
    return 0


def _document(taken: TakenBack, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "annotator": taken.annotator,
        "round": taken.round or None,
        "taken_back": taken.taken,
        "open": taken.open,
        "batches": [each._asdict() for each in taken.batches],
        "random": said["random"],
        "dry_run": said["dry_run"],
    }


def _sentences(taken: TakenBack, is_everything: bool, *, dry_run: bool) -> Collection[str]:
    whose = taken.annotator + (f" in round {short(taken.round)}" if taken.round else "")
    if not taken.open:
        return [f"Nothing is open of {whose}, so there is nothing to take back."]
    verb, what = "Would take" if dry_run else "Took", counted(taken.taken, "assignment")
    of = "all that was open" if is_everything else f"of {taken.open:,} that were open"
    found = [f"{verb} {what} back from {whose}, {of}; what is done stays."]
    if begun := sum(each.begun for each in taken.batches):
        found.append(f"{begun:,} of them {'is' if begun == 1 else 'are'} begun; drafts stay in the file.")
    if taken.not_theirs:
        found.append(f"Of the subjects named, {taken.not_theirs:,} are nothing that is open of {whose}.")
    return found


def _rebalance(call: Call, said: dict[str, Any]) -> int:
    from annotator.desk.team.rebalancing import Balance

    refuse(said, NOT_TO_LEVEL, "would be without effect, for --rebalance levels all that is open; leave that out")
    if not said["taxonomy"]:
        raise RequestError("Say under which taxonomy: --taxonomy NS.")
    refuse_both(said)
    dry_run = said["dry_run"]
    desk = call.desk_to_read() if dry_run else call.desk(call.who)
    wish = Balance(
        taxonomy=said["taxonomy"],
        to=said["to"],
        view=view_of(said),
        keys=keys_of(desk, said["keys"]) if said["keys"] is not None else None,
        batch_size=said["batch_size"] or 0,
    )
    found = desk.assignment.rebalance(wish, dry_run=dry_run)
    if said["as_json"]:
        lists = {"loads": [each._asdict() for each in found.loads], "moves": [each._asdict() for each in found.moves]}
        write_json({**found._asdict(), **lists, "dry_run": dry_run})
        return 0
    write_table(LOAD_HEADS, found.loads)
    for words in (*_told_moves(found, dry_run=dry_run), *_told_new(found.new)):
        say(words)
    return 0


def _told_moves(found: Rebalanced, *, dry_run: bool) -> Iterator[str]:
    verb, where = "Would move" if dry_run else "Moved", f"under {found.taxonomy} in round {short(found.round)}"
    if found.moves:
        yield f"{verb} {len(found.moves):,} of {counted(found.open, 'open assignment')} {where}; what is begun stays."
    else:
        yield f"Nothing is to be moved {where}: nobody has more than their share of what they have not begun."
    if found.stuck:
        yield (
            f"{counted(found.stuck, 'assignment')} of those who left or only read would need people who have not had "
            "these subjects; name more with --to."
        )
    if found.begun:
        whose = f"{counted(found.begun, 'assignment')} that those who left or only read have begun"
        yield f"{whose} can be taken back with --take-back."
