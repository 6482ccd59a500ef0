"""What annotators say about their own work is nothing to decide, however much it differs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.errors import AnswerError
from annotator.model.review import ReviewView
from tests.desk.making import TAXONOMY, ailments, choose, make_desk

WORK = """
  - {id: desk_number, label: Number of the desk, kind: text, required: true, public: false}
"""


@pytest.fixture
def people(tmp_path: Path) -> Iterator[list[Desk]]:
    """Two who classify and one who decides, under a taxonomy that asks for the desk they sit at."""
    path = make_desk(tmp_path)
    (tmp_path / "taxonomies" / "desk.yaml").write_text(TAXONOMY.rstrip() + WORK, encoding="utf-8")
    desks = [open_desk(path, name) for name in ("eva", "bob", "cleo")]
    yield desks
    assert ailments(desks[0]) == []
    for desk in desks:
        desk.close()


def hand_in(desk: Desk, number: str, remark: str = "") -> None:
    choose(desk, "d:1", "outcome", "none")
    choose(desk, "d:1", "desk_number", number)
    if remark:
        choose(desk, "d:1", "remark", remark)
    desk.tagging.submit("d:1", "desk")


def test_they_are_neither_disputed_nor_decided(people: list[Desk]) -> None:
    eva, bob, cleo = people
    hand_in(eva, "7")
    hand_in(bob, "8")
    decide = cleo.adjudication
    assert [each.field for each in cleo.review.of("d:1", "desk").fields] == ["outcome"]
    assert cleo.review.queue(ReviewView("desk")) == []
    assert decide.accept_agreed("desk", "unanimous").accepted == ["d:1"]
    assert list(cleo.review.classification("d:1", "desk").answers) == ["outcome"]
    eva.tagging.reopen("d:1", "desk")
    choose(eva, "d:1", "desk_number", "9")
    eva.tagging.submit("d:1", "desk")
    assert cleo.review.of("d:1", "desk").stale == ()


def test_long_texts_join_one_below_the_other(people: list[Desk]) -> None:
    eva, bob, cleo = people
    hand_in(eva, "7", "It was raining.")
    hand_in(bob, "8", "The ramp was wet.")
    decide = cleo.adjudication
    assert [each.field for each in cleo.review.disagreements("d:1", "desk")] == ["remark"]
    decide.union("d:1", "desk", "remark", "judgement")
    decide.adjudicate("d:1", "desk")
    joined = cleo.review.classification("d:1", "desk").answers["remark"].value
    assert sorted(joined.split("\n\n")) == ["It was raining.", "The ramp was wet."]


def test_what_they_say_alone_is_no_answer_to_put_on_record(tmp_path: Path) -> None:
    path = make_desk(tmp_path)
    asked = (TAXONOMY.rstrip() + WORK).replace(" required: true,", "").replace("    required: true\n", "")
    (tmp_path / "taxonomies" / "desk.yaml").write_text(asked, encoding="utf-8")
    with closing(open_desk(path, "eva")) as eva, closing(open_desk(path, "cleo")) as cleo:
        choose(eva, "d:1", "desk_number", "7")
        eva.tagging.submit("d:1", "desk")
        with pytest.raises(AnswerError, match="d:1 under desk: nobody has handed in any answer"):
            cleo.adjudication.adjudicate("d:1", "desk")
        assert cleo.review.classification("d:1", "desk").status == "untouched"
