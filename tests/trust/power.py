"""Power cuts: programs whose system calls were recorded, and a disk that keeps no more of them than it has to.

What was confirmed before the cut must be there, and the doctor finds nothing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from tests.store.databases import schemas, unpack
from tests.trust.filling import answers, desk_at, examine, fill, place_of, save, saved
from tests.trust.killing import side_by_side
from tests.trust.kills import content, told
from tests.trust.recording import Disk, Op, made, record
from tests.trust.table import Row

CUTS = 500
AT_THE_END = 0.15
"""The share of cuts right after a program has ended, when all it did was confirmed."""
SUBJECTS = 12
CONFIRMED = "/confirmed"
"""The file in which a program writes what it was told is done, a line of JSON for each."""


def rows(share: float) -> Iterator[Row]:
    """Power cuts of every program."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        yield Row("power cuts", note="not tried: it takes Linux and a C compiler")
        return
    for name, program in PROGRAMS.items():
        times = max(4, round(CUTS * share * program.part))
        yield side_by_side(f"power cuts, {name}", times, partial(_cut, name))


class Program(NamedTuple):
    """What is recorded, and what must be there of it."""

    part: float
    """Of all cuts."""
    prepare: Callable[[Path], object]
    """What is there before, and on the disk."""
    run: Callable[[Path], object]
    look: Callable[[Row, Path, list[Any], str], None]
    """Looks at what is left of the database, given what was confirmed."""


def _cut(name: str, row: Row, chance: random.Random, times: int) -> None:
    program = PROGRAMS[name]
    with tempfile.TemporaryDirectory(prefix="power-") as place:
        folder = Path(place).resolve() / "work"
        folder.mkdir()
        os.environ["XDG_STATE_HOME"] = str(folder / "state")  # the power goes there, too
        path = folder / "desk.db"
        program.prepare(path)
        before = Path(shutil.copytree(folder, Path(place) / "before"))
        command = [sys.executable, "-m", "tests.trust.power", name, str(path)]
        root = str(Path(__file__).resolve().parents[2])
        ops = record(made(Path(place)), command, folder, {"PYTHONPATH": root})
        for turn in range(times):
            _cut_once(row, chance, program, (before, folder, ops), f"{name}, cut {turn}")


def _cut_once(
    row: Row, chance: random.Random, program: Program, recorded: tuple[Path, Path, list[Op]], when: str
) -> None:
    before, folder, ops = recorded
    at = len(ops) if chance.random() < AT_THE_END else chance.randint(0, len(ops))
    disk = Disk(before)
    for op in ops[:at]:
        if op.name != CONFIRMED:
            disk.take(op)
    confirmed = b"".join(op.data for op in ops[:at] if op.name == CONFIRMED and op.kind == "w")
    disk.cut(folder, chance)
    row.times += 1
    lines = [json.loads(line) for line in confirmed.splitlines()]
    row.saved += len(lines)
    try:
        program.look(row, folder / "desk.db", lines, f"{when} of {at} calls")
    except Exception as error:  # noqa: BLE001
        row.damage(f"{when} of {at} calls: {error!r}")


def confirm(path: Path, what: object) -> None:
    """Say that something is done, as it was told."""
    file = os.open(f"{path.parent}{CONFIRMED}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, json.dumps(what).encode() + b"\n")
    os.close(file)


# Saving, in a database that is there and in one that is being made


def _save(path: Path, times: int = 400) -> None:
    desk = desk_at(path, "ana")
    for turn in range(times):
        save(desk, turn, SUBJECTS)
        confirm(path, turn)
    desk.close()


def _make(path: Path) -> None:
    fill(path, SUBJECTS)
    confirm(path, -1)
    _save(path, 20)


def _look_for_saves(row: Row, path: Path, confirmed: list[int], when: str) -> None:
    if not confirmed and told("--db", path, "list")[0]:  # nothing was promised: no database, or an empty file
        return
    desk = desk_at(path, "ana")
    turns = [turn for turn in confirmed if turn >= 0]
    if (kept := saved(desk.store, "ana")) not in {len(turns), len(turns) + 1}:
        row.lose(f"{when}: {len(turns)} saves were confirmed, and {kept} are there")
    for turn in turns[-3:]:
        subject, name, value = place_of(turn, SUBJECTS)
        if answers(desk.store, subject, "ana").get(name) != value:
            row.lose(f"{when}: save {turn} is not there")
    examine(desk.store, row, when)
    desk.close()


# What is typed


def _place(number: int) -> Place:
    return Place(f"many:{number % 5}", "trial", "", "note")


def _write_words(path: Path) -> None:
    for begin in (0, 60):
        words = UnsavedWords(path, "ana", delay=1000)
        for number in range(begin, begin + 60):
            text = f"words {number} " * (1 + number % 7)
            if number % 6 == 5:
                words.forget(_place(number))
                text = ""
            else:
                words.keep(_place(number), text)
            words.write_due()
            confirm(path, [number, text])
        words.close()


def _look_for_words(row: Row, path: Path, confirmed: list[Any], when: str) -> None:
    held = UnsavedWords(path, "ana")
    last = {number % 5: text for number, text in confirmed}
    coming = confirmed[-1][0] + 1 if confirmed else 0
    for spot, text in last.items():
        found = held.at(_place(spot))
        is_changing = coming % 5 == spot
        if (found.text if found else "") != text and not is_changing:
            row.lose(f"{when}: {text!r} was kept at {spot}, and {found} is there")
    held.close()


# What is whole or not at all


def _prepare_filled(path: Path) -> None:
    fill(path, SUBJECTS)
    desk = desk_at(path, "ana")
    for turn in range(60):
        save(desk, turn, SUBJECTS)
    desk.close()


def _back_up(path: Path) -> None:
    desk = desk_at(path, "ana")
    for number in range(4):
        save(desk, 60 + number, SUBJECTS)
        desk.store.backup(path.with_name(f"copy-{number}.db"))
        confirm(path, number)
    desk.close()


def _look_for_backups(row: Row, path: Path, confirmed: list[int], when: str) -> None:
    for number in range(4):
        copy = path.with_name(f"copy-{number}.db")
        if number in confirmed and not copy.exists():
            row.lose(f"{when}: {copy.name} was written, and is not there")
        elif copy.exists():
            _look_at(row, copy, 61 + number, f"{when}, {copy.name}")
    _look_at(row, path, 60 + len(confirmed), when, more=1)


def _look_at(row: Row, path: Path, least: int, when: str, more: int = 0, rightly: str = "\n") -> None:
    desk = desk_at(path, "ana")
    if not least <= (kept := saved(desk.store, "ana")) <= least + more:
        row.lose(f"{when}: {least} saves were confirmed, and {kept} are there")
    examine(desk.store, row, when, rightly)
    desk.close()


KEPT = 30
"""Saves in the backup that is restored; there are twice as many before."""


def _prepare_backup(path: Path) -> None:
    fill(path, SUBJECTS)
    desk = desk_at(path, "ana")
    for turn in range(2 * KEPT):
        save(desk, turn, SUBJECTS)
        if turn == KEPT - 1:
            desk.store.backup(path.with_name("kept.db"))
    desk.close()


def _restore(path: Path) -> None:
    code, said = told("--db", path, "restore", path.with_name("kept.db"))
    if code:
        raise RuntimeError(said)
    confirm(path, 1)


def _look_for_restored(row: Row, path: Path, confirmed: list[int], when: str) -> None:
    # What the backup lacks is not forgotten: somebody may want it back from the former file.
    _look_at(row, path, KEPT, when, 0 if confirmed else KEPT, "are known to have been written")
    _look_at(row, path.with_name("kept.db"), KEPT, f"{when}, the backup")


def _import(path: Path) -> None:
    desk = desk_at(path, "ana")
    for number in range(5):
        made = [IncidentRecord(Incident(key=f"more:{number}-{n}", title=f"More {n}"), "") for n in range(40)]
        desk.importing.import_records(made, f"more-{number}.json")
        confirm(path, number)
    desk.close()


def _look_for_imports(row: Row, path: Path, confirmed: list[int], when: str) -> None:
    desk = desk_at(path, "ana")
    with desk.store.reading() as transaction:
        (kept,) = transaction.execute("SELECT count(*) FROM subjects WHERE key LIKE 'more:%'").fetchone()
    if kept not in {40 * len(confirmed), 40 * len(confirmed) + 40}:
        row.lose(f"{when}: {len(confirmed)} imports were done, and {kept} subjects are there")
    examine(desk.store, row, when)
    desk.close()


def _prepare_old(path: Path) -> None:
    unpack(max(schemas()), path.parent).rename(path)
    (path.parent / "taxonomies").mkdir()


def _migrate(path: Path) -> None:
    desk_at(path, "ana").close()
    confirm(path, 1)


def _look_for_migrated(row: Row, path: Path, _confirmed: list[int], when: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reference = unpack(max(schemas()), Path(folder))
        if content(path) != content(reference):
            row.lose(f"{when}: does not hold what it held before")
    code, said = told("--db", path, "doctor")
    if code:
        row.damage(f"{when}: doctor says {said}")


def _fill(path: Path) -> None:
    fill(path, SUBJECTS)


def _tell_taxonomy(path: Path) -> None:
    """The folder of taxonomies alone: it is no part of what is made."""
    fill(path, 1)
    for each in path.parent.glob("desk.db*"):
        each.unlink()


PROGRAMS = {
    "saving": Program(0.3, _fill, _save, _look_for_saves),
    "making a database": Program(0.1, _tell_taxonomy, _make, _look_for_saves),
    "unsaved words": Program(0.2, _fill, _write_words, _look_for_words),
    "backup": Program(0.1, _prepare_filled, _back_up, _look_for_backups),
    "restore": Program(0.1, _prepare_backup, _restore, _look_for_restored),
    "import": Program(0.1, _fill, _import, _look_for_imports),
    "migration": Program(0.1, _prepare_old, _migrate, _look_for_migrated),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]].run(Path(sys.argv[2]))
