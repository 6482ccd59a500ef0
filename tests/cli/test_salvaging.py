"""What can be read of a damaged database is saved, what cannot is named, and the damaged file stays as it is."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.desk import open_desk
from annotator.model.classification import Answer
from annotator.store.doctor import Finding
from annotator.store.salvaging import building
from annotator.store.salvaging.pages import Pages, pages_of
from annotator.store.store import Store
from tests.cli.conftest import Program
from tests.exporting.desks import small_desk
from tests.store.making import finish, put_texts, script
from tests.trust.damaging import PAGE

FILE = Path("annotator.db")


@contextmanager
def by_another_program(file: Path = FILE) -> Iterator[sqlite3.Connection]:
    """Change a file beside its triggers and checks, with nothing left in its log."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in made:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in made:
            connection.execute(sql)


def overwrite(table: str) -> None:
    """Overwrite every page of a table that has rows."""
    with closing(sqlite3.connect(FILE)) as connection:
        pages = connection.execute("SELECT pageno FROM dbstat WHERE name = ? AND ncell > 0", (table,)).fetchall()
    with FILE.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\7" * PAGE)


@pytest.fixture
def worked(program: Program, eva: Desk) -> Desk:
    """A closed database with some work and a text."""
    for value in ("near", "happened", "near", "happened", "near"):
        eva.tagging.answer("demo:2", "small", "outcome", Answer(value=value))
    eva.tagging.answer("demo:10", "small", "outcome", Answer(value="near"))
    put_texts(eva.store, r1="A robot stood on the ramp. " * 500, r2="Another text.")
    eva.close()
    return eva


def numbers(file: str) -> list[int]:
    """The numbers of Eva's events in her longest feed."""
    with closing(sqlite3.connect(file)) as connection:
        sql = """SELECT number FROM events WHERE salt IS NOT NULL AND feed = (SELECT feeds.id FROM feeds
                   JOIN people ON people.id = person WHERE added_as = 'eva' ORDER BY number DESC) ORDER BY 1"""
        return [number for (number,) in connection.execute(sql)]


def test_all_of_a_sound_file_is_saved(program: Program, worked: Desk) -> None:
    before = FILE.read_bytes()
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert (said.code, said.out) == (0, "")
    assert FILE.read_bytes() == before
    assert program("--db", "new.db", "doctor").code == 0
    digests = [program("--db", name, "verify", "--json").json[0]["digest"] for name in ("annotator.db", "new.db")]
    assert digests[0] == digests[1]


def test_an_event_that_is_gone_is_named_and_those_behind_it_are_saved(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        ((feed, uid),) = connection.execute(
            "SELECT id, uid FROM feeds WHERE number > 4 AND founder ->> 4 = 'eva'"
        ).fetchall()
        connection.execute("DELETE FROM events WHERE feed = ? AND number IN (2, 3)", (feed,))
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code == 1
    assert said.out == f"lost  feed {uid} of eva, events 2 to 3: are not in the file\n"
    assert numbers("new.db") == [number for number in numbers("annotator.db") if number not in {2, 3}]
    assert "events 2 to 3: are not in the file" in program("--db", "new.db", "doctor").out
    assert program("--db", "new.db", "show", "demo:2").code == 0
    assert (
        program("--db", "new.db", "--as", "eva", "classify", "demo:2", "--taxonomy", "small", "--note", "x").code == 0
    )


def test_the_end_of_a_feed_is_missed_where_the_state_folder_knew_it(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        connection.execute("DELETE FROM events WHERE number > 3")
        connection.execute("DELETE FROM heads")
        connection.execute("UPDATE feeds SET (number, hash) = (SELECT number, hash FROM events WHERE feed = feeds.id"
                           " ORDER BY number DESC) WHERE number > 3")  # fmt: skip
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code == 1
    assert "are known to have been written, and are not in the file" in said.out


@pytest.mark.parametrize("table", ["feeds", "people", "subject_versions", "sqlite_schema", "projects"])
def test_what_nothing_hangs_on_but_names_is_found_out_again(program: Program, worked: Desk, table: str) -> None:
    """Hashes tell whose a feed is, and what an event is about, where the row that said so is gone."""
    before = numbers("annotator.db")
    if table == "sqlite_schema":
        with FILE.open("r+b") as file:
            file.write(b"\7" * PAGE)
    else:
        overwrite(table)
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code in {0, 1}, said.err
    if table != "people":
        assert numbers("new.db") == before, said.out
    assert program("--db", "new.db", "list").code == 0
    assert program("--db", "new.db", "doctor").code == said.code, said.out


def test_a_text_is_saved_when_it_is_what_was_written(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        connection.execute("UPDATE reports SET text = 'Another word.' WHERE text = 'Another text.'")
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code == 1
    assert said.out.startswith("lost  the text of t:r2 cannot be read; import its source again")
    with closing(sqlite3.connect("new.db")) as connection:
        assert connection.execute(
            "SELECT length(text) FROM reports WHERE length(text) != 20 ORDER BY id"
        ).fetchall() == [(13_500,), (0,)]


@pytest.mark.parametrize("named", ["left.db", "link.db"])
def test_what_only_the_log_holds_is_saved(program: Program, worked: Desk, named: str) -> None:
    Path("link.db").symlink_to("left.db")
    with closing(Store.open(FILE)) as store:
        put_texts(store, r3="Only in the log.")
        for ending in ("", "-wal"):
            Path(f"left.db{ending}").write_bytes(Path(f"annotator.db{ending}").read_bytes())
    Path("left.db").write_bytes(b"\7" * PAGE + Path("left.db").read_bytes()[PAGE:])
    assert program("salvage", named, "--out", "new.db").code in {0, 1}
    with closing(sqlite3.connect("new.db")) as connection:
        assert connection.execute("SELECT 1 FROM reports WHERE text = 'Only in the log.'").fetchall() == [(1,)]


@pytest.mark.parametrize("rescued", [False, True])
def test_what_was_erased_does_not_come_back(program: Program, worked: Desk, rescued: bool) -> None:
    if rescued:
        assert program("backup", "annotator.db.rescued").code == 0
    said = program("history", "demo:10", "--json").json
    event = next(each["id"] for each in said if each["kind"] == "answer_set")
    assert program("--as", "eva", "settings", "reviewers", "eva").code == 0
    assert program("--as", "eva", "erase", event, "--reason", "taken down").code == 0
    assert program("salvage", "annotator.db", "--out", "new.db").code == 0
    digests = [program("--db", name, "verify", "--json").json[0]["digest"] for name in ("annotator.db", "new.db")]
    assert digests[0] == digests[1]
    assert not list(Path().glob("*unproved*"))


def test_a_sound_copy_gives_back_what_was_lost(program: Program, worked: Desk) -> None:
    assert program("backup", "copy.db").code == 0
    with by_another_program() as connection:
        connection.execute("DELETE FROM events WHERE number IN (2, 3)")
    assert program("salvage", "annotator.db", "--out", "new.db").code == 1
    assert program("--db", "new.db", "merge", "copy.db").code == 0
    assert program("--db", "new.db", "doctor").code == 0
    assert numbers("new.db") == numbers("copy.db")


def test_what_is_passed_on_ends_before_what_is_missing_and_says_so(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        connection.execute("DELETE FROM events WHERE number = 4")
    assert program("salvage", "annotator.db", "--out", "new.db").code == 1
    assert program("--db", "new.db", "--as", "eva", "bundle", "all.bundle").code == 0
    for name in ("all.bundle", "new.db"):
        said = program("--db", f"of {name}", "merge", name)
        assert said.code == 0
        assert "lacks what was written up to event" in said.err
        assert numbers(f"of {name}") == [1, 2, 3]
        assert "are known to have been written, and are not in the file" in program("--db", f"of {name}", "doctor").out


def test_nothing_is_written_over_and_nothing_made_of_nothing(program: Program, worked: Desk) -> None:
    Path("there.db").write_text("precious")
    assert program("salvage", "annotator.db", "--out", "there.db").code == 2
    assert Path("there.db").read_text() == "precious"
    assert program("salvage", "gone.db", "--out", "new.db").code == 3
    for said in (b"", b"no database", b"SQLite format 3\0" + b"\0" * 5000):
        Path("other.db").write_bytes(said)
        assert program("salvage", "other.db", "--out", "new.db").code == 6
    assert not Path("new.db").exists()
    assert not list(Path().glob("*unfinished*"))


def kept(file: str = "new.db.unproved.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]


def test_an_event_that_was_altered_is_kept_beside_as_it_is_read(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        ((feed, uid),) = connection.execute("SELECT id, uid FROM feeds WHERE number > 4 AND founder ->> 4 = 'eva'")
        connection.execute("UPDATE events SET payload = replace(payload, 'near', 'far') WHERE feed = ? AND number = 3",
                           (feed,))  # fmt: skip
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code == 1
    assert f"lost  feed {uid} of eva, event 3: its content is gone" in said.out
    assert "kept  new.db.unproved.jsonl has 1 event that can be read and not be put in\n" in said.out
    (line,) = kept()
    assert (line["feed"], line["number"], line["by"], line["annotator"]) == (uid, 3, "eva", "eva")
    assert (line["kind"], line["subject"], line["taxonomy"]) == ("answer_set", "demo:2", "small")
    assert line["payload"]["answer"]["value"] == "far"
    assert line["unproved"] == "what it says is not what its hash covers"
    assert Path("new.db.unproved.jsonl").stat().st_mode & 0o077 == 0
    assert numbers("new.db") == [number for number in numbers("annotator.db") if number != 3]


def test_events_of_which_nobody_knows_whose_they_are_are_kept_beside(program: Program, worked: Desk) -> None:
    with by_another_program() as connection:
        ((feed,),) = connection.execute("SELECT id FROM feeds WHERE number > 4 AND founder ->> 4 = 'eva'")
        (many,) = connection.execute("SELECT count(*) - 1 FROM events WHERE feed = ?", (feed,)).fetchone()
        connection.execute("DELETE FROM events WHERE feed = ? AND number = 1", (feed,))
        connection.execute("DELETE FROM feeds WHERE id = ?", (feed,))
    said = program("salvage", "annotator.db", "--out", "new.db", "--json")
    assert said.code == 1
    assert (said.json["unproved"], said.json["kept"]) == (many, "new.db.unproved.jsonl")
    assert f"feed number {feed}: {many} of its events can be read, and nobody knows whose they are" in said.json["lost"]
    lines = kept()
    assert {(line["feed"], line["unproved"]) for line in lines} == {
        (f"number {feed}", "nobody knows whose feed it is in")
    }
    values = [line["payload"]["answer"]["value"] for line in lines if line["kind"] == "answer_set"]
    assert values[-1] == "near"
    again = program("salvage", "annotator.db", "--out", "other.db")
    Path("other.db").unlink()
    assert again.code == 1
    assert program("salvage", "annotator.db", "--out", "other.db").code == 2
    assert not Path("other.db").exists()


SAVE_AND_SPOIL = """
import sys
from pathlib import Path
from annotator.desk.desk import open_desk
from annotator.errors import StoreReplacedError
from annotator.model.classification import Answer
path, first, pages = Path(sys.argv[1]), int(sys.argv[2]) * 4096, int(sys.argv[3]) * 4096
desk = open_desk(path, "eva", create=False)
desk.tagging.answer("demo:10", "small", "outcome", Answer(value="happened"))
with path.open("r+b") as file:
    file.seek(first)
    file.write(bytes(pages))
    file.flush()
    try:
        for _ in range(3):
            desk.look_at_file()
    except StoreReplacedError as error:
        print(error)
desk.close()
"""
"""Zero some pages under an open desk, which saves what it can and leaves."""


@pytest.mark.parametrize(("first", "pages"), [(40, 20), (0, 1), (20, 40)])
def test_what_the_desk_rescued_is_in_what_is_salvaged(program: Program, worked: Desk, first: int, pages: int) -> None:
    last = numbers("annotator.db")[-1] + 1
    assert "annotator.db.rescued" in finish(script(SAVE_AND_SPOIL, FILE.absolute(), first, pages))
    rescued = [each.name for each in sorted(FILE.parent.glob("annotator.db.rescued*"))]
    assert rescued
    told = program("doctor").err
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert [name for name in rescued if name not in told or name not in said.err] == []
    assert numbers("new.db")[-1] == last, said.out
    with closing(open_desk(Path("new.db"), "eva", create=False)) as salvaged:
        assert salvaged.tagging.classification("demo:10", "small").answers["outcome"].value == "happened"
    assert [line for line in said.out.splitlines() if not line.startswith("lost  the text of ")] == []
    examined = program("--db", "new.db", "doctor")
    assert (examined.code, examined.out.count("the text of ")) == (said.code, said.out.count("the text of "))


def test_events_rescued_of_another_database_are_named_and_it_is_no_success(
    program: Program, worked: Desk, tmp_path: Path
) -> None:
    FILE.rename("annotator.db.rescued")
    with closing(small_desk(tmp_path / "other")) as other:
        other.backup(FILE)
    said = program("salvage", "annotator.db", "--out", "new.db")
    assert said.code == 1
    assert "annotator.db.rescued: was rescued of another database" in said.out
    assert "`annotator salvage annotator.db.rescued --out ANOTHER`" in said.out


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("backup", "nowhere/new.db"), 7, "nowhere/new.db: there is no folder nowhere; create it first."),
        (("salvage", FILE, "--out", "nowhere/new.db"), 7, "there is no folder nowhere; create it first."),
        (("backup", "x" * 253), 7, "choose a shorter name"),
        (("salvage", FILE, "--out", "x" * 253), 7, "choose a shorter name"),
        (("salvage", "/dev/zero", "--out", "new.db"), 5, "/dev/zero: is a pipe or a device, and no file"),
        (("salvage", "settings", "--out", "new.db"), 5, "settings: is a folder, and no file"),
        (("salvage", "nowhere", "--out", "new.db"), 3, "nowhere: there is no such file"),
    ],
)
def test_a_file_that_cannot_be_written_or_is_none_is_said_to_be_that(
    program: Program, worked: Desk, command: tuple[str, ...], code: int, words: str
) -> None:
    Path("settings").mkdir()
    before = {each.name for each in FILE.absolute().parent.iterdir()}
    said = program(*command)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert {each.name for each in FILE.absolute().parent.iterdir()} == before


@pytest.mark.parametrize("length", [230, 251])
def test_a_backup_may_have_any_name_under_which_it_can_be_opened(program: Program, worked: Desk, length: int) -> None:
    assert program("backup", "x" * length).code == 0
    assert program("--db", "x" * length, "doctor").code == 0


def test_what_is_rescued_only_at_the_end_of_a_command_is_said(
    program: Program, worked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(_desk: Desk) -> list[Finding]:
        with FILE.open("r+b") as file:
            file.write(b"no database any more")
        return []

    monkeypatch.setattr(Desk, "examine", spoil)
    said = program("doctor", "--rebuild")
    assert "nothing more was saved. " in said.err
    assert "annotator.db.rescued" in said.err


def test_a_rescued_file_that_cannot_be_read_is_named_and_it_is_no_success(
    program: Program, worked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> AbstractContextManager[Pages]:
        if path.name.endswith(".rescued"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return pages_of(path)

    monkeypatch.setattr(building, "pages_of", refused)
    Path("annotator.db.rescued").write_bytes(FILE.read_bytes())
    said = program("salvage", FILE, "--out", "new.db")
    assert said.code == 1
    assert (
        said.out == "lost  annotator.db.rescued: was rescued of the database, and cannot be read (Permission denied)\n"
    )
    assert numbers("new.db") == numbers("annotator.db")


def test_what_was_rescued_is_named_where_the_database_is_gone(program: Program, worked: Desk) -> None:
    FILE.rename("annotator.db.rescued")
    said = program("doctor")
    assert said.code == 3
    assert "`annotator salvage annotator.db.rescued --out NEW`" in said.err


def test_work_of_two_states_that_went_apart_is_brought_together_as_it_is_said(program: Program, worked: Desk) -> None:
    assert program("backup", "annotator.db.rescued").code == 0
    assert program("backup", "earlier.db").code == 0
    Path("earlier.db").replace(FILE)
    for name, said in ((FILE, "after"), (Path("annotator.db.rescued"), "before")):
        with closing(open_desk(name, "eva", create=False)) as desk:
            desk.tagging.note(f"demo:{2 if said == 'after' else 10}", "small", said)
    told = program("salvage", FILE, "--out", "new.db")
    assert told.code == 1
    assert "has 1 event that new.db does not; `annotator salvage annotator.db.rescued --out ANOTHER`" in told.out
    assert program("salvage", "annotator.db.rescued", "--out", "another.db").code == 0
    assert program("--db", "new.db", "--as", "eva", "merge", "another.db").code == 0
    with closing(open_desk(Path("new.db"), "eva", create=False)) as desk:
        assert [desk.tagging.classification(f"demo:{n}", "small").notes for n in (2, 10)] == ["after", "before"]
