"""What every command may be told: which database, who, which taxonomies, which round."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.printing import Wait, say
from annotator.config import Config, config_path, read_config
from annotator.errors import (
    REFUSED_BY_SYSTEM,
    AnnotatorError,
    NotFoundError,
    RequestError,
    StoreError,
    StoreFullError,
    StoreLinkedError,
    StoreTooOldError,
    TaxonomyError,
)
from annotator.files import mode_at, mode_to_write, refuse_database, stands
from annotator.foreign import reading
from annotator.model.limits import LARGEST
from annotator.model.person import hidden_in, is_reserved

if TYPE_CHECKING:
    from annotator.desk.desk import Desk
    from annotator.desk.project import Project
    from annotator.store.connection import Patience

DATABASE = "annotator.db"


def waiting_for_others(seconds: float | None = None) -> Patience:
    """Wait for other processes for as long as it takes, and say so: what was got ready is worth it."""
    from annotator.store.connection import Patience

    wait = Wait(
        "Another program is reading or writing this database; waiting for it. Ctrl+C ends this, and nothing is saved."
    )
    return Patience(seconds, wait.goes_on, wait.is_over)


def _is_none(path: Path) -> bool:
    """Whether no database stands at a path: no file, or an empty one, of which one can be made."""
    mode = mode_at(path)
    return not mode or (stat.S_ISREG(mode) and path.stat().st_size == 0)


class Call:
    """One call of the program. Opens what a command asks for, once, and closes it at the end."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.said: dict[str, Any] = {}
        self._project: Project | None = None
        self._is_warned = False
        self._open: list[Callable[[], None]] = []

    @cached_property
    def config(self) -> Config:
        """The person's settings; raises RequestError."""
        return read_config(config_path())

    @property
    def path(self) -> Path:
        """The database file."""
        return Path(self.said.get("db") or DATABASE)

    @property
    def is_new(self) -> bool:
        """Whether there is no database yet: no file, or an empty one, of which one can be made."""
        return _is_none(self.path)

    @property
    def named(self) -> str:
        """Who calls, as far as the command line or the environment says."""
        self.refuse_name()
        return self._name

    def refuse_name(self) -> None:
        """Raise RequestError for a name that nobody works under, also where none is needed."""
        name = self._name
        if hidden := hidden_in(name):
            raise RequestError(f"{name!r}: {hidden} in it cannot be seen; write the name without it after --as.")
        if is_reserved(name):
            raise RequestError(f"{name!r} is the name adjudications are kept under; work under your own with --as.")

    @property
    def _name(self) -> str:
        return str(self.said.get("annotator") or "").strip()

    @property
    def annotator(self) -> str:
        """Who calls; empty when neither this call nor the settings tell."""
        return self.named or self.config.annotator

    @property
    def who(self) -> str:
        """Who calls, where that must be known; raises RequestError."""
        if not self.annotator:
            raise RequestError("Say who you are: --as NAME, or `annotator: NAME` in the settings file.")
        return self.annotator

    @property
    def round(self) -> int:
        """The round that was named, in the open database; 0 where none was. Raises NotFoundError, RequestError."""
        return self._round_for()

    def _round_for(self, worker: str = "") -> int:
        """The same, and a round that waits for a lead where a worker has work of their own in it."""
        said = self.said.get("round")
        if not said or self._project is None:
            return 0
        from annotator.desk.team.rounds import find

        return find(self._project, str(said), worker)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of a team's own taxonomies."""
        return (*self.config.taxonomy_folders, *map(Path, self.said.get("taxonomies", ())))

    def project(self, *, create: bool = False, path: Path | None = None, patience: Patience | None = None) -> Project:
        """Open the database; raises NotFoundError when it is missing and not to be made."""
        from annotator.desk.project import Project
        from annotator.store.connection import USUAL

        where = path or self.path
        if not create and not stands(where):
            raise NotFoundError(
                f"{where}: there is no such database. `annotator import PATH` makes one of your reports, "
                "`annotator demo` one of samples; --db FILE names another."
            )
        opened = Project.open(
            where,
            self.folders,
            tabs=self.config.taxonomies,
            create=create,
            patience=patience or waiting_for_others(USUAL.seconds),
        )
        return self._keep(opened)

    @contextmanager
    def begun(self, path: Path | None = None, patience: Patience | None = None) -> Iterator[Project]:
        """Open the database, made where there is none, to put something into it.

        Where nothing came into one that was made, none is left behind; an empty file that was there is there again.
        """
        where = path or self.path
        is_new, was_empty = _is_none(where), stands(where)
        project = self.project(create=True, path=where, patience=patience or waiting_for_others())
        try:
            yield project
        finally:
            with suppress(AnnotatorError, OSError):  # what was done, or failed, before is what is told
                if is_new and project.store.remove_when_empty():
                    if was_empty:
                        where.touch()
                    say(f"{where}: no database was made, because nothing was taken in.")

    def project_to_read(self, path: Path | None = None, patience: Patience | None = None) -> Project:
        """Open the database for looking only, which one that cannot be written, or whose disk is full, allows too.

        Raises what kept it from being opened as usual where it cannot be read either.
        """
        try:
            return self.project(path=path, patience=patience)
        except (*REFUSED_BY_SYSTEM, StoreLinkedError) as refused:
            from annotator.desk.project import Project

            try:
                opened = Project.open(path or self.path, self.folders, tabs=self.config.taxonomies, read_only=True)
            except StoreTooOldError as old:
                raise type(refused)(f"{old} That failed: {refused}") from refused
            except StoreError:
                raise refused from None
            opened.store.file.why_read_only = str(refused)
            if isinstance(refused, StoreFullError):
                say(f"{refused} Until then what there is can be read, and copied to another disk.")
            return self._keep(opened)

    def desk(
        self,
        annotator: str | None = None,
        path: Path | None = None,
        *,
        own_work: bool = False,
        patience: Patience | None = None,
    ) -> Desk:
        """Open the database for an annotator who is to work, by default whoever calls.

        They are called as their name is kept there, however they spell it. For their own work it may be in a round
        that waits for a lead. Without a `patience` a wait is told on standard error. Raises RequestError for a new
        name that cannot be.
        """
        from annotator.desk.desk import Desk
        from annotator.desk.names import working_name

        project = self.project(path=path, patience=patience)
        name = working_name(project.store, self.annotator if annotator is None else annotator)
        return Desk(project, name, self._round_for(name if own_work else ""))

    def patient_desk(self) -> Desk:
        """Open the database for whoever calls, to write when others let it, however long that takes."""
        return self._as_kept(self.project(patience=waiting_for_others()))

    def desk_to_read(self) -> Desk:
        """Open the database for whoever calls, for looking only; one that cannot be written allows that too."""
        return self._as_kept(self.project_to_read())

    def desk_to_look(
        self, annotator: str | None = None, path: Path | None = None, patience: Patience | None = None
    ) -> Desk:
        """The same where it is kept who looked: a new name that cannot be is refused; raises RequestError."""
        from annotator.desk.desk import Desk
        from annotator.desk.names import working_name

        project = self.project_to_read(path, patience)
        name = working_name(project.store, self.annotator if annotator is None else annotator)
        return Desk(project, name, self.round)

    def _as_kept(self, project: Project) -> Desk:
        """A desk under the name that is kept of whoever calls; under a name nobody has, there is just nothing."""
        from annotator.desk.desk import Desk
        from annotator.desk.names import kept_name

        return Desk(project, kept_name(project.store, self.annotator), self.round)

    def _keep(self, project: Project) -> Project:
        self._open.append(partial(_give_back, project))
        self._project = project
        return project

    def refuse_own(self, target: Path) -> None:
        """Refuse to write over the database itself, and over any other, before anything is done."""
        if mode_to_write(target) and stands(self.path) and target.samefile(self.path):
            raise RequestError(f"{target}: is the database; name another file.")
        refuse_database(target)

    def refuse_claimed(self, namespace: str) -> None:
        """Raise TaxonomyError where a file claims the name of a shipped taxonomy: which is meant cannot be told."""
        library = self._project.library if self._project else None
        if library and (problems := library.refused_as(namespace)):
            self._is_warned = True
            raise TaxonomyError(problems)

    def refuse_altered(self, error: Exception) -> None:
        """Raise StoreAlteredError where something in the database that was opened is not what was written there."""
        if self._project is not None:
            self._project.store.refuse_altered(error)

    def refuse_failed(self, error: Exception) -> None:
        """Raise a StoreError in words where the database that was opened could not be read or written."""
        if self._project is not None:
            self._project.store.refuse_failed(error)

    def close(self) -> None:
        """Say which taxonomies were refused where they were asked for, and give back what was opened."""
        library = self._project.library_read if self._project else None
        for words in library.warnings if library and not self._is_warned else ():
            say(words)
        while self._open:
            self._open.pop()()


def _give_back(project: Project) -> None:
    """Close a database, and tell what others did to its file meanwhile that loses work from now on."""
    from annotator.store.file.open_file import LINKED

    with suppress(StoreError):  # nothing can be told of the path; what was done there was told already
        if project.store.file.was_linked():
            say(LINKED.format(path=project.store.path))
    saved_before = project.store.file.saved_to
    project.store.close()
    if project.store.file.saved_to != saved_before:  # only now it was found that the file was written over
        say(project.store.file.words_of_loss)


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value not in (None, ()):
        context.ensure_object(Call).said[option.name or ""] = value


class Named(click.Path):
    """A path that says something: an empty one would be the current folder, which nobody meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read what was written."""
        if not str(value):
            self.fail("an empty name is no file and no folder; write which one is meant.", param, ctx)
        return super().convert(value, param, ctx)


NAMED = Named(path_type=Path, readable=False)
"""A file or folder that is looked at by who opens it."""


class WholeNumber(click.types.IntParamType):
    """A whole number in a range, which what is outside is told in words."""

    name = "whole number"

    def __init__(self, least: int, most: int = LARGEST) -> None:
        """Take both ends, which are in."""
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read what was written."""
        try:
            number = int(value)
        except ValueError:  # also for thousands of digits
            number = None
        if number is None or not self.least <= number <= self.most:
            self.fail(f"{value!s:.40} is not a whole number from {self.least} to {self.most}.", param, ctx)
        return number


def _everywhere() -> list[click.Parameter]:
    folder = Named(exists=True, file_okay=False)
    return [
        click.Option(
            ["--db"],
            metavar="FILE",
            type=Named(readable=False),
            help=f"The database; else ANNOTATOR_DB, else {DATABASE} in the current folder.",
            envvar="ANNOTATOR_DB",
        ),
        click.Option(
            ["--as", "annotator"],
            metavar="NAME",
            help="Who you are; else ANNOTATOR_AS, else your settings file.",
            envvar="ANNOTATOR_AS",
        ),
        click.Option(
            ["--taxonomies"],
            metavar="DIR",
            multiple=True,
            type=folder,
            help="A folder with taxonomies of your own; may be given several times.",
        ),
        click.Option(
            ["--round"],
            metavar="ROUND",
            type=WholeNumber(1),
            help="The round, by the beginning of its id; else where you have open work.",
        ),
    ]


def _taken_up(options: list[click.Parameter], *, from_environment: bool) -> list[click.Parameter]:
    for option in options:
        option.expose_value, option.callback = False, _remember
        option.envvar = option.envvar if from_environment else None
    return options


EVERYWHERE = _taken_up(_everywhere(), from_environment=True)
"""The options of the program itself."""
AGAIN = _taken_up(_everywhere(), from_environment=False)
"""The same behind a command's name, where they overrule what stood before it."""


def reading_options() -> AbstractContextManager[None]:
    """Say in words what comes of an option or a variable of the environment that nobody could mean."""
    words = "The command line, or a variable of the environment, cannot be read: {}. Write it otherwise."
    # A reader that left while help is printed is none of the options.
    passing = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)
    return reading(lambda why: RequestError(words.format(why)), passing)


class Command(click.Command):
    """A command that understands the options of the program too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; what nobody could mean by one is refused in words."""
        with reading_options():
            return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own options, then those that every command has and it does not define itself."""
        own = super().get_params(ctx)
        taken = {name for each in own for name in each.opts}
        return own + [each for each in AGAIN if not taken.intersection(each.opts)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the two kinds of options apart."""
        for title, is_shared in (("Options", False), ("Options of every command", True)):
            shown = [each for each in self.get_params(ctx) if (each in AGAIN) is is_shared]
            options = (each for each in shown if isinstance(each, click.Option))
            records = [record for each in options if (record := each.get_help_record(ctx))]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


pass_call = click.make_pass_decorator(Call)


DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


def read_date(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Check what was said; None where nothing was. Raises BadParameter."""
    if value and not DATE.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no date; write 2020, 2020-06 or 2020-06-30.")
    return value


def read_day(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A day as it was written, when there is one of that date; raises BadParameter."""
    del context, option
    if value is None:
        return None
    try:
        day = date.fromisoformat(value).isoformat()
    except ValueError:
        day = ""
    if day != value:  # other spellings of a day stay out of the file
        raise click.BadParameter(f"{value!r:.40} is no day; write it as 2027-01-31.")
    return day


SINCE = click.option(
    "--since", metavar="DATE", callback=read_date, help="Dated then or later: 2020, 2020-06 or 2020-06-30."
)
UNTIL = click.option(
    "--until", metavar="DATE", callback=read_date, help="Dated then or earlier; 2020 includes all of 2020."
)


QUERY = click.argument("query", nargs=-1)
KIND = click.option("--kind", type=click.Choice(["incident", "report"]), help="Incidents or reports alone.")
LIMIT = click.option("--limit", metavar="N", type=WholeNumber(0), help="At most so many.")

__all__ = ["KIND", "LIMIT", "QUERY", "SINCE", "UNTIL"]
