"""Open what is to be merged: a database or a bundle, neither of which is written to."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from annotator.errors import (
    AnnotatorError,
    NotAStoreError,
    NotFoundError,
    SourceError,
    StoreAlteredError,
    StoreBusyError,
    StoreError,
    StoreTooOldError,
)
from annotator.files import MADE_UP, is_made_up, mode_at, stands
from annotator.model.chain import content_hash
from annotator.store.log import changes
from annotator.store.log.verifying import first_altered
from annotator.store.merging import bundle
from annotator.store.merging.checking import called_here, misnamed, subject_problem, taxonomy_problem
from annotator.store.merging.offer import FeedOffer, Offer, SubjectOffer, Wanted, Wire, offer_of
from annotator.store.store import Store
from annotator.store.wording import in_words

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

LEAST = 512
"""Bytes: the smallest page of SQLite."""
NEITHER = "is neither a database of annotator nor a bundle. Name another file, or have it sent again."


@contextmanager
def opened(path: Path, here: Transaction) -> Iterator[Offer]:
    """What a file offers to somebody who has what is here; raises SourceError, StoreError and NotFoundError."""
    with offering(path, here) as offer:
        yield offer()


@contextmanager
def offering(path: Path, here: Transaction) -> Iterator[Callable[[], Offer]]:
    """The same as often as it is asked for: what could not be taken in at first may be tried again."""
    if not stands(path):
        raise NotFoundError(f"{path}: there is no such file. Name a database or a bundle.")
    if bundle.is_bundle(path):
        read = bundle.read(path)
        yield lambda: read
        return
    with _to_merge(path) as store, store.reading() as transaction:
        wanted = Wanted(since=_since(here, transaction))
        yield lambda: _checked(offer_of(transaction, str(path), wanted))


def _checked(offer: Offer) -> Offer:
    """What another database offers, whose subjects and taxonomies are what their digests say; raises SourceError."""

    def refused(problem: str) -> SourceError:
        return SourceError(f"{offer.name}: was altered: {problem}. Nothing was changed; ask for another copy of it.")

    return _sound(offer, refused)


def fit_to_pass_on(offer: Offer, here: Transaction) -> Offer:
    """What a database offers, if others will not refuse it; raises StoreAlteredError."""

    def refused(problem: str) -> StoreAlteredError:
        return StoreAlteredError(
            f"{here.path}: was altered: {problem}, and others would refuse it, so nothing is passed on. "
            "`annotator verify` names all that was altered, with the way out."
        )

    for _, problem in misnamed(called_here(here), offer.people):
        raise refused(f"it {problem}")
    feeds = (feed._replace(events=_unaltered(feed, refused)) for feed in offer.feeds)
    offer = replace(offer, feeds=feeds)
    return _sound(offer, refused)


def _unaltered(feed: FeedOffer, refused: Callable[[str], AnnotatorError]) -> Iterator[Wire]:
    for wire in feed.events:
        if wire.content is not None and content_hash(wire.salt or b"", wire.content) != wire.content_hash:
            whose = feed.founder.name or "nobody named"
            raise refused(f"event {wire.number} of feed {feed.uid} of {whose} is not what was written")
        yield wire


def _sound(offer: Offer, refused: Callable[[str], AnnotatorError]) -> Offer:
    for each in offer.taxonomies:
        if problem := taxonomy_problem(*each):
            raise refused(problem)
    return replace(offer, subjects=_sound_subjects(offer, refused))


def _sound_subjects(offer: Offer, refused: Callable[[str], AnnotatorError]) -> Iterator[SubjectOffer]:
    for each in offer.subjects:
        if problem := subject_problem(each):
            raise refused(problem)
        yield each


@contextmanager
def _to_merge(path: Path) -> Iterator[Store]:
    """A database that is to be merged; raises SourceError for what cannot be, because the own one can be used."""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(database(path))
        except StoreBusyError:  # it can be merged, though not now
            raise
        except StoreError as error:
            words = str(error) if "was changed" in str(error) else f"{error} Nothing was changed here."
            raise SourceError(words) from error
        yield store


@contextmanager
def database(path: Path) -> Iterator[Store]:
    """A database for reading alone; one of an older version is brought up to date in a copy."""
    mode = mode_at(path)
    if mode and not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise NotAStoreError(f"{path}: this is {what}. Name the file of a database or a bundle.")
    if is_made_up(path):
        raise NotAStoreError(f"{path}: {MADE_UP}. Name the file of a database or a bundle.")
    if mode and path.stat().st_size < LEAST:  # SQLite takes it for a new one
        raise NotAStoreError(f"{path}: {NEITHER}")
    try:
        store = Store.open(path, create=False, read_only=True)
    except NotAStoreError as error:
        raise NotAStoreError(f"{path}: {NEITHER}") from error
    except StoreTooOldError:
        with _copied(path) as newer, closing(Store.open(newer, create=False)) as store:
            yield store
        return
    with closing(store):
        yield store


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    with TemporaryDirectory(prefix="annotator-") as folder:
        copy = Path(folder) / path.name
        address = path.absolute().as_uri() + "?mode=ro"
        with (
            in_words(path),
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            source.backup(target)
        yield copy


def _since(here: Transaction, there: Transaction) -> dict[str, int]:
    """How much of each feed is here whole; what was withheld, or was altered here, is asked for again."""
    sql = """SELECT uid, number, (SELECT min(events.id) FROM events WHERE events.salt IS NULL
               AND events.id > feeds.id << 32 AND events.id < (feeds.id + 1) << 32) FROM feeds WHERE number > 0"""
    there_are = dict(there.execute("SELECT uid, number FROM feeds").fetchall())
    altered = first_altered(here, there_are)
    lacking = changes.gaps(here)
    found: dict[str, int] = {}
    for uid, number, withheld in here.execute(sql).fetchall():
        known = number if withheld is None else (withheld & 0xFFFFFFFF) - 1
        known = min(known, altered.get(uid, known + 1) - 1, lacking.get(uid, known + 1) - 1)
        is_held = 0 < known <= there_are.get(uid, 0)
        # Where it is another event there, the feed has a fork, which only its beginning shows.
        if is_held and changes.hash_of(here, uid, known) == changes.hash_of(there, uid, known):
            found[uid] = known
    return found
