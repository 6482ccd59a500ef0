"""The lines of a bundle as values: what is not of the kind that stands there is refused with a ValueError."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

from annotator.model.chain import FORKED, Content, Founder, branch_of, content_hash, read_founder, read_json
from annotator.model.limits import LARGEST_SENT, LONGEST_NAME
from annotator.model.subject import EntityRole, ReportStanding
from annotator.store.importing.staging import COLUMNS, Kind
from annotator.store.merging.offer import SubjectOffer, Wire
from annotator.store.readable import to_json

About = tuple[str, str, str, str, int, int]
"""Subject, version that was seen, taxonomy, whose, round, version of the taxonomy."""
ROLES = frozenset(get_args(EntityRole))
STANDINGS = frozenset(get_args(ReportStanding))
PEOPLE = frozenset({"person", "model"})
RESULTS = {
    "00000000000000000000000000000000": ("adjudicated", "result"),
    "00000000000000000000000000000001": ("AIID", "result"),
    "00000000000000000000000000000002": ("", "nobody"),
}
"""Who is no person, by uid: the same in every database."""
UID = re.compile("[0-9a-f]{32}")
FEED = re.compile(f"[0-9a-f]{{32}}({FORKED}[0-9]{{1,10}}{FORKED}[0-9a-f]{{16}})?")
SEEN = re.compile("([0-9a-f]{32})?")
SHA256 = re.compile("[0-9a-f]{64}")
LISTS = ("authors", "submitters", "tags")
T = TypeVar("T")


class Header(NamedTuple):
    """What a bundle says of itself."""

    projects: tuple[str, ...]
    by: str
    by_name: str
    for_: str
    whole: bool
    made_at: str
    program: str
    heads: dict[str, tuple[int, str]]
    """How far the feeds in it come, those included that `since` left out of it."""
    known: tuple[str, ...]
    """Subjects, by key and version, that are in it or in the one it continues."""
    contents: str
    """Digest of what else it holds and leaves out; empty in files of versions that did not tell it."""
    missing: dict[str, tuple[int, str]]
    """How far feeds are known to have come beyond what was there when it was made."""


def header(said: Mapping[str, Any]) -> Header:
    """The first line."""
    return Header(
        tuple(map(name, _list(said["projects"]))), name(said["by"]), name(said["by_name"]), name(said["for"]),
        _is(bool, said["whole"]), name(said["made_at"]), name(said["program"]), _heads(said["heads"]),
        tuple(map(text, _list(said["known"]))), name(said.get("contents", "")), _heads(said.get("missing", {})),
    )  # fmt: skip


def _heads(said: Any) -> dict[str, tuple[int, str]]:
    """Numbers and hashes by feed."""
    told = _is(dict, said)
    return {_fit(FEED, feed): (number(count), hash_(found).hex()) for feed, (count, found) in told.items()}


def person(said: Mapping[str, Any]) -> tuple[str, str, str]:
    """Somebody: uid, name and kind."""
    uid, called, kind = _fit(UID, said["person"]), name(said["name"]), name(said["kind"])
    refuse_nobody(uid, called, kind)
    return uid, called, kind


def refuse_nobody(uid: str, called: str, kind: str) -> None:
    """Raise ValueError for somebody who is neither a person nor a model, nor one of those that stand for results."""
    if uid in RESULTS:
        if RESULTS[uid] != (called, kind):
            raise ValueError(called)
    elif kind not in PEOPLE:
        raise ValueError(kind)


def founder(said: Mapping[str, Any]) -> tuple[str, Founder]:
    """Under which name a feed goes, and who founded it."""
    found = read_founder(_is(str, said["feed"]))
    if found is None:
        raise ValueError("founded by nobody")
    for uid in (found.feed, found.replica, found.person):
        _fit(UID, uid)
    refuse_nobody(found.person, name(found.name), found.kind)
    feed = _fit(FEED, said["uid"])
    if branch_of(feed).feed != found.feed:
        raise ValueError("under the name of another")
    return feed, found


def taxonomy(said: Mapping[str, Any]) -> tuple[str, int, str, str]:
    """Namespace, version, digest and document."""
    document = _is(dict, said["document"])
    return name(said["taxonomy"]), number(said["version"]), _fit(SHA256, said["sha256"]), to_json(document)


def about(said: Sequence[Any]) -> About:
    """What events are about."""
    key, seen, namespace, whose, round_, version = _list(said)
    if whose:
        _fit(UID, whose)
    if seen and not key:
        raise ValueError("a version of nothing")
    return name(key), _fit(SEEN, seen), name(namespace), name(whose), _up(round_), _up(version)


def wire(said: Mapping[str, Any], known: Sequence[About]) -> Wire:
    """One event."""
    count, counter, *rest = _list(said["e"])
    if not rest:
        return Wire(number(count), number(counter), None, None, hash_(said["content"]))
    at, kind, nth, replaces, salt, payload = rest
    content = Content(name(at), name(kind), *known[_up(nth)], text(replaces), text(payload))
    secret = bytes.fromhex(_is(str, salt))
    return Wire(number(count), number(counter), content, secret, content_hash(secret, content))


def subject(said: Mapping[str, Any]) -> SubjectOffer:
    """A subject; its rows are as they are kept, whatever they say."""
    kind: Kind = "incident" if said["kind"] == "incident" else "report"
    if said["kind"] != kind:
        raise ValueError(said["kind"])
    return SubjectOffer(
        _key(said["subject"]), kind, _fit(SEEN, said["seen"]), name(said["run"]), _row(kind, said["row"]),
        tuple((_key(key), _bit(listed)) for key, listed in _list(said["reports"])),
        tuple((name(called), _one_of(ROLES, role)) for called, role in _list(said["entities"])),
        tuple(
            (_key(key), _fit(SEEN, seen), name(run), _kept(kind, text(content)))
            for key, seen, run, content in _list(said["versions"])
        ),
    )  # fmt: skip


def _kept(kind: Kind, content: str) -> str:
    """A row that shows no longer, as JSON; empty where it was left out."""
    if content and not _row(kind, read_json(content)):
        raise ValueError(content)
    return content


def _row(kind: Kind, said: Any) -> tuple[Any, ...]:
    """A subject's row; none at all is one, of which the text was left out."""
    row = tuple(_list(said))
    if not row:
        return row
    columns = ("title", "date", *COLUMNS[kind])
    held = {column: _is(str, each) for column, each in zip(columns, row[:-1], strict=False)}
    if len(row) != len(columns):
        raise ValueError(row)
    _bit(row[-1])
    _is(dict, read_json(held["extra"]))
    if kind == "report":
        _one_of(STANDINGS, held["standing"])
        for each in LISTS:
            list(map(text, _list(read_json(held[each]))))
    return row


def _key(said: Any) -> str:
    if not said:
        raise ValueError("no key")
    return name(said)


def name(said: Any) -> str:
    """A key, a name or whatever else is short and one piece."""
    if len(said) > LONGEST_NAME:
        raise ValueError(f"{said:.20}")
    return text(said)


def text(said: Any) -> str:
    """A text that a database can hold."""
    if "\0" in _is(str, said):
        raise ValueError("a null in a text")
    return str(said)


def number(said: Any) -> int:
    """A number above nothing that can be kept."""
    if _up(said) == 0:
        raise ValueError(said)
    return int(said)


def hash_(said: Any) -> bytes:
    """A hash."""
    return bytes.fromhex(_fit(SHA256, said))


def _up(said: Any) -> int:
    """A number from nothing on that can be kept."""
    if type(said) is not int or not 0 <= said <= LARGEST_SENT:
        raise ValueError(said)
    return said


def _bit(said: Any) -> int:
    if _up(said) > 1:
        raise ValueError(said)
    return int(said)


def _one_of(known: frozenset[str], said: Any) -> str:
    if _is(str, said) not in known:
        raise ValueError(said)
    return str(said)


def _fit(pattern: re.Pattern[str], said: Any) -> str:
    if not pattern.fullmatch(_is(str, said)):
        raise ValueError(said)
    return str(said)


def _list(said: Any) -> list[Any]:
    return _is(list, said)


def _is(kind: type[T], said: Any) -> T:
    if not isinstance(said, kind):
        raise ValueError(f"{said!r:.40} is no {kind.__name__}")  # noqa: TRY004
    return said
