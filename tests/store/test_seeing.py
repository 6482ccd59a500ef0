"""What SQL says is open to whom, beside the same rule said in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.model.person import NO_WITNESS, same_name
from annotator.model.visibility import NOBODY, UNBOUND, LeftOut, Viewer
from annotator.store import people, visibility
from annotator.store import visibility as at_work
from annotator.store.connection import Transaction
from annotator.store.store import Store
from annotator.store.team import assignments
from tests.store.making import answer, make_store, of

NAMES = ("ann", "Bob", "cy  d", "AIID", "adjudicated")
VIEWERS = ("", "ann", "bob", "ＢＯＢ", "cy d", "eve", "EVE")
SUBJECTS, TAXONOMIES, ROUNDS = (1, 2), ("T", "U"), (1, 2)
STATUSES = ("untouched", "draft", "skipped", "submitted", "adjudicated")


class Work(NamedTuple):
    """A classification, as far as the rule looks at it."""

    subject: int
    taxonomy: str
    annotator: str
    round: int
    status: str = "draft"
    is_imported: bool = False
    is_published: bool = False


class Task(NamedTuple):
    """An assignment."""

    subject: int
    taxonomy: str
    annotator: str
    round: int
    done: bool


class Look(NamedTuple):
    """Somebody has looked."""

    subject: int
    taxonomy: str
    annotator: str


class World(NamedTuple):
    """All that the rule looks at."""

    work: list[Work]
    tasks: list[Task]
    looks: list[Look]
    reviewers: tuple[str, ...] = ()
    is_blind: bool = True


places = (st.sampled_from(SUBJECTS), st.sampled_from(TAXONOMIES), st.sampled_from(NAMES))
works = st.builds(
    Work, *places, st.sampled_from(ROUNDS), st.sampled_from(STATUSES), is_imported=st.booleans(),
    is_published=st.booleans(),
)  # fmt: skip
worlds = st.builds(
    World,
    st.lists(works, max_size=8, unique_by=lambda each: each[:4]),
    st.lists(
        st.builds(Task, *places, st.sampled_from(ROUNDS), st.booleans()), max_size=3, unique_by=lambda each: each[:4]
    ),
    st.lists(st.builds(Look, *places), max_size=3, unique=True),
    st.sampled_from([(), ("eve",), ("Eve ", "BoB")]),
    st.sampled_from([True, True, True, False]),
)


def rounds_at_work(world: World, name: str, one: Work) -> dict[str, set[int]]:
    """The rounds somebody is at work in on the same subject, by spelling of the name; for nobody, of anybody."""
    found: dict[str, set[int]] = {}
    begun = [each[:4] for each in world.work if each.status == "draft"]
    for *place, annotator, round_ in begun + [task[:4] for task in world.tasks if not task.done]:
        is_theirs = same_name(annotator, name) if name else annotator not in NO_WITNESS
        if is_theirs and tuple(place) == one[:2]:
            found.setdefault(annotator, set()).add(round_)
    return found


def is_open(world: World, name: str, one: Work) -> bool:
    """The rule."""
    if not world.is_blind:
        return True
    at_work = rounds_at_work(world, name, one)
    if not name:
        return all(who == one.annotator and one.round in rounds for who, rounds in at_work.items())
    is_own = same_name(one.annotator, name)
    if at_work:
        return is_own and any(one.round in rounds for rounds in at_work.values())
    theirs = [each for each in world.work if each[:2] == one[:2] and same_name(each.annotator, name)]
    looked = any(each[:2] == one[:2] and same_name(each.annotator, name) for each in world.looks)
    reviews = looked or any(same_name(name, each) for each in world.reviewers)
    handed_in = any(each.status == "submitted" for each in theirs)
    return is_own or handed_in or reviews or one.is_imported or one.is_published


@contextmanager
def file(world: World) -> Iterator[Transaction]:
    """A database that holds a world."""
    with (
        TemporaryDirectory() as folder,
        closing(Store.open(Path(folder) / "w.db")) as store,
        store.writing() as transaction,
    ):
        fill(transaction, world)
        yield transaction


def fill(transaction: Transaction, world: World) -> None:
    for name in NAMES:
        people.find(transaction, name) or people.add(transaction, name)
    transaction.executemany(
        "INSERT INTO subjects (id, key, kind) VALUES (?, ?, 'incident')", [(n, f"t:{n}") for n in SUBJECTS]
    )
    transaction.executemany(
        """INSERT INTO classifications (subject_id, taxonomy, annotator, round, status, publish, is_imported, version,
             flagged, notes, skip_reason, answers, hidden) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, '', '', '{}', '{}')""",
        [
            (*each[:5], "published" if each.is_published else "unpublished", int(each.is_imported))
            for each in world.work
        ],
    )
    transaction.executemany(
        "INSERT INTO assignments VALUES (?, ?, ?, ?, 1, 1, ?, 'lead', '', NULL, NULL, '')",
        [(*each[:4], int(each.done)) for each in world.tasks],
    )
    transaction.executemany(
        "INSERT INTO looks (subject_id, taxonomy, annotator, looked_at) VALUES (?, ?, ?, '')", world.looks
    )


def viewer_in(transaction: Transaction, world: World, name: str) -> Viewer:
    names = at_work.spellings(transaction, name) if name else ()
    return Viewer(names, world.reviewers, world.is_blind)


def found(
    transaction: Transaction, viewer: Viewer, table: str = "classifications", of_few: bool = False
) -> set[tuple[object, ...]]:
    seen = visibility.open_to(transaction, viewer, table, of_few=of_few)
    sql = f"SELECT subject_id, taxonomy, annotator, round FROM classifications AS {table} WHERE 1{seen.and_sql}"
    return set(transaction.execute(sql, seen.values))


@given(worlds, st.sampled_from(VIEWERS))
def test_the_rule_in_sql_is_the_rule(world: World, name: str) -> None:
    with file(world) as transaction:
        viewer = viewer_in(transaction, world, name)
        expected = {each[:4] for each in world.work if is_open(world, name, each)}
        assert found(transaction, viewer) == found(transaction, viewer, "theirs") == expected
        assert found(transaction, viewer, of_few=True) == found(transaction, viewer, "theirs", of_few=True) == expected


FEWER = settings(max_examples=settings().max_examples // 4)


@FEWER
@given(worlds, st.sampled_from(VIEWERS))
def test_what_is_closed_is_counted_with_the_reason(world: World, name: str) -> None:
    with file(world) as transaction:
        counted = visibility.left_out(transaction, viewer_in(transaction, world, name), "1", (), "classifications.id")
    closed = [each for each in world.work if not is_open(world, name, each)]
    at_work = sum(bool(rounds_at_work(world, name, each)) for each in closed)
    assert counted == LeftOut(at_work, len(closed) - at_work)


@FEWER
@given(worlds, st.sampled_from(VIEWERS))
def test_who_is_at_work_is_found_by_index_and_as_a_list_alike(world: World, name: str) -> None:
    with file(world) as transaction:
        viewer = viewer_in(transaction, world, name)
        listed = at_work.at_work_on(viewer)
        closed = []
        for of_few in (False, True):
            seen = at_work.not_at_work_on(transaction, viewer, "theirs", of_few=of_few)
            sql = f"SELECT subject_id, taxonomy FROM classifications AS theirs WHERE NOT ({seen.sql or 1})"
            closed.append(set(transaction.execute(sql, seen.values)))
        work = set(transaction.execute(listed.sql, listed.values))
        named = set(transaction.execute(listed.named.sql, listed.named.given))
    expected = {each[:2] for each in world.work if rounds_at_work(world, name, each)}
    assert work == named
    assert closed == [expected if world.is_blind else set()] * 2
    assert work & {each[:2] for each in world.work} == expected


@FEWER
@given(worlds, st.sampled_from(VIEWERS))
def test_an_issue_is_as_open_as_what_it_is_about(world: World, name: str) -> None:
    with file(world) as transaction:
        viewer = viewer_in(transaction, world, name)
        transaction.executemany(
            """INSERT INTO import_issues (found_at, source, place, subject, taxonomy, annotator, field, value, problem)
               VALUES ('', '', ?, ?, ?, ?, '', '', '')""",
            [(str(n), f"t:{each.subject}", each.taxonomy.lower(), each.annotator) for n, each in enumerate(world.work)],
        )
        seen = visibility.issues_open_to(transaction, viewer)
        places = transaction.execute(f"SELECT place FROM import_issues WHERE 1{seen.and_sql}", seen.values)
        shown = {int(place) for (place,) in places}
    for number, one in enumerate(world.work):
        same = [each for each in world.work if each[:3] == one[:3]]
        if not world.is_blind or not rounds_at_work(world, name, one):
            assert number in shown
        else:
            assert (number in shown) == all(is_open(world, name, each) for each in same)


def test_every_spelling_of_a_name_is_found_wherever_it_stands(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store, store.writing() as transaction:
        answer(store, of(annotator="BOB"), "a", "yes")
        assignments.put(transaction, "T", 1, [assignments.Assignment(1, "Ｂｏｂ", 1, 1)], "lead")
        visibility.put(transaction, " bob", "t:2", "T")
        assert [people.names(transaction, table) for table in people.TABLES] == [["BOB"]] * 3
        transaction.execute(
            "INSERT INTO spellings SELECT 'robert', 'Robert', person FROM spellings WHERE plain = 'bob'"
        )
        for name in ("bob", " bob", "Ｂｏｂ", "ROBERT"):
            assert at_work.spellings(transaction, name) == (name, "BOB")
        assert at_work.spellings(transaction, "zoe") == ("zoe",)


def test_nothing_is_asked_where_nothing_can_be_closed() -> None:
    imported = [Work(1, "T", "ann", 1, "submitted", is_imported=True), Work(2, "T", "bob", 1, "submitted", True)]
    with file(World(imported, [], [])) as transaction:
        for viewer in (NOBODY, UNBOUND, Viewer(("zoe",)), Viewer(("ann",)), Viewer(("eve",), ("eve",))):
            assert visibility.open_to(transaction, viewer).sql == ""
            assert at_work.not_at_work_on(transaction, viewer, "classifications").sql == ""
            assert visibility.issues_open_to(transaction, viewer).sql == ""
    with file(World([*imported, Work(1, "U", "cy", 1)], [], [])) as transaction:
        assert visibility.open_to(transaction, NOBODY).sql != ""
        assert visibility.open_to(transaction, Viewer(("zoe",))).sql != ""
        for viewer in (UNBOUND, Viewer(("eve",), ("eve",))):
            assert visibility.open_to(transaction, viewer).sql == ""


@pytest.mark.parametrize(
    ("left", "viewer", "words"),
    [
        (LeftOut(), NOBODY, ""),
        (LeftOut(1), NOBODY, "1 subject left out, 1 because somebody is at work on the same (say who you are"),
        (LeftOut(1200), Viewer(("bob",)), "1,200 subjects left out, 1,200 because you are at work on the same (submit"),
        (LeftOut(0, 2), Viewer(("bob",)), "you have not handed in yours (hand it in, or review: `annotator settings"),
        (LeftOut(1, 2), Viewer(("b b",), ("eve", "cy")), "reviewers 'eve, cy, b b'`)"),
    ],
)
def test_what_is_left_out_is_said_with_the_way_out(left: LeftOut, viewer: Viewer, words: str) -> None:
    said = left.words(viewer, "subject")
    assert words in said
    assert bool(said) == bool(left.total)
