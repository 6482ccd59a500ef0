"""Where events meet: which of them stand at a place, and where events that were made apart do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.model.chain import write
from annotator.model.classification import Conflict, Version
from annotator.model.event import Event
from annotator.model.handing_in.handed_in import are_alike

TURNS = frozenset({"undone", "redone"})
"""Kinds of events that are about another event."""
BROUGHT = frozenset({"imported", "published", "withdrawn"})
"""Kinds of events that leave a classification as an import brought it."""
IMPORT, STATUS, PUBLISH, NOTE, VERSION = "import", "status", "publish", "note", "version"
SETTLED = "incoming_settled"
"""What somebody decides about an import that came beside their work."""
PLACES = {
    "note_set": NOTE, "skipped": STATUS, "submitted": STATUS, "reopened": STATUS, "adjudicated": STATUS,
    "published": PUBLISH, "withdrawn": PUBLISH, "imported": IMPORT, "incoming_settled": IMPORT,
    "version_taken": VERSION,
}  # fmt: skip
"""The place of a kind of event that has but one in a classification."""
OF_A_FIELD = {"answer_set": "answer", "answer_cleared": "answer", "ruled": "ruling"}


def place(kind: str, payload: Mapping[str, Any]) -> str:
    """The place that an event of a kind is about, as far as that follows from what it says."""
    if kind in OF_A_FIELD:
        return f"{OF_A_FIELD[kind]}:{payload['field']}"
    if kind == "flag_resolved":
        return f"flag:{payload['flag']}"
    return PLACES.get(kind, "")


class Standing:
    """Which events of one classification stand at each place; takes them in their order."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Take the events so far."""
        self._at: dict[str, list[Event]] = {}
        self._known: dict[str, Event] = {}
        self._built_on: set[str] = set()
        """The ids of imports that somebody built on, with those that these took the place of."""
        self._beside: set[str] = set()
        """The ids of what the same person had handed in under another spelling of their name already."""
        self._given_way: set[str] = set()
        """The ids of what was decided about imports apart, and decided anew since."""
        self._settled: dict[tuple[str, str], list[str]] = {}
        """By place and event that settled a conflict there: the ids of what it replaced."""
        self.is_worked_on = False
        """Whether anybody did more to it than to import and publish it."""
        for event in events:
            self.take(event)

    @property
    def known(self) -> Mapping[str, Event]:
        """All events so far, by id."""
        return self._known

    def take(self, event: Event) -> None:
        """Let one more event stand, in place of those it replaces."""
        self._known[event.id] = event
        own = self.place_of(event)
        if own != IMPORT and self._at.get(IMPORT) and IMPORT in self._places(event):
            imports = [one for one in self._at[IMPORT] if one.kind == "imported" and _is_replaced(one, event)]
            self._at[IMPORT] = [one for one in self._at[IMPORT] if one not in imports]
            self._build_on(imports)
        for at in self.places_of(event):
            self._stand(at, event)
        self._beside.update(event.payload.get("beside", ()))
        if event.kind in BROUGHT:
            if event.payload.get("taken"):  # by a program that took over whatever an import changed
                self._build_on([event])
        else:
            self.is_worked_on = True

    def _stand(self, at: str, event: Event) -> None:
        """Let an event stand at one of its places, in place of those it replaces there."""
        taken_away = self._taken_away(at, event)
        if (event.replaces and len(event.replaces) > 1) or len(taken_away) > 1 or event.kind == SETTLED:
            replaced = [one.id for one in taken_away] if event.replaces is None else event.replaces
            self._settled[at, event.id] = [one for one in replaced if self._is_at(at, one)]
        stays = self._left_standing(at, event, taken_away) if event.kind in TURNS else []
        self._at.setdefault(at, []).extend(stays)
        if event.kind != "undone" or not stays:
            self._at[at].append(event)
        decided = [one.id for one in taken_away if one.kind == SETTLED]
        if at == IMPORT and event.kind == SETTLED and len(decided) > 1:
            self._given_way.update(decided)

    def _left_standing(self, at: str, event: Event, taken_away: list[Event]) -> list[Event]:
        """Of what stood where somebody undid or redid an event: what did not follow from that event."""
        if len(taken_away) < 2:
            return []
        target = event.payload["event"]
        left = [one for one in taken_away if target not in self._line(one.id, at)]
        if event.kind == "undone":
            return left
        before = self._line(target, at)  # what amounts to that gives way to what follows from it again
        amounts = [(one, self._amount(at, one)) for one in left]
        return [one for one, amount in amounts if amount is not None and amount.id not in before]

    def _taken_away(self, at: str, event: Event) -> list[Event]:
        """Let what an event replaces stand no longer at a place, and give it."""
        stood = self._at.get(at)
        if not stood:
            return []
        gone = [one for one in stood if _is_replaced(one, event)]
        self._at[at] = [] if len(gone) == len(stood) else [one for one in stood if one not in gone]
        return gone

    def replaced_by(self, event: Event) -> tuple[str, ...]:
        """The ids of what stands where an event is to be done now."""
        stood = [one.id for at in self._places(event) for one in self._at.get(at, ())]
        return tuple(dict.fromkeys(stood))

    def _build_on(self, imports: list[Event]) -> None:
        """Note that somebody built on imports, and so on all that these took the place of."""
        left = [one.id for one in imports]
        while left:
            one = left.pop()
            if one not in self._built_on:
                self._built_on.add(one)
                event = self._known.get(one)
                left += event.replaces or () if event else ()

    @property
    def left_out(self) -> set[str]:
        """The ids of what shows nowhere: imports not taken over, and what was handed in beside something earlier.

        Of what somebody works on here, the imports that nobody built on are not taken over.
        """
        if not self.is_worked_on:
            return set()
        imports = {one.id for one in self._known.values() if one.kind == "imported"}
        return (imports - self._built_on) | self._outdone() | self._given_way | {one.id for one in self._decided[:-1]}

    @property
    def _decided(self) -> list[Event]:
        """What was decided about imports apart and stands; the last one shows."""
        return [one for one in self._apart(IMPORT) if one.kind == SETTLED]

    def _differ(self, at: str, stood: list[Event]) -> bool:
        """Whether what stands at a place is in conflict; what undoes something there amounts to what was before it."""
        if len(stood) < 2:
            return False
        amounts = {one.id if one else "": one for one in (self._amount(at, each) for each in stood)}
        if len(amounts) < 2:
            return False
        left = [one for one in amounts.values() if one]
        if len(left) == len(amounts) and all(one.kind == "submitted" for one in left):
            return not are_alike([one.payload for one in left], self._known)
        first, *others = (self._told(at, one) for one in amounts.values())
        return first[0] == "adjudicated" or any(each != first for each in others)

    def _amount(self, at: str, event: Event) -> Event | None:
        """What an event leaves at a place: where it turns another one, the last of its line that is not undone."""
        if event.kind not in TURNS:
            return event
        line = self._line(event.id, at)
        events = [one for one in self._known.values() if one.id in line]
        undone = {one.payload["event"]: one.kind == "undone" for one in events if one.kind in TURNS}
        left = [one for one in events if one.kind not in TURNS and not undone.get(one.id)]
        return left[-1] if left else None

    def _told(self, at: str, one: Event | None) -> tuple[str, Mapping[str, Any]]:
        """What of an event counts when it is compared; no answer at all is the same as one that was cleared."""
        if one is not None:
            version = version_at(at, one)
            return version.kind, _said(at, version)
        sort, _, field = at.partition(":")
        is_brought = any(each.kind == "imported" for each in self._known.values())
        return ("answer_cleared", {"field": field}) if sort == "answer" and not is_brought else ("", {})

    def deciding(self) -> list[Event]:
        """What was handed in, decided, opened or skipped as it stands now; several where that was said alike apart."""
        amounts = (self._amount(STATUS, each) for each in self._apart(STATUS))
        return list({one.id: one for one in amounts if one}.values())

    def is_other_published(self, is_decided: bool) -> bool:
        """Whether all that stands as published is about another decision, or hand-in, than stands now.

        A decision that somebody ruled on anew apart from it stands no longer (`is_decided`).
        """
        made = [one for one in self._at.get(PUBLISH, ()) if one.kind == "published"]
        if not made:
            return False
        now = [one for one in self.deciding() if is_decided or one.kind != "adjudicated"]
        return not any(self._is_of(one, now) for one in made)

    def _is_of(self, published: Event, now: list[Event]) -> bool:
        """Whether that was published which stands now, or says the same."""
        about = published.payload.get("of", "")
        of = self._known.get(about) if about else self._before(published)
        if of is None:
            return bool(about) or not now
        return any(one.id == of.id or self._says_the_same(one, of) for one in now)

    def _before(self, published: Event) -> Event | None:
        """What was decided or handed in before something was published that does not say of what, best in its feed."""
        known = list(self._known.values())
        before = [one for one in known[: known.index(published)] if self.place_of(one) == STATUS]
        feed = published.id.rpartition(":")[0]
        own = [one for one in before if one.id.rpartition(":")[0] == feed]
        return self._amount(STATUS, (own or before)[-1]) if before else None

    def _says_the_same(self, one: Event, other: Event) -> bool:
        """Whether two decisions, or hand-ins, come to the same answers."""
        if one.kind != other.kind or one.kind not in {"adjudicated", "submitted"}:
            return False
        if one.kind == "submitted":
            return are_alike([one.payload, other.payload], self._known)
        return all(one.payload[name] == other.payload[name] for name in ("answers", "ruled"))

    def _outdone(self) -> set[str]:
        """What stands beside something that was handed in earlier."""
        places = {self.place_of(self._known[each]) for each in self._beside if each in self._known}
        stood = [{one.id for one in self._at.get(at, ())} for at in places]
        return {one for each in stood if each - self._beside for one in each & self._beside}

    def at(self, sort: str) -> list[Event]:
        """What stands at the places of a sort."""
        return [one for at, stood in self._at.items() if at.partition(":")[0] == sort for one in stood]

    @property
    def incoming(self) -> list[Event]:
        """The imports left out that nobody has decided about yet."""
        left_out = self.left_out
        return [one for one in self._apart(IMPORT) if one.id in left_out]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Every place at which events stand that were made apart and do not say the same."""
        found = {at: stood for at in self._at if at != IMPORT and self._differ(at, stood := self._apart(at))}
        decided = self._decided
        apart = decided if len({write(one.payload["answers"]) for one in decided}) > 1 else []
        if of_imports := [*apart, *self.incoming]:
            found[IMPORT] = of_imports
        return tuple(Conflict(at, tuple(version_at(at, one) for one in found[at])) for at in sorted(found))

    def _apart(self, at: str) -> list[Event]:
        """What stands at a place; where what settled a conflict is undone, all that was in conflict again."""
        stood = self._at.get(at, [])
        if not any(one.kind == "undone" and self._settled.get((at, one.payload["event"])) for one in stood):
            return stood
        apart = {one for each in stood for one in self._unsettled(at, each)}
        return [event for one, event in self._known.items() if one in apart]

    def _unsettled(self, at: str, event: Event) -> Iterator[str]:
        """The id of an event, or of what is in conflict again since it undid how that was settled."""
        settled = self._settled.get((at, event.payload["event"])) if event.kind == "undone" else None
        if not settled:
            yield event.id
        for one in settled or ():
            yield from self._unsettled(at, self._known[one])

    def _is_at(self, at: str, event: str) -> bool:
        """Whether an event is known and about a place."""
        known = self._known.get(event)
        return known is not None and at in self.places_of(known)

    def places_of(self, event: Event) -> tuple[str, ...]:
        """The place an event is about first; what takes an import over is also about the fields it answers."""
        own, told = self.place_of(event), self.turned(event)
        if told.kind != SETTLED:
            return (own,)
        return (
            own,
            *(f"answer:{field}" for field in told.payload.get("fields", ()) if field in told.payload["answers"]),
        )

    def place_of(self, event: Event) -> str:
        """The place an event is about; one that is undone or done again keeps its own."""
        if found := place(event.kind, event.payload):
            return found
        if event.kind == "flag_raised":
            return f"flag:{event.id}"
        turned = self._known.get(event.payload["event"]) if event.kind in TURNS else None
        return self.place_of(turned) if turned else ""

    def turned(self, event: Event) -> Event:
        """What an event undid or did again; any other one itself."""
        return self._known.get(event.payload["event"], event) if event.kind in TURNS else event

    def branch(self, head: str, at: str = "") -> list[Event]:
        """The events so far as if one of several that stand at a place stood there alone; by default at its first."""
        at = at or self.place_of(self._known[head])
        others = {each for one in self._at.get(at, ()) if one.id != head for each in self._line(one.id, at)}
        left_out = others - self._line(head, at)
        return [event for event in self._known.values() if event.id not in left_out]

    def _line(self, head: str, at: str) -> set[str]:
        """An event with all it descends from at a place."""
        found, waiting = set[str](), [head]
        while waiting:
            one = self._known.get(waiting.pop())
            if one is not None and one.id not in found and at in self.places_of(one):
                found.add(one.id)
                waiting += one.replaces or ()
        return found

    def _places(self, event: Event) -> tuple[str, ...]:
        """Where an event may take the place of others: the first that somebody does to an import builds on it.

        On a replica that had nothing else before it, an event says so itself.
        """
        own = self.place_of(event)
        says_so = bool(event.id) and event.replaces is not None
        builds_on = event.kind not in BROUGHT and own != IMPORT and (says_so or not self.is_worked_on)
        return (*self.places_of(event), IMPORT) if builds_on else self.places_of(event)


def _is_replaced(one: Event, by: Event) -> bool:
    return by.replaces is None or one.id in by.replaces


def _said(at: str, version: Version) -> Mapping[str, Any]:
    """What counts of what was said; a deed is the same whatever reason somebody gave for it."""
    aside = {"beside", "reason", "of"} if at in (STATUS, PUBLISH) else {"beside"}
    return {name: value for name, value in version.said.items() if name not in aside}


def version_at(at: str, event: Event) -> Version:
    """What an event said at one of its places: what takes an import over answers fields."""
    field = at.removeprefix("answer:")
    if event.kind == SETTLED and field != at:
        said = {"field": field, "answer": event.payload["answers"][field]}
        return Version(event.id, event.annotator, event.at, "answer_set", said)
    return version_of(event)


def version_of(event: Event) -> Version:
    """What an event said, as one of several that stand at the same place."""
    return Version(event.id, event.annotator, event.at, event.kind, event.payload)
