"""Bring copies of a database together, pass work on, and prove that nothing of the record is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.call import NAMED, Call, Command, pass_call
from annotator.cli.printing import counted, say, tell_apart, tell_names, tell_unswept, write_json, write_line
from annotator.cli.remarks import tell_wrong_clocks
from annotator.errors import NotFoundError, RequestError

if TYPE_CHECKING:
    from annotator.desk.exchange.together import Bundled, Verified
    from annotator.desk.project import Project
    from annotator.store.log.verifying import Flaw
    from annotator.store.merging.merged import Merged

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
WAYS_OUT = {
    "changed": "What was changed comes back with `annotator merge` of a copy or bundle in which it is unaltered; a "
    "bundle is to be written and sent again.",
    "missing": "What is missing comes with `annotator merge` of a copy or bundle that has it; where nobody has it, "
    "`annotator verify --give-up REASON` accepts the loss.",
}
"""What to do about findings, by what they are."""
SHOWN = 20
"""Findings told of each kind and file; the rest is counted."""


@click.command("merge", cls=Command)
@click.argument("others", metavar="OTHER…", nargs=-1, required=True, type=NAMED)
@click.option("--dry-run", is_flag=True, help="Say what would come, and change nothing.")
@click.option("--join", is_flag=True, help="Also what belongs to another project: both are one from then on.")
@click.option(
    "--take-taxonomies", is_flag=True, help="Where a version of a taxonomy says something else there, take theirs."
)
@JSON
@pass_call
def merge_command(
    call: Call, others: tuple[Path, ...], dry_run: bool, join: bool, take_taxonomies: bool, as_json: bool
) -> int:
    """Take in the work of other databases and bundles.

    They are never written to, and taken in in whatever order works. Nothing here is overwritten: what was done
    apart at the same place stands there twice until somebody decides (`annotator conflicts`). The same again
    changes nothing.
    """
    from annotator.desk.desk import Desk

    call.refuse_name()
    with call.begun() as project:
        together = Desk(project, call.annotator, call.round).together
        done = together.merge(others, dry_run=dry_run, join=join, take_taxonomies=take_taxonomies)
    if as_json:
        write_json([{**asdict(each), "dry_run": dry_run} for each in done])
    else:
        for each in done:
            _tell_merged(each, each.name, dry_run=dry_run)
        _tell_lacking(project, done)
        tell_unswept(project.store)
        if [each.name for each in done] != [str(path) for path in others]:
            names = ", then ".join(each.name for each in done)
            say(f"They were taken in as {names}, because one needs what another brings.")
        tell_names([why for each in done for why in each.names], is_rehearsal=dry_run)
        tell_apart([keys for each in done for keys in each.apart], is_rehearsal=dry_run)
        _tell_leads(done, dry_run=dry_run)
        _tell_what_is_open(done)
    return 0


def _tell_merged(one: Merged, name: str, *, dry_run: bool) -> None:
    for missing in one.missing:
        say(f"{name}: lacks what was written {missing}; it is not here either, and `annotator verify` tells so.")
    for each in one.taxonomies:
        said = "would say here what it says" if dry_run else "says here now what it says"
        say(f"{name}: {each} {said} there; put the YAML file of it in the place of yours, if you have one.")
    verb = "would put right" if dry_run else "put right"
    if one.healed:
        say(f"{name}: {verb} {counted(one.healed, 'event')} that {'was' if one.healed == 1 else 'were'} altered here.")
    for each in one.mended:
        say(f"{name}: {verb} what {each} says here, which was altered.")
    is_new = bool(one.events or one.filled or one.subjects or one.versions or one.texts)
    if not (is_new or one.healed or one.mended):
        say(f"{name}: nothing new.")
        return
    if not is_new:
        return
    parts = [
        counted(one.events, "event"), counted(one.subjects, "subject"),
        f"{counted(one.classifications, 'classification')} computed anew",
    ]  # fmt: skip
    if one.filled:
        parts.append(f"{counted(one.filled, 'event')} whose content was withheld before")
    if one.versions:
        parts.append(f"{counted(one.versions, 'subject')} in a later version")
    if one.texts:
        parts.append(f"{counted(one.texts, 'text')} left out before")
    say(f"{name}: {'would bring' if dry_run else 'brought'} {', '.join(parts)}.")
    for fork in one.forks:
        event, branch = fork.split(" ")
        say(
            f"  From event {event} on, two copies went on as one, because nobody could tell them apart. Both branches "
            f"stand; one of them is called {branch} after its first event."
        )


def _tell_lacking(project: Project, done: Iterable[Merged]) -> None:
    """Say which taxonomies are nowhere: what their conditions hide shows as answered until they are there."""
    for namespace, version in sorted({each for one in done for each in one.lacking}):
        try:
            project.taxonomy(namespace, version)
        except NotFoundError:
            say(
                f"{namespace} version {version} is not in the file, so what its conditions hide shows as answered: put "
                "its YAML file into the folder taxonomies beside the database, and run `annotator doctor --rebuild`."
            )


def _tell_what_is_open(done: list[Merged]) -> None:
    """What is here by now and somebody is to see to."""
    if done and done[-1].without_text:
        say(
            f"{counted(done[-1].without_text, 'report')} without text here, because it was left out of what brought "
            "them. Take in a bundle that was made without --no-texts, or import their source."
        )
    if done and done[-1].conflicts:
        them = "it" if done[-1].conflicts == 1 else "them"
        say(f"{counted(done[-1].conflicts, 'place')} in conflict; `annotator conflicts` lists {them}.")
    if done and (many := done[-1].done_though_taken_back):
        were, it = ("was", "it") if many == 1 else ("were", "them")
        say(
            f"{counted(many, 'assignment')} taken back on one copy {were} done on another: no longer assigned, and the "
            f"work counts all the same. `annotator round list` counts {it} as done."
        )
    if done and done[-1].waiting == 1:
        say("1 deed waits for a lead, because who did it had no role for it; `annotator waiting` tells which.")
    elif done and done[-1].waiting:
        deeds = counted(done[-1].waiting, "deed")
        say(f"{deeds} wait for a lead, because who did them had no role for them; `annotator waiting` lists them.")


def _tell_leads(done: Sequence[Merged], *, dry_run: bool) -> None:
    """Say who leads in place of whom, because both were made leads on copies that did not know of each other."""
    for name, leads in [(name, one.leads) for one in done for name in one.lead_no_longer]:
        would, wait = ("would ", "would wait") if dry_run else ("", "waits")
        verb = f"{would}lead" if dry_run or len(leads) > 1 else "leads"
        say(
            f"{' and '.join(leads)} {verb} here now, and {name} {would or 'does '}no longer: roles were given on two "
            f"copies apart, and who gave the first in the order of the record leads. What {name} did as a lead {wait}; "
            f"`annotator people role {quote(name)} lead --claim` and then `annotator waiting accept --all`, both by "
            f"{name}, put it back."
        )


@click.command("bundle", cls=Command)
@click.argument("file", type=NAMED)
@click.option("--since", metavar="BUNDLE", type=NAMED, help="Leave out what this earlier bundle holds.")
@click.option("--for", "person", metavar="PERSON", default="", help="What this person is to have: for who reviews.")
@click.option("--no-texts", is_flag=True, help="Leave the texts of reports out; whoever takes it in has them.")
@JSON
@pass_call
def bundle_command(call: Call, file: Path, since: Path | None, person: str, no_texts: bool, as_json: bool) -> int:
    """Write a small file of work to send to others, who take it in with `annotator merge`.

    A reviewer's holds everything, anybody else's what they wrote themselves. With --for it holds what that
    person did and is to do, and nothing that is closed to them.
    """
    desk = call.desk(call.who)
    made = desk.together.bundle(file, since, person, with_texts=not no_texts)
    if as_json:
        write_json({**made._asdict(), "path": str(made.path)})
    else:
        _tell_bundle(made)
    return 0


def _tell_bundle(made: Bundled) -> None:
    whose = f"for {made.person}" if made.person else "everything" if made.is_whole else "your own work"
    say(f"{made.path}: {counted(made.events, 'event')} ({whose}), {made.size:,} bytes.")


@click.command("sync", cls=Command)
@click.argument("folder", type=NAMED)
@JSON
@pass_call
def sync_command(call: Call, folder: Path, as_json: bool) -> int:
    """Exchange work with others through a shared folder, such as a drive or a synchronised directory.

    Takes in what others left there and leaves what they may have; who has no database yet begins with it. Each copy
    of the database writes its own files alone. Exits with 5 where a file could not be taken in.
    """
    from annotator.desk.desk import Desk
    from annotator.desk.names import working_name

    who = call.who
    with call.begun() as project:
        done = Desk(project, working_name(project.store, who), call.round).together.sync(folder)
    if as_json:
        write_json(
            {
                "taken": [asdict(each) for each in done.taken],
                "written": [{**each._asdict(), "path": str(each.path)} for each in done.written],
                "refused": done.refused,
                "whose": done.whose,
            }
        )
    else:
        for one in done.taken:
            _tell_merged(one, f"From {done.whose[one.name]}", dry_run=False)
        for made in done.written:
            events = counted(made.events, "event")
            say(f"Left by {done.whose[str(made.path)]}: {events}, {made.size:,} bytes.")
        for name, why in done.refused.items():
            say(f"From {done.whose[name]}{why.removeprefix(name)} It was left where it is, as {name}.")
        _tell_lacking(project, done.taken)
        tell_unswept(project.store)
        if not (done.written or done.has_work):
            say(f"{folder}: nothing was left there, because there is no work here yet.")
        tell_names([why for each in done.taken for why in each.names])
        tell_apart([keys for each in done.taken for keys in each.apart])
        _tell_leads(done.taken, dry_run=False)
        _tell_what_is_open(list(done.taken))
    return 5 if done.refused else 0


@click.command("erase", cls=Command)
@click.argument("events", metavar="EVENT…", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why: it is kept with your name in place of what is taken away.")
@click.option("--with-repeats", is_flag=True, help="Also what says the same: rulings, decisions, older hand-ins.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken away, and change nothing.")
@pass_call
def erase_command(call: Call, events: tuple[str, ...], reason: str, with_repeats: bool, dry_run: bool) -> int:
    """Take away what events say, for good, such as for a takedown. For leads; without roles, for who reviews.

    That each was there, when in its feed, and who took its content away can still be proved, here and wherever the
    work is merged. EVENT is an event's id, as `annotator history --json` writes it,
    or as short as `history --team` and `comments` do where it is no other's. Backups and bundles made before keep it.
    """
    desk = call.desk(call.who)
    done = desk.together.erase(events, reason, with_repeats=with_repeats, dry_run=dry_run)
    verb = "Would take" if dry_run else "Took"
    say(f"{verb} away what {counted(len(done.events), 'event')} said; copies made before keep it.")
    if done.follows and dry_run:
        say("What would follow:")
    for each in done.follows:
        say(f"  {each}")
    for event, kind in done.repeats.items():
        say(
            f"{event} ({kind.replace('_', ' ')}) says the same, or holds a digest by which guesses at it can be "
            "checked; --with-repeats takes that away too."
        )
    tell_unswept(desk.store)
    return 0


@click.command("join", cls=Command)
@click.argument("key", required=False)
@click.argument("other", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would follow, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Of the list: one JSON document.")
@pass_call
def join_command(call: Call, key: str | None, other: str | None, dry_run: bool, as_json: bool) -> int:
    """Say that two subjects of one key are one; without them, list those that stand apart.

    KEY and OTHER are what a source calls alike. All that was done about either is done about the one then; what was
    answered apart and not alike is in conflict. The text that shows is the one that was imported later;
    both are kept. It cannot be undone.
    """
    if key is None:
        _list_apart(call, as_json)
        return 0
    if other is None:
        raise RequestError(f"Name the other subject too, which is to be one with {key}; `annotator join` lists them.")
    desk = call.desk(call.who)
    one, two = desk.subjects.resolve(key), desk.subjects.resolve(other)
    now = desk.together.join(one, two, dry_run=dry_run)
    say(f"{one} and {two} {'would be' if dry_run else 'are'} one subject: {now}.")
    return 0


def _list_apart(call: Call, as_json: bool) -> None:
    lots = call.desk_to_read().subjects.apart()
    if as_json:
        write_json([[{"key": key, "title": title} for key, title in lot.items()] for lot in lots])
        return
    for lot in lots:
        for key, title in lot.items():
            write_line(f"{key}  {title}".rstrip())
        write_line()
    if lots:
        stand = "Subjects of 1 key stand" if len(lots) == 1 else f"Subjects of {len(lots):,} keys stand"
        say(f"{stand} apart. `annotator join KEY OTHER` says of two that they are one.")
    else:
        say("No two subjects of one key stand apart.")


@click.command("verify", cls=Command)
@click.argument("files", metavar="[FILE]…", nargs=-1, type=NAMED)
@JSON
@click.option("--give-up", metavar="REASON", help="Accept that what is missing here is lost, such as after a restore.")
@pass_call
def verify_command(call: Call, files: tuple[Path, ...], as_json: bool, give_up: str | None) -> int:
    """Prove that the record is complete and unaltered: of databases and bundles, without a network.

    Names what is missing, changed, withheld, erased or forked, by feed and number, and which texts, taxonomies and
    people of a database were altered beside its events, each with the way out. What it cannot prove: against
    somebody who holds the file and every head that was ever told, a whole feed can be written anew. Exits with 1 when
    something speaks against the record. With --json comes a digest: two databases that hold the same have the same.

    What was lost for good, as after a backup was put back, can be given up: that is kept with who did so, when and
    why, and told in place of what is missing.
    """
    from annotator.desk.exchange.together import examine

    if give_up is not None:
        _give_up(call, files, give_up)
    desk = None if files else call.desk_to_read()  # files that are named need no database of one's own
    found = list(desk.together.verify((), with_digest=as_json) if desk else examine(files, with_digest=as_json))
    if as_json:
        write_json(
            [
                {"file": each.name, "sound": each.is_sound, "feeds": each.feeds, "events": each.events,
                 "digest": each.digest or None, "findings": [_finding(flaw) for flaw in each.flaws],
                 "altered": each.altered, "without_text": each.without_text}
                for each in found
            ]
        )  # fmt: skip
    else:
        for each in found:
            _tell_verified(each)
    if desk and all(each.is_sound for each in found):
        tell_wrong_clocks(desk)
    return 0 if all(each.is_sound for each in found) else 1


def _finding(flaw: Flaw) -> dict[str, Any]:
    return {**flaw._asdict(), "words": flaw.told}


def _give_up(call: Call, files: tuple[Path, ...], reason: str) -> None:
    if files:
        raise RequestError("Only what is missing in one's own database can be given up; leave the files away.")
    for each in call.desk(call.who).together.give_up(reason):
        say(f"Given up: {each}.")


def _tell_verified(one: Verified) -> None:
    verdict = "complete, unaltered and in order" if one.is_sound else "not sound"
    write_line(f"{one.name}: {verdict}; {counted(one.events, 'event')} in {counted(one.feeds, 'feed')}.")
    kinds = Counter(flaw.what for flaw in one.flaws)
    for what, number in kinds.items():
        for flaw in [each for each in one.flaws if each.what == what][:SHOWN]:
            write_line(f"  {what}: {flaw}")
        if number > SHOWN:
            write_line(f"  {what}: and {number - SHOWN:,} more")
        if what in WAYS_OUT:
            write_line(f"  {WAYS_OUT[what]}")
    if one.without_text:
        write_line(
            f"  without text: {counted(one.without_text, 'report')}, whose text was left out of what brought them"
        )
    for problem in one.altered[:SHOWN]:
        write_line(f"  altered: {problem}")
    if len(one.altered) > SHOWN:
        write_line(f"  altered: and {len(one.altered) - SHOWN:,} more")
