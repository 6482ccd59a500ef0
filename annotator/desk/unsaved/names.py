"""Under which other names a database had words that are not saved, so that they come with it when it is renamed.

Words lie beside the path of their database. A file that was renamed keeps its device and inode, and a copy of it has
others: so the person's state folder says by these at which paths a file left words, and of which projects it is,
because numbers of files are given again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from annotator.desk.unsaved.journal import Journal
from annotator.desk.unsaved.mark import is_running
from annotator.desk.unsaved.records import fold, line_of, lines_of_own, name_apart, needed, together
from annotator.files import make_private


class FormerNames:
    """The paths at which the file that a database is left words. Where nothing can be kept, there are none."""

    def __init__(self, database: Path, projects: Collection[str], folder: Path) -> None:
        """Take a database, the projects it is of, and the person's state folder; what stands there now is meant."""
        self._projects = frozenset(projects)
        which = which_of(database)
        self._kept = folder / "unsaved" / f"{which}.json" if which and projects else None

    def read(self) -> list[Path]:
        """Those paths; none for a file of another project that was given the number of an older one."""
        if self._kept is None:
            return []
        try:
            said: Any = json.loads(self._kept.read_text(encoding="utf-8"))
            return [Path(each) for each in said["paths"]] if self._projects & set(said["projects"]) else []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return []

    def add(self, path: Path) -> None:
        """Say that there are words beside a path."""
        if path not in (known := self.read()):
            self._write([*known, path])

    def drop(self, path: Path) -> None:
        """Say that there are none any more."""
        if path in (known := self.read()):
            self._write([each for each in known if each != path])

    def _write(self, paths: Sequence[Path]) -> None:
        if self._kept is None:
            return
        unfinished = self._kept.with_name(f"{self._kept.name}.{uuid4().hex[:8]}.unfinished")
        with suppress(OSError):  # then words are found by the path alone
            if not paths:
                self._kept.unlink(missing_ok=True)
                return
            self._kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_private(unfinished)
            said = {"projects": sorted(self._projects), "paths": [str(each) for each in paths]}
            unfinished.write_text(json.dumps(said), encoding="ascii")
            unfinished.replace(self._kept)
        with suppress(OSError):  # one that could not be written to its end
            unfinished.unlink(missing_ok=True)


def which_of(database: Path) -> str:
    """By what a file is known again under another name; empty where there is none."""
    try:
        found = os.stat(database)  # noqa: PTH116 - as the store asks
    except (OSError, ValueError):
        return ""
    return f"{found.st_dev:x}-{found.st_ino:x}"


def bring(former: Path, beside: Journal, apart: Journal, folder: Path) -> bool:
    """Bring the words that ended desks left beside a former name of a database to the files that it has now.

    Gives whether none are left there. Words of a desk that is running stay until it ends.
    """
    sources = (Journal(former.with_name(f"{former.name}.unsaved")), Journal(folder / name_apart(former)))
    marks = [journal.path for journal in (*sources, beside, apart)]
    try:
        in_sources = [fold(lines_of_own(each)) for each in sources]
        here = fold(lines_of_own(beside)) | fold(lines_of_own(apart))
        left = [record for record in together(*in_sources).values() if record.text is not None]
        ended = [record for record in left if not is_running(record.desk, marks)]
        coming = [line_of(record) for record in ended if record.key not in here]
        if coming:
            _append(coming, beside, apart, folder)
        for source, held in zip(sources, in_sources, strict=True):
            if ends := [line_of(record._replace(text=None)) for record in ended if record.key in held]:
                source.append(ends)
                source.rewrite(partial(needed, rivals={}, wins_ties=True))
    except OSError:  # another time, then; what was brought already is known there
        return False
    return len(ended) == len(left)


def _append(lines: Sequence[bytes], beside: Journal, apart: Journal, folder: Path) -> None:
    try:
        beside.append(lines)
    except OSError:  # as with what is typed
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        apart.append(lines)
