"""One annotator at one project: every kind of action is a part of its own. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.desk.names import refuse_impossible
from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.files import real
from annotator.model.person import is_reserved
from annotator.model.rounds import InRounds

if TYPE_CHECKING:
    from annotator.desk.adjudication import Adjudication
    from annotator.desk.comments import Comments
    from annotator.desk.comparison.figures import Figures
    from annotator.desk.conflicts.conflicts import Conflicts
    from annotator.desk.exchange.exchange import Exchange
    from annotator.desk.exchange.importing import Importing
    from annotator.desk.exchange.together import Together
    from annotator.desk.history import History
    from annotator.desk.publishing import Publishing
    from annotator.desk.queue import Queues
    from annotator.desk.review import Reviewing
    from annotator.desk.settings import Manner, Settings
    from annotator.desk.subjects import Subjects
    from annotator.desk.tagging import Tagging
    from annotator.desk.team.assignment import Assigning
    from annotator.desk.team.gold import Golds
    from annotator.desk.team.progress import Progressing
    from annotator.desk.team.roles import Roles
    from annotator.desk.team.roster import Roster
    from annotator.desk.team.rounds import Rounds
    from annotator.desk.team.waiting import Waiting
    from annotator.desk.visibility import Visibility
    from annotator.store.connection import Patience
    from annotator.store.doctor import Finding
    from annotator.store.log.clocks import WrongClock
    from annotator.store.rebuilding import Rebuilt


def open_desk(
    path: Path, annotator: str, folders: Sequence[Path] = (), round_: int = 0, *, create: bool = True
) -> Desk:
    """Open a database for one annotator; raises AnnotatorError in words."""
    project = Project.open(path, folders, create=create)
    try:
        return Desk(project, annotator, round_)
    except RequestError:
        project.store.close()
        raise


class Desk:
    """What one annotator sees and does; an empty name is nobody's, who only looks.

    Parts are made, and what they need is imported, when they are first used.
    """

    def __init__(self, project: Project, annotator: str, round_: int = 0) -> None:
        """Take an open project, and the round that is meant, if one was named (0: none); raise RequestError."""
        self.annotator = annotator.strip()
        refuse_impossible(self.annotator)
        if is_reserved(self.annotator):
            raise RequestError(f"{annotator!r} is the name adjudications are kept under; work under your own.")
        if round_ < 0:
            raise RequestError(f"There is no round {round_}; `annotator round` lists them.")
        self.project = project
        self.store = project.store
        self.named = round_

    @cached_property
    def worked_in(self) -> InRounds:
        """The round this person works in under each taxonomy; it stays the same for as long as the desk does."""
        if self.named:
            return InRounds(self.named)
        from annotator.store.team import rounds

        with self.store.reading() as transaction:
            return rounds.worked_in(transaction, self.annotator)

    @property
    def decided_in(self) -> InRounds:
        """The round that is compared and decided under each taxonomy."""
        return self.visibility.decided_in

    @property
    def path(self) -> Path:
        """The database file."""
        return self.store.path

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every name this annotator is found by."""
        from annotator.store import people

        with self.store.reading() as transaction:
            return tuple(people.spellings(transaction, self.annotator))

    def another(self, patience: Patience | None = None) -> Desk:
        """The same annotator with a connection of its own, for another thread; as patient as this one unless told."""
        other = Desk(self.project.another(patience), self.annotator, self.named)
        return other.working_in(self.worked_in, self.known_decided_in)

    def in_round(self, round_: int) -> Desk:
        """The same annotator at the same connection, in one round."""
        return Desk(self.project, self.annotator, round_)

    def for_subject(self, key: str) -> Desk:
        """The same, at work where this person has the subject to do, with the queue as it is; this desk where it is.

        Where a round is named, that one is meant for every subject.
        """
        if self.named:
            return self
        from annotator.store.team import rounds

        with self.store.reading() as transaction:
            in_rounds = rounds.of_subject(transaction, self.annotator, key, self.worked_in)
        desk = self.working_in(in_rounds, self.known_decided_in)
        desk.queue = self.queue
        return desk

    @property
    def deciding(self) -> Desk:
        """The same annotator at the same connection, at work where things are decided."""
        return self.working_in(self.decided_in, self.decided_in)

    @property
    def known_decided_in(self) -> InRounds | None:
        """The rounds that are decided, as far as that was asked for here."""
        found: InRounds | None = self.visibility.__dict__.get("decided_in")
        return found

    def working_in(self, in_rounds: InRounds, decided: InRounds | None = None) -> Desk:
        """The same annotator at the same connection, at work in these rounds, and deciding in those, if known.

        They stay the same whatever happens meanwhile, so that what is on its way lands where it was meant.
        """
        desk = self if in_rounds == self.worked_in else Desk(self.project, self.annotator, in_rounds.named)
        desk.worked_in = in_rounds
        if decided is not None:
            desk.visibility.decided_in = decided
        return desk

    def give_up_when(self, is_unwanted: Callable[[], bool]) -> None:
        """End a look-up that takes long with a StoppedError once this says that nobody waits for it any more."""
        self.store.give_up_when(is_unwanted)

    def close(self) -> None:
        """Give the file back."""
        self.store.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Keep all edits made inside, or none of them when one is refused."""
        with self.store.writing():
            yield

    # The file as a whole

    def examine(self) -> list[Finding]:
        """Check the whole file; nothing is changed."""
        return self.store.examine()

    def rebuild(self) -> Rebuilt:
        """Compute the readable tables and the search index anew, and put taxonomies back of which there is a file."""
        rebuilt = self.store.rebuild()
        self.project.put_back()
        return rebuilt

    def backup(self, target: Path) -> None:
        """Copy the file while it is in use; raises RequestError when the target exists, OutputError in words."""
        self.store.backup(target)

    def look_at_file(self) -> bool:
        """Whether the file was given a second name; raises StoreReplacedError where it is not what was opened."""
        self.store.look()
        return self.store.file.has_other_names and not self.store.read_only

    @property
    def has_lost_file(self) -> bool:
        """Whether it was found that the file is not what was opened: then nothing is saved any more."""
        return self.store.file.is_gone

    @property
    def why_read_only(self) -> str:
        """Why the file is open for reading only, as a sentence; empty where it can be written."""
        return self.store.file.why_read_only

    def wrong_clocks(self) -> list[WrongClock]:
        """The events whose time cannot be right, and why."""
        from annotator.store.log import clocks

        with self.store.reading() as transaction:
            return list(clocks.wrong_clocks(transaction))

    @property
    def projects(self) -> frozenset[str]:
        """The projects that the database is of, as they stood in the file at the last look; none where it is lost."""
        return self.store.file.content.projects if self.store.file.content else frozenset()

    def save_beside(self) -> Path:
        """Copy what the open connection reads to a new file beside, whatever stands at the path; returns its path.

        Words that are not saved come along when that is opened.
        """
        from annotator.config import state_folder
        from annotator.desk.unsaved.names import FormerNames

        target = self._saved_beside()
        FormerNames(target, self.projects, state_folder()).add(real(self.path))
        return target

    def _saved_beside(self) -> Path:
        from annotator.store.file.rescuing import free_name

        target = free_name(self.path)
        self.backup(target)
        return target

    def take_into_what_is_there(self) -> Path:
        """Save beside, and merge that into the database that stands at the path now; returns what was saved.

        Raises what merging raises; then what was saved stays beside.
        """
        saved = self._saved_beside()
        with closing(open_desk(self.path, self.annotator, create=False)) as there:
            there.together.merge([saved])
        return saved

    # Parts

    @cached_property
    def queue(self) -> Queues:
        """Which subjects there are, in which order, and what comes next."""
        from annotator.desk.queue import Queues

        return Queues(self.store, self.annotator, self.worked_in)

    @cached_property
    def subjects(self) -> Subjects:
        """What there is to read, and the taxonomies that ask about it."""
        from annotator.desk.subjects import Subjects

        return Subjects(self.project)

    @cached_property
    def visibility(self) -> Visibility:
        """What this person may see and do while annotation is blind."""
        from annotator.desk.visibility import Visibility

        return Visibility(self.store, self.annotator, self.named)

    @cached_property
    def tagging(self) -> Tagging:
        """This person as one who classifies."""
        from annotator.desk.tagging import Tagging

        return Tagging(self.project, self.subjects, self.visibility, self.annotator, self.worked_in)

    @cached_property
    def history(self) -> History:
        """What this person did, to look at and to undo."""
        from annotator.desk.history import History

        return History(self.project, self.visibility, self.annotator, self.worked_in)

    @cached_property
    def review(self) -> Reviewing:
        """This person as one who looks at what annotators handed in."""
        from annotator.desk.review import Reviewing

        return Reviewing(self.project, self.visibility)

    @cached_property
    def adjudication(self) -> Adjudication:
        """This person as one who decides what annotators differ about."""
        from annotator.desk.adjudication import Adjudication

        return Adjudication(self.project, self.visibility, self.annotator)

    @cached_property
    def publishing(self) -> Publishing:
        """This person as one who publishes."""
        from annotator.desk.publishing import Publishing

        return Publishing(self.project, self.visibility, self.annotator)

    @cached_property
    def comments(self) -> Comments:
        """What people say to each other about subjects."""
        from annotator.desk.comments import Comments

        return Comments(self.project, self.visibility, self.annotator)

    @cached_property
    def conflicts(self) -> Conflicts:
        """What was done apart and does not say the same, and keeping one of it."""
        from annotator.desk.conflicts.conflicts import Conflicts

        return Conflicts(self.project, self.visibility, self.annotator)

    @cached_property
    def comparison(self) -> Figures:
        """How far annotators agree, as this person may see it."""
        from annotator.desk.comparison.figures import Figures

        return Figures(self.project, self.visibility, self.annotator)

    @cached_property
    def assignment(self) -> Assigning:
        """This person as one who deals work out."""
        from annotator.desk.team.assignment import Assigning

        return Assigning(self.project, self.visibility, self.annotator, self.named)

    @cached_property
    def rounds(self) -> Rounds:
        """The rounds there are, and starting the next one."""
        from annotator.desk.team.rounds import Rounds

        return Rounds(self.project, self.visibility, self.annotator, self.named)

    @cached_property
    def gold(self) -> Golds:
        """Which answers are known, and how annotators did on them."""
        from annotator.desk.team.gold import Golds

        return Golds(self.project, self.visibility, self.annotator)

    @cached_property
    def people(self) -> Roster:
        """Who is who, as this person says."""
        from annotator.desk.team.roster import Roster

        return Roster(self.store, self.visibility, self.annotator)

    @cached_property
    def roles(self) -> Roles:
        """Who may do what."""
        from annotator.desk.team.roles import Roles

        return Roles(self.store, self.annotator)

    @cached_property
    def waiting(self) -> Waiting:
        """What waits for a lead, and accepting or declining it."""
        from annotator.desk.team.waiting import Waiting

        return Waiting(self.store, self.visibility, self.annotator)

    @cached_property
    def progress(self) -> Progressing:
        """How far everybody is."""
        from annotator.desk.team.progress import Progressing

        return Progressing(self.project, self.visibility, self.annotator)

    @cached_property
    def importing(self) -> Importing:
        """The way of files in."""
        from annotator.desk.exchange.importing import Importing

        return Importing(self.project, self.annotator)

    @cached_property
    def together(self) -> Together:
        """Copies brought together, and work passed on."""
        from annotator.desk.exchange.together import Together

        return Together(self.store, self.visibility, self.annotator)

    @cached_property
    def exchange(self) -> Exchange:
        """The way of files out, and single documents of what is stored."""
        from annotator.desk.exchange.exchange import Exchange

        return Exchange(self.project, self.visibility)

    @cached_property
    def settings(self) -> Settings:
        """What the team agreed on for this database."""
        from annotator.desk.settings import Settings

        return Settings(self.store, self.annotator)

    @cached_property
    def manner(self) -> Manner:
        """How this person decides for as long as they sit here."""
        from annotator.desk.settings import Manner

        return Manner()
