"""What stands at the path of a database, and where SQLite keeps files beside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from annotator.errors import StoreError, StoreReadOnlyError
from annotator.files import BELONGING, belonging, is_folder, real, stands


class Stood(NamedTuple):
    """What the system says of the file at a path."""

    device: int
    inode: int
    names: int
    """How many names the file has: more than one are hard links."""
    changed: tuple[int, int, int]
    """Its size, and when its content and its entry were changed last."""

    @property
    def is_which(self) -> tuple[int, int]:
        """Which file it is, whatever its name."""
        return self.device, self.inode


def stood_at(path: Path) -> Stood | None:
    """Which file stands at a path; None where there is none. Raises StoreReadOnlyError where that cannot be told."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked three times for each save
    except (FileNotFoundError, NotADirectoryError, ValueError):  # also for what can be no name
        return None
    except OSError as error:
        raise StoreReadOnlyError(
            f"{str(path)!r}: cannot be opened or looked at just now ({error.strerror}). "
            "Check that its folder can be reached."
        ) from error
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stood(found.st_dev, found.st_ino, found.st_nlink, (found.st_size, found.st_mtime_ns, found.st_ctime_ns))


def refuse_no_folder(path: Path) -> None:
    """Raise StoreError where a database cannot be made because there is no folder for it."""
    folder = real(path).parent if path.is_symlink() else path.parent
    if not is_folder(folder):
        is_what = "is no folder; name another" if stands(folder) else "there is no such folder; create it first"
        raise StoreError(f"{path}: cannot be made in {folder}: {is_what}.")


def refuse_in_the_way(path: Path) -> None:
    """Raise StoreError where something stands that is no file where SQLite keeps one: it would wait for a pipe."""
    if found := in_the_way(path):
        raise found


def in_the_way(path: Path, unsaved: str = "; nothing was changed") -> StoreError | None:
    """What to say of what stands in the way of the files that SQLite keeps beside a database; None where nothing."""
    for ending in BELONGING:
        try:
            mode = (place := belonging(path, ending)).lstat().st_mode
        except (OSError, ValueError):  # there is none; where that cannot be told, whoever opens it says so
            continue
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "a pipe or a device"
            way_out = "Move it away."
            if stat.S_ISLNK(mode):
                way_out = "Put what it leads to in its place if that was kept for this database, and else move it away."
            return StoreError(
                f"{place}: is {kind}, where SQLite keeps a file for {path.name}, which cannot be used so{unsaved}. "
                f"{way_out}"
            )
    return None
