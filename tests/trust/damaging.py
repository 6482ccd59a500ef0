"""Damage to a database, by a seed: what disks, copies that were cut off, and other programs do to a file."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

PAGE = 4096
HEADER = 100
"""Bytes at the beginning of the file that say what it is."""
COMPUTED_FROM = ("events", "feeds", "people", "subject_versions", "subjects", "reports", "incidents", "taxonomies")
"""Tables that people would miss first."""


class Damage(NamedTuple):
    """What was done to a file."""

    kind: str
    what: str


class Healthy(NamedTuple):
    """A sound database as bytes, with its log where it has one."""

    file: bytes
    log: bytes


def healthy(path: Path) -> Healthy:
    """A database as it stands; with a log that holds some of it where it was left by a process that was killed."""
    log = path.with_name(f"{path.name}-wal")
    return Healthy(path.read_bytes(), log.read_bytes() if log.exists() else b"")


def write(sound: Healthy, path: Path) -> None:
    """Write a database with its log, and nothing else beside it."""
    for ending, said in (("", sound.file), ("-wal", sound.log), ("-shm", b"")):
        beside = path.with_name(path.name + ending)
        beside.unlink(missing_ok=True)
        if said:
            beside.write_bytes(said)


def leave_log(path: Path) -> None:
    """Let half of what a database holds stand in its log, as a kill leaves it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE resume_points SET field = field || ' '")
        connection.execute(
            "INSERT INTO import_issues SELECT id + 1000, found_at, source, place || ' ', subject, taxonomy, annotator,"
            " field, value, problem FROM import_issues"
        )
        connection.commit()
        left = healthy(path)
    write(left, path)


def damaged(seed: int, sound: Healthy, path: Path, kinds: tuple[str, ...] = ()) -> Damage:
    """Write a damaged copy of a database; the same seed damages it in the same way."""
    rng = random.Random(seed)
    kind = rng.choice(kinds or tuple(KINDS))
    write(sound, path)
    return Damage(kind, KINDS[kind](rng, path))


def _changed(path: Path, change: Callable[[bytearray], str]) -> str:
    said = bytearray(path.read_bytes())
    what = change(said)
    path.write_bytes(said)
    return what


def _pages(rng: random.Random, said: bytearray) -> int:
    return rng.randrange(1, max(2, len(said) // PAGE)) * PAGE


def flip_bits(rng: random.Random, path: Path) -> str:
    def flip(said: bytearray) -> str:
        places = [rng.randrange(len(said)) for _ in range(rng.choice((1, 1, 1, 2, 8, 64)))]
        for place in places:
            said[place] ^= 1 << rng.randrange(8)
        return f"bits at {places[:8]}"

    return _changed(path, flip)


def flip_in_text(rng: random.Random, path: Path) -> str:
    """Change one letter of something that is written in letters, which no structure shows."""

    def flip(said: bytearray) -> str:
        for _ in range(10_000):
            place = rng.randrange(HEADER, len(said))
            if 97 <= said[place] <= 122 and all(32 <= each < 127 for each in said[place - 8 : place + 8]):
                said[place] = 97 + (said[place] - 96) % 26
                return f"a letter at {place}"
        return "nothing"

    return _changed(path, flip)


def zero_page(rng: random.Random, path: Path) -> str:
    def zero(said: bytearray) -> str:
        at = _pages(rng, said)
        said[at : at + PAGE] = bytes(PAGE)
        return f"page {at // PAGE + 1}"

    return _changed(path, zero)


def garble_page(rng: random.Random, path: Path) -> str:
    def garble(said: bytearray) -> str:
        at = _pages(rng, said) + rng.choice((0, 0, rng.randrange(PAGE)))
        length = rng.choice((16, 200, PAGE))
        said[at : at + length] = rng.randbytes(len(said[at : at + length]))
        return f"{length} bytes at {at}"

    return _changed(path, garble)


def swap_pages(rng: random.Random, path: Path) -> str:
    def swap(said: bytearray) -> str:
        one, other = _pages(rng, said), _pages(rng, said)
        said[one : one + PAGE], said[other : other + PAGE] = said[other : other + PAGE], said[one : one + PAGE]
        return f"pages {one // PAGE + 1} and {other // PAGE + 1}"

    return _changed(path, swap)


def cut_off(rng: random.Random, path: Path) -> str:
    def cut(said: bytearray) -> str:
        length = rng.choice((rng.randrange(len(said)), rng.randrange(1, len(said) // PAGE) * PAGE, rng.randrange(200)))
        del said[length:]
        return f"{length} bytes left"

    return _changed(path, cut)


def change_header(rng: random.Random, path: Path) -> str:
    def change(said: bytearray) -> str:
        at = rng.randrange(HEADER)
        said[at : at + 4] = rng.randbytes(4)
        return f"4 bytes at {at}"

    return _changed(path, change)


def damage_log(rng: random.Random, path: Path) -> str:
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():
        log.write_bytes(rng.randbytes(rng.choice((20, 5000, 50_000))))
        return "a log that is none"
    return f"in the log: {rng.choice((flip_bits, garble_page, cut_off))(rng, log)}"


def _by_sql(path: Path, statements: Callable[[sqlite3.Connection], Iterator[str]]) -> str:
    """Change a file by another program that knows neither triggers nor foreign keys."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.create_function("version_digest", 2, lambda *_: "", deterministic=True)
        connection.create_function("text_digest", 1, lambda *_: "", deterministic=True)
        connection.create_function("plain_name", 1, lambda *_: "", deterministic=True)
        what = " ".join(statements(connection))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return what


def _drop_triggers(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def _made_again(connection: sqlite3.Connection, change: Callable[[], str]) -> str:
    """Change what triggers guard, and leave them as they were."""
    made = connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    _drop_triggers(connection)
    what = change()
    for (sql,) in made:
        connection.execute(sql)
    return what


def garble_schema(rng: random.Random, path: Path) -> str:
    def change(connection: sqlite3.Connection) -> Iterator[str]:
        rows = connection.execute("SELECT rowid, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        rowid, name, sql = rng.choice(rows)
        at = rng.randrange(len(sql))
        new = rng.choice((sql[:at] + rng.choice("xX (,;'é\0") + sql[at + 1 :], sql[:at], sql.replace("NOT NULL", "")))
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (new, rowid))
        yield f"the SQL of {name}"

    return _by_sql(path, change)


def drop_from_schema(rng: random.Random, path: Path) -> str:
    def drop(connection: sqlite3.Connection) -> Iterator[str]:
        sql = """SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'index', 'view') AND sql IS NOT NULL
                   AND tbl_name != '_sqlite_migrations'"""  # which is its library's
        kind, name = rng.choice(connection.execute(sql).fetchall())
        connection.execute(f"DROP {kind} {name}")
        yield f"without the {kind} {name}"

    return _by_sql(path, drop)


def delete_rows(rng: random.Random, path: Path) -> str:
    def delete(connection: sqlite3.Connection) -> Iterator[str]:
        table = rng.choice(("events", "events", *COMPUTED_FROM))
        rowids = [rowid for (rowid,) in connection.execute(f"SELECT rowid FROM {table}").fetchall()]
        gone = rng.sample(rowids, min(len(rowids), rng.choice((1, 1, 3, 40))))

        def drop() -> str:
            connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(rowid,) for rowid in gone])
            return f"{len(gone)} rows of {table} deleted: {gone[:5]}"

        if rng.random() < 0.3:
            _drop_triggers(connection)
            yield f"{drop()}, and no triggers left"
        else:
            yield _made_again(connection, drop)

    return _by_sql(path, delete)


GARBAGE: tuple[object, ...] = (
    None, "", "x", "[", "{}", "[]", "null", "nö", "\0", "\ud7ff", "9" * 30, "[" * 5000, '{"a": 1e999}', "2099-99-99",
    b"", b"\xff\xfe", b"x" * 32, 0, 1, -1, 2**62, -(2**63), 3.5, float("inf"), '{"field": 7}', "0" * 32 + ":1",
)  # fmt: skip
"""Values that nobody wrote anywhere."""


def garble_column(rng: random.Random, path: Path) -> str:
    """Put a value that nobody wrote into a column, in spite of its type and checks."""

    def garble(connection: sqlite3.Connection) -> Iterator[str]:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        sql = """SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
                 AND instr(name, '_') = 0"""
        others = [name for (name,) in connection.execute(sql).fetchall()]
        for _ in range(200):
            table = rng.choice((rng.choice(COMPUTED_FROM), rng.choice((*others, "import_runs", "hand_ins"))))
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            rows = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            if not rows or not columns:
                continue
            column, value, nth = rng.choice(columns), rng.choice(GARBAGE), rng.randrange(rows)
            key = columns[0]
            (row,) = connection.execute(f'SELECT "{key}" FROM "{table}" LIMIT 1 OFFSET ?', (nth,)).fetchone()

            def put(
                table: str = table, column: str = column, key: str = key, row: object = row, value: object = value
            ) -> str:
                connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" IS ?', (value, row))
                return f"{table}.{column} of {row!r:.40} is {value!r:.20}"

            try:
                yield _made_again(connection, put)
            except sqlite3.Error:  # of another type, or there is one of it
                continue
            return

    return _by_sql(path, garble)


KINDS: dict[str, Callable[[random.Random, Path], str]] = {
    "bits flipped": flip_bits,
    "a letter changed": flip_in_text,
    "a page zeroed": zero_page,
    "a page garbled": garble_page,
    "two pages swapped": swap_pages,
    "the file cut off": cut_off,
    "the header changed": change_header,
    "the log damaged": damage_log,
    "the schema garbled": garble_schema,
    "a trigger, index or view dropped": drop_from_schema,
    "rows deleted": delete_rows,
    "a column garbled": garble_column,
}


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]] | None:
    """All that the tables of a database hold, as SQLite reads it; None where it cannot be read to the end."""
    copy = path.with_name("read.db")
    for ending in ("", "-wal", "-shm"):
        copy.with_name(copy.name + ending).unlink(missing_ok=True)
        if ending != "-shm" and path.with_name(path.name + ending).exists():
            copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
    try:
        with closing(sqlite3.connect(copy)) as connection:
            names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").fetchall()
            found = {
                name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for (name,) in names
            }
            found["sqlite_schema"] = connection.execute(
                "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2"
            ).fetchall()
            found["header"] = connection.execute("PRAGMA application_id").fetchall()
            return found
    except (sqlite3.Error, ValueError, OverflowError):
        return None


UNCOVERED = {"incidents", "entities", "incident_entities", "incident_reports", "import_issues", "resume_points",
             "replicas", "search", "search_unspaced", "read_mentions", "projects", "taxonomies",
             "_sqlite_migrations", "sqlite_stat1", "sqlite_sequence"}  # fmt: skip
"""Tables of which no digest says what was written, and taxonomies: one that is gone is on disk."""
COVERED = {"subjects": (0, 2), "reports": (0, 1, 2), "people": (0, 1, 3, 4), "subject_versions": (0, 1, 2, 5)}
"""The columns that are covered where not all are."""


def is_to_be_found(
    before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]] | None
) -> bool:
    """Whether anything differs that hashes, heads or events cover."""
    if after is None:
        return True
    if set(after.get("taxonomies", [])) - set(before["taxonomies"]):
        return True
    for name in (before.keys() | after.keys()) - UNCOVERED:
        columns = COVERED.get(name)
        pair = [each.get(name) for each in (before, after)]
        if columns:
            pair = [[tuple(row[at] for at in columns) for row in rows] if rows is not None else None for rows in pair]
        if pair[0] != pair[1]:
            return True
    return False


def garbled_reports(path: Path) -> None:
    """Let every report have authors and tags that are no lists."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE reports SET tags = '{}', authors = '7'")
