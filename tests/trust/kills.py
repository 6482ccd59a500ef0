"""Processes that are killed at any moment: what was confirmed is there, and the rest is whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import select
import shutil
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from annotator.cli import main
from annotator.store.store import Store
from tests.store.databases import schemas, unpack
from tests.trust import kills_at_desk
from tests.trust.filling import answers, desk_at, examine, fill, place_of, save, saved
from tests.trust.killing import KILLED, ended, forked, kill, side_by_side, wait
from tests.trust.table import Row

SAVING, EACH_DEED = 1_000, 100
SUBJECTS = 40
EXAMINED = 25
"""Of so many kills while saving, one has the doctor look at the whole file."""
LATEST = 3
"""A process is killed after a random share of so many times what it took to its first save."""


def rows(share: float) -> Iterator[Row]:
    """Kills while saving, while deeds are done, and at the desk."""
    yield side_by_side("kill -9, headless desk", max(4, round(SAVING * share)), _kill_while_saving)
    for name in DEEDS:
        yield side_by_side(f"kill -9, {name}", max(4, round(EACH_DEED * share)), partial(_kill_while_doing, name))
    yield from kills_at_desk.rows(share)


# While saving


def _kill_while_saving(row: Row, chance: random.Random, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        path = Path(folder) / "desk.db"
        fill(path, SUBJECTS)
        desk = desk_at(path, "ana")
        save(desk, 0, SUBJECTS)  # what it takes to save is loaded from here on
        desk.close()
        began = time.perf_counter()
        said = _saved_until(path, 1, lambda pipe: select.select([pipe], [], []))
        latest = LATEST * (time.perf_counter() - began)
        confirmed = _compare(row, path, 1, said, 0)
        for turn in range(times):
            said = _saved_until(path, confirmed, lambda _: wait(chance.uniform(0, latest)))
            row.times += 1
            row.saved += len(said)
            confirmed = _compare(row, path, confirmed, said, turn)


def _saved_until(path: Path, begin: int, is_time: Callable[[int], object]) -> list[int]:
    """Save in a process of its own, from a turn on, until it is time to kill it; returns the turns it confirmed."""
    pipe, told = os.pipe()
    pid = forked(partial(_save_and_tell, path, begin, told))
    os.close(told)
    is_time(pipe)
    if (code := kill(pid)) != KILLED:
        raise RuntimeError(f"what was to be killed ended by itself, with {code}")
    said = _all_of(pipe)
    return [turn for (turn,) in struct.iter_unpack("I", said)]


def _save_and_tell(path: Path, begin: int, told: int) -> None:
    desk = desk_at(path, "ana")
    for turn in range(begin, begin + 1_000_000):
        save(desk, turn, SUBJECTS)
        os.write(told, struct.pack("I", turn))


def _all_of(pipe: int) -> bytes:
    told = b""
    while piece := os.read(pipe, 1 << 16):
        told += piece
    os.close(pipe)
    return told


def _compare(row: Row, path: Path, before: int, said: list[int], turn: int) -> int:
    """Look for what was confirmed; returns how many saves are in the file."""
    desk = desk_at(path, "ana")
    meant, kept = before + len(said), saved(desk.store, "ana")
    if kept not in {meant, meant + 1}:  # the last one may be saved and not told
        row.lose(f"kill {turn}: {meant} saves were confirmed, and {kept} are there")
    for place in said[-3:]:
        subject, name, value = place_of(place, SUBJECTS)
        if answers(desk.store, subject, "ana").get(name) != value:
            row.lose(f"kill {turn}: save {place} was confirmed and is not what {subject} {name} holds")
    if turn % EXAMINED == 0:
        examine(desk.store, row, f"kill {turn}")
    desk.close()
    return kept


# While something is done that is whole or not at all


class Deed(NamedTuple):
    """A command, on files of its own."""

    prepare: Callable[[Path, random.Random], Path]
    """Makes the files in a folder; returns the database."""
    arguments: Callable[[Path], list[str]]
    beside: str = ""
    """A file that the command makes, which is whole or not there."""


def told(*arguments: object) -> tuple[int, str]:
    """Run a command here; returns its exit code and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main([str(each) for each in arguments])
    return code, out.getvalue()


CONTENT = (
    """SELECT key, taxonomy, annotator, status, publish, flagged, notes, skip_reason, answers, hidden
       FROM classifications JOIN subjects ON subjects.id = subject_id ORDER BY 1, 2, 3, 4""",
    "SELECT key, kind, title, date FROM subjects ORDER BY 1",
    "SELECT kind, count(*) FROM log GROUP BY 1 ORDER BY 1",
)
"""What a database holds, but for the times and numbers that differ from run to run."""


def content(path: Path) -> str:
    """A digest of what a database holds."""
    with closing(Store.open(path, create=False)) as store, store.reading() as transaction:
        held = [transaction.execute(sql).fetchall() for sql in CONTENT]
    return hashlib.sha256(repr(held).encode()).hexdigest()


def _kill_while_doing(what: str, row: Row, chance: random.Random, times: int) -> None:
    deed = DEEDS[what]
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        made = Path(folder) / "made"
        (made / "taxonomies").mkdir(parents=True)
        name = deed.prepare(made, chance).name
        done = _copy(made, Path(folder) / "done")
        arguments = deed.arguments(done / name)
        began = time.perf_counter()
        if code := ended(forked(partial(_quiet, arguments))):
            raise RuntimeError(f"{arguments} ended with {code}")
        seconds = time.perf_counter() - began
        before = _copy(made, Path(folder) / "before")
        whole = {content(done / name), content(before / name)}
        sound = {told("--db", each / name, "doctor") for each in (done, before)}
        for turn in range(times):
            work = _copy(made, Path(folder) / "work")
            pid = forked(partial(_quiet, deed.arguments(work / name)))
            wait(chance.uniform(0, 1.2 * seconds))
            if kill(pid) not in {KILLED, 0}:
                row.damage(f"kill {turn}: ended by itself, and not well")
            row.times += 1
            _look(row, deed, work / name, (whole, sound), f"kill {turn}")


def _quiet(arguments: list[str]) -> None:
    code, said = told(*arguments)
    if code:
        raise RuntimeError(said)


def _copy(folder: Path, other: Path) -> Path:
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(folder, other)
    return other


def _look(row: Row, deed: Deed, path: Path, right: tuple[set[str], set[tuple[int, str]]], when: str) -> None:
    """Open what a kill left: whole before or after, sound, and what was begun can be done again."""
    whole, sound = right
    if content(path) not in whole:
        row.lose(f"{when}: holds neither what it held before nor what it should after")
    if (examined := told("--db", path, "doctor")) not in sound:
        row.damage(f"{when}: doctor says {examined[1]}")
    beside = path.parent / deed.beside
    if beside.is_file():
        if content(beside) not in whole:
            row.damage(f"{when}: {deed.beside} stands there and is not whole")
        beside.unlink()
    code, said = told(*deed.arguments(path))
    if code or content(path) not in whole:
        row.damage(f"{when}: cannot be done again, {code}: {said[-400:]}")


def _filled(folder: Path, chance: random.Random, annotator: str = "ana", saves: int = 300) -> Path:
    path = folder / f"{annotator}.db"
    fill(path, SUBJECTS)
    desk = desk_at(path, annotator)
    begin = chance.randrange(SUBJECTS) * 12
    for turn in range(begin, begin + saves):
        save(desk, turn, SUBJECTS)
    desk.close()
    return path


def _with_other(folder: Path, chance: random.Random) -> Path:
    path = _filled(folder, chance)
    shutil.copyfile(path, folder / "ben.db")
    desk = desk_at(folder / "ben.db", "ben")
    for turn in range(300):
        save(desk, turn, SUBJECTS)
    desk.close()
    return path


def _with_source(folder: Path, chance: random.Random) -> Path:
    path = _filled(folder, chance)
    lines = (
        json.dumps({"subject": f"many:{n % SUBJECTS}", "taxonomy": "trial", "annotator": f"c{n // SUBJECTS}",
                    "status": "submitted", "answers": {"field_a": {"value": True}, "text": {"value": f"words {n}"}}})
        for n in range(400)
    )  # fmt: skip
    (folder / "work.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return path


def _with_backup(folder: Path, chance: random.Random) -> Path:
    path = _filled(folder, chance)
    desk = desk_at(path, "ana")
    desk.store.backup(path.with_name("kept.db"))
    for turn in range(1_000, 1_200):
        save(desk, turn, SUBJECTS)
    desk.close()
    return path


def _old(folder: Path, chance: random.Random) -> Path:
    return unpack(chance.choice(schemas()), folder)


def _at(path: Path, *words: object) -> list[str]:
    return ["--db", str(path), "--taxonomies", str(path.parent / "taxonomies"), *map(str, words)]


DEEDS = {
    "migration": Deed(_old, lambda path: _at(path, "list")),
    "import": Deed(_with_source, lambda path: _at(path, "import", path.with_name("work.jsonl"))),
    "merge": Deed(_with_other, lambda path: _at(path, "merge", path.with_name("ben.db"))),
    "doctor --rebuild": Deed(_filled, lambda path: _at(path, "doctor", "--rebuild")),
    "restore": Deed(_with_backup, lambda path: _at(path, "restore", path.with_name("kept.db"))),
    "backup": Deed(_filled, lambda path: _at(path, "backup", path.with_name("copy.db")), "copy.db"),
}
