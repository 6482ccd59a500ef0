"""Eight writers at once, with the desk open: alone, and beside an import that never ends.

Every save that was confirmed must be in the file, none may be refused, and nobody waits long.
"""

from __future__ import annotations

import csv
import json
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from annotator.errors import StoreError
from annotator.files import belonging, size_of
from tests.cli.test_processes import environment
from tests.conftest import SHARED
from tests.trust.filling import answers, desk_at, examine, fill, save, saved
from tests.trust.table import Row
from tests.tui.desk_process import DeskProcess, desk_process

WRITERS, SAVES, SUBJECTS = 8, 10_000, 200
SNAPSHOT = SHARED / "aiid-snapshot"
ALONE, BESIDE = 0.25, 2.5
"""Seconds within which 99 of 100 saves are done, without and with the import."""
LOG = 16 << 20
"""Bytes to which the write-ahead log is back a second after an import ends."""


def rows(share: float) -> Iterator[Row]:
    """Both trials; a share of the saves."""
    saves = max(10, round(SAVES * share))
    with tempfile.TemporaryDirectory(prefix="writers-") as folder:
        for is_beside in (False, True):
            path = Path(folder) / f"{is_beside}" / "desk.db"
            path.parent.mkdir()
            yield _tried(path, saves, is_beside)


def _tried(path: Path, saves: int, is_beside: bool) -> Row:
    what = f"{WRITERS} writers, desk open" + (", imports" if is_beside else "")
    row = Row(what, times=WRITERS * saves)
    fill(path, SUBJECTS)
    with row.timed(), desk_process(path.parent) as desk, _read(desk):
        desk.until("Incident number")
        if is_beside:
            with _importing(path) as imports:
                found = _write(path, saves)
        else:
            imports = Imports()
            found = _write(path, saves)
    seconds = sorted(each for one in found for each in one.seconds)
    row.saved = sum(len(one.seconds) - len(one.refusals) for one in found)
    row.refused = sum(len(one.refusals) for one in found)
    row.failures += [f"refused: {words}" for one in found for words in one.refusals[:1]]
    _compare(path, found, row)
    late = seconds[math.ceil(len(seconds) * 0.99) - 1]
    bound = BESIDE if is_beside else ALONE
    row.note = f"p99 {1000 * late:.0f} ms of {1000 * bound:.0f}, longest {1000 * seconds[-1]:.0f} ms"
    row.is_missed = late > bound
    if is_beside:
        row.note += f"; {imports.count} imports, log {imports.log >> 20} MB of {LOG >> 20} a second after"
        row.is_missed |= imports.log > LOG or not imports.count
        row.failures += imports.failures
    return row


class Written(NamedTuple):
    """What one writer did."""

    seconds: array[float]
    """How long each save took."""
    refusals: list[str]
    meant: dict[str, bool]
    """The last value that was confirmed, by subject and field."""


def _write(path: Path, saves: int) -> list[Written]:
    """Write with all at once; a process each."""
    command = [sys.executable, "-m", "tests.trust.writers", str(path), str(saves)]
    writers = [subprocess.Popen([*command, str(number)], env=environment()) for number in range(WRITERS)]
    failed = [number for number, each in enumerate(writers) if each.wait()]
    if failed:
        raise RuntimeError(f"writers ended before they were done: {failed}")
    return [_told(path, number) for number in range(WRITERS)]


def _be_writer(path: Path, saves: int, number: int) -> None:
    desk = desk_at(path, f"w{number}")
    seconds, refusals, meant = array("d"), [], {}
    for turn in range(saves):
        began = time.monotonic()
        try:
            subject, name, value = save(desk, turn, SUBJECTS)
        except StoreError as error:
            refusals.append(str(error))
        else:
            meant[f"{subject} {name}"] = value
        seconds.append(time.monotonic() - began)
    desk.close()
    path.with_name(f"{number}.seconds").write_bytes(seconds.tobytes())
    path.with_name(f"{number}.json").write_text(json.dumps([refusals, meant]))


def _told(path: Path, number: int) -> Written:
    seconds = array("d", path.with_name(f"{number}.seconds").read_bytes())
    refusals, meant = json.loads(path.with_name(f"{number}.json").read_text())
    return Written(seconds, refusals, meant)


def _compare(path: Path, found: list[Written], row: Row) -> None:
    """Look for every confirmed save, and let the doctor look at the whole."""
    desk = desk_at(path, "w0")
    for number, one in enumerate(found):
        meant, kept = len(one.seconds) - len(one.refusals), saved(desk.store, f"w{number}")
        if kept != meant:
            row.lose(f"writer {number}: {meant} saves were confirmed, and {kept} are there")
        held = {each: answers(desk.store, each, f"w{number}") for each in {key.split()[0] for key in one.meant}}
        for key, value in one.meant.items():
            subject, name = key.split()
            if held[subject].get(name) != value:
                row.lose(f"writer {number}: the last answer at {key} is not there")
    examine(desk.store, row, "afterwards")
    desk.close()


class Imports:
    """What came of importing all the while."""

    def __init__(self) -> None:
        self.count = 0
        self.log = 0
        """The largest that the log was a second after an import, in bytes."""
        self.failures: list[str] = []


@contextmanager
def _importing(path: Path) -> Iterator[Imports]:
    """Import two states of a snapshot in turn inside, each in a process of its own."""
    made, is_over = Imports(), threading.Event()
    sources = _sources(path.parent)

    def import_in_turn() -> None:
        while not is_over.is_set():
            command = [sys.executable, "-m", "annotator", "--db", str(path), "import", str(sources[made.count % 2])]
            done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
            made.count += 1
            if done.returncode:
                made.failures.append(f"import {made.count} ended with {done.returncode}: {done.stderr[-300:]}")
            is_over.wait(1)
            made.log = max(made.log, size_of(belonging(path, "-wal")))

    thread = threading.Thread(target=import_in_turn)
    thread.start()
    try:
        yield made
    finally:
        is_over.set()
        thread.join()


def _sources(folder: Path) -> tuple[Path, Path]:
    """A snapshot, and the same with other words in a third of it."""
    one, other = folder / "one", folder / "other"
    if SNAPSHOT.is_dir():
        shutil.copytree(SNAPSHOT, one, copy_function=shutil.copyfile)
    else:
        one.mkdir()
        _make_snapshot(one / "incidents.csv")
    one.chmod(0o755)
    shutil.copytree(one, other)
    for path in other.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as source:
            head, *lines = csv.reader(source)
        for column in {"description", "AI System Description"}.intersection(head):
            for line in lines[::3]:
                line[head.index(column)] += " Told anew."
        with path.open("w", newline="", encoding="utf-8") as target:
            csv.writer(target).writerows([head, *lines])
    return one, other


def _make_snapshot(path: Path) -> None:
    names: tuple[str, ...] = ("_id", "incident_id", "date", "reports", "Alleged deployer of AI system")
    names += ("Alleged developer of AI system", "Alleged harmed or nearly harmed parties", "description", "title")
    with path.open("w", newline="", encoding="utf-8") as target:
        writing = csv.writer(target)
        writing.writerow(names)
        for n in range(1, 1400):
            writing.writerow(
                (n, n, "2020-01-01", f"[{n}]", "[]", "[]", "[]", f"What happened, {n}. " * 20, f"Made {n}")
            )


@contextmanager
def _read(desk: DeskProcess) -> Iterator[None]:
    """Take in what the desk draws, which would stand still else."""
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            desk.drop(0.2)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


if __name__ == "__main__":
    _be_writer(Path(sys.argv[1]), *map(int, sys.argv[2:]))
