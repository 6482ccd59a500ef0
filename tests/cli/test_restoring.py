"""A backup takes the place of a database whole, and nothing of what was there is lost."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from annotator.store.file import restoring
from tests.cli.conftest import Program
from tests.store.making import script
from tests.store.test_backup import refuse_links

ANSWER_AND_DIE = """
import os, sys
from pathlib import Path
from annotator.desk import Desk
from annotator.desk.project import Project
from annotator.model.classification import Answer
desk = Desk(Project.open(Path(sys.argv[1])), "eva")
desk.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
os._exit(9)
"""
WRITE_AND_DIE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = DELETE")
connection.execute("PRAGMA cache_spill = 1")
connection.execute("PRAGMA cache_size = 2")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE import_issues SET value = hex(randomblob(3000))")
connection.execute("INSERT INTO import_issues SELECT NULL, '', '', '', '', '', '', '', hex(randomblob(30000)), ''")
connection.execute("UPDATE import_issues SET value = value || value")
os._exit(9)
"""
"""Leave a journal of a change that was not kept."""
HOLD = """
import sys, time
from pathlib import Path
from annotator.store.store import Store
store = Store.open(Path(sys.argv[1]), read_only=sys.argv[2] == "reading")
store.transaction.execute("SELECT count(*) FROM events").fetchone()
print("open", flush=True)
time.sleep(600)
"""

RESTORE = "import sys; from annotator.cli import main; sys.exit(main(['--db', sys.argv[1], 'restore', sys.argv[2]]))"


def answer_and_die(path: Path) -> None:
    """Save an answer in another process, and leave the log as it is."""
    script(ANSWER_AND_DIE, path).communicate()
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def answer(desk: Desk, value: str) -> None:
    desk.tagging.answer("demo:2", "small", "outcome", Answer(value=value))


@pytest.fixture
def backed_up(program: Program, eva: Desk, tmp_path: Path) -> Path:
    """A backup of the database, which went on since: an answer is in the backup, a later one is not."""
    answer(eva, "near")
    assert program("backup", "copy.db").code == 0
    answer(eva, "happened")
    eva.close()
    return tmp_path / "copy.db"


def outcome(program: Program, *database: str) -> str:
    said = program(*database, "show", "demo:2", "--json").json
    return next(str(each["answers"]["outcome"]["value"]) for each in said["classifications"])


def test_what_the_backup_lacks_is_told_and_comes_back_with_a_merge(program: Program, backed_up: Path) -> None:
    said = program("restore", "copy.db")
    assert said.code == 0
    assert "annotator.db: holds now what copy.db holds" in said.err
    assert "with 1 event that the backup lacks; `annotator merge" in said.err
    assert outcome(program) == "near"
    assert outcome(program, "--db", "annotator.db.former") == "happened"
    assert program("merge", "annotator.db.former").code == 0
    assert outcome(program) == "happened"
    assert program("doctor").code == 0
    assert not list(backed_up.parent.glob("*unfinished*"))


def test_a_restored_copy_goes_on_as_another_replica(program: Program, backed_up: Path) -> None:
    """Were it the same, the next event would have the number of the one that the backup lacks."""
    assert program("restore", "copy.db").code == 0
    assert program("--as", "eva", "classify", "demo:2", "--taxonomy", "small", "--note", "after").code == 0
    merged = program("merge", "annotator.db.former")
    assert merged.code == 0
    assert "two copies went on as one" not in merged.err
    with closing(sqlite3.connect("annotator.db")) as connection:
        assert connection.execute("SELECT uid FROM feeds WHERE uid LIKE '%~%'").fetchall() == []
    assert program("doctor").code == 0


@pytest.mark.parametrize("how", ["writing", "reading"])
def test_nothing_is_put_in_the_place_of_what_another_has_open(program: Program, backed_up: Path, how: str) -> None:
    before = Path("annotator.db").stat().st_ino
    other = script(HOLD, backed_up.with_name("annotator.db"), how)
    other.stdin = None
    assert other.stdout
    try:
        assert other.stdout.readline() == "open\n"
        said = program("restore", "copy.db")
    finally:
        other.kill()
        other.communicate()
    assert said.code == 6
    assert "another program has this database open; nothing was changed" in said.err
    assert Path("annotator.db").stat().st_ino == before
    assert not list(backed_up.parent.glob("*former*"))
    assert program("restore", "copy.db").code == 0


def test_what_the_log_holds_goes_into_the_former_file(program: Program, backed_up: Path) -> None:
    with closing(sqlite3.connect("annotator.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    answer_and_die(backed_up.with_name("annotator.db"))
    assert "with 2 events that the backup lacks" in program("restore", "copy.db").err
    assert not Path("annotator.db-wal").exists()
    assert not Path("annotator.db.former-wal").exists()
    assert outcome(program, "--db", "annotator.db.former") == "near"


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 400, None], ids=["empty", "other", "overwritten"])
def test_a_database_that_cannot_be_read_is_kept_with_its_log(
    program: Program, backed_up: Path, damage: bytes | None
) -> None:
    file = Path("annotator.db")
    file.write_bytes(damage if damage is not None else file.read_bytes()[:4096] + b"\7" * 8192)
    Path("annotator.db-wal").write_bytes(b"a log" * 100)
    said = program("restore", "copy.db")
    assert said.code == 0, said.err
    assert outcome(program) == "near"
    if damage != b"":
        assert "it cannot be read as it is. `annotator salvage" in said.err
    assert program("doctor").code == 1  # of the answer that the backup lacks the state folder knows


def test_a_database_that_is_gone_is_put_back(program: Program, backed_up: Path) -> None:
    Path("annotator.db").unlink()
    said = program("restore", "copy.db")
    assert (said.code, len(said.err.splitlines())) == (0, 1)
    assert outcome(program) == "near"


def test_only_what_was_written_is_put_in_the_place_of_anything(program: Program, backed_up: Path) -> None:
    with closing(sqlite3.connect("copy.db")) as connection:
        connection.execute("DROP TRIGGER events_remain")
        connection.execute("DELETE FROM events WHERE counter = 2")
        connection.commit()
    Path("notes.txt").write_text("no database")
    Path("empty.db").touch()
    inode = Path("annotator.db").stat().st_ino
    for name, code, words in (
        ("copy.db", 6, "is not what was written"), ("notes.txt", 6, "neither a database"), ("empty.db", 6, "neither"),
        ("gone.db", 3, "no such file"), ("annotator.db", 2, "is the database itself"),
    ):  # fmt: skip
        said = program("restore", name)
        assert said.code == code, said.err
        assert words in said.err
    assert program("--as", "eva", "bundle", "all.bundle").code == 0
    assert "is a bundle and no backup" in program("restore", "all.bundle").err
    assert Path("annotator.db").stat().st_ino == inode
    assert [each.name for each in backed_up.parent.iterdir() if "former" in each.name] == []


def test_a_place_where_files_have_one_name_will_do(
    program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse_links)
    assert program("restore", "copy.db").code == 0
    assert outcome(program) == "near"
    assert outcome(program, "--db", "annotator.db.former") == "happened"
    assert program("restore", "copy.db").code == 0
    assert Path("annotator.db.2.former").exists()


def test_nobody_opens_the_database_while_it_is_swapped(
    program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, said = restoring._swap, []

    def look(unfinished: Path, target: Path, kept: Sequence[str]) -> Path | None:
        other = script("import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM feeds')",
                       target)  # fmt: skip
        said.append(other.communicate()[1])
        return swap(unfinished, target, kept)

    monkeypatch.setattr(restoring, "_swap", look)
    assert program("restore", "copy.db").code == 0
    assert "database is locked" in said[0]


def test_a_link_stays_and_the_file_behind_it_is_replaced(program: Program, backed_up: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("annotator.db")
    assert program("--db", "link.db", "restore", "copy.db").code == 0
    assert (tmp_path / "link.db").is_symlink()
    assert outcome(program) == "near"


def test_a_log_of_another_state_stays_apart_from_the_former_file(
    program: Program, backed_up: Path, tmp_path: Path
) -> None:
    answer_and_die(tmp_path / "annotator.db")
    (tmp_path / "annotator.db").write_bytes(backed_up.read_bytes())
    assert program("list").code == 6
    said = program("restore", "copy.db")
    assert said.code == 0
    assert "it cannot be read as it is. `annotator salvage" in said.err
    assert Path("annotator.db.former-wal").stat().st_size > 0
    assert "brought 2 events" in program("merge", "annotator.db.former").err


@pytest.mark.parametrize("content", [b"my thesis\n", b"\x89PNG" + bytes(9_000)])
def test_what_is_no_database_is_not_replaced(program: Program, backed_up: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "thesis").write_bytes(content)
    said = program("--db", "thesis", "restore", "copy.db")
    assert (said.code, "nor what is left of one; nothing was changed" in said.err) == (6, True)
    assert (tmp_path / "thesis").read_bytes() == content


def test_a_database_whose_beginning_is_gone_is_replaced(program: Program, backed_up: Path, tmp_path: Path) -> None:
    with (tmp_path / "annotator.db").open("r+b") as file:
        file.write(bytes(4096))
    assert program("restore", "copy.db").code == 0
    assert outcome(program) == "near"


def test_a_circle_of_links_is_refused(program: Program, backed_up: Path, tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    said = program("--db", "self", "restore", "copy.db")
    assert (said.code, "circle of links" in said.err) == (6, True)


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("what", ["full", "read only"])
def test_a_disk_that_takes_no_file_is_named_and_nothing_else(
    program: Program, backed_up: Path, small_disk: Path, is_there: bool, what: str
) -> None:
    target = small_disk / "annotator.db"
    if is_there:
        shutil.copyfile("annotator.db", target)
    if what == "full":
        with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))
    else:
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    before = sorted(each.name for each in small_disk.iterdir())
    said = program("--db", target, "restore", "copy.db")
    assert said.code == 8
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"{target}: ")
    assert ("the disk is full" if what == "full" else "Read-only file system") in said.err
    assert "copy.db" not in said.err
    assert "former" not in said.err
    assert sorted(each.name for each in small_disk.iterdir()) == before


def test_a_name_that_cannot_be_taken_leaves_the_database_as_it_was(
    program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inode, replace = Path("annotator.db").stat().st_ino, Path.replace

    def refuse(file: Path, target: Path) -> Path:
        if "unfinished" in file.name and target.name == "annotator.db":
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", refuse)
    said = program("restore", "copy.db")
    assert said.code == 8
    assert "nothing was changed, because the restored file cannot take this name (Permission denied)" in said.err
    assert Path("annotator.db").stat()[1:4:2] == (inode, 1)
    assert not list(Path().glob("*former*"))


def test_a_journal_that_was_taken_back_does_not_stay(program: Program, backed_up: Path) -> None:
    script(WRITE_AND_DIE, backed_up.with_name("annotator.db")).communicate()
    assert Path("annotator.db-journal").stat().st_size > 0
    assert "with 1 event that the backup lacks" in program("restore", "copy.db").err
    assert {each.name for each in Path().glob("annotator.db*")} == {"annotator.db", "annotator.db.former"}
    assert outcome(program, "--db", "annotator.db.former") == "happened"


def permissions(*files: str) -> list[str]:
    return [oct(Path(each).stat().st_mode & 0o777) for each in files]


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_an_empty_file_is_kept_as_it_was_and_gives_no_permissions(program: Program, backed_up: Path, mode: int) -> None:
    backed_up.chmod(mode)
    file = Path("empty.db")
    file.touch()
    file.chmod(0o666)
    said = program("--db", "empty.db", "restore", "copy.db")
    assert said.code == 0, said
    assert "empty.db.former: is the file that was there, and holds nothing that the backup lacks." in said.err
    assert "salvage" not in said.err
    assert Path("empty.db.former").read_bytes() == b""
    assert permissions("empty.db", "empty.db.former", "copy.db") == [oct(mode), "0o666", oct(mode)]
    assert outcome(program, "--db", "empty.db") == "near"


def test_an_empty_file_that_is_being_made_a_database_is_not_replaced(program: Program, backed_up: Path) -> None:
    Path("empty.db").touch()
    with closing(sqlite3.connect("empty.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("CREATE TABLE t (a)")
        held = script(RESTORE, Path("empty.db").absolute(), backed_up)
        assert "another program has this database open" in held.communicate()[1]
        connection.execute("COMMIT")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert held.returncode == 6


def test_a_database_of_nothing_is_no_reason_to_salvage(program: Program, backed_up: Path) -> None:
    with closing(sqlite3.connect("none.db")) as connection:
        connection.execute("VACUUM")
    assert Path("none.db").stat().st_size
    said = program("--db", "none.db", "restore", "copy.db")
    assert (said.code, "salvage" in said.err, "holds nothing that the backup lacks" in said.err) == (0, False, True)


@pytest.mark.parametrize(
    ("former", "backup", "restored"), [(0o644, 0o600, 0o600), (0o600, 0o644, 0o600), (0o664, 0o640, 0o640)]
)
def test_a_restored_file_is_open_to_nobody_who_could_not_read_both(
    program: Program, backed_up: Path, former: int, backup: int, restored: int
) -> None:
    Path("annotator.db").chmod(former)
    backed_up.chmod(backup)
    assert program("restore", "copy.db").code == 0
    assert permissions("annotator.db", "annotator.db.former", "copy.db") == [oct(restored), oct(former), oct(backup)]
