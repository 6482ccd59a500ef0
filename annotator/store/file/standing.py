"""Which file stands at a path."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from annotator.errors import StoreReadOnlyError


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
