"""What the team did, in sentences: events that are done to no classification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from annotator.model.chain import shortened
from annotator.model.event import Event
from annotator.model.roles import SETTING
from annotator.model.rounds import short

NAMED = Callable[[str], str]
"""From a uid to the name somebody is known by now."""
PURPOSES = {
    "first": "of subjects nobody had",
    "second_pass": "a second pass",
    "retest": "a retest",
    "calibration": "a calibration",
    "training": "a training",
}


def short_id(event: str) -> str:
    """The id of an event that stands by itself, as short as people write it."""
    return shortened([event])[event]


def sentence(event: Event, named: NAMED) -> str:
    """Who did what, in one sentence."""
    return f"{event.annotator or 'Somebody'} {_done(event, named)}."


def _done(event: Event, named: NAMED) -> str:
    words = _PEOPLE.get(event.kind) or _WORK.get(event.kind)
    return words(event, named) if words else event.kind.replace("_", " ")


def _called(said: Mapping[str, Any], key: str, told: str, named: NAMED) -> str:
    """A name as it was at the time, else as it is now."""
    return str(said.get(told) or named(said[key]))


def _added(event: Event, _named: NAMED) -> str:
    kind = " as a model" if event.payload["kind"] == "model" else ""
    return f"made {event.payload['name']} known{kind}"


def _renamed(event: Event, named: NAMED) -> str:
    said = event.payload
    return f"renamed {_called(said, 'person', 'was', named)} to {said['name']}"


def _spelling(event: Event, named: NAMED) -> str:
    said = event.payload
    return f"said that {_called(said, 'person', 'name', named)} is also written “{said['spelling']}”"


def _merged(event: Event, named: NAMED) -> str:
    said = event.payload
    was, into = _called(said, "person", "was", named), _called(said, "into", "name", named)
    return f"said that {was} is the same person as {into}"


def _split(event: Event, named: NAMED) -> str:
    said = event.payload
    return f"split {said['name']} off from {_called(said, 'person', 'was', named)}"


def _left(event: Event, named: NAMED) -> str:
    return f"said that {_called(event.payload, 'person', 'name', named)} has left"


def _undone(event: Event, _named: NAMED) -> str:
    return f"took back {short_id(event.payload['event'])}"


_PEOPLE: dict[str, Callable[[Event, NAMED], str]] = {
    "person_added": _added,
    "person_renamed": _renamed,
    "spelling_added": _spelling,
    "people_merged": _merged,
    "people_split": _split,
    "person_left": _left,
    "people_undone": _undone,
}


def _subjects(event: Event) -> str:
    many = len(event.payload["subjects"])
    return f"{many:,} {'subject' if many == 1 else 'subjects'}"


def _assigned(event: Event, _named: NAMED) -> str:
    of = event.of
    where = f"under {of.taxonomy} in round {short(of.round)}, batch {event.payload['batch']}"
    due = f", due on {event.payload['due']}" if event.payload.get("due") else ""
    return f"gave {of.annotator} {_subjects(event)} {where}{due}{_draw(event.payload.get('draw', {}))}"


def _draw(said: Mapping[str, Any]) -> str:
    if "seed" not in said:
        return ""
    spread = f", spread over {said['by']}" if said.get("by") else ""
    return f", of {said['drawn']:,} drawn from {said['matched']:,} with random seed {said['seed']}{spread}"


def _taken_back(event: Event, _named: NAMED) -> str:
    where = f"under {event.of.taxonomy} in round {short(event.of.round)}"
    return f"took {_subjects(event)} back from {event.of.annotator} {where}"


def _round(event: Event, _named: NAMED) -> str:
    where = f" under {event.of.taxonomy}" if event.of.taxonomy else ""
    return f"started round {short(event.of.round)}{where}, {PURPOSES[event.payload['purpose']]}"


def _round_closed(event: Event, _named: NAMED) -> str:
    return f"closed round {short(event.of.round)} under {event.of.taxonomy}"


def _round_opened(event: Event, _named: NAMED) -> str:
    return f"opened round {short(event.of.round)} under {event.of.taxonomy} again"


def _gold_set(event: Event, _named: NAMED) -> str:
    return f"took the answers of {event.of.annotator} on {_subjects(event)} under {event.of.taxonomy} as known"


def _gold_unset(event: Event, _named: NAMED) -> str:
    return f"took the answers on {_subjects(event)} under {event.of.taxonomy} as known no more"


def _setting(event: Event, named: NAMED) -> str:
    said = event.payload
    if said["name"] == SETTING and said.get("people"):
        if said.get("claim"):
            return f"claimed the role {said['value']}"
        return f"gave {named(said['people'][0])} the role {said['value']}"
    value = ", ".join(map(named, said["people"])) if "people" in said else said["value"]
    return f"set {said['name']} to {value or 'nobody'}"


def _looked(event: Event, _named: NAMED) -> str:
    return f"looked at others' answers on {event.of.subject} under {event.of.taxonomy}"


def _import(event: Event, _named: NAMED) -> str:
    said = event.payload
    return f"imported {said['source']} ({said['sha256'][:12] or 'without a hash'})"


def _erased(event: Event, _named: NAMED) -> str:
    reason = event.payload.get("reason")
    return f"erased what {short_id(event.payload['event'])} said" + (f": {reason}" if reason else "")


def _given_up(event: Event, _named: NAMED) -> str:
    said = event.payload
    if said["first"] == said["last"]:
        return f"gave up event {said['first']:,} of feed {said['feed'][:8]}, which is lost"
    return f"gave up events {said['first']:,} to {said['last']:,} of feed {said['feed'][:8]}, which are lost"


def _subjects_joined(event: Event, _named: NAMED) -> str:
    return f"said that {' and '.join(key for key, _ in event.payload['subjects'])} are one subject"


def _commented(event: Event, _named: NAMED) -> str:
    return f"commented{_under(event)}: {event.payload['text']}"


def _under(event: Event) -> str:
    return f" under {event.of.taxonomy}" if event.of.taxonomy else ""


def _accepted(event: Event, _named: NAMED) -> str:
    return f"accepted {short_id(event.payload['event'])}, which waited for a lead"


def _declined(event: Event, _named: NAMED) -> str:
    return f"declined {short_id(event.payload['event'])}, which waited for a lead: {event.payload['reason']}"


_WORK: dict[str, Callable[[Event, NAMED], str]] = {
    "assigned": _assigned,
    "taken_back": _taken_back,
    "round_started": _round,
    "gold_set": _gold_set,
    "gold_unset": _gold_unset,
    "round_closed": _round_closed,
    "round_opened": _round_opened,
    "setting_set": _setting,
    "looked": _looked,
    "import_ran": _import,
    "erased": _erased,
    "given_up": _given_up,
    "subjects_joined": _subjects_joined,
    "commented": _commented,
    "accepted": _accepted,
    "declined": _declined,
}
