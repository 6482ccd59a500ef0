"""What lies in a folder, and what of it may be read: ordinary files that lie in it. Nothing else is ever opened."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import NamedTuple

from annotator.errors import SourceError
from annotator.files import MADE_UP, is_held, is_made_up, real


class Member(NamedTuple):
    """Something in a folder."""

    name: PurePosixPath
    """Its path from the folder."""
    path: Path
    why_not: str
    """Why it is not read, in words; empty for a file that may be."""


def members(folder: Path, deepest: int | None = None) -> Iterator[Member]:
    """The files of a folder in the order of their names, hidden ones left out, and what cannot be looked into.

    Links to files inside are files; links to folders are not followed, so that none is read twice or for ever.
    `deepest` is how many folders below it are looked into. Raises SourceError for a folder that the system makes up.
    """
    if is_made_up(folder):
        raise SourceError(f"{folder}: {MADE_UP}; copy what you need of it into files")
    inside = real(folder)
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        yield from _refused(refused, folder)
        here = Path(root)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (_member(here / name, folder, "is a link to a folder, and those are not followed") for name in links)
        made_up = [name for name in folders if name not in links and is_made_up(here / name)]
        yield from (_member(here / name, folder, MADE_UP) for name in made_up)
        folders[:] = [name for name in folders if name not in made_up]
        if deepest is not None and len(here.relative_to(folder).parts) >= deepest:
            folders.clear()
        for name in sorted(name for name in names if not name.startswith(".")):
            yield _member(here / name, folder, _why_not(here / name, inside))
    yield from _refused(refused, folder)


def _refused(refused: list[OSError], folder: Path) -> Iterator[Member]:
    while refused:
        error = refused.pop()
        yield _member(Path(error.filename), folder, f"cannot be looked into ({error.strerror})")


def _member(path: Path, folder: Path, why_not: str) -> Member:
    return Member(PurePosixPath(path.relative_to(folder).as_posix()), path, why_not)


def _why_not(path: Path, inside: Path) -> str:
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(inside):
            return "is a link out of the folder, and those are not followed"
        if not S_ISREG(path.stat().st_mode):
            return "is no ordinary file but a pipe, a socket or a device"
        if is_made_up(path):
            return MADE_UP
        if is_held(path):
            return "is the database that is open here, or belongs to it"
    except (FileNotFoundError, NotADirectoryError):
        return "is a link to nothing" if path.is_symlink() else "is not there any more"
    except RuntimeError:  # Python before 3.13 says so of links in a ring
        return _unseen(os.strerror(errno.ELOOP))
    except OSError as error:
        return _unseen(error.strerror or str(error))
    return ""


def _unseen(why: str) -> str:
    return f"cannot be looked at ({why})"
