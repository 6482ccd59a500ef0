"""Looking after the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program
from tests.conftest import Lock
from tests.store.databases import schemas, unpack
from tests.store.databases.write import TAXONOMY
from tests.store.making import put_texts
from tests.trust.damaging import PAGE


def test_a_sound_database_is_found_good(program: Program, eva: Desk) -> None:
    said = program("doctor")
    assert said.code == 0
    assert all(line.startswith("good ") for line in said.out.splitlines())
    document = program("doctor", "--json").json
    assert len(document) == len(said.out.splitlines())
    assert all(each == {"check": each["check"], "problems": []} for each in document)


def test_what_differs_from_the_log_is_found_and_computed_anew(program: Program, eva: Desk) -> None:
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    eva.store.transaction.execute("UPDATE classifications SET notes = 'tampered'")
    said = program("doctor")
    assert said.code == 1
    assert "found  projection equals events\n       demo:2 small eva round 1 differs" in said.out
    assert program("doctor", "--json").code == 1
    repaired = program("doctor", "--rebuild")
    assert (repaired.code, repaired.err.splitlines()[0]) == (0, "Computed 1 classification anew.")
    assert program("doctor").code == 0


ROOT = "SELECT rootpage FROM sqlite_schema WHERE name = 'search_data'"
FORGET = "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = "


@pytest.mark.parametrize(
    "damage",
    ["DELETE FROM search_data", "DELETE FROM search_idx", "DELETE FROM search_docsize", "DELETE FROM search_config",
     "UPDATE search_data SET block = randomblob(40)", "DELETE FROM search_unspaced_data", "DROP TABLE search",
     f"{FORGET} 'search_idx'", f"{FORGET} 'search'", "a page"],
)  # fmt: skip
def test_a_damaged_search_index_is_found_and_made_anew(program: Program, eva: Desk, damage: str) -> None:
    put_texts(eva.store, r1="A robot stood on the ramp. " * 500)
    eva.close()
    with closing(sqlite3.connect(eva.path, isolation_level=None)) as connection:
        if damage == "a page":
            (root,) = connection.execute(ROOT).fetchone()
        else:
            connection.executescript(damage)
    if damage == "a page":
        with eva.path.open("r+b") as file:
            file.seek((root - 1) * PAGE)
            file.write(b"\7" * PAGE)
    searched = program("list", "ramp")
    assert (searched.code, "`annotator doctor --rebuild`" in searched.err) in {(0, False), (6, True)}, searched
    assert program("doctor").code == 1
    assert program("doctor", "--rebuild").code == 0
    assert program("doctor").code == 0
    assert "t:r1" in program("list", "ramp").out


def test_a_search_index_that_is_merged_bit_by_bit_is_sound(program: Program, eva: Desk) -> None:
    for batch in range(5):  # each a segment of many pages
        words = (" ".join(f"w{batch}x{n}y{m}" for m in range(40)) for n in range(100))
        put_texts(eva.store, **{f"b{batch}n{n}": text for n, text in enumerate(words)})
    eva.close()
    with closing(sqlite3.connect(eva.path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO search (search, rank) VALUES ('merge', -5)")
        gone = "SELECT segid, pgno >> 1 FROM search_idx EXCEPT SELECT id >> 37, id & 0x7fffffff FROM search_data"
        assert connection.execute(gone).fetchone()
    assert program("doctor").code == 0


@pytest.mark.parametrize("schema", schemas())
def test_a_file_of_a_former_schema_opens_and_the_doctor_is_content(
    program: Program, tmp_path: Path, schema: int
) -> None:
    path = str(unpack(schema, tmp_path))
    if schema < 4:  # those were written without the taxonomy, which the desk would have put in
        said = program("--db", path, "doctor")
        assert said.code == 1
        assert "does not hold T: put its YAML file into the folder taxonomies beside the database" in said.out
        (tmp_path / "taxonomies").mkdir(exist_ok=True)
        (tmp_path / "taxonomies" / "T.yaml").write_text(TAXONOMY, encoding="utf-8")
    if schema == 12:  # an index had other columns before that schema was released
        assert "the index assignments_in_order is not made as it should be" in program("--db", path, "doctor").out
        assert program("--db", path, "doctor", "--rebuild").code == 0
    assert program("--db", path, "doctor").code == 0
    assert "t:4" in program("--db", path, "list").out


@pytest.mark.parametrize("way", [("doctor",), ("doctor", "--json"), ("doctor", "--rebuild")])
def test_a_database_that_was_cut_off_is_not_sent_back_to_the_doctor(
    program: Program, eva: Desk, tmp_path: Path, way: tuple[str, ...]
) -> None:
    eva.close()
    file = tmp_path / "annotator.db"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 // 4096 * 4096])
    said = program(*way)
    assert (said.code, said.out) == (6, "")
    assert "annotator.db: the database is damaged so badly that it cannot be examined (" in said.err
    assert "`annotator restore BACKUP` puts a backup in its place" in said.err
    assert "`annotator salvage annotator.db --out NEW` saves what can still be read" in said.err
    assert "annotator doctor" not in said.err
    assert "`annotator doctor` tells what is found" in program("list").err


def test_a_backup_is_a_database_of_its_own(program: Program, eva: Desk) -> None:
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    said = program("backup", "copy.db")
    assert (said.code, said.out, said.err) == (0, "", "copy.db: written.\n")
    assert program("--db", "copy.db", "export", "jsonl").out == program("export", "jsonl").out
    again = program("backup", "copy.db")
    assert again.code == 2
    assert "never overwrites" in again.err
    assert program("backup", Path("no") / "copy.db").code == 7


def test_a_database_that_cannot_be_written_can_still_be_looked_at(
    program: Program, eva: Desk, tmp_path: Path, write_protect: Lock
) -> None:
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    eva.close()
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("annotator.db", "taxonomies"):
        (tmp_path / name).rename(archive / name)
    write_protect(archive / "annotator.db")
    write_protect(archive)
    for command in (("list",), ("show", "demo:2"), ("history", "demo:2"), ("issues",), ("export", "jsonl"), ("doctor",),
                    ("backup", "copy.db")):  # fmt: skip
        said = program("--db", archive / "annotator.db", "--as", "eva", *command)
        assert said.code == 0, (command, said.err)
    assert program("--db", "copy.db", "doctor").code == 0
    for refused in (("doctor", "--rebuild"), ("skip", "demo:3", "--taxonomy", "small", "--reason", "later")):
        said = program("--db", archive / "annotator.db", "--as", "eva", *refused)
        assert said.code == 8
        assert "cannot be written; nothing was changed" in said.err


def test_what_a_source_calls_decided_of_one_annotator_is_the_same_for_the_events(
    program: Program, tmp_path: Path
) -> None:
    said = '{"subject": "aiid:1", "taxonomy": "GMF", "annotator": "ann", "status": "adjudicated", "answers": {}}\n'
    (tmp_path / "decided.jsonl").write_text(said, encoding="utf-8")
    assert program("import", "decided.jsonl").code == 0
    assert program("doctor").code == 0
    assert program("doctor", "--rebuild").code == 0


def test_an_empty_file_is_no_database_and_stays_empty(program: Program, tmp_path: Path) -> None:
    (tmp_path / "annotator.db").touch()
    for way in (("doctor",), ("doctor", "--rebuild"), ("backup", "copy.db")):
        said = program(*way)
        assert (said.code, said.out) == (6, "")
        assert "is an empty file and no database" in said.err
    assert [file.stat().st_size for file in tmp_path.glob("*.db*")] == [0]
