"""Write a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from annotator.errors import OutputError

BUFFER = 1 << 20


def write(target: Path, pieces: Iterable[str]) -> None:
    """Write UTF-8 beside the target and put it in its place when all of it is on disk.

    Raises OutputError; what was there before is then untouched.
    """
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; name a file in it.")
    if target.exists() and not target.is_file():  # a pipe or a device: there is nothing to replace
        _write_through(target, pieces)
        return
    target = target.resolve()
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.unfinished")
    try:
        _write_down(unfinished, pieces)
        if target.exists():
            unfinished.chmod(target.stat().st_mode & 0o7777)
        unfinished.replace(target)
    except OSError as error:
        raise _in_words(target, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _write_down(path: Path, pieces: Iterable[str]) -> None:
    with path.open("x", encoding="utf-8", newline="", buffering=BUFFER) as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _write_through(target: Path, pieces: Iterable[str]) -> None:
    try:
        with target.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise _in_words(target, error) from error


def _in_words(target: Path, error: OSError) -> OutputError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(f"{target}: the disk is full; nothing was written there. Free some space, or name another.")
    if error.errno == errno.ENOENT:
        return OutputError(f"{target}: there is no folder {target.parent}; create it first.")
    return OutputError(f"{target}: cannot be written ({error.strerror}); check the folder and your rights to it.")
