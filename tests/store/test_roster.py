"""What follows on deeds about people, in the file: everything stands under the names they are known by then."""

from __future__ import annotations

import pytest

from annotator.model.event import TeamKind
from annotator.model.fold import nothing_hidden
from annotator.model.handing_in.handed_in import values_digest
from annotator.model.provenance import ImportedFrom
from annotator.model.queue import ResumePoint
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from annotator.store import people, visibility
from annotator.store.connection import Transaction
from annotator.store.importing.run import beside
from annotator.store.importing.staging import incident_told
from annotator.store.log import erasing, events
from annotator.store.store import Store
from annotator.store.team import roster
from tests.store.making import answer, of, problems, record


def decide(store: Store, kind: TeamKind, **said: str) -> None:
    """Decide something about people, who are named as they were first told."""
    with store.writing() as transaction:
        named = {key: uid(transaction, name) if key in {"person", "into"} else name for key, name in said.items()}
        roster.decide(transaction, store.projection, "lead", kind, named)


def uid(transaction: Transaction, added_as: str) -> str:
    (found,) = transaction.execute("SELECT uid FROM people WHERE added_as = ?", (added_as,)).fetchone()
    return str(found)


def disputed(store: Store) -> list[tuple[object, ...]]:
    return store.transaction.execute("SELECT subject_id, field FROM disagreements").fetchall()


def hand_in(store: Store, annotator: str, value: str) -> None:
    now = answer(store, of(annotator=annotator), "a", value)
    record(store, of(annotator=annotator), "submitted", answers=values_digest(now.answers))


def test_what_two_differed_about_is_no_disagreement_once_they_are_one(store: Store) -> None:
    for annotator, value in (("ann", "yes"), ("bob", "no"), ("cy", "yes")):
        hand_in(store, annotator, value)
    assert disputed(store) == [(1, "a")]
    decide(store, "people_merged", person="bob", into="ann")
    assert disputed(store) == []
    assert people.names(store.transaction, "classifications") == ["ann", "cy"]
    assert problems(store) == []


def test_work_under_a_name_that_stays_is_kept_when_another_comes_to_it_or_goes(store: Store) -> None:
    hand_in(store, "ann", "yes")
    answer(store, of("t:2", annotator="bob"), "a", "no")
    decide(store, "people_merged", person="bob", into="ann")
    decide(store, "people_split", person="bob", name="bob")
    assert problems(store) == []
    assert store.classification(of(annotator="ann")).status == "submitted"


def test_a_place_to_go_on_at_follows_a_name(store: Store) -> None:
    answer(store, of(annotator="bob"), "a", "yes")
    place = ResumePoint(subject="t:1", taxonomy="T", field="a")
    with store.writing() as transaction:
        people.put(transaction, "bob", place)
    decide(store, "person_renamed", person="bob", name="Robert")
    assert people.get(store.transaction, "Robert") == place
    assert people.get(store.transaction, "bob") is None


def test_what_an_import_could_not_take_of_somebody_follows_their_name(store: Store) -> None:
    answer(store, of(annotator="bob"), "a", "yes")
    with store.writing() as transaction:
        for field in ("a", "b"):
            row = ("2026", "source", "row 1", "t:1", "T", "bob", field, "x", "no choice")
            transaction.execute(f"INSERT INTO import_issues VALUES (NULL{', ?' * 9})", row)
    decide(store, "person_renamed", person="bob", name="Robert")
    names = store.transaction.execute("SELECT DISTINCT annotator FROM import_issues").fetchall()
    assert names == [("Robert",)]


def test_looks_flags_and_who_imported_follow_a_name(store: Store) -> None:
    with store.writing() as transaction:
        visibility.put(transaction, "bob", "t:2", "T")
    with beside(store, nothing_hidden, ImportedFrom("x", ""), "bob") as run:
        with run.preparing():
            run.stage([(1, False, incident_told(IncidentRecord(Incident(key="t:7"), "")))], [])
        with run.under_lock(is_rehearsal=False):
            run.move({})
    record(store, of(annotator="bob"), "flag_raised", field="a", reason="odd")
    decide(store, "person_renamed", person="bob", name="Robert")
    ask = store.transaction.execute
    assert ask("SELECT annotator FROM looks UNION SELECT raised_by FROM flags").fetchall() == [("Robert",)]
    assert ("Robert",) in ask("SELECT run_by FROM import_runs").fetchall()
    assert problems(store) == []


def test_somebody_who_is_not_known_as_the_log_says_is_found_and_cured(store: Store) -> None:
    for annotator in ("ann", "bob"):
        answer(store, of(annotator=annotator), "a", "yes")
    decide(store, "people_merged", person="bob", into="ann")
    for statement in (
        "UPDATE people SET stands_for = id WHERE stands_for != id",
        "UPDATE people SET left_at = '2026' WHERE name = 'ann'",
        "DELETE FROM spellings WHERE plain = 'bob'",
    ):
        store.transaction.execute(statement)
        assert [each for each in problems(store) if "events say" in each], statement
        store.rebuild()
        assert problems(store) == []
    assert people.known_as(store.transaction, "bob") == "ann"


def test_whoever_was_known_by_their_uid_alone_is_known_by_name_once_it_is_told(store: Store) -> None:
    """A bundle speaks of somebody before another one says who they are."""
    with store.writing() as transaction:
        number = roster.meet(transaction, "f" * 32, "f" * 32, "person")
        roster.follow(transaction, store.projection)
        assert roster.meet(transaction, "f" * 32, "Zoe", "person") == number
        roster.follow(transaction, store.projection)
        assert roster.meet(transaction, "f" * 32, "Zoe", "person") is None
        assert roster.meet(transaction, "f" * 32, "f" * 32, "person") is None
    assert people.known_as(store.transaction, "zoe") == "Zoe"
    assert people.find(store.transaction, "f" * 32) is None
    (said,) = problems(store)
    assert said.startswith("'Zoe' (ffffffff) is in the file, and no event is theirs or about them")


@pytest.mark.parametrize("first", ["ann", "zed"])
def test_a_name_that_one_gives_up_and_another_takes_at_once_is_whose_it_is_then(store: Store, first: str) -> None:
    """So it is when both deeds come with one merge."""
    for annotator, field in sorted({"ann": "a", "zed": "b"}.items(), reverse=first == "zed"):
        answer(store, of(annotator=annotator), field, "no")
    decide(store, "person_renamed", person="ann", name="bob")
    with store.writing() as transaction:
        (deed,) = roster.deeds(transaction)
        said = {"person": uid(transaction, "zed"), "name": "bob"}
        events.append(transaction, "lead", "people_undone", events.NOTHING, 0, {"event": deed.id})
        events.append(transaction, "lead", "person_renamed", events.NOTHING, 0, said)
        roster.follow(transaction, store.projection)
    sql = "SELECT annotator, answers.field FROM classifications JOIN answers ON id = classification_id"
    assert sorted(store.transaction.execute(sql)) == [("ann", "a"), ("bob", "b")]
    assert problems(store) == []


def test_an_erased_rename_is_none(store: Store) -> None:
    answer(store, of(annotator="bob"), "a", "yes")
    decide(store, "person_renamed", person="bob", name="Robert")
    with store.writing() as transaction:
        (deed,) = roster.deeds(transaction)
        erasing.erase(transaction, store.projection, "lead", deed.id, "a name that must not stand here")
    assert people.names(store.transaction, "classifications") == ["bob"]
    assert people.find(store.transaction, "Robert") is None
    assert problems(store) == []
