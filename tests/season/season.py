"""A season of a team on several copies, driven by a seed: who does what, on which laptop, week after week."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from annotator.desk import Desk
from annotator.desk.project import Project
from annotator.errors import AnnotatorError
from annotator.model import chain
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from annotator.store import readable
from annotator.store.team import rounds
from tests.season.book import Book, Deed, Place
from tests.store.merging.copies import Copy, World

TAXONOMIES = ("desk", "side")
TAXONOMY = """
namespace: {}
version: 1
title: A taxonomy for a season
fields:
  - {{id: outcome, label: Outcome, kind: single, required: true, choices: [
      {{id: a, label: A}}, {{id: b, label: B}}, {{id: c, label: C}}]}}
  - {{id: words, label: Words, kind: tags, required: true}}
"""
NAMES = (
    "kim", "lee", "eve", "rob", "ada", "ben", "cyd", "dan", "eli", "fay", "gus", "hal", "ivo", "joy", "kai", "lou",
    "mia", "ned", "oda", "pam", "quin", "ras", "sue", "tom", "uma", "vic", "wim", "xen", "yan", "zed", "arno", "bela",
    "cora", "dirk", "enno",
)  # fmt: skip
MISTYPED = 1_000
"""More than anybody's number: whoever typed their name otherwise is somebody else until a lead says who that is."""
OLD = tuple(f"d:old{number}" for number in range(1, 9))
"""Incidents that nobody deals out."""
KIM, LEE, EVE, ROB = range(4)
"""Two who lead, each under a taxonomy and on a copy of their own; one who decides; one who only reads."""


FOR_ALL = frozenset({"name", "left", "is", "blind", "closed"})
"""Kinds of deeds that tell of nobody's work, so that everybody has them."""


class Size(NamedTuple):
    """How large a season is."""

    people: int
    copies: int
    subjects: int
    steps: int


class Dealt(NamedTuple):
    """An assignment as it stands in a file."""

    done: bool
    due: str


class Season:
    """Copies of one database, the people who work on them, and what must hold."""

    def __init__(self, folder: Path, patches: pytest.MonkeyPatch, seed: int, size: Size) -> None:
        """Found a team on the first copy, and let the others begin with what is there."""
        self.random, self.watching = random.Random(seed), random.Random(seed)
        self.size = size
        self.world = World(patches)
        ids = random.Random(seed)
        patches.setattr(chain, "token_hex", lambda size: ids.randbytes(size).hex())
        patches.setattr(rounds, "randbelow", ids.randrange)
        self.copies = [_copy(folder, number) for number in range(size.copies)]
        self.book = Book(size.copies)
        self.tally: Counter[str] = Counter()
        self.told: list[str] = []
        self.marked: dict[str, Place] = {}
        """By marker: the classification it stands in."""
        self.talk: dict[str, Place] = {}
        """By marker: who wrote the comment it stands in, about what."""
        self.keys = [f"d:{number}" for number in range(1, size.subjects + 1)]
        self.homes: dict[int, int] = {}
        self.projects: list[Project] = []
        self._found(folder)

    def _found(self, folder: Path) -> None:
        self._open(0)
        dated = [f"20{20 + number % 5}-0{1 + number % 9}" for number in range(len(self.keys))]
        told = [
            IncidentRecord(Incident(key=key, title=f"Incident {key}", date=at), "")
            for key, at in zip(self.keys, dated, strict=True)
        ]
        told += [IncidentRecord(Incident(key=key, title="Old", date="1999"), "") for key in OLD]
        self.desk(0, "kim").importing.import_records(told, "made.json")
        for who in range(self.size.people):
            self.join(who)
        self._give_roles()
        for copy in range(1, self.size.copies):
            self._open(copy)
            self.merge(copy, 0)

    def _open(self, copy: int) -> None:
        self.world.at = self.copies[copy]
        self.projects.append(Project.open(self.copies[copy].path))
        self.projects[-1].store.transaction.execute("PRAGMA synchronous = OFF")

    def _give_roles(self) -> None:
        kim = self.desk(0, "kim")
        self.refused("everybody a reader", lambda: kim.roles.give("kim", "reader"))
        kim.roles.give("kim", "lead")
        self.refused("a lead who leaves", lambda: kim.people.leave("kim"))
        self.refused("a lead who only reads", lambda: kim.roles.give("kim", "reader"))
        for name, role in (("lee", "lead"), ("eve", "adjudicator"), ("rob", "reader")):
            kim.roles.give(name, role)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close all copies."""
        for copy, project in zip(self.copies, self.projects, strict=True):
            self.world.at = copy
            project.store.close()

    # Who sits where

    def desk(self, copy: int, name: str, round_: int = 0) -> Desk:
        """Somebody at a copy."""
        self.world.at = self.copies[copy]
        return Desk(self.projects[copy], name, round_)

    def at(self, copy: int, who: int, round_: int = 0) -> Desk:
        """The same by number."""
        return self.desk(copy, self.book.name(copy, who), round_)

    def rows(self, copy: int, sql: str, *values: object) -> list[Any]:
        """Rows of a copy."""
        self.world.at = self.copies[copy]
        with self.projects[copy].store.reading() as transaction:
            found: list[Any] = transaction.execute(sql, values).fetchall()
        return found

    def dealt(self, copy: int) -> dict[Place, Dealt]:
        """The assignments of a copy."""
        names = self.book.names(copy)
        sql = """SELECT taxonomy, key, annotator, round, done, due FROM assignments
                 JOIN subjects ON subjects.id = subject_id"""
        return {
            Place("dealt", taxonomy, key, names[name], round_): Dealt(bool(done), due)
            for taxonomy, key, name, round_, done, due in self.rows(copy, sql)
        }

    def looked(self, copy: int) -> set[tuple[str, str, int]]:
        """Who has seen others' answers as one who decides, by taxonomy and subject."""
        names = self.book.names(copy)
        sql = "SELECT taxonomy, key, annotator FROM looks JOIN subjects ON subjects.id = subject_id"
        decided = """SELECT classifications.taxonomy, key, adjudicated_by FROM adjudications
                      JOIN classifications ON classifications.id = classification_id
                      JOIN subjects ON subjects.id = subject_id"""
        return {(taxonomy, key, names[name]) for taxonomy, key, name in self.rows(copy, f"{sql} UNION {decided}")}

    def here(self, copy: int) -> list[int]:
        """Those who can be given work, as a copy knows them."""
        return [
            who
            for who in sorted(self.book.names(copy).values())
            if who not in {KIM, LEE, ROB} and not self.book.has_left(copy, who)
        ]

    def deciding(self, copy: int) -> set[str]:
        """The names of those who decide."""
        return {self.book.name(copy, who) for who in (KIM, LEE, EVE)}

    @property
    def today(self) -> date:
        """The day it is."""
        return date.fromisoformat(readable.now()[:10])

    def day(self, least: int, most: int) -> str:
        """A day some days from now."""
        return (self.today + timedelta(self.random.randint(least, most))).isoformat()

    def may(self, chance: float) -> bool:
        """Whether something happens that does so with a chance."""
        return self.random.random() < chance

    def did(self, what: str) -> None:
        """Count what was done, and keep it for whoever reads of a failure."""
        self.tally[what.split(":", maxsplit=1)[0]] += 1
        self.told.append(what)

    def mark(self, place: Place, among: dict[str, Place] | None = None) -> str:
        """A word that nobody else says, and where it stands."""
        marker = f"m{len(self.marked) + len(self.talk):05d}tell"
        (self.marked if among is None else among)[marker] = place
        return marker

    def refused(self, what: str, deed: Any, copy: int = 0) -> None:
        """See that a deed is refused in words, and leaves nothing."""
        before = self.rows(copy, "SELECT count(*) FROM events"), self.rows(copy, "SELECT count(*) FROM assignments")
        with pytest.raises(AnnotatorError) as error:
            deed()
        assert len(str(error.value)) > 20 and str(error.value).rstrip("`'").endswith((".", ")")), error.value
        assert before == (
            self.rows(copy, "SELECT count(*) FROM events"), self.rows(copy, "SELECT count(*) FROM assignments"),
        ), what  # fmt: skip
        self.did(f"refused {what}")

    # People

    def join(self, who: int) -> None:
        """Let somebody be known on the first copy, and work on one of them."""
        if who != KIM:
            self.desk(0, "kim").people.add(NAMES[who])
        self.book.say(0, KIM, Place("name", who=who), NAMES[who])
        self.homes[who] = {KIM: 0, LEE: min(1, self.size.copies - 1)}.get(who, who % self.size.copies)

    def rename(self, who: int) -> None:
        """Call somebody otherwise."""
        new = f"{NAMES[who]} of {self.tally['renamed'] + 2}"
        self.at(0, KIM).people.rename(self.book.name(0, who), new)
        self.book.say(0, KIM, Place("name", who=who), new)
        self.did(f"renamed: {new}")

    def leave(self, who: int) -> None:
        """Let somebody leave."""
        self.at(0, KIM).people.leave(self.book.name(0, who))
        self.book.say(0, KIM, Place("left", who=who), True)
        self.did(f"left: {NAMES[who]}")

    # Copies

    def merge(self, into: int, of: int) -> None:
        """Take another copy in."""
        whoever = self.desk(into, "kim" if into == 0 else "lee")
        whoever.together.merge([self.copies[of].path])
        self.book.merge(into, of)
        self.did(f"merged: {of} into {into}")

    def pass_on(self, who: int, into: int) -> None:
        """Send a bundle of one's own work."""
        home = self.homes[who]
        if any(says == [who] and place not in self.book.now[into]["is"] for place, says in self.book.all(home, "is")):
            # Nobody said there that both names are one person's, so that it holds what somebody else wrote.
            self.refused("a bundle of two", lambda: self._send(home, who, into), into)
            return
        self._send(home, who, into)
        own = self._deeds(lambda deed: self.book.person(home, deed.by) == who)
        self.book.learn(into, self.book.known[home] & own)
        self.did(f"passed on: {NAMES[who]} from {home} into {into}")

    def hand_on(self, who: int) -> None:
        """Send somebody what is for them: what they did and are to do, and what the team agreed on."""
        home = self.homes[who]
        self._send(0, KIM, home, self.book.name(0, who))
        deciding = {KIM, LEE, EVE}

        def is_about(place: Place) -> bool:
            return self.book.person(0, place.who) == who

        own = self._deeds(
            lambda deed: (
                deed.by == who
                or (
                    deed.by in deciding
                    and (deed.place.kind in FOR_ALL or (deed.place.who == who and deed.place.subject))
                )
            )
        )
        self.book.learn(home, self.book.known[0] & own)
        self.did(f"passed on: to {NAMES[who]} on {home}")

    def _deeds(self, are_meant: Callable[[Deed], object]) -> int:
        return sum(1 << number for number, deed in enumerate(self.book.deeds) if are_meant(deed))

    def _send(self, of: int, by: int, into: int, person: str = "") -> None:
        path = self.copies[of].path.with_name(f"{len(self.told)}.bundle")
        self.at(of, by).together.bundle(path, person=person)
        self.desk(into, "kim" if into == 0 else "lee").together.merge([path])


def _copy(folder: Path, number: int) -> Copy:
    at = folder / f"laptop-{number}"
    (at / "taxonomies").mkdir(parents=True)
    (at / "state").mkdir()
    for name in TAXONOMIES:
        (at / "taxonomies" / f"{name}.yaml").write_text(TAXONOMY.format(name), encoding="utf-8")
    return Copy(at / "desk.db", at / "state", f"laptop {number}")


@contextmanager
def season(folder: Path, patches: pytest.MonkeyPatch, seed: int, size: Size) -> Iterator[Season]:
    """A season, of which the last deeds are told where it fails."""
    with closing(Season(folder, patches, seed, size)) as found:
        try:
            yield found
        except BaseException as error:  # pytest's own failures are no Exception, and an interrupt tells where it was
            error.add_note(f"seed {seed}, after: {'; '.join(found.told[-12:])}")
            raise
