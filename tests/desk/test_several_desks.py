"""Several desks of one person at one file: each keeps its own words, and takes over those of desks that have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk.unsaved import words as unsaved_module
from annotator.desk.unsaved.records import Record, Spot, line_of
from tests.desk.test_unsaved import MAKER, NOTE, ByHand, Table, line, texts, typed
from tests.store.making import script


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table without a database: only its name matters here."""
    return Table(tmp_path)


def second(table: Table) -> ByHand:
    """Another desk of eva's, opened while the first is running."""
    return ByHand(table.database, "eva", folder=table.state, clock=table.clock, is_second=True)


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_desk_neither_offers_nor_removes_words_of_one_that_is_running(table: Table, is_apart: bool) -> None:
    if is_apart:
        table.beside.mkdir()  # so that nothing can be kept beside the database
    first = table.sit_down()
    typed(first, "of the first")
    other = second(table)
    assert texts(other) == {}
    typed(other, "of the other")
    other.forget(NOTE)
    other.close()
    assert table.left() == {NOTE: "of the first"}


def test_words_of_two_desks_that_were_killed_are_offered_one_after_the_other(table: Table) -> None:
    first, other = table.sit_down(), second(table)
    typed(first, "earlier")
    typed(other, "later")
    assert table.left() == {NOTE: "later"}
    eva = table.sit_down()
    eva.forget(NOTE)
    eva.close()
    assert table.left() == {NOTE: "earlier"}
    eva = table.sit_down()
    typed(eva, "earlier and more")
    eva.forget(NOTE)
    eva.close()
    assert table.left() == {}
    assert table.files() == []


def test_a_desk_keeps_what_another_wrote_when_it_shortens_the_file(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsaved_module, "LONG", 1_000)
    first, other = table.sit_down(), second(table)
    typed(first, "of the first")
    for number in range(20):
        typed(other, f"{number} " + "The robot " * 20)
    assert table.beside.stat().st_size < 2_000
    other.forget(NOTE)
    other.close()
    assert table.left() == {NOTE: "of the first"}


def test_marks_of_desks_that_were_killed_are_swept_and_others_stay(table: Table) -> None:
    first = table.sit_down()
    typed(first, "The robot")
    first.killed()
    running, other = second(table), second(table)
    typed(running, "The ramp", place=MAKER)
    typed(other, "goes on")
    assert len(list(table.folder.glob("*.desk"))) == 3
    other.close()
    assert [path.name for path in table.folder.glob("*.desk")] == [f"desk.db.unsaved.{running._mark.desk}.desk"]
    running.close()
    assert list(table.folder.glob("*.desk")) == []


def test_words_of_a_file_without_marks_are_of_a_desk_that_has_ended(table: Table) -> None:
    table.beside.write_bytes(line("of an older version", "1"))
    eva = table.sit_down()
    assert texts(eva) == {NOTE: "of an older version"}
    typed(eva, "and on")
    eva.forget(NOTE)
    eva.close()
    assert table.files() == []


def test_of_two_ended_desks_the_words_typed_last_are_offered_in_whichever_file_they_are(table: Table) -> None:
    for file, text, at, desk in [(table.beside, "later", "2", "a"), (table.beside.with_name("e"), "earlier", "1", "b")]:
        record = Record(Spot("eva", 1, NOTE), text, at, desk)
        file.write_bytes(line_of(record))
    eva = table.sit_down()
    table.state.mkdir(exist_ok=True)
    table.beside.with_name("e").rename(eva.apart.path)
    assert table.left() == {NOTE: "later"}


def test_a_desk_that_only_throws_words_away_makes_no_mark(table: Table) -> None:
    table.beside.write_bytes(line("of an older version", "1"))
    eva = table.sit_down()
    eva.forget(NOTE)
    eva.write_due()
    assert list(table.folder.glob("*.desk")) == []
    assert table.left() == {}


@pytest.mark.parametrize("desk", ['"../up"', '"é"', "5", "null"])
def test_a_line_of_a_desk_with_a_name_that_is_none_says_nothing(table: Table, desk: str) -> None:
    table.beside.write_bytes(line("The robot", "1").replace(b"}\n", f', "desk": {desk}}}\n'.encode()))
    assert table.left() == {}
    table.sit_down().close()
    assert table.beside.exists()


TYPE_AND_WAIT = """
import sys, time
from pathlib import Path
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
words = UnsavedWords(Path(sys.argv[1]), "eva", folder=Path(sys.argv[2]))
words.keep(Place("d:1", "desk", "", "note"), "of a process")
words.write_due()
print("written", flush=True)
time.sleep(600)
"""


@pytest.mark.long
def test_words_of_another_process_are_its_own_until_it_is_killed(table: Table) -> None:
    process = script(TYPE_AND_WAIT, table.database, table.state)
    assert process.stdout
    assert process.stdout.readline() == "written\n"
    here = table.sit_down()
    assert texts(here) == {}
    typed(here, "typed here and saved")
    here.forget(NOTE)
    here.close()
    process.kill()
    process.communicate()
    assert table.left() == {NOTE: "of a process"}
