"""The bytes of a database file that SQLite locks while anybody has it open."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCKED = (0x40000000, 512)
"""Where they begin, and how many there are."""


@contextmanager
def bytes_held(path: Path) -> Iterator[bool]:
    """Hold them for the length of a block; gives whether nobody else had any of them. Raises OSError.

    Nothing in this process may have the file open: closing it here lets go of all that the process holds of it.
    """
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    if sys.platform != "win32":
        first, many = LOCKED
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, many, first)
        except OSError:
            return False
    return True
