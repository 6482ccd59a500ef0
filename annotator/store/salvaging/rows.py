"""Rows of the tables that nothing is computed from, as far as they can be read of a damaged database."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple, get_args

from annotator.files import belonging, is_file, stands
from annotator.model.subject import EntityRole
from annotator.store.file.unfinished import remove
from annotator.store.importing.staging import KINDS, REPORT_COLUMNS
from annotator.store.salvaging.pages import Pages, Record

Row = tuple[Any, ...]
Rows = dict[Any, list[Row]]
"""By id, or by the whole row where there is none: what was read of it, what is likeliest first."""
UID = re.compile("[0-9a-f]{32}")
FEED = re.compile("[0-9a-f]{32}(~[0-9]{1,10}~[0-9a-f]{16})?")
SHA256 = re.compile("[0-9a-f]{64}")
PEOPLE = {"person", "model", "result", "nobody"}


class Table(NamedTuple):
    """What the rows of a table look like."""

    columns: tuple[str, ...]
    fits: Callable[[Row], bool]
    has_id: bool = True
    """Whether its first column is the number of the row."""


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _texts(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int) for value in values)


def _hashes(*values: Any) -> bool:
    return all(isinstance(value, bytes) and len(value) == 32 for value in values)


def _is_event(row: Row) -> bool:
    said = all(value is None or isinstance(value, str) for value in (row[2], row[3], row[5], row[9], row[10]))
    counted = all(value is None or isinstance(value, int) for value in (row[4], *row[6:9]))
    has_salt = row[11] is None or isinstance(row[11], bytes)
    return said and counted and has_salt and _numbers(row[0], row[1]) and row[0] > 1 << 32 and _hashes(*row[12:])


TABLES: dict[str, Table] = {
    "people": Table(
        ("id", "uid", "name", "added_as", "kind", "stands_for", "left_at"),
        lambda row: _texts(*row[1:4]) and _is(UID, row[1]) and row[4] in PEOPLE and _numbers(row[5]),
    ),
    "replicas": Table(
        ("id", "uid", "machine", "device", "inode", "birth", "path", "begun_at"),
        lambda row: _is(UID, row[1]) and _numbers(*row[3:5]) and _texts(row[2], *row[5:]),
    ),
    "subjects": Table(
        ("id", "key", "kind", "title", "date", "needs_trigram", "run"),
        lambda row: row[2] in KINDS and _texts(row[1], *row[3:5]) and row[5] in {0, 1},
    ),
    "incidents": Table(
        ("id", "description", "extra", "partial"),
        lambda row: _texts(*row[1:3]) and row[2].startswith("{") and row[3] in {0, 1},
    ),
    "reports": Table(
        ("id", *REPORT_COLUMNS),
        lambda row: _texts(*row[1:-1]) and _is(SHA256, row[2]) and row[-1] in {0, 1},
    ),
    "subject_versions": Table(
        ("id", "key", "seen", "subject_id", "run", "content"),
        lambda row: _texts(row[1]) and _is(UID, row[2]) and _numbers(row[3]),
    ),
    "entities": Table(("id", "name"), lambda row: _texts(row[1])),
    "feeds": Table(
        ("id", "uid", "person", "founder", "replica", "number", "counter", "hash"),
        lambda row: _is(FEED, row[1]) and _is(UID, row[4]) and _numbers(row[2], *row[5:7]) and _hashes(row[7]),
    ),
    "events": Table(
        (
            "id", "counter", "at", "kind", "subject", "taxonomy", "whose", "round", "version", "replaces", "payload",
            "salt", "content_hash", "hash",
        ),
        _is_event,
    ),
    "taxonomies": Table(
        ("namespace", "version", "sha256", "document"),
        lambda row: _texts(row[0], row[3]) and _numbers(row[1]) and _is(SHA256, row[2]) and row[3].startswith("{"),
        has_id=False,
    ),
    "incident_reports": Table(
        ("incident_id", "report_key", "position", "listed"),
        lambda row: _numbers(row[0], row[2]) and _texts(row[1]) and row[3] in {0, 1},
        has_id=False,
    ),
    "incident_entities": Table(
        ("incident_id", "role", "entity_id"),
        lambda row: _numbers(row[0], row[2]) and row[1] in get_args(EntityRole),
        has_id=False,
    ),
    "heads": Table(
        ("feed", "number", "hash", "told_by"),
        lambda row: _is(FEED, row[0]) and _numbers(row[1]) and _hashes(row[2]) and _texts(row[3]),
        has_id=False,
    ),
    "projects": Table(("uid",), lambda row: _is(UID, row[0]), has_id=False),
    "import_issues": Table(
        ("id", "found_at", "source", "place", "subject", "taxonomy", "annotator", "field", "value", "problem"),
        lambda row: _texts(*row[1:]),
    ),
}  # fmt: skip
"""Of most, the columns as they stand in a record too: those that are keys come first."""
PROVEN = {"events", "taxonomies"}
"""Whose rows are known by hashes to be what was written, wherever they stand."""
BY_LENGTH: dict[int, list[str]] = {}
for _name, _table in TABLES.items():
    BY_LENGTH.setdefault(len(_table.columns), []).append(_name)
BY_LENGTH[6] = [*BY_LENGTH[6], "subjects"]  # one that was written before there were runs


class Found(NamedTuple):
    """All that was read."""

    rows: dict[str, Rows]
    whole: frozenset[str]
    """The tables that SQLite reads to their end."""


def read(path: Path, pages: Pages) -> Found:
    """Read a damaged database: by SQLite where it can, then from the pages, where an older row may stand too."""
    rows: dict[str, Rows] = {name: {} for name in TABLES}
    whole = set()
    with _folder() as folder:
        copy = folder / "damaged.db"
        for ending in ("", "-wal"):
            damaged = belonging(path, ending)
            if is_file(damaged):
                shutil.copyfile(damaged, belonging(copy, ending))
        for name in TABLES:
            if _read_table(copy, name, rows[name]):
                whole.add(name)
    for record in pages.records():
        for name in BY_LENGTH.get(len(record.values), ()):
            _keep_record(record, name, rows[name], only_known=name in whole and name not in PROVEN)
    return Found(rows, frozenset(whole))


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for a copy of a database, which goes by its names: to look into the folder may be refused."""
    folder = Path(mkdtemp(prefix="annotator-"))
    try:
        yield folder
    finally:
        with suppress(OSError):
            remove(folder / "damaged.db")
            folder.rmdir()


def _keep_record(record: Record, name: str, rows: Rows, *, only_known: bool) -> None:
    """Keep a record that has the shape of a table's rows; of one that SQLite reads whole, no others than it has."""
    table = TABLES[name]
    values: Row = record.values
    if table.has_id:
        if record.rowid is None or values[0] is not None:
            return
        values = (record.rowid, *values[1:], *(None,) * (len(table.columns) - len(values)))
    if table.fits(values) and not (only_known and _key(table, values) not in rows):
        _keep(table, values, rows)


def _keep(table: Table, row: Row, rows: Rows) -> None:
    known = rows.setdefault(_key(table, row), [])
    if row not in known:
        known.append(row)


def _key(table: Table, row: Row) -> Any:
    return row[0] if table.has_id else row


def _read_table(copy: Path, name: str, rows: Rows) -> bool:
    """Read a table by SQLite up to where it is damaged; returns whether it came to the end of it."""
    table = TABLES[name]
    sql = f"SELECT {', '.join(table.columns)} FROM {name} NOT INDEXED"  # an index may lack what the table has
    if not stands(copy):
        return False
    # An error may leave a connection with half a schema, so each table gets its own.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.text_factory = _text
        connection.execute("PRAGMA writable_schema = ON")  # so that a table can be read beside one that is garbled
        for row in connection.execute(sql):
            if table.fits(row):
                _keep(table, row, rows)
        return True
    return False


def _text(said: bytes) -> str | bytes:
    """A text; bytes that are none fit no table."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said
