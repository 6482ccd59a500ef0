"""Unsaved words: typed, kept within a second, found again after any crash, gone when they are saved."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.place import Place
from annotator.desk.unsaved import journal as journal_module
from annotator.desk.unsaved import records
from annotator.desk.unsaved import words as unsaved_module
from annotator.desk.unsaved.journal import Journal
from annotator.desk.unsaved.words import UnsavedWords
from annotator.errors import OutputError
from annotator.model.rounds import InRounds
from tests.conftest import Lock
from tests.store.making import finish, script

LONG_ENOUGH = 30.0
"""Seconds after which a test gives up; nothing takes that long."""
NOTE = Place("d:1", "desk", "", "note")
MAKER = Place("d:1", "desk", "maker", "answer")


class ByHand(UnsavedWords):
    """Writes when told to, and no earlier. Whoever sat there before was killed, unless told otherwise."""

    sitting: ClassVar[list[ByHand]] = []

    def __init__(self, *args: Any, is_second: bool = False, **kwargs: Any) -> None:
        while self.sitting and not is_second:
            self.sitting.pop().killed()
        super().__init__(*args, **kwargs)

    def write_due(self) -> None:
        super().write_due()
        self.sitting.append(self)

    def killed(self) -> None:
        """Hold the mark no more, as after a kill: the file remains."""
        if (descriptor := self._mark._descriptor) is not None:
            self._mark._descriptor = None
            os.close(descriptor)

    def _started(self) -> Thread:
        thread = Thread(target=self._write_on if self._is_closing else int)
        thread.start()
        return thread


@dataclass
class Table:
    """A database's folder and a person's state folder."""

    folder: Path
    ticks: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    @property
    def database(self) -> Path:
        return self.folder / "desk.db"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def beside(self) -> Path:
        return self.folder / "desk.db.unsaved"

    def clock(self) -> str:
        return f"2030-01-01T00:00:00.{next(self.ticks):06}Z"

    def sit_down(self, annotator: str = "eva", round_: int = 1, state: Path | None = None) -> ByHand:
        return ByHand(self.database, annotator, InRounds(round_), folder=state or self.state, clock=self.clock)

    def left(self, annotator: str = "eva", round_: int = 1) -> dict[Place, str]:
        """What a new start would offer."""
        return texts(self.sit_down(annotator, round_))

    def files(self) -> list[Path]:
        return [path for path in (self.beside, *self.state.glob("*")) if path.exists()]


def texts(words: UnsavedWords) -> dict[Place, str]:
    return {each.place: each.text for each in words.all()}


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table without a database: only its name matters here."""
    return Table(tmp_path)


def typed(words: UnsavedWords, *texts: str, place: Place = NOTE) -> None:
    """Type and have it written."""
    for text in texts:
        words.keep(place, text)
    words.write_due()


def test_what_was_typed_is_offered_after_a_crash_with_its_place_and_moment(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "The rob", "The robot\nfell \ud800\u2028 🤖")
    found = table.sit_down().at(NOTE)
    assert found == eva.at(NOTE)
    assert found
    assert (found.text, found.place, found.at) == (
        "The robot\nfell \ud800\u2028 🤖",
        NOTE,
        "2030-01-01T00:00:00.000001Z",
    )
    assert table.sit_down().at(MAKER) is None


def test_words_typed_under_another_name_of_the_same_person_are_theirs(table: Table) -> None:
    typed(table.sit_down("bob"), "The robot")
    assert table.left("robert") == {}
    robert = ByHand(table.database, "robert", folder=table.state, clock=table.clock, spellings=("Robert", "BOB"))
    assert texts(robert) == {NOTE: "The robot"}
    typed(robert, "The robot fell")
    assert table.left("bob") == {}
    assert table.left("robert") == {NOTE: "The robot fell"}


def test_words_typed_under_another_name_that_are_dropped_are_offered_under_none(table: Table) -> None:
    typed(table.sit_down("bob"), "The robot")
    robert = ByHand(table.database, "robert", folder=table.state, clock=table.clock, spellings=("bob",))
    robert.forget(NOTE)
    robert.write_due()
    again = ByHand(table.database, "robert", folder=table.state, clock=table.clock, spellings=("bob",))
    assert (texts(again), table.left("bob"), table.left("robert")) == ({}, {}, {})
    table.sit_down("bob").close()
    assert table.files() == []


def test_only_what_was_typed_last_is_written(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, *(f"The robot {n}" for n in range(100)))
    assert len(table.beside.read_bytes().splitlines()) == 1
    typed(eva, "The robot 99")
    assert len(table.beside.read_bytes().splitlines()) == 1


def test_words_of_the_last_end_are_left_over_until_the_same_are_kept_again(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "the same")
    typed(eva, "another", place=MAKER)
    again = table.sit_down()
    assert [again.is_left_over(words) for words in again.all()] == [True, True]
    typed(again, "the same")
    assert {words.place: again.is_left_over(words) for words in again.all()} == {NOTE: False, MAKER: True}
    again.forget(NOTE)
    again.write_due()
    assert table.left() == {MAKER: "another"}


def test_an_emptied_editor_is_words_too(table: Table) -> None:
    typed(table.sit_down(), "")
    assert table.left() == {NOTE: ""}


def test_words_belong_to_an_annotator_and_a_round(table: Table) -> None:
    typed(table.sit_down("eva"), "eva's")
    typed(table.sit_down("eva", 2), "eva's second")
    typed(table.sit_down("bob"), "bob's")
    for name, round_, text in [("eva", 1, "eva's"), ("eva", 2, "eva's second"), ("bob", 1, "bob's")]:
        found = table.sit_down(name, round_).at(NOTE)
        assert found
        assert found.text == text
    assert [(words.spot.round, words.text) for words in table.sit_down("eva", 3).all()] == [
        (1, "eva's"),
        (2, "eva's second"),
    ]
    assert table.sit_down("eve").all() == []


def test_words_of_an_earlier_round_can_be_thrown_away(table: Table) -> None:
    typed(table.sit_down("eva", 1), "first")
    later = table.sit_down("eva", 2)
    typed(later, "second")
    later.forget(NOTE, 1)
    later.close()
    assert [words.text for words in table.sit_down("eva", 2).all()] == ["second"]


def test_forgotten_words_are_not_offered_again(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "The robot")
    eva.forget(NOTE)
    assert eva.at(NOTE) is None
    eva.write_due()
    assert table.left() == {}
    eva.keep(NOTE, "Another")
    eva.forget(NOTE)
    eva.write_due()
    assert len(table.beside.read_bytes().splitlines()) == 2
    typed(eva, "Another")
    assert table.left() == {NOTE: "Another"}


def test_words_saved_before_they_were_written_make_no_file(table: Table) -> None:
    eva = table.sit_down()
    eva.keep(NOTE, "The robot")
    eva.forget(NOTE)
    eva.forget(MAKER)
    eva.write_due()
    assert table.files() == []


def test_a_file_in_which_nothing_remains_is_removed(table: Table) -> None:
    eva, bob = table.sit_down("eva"), table.sit_down("bob")
    typed(eva, "The robot")
    typed(bob, "The ramp")
    eva.forget(NOTE)
    eva.close()
    assert table.left("bob") == {NOTE: "The ramp"}
    assert len(table.beside.read_bytes().splitlines()) == 1
    bob.forget(NOTE)
    bob.close()
    assert table.files() == []


def test_closing_writes_and_typing_afterwards_is_kept_too(table: Table) -> None:
    eva = table.sit_down()
    eva.keep(NOTE, "The robot")
    eva.close()
    assert table.left() == {NOTE: "The robot"}
    eva.keep(MAKER, "Acme")
    eva.close()
    assert table.left() == {NOTE: "The robot", MAKER: "Acme"}


def test_typing_after_closing_waits_for_its_second_as_before(table: Table) -> None:
    eva = UnsavedWords(table.database, "eva", folder=table.state, delay=3_600)
    eva.keep(NOTE, "The robot")
    eva.close(LONG_ENOUGH)
    eva.keep(NOTE, "The robot fell")
    thread = eva._thread
    assert thread
    thread.join(0.2)
    assert thread.is_alive()
    eva.close(LONG_ENOUGH)
    assert table.left() == {NOTE: "The robot fell"}


def test_forgetting_nothing_gives_nothing_to_write(table: Table) -> None:
    eva = table.sit_down()
    eva.forget(NOTE)
    assert eva._due == {}


def test_closing_without_words_makes_no_file(table: Table) -> None:
    table.sit_down().close()
    assert table.files() == []


def test_the_file_is_for_the_person_alone(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "confidential")
    assert stat.S_IMODE(table.beside.stat().st_mode) == 0o600
    table.beside.chmod(0o644)
    typed(eva, "more")
    assert stat.S_IMODE(table.beside.stat().st_mode) == 0o600
    typed(eva, "The ramp", place=MAKER)
    eva.close()
    assert stat.S_IMODE(table.beside.stat().st_mode) == 0o600


def test_lines_nobody_understands_are_kept_and_say_nothing(table: Table) -> None:
    typed(table.sit_down(), "The robot")
    (good,) = table.beside.read_bytes().splitlines(keepends=True)
    strange = [
        b"\xff\xfe garbage \x00\n",
        b"[[[[[[\n",
        b"[" * 100_000 + b"\n",
        good.replace(b'"kind"', b'"sort"'),
        good.replace(b'"text"', b'"more": 1, "text"'),
        good.replace(b'"round": 1', b'"round": true'),
        good.replace(b'"The robot"', b"5"),
        good.replace(b'"note"', b"null"),
        good[:30] + b"\n",
        b"null\n",
    ]
    table.beside.write_bytes(b"".join([*strange, b"\n", good, *strange]))
    assert table.left() == {NOTE: "The robot"}
    table.sit_down().close()
    assert table.beside.read_bytes() == b"".join([*strange, *strange, good])
    eva = table.sit_down()
    eva.forget(NOTE)
    eva.close()
    assert table.beside.read_bytes() == b"".join([*strange, *strange])


def test_a_torn_last_line_swallows_nothing_and_is_not_kept(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "one")
    typed(eva, "two", place=MAKER)
    os.truncate(table.beside, table.beside.stat().st_size - 9)
    eva = table.sit_down()
    assert texts(eva) == {NOTE: "one"}
    typed(eva, "three", place=MAKER)
    assert table.left() == {NOTE: "one", MAKER: "three"}
    os.truncate(table.beside, table.beside.stat().st_size - 1)
    assert table.left() == {NOTE: "one", MAKER: "three"}
    table.sit_down().close()
    assert table.left() == {NOTE: "one", MAKER: "three"}
    with table.beside.open("ab") as file:
        file.write(b'{"annotator": "ev')
    for place in (NOTE, MAKER):
        eva = table.sit_down()
        eva.forget(place)
        eva.close()
    assert table.left() == {}


def test_a_last_line_that_lacks_only_its_end_is_kept_apart_from_the_others(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "one")
    typed(eva, "two", place=MAKER)
    typed(eva, "three")
    os.truncate(table.beside, table.beside.stat().st_size - 1)
    table.sit_down().close()
    assert len(table.beside.read_bytes().splitlines()) == 2
    assert table.left() == {NOTE: "three", MAKER: "two"}


def test_a_torn_last_line_alone_is_removed(table: Table) -> None:
    table.beside.write_bytes(b'{"annotator": "ev')
    table.sit_down().close()
    assert table.files() == []


def test_a_file_grown_long_is_shortened_on_the_way(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsaved_module, "LONG", 10_000)
    eva, bob = table.sit_down("eva"), table.sit_down("bob")
    typed(bob, "The ramp")
    for number in range(300):
        typed(eva, f"{number} " + "The robot stood on the ramp. " * 10)
        assert table.beside.stat().st_size < 12_000
    assert table.left("bob") == {NOTE: "The ramp"}
    assert table.left()[NOTE].startswith("299 ")


def test_a_file_in_which_all_counts_is_left_alone(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "The robot")
    before = table.beside.stat()
    eva.close()
    assert os.path.samestat(before, table.beside.stat())


def test_shortening_that_was_interrupted_or_fails_leaves_the_file_and_nothing_else(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = table.sit_down()
    typed(eva, "The robot")
    typed(eva, "The robot fell")
    (table.folder / "desk.db.unsaved.unfinished").write_text("left by a crash")
    with monkeypatch.context() as full:
        full.setattr(Path, "replace", nowhere)
        eva.close()
    assert table.left() == {NOTE: "The robot fell"}
    assert len(table.beside.read_bytes().splitlines()) == 2
    assert list(table.folder.iterdir()) == [table.beside]
    (table.folder / "desk.db.unsaved.unfinished").write_text("left by a crash")
    eva.close()
    assert len(table.beside.read_bytes().splitlines()) == 1
    assert list(table.folder.iterdir()) == [table.beside]
    assert table.left() == {NOTE: "The robot fell"}


def test_a_new_file_is_on_the_disk_with_its_name(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: on_disk.append(os.fstat(descriptor).st_ino))
    eva = table.sit_down()
    typed(eva, "The robot")
    assert on_disk == [table.beside.stat().st_ino, table.folder.stat().st_ino]
    typed(eva, "The robot fell")
    assert on_disk[2:] == [table.beside.stat().st_ino]
    eva.close()
    assert on_disk[3:] == [table.beside.stat().st_ino, table.folder.stat().st_ino]


def test_a_file_full_of_words_that_count_is_not_shortened_at_every_write(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsaved_module, "LONG", 1_000)
    rewritten = []
    rewrite = Journal.rewrite

    def counting(journal: Journal, choose: Callable[[list[bytes]], list[bytes]]) -> None:
        rewritten.append(journal)
        rewrite(journal, choose)

    monkeypatch.setattr(Journal, "rewrite", counting)
    eva = table.sit_down()
    for number in range(100):
        typed(eva, "The robot " * 20, place=Place(f"d:{number}"))
    assert 0 < len(rewritten) < 10


def test_databases_called_alike_do_not_mix_in_the_state_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "desk.db.unsaved").mkdir(parents=True)  # so that nothing can be kept beside it
        words = ByHand(tmp_path / name / "desk.db", "eva", folder=tmp_path / "state")
        typed(words, f"in {name}")
    for name in ("one", "two"):
        found = ByHand(tmp_path / name / "desk.db", "eva", folder=tmp_path / "state")
        assert texts(found) == {NOTE: f"in {name}"}


def test_a_database_has_the_same_words_by_whatever_path(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(table.sit_down(), "The robot")
    (table.folder / "link.db").symlink_to(table.database)
    monkeypatch.chdir(table.folder)
    for path in (Path("desk.db"), table.folder / "state" / ".." / "desk.db", table.folder / "link.db"):
        assert texts(ByHand(path, "eva", folder=table.state)) == {NOTE: "The robot"}


# Where the folder of the database cannot be written


def test_words_at_a_read_only_folder_are_kept_in_the_state_folder(table: Table, write_protect: Lock) -> None:
    folder = table.folder / "read only"
    folder.mkdir()
    write_protect(folder)
    eva = ByHand(folder / "desk.db", "eva", folder=table.state / "annotator")
    typed(eva, "The robot")
    assert eva.trouble is None
    kept, mark = sorted((table.state / "annotator").iterdir())
    assert mark.name.startswith(f"{kept.name}.") and mark.suffix == ".desk"
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE(mark.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert texts(ByHand(folder / "desk.db", "eva", folder=table.state / "annotator")) == {NOTE: "The robot"}
    eva.forget(NOTE)
    eva.close()
    assert list(kept.parent.iterdir()) == []


def test_the_state_folder_is_the_persons_own_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    (tmp_path / "desk.db.unsaved").mkdir()
    words = UnsavedWords(tmp_path / "desk.db", "eva")
    words.keep(NOTE, "The robot")
    words.close(LONG_ENOUGH)
    (kept,) = (tmp_path / "states" / "annotator").iterdir()
    assert kept.name.startswith("desk.db-")


@pytest.mark.parametrize("kind", ["link", "pipe", "another's"])
def test_a_file_that_somebody_else_put_there_gets_no_words(table: Table, kind: str) -> None:
    target = table.folder / "target"
    target.touch()
    if kind == "link":
        table.beside.symlink_to(target)
    elif kind == "pipe":
        os.mkfifo(table.beside)
    else:
        table.beside.touch()
        try:
            os.chown(table.beside, os.geteuid() + 1, -1)
        except PermissionError:
            pytest.skip("only root may give a file away")
    eva = table.sit_down()
    typed(eva, "confidential")
    assert eva.trouble is None
    assert target.read_bytes() == b""
    assert kind == "pipe" or table.beside.read_bytes() == b""
    assert table.left() == {NOTE: "confidential"}
    eva.forget(NOTE)
    eva.close()
    assert table.beside.exists()
    assert list(table.state.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "annotator-test", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_loses_no_words(small_disk: Path, tmp_path: Path) -> None:
    eva = ByHand(small_disk / "desk.db", "eva", folder=tmp_path / "state")
    for number in range(300):
        typed(eva, f"{number} {'The robot ' * 1_000}", place=Place(f"d:{number % 150}"))
        assert eva.trouble is None
    found = ByHand(small_disk / "desk.db", "eva", folder=tmp_path / "state")
    assert texts(found) == texts(eva)
    assert len(found.all()) == 150
    assert list((tmp_path / "state").iterdir()) != []
    for line in found.beside.lines():
        assert records.parsed(line)


def test_words_of_both_files_thrown_away_while_the_disk_is_full_do_not_come_back(table: Table) -> None:
    world = World(table, True)
    with ExitStack() as stack:
        for each in world.patches():
            stack.enter_context(each)
        world.start("eva")
        world.start("bob")
        world.keep("bob", NOTE, "The ramp")
        world.write("bob")
        world.keep("eva", NOTE, "beside")
        world.write("eva")
        world.fill("")
        world.keep("eva", MAKER, "apart")
        world.write("eva")
        world.keep("eva", PLACES[0], "as well")
        world.forget("eva", NOTE)
        world.forget("eva", MAKER)
        world.close("eva")
        world.start("eva")
        assert texts(world.people["eva"]) == {PLACES[0]: "as well"}


def line(text: str | None, at: str, place: Place = NOTE) -> bytes:
    return records.line_of(records.Record(records.Spot("eva", 1, place), text, at))


@pytest.mark.parametrize(
    ("mine", "other", "counts", "counts_in_a_tie"),
    [
        (("words", "2"), None, True, True),
        (("words", "2"), ("older", "1"), True, True),
        (("words", "2"), ("later", "3"), False, False),
        (("words", "2"), (None, "3"), False, False),
        (("words", "2"), (None, "1"), True, True),
        (("words", "2"), ("at once", "2"), False, True),
        ((None, "2"), None, False, False),
        ((None, "2"), ("older", "1"), True, True),
        ((None, "2"), (None, "1"), False, False),
        ((None, "2"), ("later", "3"), False, False),
        ((None, "2"), ("at once", "2"), False, True),
    ],
)
def test_a_line_counts_unless_the_other_file_says_something_later(
    mine: tuple[str | None, str], other: tuple[str, str] | None, counts: bool, counts_in_a_tie: bool
) -> None:
    lines, rivals = [line("first", "0"), line(*mine)], records.fold([line(*other)] if other else [])
    for wins_ties, expected in [(False, counts), (True, counts_in_a_tie)]:
        assert records.needed(lines, rivals, wins_ties=wins_ties) == lines[1:] * expected


@pytest.mark.parametrize("apart", ["words", None])
@pytest.mark.parametrize("is_held", [False, True])
def test_of_two_records_of_the_same_moment_the_one_apart_counts(table: Table, apart: str | None, is_held: bool) -> None:
    table.sit_down()
    table.state.mkdir()
    table.beside.write_bytes(line("beside", "1"))
    table.sit_down().apart.path.write_bytes(line(apart, "1"))
    assert table.left() == ({NOTE: apart} if apart else {})
    descriptor = held(table.beside) if is_held else None
    table.sit_down().close()
    assert table.left() == ({NOTE: apart} if apart else {})
    assert table.beside.exists() == is_held
    if descriptor is not None:
        os.close(descriptor)


@pytest.mark.parametrize("left", [0, 10])
def test_a_line_that_finds_no_room_is_taken_back_whole(
    table: Table, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = table.sit_down("bob")
    if left:
        typed(bob, "The ramp")
    before = table.beside.read_bytes() if left else None
    write = os.write
    is_full = True

    def into_what_is_left(descriptor: int, data: bytes) -> int:
        is_beside = table.beside.exists() and os.path.samestat(os.fstat(descriptor), table.beside.stat())
        return write(descriptor, data[:left] if is_beside and is_full else data)

    monkeypatch.setattr(os, "write", into_what_is_left)
    eva = table.sit_down()
    typed(eva, "The robot")
    assert eva.trouble is None
    assert (table.beside.read_bytes() if table.beside.exists() else None) == before
    assert table.left() == {NOTE: "The robot"}
    is_full = False
    typed(eva, "The robot fell")
    assert table.left() == {NOTE: "The robot fell"}
    eva.forget(NOTE)
    eva.close()
    assert table.left() == {}
    assert list(table.state.iterdir()) == []


def nowhere(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_words_that_can_be_kept_nowhere_are_told_tried_again_and_told_at_the_end(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = table.sit_down()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", nowhere)
        typed(eva, "The robot")
        assert str(eva.trouble) == (
            f"{table.beside}: what you are typing cannot be kept there (No space left on device), nor in "
            f"{eva.apart.path} (No space left on device). Save it soon, and free some space."
        )
        with pytest.raises(OutputError, match="Save it soon"):
            eva.close(LONG_ENOUGH)
        assert table.files() == []
    assert texts(eva) == {NOTE: "The robot"}
    eva.close()
    assert eva.trouble is None
    assert table.left() == {NOTE: "The robot"}


def test_words_thrown_away_while_nothing_can_be_written_are_gone_once_it_can(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = table.sit_down()
    typed(eva, "The robot")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", nowhere)
        eva.forget(NOTE)
        eva.write_due()
        eva.keep(MAKER, "Acme")
        eva.write_due()
        eva.forget(MAKER)
        eva.write_due()
        assert table.left() == {NOTE: "The robot"}
    eva.write_due()
    assert table.left() == {}


def test_a_file_that_cannot_be_read_is_told_and_typing_goes_on(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(table.sit_down(), "The robot")
    with monkeypatch.context() as broken:
        broken.setattr(Journal, "lines", nowhere)
        eva = table.sit_down()
    assert "what was typed and not saved cannot be read (No space left on device)" in str(eva.trouble)
    eva.close()  # says nothing of it again: nothing was lost
    typed(eva, "Acme", place=MAKER)
    assert table.left() == {NOTE: "The robot", MAKER: "Acme"}


# Several processes


KEEP_MANY = """
import sys
from pathlib import Path
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
words = UnsavedWords(Path(sys.argv[1]), sys.argv[2], folder=Path(sys.argv[3]), delay=0)
for number in range(200):
    words.keep(Place(f"d:{number % 50}"), f"{sys.argv[2]} {number} " + "x" * 3_000)
    if number % 3 == 0:
        words.forget(Place(f"d:{number % 50}"))
    if number % 20 == 0:
        words.write_due()
    if number % 50 == 0:
        words.close(60)
words.close(60)
"""


@pytest.mark.long
def test_several_processes_keep_their_words_in_one_file(table: Table) -> None:
    names = ["eva", "bob", "ida"]
    for process in [script(KEEP_MANY, table.database, name, table.state) for name in names]:
        finish(process)
    expected = {f"d:{number % 50}": number for number in range(150, 200) if number % 3}
    for name in names:
        found = {place.subject: int(text.split()[1]) for place, text in table.left(name).items()}
        assert found == expected
    assert all(records.parsed(line) for line in table.beside.read_bytes().splitlines())


def held(path: Path) -> int:
    """Hold a file as another process does that is writing to it."""
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def test_a_file_that_another_process_holds_is_not_shortened(table: Table) -> None:
    eva = table.sit_down()
    typed(eva, "The robot")
    eva.forget(NOTE)
    eva.write_due()
    descriptor = held(table.beside)
    eva.close()
    assert len(table.beside.read_bytes().splitlines()) == 2
    os.close(descriptor)
    eva.close()
    assert table.files() == []


def test_a_process_that_was_stopped_with_the_file_in_its_hands_holds_nobody_up(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "PATIENCE", 0.02)
    typed(table.sit_down("bob"), "The ramp")
    descriptor = held(table.beside)
    eva = table.sit_down()
    typed(eva, "The robot")
    assert eva.trouble is None
    os.close(descriptor)
    assert table.left() == {NOTE: "The robot"}
    assert table.left("bob") == {NOTE: "The ramp"}


def test_a_file_that_was_replaced_while_one_waited_for_it_is_opened_anew(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "PATIENCE", LONG_ENOUGH)
    bob = table.sit_down("bob")
    typed(bob, "The ramp")
    descriptor = held(table.beside)
    eva = table.sit_down()
    eva.keep(NOTE, "The robot")
    writing = Thread(target=eva.write_due)
    tried = threading.Event()
    real = journal_module._take

    def take(of: int) -> None:
        if os.path.samestat(os.fstat(of), table.beside.stat()):
            tried.set()
        real(of)

    monkeypatch.setattr(journal_module, "_take", take)
    writing.start()
    assert tried.wait(LONG_ENOUGH)
    anew = table.beside.with_suffix(".anew")
    anew.write_bytes(table.beside.read_bytes())
    anew.replace(table.beside)
    os.close(descriptor)
    writing.join(LONG_ENOUGH)
    assert table.left() == {NOTE: "The robot"}
    assert table.left("bob") == {NOTE: "The ramp"}


def test_without_locks_words_are_kept_and_files_left_as_they_are(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(_: int) -> None:
        raise OSError(errno.ENOTSUP, "no locks here")

    monkeypatch.setattr(journal_module, "_take", take)
    eva = table.sit_down()
    typed(eva, "The robot")
    assert table.left() == {NOTE: "The robot"}
    eva.forget(NOTE)
    eva.close()
    assert table.left() == {}
    assert len(table.beside.read_bytes().splitlines()) == 2


def test_without_locks_a_write_that_fails_takes_back_nothing_of_others(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = table.sit_down("bob")

    def take(_: int) -> None:
        raise OSError(errno.ENOTSUP, "no locks here")

    def failing(_: int) -> None:
        monkeypatch.undo()
        typed(bob, "The ramp")
        nowhere()

    typed(bob, "on the")
    monkeypatch.setattr(journal_module, "_take", take)
    monkeypatch.setattr(os, "fsync", failing)
    typed(table.sit_down(), "The robot")
    assert table.left("bob") == {NOTE: "The ramp"}
    assert table.left() == {NOTE: "The robot"}


def test_without_locks_lines_written_at_once_stand_one_after_the_other(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = table.sit_down("bob")
    real = journal_module._ends_whole

    def take(_: int) -> None:
        raise OSError(errno.ENOTSUP, "no locks here")

    def interrupted(descriptor: int, size: int) -> bool:
        monkeypatch.setattr(journal_module, "_ends_whole", real)
        ends_whole = real(descriptor, size)
        typed(bob, "The ramp")
        return ends_whole

    typed(bob, "on the")
    monkeypatch.setattr(journal_module, "_take", take)
    monkeypatch.setattr(journal_module, "_ends_whole", interrupted)
    typed(table.sit_down(), "The robot")
    assert table.left("bob") == {NOTE: "The ramp"}
    assert table.left() == {NOTE: "The robot"}


# Without waiting


def test_typing_never_waits_for_the_disk(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        begun.set()
        assert go_on.wait(LONG_ENOUGH)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    eva = UnsavedWords(table.database, "eva", folder=table.state, delay=0)
    eva.keep(NOTE, "The robot")
    assert begun.wait(LONG_ENOUGH)
    eva.keep(NOTE, "The robot fell")
    eva.keep(MAKER, "Acme")
    eva.forget(MAKER)
    assert texts(eva) == {NOTE: "The robot fell"}
    with pytest.raises(OutputError, match="what was typed last is not written"):
        eva.close(0.01)
    go_on.set()
    eva.close(LONG_ENOUGH)
    assert table.left() == {NOTE: "The robot fell"}


def test_closing_again_writes_what_came_while_a_slow_disk_held_the_first_up(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (go_on.wait(LONG_ENOUGH), fsync(descriptor)))
    eva = UnsavedWords(table.database, "eva", folder=table.state, delay=3_600)
    eva.keep(NOTE, "The robot")
    with pytest.raises(OutputError, match="what was typed last is not written"):
        eva.close(0.05)
    eva.keep(MAKER, "Acme")
    go_on.set()
    eva.close(LONG_ENOUGH)
    assert table.left() == {NOTE: "The robot", MAKER: "Acme"}


def test_words_forgotten_while_they_are_being_written_are_gone(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    eva = table.sit_down()
    fsync = os.fsync

    def forgetting(descriptor: int) -> None:
        fsync(descriptor)
        eva.forget(NOTE)

    eva.keep(NOTE, "The robot")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "fsync", forgetting)
        eva.write_due()
    eva.write_due()
    assert table.left() == {}


def test_what_was_typed_while_a_write_failed_counts_more_than_what_failed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = table.sit_down()

    def failing(_: int) -> None:
        eva.keep(NOTE, "The robot fell")
        nowhere()

    eva.keep(NOTE, "The robot")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", failing)
        eva.write_due()
    eva.write_due()
    assert table.left() == {NOTE: "The robot fell"}


def test_a_thread_writes_what_changes_without_being_asked(table: Table) -> None:
    eva = UnsavedWords(table.database, "eva", folder=table.state, delay=0.01)
    for text in ("The robot", "The robot fell"):
        eva.keep(NOTE, text)
        wait_until(lambda text=text: text in written(table))  # type: ignore[misc]
    eva.forget(NOTE)
    wait_until(lambda: written(table) == [None])
    eva.close(LONG_ENOUGH)
    assert table.files() == []


def written(table: Table) -> list[str | None]:
    """What the file says last of each place and desk, whoever is still typing."""
    return [record.text for record in records.fold(Journal(table.beside).lines()).values()]


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + LONG_ENOUGH
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


TYPE_ON = """
import sys, time
from pathlib import Path
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
words = UnsavedWords(Path(sys.argv[1]), "eva", folder=Path(sys.argv[2]))
for number in range(10**9):
    words.keep(Place(f"d:{number % 2}"), str(number))
    print(number, time.monotonic(), flush=True)
    time.sleep(0.02)
"""


@pytest.mark.long
def test_a_process_that_is_killed_loses_at_most_two_seconds_of_typing(table: Table) -> None:
    process = script(TYPE_ON, table.database, table.state)
    assert process.stdout
    keys: list[tuple[int, float]] = []
    while not keys or keys[-1][1] - keys[0][1] < 3.5:
        number, at = process.stdout.readline().split()
        keys.append((int(number), float(at)))
    process.kill()
    keys += [(int(line.split()[0]), float(line.split()[1])) for line in process.communicate()[0].splitlines()]
    assert process.returncode == -signal.SIGKILL
    found = table.left()
    safe = [number for number, at in keys if at <= keys[-1][1] - 2]
    assert len(safe) > 10
    for place in ("d:0", "d:1"):
        assert int(found[Place(place)]) >= safe[-1] - 1


END_WITHOUT_CLOSING = """
import sys
from pathlib import Path
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
words = UnsavedWords(Path(sys.argv[1]), "eva", folder=Path(sys.argv[2]), delay=3600)
words.keep(Place("d:1"), "The robot")
"""


def test_a_program_that_forgets_to_close_ends(table: Table) -> None:
    finish(script(END_WITHOUT_CLOSING, table.database, table.state))


# Whatever happens, in whatever order

PLACES = [Place(subject, "T", each) for subject in ("d:1", "d:2") for each in ("a", "b")]
TEXTS = st.text(st.characters(), max_size=12) | st.sampled_from(["", "\n", '{"annotator": ', "\ud800"])
CHANGES = st.tuples(st.sampled_from(["eva", "bob"]), st.sampled_from(PLACES), st.none() | TEXTS)


def without_disk() -> Any:
    """Spare the disk: these properties are about order, not about power cuts."""
    return patch.object(os, "fsync", lambda _: None)


@given(before=st.lists(CHANGES, max_size=12), cut=st.floats(0, 1), after=st.lists(CHANGES, max_size=6))
def test_a_file_cut_anywhere_holds_all_that_was_written_before_the_cut(
    before: list[tuple[str, Place, str | None]], cut: float, after: list[tuple[str, Place, str | None]]
) -> None:
    with TemporaryDirectory() as folder, without_disk():
        table = Table(Path(folder))
        people = {name: table.sit_down(name) for name in ("eva", "bob")}
        ends = [change(people, table, *each) for each in before]
        kept = round(cut * (ends[-1] if ends else 0))
        if table.beside.exists():
            os.truncate(table.beside, kept)
        expected: dict[tuple[str, Place], str | None] = {
            (name, place): text for (name, place, text), end in zip(before, ends, strict=True) if end - 1 <= kept
        }
        people = {name: table.sit_down(name) for name in ("eva", "bob")}
        check(people, expected)
        for name, place, text in after:
            change(people, table, name, place, text)
            expected[name, place] = text
        check({name: table.sit_down(name) for name in ("eva", "bob")}, expected)
        for words in people.values():
            words.close()
        check({name: table.sit_down(name) for name in ("eva", "bob")}, expected)


def change(people: dict[str, ByHand], table: Table, name: str, place: Place, text: str | None) -> int:
    """Make one change and have it written; returns where the file ends then."""
    if text is None:
        people[name].forget(place)
    else:
        people[name].keep(place, text)
    people[name].write_due()
    return table.beside.stat().st_size if table.beside.exists() else 0


def check(people: dict[str, ByHand], expected: dict[tuple[str, Place], str | None]) -> None:
    for name, words in people.items():
        mine = {place: text for (who, place), text in expected.items() if who == name and text is not None}
        assert texts(words) == mine


@dataclass
class World:
    """Two people at one database, and what a new start must offer each of them."""

    table: Table
    shares_state: bool
    is_full: bool = False
    people: dict[str, ByHand] = field(default_factory=dict)
    typed: dict[str, dict[Place, str]] = field(default_factory=lambda: {"eva": {}, "bob": {}})
    kept: dict[str, dict[Place, str]] = field(default_factory=lambda: {"eva": {}, "bob": {}})

    def start(self, name: str) -> None:
        state = self.table.state / ("" if self.shares_state else name)
        self.people[name] = self.table.sit_down(name, state=state)
        self.typed[name] = {**self.kept[name]}
        assert texts(self.people[name]) == self.kept[name]

    def keep(self, name: str, place: Place, text: str) -> None:
        self.people[name].keep(place, text)
        self.typed[name][place] = text

    def forget(self, name: str, place: Place) -> None:
        self.people[name].forget(place)
        self.typed[name].pop(place, None)

    def write(self, name: str) -> None:
        self.people[name].write_due()
        self.kept[name] = {**self.typed[name]}

    def close(self, name: str) -> None:
        self.people[name].close(LONG_ENOUGH)
        self.kept[name] = {**self.typed[name]}

    def crash(self, name: str) -> None:
        self.start(name)

    def fill(self, _name: str) -> None:
        self.is_full = True

    def free(self, _name: str) -> None:
        self.is_full = False

    def patches(self) -> Iterator[Any]:
        """A disk that is full where the database lies, as long as it is."""
        append, write_anew = Journal.append, Journal._write_anew

        def appending(journal: Journal, lines: Sequence[bytes]) -> None:
            self._refuse_when_full(journal)
            append(journal, lines)

        def writing_anew(journal: Journal, lines: list[bytes]) -> None:
            self._refuse_when_full(journal)
            write_anew(journal, lines)

        yield patch.object(Journal, "append", appending)
        yield patch.object(Journal, "_write_anew", writing_anew)
        yield without_disk()

    def _refuse_when_full(self, journal: Journal) -> None:
        if self.is_full and journal.path == self.table.beside:
            nowhere()


WHO = st.sampled_from(["eva", "bob"])
STEPS = st.one_of(
    st.tuples(st.just("keep"), WHO, st.sampled_from(PLACES), TEXTS),
    st.tuples(st.just("forget"), WHO, st.sampled_from(PLACES)),
    st.tuples(st.sampled_from(["write", "write", "close", "crash", "fill", "free"]), WHO),
)


@given(steps=st.lists(STEPS, max_size=40), shares_state=st.booleans())
@settings(max_examples=settings().max_examples * 2)
def test_whatever_two_people_do_a_new_start_offers_what_was_written_and_nothing_remains_in_the_end(
    steps: list[tuple[Any, ...]], shares_state: bool
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        world = World(Table(Path(folder)), shares_state)
        for each in world.patches():
            stack.enter_context(each)
        for name in ("eva", "bob"):
            world.start(name)
        for what, *about in steps:
            getattr(world, what)(*about)
        world.free("")
        for name in ("eva", "bob"):
            world.write(name)
            world.start(name)
        for name in ("eva", "bob"):
            for place in PLACES:
                world.forget(name, place)
        for name in ("eva", "bob", "eva"):
            world.close(name)
            world.start(name)
        assert [path for path in Path(folder).rglob("*") if path.is_file()] == []


def test_words_in_a_round_that_no_file_can_hold_are_no_record() -> None:
    line = records.line_of(records.Record(records.Spot("eva", 1, Place("d:1")), "words", "2026-11-27T08:00:00.000Z"))
    assert records.parsed(line)
    for number in ("9" * 19, "9" * 5000, "-1"):
        assert records.parsed(line.replace(b'"round": 1,', f'"round": {number},'.encode())) is None
