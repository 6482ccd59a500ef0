"""Where events meet: which of them stand at a place, and where events that were made apart do."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.model.classification import Conflict, Version
from annotator.model.event import Event

TURNS = frozenset({"undone", "redone"})
"""Kinds of events that are about another event."""
BROUGHT = frozenset({"imported", "published", "withdrawn"})
"""Kinds of events that leave a classification as an import brought it."""
IMPORT, STATUS, PUBLISH, NOTE, VERSION = "import", "status", "publish", "note", "version"
PLACES = {
    "note_set": NOTE, "skipped": STATUS, "submitted": STATUS, "reopened": STATUS, "adjudicated": STATUS,
    "published": PUBLISH, "withdrawn": PUBLISH, "imported": IMPORT, "incoming_settled": IMPORT,
    "version_taken": VERSION,
}  # fmt: skip
"""The place of a kind of event that has but one in a classification."""
OF_A_FIELD = {"answer_set": "answer", "answer_cleared": "answer", "ruled": "ruling"}


class Standing:
    """Which events of one classification stand at each place; takes them in their order."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Take the events so far."""
        self._at: dict[str, list[Event]] = {}
        self._known: dict[str, Event] = {}
        self.is_worked_on = False
        """Whether anybody did more to it than to import and publish it."""
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Let one more event stand, in place of those it replaces."""
        self._known[event.id] = event
        for place in self._places(event):
            stood = self._at.get(place, [])
            self._at[place] = [] if event.replaces is None else [one for one in stood if one.id not in event.replaces]
        self._at[self.place_of(event)].append(event)
        self.is_worked_on |= event.kind not in BROUGHT

    def replaced_by(self, event: Event) -> tuple[str, ...]:
        """The ids of what stands where an event is to be done now."""
        stood = [one.id for place in self._places(event) for one in self._at.get(place, ())]
        return tuple(dict.fromkeys(stood))

    @property
    def incoming(self) -> list[Event]:
        """Imports that nobody built on, of what somebody works on here: they are not taken over by themselves.

        Files of older versions hold some that were; these say so.
        """
        stood = self._at.get(IMPORT, ()) if self.is_worked_on else ()
        return [one for one in stood if not one.payload.get("taken")]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Every place at which events stand that were made apart and do not say the same."""
        found = {place: stood for place, stood in self._at.items() if _differ(place, stood)}
        if incoming := [one for one in self.incoming if one.kind == "imported"]:
            found[IMPORT] = incoming
        return tuple(Conflict(place, tuple(map(version_of, found[place]))) for place in sorted(found))

    def place_of(self, event: Event) -> str:
        """The place an event is about; one that is undone or done again keeps its own."""
        while event.kind in TURNS and event.payload["event"] in self._known:
            event = self._known[event.payload["event"]]
        if event.kind in OF_A_FIELD:
            return f"{OF_A_FIELD[event.kind]}:{event.payload['field']}"
        if event.kind == "flag_raised":
            return f"flag:{event.id}"
        if event.kind == "flag_resolved":
            return f"flag:{event.payload['flag']}"
        return PLACES.get(event.kind, "")

    def _places(self, event: Event) -> tuple[str, ...]:
        """Where an event takes the place of others: whatever somebody does to an import builds on it."""
        own = self.place_of(event)
        return (own,) if event.kind in BROUGHT or own == IMPORT else (own, IMPORT)


def _differ(place: str, stood: list[Event]) -> bool:
    """Whether what stands at a place is in conflict; what a source said twice is not, the later counts."""
    if len(stood) < 2 or place == IMPORT:
        return False
    first = stood[0]
    if first.kind == "adjudicated" or any(one.kind in TURNS for one in stood):
        return True
    return any((one.kind, one.payload) != (first.kind, first.payload) for one in stood[1:])


def version_of(event: Event) -> Version:
    """What an event said, as one of several that stand at the same place."""
    return Version(event.id, event.annotator, event.at, event.kind, event.payload)
