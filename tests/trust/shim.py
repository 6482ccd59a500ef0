"""Make, load and steer the library that lets system calls fail; `shim.c` says what it stands between."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

KINDS = ("open", "read", "write", "sync", "rename", "unlink", "mmap", "stat")
"""The kinds of calls, in the order of the library."""
SOURCE = Path(__file__).with_name("shim.c")


def why_not() -> str:
    """Why system calls cannot be made to fail here; empty where they can."""
    if sys.platform != "linux":
        return "only Linux loads a library before a program's own"
    if shutil.which("cc") is None:
        return "there is no C compiler"
    import _sqlite3

    linked = subprocess.run(["ldd", str(_sqlite3.__file__)], check=False, capture_output=True, text=True)
    if "libsqlite3" not in linked.stdout:
        return "this Python has SQLite built in, whose calls cannot be told apart"
    return ""


def make(folder: Path) -> Path:
    """Compile the library into a folder, and return its path."""
    library = folder / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def environment(library: Path) -> dict[str, str]:
    """That of this process, for one that is to have the library loaded before everything else."""
    return {**os.environ, "LD_PRELOAD": str(library)}


class Shim:
    """The library in a process that was started with it."""

    def __init__(self) -> None:
        """Find it; raises AttributeError where it was not loaded."""
        self._library = ctypes.CDLL(None)
        self._library.shim_count.restype = self._library.shim_failed.restype = ctypes.c_long
        self._library.shim_fail.argtypes = (ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int)

    def watch(self, folder: Path) -> None:
        """Count the calls on files below a folder from now on; files that are open already are not watched."""
        self._library.shim_below(os.fsencode(folder))

    def leave(self) -> None:
        """Let every call through again."""
        self._library.shim_below(b"")

    def fail(self, kind: str, nth: int, error: int, *, on: bool = False) -> None:
        """Let the nth call of a kind, from 1, fail with an error number, and with `on` all that follow too."""
        self._library.shim_fail(KINDS.index(kind), nth, error, int(on))

    @property
    def counts(self) -> dict[str, int]:
        """How many calls of each kind there were."""
        return {kind: self._library.shim_count(number) for number, kind in enumerate(KINDS)}

    @property
    def failed(self) -> int:
        """How many calls were made to fail."""
        return int(self._library.shim_failed())
