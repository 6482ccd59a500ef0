"""What the SQLite that this Python brings is known to do wrong."""

from __future__ import annotations

import sqlite3

MENDED = ((3, 44, 6), (3, 50, 7))
"""In these and later ones of their series, and in all from `SINCE` on, a write-ahead log is reset as it should be."""
SINCE = (3, 51, 3)
FIRST = (3, 7, 0)
"""The first version with a write-ahead log."""


def fault(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """What is wrong with a version, in words; nothing where nothing is known."""
    is_mended = version >= SINCE or any(version[:2] == each[:2] and version >= each for each in MENDED)
    if is_mended or version < FIRST:
        return ""
    named = ".".join(map(str, version))
    return (
        f"SQLite {named} has a fault (mended in 3.44.6, 3.50.7 and 3.51.3): where two processes write and take the "
        "log into the file at the very same moment, the file can be damaged. It is rare. A Python with a newer SQLite "
        "avoids it, or no more than one process with the database open; keep backups."
    )
