"""Whether what comes from another replica can be understood, and is what was written there.

Events are covered by their hashes; subjects and taxonomies say by digests which they are, and are checked against
them, as a person's name is against what the events say that made them known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, get_args

from annotator.errors import SourceError
from annotator.model.chain import Content, branch_of, read_json
from annotator.model.event import EventKind, TeamKind
from annotator.model.payloads import can_say
from annotator.model.person import DECIDED
from annotator.store.connection import Transaction, version_digest
from annotator.store.importing.relating import told_key
from annotator.store.importing.staging import TEXT, lacks_text
from annotator.store.log.events import TEAM

if TYPE_CHECKING:
    from annotator.store.merging.offer import Offer, SubjectOffer

MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}(T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?")
DIGEST = re.compile("[0-9a-f]{64}")
EARLIEST, LATEST = 1, 9999
"""Years in which some clocks show another year than others."""
REPLACES = re.compile("((([0-9a-f~]+:)?[0-9]{1,10})( ([0-9a-f~]+:)?[0-9]{1,10})*)?")
ADDED = f"""SELECT payload ->> 'person', payload ->> 'name', payload ->> 'kind' FROM events INDEXED BY events_of_team
            WHERE kind = 'person_added' AND kind IN {TEAM} ORDER BY counter DESC"""
RENAMED = f"""SELECT people.uid, payload ->> 'was', people.kind FROM events INDEXED BY events_of_team
              JOIN people ON people.uid = payload ->> 'person'
              WHERE events.kind = 'person_renamed' AND events.kind IN {TEAM}"""
FOUNDERS = "SELECT founder ->> 3, founder ->> 4, founder ->> 5 FROM feeds"
CLASSIFYING: frozenset[str] = frozenset(get_args(EventKind))
DECIDING = frozenset({"ruled", "adjudicated"})
ONES_OWN = frozenset({"submitted", "skipped"})
"""Kinds of events that no decision has."""
NAMING = frozenset({"person_added", "person_renamed"})
Called = dict[str, set[tuple[str, str]]]
"""By uid: what somebody may be called by those who know no more, and their kind."""
KINDS: frozenset[str] = frozenset((*get_args(EventKind), *get_args(TeamKind)))


def problem_of(content: Content) -> str:
    """What is wrong with the content of an event, in words that follow on its name; empty when nothing is."""
    if content.kind not in KINDS:
        return f"is of the kind {content.kind!r:.40}, which this annotator does not know; install the newer version"
    try:
        read_json(content.payload)
    except ValueError:
        return f"says nothing that {content.kind} can say"
    if not can_say(content.kind, content.payload):
        return f"says nothing that {content.kind} can say"
    if not _is_moment(content.at):
        return f"was written at {content.at!r:.40}, which is no time"
    if not REPLACES.fullmatch(content.replaces):
        return "replaces what is no event"
    if content.subject and not content.whose:
        return "is about nobody's classification"
    if not _is_about_something(content):
        return f"is about nothing that {content.kind} can be about"
    return ""


def _is_about_something(content: Content) -> bool:
    """Whether an event is about what its kind can be about: what is decided is kept under a name of its own."""
    if content.kind in CLASSIFYING and not (content.subject and content.taxonomy and content.round > 0):
        return False
    if content.kind in DECIDING or content.kind in ONES_OWN:
        return (content.whose == DECIDED) == (content.kind in DECIDING)
    if content.kind == "commented":
        return bool(content.subject and content.whose) and not content.round
    if content.kind == "looked":
        return bool(content.subject and content.taxonomy)
    if content.kind == "erasure_told":
        is_whole = content.taxonomy or "round" not in read_json(content.payload)  # of a comment, which needs none
        return bool(content.subject and content.whose and is_whole)
    if content.kind in {"assigned", "taken_back", "gold_set"}:
        return bool(content.whose and content.taxonomy and content.round > 0)
    if content.kind == "gold_unset":
        return bool(content.taxonomy)
    if content.kind in {"round_closed", "round_opened"}:
        return bool(content.taxonomy and content.round > 0)
    return content.kind != "round_started" or content.round > 1


def _is_moment(at: str) -> bool:
    """Whether a text is a time that a clock on any wall can show."""
    try:
        return MOMENT.fullmatch(at) is not None and EARLIEST < datetime.fromisoformat(at).year < LATEST
    except ValueError:
        return False


def subject_problem(offered: SubjectOffer) -> str:
    """What of a subject is not what its digests, or its versions, say, in words; empty when all is."""
    for key, seen, *_ in offered.versions:
        if told_key(key) != told_key(offered.key):
            return f"what was done about {key} (version {seen[:8]}) stands under {offered.key}"
    return text_problem(offered)


def text_problem(offered: SubjectOffer) -> str:
    """What of a subject is not what its digests say, in words; empty when all is."""
    if offered.row and _seen(offered.kind, offered.row) != offered.seen:
        return f"the text of {offered.key} is not the one whose digest ({offered.seen[:8]}) stands beside it"
    for key, seen, _, content in offered.versions:
        if content and not is_version(offered.kind, seen, content):
            return f"an earlier text of {key} is not the one whose digest ({seen[:8]}) stands beside it"
    return ""


def is_version(kind: str, seen: str, content: str) -> bool:
    """Whether a kept row, as JSON, is the version of a subject that it is said to be."""
    try:
        row = json.loads(content)
        return _seen(kind, row) == seen and not lacks_text(kind, row)
    except (ValueError, TypeError, LookupError, AttributeError):  # it is no row at all
        return False


def _seen(kind: str, row: Any) -> str:
    """Which version of a subject a row is; empty for a report whose own digest is not that of its text.

    A report whose text was left out is the version that its digest says.
    """
    if kind == "incident":
        return version_digest(row[0], row[2])
    if row[TEXT] == "" and DIGEST.fullmatch(row[TEXT + 1]):
        return str(row[TEXT + 1][:32])
    found = sha256(row[TEXT].encode("utf-8", "surrogatepass")).hexdigest()
    return found[:32] if found == row[TEXT + 1] else ""


def taxonomy_problem(namespace: str, version: int, digest: str, document: str) -> str:
    """Why a taxonomy is not the one that its digest says, in words; empty when it is."""
    from annotator.model.taxonomy import Taxonomy

    called = f"the taxonomy {namespace!r:.60}, version {version},"
    try:
        found = Taxonomy.model_validate_json(document)
    except ValueError:  # pydantic's own is one
        return f"{called} is none"
    if (found.namespace, found.version) != (namespace, version):
        return f"{called} calls itself {found.namespace!r:.60}, version {found.version}"
    # Another version of this program may have written it otherwise, meaning the same.
    if digest not in {found.sha256, sha256(document.encode()).hexdigest()}:
        return f"{called} is not the one whose digest ({digest[:8]}) stands beside it"
    return ""


def refuse_misnamed(transaction: Transaction, name: str, people: Iterable[tuple[str, str, str]]) -> None:
    """Raise SourceError for somebody who is called otherwise than the events say that made them known.

    Who wrote nothing that is here, and was made known by no event that is here, is believed to be called as is said.
    """
    for _, problem in misnamed(called_here(transaction), people):
        raise SourceError(f"{name}: was altered: it {problem}. Nothing was changed; have it written and sent again.")


def called_here(transaction: Transaction) -> Called:
    """What everybody may be called by the events of a file."""
    told = {uid: (called, kind) for uid, called, kind in transaction.execute(ADDED)}
    called: Called = {}
    for uid, was, kind in transaction.execute(FOUNDERS).fetchall() + transaction.execute(RENAMED).fetchall():
        called.setdefault(uid, set()).add((was, kind))
    return {**called, **{uid: {each} for uid, each in told.items()}}


def misnamed_in(offer: Offer) -> str:
    """Who is called otherwise in an offer than by its own events; empty where they do not begin at the first."""
    called: Called = {}
    added: Called = {}
    for feed in offer.feeds:
        if feed.first != branch_of(feed.uid).forked_at + 1:
            return ""
        called.setdefault(feed.founder.person, set()).add((feed.founder.name, feed.founder.kind))
        for wire in feed.events:
            if wire.content and wire.content.kind in NAMING and not problem_of(wire.content):
                said = read_json(wire.content.payload)
                if wire.content.kind == "person_added":
                    added[said["person"]] = {(said["name"], said["kind"])}
                elif "was" in said:
                    called.setdefault(said["person"], set()).update((said["was"], kind) for kind in ("person", "model"))
    return next((problem for _, problem in misnamed({**called, **added}, offer.people)), "")


def misnamed(called: Called, people: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Who is called otherwise than they were made known: by uid, in words that follow on a file."""
    for uid, said, kind in people:
        known = called.get(uid, set())
        if known and said != uid and (said, kind) not in known:
            names = " or ".join(sorted({repr(each) for each, _ in known}))
            yield uid, f"calls somebody {said!r:.60} ({kind}, {uid[:8]}), who was made known as {names:.200}"
