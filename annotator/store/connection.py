"""Open the database file: recognise it, bring it up to date, set it up for safe writing."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import (
    NotAStoreError,
    NotFoundError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
    StoreTooNewError,
    StoreTooOldError,
)
from annotator.files import MADE_UP, belonging, is_made_up, real, size_of, stands
from annotator.model.person import plain_name
from annotator.resources import data_folder
from annotator.store.file.journal import is_without_log
from annotator.store.wording import damaged, in_words, on_fixed_disk, state_of_disk, way_to_copy

if TYPE_CHECKING:
    from sqlite_utils import Database

PAUSE = 0.001
"""Seconds between two tries. SQLite's own pauses grow to a tenth of a second, in which a busy
neighbour takes the lock again and again."""
STATEMENT_WAIT, LONGEST_STATEMENT_WAIT = 1.0, 5.0
"""Seconds SQLite itself may hold up one statement of a connection that waits without a limit, and of any other:
nobody can be asked meanwhile whether to go on, and a screen may stand still for it."""


def _always() -> bool:
    """Go on whatever happens."""
    return True


def _nothing() -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Patience:
    """How long a write waits for other processes. Only a lock is waited for, no full disk and no read-only file."""

    seconds: float | None = 30.0
    """After so many in which no other process has written anything the write is refused; None waits until `goes_on`
    says no. A busy neighbour is no reason to refuse: each of its transactions is short, and one is the last."""
    goes_on: Callable[[], bool] = _always
    """Asked before every further try, in the thread that waits."""
    is_over: Callable[[], None] = _nothing
    """Called after a wait, whether the lock was got or not; not called where there was nothing to wait for."""

    @property
    def of_a_statement(self) -> float:
        """Seconds SQLite itself waits within one statement."""
        return STATEMENT_WAIT if self.seconds is None else min(self.seconds, LONGEST_STATEMENT_WAIT)


USUAL = Patience()
"""How long a command waits."""


def be_patient(connection: sqlite3.Connection, patience: Patience) -> None:
    """Let every statement wait for other processes."""
    connection.execute(f"PRAGMA busy_timeout = {round(patience.of_a_statement * 1000)}")


def begin_writing(connection: sqlite3.Connection, patience: Patience) -> None:
    """Begin a write transaction as soon as the lock is free; raises SQLITE_BUSY when patience ends first."""
    execute_patiently(connection, "BEGIN IMMEDIATE", patience)


def execute_patiently(connection: sqlite3.Connection, statement: str, patience: Patience) -> sqlite3.Cursor:
    """Run a statement that SQLite itself waits for badly or not at all, such as a change of the journal."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        done = _tried(connection, statement)
        return done if isinstance(done, sqlite3.Cursor) else _waited(connection, statement, patience, done)
    finally:
        be_patient(connection, patience)


def _waited(
    connection: sqlite3.Connection, statement: str, patience: Patience, busy: sqlite3.OperationalError
) -> sqlite3.Cursor:
    patient_until = None if patience.seconds is None else time.monotonic() + patience.seconds
    seen = None if patience.seconds is None else _data_version(connection)
    try:
        while True:
            if not patience.goes_on():
                raise busy
            if patient_until is not None and time.monotonic() >= patient_until:
                before, seen = seen, _data_version(connection)
                if seen == before:
                    raise busy
                patient_until = time.monotonic() + (patience.seconds or 0)
            time.sleep(PAUSE)
            done = _tried(connection, statement)
            if isinstance(done, sqlite3.Cursor):
                return done
            busy = done
    finally:
        patience.is_over()


def _data_version(connection: sqlite3.Connection) -> int | None:
    """A number that is another one after another connection wrote to the file; None where it cannot even be read."""
    try:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
    except sqlite3.OperationalError:  # the statement that waits says what is the matter
        return None


def _tried(connection: sqlite3.Connection, statement: str) -> sqlite3.Cursor | sqlite3.OperationalError:
    """Run a statement; return what SQLite says when another process holds the lock."""
    try:
        return connection.execute(statement)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return error


def take_back(connection: sqlite3.Connection) -> None:
    """End a transaction without keeping anything of it, unless SQLite has ended it.

    What fails in that hides no error before, which says why; whatever was written stays behind the end of the log.
    """
    if connection.in_transaction:
        with suppress(sqlite3.DatabaseError):
            connection.execute("ROLLBACK")


class Transaction:
    """What the functions of the store read and write through while a block of the store lasts."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None) -> None:
        """Take the connection, which nobody sees from here on, and the file where it is written to."""
        self._connection = connection
        self._path = path
        self._replica = ""
        self.is_to_be_swept = False
        """Whether something was taken away of which nothing is to be left in the bytes of the file."""

    @property
    def path(self) -> Path | None:
        """The file that is read and written; None for one that has no place."""
        return self._path

    @property
    def replica(self) -> str:
        """The uid of the replica the file is; ask inside a write transaction."""
        if not self._replica and self._path is not None:
            from annotator.store.log import replicas

            self._replica = replicas.here(self, self._path)
        return self._replica

    @property
    def replica_so_far(self) -> str:
        """The uid of the replica if something was written as such; empty otherwise."""
        return self._replica

    def forget_replica(self) -> None:
        """Ask anew which replica it is: what was begun may have been taken back."""
        self._replica = ""

    def execute(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        """Run one statement with each of the rows."""
        return self._connection.executemany(sql, rows)


APPLICATION_ID = 0x414E4E4F
"""'ANNO', written into the file's header so that other SQLite files are told apart."""


def connect(path: Path, patience: Patience, *, create: bool, read_only: bool = False) -> sqlite3.Connection:
    """Open a store's file in WAL mode with durable commits; bring its tables up to date first.

    To be read, it is also opened on a full disk, unless others have it open there. Raises NotFoundError when it is
    missing and `create` is false, and StoreErrors in words, such as for an empty file then.
    """
    if _is_there(path):
        if not create:
            _refuse_empty(path)
        if not read_only:
            _refuse_unwritable(path)
    elif read_only or not create:
        raise NotFoundError(
            f"{path}: there is no such database. `annotator import` makes one; --db FILE names another."
        )
    if not read_only:
        return _connected(path, _address(path, create, read_only), patience, read_only)
    try:
        return _connected(path, _address(path, create, read_only), patience, read_only)
    except StoreFullError as full:
        try:
            return _connected_without_room(path, patience)
        except StoreError:
            raise full from None


ALONE = ("PRAGMA locking_mode = EXCLUSIVE", "PRAGMA temp_store = MEMORY", "PRAGMA query_only = ON")
"""How a file is read beside which there is no room for what processes share: by one process, in its own memory."""


def _connected_without_room(path: Path, patience: Patience) -> sqlite3.Connection:
    """Open a file to be read that nobody has open, as there is no room for what they would share.

    What stands in its log is taken in first, which takes no room as a rule.
    """
    address, log = path.absolute().as_uri(), belonging(path, "-wal")
    if stands(log) and size_of(log):
        alone = _connected(path, f"{address}?mode=rw", patience, True, ALONE)
        alone.close()
        if size_of(log):
            return _connected(path, f"{address}?mode=rw", patience, True, ALONE)
    return _connected(path, f"{address}?mode=ro&immutable=1", patience, True)


def _connected(
    path: Path, address: str, patience: Patience, read_only: bool, first: Sequence[str] = ()
) -> sqlite3.Connection:
    with in_words(path, is_saving=False):
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        add_functions(connection)
        try:
            for statement in first:
                connection.execute(statement)
            _prepare(connection, path, patience, read_only)
        except BaseException:  # also when somebody interrupts: nothing that is refused keeps the file open
            connection.close()
            raise
    return connection


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions of this program that statements use."""
    connection.create_function("version_digest", 2, version_digest, deterministic=True)
    connection.create_function("text_digest", 1, text_digest, deterministic=True)
    connection.create_function("plain_name", 1, plain_name, deterministic=True)


def text_digest(text: object) -> str:
    """What stands for the text of a report, as it is kept beside it; of what is no text, nothing does."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if isinstance(text, str) else ""


def version_digest(title: str, description: str) -> str:
    """Which version of an incident has this title and description; of a report it is its text's digest that says so."""
    return sha256(f"{title}\n{description}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _is_there(path: Path) -> bool:
    """Whether the file exists; raises StoreErrors for what is no file and for what cannot be looked at."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreReadOnlyError(f"{str(path)!r}: cannot be opened ({reason}). Name another file.") from error
    if stat.S_ISDIR(mode):
        raise NotAStoreError(f"{path}: this is a folder; --db takes a file.")
    if not stat.S_ISREG(mode):
        raise NotAStoreError(f"{path}: this is a device or a pipe; --db takes a file.")
    if is_made_up(path):
        raise NotAStoreError(f"{path}: {MADE_UP}; --db takes a file.")
    return True


def _refuse_empty(path: Path) -> None:
    """SQLite would make a database of it; one that another process is making just now has a journal."""
    if path.stat().st_size == 0 and not stands(belonging(path, "-journal")):
        raise NotAStoreError(
            f"{path}: is an empty file and no database. `annotator import PATH` makes one of it, `annotator merge` "
            "too; --db FILE names another."
        )


def _refuse_unwritable(path: Path) -> None:
    """Say so at once: SQLite would open the file all the same and fail at the first answer."""
    for place, what in ((path, "the file"), (real(path).parent, "the folder it is in")):
        if not os.access(place, os.W_OK):
            if state_of_disk(path)[1]:
                raise on_fixed_disk(path, "; nothing was changed")
            raise StoreReadOnlyError(
                f"{path}: {what} cannot be written; nothing was changed. Check its permissions, "
                f"or {way_to_copy(path, 'a folder of your own')}."
            )


def _address(path: Path, create: bool, read_only: bool) -> str:
    address = path.absolute().as_uri()
    if not read_only:
        return f"{address}?mode={'rwc' if create else 'rw'}"
    can_lock = os.access(real(path).parent, os.W_OK) or stands(belonging(path, "-wal"))
    return f"{address}?mode=ro" + ("" if can_lock else "&immutable=1")


def _prepare(connection: sqlite3.Connection, path: Path, patience: Patience, read_only: bool) -> None:
    be_patient(connection, patience)
    if is_without_log() and not read_only:
        _do_without_log(connection, patience)
    if _version(connection, path) < latest_version():
        if read_only:
            raise StoreTooOldError(
                f"{path}: was written by an older version. Open it once for writing to bring it up to date."
            )
        _bring_up_to_date(connection, path, patience)
    if not read_only and not is_without_log():
        (mode,) = execute_patiently(connection, "PRAGMA journal_mode = WAL", patience).fetchone()
        if mode != "wal":  # SQLite says so and no more where it could not begin the log
            raise StoreDiskError(
                f"{path}: its log cannot be begun, because the disk failed just now; nothing was saved. Try again; "
                "where that does not help, check the disk, or copy the database to another one."
            )
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from now on nobody removes the log
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE cannot slip past the events' triggers


def _do_without_log(connection: sqlite3.Connection, patience: Patience) -> None:
    """Take the log into the file for good; alone with the file, SQLite can do that without shared memory."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    execute_patiently(connection, "PRAGMA journal_mode = DELETE", patience)
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # only now the lock is given back


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's version, read from one state of it: another process may be making it just now."""
    connection.execute("BEGIN")
    try:
        return _recognise(connection, path)
    finally:
        take_back(connection)


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """Return the file's version, 0 for a new file; refuse foreign and newer files."""
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise damaged(path, error) from error  # what no file says that SQLite wrote
    except UnicodeDecodeError as error:  # SQLite quotes a name that was garbled
        raise damaged(path, error) from error
    if application != APPLICATION_ID and (tables or application or version):
        raise NotAStoreError(f"{path}: this SQLite file was not made by annotator. Name another file with --db FILE.")
    if version > latest_version():
        raise StoreTooNewError(
            f"{path}: was written by a newer annotator (file version {version}, this program knows "
            f"{latest_version()}). Install the newer version; the file was not touched."
        )
    return int(version)


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, patience: Patience) -> None:
    """Apply the missing migrations in one transaction; a second process waits and finds them done.

    Foreign keys are still off here: rebuilding a parent table with them on would
    silently delete its children.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    begin_writing(connection, patience)
    try:
        if (version := _recognise(connection, path)) < latest_version():
            if version:
                from annotator.store.file import indexes
                from annotator.store.file.backup import keep_beside

                keep_beside(path, f"schema-{version}", "was not brought up to date")
                indexes.make_again(Transaction(connection, path), indexes.unfit(connection))
            migrate(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {latest_version()}")
        connection.execute("COMMIT")
    finally:
        take_back(connection)


# The migrations in `db/migrations`: each file is applied once and never changed


@cache
def migration_files() -> tuple[Path, ...]:
    """The migrations in order."""
    return tuple(sorted((data_folder("db") / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql")))


def latest_version() -> int:
    """The number of the newest migration this program knows."""
    return int(migration_files()[-1].name[:4])


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that the file does not have yet; call inside a write transaction."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("annotator")
    for file in migration_files():
        migrations(name=file.stem)(_script(file))
    # Behind all of them, because the tables are filled by code that knows them as they are now.
    migrations(name="0007_moved")(_move_into_feeds)
    migrations(name="0011_found")(_find_stale)
    migrations(name="0014_found")(_find_waiting)
    migrations(name="0016_found")(_find_hand_ins)  # found in schema 10 first, and otherwise since
    migrations.apply(sqlite_utils.Database(connection))


def _move_into_feeds(database: Database) -> None:
    """What is hashed cannot be moved by SQL alone."""
    from annotator.store.log import upgrading

    upgrading.move_into_feeds(Transaction(database.conn))


def _find_hand_ins(database: Database) -> None:
    """Which hand-in counts is folded from the log."""
    from annotator.store.log import upgrading

    upgrading.find_hand_ins(Transaction(database.conn))


def _find_stale(database: Database) -> None:
    """Which decisions are stale hangs on digests."""
    from annotator.store.log import upgrading

    upgrading.find_stale(Transaction(database.conn))


def _find_waiting(database: Database) -> None:
    """Which deeds wait for a lead hangs on who had which role."""
    from annotator.store.log import upgrading

    upgrading.find_waiting(Transaction(database.conn))


def _script(file: Path) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        for statement in _statements(file):
            database.execute(statement)

    return run


@cache
def _statements(file: Path) -> tuple[str, ...]:
    """The statements of a migration; each ends with its line, for to look at every character takes far longer."""
    statements, begun = [], ""
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return (*statements, begun) if begun.strip() else tuple(statements)


HEAD = "-- What the migrations make together; written by `python -m annotator.store.connection`."
SHADOWS = ("data", "idx", "content", "docsize", "config")
"""Endings of the tables FTS5 keeps for itself beside each of its own."""


def schema() -> str:
    """The SQL of every table, index, view and trigger, in the order they are created."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        add_functions(connection)
        migrate(connection)
        made = connection.execute("SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        rows = made.fetchall()
    virtual = [name for name, _, sql in rows if sql.startswith("CREATE VIRTUAL")]
    shadows = {f"{name}_{ending}" for name in virtual for ending in SHADOWS}
    own = [sql for _, table, sql in rows if table not in shadows and not table.startswith(("_", "sqlite_"))]
    return "\n\n".join((HEAD, *(f"{sql};" for sql in own))) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
