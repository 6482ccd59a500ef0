"""Nobody decides about their own work, whichever way they try, unless the project allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.exchange.importing import import_records
from annotator.desk.settings import all_settings, change
from annotator.errors import AnswerError, NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.record import ClassificationRecord, RawValue
from tests.desk.making import choose
from tests.desk.test_adjudicating import hand_in, on_record

NAME = "allow_self_adjudication"
WAYS: dict[str, Callable[[Adjudication], object]] = {
    "rule": lambda it: it.rule("d:1", "desk", "maker", Answer(value="A"), "slip"),
    "adopt": lambda it: it.adopt("d:1", "desk", "maker", "eva", "slip"),
    "union": lambda it: it.union("d:1", "desk", "words", "slip"),
    "majority": lambda it: it.majority("d:1", "desk", "outcome", "slip"),
    "adjudicate": lambda it: it.adjudicate("d:1", "desk"),
    "reopen": lambda it: it.reopen("d:1", "desk"),
    "accept": lambda it: it.accept("d:1", "desk", "majority", "batch"),
}


@pytest.fixture
def cleo(path: Path) -> Iterator[Desk]:
    """Cleo, who may decide."""
    desk = open_desk(path, "cleo")
    yield desk
    desk.close()


@pytest.fixture
def disputed(eva: Desk, bob: Desk) -> None:
    """Eva and Bob handed in, and differ on who made it."""
    hand_in(eva, maker="A", words=["x"])
    hand_in(bob, maker="B", words=["x"])


@pytest.fixture
def open_to_all(eva: Desk) -> None:
    """Nobody annotates blind, so whoever decided may still classify."""
    change(eva.store, "eva", "blind_annotation", "no")


def bring(path: Path) -> None:
    """Work that Cleo handed in elsewhere comes with an import, which leaves what she may undo and redo as it is."""
    record = ClassificationRecord(
        subject="d:1", taxonomy="desk", annotator="Cleo", values=(RawValue("maker", "A"),), status="submitted",
        place="line 1",
    )  # fmt: skip
    with closing(open_desk(path, "lead")) as lead:
        import_records(lead.project, [record], "test", by="lead")


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["eva", " EVA", "ｅｖａ"])
def test_no_way_to_decide_about_ones_own_work(path: Path, way: str, name: str) -> None:
    own = open_desk(path, name)
    before = on_record(own)
    with pytest.raises(AnswerError, match="classified it yourself"):
        WAYS[way](own.adjudication)
    assert on_record(own) == before
    own.close()


@pytest.mark.usefixtures("disputed")
def test_bulk_leaves_ones_own_subjects_to_others(eva: Desk, bob: Desk, cleo: Desk) -> None:
    hand_in(eva, "d:2")
    hand_in(bob, "d:2")
    done = eva.adjudication.accept_agreed("desk", "unanimous")
    assert done.accepted == []
    assert "classified it yourself" in done.refused["d:2"]
    assert cleo.adjudication.accept_agreed("desk", "unanimous").accepted == ["d:2"]


@pytest.mark.usefixtures("disputed")
def test_a_draft_is_work_of_ones_own_too(cleo: Desk) -> None:
    choose(cleo, "d:1", "maker", "C")
    with pytest.raises(AnswerError, match=r"yourself \(draft\)"):
        cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    cleo.history.undo()
    assert cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip").rulings["maker"].by == "cleo"


@pytest.mark.usefixtures("disputed", "open_to_all")
def test_ruling_first_and_classifying_afterwards_does_not_count(cleo: Desk, path: Path) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    hand_in(cleo, maker="A")
    at_work = open_desk(path, "dan")
    dan = at_work.adjudication
    with pytest.raises(AnswerError, match="maker: is disputed and nobody has ruled"):
        dan.adjudicate("d:1", "desk")
    dan.adopt("d:1", "desk", "maker", "eva", "slip")
    assert dan.adjudicate("d:1", "desk").rulings["maker"].by == "dan"
    at_work.close()


@pytest.mark.usefixtures("disputed", "open_to_all")
@pytest.mark.parametrize("name", ["cleo", "CLEO"])
def test_classifying_what_one_adjudicated_makes_it_stale(cleo: Desk, path: Path, name: str) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    cleo.adjudication.adjudicate("d:1", "desk")
    with closing(open_desk(path, name)) as same:
        choose(same, "d:1", "maker", "A")
    assert cleo.review.of("d:1", "desk").stale == ("cleo decided about it and has classified it too",)


@pytest.mark.usefixtures("disputed", "open_to_all")
def test_redo_is_no_way_round(cleo: Desk, path: Path) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    cleo.history.undo()
    bring(path)
    with pytest.raises(AnswerError, match="classified it yourself"):
        cleo.history.redo()
    assert on_record(cleo).rulings == {}


@pytest.mark.usefixtures("disputed", "open_to_all")
def test_undoing_a_reopening_is_deciding_but_taking_back_a_ruling_is_not(cleo: Desk, path: Path) -> None:
    dan = open_desk(path, "dan")
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    dan.adjudication.adjudicate("d:1", "desk")
    cleo.adjudication.reopen("d:1", "desk")
    bring(path)
    with pytest.raises(AnswerError, match="classified it yourself"):
        cleo.history.undo()
    assert on_record(cleo).status == "draft"
    dan.close()


@pytest.mark.usefixtures("disputed", "open_to_all")
def test_ones_own_ruling_is_taken_back_after_classifying_too(cleo: Desk, path: Path) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    bring(path)
    assert cleo.history.undo()
    assert on_record(cleo).rulings == {}


@pytest.mark.usefixtures("disputed", "open_to_all")
@pytest.mark.parametrize("name", ["cleo", "CLEO", "Ｃｌｅｏ"])
def test_another_spelling_undoes_what_one_did_oneself(cleo: Desk, path: Path, name: str) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    with closing(open_desk(path, name)) as same:
        hand_in(same, maker="A")
        assert same.history.undo()
        assert same.tagging.status("d:1", "desk") == "draft"
        while same.history.undo():
            pass
    assert on_record(cleo).rulings == {}
    assert cleo.tagging.status("d:1", "desk") == "untouched"


@pytest.mark.usefixtures("disputed")
def test_another_round_is_other_work(path: Path) -> None:
    second = open_desk(path, "eva", round_=2)
    with pytest.raises(AnswerError, match="nobody has handed in"):
        second.adjudication.rule("d:1", "desk", "maker", Answer(value="A"), "slip")
    second.close()


@pytest.mark.usefixtures("disputed")
def test_a_project_can_allow_it_and_forbid_it_again(eva: Desk, cleo: Desk) -> None:
    (setting,) = (each for each in all_settings(eva.store) if each.name == NAME)
    assert (setting.value, setting.set_by) == ("no", "")
    assert change(cleo.store, "cleo", NAME, "Yes").set_by == "cleo"
    eva.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    assert eva.adjudication.adjudicate("d:1", "desk").status == "adjudicated"
    assert eva.review.of("d:1", "desk").stale == ()
    change(cleo.store, "cleo", NAME, "no")
    assert eva.review.of("d:1", "desk").stale == ("eva decided about it and has classified it too",)


@pytest.mark.parametrize(
    ("name", "value", "who", "error"),
    [("colour", "yes", "eva", NotFoundError), (NAME, "perhaps", "eva", RequestError), (NAME, "yes", "", RequestError)],
)
def test_a_setting_that_cannot_be(eva: Desk, name: str, value: str, who: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        change(eva.store, who, name, value)
    assert all_settings(eva.store)[0].value == "no"


@pytest.mark.parametrize("name", ["adjudicated", " Adjudicated ", "ＡＤＪＵＤＩＣＡＴＥＤ"])
def test_nobody_works_under_the_name_of_the_adjudicated(path: Path, name: str) -> None:
    with pytest.raises(RequestError, match="adjudications are kept under"):
        open_desk(path, name)


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize("way", WAYS)
def test_nobody_decides_without_a_name(path: Path, way: str) -> None:
    nobody = open_desk(path, "")
    assert "Say who you are" in nobody.adjudication.refusal("d:1", "desk")
    with pytest.raises(RequestError, match="Say who you are"):
        WAYS[way](nobody.adjudication)
    assert on_record(nobody).status == "untouched"
    nobody.close()


@pytest.mark.usefixtures("disputed")
def test_who_does_not_say_who_they_are_is_told_that_and_not_what_they_might_be_at_work_on(
    cleo: Desk, path: Path
) -> None:
    choose(cleo, "d:1", "maker", "C")
    nobody = open_desk(path, "")
    for publish in (nobody.publishing.publish, nobody.publishing.withdraw):
        with pytest.raises(RequestError, match="Say who you are"):
            publish("d:1", "desk")
    nobody.close()
