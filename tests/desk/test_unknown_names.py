"""Keys, taxonomies and fields that are not there: a sentence, never a traceback, and nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.errors import AnnotatorError, NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from tests.desk.making import events

pytestmark = pytest.mark.long

CALLS: dict[str, Callable[[Desk, str, str, str], object]] = {
    "classification": lambda s, key, ns, field: s.tagging.classification(key, ns),
    "set_answer": lambda s, key, ns, field: s.tagging.answer(key, ns, field, Answer(value="none")),
    "clear_answer": lambda s, key, ns, field: s.tagging.clear(key, ns, field),
    "set_note": lambda s, key, ns, field: s.tagging.note(key, ns, "note"),
    "raise_flag": lambda s, key, ns, field: s.tagging.raise_flag(key, ns, "why?", field),
    "resolve_flag": lambda s, key, ns, field: s.tagging.resolve_flag(key, ns, "no-flag"),
    "skip": lambda s, key, ns, field: s.tagging.skip(key, ns, "later"),
    "problems": lambda s, key, ns, field: s.tagging.problems(key, ns),
    "submit": lambda s, key, ns, field: s.tagging.submit(key, ns),
    "reopen": lambda s, key, ns, field: s.tagging.reopen(key, ns),
    "history": lambda s, key, ns, field: s.history.of(key, ns),
    "completions": lambda s, key, ns, field: s.tagging.completions(key, ns, field, "a"),
    "frequent_choices": lambda s, key, ns, field: s.tagging.frequent_choices(ns, field),
    "taxonomy": lambda s, key, ns, field: s.subjects.taxonomy(ns),
    "subject": lambda s, key, ns, field: s.subjects.subject(key),
    "prefetch": lambda s, key, ns, field: s.subjects.prefetch(key),
    "kind_of": lambda s, key, ns, field: s.subjects.kind_of(key),
    "precedents": lambda s, key, ns, field: s.review.precedents(key, ns, field),
    "undecided": lambda s, key, ns, field: s.review.undecided(ns),
    "witnesses": lambda s, key, ns, field: s.review.witnesses(ns),
}
NO_KEY = CALLS.keys() - {"frequent_choices", "taxonomy", "undecided", "witnesses"}
NO_TAXONOMY = CALLS.keys() - {"subject", "prefetch", "kind_of"}
NO_FIELD = {"set_answer", "raise_flag", "completions", "frequent_choices", "precedents"}


@pytest.mark.parametrize("name", sorted(NO_KEY))
@pytest.mark.parametrize("key", ["d:99", "", "D:1", "d:1 ", "'; DROP TABLE events", "d:1\0"])
def test_an_unknown_subject(eva: Desk, name: str, key: str) -> None:
    with pytest.raises(NotFoundError, match="no such subject"):
        CALLS[name](eva, key, "desk", "maker")
    assert events(eva) == 0


@pytest.mark.parametrize("name", sorted(NO_KEY))
def test_a_key_that_is_no_text(eva: Desk, name: str) -> None:
    with pytest.raises(RequestError, match="not text; type it again"):
        CALLS[name](eva, "d:\udcff", "desk", "maker")
    assert events(eva) == 0


@pytest.mark.parametrize("field", ["search", "kind", "taxonomy", "status", "annotator", "since", "until"])
def test_a_view_that_is_no_text(eva: Desk, field: str) -> None:
    view = QueueView(**{field: "\udcff"})  # type: ignore[arg-type]
    if field == "search":
        assert eva.queue.open(view).count == 8
    else:
        with pytest.raises(RequestError, match="not text; type it again"):
            eva.queue.open(view)


@pytest.mark.parametrize("name", sorted(NO_TAXONOMY))
@pytest.mark.parametrize("namespace", ["desks", "CSETv9"])
def test_an_unknown_taxonomy(eva: Desk, name: str, namespace: str) -> None:
    with pytest.raises(NotFoundError, match=f"no taxonomy is called '{namespace}'"):
        CALLS[name](eva, "d:1", namespace, "outcome")
    assert events(eva) == 0


@pytest.mark.parametrize("name", sorted(NO_FIELD))
def test_an_unknown_field(eva: Desk, name: str) -> None:
    with pytest.raises(NotFoundError, match="desk has no field 'colour'; `annotator taxonomy show desk`"):
        CALLS[name](eva, "d:1", "desk", "colour")
    assert events(eva) == 0


def test_a_field_that_a_taxonomy_no_longer_has_can_be_cleared(eva: Desk) -> None:
    assert eva.tagging.clear("d:1", "desk", "colour").status == "untouched"
    assert events(eva) == 0


def test_unknown_subjects_in_the_queue_are_no_error(eva: Desk) -> None:
    assert eva.queue.open(QueueView()).position_of("d:99") is None
    assert eva.queue.next_key(QueueView(), "d:99") == "d:1"


def test_an_unknown_version_of_a_taxonomy(eva: Desk) -> None:
    with pytest.raises(NotFoundError, match="desk has no version 7; there is 1"):
        eva.subjects.taxonomy("desk", 7)


def test_a_folder_of_taxonomies_that_is_not_there(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no folder"):
        open_desk(path, "eva", [tmp_path / "gone"])
    with pytest.raises(NotFoundError):
        open_desk(tmp_path / "never made.db", "eva", [tmp_path / "gone"])
    assert not (tmp_path / "never made.db").exists()


def test_a_single_file_may_be_named_as_a_folder_of_taxonomies(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "colours.yaml"
    file.write_text("namespace: colours\nversion: 1\nfields: [{id: colour, kind: text}]\n")
    with closing(open_desk(path, "eva", [file])) as desk:
        assert desk.subjects.taxonomy("colours").by_id["colour"].kind == "text"


def test_a_broken_taxonomy_beside_the_database_does_not_stop_work_under_others(path: Path) -> None:
    (path.parent / "taxonomies" / "broken.yaml").write_text("namespace: broken\nversion: 1\nfields: nonsense\n")
    with closing(open_desk(path, "eva")) as desk:
        desk.tagging.answer("d:1", "desk", "outcome", Answer(value="none"))
        with pytest.raises(AnnotatorError, match=r"broken\.yaml"):
            desk.subjects.taxonomy("broken")
