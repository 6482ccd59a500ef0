"""Events that can be read and not be proved: kept beside the new database, as lines to read, and no part of its log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.errors import OutputError
from annotator.files import with_ending
from annotator.model.chain import NUMBERS
from annotator.store.file.backup import keep_permissions
from annotator.store.file.unfinished import beside, name_for_the_first_time
from annotator.store.readable import to_json
from annotator.store.salvaging.proving import SALT, SUBJECT, WHOSE, Feed, Names, Proof
from annotator.store.salvaging.rows import Found, Row

OTHER_THAN_WRITTEN = "what it says is not what its hash covers"
NOBODY_KNOWS_WHOSE = "nobody knows whose feed it is in"
NOT_IN_PLACE = "no hash shows that it was written in this place"


class Unproved(NamedTuple):
    """One event, as it was read."""

    feed: str
    """The uid of its feed, or `number` and the feed's own where nobody knows that."""
    number: int
    why: str
    by: str
    row: Row


def unproved_beside(target: Path) -> Path:
    """The file in which such events are kept beside a new database."""
    return with_ending(target, ".unproved.jsonl")


def keep_unproved(target: Path, found: Found, proof: Proof) -> int:
    """Write what was read and not proved to a file beside a new database; returns how many events those are.

    There is no file where there are none. Raises OutputError where it cannot be written.
    """
    called = {row[1]: row[3] for rows in found.rows["people"].values() for row in rows}
    lines = [f"{to_json(_line(each, proof.names, called))}\n" for each in _unproved(found, proof)]
    kept = unproved_beside(target)
    if lines:
        try:
            with beside(kept) as unfinished:
                unfinished.write_text("".join(lines), encoding="utf-8", errors="surrogatepass")
                keep_permissions(unfinished, target)
                name_for_the_first_time(unfinished, kept)
        except OSError as error:
            raise OutputError(
                f"{kept}: cannot be written ({error.strerror}). {target.name} is whole, without {len(lines):,} events "
                "that no hash proves: name it otherwise, and salvage again where there is room."
            ) from error
    return len(lines)


def _unproved(found: Found, proof: Proof) -> Iterator[Unproved]:
    """What was read with its content and does not stand so in the new log; nothing that was erased."""
    feeds = {feed.id: feed for feed in proof.feeds}
    known = {feed.uid for feed in proof.feeds}
    erased = _erased(found)
    elsewhere = {number for uid, _, number in (event.rpartition(":") for event in erased) if uid not in known}
    proved = {row[0]: row for feed in proof.feeds for row in feed.events}
    for place, rows in sorted(found.rows["events"].items()):
        feed, number, stands = feeds.get(place // NUMBERS), place % NUMBERS, proved.get(place)
        is_erased = f"{feed.uid}:{number}" in erased if feed else str(number) in elsewhere
        if not is_erased and (stands is None or stands[SALT] is None):
            uid, by = (feed.uid, feed.founder.name) if feed else (f"number {place // NUMBERS}", "")
            yield from (Unproved(uid, number, _why(feed, stands), by, row) for row in rows if row[SALT] is not None)


def _erased(found: Found) -> set[str]:
    """The events that somebody erased, proved or not: they do not come back."""
    told = (row[10] for rows in found.rows["events"].values() for row in rows if row[3] == "erased")
    return {str(said["event"]) for said in map(_said, told) if isinstance(said, dict) and "event" in said}


def _why(feed: Feed | None, stands: Row | None) -> str:
    if feed is None:
        return NOBODY_KNOWS_WHOSE
    return NOT_IN_PLACE if stands is None else OTHER_THAN_WRITTEN


def _line(one: Unproved, names: Names, called: dict[str, str]) -> dict[str, Any]:
    _, _, at, kind, _, taxonomy, _, round_, version, replaces, payload, *_ = one.row
    whose = names.people.get(one.row[WHOSE], "")
    return {
        "feed": one.feed, "number": one.number, "unproved": one.why, "at": at, "by": one.by, "kind": kind,
        "subject": names.versions.get(one.row[SUBJECT], ("", ""))[0], "taxonomy": taxonomy,
        "annotator": called.get(whose, whose), "round": round_, "version": version,
        "replaces": _said(replaces), "payload": _said(payload),
    }  # fmt: skip


def _said(text: str | None) -> Any:
    """What a text says as JSON, or the text itself where it is none."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
