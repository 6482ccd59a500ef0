"""The bytes of an event that its hashes cover, and the hashes. Pure; docs/events.md describes them for other programs.

What an event says is covered by its content hash together with a random salt, so that it can be withheld or erased
without breaking the chain, and so that nobody guesses it from the hash. The event's own hash covers its place in its
feed, the content hash and the hash of the event before.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from secrets import token_bytes, token_hex
from typing import Any, NamedTuple, NoReturn

from annotator.model.limits import LARGEST

LAYOUT = 1
"""The version of the layout; a program that does not know it refuses the event."""
NUMBERS = 1 << 32
"""Events of one feed have smaller numbers than this; see `local_id`."""
Heads = dict[int, int]
"""How far the feeds of a file have come: the number of the last event by the row of the feed."""
NUMBER = re.compile("[0-9]{1,10}")
"""How the number of an event is written."""
DEEPEST = 100
"""How deep lists and objects lie in each other at most; SQLite reads a thousand, and no work comes to ten."""
_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Content(NamedTuple):
    """What an event says."""

    at: str
    """Wall time as UTC ISO text: told, never deciding."""
    kind: str
    subject: str
    """The key of the subject; empty for what is about none, like `seen`, `taxonomy` and `whose`."""
    seen: str
    """Which version of the subject whoever wrote it had before them."""
    taxonomy: str
    whose: str
    """The uid of the person whose classification or assignment it is about."""
    round: int
    version: int
    replaces: str
    """The events of the same place it replaces: numbers in the same feed, or `uid:number`, with blanks between."""
    payload: str
    """JSON, kept as it was written."""


def content_hash(salt: bytes, content: Content) -> bytes:
    """The hash of salt and content; raises UnicodeEncodeError for what is no text."""
    return sha256(salt + f"{_WRITE([LAYOUT, *content[:-1]])}\n{content.payload}".encode()).digest()


def event_hash(feed: str, number: int, counter: int, content: bytes, before: bytes) -> bytes:
    """The hash of an event: of its place, its content hash and the hash of the event before it in the feed."""
    return sha256(f'[{LAYOUT},"{feed}",{number},{counter},"{content.hex()}","{before.hex()}"]'.encode()).digest()


class Founder(NamedTuple):
    """Whose feed it is and where it is written: what the first event of a feed is chained to."""

    feed: str
    replica: str
    person: str
    name: str
    kind: str

    @property
    def text(self) -> str:
        """How it is kept."""
        return _WRITE([LAYOUT, *self])

    @property
    def hash(self) -> bytes:
        """What stands for the event before the first."""
        return sha256(self.text.encode()).digest()


def read_founder(text: str) -> Founder | None:
    """A founder as it was kept; None when it is none."""
    try:
        said = read_json(text)
    except ValueError:
        return None
    is_one = isinstance(said, list) and len(said) == 6 and said[0] == LAYOUT and all(
        isinstance(each, str) for each in said[1:]
    )  # fmt: skip
    return Founder(*said[1:]) if is_one else None


def new_salt() -> bytes:
    """A salt nobody can guess."""
    return token_bytes(16)


def new_uid() -> str:
    """A name for a feed, replica or person that nobody can guess or take before."""
    return token_hex(16)


def event_id(feed: str, number: int) -> str:
    """The name of an event everywhere: `uid:number`."""
    return f"{feed}:{number}"


def local_id(feed: int, number: int) -> int:
    """The row of an event in one file, whose feeds have numbers of their own."""
    return feed * NUMBERS + number


def short(replaces: Iterable[str], feed: str) -> str:
    """Write which events are replaced; those of the same feed by number alone."""
    own = f"{feed}:"
    return " ".join(each.removeprefix(own) for each in replaces)


def whole(replaces: str, feed: str) -> tuple[str, ...]:
    """Read which events are replaced."""
    found = tuple(each if ":" in each else f"{feed}:{each}" for each in replaces.split())
    return tuple(in_branch(each, feed) for each in found) if FORKED in feed else found


# Where two copies were continued as one replica, a feed has several branches. One goes on under its name, the others
# are called after it, the number of the last event they share, and the hash of the first one that differs.

FORKED = "~"


class Branch(NamedTuple):
    """A branch of a feed."""

    feed: str
    """The uid of the whole feed, which the hashes cover."""
    forked_at: int
    """The number of the last event that is shared."""


def branch_uid(feed: str, forked_at: int, first: bytes) -> str:
    """What a branch is called; `first`: the hash of its first own event."""
    return f"{feed}{FORKED}{forked_at}{FORKED}{first.hex()[:16]}"


def branch_of(uid: str) -> Branch:
    """Which feed something is a branch of; a feed that is none is its own, from the beginning."""
    feed, _, rest = uid.partition(FORKED)
    return Branch(feed, int(rest.partition(FORKED)[0]) if rest else 0)


def in_branch(event: str, uid: str) -> str:
    """The name of an event that an event of a branch speaks of: what the branch shares goes by the feed's name."""
    feed, _, number = event.rpartition(":")
    branch = branch_of(uid)
    if feed not in {uid, branch.feed} or not NUMBER.fullmatch(number):
        return event
    return event_id(uid if int(number) > branch.forked_at else branch.feed, int(number))


SHORT = (8, 12, 16, 32)
"""Characters of a feed's name, and of a branch's hash, that are written: as many as tell events from each other."""


def shortened(events: Iterable[str]) -> dict[str, str]:
    """Names of events as short as people write them, each told from the others; by the whole name."""
    several = list(dict.fromkeys(events))
    found = {event: _short(event, SHORT[0]) for event in several}
    for length in SHORT[1:]:
        if len(set(found.values())) == len(found):
            break
        found = {event: _short(event, length) for event in several}
    return found


def _short(event: str, length: int) -> str:
    uid, _, number = event.rpartition(":")
    feed, *rest = uid.split(FORKED)
    branch = f"{FORKED}{rest[0]}{FORKED}{rest[-1][:length]}" if rest else ""
    return f"{feed[:length]}{branch}:{number}"


def meant_by(said: str, events: Iterable[str]) -> list[str]:
    """Which of some events somebody means: the one that is called so, else those that a beginning of a name fits.

    What is said of no branch means the feed itself where it is among them.
    """
    several = list(dict.fromkeys(events))
    if said in several:
        return [said]
    if ":" not in said:
        return [event for event in several if event.startswith(said)]
    found = [event for event in several if _fits(said, event)]
    return [event for event in found if FORKED not in event] or found


def _fits(said: str, event: str) -> bool:
    """Whether the number is the event's, and each piece of the feed's name begins one of its name."""
    uid, _, number = said.rpartition(":")
    whole_uid, _, is_number = event.rpartition(":")
    pieces, told = whole_uid.split(FORKED), uid.split(FORKED)
    return number == is_number and len(told) <= len(pieces) and all(map(str.startswith, pieces, told))


def write(payload: Mapping[str, Any]) -> str:
    """A payload as it is kept."""
    return _WRITE(payload)


def read_json(text: str) -> Any:
    """What a JSON text of another replica says, where every program reads it alike and every database keeps it.

    Raises ValueError for what is no JSON, and for numbers without an end, names said twice, half characters and lists
    in lists beyond measure.
    """
    if text.count("[") + text.count("{") > DEEPEST:
        _refuse_deep(text)
    said = _READ(text)
    if "\\u" in text:  # half a character can be written so
        _WRITE(said).encode()
    return said


def _refuse_deep(text: str) -> None:
    """Raise ValueError where brackets are open in each other too often; those inside of texts are no brackets."""
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(bracket[0], 0)
        if depth > DEEPEST:
            raise ValueError("lists lie in lists beyond measure")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.20} is too large a number")
    return number


def _whole(text: str) -> int:
    if len(text) > _DIGITS or abs(number := int(text)) > LARGEST:
        raise ValueError(f"{text:.20} is too large a number")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is said twice")
    return made


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_DIGITS = len(str(LARGEST)) + 1
_READ = json.JSONDecoder(
    parse_float=_finite, parse_int=_whole, parse_constant=_constant, object_pairs_hook=_object
).decode
