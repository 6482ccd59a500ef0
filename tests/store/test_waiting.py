"""Which deeds wait, from the events alone."""

from __future__ import annotations

from typing import Any

from annotator.model.classification import Identity
from annotator.model.event import Event
from annotator.model.people.known import Added
from annotator.model.waiting import Course, Told, Turned, counting, left_out

LEAD, ANN, BOB = "l" * 32, "a" * 32, "b" * 32
PEOPLE = [Added(LEAD, "lead", "person"), Added(ANN, "ann", "person"), Added(BOB, "bob", "person")]
ADJUDICATED = "0" * 32


def told(counter: int, by: str, kind: str, whose: str = "", turned: Turned | None = None, **said: Any) -> Told:
    return Told(f"{by}:{counter}", (counter, by, counter), kind, by, whose, said, turned=turned)


def role(counter: int, by: str, whom: str, value: str, **more: Any) -> Told:
    return told(counter, by, "setting_set", name="role", value=value, people=[whom], **more)


def states(*events: Told) -> dict[int, str]:
    """By counter: the state of what does not count, whatever order the events are given in."""
    found: list[dict[int, str]] = []
    for given in (events, events[::-1]):
        course = Course(PEOPLE, given)
        found.append({each.order[0]: str(state) for each in events if (state := course.state(each))})
    assert found[0] == found[1]
    return found[0]


def test_nothing_waits_before_the_first_role_and_what_takes_one_does_behind_it() -> None:
    early, late = (told(counter, ANN, "ruled", ADJUDICATED) for counter in (1, 9))
    assert states(early, late) == {}
    assert states(early, role(2, LEAD, LEAD, "lead"), late) == {9: "waiting"}
    assert states(early, role(2, LEAD, LEAD, "lead"), role(3, LEAD, ANN, "adjudicator"), late) == {}


def test_of_ones_own_work_only_a_readers_waits() -> None:
    given = role(1, LEAD, LEAD, "lead"), role(2, LEAD, ANN, "reader")
    own = [told(counter, by, "answer_set", by) for counter, by in ((3, ANN), (4, BOB))]
    assert states(*given, *own, told(5, BOB, "answer_set", ANN), told(6, BOB, "imported", ANN)) == {
        3: "waiting", 5: "waiting",
    }  # fmt: skip
    assert states(*given, told(3, ANN, "looked", ANN), told(4, ANN, "person_added")) == {}


def test_what_somebody_decided_they_may_take_back_and_not_do_again() -> None:
    given, own = role(1, LEAD, LEAD, "lead"), Turned(ANN, "ruled")
    assert states(given, told(2, ANN, "undone", ADJUDICATED, own, event="x")) == {}
    assert states(given, told(2, ANN, "redone", ADJUDICATED, own, event="x")) == {2: "waiting"}
    assert states(given, told(2, ANN, "redone", BOB, Turned(ANN, "answer_set"), event="x")) == {}
    assert states(given, told(2, ANN, "undone", ADJUDICATED, Turned(BOB, "ruled"), event="x")) == {2: "waiting"}
    assert states(given, told(2, ANN, "undone", ADJUDICATED, Turned(ANN, "reopened"), event="x")) == {2: "waiting"}


def test_roles_that_are_given_in_one_go_make_one_lead() -> None:
    first = role(1, LEAD, BOB, "adjudicator"), role(2, LEAD, LEAD, "lead")
    apart = role(5, ANN, ANN, "lead"), told(6, ANN, "assigned", BOB)
    assert states(*first, *apart) == {5: "waiting", 6: "waiting"}
    assert states(*first, role(5, ANN, ANN, "lead", claim=True), apart[1]) == {}
    assert states(*first, role(3, LEAD, ANN, "reader"), role(5, ANN, ANN, "lead", claim=True)) == {}


def test_who_is_one_person_with_a_lead_leads_once_a_lead_says_so() -> None:
    first, deed = role(1, LEAD, LEAD, "lead"), told(4, ANN, "assigned", BOB)
    assert states(first, told(2, LEAD, "people_merged", person=ANN, into=LEAD), deed) == {}
    assert states(first, told(2, ANN, "people_merged", person=ANN, into=LEAD), deed) == {2: "waiting", 4: "waiting"}


def test_a_word_that_held_once_holds_whatever_it_changes() -> None:
    first, away = role(1, LEAD, LEAD, "lead"), role(3, ANN, LEAD, "annotator")
    rule, word = told(5, LEAD, "ruled", ADJUDICATED), told(7, LEAD, "accepted", event=f"{ANN}:3")
    assert states(first, away, rule) == {3: "waiting"}
    assert states(first, away, rule, word) == {5: "waiting"}


def test_a_role_that_is_accepted_lets_its_words_hold() -> None:
    first, given, deed = role(1, LEAD, LEAD, "lead"), role(3, ANN, ANN, "lead"), told(4, BOB, "ruled", ADJUDICATED)
    own = told(5, ANN, "accepted", event=f"{BOB}:4")
    assert states(first, given, deed, own) == {3: "waiting", 4: "waiting", 5: "waiting"}
    assert states(first, given, deed, own, told(6, LEAD, "accepted", event=f"{ANN}:3")) == {}
    assert states(first, given, deed, own, told(6, LEAD, "accepted", event=f"{ANN}:5")) == {3: "waiting"}


def test_of_several_words_the_later_holds_and_who_has_no_role_has_no_say() -> None:
    first, deed = role(1, LEAD, LEAD, "lead"), told(2, ANN, "ruled", ADJUDICATED)
    words = [told(counter, LEAD, kind, event=deed.id) for counter, kind in ((3, "accepted"), (4, "declined"))]
    assert states(first, deed, *words) == {2: "declined"}
    assert states(first, deed, words[0]) == {}
    assert states(first, deed, told(3, BOB, "accepted", event=deed.id)) == {2: "waiting", 3: "waiting"}
    answer = told(2, ANN, "answer_set", ANN)
    assert states(first, answer, told(3, LEAD, "declined", event=answer.id)) == {}, "answers are nobody's to decline"


OF = Identity(subject="t:1", taxonomy="T", annotator="adjudicated", round=1)


def event(name: str, kind: Any, *replaces: str, **said: Any) -> Event:
    return Event(name, "", "ann", kind, OF, 1, said, replaces)


def test_what_replaces_a_deed_that_is_left_out_replaces_what_that_replaced() -> None:
    chain = [event("a", "ruled"), event("w", "ruled", "a"), event("x", "ruled", "w"), event("n", "ruled", "x", "b")]
    assert [(each.id, each.replaces) for each in counting(chain, ["w", "x"])] == [("a", ()), ("n", ("a", "b"))]
    assert counting(chain, []) == chain


def test_what_rests_on_a_deed_is_left_out_with_it() -> None:
    found = [
        event("w", "ruled"), event("u", "undone", event="w"), event("r", "redone", event="w"),
        event("d", "adjudicated", ruled={"a": "w"}), event("p", "published"), event("o", "ruled"),
        event("e", "adjudicated", ruled={"a": "o"}), event("q", "published"),
    ]  # fmt: skip
    assert left_out(found, ["w"]) == {"w", "u", "r", "d", "p"}
    assert left_out(found, ["e"]) == {"e", "q"}
