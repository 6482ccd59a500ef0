"""Record how a program changes a folder, and what a disk may hold of it when the power goes.

What was synced is there. Of what was not, any part may be: of each file some of its writes, torn at the 512 bytes of a
sector; of the names in a folder those that were made up to some moment.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("recorder.c")
SECTOR = 512
HEAD = struct.Struct("<cQIII")
NEVER_KEPT = "-shm"
"""How files end that nobody relies on after a power cut."""


class Op(NamedTuple):
    """One change: of a file (w write, t truncate, s sync), or of names (c create, r rename, l link, u unlink)."""

    kind: str
    name: str
    other: str = ""
    at: int = 0
    data: bytes = b""


def made(folder: Path) -> Path:
    """Compile the recorder into a folder, and return its path."""
    library = folder / "recorder.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def record(library: Path, command: list[str], below: Path, env: dict[str, str]) -> list[Op]:
    """Run a command, and return what it did to the files below a folder."""
    log = below.with_suffix(".log")
    log.unlink(missing_ok=True)
    recorded = {"LD_PRELOAD": str(library), "RECORD_BELOW": str(below.resolve()), "RECORD_TO": str(log)}
    subprocess.run(command, check=True, env={**os.environ, **env, **recorded}, cwd=below)
    return list(_read(log.read_bytes(), str(below.resolve())))


def _read(log: bytes, below: str) -> Iterator[Op]:
    place = 0
    while place < len(log):
        kind, at, *lengths = HEAD.unpack_from(log, place)
        place += HEAD.size
        parts = []
        for length in lengths:
            parts.append(log[place : place + length])
            place += length
        name, other = (os.fsdecode(each).removeprefix(below) for each in parts[:2])
        yield Op(kind.decode(), name, other, at, parts[2])


@dataclass
class File:
    """What of a file is on the disk for certain, and what was done to it since."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)

    def sync(self) -> None:
        """Have all of it on the disk."""
        for op in self.pending:
            _apply(self.synced, op)
        self.pending.clear()

    def torn(self, chance: random.Random) -> bytes:
        """What may be there of it."""
        content = bytearray(self.synced)
        how = chance.choice(("all", "none", "prefix", "some", "sectors"))
        upto = chance.randint(0, len(self.pending)) if how == "prefix" else len(self.pending)
        for op in self.pending[: upto if how != "none" else 0]:
            if how == "sectors" and op.kind == "w":
                _apply_in_part(content, op, chance)
            elif how in {"all", "prefix"} or chance.random() < 0.5:
                _apply(content, op)
        if how == "prefix" and upto < len(self.pending) and self.pending[upto].kind == "w":
            _apply_in_part(content, self.pending[upto], chance)
        return bytes(content)


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "t":
        del content[op.at :]
        content.extend(bytes(op.at - len(content)))
        return
    content.extend(bytes(max(0, op.at - len(content))))
    content[op.at : op.at + len(op.data)] = op.data


def _apply_in_part(content: bytearray, op: Op, chance: random.Random) -> None:
    begin, end = op.at, op.at + len(op.data)
    while begin < end:
        until = min(end, begin - begin % SECTOR + SECTOR)
        if chance.random() < 0.5:
            _apply(content, Op("w", op.name, "", begin, op.data[begin - op.at : until - op.at]))
        begin = until


class Disk:
    """A folder on a disk: names, files, and which of both are there for certain."""

    def __init__(self, folder: Path) -> None:
        """Begin with what stands in a folder, all of it synced."""
        self._folders = {""}
        self._files: list[File] = []
        self._names: dict[str, int] = {}
        for each in sorted(folder.rglob("*")):
            name = str(each).removeprefix(str(folder))
            if each.is_dir():
                self._folders.add(name)
            else:
                self._names[name] = self._new(each.read_bytes())
        self._certain = dict(self._names)
        self._pending: list[tuple[str, int | None, str]] = []
        """Names in the order in which they came to mean a file, or none; and which went away in the same step."""

    def _new(self, content: bytes = b"") -> int:
        self._files.append(File(bytearray(content)))
        return len(self._files) - 1

    def take(self, op: Op) -> None:
        """Let something happen."""
        if op.kind == "m":
            self._folders.add(op.name)
        elif op.kind == "s" and op.name in self._folders:
            self._sync_names(op.name)
        elif op.kind == "c":
            if op.name not in self._names:
                self._name(op.name, self._new())
        elif op.kind == "u":
            self._name(op.name, None)
        elif op.name not in self._names:  # written through a descriptor whose name is gone
            return
        elif op.kind in {"r", "l"}:
            self._name(op.other, self._names[op.name], op.name if op.kind == "r" else "")
        elif op.kind == "s":
            self._files[self._names[op.name]].sync()
        else:
            self._files[self._names[op.name]].pending.append(op)

    def _name(self, name: str, file: int | None, gone: str = "") -> None:
        _rename(self._names, name, file, gone)
        self._pending.append((name, file, gone))

    def _sync_names(self, folder: str) -> None:
        is_here = [name.rpartition("/")[0] == folder for name, _, _ in self._pending]
        for each, here in zip(self._pending, is_here, strict=True):
            if here:
                _rename(self._certain, *each)
        self._pending = [each for each, here in zip(self._pending, is_here, strict=True) if not here]

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Write what may be left into a folder, in place of what stands there."""
        shutil.rmtree(folder)
        for each in sorted(self._folders):
            (folder / each.removeprefix("/")).mkdir()
        names = dict(self._certain)
        for name, file, gone in self._pending[: chance.randint(0, len(self._pending))]:
            _rename(names, name, file, gone)
        torn: dict[int, bytes] = {}
        for name, number in names.items():
            if not name.endswith(NEVER_KEPT):
                torn.setdefault(number, self._files[number].torn(chance))
                (folder / name.removeprefix("/")).write_bytes(torn[number])


def _rename(names: dict[str, int], name: str, file: int | None, gone: str) -> None:
    names.pop(gone, None)
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file
