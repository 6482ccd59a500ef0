"""Try damaged databases at length: the doctor, every other command, rebuilding, and salvaging."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sqlite3
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from annotator.cli import main
from tests.cli.test_blind_commands import WAYS
from tests.desk.blinded import make_blinded
from tests.trust import damaging
from tests.trust.table import Row

EXAMINED, COMMANDS, SALVAGED = 2_000, 2_000, 500
"""How many files are damaged for each."""
OTHERS = [
    each.arguments for name, ways in WAYS.items() for each in ways
    if name not in {"desk", "demo", "doctor", "restore", "salvage"}
]  # fmt: skip
CODES = range(9)
"""What commands end with, as the README lists it."""


class Said(NamedTuple):
    """How a command ended."""

    code: int | None
    """None where it ended in a traceback."""
    words: str


class Ward:
    """A folder with a sound database, and damaged copies of it, one after the other."""

    def __init__(self, folder: Path) -> None:
        """Make the database, which has something of everything, and half of it in its log."""
        self.path = make_blinded(folder)
        damaging.leave_log(self.path)
        self.sound = damaging.healthy(self.path)
        self.rows = damaging.rows_of(self.path) or {}
        self.hashes = hashes(self.path)

    def damage(self, seed: int, kind: str = "") -> damaging.Damage:
        """Damage a copy of it, in place of the one before."""
        return damaging.damaged(seed, self.sound, self.path, (kind,) if kind else ())

    def is_to_be_found(self, done: damaging.Damage) -> bool:
        """Whether the doctor has anything to find; without its log a file is an earlier state."""
        after = damaging.rows_of(self.path)
        if not damaging.is_to_be_found(self.rows, after):
            return False
        log = self.path.with_name(f"{self.path.name}-wal")
        if "log" not in done.kind or not log.exists():
            return True
        kept = log.read_bytes()
        log.unlink()
        without = damaging.rows_of(self.path)
        log.write_bytes(kept)
        return after != without

    def call(self, *arguments: str) -> Said:
        """Run a command on it, in this process."""
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = main(["--db", str(self.path), "--as", "ann", *arguments])
        except Exception:  # noqa: BLE001 - that is what is looked for
            return Said(None, traceback.format_exc())
        return Said(code, said.getvalue())

    def examine(self, seed: int, kind: str = "") -> str:
        """What is wrong with how the doctor meets a damaged file; nothing where nothing is."""
        done = self.damage(seed, kind)
        is_to_be_found = self.is_to_be_found(done)
        said = self.call("doctor")
        if said.code not in {0, 1, 6}:
            return f"seed {seed}, {done}: doctor ended with {said.code}: {said.words[-1500:]}"
        if said.code == 0 and is_to_be_found:
            return f"seed {seed}, {done}: the doctor found nothing"
        return ""

    def rebuild(self, seed: int, kind: str = "") -> str:
        """The same of rebuilding, after which the doctor may still find what cannot be computed."""
        done = self.damage(seed, kind)
        ends = [self.call("doctor", "--rebuild"), self.call("doctor")]
        if any(each.code not in {0, 1, 6} for each in ends):
            return f"seed {seed}, {done}: rebuilding ended with {ends}"
        return ""

    def command(self, seed: int, kind: str = "") -> str:
        """The same of another command."""
        done = self.damage(seed, kind)
        arguments = random.Random(seed).choice(OTHERS)
        said = self.call(*arguments)
        if said.code not in CODES:
            return f"seed {seed}, {done}: {' '.join(arguments)} ended with {said.code}: {said.words[-1500:]}"
        return ""

    def salvage(self, seed: int, kind: str = "") -> str:
        """What is wrong with what is saved of a damaged file: what is lost must be told, and the rest be sound."""
        done = self.damage(seed, kind)
        before = self.path.read_bytes()
        new = self.path.with_name("new.db")
        for ending in ("", "-wal", "-shm", ".unproved.jsonl"):
            new.with_name(new.name + ending).unlink(missing_ok=True)
        said = self.call("salvage", str(self.path), "--out", str(new))
        if said.code not in {0, 1, 6} or self.path.read_bytes() != before:
            return f"seed {seed}, {done}: salvage ended with {said.code}: {said.words[-1500:]}"
        if said.code == 6:
            return "" if not new.exists() else f"seed {seed}, {done}: refused, and made a file"
        if said.code == 0 and self.hashes - hashes(new):
            return f"seed {seed}, {done}: events are missing, and that is not told"
        examined = self.call("--db", str(new), "doctor")
        if examined.code != 0 and not (examined.code == 1 and said.code == 1):
            return f"seed {seed}, {done}: the doctor on what was saved: {examined.words}"
        return ""


def hashes(path: Path) -> set[bytes]:
    """The hashes of all events whose content a database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return {said for (said,) in connection.execute("SELECT hash FROM events WHERE salt IS NOT NULL")}


def rows(share: float) -> Iterator[Row]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = name
        ward = Ward(Path(name))
        for what, tried, times in (
            ("damaged files examined", ward.examine, EXAMINED), ("damaged files rebuilt", ward.rebuild, SALVAGED),
            ("commands on damaged files", ward.command, COMMANDS), ("damaged files salvaged", ward.salvage, SALVAGED),
        ):  # fmt: skip
            row = Row(what)
            with row.timed():
                for seed in range(max(1, round(times * share))):
                    row.times += 1
                    if why := tried(seed):
                        row.damage(why)
            yield row
