"""Deeds about people: what they are called, who is one person, who has left. Each is an event that can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.names import in_one_form, refuse_new_name
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.roles import refuse_without_lead
from annotator.desk.team.told import sentence, short_id
from annotator.errors import NotFoundError, RequestError
from annotator.model.chain import shortened
from annotator.model.people.deeds import NAME
from annotator.model.person import NO_WITNESS, same_name
from annotator.store import people
from annotator.store.team import roster

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility
    from annotator.model.event import Event, TeamKind
    from annotator.model.people.who_is_who import WhoIsWho
    from annotator.store.connection import Transaction
    from annotator.store.people import Person
    from annotator.store.store import Store
    from annotator.store.team.roster import Classified, Listed, Work

Conflicts = frozenset[tuple[str, str, int, str]]
SHOWN = 5
"""Places that are named; the rest is counted."""
UIDS = 6
"""Characters at least by which somebody is named who is the same person as others."""
SHOWN_UID = 12
"""Characters by which such a one is told."""


class Followed(NamedTuple):
    """What a deed is, and what followed from it."""

    id: str
    """Of the event; short."""
    words: str
    """The deed in one sentence."""
    moved: dict[str, int]
    """By what it is called: how much stands under another name."""
    joined: int
    """How many classifications become part of another one, because both are about the same."""
    conflicts: tuple[str, ...]
    """Places that are in conflict since, in words."""
    settled: int
    """How many places are in conflict no more."""
    is_part_closed: bool = False
    """Whether there may be more such places, which are closed to whoever asks."""
    open: int = 0
    """How many assignments of somebody who left are not done."""
    whose: str = ""
    is_said_elsewhere: bool = False
    """Whether nothing follows from taking a deed back, because others say the same still, or otherwise."""

    @property
    def sentences(self) -> list[str]:
        """All of it in whole sentences."""
        told = [self.words, _moved_words(self.moved)]
        if self.joined:
            both = f"{self.joined:,} {'subject was' if self.joined == 1 else 'subjects were'} classified by both"
            told.append(f"{both}; what was done there is one classification then, and of two imports the later counts.")
        if self.conflicts:
            told.append(_conflict_words(self.conflicts))
        if self.settled:
            one = self.settled == 1
            told.append(f"{self.settled:,} {'place is' if one else 'places are'} in conflict no more.")
        if self.is_part_closed:
            told.append("Which places closed to you are in conflict is not told while annotation is blind.")
        if self.open:
            one = self.open == 1
            told.append(
                f"{self.open:,} {'assignment' if one else 'assignments'} of {self.whose} {'is' if one else 'are'} not "
                f"done: `annotator assign --take-back {self.whose}` takes {'it' if one else 'them'} back. With "
                f"`--rebalance` what is not begun goes to the others."
            )
        if self.is_said_elsewhere:
            told.append(
                "Who is one person stays so: another deed says the same, or otherwise, and has to be taken back too; "
                "`annotator people undo` lists them."
            )
        return told


class Told(NamedTuple):
    """One deed of the list."""

    id: str
    at: str
    by: str
    words: str
    is_taken_back: bool


class Roster:
    """One person who says who is who."""

    def __init__(self, store: Store, visibility: Visibility, annotator: str) -> None:
        """Take an open store, what may be seen of it, and who answers for what is decided."""
        self.store = store
        self.visibility = visibility
        self.annotator = annotator

    def listed(self) -> list[Listed]:
        """Everybody who is known, by name."""
        with self.store.reading() as transaction:
            return roster.listed(transaction)

    def offered(self) -> dict[str, tuple[str, ...]]:
        """The people who are here, each with all they are found by."""
        here = (each for each in self.listed() if each.kind == "person" and not each.left_at)
        return {each.name: (each.name, *each.spellings) for each in here}

    def deeds(self) -> list[Told]:
        """What was decided about people who are known, oldest first."""
        with self.store.reading() as transaction:
            found = roster.deeds(transaction)
            gone = roster.undone(found)
            named = partial(people.name_of, transaction)
            ids = shortened(e.id for e in found)
            return [Told(ids[e.id], e.at, e.annotator, sentence(e, named), e.id in gone) for e in found]

    def add(self, name: str, *, is_model: bool = False, dry_run: bool = False) -> Followed:
        """Make somebody known who has done nothing yet; raises RequestError."""

        def decide(transaction: Transaction) -> Event:
            new = _new_name(transaction, name)
            projection, kind = self.store.projection, "model" if is_model else "person"
            return roster.add(transaction, projection, self.annotator, new, kind)

        return self._followed(decide, dry_run=dry_run)

    def rename(self, old: str, new: str, *, dry_run: bool = False) -> Followed:
        """Call somebody otherwise; raises RequestError and NotFoundError."""

        def decide(transaction: Transaction) -> Event:
            person = _known(transaction, old)
            name = _name_for(transaction, person, new)
            if name == person.name and not roster.is_apart(transaction, (NAME, person.uid)):
                raise RequestError(f"{person.name!r} is called so already.")
            said = {"person": roster.named_by(transaction, person.uid), "name": name, "was": person.name}
            return self._decide(transaction, "person_renamed", said)

        return self._followed(decide, dry_run=dry_run)

    def alias(self, name: str, spelling: str, *, dry_run: bool = False) -> Followed:
        """Have somebody found by another spelling too; raises RequestError and NotFoundError."""

        def decide(transaction: Transaction) -> Event:
            person = _known(transaction, name)
            new = _name_for(transaction, person, spelling)
            if people.find(transaction, new) is not None:
                raise RequestError(f"{person.name!r} is found as {new!r} already.")
            said = {"person": roster.named_by(transaction, person.uid), "spelling": new, "name": person.name}
            return self._decide(transaction, "spelling_added", said)

        return self._followed(decide, dry_run=dry_run)

    def merge(self, name: str, into: str, *, dry_run: bool = False) -> Followed:
        """Say that two are one person; raises RequestError and NotFoundError."""

        def decide(transaction: Transaction) -> Event:
            one, other = _known(transaction, name), _known(transaction, into)
            if one.uid == other.uid:
                raise RequestError(
                    f"{name!r} and {into!r} are one person already, {one.name!r}; name two people to make one of them."
                )
            _refuse_two_kinds(transaction, one, other)
            whose, stays = (roster.named_by(transaction, each.uid) for each in (one, other))
            said = {"person": whose, "into": stays, "was": one.name, "name": other.name}
            return self._decide(transaction, "people_merged", said)

        return self._followed(decide, dry_run=dry_run)

    def split(self, name: str, new: str, *, dry_run: bool = False) -> Followed:
        """Say that one of those who are one person is somebody else; raises RequestError and NotFoundError.

        `name` is theirs, or the beginning of the uid of the one to split off.
        """

        def decide(transaction: Transaction) -> Event:
            person, uid = _to_split(transaction, name)
            called = in_one_form(new)
            if not same_name(called, person.name) and people.find(transaction, called) is None:
                _new_name(transaction, called)
            stays = next(row.uid for row in roster.rows_of(transaction, person.id) if row.uid != uid)
            event = self._decide(transaction, "people_split", {"person": uid, "name": called, "was": person.name})
            if people.name_of(transaction, uid) != called or people.name_of(transaction, stays) == called:
                raise RequestError(f"{called!r} is a name of those who stay, or of somebody else; choose another one.")
            return event

        return self._followed(decide, dry_run=dry_run)

    def leave(self, name: str, *, dry_run: bool = False) -> Followed:
        """Say that somebody has left, and is not asked for new work; raises RequestError and NotFoundError."""

        def decide(transaction: Transaction) -> Event:
            person = _known(transaction, name)
            if at := roster.left_at(transaction, person.id):
                raise RequestError(f"{person.name!r} has left already, on {at[:10]}.")
            return self._decide(transaction, "person_left", {"person": person.uid, "name": person.name})

        return self._followed(decide, dry_run=dry_run)

    def undo(self, id_: str, *, dry_run: bool = False) -> Followed:
        """Take a deed about people back; raises NotFoundError, and RequestError for what cannot be undone any more."""
        is_said_elsewhere = False

        def decide(transaction: Transaction) -> Event:
            nonlocal is_said_elsewhere
            deed = roster.deed_named(transaction, id_)
            about = f"{short_id(deed.id)} ({sentence(deed, partial(people.name_of, transaction))[:-1]})"
            deeds = roster.deeds(transaction)
            if deed.id in roster.undone(deeds):
                raise RequestError(f"{about} was taken back already.")
            before = roster.computed(transaction)
            event = self._decide(transaction, "people_undone", {"event": deed.id})
            after, turned = roster.computed(transaction), _turned(deed, deeds)
            _refuse_undoing(turned, about, before, after)
            is_said_elsewhere = turned.kind in JOINING and _standing(before) == _standing(after)
            return event

        followed = self._followed(decide, dry_run=dry_run)
        return followed._replace(is_said_elsewhere=is_said_elsewhere)

    # What follows

    def _decide(self, transaction: Transaction, kind: TeamKind, said: Mapping[str, str]) -> Event:
        return roster.decide(transaction, self.store.projection, self.annotator, kind, said)

    def _followed(self, decide: Callable[[Transaction], Event], *, dry_run: bool) -> Followed:
        """Carry a deed out, or rehearse it, and compare what stands under whose name before and after."""
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "says who is who")
            before = roster.work(transaction)
            with opening_nothing(transaction, self.visibility) as closed:
                event = decide(transaction)
                refuse_without_lead(transaction)
            after = roster.work(transaction)
            words = sentence(event, partial(people.name_of, transaction))
            leaver = event.payload["name"] if event.kind == "person_left" else ""
            still_open = roster.open_assignments(transaction, leaver)
        subjects = {each[:2] for each in closed}
        come, gone = (
            frozenset(place for place in places if place[:2] not in subjects)
            for places in (after.conflicts - before.conflicts, before.conflicts - after.conflicts)
        )
        return Followed(
            short_id(event.id),
            words,
            _moved(before, after),
            max(0, _classified(before) - _classified(after)),
            _places(come),
            len(gone),
            bool(closed) and event.kind in TURNING,
            still_open,
            leaver,
        )


def _known(transaction: Transaction, name: str) -> Person:
    """A person or a model by any spelling; raises NotFoundError for nobody, RequestError for a result."""
    found = people.find(transaction, name) if name.strip() else None
    if found is None:
        there = ", ".join(people.everybody(transaction)) or "nobody yet"
        raise NotFoundError(f"Nobody here is called {name!r}; there is {there}.")
    if found.name in NO_WITNESS:
        refuse_new_name(name, ())
    return found


def _new_name(transaction: Transaction, name: str) -> str:
    """A name that nobody has, as it is going to be kept; raises RequestError."""
    found = people.find(transaction, name) if name.strip() else None
    if found is not None and found.name not in NO_WITNESS:
        raise RequestError(_in_use(transaction, name, found))
    refuse_new_name(name, tuple(people.spelt(transaction)))
    return in_one_form(name)


def _in_use(transaction: Transaction, name: str, found: Person) -> str:
    if at := roster.left_at(transaction, found.id):
        return (
            f"{name!r} is {found.name!r}, who is known here and left on {at[:10]}. `annotator people undo` lists the "
            "deed by which they left; taken back, they are here again."
        )
    return f"{name!r} is {found.name!r}, who is known here already; choose another name."


def _name_for(transaction: Transaction, person: Person, name: str) -> str:
    """A name or spelling for somebody known: one that is theirs, or that nobody has; raises RequestError."""
    found = people.find(transaction, name) if name.strip() else None
    if found is not None and found.name not in NO_WITNESS and found.uid != person.uid:
        raise RequestError(
            f"{name!r} is {found.name!r}, who is somebody else here. Choose another name, or say that both are one "
            f"person: annotator people merge {person.name!r} {found.name!r}."
        )
    if found is None or found.name in NO_WITNESS:
        theirs = [each for each, of in people.spelt(transaction).items() if of != person.name]
        refuse_new_name(name, theirs)
    return in_one_form(name)


@contextmanager
def opening_nothing(transaction: Transaction, visibility: Visibility) -> Iterator[frozenset[Classified]]:
    """Say inside who is who; refused where whoever says so would come to see what is closed to them.

    Gives what is closed to them. Raises RequestError.
    """
    viewer = visibility.viewer()
    closed = roster.closed_to(transaction, viewer)
    yield closed
    opened = roster.opened(transaction, visibility.viewer(), closed)
    if opened:
        (key, taxonomy, *_), others = opened[0], len(opened) - 1
        more = f" and {others:,} more" if others else ""
        who = "another lead" if viewer.has_roles else "somebody who reviews (`annotator settings reviewers NAME`)"
        raise RequestError(
            f"Annotation is blind, and this would open to you what is closed to you: {key} under {taxonomy}{more}. Let "
            f"{who} say so who is not at work on it, or hand in your own classification of it first."
        )


def _refuse_two_kinds(transaction: Transaction, one: Person, other: Person) -> None:
    kinds = {each.uid: each.kind for each in roster.listed(transaction)}
    if kinds[one.uid] != kinds[other.uid]:
        raise RequestError(
            f"{one.name!r} is a {kinds[one.uid]} and {other.name!r} a {kinds[other.uid]}: models are never counted as "
            "people, so they are not one."
        )


def _to_split(transaction: Transaction, name: str) -> tuple[Person, str]:
    """Who is to be split, and the uid that goes; raises RequestError where that cannot be told."""
    if found := roster.by_uid(transaction, name) if len(name) >= UIDS else None:
        person = people.standing(transaction, found[0])
        _refuse_undivided(transaction, person)
        return person, found[1]
    person = _known(transaction, name)
    _refuse_undivided(transaction, person)
    rows = roster.rows_of(transaction, person.id)
    own = [row for row in rows if not same_name(row.added_as, person.name)] or [row for row in rows if not row.stands]
    if len(own) == 1:
        return person, own[0].uid
    told = "; ".join(f"{row.uid[:SHOWN_UID]} (first told as {row.added_as!r}, {row.classifications:,} classified)"
                     for row in rows)  # fmt: skip
    raise RequestError(f"{person.name!r} is several in one. Write which to split off instead of the name: {told}.")


def _refuse_undivided(transaction: Transaction, person: Person) -> None:
    if len(roster.rows_of(transaction, person.id)) < 2:
        spellings = [each for each, of in people.spelt(transaction).items() if of == person.name]
        raise RequestError(
            f"{person.name!r} was never two people: all that stands under {' or '.join(map(repr, spellings))} was "
            "written by one, so there is nothing to split."
        )


# Undoing


TURNING = ("people_merged", "people_split", "people_undone")
"""Kinds of deeds by which places come to be in conflict, or no more."""
JOINING = ("people_merged", "people_split")
"""Deeds whose undoing may change who is one person."""


def _turned(deed: Event, deeds: list[Event]) -> Event:
    """The deed that holds again, or no more, where one is taken back."""
    known = {each.id: each for each in deeds}
    while deed.kind == "people_undone" and deed.payload["event"] in known:
        deed = known[deed.payload["event"]]
    return deed


def _refuse_undoing(deed: Event, about: str, before: WhoIsWho, after: WhoIsWho) -> None:
    """Refuse to take back what would change nothing, or make one person of two that nobody said are one.

    Several merges, made apart, can each make one person of the same two: each can be taken back.
    """
    changes = before != after and (_names_differ(before, after, deed.kind) or before.apart != after.apart)
    if deed.kind not in JOINING and not changes:
        raise RequestError(
            f"{about} cannot be undone any more: what was decided later says the same or otherwise. Undo that first; "
            "`annotator people undo` lists it."
        )
    joined = [uid for uid in before.known if before.known[uid].stands_for != after.known[uid].stands_for]
    if joined and deed.kind not in JOINING:
        name = before.known[joined[0]].name
        raise RequestError(f"{about} cannot be undone any more: {name!r} has come to be somebody else's name since.")


def _standing(who: WhoIsWho) -> dict[str, str]:
    """Who stands for whom."""
    return {uid: known.stands_for for uid, known in who.known.items()}


def _names_differ(before: WhoIsWho, after: WhoIsWho, kind: str) -> bool:
    """Whether somebody is called otherwise, where a deed of this kind is about that."""
    return kind != "person_renamed" or any(before.known[uid].name != after.known[uid].name for uid in before.known)


# In words


def _moved(before: Work, after: Work) -> dict[str, int]:
    """How much stands under another name than before, by what it is called."""
    found = {}
    for what, was in before.names.items():
        now: Counter[str] = after.names[what]
        found[what] = max((was - now).total(), (now - was).total())
    return found


def _classified(work: Work) -> int:
    return work.names["classification"].total()


def _moved_words(moved: Mapping[str, int]) -> str:
    parts = [f"{many:,} {what if many == 1 else what + 's'}" for what, many in moved.items() if many]
    if not parts:
        return "No classification, assignment or ruling stands under another name."
    *first, last = parts
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"{listed} {'stands' if sum(moved.values()) == 1 else 'stand'} under another name."


def _places(conflicts: Conflicts) -> tuple[str, ...]:
    return tuple(
        f"{key} under {taxonomy} in round {round_} ({place.replace(':', ' ')})"
        for key, taxonomy, round_, place in sorted(conflicts)
    )


def _conflict_words(places: tuple[str, ...]) -> str:
    shown = "; ".join(places[:SHOWN])
    more = f"; and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
    what = "1 place becomes a conflict" if len(places) == 1 else f"{len(places):,} places become conflicts"
    return f"{what}: {shown}{more}. `annotator conflicts` lists them."
