"""The pages of a database file and of the log beside it, read as bytes: what SQLite gives up on may still be there.

The layout is that of SQLite's file format: leaves of tables and of indexes, whose cells are records, with what does not
fit on a page in a chain of overflow pages.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from annotator.files import belonging, is_file

MAGIC = b"SQLite format 3\0"
LOG_MAGIC = {b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"}
"""How every log begins."""
USUAL = 4096
"""Bytes of a page in every database that this program made."""
TABLE, INDEX, INNER_INDEX = 0x0D, 0x0A, 0x02
"""Kinds of pages with records: leaves of tables, leaves of indexes, and what is above those."""
WAL_HEAD, FRAME_HEAD = 32, 24
LONGEST = 64 << 20
"""Bytes of a record; longer ones are no work of anybody."""
MOST_COLUMNS = 64
INTEGERS = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of a whole number, by its serial type."""
Value = None | int | float | str | bytes
Bytes = bytes | mmap.mmap


class Unreadable(Exception):  # noqa: N818
    """Bytes that are no record; never leaves this module."""


class Record(NamedTuple):
    """A row as it stands on a page."""

    rowid: int | None
    """None in an index, and so in a table that has no other rows than its key's."""
    values: tuple[Value, ...]


class Pages:
    """A database file and the log beside it."""

    def __init__(self, file: Bytes, log: Bytes) -> None:
        """Take the bytes of both; the log is empty where there is none."""
        self.file, self.log = file, log
        self.size = max(dict.fromkeys((_said_size(file), USUAL)), key=self._leaves_of)
        step = FRAME_HEAD + self.size
        self.frames = range(WAL_HEAD, len(log) - step + 1, step)
        """Where frames of the log begin."""
        self.latest = {int.from_bytes(log[at : at + 4]): at + FRAME_HEAD for at in self.frames}
        """By the number of a page: where its latest image in the log begins."""

    @property
    def lacking(self) -> int:
        """How many pages of those that the file says it has are in neither, because it was cut off."""
        is_told = self.file[: len(MAGIC)] == MAGIC and self.file[24:28] == self.file[92:96]
        told = int.from_bytes(self.file[28:32]) if is_told else 0
        here = {*range(1, len(self.file) // self.size + 1), *self.latest}
        return max(0, told - len(here))

    def _leaves_of(self, size: int) -> int:
        """How many of the first pages are leaves of tables, if pages have this size."""
        return sum(self.file[at : at + 1] == bytes([TABLE]) for at in range(0, min(len(self.file), 500 * size), size))

    def images(self) -> Iterator[tuple[int, bytes]]:
        """Every page there is, with where its cells' offsets begin: those of the log first, the newest before all."""
        for at in reversed(self.frames):
            number = int.from_bytes(self.log[at : at + 4])
            yield 100 * (number == 1), self.log[at + FRAME_HEAD : at + FRAME_HEAD + self.size]
        for at in range(0, len(self.file), self.size):
            yield 100 * (at == 0), self.file[at : at + self.size]

    def page(self, number: int) -> bytes:
        """The newest image of a page; raises Unreadable where there is none."""
        if number in self.latest:
            return self.log[self.latest[number] : self.latest[number] + self.size]
        at = (number - 1) * self.size
        if number < 1 or at + self.size > len(self.file):
            raise Unreadable
        return self.file[at : at + self.size]

    def records(self) -> Iterator[Record]:
        """Every record that can be read, of whatever table; of one that was changed, older ones too."""
        for start, image in self.images():
            kind = image[start] if len(image) > start else 0
            if kind in {TABLE, INDEX, INNER_INDEX}:
                yield from self._of_page(image, start, kind)

    def _of_page(self, image: bytes, start: int, kind: int) -> Iterator[Record]:
        first = start + (12 if kind == INNER_INDEX else 8)
        cells = int.from_bytes(image[start + 3 : start + 5])
        for nth in range(min(cells, self.size // 4)):
            at = int.from_bytes(image[first + 2 * nth : first + 2 * nth + 2])
            try:
                yield self._record(image, at + (4 if kind == INNER_INDEX else 0), is_table=kind == TABLE)
            except (Unreadable, IndexError, UnicodeDecodeError):
                continue

    def _record(self, image: bytes, at: int, *, is_table: bool) -> Record:
        length, at = varint(image, at)
        rowid = None
        if is_table:
            rowid, at = varint(image, at)
        if not 0 < length <= LONGEST:
            raise Unreadable
        most = self.size - 35 if is_table else (self.size - 12) * 64 // 255 - 23
        here = length
        if length > most:
            least = (self.size - 12) * 32 // 255 - 23
            here = least + (length - least) % (self.size - 4)
            here = here if here <= most else least
        said = image[at : at + here]
        if here < length:
            said += self._overflow(int.from_bytes(image[at + here : at + here + 4]), length - here)
        if len(said) < length:
            raise Unreadable
        return Record(rowid, values_of(said))

    def _overflow(self, number: int, length: int) -> bytes:
        """What of a record stands on further pages; each of them may be gone through once."""
        parts: list[bytes] = []
        left, seen = length, set[int]()
        while left > 0:
            if number in seen:
                raise Unreadable
            seen.add(number)
            image = self.page(number)
            parts.append(image[4 : 4 + min(left, self.size - 4)])
            left -= len(parts[-1])
            number = int.from_bytes(image[:4])
        return b"".join(parts)


def _said_size(file: Bytes) -> int:
    said = int.from_bytes(file[16:18])
    said = 65536 if said == 1 else said
    return said if 512 <= said <= 65536 and said & (said - 1) == 0 else USUAL


@contextmanager
def pages_of(path: Path) -> Iterator[Pages]:
    """The pages of a file and of its log; neither is changed, nor any lock of SQLite's taken. Raises OSError.

    A log that was moved away from its file is one alone.
    """
    with ExitStack() as stack:

        def mapped(each: Path) -> Bytes:
            if not is_file(each) or each.stat().st_size == 0:
                return b""
            file = stack.enter_context(each.open("rb"))
            return stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

        file = mapped(path)
        if file[:4] in LOG_MAGIC:
            yield Pages(b"", file)
        else:
            yield Pages(file, mapped(belonging(path, "-wal")))


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next begins; raises IndexError."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >= 1 << 63 else value, at + 9


def values_of(record: bytes) -> tuple[Value, ...]:
    """What a record says; raises Unreadable, IndexError and UnicodeDecodeError for what is none."""
    end, at = varint(record, 0)
    if not 0 < end <= len(record):
        raise Unreadable
    kinds = []
    while at < end:
        kind, at = varint(record, at)
        kinds.append(kind)
    if at != end or len(kinds) > MOST_COLUMNS:
        raise Unreadable
    values = []
    for kind in kinds:
        value, at = _value(record, at, kind)
        values.append(value)
    if at != len(record):
        raise Unreadable
    return tuple(values)


def _value(record: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind >= 12:
        end = at + (kind - 12) // 2
        said = record[at:end]
        return (said if kind % 2 == 0 else said.decode("utf-8")), end
    if kind in {8, 9}:
        return kind - 8, at
    if kind == 7:
        return None, at + 8  # no table that is read holds fractions
    if kind < len(INTEGERS):
        end = at + INTEGERS[kind]
        return (None if kind == 0 else int.from_bytes(record[at:end], signed=True)), end
    raise Unreadable
