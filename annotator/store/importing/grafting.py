"""Index texts beside the file, and give what was indexed to the file's own index under the lock.

FTS5 writes what it gathered as a segment: pages it never changes, under a number, and a record that
lists the segments of an index by level. So segments of one index can be given to another whose rows
are others: copy the pages under numbers that are free there, and add them to its record as if they
had been gathered last. This is the format of files, which every version of SQLite has to read; where
the record holds anything else than is known here, nothing is given, and the texts are indexed anew.
SQLite's source describes both at the head of `ext/fts5/fts5_index.c`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count, islice, repeat, zip_longest
from typing import NamedTuple

from annotator.store.connection import Transaction
from annotator.store.search import IN_BULK, INDEXES, gather, may_be_copied

RECORD, TOTALS = 10, 1
"""Where an index keeps the record of its segments, and how many rows and words it has."""
PAGES = 37
"""Bits of a page's number below the number of its segment."""
DEEPEST = 64
"""Levels there can be."""
BESIDE = "grafted_"
"""What the names of the indexes beside the file begin with."""
CROWDED = 16
"""Segments of a level at which FTS5 itself merges them, which it does while it indexes."""
OWN_TEXTS = re.compile(r"content = '\w+', content_rowid = 'id'")
STAGED = """SELECT told.id, told.title, coalesce(report.text, incident.description) AS body
            FROM temp.staged_subjects AS told LEFT JOIN temp.staged_reports AS report USING (seq)
            LEFT JOIN temp.staged_incidents AS incident USING (seq)"""


class _Level(NamedTuple):
    merged: int
    """How many of its segments are being merged just now."""
    segments: list[tuple[int, int, int]]
    """Number, first and last page; the oldest first."""


class _Moved(NamedTuple):
    was: int
    now: int
    """Numbers of a segment beside the file and in it."""


class _Record(NamedTuple):
    cookie: bytes
    written: int
    levels: list[_Level]


def begin(transaction: Transaction) -> bool:
    """Make an empty index beside each of the file's, to go with the connection; False where that is no use."""
    for name in INDEXES:
        sql = "SELECT sql FROM main.sqlite_schema WHERE name = ?"
        (made,) = transaction.execute(sql, (name,)).fetchone()
        alone = OWN_TEXTS.sub("content = ''", made)
        transaction.execute(
            alone.replace(f"CREATE VIRTUAL TABLE {name} ", f"CREATE VIRTUAL TABLE temp.{BESIDE}{name} ")
        )
        gather(transaction, f"{BESIDE}{name}", IN_BULK)
    return may_be_copied(transaction, f"temp.{BESIDE}search")


def add(transaction: Transaction, after: int) -> None:
    """Index the new subjects that are staged behind a place in the source, under the ids they will have."""
    new = f"{STAGED} WHERE seq > ? AND outcome = 'added'"
    for name, which in (("search", ""), ("search_unspaced", " AND needs_trigram")):
        transaction.execute(f"INSERT INTO temp.{BESIDE}{name} (rowid, title, body) {new}{which}", (after,))


def graft(transaction: Transaction) -> bool:
    """Give the file's indexes what was indexed beside them; False, and nothing done, where they do not fit.

    The connection must not have used the file's indexes before: FTS5 remembers what it has read of them.
    """
    grown: dict[str, tuple[_Record, list[_Moved]]] = {}
    for name in INDEXES:
        stock, scion = (_record(transaction, f"{where}{name}") for where in ("main.", f"temp.{BESIDE}"))
        if stock is None or scion is None:
            return False
        grown[name] = _grown(stock, scion)
        if len(grown[name][0].levels[0].segments) > CROWDED:
            return False
    for name, (record, moved) in grown.items():
        _copy(transaction, name, moved)
        sql = f"UPDATE main.{name}_data SET block = ? WHERE id = ?"
        transaction.execute(sql, (_encoded(record), RECORD))
        transaction.execute(sql, (_summed(transaction, name), TOTALS))
    return True


def _grown(stock: _Record, scion: _Record) -> tuple[_Record, list[_Moved]]:
    """The record with another's segments as the newest, under free numbers, and which those are."""
    used = {number for level in stock.levels for number, _, _ in level.segments}
    free = (number for number in count(1) if number not in used)
    new = [segment for level in reversed(scion.levels) for segment in level.segments]
    renamed = [(next(free), first, last) for _, first, last in new]
    newest, *older = stock.levels or [_Level(0, [])]
    levels = [newest._replace(segments=newest.segments + renamed), *older]
    moved = [_Moved(was, now) for (was, _, _), (now, _, _) in zip(new, renamed, strict=True)]
    return stock._replace(levels=levels), moved


def _copy(transaction: Transaction, name: str, moved: list[_Moved]) -> None:
    """Copy the pages of segments, the words they begin with, and the lengths of texts."""
    source = f"temp.{BESIDE}{name}"
    for was, now in moved:
        transaction.execute(
            f"INSERT INTO main.{name}_data SELECT id + ?, block FROM {source}_data WHERE id BETWEEN ? AND ?",
            ((now - was) << PAGES, was << PAGES, ((was + 1) << PAGES) - 1),
        )
        sql = f"INSERT INTO main.{name}_idx (segid, term, pgno) SELECT ?, term, pgno FROM {source}_idx WHERE segid = ?"
        transaction.execute(sql, (now, was))
    transaction.execute(f"INSERT INTO main.{name}_docsize (id, sz) SELECT id, sz FROM {source}_docsize")


def _summed(transaction: Transaction, name: str) -> bytes:
    """The rows and words of both indexes together."""
    both = (_numbers(_block(transaction, f"{where}{name}", TOTALS)) for where in ("main.", f"temp.{BESIDE}"))
    return _written(map(sum, zip_longest(*both, fillvalue=0)))


def _record(transaction: Transaction, index: str) -> _Record | None:
    """Read the record of an index; None when it holds anything else than is known here."""
    block = _block(transaction, index, RECORD)
    numbers = iter(_numbers(block[4:]))
    count_, _, written = islice(chain(numbers, repeat(0)), 3)
    levels = []
    for _ in range(min(count_, DEEPEST)):
        merged, segments = islice(chain(numbers, repeat(0)), 2)
        taken = list(islice(numbers, 3 * segments))
        levels.append(_Level(merged, list(zip(taken[::3], taken[1::3], taken[2::3], strict=False))))
    record = _Record(block[:4], written, levels)
    return record if _encoded(record) == block else None


def _encoded(record: _Record) -> bytes:
    numbers = [len(record.levels), sum(len(level.segments) for level in record.levels), record.written]
    for merged, segments in record.levels:
        numbers += [merged, len(segments), *chain.from_iterable(segments)]
    return record.cookie + _written(numbers)


def _block(transaction: Transaction, index: str, number: int) -> bytes:
    row = transaction.execute(f"SELECT block FROM {index}_data WHERE id = ?", (number,)).fetchone()
    return bytes(row[0]) if row else b""


def _numbers(block: bytes) -> list[int]:
    """Read SQLite's numbers of one to nine bytes: seven bits each, the first bit set where another follows."""
    found: list[int] = []
    number = length = 0
    for byte in block:
        length += 1
        number = number << 8 | byte if length == 9 else number << 7 | byte & 0x7F
        if byte < 0x80 or length == 9:
            found.append(number)
            number = length = 0
    return found


def _written(numbers: Iterable[int]) -> bytes:
    """Write numbers as `_numbers` reads them; none here comes near the ninth byte."""
    return b"".join(
        bytes([*(number >> shift & 0x7F | 0x80 for shift in range(49, 0, -7) if number >> shift), number & 0x7F])
        for number in numbers
    )
