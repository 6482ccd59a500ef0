"""Help with answering: own habits, what is published, names at hand; never what others think of this subject."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer, Identity
from tests.desk.making import TAXONOMY, choose, make_desk


def publish(desk: Desk, annotator: str, key: str, field: str, value: Any) -> None:
    """Let an import bring a published classification."""
    of = Identity(subject=key, taxonomy="desk", annotator=annotator)
    payload = {
        "answers": {field: {"value": value}}, "notes": "", "status": "submitted", "publish": "published",
    }  # fmt: skip
    desk.store.record(annotator, "imported", of, 1, payload)


def test_frequent_choices_come_first_and_then_recent_ones(eva: Desk) -> None:
    for key, outcome in (("d:1", "near"), ("d:2", "none"), ("d:3", "happened"), ("d:4", "near")):
        choose(eva, key, "outcome", outcome)
    assert eva.tagging.frequent_choices("desk", "outcome") == ["near", "happened", "none"]
    choose(eva, "d:5", "sectors", ["police", "health"])
    choose(eva, "d:6", "sectors", ["health"])
    assert eva.tagging.frequent_choices("desk", "sectors") == ["health", "police"]


def test_only_own_answers_count_as_habits(eva: Desk, bob: Desk) -> None:
    choose(bob, "d:1", "outcome", "near")
    eva.tagging.answer("d:2", "desk", "outcome", Answer(state="unknown"))
    assert eva.tagging.frequent_choices("desk", "outcome") == []


def test_hidden_answers_are_no_habit(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", ["death"])
    choose(eva, "d:1", "outcome", "none")
    assert eva.tagging.frequent_choices("desk", "harm") == []


def test_completions_begin_with_what_was_typed_then_contain_it(eva: Desk) -> None:
    for key, words in (("d:1", ["robotics", "robot"]), ("d:2", ["delivery robot", "robot"]), ("d:3", ["Ramp"])):
        choose(eva, key, "words", words)
    assert eva.tagging.completions("d:4", "desk", "words", "rob") == ["robot", "robotics", "delivery robot"]
    assert eva.tagging.completions("d:4", "desk", "words", "ROB", limit=1) == ["robot"]
    assert eva.tagging.completions("d:4", "desk", "words", "r")[0] == "robot"
    assert set(eva.tagging.completions("d:4", "desk", "words", "")) == {"robot", "robotics", "Ramp", "delivery robot"}
    assert eva.tagging.completions("d:4", "desk", "words", "xyz") == []


def test_completions_come_from_other_fields_entities_and_history(eva: Desk) -> None:
    choose(eva, "d:2", "vendor", "Zeta")
    choose(eva, "d:3", "maker", "Eta")
    choose(eva, "d:1", "maker", "Theta")
    offered = eva.tagging.completions("d:1", "desk", "vendor", "")
    assert offered[:2] == ["Theta", "Zeta"]
    assert set(offered) == {"Theta", "Zeta", "Eta", "Acme Robotics", "Passers-by"}
    assert "Acme Robotics" in eva.tagging.completions("d:1", "desk", "vendor", "acme")
    assert "Acme Robotics" not in eva.tagging.completions("d:2", "desk", "vendor", "acme")
    assert eva.tagging.completions("d:1", "desk", "maker", "acme") == []


def test_a_field_without_history_suggests_nothing(eva: Desk) -> None:
    choose(eva, "d:1", "remark", "It was a Tuesday.")
    assert eva.tagging.completions("d:2", "desk", "remark", "It") == []


@pytest.mark.parametrize("field", ["words", "maker", "vendor"])
def test_what_others_said_is_suggested_only_when_published_and_of_another_subject(
    eva: Desk, bob: Desk, field: str
) -> None:
    def said(text: str) -> Any:
        return [text] if field == "words" else text

    choose(bob, "d:1", field, said("bob thinks"))
    choose(bob, "d:2", field, said("bob thinks elsewhere"))
    publish(eva, "AIID", "d:1", field, said("published here"))
    publish(eva, "AIID", "d:2", field, said("published elsewhere"))
    assert eva.tagging.completions("d:1", "desk", field, "bob") == []
    assert eva.tagging.completions("d:1", "desk", field, "published") == ["published elsewhere"]
    assert eva.tagging.completions("d:2", "desk", field, "published") == ["published here"]


def test_what_was_published_may_be_withdrawn(eva: Desk) -> None:
    eva.tagging.note("d:2", "desk", "under a taxonomy that is in the file")
    publish(eva, "AIID", "d:2", "maker", "Withdrawn Ltd")
    of = Identity(subject="d:2", taxonomy="desk", annotator="AIID")
    eva.store.record("AIID", "withdrawn", of, 1, {})
    assert eva.tagging.completions("d:1", "desk", "maker", "With") == []


OWN_FIELD = "{id: maker, label: Maker, kind: text, complete_from: {history: false, fields: [maker, deaths, words]}}"


def test_fields_complete_one_with_their_texts_but_not_with_its_own(tmp_path: Path) -> None:
    path = make_desk(tmp_path)
    asked = TAXONOMY.replace("{id: maker, label: Maker, kind: text}", OWN_FIELD)
    (tmp_path / "taxonomies" / "desk.yaml").write_text(asked, encoding="utf-8")
    with closing(open_desk(path, "eva")) as eva:
        choose(eva, "d:1", "outcome", "happened")
        choose(eva, "d:1", "harm", ["death"])
        for field, value in (("deaths", 2), ("words", ["robot", "ramp"]), ("maker", "Acme")):
            choose(eva, "d:1", field, value)
        assert eva.tagging.completions("d:1", "desk", "maker", "") == ["robot", "ramp"]
