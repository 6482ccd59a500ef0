"""A bundle: an offer as a small file, JSON lines in gzip, which docs/events.md describes.

The first line says what it is, the last how many lines there were and their digest, so that a file that was cut off,
altered or put in another order is known before anything of it is kept.
"""

from __future__ import annotations

import gzip
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

from annotator import __version__
from annotator.errors import OutputError, SourceError
from annotator.files import is_held, is_made_up, mode_to_write, refuse_database, unwritable
from annotator.foreign import reading
from annotator.model.chain import Founder, read_json
from annotator.store.importing.staging import lacks_text
from annotator.store.merging import lines
from annotator.store.merging.checking import subject_problem, taxonomy_problem
from annotator.store.merging.offer import FeedOffer, Offer, SubjectOffer, Wire, words_of
from annotator.store.readable import now, to_json

KIND = "annotator-bundle"
LAYOUT = 1
LONGEST_LINE = 64 << 20
"""Characters; a report text is far shorter."""
MOST_LINES = 50_000_000
ROOM, DENSITY = 64_000_000, 200
"""Characters that any bundle may unpack to, and how many more for each of its bytes; texts come to about ten."""
MOST_FEEDS = 100_000
UNFIT = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What comes of reading a line that says something else than its kind can say."""


def write(path: Path, offer: Offer, *, for_: str = "", known: frozenset[str] = frozenset(), contents: str = "") -> int:
    """Write an offer to a file, whole or not at all; returns how many events it holds.

    `contents` is the digest by which the file is known to hold what it would hold later. Raises OutputError, and
    RequestError where a database is.
    """
    refuse_target(path)
    unfinished = path.with_name(f"{path.name}.{uuid4().hex[:8]}.unfinished")
    subjects = list(offer.subjects)
    told = (words_of(each.key, each.seen, each.run, without_text=lacks_text(each.kind, each.row)) for each in subjects)
    sent = sorted({*told, *known})
    head = {
        KIND: LAYOUT, "projects": sorted(offer.projects), "by": offer.by, "by_name": offer.by_name, "for": for_,
        "whole": not offer.by, "made_at": now(), "program": __version__, "heads": offer.heads, "known": sent,
        "contents": contents,
        **({"missing": offer.missing} if offer.missing else {}),
    }  # fmt: skip
    count = 0
    try:
        # Without a name and a time in its head, the file tells nothing but what is in its lines.
        with (
            unfinished.open("wb") as packed,
            gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=packed, mtime=0) as file,
        ):
            digest, count_of_lines = sha256(), 0
            for line in map(to_json, chain([head], _lines(offer, subjects))):
                written = line.encode() + b"\n"
                file.write(written)
                digest.update(written)
                count_of_lines += 1
                count += line.startswith('{"e":')
            file.write(to_json({"end": count_of_lines, "sha256": digest.hexdigest()}).encode() + b"\n")
        with unfinished.open("rb+") as done:
            os.fsync(done.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def refuse_target(path: Path) -> None:
    """Raise OutputError where no bundle can be written, RequestError where a database is."""
    mode = mode_to_write(path)
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path}: is a folder; name a file in it.")
    if mode and not stat.S_ISREG(mode):
        raise OutputError(f"{path}: is a pipe or a device, and a bundle is a file; name one.")
    refuse_database(path)


def _lines(offer: Offer, subjects: list[SubjectOffer]) -> Iterator[dict[str, Any]]:
    for uid, name, kind in offer.people:
        yield {"person": uid, "name": name, "kind": kind}
    for namespace, version, digest, document in offer.taxonomies:
        yield {"taxonomy": namespace, "version": version, "sha256": digest, "document": json.loads(document)}
    for each in subjects:
        yield {"subject": each.key, **{name: value for name, value in each._asdict().items() if name != "key"}}
    seen: dict[str, int] = {}
    for feed in offer.feeds:
        yield {"feed": feed.founder.text, "uid": feed.uid, "first": feed.first, "before": feed.before.hex()}
        for wire in feed.events:
            yield from _event_lines(wire, seen)


def _event_lines(wire: Wire, seen: dict[str, int]) -> Iterator[dict[str, Any]]:
    """An event as a short list; subjects and people come by number once they were named."""
    if wire.content is None or wire.salt is None:
        yield {"e": [wire.number, wire.counter], "content": wire.content_hash.hex()}
        return
    said = wire.content
    about = to_json([said.subject, said.seen, said.taxonomy, said.whose, said.round, said.version])
    if about not in seen:
        seen[about] = len(seen)
        yield {"about": json.loads(about)}
    salt = wire.salt.hex()
    yield {"e": [wire.number, wire.counter, said.at, said.kind, seen[about], said.replaces, salt, said.payload]}


class _Reader:
    """Reads a bundle once, from its first line to its last."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every line with its number; raises SourceError where it is no whole bundle."""
        digest, number, left = sha256(), 0, 0
        with reading(lambda why: self.refusal(number + 1, f"cannot be read ({why})")):
            left = ROOM + DENSITY * self.path.stat().st_size
            with gzip.open(self.path, "rt", encoding="utf-8", newline="\n") as file:
                while line := file.readline(LONGEST_LINE):
                    left -= len(line)
                    if left < 0:
                        raise self.refusal(number + 1, "unpacks to far more than work does")
                    said = self._object(line, number + 1)
                    if "end" in said:
                        if said["end"] != number or said.get("sha256") != digest.hexdigest():
                            raise self.refusal(number + 1, "was altered: its lines are not the ones that were written")
                        if file.readline(1):
                            raise self.refusal(number + 2, "goes on behind its end")
                        return
                    number += 1
                    digest.update(line.encode())
                    yield number, said
        raise self.refusal(number + 1, "was cut off: its end is missing")

    def _object(self, line: str, number: int) -> dict[str, Any]:
        with reading(lambda why: self.refusal(number, f"holds a line that is no JSON ({why})")):
            said = read_json(line)
        if not isinstance(said, dict) or not line.endswith("\n") or number > MOST_LINES:
            raise self.refusal(number, "holds a line that is none of a bundle")
        return said

    def refusal(self, number: int, what: str) -> SourceError:
        return SourceError(
            f"{self.path}:{number}: the bundle {what}. Nothing was changed; have it written and sent again."
        )


def is_bundle(path: Path) -> bool:
    """Whether a file is packed as a bundle is; what is no file, such as a pipe, is none and is not opened.

    Raises SourceError for a file that cannot be read.
    """
    if not path.is_file() or is_made_up(path) or is_held(path):
        return False
    try:
        with path.open("rb") as file:
            return file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}). Nothing was changed; look after it.") from error


def read_header(path: Path) -> lines.Header:
    """What a bundle says of itself; raises SourceError."""
    reader = _Reader(path)
    return _header(reader, next(reader.lines(), (1, {}))[1])


def _header(reader: _Reader, said: Mapping[str, Any]) -> lines.Header:
    if said.get(KIND) is None:
        raise reader.refusal(1, "is none: it does not begin as one")
    if said[KIND] != LAYOUT:
        raise SourceError(
            f"{reader.path}: was written by another version of annotator (bundle layout {said[KIND]!r:.20}, this one "
            f"knows {LAYOUT}). Install the version that wrote it; nothing was changed."
        )
    try:
        return lines.header(said)
    except UNFIT as error:
        raise reader.refusal(1, "does not say what it holds") from error


def read(path: Path) -> Offer:
    """A bundle as an offer, checked to its end; raises SourceError naming file, line and what is wrong."""
    reader = _Reader(path)
    read_ = _Read(reader)
    for number, said in reader.lines():
        try:
            read_.take(number, said)
        except UNFIT as error:
            raise reader.refusal(number, "holds a line that is none of a bundle") from error
    return read_.offer()


class _Read:
    """What was read of a bundle so far."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.header: lines.Header | None = None
        self.people: list[tuple[str, str, str]] = []
        self.taxonomies: list[tuple[str, int, str, str]] = []
        self.subjects: list[SubjectOffer] = []
        self.feeds: list[tuple[str, Founder, int, bytes, list[Wire]]] = []
        self.about: list[lines.About] = []

    def take(self, number: int, said: dict[str, Any]) -> None:
        if self.header is None:
            self.header = _header(self.reader, said)
        elif "e" in said:
            self.feeds[-1][4].append(lines.wire(said, self.about))
        elif "about" in said:
            self.about.append(lines.about(said["about"]))
        elif "subject" in said:
            self.subjects.append(lines.subject(said))
            self._refuse(number, subject_problem(self.subjects[-1]))
        elif "person" in said:
            self.people.append(lines.person(said))
        elif "taxonomy" in said:
            self.taxonomies.append(lines.taxonomy(said))
            self._refuse(number, taxonomy_problem(*self.taxonomies[-1]))
        elif "feed" in said:
            self._begin(said)
        else:
            raise ValueError(number)

    def _refuse(self, number: int, problem: str) -> None:
        if problem:
            raise self.reader.refusal(number, f"was altered: {problem}")

    def _begin(self, said: dict[str, Any]) -> None:
        if len(self.feeds) >= MOST_FEEDS:
            raise ValueError(said)
        uid, founder = lines.founder(said)
        self.feeds.append((uid, founder, lines.number(said["first"]), lines.hash_(said["before"]), []))

    def offer(self) -> Offer:
        said = self.header
        if said is None:
            raise self.reader.refusal(1, "is empty")
        self._check_heads(said)
        return Offer(
            str(self.reader.path), frozenset(said.projects), tuple(self.people), said.heads, tuple(self.taxonomies),
            self.subjects, [FeedOffer(*each) for each in self.feeds], "" if said.whole else said.by, said.by_name,
            said.missing,
        )  # fmt: skip

    def _check_heads(self, said: lines.Header) -> None:
        """Refuse a bundle that does not tell of each of its feeds, and of nothing else, where it ends."""
        ends = {uid: events[-1].number if events else 0 for uid, _, _, _, events in self.feeds}
        who = {uid: founder.name or "nobody named" for uid, founder, _, _, _ in self.feeds}
        if len(ends) < len(self.feeds):
            raise self.reader.refusal(1, "was altered: it holds a feed twice")
        for uid in sorted(ends.keys() ^ said.heads.keys()):
            what = f"holds feed {uid} of {who[uid]} and no head of it" if uid in ends else f"lacks the feed {uid}"
            raise self.reader.refusal(1, f"was altered: it {what}")
        for uid, last in ends.items():
            if last > said.heads[uid][0]:
                raise self.reader.refusal(1, f"was altered: feed {uid} of {who[uid]} goes on behind its head")
        for uid, (number, _) in said.missing.items():
            if number <= said.heads.get(uid, (0, ""))[0] or (uid not in ends and not said.whole):
                raise self.reader.refusal(1, f"was altered: nothing of feed {uid} can be missing in it")
