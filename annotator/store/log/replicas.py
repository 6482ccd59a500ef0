"""Which copy of a database this is: what may be a copy of another file, or was put in its place, is a new replica.

The file says which machine, device and inode it was written on; the person's state folder says how far the replica had
come. Where both do not fit, the next write begins a new replica, so that no feed is ever continued in two places.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from annotator.config import state_folder
from annotator.files import make_private, real
from annotator.model.chain import NUMBERS, new_uid, read_json
from annotator.store.readable import now, to_json

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")


class Mark(NamedTuple):
    """By what a file is known again."""

    machine: str
    device: int
    inode: int
    birth: str
    """When the file was made, where the system tells."""
    path: str


@cache
def machine() -> str:
    """A name for this machine that does not tell which one it is."""
    for name in MACHINE_IDS:
        try:
            said = Path(name).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if said:
            return sha256(f"annotator {said}".encode()).hexdigest()[:32]
    return sha256(f"annotator host {socket.gethostname()}".encode()).hexdigest()[:32]


def mark_of(path: Path) -> Mark:
    """The mark of a file as it is now."""
    found = path.stat()
    birth = getattr(found, "st_birthtime", "")
    return Mark(machine(), _signed(found.st_dev), _signed(found.st_ino), str(birth), str(real(path)))


def _signed(number: int) -> int:
    """A number of 64 bits as SQLite keeps it."""
    return number - (1 << 64) if number >= 1 << 63 else number


def here(transaction: Transaction, path: Path) -> str:
    """The uid of the replica this file is, a new one where that is in doubt; call inside a write transaction."""
    mark = mark_of(path)
    row = transaction.execute(
        "SELECT uid, machine, device, inode, birth, path FROM replicas ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is not None and _is_same(Mark._make(row[1:]), mark, row[0], heads(transaction, row[0])):
        return str(row[0])
    uid = new_uid()
    transaction.execute(
        """INSERT INTO replicas (uid, machine, device, inode, birth, path, begun_at) VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (uid, *mark, now()),
    )
    return uid


def begin_anew(transaction: Transaction) -> None:
    """Go on as a new replica: another copy of the file was continued as this one."""
    transaction.execute(
        """INSERT INTO replicas (uid, machine, device, inode, birth, path, begun_at)
           SELECT ?, machine, device, inode, birth, path, ? FROM replicas ORDER BY id DESC LIMIT 1""",
        (new_uid(), now()),
    )
    transaction.forget_replica()


def _is_same(kept: Mark, mark: Mark, uid: str, held: Mapping[str, tuple[int, str]]) -> bool:
    """Whether a file is the one it says it is, and has not fallen behind what this person saw of it."""
    if kept.machine != mark.machine:
        return False
    known = remembered(uid)
    is_behind = any(number > held.get(feed, (0, ""))[0] for feed, (number, _) in known.items())
    if kept[1:4] == mark[1:4]:
        return not is_behind
    return kept.path == mark.path and bool(known) and known == dict(held)


def heads(transaction: Transaction, replica: str) -> dict[str, tuple[int, str]]:
    """How far each feed of a replica has come here: its number and hash, by uid."""
    sql = "SELECT uid, number, lower(hex(hash)) FROM feeds WHERE replica = ? AND number > 0"
    return {uid: (number, found) for uid, number, found in transaction.execute(sql, (replica,))}


def _file(uid: str) -> Path:
    return state_folder() / "replicas" / f"{uid}.json"


class Kept(NamedTuple):
    """What the state folder keeps of a replica."""

    path: Path = Path()
    """Where its file stood when it was last told of."""
    heads: dict[str, tuple[int, str]] = {}
    """How far its feeds had come."""
    in_file: dict[str, int] = {}
    """How far all feeds had come in the file itself, past what stood in its log."""


def remembered(uid: str) -> dict[str, tuple[int, str]]:
    """How far this person saw the feeds of a replica come; nothing where nothing, or nothing readable, is kept."""
    return _kept(uid).heads


def remembered_of(uid: str, path: Path | None) -> dict[str, tuple[int, str]]:
    """The same for the file at a path alone: a backup elsewhere is no less sound because the original went on."""
    kept = _kept(uid)
    return kept.heads if path is not None and kept.path == real(path) else {}


def remembered_in_file(uid: str, path: Path) -> dict[str, int]:
    """How far this person saw the feeds come in the file itself at a path, past what stood in its log."""
    kept = _kept(uid)
    return kept.in_file if kept.path == real(path) else {}


def _kept(uid: str) -> Kept:
    try:
        said = read_json(_file(uid).read_text(encoding="utf-8"))
        heads = {feed: (_number(last), bytes.fromhex(found).hex()) for feed, (last, found) in said["heads"].items()}
        in_file = {feed: _number(last) for feed, last in said.get("in_file", {}).items()}
        return Kept(real(Path(said["path"])), heads, in_file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Kept()


def _number(said: Any) -> int:
    """The number of an event; raises ValueError for what is none."""
    if type(said) is not int or not 0 <= said < NUMBERS:
        raise ValueError(f"{said!r:.40} is no number of an event")
    return said


def remember(
    uid: str, path: Path, held: Mapping[str, tuple[int, str]], in_file: Mapping[str, int] | None = None
) -> None:
    """Keep how far the feeds of a replica have come, and how far `in_file`, past its log.

    Where the state folder cannot be written, nothing is kept.
    """
    file = _file(uid)
    unfinished = file.with_name(f"{uid}.{uuid4().hex[:8]}.unfinished")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(unfinished)
        unfinished.write_text(
            to_json({"path": str(path), "heads": held, "in_file": dict(in_file or {})}), encoding="utf-8"
        )
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):  # where its folder is none, there is nothing to remove
            unfinished.unlink()
