"""A decision is on what somebody was shown: what others did since refuses it, and tells nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.review import compared
from annotator.errors import OutdatedError, RequestError
from annotator.model.classification import Answer, Evidence
from annotator.model.review import Comparison
from tests.desk.making import HARM
from tests.desk.test_adjudicating import hand_in, on_record

CHANGED = r"^d:1 under desk: answers were handed in or taken back meanwhile; look again, then decide.$"


@pytest.fixture
def cleo(path: Path, eva: Desk, bob: Desk) -> Iterator[Desk]:
    """Cleo, who decides what Eva and Bob differ about."""
    hand_in(eva, maker="A", vendor="V")
    hand_in(bob, maker="B", vendor="W")
    with closing(open_desk(path, "cleo")) as desk:
        yield desk


def seen(desk: Desk) -> Comparison:
    """What somebody is shown of who made it."""
    return compared(desk.review.of("d:1", "desk"), "maker")


def rule(desk: Desk, on: Comparison | None, value: str = "A") -> None:
    desk.adjudication.rule("d:1", "desk", "maker", Answer(value=value), "slip", seen=on)


def test_a_ruling_on_answers_that_others_changed_is_refused(bob: Desk, cleo: Desk, path: Path) -> None:
    shown = seen(cleo)
    hand_in(bob, maker="A")  # now they agree
    with pytest.raises(OutdatedError, match=CHANGED):
        rule(cleo, shown)
    shown = seen(cleo)
    with closing(open_desk(path, "fay")) as fay:
        hand_in(fay, maker="A")  # the same answer, of one more
    with pytest.raises(OutdatedError, match=CHANGED):
        rule(cleo, shown)
    shown = seen(cleo)
    bob.tagging.reopen("d:1", "desk")
    with pytest.raises(OutdatedError, match=CHANGED):
        rule(cleo, shown)
    assert on_record(cleo).rulings == {}
    rule(cleo, seen(cleo))
    assert on_record(cleo).rulings["maker"].answer.value == "A"


def test_what_changed_in_another_field_leaves_a_ruling_alone(bob: Desk, cleo: Desk) -> None:
    shown = seen(cleo)
    hand_in(bob, vendor="Z")
    rule(cleo, shown)
    assert on_record(cleo).rulings["maker"].answer.value == "A"


def test_without_a_word_on_what_was_seen_it_is_ruled_on_what_is_there(bob: Desk, cleo: Desk) -> None:
    hand_in(bob, maker="C")
    rule(cleo, None)
    assert on_record(cleo).rulings["maker"].between["bob"].value == "C"


def test_nobody_replaces_the_ruling_of_another_reviewer_unseen(cleo: Desk, path: Path) -> None:
    shown, whole = seen(cleo), cleo.review.of("d:1", "desk")
    with closing(open_desk(path, "dan")) as dan:
        rule(dan, shown, "B")
        dan.adjudication.rule("d:1", "desk", "vendor", Answer(value="V"), "slip")
    with pytest.raises(OutdatedError, match="somebody else ruled meanwhile; look again, then decide"):
        rule(cleo, shown)
    with pytest.raises(OutdatedError, match="somebody else ruled meanwhile"):
        cleo.adjudication.adjudicate("d:1", "desk", whole)
    rule(cleo, seen(cleo))
    assert on_record(cleo).rulings["maker"].by == "cleo"


def test_own_rulings_follow_each_other_and_go_on_record_unseen(cleo: Desk) -> None:
    shown, whole = seen(cleo), cleo.review.of("d:1", "desk")
    for value in ("A", "B", "C"):
        rule(cleo, shown, value)
    cleo.adjudication.rule("d:1", "desk", "vendor", Answer(value="V"), "slip")
    assert cleo.adjudication.adjudicate("d:1", "desk", whole).answers["maker"].value == "C"


def test_a_subject_goes_on_record_only_as_it_was_seen(eva: Desk, cleo: Desk) -> None:
    rule(cleo, None)
    cleo.adjudication.rule("d:1", "desk", "vendor", Answer(value="V"), "slip")
    whole = cleo.review.of("d:1", "desk")
    hand_in(eva, words=["new"])
    with pytest.raises(OutdatedError, match=CHANGED):
        cleo.adjudication.adjudicate("d:1", "desk", whole)
    cleo.adjudication.adjudicate("d:1", "desk", cleo.review.of("d:1", "desk"))
    assert on_record(cleo).answers["words"].value == ["new"]


def test_what_is_refused_so_is_no_look_and_neither_are_earlier_rulings(bob: Desk, path: Path) -> None:
    with closing(open_desk(path, "gus")) as gus:
        nothing = Comparison("maker", {}, {})
        hand_in(bob, maker="B")
        with pytest.raises(OutdatedError, match=CHANGED):
            rule(gus, nothing)
        assert gus.review.precedents("d:1", "desk", "maker", seen=nothing) == []
        assert gus.review.peek("d:1", "desk") is None, "it is still to be looked at for the first time"
        assert gus.review.look("d:1", "desk").is_first_look
        assert gus.review.peek("d:1", "desk") == gus.review.look("d:1", "desk")
        assert not gus.review.look("d:1", "desk").is_first_look


def test_a_ruling_that_quotes_for_itself_keeps_its_own_evidence(cleo: Desk) -> None:
    report = cleo.subjects.subject("d:1").reports[0]
    quote = cleo.tagging.quote(report, 0, 5)
    given = Answer(value="A", evidence=(quote,))
    cleo.adjudication.rule("d:1", "desk", "maker", given, "slip")
    assert on_record(cleo).rulings["maker"].answer.evidence == (quote,), "though Eva gave that answer without any"


def test_what_one_ruled_oneself_since_is_put_on_record(cleo: Desk) -> None:
    for field in ("maker", "vendor"):
        cleo.adjudication.adopt("d:1", "desk", field, "eva", "slip")
    shown = cleo.review.of("d:1", "desk")
    cleo.adjudication.rule("d:1", "desk", "remark", Answer(value="Nobody said this."), "judgement")
    done = cleo.adjudication.adjudicate("d:1", "desk", shown)
    assert done.answers["remark"].value == "Nobody said this."
    assert done.decision
    assert list(done.decision.sources) == ["outcome"]


def test_there_is_nothing_to_reopen_before_an_adjudication(cleo: Desk) -> None:
    cleo.adjudication.adopt("d:1", "desk", "maker", "eva", "slip")
    before = on_record(cleo)
    with pytest.raises(RequestError, match="d:1 under desk is not adjudicated: there is nothing to reopen"):
        cleo.adjudication.reopen("d:1", "desk")
    assert on_record(cleo) == before


def test_one_annotators_work_is_not_accepted_alone_when_there_are_more(cleo: Desk) -> None:
    assert cleo.adjudication.accept_agreed("desk", "single").refused == {"d:1": "2 annotators handed in"}


def test_a_ruling_brings_the_evidence_of_who_gave_the_answer_unless_it_quotes_its_own(eva: Desk, cleo: Desk) -> None:
    hand_in(eva, outcome="happened", harm=HARM)
    decide = cleo.adjudication
    ruled = decide.rule("d:1", "desk", "harm", Answer(value=["injury"]), "judgement").rulings["harm"]
    assert ruled.answer.evidence == HARM.evidence
    own = (Evidence(report="d:r1", start=29, end=34, quote="A man"),)
    ruled = decide.rule("d:1", "desk", "harm", Answer(value=["injury"], evidence=own), "judgement").rulings["harm"]
    assert ruled.answer.evidence == own


def test_a_field_that_nobody_answers_any_more_takes_its_ruling_along(eva: Desk, bob: Desk, cleo: Desk) -> None:
    for field in ("maker", "vendor"):
        cleo.adjudication.adopt("d:1", "desk", field, "eva", "slip")
    for desk in (eva, bob):
        desk.tagging.reopen("d:1", "desk")
        desk.tagging.clear("d:1", "desk", "vendor")
        desk.tagging.submit("d:1", "desk")
    assert list(cleo.adjudication.adjudicate("d:1", "desk").answers) == ["outcome", "maker"]
