"""Blind annotation at a desk: who looks, who may not look yet, and who has looked already.

What is open to whom is said in `annotator/store/seeing.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from annotator.desk import settings
from annotator.desk.reading import refuse_nobody
from annotator.errors import AnswerError
from annotator.model.person import ADJUDICATED, NO_WITNESS, same_name
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import reviews, visibility
from annotator.store.visibility import Work

if TYPE_CHECKING:
    from annotator.desk.desk import Session
    from annotator.desk.reading import Reader
    from annotator.model.classification import Classification
    from annotator.model.event import Event, EventKind
    from annotator.store.store import Store

BLIND, REVIEWERS = "blind_annotation", "reviewers"
WAY_OUT = f"`annotator settings {BLIND} no` opens everything to everybody"
FLAGS = ("flag_raised", "flag_resolved")


def viewer_of(store: Store, annotator: str) -> Viewer:
    """Somebody as one who asks for others' work; an empty name is nobody."""
    with store.reading() as connection:
        is_blind = settings.is_on(connection, BLIND)
        if not annotator or not is_blind:
            return NOBODY._replace(is_blind=is_blind)
        return Viewer(visibility.spellings(connection, annotator), settings.names(connection, REVIEWERS))


def refuse_at_work(reader: Reader, key: str, taxonomy: str) -> None:
    """Refuse somebody who is at work on a subject, or nobody while anybody is; raises AnswerError."""
    with reader.store.reading() as connection:
        found = _work(connection, reader.annotator, key, taxonomy)
    if not found:
        return
    about = f"{key} under {taxonomy}"
    if not reader.annotator:
        raise AnswerError(
            f"{about}: somebody is at work on it, and you may be them. Say who you are: --as NAME. {WAY_OUT}."
        )
    begun = [each.round for each in found if each.is_begun]
    if begun:
        raise AnswerError(
            f"{about}: submit your own answers before seeing others' (round {begun[0]}), or skip it. {WAY_OUT}."
        )
    raise AnswerError(
        f"{about}: you are to classify it yourself in round {found[0].round}. Hand it in or skip it before seeing "
        f"others' answers, or have it taken back. {WAY_OUT}."
    )


def refuse_earlier(reader: Reader, key: str, taxonomy: str, round_: int) -> None:
    """Refuse somebody their own work of another round than the one they are at work in; raises AnswerError."""
    with reader.store.reading() as connection:
        found = {each.round for each in _work(connection, reader.annotator, key, taxonomy)}
    if reader.annotator and found and round_ not in found:
        raise AnswerError(
            f"{key} under {taxonomy}: you are classifying it in round {min(found)}, so what you said in round {round_} "
            f"stays closed until you hand that in. {WAY_OUT}."
        )


def refuse_who_looked(reader: Reader, now: Classification, kind: EventKind) -> None:
    """Refuse an edit that makes work of somebody who has seen others' answers; call in its transaction.

    Leaving a subject aside stays possible, and so do flags on what was handed in. Raises AnswerError.
    """
    if now.status != "draft" and (now.status != "submitted" or kind in FLAGS):
        return
    of, viewer = now.identity, viewer_of(reader.store, reader.annotator)
    if not viewer.is_blind:
        return
    with reader.store.reading() as connection:
        looked_at = visibility.first(connection, viewer.names, of.subject, of.taxonomy)
    if looked_at:
        raise AnswerError(
            f"{of.subject} under {of.taxonomy}: you have looked at others' answers on {looked_at[:10]}, so yours "
            f"would not be independent; somebody else classifies it. {WAY_OUT}."
        )


@contextmanager
def looking(reader: Reader, key: str, taxonomy: str) -> Iterator[None]:
    """Read others' answers inside, as one who decides; raises AnswerError for who is at work on the subject.

    That somebody has looked is kept, in the transaction they look in, when it was closed to them.
    """
    with reader.store.reading() as connection:
        if not _is_to_be_kept(reader, connection, key, taxonomy):
            yield
            return
    with reader.store.writing() as connection:
        if _is_to_be_kept(reader, connection, key, taxonomy):
            visibility.put(connection, reader.annotator, key, taxonomy)
        yield


def let_in(reader: Reader, key: str, taxonomy: str) -> None:
    """Let somebody decide about a subject, which is looking; kept even when what follows is refused."""
    with looking(reader, key, taxonomy):
        pass


def would_be_kept(reader: Reader, key: str, taxonomy: str) -> bool:
    """Whether looking now would keep somebody from classifying a subject; raises AnswerError like `looking`."""
    with reader.store.reading() as connection:
        return _is_to_be_kept(reader, connection, key, taxonomy)


def _is_to_be_kept(reader: Reader, connection: sqlite3.Connection, key: str, taxonomy: str) -> bool:
    refuse_at_work(reader, key, taxonomy)
    if not reader.annotator or reader.store.read_only:
        return False
    viewer = viewer_of(reader.store, reader.annotator)._replace(reviewers=())
    return visibility.is_anything_closed(connection, viewer, key, taxonomy, reader.round)


def _work(connection: sqlite3.Connection, annotator: str, key: str, taxonomy: str) -> list[Work]:
    """What somebody is at work on there, or for nobody, what anybody is; nothing when it is not blind."""
    found = visibility.people_at_work(connection, key, taxonomy)
    if annotator:
        found = [each for each in found if same_name(each.annotator, annotator)]
    else:
        found = [each for each in found if each.annotator not in NO_WITNESS]
    return found if found and settings.is_on(connection, BLIND) else []


HANDED_IN = ("submitted", "adjudicated", "reopened")
"""Kinds of events whose undoing or redoing changes whether something is handed in."""
SELF_ADJUDICATION = "allow_self_adjudication"


def barred(session: Session, key: str, taxonomy: str) -> dict[str, str]:
    """Those who have work of their own on a subject, with its status; nobody when the project allows them."""
    with session.store.reading() as connection:
        if settings.is_on(connection, SELF_ADJUDICATION):
            return {}
        return reviews.at_work(connection, key, taxonomy, session.round)


def refuse_own(session: Session, key: str, taxonomy: str) -> None:
    """Refuse to decide about a subject that one has classified; raises RequestError or AnswerError."""
    refuse_nobody(session.annotator)
    for name, status in barred(session, key, taxonomy).items():
        if same_name(name, session.annotator):
            raise AnswerError(
                f"{key} under {taxonomy}: you classified it yourself ({status}), so somebody else decides about it. "
                f"`annotator settings {SELF_ADJUDICATION} yes` lets a team decide otherwise."
            )


def refuse_published(now: Classification) -> None:
    """Refuse to take back what readers have before them; raises AnswerError."""
    if now.publish == "published":
        of = now.identity
        raise AnswerError(f"{of.subject} under {of.taxonomy} is published; withdraw it first.")


def check_turn(session: Session, event: Event, kind: str) -> None:
    """Refuse an undo or redo that would change a decision on record, or make one about one's own work.

    To take back a ruling or an adjudication of one's own is always possible while it is not
    published; to do it again, or to undo a reopening, is deciding.
    """
    of = event.of
    if of.annotator == ADJUDICATED:
        refuse_at_work(session, of.subject, of.taxonomy)
    else:
        refuse_earlier(session, of.subject, of.taxonomy, of.round)
    now = session.store.classification(of)
    if event.kind in HANDED_IN:
        refuse_published(now)
    if of.annotator != ADJUDICATED:
        return
    if kind == "redone" or event.kind == "reopened":
        refuse_own(session, of.subject, of.taxonomy)
    if event.kind == "ruled" and now.status == "adjudicated":
        raise AnswerError(f"{of.subject} under {of.taxonomy} is adjudicated; reopen it before changing a ruling.")
    if kind == "redone" and event.kind == "adjudicated":
        held = {ruling.event for ruling in now.rulings.values()}
        if now.status == "adjudicated" or not held >= set(event.payload["ruled"].values()):
            raise AnswerError(f"{of.subject} under {of.taxonomy} was decided differently since; adjudicate it anew.")
