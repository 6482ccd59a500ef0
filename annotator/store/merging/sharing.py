"""What of a database somebody may be given while annotation is blind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from annotator.model.chain import Content
from annotator.model.person import names_in, same_name
from annotator.model.roles import DECIDING, SETTING
from annotator.model.visibility import Viewer
from annotator.store import people, visibility
from annotator.store.connection import Transaction
from annotator.store.log.events import COMMENTED, IN_WAITING, TEAM
from annotator.store.merging.offer import Keeps

FOR_ALL = frozenset(
    {
        "person_added", "person_renamed", "spelling_added", "people_merged", "people_split", "person_left",
        "people_undone", "round_started", "setting_set", "import_ran", "erased", "given_up", "subjects_joined",
        "round_closed", "round_opened", "accepted", "declined",
    }
)  # fmt: skip
"""Kinds of events that tell of nobody's work."""
KNOWN_ANSWERS = frozenset({"gold_set", "gold_unset"})
"""Kinds of events that tell which subjects annotators are scored by."""


def own_feeds(transaction: Transaction, person: str) -> tuple[int, ...]:
    """The rows of the feeds that somebody wrote, on whatever replica."""
    sql = """SELECT feeds.id FROM feeds JOIN people AS writer ON writer.id = person
             WHERE number > 0 AND writer.stands_for = (SELECT stands_for FROM people WHERE uid = ?) ORDER BY 1"""
    return tuple(feed for (feed,) in transaction.execute(sql, (person,)))


def have_reviewed(transaction: Transaction) -> tuple[str, ...]:
    """Everybody whom the team ever named to review: they had everything, and may have decided for all."""
    deciding = ", ".join(f"'{role}'" for role in sorted(DECIDING))
    sql = f"""SELECT payload FROM events INDEXED BY events_of_team WHERE kind = 'setting_set' AND kind IN {TEAM}
                AND (payload ->> 'name' = 'reviewers'
                  OR payload ->> 'name' = '{SETTING}' AND payload ->> 'value' IN ({deciding}))
                AND id NOT IN {IN_WAITING} ORDER BY counter, id"""
    found: list[str] = []
    for (payload,) in transaction.execute(sql).fetchall():
        said = json.loads(payload)
        found += [people.name_of(transaction, uid) for uid in said.get("people", ())]
        if "people" not in said:
            found += [people.known_as(transaction, name) for name in names_in(said.get("value", ""))]
    return tuple(dict.fromkeys(found))


class Share(NamedTuple):
    """What somebody may be given."""

    feeds: tuple[int, ...]
    """Rows of feeds."""
    keeps: Keeps
    ending: frozenset[int]
    """Feeds that end with the last event whose content goes with them."""


def for_person(transaction: Transaction, person: str, reviewers: Sequence[str]) -> Share:
    """What of the feeds somebody gets.

    Their own come whole; of those who review, and of imports, what is about them or about nobody's work. Of those
    who reviewed before, what they decided then: what they do since is an annotator's work, of which nothing is told.
    Which answers are known goes to those alone who review, even where they are somebody's own.
    """
    feeds = set(own_feeds(transaction, person))
    for name in ("", *reviewers):
        feeds |= _written_by(transaction, name)
    ending = set().union(*(_written_by(transaction, name) for name in have_reviewed(transaction))) - feeds
    sql = "SELECT uid FROM people WHERE stands_for = (SELECT stands_for FROM people WHERE uid = ?)"
    theirs = {uid for (uid,) in transaction.execute(sql, (person,))}
    work = _at_work(transaction, person)
    called = people.name_of(transaction, person)
    reviews = any(same_name(called, each) for each in reviewers)

    def keeps(content: Content) -> bool:
        if content.kind in KNOWN_ANSWERS and not reviews:
            return False
        if content.whose not in theirs and _is_of_comment(content):
            under = work.get((content.subject, content.seen), ())
            return not under or (content.taxonomy not in {"", *under})
        return content.whose in theirs or content.kind in FOR_ALL

    return Share(tuple(sorted(feeds | ending)), keeps, frozenset(ending))


def _is_of_comment(content: Content) -> bool:
    """Whether an event is a comment, or tells that one was erased."""
    is_told = content.kind == "erasure_told" and json.loads(content.payload).get("kind") == COMMENTED
    return content.kind == COMMENTED or is_told


def _at_work(transaction: Transaction, person: str) -> dict[tuple[str, str], set[str]]:
    """By key and version of a subject: the taxonomies under which somebody is at work on it."""
    name = people.name_of(transaction, person)
    work = visibility.at_work_on(Viewer(visibility.spellings(transaction, name)))
    sql = f"""SELECT versions.key, versions.seen, taxonomy FROM ({work.sql}) AS work
              JOIN subject_versions AS versions ON versions.subject_id = work.subject_id"""
    found: dict[tuple[str, str], set[str]] = {}
    for key, seen, taxonomy in transaction.execute(sql, work.values):
        found.setdefault((key, seen), set()).add(taxonomy)
    return found


def _written_by(transaction: Transaction, name: str) -> set[int]:
    found = people.find(transaction, name)
    return set(own_feeds(transaction, found.uid)) if found else set()
