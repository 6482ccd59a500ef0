"""Words that are not saved come along with a database that was renamed or saved beside, and with no copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotator.desk.place import Place
from annotator.desk.unsaved.mark import Mark
from annotator.desk.unsaved.names import FormerNames
from annotator.desk.unsaved.words import UnsavedWords
from tests.desk.test_unsaved import NOTE

PROJECT = frozenset({"project"})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "分類.db"
    path.write_bytes(b"made")
    return path


def opened(database: Path, projects: frozenset[str] = PROJECT) -> UnsavedWords:
    """A desk at a database, with a state folder in the folder that is named after the test."""
    root = next(each for each in database.parents if each.name.startswith("test_"))
    return UnsavedWords(database, "eva", folder=root / "state", delay=0.01, projects=projects)


def leave(database: Path, text: str = "half a no") -> None:
    words = opened(database)
    words.keep(NOTE, text)
    words.close()


def texts(words: UnsavedWords) -> dict[Place, str]:
    return {each.place: each.text for each in words.all()}


def moved(database: Path, name: str) -> Path:
    target = database.parent / name
    target.parent.mkdir(exist_ok=True)
    return database.rename(target)


def files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_words_come_along_with_a_renamed_database_from_name_to_name(database: Path) -> None:
    leave(database)
    second = moved(database, "second.db")
    opened(second).close()  # nobody saved or dropped them
    third = moved(second, "other/third.db")
    words = opened(third)
    assert texts(words) == {NOTE: "half a no"}
    words.forget(NOTE)
    words.close()
    assert files(database.parent) == {"other/third.db"}, "and nothing is left anywhere"


def test_a_copy_leaves_words_with_the_original(database: Path) -> None:
    leave(database)
    copy = Path(shutil.copy(database, database.parent / "copy.db"))
    words = opened(copy)
    assert texts(words) == {}
    words.close()
    assert texts(opened(database)) == {NOTE: "half a no"}


def test_a_copy_at_the_former_name_does_not_keep_words_from_the_renamed_one(database: Path) -> None:
    leave(database)
    second = moved(database, "second.db")
    shutil.copy(second, database)
    assert texts(opened(second)) == {NOTE: "half a no"}
    assert texts(opened(database)) == {}


def test_a_file_of_another_project_with_the_number_of_an_older_one_gets_nothing(database: Path) -> None:
    leave(database)
    assert texts(opened(moved(database, "second.db"), frozenset({"another"}))) == {}


def test_words_of_a_desk_that_goes_on_at_the_former_name_come_once_it_has_ended(database: Path) -> None:
    running = opened(database)
    running.keep(NOTE, "half")
    running.write_due()
    second = moved(database, "second.db")
    first = opened(second)
    assert texts(first) == {}
    first.close()
    running.keep(NOTE, "half a no")
    running.close()
    assert texts(opened(second)) == {NOTE: "half a no"}


def test_words_kept_in_the_state_folder_come_along_when_the_folder_was_moved_and_that_is_not_made_again(
    database: Path,
) -> None:
    folder = database.parent / "work"
    folder.mkdir()
    database = database.rename(folder / "分類.db")
    running = opened(database)
    elsewhere = folder.rename(folder.parent / "elsewhere")
    running.keep(NOTE, "half a no")
    running.close()
    assert running.trouble is None
    assert not folder.exists()
    assert texts(opened(elsewhere / "分類.db")) == {NOTE: "half a no"}


def test_a_mark_makes_no_folder_for_a_database(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "gone" / "desk.unsaved")
    mark.take()
    assert not mark.is_held
    assert not (tmp_path / "gone").exists()


def test_what_cannot_be_kept_of_names_leaves_words_where_they_are(database: Path) -> None:
    (database.parent / "state").write_bytes(b"no folder")
    names = FormerNames(database, PROJECT, database.parent / "state")
    names.add(database)
    assert names.read() == []
    leave(database)
    assert texts(opened(database)) == {NOTE: "half a no"}
