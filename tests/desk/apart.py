"""Copies of one database on which people go on apart, and bringing them together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, copytree
from tempfile import mkdtemp

from annotator.desk import Desk, open_desk
from annotator.store.merging import offer, taking
from annotator.store.merging.merged import Merged
from annotator.store.store import Store


def copied(path: Path) -> Path:
    """The same database in another place, with the taxonomies beside it."""
    folder = Path(mkdtemp(dir=path.parent))
    if (path.parent / "taxonomies").is_dir():
        copytree(path.parent / "taxonomies", folder / "taxonomies")
    copyfile(path, folder / path.name)
    return folder / path.name


def merge(into: Store, other: Store) -> Merged:
    """Take in all that another file holds."""
    with other.reading() as transaction:
        offered = offer.offer_of(transaction, str(other.path), offer.Wanted())
        with into.writing():
            return taking.take(into, offered)


@contextmanager
def parted(path: Path, *names: str) -> Iterator[tuple[Desk, ...]]:
    """Desks for some people, each on a copy of its own; afterwards the first file knows what was done on all."""
    desks = [open_desk(copied(path), name) for name in names]
    try:
        yield tuple(desks)
        with closing_desk(path) as whole:
            for desk in desks:
                merge(whole.store, desk.store)
    finally:
        for desk in desks:
            desk.close()


@contextmanager
def closing_desk(path: Path, name: str = "") -> Iterator[Desk]:
    """A desk that is closed at the end."""
    desk = open_desk(path, name)
    try:
        yield desk
    finally:
        desk.close()
