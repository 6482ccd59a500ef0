"""Whatever people do to copies of a database, all copies that have met hold the same, and nothing is lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from annotator.errors import SourceError
from annotator.model import roles
from annotator.model.chain import new_uid
from annotator.model.person import ADJUDICATED
from annotator.model.record import ReportRecord
from annotator.model.roles import DECIDING, LEADING, ROLES, WORKING
from annotator.model.subject import Report
from annotator.store import people, project
from annotator.store.log import erasing
from annotator.store.store import Store
from annotator.store.team import assignments, comments, roster, team, waiting
from tests.store.making import make_store, put
from tests.store.merging.copies import (
    TAXONOMY,
    Copy,
    World,
    acknowledged,
    digest_of,
    duplicate,
    edit,
    flaws,
    merge,
    merge_interrupted,
    told,
    undo,
    write_bundle,
)

NAMES = ("eva", "EVA", "Ｅｖａ", "bob", "Bob ", "lead", "Lead")
KEYS = ("t:1", "t:2")
MOST = 4
"""Copies at a time."""
STORM = "The storm flooded the cellar of the town hall and the archive with all of its papers. "
ROBOT = "A robot in a warehouse ran over the foot of a worker who had not been told of it. "
TEXTS = (
    STORM, STORM + "Nobody was hurt.", STORM + "Two days later it was dry.", ROBOT, ROBOT + "It was stopped.",
    STORM + ROBOT,
)  # fmt: skip
"""Of two things that happened, each told in several ways, and of both."""
BEHIND = ("known to have been written", "the feed was known here")
"""What is said of an older copy in the home of a newer one."""
COPIES = st.integers(0, MOST - 1)


def may(store: Store, name: str, needs: frozenset[str]) -> bool:
    """Whether somebody has a role for something at a copy, as the desk asks before anything is done."""
    with store.reading() as transaction:
        role = roles.role_of(project.settings(transaction), people.known_as(transaction, name))
    return not role or role in needs


class Copies(RuleBasedStateMachine):
    """Two to four copies of one database."""

    def __init__(self) -> None:
        """Begin with one file."""
        super().__init__()
        self.patches = pytest.MonkeyPatch()
        self.world = World(self.patches)
        self.folder = Path(mkdtemp(prefix="annotator-"))
        self.copies: list[Copy] = []
        self.older: list[Path] = []
        self.aside: list[Path] = []
        self.sent: list[Path] = []
        self.seen: set[str] = set()
        self.number = 0
        self.is_sound = False
        """Whether there is something, and nothing speaks against it."""

    def teardown(self) -> None:
        """Let everybody merge with everybody until nothing is new, and compare."""
        try:
            if self.is_sound:
                self._converge()
        finally:
            self.patches.undo()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _converge(self) -> None:
        before = [self._copy_of(each.path) for each in self.copies]
        news = True
        for _ in range(len(self.copies) + 2):
            news = False
            for here in self.copies:
                others = [each.path for each in self.copies if each != here] + self.aside
                with self.world.on(here) as store:
                    for other in others:
                        done = merge(store, other)[0]
                        news |= bool(done.events or done.subjects or done.people or done.filled)
                    self._check(store)
            if not news:
                break
        assert not news, "merging never comes to an end"
        found = []
        for here in self.copies:
            with self.world.on(here) as store:
                found.append(told(store))
                assert flaws(store) == []
                assert self.seen <= acknowledged(store), "events that were acknowledged are lost"
                unchanged = digest_of(store)
                store.rebuild()
                assert digest_of(store) == unchanged
        for each in found[1:]:
            differing = sorted(set(each) ^ set(found[0]))
            assert not differing, "\n".join(differing)
        self._orders(before)

    def _orders(self, before: list[Path]) -> None:
        """In whatever order copies are taken in, the same comes of it."""
        results = set()
        for attempt, order in enumerate((before, before[::-1])):
            first = Copy(self.folder / f"order-{attempt}.db", self.folder / f"order-{attempt}", f"order {attempt}")
            shutil.copyfile(order[0], first.path)
            with self.world.on(first) as store:
                for other in order[1:]:
                    merge(store, other)
                results.add("\n".join(told(store)))
        parts = Copy(self.folder / "order-2.db", self.folder / "order-2", "order 2")
        shutil.copyfile(before[-1], parts.path)
        whole = Copy(self.folder / "order-3.db", self.folder / "order-3", "order 3")
        shutil.copyfile(before[0], whole.path)
        with self.world.on(parts) as store:
            for other in before[1:-1]:
                merge(store, other)
        with self.world.on(whole) as store:
            merge(store, parts.path)
            results.add("\n".join(told(store)))
        if len(results) > 1:
            some, others, *_ = ({*each.splitlines()} for each in results)
            differing = "\n".join(sorted(some ^ others))
            assert not differing, f"the order in which copies are taken in shows:\n{differing}"

    # Around

    def _new(self, ending: str) -> Path:
        self.number += 1
        return self.folder / f"{self.number}{ending}"

    def _copy_of(self, path: Path) -> Path:
        return duplicate(Copy(path, self.folder, ""), self._new(".db"))

    def _check(self, store: Store) -> None:
        found = flaws(store)
        found = [each for each in found if not any(words in each for words in BEHIND)]
        self.is_sound = not found
        assert not found, found

    def _do(
        self, which: int, what: Callable[[Store], object], by: str = "lead", needs: frozenset[str] = LEADING,
        *, is_killed: bool = False,
    ) -> None:  # fmt: skip
        """Do something at a copy, as far as one may there; what is in it then was acknowledged."""
        with self.world.on(self.copies[which % len(self.copies)], is_killed=is_killed) as store:
            if may(store, by, needs):
                what(store)
            self._check(store)
            self.seen |= acknowledged(store)

    @initialize()
    def begin(self) -> None:
        path = self._new(".db")
        self.copies = [Copy(path, self.folder / "home-1", "machine 1")]
        self.world.at = self.copies[0]
        make_store(path, 2).close()
        self._do(0, lambda store: edit(store, "lead", "answer_set", field="a", answer={"value": "yes"}))
        self.copy(0, is_elsewhere=True)

    # What people do

    @rule(
        which=COPIES, name=st.sampled_from(NAMES), key=st.sampled_from(KEYS), is_killed=st.booleans(),
        field=st.sampled_from("abc"), value=st.sampled_from(("yes", "no")),
    )  # fmt: skip
    def answer(self, which: int, name: str, key: str, is_killed: bool, field: str, value: str) -> None:
        def do(store: Store) -> None:
            edit(store, name, "answer_set", key, field=field, answer={"value": value})

        self._do(which, do, name, WORKING, is_killed=is_killed)

    @rule(
        which=COPIES, name=st.sampled_from(NAMES), key=st.sampled_from(KEYS),
        what=st.sampled_from(
            (
                ("answer_cleared", {"field": "a"}), ("note_set", {"text": "one"}), ("note_set", {"text": "two"}),
                ("flag_raised", {"field": "a", "reason": "odd"}), ("skipped", {"reason": "no"}), ("submitted", {}),
                ("reopened", {"reason": "again"}),
            )
        ),
    )  # fmt: skip
    def do(self, which: int, name: str, key: str, what: tuple[Any, dict[str, Any]]) -> None:
        self._do(which, lambda store: edit(store, name, what[0], key, **what[1]), name, WORKING)

    @rule(which=COPIES, name=st.sampled_from(NAMES), again=st.booleans())
    def turn(self, which: int, name: str, again: bool) -> None:
        self._do(which, lambda store: undo(store, name, again=again), name, DECIDING if again else WORKING)

    @rule(which=COPIES, name=st.sampled_from(NAMES))
    def resolve(self, which: int, name: str) -> None:
        def do(store: Store) -> None:
            sql = """SELECT flags.id, key, annotator FROM flags JOIN classifications AS one
                     ON one.id = classification_id JOIN subjects ON subjects.id = subject_id
                     WHERE resolved_at IS NULL ORDER BY 1"""
            for flag, key, whose in store.transaction.execute(sql).fetchall()[:1]:
                edit(store, name, "flag_resolved", key, whose, flag=flag)

        self._do(which, do, name, DECIDING)

    @rule(which=COPIES, name=st.sampled_from(NAMES), key=st.sampled_from(KEYS), gives=st.booleans())
    def assign(self, which: int, name: str, key: str, gives: bool) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                whom = people.known_as(transaction, name)
                if not gives:
                    assignments.take_back(transaction, whom, 1, TAXONOMY, "lead")
                    return
                (subject,) = transaction.execute("SELECT id FROM subjects WHERE key = ?", (key,)).fetchone()
                batch = assignments.last_batches(transaction).get(whom, 0) + 1
                one = assignments.Assignment(subject, whom, batch, 1)
                assignments.put(transaction, TAXONOMY, 1, [one], "lead")

        self._do(which, do)

    @rule(which=COPIES, value=st.sampled_from(("yes", "no")), names=st.sampled_from((["eva"], ["BOB", "lead"])))
    def agree(self, which: int, value: str, names: list[str]) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                project.put_setting(transaction, "blind_annotation", value, "lead")
                project.put_people(transaction, "reviewers", names, "lead")
                team.start_round(transaction, "lead", TAXONOMY, 2, "retest" if value == "yes" else "second_pass")
                team.close_round(transaction, "lead", TAXONOMY, 2, again=value == "yes")

        self._do(which, do)

    @rule(
        which=COPIES, key=st.sampled_from(KEYS), name=st.sampled_from(NAMES), other=st.sampled_from(NAMES),
        is_erased=st.booleans(),
    )  # fmt: skip
    def talk(self, which: int, key: str, name: str, other: str, is_erased: bool) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                whom = people.find(transaction, other)
                text = f"what do you say, @{whom.uid}?" if whom else "what do you say?"
                said = comments.add(transaction, name, (key, ""), text, [whom.uid] if whom else [])
                if is_erased and may(store, name, LEADING):
                    erasing.erase(transaction, store.projection, name, said, "private")

        self._do(which, do, name, WORKING)

    @rule(which=COPIES, key=st.sampled_from(KEYS), value=st.sampled_from(("yes", "no")), name=st.sampled_from(NAMES))
    def decide(self, which: int, key: str, value: str, name: str) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                whose = people.known_as(transaction, name)
                said = {"field": "a", "answer": {"value": value}, "cause": "slip", "between": {whose: {"value": "no"}}}
                ruled = edit(store, name, "ruled", key, ADJUDICATED, **said)
                made = {field: ruling.event for field, ruling in ruled.rulings.items()}
                decided = {"answers": {}, "sources": {}, "ruled": made, "seen": {whose: "0"}}
                edit(store, name, "adjudicated", key, ADJUDICATED, **decided)
                edit(store, name, "published", key, ADJUDICATED)

        self._do(which, do, name, DECIDING)

    @rule(
        which=COPIES, name=st.sampled_from(NAMES), whose=st.sampled_from(NAMES), key=st.sampled_from(KEYS),
        value=st.sampled_from(("yes", "no")), status=st.sampled_from(("draft", "submitted")),
    )  # fmt: skip
    def bring(self, which: int, name: str, whose: str, key: str, value: str, status: str) -> None:
        said = {"answers": {"a": {"value": value}}, "status": status}
        self._do(which, lambda store: edit(store, name, "imported", key, whose, **said), name, WORKING)

    @rule(which=COPIES, text=st.sampled_from(TEXTS))
    def report(self, which: int, text: str) -> None:
        def do(store: Store) -> None:
            put(store, ReportRecord(Report(key="t:r", title=text[:9], text=text), ""))
            edit(store, "eva", "note_set", "t:r", text=text[:7])

        self._do(which, do, "eva", WORKING)

    # Who may do what

    @rule(
        which=COPIES, name=st.sampled_from(NAMES), by=st.sampled_from(NAMES), role=st.sampled_from(ROLES),
        is_claim=st.booleans(),
    )  # fmt: skip
    def give_role(self, which: int, name: str, by: str, role: str, is_claim: bool) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                author = people.known_as(transaction, by)
                is_first = not roles.are_given(project.settings(transaction))
                team.set_role(
                    transaction, author, by if is_claim else name, "lead" if is_claim else role, claim=is_claim
                )
                if is_first and role != "lead" and not is_claim:
                    team.set_role(transaction, author, by, "lead")

        self._do(which, do, by, WORKING if is_claim else LEADING)

    @rule(which=COPIES, by=st.sampled_from(NAMES), one=st.integers(0, 9), is_accepted=st.booleans())
    def say_what_counts(self, which: int, by: str, one: int, is_accepted: bool) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                if found := waiting.listed(transaction):
                    event, author = found[one % len(found)].id, people.known_as(transaction, by)
                    if is_accepted:
                        waiting.decide(transaction, store.projection, author, "accepted", [event])
                    else:
                        waiting.decide(transaction, store.projection, author, "declined", [event], "no")

        self._do(which, do, by)

    # Who is who

    @rule(
        which=COPIES, name=st.sampled_from(NAMES), other=st.sampled_from(NAMES), kind=st.integers(0, 4),
        letter=st.sampled_from("abc"),
    )  # fmt: skip
    def call(self, which: int, name: str, other: str, kind: int, letter: str) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                one, two = people.find(transaction, name), people.find(transaction, other)
                if one is None or two is None:
                    roster.add(transaction, store.projection, "lead", f"somebody {new_uid()[:4]}")
                elif kind == 0:
                    said = {"person": one.uid, "name": f"{one.name}{letter}"}
                    roster.decide(transaction, store.projection, "lead", "person_renamed", said)
                elif kind == 1:
                    said = {"person": one.uid, "spelling": f"{one.name}{letter}"}
                    roster.decide(transaction, store.projection, "lead", "spelling_added", said)
                elif kind == 2:
                    said = {"person": one.uid, "into": two.uid}
                    roster.decide(transaction, store.projection, "lead", "people_merged", said)
                elif kind == 3:
                    said = {"person": one.uid, "name": f"{one.name}-{new_uid()[:4]}"}
                    roster.decide(transaction, store.projection, "lead", "people_split", said)
                else:
                    roster.decide(transaction, store.projection, "lead", "person_left", {"person": one.uid})

        self._do(which, do)

    @rule(which=COPIES, one=st.integers(0, 9))
    def take_a_deed_back(self, which: int, one: int) -> None:
        def do(store: Store) -> None:
            with store.writing() as transaction:
                if deeds := roster.deeds(transaction):
                    said = {"event": deeds[-1 - one % len(deeds)].id}
                    roster.decide(transaction, store.projection, "lead", "people_undone", said)

        self._do(which, do)

    @rule(which=COPIES, is_later=st.booleans())
    def settle(self, which: int, is_later: bool) -> None:
        """Keep one of what was decided about people apart."""

        def do(store: Store) -> None:
            with store.writing() as transaction:
                for place, apart in list(roster.apart(transaction).items())[:1]:
                    event = apart.versions[-is_later].event
                    roster.keep(transaction, store.projection, "lead", place, event)
                    left = roster.apart(transaction).get(place)
                    if place[0] == "name":
                        assert left is None, "a name that is given anew is the one that counts"
                    else:
                        assert left is None or event not in {each.event for each in left.versions}

        self._do(which, do)

    # What happens to files and clocks

    @precondition(lambda self: len(self.copies) < MOST)
    @rule(which=COPIES, is_elsewhere=st.booleans())
    def copy(self, which: int, is_elsewhere: bool) -> None:
        """Copy a file, to another machine or beside itself."""
        source = self.copies[which % len(self.copies)]
        path = duplicate(source, self._new(".db"))
        number = len(self.copies) + 1
        home = (self.folder / f"home-{number}", f"machine {number}")
        self.copies.append(Copy(path, *home) if is_elsewhere else Copy(path, source.state, source.machine))

    @rule(which=COPIES)
    def back_up(self, which: int) -> None:
        self.older.append(self._copy_of(self.copies[which % len(self.copies)].path))

    @precondition(lambda self: self.older)
    @rule(which=COPIES, one=st.integers(0, 9), is_written_over=st.booleans())
    def restore(self, which: int, one: int, is_written_over: bool) -> None:
        """Put an older copy in place of a file, which is kept aside."""
        here = self.copies[which % len(self.copies)]
        self.aside.append(self._copy_of(here.path))
        older = self.older[one % len(self.older)]
        if not is_written_over:
            here.path.unlink()
        for ending in ("-wal", "-shm"):
            Path(f"{here.path}{ending}").unlink(missing_ok=True)
        shutil.copyfile(older, here.path)

    @rule(which=COPIES, is_copied=st.booleans())
    def move(self, which: int, is_copied: bool) -> None:
        """Put a file elsewhere, as within a disk or from one to another."""
        here = self.copies[which % len(self.copies)]
        path = self._new(".db")
        duplicate(here, path) if is_copied else here.path.rename(path)
        if is_copied:
            here.path.unlink()
        self.copies[self.copies.index(here)] = Copy(path, here.state, here.machine)

    @rule(years=st.integers(-5, 5))
    def set_clock(self, years: int) -> None:
        self.world.clock = timedelta(days=365 * years, milliseconds=random.Random(self.number).randrange(1000))

    # Bringing together

    @rule(which=COPIES, other=COPIES, is_twice=st.booleans())
    def merge(self, which: int, other: int, is_twice: bool) -> None:
        here, there = (self.copies[each % len(self.copies)] for each in (which, other))
        if here != there:
            self._merge(here, there.path, is_twice=is_twice)

    def _merge(self, here: Copy, there: Path, *, is_twice: bool) -> None:
        with self.world.on(here) as store:
            merge(store, there)
            self._check(store)
            if is_twice:
                before = told(store)
                assert merge(store, there)[0].events == 0
                assert told(store) == before, "twice is more than once"

    @rule(which=COPIES, other=COPIES, after=st.integers(0, 9))
    def merge_interrupted(self, which: int, other: int, after: int) -> None:
        here, there = (self.copies[each % len(self.copies)] for each in (which, other))
        if here != there:
            with self.world.on(here) as store:
                before = told(store)
                merge_interrupted(store, there.path, after)
                assert told(store) == before
                self._check(store)

    @rule(which=COPIES, own=st.sampled_from(("", "", *NAMES)), goes_on=st.booleans())
    def pass_on(self, which: int, own: str, goes_on: bool) -> None:
        since = self.sent[-1] if goes_on and self.sent else None
        path = self._new(".bundle")
        with self.world.on(self.copies[which % len(self.copies)]) as store:
            write_bundle(store, path, own=own, since=since)
        self.sent.append(path)

    @precondition(lambda self: self.sent)
    @rule(which=COPIES, one=st.integers(0, 9), is_twice=st.booleans())
    def take_bundle(self, which: int, one: int, is_twice: bool) -> None:
        """One that continues another that is not here is refused, and nothing else is."""
        try:
            here = self.copies[which % len(self.copies)]
            self._merge(here, self.sent[one % len(self.sent)], is_twice=is_twice)
        except SourceError as error:
            assert "begins at event" in str(error), error


FUZZ = settings().max_examples
"""What the profile says: 50 in the suite, 1,000 for `make properties`."""
TestCopies = Copies.TestCase
TestCopies.settings = settings(max_examples=max(4, FUZZ // 8), stateful_step_count=12)


class ManyCopies(Copies):
    """The same, longer and more often."""


TestManyCopies = pytest.mark.slow(ManyCopies.TestCase)
TestManyCopies.settings = settings(max_examples=FUZZ * 2, stateful_step_count=30)
