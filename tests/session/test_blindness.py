"""Nobody sees another's answers before handing in their own, whichever way they try."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from annotator.comparing.scope import Scope
from annotator.errors import AnnotatorError, AnswerError, RequestError
from annotator.importing import import_path
from annotator.models.classification import Answer
from annotator.models.queue import QueueView, ResumePoint
from annotator.project import Project
from annotator.session import Session, compared_subjects, comparing, following, open_session, progress
from annotator.session.adjudicating import Adjudicator
from annotator.session.project_settings import change
from annotator.session.publishing import Publisher
from annotator.store import assignments
from annotator.store.review_queue import REVIEW_ORDERS, ReviewView
from tests.session.blinded import ALL, NS, OF, OPEN, STRANGERS, hand_in, make_blinded, shown
from tests.session.making import ailments, choose, make_desk, submit_fully

SCOPE = Scope(NS, field="words")
VIEW = QueueView()
Door = Callable[[Session, str], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with everything in it, made once."""
    return make_blinded(tmp_path_factory.mktemp("blinded"))


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it to try things on."""
    return fresh(made, tmp_path)


def fresh(made: Path, folder: Path) -> Path:
    (folder / "taxonomies").mkdir(exist_ok=True)
    copyfile(made.parent / "taxonomies" / "desk.yaml", folder / "taxonomies" / "desk.yaml")
    for file in folder.glob("desk.db*"):
        file.unlink()
    return Path(copyfile(made, folder / "desk.db"))


@contextmanager
def at(path: Path, *names: str, round_: int = 1) -> Iterator[Any]:
    """One or several people at the desk."""
    with ExitStack() as stack:
        found = [stack.enter_context(closing(open_session(path, name, round_=round_))) for name in names]
        yield found[0] if len(found) == 1 else found


def review(session: Session, key: str) -> object:
    return session.adjudicator().review(key, NS)


def looked(path: Path) -> list[tuple[str, str]]:
    """Who has looked, and at what, after the lead looked at the first subject."""
    with at(path, "") as session, session.store.reading() as connection:
        sql = "SELECT annotator, key FROM looks JOIN subjects ON subjects.id = subject_id ORDER BY looked_at"
        first, *found = connection.execute(sql).fetchall()
    assert first == ("lead", "d:1")
    return [(str(name), str(key)) for name, key in found]


# Every door there is

SESSION: dict[str, Door] = {
    "adjudicator": lambda it, _: it.adjudicator(),
    "adopt": lambda it, _: it.adopt(it.another().queue(VIEW)).rows(0, 9),
    "annotators": lambda it, _: it.annotators(),
    "another": lambda it, key: it.another().history(key),
    "assigned": lambda it, key: it.assigned(key),
    "classification": lambda it, key: it.classification(key, NS),
    "clear_answer": lambda it, key: it.clear_answer(key, NS, "maker"),
    "close": lambda it, _: it.another().close(),
    "completions": lambda it, _: [it.completions("d:4", NS, name, "") for name in ("maker", "vendor", "words")],
    "default_taxonomies": lambda it, _: it.default_taxonomies(),
    "field": lambda it, _: it.field(NS, "words"),
    "frequent_choices": lambda it, _: [it.frequent_choices(NS, name) for name in ("maker", "words", "remark")],
    "history": lambda it, key: it.history(key),
    "kind_of": lambda it, key: it.kind_of(key),
    "locate": lambda it, key: it.locate("text", it.quote(it.subject("d:1").reports[0], 0, 9)),
    "next_assigned": lambda it, key: it.next_assigned(VIEW, key, NS),
    "next_key": lambda it, key: it.next_key(VIEW, key, NS),
    "next_work": lambda it, key: it.next_work(VIEW, key, NS),
    "prefetch": lambda it, key: it.prefetch(key),
    "previous_key": lambda it, key: it.previous_key(VIEW, key),
    "problems": lambda it, key: it.problems(key, NS),
    "publisher": lambda it, _: it.publisher(),
    "queue": lambda it, _: [
        it.queue(VIEW.but(annotator=name, flagged=flagged, search=search), again=True).rows(0, 9)
        for name in ("", "ann")
        for flagged in (True, False)
        for search in ("", "anntell")
    ],
    "quote": lambda it, _: it.quote(it.subject("d:1").reports[0], 0, 9),
    "raise_flag": lambda it, key: it.raise_flag(key, NS, "odd"),
    "random_key": lambda it, _: it.random_key(VIEW),
    "redo": lambda it, _: it.redo(),
    "refusal": lambda it, key: it.refusal(key, NS),
    "remember": lambda it, key: it.remember(ResumePoint(key)),
    "reopen": lambda it, key: it.reopen(key, NS),
    "resolve_flag": lambda it, key: it.resolve_flag(key, NS, "x"),
    "resume_point": lambda it, _: it.resume_point(),
    "set_answer": lambda it, key: it.set_answer(key, NS, "vendor", Answer(value="x")),
    "set_note": lambda it, key: it.set_note(key, NS, "x"),
    "skip": lambda it, key: it.skip(key, NS, "x"),
    "status": lambda it, key: it.status(key, NS),
    "subject": lambda it, key: it.subject(key),
    "submit": lambda it, key: it.submit(key, NS),
    "taxonomies_for": lambda it, _: it.taxonomies_for("incident"),
    "taxonomy": lambda it, _: it.taxonomy(NS),
    "undo": lambda it, _: it.undo(),
}
"""Every method of a session, tried on a subject. Nothing here looks at others' work."""
DECIDING: dict[str, Door] = {
    "accept_agreed": lambda it, _: [
        it.adjudicator().accept_agreed(NS, strategy) for strategy in ("unanimous", "majority", "single")
    ],
    "adjudicate": lambda it, key: it.adjudicator().adjudicate(key, NS),
    "adopt": lambda it, key: it.adjudicator().adopt(key, NS, "words", "ann", "slip"),
    "bars": lambda it, key: it.adjudicator().bars(key, NS),
    "classification": lambda it, key: it.adjudicator().classification(key, NS),
    "count": lambda it, _: it.adjudicator().count(ReviewView(NS)),
    "disagreements": lambda it, key: it.adjudicator().disagreements(key, NS),
    "disputed": lambda it, _: it.adjudicator().disputed(),
    "disputed_fields": lambda it, _: it.adjudicator().disputed_fields(ReviewView(NS)),
    "majority": lambda it, key: it.adjudicator().majority(key, NS, "words", "slip"),
    "precedents": lambda it, key: it.adjudicator().precedents(key, NS, "maker"),
    "problems": lambda it, key: it.adjudicator().problems(it.adjudicator().review(key, NS)),
    "queue": lambda it, _: [
        it.adjudicator().queue(ReviewView(NS, order=order, settled=settled))
        for order in REVIEW_ORDERS
        for settled in (True, False)
    ],
    "ready": lambda it, key: it.adjudicator().ready(key, NS),
    "refusal": lambda it, key: it.adjudicator().refusal(key, NS),
    "reopen": lambda it, key: it.adjudicator().reopen(key, NS),
    "review": lambda it, key: it.adjudicator().review(key, NS),
    "rule": lambda it, key: it.adjudicator().rule(key, NS, "words", Answer(value=["x"]), "slip"),
    "staleness": lambda it, key: it.adjudicator().staleness(key, NS),
    "totals": lambda it, _: it.adjudicator().totals(NS),
    "undecided": lambda it, _: it.adjudicator().undecided(NS),
    "union": lambda it, key: it.adjudicator().union(key, NS, "words", "slip"),
    "witnesses": lambda it, _: it.adjudicator().witnesses(NS),
}
"""Every way to decide. Who does not classify a subject may, and is known to have looked then."""
PUBLISHING: dict[str, Door] = {
    "publish": lambda it, key: it.publisher().publish(key, NS),
    "release": lambda it, key: it.publisher().release(key, NS, "urgent", "ann"),
    "withdraw": lambda it, key: it.publisher().withdraw(key, NS, "AIID"),
}
COMPARING: dict[str, Door] = {
    "agreement_fields": lambda it, _: comparing.agreement_fields(it, Scope("")),
    "agreement_field": lambda it, _: [
        comparing.agreement_field(it, Scope(NS, field=field, round=it.round, annotators=who, drafts=True))
        for field in ("words", "maker")
        for who in ((), ("ann", "ben"), ("AIID", "ann"))
    ],
    "compared_taxonomies": lambda it, _: comparing.compared_taxonomies(it, Scope("")),
    "is_news": lambda it, _: following.is_news(it, SCOPE, ""),
    "matrix_of_pair": lambda it, _: comparing.matrix_of_pair(it, SCOPE, "ann", "ben"),
    "newest_event": lambda it, _: following.newest_event(it),
    "rounds_compared": lambda it, _: comparing.rounds_compared(it),
    "seen_by": lambda it, _: comparing.seen_by(it, SCOPE),
    "subjects_differing": lambda it, _: [
        compared_subjects.subjects_differing(it, SCOPE, pair) for pair in (None, ("ann", "ben"), ("ann", "gus"))
    ],
    "subjects_in_cell": lambda it, _: compared_subjects.subjects_in_cell(
        it, SCOPE, frozenset({"Anntell"}), frozenset({"Bentell"}), None
    ),
    "subjects_with_choice": lambda it, _: [
        compared_subjects.subjects_with_choice(it, SCOPE, choice)
        for choice in ("Anntell", "Anntwotell", "Gustell", "Aiidtell")
    ],
    "Follower.fields": lambda it, _: list(following.Follower().fields(it, Scope(NS))),
    "progress": lambda it, _: progress.progress(it),
    "changes": lambda it, _: progress.changes(it),
    "batches": lambda it, _: [progress.batches(it, row) for row in progress.progress(it).rows],
}
ASKED_OF_OTHERS = {"unseen"}
"""Functions that take no session."""


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_every_door_is_tried() -> None:
    assert public(Session) == SESSION.keys()
    assert public(Adjudicator) == DECIDING.keys()
    assert public(Publisher) == PUBLISHING.keys()
    parts = (comparing, compared_subjects, following, progress)
    functions = {
        name
        for part in parts
        for name, found in inspect.getmembers(part, inspect.isfunction)
        if found.__module__ == part.__name__ and not name.startswith("_")
    }
    assert functions - ASKED_OF_OTHERS == COMPARING.keys() - {"Follower.fields"}


def told(session: Session, door: Door, key: str) -> frozenset[str]:
    """Everything that a door gives away, what it says in refusing included."""
    try:
        found = door(session, key)
    except AnnotatorError as error:
        found = error
    return shown(f"{found!r} {found}")


@pytest.mark.parametrize("door", [*SESSION.values(), *COMPARING.values()], ids=[*SESSION, *COMPARING])
def test_nothing_closed_comes_through(made: Path, tmp_path: Path, door: Door) -> None:
    for name in OPEN:
        for round_ in (1, 2):
            for key in ("d:1", "d:2", "d:3"):
                with at(fresh(made, tmp_path), name, round_=round_) as session:
                    assert told(session, door, key) <= OPEN[name], (name, round_, key)


@pytest.mark.parametrize("door", [*DECIDING.values(), *PUBLISHING.values()], ids=[*DECIDING, *PUBLISHING])
def test_who_is_at_work_is_not_let_in_and_strangers_are_known_to_have_looked(
    made: Path, tmp_path: Path, door: Door
) -> None:
    for name in OPEN:
        for number, secrets in OF.items():
            path = fresh(made, tmp_path)
            with at(path, name) as session:
                found = told(session, door, f"d:{number}") - OPEN[name]
            if found:
                assert name in STRANGERS[number], (name, number)
                assert found <= secrets
                assert (name, f"d:{number}") in looked(path)


def test_the_doors_are_open_to_those_who_may_look(made: Path, tmp_path: Path) -> None:
    """So that none of the tests above passes because nothing is ever shown."""
    path = fresh(made, tmp_path)
    with at(path, "eve") as eve:
        found = [told(eve, door, "d:2") for door in (*DECIDING.values(), *COMPARING.values())]
        assert frozenset().union(*found) >= OF["2"]
        for name in ("agreement_field", "subjects_differing", "subjects_with_choice", "matrix_of_pair"):
            assert told(eve, COMPARING[name], "") >= OF["2"], name
        assert "aiidtell" in told(eve, COMPARING["agreement_field"], "")
    with at(path, "ann") as ann:
        assert told(ann, SESSION["history"], "d:1") == told(ann, SESSION["classification"], "d:1") == {"anntell"}
        assert told(ann, SESSION["history"], "d:3") == frozenset()
        assert told(ann, SESSION["completions"], "") == {"anntell", "anntwotell", "aiidtell"}
        assert "anntwotell" in told(ann, SESSION["frequent_choices"], "")
    with at(path, "dora") as dora:
        assert told(dora, COMPARING["agreement_field"], "") == {"aiidtell"}
        assert told(dora, SESSION["completions"], "") == {"aiidtell"}
    with at(path, "bob") as bob:
        assert told(bob, SESSION["completions"], "") == frozenset()  # Bob classifies what it was said of


# Figures tell something too


@pytest.mark.parametrize("name", ["bob", "Ｂｏｂ", "cy"])
def test_what_somebody_is_at_work_on_is_not_counted_as_disputed(path: Path, name: str) -> None:
    with at(path, name, "dora") as (session, dora):
        mine, others = session.adjudicator(), dora.adjudicator()
        assert [each.key for each in mine.queue(ReviewView(NS, settled=True))] == []
        assert [each.key for each in mine.queue(ReviewView(NS))] == ["d:3", "d:2"]
        assert (mine.totals(NS), mine.totals(NS, "words")) == ((2, 0), (2, 0))
        assert [each.key for each in others.queue(ReviewView(NS, settled=True))] == ["d:1"]
        assert others.totals(NS) == others.totals(NS, "words") == (2, 1)
        hand_in(path, "gus", "d:1", "Gustell")
        change(dora.store, "lead", "reviewers", "dora")
        dora.adjudicator().reopen("d:1", NS)
        assert (others.totals(NS), others.totals(NS, "words")) == ((3, 0), (3, 0))
        assert (mine.totals(NS), mine.totals(NS, "words")) == ((2, 0), (2, 0))
        assert mine.count(ReviewView(NS, order="field")) == 6
        assert others.count(ReviewView(NS, order="field")) == 9
        assert dict(mine.disputed_fields(ReviewView(NS))) == {"maker": 2, "remark": 2, "words": 2}
        assert progress.progress(session).decided[0].disputed == 2
        assert progress.progress(dora).decided[0].disputed == 3


def test_what_is_closed_takes_no_part_in_figures_and_that_is_said(path: Path) -> None:
    with at(path, "bob", "eve", "dora") as (bob, eve, dora):
        seen = {each.annotator: comparing.agreement_field(each, SCOPE).row for each in (bob, eve, dora)}
        assert {name: (row.units, row.pairable) for name, row in seen.items()} == {
            "bob": (0, 0), "eve": (3, 3), "dora": (0, 0),
        }  # fmt: skip
        submit_fully(bob, "d:2")
        assert comparing.agreement_field(bob, SCOPE).row.pairable == 1
        notes = " ".join(comparing.agreement_fields(bob, Scope(NS)).notes)
        assert "2 subjects left out, 1 because you are at work on the same" in notes
        assert "1 because you have not handed in yours" in notes
        assert compared_subjects.subjects_differing(bob, SCOPE, None).withheld == 2
        assert "Annotation is blind" not in " ".join(comparing.agreement_fields(eve, Scope(NS)).notes)


def test_how_much_is_left_out_does_not_depend_on_what_was_said(path: Path) -> None:
    """Else a cell of a matrix could be asked which values a subject was given."""
    with at(path, "bob") as bob:
        counts = {
            compared_subjects.subjects_with_choice(bob, SCOPE, choice).withheld
            for choice in ("Anntell", "Anntwotell", "Gustell", "nothing")
        }
        assert counts == {3}


def test_dates_and_names_do_not_narrow_it_down(path: Path) -> None:
    with at(path, "bob") as bob:
        for scope in (
            Scope(NS, field="words", annotators=("ann", "ben")),
            Scope(NS, field="words", since="2022", until="2022"),
            Scope("DESK", field="1.1"),
            Scope(NS, field="words", drafts=True, annotators=("ann",)),
        ):
            assert comparing.agreement_field(bob, scope).row.pairable == 0


# Looking, and what follows from it


EDITS: dict[str, Callable[[Session], object]] = {
    "answer": lambda it: it.set_answer("d:2", NS, "maker", Answer(value="x")),
    "note": lambda it: it.set_note("d:2", NS, "x"),
    "flag": lambda it: it.raise_flag("d:2", NS, "x"),
    "redo": lambda it: it.redo(),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["dora", "DORA", "Ｄｏｒａ"])
def test_who_has_looked_does_not_classify_any_more(path: Path, name: str, edit: str) -> None:
    with at(path, "dora", name) as (dora, same):
        dora.set_note("d:2", NS, "first thoughts")
        same.set_note("d:2", NS, "first thoughts")
        while dora.undo() or same.undo():
            pass
        review(dora, "d:2")
        assert looked(path) == [("dora", "d:2")]
        with pytest.raises(AnswerError, match=r"you have looked at others' answers on \d{4}-\d\d-\d\d, so yours"):
            EDITS[edit](same)
        assert same.status("d:2", NS) == "untouched"
        assert ailments(same) == []
        assert same.set_note("d:4", NS, "x").status == "draft"
        change(dora.store, "lead", "blind_annotation", "no")
        if edit != "redo":
            EDITS[edit](same)
            assert same.status("d:2", NS) == "draft"


def test_in_another_round_neither(path: Path) -> None:
    with at(path, "dora") as dora, at(path, "dora", round_=2) as later:
        review(dora, "d:2")
        with pytest.raises(AnswerError, match="you have looked"):
            later.set_note("d:2", NS, "x")


def test_skipping_lets_one_look_and_not_come_back(path: Path) -> None:
    with at(path, "bob") as bob:
        with pytest.raises(AnswerError, match="submit your own answers before seeing others'"):
            review(bob, "d:1")
        bob.skip("d:1", NS, "cannot read it")
        assert told(bob, DECIDING["review"], "d:1") >= {"anntell", "bentell", "ruledtell"}
        for way in (lambda: bob.reopen("d:1", NS), bob.undo, lambda: choose(bob, "d:1", "maker", "x")):
            with pytest.raises(AnswerError, match="you have looked"):
                way()
        assert bob.status("d:1", NS) == "skipped"


def test_who_is_to_classify_may_leave_it_aside_after_looking(path: Path) -> None:
    with at(path, "dora") as dora:
        review(dora, "d:2")
        assign(dora, "d:2", "dora")
        with pytest.raises(AnswerError, match="you are to classify it yourself in round 1"):
            review(dora, "d:2")
        assert dora.skip("d:2", NS, "I know what others said").status == "skipped"
        assert told(dora, DECIDING["review"], "d:2") == OF["2"]


def test_what_is_dealt_must_be_handed_in_or_taken_back_first(path: Path) -> None:
    with at(path, "cy") as cy:
        with pytest.raises(AnswerError, match=r"Hand it in or skip it .* or have it taken back"):
            review(cy, "d:1")
        with cy.store.writing() as connection:
            assert assignments.take_back(connection, "cy", 1) == 1
        assert told(cy, DECIDING["review"], "d:1") >= {"anntell", "bentell"}
        assert looked(path) == [("cy", "d:1")]


def test_who_handed_in_looks_without_a_record_and_may_take_it_back(path: Path) -> None:
    with at(path, "ann", "bob") as (ann, bob):
        review(ann, "d:1")
        submit_fully(bob, "d:1")
        review(bob, "d:1")
        assert looked(path) == []
        bob.reopen("d:1", NS)
        with pytest.raises(AnswerError, match="submit your own answers"):
            review(bob, "d:1")
        bob.undo()
        assert bob.status("d:1", NS) == "submitted"


def test_a_reviewer_sees_all_and_is_known_to_have_looked_at_what_they_opened(path: Path) -> None:
    with at(path, "eve", "EVE") as (eve, same):
        assert told(eve, COMPARING["subjects_differing"], "") >= OF["2"] | {"anntell"}
        review(same, "d:1")
        assert looked(path) == [("EVE", "d:1")]
        with pytest.raises(AnswerError, match="you have looked"):
            eve.set_note("d:1", NS, "x")
        eve.set_note("d:2", NS, "x")  # not opened yet
        assert told(eve, COMPARING["subjects_differing"], "") & OF["2"] == frozenset()
        with pytest.raises(AnswerError, match="submit your own"):
            review(eve, "d:2")


REFUSED: dict[str, Callable[[Adjudicator], object]] = {
    "adjudicate": lambda it: it.adjudicate("d:2", NS),
    "adopt": lambda it: it.adopt("d:2", NS, "words", "zed", "slip"),
    "majority": lambda it: it.majority("d:2", NS, "words", "slip"),
    "rule": lambda it: it.rule("d:2", NS, "outcome", Answer(value="odd"), "slip"),
}


@pytest.mark.parametrize("door", REFUSED)
def test_who_is_refused_a_decision_has_looked_all_the_same(path: Path, door: str) -> None:
    with at(path, "dora") as dora:
        with pytest.raises(AnswerError):
            REFUSED[door](dora.adjudicator())
        assert looked(path) == [("dora", "d:2")]


def test_what_is_published_is_open_but_publishing_it_is_looking(path: Path) -> None:
    with at(path, "dora", "gus", "bob") as (dora, gus, bob):
        with pytest.raises(AnswerError, match="submit your own"):
            bob.publisher().publish("d:1", NS)
        dora.publisher().publish("d:1", NS)
        assert looked(path) == [("dora", "d:1")]
        with pytest.raises(AnswerError, match="submit your own"):
            bob.publisher().withdraw("d:1", NS)
        hand_in(path, "gus", "d:4", "Gustell")
        assert told(gus, SESSION["completions"], "") >= {"ruledtell"}  # on another subject, as from any published work
        assert told(bob, SESSION["completions"], "") == frozenset()


def test_ones_own_ruling_is_closed_as_well_while_one_is_to_classify_the_subject(path: Path) -> None:
    with at(path, "dora") as dora:
        dora.adjudicator().adopt("d:2", NS, "words", "ann", "slip")
        assign(dora, "d:2", "dora")
        with pytest.raises(AnswerError, match="you are to classify it yourself"):
            dora.undo()
        dora.skip("d:2", NS, "I decided about it")
        assert told(dora, SESSION["undo"], "") == frozenset()  # the skip
        with pytest.raises(AnswerError, match="you are to classify it yourself"):
            dora.undo()


def test_earlier_rulings_are_shown_as_far_as_their_subjects_are_open(path: Path) -> None:
    hand_in(path, "ann", "d:4", "Anntell")
    hand_in(path, "ben", "d:4", "Bentell")
    with at(path, "lead", "eve", "dora", "bob") as (lead, eve, dora, bob):
        assert [each.subject for each in lead.adjudicator().precedents("d:4", NS, "maker")] == ["d:1"]
        assert [each.subject for each in eve.adjudicator().precedents("d:4", NS, "maker")] == ["d:1"]
        assert dora.adjudicator().precedents("d:4", NS, "maker") == []  # Dora has not looked at d:1
        assert bob.adjudicator().precedents("d:4", NS, "maker") == []


def test_accepting_in_bulk_passes_over_what_one_is_at_work_on(path: Path) -> None:
    hand_in(path, "ann", "d:4", "Anntell")
    with at(path, "dora") as dora:
        dora.set_note("d:4", NS, "x")
        done = dora.adjudicator().accept_agreed(NS, "single")
        assert done.accepted == []
        assert "you classified it yourself (draft)" in done.refused["d:4"] or "submit" in done.refused["d:4"]
        assert set(looked(path)) == {("dora", "d:2"), ("dora", "d:3")}


def test_without_a_name_one_may_be_anybody_who_is_at_work(path: Path) -> None:
    with at(path, "") as nobody:
        with pytest.raises(AnswerError, match="somebody is at work on it, and you may be them"):
            review(nobody, "d:1")
        with pytest.raises(RequestError, match="Say who you are"):
            nobody.publisher().withdraw("d:1", NS)
        assert told(nobody, DECIDING["review"], "d:2") == OF["2"]
        assert looked(path) == []


def test_a_file_that_cannot_be_written_is_looked_at_without_a_record(path: Path) -> None:
    with closing(Session(Project.open(path, read_only=True), "dora")) as dora:
        assert told(dora, DECIDING["review"], "d:2") == OF["2"]
        assert told(dora, COMPARING["subjects_differing"], "") == frozenset()
    assert looked(path) == []


def test_a_team_that_does_not_annotate_blind_sees_everything(path: Path) -> None:
    with at(path, "bob", "dora") as (bob, dora):
        change(bob.store, "lead", "blind_annotation", "no")
        assert told(bob, DECIDING["review"], "d:1") >= {"anntell", "bentell"}
        assert told(dora, COMPARING["subjects_differing"], "") == ALL - {"aiidtell", "issuetell", "ruledtell"}
        assert looked(path) == []
        assert bob.set_note("d:2", NS, "x").status == "draft"


# Another round


def test_in_a_retest_ones_own_earlier_answers_are_closed(path: Path) -> None:
    with at(path, "ann") as first, at(path, "ann", round_=2) as second:
        for way in (SESSION["classification"], SESSION["reopen"], SESSION["raise_flag"], SESSION["problems"]):
            with pytest.raises(AnswerError, match="in round 2, so what you said in round 1 stays closed"):
                way(first, "d:3")
        assert first.status("d:3", NS) == "submitted"
        assert "stays closed" in first.refusal("d:3", NS)
        assert first.refusal("d:1", NS) == ""
        with pytest.raises(AnswerError, match="stays closed"):
            first.undo()  # the latest edit of the first round was made there
        with pytest.raises(AnswerError, match="submit your own"):
            review(first, "d:3")
        assert second.classification("d:3", NS).notes == "once more"
        assert [event.kind for event in second.history("d:3")] == ["note_set"]
        assert told(second, SESSION["frequent_choices"], "") & {"annearliertell"} == frozenset()
        submit_fully(second, "d:3")
        assert "Annearliertell maker" in str(first.classification("d:3", NS).answers)
        assert told(first, DECIDING["review"], "d:3") == OF["3"]


def test_what_is_dealt_for_a_later_round_closes_the_earlier_one_too(path: Path) -> None:
    with at(path, "ben") as ben:
        assert told(ben, SESSION["history"], "d:2") == {"bentwotell"}
        assign(ben, "d:2", "ben", round_=2)
        assert told(ben, SESSION["history"], "d:2") == frozenset()
        assert told(ben, SESSION["classification"], "d:2") == frozenset()
        assert "bentwotell" not in told(ben, SESSION["frequent_choices"], "")
        with at(path, "ben", round_=2) as later:
            assert later.set_note("d:2", NS, "again").status == "draft"


def test_a_round_can_be_begun_while_an_earlier_one_is_unfinished(path: Path) -> None:
    with at(path, "bob", round_=2) as later, at(path, "bob") as bob:
        assert later.set_note("d:1", NS, "second").notes == "second"
        assert bob.classification("d:1", NS).notes == "not sure yet"


# Real data


def test_three_imported_annotators_are_open_until_one_begins_oneself(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    with at(path, "zoe") as zoe:
        import_path(zoe.project, shared_data / "aiid-snapshot")
        scope = Scope("CSETv1", field="physical_objects")
        before = comparing.agreement_field(zoe, scope).row.pairable
        assert before > 50
        seen = compared_subjects.subjects_differing(zoe, scope, None)
        assert seen.withheld == 0
        key = seen.rows[0].key
        zoe.set_note(key, "CSETv1", "x")
        after = compared_subjects.subjects_differing(zoe, scope, None)
        assert key not in [each.key for each in after.rows]
        assert (len(seen.rows) - len(after.rows), after.withheld) == (1, 1)
        assert comparing.agreement_field(zoe, scope).row.pairable == before - 1
        with pytest.raises(AnswerError, match="submit your own"):
            zoe.adjudicator().review(key, "CSETv1")
        assert key not in [each.key for each in zoe.adjudicator().queue(ReviewView("CSETv1"), 0, 999)]
        other = seen.rows[1].key
        zoe.adjudicator().review(other, "CSETv1")
        zoe.set_note(other, "CSETv1", "what imports brought is no secret")


def assign(session: Session, key: str, name: str, round_: int = 1) -> None:
    """Deal one subject out."""
    with session.store.writing() as connection:
        (subject,) = connection.execute("SELECT id FROM subjects WHERE key = ?", (key,)).fetchone()
        one = assignments.Assignment(subject, name, 1, 1)
        assignments.put(connection, NS, round_, [one], "lead")


def test_an_empty_desk_has_nothing_to_keep(tmp_path: Path) -> None:
    with at(make_desk(tmp_path), "zoe") as zoe:
        assert zoe.adjudicator().totals(NS) == (0, 0)
        assert comparing.agreement_fields(zoe, Scope(NS)).rows == ()
