"""Events that can be read and not be put in, mostly for want of proof: kept beside, as lines to read."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotator.errors import OutputError
from annotator.files import with_ending
from annotator.model.chain import NUMBERS
from annotator.store.file.backup import keep_permissions
from annotator.store.file.unfinished import beside, name_for_the_first_time
from annotator.store.readable import to_json
from annotator.store.salvaging.proving import CONTENT_HASH, SALT, SUBJECT, WHOSE, Feed, Names, Proof, is_written
from annotator.store.salvaging.rows import Found, Row

OTHER_THAN_WRITTEN = "what it says is not what its hash covers"
NOBODY_KNOWS_WHOSE = "nobody knows whose feed it is in"
ANOTHER_IN_PLACE = "another event that was written in this place is in the log"
REFUSED = "it was written, and does not fit into a new database"
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


def keep_unproved(target: Path, unproved: Sequence[Unproved], found: Found, names: Names) -> None:
    """Write what is no part of the new log to a file beside a new database; there is no file where there is nothing.

    Raises OutputError where it cannot be written.
    """
    called = {row[1]: row[3] for rows in found.rows["people"].values() for row in rows}
    lines = [f"{to_json(_line(each, names, called))}\n" for each in unproved]
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
                "that could not be put in: name it otherwise, and salvage again where there is room."
            ) from error


def unproved_in(found: Found, proof: Proof, refused: Collection[int]) -> list[Unproved]:
    """What was read with its content and does not stand so in the new log; nothing that was erased.

    `refused` are the rows of events that were proved and do not fit into the new database.
    """
    feeds = {feed.id: feed for feed in proof.feeds}
    known = {feed.uid for feed in proof.feeds}
    erased = _erased(found)
    elsewhere = {number for uid, _, number in (event.rpartition(":") for event in erased) if uid not in known}
    proved = {row[0]: row for feed in proof.feeds for row in feed.events}
    contents = {row[CONTENT_HASH] for row in proved.values()}
    unproved = []
    for place, rows in sorted(found.rows["events"].items()):
        feed, number, stands = feeds.get(place // NUMBERS), place % NUMBERS, proved.get(place)
        if f"{feed.uid}:{number}" in erased if feed else str(number) in elsewhere:
            continue
        uid, by = (feed.uid, feed.founder.name) if feed else (f"number {place // NUMBERS}", "")
        for row in (row for row in rows if row[SALT] is not None):
            why = REFUSED if place in refused else _why(feed, stands)
            if not why and row[CONTENT_HASH] not in contents and is_written(row, proof.names):
                why = ANOTHER_IN_PLACE
            if why:
                unproved.append(Unproved(uid, number, why, by, row))
    return unproved


def _erased(found: Found) -> set[str]:
    """The events that somebody erased, proved or not: they do not come back."""
    told = (row[10] for rows in found.rows["events"].values() for row in rows if row[3] == "erased")
    return {str(said["event"]) for said in map(_said, told) if isinstance(said, dict) and "event" in said}


def _why(feed: Feed | None, stands: Row | None) -> str:
    """Why an event is no part of the log; empty where one that was proved stands in its place."""
    if feed is None:
        return NOBODY_KNOWS_WHOSE
    if stands is None:
        return NOT_IN_PLACE
    return OTHER_THAN_WRITTEN if stands[SALT] is None else ""


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
