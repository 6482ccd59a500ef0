"""The names a file is reached by: a hard link, or a mount of the file alone, leads past the log beside it."""

from __future__ import annotations

import os
from pathlib import Path

from annotator.errors import StoreLinkedError
from annotator.files import MOUNTS, is_held
from annotator.store.file.standing import stood_at


def refuse_other_names(path: Path) -> None:
    """Raise StoreLinkedError for a file that others reach by another name, beside which they would keep another log.

    What is written through one name is then lost through the other. The name that a copy had before it was whole is
    taken away, where whoever made it was killed before doing so.
    """
    found = stood_at(path)
    if found is not None and found.names > 1 and not is_held(path):
        from annotator.store.file.unfinished import remove_interrupted

        remove_interrupted(path)
        found = stood_at(path)
    if found is None:
        return
    if found.names > 1:
        raise StoreLinkedError(
            f"{path}: has {found.names:,} names (hard links), and what is saved through one of them is lost through "
            "another; nothing was changed. Copy the file instead of linking it: remove the other names, or make a "
            f"copy with `annotator backup` and go on in that."
        )
    if is_mounted_alone(path):
        raise StoreLinkedError(
            f"{path}: is one file that is mounted alone, so that what SQLite keeps beside it would not go with it; "
            "nothing was changed. Mount the folder that it is in instead."
        )


def is_mounted_alone(path: Path) -> bool:
    """Whether a path is the place where one file was mounted; False where the system does not tell."""
    try:
        told = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    sought = os.path.realpath(path)
    for escaped, sign in ((" ", "\\040"), ("\t", "\\011"), ("\n", "\\012")):
        sought = sought.replace(escaped, sign)
    return any(line.split(" ", 5)[4] == sought for line in told.splitlines() if sought in line)
