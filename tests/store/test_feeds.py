"""Feeds have no gaps and cannot be altered, and what is done to a file all the same is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.chain import Content, content_hash, event_hash
from annotator.store.log import erasing, replicas, verifying
from annotator.store.log.verifying import FLAWS, Flaw
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems, record

EVA = "(SELECT feeds.id FROM feeds JOIN people ON people.id = person WHERE name = 'eva')"
TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'events_%'"
CONTENT = ("at", "kind", "subject", "taxonomy", "whose", "round", "version", "replaces", "payload", "salt")
NULLED = "UPDATE events SET " + ", ".join(f"{name} = NULL" for name in CONTENT)


@pytest.fixture
def kept(store: Store) -> Iterator[Store]:
    """Eva and Bob wrote four events each, and closed the file."""
    for value in ("yes", "no", "yes", "事故"):
        for name in ("eva", "bob"):
            answer(store, of(annotator=name), "a", value)
    store.close()
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as again:
        yield again


def tamper(store: Store, *statements: str) -> None:
    """Change a file as somebody does who does not care for its rules."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        triggers = connection.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        for _, sql in triggers:
            connection.execute(sql)


def flaws(store: Store) -> list[Flaw]:
    """What is told of Eva's feed and of feeds that nobody has here."""
    with store.reading() as transaction:
        return [each for each in verifying.verify(transaction) if each.person != "bob"]


# What a feed is


def test_numbers_have_no_gaps_and_each_event_is_chained_to_the_one_before(kept: Store) -> None:
    transaction = kept.transaction
    for feed, uid, founder, last, head in transaction.execute(
        "SELECT id, uid, founder, number, hash FROM feeds WHERE number > 0"
    ).fetchall():
        before = sha256(founder.encode()).digest()
        sql = """SELECT events.number, counter, at, events.kind, ifnull(versions.key, ''), ifnull(seen, ''),
                   ifnull(taxonomy, ''), ifnull(uid, ''), ifnull(round, 0), ifnull(version, 0), replaces, payload,
                   salt, content_hash, events.hash
                 FROM events LEFT JOIN subject_versions AS versions ON versions.id = subject
                 LEFT JOIN people ON people.id = whose WHERE feed = ? ORDER BY events.id"""
        rows = transaction.execute(sql, (feed,)).fetchall()
        assert [row[0] for row in rows] == list(range(1, last + 1))
        for number, counter, *said, payload, salt, kept_content, kept_hash in rows:
            told = json.dumps([1, *said], ensure_ascii=False, separators=(",", ":"))
            content = sha256(salt + f"{told}\n{payload}".encode()).digest()
            whole = json.dumps([1, uid, number, counter, content.hex(), before.hex()], separators=(",", ":"))
            before = sha256(whole.encode()).digest()
            assert (kept_content, kept_hash) == (content, before)
        assert head == before
    assert transaction.execute("SELECT count(*), count(DISTINCT salt) FROM events").fetchone() == (9, 9)


def test_everybody_writes_into_a_feed_of_their_own(kept: Store) -> None:
    sql = """SELECT name, number FROM feeds JOIN people ON people.id = person WHERE number > 0 ORDER BY 1"""
    assert kept.transaction.execute(sql).fetchall() == [("", 1), ("bob", 4), ("eva", 4)]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
CONTENTS = st.builds(
    Content, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 12), st.integers(0, 12), TEXTS, TEXTS
)


@given(CONTENTS, CONTENTS)
def test_what_an_event_says_and_its_hash_are_the_same_thing(one: Content, other: Content) -> None:
    for name in Content._fields:
        changed = one._replace(**{name: getattr(other, name)})
        assert (content_hash(b"salt", changed) == content_hash(b"salt", one)) == (changed == one)
    assert content_hash(b"salt", one) != content_hash(b"salt!", one)


@given(TEXTS, TEXTS)
def test_no_text_slips_from_one_part_of_an_event_into_the_next(left: str, right: str) -> None:
    def said(kind: str, subject: str) -> bytes:
        return content_hash(b"", Content("", kind, subject, "", "", "", 0, 0, "", ""))

    assert (said(left + right, "") == said(left, right)) == (right == "")


def test_the_place_of_an_event_is_hashed_with_it() -> None:
    one: tuple[Any, ...] = ("ab", 1, 2, b"c" * 32, b"d" * 32)
    other: tuple[Any, ...] = ("ac", 2, 3, b"e" * 32, b"f" * 32)
    changed = [(*one[:at], other[at], *one[at + 1 :]) for at in range(5)]
    assert len({event_hash(*said) for said in (one, *changed)}) == 6


# What the file refuses


@pytest.mark.parametrize("column", [*CONTENT, "counter", "content_hash", "hash", "id"])
@pytest.mark.parametrize("to", ["other", "NULL"])
def test_no_column_of_an_event_is_changed_alone(kept: Store, column: str, to: str) -> None:
    others = {"payload": "'{\"field\": 1}'", "salt": "x'00'", "content_hash": "zeroblob(32)", "hash": "zeroblob(32)"}
    other = others.get(column, "id + 7" if column == "id" else "9") if to == "other" else "NULL"
    before = kept.transaction.execute("SELECT * FROM events").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        kept.transaction.execute(f"UPDATE events SET {column} = {other} WHERE number = 2")
    assert kept.transaction.execute("SELECT * FROM events").fetchall() == before


def test_the_content_of_an_event_goes_as_a_whole_and_comes_back_as_a_whole(kept: Store) -> None:
    number = f"number = 2 AND feed = {EVA}"
    before = kept.transaction.execute(f"SELECT {', '.join(CONTENT)} FROM events WHERE {number}").fetchone()
    kept.transaction.execute(f"{NULLED} WHERE {number}")
    assert [(flaw.what, flaw.first) for flaw in flaws(kept)] == [("changed", 2)], "nobody withheld it here"
    kept.transaction.execute("DELETE FROM replicas")  # as in a file that took the feed in
    assert [(flaw.what, flaw.first) for flaw in flaws(kept)] == [("withheld", 2)]
    for partly in ("payload = '{}'", "salt = x'00', payload = '{}'", "at = 'then'", "hash = zeroblob(32)"):
        with pytest.raises(sqlite3.IntegrityError):
            kept.transaction.execute(f"UPDATE events SET {partly} WHERE {number}")
    places = ", ".join(f"{name} = ?" for name in CONTENT)
    kept.transaction.execute(f"UPDATE events SET {places} WHERE {number}", before)
    assert flaws(kept) == []
    assert problems(kept) == []


def test_what_comes_back_as_something_else_is_found(kept: Store) -> None:
    number = f"number = 2 AND feed = {EVA}"
    (*said, salt) = kept.transaction.execute(f"SELECT {', '.join(CONTENT)} FROM events WHERE {number}").fetchone()
    kept.transaction.execute(f"{NULLED} WHERE {number}")
    said[CONTENT.index("at")] = "2001-01-01T00:00:00.000Z"
    places = ", ".join(f"{name} = ?" for name in CONTENT)
    kept.transaction.execute(f"UPDATE events SET {places} WHERE {number}", (*said, salt))
    assert [(flaw.what, flaw.first) for flaw in flaws(kept)] == [("changed", 2)]


@pytest.mark.parametrize("number", ["5 + 1", "3", "5 + 100"])
def test_a_feed_is_continued_by_its_next_number_alone(kept: Store, number: str) -> None:
    row = f"""INSERT INTO events SELECT (feed << 32) + {number}, counter + 9, at, kind, subject, taxonomy, whose, round,
                version, replaces, payload, salt, content_hash, hash FROM events WHERE number = 4 AND feed = {EVA}"""
    with pytest.raises(sqlite3.IntegrityError, match="feeds have no gaps"):
        kept.transaction.execute(row)


# What is found


def at(number: int) -> str:
    return f"WHERE number = {number} AND feed = {EVA}"


def head_at(number: int) -> str:
    """The feed says that it ends there."""
    return f"""UPDATE feeds SET (number, counter, hash) = (SELECT number, counter, hash FROM events {at(number)})
               WHERE id = {EVA}"""


SWAPPED = [
    f"UPDATE events SET id = {EVA} << 32 {at(2)}", f"UPDATE events SET id = id - 1 {at(3)}",
    f"UPDATE events SET id = id + 3 {at(0)}",
]  # fmt: skip
TAMPERED: dict[str, tuple[list[str], list[tuple[str, int, int]]]] = {
    "a payload": ([f"UPDATE events SET payload = '{{}}' {at(2)}"], [("changed", 2, 2)]),
    "whose it is": ([f"UPDATE events SET whose = 3 {at(3)}"], [("changed", 3, 3)]),
    "when it was": ([f"UPDATE events SET at = '2001' {at(1)}"], [("changed", 1, 1)]),
    "what it replaces": ([f"UPDATE events SET replaces = '' {at(4)}"], [("changed", 4, 4)]),
    "its salt": ([f"UPDATE events SET salt = x'00' {at(2)}"], [("changed", 2, 2)]),
    "its content hash": ([f"UPDATE events SET content_hash = zeroblob(32) {at(2)}"], [("changed", 2, 2)] * 2),
    "its hash": (
        [f"UPDATE events SET hash = zeroblob(32) {at(2)}"], [("changed", 2, 2), ("changed", 3, 3)],
    ),
    "its counter": ([f"UPDATE events SET counter = 100 {at(2)}"], [("changed", 2, 2), ("changed", 3, 3)]),
    "the last event removed": ([f"DELETE FROM events {at(4)}"], [("missing", 4, 4)]),
    "the last event removed and the feed cut off": (
        [f"DELETE FROM events {at(4)}", head_at(3)], [("missing", 4, 4)],
    ),
    "all but the first removed and the feed cut off": (
        [*(f"DELETE FROM events {at(number)}" for number in (4, 3, 2)), head_at(1)], [("missing", 2, 4)],
    ),
    "one in the middle removed": ([f"DELETE FROM events {at(2)}"], [("missing", 2, 2)]),
    "the first removed": ([f"DELETE FROM events {at(1)}"], [("missing", 1, 1)]),
    "two in another order": (
        SWAPPED, [("changed", 2, 2), ("changed", 3, 3), ("changed", 3, 3), ("changed", 4, 4)],
    ),
    "what the feed is founded on": (
        [f"UPDATE feeds SET founder = replace(founder, 'eva', 'eve') WHERE id = {EVA}"], [("changed", 1, 1)],
    ),
    "whose feed it is": ([f"UPDATE feeds SET person = 3 WHERE id = {EVA}"], [("changed", 0, 0)]),
    "where it was written": ([f"UPDATE feeds SET replica = 'elsewhere' WHERE id = {EVA}"], [("changed", 0, 0)]),
    "the last hash": ([f"UPDATE feeds SET hash = zeroblob(32) WHERE id = {EVA}"], [("changed", 4, 4)]),
    "the last counter": ([f"UPDATE feeds SET counter = counter + 1 WHERE id = {EVA}"], [("changed", 4, 4)]),
    "a feed that is said to be shorter": ([head_at(2)], [("changed", 4, 4)]),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_done_to_a_feed_is_found_and_named(kept: Store, what: str) -> None:
    assert flaws(kept) == []
    (uid,) = kept.transaction.execute(f"SELECT uid FROM feeds WHERE id = {EVA}").fetchone()
    done, expected = TAMPERED[what]
    tamper(kept, *done)
    found = flaws(kept)
    assert [(flaw.what, flaw.first, flaw.last) for flaw in found] == expected
    assert all(flaw.what in FLAWS for flaw in found)
    assert {flaw.feed for flaw in found} == {uid}
    told = {finding.check: finding.problems for finding in kept.examine()}
    assert len(told["feeds complete and unaltered"]) >= 1
    if what == "a payload":
        assert "cannot be computed, because its events do not say what" in told["projection equals events"][0]


def written_anew(uid: str, connection: sqlite3.Connection) -> None:
    """Write Eva's second event and all after it anew, so that they chain."""
    sql = f"""SELECT events.id, events.number, counter, at, events.kind, key, seen, taxonomy, people.uid, round,
                version, replaces, payload, salt, content_hash
              FROM events JOIN subject_versions AS versions ON versions.id = subject
              JOIN people ON people.id = whose WHERE feed = {EVA} ORDER BY events.id"""
    rows = connection.execute(sql).fetchall()
    founder = connection.execute(f"SELECT founder FROM feeds WHERE id = {EVA}").fetchone()[0]
    before = sha256(founder.encode()).digest()
    for row, number, counter, *said, salt, _ in rows:
        if number == 2:
            said[-1] = said[-1].replace("no", "yes")
        content = content_hash(salt, Content(*said))
        before = event_hash(uid, number, counter, content, before)
        sql = "UPDATE events SET payload = ?, content_hash = ?, hash = ? WHERE id = ?"
        connection.execute(sql, (said[-1], content, before, row))
    connection.execute(f"UPDATE feeds SET hash = ? WHERE id = {EVA}", (before,))


def test_a_feed_that_was_written_anew_is_told_by_a_head_that_is_known(kept: Store) -> None:
    (uid,) = kept.transaction.execute(f"SELECT uid FROM feeds WHERE id = {EVA}").fetchone()
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as connection:
        triggers = connection.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        written_anew(uid, connection)
        for _, sql in triggers:
            connection.execute(sql)
    assert [(flaw.what, flaw.feed, flaw.first) for flaw in flaws(kept)] == [("changed", uid, 4)]


@pytest.mark.parametrize("known_to", ["the file", "the person"])
def test_a_head_that_is_known_and_not_in_the_file_is_missing(kept: Store, known_to: str) -> None:
    with kept.reading() as transaction:
        (uid, replica) = transaction.execute(f"SELECT uid, replica FROM feeds WHERE id = {EVA}").fetchone()
        held = replicas.heads(transaction, replica)
    found = {uid: (9, "ab" * 32), "f" * 32: (2, "cd" * 32)}
    if known_to == "the file":
        with kept.writing() as transaction:
            verifying.keep_heads(transaction, found, "a bundle")
    else:
        replicas.remember(replica, kept.path, held | found)
    assert [(flaw.what, flaw.feed, flaw.first, flaw.last) for flaw in flaws(kept)] == [
        ("missing", uid, 5, 9), ("missing", "f" * 32, 1, 2),
    ]  # fmt: skip


def test_what_is_withheld_or_erased_is_told_and_speaks_against_nothing(kept: Store) -> None:
    record(kept, of("t:2"), "note_set", text="named somebody")
    with kept.writing() as transaction:
        (uid,) = transaction.execute(f"SELECT uid FROM feeds WHERE id = {EVA}").fetchone()
        erasing.erase(transaction, kept.projection, "lead", f"{uid}:5", "asked to be forgotten")
        transaction.execute(f"{NULLED} {at(2)}")
        transaction.execute("DELETE FROM replicas")  # as in a file that took the feed in
    found = flaws(kept)
    assert [(flaw.what, flaw.first) for flaw in found] == [("withheld", 2), ("erased", 5)]
    assert not FLAWS.intersection(flaw.what for flaw in found)
    with kept.reading() as transaction:
        assert list(verifying.problems(transaction)) == []


def test_an_event_of_nobodys_feed_is_found(kept: Store) -> None:
    tamper(kept, f"UPDATE events SET id = (99 << 32) + 1 {at(4)}")
    assert ("changed", "number 99", 1, 1) in [(flaw.what, flaw.feed, flaw.first, flaw.last) for flaw in flaws(kept)]


WRITE: dict[str, Callable[[Store], object]] = {
    "an answer": lambda it: answer(it, of("t:3"), "a", "yes"),
    "a rebuild": lambda it: it.rebuild(),
    "a backup": lambda it: it.backup(it.path.with_name("copy.db")),
}


@pytest.mark.parametrize("what", WRITE)
def test_what_the_program_does_itself_leaves_every_feed_sound(kept: Store, what: str) -> None:
    WRITE[what](kept)
    assert flaws(kept) == []
    assert problems(kept) == []


def test_a_copy_is_sound_for_itself_and_lacks_something_in_the_place_of_the_file(kept: Store, tmp_path: Path) -> None:
    kept.backup(tmp_path / "copy.db")
    answer(kept, of(), "a", "later")
    kept.close()
    with closing(Store.open(tmp_path / "copy.db", read_only=True)) as copy:
        assert flaws(copy) == []
    (tmp_path / "copy.db").replace(kept.path)
    with closing(Store.open(kept.path, read_only=True)) as back:
        assert [(flaw.what, flaw.first, flaw.last) for flaw in flaws(back)] == [("missing", 5, 5)]


def test_a_new_file_has_nothing_to_find(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "new.db")) as store:
        assert flaws(store) == []
