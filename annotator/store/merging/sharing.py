"""What of a database somebody may be given while annotation is blind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from annotator.errors import SourceError
from annotator.model import roles
from annotator.model.chain import Content
from annotator.model.person import names_in, same_name
from annotator.model.roles import DECIDING, SETTING
from annotator.model.visibility import Viewer
from annotator.store import people, visibility
from annotator.store.connection import Transaction
from annotator.store.log.events import COMMENTED, IN_WAITING, TEAM
from annotator.store.merging.offer import Keeps, Offer
from annotator.store.project import settings

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


def made_by_who_reviews_not(transaction: Transaction, offer: Offer) -> bool:
    """Whether an offer holds others' work and is by somebody who has no right to it, by all that is agreed on here."""
    agreed = settings(transaction)
    reviewers = roles.reviewers(agreed)
    is_open = agreed.get("blind_annotation") == "no"
    if offer.by or not offer.by_name or not offer.heads or is_open or not reviewers:
        return False
    return not any(same_name(offer.by_name, each) for each in (*reviewers, *have_reviewed(transaction)))


def refuse_who_reviews_nowhere(transaction: Transaction, offer: Offer) -> None:
    """Raise SourceError for an offer that was taken in and brought no role by which its maker reviews at home.

    Where it did, the role was given where those given here were not known: it waits for a lead, and the work comes.
    """
    if any(same_name(offer.by_name, each) for each in _given_a_role(transaction)):
        return
    way_out = "see `annotator settings reviewers`"
    if roles.are_given(settings(transaction)):
        way_out = f"let a lead make them an adjudicator: `annotator people role {offer.by_name!r} adjudicator`"
    raise SourceError(
        f"{offer.name}: was made by {offer.by_name}, who does not review here, and holds others' work. Nothing was "
        f"changed. Ask for a bundle of their own, as their next `annotator sync` leaves one once it finds a file for "
        f"them in the folder, or {way_out}."
    )


def _given_a_role(transaction: Transaction) -> tuple[str, ...]:
    """Everybody to whom anybody ever gave a role by which they review, also where that waits for a lead."""
    sql = f"""SELECT payload -> 'people' ->> 0 FROM events INDEXED BY events_of_team
              WHERE kind = 'setting_set' AND kind IN {TEAM} AND payload ->> 'name' = ?
                AND payload ->> 'value' IN (SELECT value FROM json_each(?))"""
    found = transaction.execute(sql, (SETTING, json.dumps(sorted(DECIDING)))).fetchall()
    return tuple({people.name_of(transaction, uid) for (uid,) in found if uid})


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
    called = people.name_of(transaction, person)
    viewer = Viewer(visibility.spellings(transaction, called), tuple(reviewers))
    work, telling = _at_work(transaction, viewer), _telling(transaction, viewer)

    def keeps(content: Content) -> bool:
        if content.kind in KNOWN_ANSWERS and not viewer.reviews:
            return False
        if content.whose not in theirs and _is_of_comment(content):
            under = work.get((content.subject, content.seen), ())
            is_told = (content.subject, content.seen, content.taxonomy, content.whose) in telling
            return not is_told and (not under or (content.taxonomy not in {"", *under}))
        return content.whose in theirs or content.kind in FOR_ALL

    return Share(tuple(sorted(feeds | ending)), keeps, frozenset(ending))


def _is_of_comment(content: Content) -> bool:
    """Whether an event is a comment, or tells that one was erased."""
    is_told = content.kind == "erasure_told" and json.loads(content.payload).get("kind") == COMMENTED
    return content.kind == COMMENTED or is_told


def _telling(transaction: Transaction, viewer: Viewer) -> set[tuple[str, str, str, str]]:
    """Key and version of a subject, taxonomy and uid of who wrote comments there that are closed to somebody."""
    seen = visibility.comments_open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT versions.key, versions.seen, comments.taxonomy, written.uid FROM comments
              JOIN subject_versions AS versions ON versions.subject_id = comments.subject_id
              JOIN people AS known ON known.name = comments.annotator AND known.stands_for = known.id
              JOIN people AS written ON written.stands_for = known.id WHERE NOT {seen.sql}"""
    return set(transaction.execute(sql, seen.values).fetchall())


def _at_work(transaction: Transaction, viewer: Viewer) -> dict[tuple[str, str], set[str]]:
    """By key and version of a subject: the taxonomies under which somebody is at work on it."""
    work = visibility.at_work_on(viewer)
    sql = f"""SELECT versions.key, versions.seen, taxonomy FROM ({work.sql}) AS work
              JOIN subject_versions AS versions ON versions.subject_id = work.subject_id"""
    found: dict[tuple[str, str], set[str]] = {}
    for key, seen, taxonomy in transaction.execute(sql, work.values):
        found.setdefault((key, seen), set()).add(taxonomy)
    return found


def _written_by(transaction: Transaction, name: str) -> set[int]:
    found = people.find(transaction, name)
    return set(own_feeds(transaction, found.uid)) if found else set()
