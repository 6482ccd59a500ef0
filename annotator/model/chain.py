"""The bytes of an event that its hashes cover, and the hashes. Pure; docs/events.md describes them for other programs.

What an event says is covered by its content hash together with a random salt, so that it can be withheld or erased
without breaking the chain, and so that nobody guesses it from the hash. The event's own hash covers its place in its
feed, the content hash and the hash of the event before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from secrets import token_bytes, token_hex
from typing import Any, NamedTuple

LAYOUT = 1
"""The version of the layout; a program that does not know it refuses the event."""
NUMBERS = 1 << 32
"""Events of one feed have smaller numbers than this; see `local_id`."""
Heads = dict[int, int]
"""How far the feeds of a file have come: the number of the last event by the row of the feed."""
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
        said = json.loads(text)
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
    if feed not in {uid, branch.feed} or not number.isdecimal():
        return event
    return event_id(uid if int(number) > branch.forked_at else branch.feed, int(number))


def write(payload: Mapping[str, Any]) -> str:
    """A payload as it is kept."""
    return _WRITE(payload)
