"""What was done apart and does not say the same: who sees it, what it keeps from happening, and what settles it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.conflicts.sides import OpenConflict
from annotator.desk.exchange.importing import import_records
from annotator.desk.team.assignment import Wish
from annotator.desk.team.taking_back import OpenWork
from annotator.errors import AnswerError, NotFoundError, RequestError
from annotator.model.classification import Answer, Classification
from annotator.model.person import ADJUDICATED
from annotator.model.record import ClassificationRecord, RawValue
from tests.desk.apart import closing_desk, parted
from tests.desk.making import SECOND_VERSION, ailments, choose, submit_fully


@pytest.fixture(autouse=True)
def _sound(path: Path) -> Iterator[None]:
    """Whatever was settled, and however, the file equals its log."""
    yield
    with closing_desk(path) as desk:
        assert ailments(desk) == []


def apart(path: Path, one: str, other: str, field: str = "maker", key: str = "d:1", name: str = "eva") -> None:
    """Somebody answers a field on two copies, the second time later; both come together."""
    with parted(path, name, name) as (here, there):
        choose(here, key, field, one)
        choose(there, key, field, other)


def conflicts(desk: Desk) -> dict[str, OpenConflict]:
    """By place, those that somebody may see."""
    return {each.place: each for each in desk.conflicts.listed().conflicts}


def side(desk: Desk, place: str, kind: str = "", **said: object) -> str:
    """The event of the one side that says something."""
    (found,) = (
        each.event
        for each in conflicts(desk)[place].sides
        if kind in {"", each.kind} and said.items() <= {**each.said, **each.said.get("answer", {})}.items()
    )
    return found


def mine(desk: Desk, key: str = "d:1") -> Classification:
    return desk.tagging.classification(key, "desk")


def decided(desk: Desk, key: str = "d:1") -> Classification:
    return desk.review.classification(key, "desk")


def test_two_answers_given_apart_are_listed_with_who_when_and_where(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        (found,) = eva.conflicts.listed().conflicts
        assert (found.place, found.field, found.subject, found.annotator) == ("answer:maker", "maker", "d:1", "eva")
        assert {each.said["answer"]["value"]: each.by for each in found.sides} == {"Ajax": "eva", "Bolt": "eva"}
        assert len({each.replica for each in found.sides}) == 2
        assert not any(each.is_here for each in found.sides)
        shown = mine(eva).answers["maker"]
        assert shown.state == "conflict"
        assert [each.said["answer"]["value"] for each in found.sides if each.is_shown] == [shown.value]


@pytest.mark.parametrize("kept", ["Ajax", "Bolt"])
def test_one_of_two_answers_is_kept(path: Path, kept: str) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        event = side(eva, "answer:maker", value=kept)
        eva.conflicts.keep(event.partition(":")[0][:6] + ":" + event.partition(":")[2])
        assert mine(eva).answers["maker"] == Answer(value=kept)
        assert conflicts(eva) == {}


def test_keeping_one_and_undoing_that_leaves_it_in_conflict_again(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        was, listed = mine(eva), conflicts(eva)
        eva.conflicts.keep(side(eva, "answer:maker", value="Ajax"))
        choose(eva, "d:1", "maker", "Cog")
        eva.history.undo()
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == ("Ajax", {})
        change = eva.history.undo()
        assert change and change.words == "undid: answer to Maker"
        assert (conflicts(eva), mine(eva).answers) == (listed, was.answers)
        with pytest.raises(AnswerError, match="was answered apart and not alike"):
            eva.tagging.submit("d:1", "desk")
        eva.history.redo()
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == ("Ajax", {})
        eva.history.undo()
        eva.conflicts.keep(side(eva, "answer:maker", value="Bolt"))
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == ("Bolt", {})


def test_what_was_kept_and_undone_here_is_in_conflict_with_what_was_said_elsewhere_since(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with parted(path, "eva", "eva") as (here, there):
        here.conflicts.keep(side(here, "answer:maker", value="Bolt"))
        here.history.undo()
        choose(there, "d:1", "maker", "Cog")
    with closing_desk(path, "eva") as eva:
        said = {each.said["answer"]["value"] for each in conflicts(eva)["answer:maker"].sides}
        assert said == {"Ajax", "Bolt", "Cog"}
        eva.conflicts.keep(side(eva, "answer:maker", value="Cog"))
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == ("Cog", {})


@pytest.mark.parametrize("anew", ["Ajax", "Bolt", "Cog"])
def test_an_answer_given_anew_settles_it_also_the_one_that_shows(path: Path, anew: str) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", anew)
        assert (mine(eva).answers["maker"], conflicts(eva)) == (Answer(value=anew), {})


def test_clearing_settles_it_too(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        eva.tagging.clear("d:1", "desk", "maker")
        assert (mine(eva).answers, conflicts(eva)) == ({}, {})


def test_the_same_said_apart_is_no_conflict(path: Path) -> None:
    apart(path, "Ajax", "Ajax")
    with closing_desk(path, "eva") as eva:
        assert (conflicts(eva), mine(eva).answers["maker"]) == ({}, Answer(value="Ajax"))


def test_what_was_undone_apart_counts_as_what_was_there_before(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "First")
        choose(eva, "d:1", "maker", "Second")
    with parted(path, "eva", "eva") as (here, there):
        here.history.undo()
        choose(there, "d:1", "maker", "Third")
    with closing_desk(path, "eva") as eva:
        eva.conflicts.keep(side(eva, "answer:maker", value="First"))
        assert mine(eva).answers["maker"].value == "First"


def test_what_was_undone_apart_and_was_the_first_amounts_to_no_answer(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "First")
    with parted(path, "eva", "eva") as (here, there):
        here.history.undo()
        choose(there, "d:1", "maker", "Third")
    with closing_desk(path, "eva") as eva:
        eva.conflicts.keep(side(eva, "answer:maker", "answer_cleared"))
        assert (mine(eva).answers, conflicts(eva)) == ({}, {})


@pytest.mark.parametrize("anew", [False, True])
def test_notes_written_apart_are_settled_by_keeping_one_or_by_the_same_note_again(path: Path, anew: bool) -> None:
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.note("d:1", "desk", "one")
        there.tagging.note("d:1", "desk", "two")
    with closing_desk(path, "eva") as eva:
        if anew:
            eva.tagging.note("d:1", "desk", mine(eva).notes)
        else:
            eva.conflicts.keep(side(eva, "note", text="one"))
            assert mine(eva).notes == "one"
        assert conflicts(eva) == {}


def test_handing_in_is_refused_while_anything_is_in_conflict_and_says_where(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        with pytest.raises(AnswerError, match="maker: was answered apart and not alike; keep one answer"):
            eva.tagging.submit("d:1", "desk")
        assert [each.field for each in eva.tagging.problems("d:1", "desk")] == ["maker"]
        choose(eva, "d:1", "maker", "Ajax")
        assert eva.tagging.submit("d:1", "desk").status == "submitted"


def test_what_was_handed_in_with_other_answers_is_a_draft_until_it_is_handed_in_again(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.submit("d:1", "desk")
        choose(there, "d:1", "maker", "Bolt")
    with closing_desk(path, "eva") as eva:
        (found,) = conflicts(eva)["status"].sides
        assert (mine(eva).status, found.kind) == ("draft", "submitted")
        eva.conflicts.keep(found.event)
        assert (mine(eva).status, conflicts(eva)) == ("submitted", {})


def test_it_can_be_reopened_instead(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.submit("d:1", "desk")
        choose(there, "d:1", "outcome", "near")
    with closing_desk(path, "eva") as eva:
        with pytest.raises(AnswerError, match="harm: is required"):
            eva.conflicts.keep(side(eva, "status", "submitted"))
        eva.tagging.reopen("d:1", "desk")
        assert (mine(eva).status, conflicts(eva)) == ("draft", {})
        with pytest.raises(RequestError, match="nothing to reopen"):
            eva.tagging.reopen("d:1", "desk")


def test_handing_in_apart_with_other_answers_each_time_is_one_conflict_of_the_status(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        choose(here, "d:1", "maker", "Ajax")
        here.tagging.submit("d:1", "desk")
        choose(there, "d:1", "vendor", "Bolt")
        there.tagging.submit("d:1", "desk")
    with closing_desk(path, "eva") as eva:
        assert list(conflicts(eva)) == ["status"]
        assert eva.tagging.submit("d:1", "desk").status == "submitted"
        assert conflicts(eva) == {}


def test_keeping_that_it_is_handed_in_reports_what_is_wrong_with_it(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.submit("d:1", "desk")
        there.tagging.clear("d:1", "desk", "outcome")
        choose(there, "d:1", "maker", "Bolt")
        there.tagging.skip("d:1", "desk", "not about AI")
    with closing_desk(path, "eva") as eva:
        with pytest.raises(AnswerError, match="outcome"):
            eva.conflicts.keep(side(eva, "status", "submitted"))
        eva.conflicts.keep(side(eva, "status", "skipped"))
        assert (mine(eva).status, mine(eva).skip_reason) == ("skipped", "not about AI")
        assert conflicts(eva) == {}


def handed_in_apart(path: Path) -> None:
    """Eva hands in one maker on one copy; on another she only answers another, earlier in the log."""
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        choose(here, "d:1", "maker", "Ajax")
        for number in range(3):
            there.tagging.note("d:2", "desk", str(number))
        choose(there, "d:1", "maker", "Bolt")
        there.tagging.submit("d:1", "desk")


def test_what_is_handed_in_keeps_only_what_it_says_until_it_is_reopened(path: Path) -> None:
    handed_in_apart(path)
    with closing_desk(path, "eva") as eva:
        assert (mine(eva).status, list(conflicts(eva))) == ("submitted", ["answer:maker"])
        with pytest.raises(AnswerError, match="d:1 under desk is submitted; reopen it before changing it"):
            eva.conflicts.keep(side(eva, "answer:maker", value="Ajax"))
        eva.conflicts.keep(side(eva, "answer:maker", value="Bolt"))
        assert (mine(eva).status, conflicts(eva)) == ("submitted", {})


def test_an_answer_in_conflict_takes_no_part_in_a_review_and_keeps_it_from_being_decided(path: Path) -> None:
    handed_in_apart(path)
    with closing_desk(path, "bob") as bob:
        choose(bob, "d:1", "maker", "Cog")
        submit_fully(bob, "d:1")
    with closing_desk(path, "lead") as lead:
        assert lead.review.disagreements("d:1", "desk") == []
        assert lead.review.of("d:1", "desk").fields[1].answers.keys() == {"bob"}
        with pytest.raises(
            AnswerError, match="maker: what was done apart does not say the same; `annotator conflicts`"
        ):
            lead.adjudication.adjudicate("d:1", "desk")
        refused = lead.adjudication.accept_agreed("desk", "unanimous").refused
        assert refused == {"d:1": "maker: what was done apart does not say the same; `annotator conflicts` lists it"}
        with pytest.raises(AnswerError, match=r"d:1 under desk: .* \(Maker\), so it cannot be published"):
            lead.publishing.release("d:1", "desk", "urgent", "eva")
        lead.conflicts.keep(side(lead, "answer:maker", value="Bolt"))
        assert [each.field for each in lead.review.disagreements("d:1", "desk")] == ["maker"]


def test_only_its_annotator_can_take_back_what_was_handed_in_to_keep_something_else(path: Path) -> None:
    handed_in_apart(path)
    with closing_desk(path, "lead") as lead:
        lead.settings.change("reviewers", "lead")
        with pytest.raises(AnswerError, match="only eva can reopen it"):
            lead.conflicts.keep(side(lead, "answer:maker", value="Ajax"))


# Decisions


def decided_apart(path: Path) -> None:
    """Eva and Bob differ on the maker; two leads decide about it apart."""
    for name in ("eva", "bob"):
        with closing_desk(path, name) as desk:
            choose(desk, "d:1", "maker", name)
            submit_fully(desk, "d:1")
    with parted(path, "lead", "chief") as (lead, chief):
        for desk, value in ((lead, "A"), (chief, "B")):
            desk.adjudication.rule("d:1", "desk", "maker", Answer(value=value), "judgement")
            desk.adjudication.adjudicate("d:1", "desk")


def test_two_decisions_made_apart_count_as_none(path: Path) -> None:
    decided_apart(path)
    with closing_desk(path, "lead") as lead:
        assert (decided(lead).status, decided(lead).decision) == ("draft", None)
        assert conflicts(lead).keys() == {"ruling:maker", "status"}
        with pytest.raises(AnswerError, match="maker"):
            lead.adjudication.adjudicate("d:1", "desk")
        with pytest.raises(AnswerError, match=r"the ruling on Maker.*cannot be published"):
            lead.publishing.publish("d:1", "desk")
        with pytest.raises(AnswerError, match="the ruling on Maker"):
            lead.conflicts.keep(conflicts(lead)["status"].sides[0].event)


def test_a_decision_from_elsewhere_that_was_reopened_apart_is_kept_as_one_from_elsewhere(path: Path) -> None:
    ruling = {"source": "ruled", "by": "dan", "at": "2030-01-01", "cause": "slip"}
    answers = {"outcome": {"value": "none"}, "maker": {"value": "Ajax", "provenance": ruling}}
    said = {"subject": "d:1", "taxonomy": "desk", "annotator": "adjudicated", "answers": answers}
    (path.parent / "theirs.jsonl").write_text(json.dumps(said), encoding="utf-8")
    with closing_desk(path, "lead") as lead:
        lead.importing.import_path(path.parent / "theirs.jsonl")
    with parted(path, "lead", "chief") as (lead, chief):
        lead.adjudication.reopen("d:1", "desk")
        lead.history.undo()
        chief.adjudication.reopen("d:1", "desk", "look again")
    with closing_desk(path, "lead") as lead:
        assert decided(lead).status == "draft"
        lead.conflicts.keep(side(lead, "status", "adjudicated"))
        review = lead.review.of("d:1", "desk")
        assert review.elsewhere == "decided elsewhere (imported from theirs.jsonl)"
        assert {each.field: each.source for each in review.fields} == {"outcome": "elsewhere", "maker": "ruled"}
        assert [value.value for value in decided(lead).answers.values()] == ["none", "Ajax"]
        assert conflicts(lead) == {}
        assert ailments(lead) == []


def test_keeping_a_ruling_and_then_a_decision_puts_it_on_record(path: Path) -> None:
    decided_apart(path)
    with closing_desk(path, "lead") as lead:
        lead.conflicts.keep(side(lead, "ruling:maker", value="A"))
        kept = next(each for each in conflicts(lead)["status"].sides if each.by == "lead")
        lead.conflicts.keep(kept.event)
        assert (decided(lead).status, decided(lead).answers["maker"].value) == ("adjudicated", "A")
        assert conflicts(lead) == {}


def test_ruling_anew_what_shows_already_settles_it(path: Path) -> None:
    decided_apart(path)
    with closing_desk(path, "lead") as lead:
        shown = decided(lead).rulings["maker"].answer
        lead.adjudication.rule("d:1", "desk", "maker", shown, "judgement")
        assert "ruling:maker" not in conflicts(lead)
        assert lead.adjudication.adjudicate("d:1", "desk").status == "adjudicated"
        assert conflicts(lead) == {}


def test_a_ruling_undone_apart_is_taken_back_by_keeping_that(path: Path) -> None:
    for name in ("eva", "bob"):
        with closing_desk(path, name) as desk:
            choose(desk, "d:1", "maker", name)
            submit_fully(desk, "d:1")
    with closing_desk(path, "lead") as lead:
        lead.adjudication.rule("d:1", "desk", "maker", Answer(value="A"), "judgement")
    with parted(path, "lead", "chief") as (lead, chief):
        lead.history.undo()
        chief.adjudication.rule("d:1", "desk", "maker", Answer(value="B"), "judgement")
    with closing_desk(path, "lead") as lead:
        lead.conflicts.keep(side(lead, "ruling:maker", "unruled"))
        assert (decided(lead).rulings, conflicts(lead)) == ({}, {})


def test_who_classified_a_subject_decides_nothing_of_what_was_decided_about_it(path: Path) -> None:
    decided_apart(path)
    with closing_desk(path, "eva") as eva:
        with pytest.raises(AnswerError, match="you classified it yourself"):
            eva.conflicts.keep(side(eva, "ruling:maker", value="A"))
        assert "ruling:maker" in conflicts(eva)


def test_published_and_withdrawn_apart(path: Path) -> None:
    for name in ("eva", "bob"):
        with closing_desk(path, name) as desk:
            submit_fully(desk, "d:1")
    with closing_desk(path, "lead") as lead:
        lead.adjudication.adjudicate("d:1", "desk")
        lead.publishing.publish("d:1", "desk")
    with parted(path, "lead", "chief") as (lead, chief):
        lead.publishing.withdraw("d:1", "desk")
        chief.publishing.withdraw("d:1", "desk")
        chief.publishing.publish("d:1", "desk")
    with closing_desk(path, "lead") as lead:
        assert list(conflicts(lead)) == ["publish"]
        lead.conflicts.keep(side(lead, "publish", "withdrawn"))
        assert (decided(lead).publish, conflicts(lead)) == ("unpublished", {})
        lead.publishing.publish("d:1", "desk")
        assert decided(lead).publish == "published"


# Imports beside work that is done here


def bring(desk: Desk, **values: object) -> None:
    """Import a classification of Eva's."""
    raw = tuple(RawValue(field, {"value": value}, form="id") for field, value in values.items())
    record = ClassificationRecord(
        subject="d:1", taxonomy="desk", annotator="eva", values=raw, status="submitted", place="row 1"
    )
    import_records(desk.project, [record], "table.csv")


def test_an_import_changes_nothing_of_what_somebody_entered_here_whatever_they_do_next(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt", vendor="Nut")
        assert (mine(eva).answers, mine(eva).status) == ({"maker": Answer(value="Ajax")}, "draft")
        choose(eva, "d:1", "words", ["x"])
        eva.history.undo()
        choose(eva, "d:1", "maker", "Cog")
        assert (mine(eva).answers, mine(eva).status) == ({"maker": Answer(value="Cog")}, "draft")
        assert [each.kind for each in conflicts(eva)["import"].sides] == ["worked_on", "imported"]
        with pytest.raises(AnswerError, match="an import brought it while it was worked on here; keep either"):
            eva.tagging.submit("d:1", "desk")


def test_of_an_import_beside_either_is_kept(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt", vendor="Nut")
        eva.conflicts.keep(side(eva, "import", "worked_on"))
        assert (mine(eva).answers, conflicts(eva)) == ({"maker": Answer(value="Ajax")}, {})
        bring(eva, maker="Cog", vendor="Nut")
        eva.conflicts.keep(side(eva, "import", "imported"))
        assert {field: each.value for field, each in mine(eva).answers.items()} == {"maker": "Cog", "vendor": "Nut"}
        assert (mine(eva).status, conflicts(eva)) == ("draft", {})
        choose(eva, "d:1", "words", ["x"])
        assert mine(eva).answers["maker"].value == "Cog"


@pytest.mark.parametrize("kept", ["worked_on", "imported"])
@pytest.mark.parametrize("first", ["worked_on", "imported"])
def test_what_was_decided_about_an_import_apart_and_not_alike_is_in_conflict(path: Path, first: str, kept: str) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt", vendor="Nut")
    with parted(path, "eva", "eva") as (here, there):
        here.conflicts.keep(side(here, "import", first))
        there.conflicts.keep(side(there, "import", "worked_on" if first == "imported" else "imported"))
    with closing_desk(path, "eva") as eva:
        (found,) = eva.conflicts.listed().conflicts
        assert (found.place, sorted(each.kind for each in found.sides)) == ("import", ["imported", "worked_on"])
        shown = next(each for each in found.sides if each.is_shown)
        held = {field: each.value for field, each in mine(eva).answers.items()}
        assert held == {field: each["value"] for field, each in shown.said["answers"].items()}
        with pytest.raises(AnswerError, match="an import brought it while it was worked on here; keep either"):
            submit_fully(eva, "d:1")
        eva.conflicts.keep(side(eva, "import", kept))
        held = {field: mine(eva).answers[field].value for field in ("maker", "vendor") if field in mine(eva).answers}
        assert held == ({"maker": "Ajax"} if kept == "worked_on" else {"maker": "Bolt", "vendor": "Nut"})
        assert conflicts(eva) == {}
        eva.history.undo()
        assert [each.place for each in eva.conflicts.listed().conflicts] == ["import"]


def test_what_was_left_aside_of_an_import_stays_so_whatever_is_answered_next(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt", vendor="Nut")
        eva.conflicts.keep(side(eva, "import", "worked_on"))
        choose(eva, "d:1", "words", ["x"])
        eva.tagging.note("d:1", "desk", "y")
        assert {field: each.value for field, each in mine(eva).answers.items()} == {"maker": "Ajax", "words": ["x"]}
        assert conflicts(eva) == {}


def test_an_import_taken_over_and_an_answer_given_apart_are_in_conflict(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "words", ["x"])
        bring(eva, maker="Bolt")
    with parted(path, "eva", "eva") as (here, there):
        here.conflicts.keep(side(here, "import", "imported"))
        choose(there, "d:1", "maker", "Cog")
    with closing_desk(path, "eva") as eva:
        assert list(conflicts(eva)) == ["answer:maker"]
        assert {each.said["answer"]["value"] for each in conflicts(eva)["answer:maker"].sides} == {"Bolt", "Cog"}
        eva.conflicts.keep(side(eva, "answer:maker", value="Bolt"))
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == ("Bolt", {})
        eva.history.undo()
        assert list(conflicts(eva)) == ["answer:maker"]


def test_an_import_that_says_what_is_here_by_now_is_in_conflict_with_nothing(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt")
        assert list(conflicts(eva)) == ["import"]
        choose(eva, "d:1", "maker", "Bolt")
        assert conflicts(eva) == {}
        choose(eva, "d:1", "maker", "Cog")
        assert list(conflicts(eva)) == ["import"]


def test_what_two_settled_alike_stands_when_one_of_them_undoes_their_own(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "eva") as eva:
        kept = mine(eva).answers["maker"].value
    with parted(path, "eva", "eva") as (here, there):
        for desk in (here, there):
            desk.conflicts.keep(side(desk, "answer:maker", value=kept))
    with closing_desk(path, "eva") as eva:
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == (kept, {})
        eva.history.undo()
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == (kept, {})
        eva.history.undo()
        assert list(conflicts(eva)) == ["answer:maker"]
        eva.history.redo()
        assert (mine(eva).answers["maker"].value, conflicts(eva)) == (kept, {})


@pytest.mark.parametrize("kept", ["worked_on", "imported"])
def test_what_was_decided_about_an_import_is_undone_before_anything_older(path: Path, kept: str) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt")
        was = mine(eva)
        eva.conflicts.keep(side(eva, "import", kept))
        after = mine(eva).answers
        change = eva.history.undo()
        assert change and change.words == "undid: decision about an import"
        assert (mine(eva).answers, mine(eva).conflicts) == (was.answers, was.conflicts)
        assert [each.kind for each in conflicts(eva)["import"].sides] == ["worked_on", "imported"]
        eva.history.redo()
        assert (mine(eva).answers, conflicts(eva)) == (after, {})
        eva.history.undo()
        eva.history.undo()
        assert mine(eva).answers == {}


def test_what_was_kept_in_anothers_work_is_not_undone_once_they_handed_it_in(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "lead") as lead:
        lead.settings.change("blind_annotation", "no")
        (other,) = (each for each in conflicts(lead)["answer:maker"].sides if not each.is_shown)
        lead.conflicts.keep(other.event)
        with closing_desk(path, "eva") as eva:
            submit_fully(eva, "d:1")
        with pytest.raises(AnswerError, match="was handed in since"):
            lead.history.undo()


def test_what_an_import_stands_beside_is_not_mistaken_for_the_same_event_elsewhere(path: Path) -> None:
    with parted(path, "eva", "eva") as (here, there):
        for words in ("so that", "the skip", "comes last"):
            here.tagging.note("d:1", "desk", words)
        here.tagging.skip("d:1", "desk", "p")
        there.tagging.skip("d:1", "desk", "q")
        there.tagging.reopen("d:1", "desk")
    with closing_desk(path, "eva") as eva:
        bring(eva, maker="Bolt")
        skipped = side(eva, "status", "skipped")
        eva.conflicts.keep(skipped)
        assert list(conflicts(eva)) == ["import"]
        eva.conflicts.keep(side(eva, "import", "worked_on"))
        assert (conflicts(eva), mine(eva).status) == ({}, "skipped")


def test_a_later_import_takes_the_place_of_an_earlier_one_that_stands_beside(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "Ajax")
        bring(eva, maker="Bolt")
        bring(eva, maker="Cog")
        (brought,) = (each for each in conflicts(eva)["import"].sides if each.kind == "imported")
        assert brought.said["answers"] == {"maker": {"value": "Cog"}}
        assert mine(eva).answers["maker"].value == "Ajax"


def test_what_an_import_brought_is_not_taken_over_what_was_handed_in(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        submit_fully(eva, "d:1")
        bring(eva, outcome="near", maker="Bolt")
        with pytest.raises(AnswerError, match="is submitted; reopen it"):
            eva.conflicts.keep(side(eva, "import", "imported"))
        eva.conflicts.keep(side(eva, "import", "worked_on"))
        assert (mine(eva).status, conflicts(eva)) == ("submitted", {})


# The team


def test_a_setting_changed_apart_is_settled_by_keeping_one_or_by_saying_it_anew(path: Path) -> None:
    for settle in ("keep", "anew"):
        with parted(path, "lead", "chief") as (lead, chief):
            lead.settings.change("reviewers", "lead, ann")
            chief.settings.change("reviewers", "chief")
        with closing_desk(path, "bob") as bob:
            assert conflicts(bob)["setting"].about == "reviewers"
            if settle == "keep":
                bob.conflicts.keep(side(bob, "setting", value="lead, ann"))
                assert bob.settings.all()[2].value == "lead, ann"
            else:
                bob.settings.change("reviewers", bob.settings.all()[2].value)
            assert conflicts(bob) == {}


def test_assignments_given_and_taken_back_apart_are_kept_all_at_once(path: Path) -> None:
    wish = Wish("desk", ("cy", "dee"), keys=("d:4", "d:5"), per_subject=2)
    with closing_desk(path, "lead") as lead:
        lead.assignment.assign(wish)
    with parted(path, "lead", "chief") as (lead, chief):
        lead.assignment.take_back("cy", OpenWork("desk"))
        chief.assignment.take_back("cy", OpenWork("desk"))
        chief.assignment.assign(wish)
    with closing_desk(path, "lead") as lead:
        found = lead.conflicts.listed().conflicts
        assert [(each.place, each.subject, each.annotator) for each in found] == [
            ("assignment", "d:4", "cy"), ("assignment", "d:5", "cy"),
        ]  # fmt: skip
        given = next(each for each in found[0].sides if each.kind == "assigned")
        assert lead.conflicts.keep(given.event).also == 1
        assert (conflicts(lead), lead.progress.of().rows[0].assigned) == ({}, 2)


def test_a_round_started_apart_for_something_else(path: Path) -> None:
    with parted(path, "lead", "chief") as (lead, chief):
        with lead.store.writing() as transaction:
            from annotator.store.team import team

            team.start_round(transaction, "lead", "desk", 2, "retest")
        with chief.store.writing() as transaction:
            from annotator.store.team import team

            team.start_round(transaction, "chief", "desk", 2, "second_pass")
    with closing_desk(path, "lead") as lead:
        lead.conflicts.keep(side(lead, "round", purpose="retest"))
        assert [each.purpose for each in lead.rounds.all()] == ["first", "retest"]
        assert conflicts(lead) == {}


def test_the_doctor_finds_a_conflict_of_the_team_that_is_not_listed(path: Path) -> None:
    with closing_desk(path, "lead") as lead:
        with lead.store.writing() as transaction:
            transaction.execute("""INSERT INTO team_conflicts VALUES ('["setting","x"]')""")
        assert ailments(lead) == ["team_conflicts are not what the events say"]
        lead.rebuild()
        assert ailments(lead) == []


# Who sees it, and who settles it


def test_a_conflict_in_somebodys_work_is_closed_to_those_to_whom_that_work_is(path: Path) -> None:
    apart(path, "Ajaxtell", "Bolttell")
    with closing_desk(path, "bob") as bob:
        bob.tagging.note("d:1", "desk", "at work")
        found = bob.conflicts.listed()
        assert found.conflicts == bob.conflicts.of_subject("d:1") == []
        assert found.left_out.startswith("Annotation is blind: 1 classification left out, 1 because you are at work")
    with closing_desk(path, "dora") as dora, closing_desk(path, "eva") as eva:
        event = side(eva, "answer:maker", value="Ajaxtell")
        assert conflicts(dora) == {}
        with pytest.raises(NotFoundError, match="There is no open conflict with that event"):
            dora.conflicts.keep(event)
        eva.settings.change("reviewers", "dora")
        dora.conflicts.keep(event)
        assert mine(eva).answers["maker"].value == "Ajaxtell"


def test_whoever_settled_anothers_work_has_looked_and_classifies_it_no_longer(path: Path) -> None:
    handed_in_apart(path)
    with closing_desk(path, "dora") as dora, closing_desk(path, "eva") as eva:
        eva.settings.change("reviewers", "dora")
        dora.conflicts.keep(side(dora, "answer:maker", value="Bolt"))
        with pytest.raises(AnswerError, match="you have looked at others' answers"):
            choose(dora, "d:1", "maker", "x")


def test_nobody_keeps_anything(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    with closing_desk(path, "") as nobody, pytest.raises(RequestError, match="Say who you are"):
        nobody.conflicts.keep("x:1")


def test_an_event_is_named_by_as_much_of_it_as_is_no_others(path: Path) -> None:
    with parted(path, "eva", "eva") as (here, there):
        for key in ("d:1", "d:2"):
            choose(here, key, "maker", "Ajax")
            choose(there, key, "maker", "Bolt")
    with closing_desk(path, "eva") as eva:
        event = eva.conflicts.listed().conflicts[0].sides[0].event
        feed = event.partition(":")[0]
        with pytest.raises(RequestError, match=rf"can be several events: {feed[:8]}:\d, {feed[:8]}:\d\. Write more"):
            eva.conflicts.keep(feed[:9])
        for wrong in ("", "no such", f"{feed}:99"):
            with pytest.raises(NotFoundError):
                eva.conflicts.keep(wrong)
        assert eva.conflicts.keep(event).conflict.subject == "d:1"


def test_an_older_classification_is_settled_under_its_own_version(path: Path) -> None:
    apart(path, "Ajax", "Bolt")
    (path.parent / "taxonomies" / "desk.yaml").write_text(SECOND_VERSION, encoding="utf-8")
    with closing_desk(path, "eva") as eva:
        eva.conflicts.keep(side(eva, "answer:maker", value="Ajax"))
        assert (mine(eva).version, mine(eva).answers["maker"].value, conflicts(eva)) == (1, "Ajax", {})


def test_the_annotator_of_decisions_is_who_they_are_kept_under(path: Path) -> None:
    decided_apart(path)
    with closing_desk(path, "lead") as lead:
        assert {each.annotator for each in conflicts(lead).values()} == {ADJUDICATED}
