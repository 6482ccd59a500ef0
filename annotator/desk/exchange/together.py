"""Working on several copies: bringing them together, passing work on in bundles, exchanging through a folder.

Who reviews has everything; under blind annotation anybody else passes on what they wrote themselves, and gets what
they are to do and what they did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.exchange.syncing import Synced, Syncing
from annotator.desk.names import in_use, known_as, unfit
from annotator.desk.roles import leads, refuse_readers, refuse_who_leads_not
from annotator.desk.visibility import refuse_nobody
from annotator.errors import NotFoundError, RequestError, SourceError
from annotator.files import mode_to_read, mode_to_write, refuse_no_file, stands
from annotator.model.chain import shortened
from annotator.model.person import NO_WITNESS, same_name
from annotator.plain import storable
from annotator.store import conflicts, people, subjects
from annotator.store.file import indexes
from annotator.store.importing.staging import lacks_text
from annotator.store.log import erasing
from annotator.store.log import events as log
from annotator.store.log.digest import digest
from annotator.store.log.subject_versions import without_text
from annotator.store.log.verifying import FLAWS, Flaw, counts, keep_heads, stretches, verify
from annotator.store.merging import altered, bundle, lacking
from annotator.store.merging.checking import misnamed_in
from annotator.store.merging.joining import join
from annotator.store.merging.merged import Merged
from annotator.store.merging.offer import Offer, Wanted, contents_digest, offer_of
from annotator.store.merging.opening import database, fit_to_pass_on, offering
from annotator.store.merging.sharing import for_person, have_reviewed, own_feeds
from annotator.store.merging.taking import take_in_turn
from annotator.store.projection import TABLES
from annotator.store.team import assignments, waiting

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility
    from annotator.model.classification import Classification
    from annotator.store.connection import Transaction
    from annotator.store.store import Store


WHO_REVIEWS = (
    "an adjudicator or a lead (`annotator people role`), or while nobody has a role, whom `annotator settings "
    "reviewers` names"
)


class Bundled(NamedTuple):
    """A bundle that was written."""

    path: Path
    events: int
    size: int
    """Bytes."""
    is_whole: bool
    person: str = ""
    """Whom it is for."""


class Erased(NamedTuple):
    """What was taken away."""

    events: tuple[str, ...]
    repeats: dict[str, str]
    """By event that says the same, or holds a digest of it, and is still there: its kind."""
    follows: tuple[str, ...] = ()
    """What became of classifications, and of the rights of whoever erased, in sentences."""


UNSEEN = (
    "indexes of {} do not hold what their tables do, so nobody can tell what else beside the events was altered; {}"
)
"""Of tables through which what stands beside the events would be read."""
INDEXES_WAY_OUT = "`annotator doctor --rebuild` makes them again"


class Verified(NamedTuple):
    """What is proved of one file."""

    name: str
    flaws: tuple[Flaw, ...]
    feeds: int
    events: int
    altered: tuple[str, ...] = ()
    """Of a database: what beside the events is not what was written, in words."""
    digest: str = ""
    """Of a database, when it was asked for: what is the same in two files that hold the same."""
    without_text: int = 0
    """How many reports are there without their text, because it was left out."""

    @property
    def is_sound(self) -> bool:
        """Whether every feed is complete, unaltered and in order, and nothing beside the events was altered."""
        return not self.altered and not any(flaw.what in FLAWS for flaw in self.flaws)


def _meant(transaction: Transaction, said: str) -> str:
    """The name of an event that somebody calls by it or by a beginning; raises RequestError where it fits several."""
    found = erasing.alike(transaction, said)
    if len(found) > 1:
        names = ", ".join(sorted(shortened(found).values()))
        raise RequestError(f"{said!r} can be several events: {names}. Write more of it; nothing was changed.")
    return found[0] if found else said


def _replaced(transaction: Transaction, led: Sequence[str], lead: Sequence[str]) -> list[str]:
    """Who led before something came, leads no longer, and waits now for who does."""
    gone = [name for name in led if people.known_as(transaction, name) not in lead] if lead else []
    waits = {each.annotator for each in waiting.listed(transaction)} if gone else set()
    return [name for name in gone if people.known_as(transaction, name) in waits]


class Together:
    """One person who brings copies together."""

    def __init__(self, store: Store, visibility: Visibility, annotator: str) -> None:
        """Take an open store, what may be seen of it, and who passes work on."""
        self.store = store
        self.visibility = visibility
        self.annotator = annotator

    def merge(
        self, others: Sequence[Path], *, dry_run: bool = False, join: bool = False, take_taxonomies: bool = False
    ) -> list[Merged]:
        """Take in what databases and bundles hold, in whatever order works; all of it or, after an error, nothing.

        Raises RequestError for readers and, with roles, for nobody, SourceError, NotFoundError and StoreError; nothing
        is changed then.
        """
        self._refuse_readers()
        return self._take(others, dry_run=dry_run, join=join, take_taxonomies=take_taxonomies)

    def _refuse_readers(self) -> None:
        """Refuse readers, before what comes says that somebody is one: who has nothing yet begins with it."""
        with self.store.reading() as transaction:
            refuse_readers(transaction, self.annotator)

    def _take(
        self, others: Sequence[Path], *, dry_run: bool = False, join: bool = False, take_taxonomies: bool = False
    ) -> list[Merged]:
        for path in others:
            if mode_to_read(path) and stands(self.store.path) and path.samefile(self.store.path):
                raise RequestError(f"{path}: is the database itself; name another file.")
        with ExitStack() as stack:
            with self.store.reading() as transaction:
                offers = [stack.enter_context(offering(path, transaction)) for path in others]
            with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
                names, apart = in_use(transaction), subjects.apart(transaction)
                done_before, led = assignments.done_though_taken_back(transaction), leads(transaction)
                done = take_in_turn(self.store, offers, join=join, take_taxonomies=take_taxonomies)
                done[-1].names = unfit(names, in_use(transaction))
                done[-1].apart = [keys for keys in subjects.apart(transaction) if keys not in apart]
                done_now = assignments.done_though_taken_back(transaction)
                done[-1].done_though_taken_back = max(0, done_now - done_before)
                done[-1].leads = leads(transaction)
                done[-1].lead_no_longer = _replaced(transaction, led, done[-1].leads)
                return self._with_what_is_open(done)

    def _with_what_is_open(self, done: list[Merged]) -> list[Merged]:
        """What was taken in, with how much is in conflict and waits by then, as far as this person may see it."""
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            here, waits = conflicts.count(transaction, viewer), waiting.count(transaction, viewer)
        return [replace(each, conflicts=here, waiting=waits) for each in done]

    def bundle(
        self,
        path: Path,
        since: Path | None = None,
        person: str = "",
        *,
        with_texts: bool = True,
        is_narrow: bool = False,
    ) -> Bundled:
        """Write what may be passed on to a file; `since` leaves out what that bundle holds, `person` is whom it is for.

        A narrow one holds no others' work for a person, even where it is open to them: they have it from who made it
        by a whole one, unless whoever reviews now gets it from who reviewed before.

        Raises RequestError for who may not, NotFoundError for nobody of that name, OutputError.
        """
        refuse_nobody(self.annotator)
        if mode_to_write(path) and path.samefile(self.store.path):
            raise RequestError(f"{path}: is the database itself; name another file.")
        bundle.refuse_target(path)
        if since is not None:
            refuse_no_file(since, "an earlier bundle with --since")
        before = bundle.read_header(since) if since else None
        with self.store.reading() as transaction:
            wanted, whom = self._wanted(transaction, person, is_narrow=is_narrow)
            if before is not None:
                heads = {feed: number for feed, (number, _) in before.heads.items()}
                wanted = replace(wanted, since=heads, known=frozenset(before.known))
            offered = offer_of(transaction, str(path), replace(wanted, with_texts=with_texts))
            offer = fit_to_pass_on(offered, transaction)
            known = frozenset(before.known) if before else frozenset()
            contents = contents_digest(transaction, wanted)
            events = bundle.write(path, offer, for_=whom, known=known, contents=contents)
        self._remember(offer, path)
        return Bundled(path, events, path.stat().st_size, wanted.is_whole, person)

    def _remember(self, offer: Offer, path: Path) -> None:
        """Keep how far the feeds had come that were passed on: others know of them from now on."""
        with self.store.writing() as transaction:
            keep_heads(transaction, offer.heads, path.name)

    def sync(self, folder: Path) -> Synced:
        """Exchange work with others through a folder.

        Raises NotFoundError where there is none, RequestError for readers, and SourceError.
        """
        self._refuse_readers()
        return Syncing(self, self._take, self._wanted).sync(folder)

    def erase(self, names: Sequence[str], reason: str, *, with_repeats: bool = False, dry_run: bool = False) -> Erased:
        """Take away what events say, for good, and with repeats also what says the same elsewhere.

        Raises RequestError for nobody, without a reason, or for who does not lead, or
        without roles review, and for an id that several begin with; NotFoundError for no event.
        """
        refuse_nobody(self.annotator)
        said = storable(reason).strip()
        if not said:
            raise RequestError("Say why with --reason: it is kept with your name in place of what is taken away.")
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "takes content away")
            if not self.is_lead:
                raise RequestError("Only who reviews takes content away; see `annotator settings reviewers`.")
            names = [_meant(transaction, each) for each in names]
            found = [each for name in names for each in erasing.repeating(transaction, name)]
            repeats: dict[str, str] = {each.id: each.kind for each in found if each.id not in names}
            erased = (*dict.fromkeys(names), *(repeats if with_repeats else ()))
            touched = erasing.touched(transaction, erased)
            before = {of: self.store.classification(of) for of in touched}
            for name in erased:
                erasing.erase(transaction, self.store.projection, self.annotator, name, said)
            after = {of: self.store.classification(of) for of in touched}
            follows = [words for of in touched if (words := _followed(before[of], after[of]))]
            follows += self._lost_rights
        return Erased(erased, {} if with_repeats else repeats, tuple(follows))

    @property
    def _lost_rights(self) -> list[str]:
        """What is to be said where somebody who reviewed does so no longer."""
        if self.is_lead:
            return []
        return [f"{self.annotator} no longer reviews, because that followed from what was erased."]

    def join(self, one: str, other: str, *, dry_run: bool = False) -> str:
        """Say that two subjects which a source calls alike are one; returns the key it has from now on.

        Raises RequestError for nobody, for who is no lead, and for two of different keys; NotFoundError.
        """
        refuse_nobody(self.annotator)
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "says which subjects are one")
            return join(transaction, self.store.projection, self.annotator, one, other)

    def give_up(self, reason: str, *, dry_run: bool = False) -> list[Flaw]:
        """Accept that what is missing of the record here is lost; returns what that is.

        It is told as given up from then on, and still taken in should it come after all. Raises RequestError for
        nobody, without a reason, or for who does not review where what is lost is others' too; NotFoundError where
        nothing is missing.
        """
        refuse_nobody(self.annotator)
        said = storable(reason).strip()
        if not said:
            raise RequestError("Say why: it is kept with your name and what is given up.")
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            refuse_readers(transaction, self.annotator)
            lost = [flaw for flaw in stretches(verify(transaction)) if flaw.what == "missing"]
            if not lost:
                raise NotFoundError("Nothing of the record is missing here, so there is nothing to give up.")
            others = next((each for each in lost if not same_name(each.person, self.annotator)), None)
            if others is not None and not self.is_lead:
                raise RequestError(
                    f"{str(others)[0].upper()}{str(others)[1:]}. Only who reviews gives up what others wrote: "
                    f"{WHO_REVIEWS}."
                )
            for each in lost:
                what = {"feed": each.feed, "first": each.first, "last": each.last, "reason": said}
                log.append(transaction, self.annotator, "given_up", log.NOTHING, 0, what)
        return lost

    def verify(self, files: Sequence[Path], *, with_digest: bool = False) -> Iterator[Verified]:
        """Examine databases and bundles, this one where none is named; nothing is changed."""
        if files:
            yield from examine(files, with_digest=with_digest)
        else:
            yield _verified(self.store, with_digest=with_digest)

    # Who may have what

    @property
    def is_lead(self) -> bool:
        """Whether this person has everything: they review, or nothing is kept from anybody."""
        viewer = self.visibility.viewer()
        return viewer.reviews or not viewer.is_blind

    @property
    def hands_on(self) -> bool:
        """Whether this person makes bundles for others: they have everything, or had, and decided for all then."""
        with self.store.reading() as transaction:
            return self.is_lead or any(same_name(self.annotator, each) for each in have_reviewed(transaction))

    def _wanted(self, transaction: Transaction, person: str, *, is_narrow: bool) -> tuple[Wanted, str]:
        """What of the file goes into a bundle, of one's own or for somebody, and the uid of whom it is for."""
        me = people.find(transaction, self.annotator)
        by, by_name = (me.uid, me.name) if me else ("", self.annotator)
        if not person:
            if self.is_lead:
                return Wanted(by=by, by_name=by_name), ""
            return Wanted(own_feeds(transaction, by), is_whole=False, by=by, by_name=by_name), ""
        if not self.hands_on:
            raise RequestError(
                f"Only who reviews makes bundles for others: {WHO_REVIEWS}. "
                "Without --for, the bundle holds your own work."
            )
        known = [name for name in people.everybody(transaction) if name not in NO_WITNESS]
        whom = people.find(transaction, known_as(person, known))
        if whom is None:
            raise NotFoundError(f"Nobody here is called {person!r}.")
        viewer = self.visibility.viewer()
        reviews = any(same_name(whom.name, each) for each in viewer.reviewers)
        if (not is_narrow and not viewer.is_blind) or (reviews and not (is_narrow and self.is_lead)):
            return Wanted(by=by, by_name=by_name), whom.uid
        share = for_person(transaction, whom.uid, (*viewer.reviewers, *((by_name,) if self.is_lead else ())))
        return Wanted(
            share.feeds, share.ending, keeps=share.keeps, tells_of_work=False, by=by, by_name=by_name
        ), whom.uid


IS = {
    "untouched": "untouched", "draft": "a draft", "skipped": "skipped", "submitted": "handed in",
    "adjudicated": "decided",
}  # fmt: skip


def _followed(before: Classification, after: Classification) -> str:
    """What became of a classification of which something was erased; empty where nothing shows otherwise."""
    of = before.identity
    about = f"{of.subject} under {of.taxonomy}, of {of.annotator}"
    if after.updated_at is None:
        return f"{about}: nothing is left of it."
    gone = ", ".join(sorted(before.answers.keys() - after.answers.keys()))
    lost = f", without an answer to {gone}" if gone else ""
    if before.status != after.status:
        return f"{about}: was {IS[before.status]} and is {IS[after.status]} now{lost}."
    return f"{about}: stays {IS[after.status]}{lost}." if gone else ""


def examine(files: Sequence[Path], *, with_digest: bool = False) -> Iterator[Verified]:
    """Examine databases and bundles; nothing is changed. Raises NotFoundError, SourceError and StoreError."""
    for path in files:
        if not stands(path):
            raise NotFoundError(f"{path}: there is no such file. Name a database or a bundle.")
        if bundle.is_bundle(path):
            offer = bundle.read(path)
            if problem := misnamed_in(offer):
                raise SourceError(f"{path}: was altered: it {problem}. Nothing was changed; have it sent again.")
            bare = sum(lacks_text(each.kind, each.row) for each in offer.subjects)
            flaws = tuple(stretches(_of_bundle(offer)))
            yield Verified(str(path), flaws, len(list(offer.feeds)), _count(offer), without_text=bare)
        else:
            with database(path) as store:
                yield _verified(store, with_digest=with_digest)._replace(name=str(path))


def _verified(store: Store, *, with_digest: bool) -> Verified:
    with store.reading() as transaction:
        flaws = tuple(stretches(verify(transaction)))
        feeds, events = counts(transaction)
        if wrong := indexes.unfit(transaction, TABLES):
            way_out = indexes.DOUBLED_WAY_OUT if indexes.hold_doubled(transaction) else INDEXES_WAY_OUT
            return Verified(str(store.path), flaws, feeds, events, (UNSEEN.format(", ".join(wrong), way_out),))
        beside = (*altered.problems(transaction), *lacking.problems(transaction))
        found = digest(transaction) if with_digest else ""
        return Verified(str(store.path), flaws, feeds, events, beside, found, without_text(transaction))


def _of_bundle(offer: Offer) -> Iterator[Flaw]:
    """What there is to tell of a bundle, whose lines are proved already: its feeds, event by event."""
    from annotator.model.chain import content_hash, event_hash

    for feed in offer.feeds:
        uid, who, before, number = feed.uid, feed.founder.name, feed.before, feed.first - 1
        for wire in feed.events:
            number += 1
            if wire.number > number:
                yield Flaw("missing", uid, who, number, wire.number - 1, "is not in the bundle")
            elif wire.number < number:
                yield Flaw("changed", uid, who, wire.number, wire.number, "does not come after the one before it")
            number = wire.number
            if wire.content is None:
                words = "withheld or erased; that it was there can still be proved"
                yield Flaw("withheld", uid, who, number, number, words)
            elif content_hash(wire.salt or b"", wire.content) != wire.content_hash:
                yield Flaw("changed", uid, who, number, number, "its content is not what was written")
            before = event_hash(feed.founder.feed, number, wire.counter, wire.content_hash, before)
        head = offer.heads.get(uid)
        if head and head[0] == number and head[1] != before.hex():
            yield Flaw("changed", uid, who, number, number, "it does not lead to the head that is told")
        elif head and head[0] > number:
            yield Flaw("missing", uid, who, number + 1, head[0], "is told and not in the bundle")
        if uid in offer.missing:
            last = offer.missing[uid][0]
            yield Flaw("missing", uid, who, number + 1, last, "is known to have been written, and is not in it")
    for uid in sorted(offer.missing.keys() - offer.heads.keys()):
        words = "the feed was known where the bundle was made, and nothing of it was there"
        yield Flaw("missing", uid, "", 1, offer.missing[uid][0], words)


def _count(offer: Offer) -> int:
    return sum(1 for feed in offer.feeds for _ in feed.events)
