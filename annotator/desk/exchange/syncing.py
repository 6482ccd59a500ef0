"""Exchanging work through a shared folder: what of it is taken in, and what is left there for others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.exchange.shared_folder import (
    Left,
    by_name,
    called,
    called_in,
    clear,
    is_by,
    is_of_nothing,
    left_in,
    of_file,
    projects_in,
    whose,
)
from annotator.desk.visibility import refuse_nobody
from annotator.errors import AnnotatorError, NotFoundError, RequestError, SourceError
from annotator.files import is_folder, stands
from annotator.model.person import NO_WITNESS, same_name
from annotator.store import people
from annotator.store.log import changes
from annotator.store.merging import bundle, projects
from annotator.store.merging.offer import contents_digest, offer_of, subjects_named

if TYPE_CHECKING:
    from annotator.desk.exchange.together import Bundled, Together
    from annotator.store.connection import Transaction
    from annotator.store.merging.merged import Merged
    from annotator.store.merging.offer import Wanted


class Synced(NamedTuple):
    """What an exchange through a folder did."""

    taken: tuple[Merged, ...]
    written: tuple[Bundled, ...]
    refused: dict[str, str]
    """By file: why it was not taken in, in a sentence that names it."""
    has_work: bool
    """Whether there is anything here that could be left."""
    whose: dict[str, str]
    """By file, as it was taken, written or refused: whose it is, in words."""


class Syncing:
    """One person's exchange through a shared folder."""

    def __init__(
        self, together: Together, take: Callable[..., list[Merged]], wanted: Callable[..., tuple[Wanted, str]]
    ) -> None:
        """Take the way in which this person makes bundles, takes them in, and says what goes into one."""
        self.together = together
        self.take = take
        self.wanted = wanted
        self.store = together.store
        self.visibility = together.visibility
        self.annotator = together.annotator

    def sync(self, folder: Path) -> Synced:
        """Take in what others left in a folder, then leave there what they may have; nobody writes others' files.

        What cannot be taken in is told and left where it is. Raises NotFoundError where there is no folder.
        """
        refuse_nobody(self.annotator)
        if not is_folder(folder):
            raise NotFoundError(f"{folder}: there is no such folder; make it, or name another one.")
        with self.store.writing() as transaction:
            own = transaction.replica
        self._refuse_other_project(folder, own)
        taken: dict[Path, list[Merged]] = {}
        while True:
            refused: dict[str, str] = {}
            came = self._take_all(folder, own, taken, refused)
            taken |= came
            # What came may say of somebody whose bundle was refused that they review.
            if not (came and refused):
                break
        done = tuple(one for each in taken.values() for one in each)
        written = tuple(self._leave(folder, own))
        return Synced(done, written, refused, not self._is_new, self._whose(folder, done, written, refused))

    def _whose(
        self, folder: Path, taken: Sequence[Merged], written: Sequence[Bundled], refused: Collection[str]
    ) -> dict[str, str]:
        found = {one.name: whose(Path(one.name), self.annotator) for one in taken}
        found |= {str(made.path): whose(made.path, made.person) for made in written}
        return found | {name: whose(folder / name) for name in refused}

    def _take_all(
        self, folder: Path, own: str, taken: Collection[Path], refused: dict[str, str]
    ) -> dict[Path, list[Merged]]:
        """Take in what was not yet; what cannot be is noted with the reason."""
        came: dict[Path, list[Merged]] = {}
        for is_for_all in (False, True):  # what is for this person alone may say who reviews
            for path in self._to_take(folder, own, is_for_all=is_for_all):
                if path in taken:
                    continue
                try:
                    came[path] = self._taken(path, is_for_all=is_for_all)
                except AnnotatorError as error:
                    refused[path.name] = of_file(path, str(error))
        return came

    def _refuse_other_project(self, folder: Path, own: str) -> None:
        """Refuse a folder in which all belongs to another project: nobody there could take in what is left there."""
        with self.store.reading() as transaction:
            mine = projects.here(transaction)
            is_new = changes.is_empty(transaction)
        theirs = [projects_in(left.path) for left in left_in(folder) if left.replica != own]
        if not is_new and any(theirs) and not any(mine & each for each in theirs):
            raise SourceError(
                f"{folder}: holds work of another project; nothing was changed, and nothing left there. Name another "
                "folder; if both are to become one, take in a file from there with `annotator merge --join`."
            )

    def _to_take(self, folder: Path, own: str, *, is_for_all: bool) -> list[Path]:
        """Others' bundles: those for this person, or those for all, which are for who reviews unless they made them."""
        found = []
        for left in left_in(folder):
            if left.replica == own or is_for_all == bool(left.for_) or is_of_nothing(left.path):
                continue
            if self._may_have(left.path) if is_for_all else self._is_mine(left.path, left.for_):
                found.append(left.path)
        if self._is_new:  # it becomes part of the project that most of the folder is of
            of = {path: projects_in(path) for path in found}
            found.sort(key=lambda path: -sum(bool(of[path] & each) for each in of.values()))
        return found

    def _may_have(self, path: Path) -> bool:
        """Whether a bundle for all may be for this person, which a new database cannot know before it is taken in.

        What cannot be read may be for anybody, and is refused when it is.
        """
        return self.together.is_lead or self._is_new or by_name(path) is None or is_by(path, self.annotator)

    @property
    def _is_new(self) -> bool:
        with self.store.reading() as transaction:
            return changes.is_empty(transaction)

    def _is_mine(self, path: Path, uid: str) -> bool:
        """Whether a bundle is for this person, as they are known here or, to a new database, as it says itself."""
        with self.store.reading() as transaction:
            name = people.name_of(transaction, uid)
        return same_name(called_in(path, uid) if name == uid else name, self.annotator)

    def _taken(self, path: Path, *, is_for_all: bool) -> list[Merged]:
        """Take a bundle in; one for all is not for somebody who turns out by it not to have everything."""
        with self.store.writing():
            done = self.take([path])
            if is_for_all and not (self.together.is_lead or is_by(path, self.annotator)):
                raise RequestError(
                    "It holds others' work, which is closed to you while annotation is blind; whoever reviews leaves "
                    "one for you here once you are assigned something."
                )
        return done

    def _leave(self, folder: Path, own: str) -> Iterator[Bundled]:
        """Write what is not there yet as it is now; of a database without work there is nothing to write."""
        if self._is_new:
            return
        before = self._left_before(folder, own)
        wanted = dict(self._to_leave(own, before))
        for name, person in wanted.items():
            path = folder / name
            if (person and not stands(path) and not self.visibility.viewer().is_blind) or self._is_there(path, person):
                continue
            yield self.together.bundle(path, person=person, is_narrow=True)
        clear(before, wanted)

    def _left_before(self, folder: Path, own: str) -> list[Left]:
        """The files that this person left from this replica, also under names of earlier versions."""
        with self.store.reading() as transaction:
            mine = [left for left in left_in(folder) if left.replica == own]
            who = {left: people.name_of(transaction, left.by) if left.by else by_name(left.path) for left in mine}
        # What cannot be read any more of one's own copy is written again by whoever comes first.
        return [left for left, name in who.items() if name is None or same_name(name, self.annotator)]

    def _is_there(self, path: Path, person: str) -> bool:
        """Whether a bundle holds what it would hold now, so that no drive carries it about again.

        One that holds more, such as what was erased or is closed by now, is not there: it is written again.
        """
        if not stands(path):
            return False
        try:
            header = bundle.read_header(path)
        except SourceError:
            return False
        with self.store.reading() as transaction:
            wanted, _ = self.wanted(transaction, person, is_narrow=True)
            known = {each.words for each in subjects_named(transaction, wanted)}
            if header.heads != offer_of(transaction, "", wanted).heads or set(header.known) != known:
                return False
            return header.contents == contents_digest(transaction, wanted)

    def _to_leave(self, own: str, before: Sequence[Left]) -> Iterator[tuple[str, str]]:
        """Files, each with the person it is for; from theirs people learn that annotation is no longer blind, too.

        Who reviews takes what is for all as well, once they know by theirs that they do. What was left once for
        somebody who has nothing to do any more is kept as it would be now: it may hold what was erased since.
        """
        with self.store.reading() as transaction:
            me = people.find(transaction, self.annotator)
            if not (me or self.together.is_lead):  # somebody whom nobody knows wrote nothing
                return
            by = me.uid if me else ""
            yield called(own, by), ""
            if not self.together.hands_on:
                return
            found = [
                person for name in self._known(transaction)
                if (person := people.find(transaction, name)) and name not in NO_WITNESS
                and not same_name(name, self.annotator)
            ]  # fmt: skip
            theirs = {person.uid: person.name for person in found}
            for uid in (left.for_ for left in before if left.for_):
                name = people.name_of(transaction, uid)
                if uid not in theirs and name not in {uid, *NO_WITNESS} and not same_name(name, self.annotator):
                    theirs[uid] = name
        yield from ((called(own, by, uid), name) for uid, name in theirs.items())

    def _known(self, transaction: Transaction) -> list[str]:
        """Everybody for whom there may be something: who is at work, and who reviews."""
        return list(dict.fromkeys([*people.at_work(transaction), *self.visibility.viewer().reviewers]))
