"""Who looks at others' answers as one who decides does not classify any more; earlier rounds stay closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.comparison.policy import Scope
from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.desk.settings import change
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Answer
from annotator.model.review import ReviewView
from annotator.store.team import assignments
from tests.desk.blind_doors import DOORS, told
from tests.desk.blinded import (
    ALL,
    NS,
    OF,
    assign,
    at,
    fresh,
    hand_in,
    looked,
    review,
    shown,
)
from tests.desk.making import ailments, choose, submit_fully


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it to try things on."""
    return fresh(made, tmp_path)


# Looking, and what follows from it


EDITS: dict[str, Callable[[Desk], object]] = {
    "answer": lambda it: it.tagging.answer("d:2", NS, "maker", Answer(value="x")),
    "note": lambda it: it.tagging.note("d:2", NS, "x"),
    "flag": lambda it: it.tagging.raise_flag("d:2", NS, "x"),
    "redo": lambda it: it.history.redo(),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["dora", "DORA", "Ｄｏｒａ"])
def test_who_has_looked_does_not_classify_any_more(path: Path, name: str, edit: str) -> None:
    with at(path, "dora", name) as (dora, same):
        dora.tagging.note("d:2", NS, "first thoughts")
        same.tagging.note("d:2", NS, "first thoughts")
        while dora.history.undo() or same.history.undo():
            pass
        review(dora, "d:2")
        assert looked(path) == [("dora", "d:2")]
        with pytest.raises(AnswerError, match=r"you have looked at others' answers on \d{4}-\d\d-\d\d, so yours"):
            EDITS[edit](same)
        assert same.tagging.status("d:2", NS) == "untouched"
        assert ailments(same) == []
        assert same.tagging.note("d:4", NS, "x").status == "draft"
        change(dora.store, "lead", "blind_annotation", "no")
        if edit != "redo":
            EDITS[edit](same)
            assert same.tagging.status("d:2", NS) == "draft"


def test_who_looked_takes_back_and_flags_what_they_handed_in_but_hands_in_nothing_more(path: Path) -> None:
    with at(path, "dora") as dora:
        review(dora, "d:2")
        change(dora.store, "lead", "blind_annotation", "no")
        submit_fully(dora, "d:2")
        change(dora.store, "lead", "blind_annotation", "yes")
        assert len(dora.tagging.raise_flag("d:2", NS, "is this right?").flags) == 1
        assert dora.history.undo()
        change(dora.store, "lead", "blind_annotation", "no")
        dora.tagging.reopen("d:2", NS)
        change(dora.store, "lead", "blind_annotation", "yes")
        for way in (lambda: dora.tagging.submit("d:2", NS), dora.history.undo):
            with pytest.raises(AnswerError, match="you have looked"):
                way()
        assert dora.tagging.status("d:2", NS) == "draft"


def test_looking_at_what_is_open_waits_for_nobody_who_writes(path: Path) -> None:
    with at(path, "ann", "zoe") as (ann, zoe), zoe.store.writing():
        assert told(ann, DOORS["review.of"], "d:1") >= {"anntell"}


def test_in_another_round_neither(path: Path) -> None:
    with at(path, "dora") as dora, at(path, "dora", round_=2) as later:
        review(dora, "d:2")
        with pytest.raises(AnswerError, match="you have looked"):
            later.tagging.note("d:2", NS, "x")


def test_skipping_lets_one_look_and_not_come_back(path: Path) -> None:
    with at(path, "bob") as bob:
        with pytest.raises(AnswerError, match="submit your own answers before seeing others'"):
            review(bob, "d:1")
        bob.tagging.skip("d:1", NS, "cannot read it")
        assert told(bob, DOORS["review.of"], "d:1") >= {"anntell", "bentell", "ruledtell"}
        for way in (lambda: bob.tagging.reopen("d:1", NS), bob.history.undo, lambda: choose(bob, "d:1", "maker", "x")):
            with pytest.raises(AnswerError, match="you have looked"):
                way()
        assert bob.tagging.status("d:1", NS) == "skipped"


def test_who_is_to_classify_may_leave_it_aside_after_looking(path: Path) -> None:
    with at(path, "dora") as dora:
        review(dora, "d:2")
        assign(dora, "d:2", "dora")
        with pytest.raises(AnswerError, match="you are to classify it yourself in round 1"):
            review(dora, "d:2")
        assert dora.tagging.skip("d:2", NS, "I know what others said").status == "skipped"
        assert told(dora, DOORS["review.of"], "d:2") == OF["2"]


def test_what_is_dealt_must_be_handed_in_or_taken_back_first(path: Path) -> None:
    with at(path, "cy") as cy:
        with pytest.raises(AnswerError, match=r"Hand it in or skip it .* or have it taken back"):
            review(cy, "d:1")
        with cy.store.writing() as transaction:
            assert assignments.take_back(transaction, "cy", 1) == 1
        assert told(cy, DOORS["review.of"], "d:1") >= {"anntell", "bentell"}
        assert looked(path) == [("cy", "d:1")]


def test_who_handed_in_looks_without_a_record_and_may_take_it_back(path: Path) -> None:
    with at(path, "ann", "bob") as (ann, bob):
        review(ann, "d:1")
        submit_fully(bob, "d:1")
        review(bob, "d:1")
        assert looked(path) == []
        bob.tagging.reopen("d:1", NS)
        with pytest.raises(AnswerError, match="submit your own answers"):
            review(bob, "d:1")
        bob.history.undo()
        assert bob.tagging.status("d:1", NS) == "submitted"


def test_a_reviewer_sees_all_and_is_known_to_have_looked_at_what_they_opened(path: Path) -> None:
    with at(path, "eve", "EVE") as (eve, same):
        assert told(eve, DOORS["comparison.subjects_differing"], "") >= OF["2"] | {"anntell"}
        review(same, "d:1")
        assert looked(path) == [("eve", "d:1")]
        with pytest.raises(AnswerError, match="you have looked"):
            eve.tagging.note("d:1", NS, "x")
        eve.tagging.note("d:2", NS, "x")  # not opened yet
        assert told(eve, DOORS["comparison.subjects_differing"], "") & OF["2"] == frozenset()
        with pytest.raises(AnswerError, match="submit your own"):
            review(eve, "d:2")


REFUSED: dict[str, Callable[[Adjudication], object]] = {
    "adjudicate": lambda it: it.adjudicate("d:2", NS),
    "adopt": lambda it: it.adopt("d:2", NS, "words", "zed", "slip"),
    "majority": lambda it: it.majority("d:2", NS, "words", "slip"),
    "rule": lambda it: it.rule("d:2", NS, "outcome", Answer(value="odd"), "slip"),
}


@pytest.mark.parametrize("door", REFUSED)
def test_who_is_refused_a_decision_has_looked_all_the_same(path: Path, door: str) -> None:
    with at(path, "dora") as dora:
        with pytest.raises(AnswerError):
            REFUSED[door](dora.adjudication)
        assert looked(path) == [("dora", "d:2")]


def test_what_is_published_is_open_but_publishing_it_is_looking(path: Path) -> None:
    with at(path, "dora", "gus", "bob") as (dora, gus, bob):
        with pytest.raises(AnswerError, match="submit your own"):
            bob.publishing.publish("d:1", NS)
        dora.publishing.publish("d:1", NS)
        assert looked(path) == [("dora", "d:1")]
        with pytest.raises(AnswerError, match="submit your own"):
            bob.publishing.withdraw("d:1", NS)
        hand_in(path, "gus", "d:4", "Gustell")
        assert told(gus, DOORS["tagging.completions"], "") >= {
            "ruledtell"
        }  # on another subject, as from any published work
        assert told(bob, DOORS["tagging.completions"], "") == frozenset()


def test_ones_own_ruling_is_closed_as_well_while_one_is_to_classify_the_subject(path: Path) -> None:
    with at(path, "dora") as dora:
        dora.adjudication.adopt("d:2", NS, "words", "ann", "slip")
        assign(dora, "d:2", "dora")
        with pytest.raises(AnswerError, match="you are to classify it yourself"):
            dora.history.undo()
        dora.tagging.skip("d:2", NS, "I decided about it")
        assert told(dora, DOORS["history.undo"], "") == frozenset()  # the skip
        with pytest.raises(AnswerError, match="you are to classify it yourself"):
            dora.history.undo()


def test_earlier_rulings_are_shown_as_far_as_their_subjects_are_open(path: Path) -> None:
    hand_in(path, "ann", "d:4", "Anntell")
    hand_in(path, "ben", "d:4", "Bentell")
    with at(path, "lead", "eve", "dora", "bob") as (lead, eve, dora, bob):
        assert [each.subject for each in lead.review.precedents("d:4", NS, "maker")] == ["d:1"]
        assert [each.subject for each in eve.review.precedents("d:4", NS, "maker")] == ["d:1"]
        assert dora.review.precedents("d:4", NS, "maker") == []  # Dora has not looked at d:1
        assert bob.review.precedents("d:4", NS, "maker") == []


def test_accepting_in_bulk_passes_over_what_one_is_at_work_on(path: Path) -> None:
    hand_in(path, "ann", "d:4", "Anntell")
    with at(path, "dora") as dora:
        dora.tagging.note("d:4", NS, "x")
        done = dora.adjudication.accept_agreed(NS, "single")
        assert done.accepted == []
        assert "you classified it yourself (draft)" in done.refused["d:4"] or "submit" in done.refused["d:4"]
        assert looked(path) == []


def test_accepting_in_bulk_passes_over_what_one_is_to_classify(path: Path) -> None:
    for name in ("ann", "ben"):
        hand_in(path, name, "d:4", "Anntell")
    with at(path, "zoe") as zoe:
        assign(zoe, "d:4", "zoe")
        done = zoe.adjudication.accept_agreed(NS, "unanimous", ["d:4"])
        assert done.accepted == []
        assert "you are to classify it yourself in round 1" in done.refused["d:4"]


def test_accepting_in_bulk_shows_nothing_and_is_no_look(path: Path) -> None:
    for name in ("ann", "ben"):
        hand_in(path, name, "d:4", "Anntell")
        hand_in(path, name, "d:5", f"{name.title()}tell")
    with at(path, "zoe") as zoe:
        done = zoe.adjudication.accept_agreed(NS, "unanimous", ["d:4", "d:5"])
        assert (done.accepted, done.refused) == (["d:4"], {"d:5": "annotators differ"})
        assert zoe.history.undo() and zoe.history.redo()
        assert looked(path) == []
        zoe.tagging.note("d:5", NS, "her own work is independent")
        assert zoe.history.undo() and zoe.history.undo()
        with pytest.raises(AnswerError, match="you decided about it"):  # and what she decided was open to her
            zoe.tagging.note("d:4", NS, "though it is taken back")


def test_undoing_what_was_accepted_in_bulk_tells_no_answer(path: Path) -> None:
    for name in ("ann", "ben"):
        hand_in(path, name, "d:4", "Anntell")
    with at(path, "zoe") as zoe:
        zoe.adjudication.accept_agreed(NS, "unanimous", ["d:4"])
        for turn in (zoe.history.undo, zoe.history.redo):
            change = turn()
            assert change and change.words.endswith("did: adjudication")
            assert shown(repr(change)) == frozenset()
        assert shown(repr(review(zoe, "d:4"))) == {"anntell"}


def test_a_refusal_in_bulk_quotes_no_answer(path: Path) -> None:
    for name in ("ann", "ben"):
        hand_in(path, name, "d:4", "Anntell")
    file = path.parent / "taxonomies" / "desk.yaml"
    changed = file.read_text(encoding="utf-8").replace("version: 1", "version: 2")
    file.write_text(changed.replace("label: Maker, kind: text", "label: Maker, kind: integer"), encoding="utf-8")
    with at(path, "zoe") as zoe:
        done = zoe.adjudication.accept_agreed(NS, "unanimous", ["d:4"])
        assert done.refused == {
            "d:4": "maker: what was handed in does not fit the taxonomy; open the review to see why"
        }
        assert looked(path) == []


def test_without_a_name_one_may_be_anybody_who_is_at_work(path: Path) -> None:
    with at(path, "") as nobody:
        with pytest.raises(AnswerError, match="somebody is at work on it, and you may be them"):
            review(nobody, "d:1")
        with pytest.raises(RequestError, match="Say who you are"):
            nobody.publishing.withdraw("d:1", NS)
        assert told(nobody, DOORS["review.of"], "d:2") == OF["2"]
        assert looked(path) == []


def test_a_file_that_cannot_be_written_is_looked_at_without_a_record(path: Path) -> None:
    with closing(Desk(Project.open(path, read_only=True), "dora")) as dora:
        assert told(dora, DOORS["review.of"], "d:2") == OF["2"]
        assert told(dora, DOORS["comparison.subjects_differing"], "") == frozenset()
    assert looked(path) == []


def test_a_team_that_does_not_annotate_blind_sees_everything(path: Path) -> None:
    with at(path, "bob", "dora") as (bob, dora):
        change(bob.store, "lead", "blind_annotation", "no")
        assert told(bob, DOORS["review.of"], "d:1") >= {"anntell", "bentell"}
        assert told(dora, DOORS["comparison.subjects_differing"], "") == ALL - {"aiidtell", "issuetell", "ruledtell"}
        assert looked(path) == []
        assert bob.tagging.note("d:2", NS, "x").status == "draft"


# Another round


def test_in_a_retest_ones_own_earlier_answers_are_closed(path: Path) -> None:
    with at(path, "ann") as first, at(path, "ann", round_=2) as second:
        for way in (
            DOORS["tagging.classification"],
            DOORS["tagging.reopen"],
            DOORS["tagging.raise_flag"],
            DOORS["tagging.problems"],
        ):
            with pytest.raises(AnswerError, match="in round 2, so what you said in round 1 stays closed"):
                way(first, "d:3")
        assert first.tagging.status("d:3", NS) == "submitted"
        assert "stays closed" in first.tagging.refusal("d:3", NS)
        assert first.tagging.refusal("d:1", NS) == ""
        with pytest.raises(AnswerError, match="stays closed"):
            first.history.undo()  # the latest edit of the first round was made there
        with pytest.raises(AnswerError, match="submit your own"):
            review(first, "d:3")
        assert second.tagging.classification("d:3", NS).notes == "once more"
        assert [event.kind for event in second.history.of("d:3")] == ["note_set"]
        assert told(second, DOORS["tagging.frequent_choices"], "") & {"annearliertell"} == frozenset()
        submit_fully(second, "d:3")
        assert "Annearliertell maker" in str(first.tagging.classification("d:3", NS).answers)
        assert told(first, DOORS["review.of"], "d:3") == OF["3"]


def test_what_is_dealt_for_a_later_round_closes_the_earlier_one_too(path: Path) -> None:
    with at(path, "ben") as ben:
        assert told(ben, DOORS["history.of"], "d:2") == {"bentwotell"}
        assign(ben, "d:2", "ben", round_=2)
        assert told(ben, DOORS["history.of"], "d:2") == frozenset()
        assert told(ben, DOORS["tagging.classification"], "d:2") == frozenset()
        assert "bentwotell" not in told(ben, DOORS["tagging.frequent_choices"], "")
        with at(path, "ben", round_=2) as later:
            assert later.tagging.note("d:2", NS, "again").status == "draft"


def test_a_round_can_be_begun_while_an_earlier_one_is_unfinished(path: Path) -> None:
    with at(path, "bob", round_=2) as later, at(path, "bob") as bob:
        assert later.tagging.note("d:1", NS, "second").notes == "second"
        assert bob.tagging.classification("d:1", NS).notes == "not sure yet"


# Real data


@pytest.mark.slow
def test_three_imported_annotators_are_open_until_one_begins_oneself(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    with at(path, "zoe") as zoe:
        import_path(zoe.project, shared_data / "aiid-snapshot")
        scope = Scope("CSETv1", field="physical_objects")
        before = zoe.comparison.field(scope).row.pairable
        assert before > 50
        seen = zoe.comparison.subjects_differing(scope, None)
        assert seen.withheld == 0
        key = seen.rows[0].key
        zoe.tagging.note(key, "CSETv1", "x")
        after = zoe.comparison.subjects_differing(scope, None)
        assert key not in [each.key for each in after.rows]
        assert (len(seen.rows) - len(after.rows), after.withheld) == (1, 1)
        assert zoe.comparison.field(scope).row.pairable == before - 1
        with pytest.raises(AnswerError, match="submit your own"):
            zoe.review.of(key, "CSETv1")
        assert key not in [each.key for each in zoe.review.queue(ReviewView("CSETv1"), 999)]
        other = seen.rows[1].key
        zoe.review.of(other, "CSETv1")
        zoe.tagging.note(other, "CSETv1", "what imports brought is no secret")
