"""Whether the indexes of tables hold what these do, and making those again that do not.

SQLite believes its indexes: what one lacks is not there for whatever is read through it, and no error says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.store import search
from annotator.store.wording import flaws_in

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

TOLD = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}
"""What a check comes to, in place of saying it, where it cannot go on."""
UNMADE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT}
"""What SQLite says where it cannot make an index: of pages that are damaged, and of a key that is there twice."""

DOUBLED_WAY_OUT = (
    "a key is there twice, so `annotator doctor --rebuild` cannot make them again: `annotator restore BACKUP` puts a "
    "backup in place, and `annotator salvage` makes a new database of what can be read"
)
"""Of indexes, where `hold_doubled` says so."""


def tables(connection: sqlite3.Connection | Transaction) -> list[str]:
    """The names of all ordinary tables, in quotes."""
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1"
    return ['"{}"'.format(str(name).replace('"', '""')) for (name,) in connection.execute(sql).fetchall()]


def unfit(connection: sqlite3.Connection | Transaction, but: Collection[str] = ()) -> dict[str, list[str]]:
    """The tables, in quotes, of which an index does not hold what they do, each with what SQLite says of that.

    All `but` some are looked at, and no search index, which is made anew from texts. A quick check says all but that,
    so whatever it does not say is of indexes; newer versions (3.51) count their entries there too.
    """
    found = {}
    passed_over = {*but, *chain.from_iterable(search.TABLES.values())}
    for table in tables(connection):
        if table.strip('"') in passed_over:
            continue
        if said := _said(connection, "integrity_check", table):
            otherwise = [] if _is_miscounted(connection, table) else _said(connection, "quick_check", table)
            if of_indexes := [line for line in said if line not in otherwise]:
                found[table] = of_indexes
    return found


def _is_miscounted(connection: sqlite3.Connection | Transaction, table: str) -> bool:
    """Whether an index of all rows has more entries than there are, or fewer."""
    sql = f"SELECT count(*), 0 FROM {table}"  # a bare count goes through any index, whichever is named
    try:
        rows = connection.execute(f"{sql} NOT INDEXED").fetchone()
        names = [row[1] for row in connection.execute(f"PRAGMA main.index_list({table})") if not row[4]]
        return any(connection.execute(f'{sql} INDEXED BY "{name}"').fetchone() != rows for name in names)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in TOLD:
            raise
        return False


def hold_doubled(connection: sqlite3.Connection | Transaction) -> bool:
    """Whether a key is in a table twice, so that its index cannot be made again."""
    try:
        for table in tables(connection):
            for _, name, is_unique, *_ in connection.execute(f"PRAGMA main.index_list({table})").fetchall():
                columns = ", ".join(row[2] for row in connection.execute(f'PRAGMA main.index_info("{name}")') if row[2])
                sql = f"SELECT 1 FROM {table} NOT INDEXED GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
                if is_unique and columns and connection.execute(sql).fetchone():
                    return True
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in TOLD:
            raise
    return False


def _said(connection: sqlite3.Connection | Transaction, check: str, table: str) -> list[str]:
    try:
        rows = connection.execute(f"PRAGMA main.{check}({table})").fetchall()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in TOLD:
            raise
        return [str(error)]
    return [line for (said,) in rows for line in flaws_in(said)]


def make_again(transaction: Transaction, wrong: Mapping[str, object]) -> None:
    """Make all indexes of some tables anew; call inside a write transaction.

    Raises StoreError where that cannot be: what reads through them would be wrong.
    """
    for table in wrong:
        try:
            transaction.execute(f"REINDEX main.{table}")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in UNMADE:
                raise
            raise _unmade(transaction, table, str(error)) from error
    for table, (line, *_) in unfit(transaction).items():
        raise _unmade(transaction, table, line)


def _unmade(transaction: Transaction, table: str, why: str) -> StoreError:
    path = transaction.path
    return StoreError(
        f"{path}: the indexes of the table {table} do not hold what it does, and cannot be made again ({why}); nothing "
        "was changed, as work would be lost. `annotator restore BACKUP` puts a backup in its place; without one, "
        f"`annotator salvage {path} --out NEW` saves what can be read."
    )
