"""Indexes that do not hold what their tables do are found before anything is read through them, and made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from annotator.store.log.verifying import verify
from tests.cli.conftest import Program
from tests.store.databases import unpack
from tests.trust.damaging import PAGE

INDEXES = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'index'"
LACKING, ODD, FOREIGN = (
    "DELETE FROM entries", "UPDATE entries SET c0 = 9 || c0", "INSERT INTO entries (c0, c1) VALUES ('zz', 99)"
)  # fmt: skip
MADE_AGAIN = "; `annotator doctor --rebuild` makes it again"
KEPT = "annotator.db.before-rebuild.backup"
COLUMNS = (
    "subject_id", "taxonomy", "version", "annotator", "round", "status", "publish", "flagged", "notes", "skip_reason",
    "answers", "hidden", "updated_at", "submitted_at",
)  # fmt: skip


@pytest.fixture
def worked(eva: Desk) -> Path:
    """A closed database in which somebody gave three answers."""
    for subject in ("demo:2", "demo:10", "demo:r1"):
        eva.tagging.answer(subject, "small", "outcome", Answer(value="near"))
    eva.close()
    return eva.path


def roots(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute(INDEXES))


def wreck(path: Path, statement: str, *names: str) -> None:
    """Change what indexes hold and not their tables, of all where none is named: `entries` is each of them in turn."""
    for name, root in roots(path).items():
        if not names or name in names:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                columns = ", ".join(f"c{row[0]}" for row in connection.execute(f'PRAGMA index_xinfo("{name}")'))
                made = f"CREATE TABLE entries ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID"
                connection.execute("PRAGMA writable_schema = ON")
                connection.execute("INSERT INTO sqlite_schema VALUES ('table', 'entries', 'x', ?, ?)", (root, made))
            change(path, f"PRAGMA writable_schema = ON; {statement}; DELETE FROM sqlite_schema WHERE name = 'entries'")


def change(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(script)


@pytest.mark.parametrize(("damage", "names"), [
    (LACKING, ()), (LACKING, ("events_of_classification",)), (LACKING, ("subject_versions_by_subject",)),
    (LACKING, ("people_by_name",)), (LACKING, ("people_standing",)), (LACKING, ("subjects_by_number",)),
    (LACKING, ("idx__sqlite_migrations_migration_set_name",)), (LACKING, ("sqlite_autoindex_people_1",)),
    (ODD, ("events_of_team",)), (ODD, ("sqlite_autoindex_feeds_1",)), (FOREIGN, ("sqlite_autoindex_subjects_1",)),
])  # fmt: skip
def test_wrong_indexes_are_named_and_made_again_before_anything_is_computed(
    program: Program, worked: Path, damage: str, names: tuple[str, ...]
) -> None:
    exported = program("export", "jsonl").out
    wreck(worked, damage, *names)
    damaged = worked.read_bytes()
    integrity, made, rest = program("doctor", "--json").json
    assert integrity["problems"] and not made["problems"]
    assert all(line.endswith((MADE_AGAIN, " more")) for line in integrity["problems"])
    assert (rest["check"], len(rest["problems"])) == ("all else", 1)
    assert "`annotator doctor --rebuild` makes them again first" in rest["problems"][0]
    assert program("doctor").code == 1
    said = program("doctor", "--rebuild")
    assert (said.code, "Computed 3 classifications anew." in said.err) == (0, True)
    assert "Made indexes again that did not hold what their tables do: of " in said.err
    assert f"{KEPT}: is the file as it was before.\n" in said.err
    assert worked.with_name(KEPT).read_bytes()[PAGE:] == damaged[PAGE:]  # the first page says that it has no log
    assert program("export", "jsonl").out == exported
    assert program("verify").code == program("doctor").code == 0


def test_of_sound_indexes_no_copy_is_kept(program: Program, worked: Path) -> None:
    said = program("doctor", "--rebuild")
    assert (said.code, "indexes" in said.err, worked.with_name(KEPT).exists()) == (0, False, False)


def unreadable(path: Path) -> None:
    """Write over the page of an index."""
    with path.open("r+b") as file:
        file.seek((roots(path)["events_of_classification"] - 1) * PAGE)
        file.write(b"\7" * PAGE)


def twice(path: Path) -> None:
    """Let each classification be there twice, as what is written through an index that lacks it makes it."""
    wreck(path, LACKING, "sqlite_autoindex_classifications_1")
    columns = ", ".join(COLUMNS)
    change(path, f"INSERT INTO classifications ({columns}) SELECT {columns} FROM classifications")


@pytest.mark.parametrize("damage", [unreadable, twice])
def test_where_an_index_cannot_be_made_again_nothing_is_computed(
    program: Program, worked: Path, damage: Callable[[Path], None]
) -> None:
    damage(worked)
    tables = stored(worked)
    for _ in range(2):
        said = program("doctor", "--rebuild")
        assert (said.code, said.out) == (6, "")
        assert "`annotator restore BACKUP` puts a backup in its place" in said.err
        assert "`annotator salvage annotator.db --out NEW` saves what can" in said.err
    assert stored(worked) == tables
    assert not list(worked.parent.glob("*before-rebuild*"))
    assert program("salvage", "annotator.db", "--out", "new.db").code == 0
    assert program("--db", "new.db", "doctor").code == 0


def stored(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM classifications NOT INDEXED").fetchall()


def test_what_cannot_be_seen_is_not_called_complete(program: Program, worked: Path, eva: Desk) -> None:
    change(worked, "DROP TRIGGER events_remain; DELETE FROM events WHERE id & 4294967295 = 2")
    lacking = program("verify", "--json").json[0]["findings"]
    assert [each["what"] for each in lacking] == ["missing"]
    for name in ("sqlite_autoindex_feeds_1", "sqlite_autoindex_people_1", "sqlite_autoindex_subject_versions_1"):
        wreck(worked, LACKING, name)
        said = program("verify", "--json")
        assert (said.code, said.json[0]["findings"], said.json[0]["digest"]) == (1, lacking, None)
        assert "do not hold what their tables do, so nobody can tell" in said.json[0]["altered"][0]


def test_the_record_is_proved_whatever_the_indexes_of_computed_tables_hold(program: Program, worked: Path) -> None:
    wreck(worked, LACKING, "answers_by_code", "classifications_by_status")
    assert program("verify").code == 0
    assert program("doctor").code == 1


@pytest.mark.parametrize("schema", [6, 13])
def test_a_former_schema_is_brought_up_to_date_past_wrong_indexes(
    program: Program, tmp_path: Path, schema: int
) -> None:
    for folder in ("sound", "wrong"):
        (tmp_path / folder).mkdir()
        path = unpack(schema, tmp_path / folder)
        if folder == "wrong":
            wreck(path, LACKING)
        assert program("--db", path, "doctor").code == 0
    sound, wrong = (program("--db", f"{folder}/{path.name}", "export", "jsonl") for folder in ("sound", "wrong"))
    assert wrong.out == sound.out != ""


@pytest.mark.parametrize("page", [False, True])
def test_no_backup_is_made_that_would_not_be_restored(program: Program, worked: Path, page: bool) -> None:
    if page:
        unreadable(worked)
    else:
        wreck(worked, LACKING, "events_of_classification")
    said = program("backup", "copy.db")
    assert (said.code, Path("copy.db").exists()) == (6, False)
    assert said.err.startswith("annotator.db: is damaged (") and "so no backup was written" in said.err


def test_every_event_is_gone_through_whatever_the_indexes_hold(eva: Desk, worked: Path) -> None:
    wreck(worked, LACKING)
    with closing(type(eva.store).open(worked, read_only=True)) as store, store.reading() as transaction:
        assert list(verify(transaction)) == []
