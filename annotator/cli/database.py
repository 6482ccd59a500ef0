"""Examine the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli.call import NAMED, Call, Command, pass_call
from annotator.cli.printing import counted, document_of, say, tell_unswept, write_json, write_line, write_table
from annotator.cli.remarks import tell_of_library, tell_of_rescued, tell_wrong_clocks
from annotator.errors import RequestError, StoreDamagedError
from annotator.files import is_folder, refuse_no_file

if TYPE_CHECKING:
    from annotator.store.doctor import Finding
    from annotator.store.rebuilding import Rebuilt

LISTED = 20
"""Classifications told that have no events; the rest is counted."""


@click.command("doctor", cls=Command)
@click.option("--rebuild", is_flag=True, help="First compute the readable tables and the search index anew.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def doctor_command(call: Call, rebuild: bool, as_json: bool) -> int:
    """Examine the database, and rebuild what is computed.

    Checks that the file is sound, that the readable tables equal the log of events, and
    that search is in step. Exits with 1 when something is found.
    """
    tell_of_rescued(call.path)
    try:
        findings = _examine(call, rebuild=rebuild)
    except StoreDamagedError as error:
        if error.__cause__ is None:  # nothing that SQLite met
            raise
        raise StoreDamagedError(
            f"{call.path}: the database is damaged so badly that it cannot be examined ({error.__cause__}), or its "
            "disk cannot read it. `annotator restore BACKUP` puts a backup in its place; without one, "
            f"`annotator salvage {call.path} --out NEW` saves what can still be read."
        ) from error
    if as_json:
        write_json([{"check": each.check, "problems": each.problems} for each in findings])
    else:
        for each in findings:
            write_line(f"{'found' if each.problems else 'good '}  {each.check}")
            for problem in each.problems:
                write_line(f"       {problem}")
    tell_of_library()
    return 1 if any(each.problems for each in findings) else 0


def _examine(call: Call, *, rebuild: bool) -> list[Finding]:
    desk = call.patient_desk() if rebuild else call.desk_to_read()
    if rebuild:
        _tell_rebuilt(desk.rebuild())
        tell_unswept(desk.store)
    findings = desk.examine()
    if not any(each.problems for each in findings):  # of what was altered, times are the least
        tell_wrong_clocks(desk)
    return findings


def _tell_rebuilt(rebuilt: Rebuilt) -> None:
    """Say what was computed anew, and what of the tables was not, because no event says so."""
    say(f"Computed {counted(rebuilt.classifications, 'classification')} anew.")
    for each in rebuilt.unexplained[:LISTED]:
        say(f"  left out, because it has no events: {each}")
    if len(rebuilt.unexplained) > LISTED:
        say(f"  and {len(rebuilt.unexplained) - LISTED:,} more")
    if rebuilt.indexed:
        say(f"Made indexes again that did not hold what their tables do: of {', '.join(rebuilt.indexed)}.")
    if rebuilt.may_be_lost:
        say(
            f"{rebuilt.kept}: is the file as it was before; its tables may tell what is missing now from the events. "
            "`annotator merge` of a copy that has those events brings them back."
        )
    elif rebuilt.kept:
        say(f"{rebuilt.kept}: is the file as it was before.")


@click.command("backup", cls=Command)
@click.argument("file", type=NAMED)
@pass_call
def backup_command(call: Call, file: Path) -> int:
    """Copy the database while it is in use.

    The copy is one consistent state. A file that exists is never overwritten.
    """
    call.desk_to_read().backup(file)
    say(f"{file}: written.")
    return 0


@click.command("restore", cls=Command)
@click.argument("backup", type=NAMED)
@pass_call
def restore_command(call: Call, backup: Path) -> int:
    """Put a backup in the place of the database.

    The backup is examined first, and nobody may have the database open. The file that was there is kept beside it.
    """
    from annotator.store.file.restoring import restore

    done = restore(call.path, backup)
    say(f"{call.path}: holds now what {backup} holds, {counted(done.events, 'event')}.")
    if done.former is None:
        return 0
    was = f"{done.former}: is the file that was there"
    if done.lacking is None:
        say(f"{was}; it cannot be read as it is. `annotator salvage {done.former} --out NEW` saves what still can be.")
    elif done.lacking:
        it = "takes it in" if done.lacking == 1 else "takes them in"
        say(
            f"{was}, with {counted(done.lacking, 'event')} that the backup lacks; `annotator merge {done.former}` {it}."
        )
    else:
        say(f"{was}, and holds nothing that the backup lacks.")
    return 0


@click.command("salvage", cls=Command)
@click.argument("damaged", type=NAMED)
@click.option("--out", "target", metavar="NEW", type=NAMED, required=True, help="The database to make.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def salvage_command(call: Call, damaged: Path, target: Path, as_json: bool) -> int:
    """Make a new database of what can be read of a damaged one.

    The damaged file is only read, and with it what was rescued of it (FILE.rescued). Every event and text that hashes
    show to be what was written is saved, and what is known to be missing is named. Events that can be read and not be
    put in, mostly because no hash proves them, are written to NEW.unproved.jsonl, and are no part of the database.
    Exits with 1 when something is missing or was not put in.
    """
    from annotator.desk.project import Project
    from annotator.store.salvaging.building import salvage

    refuse_no_file(damaged, "the damaged database")
    beside = damaged.absolute().parent / "taxonomies"
    folders = (*call.folders, *([beside] if is_folder(beside) else []))
    saved = salvage(damaged, target, lambda path: Project.open(path, folders).store)
    if as_json:
        write_json(saved._asdict())
    else:
        for each in saved.lost:
            write_line(f"lost  {each}")
        if saved.kept:
            write_line(f"kept  {saved.kept} has {counted(saved.unproved, 'event')} that can be read and not be put in")
    read = f"{', '.join([str(damaged), *saved.beside])}, which {'were' if saved.beside else 'was'}"
    say(
        f"{target}: holds {counted(saved.events, 'event')}, {counted(saved.subjects, 'subject')}, "
        f"{counted(saved.texts, 'text')} of reports and {counted(saved.taxonomies, 'version')} of taxonomies of "
        f"{read} not changed."
    )
    return 1 if saved.lost or saved.kept else 0


@click.command("settings", cls=Command)
@click.argument("name", required=False, default="")
@click.argument("value", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def settings_command(call: Call, name: str, value: str | None, as_json: bool) -> int:
    """List what the team agreed on, or set it.

    Without NAME and VALUE, every setting of this database comes.
    """
    if name and value is None:
        raise RequestError("Say what to set it to: annotator settings NAME VALUE.")
    if value is not None:
        kept = call.desk(call.who).settings.change(name, value)
        say(f"{kept.name}: {kept.value or 'nobody'}.")
        return 0
    found = call.desk_to_read().settings.all()
    if as_json:
        write_json([document_of(each._asdict()) for each in found])
    else:
        write_table(("NAME", "VALUE", "SET BY", "ABOUT"), [(e.name, e.value, e.set_by, e.about) for e in found])
    return 0
