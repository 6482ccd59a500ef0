"""Which deeds wait for a lead, because who did them had no role for it as of their place in the order. Pure.

What is done at the desk was allowed when it was done, and its counter is above all that was known there. So only what
was done apart can wait. From the same events the same waits everywhere: they are gone through in their order, and a
role, a deed about people or a lead's word that waits itself changes nothing of what comes behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast

from annotator.model.event import Event
from annotator.model.people.deeds import Deed
from annotator.model.people.known import Added, Known
from annotator.model.people.who_is_who import who_is_who
from annotator.model.person import DECIDED
from annotator.model.roles import DECIDING, LEADING, SETTING, USUAL, WORKING

State = Literal["waiting", "declined"]
DECISIONS = frozenset({"accepted", "declined"})
"""Kinds of events by which a lead lets what waits count, or leaves it out for good."""
OF_PEOPLE = frozenset(
    {"person_renamed", "spelling_added", "people_merged", "people_split", "person_left", "people_undone"}
)
FREE = frozenset({"looked", "import_ran", "person_added", "subjects_joined", "erasure_told"})
"""Kinds that never wait: what somebody saw or read stays so, and two subjects that are one are told apart no more."""
LED = frozenset(
    {
        "assigned", "taken_back", "round_started", "round_closed", "round_opened", "gold_set", "gold_unset",
        "setting_set", "erased", *OF_PEOPLE, *DECISIONS,
    }
)  # fmt: skip
PUBLISHED = frozenset({"published", "withdrawn"})
WORKED = frozenset({"imported", "given_up"})
"""Kinds that whoever works here may do, whosever work they are about."""
Order = tuple[int, str, int]
"""Counter, feed and number."""


class Turned(NamedTuple):
    """The event that another one undoes or redoes."""

    by: str
    kind: str


class Told(NamedTuple):
    """An event, as far as it takes to know whether it waits."""

    id: str
    order: Order
    kind: str
    by: str
    """The uid of who did it."""
    whose: str = ""
    """The uid of whose classification it is about."""
    said: Mapping[str, Any] = {}
    """The payload, of what changes who may do what."""
    at: str = ""
    replaces: tuple[str, ...] = ()
    turned: Turned | None = None

    @property
    def is_role(self) -> bool:
        """Whether it gives somebody a role."""
        return self.kind == "setting_set" and self.said.get("name") == SETTING and bool(self.said.get("people"))

    @property
    def changes_roles(self) -> bool:
        """Whether others may do something else because of it."""
        return self.is_role or self.kind in OF_PEOPLE or self.kind in DECISIONS


class _Team:
    """Who has which role at some place in the order; what comes later makes another one."""

    def __init__(
        self, added: Sequence[Added], deeds: tuple[Deed, ...] = (), roles: Mapping[str, str] | None = None,
        founded: Told | None = None,
    ) -> None:  # fmt: skip
        self.added = added
        self.deeds = deeds
        self.given = roles or {}
        """By uid, the latest last."""
        self.founded = founded
        """The last event of those, in one go, by which the first roles were given."""

    def after(self, told: Told) -> _Team:
        """The team once an event counts."""
        if told.kind in OF_PEOPLE:
            deed = Deed(told.kind, told.said, told.at, told.id, told.replaces)
            return _Team(self.added, (*self.deeds, deed), self.given, self.founded)
        if not told.is_role:
            return self
        whom = told.said["people"][0]
        roles = {uid: role for uid, role in self.given.items() if uid != whom}
        founded = told if not self.given or self.is_founding(told) else self.founded
        return _Team(self.added, self.deeds, {**roles, whom: str(told.said.get("value", ""))}, founded)

    def is_founding(self, told: Told) -> bool:
        """Whether a role is given by who gave the first one: in one go with it, or before anybody leads."""
        first = self.founded
        if first is None:
            return False
        (_, feed, number), (_, same, before) = told.order, first.order
        return (feed == same and number <= before + 2) or (not self.has_lead and self.is_same(told.by, first.by))

    @cached_property
    def _known(self) -> dict[str, Known]:
        return who_is_who(self.added, self.deeds).known

    @cached_property
    def _persons(self) -> dict[str, str]:
        """By uid: who stands for them."""
        return {uid: known.stands_for for uid, known in self._known.items()}

    def has_left(self, uid: str) -> bool:
        """Whether somebody has left, who has no role until they are back."""
        return uid in self._known and bool(self._known[uid].left_at)

    def person(self, uid: str) -> str:
        return self._persons.get(uid, uid)

    def is_same(self, one: str, other: str) -> bool:
        return one == other or self.person(one) == self.person(other)

    @cached_property
    def _roles(self) -> dict[str, str]:
        """By who stands for a person: the role they were given last."""
        return {self.person(uid): role for uid, role in self.given.items()}

    @property
    def has_lead(self) -> bool:
        return "lead" in self._roles.values()

    def role(self, uid: str) -> str:
        """Somebody's role; empty as long as nobody has any."""
        if not self.given:
            return ""
        return USUAL if self.has_left(uid) else self._roles.get(self.person(uid), USUAL)

    @cached_property
    def readers(self) -> frozenset[str]:
        """The uids of who is a reader."""
        if "reader" not in self.given.values():
            return frozenset()
        known = {*self._persons, *self.given}
        return frozenset(uid for uid in known if self.role(uid) == "reader")

    def allows(self, told: Told) -> bool:
        """Whether who did something had the role for it."""
        needed, role = self.needed(told), self.role(told.by)
        if not needed or not role or role in needed:
            return True
        if not told.is_role:
            return False
        return self._is_claim(told) or self.is_founding(told)

    def needed(self, told: Told) -> frozenset[str]:
        """The roles that allow something; none where it is free to everybody."""
        if told.kind in FREE:
            return frozenset()
        if told.kind in LED:
            return LEADING
        if told.kind in PUBLISHED:
            return DECIDING
        if told.kind in WORKED or self.is_same(told.by, told.whose) or self._is_turning_own(told):
            return WORKING
        return DECIDING

    def _is_claim(self, told: Told) -> bool:
        """Whether somebody takes the place of a lead who is lost; a reader may, because everybody can be one."""
        said = told.said
        is_own = said.get("claim") and said.get("value") == "lead" and self.is_same(told.by, said["people"][0])
        return bool(is_own) and not self.has_left(told.by)

    def _is_turning_own(self, told: Told) -> bool:
        """Whether somebody takes back what they did themselves; to do it again is to decide, as to undo a reopening."""
        turned = told.turned
        if turned is None or not self.is_same(told.by, turned.by):
            return False
        return told.whose != DECIDED or (told.kind == "undone" and turned.kind != "reopened")


class Course:
    """Who may do what, from event to event."""

    def __init__(self, added: Iterable[Added], told: Iterable[Told]) -> None:
        """Take everybody, and every event that changes who may do what."""
        self._added = tuple(added)
        self._told = sorted((each for each in told if each.changes_roles), key=lambda each: each.order)
        self._known = {each.id: each for each in self._told}
        self._holds: set[str] = set()
        """The words of leads that are found to hold, in their order; what one of them changes is gone through anew."""
        while not self._is_gone_through():
            pass

    def _is_gone_through(self) -> bool:
        """Go through all, up to a word that changes what came before it."""
        team = _Team(self._added)
        self._orders: list[Order] = []
        self._teams: list[_Team] = [team]
        replaced: dict[str, tuple[str, ...]] = {}
        for each in self._told:
            if each.kind in DECISIONS:
                if each.id not in self._holds and self._learn(each, team):
                    return False  # what came before it is otherwise from now on
                continue
            through = _through(each.replaces, replaced)
            if self._state(each, team):
                replaced[each.id] = through
            else:
                team = team.after(each._replace(replaces=through))
                self._orders.append(each.order)
                self._teams.append(team)
        return True

    def _learn(self, word: Told, team: _Team) -> bool:
        """Find out whether a word holds; returns whether that changes what came before it."""
        said = self._said.get(word.id)
        if said != "accepted" and (said == "declined" or not team.allows(word)):
            return False
        self._holds.add(word.id)
        self.__dict__.pop("_said", None)
        return word.said["event"] in self._known

    @cached_property
    def _said(self) -> dict[str, str]:
        """By event: what a lead said of it, the later where several did."""
        return {each.said["event"]: each.kind for each in self._told if each.id in self._holds}

    def _state(self, told: Told, team: _Team) -> State | Literal[""]:
        said = self._said.get(told.id)
        if said == "accepted":
            return ""
        is_allowed = team.allows(told)
        if said == "declined" and not (is_allowed and team.needed(told) in (frozenset(), WORKING)):
            return "declined"
        return "" if is_allowed else "waiting"

    def state(self, told: Told) -> State | Literal[""]:
        """Whether an event waits, or was declined; empty where it counts."""
        if told.id in self._holds:
            return ""
        return self._state(told, self._teams[bisect_left(self._orders, told.order)])

    @property
    def told(self) -> Sequence[Told]:
        """Every event that changes who may do what, in order."""
        return self._told

    @cached_property
    def readers(self) -> frozenset[str]:
        """The uids of who ever was a reader."""
        return frozenset[str]().union(*(team.readers for team in self._teams))


# What rests on it


def left_out(events: Sequence[Event], gone: Iterable[str]) -> set[str]:
    """The ids of what does not count, of events in their order: what waits or was declined, and what rests on that."""
    left = set(gone)
    decided: dict[Of, str] = {}
    for event in events:
        if left and not left.isdisjoint(_rests_on(event, decided)):
            left.add(event.id)
        if event.kind == "adjudicated" or event.payload.get("status") == "adjudicated":
            decided[_of(event)] = event.id
    return left


Of = tuple[str, str, str, int]


def _of(event: Event) -> Of:
    of = event.of
    return of.subject, of.taxonomy, of.annotator, of.round


def _rests_on(event: Event, decided: Mapping[Of, str]) -> Iterable[str]:
    """The ids of events without which an event says nothing; `decided` has the latest decisions so far."""
    if event.kind in {"undone", "redone", "people_undone", "incoming_settled"}:
        return filter(None, [event.payload.get("event")])
    if event.kind == "flag_resolved":
        return [event.payload["flag"]]
    if event.kind == "adjudicated":
        return cast("Iterable[str]", event.payload["ruled"].values())
    return filter(None, [decided.get(_of(event))]) if event.kind == "published" else ()


def counting(events: Sequence[Event], gone: Iterable[str]) -> list[Event]:
    """Those of some events, in their order, that count; each takes the place of all that the others took it of."""
    left = left_out(events, gone)
    replaced: dict[str, tuple[str, ...]] = {}
    kept = []
    for event in events:
        through = _through(event.replaces or (), replaced)
        if event.id in left:
            replaced[event.id] = through
        else:
            kept.append(event._replace(replaces=through) if event.replaces else event)
    return kept


def _through(replaces: tuple[str, ...], replaced: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What an event takes the place of, where that of others that do not count stands for them."""
    if replaced.keys().isdisjoint(replaces):
        return replaces
    return tuple(dict.fromkeys(each for one in replaces for each in replaced.get(one, (one,))))
