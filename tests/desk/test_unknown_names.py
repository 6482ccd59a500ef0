"""Keys, taxonomies and fields that are not there: a sentence, never a traceback, and nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Session, open_session
from annotator.errors import AnnotatorError, NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from tests.desk.making import events

CALLS: dict[str, Callable[[Session, str, str, str], object]] = {
    "classification": lambda s, key, ns, field: s.classification(key, ns),
    "set_answer": lambda s, key, ns, field: s.set_answer(key, ns, field, Answer(value="none")),
    "clear_answer": lambda s, key, ns, field: s.clear_answer(key, ns, field),
    "set_note": lambda s, key, ns, field: s.set_note(key, ns, "note"),
    "raise_flag": lambda s, key, ns, field: s.raise_flag(key, ns, "why?", field),
    "resolve_flag": lambda s, key, ns, field: s.resolve_flag(key, ns, "no-flag"),
    "skip": lambda s, key, ns, field: s.skip(key, ns, "later"),
    "problems": lambda s, key, ns, field: s.problems(key, ns),
    "submit": lambda s, key, ns, field: s.submit(key, ns),
    "reopen": lambda s, key, ns, field: s.reopen(key, ns),
    "history": lambda s, key, ns, field: s.history(key, ns),
    "completions": lambda s, key, ns, field: s.completions(key, ns, field, "a"),
    "frequent_choices": lambda s, key, ns, field: s.frequent_choices(ns, field),
    "taxonomy": lambda s, key, ns, field: s.taxonomy(ns),
    "subject": lambda s, key, ns, field: s.subject(key),
    "prefetch": lambda s, key, ns, field: s.prefetch(key),
    "kind_of": lambda s, key, ns, field: s.kind_of(key),
}
NO_KEY = CALLS.keys() - {"frequent_choices", "taxonomy"}
NO_TAXONOMY = CALLS.keys() - {"subject", "prefetch", "kind_of"}
NO_FIELD = {"set_answer", "raise_flag", "completions", "frequent_choices"}


@pytest.mark.parametrize("name", sorted(NO_KEY))
@pytest.mark.parametrize("key", ["d:99", "", "D:1", "d:1 ", "'; DROP TABLE events", "d:1\0"])
def test_an_unknown_subject(eva: Session, name: str, key: str) -> None:
    with pytest.raises(NotFoundError, match="no such subject"):
        CALLS[name](eva, key, "desk", "maker")
    assert events(eva) == 0


@pytest.mark.parametrize("name", sorted(NO_KEY))
def test_a_key_that_is_no_text(eva: Session, name: str) -> None:
    with pytest.raises(RequestError, match="not text; type it again"):
        CALLS[name](eva, "d:\udcff", "desk", "maker")
    assert events(eva) == 0


@pytest.mark.parametrize("field", ["search", "kind", "taxonomy", "status", "annotator", "since", "until"])
def test_a_view_that_is_no_text(eva: Session, field: str) -> None:
    view = QueueView(**{field: "\udcff"})  # type: ignore[arg-type]
    if field == "search":
        assert eva.queue(view).count == 8
    else:
        with pytest.raises(RequestError, match="not text; type it again"):
            eva.queue(view)


@pytest.mark.parametrize("name", sorted(NO_TAXONOMY))
@pytest.mark.parametrize("namespace", ["desks", "CSETv9"])
def test_an_unknown_taxonomy(eva: Session, name: str, namespace: str) -> None:
    with pytest.raises(NotFoundError, match=f"no taxonomy is called '{namespace}'"):
        CALLS[name](eva, "d:1", namespace, "outcome")
    assert events(eva) == 0


@pytest.mark.parametrize("name", sorted(NO_FIELD))
def test_an_unknown_field(eva: Session, name: str) -> None:
    with pytest.raises(NotFoundError, match="desk has no field 'colour'; `annotator taxonomy show desk`"):
        CALLS[name](eva, "d:1", "desk", "colour")
    assert events(eva) == 0


def test_a_field_that_a_taxonomy_no_longer_has_can_be_cleared(eva: Session) -> None:
    assert eva.clear_answer("d:1", "desk", "colour").status == "untouched"
    assert events(eva) == 0


def test_unknown_subjects_in_the_queue_are_no_error(eva: Session) -> None:
    assert eva.queue(QueueView()).position_of("d:99") is None
    assert eva.next_key(QueueView(), "d:99") == "d:1"


def test_an_unknown_version_of_a_taxonomy(eva: Session) -> None:
    with pytest.raises(NotFoundError, match="desk has no version 7; there is 1"):
        eva.taxonomy("desk", 7)


def test_a_folder_of_taxonomies_that_is_not_there(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no folder"):
        open_session(path, "eva", [tmp_path / "gone"])
    with pytest.raises(NotFoundError):
        open_session(tmp_path / "never made.db", "eva", [tmp_path / "gone"])
    assert not (tmp_path / "never made.db").exists()


def test_a_single_file_may_be_named_as_a_folder_of_taxonomies(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "colours.yaml"
    file.write_text("namespace: colours\nversion: 1\nfields: [{id: colour, kind: text}]\n")
    with closing(open_session(path, "eva", [file])) as session:
        assert session.taxonomy("colours").by_id["colour"].kind == "text"


def test_a_broken_taxonomy_beside_the_database_does_not_stop_work_under_others(path: Path) -> None:
    (path.parent / "taxonomies" / "broken.yaml").write_text("namespace: broken\nversion: 1\nfields: nonsense\n")
    with closing(open_session(path, "eva")) as session:
        session.set_answer("d:1", "desk", "outcome", Answer(value="none"))
        with pytest.raises(AnnotatorError, match=r"broken\.yaml"):
            session.taxonomy("broken")
