"""Words that are being typed and not saved yet, kept in a file so that no crash loses more than the last second.

    words.keep(place, text)   at every change; costs nothing, a thread writes it within a second
    words.forget(place)       when they are saved or thrown away
    words.at(place)           what was typed there, now or before the program ended

The file lies beside the database. Where that folder is full or cannot be written, or the file there is another
person's, a file in the person's state folder takes its place. Each line is a record: whose words, where, what, when;
`text` is null when they are gone. The last record that a desk made of a place counts; of the two files, the later one.

Several desks of one person may be open. Each line says which desk's words it is about; a desk that is running holds a
mark (`desk/mark.py`). Only words of desks that have ended are offered, and a desk removes none but those and its own.

    left = words.look()       what desks left that have ended since; for any thread
    words.take_over(left)     offer it from now on, which changes nothing but what is in memory
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import NamedTuple

from annotator.config import state_folder
from annotator.desk.place import Place
from annotator.desk.unsaved.journal import Journal
from annotator.desk.unsaved.mark import Mark, is_running, sweep
from annotator.desk.unsaved.names import FormerNames, bring
from annotator.desk.unsaved.records import (
    Folded,
    Key,
    Record,
    Spot,
    fold,
    latest,
    line_of,
    lines_of_own,
    name_apart,
    needed,
    together,
)
from annotator.errors import OutputError
from annotator.files import real
from annotator.model.person import plain_name
from annotator.model.rounds import FIRST_ROUNDS, InRounds
from annotator.store.readable import now

DELAY = 1.0
"""Seconds after a change until it is written, with all that changed meanwhile."""
LONG = 1 << 20
"""Bytes after which a file is shortened in between."""


@dataclass(frozen=True)
class Words:
    """What somebody typed and did not save."""

    spot: Spot
    text: str
    at: str
    """When the last key was pressed: UTC with milliseconds."""

    @property
    def place(self) -> Place:
        """Where they were typed."""
        return self.spot.place


class Left(NamedTuple):
    """How what is offered differs from what the files say since others wrote there, or ended."""

    words: Mapping[Spot, Record]
    """The latest words at each spot of desks that have ended, but for those that are offered."""
    gone: Mapping[Spot, str]
    """Words that are offered and that another desk went on with or dropped, by whose they were."""


class UnsavedWords:
    """One annotator's unsaved words. Nothing here waits for a disk but `write_due` and `close`."""

    def __init__(
        self,
        database: Path,
        annotator: str,
        in_rounds: InRounds = FIRST_ROUNDS,
        *,
        folder: Path | None = None,
        delay: float = DELAY,
        clock: Callable[[], str] = now,
        spellings: Collection[str] = (),
        projects: Collection[str] = (),
    ) -> None:
        """Read what was left; `folder` stands for the person's state folder.

        `spellings` are other names of this annotator: what was typed under one of them is theirs. `projects` are those
        of the database; with them, words come along that were left when it had another name.
        """
        self.annotator = annotator
        self.in_rounds = in_rounds
        self.trouble: OutputError | None = None
        """Why words cannot be kept at present, in a sentence for the person."""
        self._delay = delay
        self._clock = clock
        self._database = database = real(database)
        folder = folder or state_folder()
        self.beside = Journal(database.with_name(f"{database.name}.unsaved"))
        self.apart = Journal(folder / name_apart(database))
        self._writing = Lock()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._is_closing = False
        self._own = {plain_name(name) for name in (annotator, *spellings)}
        self._written_under: dict[Key, str] = {}  # the name in the files where it is not the one they have now
        self._mark = Mark(self.beside.path, self.apart.path)
        self._taken_over: dict[Spot, str] = {}  # which ended desk's words are offered
        self._done_with: set[Key] = set()  # those that were, whether the files say so by now or not
        self._due: dict[Key, Record] = {}
        self._held: dict[Journal, set[Key]] = {
            self.beside: set(),
            self.apart: set(),
        }  # what each file offers, so that its end is written there too
        self._shorten_at = {self.beside: LONG, self.apart: LONG}
        self._running: frozenset[str] = frozenset()  # of the other desks in the files
        self._seen: object = None  # what there was to see when nothing was left
        self._words: dict[Spot, Words] = {}
        self._names = FormerNames(database, projects, folder)
        self._is_named = False
        self._bring_along(folder)
        self._offer_left()

    def at(self, place: Place) -> Words | None:
        """What was typed at a place, in the round that is worked in there, and not saved."""
        return self._words.get(self._spot(place))

    def all(self) -> list[Words]:
        """All that this annotator typed and did not save, in whatever round; the oldest first."""
        with self._changed:
            return sorted(self._words.values(), key=lambda words: words.at)

    def is_left_over(self, words: Words) -> bool:
        """Whether words are of a desk that has ended, and nothing was kept at their place since."""
        return words.spot in self._taken_over

    def look(self) -> Left | None:
        """Look for words of desks that have ended since; None when there is no news. For any thread."""
        with self._writing:  # so that no record is on its way meanwhile
            stamps = self.beside.stamp(), self.apart.stamp()
            if (frozenset(filter(self._is_running, self._running)), *stamps) == self._seen:
                return None
            try:
                last, ended = self._counting(self._read_again)
            except OSError:  # what is offered stays, and the next look may find more
                return None
            self._running = frozenset({desk for _, desk in last} - ended - {self._mark.desk})
            with self._changed:
                left = self._news(last, ended)
            if not (left.words or left.gone):
                self._seen = self._running, *stamps
                return None
            self._mark.take()  # without locks nobody can tell who has ended
            return left if self._mark.is_held else None

    def take_over(self, left: Left, is_wanted: Callable[[Place], bool] = lambda _: True) -> set[Place]:
        """Offer words that were left where nothing is kept, and no longer what another desk went on with.

        Returns where anything changed.
        """
        before = set(self._taken_over.items())
        with self._changed:
            for spot, desk in left.gone.items():
                if is_wanted(spot.place) and self._taken_over.get(spot) == desk:
                    del self._words[spot], self._taken_over[spot]
            for spot, record in left.words.items():
                if is_wanted(spot.place) and spot not in self._words and record.key not in self._done_with:
                    self._offer(record)
        return {spot.place for spot, _ in before ^ set(self._taken_over.items())}

    def keep(self, place: Place, text: str) -> None:
        """Keep what stands in an editor now, in place of what stood there before."""
        spot = self._spot(place)
        with self._changed:
            before = self._words.get(spot)
            if before is None or before.text != text or spot in self._taken_over:
                words = self._words[spot] = Words(spot, text, self._clock())
                self._write_soon(Record(spot, text, words.at, self._mark.desk))
                self._end_taken_over(spot)

    def forget(self, place: Place, round_: int | None = None) -> None:
        """Drop words because they are saved or thrown away."""
        spot = self._spot(place, round_)
        with self._changed:
            if self._words.pop(spot, None):
                self._end_taken_over(spot)
                self._write_soon(Record(spot, None, self._clock(), self._mark.desk))

    def write_due(self) -> None:
        """Write all that changed; returns when it is on the disk, or `trouble` says why it is not."""
        with self._writing:
            with self._changed:
                due, self._due = self._due, {}
            failed = self._write(list(due.values())) if due else []
            with self._changed:
                self._due = {record.key: record for record in failed} | self._due
            for journal in (self.beside, self.apart):
                self._shorten_if_long(journal)

    def close(self, within: float = 2.0) -> None:
        """Write what is due and leave no more in the files than is needed; raises OutputError when words may be lost.

        `within` is in seconds. What is kept afterwards is written as before.
        """
        with self._changed:
            self._is_closing = True
            thread = self._started()
            self._changed.notify_all()
        thread.join(within)
        if thread.is_alive():
            raise OutputError(
                f"{self.beside.path}: what was typed last is not written after {within:g} seconds, because the disk "
                "is slow. Open the desk again and see whether it is offered."
            )
        self._is_closing = False
        if self._due:
            self.write_due()
        self._mark.release()
        for journal in (self.beside, self.apart):
            sweep(journal.path)
        if not self.beside.size() and not self.apart.size():
            self._names.drop(self._database)
        if self._due and self.trouble:
            raise self.trouble

    # Reading

    def _spot(self, place: Place, round_: int | None = None) -> Spot:
        return Spot(self.annotator, self.in_rounds.under(place.taxonomy) if round_ is None else round_, place)

    def _bring_along(self, folder: Path) -> None:
        """Take here what ended desks left beside other names of this file; what somebody goes on with there stays."""
        for former in self._names.read():
            if former != self._database and bring(former, self.beside, self.apart, folder):
                self._names.drop(former)
        if self.beside.size() or self.apart.size():
            self._keep_name()

    def _keep_name(self) -> None:
        """Have this name found again, once there are words."""
        if not self._is_named:
            self._is_named = True
            self._names.add(self._database)

    def _offer_left(self) -> None:
        """Offer what both files say of this annotator's ended desks, and note which of them says something."""
        last, ended = self._counting(self._read)
        for record in latest(last, ended).values():  # the others are offered another time
            self._offer(record)

    def _offer(self, record: Record) -> None:
        spot, text, at, desk = record
        self._words[spot], self._taken_over[spot] = Words(spot, text or "", at), desk

    def _news(self, last: Folded, ended: set[str]) -> Left:
        """How what is offered differs from what the files say; what somebody is done with is none."""
        offered = set(self._taken_over.items())
        known = offered | self._done_with
        left = latest({key: record for key, record in last.items() if key not in known}, ended)
        return Left(left, dict(offered - {key for key, record in last.items() if record.text is not None}))

    def _counting(self, read: Callable[[Journal], Folded]) -> tuple[Folded, set[str]]:
        """What counts in both files of this annotator, and which of the desks there have ended.

        They had ended before the files were read, so none of them has written since.
        """
        found = {*read(self.beside), *read(self.apart)}
        others = {desk for spot, desk in found if spot.annotator == self.annotator} - {self._mark.desk}
        ended = {desk for desk in others if not self._is_running(desk)}
        beside, apart = read(self.beside), read(self.apart)
        last = together(beside, apart)
        return {key: record for key, record in last.items() if record.spot.annotator == self.annotator}, ended

    def _is_running(self, desk: str) -> bool:
        return is_running(desk, (self.beside.path, self.apart.path))

    def _read(self, journal: Journal) -> Folded:
        try:
            return self._read_again(journal)
        except OSError as error:
            self.trouble = OutputError(
                f"{journal.path}: what was typed and not saved cannot be read ({error.strerror}). "
                "Make the file readable and open the desk again."
            )
        return {}

    def _read_again(self, journal: Journal) -> Folded:
        found = {}
        for key, record in fold(lines_of_own(journal)).items():
            own = self._as_own(record)
            if own.key != key:
                self._written_under[own.key] = key[0].annotator
            found[own.key] = own
        self._held[journal] = {key for key, record in found.items() if record.text is not None}
        return found

    def _as_own(self, record: Record) -> Record:
        """A record under the name this annotator has now, where it is theirs under another one."""
        if record.spot.annotator == self.annotator or plain_name(record.spot.annotator) not in self._own:
            return record
        return record._replace(spot=record.spot._replace(annotator=self.annotator))

    def _as_written(self, record: Record) -> Record:
        """A record under the name that its desk wrote, so that it is about the same words."""
        name = self._written_under.get(record.key, record.spot.annotator)
        return record._replace(spot=record.spot._replace(annotator=name))

    # Writing

    def _write_soon(self, record: Record) -> None:
        self._due[record.key] = record
        self._started()
        self._changed.notify_all()

    def _end_taken_over(self, spot: Spot) -> None:
        """End the words of an ended desk that were offered at a spot, if there were any."""
        desk = self._taken_over.pop(spot, None)
        if desk is not None:
            self._done_with.add((spot, desk))
            self._write_soon(Record(spot, None, self._clock(), desk))

    def _started(self) -> Thread:
        """The thread that writes. A daemon: a program that forgets to close must end all the same."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._write_on, name="unsaved words", daemon=True)
            self._thread.start()
        return self._thread

    def _write_on(self) -> None:
        is_last = False
        while not is_last:
            with self._changed:
                self._changed.wait_for(lambda: self._due or self._is_closing)
                is_last = self._changed.wait_for(lambda: self._is_closing, self._delay)
            self.write_due()
        self._shorten(self.beside)
        self._shorten(self.apart)

    def _write(self, records: Sequence[Record]) -> Sequence[Record]:
        """Write records beside the database, or apart where that fails; returns those that could not be written."""
        if any(record.text is not None for record in records):
            self._mark.take()
            self._keep_name()
        beside = [record for record in records if record.text is not None or record.key in self._held[self.beside]]
        apart = [record for record in records if record.text is None and record.key in self._held[self.apart]]
        no_beside = self._append(self.beside, beside)
        if no_beside:
            apart = [*records]
        no_apart = self._append(self.apart, apart)
        self.trouble = self._in_words(no_beside, no_apart) if no_apart else None
        return apart if no_apart else []

    def _append(self, journal: Journal, records: Sequence[Record]) -> OSError | None:
        """Add records to a file; returns why that is not possible."""
        if not records:
            return None
        try:
            if journal is self.apart:
                journal.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal.append([line_of(self._as_written(record)) for record in records])
        except OSError as error:
            return error
        self._held[journal] -= {record.key for record in records if record.text is None}
        self._held[journal] |= {record.key for record in records if record.text is not None}
        return None

    def _in_words(self, no_beside: OSError | None, no_apart: OSError) -> OutputError:
        if no_beside is None:
            return OutputError(
                f"{self.apart.path}: cannot be written ({no_apart.strerror}). Words that you saved or threw away "
                "may be offered again; free some space."
            )
        return OutputError(
            f"{self.beside.path}: what you are typing cannot be kept there ({no_beside.strerror}), nor in "
            f"{self.apart.path} ({no_apart.strerror}). Save it soon, and free some space."
        )

    def _shorten_if_long(self, journal: Journal) -> None:
        if journal.size() > self._shorten_at[journal]:
            self._shorten(journal)
            self._shorten_at[journal] = max(LONG, 4 * journal.size())

    def _shorten(self, journal: Journal) -> None:
        """Leave what counts; where that is not possible now, the next one who closes does it."""
        with suppress(OSError):
            other = self.apart if journal is self.beside else self.beside
            rivals = fold(lines_of_own(other))
            journal.rewrite(partial(needed, rivals=rivals, wins_ties=journal is self.apart))
