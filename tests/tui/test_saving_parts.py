"""What is kept beside the file while an edit is on its way, and when it is dropped again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
from annotator.errors import AnnotatorError, OutputError, StoreFullError
from annotator.model.classification import Classification
from annotator.model.queue import ResumePoint
from annotator.tui.deeds import AHEAD, DEED, UNDO
from annotator.tui.saving import Saving
from tests.tui.settling import locked
from tests.tui.tagging_content import tagging_desk

SKIP = Place("demo:1", "kinds", "", "skip")
NOTE = Place("demo:1", "kinds", "", "note")
KEPT = f"{DEED} skip"
BRIEFLY = 0.1
"""Seconds to wait for what another process keeps from being written."""


class Telling:
    """Edits on their way, and the calls that tell what became of them; they are made when a test says so."""

    def __init__(self, desk: Desk) -> None:
        self.calls: list[Callable[[], None]] = []
        self.saving = Saving(desk, self.calls.append)
        self.saved: list[object] = []
        self.refused: list[AnnotatorError | None] = []

    def tell(self, count: int = 100) -> None:
        """Wait until all is written, and tell of so many."""
        self.saving.drain()
        now, self.calls[:] = self.calls[:count], self.calls[count:]
        for call in now:
            call()

    @property
    def kinds(self) -> list[str]:
        """What is kept, by its kind."""
        return sorted(words.place.kind for words in self.saving.words.all())

    def put_deed(self, work: Callable[[Desk], Any]) -> Any:
        return self.saving.put_deed(work, SKIP, self.saved.append, self.refused.append)

    def put_note(self, text: str, work: Callable[[Desk], Any]) -> Any:
        return self.saving.put_kept(work, NOTE, text, self.saved.append, self.refused.append)


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    """Somebody's edits at a small desk."""
    desk = tagging_desk(tmp_path)
    made = Telling(desk)
    yield made
    made.saving.finish(1.0)
    desk.close()


def left(telling: Telling) -> dict[str, str]:
    """What the next start reads, by kind."""
    desk = telling.saving.desk
    return {words.place.kind: words.text for words in UnsavedWords(desk.path, desk.annotator).all()}


def test_what_was_typed_before_a_rename_is_there_after_it(telling: Telling) -> None:
    desk = telling.saving.desk
    telling.saving.words.keep(NOTE, "The ramp")
    telling.saving.words.close()
    skip(desk)
    desk.people.rename(desk.annotator, "Somebody Else")
    again = Telling(Desk(desk.project, "Somebody Else"))
    assert [(words.place, words.text) for words in again.saving.words.all()] == [(NOTE, "The ramp")]


def skip(desk: Desk) -> Classification:
    """Skip a subject."""
    return desk.tagging.skip("demo:1", "kinds", "why not")


def full(_desk: Desk) -> None:
    """Refuse as a full disk does."""
    raise StoreFullError("The disk is full.")


# Deeds


def test_a_deed_is_kept_until_it_is_told(telling: Telling) -> None:
    telling.put_deed(skip)
    telling.saving.drain()
    assert telling.kinds == [KEPT]
    telling.tell()
    assert telling.kinds == []
    assert len(telling.saved) == 1


def test_a_deed_that_is_on_its_way_once_more_stays_kept(telling: Telling) -> None:
    telling.put_deed(lambda _desk: 1)
    telling.put_deed(lambda _desk: 2)
    telling.tell(1)
    assert (telling.saved, telling.kinds) == ([1], [KEPT])
    telling.tell()
    assert (telling.saved, telling.kinds) == ([1, 2], [])


@pytest.mark.parametrize("is_leaving", [False, True])
def test_a_deed_that_is_refused_is_told_and_not_kept(telling: Telling, is_leaving: bool) -> None:
    telling.put_deed(full)
    telling.saving.is_leaving = is_leaving
    telling.tell()
    assert isinstance(telling.refused[0], StoreFullError)
    assert telling.kinds == []


@pytest.mark.parametrize(("is_leaving", "kept"), [(False, []), (True, [KEPT])])
def test_a_deed_that_is_given_up_is_kept_only_where_nobody_reads_of_it(
    telling: Telling, is_leaving: bool, kept: list[str]
) -> None:
    with locked(telling.saving.desk):
        telling.saving.cancel(telling.put_deed(skip))
        telling.saving.is_leaving = is_leaving
        telling.tell()
    assert (telling.refused, telling.kinds) == ([None], kept)


# Words


def test_words_stay_kept_while_newer_ones_are_on_their_way(telling: Telling) -> None:
    telling.put_note("first", lambda _desk: 1)
    telling.put_note("second", lambda _desk: 2)
    telling.tell(1)
    assert telling.saving.words.at(NOTE)
    telling.tell()
    assert telling.kinds == []


def test_a_refusal_marks_nothing_that_is_meant_anew_and_is_dropped_by_the_next_try(telling: Telling) -> None:
    telling.put_note("first", full)
    telling.put_note("second", lambda _desk: 2)
    telling.tell(1)
    found = telling.saving.words.at(NOTE)
    assert found and found.text == "second"
    assert telling.saving.refused == {}
    telling.tell()
    telling.put_note("third", full)
    telling.tell()
    assert [each.words for each in telling.saving.refused.values()] == ["third"]
    telling.put_note("fourth", lambda _desk: 4)
    assert telling.saving.refused == {}
    telling.tell()
    assert telling.kinds == []


def test_words_that_somebody_needed_meanwhile_are_not_replaced_by_those_read(telling: Telling) -> None:
    read = telling.saving.read_words()
    telling.saving.words.keep(NOTE, "typed meanwhile")
    telling.saving.take_words(read)
    assert telling.kinds == ["note"]


# Keys that wait


def test_text_typed_ahead_is_kept_at_the_last_place_alone(telling: Telling) -> None:
    saving = telling.saving
    saving.keep_ahead(SKIP, "a")
    saving.keep_ahead(SKIP, "ab")
    assert [words.text for words in saving.words.all()] == ["ab"]
    saving.keep_ahead(NOTE, "abc")
    assert telling.kinds == [f"{AHEAD} note"]
    assert saving.take_typed_ahead("demo:1") == [], "it may still be carried out"
    assert saving.unsaved_subjects() == frozenset()
    saving.forget_ahead()
    assert telling.kinds == []


def test_text_dropped_untold_is_told_at_its_subject_and_nowhere_else(telling: Telling) -> None:
    saving = telling.saving
    saving.keep_ahead(SKIP, "ab")
    saving.forget_ahead(is_told=False)
    saving.forget_ahead()
    assert saving.take_typed_ahead("demo:2") == []
    assert saving.take_typed_ahead("demo:1") == [
        "You typed “ab” while another change waited to be saved; it was not carried out."
    ]
    assert saving.take_typed_ahead("demo:1") == []


def test_text_typed_ahead_stays_kept_when_the_desk_ends(telling: Telling) -> None:
    telling.saving.keep_ahead(SKIP, "ab")
    telling.saving.finish(1.0)
    assert left(telling) == {f"{AHEAD} skip": "ab"}
    telling.saving.forget_ahead()
    assert telling.kinds == [f"{AHEAD} skip"]


def test_what_is_left_undone_is_told_once_and_marks_its_subject_until_that_is_opened(telling: Telling) -> None:
    earlier = UnsavedWords(telling.saving.desk.path, telling.saving.desk.annotator)
    earlier.keep(Place("demo:2", "kinds", "", f"{DEED} skip"), "")
    earlier.keep(Place("", "", "", f"{AHEAD} {UNDO}"), "ab")
    earlier.keep(Place("demo:3", "kinds", "", f"{AHEAD} skip"), "cd")
    earlier.close()
    saving = telling.saving
    assert len(saving.words.all()) == 3
    saving.keep_ahead(Place("", "", "", "redo"), "ef")
    assert saving.take_left_undone() == [
        "demo:2 under kinds was not skipped before the desk was closed.",
        "You typed “ab” while an undo waited to be saved; it was not carried out.",
    ]
    assert saving.take_left_undone() == []
    assert telling.kinds == [f"{AHEAD} redo", f"{AHEAD} skip"]
    assert saving.unsaved_subjects() == {"demo:2", "demo:3"}
    saving.take_typed_ahead("demo:2")
    assert saving.unsaved_subjects() == {"demo:3"}


def test_a_deed_of_a_review_marks_its_subject_there_until_that_is_opened(telling: Telling) -> None:
    earlier = UnsavedWords(telling.saving.desk.path, telling.saving.desk.annotator)
    earlier.keep(Place("demo:2", "kinds", "", f"{DEED} publishing"), "")
    earlier.close()
    saving = telling.saving
    assert saving.take_left_undone() == [
        "The adjudication of demo:2 under kinds was not published before the desk was closed."
    ]
    assert saving.unsaved_subjects() == saving.unsaved_reviews("GMF") == frozenset()
    assert saving.unsaved_reviews("kinds") == {"demo:2"}
    saving.take_typed_ahead("demo:2")
    assert saving.unsaved_reviews("kinds") == frozenset()


# Leaving


def test_a_deed_that_is_done_when_the_desk_ends_is_not_told_to_be_undone(telling: Telling) -> None:
    telling.put_deed(skip)
    telling.saving.drain()
    telling.saving.finish(1.0)
    assert left(telling) == {}


def test_what_cannot_be_written_when_the_desk_ends_keeps_its_words_where_it_has_any(telling: Telling) -> None:
    saving = telling.saving
    with locked(saving.desk):
        saving.put(skip, NOTE, print, print, words="a note")
        saving.put(skip, Place("demo:1", "kinds", "", "flag"), print, print)
        telling.put_deed(skip)
        saving.finish(BRIEFLY)
    assert left(telling) == {"note": "a note", KEPT: ""}


def test_words_are_kept_at_once_because_a_wait_may_be_ended_by_a_kill(telling: Telling) -> None:
    with locked(telling.saving.desk):
        telling.put_note("a note", skip)
        assert telling.kinds == ["note"]
    telling.tell()
    assert telling.kinds == []


def test_every_round_leaves_with_the_desk_and_only_words_that_were_read_are_written(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = telling.saving
    other = saving.of(saving.desk.in_round(2))
    assert other.of(saving.desk) is saving
    other.words.keep(NOTE, "in another round")

    def fail(_within: float) -> None:
        raise OutputError("The disk is full.")

    monkeypatch.setattr(other.words, "close", fail)
    saving.finish(1.0)
    assert saving.is_leaving and other.is_leaving
    assert "words" not in vars(saving)


def test_the_place_to_resume_is_written_once(telling: Telling) -> None:
    telling.saving.here = ResumePoint("demo:1", "kinds")
    telling.saving.remember()
    assert telling.saving.here is None
