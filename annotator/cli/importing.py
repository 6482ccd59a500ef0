"""Import files, folders and archives, one after the other, and say what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from annotator.cli.call import NAMED, Call, Command, pass_call
from annotator.cli.printing import (
    counted,
    end_passing,
    say,
    say_passing,
    tell_apart,
    tell_names,
    write_json,
    write_table,
)
from annotator.errors import AnnotatorError, SourceError, StoreError
from annotator.files import is_folder, refuse_source
from annotator.plain import storable

if TYPE_CHECKING:
    from annotator.desk.exchange.importing import ImportOptions, ImportReport
    from annotator.desk.project import Project
    from annotator.model.provenance import Provenance

LONGEST_LIST = 40
"""Losses listed per source; `--report` has all."""


@click.command("import", cls=Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=NAMED)
@click.option(
    "--format", "name", metavar="F", default="", help="What it is; else found out. `annotator formats` lists."
)
@click.option("--dry-run", is_flag=True, help="Go through everything and keep nothing.")
@click.option("--report", metavar="FILE", type=NAMED, help="Write what happened as JSON.")
@click.option("--annotator-column", metavar="NAME", help="The column that names who classified.")
@click.option("--encoding", metavar="E", help="How the text is encoded; else found out.")
@click.option("--by-model", "model", metavar="NAME", help="Mark the classifications as made by this model.")
@click.option("--model-version", metavar="V", default="", help="The version of that model.")
@click.option("--model-configuration", metavar="TEXT", default="", help="Its prompt or settings, or a hash of them.")
@click.option("--by-people", is_flag=True, help="Mark the classifications as made by people, should they be marked.")
@click.option("--json", "as_json", is_flag=True, help="Print what happened as one JSON document.")
@pass_call
def import_command(
    call: Call,
    paths: tuple[Path, ...],
    name: str,
    dry_run: bool,
    report: Path | None,
    annotator_column: str | None,
    encoding: str | None,
    model: str | None,
    model_version: str,
    model_configuration: str,
    by_people: bool,
    as_json: bool,
) -> int:
    """Import files, folders and archives.

    Says at the end what was added, updated and left unchanged, what could not be carried
    over, and how many values were kept aside as issues. The same again changes nothing.
    After a path that fails the others are still imported.

    Who classified stays as the source says, also with --by-model. Of a snapshot of AIID, --by-model
    means the taxonomy MIT alone, because people fill in the others.
    """
    from annotator.desk.exchange.exporting import write
    from annotator.desk.exchange.importing import ImportOptions
    from annotator.formats.format import by_name

    call.refuse_name()
    made_by = _made_by(model, model_version, model_configuration, by_people)
    options = ImportOptions(by_name(name).name if name else "", annotator_column, encoding, dry_run, made_by)
    _refuse_all_unreadable(call, paths, options)
    if report:
        refuse_source(report, paths)
        call.refuse_own(report)
    done, failed = _imported(call, paths, options)
    document = [each.model_dump() for each in done]
    if report:
        write(report, [json.dumps(document, ensure_ascii=False, indent=2), "\n"])
    if as_json:
        write_json(document)
    _raise(failed)
    return 0


def _imported(
    call: Call, paths: Sequence[Path], options: ImportOptions
) -> tuple[list[ImportReport], list[AnnotatorError]]:
    """Import one path after the other: what came of each, told as it is done, and what failed."""
    from annotator.desk.exchange.importing import import_path

    done: list[ImportReport] = []
    failed: list[AnnotatorError] = []
    with _database(call, dry_run=options.dry_run) as project:
        for path in paths:
            try:
                done.append(import_path(project, path, options, _Progress(path), call.annotator))
            except AnnotatorError as error:
                failed.append(error)
                if isinstance(error, StoreError):  # the next path would meet it too
                    break
            else:
                _tell(done[-1])
            finally:
                end_passing()
    return done, failed


def _refuse_all_unreadable(call: Call, paths: Sequence[Path], options: ImportOptions) -> None:
    """Make no database where there is nothing to put into it."""
    failed: list[AnnotatorError] = []
    for path in paths if call.is_new else ():
        try:
            _look_at(path, options)
        except SourceError as error:
            failed.append(error)
    if len(failed) == len(paths):
        _raise(failed)


def _made_by(model: str | None, version: str, configuration: str, by_people: bool) -> Provenance | None:
    """Who or what the caller says made the classifications; None leaves it to the sources."""
    from annotator.model.provenance import PERSON, Provenance

    if by_people and (model is not None or version or configuration):
        raise click.UsageError("--by-people and --by-model exclude each other.")
    if by_people:
        return PERSON
    if model is None:
        if version or configuration:
            raise click.UsageError("--model-version and --model-configuration need --by-model NAME.")
        return None
    if not model.strip():
        raise click.UsageError("--by-model needs the name of the model.")
    generator, version, configuration = (storable(each).strip() for each in (model, version, configuration))
    return Provenance("model", generator, version, configuration)


def _look_at(path: Path, options: ImportOptions) -> None:
    from annotator.desk.exchange.importing import refuse_missing

    refuse_missing(path)
    if not options.format:
        from annotator.formats.format import sniff

        sniff(path)


def _raise(failed: Sequence[AnnotatorError]) -> None:
    """Raise what failed as one error, with the words of all and the exit code of the worst."""
    if len(failed) == 1:
        raise failed[0]
    if failed:
        together = AnnotatorError("\n".join(str(error) for error in failed))
        together.exit_code = max(error.exit_code for error in failed)
        raise together


@contextmanager
def _database(call: Call, *, dry_run: bool) -> Iterator[Project]:
    """The database; for a rehearsal without one, a place that is thrown away."""
    if not dry_run or not call.is_new:
        with call.begun() as project:
            yield project
        return
    from annotator.desk.project import Project

    beside = call.path.absolute().parent / "taxonomies"
    folders = [*call.folders, *([beside] if is_folder(beside) else [])]
    with TemporaryDirectory() as folder:
        project = Project.open(Path(folder) / "rehearsal.db", folders)
        try:
            yield project
        finally:
            project.store.close()


class _Progress:
    """Counts on one line of a terminal; silent elsewhere."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._show("reading …")

    def __call__(self, count: int) -> None:
        self._show(counted(count, "record"))

    def _show(self, words: str) -> None:
        say_passing(f"{self.name}: {words}")


def _beside_words(number: int, is_rehearsal: bool) -> str:
    """That somebody's work here was not touched, and where what came stands meanwhile."""
    kept = "would be kept" if is_rehearsal else "kept"
    if number == 1:
        return f"1 classification {kept} beside work done here, as a conflict; `annotator conflicts` lists it"
    return f"{number:,} classifications {kept} beside work done here, as conflicts; `annotator conflicts` lists them"


def _closed_words(number: int) -> str:
    """That what became of some is not told, and why."""
    if number == 1:
        return "annotation is blind: what becomes of 1 classification whose work is closed to you is not told"
    return f"annotation is blind: what becomes of {number:,} classifications whose work is closed to you is not told"


def _tell(report: ImportReport) -> None:
    from annotator.store.importing.closed import CLOSED
    from annotator.store.importing.run import KEPT_BESIDE

    say(f"{report.source}: {report.format}{', rehearsed: nothing was kept' if report.dry_run else ''}")
    for what, counts in report.counts.items():
        say(f"  {what}: " + ", ".join(f"{number:,} {outcome}" for outcome, number in counts.items()))
    if not report.counts:
        say("  nothing to keep in it")
    if beside := report.counts.get("classifications", {}).get(KEPT_BESIDE, 0):
        say(f"  {_beside_words(beside, report.dry_run)}")
    if closed := report.counts.get("classifications", {}).get(CLOSED, 0):
        say(f"  {_closed_words(closed)}")
    if report.losses:
        say("  not carried over:")
    for loss in report.losses[:LONGEST_LIST]:
        say(f"    {loss.count:,} × {loss.what} ({loss.where})")
    if len(report.losses) > LONGEST_LIST:
        say(f"    and {counted(len(report.losses) - LONGEST_LIST, 'line')} more; --report FILE has all")
    tell_names(report.names, is_rehearsal=report.dry_run)
    tell_apart(report.apart, is_rehearsal=report.dry_run)
    if report.issues:
        kept = "would be kept" if report.dry_run else "kept"
        say(f"  {counted(report.issues, 'value')} {kept} as import issues; `annotator issues` lists them")


HEADS = ("SOURCE", "PLACE", "SUBJECT", "TAXONOMY", "FIELD", "PROBLEM", "VALUE")
LONGEST = 80
"""Characters of a value in the table; JSON has all of it."""


@click.command("issues", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def issues_command(call: Call, as_json: bool) -> int:
    """List what imports met and could not accept.

    An issue goes away when its source is imported again without it. Those about what you are
    at work on yourself are left out as long as annotation is blind.
    """
    found, left_out = call.desk_to_read().exchange.issues()
    if as_json:
        write_json([issue.model_dump() for issue in found])
    elif found:
        names = [head.lower() for head in HEADS]
        write_table(HEADS, [[str(getattr(issue, name))[:LONGEST] for name in names] for issue in found])
    if not as_json:
        say(counted(len(found), "issue") + ".")
    if left_out:
        say(left_out)
    return 0


@click.command("formats", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def formats_command(as_json: bool) -> int:
    """List the formats that can be imported; `import --format` takes their names."""
    from annotator.formats.format import FORMATS

    if as_json:
        write_json([{"name": each.name, "summary": each.summary} for each in FORMATS])
    else:
        write_table(("FORMAT", "WHAT IT IS"), [(each.name, each.summary) for each in FORMATS])
    return 0
