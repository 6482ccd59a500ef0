"""Which decisions are stale is kept in step, whatever makes them so: as looking at each of them finds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk import Desk
from annotator.desk.review import decided_of
from annotator.errors import AnnotatorError
from annotator.model.outline import position
from annotator.model.person import STRATEGIES
from annotator.model.queue import QueueView
from annotator.model.review import digest
from tests.desk.making import ailments, choose, seated

NS = "desk"
KEYS = ("d:1", "d:2")
FEWER = settings(max_examples=settings().max_examples // 4)
"""Every example makes a database of its own."""
TEAM = ("eva", "bob", "cleo")
DEEDS = (
    "none", "near", "Acme", "submit", "submit", "reopen", "reopen", "undo", "redo", "accept", "accept", "adopt",
    "adjudicate", "take back", "take back", "bring", "may", "may not", "rename", "merge", "split", "alias", "alias",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(range(len(TEAM))), st.sampled_from(KEYS), st.sampled_from(DEEDS)), max_size=25
)


def begun(desks: list[Desk]) -> None:
    """Two have handed in on two subjects; on one it is decided what they agree on, on the other something brought."""
    desks[-1].settings.change("blind_annotation", "no")
    for desk in desks[:2]:
        for key in KEYS:
            choose(desk, key, "outcome", "none")
            desk.tagging.submit(key, NS)
    desks[2].adjudication.accept("d:1", NS, "unanimous", "first")
    brought(desks[-1], "d:2")
    assert kept(desks[-1]) == ["d:2"]


def brought(desk: Desk, key: str) -> None:
    """What an import brings as decided, on answers of somebody who is called otherwise there."""
    of = decided_of(desk.visibility.standing(key, NS))
    seen = digest({"outcome": position("answered", "none")})
    said = {"answers": {"outcome": {"value": "near"}}, "status": "adjudicated", "seen": {"Eve": seen, "bob": seen}}
    desk.store.record(desk.annotator, "imported", of, 1, said)


def do(desk: Desk, other: Desk, key: str, what: str) -> None:
    """Do something, if that can be done now."""
    it = desk.adjudication
    doings: dict[str, Callable[[], object]] = {
        "Acme": lambda: choose(desk, key, "maker", "Acme"),
        "submit": lambda: desk.tagging.submit(key, NS),
        "reopen": lambda: desk.tagging.reopen(key, NS),
        "undo": desk.history.undo,
        "redo": desk.history.redo,
        "accept": lambda: [it.accept_agreed(NS, strategy, [key]) for strategy in STRATEGIES],
        "adopt": lambda: it.adopt(key, NS, "maker", other.annotator, "slip"),
        "adjudicate": lambda: it.adjudicate(key, NS),
        "take back": lambda: it.reopen(key, NS),
        "bring": lambda: brought(desk, key),
        "may": lambda: desk.settings.change("allow_self_adjudication", "yes"),
        "may not": lambda: desk.settings.change("allow_self_adjudication", "no"),
        "rename": lambda: desk.people.rename("bob", "Bobby"),
        "merge": lambda: desk.people.merge("eva", "bob"),
        "split": lambda: [desk.people.undo(each.id) for each in desk.people.deeds()[-1:]],
        "alias": lambda: desk.people.alias("eva", "Eve"),
    }
    with suppress(AnnotatorError):
        doings.get(what, lambda: choose(desk, key, "outcome", what))()


def one_by_one(lead: Desk) -> list[str]:
    """The subjects whose decision is stale, as a look at each of them says."""
    return [key for key in KEYS if lead.review.of(key, NS).stale]


def kept(lead: Desk) -> list[str]:
    """The same as it is listed."""
    return [row.key for row in lead.queue.listed(QueueView(stale=True))]


@FEWER
@given(STEPS)
def test_what_is_kept_is_what_looking_at_each_decision_finds(steps: list[tuple[int, str, str]]) -> None:
    with seated(*TEAM, "lead") as desks:
        begun(desks)
        for who, key, what in steps:
            do(desks[who], desks[who - 1], key, what)
            assert kept(desks[-1]) == one_by_one(desks[-1]), what
        assert ailments(desks[-1]) == []
        before = kept(desks[-1])
        desks[-1].store.rebuild()
        assert kept(desks[-1]) == before
